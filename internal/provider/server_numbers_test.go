// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// longNumber is 1e99999 as Terraform sends it. Processing it would produce far more than a message;
// 1e9999999 would take hours.
var longNumber = "1" + strings.Repeat("0", 99_999)

// A numberPlace is a place for a number in the values of a type, and a value that has it there.
type numberPlace struct {
	at    *tftypes.AttributePath
	value *tfprotov6.DynamicValue
}

// numberPlaces finds the places of a type. The value holds nothing but the number and what it is in.
func numberPlaces(typ tftypes.Type, number string) (places []numberPlace) {
	type place struct {
		at     *tftypes.AttributePath
		encode func(*msgpack.Encoder) error
	}
	var find func(tftypes.Type, *tftypes.AttributePath) []place
	in := func(inner []place, before func(*msgpack.Encoder) error, after func(*msgpack.Encoder) error) []place {
		for i, p := range inner {
			inner[i].encode = func(e *msgpack.Encoder) error {
				if err := before(e); err != nil {
					return err
				}
				if err := p.encode(e); err != nil {
					return err
				}
				return after(e)
			}
		}
		return inner
	}
	nothing := func(*msgpack.Encoder) error { return nil }
	one := func(e *msgpack.Encoder) error { return e.EncodeArrayLen(1) }
	find = func(typ tftypes.Type, at *tftypes.AttributePath) (all []place) {
		switch typ := typ.(type) {
		case tftypes.Object:
			names := slices.Sorted(maps.Keys(typ.AttributeTypes))
			for _, name := range names {
				all = append(all, in(find(typ.AttributeTypes[name], at.WithAttributeName(name)), func(e *msgpack.Encoder) error {
					if err := e.EncodeMapLen(len(names)); err != nil {
						return err
					}
					return e.EncodeString(name)
				}, func(e *msgpack.Encoder) error {
					for _, other := range names {
						if other != name {
							if err := e.EncodeMulti(other, nil); err != nil {
								return err
							}
						}
					}
					return nil
				})...)
			}
		case tftypes.Map:
			return in(find(typ.ElementType, at.WithElementKeyString("k")), func(e *msgpack.Encoder) error {
				if err := e.EncodeMapLen(1); err != nil {
					return err
				}
				return e.EncodeString("k")
			}, nothing)
		case tftypes.List:
			return in(find(typ.ElementType, at.WithElementKeyInt(0)), one, nothing)
		case tftypes.Set:
			return in(find(typ.ElementType, at), one, nothing)
		default:
			if typ.Is(tftypes.Number) {
				return []place{{at, func(e *msgpack.Encoder) error { return e.EncodeString(number) }}}
			}
		}
		return all
	}
	for _, p := range find(typ, tftypes.NewAttributePath()) {
		var b bytes.Buffer
		if err := p.encode(msgpack.NewEncoder(&b)); err != nil {
			panic(err)
		}
		places = append(places, numberPlace{p.at, &tfprotov6.DynamicValue{MsgPack: b.Bytes()}})
	}
	return places
}

// A number that takes hours to read is refused where it is, wherever Terraform may send one.
func TestServer_longNumbers(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	ctx := t.Context()
	refused := func(what string, typ tftypes.Type, ask func(*tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error)) (n int) {
		t.Helper()
		for _, place := range numberPlaces(typ, longNumber) {
			diags, err := ask(place.value)
			if err != nil {
				t.Fatal(what, err)
			}
			if len(diags) != 1 || diags[0].Summary != "Invalid number" || !place.at.Equal(diags[0].Attribute) || len(diags[0].Detail) > 200 {
				t.Errorf("%s, %s: %v", what, place.at, diags)
			}
			n++
		}
		return n
	}
	null := func(typ tftypes.Type) *tfprotov6.DynamicValue {
		v, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, nil))
		if err != nil {
			t.Fatal(err)
		}
		return &v
	}
	places := refused("provider", p.Schema.Provider.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
		resp, err := p.Server.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: v})
		return resp.Diagnostics, err
	})
	places += refused("provider", p.Schema.Provider.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
		resp, err := p.Server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: v})
		return resp.Diagnostics, err
	})
	for name, schema := range p.Schema.ResourceSchemas {
		typ := schema.ValueType()
		places += refused(name, typ, func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
		places += refused(name+" planned", typ, func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: name, PriorState: null(typ), ProposedNewState: v, Config: v})
			return resp.Diagnostics, err
		})
		places += refused(name+" applied", typ, func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{TypeName: name, PriorState: null(typ), PlannedState: v, Config: v})
			return resp.Diagnostics, err
		})
	}
	for name, schema := range p.Schema.DataSourceSchemas {
		places += refused(name, schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
		places += refused(name+" read", schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
	}
	for name, schema := range p.Schema.EphemeralResourceSchemas {
		places += refused(name, schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ValidateEphemeralResourceConfig(ctx, &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
		places += refused(name+" opened", schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
	}
	lists := p.Server.(tfprotov6.ListResourceServer) //nolint:forcetypeassert // TestServer has it
	for name, schema := range p.Schema.ListResourceSchemas {
		places += refused(name, schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := lists.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
		places += refused(name+" listed", schema.ValueType(), func(v *tfprotov6.DynamicValue) (diags []*tfprotov6.Diagnostic, err error) {
			stream, err := lists.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: name, Config: v, Limit: 5})
			for result := range stream.Results {
				diags = append(diags, result.Diagnostics...)
			}
			return diags, err
		})
	}
	for name, schema := range p.Schema.ActionSchemas {
		places += refused(name, schema.Schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Actions().ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: v})
			return resp.Diagnostics, err
		})
		places += refused(name+" planned", schema.Schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Actions().PlanAction(ctx, &tfprotov6.PlanActionRequest{ActionType: name, Config: v})
			return resp.Diagnostics, err
		})
		places += refused(name+" invoked", schema.Schema.ValueType(), func(v *tfprotov6.DynamicValue) (diags []*tfprotov6.Diagnostic, err error) {
			stream, err := p.Actions().InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: name, Config: v})
			for event := range stream.Events {
				if done, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
					diags = append(diags, done.Diagnostics...)
				}
			}
			return diags, err
		})
	}
	identities, err := p.Server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range identities.IdentitySchemas {
		places += refused(name+" imported", schema.ValueType(), func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			_, diags := p.ImportStateOf(name, "", &tfprotov6.ResourceIdentityData{IdentityData: v})
			return diags, nil
		})
	}
	if places < 100 {
		t.Errorf("there are %d places for numbers", places)
	}
	coretest.NothingSent(fake).Now(t)
}

// The same for the arguments of functions, which Terraform also computes.
func TestServer_longNumberOfFunction(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	found := 0
	for name, function := range p.Schema.Functions {
		for i, parameter := range function.Parameters {
			for _, place := range numberPlaces(parameter.Type, longNumber) {
				found++
				arguments := slices.Repeat([]*tfprotov6.DynamicValue{{MsgPack: []byte{0xa1, 'a'}}}, len(function.Parameters))
				arguments[i] = place.value
				resp, err := p.Server.(tfprotov6.FunctionServer).CallFunction(context.Background(), &tfprotov6.CallFunctionRequest{Name: name, Arguments: arguments})
				if err != nil {
					t.Fatal(err)
				}
				if e := resp.Error; e == nil || e.FunctionArgument == nil || *e.FunctionArgument != int64(i) || e.Text != "A number has at most 400 digits." {
					t.Errorf("%s: %+v", name, e)
				}
			}
		}
	}
	if found < 2 {
		t.Errorf("%d parameters are numbers", found)
	}
}

// A state is JSON, where the number is short and only what is made of it long.
func TestServer_longNumberInState(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	for _, number := range []string{"1e9999999", "1E+9999999", "-1e-9999999", "1.5e999999999999999999999", strings.Repeat("7", 401), "0." + strings.Repeat("0", 400) + "1"} {
		for at, state := range map[string]string{
			`AttributeName("discount")`:                      `{"application_id":456,"discount":` + number + `,"location_ids":[1001]}`,
			`AttributeName("location_ids").ElementKeyInt(1)`: `{"application_id":456,"discount":5,"location_ids":[1001, ` + number + ` ]}`,
		} {
			resp, err := p.Server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
				TypeName: "altegio_application_discount", Version: p.Schema.ResourceSchemas["altegio_application_discount"].Version,
				RawState: &tfprotov6.RawState{JSON: []byte(state)},
			})
			if err != nil {
				t.Fatal(err)
			}
			if d := resp.Diagnostics; len(d) != 1 || d[0].Summary != "Invalid number" || d[0].Attribute.String() != at {
				t.Errorf("%.50s at %s: %v", number, at, d)
			}
			moved, err := p.Server.MoveResourceState(t.Context(), &tfprotov6.MoveResourceStateRequest{
				TargetTypeName: "altegio_application_discount", SourceTypeName: "altegio_application_discount",
				SourceState: &tfprotov6.RawState{JSON: []byte(state)},
			})
			if err != nil || len(moved.Diagnostics) != 1 || moved.Diagnostics[0].Summary != "Invalid number" {
				t.Errorf("%.50s at %s, moved: %v, %v", number, at, moved, err)
			}
		}
		identity, err := p.Server.UpgradeResourceIdentity(t.Context(), &tfprotov6.UpgradeResourceIdentityRequest{
			TypeName: providertest.ChannelType, RawIdentity: &tfprotov6.RawState{JSON: []byte(`{"location_id":` + number + `}`)},
		})
		if err != nil || len(identity.Diagnostics) != 1 || identity.Diagnostics[0].Summary != "Invalid number" {
			t.Errorf("%.50s in an identity: %v, %v", number, identity, err)
		}
	}
}

// Long values that are not numbers are accepted, and so are numbers that Terraform has calculated.
func TestServer_longButNoNumber(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	digits := strings.Repeat("7", 500)
	providertest.ExpectNone(t, p.ValidateProvider(providertest.Args{"partner_token": digits}))
	diags := p.ValidateDataSource("altegio_payment_link", providertest.Args{
		"application_id": 456, "location_id": 1001, "discount": digits[:399],
	})
	if len(diags) != 1 || !strings.Contains(diags[0].Detail, "larger than any amount") {
		t.Errorf("%v", diags)
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// Wherever a user can give a number, it is a whole number or an amount, and what a calculation makes of an
// amount is refused with the way out.
func TestAmounts_everywhere(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := providertest.NewConfiguredProtocol(t, coretest.NewFake(t), nil)
	amounts := 0
	check := func(what string, schema *tfprotov6.Schema, validate func(*tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error)) {
		t.Helper()
		for _, place := range numberPlaces(schema.ValueType(), "33.333333333333333") {
			name, ok := place.at.Steps()[0].(tftypes.AttributeName)
			if !ok || !isGiven(schema, string(name)) {
				continue
			}
			diags, err := validate(place.value)
			if err != nil {
				t.Fatal(err)
			}
			refused := false
			for _, d := range diags {
				if strings.Contains(d.Detail, "must be a whole number") { // which, the framework does not say of an element
					refused = true
				}
				if strings.HasPrefix(d.Detail, "Attribute "+string(name)+" ") && strings.Contains(d.Detail, "at most 4 decimals") &&
					strings.Contains(d.Detail, `tonumber(format("%.2f", x))`) {
					amounts++
					refused = true
				}
			}
			if !refused {
				t.Errorf("%s, %s: %d diagnostics, and none refuses it", what, place.at, len(diags))
			}
		}
	}
	for name, schema := range p.Schema.ResourceSchemas {
		check(name, schema, func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
	}
	for name, schema := range p.Schema.DataSourceSchemas {
		check(name, schema, func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
	}
	for name, schema := range p.Schema.EphemeralResourceSchemas {
		check(name, schema, func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Server.ValidateEphemeralResourceConfig(ctx, &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: name, Config: v})
			return resp.Diagnostics, err
		})
	}
	for name, schema := range p.Schema.ActionSchemas {
		check(name, schema.Schema, func(v *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := p.Actions().ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: v})
			return resp.Diagnostics, err
		})
	}
	if amounts < 4 {
		t.Errorf("%d arguments are amounts, want a discount, two of links and a payment", amounts)
	}
}

// isGiven reports whether a configuration can have an attribute.
func isGiven(schema *tfprotov6.Schema, name string) bool {
	for _, a := range schema.Block.Attributes {
		if a.Name == name {
			return a.Required || a.Optional
		}
	}
	return false
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// Terraform sends a number such as 1e9999999 as ten million digits. Reading them takes the plugin library
// minutes, and writing them takes the framework and each of its messages as long. No deadline or interrupt
// ends that. So the server checks the length of each number before anything reads it. What Terraform itself
// does before it sends the number is beyond the provider's control.

// maxNumber is the longest accepted number, in digits. The numbers of this provider have at most 20.
// Results of Terraform's calculations have more than a hundred, and the attribute explains what is wrong
// with those.
const maxNumber = 400

// valueTypes are the types of the values that Terraform sends, by kind and name, such as "resource
// altegio_application_discount". The arguments of a function are the elements of a tuple.
type valueTypes map[string]tftypes.Type

func typesOf(ctx context.Context, s frameworkServer) (valueTypes, error) {
	schemas, err := s.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return nil, err
	}
	identities, err := s.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return nil, err
	}
	all := valueTypes{"provider": schemas.Provider.ValueType()}
	for kind, named := range map[string]map[string]*tfprotov6.Schema{
		"resource ": schemas.ResourceSchemas, "data ": schemas.DataSourceSchemas,
		"ephemeral ": schemas.EphemeralResourceSchemas, "list ": schemas.ListResourceSchemas,
	} {
		for name, schema := range named {
			all[kind+name] = schema.ValueType()
		}
	}
	for name, action := range schemas.ActionSchemas {
		all["action "+name] = action.Schema.ValueType()
	}
	for name, identity := range identities.IdentitySchemas {
		all["identity "+name] = identity.ValueType()
	}
	for name, function := range schemas.Functions {
		var arguments tftypes.Tuple
		for _, parameter := range function.Parameters {
			arguments.ElementTypes = append(arguments.ElementTypes, parameter.Type)
		}
		all["function "+name] = arguments
	}
	return all, nil
}

// tooLong returns an error for each number that is too long, in the values of a resource or the like.
// Values can be nil.
func (s *server) tooLong(thing string, values ...*tfprotov6.DynamicValue) (diags []*tfprotov6.Diagnostic) {
	for _, value := range values {
		if value == nil || !mayHaveLongNumber(value.MsgPack) {
			continue
		}
		for _, at := range longNumbers(value.MsgPack, s.types()[thing]) {
			diags = append(diags, &tfprotov6.Diagnostic{
				Severity: tfprotov6.DiagnosticSeverityError, Summary: "Invalid number", Attribute: at,
				Detail: fmt.Sprintf("Attribute %s must be a number of at most %d digits.", attributeText(at), maxNumber),
			})
		}
		if len(diags) > 0 {
			return diags // the other values have the same numbers
		}
	}
	return nil
}

// stateTooLong is tooLong for the JSON of a state, where a number can be written with an exponent.
func stateTooLong(state *tfprotov6.RawState) (diags []*tfprotov6.Diagnostic) {
	if state == nil || !mayHaveLongNumber(state.JSON) {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(state.JSON))
	decoder.UseNumber()
	var v any
	if decoder.Decode(&v) != nil {
		return nil // the framework reports it
	}
	eachNumber(v, tftypes.NewAttributePath(), func(n json.Number, at *tftypes.AttributePath) {
		if !longJSON(n) {
			return
		}
		diags = append(diags, &tfprotov6.Diagnostic{
			Severity: tfprotov6.DiagnosticSeverityError, Summary: "Invalid number", Attribute: at,
			Detail: fmt.Sprintf("The state has a number of more than %d digits as %s, which this provider did not write. "+
				"Restore the state from a backup.", maxNumber, attributeText(at)),
		})
	})
	return diags
}

// CallFunction implements tfprotov6.FunctionServer.
func (s *server) CallFunction(ctx context.Context, req *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	for i, argument := range req.Arguments {
		if argument == nil || !mayHaveLongNumber(argument.MsgPack) {
			continue
		}
		types, _ := s.types()["function "+req.Name].(tftypes.Tuple)
		if i < len(types.ElementTypes) && len(longNumbers(argument.MsgPack, types.ElementTypes[i])) > 0 {
			at := int64(i)
			return &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{
				Text: fmt.Sprintf("A number has at most %d digits.", maxNumber), FunctionArgument: &at,
			}}, nil
		}
	}
	return s.frameworkServer.CallFunction(ctx, req)
}

// UpgradeResourceState implements tfprotov6.ResourceServer.
func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if diags := stateTooLong(req.RawState); diags != nil {
		return &tfprotov6.UpgradeResourceStateResponse{Diagnostics: diags}, nil
	}
	return s.frameworkServer.UpgradeResourceState(ctx, req)
}

// UpgradeResourceIdentity implements tfprotov6.ResourceServer.
func (s *server) UpgradeResourceIdentity(ctx context.Context, req *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	if diags := stateTooLong(req.RawIdentity); diags != nil {
		return &tfprotov6.UpgradeResourceIdentityResponse{Diagnostics: diags}, nil
	}
	return s.frameworkServer.UpgradeResourceIdentity(ctx, req)
}

// MoveResourceState implements tfprotov6.ResourceServer.
func (s *server) MoveResourceState(ctx context.Context, req *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	if diags := append(stateTooLong(req.SourceState), stateTooLong(req.SourceIdentity)...); diags != nil {
		return &tfprotov6.MoveResourceStateResponse{Diagnostics: diags}, nil
	}
	return s.frameworkServer.MoveResourceState(ctx, req)
}

// ImportResourceState implements tfprotov6.ResourceServer.
func (s *server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	if req.Identity != nil {
		if diags := s.tooLong("identity "+req.TypeName, req.Identity.IdentityData); diags != nil {
			return &tfprotov6.ImportResourceStateResponse{Diagnostics: diags}, nil
		}
	}
	return s.frameworkServer.ImportResourceState(ctx, req)
}

// OpenEphemeralResource implements tfprotov6.EphemeralResourceServer.
func (s *server) OpenEphemeralResource(ctx context.Context, req *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	if diags := s.tooLong("ephemeral "+req.TypeName, req.Config); diags != nil {
		return &tfprotov6.OpenEphemeralResourceResponse{Diagnostics: diags}, nil
	}
	return s.frameworkServer.OpenEphemeralResource(ctx, req)
}

// ListResource implements tfprotov6.ListResourceServer.
func (s *server) ListResource(ctx context.Context, req *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	if diags := s.tooLong("list "+req.TypeName, req.Config); diags != nil {
		return &tfprotov6.ListResourceServerStream{Results: slices.Values([]tfprotov6.ListResourceResult{{Diagnostics: diags}})}, nil
	}
	return s.frameworkServer.ListResource(ctx, req)
}

func eachNumber(v any, at *tftypes.AttributePath, f func(json.Number, *tftypes.AttributePath)) {
	switch v := v.(type) {
	case json.Number:
		f(v, at)
	case map[string]any:
		for name, member := range v {
			eachNumber(member, at.WithAttributeName(name), f)
		}
	case []any:
		for i, element := range v {
			eachNumber(element, at.WithElementKeyInt(i), f)
		}
	}
}

func longJSON(n json.Number) bool {
	if len(n) > maxNumber {
		return true
	}
	_, exponent, _ := strings.Cut(strings.ToLower(string(n)), "e")
	if exponent == "" {
		return false
	}
	e, err := strconv.Atoi(exponent)
	return err != nil || e > maxNumber || e < -maxNumber
}

// mayHaveLongNumber rules out most values quickly: without that many digits in a row, and in JSON without
// an exponent of three digits, there is no long number.
func mayHaveLongNumber(b []byte) bool {
	run, exponent := 0, 0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			if run++; exponent > 0 {
				exponent++
			}
		case c == '.':
			run, exponent = run+1, 0
		case (c == 'e' || c == 'E') && run > 0, (c == '+' || c == '-') && exponent == 1 && b[i-1] != '+' && b[i-1] != '-':
			run, exponent = 0, 1
		default:
			run, exponent = 0, 0
		}
		if run > maxNumber || exponent > 3 {
			return true
		}
	}
	return false
}

// longNumbers returns the paths of numbers of more than maxNumber digits in a value. It stops at anything
// unexpected, which the framework reports.
func longNumbers(value []byte, typ tftypes.Type) []*tftypes.AttributePath {
	w := numberWalk{Decoder: msgpack.NewDecoder(bytes.NewReader(value))}
	_ = w.value(typ, tftypes.NewAttributePath())
	return w.found
}

type numberWalk struct {
	*msgpack.Decoder
	found []*tftypes.AttributePath
}

func (w *numberWalk) value(typ tftypes.Type, at *tftypes.AttributePath) error {
	code, err := w.PeekCode()
	if err != nil {
		return err
	}
	if code == msgpcode.Nil || msgpcode.IsExt(code) { // null, unknown
		return w.Skip()
	}
	switch typ := typ.(type) {
	case tftypes.Object:
		return w.members(func(name string) (tftypes.Type, *tftypes.AttributePath) {
			return typ.AttributeTypes[name], at.WithAttributeName(name)
		})
	case tftypes.Map:
		return w.members(func(key string) (tftypes.Type, *tftypes.AttributePath) {
			return typ.ElementType, at.WithElementKeyString(key)
		})
	case tftypes.List:
		return w.elements(func(i int) (tftypes.Type, *tftypes.AttributePath) { return typ.ElementType, at.WithElementKeyInt(i) })
	case tftypes.Set:
		return w.elements(func(int) (tftypes.Type, *tftypes.AttributePath) { return typ.ElementType, at })
	}
	if typ == nil || !typ.Is(tftypes.Number) || !msgpcode.IsString(code) {
		return w.Skip()
	}
	number, err := w.DecodeString()
	if len(number) > maxNumber {
		w.found = append(w.found, at)
	}
	return err
}

func (w *numberWalk) members(of func(string) (tftypes.Type, *tftypes.AttributePath)) error {
	n, err := w.DecodeMapLen()
	for ; n > 0 && err == nil; n-- {
		var name string
		if name, err = w.DecodeString(); err == nil {
			err = w.value(of(name))
		}
	}
	return err
}

func (w *numberWalk) elements(of func(int) (tftypes.Type, *tftypes.AttributePath)) error {
	n, err := w.DecodeArrayLen()
	for i := 0; i < n && err == nil; i++ {
		err = w.value(of(i))
	}
	return err
}

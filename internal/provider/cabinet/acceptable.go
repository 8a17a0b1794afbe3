// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// acceptable returns the application with null for every value that the schema rejects. A card can be older
// than today's rules; null keeps its value.
func (m applicationModel) acceptable(ctx context.Context) applicationModel {
	attributes := applicationAttributes()
	for _, b := range m.bindings(new(altegio.ApplicationCard)) {
		if !accepts(ctx, attributes[b.name], path.Root(b.name), b.value()) {
			_ = b.read(nil) // a blank card has only nulls
		}
	}
	for name, instruction := range map[string]*types.String{"connect_instruction": &m.ConnectInstruction, "payment_instruction": &m.PaymentInstruction} {
		if !accepts(ctx, attributes[name], path.Root(name), *instruction) {
			*instruction = types.StringNull()
		}
	}
	return m
}

// accepts reports whether all validators of an attribute accept a value.
func accepts(ctx context.Context, attribute schema.Attribute, at path.Path, value attr.Value) bool {
	var diags diag.Diagnostics
	switch a := attribute.(type) {
	case schema.StringAttribute:
		for _, v := range a.Validators {
			var resp validator.StringResponse
			v.ValidateString(ctx, validator.StringRequest{Path: at, ConfigValue: value.(types.String)}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.Int64Attribute:
		for _, v := range a.Validators {
			var resp validator.Int64Response
			v.ValidateInt64(ctx, validator.Int64Request{Path: at, ConfigValue: value.(types.Int64)}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.SetAttribute:
		for _, v := range a.Validators {
			var resp validator.SetResponse
			v.ValidateSet(ctx, validator.SetRequest{Path: at, ConfigValue: value.(types.Set)}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.MapAttribute:
		for _, v := range a.Validators {
			var resp validator.MapResponse
			v.ValidateMap(ctx, validator.MapRequest{Path: at, ConfigValue: value.(types.Map)}, &resp)
			diags.Append(resp.Diagnostics...)
		}
	case schema.ListNestedAttribute:
		for i, element := range value.(types.List).Elements() {
			object, at := element.(types.Object), at.AtListIndex(i)
			for _, v := range a.NestedObject.Validators {
				var resp validator.ObjectResponse
				v.ValidateObject(ctx, validator.ObjectRequest{Path: at, ConfigValue: object}, &resp)
				diags.Append(resp.Diagnostics...)
			}
			for name, value := range object.Attributes() {
				if !accepts(ctx, a.NestedObject.Attributes[name], at.AtName(name), value) {
					return false
				}
			}
		}
	}
	return !diags.HasError()
}

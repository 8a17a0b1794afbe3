// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// What this provider does not use yet, or what an older Terraform can't be compared with, in the form
// that Terraform 1.14 prints.
func TestConvert(t *testing.T) {
	t.Parallel()
	block := func(attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.Schema {
		return &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{Attributes: attributes}}
	}
	secret := &tfprotov6.SchemaAttribute{
		Name: "secret", Type: tftypes.String, Optional: true, Sensitive: true, WriteOnly: true, Deprecated: true,
		Description: "a `secret`", DescriptionKind: tfprotov6.StringKindMarkdown,
	}
	rules := &tfprotov6.SchemaAttribute{
		Name: "rules", Computed: true,
		NestedType: &tfprotov6.SchemaObject{
			Nesting: tfprotov6.SchemaObjectNestingModeList,
			Attributes: []*tfprotov6.SchemaAttribute{
				{Name: "tags", Type: tftypes.Map{ElementType: tftypes.Number}, Computed: true},
				{Name: "pair", Computed: true, Type: tftypes.Object{
					AttributeTypes: map[string]tftypes.Type{"a": tftypes.Bool, "b": tftypes.DynamicPseudoType},
				}},
			},
		},
	}
	thing := block(secret, rules)
	thing.Version = 2
	thing.Block.BlockTypes = []*tfprotov6.SchemaNestedBlock{{
		TypeName: "timeouts", Nesting: tfprotov6.SchemaNestedBlockNestingModeSet, MinItems: 1, MaxItems: 3,
		Block: block(&tfprotov6.SchemaAttribute{Name: "read", Type: tftypes.String, Required: true}).Block,
	}}
	small := block(&tfprotov6.SchemaAttribute{Name: "id", Type: tftypes.Number, Required: true})
	converted, err := convert(
		&tfprotov6.GetProviderSchemaResponse{
			Provider:                 block(),
			ResourceSchemas:          map[string]*tfprotov6.Schema{"altegio_thing": thing},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"altegio_link": small},
			ListResourceSchemas:      map[string]*tfprotov6.Schema{"altegio_thing": small},
			ActionSchemas:            map[string]*tfprotov6.ActionSchema{"altegio_act": {Schema: small}},
			Functions: map[string]*tfprotov6.Function{"parse": {
				Summary: "Parse", Description: "Parses.", DeprecationMessage: "Use another.",
				Parameters: []*tfprotov6.FunctionParameter{
					{Name: "text", Description: "The text.", Type: tftypes.String, AllowNullValue: true},
				},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "more", Type: tftypes.List{ElementType: tftypes.String}},
				Return:            &tfprotov6.FunctionReturn{Type: tftypes.Bool},
			}},
		},
		&tfprotov6.GetResourceIdentitySchemasResponse{
			IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{"altegio_thing": {
				Version: 1,
				IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
					{Name: "id", Type: tftypes.Number, RequiredForImport: true, Description: "Its id."},
					{Name: "slug", Type: tftypes.String, OptionalForImport: true},
				},
			}},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(converted)
	if err != nil {
		t.Fatal(err)
	}
	const smallBlock = `{"attributes": {"id": {"type": "number", "required": true, "description_kind": "plain"}}, "description_kind": "plain"}`
	const want = `{
		"provider": {"version": 0, "block": {"description_kind": "plain"}},
		"resource_schemas": {"altegio_thing": {"version": 2, "block": {
			"description_kind": "plain",
			"attributes": {
				"secret": {
					"type": "string", "optional": true, "sensitive": true, "write_only": true, "deprecated": true,
					"description": "a ` + "`secret`" + `", "description_kind": "markdown"
				},
				"rules": {
					"computed": true, "description_kind": "plain",
					"nested_type": {"nesting_mode": "list", "attributes": {
						"tags": {"type": ["map", "number"], "computed": true, "description_kind": "plain"},
						"pair": {"type": ["object", {"a": "bool", "b": "dynamic"}], "computed": true, "description_kind": "plain"}
					}}
				}
			},
			"block_types": {"timeouts": {"nesting_mode": "set", "min_items": 1, "max_items": 3, "block": {
				"attributes": {"read": {"type": "string", "required": true, "description_kind": "plain"}},
				"description_kind": "plain"
			}}}
		}}},
		"ephemeral_resource_schemas": {"altegio_link": {"version": 0, "block": ` + smallBlock + `}},
		"list_resource_schemas": {"altegio_thing": {"version": 0, "block": ` + smallBlock + `}},
		"action_schemas": {"altegio_act": {"block": ` + smallBlock + `}},
		"functions": {"parse": {
			"summary": "Parse", "description": "Parses.", "deprecation_message": "Use another.", "return_type": "bool",
			"parameters": [{"name": "text", "description": "The text.", "is_nullable": true, "type": "string"}],
			"variadic_parameter": {"name": "more", "type": ["list", "string"]}
		}},
		"resource_identity_schemas": {"altegio_thing": {"version": 1, "attributes": {
			"id": {"type": "number", "description": "Its id.", "required_for_import": true},
			"slug": {"type": "string", "optional_for_import": true}
		}}}
	}`
	var wantParts map[string]any
	if err := json.Unmarshal([]byte(want), &wantParts); err != nil {
		t.Fatal(err)
	}
	if gotParts := sections(t, got); !reflect.DeepEqual(gotParts, wantParts) {
		indented, _ := json.MarshalIndent(gotParts, "", "\t")
		t.Errorf("got %s\nwant %s", indented, want)
	}
}

// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/json"
	"fmt"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// convert turns the plugin protocol's schemas into those of Terraform's JSON output.
func convert(s *tfprotov6.GetProviderSchemaResponse, ids *tfprotov6.GetResourceIdentitySchemasResponse) (*tfjson.ProviderSchemas, error) {
	p := &tfjson.ProviderSchema{
		ActionSchemas:           make(map[string]*tfjson.ActionSchema),
		Functions:               make(map[string]*tfjson.FunctionSignature),
		ResourceIdentitySchemas: make(map[string]*tfjson.IdentitySchema),
	}
	var err error
	if p.ConfigSchema, err = schema(s.Provider); err != nil {
		return nil, err
	}
	for _, group := range []struct {
		from map[string]*tfprotov6.Schema
		to   *map[string]*tfjson.Schema
	}{
		{s.ResourceSchemas, &p.ResourceSchemas},
		{s.DataSourceSchemas, &p.DataSourceSchemas},
		{s.EphemeralResourceSchemas, &p.EphemeralResourceSchemas},
		{s.ListResourceSchemas, &p.ListResourceSchemas},
		{s.StateStoreSchemas, &p.StateStoreSchemas},
	} {
		*group.to = make(map[string]*tfjson.Schema)
		for name, from := range group.from {
			if (*group.to)[name], err = schema(from); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	for name, action := range s.ActionSchemas {
		converted, err := schema(action.Schema)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		p.ActionSchemas[name] = &tfjson.ActionSchema{Block: converted.Block}
	}
	for name, function := range s.Functions {
		if p.Functions[name], err = signature(function); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	for name, from := range ids.IdentitySchemas {
		to := &tfjson.IdentitySchema{
			Version: uint64(from.Version), Attributes: make(map[string]*tfjson.IdentityAttribute),
		}
		for _, a := range from.IdentityAttributes {
			typ, err := ctyType(a.Type)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			to.Attributes[a.Name] = &tfjson.IdentityAttribute{
				IdentityType: typ, Description: a.Description,
				RequiredForImport: a.RequiredForImport, OptionalForImport: a.OptionalForImport,
			}
		}
		p.ResourceIdentitySchemas[name] = to
	}
	return &tfjson.ProviderSchemas{
		FormatVersion: "1.0",
		Schemas:       map[string]*tfjson.ProviderSchema{providerName: p},
	}, nil
}

func schema(s *tfprotov6.Schema) (*tfjson.Schema, error) {
	b, err := block(s.Block)
	return &tfjson.Schema{Version: uint64(s.Version), Block: b}, err
}

func block(b *tfprotov6.SchemaBlock) (*tfjson.SchemaBlock, error) {
	attributes, err := attributes(b.Attributes)
	if err != nil {
		return nil, err
	}
	to := &tfjson.SchemaBlock{
		Attributes: attributes, Description: b.Description, DescriptionKind: kind(b.DescriptionKind), Deprecated: b.Deprecated,
	}
	for _, nested := range b.BlockTypes {
		inner, err := block(nested.Block)
		if err != nil {
			return nil, err
		}
		if to.NestedBlocks == nil {
			to.NestedBlocks = make(map[string]*tfjson.SchemaBlockType)
		}
		to.NestedBlocks[nested.TypeName] = &tfjson.SchemaBlockType{
			NestingMode: tfjson.SchemaNestingMode(strings.ToLower(nested.Nesting.String())),
			Block:       inner, MinItems: uint64(nested.MinItems), MaxItems: uint64(nested.MaxItems),
		}
	}
	return to, nil
}

func attributes(list []*tfprotov6.SchemaAttribute) (map[string]*tfjson.SchemaAttribute, error) {
	all := make(map[string]*tfjson.SchemaAttribute, len(list))
	for _, a := range list {
		to := &tfjson.SchemaAttribute{
			Description: a.Description, DescriptionKind: kind(a.DescriptionKind), Deprecated: a.Deprecated,
			Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		}
		var err error
		if a.NestedType != nil {
			to.AttributeNestedType = &tfjson.SchemaNestedAttributeType{
				NestingMode: tfjson.SchemaNestingMode(strings.ToLower(a.NestedType.Nesting.String())),
			}
			to.AttributeNestedType.Attributes, err = attributes(a.NestedType.Attributes)
		} else {
			to.AttributeType, err = ctyType(a.Type)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.Name, err)
		}
		all[a.Name] = to
	}
	return all, nil
}

func signature(f *tfprotov6.Function) (*tfjson.FunctionSignature, error) {
	to := &tfjson.FunctionSignature{
		Description: f.Description, Summary: f.Summary, DeprecationMessage: f.DeprecationMessage,
	}
	var err error
	if to.ReturnType, err = ctyType(f.Return.Type); err != nil {
		return nil, err
	}
	parameter := func(p *tfprotov6.FunctionParameter) (*tfjson.FunctionParameter, error) {
		typ, err := ctyType(p.Type)
		return &tfjson.FunctionParameter{Name: p.Name, Description: p.Description, IsNullable: p.AllowNullValue, Type: typ}, err
	}
	for _, p := range f.Parameters {
		converted, err := parameter(p)
		if err != nil {
			return nil, err
		}
		to.Parameters = append(to.Parameters, converted)
	}
	if f.VariadicParameter != nil {
		to.VariadicParameter, err = parameter(f.VariadicParameter)
	}
	return to, err
}

// ctyType converts through the JSON form of a type, which both libraries write.
func ctyType(t tftypes.Type) (typ cty.Type, err error) {
	b, err := json.Marshal(t)
	if err != nil {
		return typ, err
	}
	return typ, json.Unmarshal(b, &typ)
}

func kind(k tfprotov6.StringKind) tfjson.SchemaDescriptionKind {
	if k == tfprotov6.StringKindMarkdown {
		return tfjson.SchemaDescriptionKindMarkdown
	}
	return tfjson.SchemaDescriptionKindPlain
}

// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"github.com/zclconf/go-cty/cty/msgpack"
)

// A Provider is a program that Terraform can start. Its schema is asked for once.
type Provider struct {
	start func() (tfprotov6.ProviderServer, error)
	known func() *schemas
}

// NewProvider returns a provider, whose processes the function starts.
func NewProvider(start func() (tfprotov6.ProviderServer, error)) *Provider {
	return &Provider{start, sync.OnceValue(func() *schemas { return askForSchemas(start) })}
}

// StartedBy returns the same provider with the same schema, whose processes another function starts.
func (p *Provider) StartedBy(start func() (tfprotov6.ProviderServer, error)) *Provider {
	return &Provider{start, p.known}
}

// ResourceTypes returns the schema of every resource type.
func (p *Provider) ResourceTypes() map[string]*tfprotov6.Schema {
	return p.schemas().protocol.ResourceSchemas
}

type schemas struct {
	protocol  *tfprotov6.GetProviderSchemaResponse
	provider  *schema
	resources map[string]*schema
}

// A schema is the part of a block's schema that the rules need.
type schema struct {
	attributes map[string]*attribute
	typ        cty.Type
	identity   cty.Type // cty.NilType if there is none
}

type attribute struct {
	typ       cty.Type
	nested    map[string]*attribute // of a nested object
	nesting   tfprotov6.SchemaObjectNestingMode
	computed  bool
	optional  bool
	sensitive bool
	writeOnly bool
}

func (p *Provider) schemas() *schemas { return p.known() }

func askForSchemas(start func() (tfprotov6.ProviderServer, error)) *schemas {
	server, err := start()
	must(err)
	ctx := context.Background()
	known := &schemas{resources: map[string]*schema{}}
	known.protocol, err = server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	must(err)
	for _, d := range known.protocol.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			panic("terraformtest: the schema: " + d.Summary + ": " + d.Detail)
		}
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	must(err)
	known.provider = newSchema(known.protocol.Provider)
	for name, s := range known.protocol.ResourceSchemas {
		known.resources[name] = newSchema(s)
		if identity := identities.IdentitySchemas[name]; identity != nil {
			known.resources[name].identity = ctyType(identity.ValueType())
		}
	}
	return known
}

func newSchema(s *tfprotov6.Schema) *schema {
	if len(s.Block.BlockTypes) > 0 {
		panic("terraformtest: nested blocks are not supported")
	}
	return &schema{attributes: newAttributes(s.Block.Attributes), typ: ctyType(s.ValueType())}
}

func newAttributes(list []*tfprotov6.SchemaAttribute) map[string]*attribute {
	attributes := map[string]*attribute{}
	for _, a := range list {
		attributes[a.Name] = &attribute{
			typ: ctyType(a.ValueType()), computed: a.Computed, optional: a.Optional, sensitive: a.Sensitive, writeOnly: a.WriteOnly,
		}
		if a.NestedType != nil {
			attributes[a.Name].nested = newAttributes(a.NestedType.Attributes)
			attributes[a.Name].nesting = a.NestedType.Nesting
		}
	}
	return attributes
}

// at returns the attribute at a path; nil if the path is not that of an attribute.
func (s *schema) at(path cty.Path) *attribute {
	attributes, found := s.attributes, (*attribute)(nil)
	for _, step := range path {
		if name, ok := step.(cty.GetAttrStep); ok {
			if found = attributes[name.Name]; found == nil {
				return nil
			}
			attributes = found.nested
			continue
		}
		if found == nil || found.nested == nil {
			return nil
		}
	}
	if len(path) > 0 {
		if _, ok := path[len(path)-1].(cty.IndexStep); ok {
			return nil
		}
	}
	return found
}

func ctyType(t tftypes.Type) cty.Type {
	encoded, err := json.Marshal(t)
	must(err)
	typ, err := ctyjson.UnmarshalType(encoded)
	must(err)
	return typ
}

func encode(v cty.Value, typ cty.Type) *tfprotov6.DynamicValue {
	encoded, err := msgpack.Marshal(v, typ)
	must(err)
	return &tfprotov6.DynamicValue{MsgPack: encoded}
}

// decode returns cty.NilVal if there is no value.
func decode(dv *tfprotov6.DynamicValue, typ cty.Type) (cty.Value, error) {
	switch {
	case dv == nil:
		return cty.NilVal, nil
	case len(dv.JSON) > 0:
		return ctyjson.Unmarshal(dv.JSON, typ)
	case len(dv.MsgPack) > 0:
		return msgpack.Unmarshal(dv.MsgPack, typ)
	}
	return cty.NilVal, nil
}

func (s *schema) encodeIdentity(identity cty.Value) *tfprotov6.ResourceIdentityData {
	if identity == cty.NilVal || identity.IsNull() || s.identity == cty.NilType {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: encode(identity, s.identity)}
}

func (s *schema) decodeIdentity(data *tfprotov6.ResourceIdentityData) (cty.Value, error) {
	if data == nil || s.identity == cty.NilType {
		return cty.NilVal, nil
	}
	return decode(data.IdentityData, s.identity)
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("terraformtest: %v", err))
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
)

func TestSchema_implementation(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := provider.New("test")()

	var schema framework.SchemaResponse
	p.Schema(ctx, framework.SchemaRequest{}, &schema)
	if diags := schema.Schema.ValidateImplementation(ctx); diags.HasError() {
		t.Errorf("provider: %v", diags)
	}
	for _, construct := range p.Resources(ctx) {
		r := construct()
		var meta resource.MetadataResponse
		r.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "altegio"}, &meta)
		var schema resource.SchemaResponse
		r.Schema(ctx, resource.SchemaRequest{}, &schema)
		if diags := append(schema.Diagnostics, schema.Schema.ValidateImplementation(ctx)...); diags.HasError() {
			t.Errorf("resource %s: %v", meta.TypeName, diags)
		}
		withIdentity, ok := r.(resource.ResourceWithIdentity)
		if !ok {
			t.Errorf("resource %s has no identity", meta.TypeName)
			continue
		}
		var identity resource.IdentitySchemaResponse
		withIdentity.IdentitySchema(ctx, resource.IdentitySchemaRequest{}, &identity)
		if diags := append(identity.Diagnostics, identity.IdentitySchema.ValidateImplementation(ctx)...); diags.HasError() {
			t.Errorf("identity of %s: %v", meta.TypeName, diags)
		}
		if _, ok := r.(resource.ResourceWithImportState); !ok {
			t.Errorf("resource %s can't be imported", meta.TypeName)
		}
	}
	for _, construct := range p.DataSources(ctx) {
		d := construct()
		var meta datasource.MetadataResponse
		d.Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "altegio"}, &meta)
		var schema datasource.SchemaResponse
		d.Schema(ctx, datasource.SchemaRequest{}, &schema)
		if diags := append(schema.Diagnostics, schema.Schema.ValidateImplementation(ctx)...); diags.HasError() {
			t.Errorf("data source %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.(framework.ProviderWithActions).Actions(ctx) {
		a := construct()
		var meta action.MetadataResponse
		a.Metadata(ctx, action.MetadataRequest{ProviderTypeName: "altegio"}, &meta)
		var schema action.SchemaResponse
		a.Schema(ctx, action.SchemaRequest{}, &schema)
		if diags := append(schema.Diagnostics, schema.Schema.ValidateImplementation(ctx)...); diags.HasError() {
			t.Errorf("action %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.(framework.ProviderWithEphemeralResources).EphemeralResources(ctx) {
		e := construct()
		var meta ephemeral.MetadataResponse
		e.Metadata(ctx, ephemeral.MetadataRequest{ProviderTypeName: "altegio"}, &meta)
		var schema ephemeral.SchemaResponse
		e.Schema(ctx, ephemeral.SchemaRequest{}, &schema)
		if diags := append(schema.Diagnostics, schema.Schema.ValidateImplementation(ctx)...); diags.HasError() {
			t.Errorf("ephemeral resource %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.(framework.ProviderWithListResources).ListResources(ctx) {
		l := construct()
		var meta resource.MetadataResponse
		l.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "altegio"}, &meta)
		var schema list.ListResourceSchemaResponse
		l.ListResourceConfigSchema(ctx, list.ListResourceSchemaRequest{}, &schema)
		if diags := append(schema.Diagnostics, schema.Schema.ValidateImplementation(ctx)...); diags.HasError() {
			t.Errorf("list resource %s: %v", meta.TypeName, diags)
		}
	}
	for _, construct := range p.(framework.ProviderWithFunctions).Functions(ctx) {
		f := construct()
		var meta function.MetadataResponse
		f.Metadata(ctx, function.MetadataRequest{}, &meta)
		var definition function.DefinitionResponse
		f.Definition(ctx, function.DefinitionRequest{}, &definition)
		var validated function.DefinitionValidateResponse
		definition.Definition.ValidateImplementation(ctx, function.DefinitionValidateRequest{FuncName: meta.Name}, &validated)
		if diags := append(definition.Diagnostics, validated.Diagnostics...); diags.HasError() {
			t.Errorf("function %s: %v", meta.Name, diags)
		}
	}
}

// TestSchema_served checks the schema as Terraform and the documentation get it.
func TestSchema_served(t *testing.T) {
	t.Parallel()
	server, err := provider.Server("test")()
	if err != nil {
		t.Fatal(err)
	}
	served, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range served.Diagnostics {
		t.Errorf("GetProviderSchema: %s: %s", d.Summary, d.Detail)
	}
	identities, err := server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range identities.Diagnostics {
		t.Errorf("GetResourceIdentitySchemas: %s: %s", d.Summary, d.Detail)
	}
	for name, identity := range identities.IdentitySchemas {
		for _, a := range identity.IdentityAttributes {
			checkDescription(t, name+" identity "+a.Name, a.Description)
		}
	}

	schemas := map[string]*tfprotov6.Schema{"provider altegio": served.Provider}
	for kind, ofKind := range map[string]map[string]*tfprotov6.Schema{
		"resource": served.ResourceSchemas, "data source": served.DataSourceSchemas,
		"ephemeral resource": served.EphemeralResourceSchemas, "list resource": served.ListResourceSchemas,
	} {
		for name, schema := range ofKind {
			schemas[kind+" "+name] = schema
		}
	}
	for name, action := range served.ActionSchemas {
		schemas["action "+name] = action.Schema
	}
	for name, schema := range schemas {
		kind, _, _ := strings.Cut(name, " ")
		checkDescription(t, name, schema.Block.Description)
		checkBlock(t, name, kind == "ephemeral", schema.Block)
		if len(schema.Block.BlockTypes) > 0 {
			t.Errorf("%s has blocks, where protocol 6 has nested attributes", name)
		}
	}
}

func checkBlock(t *testing.T, at string, ephemeral bool, block *tfprotov6.SchemaBlock) {
	t.Helper()
	checkAttributes(t, at, ephemeral, false, block.Attributes)
	for _, nested := range block.BlockTypes {
		checkBlock(t, at+"."+nested.TypeName, ephemeral, nested.Block)
	}
}

func checkAttributes(t *testing.T, at string, ephemeral, hidden bool, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	for _, a := range attributes {
		name := at + "." + a.Name
		checkDescription(t, name, a.Description)
		if a.DescriptionKind != tfprotov6.StringKindMarkdown {
			t.Errorf("%s: its description is not Markdown", name)
		}
		hidden := hidden || a.Sensitive || a.WriteOnly || ephemeral
		if looksSecret(at, a.Name) && !hidden {
			t.Errorf("%s looks like a secret and is neither sensitive nor write-only", name)
		}
		if a.NestedType != nil {
			checkAttributes(t, name, ephemeral, hidden, a.NestedType.Attributes)
		}
	}
}

var secretName = regexp.MustCompile(`(?i)(^|_)(token|secret|password|passwd|credentials?|key|signature|sign)(_|$)`)

// looksSecret reports whether an attribute's name suggests a secret. The url of a link is one, because it
// is signed; the version of a secret is not.
func looksSecret(at, name string) bool {
	return secretName.MatchString(name) && !strings.HasSuffix(name, "_wo_version") || strings.Contains(at, "link") && (name == "url" || name == "link")
}

func checkDescription(t *testing.T, at, text string) {
	t.Helper()
	switch {
	case text == "":
		t.Errorf("%s has no description", at)
	case !strings.HasSuffix(text, "."):
		t.Errorf("%s: the description does not end with a dot: %q", at, text)
	case strings.Contains(text, "  ") || strings.Contains(text, "..") && !strings.Contains(text, "..."):
		t.Errorf("%s: the description has a doubled space or dot: %q", at, text)
	case strings.Count(text, "`")%2 != 0:
		t.Errorf("%s: the description has an unbalanced backquote: %q", at, text)
	}
}

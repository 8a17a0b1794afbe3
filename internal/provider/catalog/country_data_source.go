// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// countryDataSource looks up one country.
type countryDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*countryDataSource)(nil)

// NewCountryDataSource returns altegio_country.
func NewCountryDataSource() datasource.DataSource {
	return &countryDataSource{}
}

func (d *countryDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_country"
}

func (d *countryDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	given := func(description string, other string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description, Optional: true, Computed: true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ExactlyOneOf(path.MatchRoot(other))},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One country, looked up by its ISO code or its title. See `altegio_countries` for all of them.",
		Attributes: map[string]schema.Attribute{
			"iso_code":       given("ISO code, such as `US`. Set this or `title`.", "title"),
			"title":          given("Title, in the language that the API uses. Set this or `iso_code`.", "iso_code"),
			"id":             schema.Int64Attribute{MarkdownDescription: "Id of the country.", Computed: true},
			"full_title":     text("Official title."),
			"phone_code":     text("Calling code."),
			"phone_template": text("Template for phone numbers."),
			"phone_example":  text("Example of a phone number."),
			"currency":       text("Currency."),
			"exchange":       schema.NumberAttribute{MarkdownDescription: "Exchange rate of the currency, an exact decimal.", Computed: true},
			"lang_id":        schema.Int64Attribute{MarkdownDescription: "Id of the language.", Computed: true},
			"group_type":     text("Group of the country, as the API returns it."),
			"is_eu":          schema.BoolAttribute{MarkdownDescription: "Whether the country is in the European Union.", Computed: true},
		},
	}
}

func (d *countryDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var code, title types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("iso_code"), &code)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("title"), &title)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	countries, err := client.Countries(ctx)
	if err != nil {
		resp.Diagnostics.Append(dictionaryTask("countries").Diagnostics(err)...)
		return
	}
	var all countriesModel
	resp.Diagnostics.Append(all.fill(countries)...)
	argument, value := "title", title.ValueString()
	if !code.IsNull() {
		argument, value = "iso_code", code.ValueString()
	}
	found, diags := core.LookUp(all.Countries, "country", argument, value, func(c country) bool {
		if !code.IsNull() {
			return strings.EqualFold(c.ISOCode.ValueString(), value)
		}
		return c.Title.ValueString() == value
	}, func(c country) int64 { return c.ID })
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !code.IsNull() {
		found.ISOCode = code // keep the spelling of the configuration
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, found)...)
}

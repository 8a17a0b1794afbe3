// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// countriesDataSource reads the dictionary of countries.
type countriesDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*countriesDataSource)(nil)

// NewCountriesDataSource returns altegio_countries.
func NewCountriesDataSource() datasource.DataSource {
	return &countriesDataSource{}
}

func (d *countriesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_countries"
}

func (d *countriesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	country := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id":             schema.Int64Attribute{MarkdownDescription: "Id of the country.", Computed: true},
		"title":          schema.StringAttribute{MarkdownDescription: "Title.", Computed: true},
		"full_title":     schema.StringAttribute{MarkdownDescription: "Full title.", Computed: true},
		"iso_code":       schema.StringAttribute{MarkdownDescription: "Two-letter ISO code.", Computed: true},
		"phone_code":     schema.StringAttribute{MarkdownDescription: "Calling code.", Computed: true},
		"phone_template": schema.StringAttribute{MarkdownDescription: "Template for phone numbers.", Computed: true},
		"phone_example":  schema.StringAttribute{MarkdownDescription: "Example of a phone number.", Computed: true},
		"currency":       schema.StringAttribute{MarkdownDescription: "Symbol of the currency.", Computed: true},
		"exchange": schema.NumberAttribute{MarkdownDescription: "Exchange rate, an exact decimal. The vendor does not " +
			"document against which currency.", Computed: true},
		"lang_id":    schema.Int64Attribute{MarkdownDescription: "Id of the language.", Computed: true},
		"group_type": schema.StringAttribute{MarkdownDescription: "Group of the country. The vendor does not document the values.", Computed: true},
		"is_eu":      schema.BoolAttribute{MarkdownDescription: "Whether the country is in the European Union.", Computed: true},
	}}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The countries that Altegio knows, for looking one up by id, by ISO code or by title.",
		Attributes: map[string]schema.Attribute{
			"countries": schema.ListNestedAttribute{
				MarkdownDescription: "All countries, by ascending id.",
				Computed:            true,
				NestedObject:        country,
			},
			"by_id": schema.MapNestedAttribute{
				MarkdownDescription: fmt.Sprintf(byIDText, "countries", "7"),
				Computed:            true,
				NestedObject:        country,
			},
			"by_iso_code": schema.MapNestedAttribute{
				MarkdownDescription: "The countries by ISO code in upper case, such as `by_iso_code[\"US\"]`. Codes that " +
					"more than one country has are left out.",
				Computed:     true,
				NestedObject: country,
			},
			"by_title": schema.MapNestedAttribute{
				MarkdownDescription: fmt.Sprintf(byTitleText, "countries", "France"),
				Computed:            true,
				NestedObject:        country,
			},
		},
	}
}

type countriesModel struct {
	Countries []country          `tfsdk:"countries"`
	ByID      map[string]country `tfsdk:"by_id"`
	ByISOCode map[string]country `tfsdk:"by_iso_code"`
	ByTitle   map[string]country `tfsdk:"by_title"`
}

type country struct {
	ID            int64        `tfsdk:"id"`
	Title         types.String `tfsdk:"title"`
	FullTitle     types.String `tfsdk:"full_title"`
	ISOCode       types.String `tfsdk:"iso_code"`
	PhoneCode     types.String `tfsdk:"phone_code"`
	PhoneTemplate types.String `tfsdk:"phone_template"`
	PhoneExample  types.String `tfsdk:"phone_example"`
	Currency      types.String `tfsdk:"currency"`
	Exchange      types.Number `tfsdk:"exchange"`
	LangID        types.Int64  `tfsdk:"lang_id"`
	GroupType     types.String `tfsdk:"group_type"`
	IsEU          bool         `tfsdk:"is_eu"`
}

func (d *countriesDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	countries, err := client.Countries(ctx)
	if err != nil {
		resp.Diagnostics.Append(dictionaryTask("countries").Diagnostics(err)...)
		return
	}
	var model countriesModel
	resp.Diagnostics.Append(model.fill(countries)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m *countriesModel) fill(countries []altegio.Country) (diags diag.Diagnostics) {
	m.Countries = []country{}
	for _, c := range countries {
		exchange, err := core.NumberFromDecimal(c.Exchange)
		if err != nil {
			diags.AddError("Cannot read an exchange rate", err.Error())
		}
		m.Countries = append(m.Countries, country{
			ID: c.ID, Title: core.TextOrNull(c.Title), FullTitle: core.TextOrNull(c.FullTitle), ISOCode: core.TextOrNull(c.ISOCode),
			PhoneCode: core.TextOrNull(c.PhoneCode), PhoneTemplate: core.TextOrNull(c.PhoneTemplate),
			PhoneExample: core.TextOrNull(c.PhoneExample), Currency: core.TextOrNull(c.Currency), Exchange: exchange,
			LangID: core.IDOrNull(c.LangID), GroupType: core.TextOrNull(c.GroupType), IsEU: c.IsEU,
		})
	}
	slices.SortStableFunc(m.Countries, func(a, b country) int { return cmp.Compare(a.ID, b.ID) })
	m.ByID = core.UniqueBy(m.Countries, func(c country) int64 { return c.ID })
	m.ByISOCode = core.UniqueBy(m.Countries, func(c country) string { return strings.ToUpper(c.ISOCode.ValueString()) })
	m.ByTitle = core.UniqueBy(m.Countries, func(c country) string { return c.Title.ValueString() })
	return diags
}

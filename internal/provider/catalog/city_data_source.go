// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// cityDataSource looks up one city.
type cityDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*cityDataSource)(nil)

// NewCityDataSource returns altegio_city.
func NewCityDataSource() datasource.DataSource {
	return &cityDataSource{}
}

func (d *cityDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_city"
}

func (d *cityDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "One city, looked up by its title. See `altegio_cities` for all of them.",
		Attributes: map[string]schema.Attribute{
			"title": schema.StringAttribute{
				MarkdownDescription: "Title, in the language that the API uses.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"country_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the country to search. See `altegio_country`. If not set, the id of the country " +
					"that the city is in.",
				Optional: true, Computed: true,
				Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"id": schema.Int64Attribute{MarkdownDescription: "Id of the city.", Computed: true},
		},
	}
}

type cityModel struct {
	Title     types.String `tfsdk:"title"`
	CountryID types.Int64  `tfsdk:"country_id"`
	ID        types.Int64  `tfsdk:"id"`
}

func (d *cityDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model cityModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	all := citiesModel{CountryID: model.CountryID}
	cities, err := client.Cities(ctx, model.CountryID.ValueInt64(), 0)
	if err != nil {
		resp.Diagnostics.Append(all.task().Diagnostics(err)...)
		return
	}
	all.fill(cities)
	found, diags := core.LookUp(all.Cities, "city", "title", model.Title.ValueString(),
		func(c city) bool { return c.Title.Equal(model.Title) }, func(c city) int64 { return c.ID })
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.ID = types.Int64Value(found.ID)
	if model.CountryID.IsNull() {
		model.CountryID = found.CountryID
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

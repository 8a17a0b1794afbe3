// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// citiesDataSource reads the dictionary of cities.
type citiesDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*citiesDataSource)(nil)

// NewCitiesDataSource returns altegio_cities.
func NewCitiesDataSource() datasource.DataSource {
	return &citiesDataSource{}
}

func (d *citiesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_cities"
}

func (d *citiesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	city := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id":         schema.Int64Attribute{MarkdownDescription: "Id of the city.", Computed: true},
		"country_id": schema.Int64Attribute{MarkdownDescription: "Id of the country.", Computed: true},
		"title":      schema.StringAttribute{MarkdownDescription: "Title.", Computed: true},
	}}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The cities that Altegio knows, in all countries or in one, for looking one up by id or by title.",
		Attributes: map[string]schema.Attribute{
			"country_id": schema.Int64Attribute{
				MarkdownDescription: "Read only the cities of the country with this id. See `altegio_countries`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"location_id": schema.Int64Attribute{
				MarkdownDescription: "Id of a location. The API also returns its city, even if that is in another country.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"cities": schema.ListNestedAttribute{
				MarkdownDescription: "The cities, by ascending id.",
				Computed:            true,
				NestedObject:        city,
			},
			"by_id": schema.MapNestedAttribute{
				MarkdownDescription: fmt.Sprintf(byIDText, "cities", "181"),
				Computed:            true,
				NestedObject:        city,
			},
			"by_title": schema.MapNestedAttribute{
				MarkdownDescription: fmt.Sprintf(byTitleText, "cities", "New York") + " Set `country_id` to leave out " +
					"cities of other countries. If a title is not unique in its country, search `cities`.",
				Computed:     true,
				NestedObject: city,
			},
		},
	}
}

type citiesModel struct {
	CountryID  types.Int64     `tfsdk:"country_id"`
	LocationID types.Int64     `tfsdk:"location_id"`
	Cities     []city          `tfsdk:"cities"`
	ByID       map[string]city `tfsdk:"by_id"`
	ByTitle    map[string]city `tfsdk:"by_title"`
}

type city struct {
	ID        int64        `tfsdk:"id"`
	CountryID types.Int64  `tfsdk:"country_id"`
	Title     types.String `tfsdk:"title"`
}

func (d *citiesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model citiesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	cities, err := client.Cities(ctx, model.CountryID.ValueInt64(), model.LocationID.ValueInt64())
	if err != nil {
		resp.Diagnostics.Append(model.task().Diagnostics(err)...)
		return
	}
	model.fill(cities)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m citiesModel) task() core.Task {
	var arguments []core.Argument
	if !m.CountryID.IsNull() {
		arguments = append(arguments, core.Argument{Name: "country_id", Value: m.CountryID.ValueInt64()})
	}
	if !m.LocationID.IsNull() {
		arguments = append(arguments, core.Argument{Name: "location_id", Value: m.LocationID.ValueInt64()})
	}
	return dictionaryTask("cities", arguments...)
}

func (m *citiesModel) fill(cities []altegio.City) {
	m.Cities = []city{}
	for _, c := range cities {
		m.Cities = append(m.Cities, city{ID: c.ID, CountryID: core.IDOrNull(c.CountryID), Title: core.TextOrNull(c.Title)})
	}
	slices.SortStableFunc(m.Cities, func(a, b city) int { return cmp.Compare(a.ID, b.ID) })
	m.ByID = core.UniqueBy(m.Cities, func(c city) int64 { return c.ID })
	m.ByTitle = core.UniqueBy(m.Cities, func(c city) string { return c.Title.ValueString() })
}

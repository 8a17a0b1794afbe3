// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// locationsDataSource lists the locations that an application is connected to. The API has no filters, so
// the provider reads all pages and filters them itself. The API promises no order either; here locations
// are ordered by id.
type locationsDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*locationsDataSource)(nil)

// NewLocationsDataSource returns altegio_application_locations.
func NewLocationsDataSource() datasource.DataSource {
	return &locationsDataSource{}
}

func (d *locationsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_locations"
}

func (d *locationsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Locations that an application is connected to, ordered by id. The listing does not contain " +
			"the status of a connection, and the vendor does not document which statuses it includes; " +
			"`altegio_location_application` reads the status of one location. Takes one request per 1,000 locations plus " +
			"two, whatever the filters.",
		Attributes: map[string]schema.Attribute{
			"application_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the application.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"country_id": schema.Int64Attribute{
				MarkdownDescription: "Keep only locations in the country with this id. See `altegio_countries`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"city_id": schema.Int64Attribute{
				MarkdownDescription: "Keep only locations in the city with this id. See `altegio_cities`.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"title": schema.StringAttribute{
				MarkdownDescription: "Keep only locations whose title contains this text, in upper or lower case.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"ids": schema.ListAttribute{
				MarkdownDescription: "Ids of the locations, ascending.",
				ElementType:         types.Int64Type,
				Computed:            true,
			},
			"locations": schema.ListNestedAttribute{
				MarkdownDescription: "The locations, by ascending id. What the API does not return is null, except that a " +
					"missing count is `0` and a missing flag is `false`.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":           schema.Int64Attribute{MarkdownDescription: "Id of the location.", Computed: true},
					"title":        schema.StringAttribute{MarkdownDescription: "Title.", Computed: true},
					"public_title": schema.StringAttribute{MarkdownDescription: "Title shown to clients.", Computed: true},
					"short_descr":  schema.StringAttribute{MarkdownDescription: "Kind of business.", Computed: true},
					"description":  schema.StringAttribute{MarkdownDescription: "Description, in HTML.", Computed: true},
					"logo":         schema.StringAttribute{MarkdownDescription: "URL of the logo.", Computed: true},
					"active": schema.BoolAttribute{MarkdownDescription: "Whether the location is active. " +
						"It says nothing about the connection.", Computed: true},
					"phone":              schema.StringAttribute{MarkdownDescription: "Phone number.", Computed: true},
					"phones":             schema.ListAttribute{MarkdownDescription: "All phone numbers.", ElementType: types.StringType, Computed: true},
					"email":              schema.StringAttribute{MarkdownDescription: "Email address.", Computed: true},
					"country_id":         schema.Int64Attribute{MarkdownDescription: "Id of the country.", Computed: true},
					"country":            schema.StringAttribute{MarkdownDescription: "Name of the country.", Computed: true},
					"city_id":            schema.Int64Attribute{MarkdownDescription: "Id of the city.", Computed: true},
					"city":               schema.StringAttribute{MarkdownDescription: "Name of the city.", Computed: true},
					"address":            schema.StringAttribute{MarkdownDescription: "Address.", Computed: true},
					"coordinate_lat":     schema.NumberAttribute{MarkdownDescription: "Latitude in degrees, an exact decimal.", Computed: true},
					"coordinate_lon":     schema.NumberAttribute{MarkdownDescription: "Longitude in degrees, an exact decimal.", Computed: true},
					"timezone":           schema.NumberAttribute{MarkdownDescription: "Hours east of UTC.", Computed: true},
					"timezone_name":      schema.StringAttribute{MarkdownDescription: "Time zone, such as `America/New_York`.", Computed: true},
					"schedule":           schema.StringAttribute{MarkdownDescription: "Opening hours, as a text.", Computed: true},
					"phone_confirmation": schema.BoolAttribute{MarkdownDescription: "Whether clients confirm their phone number when they book.", Computed: true},
					"active_staff_count": schema.Int64Attribute{MarkdownDescription: "Number of active team members.", Computed: true},
					"next_slot": schema.StringAttribute{MarkdownDescription: "Next free slot, if the API " +
						"returns it.", Computed: true},
					"app_ios":              schema.StringAttribute{MarkdownDescription: "The location's app for iOS.", Computed: true},
					"app_android":          schema.StringAttribute{MarkdownDescription: "The location's app for Android.", Computed: true},
					"currency_short_title": schema.StringAttribute{MarkdownDescription: "Symbol of the currency, such as `$`.", Computed: true},
					"reminds_sms_disabled": schema.BoolAttribute{MarkdownDescription: "Whether the location's own SMS " +
						"reminders are off. It says nothing about the application's channels.", Computed: true},
					"reminds_sms_default":     schema.Int64Attribute{MarkdownDescription: "The location's default for its SMS reminders. The vendor does not document the values.", Computed: true},
					"group_priority":          schema.Int64Attribute{MarkdownDescription: "Rank among the locations of its group.", Computed: true},
					"bookform_group_priority": schema.Int64Attribute{MarkdownDescription: "Rank among the locations of its group in the booking form.", Computed: true},
					"photos":                  schema.ListAttribute{MarkdownDescription: "Photos.", ElementType: types.StringType, Computed: true},
					"company_photos":          schema.ListAttribute{MarkdownDescription: "URLs of the location's photos.", ElementType: types.StringType, Computed: true},
					"booking_widget_promo":    schema.StringAttribute{MarkdownDescription: "Promotion in the booking widget, as JSON. The vendor does not document its content.", Computed: true},
				}},
			},
		},
	}
}

func (d *locationsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model locationsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	model.IDs, model.Locations = []int64{}, []locationModel{}
	for location, err := range client.Locations(ctx, model.ApplicationID.ValueInt64()) {
		if err != nil {
			resp.Diagnostics.Append(core.LocationsTask(model.ApplicationID.ValueInt64()).Diagnostics(err)...)
			return
		}
		if field := model.cannotFilter(location); field != "" {
			resp.Diagnostics.AddAttributeError(path.Root(field), "Cannot filter the locations", fmt.Sprintf(
				"The %s of location %d is not as documented, so the provider cannot tell whether the location matches the filter. "+
					"Remove the filter, and please report this. The log of the provider has details.",
				field, location.ID))
			return
		}
		if !model.wants(location) {
			continue
		}
		row, diags := newLocationModel(location)
		resp.Diagnostics.Append(diags...)
		model.Locations = append(model.Locations, row)
	}
	slices.SortFunc(model.Locations, func(a, b locationModel) int { return cmp.Compare(a.ID, b.ID) })
	for _, location := range model.Locations {
		model.IDs = append(model.IDs, location.ID)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// dataSource reads all webhooks of a location.
type dataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// NewDataSource returns altegio_location_webhooks for reading.
func NewDataSource() datasource.DataSource {
	return &dataSource{}
}

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_webhooks"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the webhook URLs of a location, those of all applications together, and the events that " +
			"Altegio sends to them. Requires `user_token` in the provider block.",
		Attributes: map[string]schema.Attribute{
			"location_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the location.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"urls": schema.ListAttribute{
				MarkdownDescription: "URLs, in the API's order.", ElementType: types.StringType, Computed: true,
			},
			"active": schema.BoolAttribute{MarkdownDescription: "Whether Altegio sends events to the first URL.", Computed: true},
			"events": schema.SetAttribute{
				MarkdownDescription: "Kinds of events that Altegio sends to the first URL, by the API's names.",
				ElementType:         types.StringType,
				Computed:            true,
			},
			"self_sending": schema.BoolAttribute{
				MarkdownDescription: "Whether Altegio also sends the first URL events about your own changes through the " +
					"API. Null if the API does not return it, as on older servers.",
				Computed: true,
			},
			"url_settings": schema.MapNestedAttribute{
				MarkdownDescription: "The settings of each URL. Null if the API does not return them, as on older servers.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"active": schema.BoolAttribute{MarkdownDescription: "Whether Altegio sends events.", Computed: true},
					"events": schema.SetAttribute{
						MarkdownDescription: "Kinds of events that Altegio sends.", ElementType: types.StringType, Computed: true,
					},
					"self_sending": schema.BoolAttribute{
						MarkdownDescription: "Whether Altegio also sends events about your own changes through the API.", Computed: true,
					},
				}},
			},
		},
	}
}

type dataSourceModel struct {
	LocationID  types.Int64 `tfsdk:"location_id"`
	URLs        []string    `tfsdk:"urls"`
	Active      types.Bool  `tfsdk:"active"`
	Events      types.Set   `tfsdk:"events"`
	SelfSending types.Bool  `tfsdk:"self_sending"`
	URLSettings types.Map   `tfsdk:"url_settings"`
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var location types.Int64
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("location_id"), &location)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	settings, err := client.Webhooks(ctx, location.ValueInt64())
	if err != nil {
		resp.Diagnostics.Append(webhooksTask("Cannot read the webhooks", location.ValueInt64()).Diagnostics(err)...)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, webhooksData(location, settings))...)
}

func webhooksData(location types.Int64, s altegio.WebhookSettings) dataSourceModel {
	first := webhookFlags(s.Events)
	model := dataSourceModel{
		LocationID:  location,
		URLs:        append([]string{}, s.URLs...),
		Active:      types.BoolValue(s.Active),
		Events:      textSet(first.events()),
		SelfSending: first.selfSending(),
		URLSettings: types.MapNull(webhookSettingsType),
	}
	if s.URLEvents != nil {
		told := webhooksIn(s)
		for u := range told {
			if _, ok := s.URLEvents[u]; !ok {
				delete(told, u)
			}
		}
		model.URLSettings = told.mapValue()
	}
	return model
}

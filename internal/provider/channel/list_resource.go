// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// listResource finds the channels of an application, to import them: the API lists where the application is
// connected, and each connected location has every channel. The API has no way to read the value of a
// channel, so the user gives the one to declare.
type listResource struct {
	core.ConfiguredResource
}

var _ list.ListResourceWithConfigure = (*listResource)(nil)

// NewListResource returns the list resource altegio_application_channel.
func NewListResource() list.ListResource {
	return &listResource{}
}

func (r *listResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_channel"
}

func (r *listResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the channels of an application at all locations that it is connected to, for " +
			"`terraform query` in Terraform 1.14 or later. The application must belong to the category Chat Bots or SMS " +
			"Aggregators, which the API has no way to check.",
		Attributes: map[string]schema.Attribute{
			"application_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the application.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"channel_slugs": schema.ListAttribute{
				MarkdownDescription: "Names of the channels to find: `sms`, `whatsapp` or both. Defaults to both.",
				ElementType:         types.StringType,
				Optional:            true,
				Validators: []validator.List{
					listvalidator.SizeAtLeast(1),
					listvalidator.NoNullValues(),
					listvalidator.UniqueValues(),
					listvalidator.ValueStringsAre(stringvalidator.OneOf(core.SlugNames()...)),
				},
			},
			"is_available": schema.BoolAttribute{
				MarkdownDescription: "Value that the generated configuration declares for every channel. The API has no way " +
					"to read it. If you leave it out, complete the generated configuration by hand.",
				Optional: true,
			},
		},
	}
}

type listModel struct {
	ApplicationID types.Int64 `tfsdk:"application_id"`
	ChannelSlugs  []string    `tfsdk:"channel_slugs"`
	IsAvailable   types.Bool  `tfsdk:"is_available"`
}

// slugs returns the channels to find, always in the same order.
func (m listModel) slugs() []altegio.ChannelSlug {
	return slices.DeleteFunc(altegio.ChannelSlugs(), func(slug altegio.ChannelSlug) bool {
		return m.ChannelSlugs != nil && !slices.Contains(m.ChannelSlugs, string(slug))
	})
}

func (r *listResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config listModel
	diags := req.Config.Get(ctx, &config)
	client := r.Session.API(&diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	applicationID := config.ApplicationID.ValueInt64()
	results := func(location int64, name string) iter.Seq[list.ListResult] {
		return func(push func(list.ListResult) bool) {
			for _, slug := range config.slugs() {
				channel := importedChannel(channelID{location, applicationID, slug})
				channel.IsAvailable = config.IsAvailable
				result := req.NewListResult(ctx)
				result.DisplayName = fmt.Sprintf("%s: %s", name, slug)
				result.Diagnostics.Append(result.Identity.Set(ctx, channel.identity())...)
				if req.IncludeResource {
					result.Diagnostics.Append(result.Resource.Set(ctx, channel)...)
				}
				if !push(result) {
					return
				}
			}
		}
	}
	stream.Results = core.Listed(req.Limit, applicationID, client.Locations(ctx, applicationID), results)
}

// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// listResource finds the installations of an application, to import them. The listing has no statuses, and
// reading each would take one request per location, so results have no status: a configuration does not
// need it, and an import reads it.
type listResource struct {
	core.ConfiguredResource
}

var _ list.ListResourceWithConfigure = (*listResource)(nil)

// NewListResource returns the list resource altegio_location_application.
func NewListResource() list.ListResource {
	return &listResource{}
}

func (r *listResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_application"
}

func (r *listResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the locations that an application is connected to, for `terraform query` in Terraform 1.14 or " +
			"later. The generated configuration is complete, and importing it changes nothing. The listing takes one " +
			"request per 1,000 locations plus two, and does not contain statuses: `status` and `connected_at` of a result " +
			"are null, even with `include_resource`, until the import reads them. The vendor does not document which " +
			"statuses the listing includes.",
		Attributes: map[string]schema.Attribute{
			"application_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the application.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
		},
	}
}

type listModel struct {
	ApplicationID types.Int64 `tfsdk:"application_id"`
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
			found := importedApplication(core.ConnectionID{Location: location, Application: applicationID})
			result := req.NewListResult(ctx)
			result.DisplayName = name
			result.Diagnostics.Append(result.Identity.Set(ctx, found.connectionID().Identity())...)
			if req.IncludeResource {
				result.Diagnostics.Append(result.Resource.Set(ctx, found)...)
			}
			push(result)
		}
	}
	stream.Results = core.Listed(req.Limit, applicationID, client.Locations(ctx, applicationID), results)
}

// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// listResource finds the applications of a developer account, to import them. The listing has everything,
// so the generated configuration is complete; it leaves out values that the schema refuses.
type listResource struct {
	core.ConfiguredResource
}

var _ list.ListResourceWithConfigure = (*listResource)(nil)

// NewListResource returns the list of altegio_application.
func NewListResource() list.ListResource {
	return &listResource{}
}

func (r *listResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application"
}

func (r *listResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the applications of a developer account, drafts included, for `terraform query` in Terraform 1.14 or " +
			"later." + cabinetNote,
		Attributes: map[string]schema.Attribute{
			"partner_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the developer account. See the data source `altegio_developer_accounts`.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"is_published": schema.BoolAttribute{
				MarkdownDescription: "Find only applications that are in the marketplace, or only drafts. Defaults to both.",
				Optional:            true,
			},
		},
	}
}

type listModel struct {
	PartnerID   types.Int64 `tfsdk:"partner_id"`
	IsPublished types.Bool  `tfsdk:"is_published"`
}

func (r *listResource) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config listModel
	diags := req.Config.Get(ctx, &config)
	client := r.Session.API(&diags)
	var applications []*altegio.Application
	if !diags.HasError() {
		var err error
		if applications, err = client.SharedApplications(ctx, config.PartnerID.ValueInt64()); err != nil {
			diags.Append(applicationsTask(config.PartnerID.ValueInt64()).Diagnostics(err)...)
		}
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		left := req.Limit
		for _, a := range applications {
			if !config.IsPublished.IsNull() && config.IsPublished.ValueBool() != a.Published() {
				continue
			}
			if left--; left < 0 {
				return
			}
			found, diags := readApplicationModel(a, applicationModel{})
			result := req.NewListResult(ctx)
			result.DisplayName = fmt.Sprintf("%s (%d)", altegio.Printable(a.Title()), a.ID)
			result.Diagnostics.Append(diags...)
			result.Diagnostics.Append(result.Identity.Set(ctx, found.identity())...)
			if req.IncludeResource && !diags.HasError() {
				result.Diagnostics.Append(result.Resource.Set(ctx, found.acceptable(ctx))...)
			}
			if !push(result) {
				return
			}
		}
	}
}

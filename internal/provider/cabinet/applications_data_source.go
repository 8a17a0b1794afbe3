// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// applicationsDataSource lists the applications of a developer account. It shares its request with all
// resources of the run that concern an application of the account.
type applicationsDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*applicationsDataSource)(nil)

// NewApplicationsDataSource returns altegio_applications.
func NewApplicationsDataSource() datasource.DataSource {
	return &applicationsDataSource{}
}

func (d *applicationsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_applications"
}

func (d *applicationsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	row := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id":    schema.Int64Attribute{MarkdownDescription: "Id of the application.", Computed: true},
		"slug":  text("Slug of the application, which is unique in the account."),
		"title": text("Title in the marketplace."),
		"is_published": schema.BoolAttribute{MarkdownDescription: "Whether the application is published in the " +
			"marketplace.", Computed: true},
		"moderated_at": text("When the application was published, as the API returns it. Null for a draft."),
		"created_at":   text("When the application was created, as the API returns it."),
		"status":       text("Status, as the API returns it."),
		"icon_url":     text("URL of the icon."),
		"info_url":     text("Short link to the application's page."),
		"review_url":   text("Short link to its reviews."),
	}}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The applications of a developer account, drafts included." + cabinetNote,
		Attributes: map[string]schema.Attribute{
			"partner_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the developer account. See `altegio_developer_accounts`.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"applications": schema.ListNestedAttribute{
				MarkdownDescription: "The applications, in the API's order.",
				Computed:            true,
				NestedObject:        row,
			},
			"by_id": schema.MapNestedAttribute{
				MarkdownDescription: "The applications by id, such as `by_id[456]`.",
				Computed:            true,
				NestedObject:        row,
			},
			"by_slug": schema.MapNestedAttribute{
				MarkdownDescription: "The applications by slug, such as `by_slug[\"hello_bot\"]`.",
				Computed:            true,
				NestedObject:        row,
			},
			"by_title": schema.MapNestedAttribute{
				MarkdownDescription: "The applications by title, such as `by_title[\"Hello Bot\"]`. Titles that more than " +
					"one application has are left out.",
				Computed:     true,
				NestedObject: row,
			},
		},
	}
}

type applicationsModel struct {
	PartnerID    types.Int64               `tfsdk:"partner_id"`
	Applications []applicationRow          `tfsdk:"applications"`
	ByID         map[string]applicationRow `tfsdk:"by_id"`
	BySlug       map[string]applicationRow `tfsdk:"by_slug"`
	ByTitle      map[string]applicationRow `tfsdk:"by_title"`
}

type applicationRow struct {
	ID          int64        `tfsdk:"id"`
	Slug        types.String `tfsdk:"slug"`
	Title       types.String `tfsdk:"title"`
	IsPublished bool         `tfsdk:"is_published"`
	ModeratedAt types.String `tfsdk:"moderated_at"`
	CreatedAt   types.String `tfsdk:"created_at"`
	Status      types.String `tfsdk:"status"`
	IconURL     types.String `tfsdk:"icon_url"`
	InfoURL     types.String `tfsdk:"info_url"`
	ReviewURL   types.String `tfsdk:"review_url"`
}

func (d *applicationsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model applicationsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	applications, err := client.SharedApplications(ctx, model.PartnerID.ValueInt64())
	if err != nil {
		resp.Diagnostics.Append(applicationsTask(model.PartnerID.ValueInt64()).Diagnostics(err)...)
		return
	}
	model.fill(applications)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m *applicationsModel) fill(applications []*altegio.Application) {
	m.Applications = []applicationRow{}
	for _, a := range applications {
		m.Applications = append(m.Applications, applicationRow{
			ID: a.ID, Slug: core.TextOrNull(a.Slug()), Title: core.TextOrNull(a.Title()), IsPublished: a.Published(),
			ModeratedAt: core.TextOrNull(a.ModeratedAt), CreatedAt: core.TextOrNull(a.CreatedAt), Status: core.TextOrNull(a.Status),
			IconURL: core.TextOrNull(a.IconURL), InfoURL: core.TextOrNull(a.InfoURL), ReviewURL: core.TextOrNull(a.ReviewURL),
		})
	}
	m.ByID = core.UniqueBy(m.Applications, func(a applicationRow) int64 { return a.ID })
	m.BySlug = core.UniqueBy(m.Applications, func(a applicationRow) string { return a.Slug.ValueString() })
	m.ByTitle = core.UniqueBy(m.Applications, func(a applicationRow) string { return a.Title.ValueString() })
}

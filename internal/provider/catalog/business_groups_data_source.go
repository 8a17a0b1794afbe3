// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// businessGroupsDataSource reads the dictionary of kinds of business, which come in groups.
type businessGroupsDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*businessGroupsDataSource)(nil)

// NewBusinessGroupsDataSource returns altegio_business_groups.
func NewBusinessGroupsDataSource() datasource.DataSource {
	return &businessGroupsDataSource{}
}

func (d *businessGroupsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_business_groups"
}

func (d *businessGroupsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	kind := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id":                schema.Int64Attribute{MarkdownDescription: "Id of the kind of business.", Computed: true},
		"title":             schema.StringAttribute{MarkdownDescription: "Title.", Computed: true},
		"business_group_id": schema.Int64Attribute{MarkdownDescription: "Id of the group.", Computed: true},
	}}
	group := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id":          schema.Int64Attribute{MarkdownDescription: "Id of the group.", Computed: true},
		"title":       schema.StringAttribute{MarkdownDescription: "Title.", Computed: true},
		"image":       schema.StringAttribute{MarkdownDescription: "URL of an image.", Computed: true},
		"image_small": schema.StringAttribute{MarkdownDescription: "URL of a small image.", Computed: true},
		"types": schema.ListNestedAttribute{
			MarkdownDescription: "Kinds of business in the group, by ascending id.",
			Computed:            true,
			NestedObject:        kind,
		},
	}}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The kinds of business that Altegio knows, in groups, for looking up a group or a kind by " +
			"title. The vendor's documentation contradicts itself on whether this requires `user_token` in the " +
			"provider block; the provider sends it if it is set.",
		Attributes: map[string]schema.Attribute{
			"business_groups": schema.ListNestedAttribute{
				MarkdownDescription: "All groups, by ascending id.",
				Computed:            true,
				NestedObject:        group,
			},
			"by_title": schema.MapNestedAttribute{
				MarkdownDescription: fmt.Sprintf(byTitleText, "groups", "Beauty"),
				Computed:            true,
				NestedObject:        group,
			},
			"types_by_title": schema.MapNestedAttribute{
				MarkdownDescription: "The kinds of business of all groups by title, such as " +
					"`types_by_title[\"Barbershop\"]`. Titles that more than one kind has are left out.",
				Computed:     true,
				NestedObject: kind,
			},
		},
	}
}

type businessGroupsModel struct {
	BusinessGroups []businessGroup          `tfsdk:"business_groups"`
	ByTitle        map[string]businessGroup `tfsdk:"by_title"`
	TypesByTitle   map[string]businessType  `tfsdk:"types_by_title"`
}

type businessGroup struct {
	ID         int64          `tfsdk:"id"`
	Title      types.String   `tfsdk:"title"`
	Image      types.String   `tfsdk:"image"`
	ImageSmall types.String   `tfsdk:"image_small"`
	Types      []businessType `tfsdk:"types"`
}

type businessType struct {
	ID              int64        `tfsdk:"id"`
	Title           types.String `tfsdk:"title"`
	BusinessGroupID int64        `tfsdk:"business_group_id"`
}

func (d *businessGroupsDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	groups, err := client.BusinessGroups(ctx)
	if err != nil {
		resp.Diagnostics.Append(dictionaryTask("business groups").Diagnostics(err)...)
		return
	}
	var model businessGroupsModel
	model.fill(groups)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m *businessGroupsModel) fill(groups []altegio.BusinessGroup) {
	m.BusinessGroups = []businessGroup{}
	var kinds []businessType
	for _, g := range groups {
		group := businessGroup{
			ID: g.ID, Title: core.TextOrNull(g.Title), Image: core.TextOrNull(g.Image), ImageSmall: core.TextOrNull(g.ImageSmall),
			Types: []businessType{},
		}
		for _, t := range g.Types {
			group.Types = append(group.Types, businessType{ID: t.ID, Title: core.TextOrNull(t.Title), BusinessGroupID: g.ID})
		}
		slices.SortStableFunc(group.Types, func(a, b businessType) int { return cmp.Compare(a.ID, b.ID) })
		m.BusinessGroups = append(m.BusinessGroups, group)
		kinds = append(kinds, group.Types...)
	}
	slices.SortStableFunc(m.BusinessGroups, func(a, b businessGroup) int { return cmp.Compare(a.ID, b.ID) })
	m.ByTitle = core.UniqueBy(m.BusinessGroups, func(g businessGroup) string { return g.Title.ValueString() })
	m.TypesByTitle = core.UniqueBy(kinds, func(t businessType) string { return t.Title.ValueString() })
}

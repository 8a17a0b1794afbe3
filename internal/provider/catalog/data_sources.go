// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// catalogDataSource reads one dictionary of the catalogue. No vendor source shows the shape of the rows, so
// each row is also returned as it was read.
type catalogDataSource struct {
	core.ConfiguredDataSource
	name, dictionary, example string
	list                      func(context.Context, *altegio.Client) (altegio.Catalog, error)
}

var _ datasource.DataSourceWithConfigure = (*catalogDataSource)(nil)

// NewCategoriesDataSource returns altegio_catalog_categories.
func NewCategoriesDataSource() datasource.DataSource {
	return &catalogDataSource{
		name: "catalog_categories", dictionary: "categories", example: "analytics",
		list: func(ctx context.Context, c *altegio.Client) (altegio.Catalog, error) { return c.CatalogCategories(ctx) },
	}
}

// NewChannelsDataSource returns altegio_catalog_channels.
func NewChannelsDataSource() datasource.DataSource {
	return &catalogDataSource{
		name: "catalog_channels", dictionary: "channels", example: "sms",
		list: func(ctx context.Context, c *altegio.Client) (altegio.Catalog, error) { return c.CatalogChannels(ctx) },
	}
}

// NewFunctionalitiesDataSource returns altegio_catalog_functionalities.
func NewFunctionalitiesDataSource() datasource.DataSource {
	return &catalogDataSource{
		name: "catalog_functionalities", dictionary: "functionalities", example: "chat",
		list: func(ctx context.Context, c *altegio.Client) (altegio.Catalog, error) {
			return c.CatalogFunctionalities(ctx)
		},
	}
}

func (d *catalogDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + d.name
}

func (d *catalogDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The " + d.dictionary + " that the card of an application can use, for looking one up by slug " +
			"or title." + catalogNote,
		Attributes: catalogAttributes(d.dictionary, d.example),
	}
}

// catalogNote ends the description of a dictionary.
const catalogNote = " Uses the API of the vendor's own front end, which the vendor does not document. No source shows the " +
	"structure of its rows, so `json` has each row as it was read."

func catalogAttributes(dictionary, example string) map[string]schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	row := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id":          schema.Int64Attribute{MarkdownDescription: "Id. Null if the API returns none.", Computed: true},
		"slug":        text("Slug. Null if the API returns none."),
		"title":       text("Title, in the language that the API uses."),
		"parent_id":   schema.Int64Attribute{MarkdownDescription: "Id of the parent entry, if there is one.", Computed: true},
		"parent_slug": text("Slug of the parent entry, if there is one."),
		"json":        text("The row as it was read, for `jsondecode`."),
	}}
	return map[string]schema.Attribute{
		"entries": schema.ListNestedAttribute{
			MarkdownDescription: "The " + dictionary + ", each followed by its children.",
			Computed:            true,
			NestedObject:        row,
		},
		"by_slug": schema.MapNestedAttribute{
			MarkdownDescription: fmt.Sprintf("The %s by slug, such as `by_slug[%q]`. Slugs that more than one entry has are "+
				"left out.", dictionary, example),
			Computed:     true,
			NestedObject: row,
		},
		"by_title": schema.MapNestedAttribute{
			MarkdownDescription: "The " + dictionary + " by title. Titles are in the language that the API uses, and they " +
				"are case-sensitive. Titles that more than one entry has are left out.",
			Computed:     true,
			NestedObject: row,
		},
	}
}

type catalogModel struct {
	Entries []catalogRow          `tfsdk:"entries"`
	BySlug  map[string]catalogRow `tfsdk:"by_slug"`
	ByTitle map[string]catalogRow `tfsdk:"by_title"`
}

type catalogRow struct {
	ID         types.Int64  `tfsdk:"id"`
	Slug       types.String `tfsdk:"slug"`
	Title      types.String `tfsdk:"title"`
	ParentID   types.Int64  `tfsdk:"parent_id"`
	ParentSlug types.String `tfsdk:"parent_slug"`
	JSON       types.String `tfsdk:"json"`
}

func readCatalog(catalog altegio.Catalog) catalogModel {
	m := catalogModel{Entries: []catalogRow{}}
	for _, e := range catalog.Entries {
		m.Entries = append(m.Entries, catalogRow{
			ID: core.IDOrNull(e.ID), Slug: core.TextOrNull(e.Slug), Title: core.TextOrNull(e.Title), ParentID: core.IDOrNull(e.ParentID),
			ParentSlug: core.TextOrNull(e.ParentSlug), JSON: types.StringValue(string(e.Raw)),
		})
	}
	m.BySlug = core.UniqueBy(m.Entries, func(r catalogRow) string { return r.Slug.ValueString() })
	m.ByTitle = core.UniqueBy(m.Entries, func(r catalogRow) string { return r.Title.ValueString() })
	return m
}

func (d *catalogDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	catalog, err := d.list(ctx, client)
	if err != nil {
		resp.Diagnostics.Append(dictionaryTask(d.dictionary).Diagnostics(err)...)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, readCatalog(catalog))...)
}

// rightsDataSource reads the rights that applications of an account can request.
type rightsDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*rightsDataSource)(nil)

// NewRightsDataSource returns altegio_catalog_rights.
func NewRightsDataSource() datasource.DataSource {
	return &rightsDataSource{}
}

func (d *rightsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_catalog_rights"
}

func (d *rightsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := catalogAttributes("rights", "records_read")
	attributes["partner_id"] = schema.Int64Attribute{
		MarkdownDescription: "Id of the developer account. See `altegio_developer_accounts`.",
		Required:            true,
		Validators:          []validator.Int64{int64validator.AtLeast(1)},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The rights that applications of a developer account can request, as a hierarchy. Their slugs " +
			"are the keys of `permissions` in `altegio_application`. Requires `user_token` in the provider block." + catalogNote,
		Attributes: attributes,
	}
}

type rightsModel struct {
	PartnerID types.Int64           `tfsdk:"partner_id"`
	Entries   []catalogRow          `tfsdk:"entries"`
	BySlug    map[string]catalogRow `tfsdk:"by_slug"`
	ByTitle   map[string]catalogRow `tfsdk:"by_title"`
}

func (d *rightsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model rightsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	catalog, err := client.AvailableRights(ctx, model.PartnerID.ValueInt64())
	if err != nil {
		t := core.AccountTask("Cannot read the dictionary of rights", core.Argument{Name: "partner_id", Value: model.PartnerID.ValueInt64()})
		resp.Diagnostics.Append(t.Diagnostics(err)...)
		return
	}
	read := readCatalog(catalog)
	model.Entries, model.BySlug, model.ByTitle = read.Entries, read.BySlug, read.ByTitle
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

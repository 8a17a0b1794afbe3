// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// entryDataSource looks up one row of a dictionary of the catalogue. A test of a module can override it,
// which it cannot do with the maps of the whole dictionary.
type entryDataSource struct {
	core.ConfiguredDataSource
	name, dictionary, example string
	list                      func(context.Context, *altegio.Client) (altegio.Catalog, error)
}

var _ datasource.DataSourceWithConfigure = (*entryDataSource)(nil)

// NewCategoryDataSource returns altegio_catalog_category.
func NewCategoryDataSource() datasource.DataSource {
	return &entryDataSource{
		name: "category", dictionary: "categories", example: "ai_bots",
		list: func(ctx context.Context, c *altegio.Client) (altegio.Catalog, error) { return c.CatalogCategories(ctx) },
	}
}

// NewChannelDataSource returns altegio_catalog_channel.
func NewChannelDataSource() datasource.DataSource {
	return &entryDataSource{
		name: "channel", dictionary: "channels", example: "sms",
		list: func(ctx context.Context, c *altegio.Client) (altegio.Catalog, error) { return c.CatalogChannels(ctx) },
	}
}

func (d *entryDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_catalog_" + d.name
}

func (d *entryDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	given := func(description string, other string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description, Optional: true, Computed: true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ExactlyOneOf(path.MatchRoot(other))},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("One %s that the card of an application can use, looked up by its slug or its title. See "+
			"`altegio_catalog_%s` for all of them.", d.name, d.dictionary) + catalogNote,
		Attributes: map[string]schema.Attribute{
			"slug":  given(fmt.Sprintf("Slug, such as `%s`. Set this or `title`.", d.example), "title"),
			"title": given("Title, in the language that the API uses. Set this or `slug`.", "slug"),
			"id":    schema.Int64Attribute{MarkdownDescription: fmt.Sprintf("Id of the %s.", d.name), Computed: true},
			"json":  schema.StringAttribute{MarkdownDescription: "The row as it was read, for `jsondecode`.", Computed: true},
		},
	}
}

type entryModel struct {
	Slug  types.String `tfsdk:"slug"`
	Title types.String `tfsdk:"title"`
	ID    types.Int64  `tfsdk:"id"`
	JSON  types.String `tfsdk:"json"`
}

func (d *entryDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model entryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	catalog, err := d.list(ctx, client)
	if err != nil {
		resp.Diagnostics.Append(dictionaryTask(d.dictionary).Diagnostics(err)...)
		return
	}
	argument, value, of := "slug", model.Slug, func(r catalogRow) types.String { return r.Slug }
	if model.Slug.IsNull() {
		argument, value, of = "title", model.Title, func(r catalogRow) types.String { return r.Title }
	}
	found, diags := core.LookUp(readCatalog(catalog).Entries, d.name, argument, value.ValueString(),
		func(r catalogRow) bool { return of(r).Equal(value) }, func(r catalogRow) int64 { return r.ID.ValueInt64() })
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if found.ID.IsNull() {
		resp.Diagnostics.Append(entryHasNoID(d.name, d.dictionary, argument, value.ValueString()))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, entryModel{Slug: found.Slug, Title: found.Title, ID: found.ID, JSON: found.JSON})...)
}

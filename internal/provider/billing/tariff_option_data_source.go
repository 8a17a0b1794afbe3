// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// tariffOptionDataSource looks up one option of the tariffs of an application.
type tariffOptionDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*tariffOptionDataSource)(nil)

// NewTariffOptionDataSource returns altegio_application_tariff_option.
func NewTariffOptionDataSource() datasource.DataSource {
	return &tariffOptionDataSource{}
}

func (d *tariffOptionDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_tariff_option"
}

func (d *tariffOptionDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	whole := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{MarkdownDescription: description, Computed: true}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One option of the tariffs of an application, looked up by its title. See `altegio_application_tariffs` for all of them.",
		Attributes: map[string]schema.Attribute{
			"application_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the application.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"title": schema.StringAttribute{
				MarkdownDescription: "Title of the option.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"tariff_title": schema.StringAttribute{
				MarkdownDescription: "Title of the tariff to search. If not set, the title of the tariff that has the option.",
				Optional:            true, Computed: true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"id":                    whole("Id of the option, the `tariff_option_id` of a payment link."),
			"overall_price":         schema.NumberAttribute{MarkdownDescription: "Price, an exact decimal.", Computed: true},
			"currency_iso":          schema.StringAttribute{MarkdownDescription: "Currency of the price.", Computed: true},
			"duration_in_months":    whole("Number of months that the price pays for."),
			"free_period_in_months": whole("Number of free months."),
			"staff_amount":          whole("Maximum number of team members."),
		},
	}
}

type tariffOptionModel struct {
	ApplicationID      types.Int64  `tfsdk:"application_id"`
	Title              types.String `tfsdk:"title"`
	TariffTitle        types.String `tfsdk:"tariff_title"`
	ID                 types.Int64  `tfsdk:"id"`
	OverallPrice       types.Number `tfsdk:"overall_price"`
	CurrencyISO        types.String `tfsdk:"currency_iso"`
	DurationInMonths   types.Int64  `tfsdk:"duration_in_months"`
	FreePeriodInMonths types.Int64  `tfsdk:"free_period_in_months"`
	StaffAmount        types.Int64  `tfsdk:"staff_amount"`
}

func (d *tariffOptionDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model tariffOptionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.ApplicationID.ValueInt64()
	tariffs, err := client.Tariffs(ctx, id)
	if err != nil {
		resp.Diagnostics.Append(tariffsTask(id).Diagnostics(err)...)
		return
	}
	all := tariffsModel{ApplicationID: model.ApplicationID}
	resp.Diagnostics.Append(all.fill(tariffs)...)
	type row struct {
		tariff types.String
		option tariffOption
	}
	var rows []row
	for _, t := range all.Tariffs {
		for _, o := range t.Options {
			if model.TariffTitle.IsNull() || t.Title.Equal(model.TariffTitle) {
				rows = append(rows, row{t.Title, o})
			}
		}
	}
	found, diags := core.LookUp(rows, "tariff option", "title", model.Title.ValueString(),
		func(r row) bool { return r.option.Title.Equal(model.Title) }, func(r row) int64 { return r.option.ID })
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	o := found.option
	model.TariffTitle, model.ID, model.OverallPrice, model.CurrencyISO = found.tariff, types.Int64Value(o.ID), o.OverallPrice, o.CurrencyISO
	model.DurationInMonths, model.FreePeriodInMonths = types.Int64Value(o.DurationInMonths), types.Int64Value(o.FreePeriodInMonths)
	model.StaffAmount = types.Int64Value(o.StaffAmount)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

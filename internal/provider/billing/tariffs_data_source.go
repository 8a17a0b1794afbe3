// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// tariffsDataSource lists the tariffs of an application. There is no matching resource: the vendor sets up
// tariffs by hand.
type tariffsDataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*tariffsDataSource)(nil)

// NewTariffsDataSource returns altegio_application_tariffs.
func NewTariffsDataSource() datasource.DataSource {
	return &tariffsDataSource{}
}

func (d *tariffsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_tariffs"
}

func (d *tariffsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Tariffs of an application, with the options that a location can pay for. The list is empty if " +
			"the application has no tariffs. Tariffs cannot be changed through the API: the vendor sets them up.",
		Attributes: map[string]schema.Attribute{
			"application_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the application.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"tariffs": schema.ListNestedAttribute{
				MarkdownDescription: "The tariffs, in the API's order.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":    schema.Int64Attribute{MarkdownDescription: "Id of the tariff.", Computed: true},
					"title": schema.StringAttribute{MarkdownDescription: "Title.", Computed: true},
					"options": schema.ListNestedAttribute{
						MarkdownDescription: "The options of the tariff, in the API's order.",
						Computed:            true,
						NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
							"id":            schema.Int64Attribute{MarkdownDescription: "Id of the option, the `tariff_option_id` of a payment link.", Computed: true},
							"title":         schema.StringAttribute{MarkdownDescription: "Title.", Computed: true},
							"overall_price": schema.NumberAttribute{MarkdownDescription: "Price, an exact decimal.", Computed: true},
							"currency_iso":  schema.StringAttribute{MarkdownDescription: "Currency of the price.", Computed: true},
							"duration_in_months": schema.Int64Attribute{MarkdownDescription: "Number of months that the " +
								"price pays for.", Computed: true},
							"free_period_in_months": schema.Int64Attribute{MarkdownDescription: "Number of free months.", Computed: true},
							"staff_amount": schema.Int64Attribute{MarkdownDescription: "Maximum number of team " +
								"members.", Computed: true},
						}},
					},
				}},
			},
		},
	}
}

type tariffsModel struct {
	ApplicationID types.Int64 `tfsdk:"application_id"`
	Tariffs       []tariff    `tfsdk:"tariffs"`
}

type tariff struct {
	ID      int64          `tfsdk:"id"`
	Title   types.String   `tfsdk:"title"`
	Options []tariffOption `tfsdk:"options"`
}

type tariffOption struct {
	ID                 int64        `tfsdk:"id"`
	Title              types.String `tfsdk:"title"`
	OverallPrice       types.Number `tfsdk:"overall_price"`
	CurrencyISO        types.String `tfsdk:"currency_iso"`
	DurationInMonths   int64        `tfsdk:"duration_in_months"`
	FreePeriodInMonths int64        `tfsdk:"free_period_in_months"`
	StaffAmount        int64        `tfsdk:"staff_amount"`
}

func (d *tariffsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model tariffsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	tariffs, err := client.Tariffs(ctx, model.ApplicationID.ValueInt64())
	if err != nil {
		resp.Diagnostics.Append(tariffsTask(model.ApplicationID.ValueInt64()).Diagnostics(err)...)
		return
	}
	resp.Diagnostics.Append(model.fill(tariffs)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func tariffsTask(application int64) core.Task {
	return core.Task{
		Summary:   "Cannot list the tariffs of the application",
		Arguments: []core.Argument{{Name: "application_id", Value: application}},
		NotFound: core.Refusal{
			Cause:  "there is no such application",
			Advice: "Check that the application exists.",
		},
	}
}

func (m *tariffsModel) fill(tariffs []altegio.Tariff) (diags diag.Diagnostics) {
	m.Tariffs = []tariff{}
	for _, t := range tariffs {
		row := tariff{ID: t.ID, Title: core.TextOrNull(t.Title), Options: []tariffOption{}}
		for _, o := range t.Options {
			price, err := core.NumberFromDecimal(o.OverallPrice)
			if err != nil {
				diags.AddError("Cannot read a price", err.Error())
			}
			row.Options = append(row.Options, tariffOption{
				ID: o.ID, Title: core.TextOrNull(o.Title), OverallPrice: price, CurrencyISO: core.TextOrNull(o.CurrencyISO),
				DurationInMonths: o.DurationInMonths, FreePeriodInMonths: o.FreePeriodInMonths, StaffAmount: o.StaffAmount,
			})
		}
		m.Tariffs = append(m.Tariffs, row)
	}
	return diags
}

// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// dataSource reads whether and how an application is connected at a location. It is not an error if it is
// not connected.
type dataSource struct {
	core.ConfiguredDataSource
}

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

// NewDataSource returns altegio_location_application for reading.
func NewDataSource() datasource.DataSource {
	return &dataSource{}
}

func (d *dataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_application"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads whether an application is connected at a location, its status, payments and log. It is " +
			"not an error if the application is not connected. Dates are texts as the API returns them, in an undocumented time zone.",
		Attributes: map[string]schema.Attribute{
			"location_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the location.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"application_id": schema.Int64Attribute{
				MarkdownDescription: "Id of the application.",
				Required:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"installed": schema.BoolAttribute{
				MarkdownDescription: "Whether the application is connected at the location, whatever its status.",
				Computed:            true,
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "Status of the connection: `pending`, `active`, `freezed` (the API's spelling), " +
					"`uninstalled` if it is not connected, or any other status that the API returns.",
				Computed: true,
			},
			"connected_at": schema.StringAttribute{
				MarkdownDescription: "When the application was connected. Null if it is not connected.",
				Computed:            true,
			},
			"payments": schema.ListNestedAttribute{
				MarkdownDescription: "Payments of the location for the application, in the API's order.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":           schema.Int64Attribute{MarkdownDescription: "Id of the payment.", Computed: true},
					"payment_sum":  schema.NumberAttribute{MarkdownDescription: "Amount paid, an exact decimal.", Computed: true},
					"currency_iso": schema.StringAttribute{MarkdownDescription: "Currency, if the API returns it.", Computed: true},
					"payment_date": schema.StringAttribute{MarkdownDescription: "When the location paid.", Computed: true},
					"period_from":  schema.StringAttribute{MarkdownDescription: "Start of the paid period, inclusive.", Computed: true},
					"period_to":    schema.StringAttribute{MarkdownDescription: "End of the paid period, inclusive.", Computed: true},
					"is_refunded":  schema.BoolAttribute{MarkdownDescription: "Whether the payment was refunded.", Computed: true},
					"refunded_at": schema.StringAttribute{MarkdownDescription: "When the payment was refunded, if the API " +
						"returns it.", Computed: true},
				}},
			},
			"logs": schema.ListNestedAttribute{
				MarkdownDescription: "Changes of the status, in the API's order.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"changed_at":  schema.StringAttribute{MarkdownDescription: "When the status changed.", Computed: true},
					"status_from": schema.StringAttribute{MarkdownDescription: "Status before.", Computed: true},
					"status_to":   schema.StringAttribute{MarkdownDescription: "Status after.", Computed: true},
					"source":      schema.StringAttribute{MarkdownDescription: "Who changed it, such as `marketplace` or `partner_api`.", Computed: true},
				}},
			},
		},
	}
}

type dataSourceModel struct {
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Installed     types.Bool   `tfsdk:"installed"`
	Status        types.String `tfsdk:"status"`
	ConnectedAt   types.String `tfsdk:"connected_at"`
	Payments      []payment    `tfsdk:"payments"`
	Logs          []logEntry   `tfsdk:"logs"`
}

type payment struct {
	ID          types.Int64  `tfsdk:"id"`
	PaymentSum  types.Number `tfsdk:"payment_sum"`
	CurrencyISO types.String `tfsdk:"currency_iso"`
	PaymentDate types.String `tfsdk:"payment_date"`
	PeriodFrom  types.String `tfsdk:"period_from"`
	PeriodTo    types.String `tfsdk:"period_to"`
	IsRefunded  types.Bool   `tfsdk:"is_refunded"`
	RefundedAt  types.String `tfsdk:"refunded_at"`
}

type logEntry struct {
	ChangedAt  types.String `tfsdk:"changed_at"`
	StatusFrom types.String `tfsdk:"status_from"`
	StatusTo   types.String `tfsdk:"status_to"`
	Source     types.String `tfsdk:"source"`
}

func (d *dataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model dataSourceModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client := d.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	installation, err := client.SharedInstallation(ctx, model.LocationID.ValueInt64(), model.ApplicationID.ValueInt64())
	if err == nil {
		err = installation.Incomplete
	}
	if err != nil && !errors.Is(err, altegio.ErrNotInstalled) {
		resp.Diagnostics.Append(core.Task{
			Summary: "Cannot read how the application is connected",
			Arguments: []core.Argument{
				{Name: "location_id", Value: model.LocationID.ValueInt64()}, {Name: "application_id", Value: model.ApplicationID.ValueInt64()},
			},
		}.Diagnostics(err)...)
		return
	}
	resp.Diagnostics.Append(model.fill(installation)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// fill copies the answer of the API into the model; nil means that the application is not installed.
func (m *dataSourceModel) fill(i *altegio.Installation) (diags diag.Diagnostics) {
	m.Installed = types.BoolValue(i != nil)
	m.Payments, m.Logs = []payment{}, []logEntry{}
	if i == nil {
		m.Status = types.StringValue(altegio.StatusUninstalled)
		return nil
	}
	m.Status = core.TextOrNull(i.Status)
	m.ConnectedAt = core.TextOrNull(i.CreatedAt)
	for _, p := range i.Payments {
		sum, err := core.NumberFromDecimal(p.Sum)
		if err != nil {
			diags.AddError("Cannot read an amount", err.Error())
		}
		m.Payments = append(m.Payments, payment{
			ID: core.IDOrNull(p.ID), PaymentSum: sum, CurrencyISO: core.TextOrNull(p.CurrencyISO),
			PaymentDate: core.TextOrNull(p.PaymentDate), PeriodFrom: core.TextOrNull(p.PeriodFrom), PeriodTo: core.TextOrNull(p.PeriodTo),
			IsRefunded: types.BoolValue(p.IsRefunded), RefundedAt: core.TextOrNull(p.RefundedAt),
		})
	}
	for _, l := range i.Logs {
		m.Logs = append(m.Logs, logEntry{
			ChangedAt: core.TextOrNull(l.ChangedAt), StatusFrom: core.TextOrNull(l.StatusFrom),
			StatusTo: core.TextOrNull(l.StatusTo), Source: core.TextOrNull(l.Source),
		})
	}
	return diags
}

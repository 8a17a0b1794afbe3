// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// reportAction reports a payment that the partner received: one POST, and each POST is another payment. The
// API has no protection against duplicates, so it is never sent twice. When the answer is lost, or lacks
// the payment's id, the action reads the installation's payments, to say whether the payment is there.
type reportAction struct {
	core.ConfiguredAction
}

var _ action.ActionWithConfigure = (*reportAction)(nil)

// NewReportAction returns altegio_report_payment.
func NewReportAction() action.Action {
	return &reportAction{}
}

type reportModel struct {
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	PaymentSum    types.Number `tfsdk:"payment_sum"`
	CurrencyISO   types.String `tfsdk:"currency_iso"`
	PaymentDate   types.String `tfsdk:"payment_date"`
	PeriodFrom    types.String `tfsdk:"period_from"`
	PeriodTo      types.String `tfsdk:"period_to"`
}

func (m reportModel) report() altegio.PaymentReport {
	return altegio.PaymentReport{
		LocationID:    m.LocationID.ValueInt64(),
		ApplicationID: m.ApplicationID.ValueInt64(),
		Sum:           decimalFromNumber(m.PaymentSum),
		CurrencyISO:   m.CurrencyISO.ValueString(),
		PaymentDate:   m.PaymentDate.ValueString(),
		PeriodFrom:    m.PeriodFrom.ValueString(),
		PeriodTo:      m.PeriodTo.ValueString(),
	}
}

func (a *reportAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_report_payment"
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (a *reportAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reports a payment that a location made for an application. Altegio then extends the paid " +
			"period of the application there, or reactivates it if it is suspended. Every invocation reports another " +
			"payment." + core.ActionsNeed,
		Attributes: map[string]schema.Attribute{
			"location_id":    core.ActionIDAttribute("Id of the location that paid."),
			"application_id": core.ActionIDAttribute("Id of the application that the location paid for."),
			"payment_sum": schema.NumberAttribute{
				MarkdownDescription: "Amount paid, `0` for a trial. It is sent exactly as written: `990.99` stays 990.99.",
				Required:            true,
				Validators:          []validator.Number{amountValidator{}},
			},
			"currency_iso": schema.StringAttribute{
				MarkdownDescription: "ISO 4217 code of the currency, such as `EUR`.",
				Required:            true,
				Validators: []validator.String{
					stringvalidator.RegexMatches(currencyCode, "must be a currency's code of three upper-case letters"),
				},
			},
			"payment_date": schema.StringAttribute{
				MarkdownDescription: "When the location paid, in the form `2026-01-31 10:10:00`. Altegio does not document the time zone.",
				Required:            true,
				Validators:          []validator.String{dateTimeValidator{}},
			},
			"period_from": schema.StringAttribute{
				MarkdownDescription: "Start of the paid period, inclusive, in the form of `payment_date`.",
				Required:            true,
				Validators:          []validator.String{dateTimeValidator{}},
			},
			"period_to": schema.StringAttribute{
				MarkdownDescription: "End of the paid period, inclusive, in the form of `payment_date`.",
				Required:            true,
				Validators:          []validator.String{dateTimeValidator{notBefore: path.Root("period_from")}},
			},
		},
	}
}

func (a *reportAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model reportModel
	ctx, client := a.Begin(ctx, req, &model, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	report := model.report()
	core.Say(resp, "Reporting the payment of %s %s by location %d for application %d.",
		report.Sum, report.CurrencyISO, report.LocationID, report.ApplicationID)
	id, err := client.ReportPayment(ctx, report)
	switch {
	case err != nil && core.MayHaveHappened(err):
		core.Say(resp, "It is not known whether the payment was reported. Reading the payments of the installation.")
		resp.Diagnostics.Append(reportTask(report, paymentDoubt(paymentsAlike(ctx, client, report))).Diagnostics(err)...)
	case err != nil:
		resp.Diagnostics.Append(reportTask(report, "").Diagnostics(err)...)
	case id == 0:
		core.Say(resp, "The payment is reported, but the answer lacks its id. Reading the payments of the installation.")
		resp.Diagnostics.Append(paymentIDMissing(paymentsAlike(ctx, client, report)))
	default:
		core.Say(resp, "Payment %d is reported. Keep this id: a refund needs it.", id)
	}
}

// paymentsAlike returns the payments of the installation that look like the one that was to be reported.
func paymentsAlike(ctx context.Context, client *altegio.Client, report altegio.PaymentReport) ([]altegio.Payment, error) {
	installation, err := client.Installation(ctx, report.LocationID, report.ApplicationID)
	if err == nil {
		err = installation.Incomplete
	}
	if err != nil {
		return nil, err
	}
	var alike []altegio.Payment
	for _, payment := range installation.Payments {
		if isAlike(payment, report) {
			alike = append(alike, payment)
		}
	}
	return alike, nil
}

// isAlike reports whether a payment equals the reported one. It ignores the currency if the API returns
// none.
func isAlike(payment altegio.Payment, report altegio.PaymentReport) bool {
	return payment.Sum.Equal(report.Sum) &&
		(payment.CurrencyISO == "" || payment.CurrencyISO == report.CurrencyISO) &&
		payment.PaymentDate == report.PaymentDate &&
		payment.PeriodFrom == report.PeriodFrom && payment.PeriodTo == report.PeriodTo
}

func reportTask(r altegio.PaymentReport, doubt string) core.Task {
	return core.Task{
		Summary: "Cannot report the payment",
		Arguments: []core.Argument{
			{Name: "location_id", Value: r.LocationID},
			{Name: "application_id", Value: r.ApplicationID},
			{Name: "payment_sum", Value: r.Sum},
			{Name: "currency_iso", Value: r.CurrencyISO},
			{Name: "payment_date", Value: r.PaymentDate},
			{Name: "period_from", Value: r.PeriodFrom},
			{Name: "period_to", Value: r.PeriodTo},
		},
		Invalid: "Check that the application is installed at the location.",
		Doubt:   doubt,
	}
}

// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// refundAction tells Altegio that the partner refunded a payment: one POST, never sent twice.
// The API has no way to read a payment by its id alone, so an unknown outcome stays unknown.
type refundAction struct {
	core.ConfiguredAction
}

var _ action.ActionWithConfigure = (*refundAction)(nil)

// NewRefundAction returns altegio_refund_payment.
func NewRefundAction() action.Action {
	return &refundAction{}
}

type refundModel struct {
	PaymentID types.Int64 `tfsdk:"payment_id"`
}

func (a *refundAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_refund_payment"
}

func (a *refundAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reports that a payment was refunded. If the payment is for a running subscription, Altegio " +
			"suspends the application at the location within an hour. A refund cannot be undone." + core.ActionsNeed,
		Attributes: map[string]schema.Attribute{
			"payment_id": core.ActionIDAttribute("Id of the payment. `altegio_report_payment` shows it, and it is in the " +
				"`payments` of the data source `altegio_location_application`."),
		},
	}
}

func (a *refundAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model refundModel
	ctx, client := a.Begin(ctx, req, &model, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.PaymentID.ValueInt64()
	core.Say(resp, "Reporting the refund of payment %d.", id)
	if err := client.RefundPayment(ctx, id); err != nil {
		resp.Diagnostics.Append(refundTask(id).Diagnostics(err)...)
		return
	}
	core.Say(resp, "Payment %d is reported as refunded.", id)
}

func refundTask(paymentID int64) core.Task {
	return core.Task{
		Summary:   "Cannot report the refund",
		Arguments: []core.Argument{{Name: "payment_id", Value: paymentID}},
		Forbidden: core.Refusal{
			Cause:  "the payment is for an application of another partner",
			Advice: "The payment is for an application of another partner, or the account of the token has no access to it.",
		},
		NotFound: core.Refusal{
			Cause:  "there is no such payment",
			Advice: "There is no such payment." + lookAtPayments,
		},
		Invalid: "Either there is no such payment, or it is already refunded." + lookAtPayments,
		Doubt: "The refund may have been reported although the answer is missing. Do not report it again before you " +
			"have checked." + lookAtPayments,
	}
}

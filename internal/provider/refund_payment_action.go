// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// refundPaymentAction tells Altegio that the partner refunded a payment: one POST, never sent twice.
// The API says nothing of a payment by its id alone, so an outcome that is open stays so.
type refundPaymentAction struct {
	configuredAction
}

var _ action.ActionWithConfigure = (*refundPaymentAction)(nil)

func newRefundPaymentAction() action.Action {
	return &refundPaymentAction{}
}

type refundPaymentModel struct {
	PaymentID types.Int64 `tfsdk:"payment_id"`
}

func (a *refundPaymentAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_refund_payment"
}

func (a *refundPaymentAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reports that a payment was refunded. When the payment is for a running subscription, Altegio " +
			"switches the application off at the location within an hour. A refund cannot be taken back." + actionsNeed,
		Attributes: map[string]schema.Attribute{
			"payment_id": actionIDAttribute("Id of the payment, as `altegio_report_payment` showed it and as the `payments` of " +
				"the data source `altegio_location_application` have it."),
		},
	}
}

func (a *refundPaymentAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model refundPaymentModel
	client := a.begin(ctx, req, &model, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.PaymentID.ValueInt64()
	say(resp, "Reporting the refund of payment %d.", id)
	if err := client.RefundPayment(ctx, id); err != nil {
		resp.Diagnostics.Append(refundTask(id).diagnostics(err)...)
		return
	}
	say(resp, "Payment %d is reported as refunded.", id)
}

func refundTask(paymentID int64) task {
	return task{
		summary:   "Cannot report the refund",
		arguments: []argument{{"payment_id", paymentID}},
		forbidden: "The payment is for an application of another partner, or the token's account has no access to it.",
		notFound:  "There is no such payment." + lookAtPayments,
		invalid:   "There may be no such payment, or it is refunded already." + lookAtPayments,
		doubt: "The refund may have been reported although the answer is missing. Do not report it again before you " +
			"know." + lookAtPayments,
	}
}

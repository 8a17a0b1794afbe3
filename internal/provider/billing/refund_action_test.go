// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestRefundPaymentAction(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	said, diags := p.Invoke(providertest.RefundPaymentType, providertest.Args{"payment_id": 1523})
	providertest.ExpectNone(t, diags)
	providertest.ExpectSaid(t, said, "Reporting the refund of payment 1523.", "Payment 1523 is reported as refunded.")
	if payment := fake.Payments(1001, 456)[0]; payment.ID != 1523 || !payment.IsRefunded {
		t.Errorf("the payment is %+v", payment)
	}
	if r := fake.Requests()[0]; r.Path != "/marketplace/partner/payment/refund/1523" || len(r.Body) != 0 {
		t.Errorf("it sends %s %s with %q", r.Method, r.Path, r.Body)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpRefund: 1}}.Now(t)

	said, diags = p.Invoke(providertest.RefundPaymentType, providertest.Args{"payment_id": 1523})
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Cannot report the refund: Altegio refuses it: [^\n]+
Asked for: payment_id 1523\.
The request was POST http://.*/marketplace/partner/payment/refund/1523\..*422 Unprocessable Entity.*
Either there is no such payment, or it is already refunded\. The data source altegio_location_application has the payments`)
	providertest.ExpectSaid(t, said, "Reporting the refund of payment 1523.")

	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpRefund, Status: 404})
	_, diags = p.Invoke(providertest.RefundPaymentType, providertest.Args{"payment_id": 1})
	providertest.ExpectOne(t, diags, providertest.IsError, "", `404 Not Found.*There is no such payment\.`)
}

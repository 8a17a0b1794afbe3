// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const refundPaymentType = "altegio_refund_payment"

func TestRefundPaymentAction(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	said, diags := p.invoke(refundPaymentType, args{"payment_id": 1523})
	expectNone(t, diags)
	expectSaid(t, said, "Reporting the refund of payment 1523.", "Payment 1523 is reported as refunded.")
	if payment := fake.Payments(1001, 456)[0]; payment.ID != 1523 || !payment.IsRefunded {
		t.Errorf("the payment is %+v", payment)
	}
	if r := fake.Requests()[0]; r.Path != "/marketplace/partner/payment/refund/1523" || len(r.Body) != 0 {
		t.Errorf("it sends %s %s with %q", r.Method, r.Path, r.Body)
	}
	sent{fake, map[string]int{altegiotest.OpRefund: 1}}.now(t)

	said, diags = p.invoke(refundPaymentType, args{"payment_id": 1523})
	expectOne(t, diags, isError, "", `Cannot report the refund
Asked for: payment_id 1523\.
The request was POST http://.*/marketplace/partner/payment/refund/1523\..*422 Unprocessable Entity.*
There may be no such payment, or it is refunded already\. The payments of a location, .* altegio_location_application\.`)
	expectSaid(t, said, "Reporting the refund of payment 1523.")

	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpRefund, Status: 404})
	_, diags = p.invoke(refundPaymentType, args{"payment_id": 1})
	expectOne(t, diags, isError, "", `404 Not Found.*There is no such payment\.`)
}

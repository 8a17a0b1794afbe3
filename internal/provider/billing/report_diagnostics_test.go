// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

// Messages about payments after a lost answer.
func TestDoubts(t *testing.T) {
	t.Parallel()
	first := altegio.Payment{ID: 7, Sum: "990.99", PaymentDate: "2026-01-31 10:10:00", PeriodFrom: "2026-02-01 00:00:00", PeriodTo: "2026-02-28 23:59:59"}
	second := first
	second.ID, second.IsRefunded = 8, true
	nameless := altegio.Payment{Sum: "1", PaymentDate: "a", PeriodFrom: "b", PeriodTo: "c"}
	const (
		paid = "payment 7 of 990.99, paid 2026-01-31 10:10:00 for 2026-02-01 00:00:00 to 2026-02-28 23:59:59"
		both = paid + "; payment 8 of 990.99, paid 2026-01-31 10:10:00 for 2026-02-01 00:00:00 to 2026-02-28 23:59:59 and refunded"
		look = " The data source altegio_location_application has the payments of a location, and whether they are refunded."
	)
	fallen := errors.New("the sky has fallen")
	for _, test := range []struct{ got, want string }{
		{paymentDoubt([]altegio.Payment{first}, nil), "Altegio has " + paid + ". Unless that is an earlier payment, this one is reported: " +
			"do not report it again. A refund needs its id."},
		{paymentDoubt([]altegio.Payment{first, second}, nil), "Altegio has " + both + ". Unless all of these are earlier " +
			"payments, this one is reported: do not report it again. A refund needs its id."},
		{paymentDoubt([]altegio.Payment{nameless}, nil), "Altegio has a payment without an id of 1, paid a for b to c. Unless that is an " +
			"earlier payment, this one is reported: do not report it again. A refund needs its id."},
		{paymentDoubt(nil, nil), "It is not among the payments of the installation, but Altegio may show it late: check again in a few minutes, " +
			"and report it again only if it is still missing." + look},
		{paymentDoubt(nil, fallen), "The payments could not be read: the sky has fallen. Do not report the payment again before you know whether " +
			"it is there." + look},
	} {
		if test.got != test.want {
			t.Errorf("it says\n  %s\nwant\n  %s", test.got, test.want)
		}
	}
	const missing = "Altegio answered that the payment is reported, but not which id it has. A refund needs the id.\n\n"
	const again = "It may be shown later. Do not report the payment again." + look
	for _, test := range []struct {
		got    diag.Diagnostic
		detail string
	}{
		{paymentIDMissing([]altegio.Payment{first, second}, nil), "Altegio has " + both + "."},
		{paymentIDMissing(nil, nil), again},
		{paymentIDMissing(nil, fallen), "The payments of the installation could not be read either: the sky has fallen. " + again},
	} {
		coretest.CompareSaid(t, diag.Diagnostics{test.got}, coretest.Said{At: "", Summary: "Id of the reported payment is not known", Detail: missing + test.detail})
	}
}

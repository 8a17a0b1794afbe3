// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// lookAtPayments says where to find out about a payment.
const lookAtPayments = " The data source altegio_location_application has the payments of a location, and " +
	"whether they are refunded."

// paymentDoubt says what the installation's payments show about a payment that may have been reported:
// payments like it, or why they could not be read.
func paymentDoubt(alike []altegio.Payment, err error) string {
	switch {
	case err != nil:
		return "The payments could not be read: " + core.Sentence(err.Error()) + " Do not report the payment again before " +
			"you know whether it is there." + lookAtPayments
	case len(alike) == 0:
		return "It is not among the payments of the installation, but Altegio may show it late: check again in a few minutes, and " +
			"report it again only if it is still missing." + lookAtPayments
	}
	return "Altegio has " + listPayments(alike) + ". Unless " +
		core.Plural(len(alike), "that is an earlier payment", "all of these are earlier payments") + ", this one is reported: do not report it again. " +
		"A refund needs its id."
}

// paymentIDMissing warns that the id of a reported payment is not known; see paymentDoubt.
func paymentIDMissing(alike []altegio.Payment, err error) diag.Diagnostic {
	found := "It may be shown later. Do not report the payment again." + lookAtPayments
	switch {
	case err != nil:
		found = "The payments of the installation could not be read either: " + core.Sentence(err.Error()) + " " + found
	case len(alike) > 0:
		found = "Altegio has " + listPayments(alike) + "."
	}
	return diag.NewWarningDiagnostic("Id of the reported payment is not known", core.Paragraphs(
		"Altegio answered that the payment is reported, but not which id it has. A refund needs the id.", found))
}

func listPayments(payments []altegio.Payment) string {
	var texts []string
	for _, p := range payments {
		name := "a payment without an id"
		if p.ID != 0 {
			name = fmt.Sprintf("payment %d", p.ID)
		}
		text := fmt.Sprintf("%s of %s, paid %s for %s to %s", name, p.Sum, p.PaymentDate, p.PeriodFrom, p.PeriodTo)
		if p.IsRefunded {
			text += " and refunded"
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

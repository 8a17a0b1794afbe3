// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestDiscountSentences(t *testing.T) {
	t.Parallel()
	call := discountCall{locations: []int64{1001, 1002}, discount: "15.54"}
	reset := discountCall{locations: []int64{1003}, discount: core.NoDiscount, leaves: true}
	failed := func(e altegio.Error) error {
		e.Operation, e.Method, e.URL = "add_discount", http.MethodPost, "https://api.alteg.io/api/v1/marketplace/application/add_discount"
		return &e
	}
	const (
		asked = "Asked for: application_id 456, location_ids 1001, 1002, discount 15.54.\n" +
			"The request was POST https://api.alteg.io/api/v1/marketplace/application/add_discount."
		askedReset = "Asked for: application_id 456, location_ids 1003, discount 0.\n" +
			"The request was POST https://api.alteg.io/api/v1/marketplace/application/add_discount."
		compare = "compare location_ids with the locations in the data source altegio_application_locations."
	)
	for name, test := range map[string]struct {
		call discountCall
		err  error
		want coretest.Said
	}{
		"403": {
			call, failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "No access to application"}),
			coretest.Said{At: "application_id", Summary: "Cannot set the discount: no access to the application, or to one of the locations", Detail: asked + "\n\nAltegio answered: 403 Forbidden: No access to application.\n\nThe application belongs to another partner, or " +
				"the account of the token has no access to it. If the application is correct, " + compare},
		},
		"404": {
			call, failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 404, Message: "Application not found"}),
			coretest.Said{At: "application_id", Summary: "Cannot set the discount: no such application, or not at one of the locations", Detail: asked + "\n\nAltegio answered: 404 Not Found: Application not found." +
				"\n\nAltegio does not know the application, or one of the locations does not have it: " + compare},
		},
		"salon_ids": {
			call, failed(altegio.Error{Kind: altegio.KindRefused, StatusCode: 422, Fields: []altegio.FieldError{{Field: "salon_ids", Messages: []string{"are odd"}}}}),
			coretest.Said{At: "location_ids", Summary: "Cannot set the discount: Altegio refuses location_ids: are odd", Detail: asked +
				"\n\nAltegio answered 422 Unprocessable Entity, and of location_ids it says: are odd."},
		},
		"500": {
			call, failed(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500}),
			coretest.Said{At: "", Summary: "Cannot set the discount: Altegio answers 500 Internal Server Error, and it may have been carried out", Detail: asked + "\n\nAltegio answered: 500 Internal Server Error.\n\n" + coretest.CheckIt},
		},
		"500 of a reset": {
			reset, failed(altegio.Error{Kind: altegio.KindServerError, StatusCode: 500}),
			coretest.Said{At: "", Summary: "Cannot reset the discount: Altegio answers 500 Internal Server Error", Detail: askedReset + "\n\nAltegio answered: 500 Internal Server Error.\n\nTry again later." + coretest.SafeAgain},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.CompareSaid(t, discountTask(456, test.call).Diagnostics(test.err), test.want)
		})
	}
	all := diag.Diagnostics{
		discountInDoubt(456, []int64{1001, 1002}),
		discountIncomplete(456, []discountCall{call, call, reset}, 1),
		discountIncomplete(456, []discountCall{reset, reset}, 0),
	}
	all.Append(core.NewSession(new(core.Activity), 0, false).Warn(t.Context(), foundStays, discountAt(456, 1001))...)
	all.Append(discountNotKnown(456))
	coretest.CompareSaid(t, all,
		coretest.Said{At: "", Summary: "Discount may have been given already", Detail: "A request to give 2 locations the discount of application 456 failed, and it may have been carried out: 1001, " +
			"1002. Whether a second discount would replace the first or add to it is not documented. So nothing is sent " +
			"there until you have checked in Altegio.\n\nThen remove the resource from the state with terraform state rm, " +
			"and import it with all locations that have the discount, using an id of the form " +
			"application_id/discount/location_id,location_id. The next plan sends the discount to the others only. If no " +
			"location has it, skip the import and apply. To destroy the resource, remove it from the configuration and " +
			"apply: terraform destroy plans the resource first, and fails with this error."},
		coretest.Said{At: "", Summary: "Discount of application 456 is not applied everywhere", Detail: "Of 5 locations to send, in 3 requests, 2 are done, 2 failed and 1 was not tried. The state records what is " +
			"done, and the next apply does only the rest."},
		coretest.Said{At: "", Summary: "Discount of application 456 is not applied everywhere", Detail: "Of 2 locations to send, in 2 requests, 0 are done, 1 failed and 1 was not tried. The state records what is " +
			"done, and the next apply does only the rest."},
		coretest.Said{At: "", Summary: "Discounts stay", Detail: "Unless another resource gives one there, these stay as they are:\n - discount of application 456 at 1 " +
			"location: 1001.\n\nNo request is sent, and the state no longer has them. To send a discount of 0 instead, apply reset_on_destroy = true first."},
		coretest.Said{At: "discount", Summary: "Discount is not known", Detail: "The state does not record which discount of application 456 was last sent, and ignore_changes has the " +
			"argument, so there is nothing to send. Remove discount from ignore_changes, or import the resource with an id " +
			"that has the discount: application_id/discount/location_id,location_id."},
	)
}

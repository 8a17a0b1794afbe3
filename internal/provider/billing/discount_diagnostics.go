// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

func discountInDoubt(application int64, locations []int64) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Discount may have been given already", fmt.Sprintf(
		"A request to give %s the discount of application %d failed, and it may have been carried out: %s. "+
			"Whether a second discount would replace the first or add to it is not documented. So nothing is sent there "+
			"until you have checked in Altegio.\n\nThen remove the resource from the state with terraform state rm, and import it "+
			"with all locations that have the discount, using an id of the form application_id/discount/location_id,location_id. "+
			"The next plan sends the discount to the others only. If no location has it, skip the import and apply. To destroy the "+
			"resource, remove it from the configuration and apply: terraform destroy plans the resource first, and fails with this error.",
		core.CountLocations(len(locations)), application, core.SomeOf(locations)))
}

// discountIncomplete says how much of an apply was done before one of its calls failed.
func discountIncomplete(application int64, calls []discountCall, failed int) diag.Diagnostic {
	count := func(calls []discountCall) (n int) {
		for _, call := range calls {
			n += len(call.locations)
		}
		return n
	}
	done, left := count(calls[:failed]), count(calls[failed+1:])
	return diag.NewErrorDiagnostic(fmt.Sprintf("Discount of application %d is not applied everywhere", application), fmt.Sprintf(
		"Of %s to send, in %d requests, %d %s done, %d failed and %d %s not tried. The state records what is done, and the next apply "+
			"does only the rest.", core.CountLocations(count(calls)), len(calls), done, core.Plural(done, "is", "are"),
		len(calls[failed].locations), left, core.Plural(left, "was", "were")))
}

// foundStays: Terraform no longer manages a discount.
var foundStays = &core.FoundKind{
	Summary: "Discounts stay",
	Intro:   "Unless another resource gives one there, these stay as they are:",
	Advice: "No request is sent, and the state no longer has them. To send a discount of 0 instead, apply reset_on_destroy = true " +
		"first.",
}

// discountNotHandedOver says that the state keeps a discount that moves to another resource, and why.
func discountNotHandedOver(application int64, kept []int64, why string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Discount is not handed over", fmt.Sprintf(
		"This resource no longer declares the discount of application %d at %s %s. %s. The state of this resource "+
			"keeps it, so that the next apply does not give it again without a warning. Fix the cause, and apply again.",
		application, core.Plural(len(kept), "location", "locations"), core.SomeOf(kept), why))
}

func discountNotKnown(application int64) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("discount"), "Discount is not known", fmt.Sprintf(
		"The state does not record which discount of application %d was last sent, and ignore_changes has the argument, so there "+
			"is nothing to send. Remove discount from ignore_changes, or import the resource with an id that has the discount: "+
			"application_id/discount/location_id,location_id.", application))
}

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
		"A request to give %s the discount of application %d failed in a way that leaves open whether it was carried out: %s. "+
			"Whether a second one would replace the first or add to it is not documented. So nothing is sent there "+
			"until you have looked in Altegio.\n\nThen take the resource out of the state with terraform state rm, and import it "+
			"with all locations that have the discount, with an id of the form application_id/discount/location_id,location_id. "+
			"The next plan has only the others. If none has it, leave out the import and apply. To destroy the resource, "+
			"take it out of the configuration, which terraform destroy plans first, and so ends here as well.",
		core.CountLocations(len(locations)), application, core.SomeOf(locations)))
}

// discountIncomplete says how far an apply came that failed at one of several calls.
func discountIncomplete(application int64, calls []discountCall, failed int) diag.Diagnostic {
	count := func(calls []discountCall) (n int) {
		for _, call := range calls {
			n += len(call.locations)
		}
		return n
	}
	done, left := count(calls[:failed]), count(calls[failed+1:])
	return diag.NewErrorDiagnostic(fmt.Sprintf("Discount of application %d is not applied everywhere", application), fmt.Sprintf(
		"Of %s to send, in %d requests, %d %s done, %d failed and %d %s not tried. The state holds what is done; only "+
			"the rest is left to do.", core.CountLocations(count(calls)), len(calls), done, core.Plural(done, "is", "are"),
		len(calls[failed].locations), left, core.Plural(left, "was", "were")))
}

func discountLeft(application int64, left []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Discount stays at %s", core.CountLocations(len(left))), fmt.Sprintf(
		"Unless another resource gives one there, the discount of application %d stays as it is at %s %s. No request is sent, "+
			"and Terraform forgets what is there. To send a discount of 0 instead, apply reset_on_destroy = true before.",
		application, core.Plural(len(left), "location", "locations"), core.SomeOf(left)))
}

func discountNotKnown(application int64) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("discount"), "Discount is not known", fmt.Sprintf(
		"The state does not say what discount of application %d was sent last, and changes of the argument are ignored, so that there "+
			"is nothing to send. Take discount out of ignore_changes; or import the resource with the discount in the id, of the form "+
			"application_id/discount/location_id,location_id.", application))
}

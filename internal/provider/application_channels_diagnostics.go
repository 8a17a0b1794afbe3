// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// fleetIncomplete says how far an apply came that did not come to its end.
func fleetIncomplete(id fleetID, done, failed, left int) diag.Diagnostic {
	return diag.NewErrorDiagnostic(fmt.Sprintf("Channel %s is not set everywhere", id), fmt.Sprintf(
		"Of %s to change, %d %s done, %d failed and %d %s not tried. The state holds what is done, and the next apply "+
			"does only the rest.", countLocations(done+failed+left), done, plural(done, "is", "are"), failed,
		left, plural(left, "was", "were")))
}

func locationsLeft(id fleetID, left []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Channel %s is left as it is at %s", id, countLocations(len(left))), fmt.Sprintf(
		"Found by the import, and not declared by the configuration: %s. What the channel is set to there is not known, and no "+
			"request is sent. Declare a location with false to make the channel unavailable there.",
		someOf(left)))
}

func nothingConnected(id fleetID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf(
		"Application %d is not connected to any location. Check the application_id.", id.application))
}

// ignoredKeyOfOtherForm refuses a plan that would have to say one thing in two ways.
func ignoredKeyOfOtherForm() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("availability"), "ignore_changes names the argument that is not given",
		"The configuration has available_at, and the lifecycle of the resource ignores changes of a location in availability. Terraform "+
			"then plans with both, and they say different things. To ignore changes of single locations, declare availability.")
}

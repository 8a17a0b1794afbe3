// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// fleetIncomplete says how much of an apply was done before it failed.
func fleetIncomplete(id fleetID, done, failed, left int) diag.Diagnostic {
	return diag.NewErrorDiagnostic(fmt.Sprintf("Channel %s is not set everywhere", id), fmt.Sprintf(
		"Of %s to change, %d %s done, %d failed and %d %s not tried. The state records what is done, and the next apply "+
			"does only the rest.", core.CountLocations(done+failed+left), done, core.Plural(done, "is", "are"), failed,
		left, core.Plural(left, "was", "were")))
}

// tooManyTurnedOff keeps Terraform from making a channel unavailable at more locations than intended.
func tooManyTurnedOff(id fleetID, connected int, limit int64, off []int64) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("max_turned_off"),
		fmt.Sprintf("Channel %s would be turned off at %s, and max_turned_off is %d", id, core.CountLocations(connected), limit), core.Paragraphs(
			fmt.Sprintf("No longer available, at locations that are connected or may be: %s. The limit that was last applied counts, or a lower "+
				"one in the configuration. Nothing was sent.", core.SomeOf(off)),
			"Check the source of the locations in the configuration. If this is intended, raise or remove max_turned_off, apply that "+
				"change alone, and then apply the rest. To stop managing the channel and leave it as it is, use a removed block that has "+
				"destroy = false."))
}

func nothingConnected(id fleetID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf(
		"Application %d is not connected to any location. Check the application_id.", id.application))
}

// ignoredKeyOfOtherForm refuses a plan in which available_at and availability contradict each other.
func ignoredKeyOfOtherForm() diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("availability"), "ignore_changes has the argument that is not set",
		"The configuration sets available_at, but ignore_changes has a location in availability. Terraform "+
			"then plans with both, and they contradict each other. To ignore changes at single locations, use availability.")
}

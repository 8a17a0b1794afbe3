// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
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

func locationsUninstalled(id fleetID, gone []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Application %d is no longer installed at %s", id.application, countLocations(len(gone))), fmt.Sprintf(
		"Taken out of the state of channel %s: %s. With the installation the channel's setting is gone. Before the next "+
			"apply, take each location out of the configuration, or have its owner connect the application again.", id, someOf(gone)))
}

func channelsOverlap(id fleetID, locations []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Channel is declared twice", fmt.Sprintf(
		"Both an altegio_application_channel and an altegio_application_channels declare channel %s at %s: %s. Whichever is "+
			"applied last wins. Declare each channel in one of them only.", id, countLocations(len(locations)), someOf(locations)))
}

func channelsTornDown(id fleetID, locations []int64) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Destroying makes a declared channel unavailable", fmt.Sprintf(
		"An altegio_application_channel is destroyed, which makes channel %s unavailable, while an "+
			"altegio_application_channels declares it at %s: %s. To move a channel from one to the other, take it out of the "+
			"state with a removed block that has destroy = false.", id, countLocations(len(locations)), someOf(locations)))
}

func nothingConnected(id fleetID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf(
		"Application %d is not connected to any location. Check the application_id.", id.application))
}

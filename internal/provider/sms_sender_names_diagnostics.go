// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

func senderNamesLeft(id connectionID) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Sender names stay as they are", fmt.Sprintf(
		"Altegio has no way to set no sender names, so location %d keeps those of application %d that were set last. No request "+
			"is sent.", id.location, id.application))
}

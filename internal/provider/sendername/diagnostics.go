// SPDX-License-Identifier: MPL-2.0

package sendername

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

func senderNamesLeft(id core.ConnectionID) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Sender names stay as they are", fmt.Sprintf(
		"Altegio has no way to remove all sender names, so location %d keeps those of application %d that were last set. No request "+
			"is sent.", id.Location, id.Application))
}

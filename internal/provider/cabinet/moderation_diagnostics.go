// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

func nothingToModerate(id applicationID) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("application_id"), "Nothing to submit", fmt.Sprintf(
		"Account %d does not list application %d. The data source altegio_applications lists those that it has.", id.account, id.application))
}

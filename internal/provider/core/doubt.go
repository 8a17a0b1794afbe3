// SPDX-License-Identifier: MPL-2.0

package core

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A write is in doubt when it failed but may have had its effect. Its value in the state is then null,
// which means unknown, so that the next plan sends it again, except for money, which waits for a person. A
// resource whose create is in doubt stays in the state, because it may be on. A value that is null in a
// plan, for example because changes are ignored, is not sent.

// MayHaveHappened reports whether a failed request may have had its effect.
func MayHaveHappened(err error) bool {
	var e *altegio.Error
	return errors.As(err, &e) && e.MayHaveHappened()
}

// CreatedInPart follows the error of a creation that left the resource in the state. Terraform always marks
// such a resource as tainted and plans to replace it.
func CreatedInPart() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Resource is created in part", "The state keeps what may be set, and Terraform marks the "+
		"resource as tainted: it plans a replacement, and counts one to destroy. The replacement takes nothing away that is still "+
		"declared, and sends only what is not known to be set. If prevent_destroy or a policy blocks it, run terraform "+
		"untaint with the address of the resource first: then the next plan is an update.")
}

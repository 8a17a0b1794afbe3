// SPDX-License-Identifier: MPL-2.0

package core

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A write is in doubt when it failed and may have had its effect all the same. Whatever was sent, the
// state then says that it is not known: null, so that the next plan sends it again, except for money,
// which waits for a person. What was being created is kept in the state, because it may be on. Null
// in a plan, as when changes are ignored, is left alone.

// MayHaveHappened reports whether what failed may have had its effect.
func MayHaveHappened(err error) bool {
	var e *altegio.Error
	return errors.As(err, &e) && e.MayHaveHappened()
}

// CreatedInPart follows the error of a creation that left something in the state. Terraform calls that
// tainted, plans to replace it, and has no way to keep it without.
func CreatedInPart() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Resource is created in part", "What may be set is kept in the state, and Terraform marks the "+
		"resource as tainted: it plans to replace it, and counts one to destroy. The replacement takes nothing away that is still "+
		"declared, and sends only what is not known to be set. Where prevent_destroy or a policy stands in the way, run terraform "+
		"untaint with the address of the resource first: then the next plan is an update.")
}

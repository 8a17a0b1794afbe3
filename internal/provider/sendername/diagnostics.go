// SPDX-License-Identifier: MPL-2.0

package sendername

import "github.com/altegio/terraform-provider-altegio/internal/provider/core"

// foundStays: Terraform no longer manages the names of a location.
var foundStays = &core.FoundKind{
	Summary: "Sender names stay as they are",
	Intro:   "Altegio has no way to remove all sender names, so these stay as they were last set:",
	Advice:  "No request is sent.",
}

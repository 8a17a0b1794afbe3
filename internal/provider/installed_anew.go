// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// connectedAt is what private state remembers of the installation that Read last saw.
type connectedAt struct {
	CreatedAt string `json:"created_at"`
}

const connectedAtKey = "installation"

// installedAnew reports, with a warning, whether the application was uninstalled and installed again
// since the last Read, which takes all its settings at the location away, and remembers the
// installation for the next. The first Read of all does not know.
func installedAnew(
	ctx context.Context, id connectionID, before, after privateState, installation *altegio.Installation,
) (bool, diag.Diagnostics) {
	var seen connectedAt
	private, diags := before.GetKey(ctx, connectedAtKey)
	if len(private) > 0 {
		_ = json.Unmarshal(private, &seen) // what can't be read was not seen
	}
	if installation.CreatedAt == "" || installation.CreatedAt == seen.CreatedAt {
		return false, diags
	}
	private, err := json.Marshal(connectedAt{CreatedAt: installation.CreatedAt})
	if err != nil {
		diags.AddError("Cannot remember the installation", err.Error())
		return false, diags
	}
	diags.Append(after.SetKey(ctx, connectedAtKey, private)...)
	if seen.CreatedAt == "" {
		return false, diags
	}
	diags.AddWarning("Application was connected anew", fmt.Sprintf(
		"Application %d was uninstalled from location %d and connected again at %s, and what Terraform had set there is gone. "+
			"The plan sets it again.", id.application, id.location, installation.CreatedAt))
	return true, diags
}

package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// connectedAt is what private state remembers of the installation that Read last saw.
type connectedAt struct {
	CreatedAt string `json:"created_at"`
}

const connectedAtKey = "installation"

// installedAnew reports whether the application was uninstalled and installed again since the last
// Read, which takes all its settings at the location away, and remembers the installation for the
// next. The first Read of all does not know.
func installedAnew(ctx context.Context, before, after privateState, installation *altegio.Installation) (bool, diag.Diagnostics) {
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
	return seen.CreatedAt != "", diags
}

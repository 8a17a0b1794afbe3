// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Uninstalling takes all settings of an application at a location away. Whether that has happened since
// something was set tells the date at which the installation was created.

// IsLaterInstallation reports whether an installation was created after the one that was seen before.
// Dates are of one form, so that they compare as texts. An earlier one is an answer from the vendor's
// cache, which lags behind by some minutes.
func IsLaterInstallation(seen, createdAt string) bool {
	return seen != "" && createdAt > seen
}

// InstalledAt returns when an installation was created in which something will be set, and "" where that is
// not known, for InstallationNote: so that even a plan that is never applied notices the next installation.
// It asks once for a location and run, and not at all where plans do not ask either. What cannot be asked
// is left for the next refresh to find out; the error is that of a token that is not accepted, after which
// nothing more is sent.
func (c *Session) InstalledAt(ctx context.Context, client *altegio.Client, id ConnectionID) (string, error) {
	if c.Listing {
		return "", nil
	}
	installation, err := client.SharedInstallation(ctx, id.Location, id.Application)
	switch {
	case errors.Is(err, altegio.ErrUnauthorized):
		return "", err
	case err != nil:
		return "", nil //nolint:nilerr // setting it says what is wrong
	}
	return installation.CreatedAt, nil
}

// Reinstalled reports, with a warning, whether the application was uninstalled and installed again
// since something was set, and remembers the installation for the next time.
func (c *Session) Reinstalled(
	ctx context.Context, m Matter, before, after PrivateState, installation *altegio.Installation,
) (bool, diag.Diagnostics) {
	seen, _ := InstallationNote.Get(ctx, before)
	later := IsLaterInstallation(seen, installation.CreatedAt)
	if installation.CreatedAt == "" || seen != "" && !later {
		return false, nil
	}
	diags := InstallationNote.Set(ctx, after, installation.CreatedAt)
	if later {
		diags.Append(c.Ledger.Gather.Say(ctx, []Finding{{What: FoundReinstallation, Matter: m}})...)
	}
	return later, diags
}

// Uninstalled warns that something is taken out of the state because its installation is gone.
func (c *Session) Uninstalled(ctx context.Context, matters ...Matter) diag.Diagnostics {
	var found []Finding
	for _, m := range matters {
		if c.Preflight != nil {
			c.Preflight.explain(ConnectionID{m.Location, m.Application})
		}
		found = append(found, Finding{What: foundUninstallation, Matter: m})
	}
	return c.Ledger.Gather.Say(ctx, found)
}

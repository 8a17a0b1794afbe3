// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Uninstalling takes all settings of an application at a location away. Whether that has happened since
// something was set tells the date at which the installation was created.

// isLaterInstallation reports whether an installation was created after the one that was seen before.
// Dates are of one form, so that they compare as texts. An earlier one is an answer from the vendor's
// cache, which lags behind by some minutes.
func isLaterInstallation(seen, createdAt string) bool {
	return seen != "" && createdAt > seen
}

// installedAt returns when the installation was created in which something is about to be set, and ""
// where that is not known, for installationNote: so that even a plan that is never applied notices the
// next installation. It asks once for a location and run, and not at all where plans do not ask either.
// What cannot be asked is left for the next refresh to find out; the error is that of a token that is not
// accepted, after which nothing more is sent.
func (c *connection) installedAt(ctx context.Context, client *altegio.Client, id connectionID) (string, error) {
	if c.listing {
		return "", nil
	}
	installation, err := client.SharedInstallation(ctx, id.location, id.application)
	switch {
	case errors.Is(err, altegio.ErrUnauthorized):
		return "", err
	case err != nil:
		return "", nil //nolint:nilerr // setting it says what is wrong
	}
	return installation.CreatedAt, nil
}

// reinstalled reports, with a warning, whether the application was uninstalled and installed again
// since something was set, and remembers the installation for the next time.
func (c *connection) reinstalled(
	ctx context.Context, m matter, before, after privateState, installation *altegio.Installation,
) (bool, diag.Diagnostics) {
	seen, _ := installationNote.get(ctx, before)
	later := isLaterInstallation(seen, installation.CreatedAt)
	if installation.CreatedAt == "" || seen != "" && !later {
		return false, nil
	}
	diags := installationNote.set(ctx, after, installation.CreatedAt)
	if later {
		diags.Append(c.ledger.gather.say(ctx, []finding{{what: foundReinstallation, matter: m}})...)
	}
	return later, diags
}

// uninstalled warns that something is taken out of the state because its installation is gone.
func (c *connection) uninstalled(ctx context.Context, matters ...matter) diag.Diagnostics {
	var found []finding
	for _, m := range matters {
		if c.preflight != nil {
			c.preflight.explain(connectionID{m.Location, m.Application})
		}
		found = append(found, finding{what: foundUninstallation, matter: m})
	}
	return c.ledger.gather.say(ctx, found)
}

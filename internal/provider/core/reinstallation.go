// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Uninstalling deletes all settings of an application at a location. The creation date of the installation
// shows whether that has happened since something was set.

// IsLaterInstallation reports whether an installation was created after the one that was seen before.
// All dates have the same form, so they compare as texts. An earlier date comes from the vendor's cache,
// which lags behind by some minutes.
func IsLaterInstallation(seen, createdAt string) bool {
	return seen != "" && createdAt > seen
}

// InstalledAt returns when the installation in which something will be set was created, for
// InstallationNote; "" if that is not known. With it, even the first plan after a create notices a
// reinstallation. It sends one request per location and run, and none if plans send none either. If the
// request fails, the next refresh reads it. The only error is a refused token, because nothing more is sent
// after that.
func (c *Session) InstalledAt(ctx context.Context, client *altegio.Client, id ConnectionID) (string, error) {
	if c.Listing {
		return "", nil
	}
	installation, err := client.SharedInstallation(ctx, id.Location, id.Application)
	switch {
	case errors.Is(err, altegio.ErrUnauthorized):
		return "", err
	case err != nil:
		return "", nil //nolint:nilerr // setting it reports the error
	}
	return installation.CreatedAt, nil
}

// Reinstalled reports, with a warning, whether the application was uninstalled and installed again
// since something was set, and remembers the installation for the next time.
func (c *Session) Reinstalled(
	ctx context.Context, m Matter, before, after PrivateState, installation *altegio.Installation,
) (bool, diag.Diagnostics) {
	seen, _ := InstallationNote.Get(ctx, before)
	id := ConnectionID{m.Location, m.Application}
	diags := c.Ledger.SawInstallation(ctx, id.Matter(), seen, installation.CreatedAt)
	later := IsLaterInstallation(seen, installation.CreatedAt)
	if installation.CreatedAt == "" || seen != "" && !later {
		return false, diags
	}
	diags.Append(InstallationNote.Set(ctx, after, installation.CreatedAt)...)
	if later {
		diags.Append(c.Warn(ctx, FoundReinstallation, m)...)
	}
	return later, diags
}

// Uninstalled warns that something is removed from the state because its installation is gone.
func (c *Session) Uninstalled(ctx context.Context, matters ...Matter) diag.Diagnostics {
	var found []finding
	for _, m := range matters {
		if c.preflight != nil {
			c.preflight.explain(ConnectionID{m.Location, m.Application})
		}
		found = append(found, finding{what: foundUninstallation, matter: m})
	}
	return c.Ledger.gather.say(ctx, found)
}

// An expectation is a matter, and the creation date of the installation that it was set in, "" if that is not
// known.
type expectation struct {
	matter    Matter
	createdAt string
}

// Expect notes in which installation a matter was set, "" if that is not known, and reports whether that
// installation is gone: a later one was read or, if it is not known, another resource noticed a
// reinstallation.
func (l *Ledger) Expect(installation, m Matter, createdAt string) (reinstalled bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(installation)
	expected := expectation{m, createdAt}
	if i := slices.IndexFunc(e.expecting, func(e expectation) bool { return e.matter == m }); i >= 0 {
		e.expecting[i] = expected
	} else {
		e.expecting = append(e.expecting, expected)
	}
	return e.isGone(createdAt)
}

// isGone is called with the lock held, on the entry of an installation.
func (e *entry) isGone(createdAt string) bool {
	return IsLaterInstallation(createdAt, e.createdAt) || createdAt == "" && e.reinstalled
}

// SawInstallation notes an installation that a resource read, which had last seen one that was created at
// before; "" if none. It warns about matters that were set in an earlier installation by resources whose
// plan may already be made.
func (l *Ledger) SawInstallation(ctx context.Context, installation Matter, before, createdAt string) diag.Diagnostics {
	var found []finding
	l.mu.Lock()
	e := l.entry(installation)
	e.createdAt = max(e.createdAt, createdAt)
	e.reinstalled = e.reinstalled || IsLaterInstallation(before, createdAt)
	for _, expected := range e.expecting {
		if e.isGone(expected.createdAt) {
			found = append(found, finding{what: foundUntoldReinstallation, matter: expected.matter})
		}
	}
	l.mu.Unlock()
	return l.gather.say(ctx, found)
}

// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// begin returns the installation that the owner has begun, or begins it in the owner's name.
func (r *installationResource) begin(
	ctx context.Context, client *altegio.Client, plan installationModel,
) (installation *altegio.Installation, granted bool, diags diag.Diagnostics) {
	id := plan.connectionID()
	// Reads again, because the owner may have connected the application since the last read of this run.
	installation, err := client.Installation(ctx, id.Location, id.Application)
	switch {
	case err == nil:
		return installation, false, nil
	case !errors.Is(err, altegio.ErrNotInstalled):
		return nil, false, installationTask("Cannot read how the application is connected", id).Diagnostics(err)
	case !plan.GrantAccess.ValueBool():
		return nil, false, diag.Diagnostics{notConnected(id)}
	}
	installed := func(i *altegio.Installation) bool { return i != nil }
	err = client.GrantAccess(ctx, id.Location, id.Application)
	if err != nil {
		if installation = r.inDoubt(ctx, client, id, err, installed); installation == nil {
			t := installationTask("Cannot connect the application", id)
			t.Unauthorized = "Check partner_token and user_token in the provider block, or " + core.EnvPartnerToken + " and " + core.EnvUserToken +
				": the API does not accept them."
			t.Forbidden = core.Refusal{
				Cause: "no access to the location or the application, or it is already connected",
				Advice: "Either user_token does not belong to an owner of the location who has the right to manage its users, or the application " +
					"belongs to another partner, or it is already connected although its status does not show it yet. To find out, " +
					"apply again in five minutes.",
			}
			t.NotFound = core.Refusal{
				Cause:  "no such application or location",
				Advice: "Check that the application and the location exist.",
			}
			return nil, false, t.Diagnostics(err)
		}
		return installation, true, nil
	}
	installation, err = r.poll(ctx, client, id, installed)
	if installation == nil {
		return nil, false, diag.Diagnostics{notSeen(id, err)}
	}
	return installation, true, nil
}

// finish sends the settings of a pending installation, and waits until it is active.
//
// Once the API has accepted the settings, finish reports no error. Terraform marks a resource as tainted if
// Create fails and leaves it in the state, and replaces it in the next apply. That would uninstall an
// application that works, or will work in a minute; or, if that is not allowed, every plan would fail until
// somebody untaints it. Without the resource in the state, the next create would be refused, because the
// application is active. So the resource is in the state, with the last status and a warning.
func (r *installationResource) finish(
	ctx context.Context, client *altegio.Client, installation *altegio.Installation, a altegio.Activation, apiKeyVersion types.Int64,
) (*altegio.Installation, diag.Diagnostics) {
	id := core.ConnectionID{Location: a.LocationID, Application: a.ApplicationID}
	if installation.Status != altegio.StatusPending {
		return nil, diag.Diagnostics{notPending(id, installation.Status)}
	}
	finished := func(i *altegio.Installation) bool {
		return i != nil && i.Status != "" && i.Status != altegio.StatusPending
	}
	if err := client.Activate(ctx, a); err != nil {
		// If somebody else was faster, the API answers 403, as in many other cases.
		if errors.Is(err, altegio.ErrForbidden) {
			if i, err := client.Installation(ctx, id.Location, id.Application); err == nil && finished(i) {
				return nil, diag.Diagnostics{notPending(id, i.Status)}
			}
		}
		if i := r.inDoubt(ctx, client, id, err, finished); i != nil {
			return i, nil
		}
		t := activationTask(a, apiKeyVersion)
		t.Forbidden = core.Refusal{
			Cause: "the application belongs to another partner, or is already active",
			Advice: "Either the application belongs to another partner, or the installation is already active although its status " +
				"does not show it yet. To find out, apply again in five minutes.",
		}
		return nil, t.Diagnostics(err)
	}
	seen, err := r.poll(ctx, client, id, finished)
	if seen == nil {
		seen = installation
	}
	if err != nil {
		return seen, diag.Diagnostics{notActiveYet(id, seen.Status, err)}
	}
	return seen, nil
}

// inDoubt looks for the effect of a failed request that may have had one. It returns nil if it finds none.
func (r *installationResource) inDoubt(
	ctx context.Context, client *altegio.Client, id core.ConnectionID, failure error, done func(*altegio.Installation) bool,
) *altegio.Installation {
	if !core.MayHaveHappened(failure) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, doubtTimeout)
	defer cancel()
	if i, err := r.poll(ctx, client, id, done); err == nil {
		return i
	}
	return nil
}

// poll reads the status until it is the wanted one. If that does not happen, it returns an error and the
// last installation; nil means that the application is not installed, or was not read.
func (r *installationResource) poll(
	ctx context.Context, client *altegio.Client, id core.ConnectionID, done func(*altegio.Installation) bool,
) (*altegio.Installation, error) {
	var last *altegio.Installation
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		i, err := client.Installation(ctx, id.Location, id.Application)
		if err != nil && !errors.Is(err, altegio.ErrNotInstalled) {
			return last, err
		}
		if last = i; done(i) {
			return i, nil
		}
		if err := r.sleep(ctx, wait); err != nil {
			return last, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// SleepWith makes the resource wait with sleep, so that a test can control time.
func (r *installationResource) SleepWith(sleep func(context.Context, time.Duration) error) {
	r.sleep = sleep
}

// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"errors"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"golang.org/x/sync/errgroup"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A preflight checks, in the plan of a creation, for what would make the apply fail: a token that is not
// accepted, an application of another partner, and locations without the application. It reads the listing
// of connected locations, once per application and run, and the status of each location that the listing
// lacks. It remembers a failure, so that hundreds of resources do not cause hundreds of attempts.
type preflight struct {
	mu           sync.Mutex
	applications map[int64]*checkedApplication
	// explained are the installations that another resource of the run plans, or that a refresh has already
	// warned about. The preflight says nothing about them.
	explained map[ConnectionID]struct{}
	// refused says that the token was refused. Only one error says so.
	refused bool
}

// A checkedApplication holds what the preflight knows about one application.
type checkedApplication struct {
	turn      chan struct{} // full while the listing is being read
	asked     bool
	connected map[int64]struct{}

	// failed says that asking again is pointless, and that the user was told. unlisted says that the listing
	// could not be read for a warning that does without. The lock of the preflight guards both.
	failed, unlisted bool
}

// newPreflight returns a preflight of a plan or apply that has not asked for anything yet.
func newPreflight() *preflight {
	return &preflight{applications: make(map[int64]*checkedApplication), explained: make(map[ConnectionID]struct{})}
}

// another begins another plan in the same process, which asks again.
func (p *preflight) another() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.applications)
	clear(p.explained)
	p.refused = false
}

// explain notes an installation that the preflight says nothing about.
func (p *preflight) explain(id ConnectionID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.explained[id] = struct{}{}
}

// isMoot reports whether a finding has become superfluous, because another resource turned out to
// plan the installation.
func (p *preflight) isMoot(f finding) bool {
	switch f.what {
	case foundUnconnected, foundPending, foundFreezed:
		p.mu.Lock()
		defer p.mu.Unlock()
		_, moot := p.explained[ConnectionID{f.matter.Location, f.matter.Application}]
		return moot
	}
	return false
}

func (p *preflight) application(id int64) *checkedApplication {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.applications[id]
	if a == nil {
		a = &checkedApplication{turn: make(chan struct{}, 1)}
		p.applications[id] = a
	}
	return a
}

// isUnlisted reports whether the listing could not be read before.
func (p *preflight) isUnlisted(a *checkedApplication) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return a.failed || a.unlisted
}

func (p *preflight) cannotList(a *checkedApplication) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a.unlisted = true
}

func (p *preflight) hasFailed(a *checkedApplication) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return a.failed
}

// fail notes that a request has failed. It returns false to callers that do not have to report it again.
func (p *preflight) fail(a *checkedApplication, err error) (first bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	first = !a.failed
	a.failed = true
	if errors.Is(err, altegio.ErrUnauthorized) {
		first = first && !p.refused
		p.refused = true
	}
	return first
}

// checksPlans reports whether plans are checked: not if that is turned off, and not once an apply has begun
// to change things, because the apply then reports its own failures.
func (c *Session) checksPlans() bool {
	return c != nil && c.Client != nil && c.preflight != nil && !c.Ledger.gather.activity.isApplying()
}

// Check looks for what would make a creation at locations fail. It says nothing about locations that have
// the application.
func (c *Session) Check(ctx context.Context, application int64, locations ...int64) (diags diag.Diagnostics) {
	if len(locations) == 0 || !c.checksPlans() {
		return nil
	}
	a := c.preflight.application(application)
	if err := c.listOnce(ctx, application, a); err != nil {
		return c.unchecked(ctx, application, err, false)
	}
	if ctx.Err() != nil || c.preflight.hasFailed(a) {
		return nil
	}
	var (
		mu    sync.Mutex
		found []finding
		group errgroup.Group
	)
	group.SetLimit(InFlight)
	for _, location := range locations {
		id := ConnectionID{location, application}
		unconnected := finding{what: foundUnconnected, matter: id.Matter()}
		if _, ok := a.connected[location]; ok || c.preflight.isMoot(unconnected) {
			continue
		}
		group.Go(func() error {
			if c.preflight.hasFailed(a) {
				return nil
			}
			installation, err := c.Client.SharedInstallation(ctx, location, application)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, altegio.ErrNotInstalled):
				found = append(found, unconnected)
			case err != nil && ctx.Err() == nil && c.preflight.fail(a, err):
				diags.Append(c.unchecked(ctx, application, err, true)...)
			case err != nil:
			case installation.Status == altegio.StatusPending:
				found = append(found, finding{what: foundPending, matter: id.Matter()})
			case installation.Status == altegio.StatusFreezed:
				found = append(found, finding{what: foundFreezed, matter: id.Matter()})
			}
			return nil
		})
	}
	_ = group.Wait() // failures are in the diagnostics
	diags.Append(c.Ledger.gather.say(ctx, found)...)
	return diags
}

// CheckInstallation is Check for the creation of an installation: it expects a pending one, and if it
// grants access, it needs none.
func (c *Session) CheckInstallation(ctx context.Context, id ConnectionID, grants bool) diag.Diagnostics {
	if !c.checksPlans() {
		return nil
	}
	a := c.preflight.application(id.Application)
	err := c.listOnce(ctx, id.Application, a)
	switch {
	case err != nil:
		return c.unchecked(ctx, id.Application, err, false)
	case grants || ctx.Err() != nil || c.preflight.hasFailed(a):
		return nil
	}
	if _, ok := a.connected[id.Location]; ok {
		return nil // perhaps pending
	}
	_, err = c.Client.SharedInstallation(ctx, id.Location, id.Application)
	switch {
	case errors.Is(err, altegio.ErrNotInstalled):
		return c.Warn(ctx, foundUnbegun, id.Matter())
	case err != nil && ctx.Err() == nil && c.preflight.fail(a, err):
		return c.unchecked(ctx, id.Application, err, true)
	}
	return nil
}

// PlansInstallation notes that a resource of the run manages an installation.
func (c *Session) PlansInstallation(id ConnectionID) {
	if c != nil && c.preflight != nil {
		c.preflight.explain(id)
	}
}

// listOnce reads the listing, unless it was read before. It returns a failure only to the caller that has to
// report it.
func (c *Session) listOnce(ctx context.Context, application int64, a *checkedApplication) error {
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return nil
	}
	if a.asked {
		return nil
	}
	connected, err := c.Client.SharedLocationIDs(ctx, application)
	if ctx.Err() != nil {
		return nil
	}
	a.asked, a.connected = true, connected
	if err != nil && c.preflight.fail(a, err) { // before others take their turn
		return err
	}
	return nil
}

// unchecked says why a plan can't be checked. If the apply would fail for the same reason, that is an error,
// otherwise a warning. A status that is forbidden says nothing about an application whose listing was read.
func (c *Session) unchecked(ctx context.Context, application int64, err error, listed bool) diag.Diagnostics {
	if errors.Is(err, altegio.ErrUnauthorized) || errors.Is(err, altegio.ErrForbidden) && !listed {
		return LocationsTask(application).Diagnostics(err)
	}
	reason := err.Error()
	if e := (*altegio.Error)(nil); errors.As(err, &e) {
		reason = e.Reason()
	}
	m := Matter{Kind: uncheckedMatter, Application: application, Name: reason}
	return c.Warn(ctx, foundUnchecked, m)
}

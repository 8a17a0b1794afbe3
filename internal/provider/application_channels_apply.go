// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"golang.org/x/sync/errgroup"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

const (
	// inFlight is how many locations are worked on at once, as many as Terraform works on
	// resources. The client's limits set the pace.
	inFlight = 10

	// progressEvery is how many channels are set between two lines of the log: a quarter of a
	// minute at the documented limits.
	progressEvery = 50

	// unreachableInARow and failuresInARow end an apply that gets nowhere. No answer at all is a
	// network that is out; failures that do not concern the location, but may, get more patience.
	unreachableInARow = inFlight
	failuresInARow    = 100
)

// A fleetApply sets the channels of one application at many locations. What fails at one location
// does not stop the others.
type fleetApply struct {
	client *altegio.Client
	run    *channelRun
	id     fleetID

	mu       sync.Mutex
	at       availability // what is set so far
	total    int
	done     int
	failures []*fleetFailure
	inARow   map[altegio.Kind]int // failures since the last success that need not lie with a location
	gaveUp   bool
}

// A fleetFailure is one kind of failure, with the locations that had it.
type fleetFailure struct {
	err       error
	kind      altegio.Kind
	status    int
	locations []int64
}

type fleetChange struct {
	location    int64
	isAvailable bool
	// leaves says that the location is no longer declared.
	leaves bool
}

// changesTo returns what has to be sent for the declared values to hold, in the order of the
// locations. What leaves, and is not known not to be available, is made unavailable.
func (at availability) changesTo(declared availability) []fleetChange {
	var changes []fleetChange
	for location, value := range declared {
		if !at[location].Equal(value) || at[location].IsNull() {
			changes = append(changes, fleetChange{location: location, isAvailable: value.ValueBool()})
		}
	}
	for location, value := range at {
		if _, stays := declared[location]; !stays && mayBeAvailable(value) {
			changes = append(changes, fleetChange{location: location, leaves: true})
		}
	}
	slices.SortFunc(changes, func(a, b fleetChange) int { return cmp.Compare(a.location, b.location) })
	return changes
}

func mayBeAvailable(value types.Bool) bool { return value.IsNull() || value.ValueBool() }

// applyFleet makes the declared values hold, and returns what is set when it ends, however it does.
func applyFleet(
	ctx context.Context, client *altegio.Client, run *channelRun, id fleetID, prior, declared availability,
) (availability, diag.Diagnostics) {
	changes := prior.changesTo(declared)
	run.setFleet(id, declared)
	apply := &fleetApply{
		client: client, run: run, id: id,
		at: make(availability, len(declared)), total: len(changes), inARow: make(map[altegio.Kind]int),
	}
	for location, value := range prior {
		if _, stays := declared[location]; stays || mayBeAvailable(value) { // what else leaves needs no request
			apply.at[location] = value
		}
	}
	apply.all(ctx, changes)
	return apply.at, apply.diagnostics()
}

func (a *fleetApply) all(ctx context.Context, changes []fleetChange) {
	var group errgroup.Group
	group.SetLimit(inFlight)
	for _, change := range changes {
		group.Go(func() error {
			if ctx.Err() == nil && !a.stopped() {
				a.record(ctx, change, a.set(ctx, change))
			}
			return nil
		})
	}
	_ = group.Wait() // failures are recorded
}

func (a *fleetApply) set(ctx context.Context, change fleetChange) error {
	channel := altegio.Channel{
		LocationID: change.location, ApplicationID: a.id.application, Slug: a.id.slug, IsAvailable: change.isAvailable,
	}
	id := channelID{change.location, a.id.application, a.id.slug}
	if !change.leaves {
		a.run.setting(ctx, id)
		return a.client.SetChannel(ctx, channel)
	}
	done, ok := a.run.tearDown(id)
	if !ok {
		return nil // another resource has the channel now
	}
	defer done()
	if err := a.client.SetChannel(ctx, channel); err != nil && !uninstalled(ctx, a.client, channel, err) {
		return err
	}
	return nil
}

func (a *fleetApply) stopped() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.gaveUp
}

func (a *fleetApply) record(ctx context.Context, change fleetChange, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		clear(a.inARow)
		if change.leaves {
			delete(a.at, change.location)
		} else {
			a.at[change.location] = types.BoolValue(change.isAvailable)
		}
		if a.done++; a.done%progressEvery == 0 || a.done == a.total {
			tflog.Info(ctx, "Setting channels", map[string]any{
				"application_id": a.id.application, "channel_slug": string(a.id.slug),
				"done": a.done, "left": a.total - a.done,
			})
		}
		return
	}

	failure := &fleetFailure{err: err}
	if e := (*altegio.Error)(nil); errors.As(err, &e) {
		failure.kind, failure.status = e.Kind, e.StatusCode
		if e.MayHaveHappened() {
			a.at[change.location] = types.BoolNull()
		}
	}
	if failure.kind == altegio.KindCancelled {
		return // it was not sent, and so is left
	}
	same := slices.IndexFunc(a.failures, func(f *fleetFailure) bool { return f.kind == failure.kind && f.status == failure.status })
	if same < 0 {
		same = len(a.failures)
		a.failures = append(a.failures, failure)
	}
	a.failures[same].locations = append(a.failures[same].locations, change.location)

	if !mayHoldEverywhere(err) {
		return
	}
	a.inARow[failure.kind]++
	switch {
	case errors.Is(err, altegio.ErrUnauthorized):
		a.gaveUp = true
	case failure.kind == altegio.KindUnreachable:
		a.gaveUp = a.gaveUp || a.inARow[failure.kind] >= unreachableInARow
	default:
		a.gaveUp = a.gaveUp || a.inARow[failure.kind] >= failuresInARow
	}
}

// mayHoldEverywhere reports whether the reason of a failure need not lie with its location. Nor does
// it where the API names a field that is the same for many.
func mayHoldEverywhere(err error) bool {
	var e *altegio.Error
	if !errors.As(err, &e) || e.Kind != altegio.KindRefused {
		return true
	}
	return e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden ||
		slices.ContainsFunc(e.Fields, func(f altegio.FieldError) bool {
			name, _, _ := strings.Cut(f.Field, ".")
			return name == "application_id" || name == "channel_slug" || name == "is_available"
		})
}

// diagnostics says what went wrong: each kind of failure once, whatever the number of locations.
func (a *fleetApply) diagnostics() diag.Diagnostics {
	var diags diag.Diagnostics
	if a.done == a.total {
		return diags
	}
	failed := 0
	for _, failure := range a.failures {
		slices.Sort(failure.locations)
		failed += len(failure.locations)
		t := channelsTask(fmt.Sprintf("Cannot set the channel at %s", countLocations(len(failure.locations))), a.id)
		t.arguments = append(t.arguments, argument{plural(len(failure.locations), "location", "locations"), failure.locations})
		diags.Append(t.diagnostics(failure.err)...)
	}
	diags.Append(fleetIncomplete(a.id, a.done, failed, a.total-a.done-failed))
	return diags
}

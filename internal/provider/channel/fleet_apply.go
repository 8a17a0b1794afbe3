// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-log/tflog"
	"golang.org/x/sync/errgroup"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

const (
	// progressEvery is how many channels are set between two lines of the log: a quarter of a
	// minute at the documented limits.
	progressEvery = 50

	// unreachableInARow and failuresInARow end an apply that cannot succeed. No answer at all means that
	// the network is down. Failures that may have nothing to do with their location are allowed more often.
	unreachableInARow = core.InFlight
	failuresInARow    = 100

	// forbiddenInARow is the number of refusals of access after which the apply asks about the application
	// as a whole.
	forbiddenInARow = 10
)

// A fleetApply sets the channels of one application at many locations. A failure at one location does not
// stop the others.
type fleetApply struct {
	client   *altegio.Client
	ledger   *core.Ledger
	claim    *core.Claim
	id       fleetID
	inFlight int
	// askWhole asks about the application as a whole.
	askWhole func(context.Context) error
	// look asks which installation is about to be set, if plans look at that.
	look func(context.Context, core.ConnectionID) error

	mu       sync.Mutex
	at       availability // values set so far
	total    int
	done     int
	failures []*fleetFailure
	inARow   map[altegio.Kind]int // failures since the last success that may not be due to a location
	gaveUp   bool
}

// A fleetFailure is one kind of failure, with the locations that had it.
type fleetFailure struct {
	err       error
	kind      altegio.Kind
	status    string
	locations []int64
}

type fleetChange struct {
	location    int64
	isAvailable bool
	// leaves says that the location is no longer declared.
	leaves bool
}

// changesTo returns the changes that lead to the declared values: first the values to set, and then the
// locations that leave, each ordered by location. It ignores a declared null. A channel that leaves is made
// unavailable, unless it is known to be unavailable.
func (at availability) changesTo(declared availability) []fleetChange {
	var changes []fleetChange
	for location, value := range declared {
		if !value.IsNull() && !at[location].Equal(value) {
			changes = append(changes, fleetChange{location: location, isAvailable: value.ValueBool()})
		}
	}
	for location, value := range at {
		if _, stays := declared[location]; !stays && mayBeAvailable(value) {
			changes = append(changes, fleetChange{location: location, leaves: true})
		}
	}
	slices.SortFunc(changes, func(a, b fleetChange) int {
		if a.leaves != b.leaves {
			if a.leaves {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.location, b.location)
	})
	return changes
}

func mayBeAvailable(value types.Bool) bool { return value.IsNull() || value.ValueBool() }

// applyFleet sets the declared values, and returns the values that are set when it ends, even if it fails.
// Removals wait for what other resources of the run are about to set, so they come last.
// The installations in seen are known, and not asked about.
func applyFleet(
	ctx context.Context, client *altegio.Client, conn *core.Session, id fleetID, prior, declared availability, seen map[int64]string,
) (availability, diag.Diagnostics) {
	changes := prior.changesTo(declared)
	apply := &fleetApply{
		client: client, ledger: conn.Ledger, id: id, inFlight: conn.InFlight,
		at: make(availability, len(declared)), total: len(changes), inARow: make(map[altegio.Kind]int),
		askWhole: func(ctx context.Context) error {
			_, err := client.SharedLocationIDs(ctx, id.application)
			return err
		},
		look: func(ctx context.Context, at core.ConnectionID) error {
			if !conn.EachStatus || seen[at.Location] != "" {
				return nil
			}
			_, err := conn.InstalledAt(ctx, client, at)
			return err
		},
	}
	var matters []core.Matter
	for location, value := range declared {
		if !value.IsNull() {
			matters = append(matters, id.matter(location))
		}
	}
	apply.claim = conn.Ledger.Claim(matters...)
	defer apply.claim.Close()
	for location, value := range prior {
		_, stays := declared[location]
		if stays || mayBeAvailable(value) { // what else leaves needs no request
			apply.at[location] = value
		}
		if stays && !value.IsNull() && value.Equal(declared[location]) {
			apply.claim.Settle(id.matter(location), true)
		}
	}
	for location, value := range declared {
		if _, had := prior[location]; value.IsNull() && had {
			apply.at[location] = prior[location]
		}
	}
	leaving := slices.IndexFunc(changes, func(c fleetChange) bool { return c.leaves })
	if leaving < 0 {
		leaving = len(changes)
	}
	apply.all(ctx, changes[:leaving])
	apply.claim.Close()
	apply.all(ctx, changes[leaving:])
	return apply.at, apply.diagnostics()
}

func (a *fleetApply) all(ctx context.Context, changes []fleetChange) {
	if len(changes) > failuresInARow {
		// An apply that gives up must not begin with the same locations every time.
		rand.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
	}
	var group errgroup.Group
	group.SetLimit(a.inFlight)
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
	m := a.id.matter(change.location)
	if !change.leaves {
		err := a.claim.Ready(ctx, m)
		if err == nil {
			err = a.look(ctx, core.ConnectionID{Location: change.location, Application: a.id.application})
		}
		if err == nil {
			err = a.client.SetChannel(ctx, channel)
		}
		a.mu.Lock()
		_, had := a.at[change.location]
		a.mu.Unlock()
		a.claim.Settle(m, err == nil || had || core.MayHaveHappened(err))
		return err
	}
	taken, done, err := a.ledger.Release(ctx, m)
	if err != nil {
		return err
	}
	defer done()
	if len(taken) == 0 {
		return nil // another resource has the channel
	}
	if err := a.client.SetChannel(ctx, channel); err != nil && !isUninstalled(ctx, a.client, channel, err) {
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
		failure.kind, failure.status = e.Kind, e.Status()
	} else if ctx.Err() != nil {
		failure.kind = altegio.KindCancelled // while it waited for another resource
	}
	if core.MayHaveHappened(err) {
		a.at[change.location] = types.BoolNull()
	}
	if failure.kind == altegio.KindCancelled || errors.Is(err, altegio.KindTokenRefused) && len(a.failures) > 0 {
		return // not sent, so untried
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
	case errors.Is(err, altegio.ErrUnauthorized), errors.Is(err, altegio.ErrNothingBut429):
		a.gaveUp = true
	case errors.Is(err, altegio.KindUnreachable):
		a.gaveUp = a.gaveUp || a.inARow[failure.kind] >= unreachableInARow
	case errors.Is(err, altegio.ErrForbidden):
		// Locations may be refused one by one, and then the others can still succeed.
		if a.inARow[failure.kind] == forbiddenInARow && !a.gaveUp {
			a.mu.Unlock()
			err := a.askWhole(ctx)
			a.mu.Lock()
			a.gaveUp = a.gaveUp || errors.Is(err, altegio.ErrForbidden) || errors.Is(err, altegio.ErrUnauthorized)
		}
	default:
		a.gaveUp = a.gaveUp || a.inARow[failure.kind] >= failuresInARow
	}
}

// mayHoldEverywhere reports whether a failure may have nothing to do with its location, for example because
// the API names a field that is the same for many.
func mayHoldEverywhere(err error) bool {
	var e *altegio.Error
	if !errors.As(err, &e) || !errors.Is(err, altegio.KindRefused) {
		return true
	}
	return errors.Is(err, altegio.ErrUnauthorized) || errors.Is(err, altegio.ErrForbidden) ||
		slices.ContainsFunc(e.Fields, func(f altegio.FieldError) bool {
			name, _, _ := strings.Cut(f.Field, ".")
			return name == "application_id" || name == "channel_slug" || name == "is_available"
		})
}

// diagnostics returns one error for each kind of failure, however many locations it concerns.
func (a *fleetApply) diagnostics() diag.Diagnostics {
	var diags diag.Diagnostics
	if a.done == a.total {
		return diags
	}
	failed := 0
	for _, failure := range a.failures {
		slices.Sort(failure.locations)
		failed += len(failure.locations)
		t := channelsTask(fmt.Sprintf("Cannot set the channel at %s", core.CountLocations(len(failure.locations))), a.id)
		t.Arguments = append(t.Arguments, core.Argument{Name: core.Plural(len(failure.locations), "location", "locations"), Value: failure.locations})
		diags.Append(t.Diagnostics(failure.err)...)
	}
	diags.Append(fleetIncomplete(a.id, a.done, failed, a.total-a.done-failed))
	return diags
}

// apply carries out the plan, and sets the state to the result. Terraform replaces a fleet that was not
// created completely: the destroying half of that replacement recognises it by its missing id. If no
// channel was set at all, the fleet is not created.
func (r *fleetResource) apply(
	ctx context.Context, client *altegio.Client, plan fleetModel, before availability, creating bool, to core.Applied,
) {
	id := plan.fleetID()
	seen, _ := installationsNote.Get(ctx, to.Private)
	at, diags := applyFleet(ctx, client, r.Session, id, before, availabilityOf(plan.Availability), seen)
	to.Diags.Append(diags...)
	if diags.HasError() {
		plan.Availability = at.mapValue()
		if creating {
			if len(at) == 0 {
				return
			}
			plan.ID = types.StringNull()
			to.Diags.Append(core.CreatedInPart())
		}
	}
	to.Diags.Append(to.State.Set(ctx, plan)...)
	to.Diags.Append(to.Identity.Set(ctx, plan.identity())...)
	to.Diags.Append(r.noteInstallations(ctx, client, id, at, to.Private)...)
}

// installationsNote is core.InstallationNote by location.
const installationsNote core.Note[map[int64]string] = "installed_at_by_location"

// noteInstallations notes the installations in which the channel was set, as far as the run has read them.
func (r *fleetResource) noteInstallations(
	ctx context.Context, client *altegio.Client, id fleetID, at availability, private core.PrivateState,
) diag.Diagnostics {
	seen, _ := installationsNote.Get(ctx, private)
	noted := make(map[int64]string)
	for location := range at {
		if installation, ok := client.KnownInstallation(location, id.application); ok && installation.CreatedAt > seen[location] {
			noted[location] = installation.CreatedAt
		} else if seen[location] != "" {
			noted[location] = seen[location]
		}
	}
	return installationsNote.Set(ctx, private, noted)
}

func channelsTask(summary string, id fleetID) core.Task {
	t := channelTask(summary, altegio.Channel{})
	t.Arguments = []core.Argument{{Name: "application_id", Value: id.application}, {Name: "channel_slug", Value: string(id.slug)}}
	return t
}

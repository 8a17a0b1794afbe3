// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A channelRun is what the resources that set channels know of each other within one plan or apply.
// Terraform shows a resource nothing but itself.
type channelRun struct {
	mu sync.Mutex
	// fleets holds the channels that are declared as part of a fleet, singles those that are
	// declared, or destroyed, each on its own.
	fleets  map[channelID]struct{}
	singles map[channelID]singlePlan
	// set holds the channels that were set, or are about to be, and tornDown those that are being made
	// unavailable right now because something that had them is destroyed.
	set      map[channelID]struct{}
	tornDown map[channelID]chan struct{}
	// replaced holds what a destroyed fleet leaves to the one that replaces it.
	replaced map[fleetID]replacedFleet
}

type replacedFleet struct {
	at       availability
	complete bool
	imported bool
}

type singlePlan int

const (
	singleDeclared singlePlan = iota
	singleDestroyed
)

func newChannelRun() *channelRun {
	return &channelRun{
		fleets:   make(map[channelID]struct{}),
		singles:  make(map[channelID]singlePlan),
		set:      make(map[channelID]struct{}),
		tornDown: make(map[channelID]chan struct{}),
		replaced: make(map[fleetID]replacedFleet),
	}
}

// planFleet notes what a fleet declares, and warns of what another resource does to the same
// channels.
func (r *channelRun) planFleet(id fleetID, declared availability) diag.Diagnostics {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := make(map[singlePlan][]int64)
	for location := range declared {
		channel := channelID{location, id.application, id.slug}
		r.fleets[channel] = struct{}{}
		if plan, ok := r.singles[channel]; ok {
			found[plan] = append(found[plan], location)
		}
	}
	var diags diag.Diagnostics
	for plan, locations := range found {
		slices.Sort(locations)
		diags.Append(overlap(id, plan, locations))
	}
	return diags
}

// planSingle is planFleet for a channel on its own.
func (r *channelRun) planSingle(id channelID, plan singlePlan) diag.Diagnostics {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.singles[id] = plan
	if _, ok := r.fleets[id]; ok {
		return diag.Diagnostics{overlap(fleetID{id.application, id.slug}, plan, []int64{id.location})}
	}
	return nil
}

func overlap(id fleetID, plan singlePlan, locations []int64) diag.Diagnostic {
	if plan == singleDestroyed {
		return channelsTornDown(id, locations)
	}
	return channelsOverlap(id, locations)
}

// setFleet notes that an apply sets the channels of a fleet.
func (r *channelRun) setFleet(id fleetID, declared availability) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for location := range declared {
		r.set[channelID{location, id.application, id.slug}] = struct{}{}
	}
}

// setting is called before a channel is set. What is destroyed in the same run must not undo it, for
// Terraform does both at once where a channel moves from one resource to another: what is destroyed
// from now on leaves the channel alone, and what is on its way is waited for.
func (r *channelRun) setting(ctx context.Context, id channelID) {
	r.mu.Lock()
	r.set[id] = struct{}{}
	underway := r.tornDown[id]
	r.mu.Unlock()
	if underway == nil {
		return
	}
	select {
	case <-underway:
	case <-ctx.Done():
	}
}

// tearDown is called before a channel is made unavailable because what had it is destroyed. It
// reports whether that is still to be done, and then done is to be called after it.
func (r *channelRun) tearDown(id channelID) (done func(), ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, isSet := r.set[id]; isSet || r.tornDown[id] != nil {
		return nil, false
	}
	underway := make(chan struct{})
	r.tornDown[id] = underway
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.tornDown, id)
		close(underway)
	}, true
}

// handOver leaves the channels of a destroyed fleet to the one that replaces it.
func (r *channelRun) handOver(id fleetID, fleet replacedFleet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replaced[id] = fleet
}

// takeOver returns what handOver left, and nothing where a fleet does not replace another. A
// complete one is replaced because the user says so, and then all that is declared is set again: it
// counts as not known until it is. What an import found is taken over only where it is declared.
func (r *channelRun) takeOver(id fleetID, declared availability) availability {
	r.mu.Lock()
	defer r.mu.Unlock()
	replaced := r.replaced[id]
	delete(r.replaced, id)
	if replaced.imported {
		replaced.at.dropForeign(declared)
	}
	if replaced.complete {
		for location := range declared {
			if _, ok := replaced.at[location]; ok {
				replaced.at[location] = types.BoolNull()
			}
		}
	}
	return replaced.at
}

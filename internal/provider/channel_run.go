package provider

import (
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// A channelRun is what the resources that set channels know of each other within one plan or apply.
// Terraform shows a resource nothing but itself.
type channelRun struct {
	mu sync.Mutex
	// fleets holds the channels that are declared as part of a fleet, singles those that are
	// declared, or destroyed, each on its own.
	fleets  map[channelID]struct{}
	singles map[channelID]singlePlan
	// set holds the channels that a fleet has set, or is about to.
	set map[channelID]struct{}
	// replaced holds what a destroyed fleet leaves to the one that replaces it.
	replaced map[fleetID]replacedFleet
}

type replacedFleet struct {
	at       availability
	complete bool
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

// setFleet notes that an apply sets the channels of a fleet. What is destroyed in the same run must
// not undo it.
func (r *channelRun) setFleet(id fleetID, declared availability) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for location := range declared {
		r.set[channelID{location, id.application, id.slug}] = struct{}{}
	}
}

func (r *channelRun) isSet(id channelID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.set[id]
	return ok
}

// handOver leaves the channels of a destroyed fleet to the one that replaces it.
func (r *channelRun) handOver(id fleetID, at availability, complete bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replaced[id] = replacedFleet{at, complete}
}

// takeOver returns what handOver left, and nothing where a fleet does not replace another. A
// complete one is replaced because the user says so, and then all that is declared is set again.
func (r *channelRun) takeOver(id fleetID, declared availability) availability {
	r.mu.Lock()
	defer r.mu.Unlock()
	replaced := r.replaced[id]
	delete(r.replaced, id)
	if replaced.complete {
		for location := range declared {
			delete(replaced.at, location)
		}
	}
	return replaced.at
}

// SPDX-License-Identifier: MPL-2.0

package core

import (
	"encoding/json"
	"math"
	"sync"
	"sync/atomic"
)

// Activity counts the running requests of Terraform that may find something, and notices when another plan
// begins. Terraform starts a process for each plan and each apply, except for the tests of a file whose provider
// block is in that file: since version 1.14, all of their plans and applies, and the destroy at the end, share
// one process. Nothing tells a provider when one of them ends and the next begins. But within a plan, Terraform
// reads no resource twice; it reads none within an apply; and it plans none again that the apply has set. It
// plans the destroy of a deposed object within an apply, but never of one that stays.
type Activity struct {
	mu    sync.Mutex
	count int
	// changes counts how often a request began or ended: between two requests, none is running for an
	// instant.
	changes uint64
	// applies counts how often an apply of a resource began or ended.
	applies atomic.Uint64

	// applying says that something was applied since the last plan began.
	applying bool
	// another is called when another plan begins, with the present count of applies.
	another func(applies uint64)
	// The resources, by owner, that were read since the last plan began, that were planned and stay, and that
	// were set by an apply.
	read, stay, set map[string]bool
}

// Configure begins the count of a new plan or apply. another is called when yet another plan begins, with the
// count of applies up to then.
func (a *Activity) configure(another func(applies uint64)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.another = another
	a.clear()
}

// clear is called with the lock held.
func (a *Activity) clear() {
	a.applying = false
	a.read, a.stay, a.set = make(map[string]bool), make(map[string]bool), make(map[string]bool)
}

// begin begins another plan. Where the last one was not applied, all that was planned is of that one. It is called
// with the lock held.
func (a *Activity) begin() {
	if a.another != nil {
		applies := uint64(math.MaxUint64)
		if a.applying {
			applies = a.applies.Load()
		}
		a.another(applies)
	}
	a.clear()
}

// Refresh notes that Terraform reads a resource with a private state.
func (a *Activity) Refresh(private []byte) {
	owner := ownerIn(private)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.applying || a.read[owner] {
		a.begin()
	}
	if owner != "" {
		a.read[owner] = true
	}
}

// Plan notes that Terraform plans a resource with a private state: its creation, its destroy, or a change. The
// function that it returns is called at the end, and told whether the plan replaces the resource.
func (a *Activity) Plan(private []byte, creates, destroys bool) (end func(replaces bool)) {
	owner := ownerIn(private)
	a.mu.Lock()
	defer a.mu.Unlock()
	if owner != "" && !creates && (a.set[owner] || destroys && a.stay[owner]) {
		a.begin()
	}
	return func(replaces bool) {
		a.mu.Lock()
		defer a.mu.Unlock()
		switch {
		case owner == "":
		case creates || destroys || replaces: // the creating half of a replacement comes second
			delete(a.stay, owner)
		default:
			a.stay[owner] = true
		}
	}
}

// Apply notes that an apply changes a resource: after that, nothing counts as found by a plan. The function that
// it returns is called at the end, with the private state of the resource.
func (a *Activity) Apply() (end func(private []byte)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.applying = true
	a.applies.Add(1)
	return func(private []byte) {
		owner := ownerIn(private)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.applies.Add(1)
		if owner != "" {
			a.set[owner] = true
		}
	}
}

func (a *Activity) isApplying() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.applying
}

// Begin counts a request of Terraform that may find something, until end is called.
func (a *Activity) Begin() (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
	a.changes++
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.count--
		a.changes++
	}
}

func (a *Activity) now() (count int, changes uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count, a.changes
}

// ownerIn reads the owner's note in a private state as Terraform keeps it, or returns "".
func ownerIn(private []byte) (owner string) {
	var notes map[string][]byte // as the framework writes them
	if json.Unmarshal(private, &notes) != nil || json.Unmarshal(notes[string(ownerNote)], &owner) != nil {
		return ""
	}
	return owner
}

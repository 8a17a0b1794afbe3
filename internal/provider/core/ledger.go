// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// NoDiscount is the discount that is sent to end one. It is the only discount that is safe to send twice,
// whether the API replaces discounts or adds them up.
const NoDiscount altegio.Decimal = "0"

// A Matter is something that several resources can declare: a channel, a discount at a location and so on.
type Matter struct {
	Kind MatterKind `json:"kind"`
	// Location is the id of the location, or of the developer account if the matter belongs to no location.
	Location    int64 `json:"location"`
	Application int64 `json:"application,omitempty"`
	// Name is the slug of a channel or of an application, or the URL of a webhook; "" if there is only one
	// of the kind.
	Name string `json:"name,omitempty"`
}

// A MatterKind is the kind of a matter, in words that a message can show. A kind that nothing in this package
// depends on is declared by the subject that has it.
type MatterKind string

const (
	// ChannelMatter is whether a channel is available. Its name is the slug.
	ChannelMatter MatterKind = "channel"
	// DiscountMatter is the discount of an application at a location.
	DiscountMatter   MatterKind = "discount"
	senderNameMatter MatterKind = "sender name"
	// WebhookMatter is one URL at a location. It has no application, and its name is the URL.
	WebhookMatter      MatterKind = "webhook"
	installationMatter MatterKind = "installation"
	// ApplicationMatter is an application in its developer account.
	ApplicationMatter MatterKind = "application"
	// FramesMatter is all frames of an application.
	FramesMatter MatterKind = "frames"
	// uncheckedMatter is an application that could not be checked. Its name is the reason.
	uncheckedMatter MatterKind = "unchecked"
)

// A Ledger is what the resources of one plan or apply know about each other. Terraform shows a resource
// nothing but itself, and plans and applies resources in any order. The ledger knows only what passes
// through this process: not the resources of another provider configuration, nor those that an apply leaves
// unchanged.
//
// In a plan, each resource declares the matters that it will have, and removes those that it no longer has
// (ledger_plan.go). In an apply, each resource claims the matters that it sets, and releases those that it
// takes away; a claimed matter is left alone. The destroyed half of a replacement hands over to the created
// half.
type Ledger struct {
	mu      sync.Mutex
	entries map[Matter]*entry
	gather  *gatherer
	// Objects that were read but not planned, those that were read and planned, resources that are created,
	// and resources that were planned with a state, by owner (ledger_tainted.go).
	holdings  map[string]holding
	states    map[string]holding
	creations map[string]*creation
	planned   map[string]bool
	// planning says that a state was read, which Terraform does only when it plans.
	planning bool
}

// An entry is what the ledger knows about one matter.
type entry struct {
	declarations []Declaration
	removals     []Removal

	// claims counts the resources that will set the matter. set says that one of them has set it, and refused
	// that one of them tried and was refused.
	claims       int
	set, refused bool
	// releasing says that the matter is being taken away.
	releasing bool
	// released says that the matter was taken away, so that its value in a state is no longer right.
	released bool
	// changed is closed when one of the three has changed; nil if nobody waits for that.
	changed chan struct{}

	handed *Handed

	// reader is the owner of the first state that was read and has the matter, "" if none has; several says
	// that others have it, too. remains says that one of them was not known to lose it when it was read.
	reader           string
	several, remains bool
	// doubtful says that the matter had no value in one of the states, so it is not known whether it was set.
	doubtful bool

	// busy is full while one caller has the matter to itself; nil if nobody has asked for that.
	busy chan struct{}

	// createdAt is the creation date of the installation, as it was read. reinstalled says that the resource
	// that read it had seen an earlier one. expecting has the matters that were set there.
	createdAt   string
	reinstalled bool
	expecting   []expectation
}

// newLedger returns an empty ledger, for one provider configuration and run.
func newLedger(gather *gatherer) *Ledger {
	l := &Ledger{
		entries: make(map[Matter]*entry), gather: gather,
		holdings: make(map[string]holding), states: make(map[string]holding), creations: make(map[string]*creation), planned: make(map[string]bool),
	}
	gather.revise = l.revise
	return l
}

// another begins another plan in the same process, after so many applies: what the last plan found, and what was
// done for it, says nothing any more. What is under way at this moment stays, and so does what was planned since
// the last apply: Terraform plans a creation at once, before it reads anything.
func (l *Ledger) another(applies uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for m, e := range l.entries {
		left := &entry{claims: e.claims, releasing: e.releasing, changed: e.changed, busy: e.busy}
		left.declarations = slices.DeleteFunc(e.declarations, func(d Declaration) bool { return d.Held || d.applies < applies })
		l.entries[m] = left
		if len(left.declarations) == 0 && e.claims == 0 && !e.releasing && len(e.busy) == 0 {
			delete(l.entries, m)
		}
	}
	maps.DeleteFunc(l.creations, func(_ string, c *creation) bool { return c.applies < applies })
	clear(l.holdings)
	clear(l.states)
	clear(l.planned)
	l.planning = false
	l.gather.another()
}

// entry is called with the lock held.
func (l *Ledger) entry(m Matter) *entry {
	e := l.entries[m]
	if e == nil {
		e = &entry{} // small, because there are two for each channel of a fleet
		l.entries[m] = e
	}
	return e
}

// isHeldBesides reports whether another object than the owner's is known to have the matter. It is called
// with the lock held.
func (e *entry) isHeldBesides(owner string) bool {
	return e.several || e.reader != "" && e.reader != owner ||
		slices.ContainsFunc(e.declarations, func(d Declaration) bool { return d.owner != owner })
}

// disagrees reports whether resources declare different values. It is called with the lock held.
func (e *entry) disagrees() bool {
	return slices.ContainsFunc(e.declarations, func(d Declaration) bool { return d.Value != e.declarations[0].Value })
}

// change is called with the lock held.
func (e *entry) change() {
	if e.changed != nil {
		close(e.changed)
		e.changed = nil
	}
}

// nextChange returns a channel that is closed with the next change. It is called with the lock held.
func (e *entry) nextChange() <-chan struct{} {
	if e.changed == nil {
		e.changed = make(chan struct{})
	}
	return e.changed
}

// A Claim says that its owner will set some matters, or has set them. Removals in the same run leave them
// alone.
type Claim struct {
	ledger  *Ledger
	pending map[Matter]struct{}
}

// Claim is called before the first of several matters is set. They stay claimed until they are settled
// or the claim is closed, so close has to be called.
func (l *Ledger) Claim(matters ...Matter) *Claim {
	c := &Claim{ledger: l, pending: make(map[Matter]struct{}, len(matters))}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range matters {
		if _, twice := c.pending[m]; !twice {
			c.pending[m] = struct{}{}
			l.entry(m).claims++
		}
	}
	return c
}

// Ready waits while a matter is being taken away, so that it is set after that. It fails only with the
// context.
func (c *Claim) Ready(ctx context.Context, m Matter) error {
	for {
		c.ledger.mu.Lock()
		e := c.ledger.entry(m)
		if !e.releasing {
			c.ledger.mu.Unlock()
			return nil
		}
		changed := e.nextChange()
		c.ledger.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Settle says whether the matter is set, or may be, and so is in the state of its owner. Otherwise the
// owner gives up the claim, and a removal takes the matter away.
func (c *Claim) Settle(m Matter, set bool) {
	c.ledger.mu.Lock()
	defer c.ledger.mu.Unlock()
	c.settleLocked(m, set)
}

func (c *Claim) settleLocked(m Matter, set bool) {
	if _, ok := c.pending[m]; !ok {
		return
	}
	delete(c.pending, m)
	e := c.ledger.entry(m)
	e.claims--
	e.set = e.set || set
	e.refused = e.refused || !set
	e.change()
}

// Close gives up the matters that are not settled.
func (c *Claim) Close() {
	c.ledger.mu.Lock()
	defer c.ledger.mu.Unlock()
	for m := range c.pending {
		c.settleLocked(m, false)
	}
}

// Release is called before matters are taken away. It waits until those who claim them have settled, and
// returns those that are still to be taken away; done has to be called after that. It holds none of
// them while it waits for another, and fails only with the context.
func (l *Ledger) Release(ctx context.Context, matters ...Matter) (taken []Matter, done func(), err error) {
	for {
		l.mu.Lock()
		var changed <-chan struct{}
		taken = taken[:0]
		for _, m := range matters {
			e := l.entry(m)
			if e.claims > 0 || e.releasing {
				changed = e.nextChange()
				break
			}
			if !e.set {
				taken = append(taken, m)
			}
		}
		if changed == nil {
			for _, m := range taken {
				e := l.entry(m)
				e.releasing, e.released = true, true
				e.handed = nil
			}
			l.mu.Unlock()
			return taken, func() { l.released(taken) }, nil
		}
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("waiting for another resource of the run: %w", context.Cause(ctx))
		}
	}
}

func (l *Ledger) released(matters []Matter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range matters {
		e := l.entry(m)
		e.releasing = false
		e.change()
	}
}

// IsSet reports whether somebody has set the matter in this run.
func (l *Ledger) IsSet(m Matter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.entry(m).set
}

// HaveSet notes that matters were set.
func (l *Ledger) HaveSet(matters ...Matter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range matters {
		e := l.entry(m)
		e.set = true
		e.change()
	}
}

// WasHeld reports whether a matter was in a state that was read.
func (l *Ledger) WasHeld(m Matter) bool {
	held, _ := l.WasRead(m)
	return held
}

// Alone waits until the caller has a matter to itself, and returns a function that ends that. It fails only
// with the context.
func (l *Ledger) Alone(ctx context.Context, m Matter) (end func(), err error) {
	l.mu.Lock()
	e := l.entry(m)
	if e.busy == nil {
		e.busy = make(chan struct{}, 1)
	}
	busy := e.busy
	l.mu.Unlock()
	select {
	case busy <- struct{}{}:
		return func() { <-busy }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// read notes that a matter is in the state of its owner, and whether it has no value there: the creating
// half of a replacement is planned without that state. It reports whether another object that was read has
// the same matter, and keeps it: Terraform 1.11 and earlier plan the destroy of what is not declared before
// they read it, and use the note of the last run for that. So a note must not count on what this run destroys.
func (l *Ledger) read(owner string, m Matter, doubtful bool) (shared bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.planning = true
	e := l.entry(m)
	shared = e.remains
	if e.reader == "" {
		e.reader = owner
	}
	e.several = e.several || e.reader != owner
	declares := func(d Declaration) bool { return d.owner == owner }
	e.remains = e.remains || !l.planned[owner] || slices.ContainsFunc(e.declarations, declares)
	e.doubtful = e.doubtful || doubtful
	return shared
}

// isPlanning reports whether this process is certain to be that of a plan.
func (l *Ledger) isPlanning() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.planning
}

// WasRead reports whether a matter was in a state that was read, and whether it had no value in one.
func (l *Ledger) WasRead(m Matter) (held, doubtful bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entry(m)
	return e.reader != "", e.doubtful
}

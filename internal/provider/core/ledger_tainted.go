// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Terraform plans the replacement of a tainted object as a creation. It does not show the object to that
// plan, and does not plan its destroy. So an object that is refreshed and then not planned is tainted: the
// apply takes away what the replacement does not declare, and no plan says so. Therefore the ledger keeps
// what a refresh has read, and compares it with what is created.

// A holding is what the destroy of an object in the state would take away.
type holding struct {
	kind     string // type of the resource
	removals []Removal
}

// A creation is what a created resource declares, with or without a value; nil if part of it is unknown.
type creation struct {
	kind     string
	declares map[Matter]struct{}
	applies  uint64 // before it
}

// declaresAll reports whether every creation declares a matter, or may declare it.
func declaresAll(creations []*creation, m Matter) bool {
	return !slices.ContainsFunc(creations, func(c *creation) bool {
		_, declared := c.declares[m]
		return c.declares != nil && !declared
	})
}

// NoteRead reports to the ledger what the state of a resource has, as its destroy would remove it. It also
// notes which of it other objects have.
func (c *Session) NoteRead(
	ctx context.Context, kind string, before, after PrivateState, removals ...Removal,
) (diags diag.Diagnostics) {
	owner, diags := ownerOf(ctx, before, after)
	var shared []Matter
	for i := range removals {
		r := &removals[i]
		r.owner, r.Destroyed, r.kept = owner, true, r.Foreign
		if r.Foreign {
			continue
		}
		if r.shared = c.Ledger.read(owner, r.Matter, r.Value == ""); r.shared {
			shared = append(shared, r.Matter)
		}
	}
	c.Ledger.hold(owner, holding{kind, removals})
	diags.Append(sharedNote.Set(ctx, after, shared)...)
	return diags
}

func (l *Ledger) hold(owner string, h holding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.planned[owner] {
		l.holdings[owner] = h
	}
}

// plansState notes that the plan of a resource got its state: the resource is not tainted.
func (l *Ledger) plansState(owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.planned[owner] = true
	if h, ok := l.holdings[owner]; ok {
		delete(l.holdings, owner)
		l.states[owner] = h
	}
}

// replace is called with the second plan of a replacement, which Terraform makes without the state. With
// -replace, only this plan shows what leaves if changes are ignored: the first one keeps it. replace returns
// what the destroying half has to leave alone.
func (l *Ledger) replace(ctx context.Context, owner string, c *creation) (kept []Matter, diags diag.Diagnostics) {
	if c.declares == nil {
		return nil, nil
	}
	l.mu.Lock()
	h := l.states[owner]
	l.mu.Unlock()
	var leaving []Removal
	for _, r := range h.removals {
		switch _, declared := c.declares[r.Matter]; {
		case declared:
		case r.Foreign:
			kept = append(kept, r.Matter)
		default:
			leaving = append(leaving, r)
		}
	}
	more, diags := l.remove(ctx, owner, leaving)
	return append(kept, more...), diags
}

// create notes what a created resource declares. If it replaces a tainted object, create returns what that
// object has to leave alone.
func (l *Ledger) create(ctx context.Context, owner string, c *creation) (kept []Matter, diags diag.Diagnostics) {
	var found []finding
	l.mu.Lock()
	c.applies = l.gather.activity.applies.Load()
	l.creations[owner] = c
	for holder, h := range l.holdings {
		next := l.successors(h)
		if len(next) != 1 || next[0] != c {
			continue
		}
		for i := range h.removals {
			r := &h.removals[i]
			if r.Foreign { // the note of the import does not reach the destroying half
				kept = append(kept, r.Matter)
				continue
			}
			if r.Leaves == "" || declaresAll(next, r.Matter) {
				continue
			}
			r.kept = r.shared || slices.ContainsFunc(l.entry(r.Matter).declarations, func(d Declaration) bool {
				return d.owner != holder && d.Held && d.Value != r.Leaves
			})
			if r.kept {
				kept = append(kept, r.Matter)
				found = append(found, finding{what: foundKept, matter: r.Matter, owner: holder, tainted: holder})
			}
		}
	}
	l.mu.Unlock()
	return kept, l.gather.say(ctx, found)
}

// successors returns the creations that may replace a tainted object: those of the same type that declare
// something of what it has or, if there are none, all of the same type. It is called with the lock held.
func (l *Ledger) successors(h holding) (next []*creation) {
	var others []*creation
	for _, c := range l.creations {
		switch {
		case c.kind != h.kind:
		case slices.ContainsFunc(h.removals, func(r Removal) bool {
			_, declared := c.declares[r.Matter]
			return declared
		}):
			next = append(next, c)
		default:
			others = append(others, c)
		}
	}
	if len(next) == 0 {
		return others
	}
	return next
}

// warnOfTainted warns about matters that tainted objects take away and other resources declare.
func (l *Ledger) warnOfTainted(ctx context.Context) diag.Diagnostics {
	var found []finding
	l.mu.Lock()
	for holder, h := range l.holdings {
		next := l.successors(h)
		if len(next) == 0 {
			continue // its replacement is not planned yet
		}
		for _, r := range h.removals {
			if r.kept || declaresAll(next, r.Matter) {
				continue
			}
			for _, d := range l.entry(r.Matter).declarations {
				if what, ok := meet(r, d); ok && d.owner != holder {
					found = append(found, finding{what: what, matter: r.Matter, tainted: holder})
				}
			}
		}
	}
	l.mu.Unlock()
	return l.gather.say(ctx, found)
}

// revise returns a finding as it is to be reported, since later plans and refreshes can change it. ok is
// false if it turned out to be wrong: a declaration belonged to an earlier plan in the same process, a
// tainted object was planned after all, or its replacement declares the matter.
func (l *Ledger) revise(f finding) (_ finding, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := l.entry(f.matter); {
	case f.what == foundDisagreement && !e.disagrees():
		return f, false
	case f.what == foundKept && l.planning && !e.isHeldBesides(f.owner):
		f.what = foundKeptUnseen
	}
	if f.tainted == "" {
		return f, true
	}
	h, tainted := l.holdings[f.tainted]
	return f, tainted && !declaresAll(l.successors(h), f.matter)
}

// BeginCreate removes the notes that the plan of a creation made for the destroying half of a replacement.
// It reports to the ledger what that half has to leave alone, in case it is applied later and has another
// plan.
func (c *Session) BeginCreate(ctx context.Context, private PrivateState) diag.Diagnostics {
	kept, _ := keptNote.Get(ctx, private)
	c.Ledger.HaveSet(kept...)
	// What it replaces keeps its owner, and may be planned once more.
	diags := ownerNote.Set(ctx, private, newOwner())
	diags.Append(SuccessorNote.Clear(ctx, private)...)
	diags.Append(keptNote.Clear(ctx, private)...)
	diags.Append(sharedNote.Clear(ctx, private)...)
	diags.Append(ImportedNote.Clear(ctx, private)...)
	return diags
}

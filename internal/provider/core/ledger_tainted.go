// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"crypto/rand"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Terraform plans what replaces a tainted object as a creation, and never shows the object to that plan
// nor asks for one of its destroy. What is refreshed and then not planned is such an object: what the
// replacement does not declare is taken away by the apply, without any plan that says so. So the ledger
// keeps what a refresh has read, and compares it with what is created.

// A holding is what the destroy of an object that was read would take away.
type holding struct {
	kind     string // of resource
	removals []Removal
}

// A creation is what a resource that is created declares, with or without a value; nil if not all of it is
// known.
type creation struct {
	kind     string
	declares map[Matter]struct{}
	applies  uint64 // before it
}

// declaresAll reports whether each of some creations declares a matter, or may.
func declaresAll(creations []*creation, m Matter) bool {
	return !slices.ContainsFunc(creations, func(c *creation) bool {
		_, declared := c.declares[m]
		return c.declares != nil && !declared
	})
}

// NoteRead tells the ledger what the state of a resource of some kind has, as its destroy would remove it,
// and notes what of it others have, too.
func (c *Session) NoteRead(
	ctx context.Context, kind string, before, after PrivateState, removals ...Removal,
) (diags diag.Diagnostics) {
	owner, diags := ownerOf(ctx, before, after)
	var shared []Matter
	for i := range removals {
		r := &removals[i]
		r.owner, r.Destroyed = owner, true
		if r.shared = c.Ledger.Read(r.Matter, r.Value == ""); r.shared {
			shared = append(shared, r.Matter)
		}
	}
	c.Ledger.hold(owner, holding{kind, removals})
	diags.Append(SharedNote.Set(ctx, after, shared)...)
	return diags
}

func (l *Ledger) hold(owner string, h holding) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.planned[owner] {
		l.holdings[owner] = h
	}
}

// plansState notes that the state of a resource was shown to its plan: the resource is not tainted.
func (l *Ledger) plansState(owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.planned[owner] = true
	delete(l.holdings, owner)
}

// create notes what a resource that is created declares. It returns what the object that the resource
// replaces, if that is tainted, has to leave alone.
func (l *Ledger) create(ctx context.Context, owner string, c *creation) (kept []Matter, diags diag.Diagnostics) {
	var found []Finding
	l.mu.Lock()
	c.applies = l.Gather.activity.applies.Load()
	l.creations[owner] = c
	for holder, h := range l.holdings {
		next := l.successors(h)
		if len(next) != 1 || next[0] != c {
			continue
		}
		for i := range h.removals {
			r := &h.removals[i]
			if r.Leaves == "" || declaresAll(next, r.Matter) {
				continue
			}
			r.kept = r.shared || slices.ContainsFunc(l.entry(r.Matter).declarations, func(d Declaration) bool {
				return d.owner != holder && d.Held && d.Value != r.Leaves
			})
			if r.kept {
				kept = append(kept, r.Matter)
				found = append(found, Finding{What: foundKept, Matter: r.Matter, tainted: holder})
			}
		}
	}
	l.mu.Unlock()
	return kept, l.Gather.Say(ctx, found)
}

// successors are those of the creations that may replace a tainted object: of the same kind, and with
// something of what it has, if there are any. It is called with the lock held.
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

// warnOfTainted warns of what tainted objects take away that others declare.
func (l *Ledger) warnOfTainted(ctx context.Context) diag.Diagnostics {
	var found []Finding
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
					found = append(found, Finding{What: what, Matter: r.Matter, tainted: holder})
				}
			}
		}
	}
	l.mu.Unlock()
	return l.Gather.Say(ctx, found)
}

// isUntrue reports whether what was found of a tainted object turned out to be wrong: it was planned after
// all, or what replaces it declares the matter.
func (l *Ledger) isUntrue(f Finding) bool {
	if f.tainted == "" {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	h, tainted := l.holdings[f.tainted]
	return !tainted || declaresAll(l.successors(h), f.Matter)
}

// BeginCreate takes away what the plan of a creation noted for the destroying half of a replacement, and
// tells the ledger of the apply what that half has to leave alone, for where it comes later and has
// another plan.
func (c *Session) BeginCreate(ctx context.Context, private PrivateState) diag.Diagnostics {
	kept, _ := KeptNote.Get(ctx, private)
	c.Ledger.HaveSet(kept...)
	// What it replaces keeps its owner, and may be planned once more.
	diags := ownerNote.Set(ctx, private, rand.Text())
	diags.Append(SuccessorNote.Clear(ctx, private)...)
	diags.Append(KeptNote.Clear(ctx, private)...)
	diags.Append(SharedNote.Clear(ctx, private)...)
	diags.Append(ImportedNote.Clear(ctx, private)...)
	return diags
}

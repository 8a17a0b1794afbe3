// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A declaration is what a planned resource wants a matter to be.
type declaration struct {
	matter matter
	// value is what is declared, as a text that is equal where the values are.
	value string
	// held says that the matter is in the state of the resource already, and changes that the apply
	// will set it.
	held, changes bool

	owner string
}

// A removal is what a planned resource no longer has.
type removal struct {
	matter matter
	// value is what was last sent, and leaves what the matter is sent instead; "" where nothing is.
	value, leaves string
	// destroyed says that the whole resource goes. Its plan can tell the apply what to leave alone;
	// Terraform plans an update once more when it applies it, and forgets what the first plan noted.
	destroyed bool

	owner string
	// shared says that a refresh has found another object with the matter, and kept that the apply
	// leaves it alone.
	shared, kept bool
}

// declare notes what a planned resource declares, and warns of others that declare something else, or
// remove it. Terraform may plan a resource twice: the later declaration of an owner replaces the
// earlier one.
func (l *ledger) declare(ctx context.Context, owner string, declarations []declaration) diag.Diagnostics {
	var found []finding
	l.mu.Lock()
	for _, d := range declarations {
		d.owner = owner
		e := l.entry(d.matter)
		e.declarations = slices.DeleteFunc(e.declarations, func(other declaration) bool { return other.owner == owner })
		for _, other := range e.declarations {
			switch {
			case other.value != d.value:
				found = append(found, finding{what: foundDisagreement, matter: d.matter})
			case d.matter.Kind == discountMatter && d.value != string(noDiscount) && (d.changes || other.changes):
				found = append(found, finding{what: foundRepetition, matter: d.matter}) // each sends it
			}
		}
		e.declarations = append(e.declarations, d)
		for _, r := range e.removals {
			if what, ok := meet(r, d); ok && !r.kept {
				found = append(found, finding{what: what, matter: d.matter})
			}
		}
	}
	l.mu.Unlock()
	diags := refuseMoves(found)
	diags.Append(l.gather.say(ctx, found)...)
	return diags
}

// remove notes what a planned resource removes. It returns what the apply has to leave alone because
// another resource has it, and warns of what cannot be left alone.
func (l *ledger) remove(ctx context.Context, owner string, removals []removal) (kept []matter, diags diag.Diagnostics) {
	var found []finding
	l.mu.Lock()
	for _, r := range removals {
		r.owner = owner
		r.kept = r.shared && r.leaves != ""
		e := l.entry(r.matter)
		var met []finding
		for _, d := range e.declarations {
			r.kept = r.kept || r.destroyed && r.leaves != "" && d.held
			if what, ok := meet(r, d); ok {
				met = append(met, finding{what: what, matter: r.matter})
			}
		}
		if r.kept {
			kept = append(kept, r.matter)
			found = append(found, finding{what: foundKept, matter: r.matter})
		} else {
			found = append(found, met...)
		}
		diags.Append(refuseMoves(met)...)
		e.removals = slices.DeleteFunc(e.removals, func(other removal) bool { return other.owner == owner })
		e.removals = append(e.removals, r)
	}
	l.mu.Unlock()
	diags.Append(l.gather.say(ctx, found)...)
	return kept, diags
}

// refuseMoves refuses what would end an installation that stays declared: whichever half Terraform applies
// first, the application is uninstalled, and only the owner of the location can connect it again.
func refuseMoves(found []finding) (diags diag.Diagnostics) {
	for _, f := range found {
		if f.what == foundMove && f.matter.Kind == installationMatter {
			diags.Append(installationMoves(connectionID{f.matter.Location, f.matter.Application}))
		}
	}
	return diags
}

// meet says what becomes of a matter that one resource removes and another declares, in an apply that
// cannot be told of it.
func meet(r removal, d declaration) (what foundKind, ok bool) {
	switch {
	case r.leaves == "" && !d.held && d.value == r.value:
		return foundRepetition, true // nothing is taken away, but the other sends the same again
	case r.leaves == "" || r.leaves == d.value:
		return 0, false
	case !d.held:
		return foundMove, true
	case !d.changes:
		return foundLoss, true
	}
	return 0, false
}

// A ledgerPlan gathers what the plan of one resource does, and tells the ledger at its end.
type ledgerPlan struct {
	conn         *connection
	ctx          context.Context //nolint:containedctx // of the one request that this is about
	req          resource.ModifyPlanRequest
	resp         *resource.ModifyPlanResponse
	removals     []removal
	declarations []declaration
}

// plan begins the account of the plan of one resource. Its methods change the private state and the
// diagnostics of the answer.
func (c *connection) plan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) *ledgerPlan {
	return &ledgerPlan{conn: c, ctx: ctx, req: req, resp: resp}
}

func (p *ledgerPlan) declare(d ...declaration) { p.declarations = append(p.declarations, d...) }

func (p *ledgerPlan) remove(r ...removal) { p.removals = append(p.removals, r...) }

// succeed notes for the destroying half of a replacement what the creating half declares.
func (p *ledgerPlan) succeed(next successor) {
	p.resp.Diagnostics.Append(successorNote.set(p.ctx, p.resp.Private, next)...)
}

// ignoreOrder takes back a change of a list of ids that is nothing but another order, if nothing else
// changes. It is not done where it could break the promise of an earlier plan: Terraform plans once more
// when it applies, and by then an id that was unknown may have turned out to be an old one.
func (p *ledgerPlan) ignoreOrder(list path.Path, before, planned types.List) {
	if p.conn == nil || !p.conn.ledger.isPlanning() || before.IsNull() || before.Equal(planned) {
		return
	}
	was, _ := idSet(before)
	if is, known := idSet(planned); !known || !slices.Equal(was, is) {
		return
	}
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(p.ctx, list, before)...)
	if !p.resp.Plan.Raw.Equal(p.req.State.Raw) {
		p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(p.ctx, list, planned)...)
	}
}

// tell tells the ledger, and notes for a destroy what it has to leave alone. What another plan noted
// for a destroy that then failed does not hold any more.
func (p *ledgerPlan) tell() {
	diags := &p.resp.Diagnostics
	if p.req.Plan.Raw.IsNull() {
		diags.Append(successorNote.clear(p.ctx, p.resp.Private)...)
	}
	if p.conn == nil {
		return
	}
	owner, noted := ownerOf(p.ctx, p.req.Private, p.resp.Private)
	diags.Append(noted...)
	shared, _ := sharedNote.get(p.ctx, p.req.Private)
	for i := range p.removals {
		p.removals[i].shared = slices.Contains(shared, p.removals[i].matter)
	}
	kept, found := p.conn.ledger.remove(p.ctx, owner, p.removals)
	diags.Append(found...)
	diags.Append(p.conn.ledger.declare(p.ctx, owner, p.declarations)...)
	if !p.req.State.Raw.IsNull() { // the creating half of a replacement passes on what its first plan noted
		diags.Append(keptNote.set(p.ctx, p.resp.Private, kept)...)
	}
}

// isKept reports whether the plan of a removal noted that another resource has a matter.
func isKept(ctx context.Context, private privateState, m matter) bool {
	kept, _ := keptNote.get(ctx, private)
	return slices.Contains(kept, m)
}

// noteRead tells the ledger what the state of a resource has, and notes what of it others have, too.
func (c *connection) noteRead(ctx context.Context, after privateState, matters ...matter) diag.Diagnostics {
	var shared []matter
	for _, m := range matters {
		if c.ledger.read(m, false) {
			shared = append(shared, m)
		}
	}
	return sharedNote.set(ctx, after, shared)
}

// clearPlanNotes takes away what the plan of a creation noted for the destroying half.
func clearPlanNotes(ctx context.Context, private privateState) diag.Diagnostics {
	diags := successorNote.clear(ctx, private)
	diags.Append(keptNote.clear(ctx, private)...)
	diags.Append(sharedNote.clear(ctx, private)...)
	diags.Append(importedNote.clear(ctx, private)...)
	return diags
}

// applied is where Create and Update leave what they came to.
type applied struct {
	state    *tfsdk.State
	identity *tfsdk.ResourceIdentity
	private  privateState
	diags    *diag.Diagnostics
}

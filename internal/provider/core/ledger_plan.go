// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// A Declaration is the value of a matter that a planned resource declares.
type Declaration struct {
	Matter Matter
	// Value is the declared value, as a text that is equal for equal values.
	Value string
	// Held says that the state of the resource already has the matter, and Changes that the apply will set
	// it.
	Held, Changes bool
	// Unknown says that the state has the matter without a value, as after an import.
	Unknown bool

	owner   string
	applies uint64 // before it
}

// A Removal is a matter that a planned resource no longer has.
type Removal struct {
	Matter Matter
	// Value is the value that was last sent. Leaves is what the removal sends instead, "" if it sends
	// nothing.
	Value, Leaves string
	// Destroyed says that the whole resource is destroyed. The plan of a destroy can tell the apply what to
	// leave alone. An update is planned again when it is applied, and forgets what the first plan noted.
	Destroyed bool
	// Foreign says that an import found the matter, and that Terraform has never set it. It may belong to
	// another resource, and is left alone.
	Foreign bool

	owner string
	// shared says that a refresh found another object with the matter. kept says that the apply leaves it
	// alone.
	shared, kept bool
}

// inDoubt reports whether a discount of unknown value may have been given.
func (r Removal) inDoubt() bool { return r.Matter.Kind == DiscountMatter && r.Value == "" }

// declare notes what a planned resource declares, and warns about resources that declare another value, or
// remove it. Terraform can plan a resource twice: the later declaration of an owner replaces the earlier
// one.
func (l *Ledger) declare(ctx context.Context, owner string, declarations []Declaration) diag.Diagnostics {
	var found []finding
	l.mu.Lock()
	for _, d := range declarations {
		d.owner, d.applies = owner, l.gather.activity.applies.Load()
		e := l.entry(d.Matter)
		e.declarations = slices.DeleteFunc(e.declarations, func(other Declaration) bool { return other.owner == owner })
		for _, other := range e.declarations {
			switch {
			case other.Value != d.Value:
				found = append(found, finding{what: foundDisagreement, matter: d.Matter})
			case d.Matter.Kind == DiscountMatter && d.Value != string(NoDiscount) && (d.Changes || other.Changes):
				found = append(found, finding{what: foundRepetition, matter: d.Matter}) // each sends it
			}
		}
		e.declarations = append(e.declarations, d)
		for _, r := range e.removals {
			if what, ok := meet(r, d); ok && !r.kept {
				found = append(found, finding{what: what, matter: d.Matter})
			}
		}
	}
	l.mu.Unlock()
	diags := refuseMoves(found)
	diags.Append(l.gather.say(ctx, found)...)
	return diags
}

// remove notes what a planned resource removes. It returns the matters that the apply has to leave alone,
// because another resource has them, and warns about those that it cannot leave alone.
func (l *Ledger) remove(ctx context.Context, owner string, removals []Removal) (kept []Matter, diags diag.Diagnostics) {
	var found []finding
	l.mu.Lock()
	for _, r := range removals {
		r.owner = owner
		r.kept = r.shared && r.Leaves != ""
		e := l.entry(r.Matter)
		var met []finding
		for _, d := range e.declarations {
			r.kept = r.kept || r.Destroyed && r.Leaves != "" && d.Held
			if what, ok := meet(r, d); ok {
				met = append(met, finding{what: what, matter: r.Matter})
			}
		}
		if r.kept {
			kept = append(kept, r.Matter)
			found = append(found, finding{what: foundKept, matter: r.Matter, owner: owner})
		} else {
			found = append(found, met...)
		}
		diags.Append(refuseMoves(met)...)
		e.removals = slices.DeleteFunc(e.removals, func(other Removal) bool { return other.owner == owner })
		e.removals = append(e.removals, r)
	}
	l.mu.Unlock()
	diags.Append(l.gather.say(ctx, found)...)
	return kept, diags
}

// refuseMoves fails if a plan would end an installation that stays declared: in whichever order Terraform
// applies the two, the application is uninstalled, and only the owner of the location can connect it again.
func refuseMoves(found []finding) (diags diag.Diagnostics) {
	for _, f := range found {
		if f.what == foundMove && f.matter.Kind == installationMatter {
			diags.Append(installationMoves(ConnectionID{f.matter.Location, f.matter.Application}))
		}
	}
	return diags
}

func installationMoves(id ConnectionID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Installation moves without a moved block", fmt.Sprintf(
		"One resource no longer declares application %d at location %d, and another begins to. In either order, "+
			"the apply would uninstall the application, and the owner of the location would have to connect it again. Name the new "+
			"address in a moved block. Nothing was sent.", id.Application, id.Location))
}

// meet returns the finding about a matter that one resource removes and another declares, in an apply that
// knows only one of them.
func meet(r Removal, d Declaration) (what *FoundKind, ok bool) {
	switch {
	case r.Leaves == "" && !d.Held && (d.Value == r.Value || r.inDoubt() && d.Value != string(NoDiscount)):
		return foundRepetition, true // nothing is taken away, but the other resource may send the same again
	case r.Leaves == "" || r.Leaves == d.Value:
		return nil, false
	case !d.Held || d.Unknown && d.Changes:
		return foundMove, true
	case !d.Changes:
		return foundLoss, true
	}
	return nil, false
}

// A LedgerPlan collects what the plan of one resource does, and reports it to the ledger at the end.
type LedgerPlan struct {
	conn         *Session
	ctx          context.Context //nolint:containedctx // the context of a single request
	req          resource.ModifyPlanRequest
	resp         *resource.ModifyPlanResponse
	removals     []Removal
	declarations []Declaration
	created      *creation
}

// Plan begins the LedgerPlan of one resource. Its methods change the private state and the diagnostics of
// the answer.
func (c *Session) Plan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) *LedgerPlan {
	return &LedgerPlan{conn: c, ctx: ctx, req: req, resp: resp}
}

// Declare adds a matter that the resource will have.
func (p *LedgerPlan) Declare(d ...Declaration) { p.declarations = append(p.declarations, d...) }

// Remove adds a matter that the resource no longer has.
func (p *LedgerPlan) Remove(r ...Removal) { p.removals = append(p.removals, r...) }

// Succeed notes, for the destroying half of a replacement, what the creating half declares: nil while part
// of it is unknown. kind is the type of the resource.
func (p *LedgerPlan) Succeed(kind string, next Successor, declares []Matter) {
	p.created = &creation{kind: kind}
	if declares != nil {
		p.created.declares = make(map[Matter]struct{}, len(declares))
	}
	for _, m := range declares {
		p.created.declares[m] = struct{}{}
	}
	p.resp.Diagnostics.Append(SuccessorNote.Set(p.ctx, p.resp.Private, next)...)
}

// IgnoreOrder undoes a change of a list of ids that only changes the order, if nothing else changes. It
// does nothing if that could break the promise of an earlier plan: Terraform plans again when it applies,
// and by then an unknown id may have turned out to be an old one.
func (p *LedgerPlan) IgnoreOrder(list path.Path, before, planned types.List) {
	if p.conn == nil || !p.conn.Ledger.isPlanning() || before.IsNull() || before.Equal(planned) {
		return
	}
	was, _ := IDSet(before)
	if is, known := IDSet(planned); !known || !slices.Equal(was, is) {
		return
	}
	p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(p.ctx, list, before)...)
	if !p.resp.Plan.Raw.Equal(p.req.State.Raw) {
		p.resp.Diagnostics.Append(p.resp.Plan.SetAttribute(p.ctx, list, planned)...)
	}
}

// Tell reports to the ledger, and notes which matters a destroy has to leave alone. It drops the notes of
// an earlier plan whose destroy failed.
func (p *LedgerPlan) Tell() {
	diags := &p.resp.Diagnostics
	if p.req.Plan.Raw.IsNull() {
		diags.Append(SuccessorNote.Clear(p.ctx, p.resp.Private)...)
	}
	if p.conn == nil {
		return
	}
	owner, noted := ownerOf(p.ctx, p.req.Private, p.resp.Private)
	diags.Append(noted...)
	shared, _ := sharedNote.Get(p.ctx, p.req.Private)
	for i := range p.removals {
		p.removals[i].shared = slices.Contains(shared, p.removals[i].Matter)
	}
	if !p.req.State.Raw.IsNull() {
		p.conn.Ledger.plansState(owner)
	}
	kept, found := p.conn.Ledger.remove(p.ctx, owner, p.removals)
	diags.Append(found...)
	diags.Append(p.conn.Ledger.declare(p.ctx, owner, p.declarations)...)
	if p.req.State.Raw.IsNull() {
		noted, _ := keptNote.Get(p.ctx, p.req.Private) // by the first plan of a replacement
		kept = slices.Concat(kept, noted)
	}
	if p.created != nil {
		replaced, found := p.conn.Ledger.replace(p.ctx, owner, p.created)
		diags.Append(found...)
		more, found := p.conn.Ledger.create(p.ctx, owner, p.created)
		diags.Append(found...)
		kept = slices.Concat(kept, replaced, more)
	}
	diags.Append(keptNote.Set(p.ctx, p.resp.Private, kept)...)
	diags.Append(p.conn.Ledger.warnOfTainted(p.ctx)...)
}

// Applied is where Create and Update store their results.
type Applied struct {
	State    *tfsdk.State
	Identity *tfsdk.ResourceIdentity
	Private  PrivateState
	Diags    *diag.Diagnostics
}

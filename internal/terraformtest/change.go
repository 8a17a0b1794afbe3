// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/zclconf/go-cty/cty"
)

// An Action is what a plan does to an object, as terraform show -json writes it.
type Action string

// The actions.
const (
	NoOp             Action = "no-op"
	Create           Action = "create"
	Update           Action = "update"
	Delete           Action = "delete"
	DeleteThenCreate Action = "delete,create"
	CreateThenDelete Action = "create,delete"
	Forget           Action = "forget"
)

func (a Action) replaces() bool { return a == DeleteThenCreate || a == CreateThenDelete }

// A Change is what a plan does to one object.
type Change struct {
	Addr      string
	From      string // the address before a moved block, if different
	Deposed   string // the key of a deposed object, or ""
	Action    Action
	Before    cty.Value
	After     cty.Value
	Importing bool
	Replacing []string // the attributes that require the replacement

	private  []byte
	identity cty.Value
}

// asked is the input of the plan of one instance.
type asked struct {
	addr        string
	schema      *schema
	process     *process
	resource    *Resource
	evaluate    evaluator
	current     *Object
	createFirst bool
	force       bool    // a replacement
	planned     *Change // in an apply, what was planned
}

// plan asks the provider for a plan, as often and with the same values as Terraform does.
func (a asked) plan() (*Change, Diagnostics) {
	s := a.schema
	null := cty.NullVal(s.typ)
	if a.planned != nil && a.planned.Action == NoOp {
		return a.planned, nil
	}
	declared := a.evaluate.block(s, a.resource.Attrs)
	said := a.process.validate(a.addr, s, declared)
	if said.HasErrors() {
		return nil, said
	}
	prior, tainted := &Object{Value: null}, (*Object)(nil)
	switch {
	case a.current == nil:
	case a.current.Tainted:
		tainted = a.current
	default:
		prior = a.current
	}
	config := ignoreChanges(s, prior.Value, declared, a.resource.IgnoreChanges)
	change, resp, more := a.ask(prior, prior.Private, config)
	said = append(said, more...)
	if said.HasErrors() {
		return nil, said
	}
	change.Replacing = replaced(s, prior.Value, change.After, resp.RequiresReplace)
	equal := change.After.Equals(prior.Value)
	switch {
	case prior.Value.IsNull():
		change.Action = Create
	case a.force || len(change.Replacing) > 0:
		change.Action = a.replacement()
	case equal.IsKnown() && equal.True():
		change.Action = NoOp
	default:
		change.Action = Update
	}
	if change.Action.replaces() {
		// A replacement is planned as if there was no object, with the configuration as it is.
		again, _, more := a.ask(&Object{Value: null, Identity: change.identity}, change.private, declared)
		if more.HasErrors() { // the warnings are usually the same as before
			return nil, append(said, more...)
		}
		change.After, change.private, change.identity = again.After, again.private, again.identity
	}
	if tainted != nil && change.Action == Create {
		change.Action, change.Before = a.replacement(), tainted.Value
	}
	if a.planned != nil && a.planned.Action.replaces() && change.Action == Create {
		change.Action, change.Before = a.planned.Action, a.planned.Before
	}
	return change, said
}

func (a asked) replacement() Action {
	if a.createFirst {
		return CreateThenDelete
	}
	return DeleteThenCreate
}

func (a asked) ask(prior *Object, private []byte, config cty.Value) (*Change, *tfprotov6.PlanResourceChangeResponse, Diagnostics) {
	s, p := a.schema, a.process
	resp, err := p.server.PlanResourceChange(p.ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeOf(a.addr), PriorState: encode(prior.Value, s.typ), PriorPrivate: private,
		Config: encode(config, s.typ), ProposedNewState: encode(proposedNew(s, prior.Value, config), s.typ),
		PriorIdentity:      p.identity(s, prior),
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{},
	})
	said := diagnostics(a.addr, resp != nil, func() []*tfprotov6.Diagnostic { return resp.Diagnostics }, err)
	if said.HasErrors() {
		return nil, nil, said
	}
	after, err := decode(resp.PlannedState, s.typ)
	must(err)
	problems := append(writeOnlyReturned(s.attributes, after), invalidPlan(s.attributes, prior.Value, config, after, nil)...)
	for _, problem := range problems {
		said = append(said, bug(a.addr, "Provider produced invalid plan", "planned an invalid value for "+a.addr+problem))
	}
	identity, err := s.decodeIdentity(resp.PlannedIdentity)
	must(err)
	return &Change{Addr: a.addr, Before: prior.Value, After: after, private: resp.PlannedPrivate, identity: identity}, resp, said
}

// planDestroy asks the provider to plan the destroy of an object.
func planDestroy(p *process, addr, deposed string, s *schema, o *Object) (*Change, Diagnostics) {
	null := cty.NullVal(s.typ)
	change := &Change{Addr: addr, Deposed: deposed, Action: NoOp, Before: null, After: null}
	if o == nil {
		return change, nil
	}
	resp, err := p.server.PlanResourceChange(p.ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: typeOf(addr), PriorState: encode(o.Value, s.typ), PriorPrivate: o.Private,
		Config: encode(null, s.typ), ProposedNewState: encode(null, s.typ), PriorIdentity: p.identity(s, o),
		ClientCapabilities: &tfprotov6.PlanResourceChangeClientCapabilities{},
	})
	said := diagnostics(addr, resp != nil, func() []*tfprotov6.Diagnostic { return resp.Diagnostics }, err)
	if said.HasErrors() {
		return nil, said
	}
	after, err := decode(resp.PlannedState, s.typ)
	must(err)
	if !after.IsNull() {
		return nil, append(said, bug(addr, "Provider produced invalid plan", "planned a non-null destroy value"))
	}
	change.Action, change.Before, change.private = Delete, o.Value, resp.PlannedPrivate
	change.identity, err = s.decodeIdentity(resp.PlannedIdentity)
	must(err)
	return change, said
}

// checkFinal compares the plan made in an apply with the earlier plan.
func checkFinal(planned, final *Change) Diagnostics {
	var said Diagnostics
	if planned.Action != final.Action && (planned.Action != Update || final.Action != NoOp) {
		said = append(said, bug(planned.Addr, "Provider produced inconsistent final plan",
			"changed the planned action from "+string(planned.Action)+" to "+string(final.Action)))
	}
	for _, problem := range inconsistent(planned.After, final.After, nil) {
		said = append(said, bug(planned.Addr, "Provider produced inconsistent final plan", "produced an invalid new value for "+planned.Addr+problem))
	}
	return said
}

// apply lets the provider carry out a plan. It returns the object to keep, nil for none.
func (p *process) apply(change *Change, s *schema, config cty.Value, current *Object) (*Object, Diagnostics) {
	addr := change.Addr
	resp, err := p.server.ApplyResourceChange(p.ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: typeOf(addr), PriorState: encode(change.Before, s.typ), PlannedState: encode(change.After, s.typ),
		Config: encode(config, s.typ), PlannedPrivate: change.private, PlannedIdentity: p.plannedIdentity(s, change),
	})
	said := diagnostics(addr, resp != nil, func() []*tfprotov6.Diagnostic { return resp.Diagnostics }, err)
	value, kept := change.Before, &Object{}
	if change.After.IsNull() {
		value = cty.NullVal(s.typ)
	}
	if resp != nil {
		value, err = decode(resp.NewState, s.typ)
		must(err)
		if value == cty.NilVal {
			value = cty.NullVal(s.typ)
		}
		kept.Private = resp.Private
		kept.Identity, err = s.decodeIdentity(resp.NewIdentity)
		must(err)
	}
	if problems := writeOnlyReturned(s.attributes, value); len(problems) > 0 {
		for _, problem := range problems {
			said = append(said, bug(addr, "Provider produced invalid object", addr+problem))
		}
		return current, said
	}
	if !value.IsWhollyKnown() {
		said = append(said, bug(addr, "Provider returned invalid result object after apply", "unknown values in "+literal(value)))
		value = cty.UnknownAsNull(value)
	}
	if !said.HasErrors() && change.Action != Delete {
		for _, problem := range inconsistent(change.After, value, nil) {
			said = append(said, bug(addr, "Provider produced inconsistent result after apply", "produced an unexpected new value: "+addr+problem))
		}
	}
	if !said.HasErrors() && (change.Action == Delete) != value.IsNull() {
		said = append(said, bug(addr, "Provider returned invalid result object after apply", "an object where there should be none, or none where there should be one"))
	}
	if value.IsNull() {
		if said.HasErrors() {
			return current, said
		}
		return nil, said
	}
	kept.Value = value
	if said.HasErrors() && current != nil {
		kept.Tainted = current.Tainted
	}
	return kept, said
}

func (p *process) plannedIdentity(s *schema, change *Change) *tfprotov6.ResourceIdentityData {
	if p.release < Latest || change.identity == cty.NilVal {
		return nil
	}
	return s.encodeIdentity(change.identity)
}

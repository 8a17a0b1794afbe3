// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// A Result is the outcome of an apply.
type Result struct {
	Plan        *Plan
	Diagnostics Diagnostics // of the apply and, unless it was saved, of the plan
	Applied     bool        // whether anything was applied
	Order       []string    // what was done, as "create" or "destroy" and the address, as it ended
	Died        bool
}

// Err returns the errors as one, or nil.
func (r *Result) Err() error { return r.Diagnostics.Err() }

// Apply is terraform apply: a plan and, if it has no error, its apply by new processes.
func (w *Workspace) Apply(run ...Run) *Result {
	r := one(run)
	w.history.command(w, "apply"+r.flags())
	p := w.plan(r)
	result := &Result{Plan: p, Diagnostics: p.Diagnostics, Died: p.Died}
	if p.Err() == nil {
		p.apply(r, result)
	}
	return result
}

// Apply is terraform apply of the saved plan. It fails if the state has changed since. The run only says
// how to run: the plan has the rest.
func (p *Plan) Apply(run ...Run) *Result {
	r := one(run)
	p.workspace.history.command(p.workspace, "apply saved-plan")
	result := &Result{Plan: p}
	switch {
	case p.Err() != nil:
		result.Diagnostics = Diagnostics{{Error: true, Summary: "Plan is not applicable"}}
	case p.serial != p.workspace.serial:
		result.Diagnostics = Diagnostics{{Error: true, Summary: "Saved plan is stale"}}
	default:
		p.apply(r, result)
	}
	return result
}

// applying is a walk that applies.
type applying struct {
	walk
	plan    *Plan
	first   map[string]bool
	state   state
	stored  state             // the state written last, nil if none was
	deposed map[string]string // keys of objects deposed by this walk, by address
	order   []string
}

func (p *Plan) apply(run Run, result *Result) {
	a := &applying{
		walk: walk{run: run, processes: p.workspace.processes(&p.config, run.Valid)}, plan: p,
		first: p.config.createFirst(), state: p.refreshed.clone(), deposed: map[string]string{},
	}
	creates, destroys := map[string]*node{}, map[string]*node{}
	var nodes []*node
	add := func(n *node) *node {
		nodes = append(nodes, n)
		return n
	}
	for _, c := range p.Changes {
		switch {
		case c.Action == Forget:
			add(&node{run: func() bool { return a.set(c.Addr, c.Deposed, nil) }})
		case c.Deposed != "":
			add(&node{run: func() bool { return a.destroyDeposed(c.Addr, c.Deposed) }})
		case c.Action == Delete:
			destroys[c.Addr] = add(&node{run: func() bool { return a.destroy(c) }})
		case c.Action == DeleteThenCreate:
			destroys[c.Addr] = add(&node{run: func() bool { return a.destroy(c) }})
			creates[c.Addr] = add(&node{run: func() bool { return a.create(c) }, before: []*node{destroys[c.Addr]}})
		case c.Action == CreateThenDelete:
			creates[c.Addr] = add(&node{run: func() bool { return a.create(c) }})
			destroys[c.Addr] = add(&node{
				run:    func() bool { return a.destroyDeposed(c.Addr, a.deposed[c.Addr]) },
				before: []*node{creates[c.Addr]},
			})
		default:
			creates[c.Addr] = add(&node{run: func() bool { return a.create(c) }})
		}
	}
	connect(&p.config, creates)
	a.connectDestroys(creates, destroys)
	a.take(nodes, run.random())
	result.Applied, result.Died, result.Order = true, a.died, a.order
	result.Diagnostics = append(result.Diagnostics, a.said...)
	switch {
	case a.died && (run.Lose || a.stored == nil):
	case a.died:
		p.workspace.store(a.stored)
	default:
		p.workspace.store(a.state)
	}
}

// connectDestroys orders destroys: dependents first. The old half of a replacement is destroyed after the
// new half only when everything that depends on it has been updated.
func (a *applying) connectDestroys(creates, destroys map[string]*node) {
	for addr, d := range sorted(destroys) {
		for other, i := range sorted(a.state) {
			if other == addr || i.current == nil || !slices.Contains(i.current.dependencies, whole(addr)) {
				continue
			}
			if before := destroys[other]; before != nil {
				d.before = append(d.before, before)
			}
			if update := creates[other]; update != nil && a.plan.Change(addr).Action == CreateThenDelete {
				d.before = append(d.before, update)
			}
		}
	}
}

// set changes the object stored at an address.
func (a *applying) set(addr, deposed string, o *Object) bool {
	a.commit(func() {
		a.state.set(addr, deposed, o)
		a.stored = a.state.clone()
	})
	return true
}

func (a *applying) get(addr, deposed string) (o *Object) {
	a.commit(func() { o = a.state.get(addr, deposed) })
	return o
}

// create carries out a planned create or update, or the new half of a replacement.
func (a *applying) create(c *Change) bool {
	if c.Action == NoOp {
		return true
	}
	r := a.plan.config.resource(c.Addr)
	proc := a.processes.get(r.Provider, true)
	if proc == nil {
		return false
	}
	if c.Action == CreateThenDelete {
		a.commit(func() { a.deposed[c.Addr] = a.state.depose(c.Addr) })
	}
	s, current := a.plan.workspace.schema(c.Addr), a.get(c.Addr, "")
	ask := asked{
		addr: c.Addr, schema: s, process: proc, resource: r, evaluate: evaluator{ref: a.value, later: true}, current: current,
		createFirst: c.Action == CreateThenDelete, force: slices.Contains(a.plan.run.Replace, c.Addr), planned: c,
	}
	final, said := ask.plan()
	if !a.say(said) || !a.say(checkFinal(c, final)) {
		return false
	}
	todo := *final
	if final.Action.replaces() {
		todo.Action, todo.Before = Create, cty.NullVal(s.typ)
	}
	if todo.Action == NoOp {
		return true
	}
	o, said := proc.apply(&todo, s, ask.evaluate.block(s, r.Attrs), current)
	ok := a.say(said)
	if o != nil {
		kept := *o
		kept.Tainted = kept.Tainted || !ok && todo.Action == Create
		kept.createFirst, kept.dependencies, kept.provider = a.first[c.Addr], r.dependencies(), r.Provider
		o = &kept
	}
	a.commit(func() {
		a.order = append(a.order, "create "+c.Addr)
		a.state.set(c.Addr, "", o)
		if key := a.deposed[c.Addr]; key != "" && !ok {
			a.state.restore(c.Addr, key)
		}
		a.stored = a.state.clone()
	})
	return ok
}

// value returns the value of a reference in an apply.
func (a *applying) value(ref Ref) cty.Value {
	a.mu.Lock()
	defer a.mu.Unlock()
	if o := a.state.current(ref.Addr); o != nil {
		return o.Value.GetAttr(ref.Attr)
	}
	panic("terraformtest: " + ref.Addr + " is referred to, but there is none")
}

// destroy carries out a planned destroy, or the old half of a replacement. The private state is that of the
// plan; in a replacement, that of its new half.
func (a *applying) destroy(c *Change) bool {
	current := a.get(c.Addr, "")
	if current == nil {
		return true
	}
	s := a.plan.workspace.schema(c.Addr)
	todo := &Change{Addr: c.Addr, Action: Delete, Before: c.Before, After: cty.NullVal(s.typ), private: c.private}
	if c.Action == Delete {
		todo.identity = c.identity
	}
	return a.remove(todo, s, current)
}

// destroyDeposed destroys a deposed object, whose destroy is planned once more.
func (a *applying) destroyDeposed(addr, key string) bool {
	o := a.get(addr, key)
	if o == nil {
		return true
	}
	proc := a.processes.get(o.provider, true)
	if proc == nil {
		return false
	}
	s := a.plan.workspace.schema(addr)
	c, said := planDestroy(proc, addr, key, s, o)
	return a.say(said) && a.remove(c, s, o)
}

func (a *applying) remove(c *Change, s *schema, o *Object) bool {
	proc := a.processes.get(o.provider, true)
	if proc == nil {
		return false
	}
	left, said := proc.apply(c, s, cty.NullVal(s.typ), o)
	ok := a.say(said)
	if left != nil {
		kept := *left
		kept.createFirst, kept.dependencies, kept.provider = o.createFirst, o.dependencies, o.provider
		left = &kept
	}
	a.commit(func() { a.order = append(a.order, "destroy "+c.Addr) })
	a.set(c.Addr, c.Deposed, left)
	return ok
}

// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"cmp"
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"
)

// A Plan is the result of terraform plan. It can be applied once.
type Plan struct {
	Changes     []*Change // by address, no-ops included
	Diagnostics Diagnostics
	Died        bool

	workspace *Workspace
	run       Run
	config    Config
	serial    int   // of its state
	refreshed state // the state that an apply starts from
}

// Plan is terraform plan. Nothing is stored.
func (w *Workspace) Plan(run ...Run) *Plan {
	r := one(run)
	w.history.command(w, "plan"+r.flags())
	return w.plan(r)
}

// Err returns the errors as one, or nil.
func (p *Plan) Err() error { return p.Diagnostics.Err() }

// Actions returns the planned actions by address. The address of a deposed object ends in its key. Objects
// that do not change are left out.
func (p *Plan) Actions() map[string]Action {
	actions := map[string]Action{}
	for _, c := range p.Changes {
		if c.Action != NoOp {
			actions[c.name()] = c.Action
		}
	}
	return actions
}

// Change returns the planned change of the current object at an address, or nil.
func (p *Plan) Change(addr string) *Change {
	for _, c := range p.Changes {
		if c.Addr == addr && c.Deposed == "" {
			return c
		}
	}
	return nil
}

func (c *Change) name() string {
	if c.Deposed != "" {
		return c.Addr + " (deposed)"
	}
	return c.Addr
}

// planning is a walk that plans.
type planning struct {
	walk
	workspace *Workspace
	config    *Config
	refreshed state
	first     map[string]bool      // addresses with create_before_destroy
	working   map[string]cty.Value // planned values, by address
	imports   map[string]Import
	changes   []*Change
	targets   func(addr string) bool
}

func (w *Workspace) plan(run Run) *Plan {
	config := w.Config.clone()
	config.check(w.provider.schemas().resources)
	p := &Plan{workspace: w, run: run, config: config, serial: w.serial, refreshed: w.state.clone()}
	moved := map[string]string{}
	for _, m := range config.Moved {
		if config.resource(m.From) != nil {
			p.Diagnostics = append(p.Diagnostics, Diagnostic{Error: true, Summary: "Moved object still exists", Addr: m.From})
			return p
		}
		for from, to := range p.refreshed.move(m) {
			moved[to] = from
		}
	}
	if !run.Valid {
		valid := w.newPlanning(&config, run, p.refreshed)
		valid.validate()
		if p.Diagnostics = valid.said; p.end(&valid.walk) {
			return p
		}
	}
	if run.Destroy {
		if !run.NoRefresh && len(p.refreshed) > 0 {
			refresh := run
			refresh.Destroy = false // so a target's dependents are not refreshed
			normal := w.newPlanning(&config, refresh, p.refreshed)
			normal.normal()
			if p.Died = normal.died; normal.said.HasErrors() {
				p.Diagnostics = append(p.Diagnostics, normal.said...)
				return p
			}
			p.refreshed = normal.refreshed
		}
		walk := w.newPlanning(&config, run, p.refreshed)
		walk.destroy()
		p.Changes = walk.changes
		p.Diagnostics = append(p.Diagnostics, walk.said...)
		p.end(&walk.walk)
	} else {
		walk := w.newPlanning(&config, run, p.refreshed)
		walk.normal()
		p.Changes, p.refreshed = walk.changes, walk.refreshed
		p.Diagnostics = append(p.Diagnostics, walk.said...)
		p.end(&walk.walk)
	}
	slices.SortFunc(p.Changes, func(a, b *Change) int {
		return cmp.Or(cmp.Compare(a.Addr, b.Addr), cmp.Compare(a.Deposed, b.Deposed))
	})
	for _, c := range p.Changes {
		c.From = moved[c.Addr]
	}
	return p
}

// end reports whether the plan ends after a walk.
func (p *Plan) end(w *walk) bool {
	p.Died = w.died
	return w.said.HasErrors()
}

func (w *Workspace) newPlanning(config *Config, run Run, from state) *planning {
	p := &planning{
		walk: walk{run: run, processes: w.processes(config, run.Valid)}, workspace: w, config: config,
		refreshed: from.clone(), first: config.createFirst(), working: map[string]cty.Value{}, imports: map[string]Import{},
	}
	for _, i := range config.Imports {
		if from.current(i.To) == nil {
			p.imports[i.To] = i
		}
	}
	p.targets = targeted(config, from, run)
	return p
}

// targeted returns a function that reports whether a run includes a resource: the targets and their
// dependencies; in a destroy, their dependents.
func targeted(config *Config, s state, run Run) func(addr string) bool {
	if len(run.Target) == 0 {
		return func(string) bool { return true }
	}
	chosen := map[string]bool{}
	is := func(addr string) bool {
		return chosen[addr] || slices.ContainsFunc(run.Target, func(target string) bool { return within(addr, target) })
	}
	if run.Destroy {
		for range s {
			for addr, i := range s {
				for _, on := range dependenciesOf(config, addr, i) {
					chosen[addr] = chosen[addr] || slices.ContainsFunc(slices.Collect(maps.Keys(s)), func(a string) bool { return whole(a) == on && is(a) })
				}
			}
		}
		return is
	}
	for range config.Resources {
		for _, r := range config.Resources {
			for _, on := range r.dependencies() {
				for _, other := range config.Resources {
					chosen[other.Addr] = chosen[other.Addr] || whole(other.Addr) == on && is(r.Addr)
				}
			}
		}
	}
	return is
}

func dependenciesOf(config *Config, addr string, i *instance) []string {
	if r := config.resource(addr); r != nil {
		return r.dependencies()
	}
	if i != nil && i.current != nil {
		return i.current.dependencies
	}
	return nil
}

func (p *planning) validate() {
	unknown := evaluator{ref: func(ref Ref) cty.Value { return p.unknown(ref) }}
	var nodes []*node
	for i := range p.config.Resources {
		r := &p.config.Resources[i]
		nodes = append(nodes, &node{run: func() bool {
			proc := p.processes.get(r.Provider, false)
			if proc == nil {
				return false
			}
			s := p.workspace.schema(r.Addr)
			return p.say(proc.validate(r.Addr, s, unknown.block(s, r.Attrs)))
		}})
	}
	p.take(nodes, p.run.random())
	p.said = slices.DeleteFunc(p.said, func(d Diagnostic) bool { return !d.Error }) // the plan reports them again
}

func (p *planning) unknown(ref Ref) cty.Value {
	return cty.UnknownVal(p.workspace.schema(ref.Addr).typ.AttributeType(ref.Attr))
}

// normal refreshes and plans everything.
func (p *planning) normal() {
	var nodes []*node
	declared := map[string]*node{}
	for i := range p.config.Resources {
		if r := &p.config.Resources[i]; p.targets(r.Addr) {
			n := &node{run: func() bool { return p.declared(r) }}
			declared[r.Addr] = n
			nodes = append(nodes, n)
		}
	}
	connect(p.config, declared)
	for addr, i := range sorted(p.refreshed) {
		if !p.targets(addr) {
			continue
		}
		if i.current != nil && p.config.resource(addr) == nil {
			nodes = append(nodes, &node{run: func() bool { return p.gone(addr, "", i.current) }})
		}
		for key, o := range sorted(i.deposed) {
			nodes = append(nodes, &node{run: func() bool { return p.gone(addr, key, o) }})
		}
	}
	p.take(nodes, p.run.random())
}

// connect orders resources after those that they depend on.
func connect(config *Config, nodes map[string]*node) {
	for i := range config.Resources {
		r := &config.Resources[i]
		n := nodes[r.Addr]
		if n == nil {
			continue
		}
		for _, on := range r.dependencies() {
			for j := range config.Resources {
				if other := &config.Resources[j]; whole(other.Addr) == on && nodes[other.Addr] != nil {
					n.before = append(n.before, nodes[other.Addr])
				}
			}
		}
	}
}

// declared refreshes and plans a declared resource.
func (p *planning) declared(r *Resource) bool {
	proc := p.processes.get(r.Provider, true)
	if proc == nil {
		return false
	}
	addr, s := r.Addr, p.workspace.schema(r.Addr)
	var current *Object
	p.commit(func() { current = p.refreshed.current(addr) })
	_, importing := p.imports[addr]
	switch {
	case importing:
		o, said := proc.imported(s, p.imports[addr])
		if !p.say(said) {
			return false
		}
		current = o
	case current != nil && !p.run.NoRefresh:
		o, said := proc.read(addr, s, current)
		if !p.say(said) {
			return false
		}
		current = o
	}
	if current != nil {
		stored := *current
		stored.createFirst, stored.dependencies, stored.provider = p.first[addr], r.dependencies(), r.Provider
		current = &stored
	}
	p.commit(func() { p.refreshed.set(addr, "", current) })
	if p.run.RefreshOnly {
		return true
	}
	change, said := asked{
		addr: addr, schema: s, process: proc, resource: r, evaluate: evaluator{ref: p.value}, current: current,
		createFirst: p.first[addr], force: slices.ContainsFunc(p.run.Replace, func(a string) bool { return a == addr }),
	}.plan()
	if !p.say(said) {
		return false
	}
	change.Importing = importing
	p.commit(func() {
		p.changes = append(p.changes, change)
		p.working[addr] = change.After
	})
	if change.Action.replaces() && r.PreventDestroy {
		return p.say(cannotBeDestroyed(addr))
	}
	return true
}

func cannotBeDestroyed(addr string) Diagnostics {
	return Diagnostics{{Error: true, Summary: "Instance cannot be destroyed", Detail: "Resource " + addr + " has lifecycle.prevent_destroy set.", Addr: addr}}
}

// value returns the value of a reference in a plan.
func (p *planning) value(ref Ref) cty.Value {
	p.mu.Lock()
	defer p.mu.Unlock()
	if v, ok := p.working[ref.Addr]; ok && !v.IsNull() {
		return v.GetAttr(ref.Attr)
	}
	if o := p.refreshed.current(ref.Addr); o != nil {
		return o.Value.GetAttr(ref.Attr)
	}
	return p.unknown(ref)
}

// gone refreshes an object that is not declared or deposed, and plans its destroy.
func (p *planning) gone(addr, deposed string, o *Object) bool {
	s := p.workspace.schema(addr)
	if slices.ContainsFunc(p.config.Removed, func(from string) bool { return within(addr, from) }) {
		p.commit(func() {
			p.changes = append(p.changes, &Change{Addr: addr, Deposed: deposed, Action: Forget, Before: o.Value, After: cty.NullVal(s.typ)})
		})
		return true
	}
	proc := p.processOf(addr, o)
	if proc == nil {
		return false
	}
	var change *Change
	plan := func() bool {
		var said Diagnostics
		change, said = planDestroy(proc, addr, deposed, s, o)
		return p.say(said)
	}
	early := p.workspace.Release == V1_11 && deposed == "" // before the refresh
	if early && !plan() {
		return false
	}
	if !p.run.NoRefresh {
		refreshed, said := proc.read(addr, s, o)
		if !p.say(said) {
			return false
		}
		o = refreshed
		p.commit(func() { p.refreshed.set(addr, deposed, refreshed) })
	}
	if !early && !p.run.RefreshOnly && !plan() {
		return false
	}
	if !p.run.RefreshOnly && o != nil {
		p.commit(func() { p.changes = append(p.changes, change) })
	}
	return true
}

func (p *planning) processOf(addr string, o *Object) *process {
	alias := o.provider
	if _, ok := p.config.Providers[alias]; alias != "" && !ok {
		p.say(Diagnostics{{Error: true, Summary: "Provider configuration not present", Addr: addr}})
		return nil
	}
	return p.processes.get(alias, true)
}

// destroy plans the destroy of everything.
func (p *planning) destroy() {
	var nodes []*node
	for addr, i := range sorted(p.refreshed) {
		if !p.targets(addr) {
			continue
		}
		plan := func(key string, o *Object) {
			nodes = append(nodes, &node{run: func() bool {
				proc := p.processOf(addr, o)
				if proc == nil {
					return false
				}
				change, said := planDestroy(proc, addr, key, p.workspace.schema(addr), o)
				if !p.say(said) {
					return false
				}
				p.commit(func() { p.changes = append(p.changes, change) })
				if r := p.config.resource(addr); r != nil && r.PreventDestroy && key == "" {
					return p.say(cannotBeDestroyed(addr))
				}
				return true
			}})
		}
		if i.current != nil {
			plan("", i.current)
		}
		for key, o := range sorted(i.deposed) {
			plan(key, o)
		}
	}
	p.take(nodes, p.run.random())
}

// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
)

// A Release is a release of Terraform whose rules differ from others.
type Release int

// The releases. 1.11 has no identities, and plans a destroy before it refreshes an object that is no longer
// declared.
const (
	V1_11 Release = iota
	Latest
)

func (r Release) String() string {
	if r == V1_11 {
		return "1.11.4"
	}
	return "1.14.0"
}

// A Workspace is a working directory with its state. Its methods must not be called at the same time.
type Workspace struct {
	Config  Config // the current configuration
	Release Release

	provider *Provider
	block    Attrs
	state    state
	serial   int // of the state
	history  history
}

// New returns an empty working directory with the arguments of the provider's block. Its release is
// [Latest].
func New(provider *Provider, block Attrs) *Workspace {
	return &Workspace{Release: Latest, provider: provider, block: block, state: state{}}
}

// Configure replaces the arguments of the provider's block.
func (w *Workspace) Configure(block Attrs) { w.block = block }

// A Run has the options of a command. The zero value means none, and a parallelism of 10.
type Run struct {
	Destroy     bool     // terraform plan or apply -destroy
	RefreshOnly bool     // -refresh-only
	NoRefresh   bool     // -refresh=false
	Replace     []string // -replace
	Target      []string // -target
	Parallelism int      // -parallelism; 0 is 10

	// Valid leaves out terraform validate, with which a plan begins: the provider block and the resources,
	// with all references unknown. A plan validates resources again.
	Valid bool

	// Seed determines the order of steps that have none. With a parallelism of 1 it determines everything.
	Seed uint64

	// Closing Interrupt is a first Ctrl-C: no further step begins, and the provider is asked to stop.
	// Running steps end, and their results are stored.
	Interrupt <-chan struct{}
	// Closing Die is a SIGKILL of Terraform and the provider: nothing more is stored. The test has to stop
	// the remaining requests of the dead process.
	Die <-chan struct{}
	// Lose, with Die, stands for a remote state that is stored only at the end: nothing is stored.
	Lose bool
	// Told, unless it is nil, is called when the provider has received either signal.
	Told func()
}

func (r Run) flags() string {
	var flags []string
	add := func(on bool, flag string) {
		if on {
			flags = append(flags, flag)
		}
	}
	add(r.Destroy, "-destroy")
	add(r.RefreshOnly, "-refresh-only")
	add(r.NoRefresh, "-refresh=false")
	for _, addr := range r.Replace {
		add(true, fmt.Sprintf("-replace='%s'", addr))
	}
	for _, addr := range r.Target {
		add(true, fmt.Sprintf("-target='%s'", addr))
	}
	add(r.Parallelism != 0, fmt.Sprintf("-parallelism=%d", r.Parallelism))
	add(r.Seed != 0, fmt.Sprintf("(order %d)", r.Seed))
	return strings.Join(append([]string{""}, flags...), " ")
}

func (r Run) random() *rand.Rand { return rand.New(rand.NewPCG(r.Seed, 0)) }

// one returns the run of a call, or the zero value.
func one(runs []Run) Run {
	if len(runs) == 0 {
		return Run{}
	}
	return runs[0]
}

// Object returns the object of a resource in the state, or nil.
func (w *Workspace) Object(addr string) *Object { return w.state.current(addr) }

// Deposed returns the deposed objects of a resource, which create_before_destroy leaves.
func (w *Workspace) Deposed(addr string) []*Object {
	var list []*Object
	if i := w.state[addr]; i != nil {
		for _, key := range slices.Sorted(maps.Keys(i.deposed)) {
			list = append(list, i.deposed[key])
		}
	}
	return list
}

// Addresses returns the sorted addresses in the state, including deposed objects.
func (w *Workspace) Addresses() []string { return slices.Sorted(maps.Keys(w.state)) }

// Taint is terraform taint.
func (w *Workspace) Taint(addr string) { w.mark(addr, true, "taint") }

// Untaint is terraform untaint.
func (w *Workspace) Untaint(addr string) { w.mark(addr, false, "untaint") }

func (w *Workspace) mark(addr string, tainted bool, command string) {
	w.history.command(w, command+" '"+addr+"'")
	o := w.state.current(addr)
	if o == nil {
		panic("terraformtest: " + addr + " is not in the state")
	}
	marked := *o
	marked.Tainted = tainted
	next := w.state.clone()
	next.set(addr, "", &marked)
	w.store(next)
}

// StateRm is terraform state rm.
func (w *Workspace) StateRm(addr string) {
	w.history.command(w, "state rm '"+addr+"'")
	next := w.state.clone()
	for at := range w.state {
		if within(at, addr) {
			delete(next, at)
		}
	}
	w.store(next)
}

// Import is terraform import: what is read is stored at once. The resource must be declared.
func (w *Workspace) Import(addr, id string) Diagnostics {
	w.history.command(w, fmt.Sprintf("import '%s' '%s'", addr, id))
	config := w.Config.clone()
	config.check(w.provider.schemas().resources)
	r := config.resource(addr)
	switch {
	case r == nil:
		panic("terraformtest: " + addr + " is not declared")
	case w.state.current(addr) != nil:
		return Diagnostics{{Error: true, Summary: "Resource already managed by Terraform", Addr: addr}}
	}
	ps := w.processes(&config, false)
	defer ps.end()
	p := ps.get(r.Provider, true)
	if p == nil {
		return ps.said
	}
	o, said := p.imported(w.schema(addr), Import{To: addr, ID: id})
	if !said.HasErrors() {
		stored := *o
		stored.provider = r.Provider
		next := w.state.clone()
		next.set(addr, "", &stored)
		w.store(next)
	}
	return append(ps.said, said...)
}

// Note adds an event outside of Terraform to the history.
func (w *Workspace) Note(format string, args ...any) {
	w.history.step(w, "(outside) "+fmt.Sprintf(format, args...))
}

// History returns all configurations and commands so far.
func (w *Workspace) History() string { return w.history.String() }

func (w *Workspace) schema(addr string) *schema {
	s := w.provider.schemas().resources[typeOf(addr)]
	if s == nil {
		panic("terraformtest: there is no resource type " + typeOf(addr))
	}
	return s
}

func (w *Workspace) store(next state) {
	if !next.equal(w.state) {
		w.serial++
	}
	w.state = next
}

func (w *Workspace) processes(config *Config, valid bool) *processes {
	return &processes{
		provider: w.provider, release: w.Release, valid: valid, started: map[string]*process{},
		config: func(alias string) cty.Value {
			block := maps.Clone(w.block)
			maps.Copy(block, config.Providers[alias])
			return evaluator{}.block(w.provider.schemas().provider, block)
		},
	}
}

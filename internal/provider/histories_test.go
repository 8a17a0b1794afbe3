// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// envHistories is the number of histories for each theme, from a new seed each time. By default there are a
// few, always the same.
const envHistories = "ALTEGIO_TEST_HISTORIES"

// A theme is a kind of history.
type theme struct {
	kinds []string
	calm  bool // nothing goes wrong, and nobody else does anything
}

var themes = map[string]theme{
	"channels": {[]string{"channel", "fleet"}, false},
	"plain":    {[]string{"channel", "fleet", "names", "hooks"}, true},
	"money":    {[]string{"discount"}, false},
	"others":   {[]string{"names", "hooks"}, false},
	"all":      {[]string{"channel", "fleet", "discount", "names", "hooks"}, false},
}

// TestHistories generates histories of configurations and commands, and checks the invariants after each
// command. A failing history is shortened as far as possible, and shown as configurations and commands.
func TestHistories(t *testing.T) {
	n := 2000 / len(themes)
	if given := os.Getenv(envHistories); given != "" {
		var err error
		if n, err = strconv.Atoi(given); err != nil {
			t.Fatal(err)
		}
		n = (n + len(themes) - 1) / len(themes)
	} else if flag.Lookup("rapid.seed").Value.String() == "0" {
		setFlag(t, "rapid.seed", "1")
	}
	if given := flag.Lookup("rapid.checks"); given.Value.String() == given.DefValue {
		setFlag(t, "rapid.checks", strconv.Itoa(n))
	}
	if given := flag.Lookup("rapid.nofailfile"); given.Value.String() == given.DefValue {
		setFlag(t, "rapid.nofailfile", "true")
	}
	t.Parallel() // the flags are set
	provider := tf.NewProvider(providertest.Hasty)
	for name, theme := range themes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { play(t, provider, theme) })
		})
	}
}

// setFlag sets a flag of rapid, which has no other way, before the first history.
func setFlag(t *testing.T, name, value string) {
	t.Helper()
	if err := flag.Set(name, value); err != nil {
		t.Fatal(err)
	}
}

// A player plays one history.
type player struct {
	*rapid.T
	providertest.Rig
	theme
	facts
}

func play(t *rapid.T, provider *tf.Provider, theme theme) {
	fake := altegiotest.NewServer()
	defer fake.Close()
	block := providertest.HarnessBlock(fake)
	p := &player{T: t, Rig: providertest.Rig{Workspace: tf.New(provider, block), Fake: fake}, theme: theme, facts: newFacts()}
	if rapid.Bool().Draw(t, "old Terraform") {
		p.Release = tf.V1_11
	}
	for range drawn(p, "resources", 1, 2, 3) {
		p.edit()
	}
	p.command(true)
	for range drawn(p, "steps", 1, 2, 3, 4, 5) {
		p.Config.Moved = slices.DeleteFunc(p.Config.Moved, func(m tf.Moved) bool { return p.Object(m.From) == nil })
		p.Config.Imports = slices.DeleteFunc(p.Config.Imports, func(i tf.Import) bool { return p.Object(i.To) != nil })
		for range drawn(p, "edits", 1, 2, 0) {
			p.edit()
		}
		p.outside()
		p.command(false)
	}
}

func (p *player) fail(format string, args ...any) {
	p.Helper()
	p.Fatalf("%s\n\n%s", fmt.Sprintf(format, args...), p.History())
}

// drawn returns one of the values.
func drawn[V any](p *player, name string, values ...V) V {
	return rapid.SampledFrom(values).Draw(p.T, name)
}

// edit changes the configuration, unless the result would not be allowed.
func (p *player) edit() {
	before, moved, imports := slices.Clone(p.Config.Resources), p.Config.Moved, p.Config.Imports
	for i := range before {
		before[i].Attrs = maps.Clone(before[i].Attrs)
	}
	edits := map[string]func(){"add": p.add, "drop": p.drop, "alter": p.alter, "rename": p.rename, "lifecycle": p.toggle, "import": p.imports, "double": p.double}
	edits[drawn(p, "edit", "add", "add", "drop", "alter", "alter", "rename", "rename", "lifecycle", "import", "double")]()
	if !p.allowed() {
		p.Config.Resources, p.Config.Moved, p.Config.Imports = before, moved, imports
	}
}

// allowed reports whether the configuration contains only what the theme allows.
func (p *player) allowed() bool {
	seen, owners, fleets := map[string]bool{}, map[string]string{}, 0
	for _, r := range p.Config.Resources {
		if seen[r.Addr] {
			return false
		}
		seen[r.Addr] = true
		if providertest.TypeName(r.Addr) == "altegio_application_channels" {
			fleets++
		}
		for key := range declaredBy([]tf.Resource{r}) {
			if owners[key] != "" && p.calm {
				return false
			}
			owners[key] = r.Addr
		}
	}
	for _, r := range p.Config.Resources {
		for _, name := range r.IgnoreChanges {
			if name, _, _ = strings.Cut(name, "["); providertest.TypeName(r.Addr) == "altegio_application_channels" && r.Attrs[name] == nil {
				return false // every plan refuses it
			}
		}
	}
	for _, moved := range p.Config.Moved {
		if seen[moved.From] || !seen[moved.To] {
			return false
		}
	}
	for _, i := range p.Config.Imports {
		if !seen[i.To] {
			return false
		}
	}
	for _, addr := range p.Addresses() {
		to := addr
		for _, moved := range p.Config.Moved {
			if moved.From == addr {
				to = moved.To
			}
		}
		if providertest.TypeName(addr) == "altegio_application_channels" && !seen[to] {
			fleets++
		}
		for key := range p.managedAt(addr) {
			owner := owners[key]
			if owner != "" && owner != to && p.managedAt(owner)[key] == nil && p.calm {
				return false // it would move
			}
		}
	}
	return fleets <= 1 || !p.calm
}

// places are the locations and applications of resources: few, so that resources meet.
var (
	placeIDs = []int{1001, 1002, 1003, 1004}
	names    = []string{"a", "b", `k["x"]`, `k["y"]`}
	hookURLs = []string{"https://bot.example/a", "https://bot.example/b"}
)

func (p *player) add() {
	name := drawn(p, "name", names...)
	place := drawn(p, "place", placeIDs...)
	var r tf.Resource
	switch drawn(p, "kind", p.kinds...) {
	case "channel":
		r = channelRes(name, place, 456, drawn(p, "value", true, true, false))
	case "fleet":
		r = fleetRes(name, nil)
		p.fill(&r)
	case "discount":
		r = tf.Resource{Addr: "altegio_application_discount." + name, Attrs: tf.Attrs{
			"application_id": 456, "location_ids": p.ids(), "discount": drawn(p, "discount", 10, 20),
			"reset_on_destroy": drawn(p, "reset", false, true),
		}}
	case "names":
		r = namesRes(name, min(place, 1003), drawn(p, "names", "One", "Two"))
	case "hooks":
		r = webhooksRes(name, place, []string{drawn(p, "url", hookURLs...)}, []string{drawn(p, "event", "record", "client")})
	}
	p.Config.Resources = append(p.Config.Resources, r)
}

func (p *player) ids() []any {
	var ids []any
	for _, id := range placeIDs {
		if rapid.Bool().Draw(p.T, "in") {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return []any{1001}
	}
	return ids
}

func (p *player) fill(r *tf.Resource) {
	delete(r.Attrs, "available_at")
	delete(r.Attrs, "availability")
	if rapid.Bool().Draw(p.T, "ids") {
		r.Attrs["available_at"] = p.ids()
		return
	}
	values := map[string]any{}
	for _, id := range p.ids() {
		values[fmt.Sprint(id)] = drawn(p, "value", true, true, false)
	}
	r.Attrs["availability"] = values
}

// pick chooses a resource, or nil if there is none.
func (p *player) pick() *tf.Resource {
	if len(p.Config.Resources) == 0 {
		return nil
	}
	return &p.Config.Resources[rapid.IntRange(0, len(p.Config.Resources)-1).Draw(p.T, "which")]
}

func (p *player) drop() {
	if r := p.pick(); r != nil {
		addr := r.Addr
		p.Config.Resources = slices.DeleteFunc(slices.Clone(p.Config.Resources), func(r tf.Resource) bool { return r.Addr == addr })
	}
}

// alter changes what a resource declares.
func (p *player) alter() {
	r := p.pick()
	if r == nil {
		return
	}
	r.Attrs = maps.Clone(r.Attrs)
	switch providertest.TypeName(r.Addr) {
	case "altegio_application_channel":
		r.Attrs["is_available"] = r.Attrs["is_available"] == false
	case "altegio_application_channels":
		p.fill(r)
	case "altegio_application_discount":
		r.Attrs["location_ids"], r.Attrs["discount"] = p.ids(), drawn(p, "discount", 10, 20)
	case "altegio_sms_sender_names":
		r.Attrs["names"] = []string{drawn(p, "names", "One", "Two")}
	case "altegio_location_webhooks":
		r.Attrs["events"] = []string{drawn(p, "event", "record", "client")}
	}
}

// rename gives a resource another name, with a moved block or without.
func (p *player) rename() {
	r := p.pick()
	if r == nil {
		return
	}
	from, to := r.Addr, providertest.TypeName(r.Addr)+"."+drawn(p, "name", names...)
	moved := rapid.Bool().Draw(p.T, "moved") || p.calm
	for _, other := range p.Config.Resources {
		if other.Addr == to {
			return
		}
	}
	if r.Addr = to; moved && p.Object(to) == nil && len(p.Config.Moved) == 0 {
		p.Config.Moved = []tf.Moved{{From: from, To: to}}
	}
}

// double declares the same again under another name.
func (p *player) double() {
	if r := p.pick(); r != nil && !p.calm {
		again := tf.Resource{Addr: providertest.TypeName(r.Addr) + "." + drawn(p, "name", names...), Attrs: maps.Clone(r.Attrs)}
		p.Config.Resources = append(p.Config.Resources, again)
	}
}

// toggle changes the lifecycle of a resource.
func (p *player) toggle() {
	r := p.pick()
	if r == nil {
		return
	}
	if !p.calm && rapid.Bool().Draw(p.T, "ignore") {
		if r.IgnoreChanges == nil {
			r.IgnoreChanges = []string{ignoredOf(r)}
		} else {
			r.IgnoreChanges = nil
		}
		return
	}
	r.CreateBeforeDestroy = !r.CreateBeforeDestroy
}

// imports adds an import block for a new resource that already exists, with a value that somebody else has
// set.
func (p *player) imports() {
	p.add()
	r := &p.Config.Resources[len(p.Config.Resources)-1]
	ids := map[string]string{
		"altegio_application_channel": fmt.Sprintf("%v/456/sms", r.Attrs["location_id"]), "altegio_application_channels": "456/sms",
		"altegio_application_discount": "456", "altegio_location_webhooks": fmt.Sprint(r.Attrs["location_id"]),
	}
	id := ids[providertest.TypeName(r.Addr)]
	if id == "" || p.Object(r.Addr) != nil {
		return
	}
	if providertest.TypeName(r.Addr) == "altegio_location_webhooks" {
		return // what isn't there can't be imported, and what is there is of others
	}
	p.Config.Imports = append(slices.Clone(p.Config.Imports), tf.Import{To: r.Addr, ID: id})
	if !p.calm && rapid.Bool().Draw(p.T, "ignore") {
		r.IgnoreChanges = []string{ignoredOf(r)}
	}
}

// ignoredOf returns the names in ignore_changes.
func ignoredOf(r *tf.Resource) string {
	if r.Attrs["available_at"] != nil {
		return "available_at"
	}
	return map[string]string{
		"altegio_application_channel": "is_available", "altegio_application_channels": `availability["1001"]`,
		"altegio_application_discount": "discount", "altegio_sms_sender_names": "names", "altegio_location_webhooks": "events",
	}[providertest.TypeName(r.Addr)]
}

// outside makes a change as the owner of a location.
func (p *player) outside() {
	if p.calm || drawn(p, "quiet", true, true, true, false) {
		return
	}
	place := int64(drawn(p, "place", placeIDs...))
	p.Fake.Install(place, 456, altegiotest.StatusActive)
	p.Note("the owner of location %d connects application 456 anew", place)
	p.changedOutside(fmt.Sprintf("channel %d", place))
	p.changedOutside(fmt.Sprintf("discount %d", place))
}

// command runs one, and checks what must hold after it. A first one is an apply.
func (p *player) command(first bool) {
	run := tf.Run{Parallelism: 1, Valid: true, Seed: drawn[uint64](p, "seed", 0, 1, 2, 3, 4, 5)}
	run.NoRefresh = !first && !drawn(p, "refresh", true, true, true, false)
	objects := slices.DeleteFunc(p.Addresses(), func(addr string) bool { return p.Object(addr) == nil })
	if len(objects) > 0 && !p.calm {
		switch one := drawn(p, "object", objects...); drawn(p, "replace", 0, 0, 0, 0, 1, 2, 3) {
		case 1:
			run.Replace = []string{one}
		case 2:
			p.Taint(one)
			p.tainted = true
		case 3:
			run.Target = []string{one}
		}
	}
	p.Fake.ClearFaults()
	p.Fake.ResetJournal()
	before := p.now()
	if !first && !drawn(p, "apply", true, true, true, false) {
		plan := p.Plan(run)
		p.noWrites("a plan")
		p.check(before, nil, plan, run)
		return
	}
	trouble := p.trouble(&run)
	result := p.Apply(run)
	p.check(before, result, result.Plan, run)
	p.Fake.ClearFaults()
	if result.Err() == nil && len(run.Target) == 0 && !trouble {
		p.settles(run)
	}
}

func (p *player) noWrites(what string) {
	p.Helper()
	if writes := p.Written(); len(writes) > 0 {
		p.fail("%s sends %v", what, writes)
	}
}

// trouble makes a write of the next command fail, and reports whether it did.
func (p *player) trouble(run *tf.Run) bool {
	if p.calm {
		return false
	}
	kind := drawn(p, "trouble", "none", "none", "lost", "dropped", "refused", "429", "interrupt", "die")
	fault := altegiotest.Fault{Skip: drawn(p, "after", 0, 1, 2), Times: 1}
	fault.Match = func(r *http.Request, _ []byte) bool { return r.Method != http.MethodGet }
	switch kind {
	case "none":
		return false
	case "lost":
		fault.AfterEffect, fault.Drop = true, true
	case "dropped":
		fault.Drop = true
	case "refused":
		fault.Status = http.StatusUnprocessableEntity
	case "429":
		fault.Status = http.StatusTooManyRequests
	case "interrupt", "die":
		ends := p.endsAt(fault.Skip, &fault)
		if run.Interrupt = ends; kind == "die" {
			run.Interrupt, run.Die, run.Lose = nil, ends, drawn(p, "lose", true, false)
		}
	}
	p.Note("write %d of the next command: %s", fault.Skip+1, kind)
	p.Fake.Fail(fault)
	return true
}

// endsAt ends a command during a write, which has its effect. Later requests have none.
func (p *player) endsAt(skip int, fault *altegiotest.Fault) <-chan struct{} {
	ends, writes := make(chan struct{}), 0
	fault.Skip, fault.Times, fault.AfterEffect, fault.Drop = 0, 0, true, true
	fault.Match = func(r *http.Request, _ []byte) bool {
		if r.Method == http.MethodGet {
			return false
		}
		if writes++; writes == skip+1 {
			close(ends)
			return true
		}
		return false
	}
	p.Fake.Fail(altegiotest.Fault{Drop: true, Match: func(*http.Request, []byte) bool {
		select {
		case <-ends:
			return true
		default:
			return false
		}
	}})
	return ends
}

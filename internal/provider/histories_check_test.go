// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// keyed has values by the key of what a resource manages, such as "channel 1001". The values of a key come
// from all resources that have it; "" is an unknown value.
type keyed map[string][]string

func (k keyed) add(key, value string) {
	if !slices.Contains(k[key], value) {
		k[key] = append(k[key], value)
	}
}

func (k keyed) all(more keyed) {
	for key, values := range more {
		for _, value := range values {
			k.add(key, value)
		}
	}
}

// declaredBy is what a configuration declares.
func declaredBy(resources []tf.Resource) keyed {
	found := keyed{}
	for _, r := range resources {
		valuesOf(found, providertest.TypeName(r.Addr), plainAttrs(r.Attrs))
	}
	return found
}

// plannedBy is what a resource is planned to be: what it declares, except what ignores its changes, which
// stays as it was before.
func (p *player) plannedBy(before moment, r tf.Resource, run tf.Run) keyed {
	declared := declaredBy([]tf.Resource{r})
	imported := slices.ContainsFunc(p.Config.Imports, func(i tf.Import) bool { return i.To == r.Addr })
	was, there := before.at[r.Addr]
	var from []string
	for _, m := range p.Config.Moved {
		if m.To == r.Addr && !there {
			was, there = before.at[m.From]
			from = append(from, m.From)
		}
	}
	if len(r.IgnoreChanges) == 0 || slices.Contains(run.Replace, r.Addr) || !there && !imported {
		return declared
	}
	if _, key, one := strings.Cut(r.IgnoreChanges[0], "["); one {
		key = "channel " + strings.Trim(key, `"]`)
		delete(declared, key)
		if was[key] != nil {
			declared[key] = was[key]
		}
		return declared
	}
	if there && r.Attrs["available_at"] != nil {
		return was
	}
	kept := []string{""} // what the resource has everywhere
	for _, values := range was {
		kept = values
	}
	for _, addr := range append([]string{r.Addr}, from...) {
		if discount := before.discounts[addr]; discount != "" { // the last intention, even if it was refused
			kept = []string{discount}
		}
	}
	for key := range declared {
		if declared[key] = kept; p.unsure[key] != "" { // a refresh may have found that it is not known
			declared[key] = []string{""}
		}
	}
	return declared
}

// knownOf returns the known values.
func knownOf(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(value string) bool { return value == "" })
}

// plainAttrs are arguments as they are in a state.
func plainAttrs(attrs tf.Attrs) map[string]any {
	var plain map[string]any
	encoded, err := json.Marshal(attrs)
	if err == nil {
		err = json.Unmarshal(encoded, &plain)
	}
	if err != nil {
		panic(err)
	}
	return plain
}

// valuesOf adds the values that a resource declares.
func valuesOf(found keyed, typ string, attrs map[string]any) {
	text := func(v any) string {
		if v == nil {
			return ""
		}
		return fmt.Sprint(v)
	}
	list := func(v any) []any {
		items, _ := v.([]any)
		return items
	}
	joined := func(v any) string {
		var items []string
		for _, item := range list(v) {
			items = append(items, fmt.Sprint(item))
		}
		slices.Sort(items)
		return strings.Join(items, ",")
	}
	switch typ {
	case "altegio_application_channel":
		found.add("channel "+text(attrs["location_id"]), text(attrs["is_available"]))
	case "altegio_application_channels":
		if values, ok := attrs["availability"].(map[string]any); ok {
			for place, value := range values {
				found.add("channel "+place, text(value))
			}
			return
		}
		for _, place := range list(attrs["available_at"]) {
			found.add("channel "+text(place), "true")
		}
	case "altegio_application_discount":
		if values, ok := attrs["discounts"].(map[string]any); ok {
			for place, value := range values {
				found.add("discount "+place, text(value))
			}
			return
		}
		for _, place := range list(attrs["location_ids"]) {
			found.add("discount "+text(place), text(attrs["discount"]))
		}
	case "altegio_sms_sender_names":
		found.add("names "+text(attrs["location_id"]), joined(attrs["names"]))
	case "altegio_location_webhooks":
		for _, url := range list(attrs["urls"]) {
			value := joined(attrs["events"])
			if attrs["active"] == false {
				value = "" // nothing is sent, whatever the events are
			}
			found.add("hooks "+text(attrs["location_id"])+" "+text(url), value)
		}
	}
}

// managed returns the values in the state, including deposed objects.
func (p *player) managed() keyed {
	found := keyed{}
	for _, addr := range p.Addresses() {
		for key, values := range p.managedAt(addr) {
			for _, value := range values {
				found.add(key, value)
			}
		}
	}
	return found
}

func (p *player) managedAt(addr string) keyed {
	found := keyed{}
	for _, o := range append(p.Deposed(addr), p.Object(addr)) {
		if o != nil {
			attrs, _ := tf.Go(o.Value).(map[string]any)
			valuesOf(found, providertest.TypeName(addr), attrs)
		}
	}
	return found
}

// holdsAt returns the value of a key at Altegio; "" for none.
func (p *player) holdsAt(key string) string {
	var place int64
	var url string
	kind, rest, _ := strings.Cut(key, " ")
	_, _ = fmt.Sscan(rest, &place, &url)
	switch kind {
	case "channel":
		value, wasSet := p.Fake.Channel(place, 456, "sms")
		if !wasSet {
			return "false" // whoever never set it has nothing to turn off
		}
		return fmt.Sprint(value)
	case "discount":
		value, _ := p.Fake.Discount(place, 456)
		return value
	case "names":
		names := slices.Clone(p.Fake.SenderNames(place, 457))
		slices.Sort(names)
		return strings.Join(names, ",")
	}
	for _, hook := range p.Fake.Webhooks(place) {
		if hook.URL == url && hook.Active {
			var on []string
			for flag, set := range hook.Flags {
				if set {
					on = append(on, flag)
				}
			}
			slices.Sort(on)
			return strings.Join(on, ",")
		}
	}
	return ""
}

// A write is what a request sets.
type write struct {
	key, value string
	refused    bool
}

func (p *player) writes() []write {
	var writes []write
	for _, r := range p.Fake.Requests() {
		if r.Method == http.MethodGet {
			continue
		}
		refused := r.StatusCode >= 400
		if r.Operation == altegiotest.OpHooksSet {
			for key, value := range hooksIn(r) {
				writes = append(writes, write{key, value, refused})
			}
			continue
		}
		var body struct {
			Place     json.Number   `json:"salon_id"`
			Places    []json.Number `json:"salon_ids"`
			Available bool          `json:"is_available"`
			Discount  json.Number   `json:"discount"`
			Names     []string      `json:"short_names"`
		}
		if json.Unmarshal(r.Body, &body) != nil {
			continue
		}
		switch r.Operation {
		case altegiotest.OpUpdateChannel:
			writes = append(writes, write{"channel " + body.Place.String(), fmt.Sprint(body.Available), refused})
		case altegiotest.OpAddDiscount:
			for _, place := range body.Places {
				writes = append(writes, write{"discount " + place.String(), body.Discount.String(), refused})
			}
		case altegiotest.OpShortNames:
			slices.Sort(body.Names)
			writes = append(writes, write{"names " + body.Place.String(), strings.Join(body.Names, ","), refused})
		}
	}
	return writes
}

// hooksIn returns the settings of each URL after a request, which replaces all URLs of a location.
func hooksIn(r altegiotest.Request) map[string]string {
	var body map[string]any
	if json.Unmarshal(r.Body, &body) != nil {
		return nil
	}
	var on []string
	for flag, set := range body {
		if set == 1.0 && flag != "active" {
			on = append(on, flag)
		}
	}
	slices.Sort(on)
	sent, _ := body["urls"].([]any)
	values := map[string]string{}
	for _, key := range hookKeys(path.Base(r.Path)) {
		values[key] = ""
		if body["active"] == 1.0 && slices.ContainsFunc(sent, func(url any) bool { return strings.HasSuffix(key, fmt.Sprint(" ", url)) }) {
			values[key] = strings.Join(on, ",")
		}
	}
	return values
}

// hookKeys are the keys of all webhooks that a location may have.
func hookKeys(place string) []string {
	var keys []string
	for _, url := range hookURLs {
		keys = append(keys, "hooks "+place+" "+url)
	}
	return keys
}

// facts are what a history has to remember for its checks.
type facts struct {
	unsure  map[string]string         // why what is held under a key can't be known to Terraform
	given   map[string]map[string]int // how often a discount was sent since it is declared, by key and number
	tainted bool                      // whether an object was tainted, which has it sent again
	rivals  map[string]bool           // what two objects had at once
}

func newFacts() facts {
	return facts{unsure: map[string]string{}, given: map[string]map[string]int{}, rivals: map[string]bool{}}
}

// The reasons. A fleet refreshes from the listing, which doesn't tell a new installation from an old one,
// and -target hides from the provider what else has a matter. What is lost is what the plan has warned of:
// Terraform asks for the plan of a destroy before that of what has the same, and has no way to tell the
// destroy later.
const (
	reinstalled = "connected anew"
	dead        = "written by a process that died"
	hidden      = "written where -target hides who has it, or no refresh shows what is tainted"
	lost        = "taken away, as the plan has warned"
	disputed    = "declared with two values, as the plan has warned, or left with two where one of them was refused"
	unheard     = "replaced with -replace although its changes are ignored"
	untold      = "connected anew, which was noticed after the plan of its resource was made, as a warning says"
)

// warnedOf reports whether a warning with this summary lists a key.
func warnedOf(plan *tf.Plan, summary, key string) bool {
	kind, place, _ := strings.Cut(key, " ")
	place, _, _ = strings.Cut(place, " ")
	starts := map[string]string{"channel": " - channel ", "discount": " - discount ", "names": " - sender names ", "hooks": " - webhook "}
	for _, d := range plan.Diagnostics.Warnings() {
		for line := range strings.Lines(d.Detail) {
			if d.Summary == summary && strings.HasPrefix(line, starts[kind]) && strings.Contains(line, place) {
				return true
			}
		}
	}
	return false
}

const (
	movesWarning = "Resources move without a moved block"
	losesWarning = "Destroying takes away what another resource declares"

	contradictsWarning = "Resources contradict each other"
	untoldWarning      = "Application was reinstalled after the plan was made"
)

func (f *facts) changedOutside(key string) { f.unsure[key] = reinstalled }

// A moment is the situation before a command.
type moment struct {
	managed keyed
	at      map[string]keyed // what is not tainted, by address
	singles map[string]bool  // what channels of their own have
	held    map[string]string
	// discounts are the discount arguments in the state, by address.
	discounts map[string]string
	tainted   map[string][]string // the addresses of tainted objects, by what they have
}

// isReplacedIgnoring reports whether a key is of a resource that -replace names and whose changes are ignored.
// Only the second plan of a replacement sees what the configuration says, and Terraform shows no warning of
// that.
func (p *player) isReplacedIgnoring(run tf.Run, key string) bool {
	return slices.ContainsFunc(p.Config.Resources, func(r tf.Resource) bool {
		return len(r.IgnoreChanges) > 0 && slices.Contains(run.Replace, r.Addr) && declaredBy([]tf.Resource{r})[key] != nil
	})
}

// goesToNew reports whether a tainted object has a key that its replacement does not declare, but only
// resources that are created. Nobody tells the provider which creation replaces a tainted object.
func (p *player) goesToNew(before moment, key string) bool {
	return !slices.ContainsFunc(p.Config.Resources, func(r tf.Resource) bool {
		old := before.at[r.Addr] != nil || slices.Contains(before.tainted[key], r.Addr)
		return old && declaredBy([]tf.Resource{r})[key] != nil
	})
}

func (p *player) now() moment {
	m := moment{
		managed: p.managed(), at: map[string]keyed{}, singles: map[string]bool{}, held: map[string]string{},
		discounts: map[string]string{}, tainted: map[string][]string{},
	}
	for _, addr := range p.Addresses() {
		if providertest.TypeName(addr) == "altegio_application_channel" {
			for key := range p.managedAt(addr) {
				m.singles[key] = true
			}
		}
		if o := p.Object(addr); o != nil && !o.Tainted {
			m.at[addr] = keyed{}
			attrs, _ := tf.Go(o.Value).(map[string]any)
			valuesOf(m.at[addr], providertest.TypeName(addr), attrs)
			if discount := attrs["discount"]; discount != nil {
				m.discounts[addr] = fmt.Sprint(discount)
			}
		}
		if o := p.Object(addr); o != nil && o.Tainted {
			for key := range p.managedAt(addr) {
				m.tainted[key] = append(m.tainted[key], addr)
			}
		}
	}
	for key := range m.managed {
		m.held[key] = p.holdsAt(key)
	}
	for _, place := range placeIDs {
		for _, key := range hookKeys(fmt.Sprint(place)) {
			m.held[key] = p.holdsAt(key)
		}
	}
	return m
}

// check checks the invariants after every command.
func (p *player) check(before moment, result *tf.Result, plan *tf.Plan, run tf.Run) {
	p.Helper()
	said := plan.Diagnostics
	if result != nil {
		said = result.Diagnostics
	}
	for _, d := range said {
		if strings.HasPrefix(d.Summary, "Provider ") || strings.HasPrefix(d.Summary, "Plugin ") {
			p.fail("Terraform finds fault: %v", d)
		}
	}
	shown := func(addr string) bool { return len(run.Target) == 0 || slices.Contains(run.Target, addr) }
	declared := keyed{}
	for _, r := range p.Config.Resources {
		if shown(r.Addr) {
			declared.all(p.plannedBy(before, r, run))
		}
	}
	owners := map[string]int{}
	for _, addr := range p.Addresses() {
		for key := range p.managedAt(addr) {
			owners[key]++
			p.rivals[key] = p.rivals[key] || owners[key] > 1
		}
		if shown(addr) {
			continue
		}
		others := p.managedAt(addr)
		for _, w := range p.writes() {
			given := strings.HasPrefix(w.key, "discount") // once more
			if values := others[w.key]; values != nil && (given || !slices.Contains(values, w.value)) {
				p.unsure[w.key] = hidden
			}
		}
	}
	for _, w := range p.writes() {
		unseen := before.tainted[w.key] != nil && (run.NoRefresh || p.goesToNew(before, w.key))
		if unseen && !slices.Contains(declared[w.key], w.value) {
			p.unsure[w.key] = hidden
		}
	}
	for key := range before.managed {
		if warnedOf(plan, untoldWarning, key) {
			p.unsure[key] = untold
		}
	}
	warned := strings.Contains(plan.Diagnostics.Warnings().String(), "moved")
	for _, w := range p.writes() {
		switch {
		case warnedOf(plan, losesWarning, w.key):
			p.unsure[w.key] = lost
		case p.isReplacedIgnoring(run, w.key):
			p.unsure[w.key] = unheard
		case len(knownOf(declared[w.key])) > 1 && !warnedOf(plan, contradictsWarning, w.key):
			p.fail("%s is declared to be %v, without a warning of it", w.key, declared[w.key])
		case len(knownOf(declared[w.key])) > 1:
			p.unsure[w.key] = disputed
		}
	}
	for _, w := range p.writes() {
		kept := strings.HasPrefix(w.key, "hooks") && w.value == before.held[w.key] // what others have is sent with the rest
		if declared[w.key] == nil && before.managed[w.key] == nil && !kept {
			p.fail("(6) %s = %s is sent, and nobody manages it", w.key, w.value)
		}
		is, was := declared[w.key], before.managed[w.key]
		if len(is) == 1 && slices.Equal(is, was) && before.held[w.key] == is[0] && p.unsure[w.key] == "" && w.value != is[0] && !warnedOf(plan, movesWarning, w.key) {
			p.fail("(4) %s stays %s and is sent %s, without a warning of it:\n%v", w.key, is[0], w.value, plan.Diagnostics)
		}
	}
	// Nobody shows the provider a tainted object that is replaced without a refresh.
	p.counts(declared, warned || len(run.Replace) > 0 || p.tainted || run.NoRefresh && len(before.tainted) > 0, result)
	if p.Fake.Count(altegiotest.OpUninstall) > 0 {
		p.fail("(7) something is uninstalled")
	}
	if result != nil && result.Died {
		for _, w := range p.writes() {
			p.unsure[w.key] = dead
		}
	}
	whole := result != nil && result.Err() == nil && len(run.Target) == 0
	if whole {
		p.applied(before, declared, run)
	}
	for key, values := range p.managed() {
		if said.HasErrors() && (len(values) > 1 || p.rivals[key]) {
			p.unsure[key] = disputed
		}
	}
	p.compares(said.HasErrors())
}

// compares checks that the state says what Altegio holds. Where an apply failed to take away what another
// resource has, too, the state keeps it as it was: it is still to be taken away, and what the other sends
// meanwhile can't be told to a resource that is done.
func (p *player) compares(failed bool) {
	p.Helper()
	managed := p.managed()
	for _, addr := range p.Addresses() {
		declared := keyed{}
		for _, r := range p.Config.Resources {
			if r.Addr == addr {
				declared = declaredBy([]tf.Resource{r})
			}
		}
		for key, values := range p.managedAt(addr) {
			if strings.HasPrefix(key, "hooks") && failed {
				continue // the next refresh reads them
			}
			if declared[key] == nil && p.rivals[key] {
				continue
			}
			if held := p.holdsAt(key); len(managed[key]) == 1 && values[0] != "" && values[0] != held && p.unsure[key] == "" {
				p.fail("(2) the state says %s = %s, Altegio holds %q", key, values[0], held)
			}
		}
	}
}

// applied checks the invariants after a complete apply that succeeded.
func (p *player) applied(before moment, declared keyed, run tf.Run) {
	p.Helper()
	ignored := map[string]bool{}
	for _, r := range p.Config.Resources {
		if len(r.IgnoreChanges) > 0 {
			for key := range declaredBy([]tf.Resource{r}) {
				ignored[key] = true
			}
		}
	}
	for _, w := range p.writes() {
		values := declared[w.key]
		if held := p.holdsAt(w.key); held == w.value && !ignored[w.key] && (values == nil || slices.Equal(values, []string{w.value})) {
			delete(p.unsure, w.key)
		}
	}
	unknowable := func(key string) bool {
		asked := before.singles[key] && !run.NoRefresh // whether the provider asks for the installation
		return p.unsure[key] != "" && (p.unsure[key] != reinstalled || !asked)
	}
	for key, values := range declared {
		if held := p.holdsAt(key); len(values) == 1 && values[0] != "" && !ignored[key] && held != values[0] && !unknowable(key) {
			p.fail("(1) %s = %s is declared and applied, and Altegio holds %q", key, values[0], held)
		}
	}
	for key := range before.managed {
		if held := p.holdsAt(key); strings.HasPrefix(key, "channel") && declared[key] == nil && held == "true" && !unknowable(key) {
			p.fail("(1) %s is destroyed, and Altegio holds %s", key, held)
		}
	}
}

// counts checks how often a discount is sent.
func (p *player) counts(declared keyed, allowed bool, result *tf.Result) {
	p.Helper()
	for key, given := range p.given {
		for value := range given {
			if !slices.Contains(declared[key], value) && result != nil {
				delete(given, value)
			}
		}
	}
	for _, w := range p.writes() {
		if !strings.HasPrefix(w.key, "discount") || w.refused {
			continue
		}
		if w.value == "0" { // what is given after that is another
			delete(p.given, w.key)
			continue
		}
		if p.given[w.key] == nil {
			p.given[w.key] = map[string]int{}
		}
		if p.given[w.key][w.value]++; p.given[w.key][w.value] > 1 && p.unsure[w.key] == "" && !allowed {
			p.fail("(5) %s = %s is sent again", w.key, w.value)
		}
	}
}

// settles checks that nothing is left to do after an apply of everything that succeeded.
func (p *player) settles(run tf.Run) {
	p.Helper()
	for key, values := range declaredBy(p.Config.Resources) {
		if len(values) > 1 || p.unsure[key] != "" {
			return
		}
	}
	p.Fake.ResetJournal()
	plan := p.Plan(tf.Run{NoRefresh: run.NoRefresh, Valid: true, Seed: run.Seed, Parallelism: 1})
	if err := plan.Err(); err != nil {
		p.fail("(3) the plan after an apply fails: %v", err)
	}
	if actions := plan.Actions(); len(actions) > 0 {
		p.fail("(3) the plan after an apply is not empty: %v", actions)
	}
	p.noWrites("a plan")
}

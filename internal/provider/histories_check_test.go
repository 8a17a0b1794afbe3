// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// What resources are about has a key, such as "channel 1001", and a value as text. The values of a key
// are all that somebody gives it; "" is one that is not known.
type keyed map[string][]string

func (k keyed) add(key, value string) {
	if !slices.Contains(k[key], value) {
		k[key] = append(k[key], value)
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
		unsettled, _ := attrs["unsettled"].(map[string]any)
		for _, place := range list(attrs["location_ids"]) {
			value := attrs["discount"]
			if other, ok := unsettled[text(place)]; ok {
				value = other
			}
			found.add("discount "+text(place), text(value))
		}
		for place, value := range unsettled {
			if !slices.ContainsFunc(list(attrs["location_ids"]), func(v any) bool { return text(v) == place }) {
				found.add("discount "+place, text(value))
			}
		}
	case "altegio_sms_sender_names":
		found.add("names "+text(attrs["location_id"]), joined(attrs["names"]))
	case "altegio_location_webhooks":
		for _, url := range list(attrs["urls"]) {
			found.add("hooks "+text(attrs["location_id"])+" "+text(url), joined(attrs["events"]))
		}
	}
}

// managed is what the state says, deposed objects included.
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

// holdsAt is what Altegio holds under a key; "" for nothing.
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
		var body struct {
			Place     json.Number   `json:"salon_id"`
			Places    []json.Number `json:"salon_ids"`
			Available bool          `json:"is_available"`
			Discount  json.Number   `json:"discount"`
			Names     []string      `json:"short_names"`
		}
		if r.Method == http.MethodGet || json.Unmarshal(r.Body, &body) != nil {
			continue
		}
		refused := r.StatusCode >= 400
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

// facts are what a history has to remember.
type facts struct {
	unsure  map[string]string         // why what is held under a key can't be known to Terraform
	given   map[string]map[string]int // how often a discount was sent since it is declared, by key and number
	tainted bool                      // whether an object was tainted, which has it sent again
}

func newFacts() facts {
	return facts{unsure: map[string]string{}, given: map[string]map[string]int{}}
}

const reinstalled, dead = "connected anew", "written by a process that died"

func (f *facts) changedOutside(key string) { f.unsure[key] = reinstalled }

// A moment is how things were before a command.
type moment struct {
	managed keyed
	held    map[string]string
	tainted bool // whether any object is
}

func (p *player) now() moment {
	m := moment{managed: p.managed(), held: map[string]string{}}
	for _, addr := range p.Addresses() {
		m.tainted = m.tainted || p.Object(addr) != nil && p.Object(addr).Tainted
	}
	for key := range m.managed {
		m.held[key] = p.holdsAt(key)
	}
	return m
}

// check checks what holds after every command.
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
	declared := declaredBy(p.Config.Resources)
	warned := strings.Contains(plan.Diagnostics.Warnings().String(), "moved")
	for _, w := range p.writes() {
		if declared[w.key] == nil && before.managed[w.key] == nil {
			p.fail("(6) %s = %s is sent, and nobody manages it", w.key, w.value)
		}
		is, was := declared[w.key], before.managed[w.key]
		if len(is) == 1 && slices.Equal(is, was) && before.held[w.key] == is[0] && p.unsure[w.key] == "" && w.value != is[0] && !warned {
			p.fail("(4) %s stays %s and is sent %s, without a warning of it:\n%v", w.key, is[0], w.value, plan.Diagnostics)
		}
	}
	// Nobody shows the provider a tainted object that is replaced without a refresh.
	p.counts(declared, warned || len(run.Replace) > 0 || p.tainted || run.NoRefresh && before.tainted, result)
	if p.Fake.Count(altegiotest.OpUninstall) > 0 {
		p.fail("(7) something is uninstalled")
	}
	if result != nil && result.Died {
		for _, w := range p.writes() {
			p.unsure[w.key] = dead
		}
		for _, key := range slices.Collect(maps.Keys(declared)) {
			if strings.HasPrefix(key, "hooks") {
				p.unsure[key] = dead
			}
		}
	}
	whole := result != nil && result.Err() == nil && len(run.Target) == 0
	if whole {
		p.applied(before, declared, run)
	}
	for key, values := range p.managed() {
		if strings.HasPrefix(key, "hooks") && said.HasErrors() {
			continue // the next refresh reads them
		}
		if held := p.holdsAt(key); len(values) == 1 && values[0] != "" && values[0] != held && p.unsure[key] == "" {
			p.fail("(2) the state says %s = %s, Altegio holds %q", key, values[0], held)
		}
	}
}

// applied checks what holds after an apply of everything that succeeds.
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
		if held := p.holdsAt(w.key); held == w.value && !ignored[w.key] {
			delete(p.unsure, w.key)
		}
	}
	unknowable := func(key string) bool {
		why := p.unsure[key]
		return why != "" && (why != reinstalled || run.NoRefresh || strings.HasPrefix(key, "discount"))
	}
	for key, values := range declared {
		if held := p.holdsAt(key); len(values) == 1 && !ignored[key] && held != values[0] && !unknowable(key) {
			p.fail("(1) %s = %s is declared and applied, and Altegio holds %q", key, values[0], held)
		}
	}
	for key := range before.managed {
		if held := p.holdsAt(key); strings.HasPrefix(key, "channel") && declared[key] == nil && held == "true" && !unknowable(key) {
			p.fail("(1) %s is destroyed, and Altegio holds %s", key, held)
		}
	}
}

// counts counts how often a discount is sent.
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
		if !strings.HasPrefix(w.key, "discount") || w.value == "0" || w.refused {
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
	plan := p.Plan(tf.Run{NoRefresh: run.NoRefresh, Seed: run.Seed, Parallelism: 1})
	if err := plan.Err(); err != nil {
		p.fail("(3) the plan after an apply fails: %v", err)
	}
	if actions := plan.Actions(); len(actions) > 0 {
		p.fail("(3) the plan after an apply is not empty: %v", actions)
	}
	p.noWrites("a plan")
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// A specimen is a resource of a type, for the rules that hold for all types.
type specimen struct {
	typ    string
	attrs  tf.Attrs
	change tf.Attrs // what an update in place changes, to values that disagree; nil if nothing can be
	other  tf.Attrs // what makes it a resource about something else
	writes []string // the operations that change something

	id       string   // of an import, "" if there is none
	identity tf.Attrs // the same as an identity
	before   func(*altegiotest.Server)
	unread   []string // the attributes that can't be read

	// held is what Altegio holds that the resource is about.
	held    func(*altegiotest.Server) any
	keeps   bool   // a destroy leaves everything as it is
	money   bool   // is not sent again by itself when it is in doubt
	nothing any    // what is held when a destroy is done
	refused string // what a plan says of a rename without a moved block, where it refuses that
	// warns is the summary of what every plan that sends something warns of.
	warns string
	// forget takes away what a destroy leaves, where nothing can be created while it is there.
	forget func(*altegiotest.Server)
}

func (s specimen) resource(name string, more ...tf.Attrs) tf.Resource {
	attrs := maps.Clone(s.attrs)
	for _, m := range more {
		maps.Copy(attrs, m)
	}
	return tf.Resource{Addr: s.typ + "." + name, Attrs: attrs}
}

// specimens has at least one of each type.
func specimens() map[string]specimen {
	at := func(location, application int, slug string) func(*altegiotest.Server) any {
		return func(fake *altegiotest.Server) any {
			value, _ := fake.Channel(int64(location), int64(application), slug)
			return value
		}
	}
	fleet := func(fake *altegiotest.Server) any {
		one, _ := fake.Channel(1001, 456, "sms")
		two, _ := fake.Channel(1002, 456, "sms")
		return []bool{one, two}
	}
	on := func(fake *altegiotest.Server) {
		fake.SetChannel(1001, 456, "sms", true)
		fake.SetChannel(1002, 456, "sms", true)
	}
	return map[string]specimen{
		"channel": {
			typ:    "altegio_application_channel",
			attrs:  tf.Attrs{"location_id": 1001, "application_id": 456, "channel_slug": "sms", "is_available": true},
			change: tf.Attrs{"is_available": false}, other: tf.Attrs{"location_id": 1002},
			writes: []string{altegiotest.OpUpdateChannel}, id: "1001/456/sms",
			identity: tf.Attrs{"location_id": 1001, "application_id": 456, "channel_slug": "sms"},
			before:   on, unread: []string{"is_available"}, held: at(1001, 456, "sms"), nothing: false,
		},
		"fleet": {
			typ:    "altegio_application_channels",
			attrs:  tf.Attrs{"application_id": 456, "channel_slug": "sms", "availability": map[string]any{"1001": true, "1002": true}},
			change: tf.Attrs{"availability": map[string]any{"1001": false, "1002": true}}, other: tf.Attrs{"channel_slug": "whatsapp"},
			writes: []string{altegiotest.OpUpdateChannel}, id: "456/sms",
			identity: tf.Attrs{"application_id": 456, "channel_slug": "sms"},
			before:   on, unread: []string{"availability"}, held: fleet, nothing: []bool{false, false},
		},
		"fleet of ids": {
			typ:    "altegio_application_channels",
			attrs:  tf.Attrs{"application_id": 456, "channel_slug": "sms", "available_at": []any{1001, 1002}},
			change: tf.Attrs{"available_at": []any{1002}}, other: tf.Attrs{"channel_slug": "whatsapp"},
			writes: []string{altegiotest.OpUpdateChannel}, id: "456/sms",
			identity: tf.Attrs{"application_id": 456, "channel_slug": "sms"},
			before:   on, unread: []string{"availability"}, held: fleet, nothing: []bool{false, false},
		},
		"discount": {
			typ:    "altegio_application_discount",
			attrs:  tf.Attrs{"application_id": 456, "location_ids": []any{1001, 1002}, "discount": 10},
			change: tf.Attrs{"discount": 12.5}, other: tf.Attrs{"application_id": 457},
			writes: []string{altegiotest.OpAddDiscount}, id: "456", identity: tf.Attrs{"application_id": 456},
			unread: []string{"discount"}, keeps: true, money: true,
			held: func(fake *altegiotest.Server) any {
				one, _ := fake.Discount(1001, 456)
				two, _ := fake.Discount(1002, 456)
				return []string{one, two}
			},
		},
		"sender names": {
			typ:    "altegio_sms_sender_names",
			attrs:  tf.Attrs{"location_id": 1001, "application_id": 457, "names": []any{"One", "Two"}},
			change: tf.Attrs{"names": []any{"Two"}}, other: tf.Attrs{"location_id": 1002},
			writes: []string{altegiotest.OpShortNames}, keeps: true,
			held: func(fake *altegiotest.Server) any {
				names := slices.Clone(fake.SenderNames(1001, 457))
				slices.Sort(names)
				return names
			},
		},
		"webhooks": {
			typ:    "altegio_location_webhooks",
			attrs:  tf.Attrs{"location_id": 1001, "urls": []any{"https://bot.example/a"}, "events": []any{"record", "client"}},
			change: tf.Attrs{"events": []any{"client"}}, other: tf.Attrs{"location_id": 1002},
			writes: []string{altegiotest.OpHooksSet}, id: "1001", identity: tf.Attrs{"location_id": 1001},
			before: func(fake *altegiotest.Server) {
				fake.SetWebhooks(1001, []altegiotest.Webhook{{URL: "https://bot.example/a", Active: true, Flags: map[string]bool{"good": true}}})
			},
			held: func(fake *altegiotest.Server) any {
				held := map[string][]string{}
				for _, hook := range fake.Webhooks(1001) {
					for flag, on := range hook.Flags {
						if on && hook.Active {
							held[hook.URL] = append(held[hook.URL], flag)
						}
					}
					slices.Sort(held[hook.URL])
				}
				return held
			},
			nothing: map[string][]string{},
		},
		"installation": {
			typ: "altegio_location_application",
			attrs: tf.Attrs{
				"location_id": 1008, "application_id": 460, "grant_access": true, "allow_uninstall": true,
			},
			other:  tf.Attrs{"location_id": 1009},
			writes: []string{altegiotest.OpGrantAccess, altegiotest.OpCallback, altegiotest.OpUninstall}, id: "1008/460",
			identity: tf.Attrs{"location_id": 1008, "application_id": 460},
			before:   func(fake *altegiotest.Server) { fake.Install(1008, 460, altegiotest.StatusActive) },
			held: func(fake *altegiotest.Server) any {
				_, installed := fake.Status(1008, 460)
				return installed
			},
			nothing: false, refused: "Installation moves without a moved block",
		},
		"panel": {
			typ:    "altegio_location_frame",
			attrs:  tf.Attrs{"location_id": 1001, "application_id": 456, "type": "chat", "url": "https://bot.example/chat"},
			change: tf.Attrs{"url": "https://bot.example/talk"}, other: tf.Attrs{"location_id": 1002},
			writes: []string{altegiotest.OpInstallFrame}, id: "1001/456/chat",
			identity: tf.Attrs{"location_id": 1001, "application_id": 456, "type": "chat"},
			before: func(fake *altegiotest.Server) {
				fake.SetPanel(altegiotest.Panel{LocationID: 1001, ApplicationID: 456, Type: "chat", URL: "https://bot.example/chat"})
			},
			unread: []string{"url"}, nothing: "", warns: "Panel may not be shown",
			held: func(fake *altegiotest.Server) any {
				for _, panel := range fake.Panels(1001) {
					return panel.URL
				}
				return ""
			},
		},
		"frames": {
			typ: "altegio_application_frames",
			attrs: tf.Attrs{"partner_id": 11, "application_id": 458, "frames": map[string]any{
				"client": map[string]any{"title": "Dialogue", "url": "https://bot.example/client"},
			}},
			change: tf.Attrs{"frames": map[string]any{"client": map[string]any{"title": "Talk", "url": "https://bot.example/client"}}},
			other:  tf.Attrs{"application_id": 459},
			writes: []string{altegiotest.OpFramesSet}, id: "11/458",
			identity: tf.Attrs{"partner_id": 11, "application_id": 458},
			before: func(fake *altegiotest.Server) {
				fake.SetFrames(458, []altegiotest.Frame{{Title: "Dialogue", URL: "https://bot.example/client", Slug: "client"}})
			},
			held: func(fake *altegiotest.Server) any {
				held := map[string]string{}
				for _, frame := range fake.Frames(458) {
					held[frame.Slug] = frame.Title + " " + frame.URL
				}
				return held
			},
			nothing: map[string]string{}, refused: "Application has frames already",
		},
		"application": {
			typ: "altegio_application",
			attrs: tf.Attrs{
				"partner_id": 11, "slug": "night_bot", "title": "Night Bot", "short_description": "Works at night",
				"category_id": 31, "country_ids": []any{7, 56}, "permissions": map[string]any{"records_read": 1},
				"features_description": []any{"Never sleeps"}, "questions": []any{map[string]any{"question": "Why?", "answer": "So it is."}}, "connect_instruction": "Press Connect.", "abandon_on_destroy": true,
			},
			change: tf.Attrs{"title": "Day Bot"},
			other:  tf.Attrs{"partner_id": 12},
			writes: []string{altegiotest.OpApplicationCreate, altegiotest.OpApplicationUpdate}, id: "11/480",
			identity: tf.Attrs{"partner_id": 11, "application_id": 480},
			before: func(fake *altegiotest.Server) {
				fake.AddCard(altegiotest.Card{
					AccountID: 11, ApplicationID: 480, ConnectInstruction: "Press Connect.", Members: map[string]json.RawMessage{
						"title": json.RawMessage(`"Night Bot"`), "slug": json.RawMessage(`"night_bot"`),
						"short_description": json.RawMessage(`"Works at night"`), "category_id": json.RawMessage("31"),
						"country_ids": json.RawMessage("[56,7]"), "permissions": json.RawMessage(`{"records_read":1}`),
						"features_description": json.RawMessage(`["Never sleeps"]`),
						"questions":            json.RawMessage(`[{"question":"Why?","answer":"So it is."}]`),
					},
				})
			},
			held: func(fake *altegiotest.Server) any {
				held := map[string]string{}
				for _, name := range []string{"title", "short_description", "category_id", "permissions", "features_description", "questions", "moderation"} {
					held[name] = string(fake.Card(fake.CardBySlug("night_bot"))[name])
				}
				return held
			},
			keeps: true, refused: "Application exists already",
			forget: func(fake *altegiotest.Server) { fake.DeleteCard(fake.CardBySlug("night_bot")) },
		},
	}
}

// hasty is the provider without the wait for more of what a warning is about.
func hasty() (tfprotov6.ProviderServer, error) {
	p := newProvider("1.2.3-test")
	p.moment = 0
	return serve(p)
}

// A rig is a workspace with its world.
type rig struct {
	*tf.Workspace
	fake   *altegiotest.Server
	forget func(*altegiotest.Server)
}

// fresh is a workspace with nothing in it, in the same world.
func (r rig) fresh() rig {
	return rig{tf.New(tf.NewProvider(hasty), harnessBlock(r.fake)), r.fake, r.forget}
}

func newRig(t *testing.T, s specimen) rig {
	t.Helper()
	fake := newFake(t)
	fake.AddApplication(altegiotest.Application{ID: 460, Title: "Quick Bot", Category: altegiotest.CategoryChatBots, FastInstall: true})
	return rig{fake: fake, forget: s.forget}.fresh()
}

// must applies, and fails on an error.
func (r rig) must(resources ...tf.Resource) error {
	r.Config.Resources = resources
	r.fake.ResetJournal()
	if err := r.Apply(tf.Run{Parallelism: 1}).Err(); err != nil {
		return fmt.Errorf("the apply fails: %w", err)
	}
	if len(resources) == 0 && r.forget != nil {
		r.forget(r.fake)
	}
	return nil
}

// settled fails unless a plan has nothing to do and an apply sends nothing.
func (r rig) settled() error {
	for _, run := range []tf.Run{{}, {NoRefresh: true}} {
		r.fake.ResetJournal()
		result := r.Apply(run)
		if err := result.Err(); err != nil {
			return err
		}
		if actions := result.Plan.Actions(); len(actions) > 0 {
			return fmt.Errorf("the plan is not empty: %v", actions)
		}
		if writes := r.written(); len(writes) > 0 {
			return fmt.Errorf("an empty plan sends %v", writes)
		}
	}
	return nil
}

// written are the requests since the last step that change something.
func (r rig) written() []string {
	var writes []string
	for _, request := range r.fake.Requests() {
		if request.Method != http.MethodGet {
			writes = append(writes, request.Operation+" "+request.Path+" "+string(request.Body))
		}
	}
	return writes
}

// lose drops the answers of operations after their effect.
func (r rig) lose(operations []string) {
	for _, operation := range operations {
		r.fake.Fail(altegiotest.Fault{Operation: operation, AfterEffect: true, Drop: true})
	}
}

func (r rig) holds(s specimen, want any) error {
	if got := s.held(r.fake); !reflect.DeepEqual(got, want) {
		return fmt.Errorf("Altegio holds %v, want %v", got, want)
	}
	return nil
}

// rules are what holds for every type.
var rules = map[string]func(rig, specimen) error{
	"a plan without changes sends nothing": func(r rig, s specimen) error {
		return errors.Join(r.must(s.resource("a")), r.settled())
	},
	"a lost change is not forgotten": func(r rig, s specimen) error {
		if s.change == nil {
			return nil
		}
		if err := r.must(s.resource("a")); err != nil {
			return err
		}
		held := s.held(r.fake)
		r.lose(s.writes)
		if r.must(s.resource("a", s.change)) == nil {
			return r.settled() // it was found out what happened
		}
		return r.back(s, held)
	},
	"a lost create is not forgotten": func(r rig, s specimen) error {
		r.lose(s.writes)
		if r.must(s.resource("a")) == nil {
			return nil // it was found out what happened
		}
		r.fake.ClearFaults()
		if r.Object(s.typ+".a") == nil {
			return errors.New("the state has no trace of what may be there")
		}
		if s.keeps {
			return nil
		}
		return errors.Join(r.must(), r.holds(s, s.nothing))
	},
	"a lost destroy is not forgotten": func(r rig, s specimen) error {
		if err := r.must(s.resource("a")); err != nil {
			return err
		}
		held := s.held(r.fake)
		r.lose(s.writes)
		if r.must() == nil {
			return nil // there is nothing to lose, or it was found out what happened
		}
		return r.back(s, held)
	},
	"declared twice": func(r rig, s specimen) error {
		r.Config.Resources = []tf.Resource{s.resource("a"), s.resource("b")}
		for seed := range uint64(4) {
			plan := r.Plan(tf.Run{Seed: seed, Parallelism: 1})
			warnings := slices.DeleteFunc(plan.Diagnostics.Warnings(), func(d tf.Diagnostic) bool { return d.Summary == s.warns })
			if plan.Err() == nil && len(warnings) > 0 && s.change != nil && !s.money {
				return fmt.Errorf("a warning of what agrees: %v", plan.Diagnostics)
			}
		}
		for name, other := range specimens() {
			if other.change == nil || other.writes[0] != s.writes[0] || name == "fleet of ids" {
				continue // a list of ids declares nothing of those that it lacks
			}
			r.Config.Resources[1] = other.resource("b", other.change)
			for seed := range uint64(4) {
				plan := r.Plan(tf.Run{Seed: seed, Parallelism: 1})
				if !slices.ContainsFunc(plan.Diagnostics, func(d tf.Diagnostic) bool { return d.Summary != s.warns }) {
					return fmt.Errorf("no warning of a %s that disagrees", name)
				}
			}
		}
		return nil
	},
	"an import asserts only what it read": func(r rig, s specimen) error {
		if s.id == "" {
			return nil
		}
		if s.before != nil {
			s.before(r.fake)
		}
		addr := s.typ + ".a"
		r.Config.Resources = []tf.Resource{s.resource("a")}
		if err := r.Import(addr, s.id).Err(); err != nil {
			return err
		}
		for _, name := range s.unread {
			if value := r.Object(addr).Attr(name); known(value) {
				return fmt.Errorf("%s is %v after an import", name, value)
			}
		}
		byID := r.Object(addr).Value
		if plan := r.Plan(); plan.Err() == nil && len(plan.Actions()) == 0 && len(s.unread) > 0 {
			return errors.New("the plan after an import is empty")
		}
		r.StateRm(addr)
		r.Config.Imports = []tf.Import{{To: addr, Identity: s.identity}}
		plan := r.Plan()
		if err := plan.Err(); err != nil {
			return fmt.Errorf("by identity: %w", err)
		}
		if change := plan.Change(addr); !change.Importing || !change.Before.RawEquals(byID) {
			return fmt.Errorf("by identity: %#v, by id %#v", change.Before, byID)
		}
		return nil
	},
	"what is not known yet": func(r rig, s specimen) error {
		var errs []error
		for name := range s.attrs {
			for what, value := range later(s.attrs[name]) {
				fresh := r.fresh()
				if err := fresh.must(s.resource("a", tf.Attrs{name: value})); err != nil {
					errs = append(errs, fmt.Errorf("created with %s of %s: %w", what, name, err))
					continue
				}
				held := s.held(r.fake)
				if err := errors.Join(fresh.must(s.resource("a")), fresh.settled(), fresh.holds(s, held), fresh.must()); err != nil {
					errs = append(errs, fmt.Errorf("created with %s of %s: %w", what, name, err))
				}
				if err := fresh.must(s.resource("a")); err != nil {
					return err
				}
				if err := errors.Join(fresh.must(s.resource("a", tf.Attrs{name: value})), fresh.holds(s, held)); err != nil {
					errs = append(errs, fmt.Errorf("kept with %s of %s: %w", what, name, err))
				}
				if err := fresh.must(); err != nil {
					return err
				}
			}
		}
		for name := range s.change {
			for what, value := range later(s.change[name]) {
				fresh := r.fresh()
				if err := errors.Join(fresh.must(s.resource("a")), fresh.must(s.resource("a", tf.Attrs{name: value}))); err != nil {
					errs = append(errs, fmt.Errorf("changed with %s of %s: %w", what, name, err))
					continue
				}
				if err := errors.Join(fresh.must(s.resource("a", s.change)), fresh.settled(), fresh.must()); err != nil {
					errs = append(errs, fmt.Errorf("after a change with %s of %s: %w", what, name, err))
				}
			}
		}
		return errors.Join(errs...)
	},
	"ignored changes": func(r rig, s specimen) error {
		if err := r.must(s.resource("a")); err != nil {
			return err
		}
		for _, changes := range []tf.Attrs{s.change, s.other} {
			for name, value := range changes {
				for _, ignored := range []string{name, "all"} {
					changed := s.resource("a", tf.Attrs{name: value})
					changed.IgnoreChanges = []string{ignored}
					r.Config.Resources = []tf.Resource{changed}
					if err := r.settled(); err != nil {
						return fmt.Errorf("ignoring %s, %s changes: %w", ignored, name, err)
					}
				}
			}
		}
		return nil
	},
	"ignored and not known": func(r rig, s specimen) error {
		if s.id == "" {
			return nil
		}
		if s.before != nil {
			s.before(r.fake)
		}
		held := s.held(r.fake)
		for _, name := range append(ignorable(s.change), "all") {
			for _, run := range []tf.Run{{}, {NoRefresh: true}} {
				fresh := r.fresh()
				ignoring := s.resource("a", s.change)
				if strings.Contains(name, "[") { // what is not ignored is as it is
					ignoring = s.resource("a")
				}
				ignoring.IgnoreChanges = []string{name}
				fresh.Config.Resources = []tf.Resource{ignoring}
				fresh.Config.Imports = []tf.Import{{To: ignoring.Addr, ID: s.id}}
				fresh.fake.ResetJournal()
				result := fresh.Apply(run)
				if result.Applied && result.Err() != nil {
					return fmt.Errorf("ignoring %s: %w", name, result.Err())
				}
				if err := fresh.holds(s, held); err != nil {
					return fmt.Errorf("ignoring %s: %w", name, err)
				}
			}
		}
		return nil
	},
	"renamed without moved": func(r rig, s specimen) error {
		for seed := range uint64(8) {
			if err := r.must(s.resource("a")); err != nil {
				return err
			}
			held := s.held(r.fake)
			declared := r.written()
			r.Config.Resources = []tf.Resource{s.resource("b")}
			r.fake.ResetJournal()
			result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
			if s.refused != "" { // the plan is, and nothing was sent
				if result.Applied || !strings.Contains(result.Plan.Diagnostics.String(), s.refused) || len(r.written()) > 0 {
					return fmt.Errorf("seed %d: not refused: %v", seed, result.Plan.Diagnostics)
				}
				r.Config.Moved = []tf.Moved{{From: s.typ + ".a", To: s.typ + ".b"}}
				if err := errors.Join(r.Apply().Err(), r.holds(s, held), r.settled()); err != nil {
					return err
				}
				r.Config.Moved = nil
				return r.must()
			}
			if err := errors.Join(result.Err(), r.holds(s, held)); err != nil {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
			for _, write := range r.written() {
				// Who destroys first can't know of the create, and who creates first not of what was given.
				hidden := strings.HasPrefix(result.Order[0], "create") == s.money &&
					strings.Contains(result.Plan.Diagnostics.Warnings().String(), "moved")
				if (s.money || !slices.Contains(declared, write)) && !hidden {
					return fmt.Errorf("seed %d: sent %s in the order %v, and the plan says %v", seed, write, result.Order, result.Plan.Diagnostics)
				}
			}
			if err := errors.Join(r.settled(), r.must()); err != nil {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
		}
		return nil
	},
}

// back declares again what was before a request was lost. Unless it is money, it is sent again.
func (r rig) back(s specimen, held any) error {
	r.fake.ClearFaults()
	r.Config.Resources = []tf.Resource{s.resource("a")}
	for _, run := range []tf.Run{{NoRefresh: true}, {}} {
		if plan := r.Plan(run); len(plan.Actions()) == 0 && len(plan.Diagnostics) == 0 && !reflect.DeepEqual(held, s.held(r.fake)) {
			return fmt.Errorf("the plan is empty, and Altegio holds %v", s.held(r.fake))
		}
	}
	if s.money {
		return nil
	}
	return errors.Join(r.must(s.resource("a")), r.holds(s, held), r.settled())
}

// ignorable is what changes, as ignore_changes names it: attributes, and keys of maps.
func ignorable(change tf.Attrs) []string {
	names := slices.Sorted(maps.Keys(change))
	for name, value := range change {
		if items, ok := value.(map[string]any); ok {
			for key := range items {
				names = append(names, fmt.Sprintf("%s[%q]", name, key))
			}
		}
	}
	return names
}

// known reports whether there is anything but nulls in a value.
func known(v any) bool {
	if items, ok := v.(map[string]any); ok {
		return slices.ContainsFunc(slices.Collect(maps.Values(items)), known)
	}
	return v != nil
}

// later are a value, and each of its elements, as one that is known after apply; lists also in another
// order.
func later(v any) map[string]any {
	values := map[string]any{"all": tf.Later{Value: v}}
	switch v := v.(type) {
	case []any:
		for i := range v {
			list := slices.Clone(v)
			list[i] = tf.Later{Value: v[i]}
			values[fmt.Sprint("element ", i)] = list
			reversed := slices.Clone(list)
			slices.Reverse(reversed)
			values[fmt.Sprint("element ", i, ", reversed,")] = reversed
		}
	case map[string]any:
		for key, item := range v {
			items := maps.Clone(v)
			items[key] = tf.Later{Value: item}
			values["element "+key] = items
		}
	}
	return values
}

// knownFailing are the rules that do not hold yet, with the reason.
var knownFailing = map[string]string{}

// TestRules checks what holds for every type, the next one included.
func TestRules(t *testing.T) {
	t.Parallel()
	all := specimens()
	types := tf.NewProvider(hasty).ResourceTypes()
	for typ := range types {
		if !slices.ContainsFunc(slices.Collect(maps.Values(all)), func(s specimen) bool { return s.typ == typ }) {
			t.Errorf("no specimen of %s: no rule is tested for it", typ)
		}
	}
	for rule, check := range rules {
		for name, s := range all {
			t.Run(strings.ReplaceAll(rule+"/"+name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				r := newRig(t, s)
				err := check(r, s)
				why, failing := knownFailing[rule+"/"+name]
				switch {
				case err != nil && failing:
					t.Skip(why)
				case err != nil:
					t.Errorf("%v\n%s", err, r.History())
				case failing:
					t.Error("holds now: take it off the list")
				}
			})
		}
	}
}

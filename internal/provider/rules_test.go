// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// specimens has at least one of each type.
func specimens() map[string]providertest.Specimen {
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
	return map[string]providertest.Specimen{
		"channel": {
			Typ:    "altegio_application_channel",
			Attrs:  tf.Attrs{"location_id": 1001, "application_id": 456, "channel_slug": "sms", "is_available": true},
			Change: tf.Attrs{"is_available": false}, Other: tf.Attrs{"location_id": 1002},
			Writes: []string{altegiotest.OpUpdateChannel}, ID: "1001/456/sms",
			Identity: tf.Attrs{"location_id": 1001, "application_id": 456, "channel_slug": "sms"},
			Before:   on, Unread: []string{"is_available"}, Held: at(1001, 456, "sms"), Nothing: false,
		},
		"fleet": {
			Typ:    "altegio_application_channels",
			Attrs:  tf.Attrs{"application_id": 456, "channel_slug": "sms", "availability": map[string]any{"1001": true, "1002": true}},
			Change: tf.Attrs{"availability": map[string]any{"1001": false, "1002": true}}, Other: tf.Attrs{"channel_slug": "whatsapp"},
			Writes: []string{altegiotest.OpUpdateChannel}, ID: "456/sms",
			Identity: tf.Attrs{"application_id": 456, "channel_slug": "sms"},
			Before:   on, Unread: []string{"availability"}, Held: fleet, Nothing: []bool{false, false},
		},
		"fleet of ids": {
			Typ:    "altegio_application_channels",
			Attrs:  tf.Attrs{"application_id": 456, "channel_slug": "sms", "available_at": []any{1001, 1002}},
			Change: tf.Attrs{"available_at": []any{1002}}, Other: tf.Attrs{"channel_slug": "whatsapp"},
			Writes: []string{altegiotest.OpUpdateChannel}, ID: "456/sms",
			Identity: tf.Attrs{"application_id": 456, "channel_slug": "sms"},
			Before:   on, Unread: []string{"availability"}, Held: fleet, Nothing: []bool{false, false},
		},
		"discount": {
			Typ:    "altegio_application_discount",
			Attrs:  tf.Attrs{"application_id": 456, "location_ids": []any{1001, 1002}, "discount": 10},
			Change: tf.Attrs{"discount": 12.5}, Other: tf.Attrs{"application_id": 457},
			Writes: []string{altegiotest.OpAddDiscount}, ID: "456", Identity: tf.Attrs{"application_id": 456},
			Unread: []string{"discount"}, Keeps: true, Money: true,
			Held: func(fake *altegiotest.Server) any {
				one, _ := fake.Discount(1001, 456)
				two, _ := fake.Discount(1002, 456)
				return []string{one, two}
			},
		},
		"sender names": {
			Typ:    "altegio_sms_sender_names",
			Attrs:  tf.Attrs{"location_id": 1001, "application_id": 457, "names": []any{"One", "Two"}},
			Change: tf.Attrs{"names": []any{"Two"}}, Other: tf.Attrs{"location_id": 1002},
			Writes: []string{altegiotest.OpShortNames}, Keeps: true,
			Held: func(fake *altegiotest.Server) any {
				names := slices.Clone(fake.SenderNames(1001, 457))
				slices.Sort(names)
				return names
			},
		},
		"webhooks": {
			Typ:    "altegio_location_webhooks",
			Attrs:  tf.Attrs{"location_id": 1001, "urls": []any{"https://bot.example/a"}, "events": []any{"record", "client"}},
			Change: tf.Attrs{"events": []any{"client"}}, Other: tf.Attrs{"location_id": 1002},
			Writes: []string{altegiotest.OpHooksSet}, ID: "1001", Identity: tf.Attrs{"location_id": 1001},
			Before: func(fake *altegiotest.Server) {
				fake.SetWebhooks(1001, []altegiotest.Webhook{{URL: "https://bot.example/a", Active: true, Flags: map[string]bool{"good": true}}})
			},
			Held: func(fake *altegiotest.Server) any {
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
			Nothing: map[string][]string{},
		},
		"installation": {
			Typ: "altegio_location_application",
			Attrs: tf.Attrs{
				"location_id": 1008, "application_id": 460, "grant_access": true, "allow_uninstall": true,
			},
			Other:  tf.Attrs{"location_id": 1009},
			Writes: []string{altegiotest.OpGrantAccess, altegiotest.OpCallback, altegiotest.OpUninstall}, ID: "1008/460",
			Identity: tf.Attrs{"location_id": 1008, "application_id": 460},
			Before:   func(fake *altegiotest.Server) { fake.Install(1008, 460, altegiotest.StatusActive) },
			Held: func(fake *altegiotest.Server) any {
				_, installed := fake.Status(1008, 460)
				return installed
			},
			Nothing: false, Refused: "Installation moves without a moved block",
		},
		"panel": {
			Typ:    "altegio_location_frame",
			Attrs:  tf.Attrs{"location_id": 1001, "application_id": 456, "type": "chat", "url": "https://bot.example/chat"},
			Change: tf.Attrs{"url": "https://bot.example/talk"}, Other: tf.Attrs{"location_id": 1002},
			Writes: []string{altegiotest.OpInstallFrame}, ID: "1001/456/chat",
			Identity: tf.Attrs{"location_id": 1001, "application_id": 456, "type": "chat"},
			Before: func(fake *altegiotest.Server) {
				fake.SetPanel(altegiotest.Panel{LocationID: 1001, ApplicationID: 456, Type: "chat", URL: "https://bot.example/chat"})
			},
			Unread: []string{"url"}, Nothing: "", Warns: "Panel may not be shown",
			Held: func(fake *altegiotest.Server) any {
				for _, panel := range fake.Panels(1001) {
					return panel.URL
				}
				return ""
			},
		},
		"frames": {
			Typ: "altegio_application_frames",
			Attrs: tf.Attrs{"partner_id": 11, "application_id": 458, "frames": map[string]any{
				"client": map[string]any{"title": "Dialogue", "url": "https://bot.example/client"},
			}},
			Change: tf.Attrs{"frames": map[string]any{"client": map[string]any{"title": "Talk", "url": "https://bot.example/client"}}},
			Other:  tf.Attrs{"application_id": 459},
			Writes: []string{altegiotest.OpFramesSet}, ID: "11/458",
			Identity: tf.Attrs{"partner_id": 11, "application_id": 458},
			Before: func(fake *altegiotest.Server) {
				fake.SetFrames(458, []altegiotest.Frame{{Title: "Dialogue", URL: "https://bot.example/client", Slug: "client"}})
			},
			Held: func(fake *altegiotest.Server) any {
				held := map[string]string{}
				for _, frame := range fake.Frames(458) {
					held[frame.Slug] = frame.Title + " " + frame.URL
				}
				return held
			},
			Nothing: map[string]string{}, Refused: "Application has frames already",
		},
		"application": {
			Typ: "altegio_application",
			Attrs: tf.Attrs{
				"partner_id": 11, "slug": "night_bot", "title": "Night Bot", "short_description": "Works at night",
				"category_id": 31, "country_ids": []any{7, 56}, "permissions": map[string]any{"records_read": 1},
				"features_description": []any{"Never sleeps"}, "questions": []any{map[string]any{"question": "Why?", "answer": "So it is."}}, "connect_instruction": "Press Connect.", "abandon_on_destroy": true,
			},
			Change: tf.Attrs{"title": "Day Bot"},
			Other:  tf.Attrs{"partner_id": 12},
			Writes: []string{altegiotest.OpApplicationCreate, altegiotest.OpApplicationUpdate}, ID: "11/480",
			Identity: tf.Attrs{"partner_id": 11, "application_id": 480},
			Before: func(fake *altegiotest.Server) {
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
			Held: func(fake *altegiotest.Server) any {
				held := map[string]string{}
				for _, name := range []string{"title", "short_description", "category_id", "permissions", "features_description", "questions", "moderation"} {
					held[name] = string(fake.Card(fake.CardBySlug("night_bot"))[name])
				}
				return held
			},
			Keeps: true, Refused: "Application exists already",
			Forget: func(fake *altegiotest.Server) { fake.DeleteCard(fake.CardBySlug("night_bot")) },
		},
	}
}

func newRig(t *testing.T, s providertest.Specimen) providertest.Rig {
	t.Helper()
	fake := coretest.NewFake(t)
	fake.AddApplication(altegiotest.Application{ID: 460, Title: "Quick Bot", Category: altegiotest.CategoryChatBots, FastInstall: true})
	return providertest.Rig{Fake: fake, Forget: s.Forget}.Fresh()
}

// rules are the rules that apply to every type.
var rules = map[string]func(providertest.Rig, providertest.Specimen) error{
	"a plan without changes sends nothing": func(r providertest.Rig, s providertest.Specimen) error {
		return errors.Join(r.Must(s.Resource("a")), r.Settled())
	},
	"a lost change is not forgotten": func(r providertest.Rig, s providertest.Specimen) error {
		if s.Change == nil {
			return nil
		}
		if err := r.Must(s.Resource("a")); err != nil {
			return err
		}
		held := s.Held(r.Fake)
		r.Lose(s.Writes)
		if r.Must(s.Resource("a", s.Change)) == nil {
			return r.Settled() // it was found out what happened
		}
		return r.Back(s, held)
	},
	"a lost create is not forgotten": func(r providertest.Rig, s providertest.Specimen) error {
		r.Lose(s.Writes)
		if r.Must(s.Resource("a")) == nil {
			return nil // it was found out what happened
		}
		r.Fake.ClearFaults()
		if r.Object(s.Typ+".a") == nil {
			return errors.New("the state has no trace of what may be there")
		}
		if s.Keeps {
			return nil
		}
		return errors.Join(r.Must(), r.Holds(s, s.Nothing))
	},
	"a lost destroy is not forgotten": func(r providertest.Rig, s providertest.Specimen) error {
		if err := r.Must(s.Resource("a")); err != nil {
			return err
		}
		held := s.Held(r.Fake)
		r.Lose(s.Writes)
		if r.Must() == nil {
			return nil // there is nothing to lose, or it was found out what happened
		}
		return r.Back(s, held)
	},
	"declared twice": func(r providertest.Rig, s providertest.Specimen) error {
		r.Config.Resources = []tf.Resource{s.Resource("a"), s.Resource("b")}
		for seed := range uint64(4) {
			plan := r.Plan(tf.Run{Seed: seed, Parallelism: 1})
			warnings := slices.DeleteFunc(plan.Diagnostics.Warnings(), func(d tf.Diagnostic) bool { return d.Summary == s.Warns })
			if plan.Err() == nil && len(warnings) > 0 && s.Change != nil && !s.Money {
				return fmt.Errorf("a warning of what agrees: %v", plan.Diagnostics)
			}
		}
		for name, other := range specimens() {
			if other.Change == nil || other.Writes[0] != s.Writes[0] || name == "fleet of ids" {
				continue // a list of ids declares nothing of those that it lacks
			}
			r.Config.Resources[1] = other.Resource("b", other.Change)
			for seed := range uint64(4) {
				plan := r.Plan(tf.Run{Seed: seed, Parallelism: 1})
				if !slices.ContainsFunc(plan.Diagnostics, func(d tf.Diagnostic) bool { return d.Summary != s.Warns }) {
					return fmt.Errorf("no warning of a %s that disagrees", name)
				}
			}
		}
		return nil
	},
	"an import asserts only what it read": func(r providertest.Rig, s providertest.Specimen) error {
		if s.ID == "" {
			return nil
		}
		if s.Before != nil {
			s.Before(r.Fake)
		}
		addr := s.Typ + ".a"
		r.Config.Resources = []tf.Resource{s.Resource("a")}
		if err := r.Import(addr, s.ID).Err(); err != nil {
			return err
		}
		for _, name := range s.Unread {
			if value := r.Object(addr).Attr(name); known(value) {
				return fmt.Errorf("%s is %v after an import", name, value)
			}
		}
		byID := r.Object(addr).Value
		if plan := r.Plan(); plan.Err() == nil && len(plan.Actions()) == 0 && len(s.Unread) > 0 {
			return errors.New("the plan after an import is empty")
		}
		r.StateRm(addr)
		r.Config.Imports = []tf.Import{{To: addr, Identity: s.Identity}}
		plan := r.Plan()
		if err := plan.Err(); err != nil {
			return fmt.Errorf("by identity: %w", err)
		}
		if change := plan.Change(addr); !change.Importing || !change.Before.RawEquals(byID) {
			return fmt.Errorf("by identity: %#v, by id %#v", change.Before, byID)
		}
		return nil
	},
	"what is not known yet": func(r providertest.Rig, s providertest.Specimen) error {
		var errs []error
		for name := range s.Attrs {
			for what, value := range later(s.Attrs[name]) {
				fresh := r.Fresh()
				if err := fresh.Must(s.Resource("a", tf.Attrs{name: value})); err != nil {
					errs = append(errs, fmt.Errorf("created with %s of %s: %w", what, name, err))
					continue
				}
				held := s.Held(r.Fake)
				if err := errors.Join(fresh.Must(s.Resource("a")), fresh.Reordered(), fresh.Settled(), fresh.Holds(s, held), fresh.Must()); err != nil {
					errs = append(errs, fmt.Errorf("created with %s of %s: %w", what, name, err))
				}
				if err := fresh.Must(s.Resource("a")); err != nil {
					return err
				}
				if err := errors.Join(fresh.Must(s.Resource("a", tf.Attrs{name: value})), fresh.Holds(s, held)); err != nil {
					errs = append(errs, fmt.Errorf("kept with %s of %s: %w", what, name, err))
				}
				if err := fresh.Must(); err != nil {
					return err
				}
			}
		}
		for name := range s.Change {
			for what, value := range later(s.Change[name]) {
				fresh := r.Fresh()
				if err := errors.Join(fresh.Must(s.Resource("a")), fresh.Must(s.Resource("a", tf.Attrs{name: value}))); err != nil {
					errs = append(errs, fmt.Errorf("changed with %s of %s: %w", what, name, err))
					continue
				}
				if err := errors.Join(fresh.Must(s.Resource("a", s.Change)), fresh.Settled(), fresh.Must()); err != nil {
					errs = append(errs, fmt.Errorf("after a change with %s of %s: %w", what, name, err))
				}
			}
		}
		return errors.Join(errs...)
	},
	"ignored changes": func(r providertest.Rig, s providertest.Specimen) error {
		if err := r.Must(s.Resource("a")); err != nil {
			return err
		}
		for _, changes := range []tf.Attrs{s.Change, s.Other} {
			for name, value := range changes {
				for _, ignored := range []string{name, "all"} {
					changed := s.Resource("a", tf.Attrs{name: value})
					changed.IgnoreChanges = []string{ignored}
					r.Config.Resources = []tf.Resource{changed}
					if err := r.Settled(); err != nil {
						return fmt.Errorf("ignoring %s, %s changes: %w", ignored, name, err)
					}
				}
			}
		}
		return nil
	},
	"ignored and not known": func(r providertest.Rig, s providertest.Specimen) error {
		if s.ID == "" {
			return nil
		}
		if s.Before != nil {
			s.Before(r.Fake)
		}
		held := s.Held(r.Fake)
		for _, name := range append(ignorable(s.Change), "all") {
			for _, run := range []tf.Run{{}, {NoRefresh: true}} {
				fresh := r.Fresh()
				ignoring := s.Resource("a", s.Change)
				if strings.Contains(name, "[") { // what is not ignored is as it is
					ignoring = s.Resource("a")
				}
				ignoring.IgnoreChanges = []string{name}
				fresh.Config.Resources = []tf.Resource{ignoring}
				fresh.Config.Imports = []tf.Import{{To: ignoring.Addr, ID: s.ID}}
				fresh.Fake.ResetJournal()
				result := fresh.Apply(run)
				if result.Applied && result.Err() != nil {
					return fmt.Errorf("ignoring %s: %w", name, result.Err())
				}
				if err := fresh.Holds(s, held); err != nil {
					return fmt.Errorf("ignoring %s: %w", name, err)
				}
			}
		}
		return nil
	},
	"renamed without moved": func(r providertest.Rig, s providertest.Specimen) error {
		for seed := range uint64(8) {
			if err := r.Must(s.Resource("a")); err != nil {
				return err
			}
			held := s.Held(r.Fake)
			declared := r.Written()
			r.Config.Resources = []tf.Resource{s.Resource("b")}
			r.Fake.ResetJournal()
			result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
			if s.Refused != "" { // the plan is, and nothing was sent
				if result.Applied || !strings.Contains(result.Plan.Diagnostics.String(), s.Refused) || len(r.Written()) > 0 {
					return fmt.Errorf("seed %d: not refused: %v", seed, result.Plan.Diagnostics)
				}
				r.Config.Moved = []tf.Moved{{From: s.Typ + ".a", To: s.Typ + ".b"}}
				if err := errors.Join(r.Apply().Err(), r.Holds(s, held), r.Settled()); err != nil {
					return err
				}
				r.Config.Moved = nil
				return r.Must()
			}
			if err := errors.Join(result.Err(), r.Holds(s, held)); err != nil {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
			for _, write := range r.Written() {
				// A destroy that comes first can't know about the create, and a create that comes first
				// can't know what was given.
				hidden := strings.HasPrefix(result.Order[0], "create") == s.Money &&
					strings.Contains(result.Plan.Diagnostics.Warnings().String(), "moved")
				if (s.Money || !slices.Contains(declared, write)) && !hidden {
					return fmt.Errorf("seed %d: sent %s in the order %v, and the plan says %v", seed, write, result.Order, result.Plan.Diagnostics)
				}
			}
			if err := errors.Join(r.Settled(), r.Must()); err != nil {
				return fmt.Errorf("seed %d: %w", seed, err)
			}
		}
		return nil
	},
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

// known reports whether a value contains anything but nulls.
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

// knownFailing are the rules that do not pass yet, with the reason.
var knownFailing = map[string]string{}

// TestRules checks the rules for every type, including future ones.
func TestRules(t *testing.T) {
	t.Parallel()
	all := specimens()
	types := tf.NewProvider(providertest.Hasty).ResourceTypes()
	for typ := range types {
		if !slices.ContainsFunc(slices.Collect(maps.Values(all)), func(s providertest.Specimen) bool { return s.Typ == typ }) {
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

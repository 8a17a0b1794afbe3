// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// TestWorlds takes a resource of each type from its creation to its end in each of the worlds that the
// documentation of the API allows. If sender names are added to the earlier ones, none can be removed (see
// appended); the guide on limits and errors says so.
//
// It runs the worlds in which several unknowns meet: every two of their values meet in one. Those that
// differ in one point alone run when a life fails, to say which point it is. Not in are: what the Developer
// Cabinet does with a published application, and with members that nobody has seen, because the card of
// a life is a new draft; dictionaries and developer accounts, which have no life; and actions, because none
// depends on more than the answers that their own tests give.
func TestWorlds(t *testing.T) {
	t.Parallel()
	known := tf.NewProvider(providertest.Hasty) // its schema, which all share
	for _, world := range altegiotest.Worlds() {
		if len(world.Alone()) == 1 {
			continue
		}
		t.Run(world.String(), func(t *testing.T) {
			t.Parallel()
			for name, s := range worldSpecimens() {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					live := func(w altegiotest.World) error {
						r := newWorldRig(t, known, w, strings.Contains(name, "listing"))
						r.Forget = s.Forget
						if err := r.live(s); err != nil {
							return fmt.Errorf("%w\n%s", err, r.History())
						}
						return nil
					}
					err := live(world)
					if err == nil {
						return
					}
					t.Error(err)
					if live(altegiotest.World{}) != nil {
						return // it is none of the unknowns
					}
					for _, alone := range world.Alone() {
						if err := live(alone); err != nil {
							t.Errorf("because of %s: %v", alone, err)
						}
					}
				})
			}
		})
	}
}

// worldSpecimens are the specimens, with what the worlds differ about.
func worldSpecimens() map[string]providertest.Specimen {
	all := specimens()
	hooks := all["webhooks"]
	hooks.Attrs = maps.Clone(hooks.Attrs)
	hooks.Attrs["urls"] = []any{"https://Bot.example/a", "https://bot.example/b?x=1&y=2"}
	all["webhooks"] = hooks
	all["channel that the listing refreshes"] = all["channel"]
	card := all["application"]
	card.Attrs = maps.Clone(card.Attrs)
	card.Attrs["promo_materials"] = []any{map[string]any{"type": "image", "content": "/promo/a.png"}}
	all["application"] = card
	return all
}

// A worldRig is a rig in a world, whose clock can be put forward.
type worldRig struct {
	providertest.Rig
	world altegiotest.World
	later *atomic.Int64
}

func newWorldRig(t *testing.T, known *tf.Provider, w altegiotest.World, listing bool) worldRig {
	t.Helper()
	later := &atomic.Int64{}
	fake := coretest.NewFake(t, altegiotest.WithShapes(w.Shapes()), altegiotest.WithClock(func() time.Time {
		return time.Now().Add(time.Duration(later.Load()))
	}))
	fake.AddApplication(altegiotest.Application{ID: 460, Title: "Quick Bot", Category: altegiotest.CategoryChatBots, FastInstall: true})
	block := providertest.HarnessBlock(fake)
	if listing {
		block["refresh"] = "listing"
	}
	server := provider.ServerWith("1.2.3-test", provider.Options{InFlight: core.InFlight, Around: func(p framework.Provider) framework.Provider {
		slept := &providertest.VirtualSleep{}
		return providertest.ImpatientProvider{Provider: p, Sleep: func(ctx context.Context, d time.Duration) error {
			later.Add(int64(d))
			return slept.Sleep(ctx, d)
		}}
	}})
	return worldRig{providertest.Rig{Workspace: tf.New(known.StartedBy(server), block), Fake: fake}, w, later}
}

// pass lets more time pass than the API remembers a status.
func (r worldRig) pass() { r.later.Add(int64(6 * time.Minute)) }

// live is a life: a resource is created, changed, imported, loses its installation, and is destroyed.
func (r worldRig) live(s providertest.Specimen) error {
	untouched := r.unmanaged()
	for _, step := range []struct {
		name string
		do   func(providertest.Specimen) error
	}{
		{"created", func(s providertest.Specimen) error { return r.declare(s.Resource("a")) }},
		{"changed", func(s providertest.Specimen) error {
			if s.Change == nil {
				return nil
			}
			return r.declare(s.Resource("a", s.Change))
		}},
		{"imported", r.imported},
		{"reinstalled", r.reinstalled},
		{"destroyed", r.destroyed},
	} {
		if err := step.do(s); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if now := r.unmanaged(); !reflect.DeepEqual(now, untouched) {
			return fmt.Errorf("%s: what is not managed becomes %v, was %v", step.name, now, untouched)
		}
		r.pass()
	}
	return nil
}

// must applies. What is declared is valid or not whatever the world, so nothing is validated.
func (r worldRig) must(resources ...tf.Resource) error {
	r.Config.Resources = resources
	r.Fake.ResetJournal()
	if err := r.Apply(tf.Run{Parallelism: 1, Valid: true}).Err(); err != nil {
		return fmt.Errorf("the apply fails: %w", err)
	}
	return nil
}

// declare applies. Then Altegio has what is declared, and a plan is empty.
func (r worldRig) declare(resource tf.Resource) error {
	if err := r.must(resource); err != nil {
		return err
	}
	r.pass()
	return errors.Join(r.holdsDeclared(), r.idle())
}

// idle fails unless a plan has nothing to do and sends nothing.
func (r worldRig) idle() error {
	r.Fake.ResetJournal()
	plan := r.Plan(tf.Run{Valid: true})
	if actions, writes := plan.Actions(), r.Written(); plan.Err() != nil || len(actions)+len(writes) > 0 {
		return fmt.Errorf("the plan is not empty: %v, sends %v, says %v", actions, writes, plan.Diagnostics)
	}
	return nil
}

// holdsDeclared fails unless Altegio holds what the configuration says.
func (r worldRig) holdsDeclared() error {
	p := player{Rig: r.Rig}
	for key, values := range declaredBy(r.Config.Resources) {
		if held := p.holdsAt(key); held != values[0] && !r.appended(key, held, values[0]) {
			return fmt.Errorf("Altegio holds %q of %s, declared is %q", held, key, values[0])
		}
	}
	for _, resource := range r.Config.Resources {
		if strings.HasPrefix(resource.Addr, "altegio_location_application.") {
			if status, installed := r.Fake.Status(1008, 460); !installed {
				return fmt.Errorf("the installation is %q", status)
			}
		}
	}
	return nil
}

// appended reports whether sender names are there among others: if they are added, none can be removed.
func (r worldRig) appended(key, held, declared string) bool {
	if r.world.SenderNames == 0 || !strings.HasPrefix(key, "names ") {
		return false
	}
	for name := range strings.SplitSeq(declared, ",") {
		if !strings.Contains(","+held+",", ","+name+",") {
			return false
		}
	}
	return true
}

// imported removes the resource from the state, imports it, and applies.
func (r worldRig) imported(s providertest.Specimen) error {
	if s.ID == "" {
		return nil
	}
	addr := s.Typ + ".a"
	if s.Typ == "altegio_application" {
		s.ID = fmt.Sprintf("11/%d", r.Fake.CardBySlug("night_bot"))
	}
	r.StateRm(addr)
	r.Config.Resources = []tf.Resource{s.Resource("a")}
	if err := r.Import(addr, s.ID).Err(); err != nil {
		return err
	}
	return r.declare(s.Resource("a"))
}

// reinstalled uninstalls the application and connects it again outside of Terraform.
func (r worldRig) reinstalled(s providertest.Specimen) error {
	location, application := int64(1001), int64(456)
	switch s.Typ {
	case "altegio_location_webhooks", "altegio_application_frames", "altegio_application":
		return nil // not of an application at a location
	case "altegio_sms_sender_names":
		application = 457
	case "altegio_location_application":
		location, application = 1008, 460
	}
	r.Fake.Uninstall(location, application)
	r.Note("application %d is uninstalled at location %d", application, location)
	r.pass()
	if s.Typ != "altegio_location_application" {
		// Without the connection time, only a plan in between notices.
		gone := r.Apply(tf.Run{RefreshOnly: true, Parallelism: 1, Valid: true})
		if err := gone.Err(); err != nil {
			return fmt.Errorf("reading what was uninstalled: %w", err)
		}
		if !s.Money && !strings.Contains(gone.Plan.Diagnostics.String(), "Application is no longer installed") {
			return fmt.Errorf("nothing is said of the uninstallation: %v", gone.Plan.Diagnostics)
		}
		r.Fake.Install(location, application, altegiotest.StatusActive)
		r.Note("and installed again")
		r.pass()
	}
	if s.Money {
		return nil // is not given again by itself
	}
	return r.declare(s.Resource("a"))
}

func (r worldRig) destroyed(s providertest.Specimen) error {
	held := s.Held(r.Fake)
	if err := r.must(); err != nil {
		return err
	}
	if left := r.Addresses(); len(left) > 0 {
		return fmt.Errorf("the state still has %v", left)
	}
	want := s.Nothing
	if s.Keeps {
		want = held
	}
	return errors.Join(r.Holds(s, want), r.idle())
}

// unmanaged is what Altegio has that belongs to no specimen.
func (r worldRig) unmanaged() map[string]any {
	held := map[string]any{}
	for key, available := range r.Fake.Channels() {
		if key.ApplicationID != 456 || key.LocationID > 1002 || key.Slug != "sms" {
			held[fmt.Sprint("channel ", key)] = available
		}
	}
	for location := int64(1001); location <= 1009; location++ {
		for _, application := range []int64{456, 457, 458, 459, 460, 470} {
			at := fmt.Sprintf(" %d/%d", location, application)
			if status, installed := r.Fake.Status(location, application); location > 1001 && location != 1008 {
				held["status"+at] = fmt.Sprint(status, installed)
			}
			if discount, given := r.Fake.Discount(location, application); given && (application != 456 || location > 1002) {
				held["discount"+at] = discount
			}
			if names := r.Fake.SenderNames(location, application); len(names) > 0 && (application != 457 || location > 1001) {
				held["names"+at] = names
			}
			held["payments"+at] = len(r.Fake.Payments(location, application))
		}
		if location != 1001 {
			held[fmt.Sprint("webhooks ", location)] = r.Fake.Webhooks(location)
		}
	}
	return held
}

// One warning lists the active locations that the listing lacks, and they have no other effect.
func TestListing_short(t *testing.T) {
	t.Parallel()
	for name, resources := range map[string][]tf.Resource{
		"fleet": {{Addr: "altegio_application_channels.a", Attrs: tf.Attrs{
			"application_id": 456, "channel_slug": "sms", "available_at": []any{1001, 1003, 1004, 1006},
		}}},
		"channels": {
			{Addr: "altegio_application_channel.a", Attrs: tf.Attrs{"location_id": 1003, "application_id": 456, "channel_slug": "sms", "is_available": true}},
			{Addr: "altegio_application_channel.b", Attrs: tf.Attrs{"location_id": 1004, "application_id": 456, "channel_slug": "sms", "is_available": true}},
			{Addr: "altegio_application_channel.c", Attrs: tf.Attrs{"location_id": 1006, "application_id": 456, "channel_slug": "sms", "is_available": true}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			block := providertest.HarnessBlock(fake)
			block["refresh"] = "listing"
			r := providertest.Rig{Workspace: tf.New(tf.NewProvider(providertest.Hasty), block), Fake: fake}
			fake.SetStatus(1006, 456, altegiotest.StatusActive)
			if err := errors.Join(r.Must(resources...), r.Settled()); err != nil {
				t.Fatal(err)
			}
			fake.SetStatus(1006, 456, altegiotest.StatusPending) // may well not be listed
			fake.SetShapes(altegiotest.Shapes{MaxPage: 2, IgnorePage: true})
			plan := r.Plan(tf.Run{Parallelism: 1})
			said := plan.Diagnostics.String()
			if plan.Err() != nil || len(plan.Actions()) > 0 || !strings.Contains(said, "The listing of locations is short") ||
				!strings.Contains(said, "1003") || !strings.Contains(said, "1004") || strings.Contains(said, "1006") {
				t.Errorf("%v, %s", plan.Actions(), said)
			}
		})
	}
}

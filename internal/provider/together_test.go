// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// Effects of resources on each other, in the process. The rules for each type alone are in rules_test.go.

func only(ids ...int) map[int]any {
	at := make(map[int]any, len(ids))
	for _, id := range ids {
		at[id] = true
	}
	return at
}

// A fleet that is repaired while another is added keeps what it has.
func TestTogether_twoFleetsOneNew(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		heal := providertest.FailAt(r.Fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, 1002)
		if r.ApplyAll(t, fleetRes("us", only(1001, 1002, 1003))).Err() == nil {
			t.Fatal("the first apply succeeds")
		}
		heal()
		r.Fake.ResetJournal()
		r.Config.Resources = []tf.Resource{fleetRes("us", only(1001, 1002, 1003)), fleetRes("eu", only(1004, 1005))}
		if err := r.Apply(tf.Run{Seed: seed}).Err(); err != nil {
			t.Fatal(err)
		}
		if writes := r.Written(); len(writes) != 3 {
			t.Errorf("sent %v, want what was missing", writes)
		}
		r.ExpectChannels(t, map[int64]bool{1001: true, 1002: true, 1003: true, 1004: true, 1005: true})
	}
}

// If both are tainted, a location that neither declares any more goes off.
func TestTogether_bothTainted(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		heal := providertest.FailAt(r.Fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, 1002, 1005)
		if r.ApplyAll(t, fleetRes("us", only(1001, 1002, 1003)), fleetRes("eu", only(1004, 1005))).Err() == nil {
			t.Fatal("the first apply succeeds")
		}
		heal()
		r.Fake.ResetJournal()
		r.Config.Resources = []tf.Resource{fleetRes("us", only(1001, 1002)), fleetRes("eu", only(1004, 1005))}
		if err := r.Apply(tf.Run{Seed: seed}).Err(); err != nil {
			t.Fatal(err)
		}
		for _, stays := range []int{1001, 1002, 1004, 1005} {
			if n := r.SentOff(stays); n > 0 {
				t.Errorf("%d is made unavailable", stays)
			}
		}
		r.ExpectChannels(t, map[int64]bool{1001: true, 1002: true, 1003: false, 1004: true, 1005: true})
	}
}

// Replacing a fleet by one whose locations are known after apply turns off what is not among them.
func TestTogether_replacedByWhatIsNotKnown(t *testing.T) {
	t.Parallel()
	r := newRig(t, providertest.Specimen{})
	r.MustApply(t, fleetRes("us", only(1001, 1002)))
	r.Taint("altegio_application_channels.us")
	later := fleetRes("us", nil)
	later.Attrs["availability"] = tf.Later{Value: map[string]any{"1002": true, "1003": true}}
	r.MustApply(t, later)
	if n := r.SentOff(1002); n > 0 {
		t.Error("what stays is made unavailable")
	}
	r.MustApply(t, fleetRes("us", only(1002, 1003)))
	r.ExpectChannels(t, map[int64]bool{1001: false, 1002: true, 1003: true})
}

// A location that moves to another resource is not forgotten if its new owner is refused.
func TestTogether_movesAndIsRefused(t *testing.T) {
	t.Parallel()
	for name, to := range map[string][]tf.Resource{
		"to a channel": {channelRes("b", 1001, 456, true)},
		"to a fleet":   {fleetRes("b", only(1001, 1002))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(8) {
				r := newRig(t, providertest.Specimen{})
				r.MustApply(t, channelRes("a", 1001, 456, true))
				r.Fake.Fail(altegiotest.Fault{
					Operation: altegiotest.OpUpdateChannel, Status: http.StatusUnprocessableEntity, Match: providertest.BodyHas(`1001,"application_id":456,"channel_slug":"sms","is_available":true`),
				})
				r.Config.Resources = to
				if r.Apply(tf.Run{Seed: seed}).Err() == nil {
					t.Fatal("the apply succeeds")
				}
				on, _ := r.Fake.Channel(1001, 456, "sms")
				known := r.Object("altegio_application_channel.a") != nil || r.Object("altegio_application_channel.b") != nil
				if o := r.Object("altegio_application_channels.b"); o != nil {
					_, there := o.Attr("availability").(map[string]any)["1001"]
					known = known || there
				}
				if on && !known {
					t.Fatalf("seed %d: the channel is on, and nobody knows\n%s", seed, r.History())
				}
			}
		})
	}
}

// A channel that is destroyed at one address and declared at another stays. If the other was planned
// before, there is a warning.
func TestTogether_destroyedWhileAnotherHasIt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		address       string
		before, after []tf.Resource
		never         bool // nothing can be left alone
	}{
		"a channel": {
			"",
			[]tf.Resource{channelRes("a", 1001, 456, true), channelRes("b", 1001, 456, true)},
			[]tf.Resource{channelRes("b", 1001, 456, true)},
			false,
		},
		"a fleet": {
			"",
			[]tf.Resource{fleetRes("a", only(1001, 1002)), channelRes("b", 1001, 456, true)},
			[]tf.Resource{channelRes("b", 1001, 456, true)},
			false,
		},
		"a location between fleets": {
			"",
			[]tf.Resource{fleetRes("a", only(1001, 1002)), fleetRes("b", only(1001, 1003))},
			[]tf.Resource{fleetRes("a", only(1002)), fleetRes("b", only(1001, 1003))},
			false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept, warned := 0, 0
			for seed := range uint64(16) {
				r := newRig(t, providertest.Specimen{})
				r.MustApply(t, test.before...)
				r.Fake.ResetJournal()
				r.Config.Resources = test.after
				result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
				if err := result.Err(); err != nil {
					t.Fatal(err)
				}
				on, _ := r.Fake.Channel(1001, 456, "sms")
				told := strings.Contains(result.Plan.Diagnostics.String(), "Destroying takes away what another resource declares")
				if on == told {
					t.Fatalf("seed %d: on %t, warned %t\n%s", seed, on, told, r.History())
				}
				if on {
					kept++
				} else {
					warned++
				}
			}
			if test.never != (kept == 0) || warned == 0 {
				t.Errorf("left alone %d times, warned %d times", kept, warned)
			}
		})
	}
}

// An object that an interrupted replacement left behind takes nothing away from the one that is there.
func TestTogether_deposed(t *testing.T) {
	t.Parallel()
	for name, resource := range map[string]tf.Resource{
		"channel": channelRes("a", 1001, 456, true), "fleet": fleetRes("a", only(1001, 1002)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(8) {
				r := newRig(t, providertest.Specimen{})
				resource := cbd(resource)
				r.MustApply(t, resource)
				var sets int
				stop := make(chan struct{})
				r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Match: func(*http.Request, []byte) bool {
					if sets++; sets == 1 {
						close(stop)
					}
					return false
				}})
				_ = r.Apply(tf.Run{Replace: []string{resource.Addr}, Interrupt: stop, Parallelism: 1})
				r.Fake.ClearFaults()
				if len(r.Deposed(resource.Addr)) == 0 {
					t.Skip("nothing is deposed: the interrupt came too late")
				}
				result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
				on, _ := r.Fake.Channel(1001, 456, "sms")
				if told := strings.Contains(result.Plan.Diagnostics.String(), "Destroying takes away what another"); result.Err() != nil || on == told {
					t.Fatalf("seed %d: on %t, warned %t: %v %v %v\n%s", seed, on, told, result.Err(), result.Order, result.Plan.Diagnostics, r.History())
				}
			}
		})
	}
}

// Hundreds of channels that become a fleet are one warning.
func TestTogether_flood(t *testing.T) {
	t.Parallel()
	r := newRig(t, providertest.Specimen{})
	r.Workspace = tf.New(tf.NewProvider(provider.Server("1.2.3-test")), providertest.HarnessBlock(r.Fake))
	var singles []tf.Resource
	fleet := make(map[int]any)
	for _, id := range r.Fake.AddLocations(300, 456) {
		c := channelRes("x", int(id), 456, true)
		c.Addr = fmt.Sprintf("altegio_application_channel.all[%q]", fmt.Sprint(id))
		singles = append(singles, c)
		fleet[int(id)] = true
	}
	r.MustApply(t, singles...)
	r.Config.Resources = []tf.Resource{fleetRes("all", fleet)}
	plan := r.Plan()
	warnings := plan.Diagnostics.Warnings()
	if len(warnings) == 0 || len(warnings) > 3 {
		t.Errorf("%d warnings, want one to three", len(warnings))
	}
	if text := warnings.String(); !strings.Contains(text, "moved block") {
		t.Errorf("they say %s", text)
	}
}

// A plan that is never applied sees a reinstallation, too.
func TestTogether_reinstallationUnseenByPlans(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	resources := []tf.Resource{channelRes("a", 1001, 456, true), namesRes("a", 1001, "One")}
	r.MustApply(t, resources...)
	for range 2 {
		if plan := r.Plan(); len(plan.Actions()) > 0 {
			t.Fatalf("the plan is not empty: %v", plan.Actions())
		}
	}
	for _, application := range []int64{456, 457} {
		r.Fake.Uninstall(1001, application)
		r.Fake.Install(1001, application, altegiotest.StatusActive)
	}
	plan := r.Plan()
	if len(plan.Actions()) != 2 {
		t.Errorf("the plan has %v, want both set again", plan.Actions())
	}
	if warnings := plan.Diagnostics.Warnings(); len(warnings) != 1 || !strings.Contains(warnings.String(), "Application was reinstalled") {
		t.Errorf("it says %v", warnings)
	}
}

// A fleet sees what an installation of the same configuration did to it.
func TestTogether_fleetAndReinstallation(t *testing.T) {
	t.Parallel()
	installation := func(webhooks ...any) tf.Resource {
		return tf.Resource{Addr: "altegio_location_application.a", Attrs: tf.Attrs{
			"location_id": 1006, "application_id": 456, "allow_uninstall": true, "webhook_urls": webhooks,
		}}
	}
	fleet := fleetRes("a", only(1001, 1006))
	fleet.DependsOn = []string{"altegio_location_application.a"}
	r := newRig(t, providertest.Specimen{})
	r.MustApply(t, installation("https://bot.example/a"), fleet)
	r.ExpectChannels(t, map[int64]bool{1001: true, 1006: true})

	// The replacement uninstalls, and the owner connects again while it is applied.
	r.Fake.Uninstall(1006, 456)
	r.Fake.Install(1006, 456, altegiotest.StatusActive)
	plan := r.Plan()
	if actions := plan.Actions(); actions["altegio_application_channels.a"] == "" {
		t.Errorf("the plan has %v: the fleet did not see it\n%s", actions, r.History())
	}
	r.MustApply(t, installation("https://bot.example/a"), fleet)
	r.ExpectChannels(t, map[int64]bool{1001: true, 1006: true})
}

// The first apply fails half way. The error says how to continue where nothing may be destroyed, and a
// fleet leaves nothing in the state if no channel was set.
func TestTogether_createdInPart(t *testing.T) {
	t.Parallel()
	r := newRig(t, providertest.Specimen{})
	fleet := keep(fleetRes("a", only(1001, 1002)))
	heal := providertest.FailAt(r.Fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, 1002)
	if err := r.ApplyAll(t, fleet).Err(); err == nil || !strings.Contains(err.Error(), "terraform untaint") {
		t.Errorf("the error does not name untaint: %v", err)
	}
	heal()
	if r.Plan().Err() == nil {
		t.Error("prevent_destroy allows the replacement: then nothing has to be said")
	}
	r.Untaint(fleet.Addr)
	r.MustApply(t, fleet)
	r.ExpectChannels(t, map[int64]bool{1001: true, 1002: true})

	r = newRig(t, providertest.Specimen{})
	providertest.FailAt(r.Fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, 1001, 1002)
	if r.ApplyAll(t, fleet).Err() == nil || r.Object(fleet.Addr) != nil {
		t.Errorf("what was set nowhere is in the state: %v", r.Object(fleet.Addr))
	}
}

// A refusal at many locations does not keep the others from being set.
func TestTogether_refusedAtMany(t *testing.T) {
	t.Parallel()
	r := newRig(t, providertest.Specimen{})
	var all []int
	for _, id := range r.Fake.AddLocations(300, 456) {
		all = append(all, int(id))
	}
	var refused []int64
	for _, id := range all[:150] {
		refused = append(refused, int64(id))
	}
	providertest.FailAt(r.Fake, altegiotest.Fault{Status: http.StatusForbidden}, refused...)
	if r.ApplyAll(t, fleetRes("a", only(all...))).Err() == nil {
		t.Fatal("the apply succeeds")
	}
	for _, id := range all[150:] {
		if on, _ := r.Fake.Channel(int64(id), 456, "sms"); !on {
			t.Fatalf("location %d was not reached", id)
		}
	}
}

// An apply that gives up has made progress wherever that is possible, whichever locations fail.
func TestTogether_givesUpWithProgress(t *testing.T) {
	t.Parallel()
	r := newRig(t, providertest.Specimen{})
	var all []int
	for _, id := range r.Fake.AddLocations(400, 456) {
		all = append(all, int(id))
	}
	for end := range 2 { // the smaller half, then the greater one
		var failing []int64
		for _, id := range all[end*200 : end*200+200] {
			failing = append(failing, int64(id))
		}
		heal := providertest.FailAt(r.Fake, altegiotest.Fault{Status: http.StatusInternalServerError}, failing...)
		r.Fake.ResetJournal()
		if r.ApplyAll(t, fleetRes("a", only(all...))).Err() == nil {
			t.Fatal("the apply succeeds")
		}
		heal()
		reached := 0
		for _, id := range all {
			if on, _ := r.Fake.Channel(int64(id), 456, "sms"); on {
				reached++
			}
		}
		if reached == 0 {
			t.Error("nothing was set")
		}
		r.MustApply(t)
	}
}

// A location that moves between discounts with the same number keeps what it has, where the apply sees
// it leave first; otherwise the plan has warned.
func TestTogether_discountMoves(t *testing.T) {
	t.Parallel()
	handed := 0
	for seed := range uint64(16) {
		r := newRig(t, providertest.Specimen{})
		r.MustApply(t, discountRes("a", 12.5, 1001, 1002), discountRes("b", 12.5, 1003))
		r.Fake.ResetJournal()
		r.Config.Resources = []tf.Resource{discountRes("a", 12.5, 1001), discountRes("b", 12.5, 1002, 1003)}
		result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
		if err := result.Err(); err != nil {
			t.Fatal(err)
		}
		if len(r.Written()) == 0 {
			handed++
		} else if !strings.Contains(result.Plan.Diagnostics.String(), "Discount may be given twice") {
			t.Fatalf("seed %d: sent again without a word\n%s", seed, r.History())
		}
	}
	if handed == 0 {
		t.Error("nothing was ever handed over")
	}
}

// A tainted object is replaced without a plan that shows it to the provider. What its replacement drops and
// another resource has stays. If the other is planned later, there is a warning.
func TestTogether_taintedDropsWhatAnotherHas(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ tainted, after, other tf.Resource }{
		"a fleet and a channel": {fleetRes("a", only(1001, 1002)), fleetRes("a", only(1002)), channelRes("b", 1001, 456, true)},
		"two fleets":            {fleetRes("a", only(1001, 1002)), fleetRes("a", only(1002)), fleetRes("b", only(1001, 1003))},
		"two channels":          {channelRes("a", 1001, 456, true), channelRes("a", 1002, 456, true), channelRes("b", 1001, 456, true)},
		"created first":         {cbd(fleetRes("a", only(1001, 1002))), cbd(fleetRes("a", only(1002))), channelRes("b", 1001, 456, true)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := 0
			for seed := range uint64(8) {
				r := newRig(t, providertest.Specimen{})
				r.MustApply(t, test.tainted, test.other)
				r.Taint(test.tainted.Addr)
				r.Config.Resources = []tf.Resource{test.after, test.other}
				result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
				if err := result.Err(); err != nil {
					t.Fatal(err)
				}
				on, _ := r.Fake.Channel(1001, 456, "sms")
				told := strings.Contains(result.Plan.Diagnostics.String(), "Destroying takes away what another resource declares")
				if on == told {
					t.Fatalf("seed %d: on %t, warned %t: %v\n%s", seed, on, told, result.Plan.Diagnostics, r.History())
				}
				if on {
					kept++
				}
			}
			if kept == 0 || kept == 8 {
				t.Errorf("left alone %d times of 8, want it to depend on the order", kept)
			}
		})
	}
}

// If a replacement declares what its tainted object has, there is no warning.
func TestTogether_taintedIsNoFalseAlarm(t *testing.T) {
	t.Parallel()
	r := newRig(t, providertest.Specimen{})
	all := []tf.Resource{fleetRes("a", only(1001, 1002)), fleetRes("b", only(1003, 1004)), channelRes("c", 1001, 456, true)}
	r.MustApply(t, all...)
	r.Taint("altegio_application_channels.a")
	r.Taint("altegio_application_channels.b")
	for seed := range uint64(8) {
		if plan := r.Plan(tf.Run{Seed: seed, Parallelism: 1}); len(plan.Diagnostics) > 0 {
			t.Errorf("seed %d: %v", seed, plan.Diagnostics)
		}
	}
}

// A discount whose replacement is refused is not forgotten: it is in the state, and is not given twice.
func TestTogether_replacedDiscountIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, providertest.Specimen{})
	r.MustApply(t, discountRes("a", 10, 1001, 1002))
	r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAddDiscount, Status: http.StatusTooManyRequests, Times: 1})
	if r.Apply(tf.Run{Replace: []string{"altegio_application_discount.a"}}).Err() == nil {
		t.Fatal("the apply succeeds")
	}
	r.Fake.ClearFaults()
	if r.Object("altegio_application_discount.a") == nil {
		t.Error("the discount is given, and nobody knows")
	}
	r.MustApply(t, discountRes("a", 10, 1001, 1002))
	if writes := r.Written(); len(writes) > 0 {
		t.Errorf("given again: %v", writes)
	}
}

// A discount in doubt is not given again under another name without a warning.
func TestTogether_discountInDoubtIsRenamed(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		r.Lose([]string{altegiotest.OpAddDiscount})
		if r.ApplyAll(t, discountRes("a", 10, 1001)).Err() == nil {
			t.Fatal("the apply succeeds")
		}
		r.Fake.ClearFaults()
		r.Config.Resources = []tf.Resource{discountRes("b", 10, 1001)}
		plan := r.Plan(tf.Run{Seed: seed, Parallelism: 1})
		if text := plan.Diagnostics.String(); plan.Err() == nil && !strings.Contains(text, "Discount may be given twice") {
			t.Errorf("seed %d: the plan says %q", seed, text)
		}
	}
}

// A tainted resource leaves its webhooks to what replaces it, and to nobody else at the location.
func TestTogether_taintedWebhooksNextToNewOnes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		one := webhooksRes("a", 1001, []string{"https://bot.example/a"}, []string{"client"})
		r.MustApply(t, one)
		r.Taint(one.Addr)
		r.Config.Resources = []tf.Resource{one, webhooksRes("b", 1001, []string{"https://bot.example/b"}, []string{"client"})}
		r.Fake.ResetJournal()
		if err := r.Apply(tf.Run{Seed: seed, Parallelism: 1}).Err(); err != nil {
			t.Fatal(err)
		}
		for _, write := range r.Written() {
			if !strings.Contains(write, "bot.example/a") {
				t.Errorf("seed %d: %s", seed, write)
			}
		}
	}
}

// A resource whose key is not known yet is replaced. What it gives up, and another resource has, stays, or the
// plan warns.
func TestTogether_unknownKey(t *testing.T) {
	t.Parallel()
	reset := func(name string) tf.Resource {
		d := discountRes(name, 10, 1001)
		d.Attrs["reset_on_destroy"] = true
		return d
	}
	hook := func(name string) tf.Resource {
		return webhooksRes(name, 1001, []string{"https://bot.example/a"}, []string{"client"})
	}
	for name, test := range map[string]struct {
		make func(name string) tf.Resource
		key  string
		id   int
		held func(*altegiotest.Server) any
	}{
		"channel": {func(name string) tf.Resource { return channelRes(name, 1001, 456, true) }, "location_id", 1002, func(fake *altegiotest.Server) any {
			on, _ := fake.Channel(1001, 456, "sms")
			return on
		}},
		"fleet": {func(name string) tf.Resource { return fleetRes(name, only(1001)) }, "application_id", 460, func(fake *altegiotest.Server) any {
			on, _ := fake.Channel(1001, 456, "sms")
			return on
		}},
		"discount": {reset, "application_id", 460, func(fake *altegiotest.Server) any {
			discount, _ := fake.Discount(1001, 456)
			return discount
		}},
		"webhooks": {hook, "location_id", 1002, func(fake *altegiotest.Server) any { return fake.Webhooks(1001) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			quiet := 0
			for seed := range uint64(8) {
				r := newRig(t, providertest.Specimen{})
				r.Fake.Install(1001, 460, altegiotest.StatusActive)
				r.MustApply(t, test.make("a"), test.make("b"))
				before := test.held(r.Fake)
				moving := test.make("a")
				moving.Attrs[test.key] = tf.Later{Value: test.id}
				r.Config.Resources = []tf.Resource{moving, test.make("b")}
				result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
				if err := result.Err(); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
				warned := strings.Contains(result.Plan.Diagnostics.String(), "Destroying takes away what another resource declares")
				if after := test.held(r.Fake); !reflect.DeepEqual(after, before) && !warned {
					t.Errorf("seed %d: held %v, and now %v\n%s", seed, before, after, r.History())
				}
				if !warned {
					quiet++
				}
			}
			if quiet == 0 {
				t.Error("what another resource has never stays")
			}
		})
	}
}

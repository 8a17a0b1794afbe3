// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// A plan that turns something off says so, and a limit stops one that turns off too much.

func limited(fleet tf.Resource, limit any) tf.Resource {
	fleet.Attrs["max_turned_off"] = limit
	return fleet
}

func TestTurnedOff_warning(t *testing.T) {
	t.Parallel()
	reset := func(locations ...any) tf.Resource {
		d := discountRes("a", 10, locations...)
		d.Attrs["reset_on_destroy"] = true
		return d
	}
	false3 := only(1001, 1002, 1003)
	false3[1002], false3[1003] = false, false
	slug := fleetRes("a", only(1001, 1002))
	slug.Attrs["channel_slug"] = "whatsapp"
	for name, test := range map[string]struct {
		before, after []tf.Resource
		says          string
	}{
		"dropped":  {[]tf.Resource{fleetRes("a", only(1001, 1002, 1003))}, []tf.Resource{fleetRes("a", only(1001))}, "channel 456/sms at 2 locations: 1002, 1003 (2 still connected)"},
		"false":    {[]tf.Resource{fleetRes("a", only(1001, 1002, 1003))}, []tf.Resource{fleetRes("a", false3)}, "channel 456/sms at 2 locations: 1002, 1003 (2 still connected)"},
		"replaced": {[]tf.Resource{fleetRes("a", only(1001, 1002))}, []tf.Resource{slug}, "channel 456/sms at 2 locations: 1001, 1002 (2 still connected)"},
		"destroyed": {
			[]tf.Resource{fleetRes("a", only(1001)), fleetRes("b", only(1002))}, nil, "channel 456/sms at 2 locations: 1001, 1002 (2 still connected)",
		},
		"discount":           {[]tf.Resource{reset(1001, 1002)}, []tf.Resource{reset(1001)}, "discount of application 456 at 1 location: 1002 (1 still connected)"},
		"discount destroyed": {[]tf.Resource{reset(1001, 1002)}, nil, "discount of application 456 at 2 locations: 1001, 1002 (2 still connected)"},
		"names":              {[]tf.Resource{namesRes("a", 1001, "One", "Two")}, []tf.Resource{namesRes("a", 1001, "Two")}, `sender name "One" of application 457 at 1 location: 1001`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, release := range []tf.Release{tf.V1_11, tf.Latest} {
				r := newPlanRig(t)
				r.Release = release
				r.MustApply(t, test.before...)
				expectWarning(t, r.PlanAll(t, test.after...), "Locations lose what they have", test.says)
			}
		})
	}
}

// Nothing goes off: there is nothing to warn of, and no limit to keep to.
func TestTurnedOff_nothing(t *testing.T) {
	t.Parallel()
	off := fleetRes("a", map[int]any{1001: true, 1002: false})
	r := newPlanRig(t)
	r.MustApply(t, limited(off, 0))
	for name, after := range map[string]tf.Resource{
		"false goes": limited(fleetRes("a", only(1001)), 0),
		"one comes":  limited(fleetRes("a", map[int]any{1001: true, 1002: false, 1003: true}), 0),
	} {
		if plan := r.PlanAll(t, after); len(plan.Diagnostics) > 0 {
			t.Errorf("%s: the plan says %v", name, plan.Diagnostics)
		}
	}
	r.Taint("altegio_application_channels.a")
	r.MustApply(t, limited(off, 0))
	r.ExpectChannels(t, map[int64]bool{1001: true})
}

func TestTurnedOff_limit(t *testing.T) {
	t.Parallel()
	full := func(limit any) tf.Resource { return limited(fleetRes("a", only(1001, 1002, 1003)), limit) }
	ids := func(limit any, locations ...any) tf.Resource {
		return tf.Resource{Addr: "altegio_application_channels.a", Attrs: tf.Attrs{
			"application_id": 456, "channel_slug": "sms", "available_at": locations, "max_turned_off": limit,
		}}
	}
	slug := full(5)
	slug.Attrs["channel_slug"] = "whatsapp"
	for name, test := range map[string]struct {
		before, after []tf.Resource
		destroy       bool
		allowed       bool
	}{
		"as many":                  {before: []tf.Resource{full(2)}, after: []tf.Resource{limited(fleetRes("a", only(1001)), 2)}, allowed: true},
		"too many":                 {before: []tf.Resource{full(1)}, after: []tf.Resource{limited(fleetRes("a", only(1001)), 1)}},
		"none":                     {before: []tf.Resource{ids(0, 1001, 1002)}, after: []tf.Resource{ids(0, 1001)}},
		"raised with it":           {before: []tf.Resource{full(1)}, after: []tf.Resource{limited(fleetRes("a", only(1001)), 5)}},
		"removed with it":          {before: []tf.Resource{full(1)}, after: []tf.Resource{fleetRes("a", only(1001))}},
		"set with it":              {before: []tf.Resource{fleetRes("a", only(1001, 1002, 1003))}, after: []tf.Resource{limited(fleetRes("a", only(1001)), 1)}},
		"lowered with it":          {before: []tf.Resource{full(5)}, after: []tf.Resource{limited(fleetRes("a", only(1001)), 1)}},
		"no limit":                 {before: []tf.Resource{fleetRes("a", only(1001, 1002))}, allowed: true},
		"another channel":          {before: []tf.Resource{full(2)}, after: []tf.Resource{slug}},
		"the block is gone":        {before: []tf.Resource{full(2)}},
		"destroyed":                {before: []tf.Resource{full(2)}, after: []tf.Resource{full(2)}, destroy: true},
		"destroyed, within it":     {before: []tf.Resource{full(3)}, after: []tf.Resource{full(3)}, destroy: true, allowed: true},
		"found out by the apply":   {before: []tf.Resource{full(1)}, after: []tf.Resource{limited(tf.Resource{Addr: "altegio_application_channels.a", Attrs: tf.Attrs{"application_id": 456, "channel_slug": "sms", "availability": tf.Later{Value: map[string]any{"1001": true}}}}, 1)}},
		"false instead of nothing": {before: []tf.Resource{full(1)}, after: []tf.Resource{limited(fleetRes("a", map[int]any{1001: true, 1002: false, 1003: false}), 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, release := range []tf.Release{tf.V1_11, tf.Latest} {
				r := newPlanRig(t)
				r.Release = release
				r.MustApply(t, test.before...)
				r.Fake.ResetJournal()
				r.Config.Resources = test.after
				err := r.Apply(tf.Run{Destroy: test.destroy}).Err()
				if test.allowed {
					if err != nil {
						t.Error(err)
					}
					continue
				}
				if err == nil || !strings.Contains(err.Error(), "would be turned off at") || !strings.Contains(err.Error(), "max_turned_off is") {
					t.Errorf("%s: the error is %v", release, err)
				}
				if w := r.Written(); len(w) > 0 {
					t.Errorf("%s: sent %v", release, w)
				}
			}
		})
	}
}

// A raised limit is applied alone first, and the plan after it goes through.
func TestTurnedOff_raised(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	r.MustApply(t, limited(fleetRes("a", only(1001, 1002)), 0))
	r.MustApply(t, limited(fleetRes("a", only(1001, 1002)), 1))
	if w := r.Written(); len(w) > 0 {
		t.Errorf("raising the limit sends %v", w)
	}
	r.MustApply(t, limited(fleetRes("a", only(1001)), 1))
	r.ExpectChannels(t, map[int64]bool{1001: true, 1002: false})
}

// The destroying half of a tainted fleet's replacement, whose plan has not seen the state, keeps to the
// limit, too.
func TestTurnedOff_tainted(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	r.MustApply(t, limited(fleetRes("a", only(1001, 1002, 1003)), 1))
	r.Taint("altegio_application_channels.a")
	err := r.ApplyAll(t, limited(fleetRes("a", only(1001)), 1)).Err()
	if err == nil || !strings.Contains(err.Error(), "max_turned_off is 1") || len(r.Written()) > 0 {
		t.Errorf("%v, sent %v", err, r.Written())
	}
}

// Locations that are not connected do not count; those that cannot be asked about do.
func TestTurnedOff_connected(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	r.MustApply(t, limited(fleetRes("a", only(1001, 1002, 1003)), 1))
	r.Fake.Uninstall(1002, 456)
	r.Config.Resources = []tf.Resource{limited(fleetRes("a", only(1001)), 1)}
	plan := r.Plan(tf.Run{NoRefresh: true})
	expectWarning(t, plan, "at 2 locations: 1002, 1003 (1 still connected)")
	r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusBadGateway})
	if err := r.Plan(tf.Run{NoRefresh: true}).Err(); err == nil || !strings.Contains(err.Error(), "at 2 locations") {
		t.Errorf("nothing can be asked, and the error is %v", err)
	}
}

// A location that another resource keeps does not go off.
func TestTurnedOff_kept(t *testing.T) {
	t.Parallel()
	allowed := 0
	for seed := range uint64(8) {
		r := newRig(t, providertest.Specimen{})
		r.MustApply(t, limited(fleetRes("a", only(1001)), 0), channelRes("b", 1001, 456, true))
		r.Config.Resources = []tf.Resource{channelRes("b", 1001, 456, true)}
		result := r.Apply(tf.Run{Seed: seed, Parallelism: 1})
		on, _ := r.Fake.Channel(1001, 456, "sms")
		if !on {
			t.Fatalf("seed %d: went off\n%s", seed, r.History())
		}
		if result.Err() == nil {
			allowed++
		}
	}
	if allowed == 0 {
		t.Error("what is kept counts as going off")
	}
}

// A fleet is replaced where its application is not known yet: all of its channels go, and the limit holds,
// also where the plan has not seen the state.
func TestTurnedOff_unknownApplication(t *testing.T) {
	t.Parallel()
	for _, tainted := range []bool{false, true} {
		for _, release := range []tf.Release{tf.V1_11, tf.Latest} {
			r := newPlanRig(t)
			r.Release = release
			r.MustApply(t, limited(fleetRes("a", only(1001, 1002, 1003)), 2))
			if tainted {
				r.Taint("altegio_application_channels.a")
			}
			next := limited(fleetRes("a", only(1001, 1002, 1003)), 2)
			next.Attrs["application_id"] = tf.Later{Value: 460}
			r.Fake.AddApplication(altegiotest.Application{ID: 460, Title: "Another Bot", Category: altegiotest.CategoryChatBots})
			plan := r.PlanAll(t, next)
			if !tainted {
				if err := plan.Err(); err == nil || !strings.Contains(err.Error(), "turned off at 3 locations, and max_turned_off is 2") {
					t.Errorf("%s: the plan says %v", release, plan.Diagnostics)
				}
				continue
			}
			if err := plan.Apply().Err(); err == nil || !strings.Contains(err.Error(), "max_turned_off is 2") {
				t.Errorf("%s: the error is %v", release, err)
			}
			if w := r.Written(); len(w) > 0 {
				t.Errorf("%s: sent %v", release, w)
			}
		}
	}
}

// Where the listing cannot be read, not every resource tries again.
func TestTurnedOff_cannotAsk(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	var all []tf.Resource
	for i := range 30 {
		d := discountRes("x", 10, 1001+i%5)
		d.Addr = fmt.Sprintf("altegio_application_discount.all[%d]", i)
		d.Attrs["reset_on_destroy"] = true
		all = append(all, d)
	}
	r.MustApply(t, all...)
	r.Fake.ResetJournal()
	r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusBadGateway})
	r.Config.Resources = nil
	r.Plan(tf.Run{NoRefresh: true, Parallelism: 1})
	if n := r.Fake.Count(altegiotest.OpLocations); n > 2 {
		t.Errorf("asked %d times", n)
	}
}

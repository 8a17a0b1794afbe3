// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// The plan finds out that an apply would fail.

// newPlanRig is a rig whose provider waits for more findings before it warns.
func newPlanRig(t *testing.T, block ...tf.Attrs) providertest.Rig {
	t.Helper()
	fake := coretest.NewFake(t)
	all := providertest.HarnessBlock(fake)
	for _, more := range block {
		maps.Copy(all, more)
	}
	return providertest.Rig{Workspace: tf.New(tf.NewProvider(provider.Server("1.2.3-test")), all), Fake: fake}
}

// expectWarning fails unless there is one warning, which says all of the texts.
func expectWarning(t *testing.T, plan *tf.Plan, texts ...string) {
	t.Helper()
	warnings := plan.Diagnostics.Warnings()
	if len(warnings) != 1 || plan.Err() != nil {
		t.Fatalf("the plan says %v, want one warning", plan.Diagnostics)
	}
	for _, text := range texts {
		if !strings.Contains(warnings.String(), text) {
			t.Errorf("the warning lacks %q: %s", text, warnings)
		}
	}
}

// listing is how often a short listing is asked for until it is known to be whole.
const listing = 3

// newcomers are resources of all types that the preflight checks, at a location of application 456.
func newcomers(location int) map[string]tf.Resource {
	return map[string]tf.Resource{
		"channel":  channelRes("a", location, 456, true),
		"fleet":    fleetRes("a", only(1001, location)),
		"names":    {Addr: "altegio_sms_sender_names.a", Attrs: tf.Attrs{"location_id": location, "application_id": 456, "names": []any{"One"}}},
		"discount": discountRes("a", 10, 1001, location),
		"installation": {Addr: "altegio_location_application.a", Attrs: tf.Attrs{
			"location_id": location, "application_id": 456,
		}},
	}
}

func TestPreflight_notConnected(t *testing.T) {
	t.Parallel()
	for name, resource := range newcomers(1008) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPlanRig(t)
			plan := r.PlanAll(t, resource)
			summary := "Application is not connected at all declared locations"
			if name == "installation" {
				summary = "Owners have to connect the application first"
			}
			expectWarning(t, plan, summary, "installation of application 456 at 1 location: 1008", "The apply fails there")
			r.ExpectCounts(t, map[string]int{altegiotest.OpLocations: listing, altegiotest.OpInstallation: 1})

			off := newPlanRig(t, tf.Attrs{"validate": false})
			if plan := off.PlanAll(t, resource); len(plan.Diagnostics) > 0 || len(off.Fake.Requests()) > 0 {
				t.Errorf("turned off, it says %v and sends %v", plan.Diagnostics, off.Fake.Counts())
			}
		})
	}
}

// A replacement creates, too. Terraform shows only the warnings of its first plan, which has a state.
func TestPreflight_replacement(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after tf.Resource
	}{
		"channel": {channelRes("a", 1001, 456, true), channelRes("a", 1008, 456, true)},
		"fleet": {tf.Resource{Addr: "altegio_application_channels.a", Attrs: tf.Attrs{
			"application_id": 457, "channel_slug": "sms", "availability": only(1001),
		}}, fleetRes("a", only(1008))},
		"names": {namesRes("a", 1001, "One"), newcomers(1008)["names"]},
		"discount": {tf.Resource{Addr: "altegio_application_discount.a", Attrs: tf.Attrs{
			"application_id": 457, "location_ids": []any{1001}, "discount": 10,
		}}, discountRes("a", 10, 1008)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPlanRig(t)
			r.MustApply(t, test.before)
			plan := r.PlanAll(t, test.after)
			if err := plan.Err(); err != nil {
				t.Fatal(err)
			}
			if text := plan.Diagnostics.Warnings().String(); !strings.Contains(text, "Application is not connected at all declared locations") ||
				!strings.Contains(text, "installation of application 456 at 1 location: 1008") {
				t.Errorf("the plan says %q", text)
			}
		})
	}
}

// A connected location is not mentioned, and only costs the listing.
func TestPreflight_connected(t *testing.T) {
	t.Parallel()
	for name, resource := range newcomers(1002) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPlanRig(t)
			if plan := r.PlanAll(t, resource); len(plan.Diagnostics) > 0 {
				t.Errorf("the plan says %v", plan.Diagnostics)
			}
			r.ExpectCounts(t, map[string]int{altegiotest.OpLocations: listing})
		})
	}
}

// The statuses that the listing leaves out are named as such.
func TestPreflight_statuses(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	r.Fake.SetShapes(altegiotest.Shapes{ListActiveOnly: true})
	plan := r.PlanAll(t, fleetRes("a", only(1001, 1006, 1007, 1008)), channelRes("b", 1006, 456, true))
	warnings := plan.Diagnostics.Warnings()
	for _, text := range []string{
		"Installations are pending", "at 1 location: 1006", "Installations are suspended", "at 1 location: 1007",
		"Application is not connected", "at 1 location: 1008",
	} {
		if !strings.Contains(warnings.String(), text) {
			t.Errorf("the warnings lack %q", text)
		}
	}
	if len(warnings) != 3 {
		t.Errorf("the plan says %v", warnings)
	}
	r.ExpectCounts(t, map[string]int{altegiotest.OpLocations: listing, altegiotest.OpInstallation: 3})
}

// Hundreds of resources are one warning.
func TestPreflight_flood(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	var all []tf.Resource
	for i, id := range r.Fake.AddLocations(200, 457) { // the fleet's application is another
		c := channelRes("x", int(id), 456, true)
		c.Addr = fmt.Sprintf("altegio_application_channel.all[%d]", i)
		all = append(all, c, tf.Resource{
			Addr:  fmt.Sprintf("altegio_sms_sender_names.all[%d]", i),
			Attrs: tf.Attrs{"location_id": int(id), "application_id": 456, "names": []any{"One"}},
		})
	}
	plan := r.PlanAll(t, all...)
	expectWarning(t, plan, "at 200 locations: ", "and 180 more")
	r.ExpectCounts(t, map[string]int{altegiotest.OpLocations: listing, altegiotest.OpInstallation: 200})
}

// An installation in the same plan is no reason to warn.
func TestPreflight_installationIsPlanned(t *testing.T) {
	t.Parallel()
	for _, grants := range []bool{false, true} {
		r := newPlanRig(t)
		channel := channelRes("b", 1008, 456, true)
		channel.DependsOn = []string{"altegio_location_application.a"}
		installation := newcomers(1008)["installation"]
		installation.Attrs["grant_access"] = grants
		installation.Attrs["webhook_urls"] = tf.Later{Value: []any{"https://bot.example/a"}}
		plan := r.PlanAll(t, installation, channel)
		if grants && len(plan.Diagnostics) > 0 {
			t.Errorf("the plan says %v", plan.Diagnostics)
		}
		if !grants {
			expectWarning(t, plan, "Owners have to connect the application first")
		}
	}
}

func TestPreflight_refused(t *testing.T) {
	t.Parallel()
	refusals := map[string]struct {
		block       tf.Attrs
		application int
		attribute   string
		errors      int
	}{
		"token":       {block: tf.Attrs{"partner_token": "wrong"}, application: 456, errors: 1},
		"application": {application: 999, attribute: "application_id", errors: 2},
	}
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPlanRig(t, refusal.block)
			if name == "application" {
				r.Fake.AddApplication(altegiotest.Application{ID: 998, Title: "Another foreign one", Foreign: true})
			}
			var all []tf.Resource
			for location := 1001; location <= 1005; location++ {
				all = append(all,
					channelRes(fmt.Sprint("a", location), location, refusal.application, true),
					channelRes(fmt.Sprint("b", location), location, 998, true))
			}
			plan := r.PlanAll(t, all...)
			var said tf.Diagnostics
			for _, d := range plan.Diagnostics {
				if d.Error {
					said = append(said, d)
				}
			}
			if len(said) != refusal.errors || len(said) != len(plan.Diagnostics) {
				t.Fatalf("the plan says %v", plan.Diagnostics)
			}
			for _, d := range said {
				if d.Attribute != refusal.attribute && refusal.attribute != "" {
					t.Errorf("the error is at %q", d.Attribute)
				}
			}
			if n := r.Fake.Count(altegiotest.OpLocations); n > 2 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// A failure to ask is reported once, and the plan continues.
func TestPreflight_cannotAsk(t *testing.T) {
	t.Parallel()
	page := http.Header{"Content-Type": {"text/html"}}
	for name, fault := range map[string]altegiotest.Fault{
		"no network":        {Drop: true},
		"server error":      {Status: http.StatusBadGateway},
		"too many requests": {Status: http.StatusTooManyRequests},
		"proxy":             {Status: http.StatusForbidden, HTML: true},
		"proxy, token":      {Status: http.StatusUnauthorized, Header: page, Body: "<html>log in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPlanRig(t, tf.Attrs{"rate_limit_timeout": "1ms"})
			r.Fake.Fail(fault)
			var all []tf.Resource
			for location := 1001; location <= 1008; location++ {
				all = append(all, channelRes(fmt.Sprint("a", location), location, 456, true))
			}
			plan := r.PlanAll(t, all...)
			expectWarning(t, plan, "Plan is not checked", "application 456: ", "validate = false")
			if len(plan.Actions()) != len(all) {
				t.Errorf("the plan has %v", plan.Actions())
			}
			if n, statuses := r.Fake.Count(altegiotest.OpLocations), r.Fake.Count(altegiotest.OpInstallation); n > 2 || statuses > 0 {
				t.Errorf("asked %d times for the listing, and %d for a status", n, statuses)
			}
		})
	}
	t.Run("status", func(t *testing.T) {
		t.Parallel()
		r := newPlanRig(t)
		r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusBadGateway})
		expectWarning(t, r.PlanAll(t, fleetRes("a", only(1001, 1008, 1009, 1010))), "Plan is not checked", "application 456: 502")
	})
}

// A location whose status may not be read says nothing about the application, because its listing was read.
func TestPreflight_forbiddenStatus(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	r.Fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusForbidden})
	expectWarning(t, r.PlanAll(t, fleetRes("a", only(1001, 1008))), "Plan is not checked", "application 456: 403")
}

// Nothing is asked about what is not known yet, nor about what is there already.
func TestPreflight_nothingToAsk(t *testing.T) {
	t.Parallel()
	later := channelRes("a", 1001, 456, true)
	later.Attrs["location_id"] = tf.Later{Value: 1008}
	r := newPlanRig(t)
	if plan := r.PlanAll(t, later); len(plan.Diagnostics) > 0 || len(r.Fake.Requests()) > 0 {
		t.Errorf("says %v, sends %v", plan.Diagnostics, r.Fake.Counts())
	}
	r.MustApply(t, channelRes("a", 1001, 456, true))
	r.Fake.ResetJournal()
	r.Config.Resources = []tf.Resource{channelRes("a", 1001, 456, false)}
	if plan := r.Plan(tf.Run{NoRefresh: true}); len(plan.Diagnostics) > 0 || len(r.Fake.Requests()) > 0 {
		t.Errorf("says %v, sends %v", plan.Diagnostics, r.Fake.Counts())
	}
}

// A warning of a refresh is not repeated for the same location.
func TestPreflight_uninstalled(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	fleet := fleetRes("a", only(1001, 1002))
	r.MustApply(t, fleet)
	r.Fake.Uninstall(1002, 456)
	expectWarning(t, r.PlanAll(t, fleet), "Application is no longer installed", "1002")
}

// An apply asks once more at most, whatever it creates.
func TestPreflight_apply(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t)
	var all []tf.Resource
	for i, id := range r.Fake.AddLocations(50, 456) {
		c := channelRes("x", int(id), 456, true)
		c.Addr = fmt.Sprintf("altegio_application_channel.all[%d]", i)
		all = append(all, c)
	}
	r.MustApply(t, all...)
	if n := r.Fake.Count(altegiotest.OpLocations); n > 2*listing {
		t.Errorf("asked for the listing %d times", n)
	}
	if n := len(slices.DeleteFunc(r.Written(), func(string) bool { return false })); n != 50 {
		t.Errorf("sent %d changes", n)
	}
}

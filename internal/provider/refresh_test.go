// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// Reinstallations that a refresh notices, and the cost of noticing them.

func expectAsked(t *testing.T, fake *altegiotest.Server, statuses, channels int) {
	t.Helper()
	if s, c := fake.Count(altegiotest.OpInstallation), fake.Count(altegiotest.OpUpdateChannel); s != statuses || c != channels {
		t.Errorf("asked for the status %d times and set %d channels, want %d and %d", s, c, statuses, channels)
	}
}

// Creating N channels at L locations is N + L requests, and a plan that is never applied sees a
// reinstallation.
func TestRefresh_createLearnsTheInstallation(t *testing.T) {
	t.Parallel()
	for mode, statuses := range map[string]int{"status": 3, "": 3, "listing": 0} {
		block := tf.Attrs{}
		if mode != "" {
			block["refresh"] = mode
		}
		r := newPlanRig(t, block)
		var all []tf.Resource
		for _, location := range []int{1001, 1002, 1003} {
			sms, other := channelRes("a", location, 456, true), channelRes("b", location, 456, true)
			sms.Addr += string(rune('a' + location - 1001))
			other.Addr += string(rune('a' + location - 1001))
			other.Attrs["channel_slug"] = "whatsapp"
			all = append(all, sms, other)
		}
		r.MustApply(t, all...)
		expectAsked(t, r.Fake, statuses, 6)
		r.Fake.Install(1002, 456, altegiotest.StatusActive)
		plan := r.PlanAll(t, all...)
		if statuses == 0 {
			if len(plan.Actions()) > 0 {
				t.Errorf("%q: the plan has %v", mode, plan.Actions())
			}
			continue
		}
		expectWarning(t, plan, "Application was reinstalled", "1002")
		if len(plan.Actions()) != 2 {
			t.Errorf("%q: the plan has %v", mode, plan.Actions())
		}
	}
}

// With refresh = "status", a fleet reads the status of each location, beginning with its create.
func TestRefresh_fleet(t *testing.T) {
	t.Parallel()
	for mode, statuses := range map[string]int{"status": 2, "": 0, "listing": 0} {
		block := tf.Attrs{}
		if mode != "" {
			block["refresh"] = mode
		}
		r := newPlanRig(t, block)
		fleet := fleetRes("a", only(1001, 1002))
		r.MustApply(t, fleet)
		expectAsked(t, r.Fake, statuses, 2)
		r.Fake.Install(1002, 456, altegiotest.StatusActive)
		plan := r.PlanAll(t, fleet)
		if statuses == 0 {
			r.ExpectCounts(t, map[string]int{altegiotest.OpLocations: listing})
			if len(plan.Actions()) > 0 {
				t.Errorf("%q: the plan has %v", mode, plan.Actions())
			}
			continue
		}
		r.ExpectCounts(t, map[string]int{altegiotest.OpInstallation: statuses})
		expectWarning(t, plan, "Application was reinstalled", "channel 456/sms at 1 location: 1002")
		if len(plan.Actions()) != 1 {
			t.Errorf("the plan has %v", plan.Actions())
		}
		r.MustApply(t, fleet)
		expectAsked(t, r.Fake, 2, 1)

		// A location that joins is asked for before it is set, and the others by the refresh.
		more := fleetRes("a", only(1001, 1002, 1003))
		r.MustApply(t, more)
		expectAsked(t, r.Fake, 3, 1)
		r.Fake.Install(1003, 456, altegiotest.StatusActive)
		expectWarning(t, r.PlanAll(t, more), "Application was reinstalled", "channel 456/sms at 1 location: 1003")

		r.Fake.Uninstall(1003, 456)
		expectWarning(t, r.PlanAll(t, more), "Application is no longer installed", "1003")
	}
}

// A nightly plan over 2,000 locations is one request for each, and nothing else; TestFleet_Nightly of
// the client says how long that takes.
func TestRefresh_nightly(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t, tf.Attrs{"refresh": "status"})
	at := make(map[int]any)
	for _, id := range r.Fake.AddLocations(2000, 456) {
		at[int(id)] = true
	}
	fleet := fleetRes("a", at)
	r.MustApply(t, fleet)
	expectAsked(t, r.Fake, 2000, 2000)
	if plan := r.PlanAll(t, fleet); len(plan.Actions()) > 0 || len(plan.Diagnostics) > 0 {
		t.Errorf("the plan has %v and says %v", plan.Actions(), plan.Diagnostics)
	}
	r.ExpectCounts(t, map[string]int{altegiotest.OpInstallation: 2000})
}

// The outputs of the guide stand a plan that only refreshes and finds a reinstallation, and the plans after it.
func TestRefresh_outputs(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(providertest.ExamplesDir, "..", "templates", "guides", "what-a-plan-tells.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "## Outputs and conditions")
	_, section, _ = strings.Cut(section, "```terraform\n")
	outputs, _, _ := strings.Cut(section, "```")
	if strings.Count(outputs, "output ") != 3 {
		t.Fatalf("the guide has the outputs\n%s", outputs)
	}
	fake := coretest.NewFake(t)
	fake.Install(1001, 457, altegiotest.StatusActive)
	c := providertest.NewCLI(t)
	c.Config(providertest.ProviderBlock(fake, `refresh = "status"`), providertest.ChannelBlock(1001, 456, "sms", true),
		providertest.FleetBlock("available_at = [1001, 1002]", `channel_slug = "whatsapp"`), `
resource "altegio_sms_sender_names" "test" {
  location_id    = 1001
  application_id = 457
  names          = ["One", "Two"]
}
`, strings.ReplaceAll(outputs, ".sms.", ".test."))
	c.MustRun(providertest.Apply...)
	fake.Install(1001, 456, altegiotest.StatusActive)
	fake.Install(1001, 457, altegiotest.StatusActive)
	out := c.MustRun("plan", "-refresh-only", "-no-color")
	providertest.ExpectText(t, out, "Application was reinstalled", `"on" -> "off"`, `"One, Two" ->`)
	c.MustFail("plan", "-refresh-only", "-detailed-exitcode", "-no-color") // there is drift
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "0 to add, 3 to change, 0 to destroy")
	c.MustRun("apply", "-refresh-only", "-auto-approve", "-no-color")
	providertest.ExpectText(t, c.MustRun(providertest.Apply...), "0 added, 3 changed, 0 destroyed")
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
}

// What an import asserts is Terraform's own: a location that leaves after a reinstallation is turned off, although
// no apply has changed anything since the import.
func TestRefresh_fleetImportedWithValues(t *testing.T) {
	t.Parallel()
	r := newPlanRig(t, tf.Attrs{"refresh": "status"})
	r.Config.Resources = []tf.Resource{fleetRes("a", only(1001, 1002))}
	if err := r.Import("altegio_application_channels.a", `456/sms/{"1001":true,"1002":true}`).Err(); err != nil {
		t.Fatal(err)
	}
	r.MustApply(t, r.Config.Resources...)
	r.Fake.Install(1002, 456, altegiotest.StatusActive)
	r.Fake.SetChannel(1002, 456, "sms", true)
	r.MustApply(t, fleetRes("a", only(1001)))
	if on, _ := r.Fake.Channel(1002, 456, "sms"); on {
		t.Error("the channel is still on")
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestApplicationChannelsResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(30, 456)
	c := newCLI(t)

	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, posts(30)}.now(t)
	expectFake(t, fake, everywhere(ids, true))
	c.expectFleet(everywhere(ids, true))
	if id := c.values(testFleet)["id"]; id != "456/sms" {
		t.Errorf("id is %v", id)
	}

	out := c.mustRun("plan", "-no-color", "-detailed-exitcode")
	expectText(t, out, "No changes")
	sent{fake, listings}.now(t)

	slices.Reverse(ids)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("plan", "-no-color", "-detailed-exitcode")
	sent{fake, listings}.now(t)

	// The same in its other form is no change for the API.
	want := everywhere(ids, true)
	c.config(providerBlock(fake), fleetBlock(availabilityArgument(want)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, listings}.now(t)

	// One changes, one leaves, one comes.
	want[ids[0]] = false
	delete(want, ids[1])
	want[1001] = true
	c.config(providerBlock(fake), fleetBlock(availabilityArgument(want)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.now(t)
	c.expectFleet(want)
	want[ids[1]] = false
	expectFake(t, fake, want)

	// What is known not to be available already needs no request.
	c.mustRun("destroy", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 29}}.now(t)
	ids = append(ids, 1001)
	expectFake(t, fake, everywhere(ids, false))
}

// Where the application is gone, refresh says so once and takes the locations out, so that the plan
// has them again. What the listing lacks is asked for before that.
func TestApplicationChannelsResource_uninstalled(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(40, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	for _, id := range ids[:22] {
		fake.Uninstall(id, 456)
	}
	fake.ResetJournal()
	out := c.mustRun("plan", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 22}}.now(t)
	if n := strings.Count(out, "Warning: Application"); n != 1 {
		t.Errorf("%d warnings, want 1", n)
	}
	expectText(t, out, "Application is no longer installed", "channel 456/sms at 22 locations: 1011, 1012,", "1030 and 2 more.",
		`+ "1011"`, "(18 unchanged elements hidden)", "0 to add, 1 to change, 0 to destroy")

	// Those that are no longer declared need no request.
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[22:])))
	c.mustRun("apply", "-auto-approve", "-no-color")
	if n := fake.Count(altegiotest.OpUpdateChannel); n != 0 {
		t.Errorf("%d channels were set, want none", n)
	}
	c.expectFleet(everywhere(ids[22:], true))

	// A destroy succeeds where the application went away unseen.
	fake.Uninstall(ids[39], 456)
	c.mustRun("destroy", "-auto-approve", "-no-color", "-refresh=false")
	expectFake(t, fake, everywhere(ids[22:39], false))
}

// A location that the listing lacks, but that has the application, stays. One whose status can't be
// had leaves the state as it was.
func TestApplicationChannelsResource_unlisted(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	const locations = 5 * inFlight
	ids := fake.AddLocations(locations, 456)
	c := newInProcess(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	removeListing := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[],"meta":[]}`})
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, map[string]int{altegiotest.OpLocations: 2, altegiotest.OpInstallation: locations}}.now(t)

	removeStatus := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusInternalServerError})
	out := c.mustFail("plan", "-no-color")
	if n := strings.Count(out, "\nError: "); n != 1 {
		t.Errorf("%d errors, want 1:\n%s", n, out)
	}
	expectText(t, out, "Cannot read the installation of the channel")
	if n := fake.Count(altegiotest.OpInstallation); n >= 2*inFlight {
		t.Errorf("%d locations were asked for after the first had failed", n)
	}
	removeListing()
	removeStatus()
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusServiceUnavailable})
	expectText(t, c.mustFail("plan", "-no-color"), "Cannot list the locations of the application")
	fake.ClearFaults()
	c.expectFleet(everywhere(ids, true))
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
}

// What replaces a fleet takes over from it what it can, and makes the rest unavailable.
func TestApplicationChannelsResource_replaced(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(5, 456)
	c := newInProcess(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	fake.ResetJournal()

	// A replacement that the user asks for sets everything again, and nothing is off in between.
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[1:])))
	c.mustRun("apply", "-auto-approve", "-no-color", "-replace="+testFleet)
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 5}}.now(t)
	want := everywhere(ids, true)
	want[ids[0]] = false
	expectFake(t, fake, want)
	c.expectFleet(everywhere(ids[1:], true))

	// Also when the new one is created first.
	c.config(providerBlock(fake), strings.Replace(fleetBlock(availableAt(ids[1:])), "}", "  lifecycle {\n    create_before_destroy = true\n  }\n}", 1))
	c.mustRun("apply", "-auto-approve", "-no-color", "-replace="+testFleet)
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 4}}.now(t)
	expectFake(t, fake, want)

	// Another channel is another fleet.
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[1:]), `channel_slug = "whatsapp"`))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 8}}.now(t)
	expectFake(t, fake, everywhere(ids, false))
	c.mustRun("destroy", "-auto-approve", "-no-color")
	for key, available := range fake.Channels() {
		if available {
			t.Errorf("%v is left available", key)
		}
	}
}

// A channel that is declared both ways, or moved without a removed block, is warned of.
func TestApplicationChannelsResource_overlap(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	fleet := fleetBlock("available_at = [1001, 1002]")
	c.config(providerBlock(fake), fleet, channelBlock(1001, 456, "sms", false), channelNamed("other", 1001, 456, "whatsapp", true))
	out := c.mustRun("plan", "-no-color")
	expectText(t, out, "Resources contradict each other", "channel 456/sms at 1 location: 1001.")
	if strings.Contains(out, "whatsapp at") {
		t.Errorf("another channel is warned of:\n%s", out)
	}

	c.config(providerBlock(fake), channelBlock(1001, 456, "sms", true))
	c.mustRun("apply", "-auto-approve", "-no-color")
	c.config(providerBlock(fake), fleet)
	expectText(t, c.mustRun("apply", "-auto-approve", "-no-color"), "Resources move without a moved block", "channel 456/sms at 1 location: 1001.")
	expectFake(t, fake, map[int64]bool{1001: true, 1002: true})
}

func TestApplicationChannelsResource_unknownValues(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	for _, argument := range []string{
		`available_at = [1001, terraform_data.id.output]`,
		`availability = { 1001 = true, (terraform_data.id.output) = true }`,
		`availability = { 1001 = true, 1002 = terraform_data.id.output == 1002 }`,
	} {
		c.config(providerBlock(fake), "resource \"terraform_data\" \"id\" {\n  input = 1002\n}\n", fleetBlock(argument))
		c.mustRun("apply", "-auto-approve", "-no-color")
		sent{fake, posts(2)}.now(t)
		c.expectFleet(map[int64]bool{1001: true, 1002: true})
		c.mustRun("destroy", "-auto-approve", "-no-color")
		fake.ResetJournal()
	}

	// What turns out to be no location id is refused before anything is sent.
	c.config(providerBlock(fake), "resource \"terraform_data\" \"id\" {\n  input = \"01002\"\n}\n",
		fleetBlock(`availability = { 1001 = true, (terraform_data.id.output) = true }`))
	expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), `a key is "01002", which is not a location id`)
	nothingSent(fake).now(t)
}

// Terraform panics over an error at the key of a map, where the key is written as a number.
func TestApplicationChannelsResource_nullAtNumber(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock("availability = { 1001 = true, 1002 = null }"))
	expectText(t, c.mustFail("plan", "-no-color"), "Error: Missing value", "the value for location 1002 is null")
	nothingSent(fake).now(t)
}

func TestApplicationChannelsResource_validate(t *testing.T) {
	t.Parallel()
	p := newConfiguredProtocol(t, newFake(t), nil)
	valid := args{"application_id": 456, "channel_slug": "sms"}
	with := func(more args) args {
		all := maps.Clone(valid)
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		config args
		at     string
		text   string
	}{
		"neither":     {with(nil), "", "Exactly one of these"},
		"id":          {with(args{"availability": map[string]any{"x1": true}}), "availability", `"x1", which is not a location id`},
		"one form":    {with(args{"availability": map[string]any{"01001": true, "1001": false}}), "availability", `"01001", which is not a location id`},
		"zero":        {with(args{"availability": map[string]any{"0": true}}), "availability", `"0", which is not a location id`},
		"null":        {with(args{"availability": map[string]any{"1001": nil}}), "availability", "the value for location 1001 is null"},
		"list":        {with(args{"available_at": []any{1001, 0}}), `("available_at").ElementKeyInt(1)`, "at least 1"},
		"slug":        {with(args{"available_at": []any{1001}, "channel_slug": "email"}), "channel_slug", "sms"},
		"application": {with(args{"available_at": []any{1001}, "application_id": 0}), "application_id", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectOne(t, p.validateResource(testFleetType, test.config), tfprotov6.DiagnosticSeverityError, test.at, test.text)
		})
	}
	expectNone(t, p.validateResource(testFleetType, with(args{"available_at": []any{}})))
}

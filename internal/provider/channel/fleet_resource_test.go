// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestApplicationChannelsResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(30, 456)
	c := providertest.NewInProcess(t)

	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: posts(30)}.Now(t)
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, true))
	c.ExpectFleet(providertest.Everywhere(ids, true))
	if id := c.Values(providertest.FleetAddress)["id"]; id != "456/sms" {
		t.Errorf("id is %v", id)
	}

	out := c.MustRun("plan", "-no-color", "-detailed-exitcode")
	providertest.ExpectText(t, out, "No changes")
	coretest.Sent{Fake: fake, Want: listings}.Now(t)

	slices.Reverse(ids)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	c.MustRun("plan", "-no-color", "-detailed-exitcode")
	coretest.Sent{Fake: fake, Want: listings}.Now(t)

	// The same in its other form is no change for the API.
	want := providertest.Everywhere(ids, true)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(availabilityArgument(want)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: listings}.Now(t)

	// One changes, one leaves, one comes.
	want[ids[0]] = false
	delete(want, ids[1])
	want[1001] = true
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(availabilityArgument(want)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.Now(t)
	c.ExpectFleet(want)
	want[ids[1]] = false
	providertest.ExpectFake(t, fake, want)

	// What is known not to be available already needs no request.
	c.MustRun("destroy", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 29}}.Now(t)
	ids = append(ids, 1001)
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, false))
}

// If the application is gone, a refresh warns once and removes the locations, so the plan sets them again.
// Before that, it reads the status of locations that the listing lacks.
func TestApplicationChannelsResource_uninstalled(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(40, 456)
	c := providertest.NewCLI(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	for _, id := range ids[:22] {
		fake.Uninstall(id, 456)
	}
	fake.ResetJournal()
	out := c.MustRun("plan", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 22}}.Now(t)
	if n := strings.Count(out, "Warning: Application"); n != 1 {
		t.Errorf("%d warnings, want 1", n)
	}
	providertest.ExpectText(t, out, "Application is no longer installed", "channel 456/sms at 22 locations: 1011, 1012,", "1030 and 2 more.",
		`+ "1011"`, "(18 unchanged elements hidden)", "0 to add, 1 to change, 0 to destroy")

	// Those that are no longer declared need no request.
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[22:])))
	c.MustRun("apply", "-auto-approve", "-no-color")
	if n := fake.Count(altegiotest.OpUpdateChannel); n != 0 {
		t.Errorf("%d channels were set, want none", n)
	}
	c.ExpectFleet(providertest.Everywhere(ids[22:], true))

	// A destroy succeeds where the application went away unseen.
	fake.Uninstall(ids[39], 456)
	c.MustRun("destroy", "-auto-approve", "-no-color", "-refresh=false")
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids[22:39], false))
}

// A location that the listing lacks, but that has the application, stays. One whose status can't be
// had leaves the state as it was.
func TestApplicationChannelsResource_unlisted(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	const locations = 5 * core.InFlight
	ids := fake.AddLocations(locations, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	removeListing := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[],"meta":[]}`})
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 2, altegiotest.OpInstallation: locations}}.Now(t)

	removeStatus := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusInternalServerError})
	out := c.MustFail("plan", "-no-color")
	if n := strings.Count(out, "\nError: "); n != 1 {
		t.Errorf("%d errors, want 1:\n%s", n, out)
	}
	providertest.ExpectText(t, out, "Cannot read the installation of the channel")
	if n := fake.Count(altegiotest.OpInstallation); n >= 2*core.InFlight {
		t.Errorf("%d locations were asked for after the first had failed", n)
	}
	removeListing()
	removeStatus()
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusServiceUnavailable})
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Cannot list the locations of the application")
	fake.ClearFaults()
	c.ExpectFleet(providertest.Everywhere(ids, true))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
}

// A replacement takes over what it can from the old fleet, and makes the rest unavailable.
func TestApplicationChannelsResource_replaced(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(5, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	fake.ResetJournal()

	// A replacement that the user asks for sets everything again, and nothing is off in between.
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[1:])))
	c.MustRun("apply", "-auto-approve", "-no-color", "-replace="+providertest.FleetAddress)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 5}}.Now(t)
	want := providertest.Everywhere(ids, true)
	want[ids[0]] = false
	providertest.ExpectFake(t, fake, want)
	c.ExpectFleet(providertest.Everywhere(ids[1:], true))

	// Also when the new one is created first.
	c.Config(providertest.ProviderBlock(fake), strings.Replace(providertest.FleetBlock(providertest.AvailableAt(ids[1:])), "}", "  lifecycle {\n    create_before_destroy = true\n  }\n}", 1))
	c.MustRun("apply", "-auto-approve", "-no-color", "-replace="+providertest.FleetAddress)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 4}}.Now(t)
	providertest.ExpectFake(t, fake, want)

	// Another channel is another fleet.
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[1:]), `channel_slug = "whatsapp"`))
	c.MustRun("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 8}}.Now(t)
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, false))
	c.MustRun("destroy", "-auto-approve", "-no-color")
	for key, available := range fake.Channels() {
		if available {
			t.Errorf("%v is left available", key)
		}
	}
}

// The plan warns about a channel that is declared both ways, or moved without a removed block.
func TestApplicationChannelsResource_overlap(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	fleet := providertest.FleetBlock("available_at = [1001, 1002]")
	c.Config(providertest.ProviderBlock(fake), fleet, providertest.ChannelBlock(1001, 456, "sms", false), providertest.ChannelNamed("other", 1001, 456, "whatsapp", true))
	out := c.MustRun("plan", "-no-color")
	providertest.ExpectText(t, out, "Resources contradict each other", "channel 456/sms at 1 location: 1001.")
	if strings.Contains(out, "whatsapp at") {
		t.Errorf("another channel is warned of:\n%s", out)
	}

	c.Config(providertest.ProviderBlock(fake), providertest.ChannelBlock(1001, 456, "sms", true))
	c.MustRun("apply", "-auto-approve", "-no-color")
	c.Config(providertest.ProviderBlock(fake), fleet)
	providertest.ExpectText(t, c.MustRun("apply", "-auto-approve", "-no-color"), "Resources move without a moved block", "channel 456/sms at 1 location: 1001.")
	providertest.ExpectFake(t, fake, map[int64]bool{1001: true, 1002: true})
}

func TestApplicationChannelsResource_unknownValues(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	for _, argument := range []string{
		`available_at = [1001, terraform_data.id.output]`,
		`availability = { 1001 = true, (terraform_data.id.output) = true }`,
		`availability = { 1001 = true, 1002 = terraform_data.id.output == 1002 }`,
	} {
		c.Config(providertest.ProviderBlock(fake), "resource \"terraform_data\" \"id\" {\n  input = 1002\n}\n", providertest.FleetBlock(argument))
		c.MustRun("apply", "-auto-approve", "-no-color")
		coretest.Sent{Fake: fake, Want: posts(2)}.Now(t)
		c.ExpectFleet(map[int64]bool{1001: true, 1002: true})
		c.MustRun("destroy", "-auto-approve", "-no-color")
		fake.ResetJournal()
	}

	// What turns out to be no location id is refused before anything is sent.
	c.Config(providertest.ProviderBlock(fake), "resource \"terraform_data\" \"id\" {\n  input = \"01002\"\n}\n",
		providertest.FleetBlock(`availability = { 1001 = true, (terraform_data.id.output) = true }`))
	providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color"), `a key is "01002", which is not a location id`)
	coretest.NothingSent(fake).Now(t)
}

// Terraform panics over an error at the key of a map, where the key is written as a number.
func TestApplicationChannelsResource_nullAtNumber(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock("availability = { 1001 = true, 1002 = null }"))
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Error: Missing value", "the value for location 1002 is null")
	coretest.NothingSent(fake).Now(t)
}

func TestApplicationChannelsResource_validate(t *testing.T) {
	t.Parallel()
	p := providertest.NewConfiguredProtocol(t, coretest.NewFake(t), nil)
	valid := providertest.Args{"application_id": 456, "channel_slug": "sms"}
	with := func(more providertest.Args) providertest.Args {
		all := maps.Clone(valid)
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		config providertest.Args
		at     string
		text   string
	}{
		"neither":     {with(nil), "", "Exactly one of these"},
		"id":          {with(providertest.Args{"availability": map[string]any{"x1": true}}), "availability", `"x1", which is not a location id`},
		"one form":    {with(providertest.Args{"availability": map[string]any{"01001": true, "1001": false}}), "availability", `"01001", which is not a location id`},
		"zero":        {with(providertest.Args{"availability": map[string]any{"0": true}}), "availability", `"0", which is not a location id`},
		"null":        {with(providertest.Args{"availability": map[string]any{"1001": nil}}), "availability", "the value for location 1001 is null"},
		"list":        {with(providertest.Args{"available_at": []any{1001, 0}}), `("available_at").ElementKeyInt(1)`, "at least 1"},
		"slug":        {with(providertest.Args{"available_at": []any{1001}, "channel_slug": "email"}), "channel_slug", "sms"},
		"application": {with(providertest.Args{"available_at": []any{1001}, "application_id": 0}), "application_id", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.ExpectOne(t, p.ValidateResource(providertest.FleetType, test.config), tfprotov6.DiagnosticSeverityError, test.at, test.text)
		})
	}
	providertest.ExpectNone(t, p.ValidateResource(providertest.FleetType, with(providertest.Args{"available_at": []any{}})))
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestApplicationChannelResource_installationIsGone(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	both := providerBlock(fake) + channelBlock(1001, 456, "sms", true)
	runSteps(t, []resource.TestStep{
		{Config: both},
		{
			PreConfig: func() {
				fake.Uninstall(1001, 456)
				fake.ResetJournal()
			},
			Config:             both,
			PlanOnly:           true,
			ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionCreate), sent{fake, gets(1)},
			}},
		},
		{
			Config:      both,
			ExpectError: errorText("The application is not installed at the location: its owner has to connect it first."),
		},
		{
			PreConfig: func() {
				fake.Install(1001, 456, altegiotest.StatusActive)
				fake.ResetJournal()
			},
			Config:            both,
			ConfigPlanChecks:  expectAction(plancheck.ResourceActionCreate, nothingSent(fake)),
			ConfigStateChecks: []statecheck.StateCheck{channelIs(fake, 1001, 456, "sms", true), sent{fake, created(1)}},
		},
	}...)
}

func TestApplicationChannelResource_refreshFails(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	both := providerBlock(fake) + channelBlock(1001, 456, "sms", true)
	failing := func(fault altegiotest.Fault, text string) resource.TestStep {
		fault.Operation = altegiotest.OpInstallation
		return resource.TestStep{
			PreConfig: func() {
				fake.ClearFaults()
				fake.Fail(fault)
			},
			Config:      both,
			ExpectError: errorText(text),
		}
	}
	runSteps(t, []resource.TestStep{
		{Config: both},
		failing(altegiotest.Fault{Status: 404, HTML: true}, `Altegio answered: 404 Not Found: unexpected answer: the answer is an HTML page`),
		failing(altegiotest.Fault{Status: 500}, "Altegio answered: 500 Internal Server Error: An error has occurred."),
		failing(altegiotest.Fault{Status: 403}, "Altegio answered: 403 Forbidden: Access denied."),
		{
			PreConfig: func() {
				fake.ClearFaults()
				fake.ResetJournal()
			},
			Config:            both,
			ConfigPlanChecks:  expectAction(plancheck.ResourceActionNoop, sent{fake, gets(1)}),
			ConfigStateChecks: append(expectChannel(1001, 456, "sms", true), nothingSent(fake)),
		},
	}...)
}

func TestApplicationChannelResource_reinstalled(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	both := providerBlock(fake) + channelBlock(1001, 456, "sms", true)
	runSteps(t, []resource.TestStep{
		{Config: both},
		{Config: both}, // remembers which installation it was
		{
			PreConfig: func() {
				fake.Install(1001, 456, altegiotest.StatusActive)
				fake.ResetJournal()
			},
			Config: both,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(testChannel, tfjsonpath.New("is_available"), knownvalue.Bool(true)),
					sent{fake, gets(1)},
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(1)}},
			},
			ConfigStateChecks: append(expectChannel(1001, 456, "sms", true),
				channelIs(fake, 1001, 456, "sms", true), sent{fake, posts(1)}),
		},
	}...)
}

// A run asks once for each location and application, however many channels and data sources want
// to know, and sends nothing else unless something changes.
func TestApplicationChannelResource_oneQuestionPerRun(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	text := func(availableAt1002 bool) string {
		var b strings.Builder
		b.WriteString(providerBlock(fake))
		for _, location := range []int{1001, 1002, 1003} {
			for _, slug := range []string{"sms", "whatsapp"} {
				available := location != 1002 || availableAt1002
				b.WriteString(channelNamed(fmt.Sprintf("%s_at_%d", slug, location), location, 456, slug, available))
			}
		}
		for _, location := range []int{1001, 1002, 1006} {
			b.WriteString(connectionBlock(fmt.Sprintf("at_%d", location), location, 456))
		}
		return b.String()
	}
	const locations = 4 // 1001, 1002, 1003 and 1006
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config: text(true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{sent{fake, gets(3)}}, // for the data sources
				},
				ConfigStateChecks: []statecheck.StateCheck{sent{fake, map[string]int{altegiotest.OpUpdateChannel: 6, altegiotest.OpInstallation: locations - 1}}},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    text(true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(locations)}},
				},
				ConfigStateChecks: []statecheck.StateCheck{nothingSent(fake)},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    text(false),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{sent{fake, gets(locations)}},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					sent{fake, posts(2)},
					channelIs(fake, 1001, 456, "sms", true), channelIs(fake, 1002, 456, "sms", false), channelIs(fake, 1002, 456, "whatsapp", false),
				},
			},
		},
	})
	for _, key := range slices.Collect(maps.Keys(fake.Channels())) {
		if available, _ := fake.Channel(key.LocationID, key.ApplicationID, key.Slug); available {
			t.Errorf("%v is still available after destroying", key)
		}
	}
}

// With refresh = "listing" one listing says of all channels that they are installed, whatever their
// number. Only what it lacks is asked for, and only the status notices a reinstallation.
func TestApplicationChannelResource_refreshFromListing(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(25, 456)
	c := newInProcess(t)
	listing := providerBlock(fake, `refresh = "listing"`)
	c.config(listing, many(ids))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, posts(25)}.now(t)
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, listings}.now(t)

	fake.Uninstall(ids[0], 456)
	expectText(t, c.mustRun("plan", "-no-color"), "1 to add, 0 to change, 0 to destroy")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 1}}.now(t)
	fake.Install(ids[0], 456, altegiotest.StatusActive)

	// A listing that lacks everything takes nothing out of the state.
	remove := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[],"meta":[]}`})
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, map[string]int{altegiotest.OpLocations: 2, altegiotest.OpInstallation: 25}}.now(t)
	remove()

	// One that can't be had is an error.
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusServiceUnavailable})
	expectText(t, c.mustFail("plan", "-no-color"), "Cannot list the locations of the application")
	fake.ClearFaults()

	c.config(providerBlock(fake, `refresh = "status"`), many(ids))
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, gets(25)}.now(t)
	c.config(providerBlock(fake, `refresh = "never"`), many(ids))
	expectText(t, c.mustFail("plan", "-no-color"), "Invalid Attribute Value Match", `"status" "listing"`)
}

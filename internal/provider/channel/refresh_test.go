// SPDX-License-Identifier: MPL-2.0

package channel_test

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
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestApplicationChannelResource_installationIsGone(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	both := providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true)
	providertest.RunSteps(t, []resource.TestStep{
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
				plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionCreate), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
			}},
		},
		{
			Config:      both,
			ExpectError: providertest.ErrorText("The application is not installed at the location: its owner has to connect it first."),
		},
		{
			PreConfig: func() {
				fake.Install(1001, 456, altegiotest.StatusActive)
				fake.ResetJournal()
			},
			Config:            both,
			ConfigPlanChecks:  expectAction(plancheck.ResourceActionCreate, coretest.NothingSent(fake)),
			ConfigStateChecks: []statecheck.StateCheck{providertest.ChannelIs(fake, 1001, 456, "sms", true), coretest.Sent{Fake: fake, Want: providertest.Created(1)}},
		},
	}...)
}

func TestApplicationChannelResource_refreshFails(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	both := providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true)
	failing := func(fault altegiotest.Fault, text string) resource.TestStep {
		fault.Operation = altegiotest.OpInstallation
		return resource.TestStep{
			PreConfig: func() {
				fake.ClearFaults()
				fake.Fail(fault)
			},
			Config:      both,
			ExpectError: providertest.ErrorText(text),
		}
	}
	providertest.RunSteps(t, []resource.TestStep{
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
			ConfigPlanChecks:  expectAction(plancheck.ResourceActionNoop, coretest.Sent{Fake: fake, Want: providertest.Gets(1)}),
			ConfigStateChecks: append(expectChannel(1001, 456, "sms", true), coretest.NothingSent(fake)),
		},
	}...)
}

func TestApplicationChannelResource_reinstalled(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	both := providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true)
	providertest.RunSteps(t, []resource.TestStep{
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
					coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
				},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(1)}},
			},
			ConfigStateChecks: append(expectChannel(1001, 456, "sms", true),
				providertest.ChannelIs(fake, 1001, 456, "sms", true), coretest.Sent{Fake: fake, Want: posts(1)}),
		},
	}...)
}

// A run reads each location and application once, however many channels and data sources need it, and sends
// nothing else unless something changes.
func TestApplicationChannelResource_oneQuestionPerRun(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	text := func(availableAt1002 bool) string {
		var b strings.Builder
		b.WriteString(providertest.ProviderBlock(fake))
		for _, location := range []int{1001, 1002, 1003} {
			for _, slug := range []string{"sms", "whatsapp"} {
				available := location != 1002 || availableAt1002
				b.WriteString(providertest.ChannelNamed(fmt.Sprintf("%s_at_%d", slug, location), location, 456, slug, available))
			}
		}
		for _, location := range []int{1001, 1002, 1006} {
			b.WriteString(providertest.ConnectionBlock(fmt.Sprintf("at_%d", location), location, 456))
		}
		return b.String()
	}
	const locations = 4 // 1001, 1002, 1003 and 1006
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: text(true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{coretest.Sent{Fake: fake, Want: providertest.Gets(3)}}, // for the data sources
				},
				ConfigStateChecks: []statecheck.StateCheck{coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUpdateChannel: 6, altegiotest.OpInstallation: locations - 1}}},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    text(true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(locations)}},
				},
				ConfigStateChecks: []statecheck.StateCheck{coretest.NothingSent(fake)},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    text(false),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{coretest.Sent{Fake: fake, Want: providertest.Gets(locations)}},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					coretest.Sent{Fake: fake, Want: posts(2)},
					providertest.ChannelIs(fake, 1001, 456, "sms", true), providertest.ChannelIs(fake, 1002, 456, "sms", false), providertest.ChannelIs(fake, 1002, 456, "whatsapp", false),
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
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(25, 456)
	c := providertest.NewInProcess(t)
	listing := providertest.ProviderBlock(fake, `refresh = "listing"`)
	c.Config(listing, providertest.Many(ids))
	c.MustRun("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: posts(25)}.Now(t)
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	coretest.Sent{Fake: fake, Want: listings}.Now(t)

	fake.Uninstall(ids[0], 456)
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "1 to add, 0 to change, 0 to destroy")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 1}}.Now(t)
	fake.Install(ids[0], 456, altegiotest.StatusActive)

	// An empty listing removes nothing from the state.
	remove := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[],"meta":[]}`})
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 2, altegiotest.OpInstallation: 25}}.Now(t)
	remove()

	// One that can't be had is an error.
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusServiceUnavailable})
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Cannot list the locations of the application")
	fake.ClearFaults()

	c.Config(providertest.ProviderBlock(fake, `refresh = "status"`), providertest.Many(ids))
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	coretest.Sent{Fake: fake, Want: providertest.Gets(25)}.Now(t)
	c.Config(providertest.ProviderBlock(fake, `refresh = "never"`), providertest.Many(ids))
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Invalid Attribute Value Match", `"status" "listing"`)
}

// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestApplicationChannelResource_importByID(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	fake.SetChannel(1001, 456, "sms", true)
	both := providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: both, ResourceName: testChannel,
				ImportState: true, ImportStateId: "1001/456/sms", ImportStatePersist: true,
			},
			{
				PreConfig: func() { coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t) }, // importing sets nothing
				Config:    both,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(1)}},
				},
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", true), coretest.Sent{Fake: fake, Want: posts(1)}),
			},
		},
	})
}

func TestApplicationChannelResource_importBlock(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	for name, test := range map[string]struct {
		target string
		since  []tfversion.TerraformVersionCheck
	}{
		"id":       {`id = "1001/456/whatsapp"`, []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_5_0)}},
		"identity": {`identity = { location_id = 1001, application_id = 456, channel_slug = "whatsapp" }`, []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			checks := append(expectChannel(1001, 456, "whatsapp", false), providertest.ChannelIs(fake, 1001, 456, "whatsapp", false), coretest.Sent{Fake: fake, Want: posts(1)})
			if name == "identity" {
				checks = append(checks, statecheck.ExpectIdentity(testChannel, map[string]knownvalue.Check{
					"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact("whatsapp"),
				}))
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories(),
				TerraformVersionChecks:   test.since,
				Steps: []resource.TestStep{{
					Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "whatsapp", false) +
						fmt.Sprintf("import {\n  to = %s\n  %s\n}\n", testChannel, test.target),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply: []plancheck.PlanCheck{
							plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
						},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(1)}},
					},
					ConfigStateChecks: checks,
				}},
			})
		})
	}
}

// A channel that is in the state imports, by the identity that the state has, to what it is.
func TestApplicationChannelResource_identity(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(testChannel, map[string]knownvalue.Check{
						"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact("sms"),
					}),
					statecheck.ExpectIdentityValueMatchesState(testChannel, tfjsonpath.New("location_id")),
				},
			},
			{
				PreConfig:          fake.ResetJournal,
				ResourceName:       testChannel,
				ImportState:        true,
				ImportStateKind:    resource.ImportBlockWithResourceIdentity,
				ExpectNonEmptyPlan: true,
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
				}},
			},
			{ // the identity survives an update, and changes with a replacement
				Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", false),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentityValue(testChannel, tfjsonpath.New("channel_slug"), knownvalue.StringExact("sms")),
				},
			},
			{
				Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "whatsapp", false),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentityValue(testChannel, tfjsonpath.New("channel_slug"), knownvalue.StringExact("whatsapp")),
				},
			},
		},
	})
}

func TestApplicationChannelResource_importIsRefused(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	for name, test := range map[string]struct {
		id, text string
		requests map[string]int
	}{
		"not installed":  {"1008/456/sms", "Cannot import non-existent remote object", providertest.Gets(1)},
		"foreign":        {"1001/999/sms", "The application belongs to another partner", providertest.Gets(1)},
		"too few parts":  {"1001/456", `The id "1001/456" cannot be used: it has 2 parts instead of 3 or 4. Its form is location_id/application_id/channel_slug, followed by /true or /false if the value is known, for example "1001/456/sms/true".`, nil},
		"not a location": {"abc/456/sms", `its location_id is "abc", which is not a whole number from 1. Its form is location_id/application_id/channel_slug`, nil},
		"typo":           {"1001/456/whatsap", `its channel_slug is "whatsap", which is not one of "sms", "whatsapp". Its form is location_id/application_id/channel_slug`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories(),
				Steps: []resource.TestStep{{
					Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true), ResourceName: testChannel,
					ImportState: true, ImportStateId: test.id, ExpectError: providertest.ErrorText(test.text),
				}},
			})
			coretest.Sent{Fake: fake, Want: test.requests}.Now(t)
		})
	}
}

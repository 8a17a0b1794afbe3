// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// An import takes over the connected locations. Their values are not known, so the first apply sets the
// declared ones. A location that is not declared is left alone.
func TestApplicationChannelsResource_import(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t, altegiotest.WithSeed(altegiotest.Seed{
		Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
	}))
	ids := fake.AddLocations(4, 456)
	c := providertest.NewCLI(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[:3])), `
import {
  to = altegio_application_channels.test
  id = "456/sms"
}
`)
	// The plan shows what leaves the state like what is removed, so it says that it is not.
	out := c.MustRun("plan", "-no-color")
	providertest.ExpectText(t, out, fmt.Sprintf(`- "%d" = null -> null`, ids[3]),
		"Import leaves what is not declared", fmt.Sprintf("channel 456/sms at 1 location: %d.", ids[3]))
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3}}.Now(t)

	out = c.MustRun("apply", "-auto-approve", "-no-color")
	providertest.ExpectText(t, out, "1 imported, 0 added, 1 changed, 0 destroyed",
		"Import leaves what is not declared", fmt.Sprintf("channel 456/sms at 1 location: %d.", ids[3]))
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.Now(t)
	c.ExpectFleet(providertest.Everywhere(ids[:3], true))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")

	// It is also left alone if the first apply fails, with the same warning.
	providertest.FailAt(fake, altegiotest.Fault{Drop: true}, ids[0])
	c.MustRun("state", "rm", providertest.FleetAddress)
	fake.ResetJournal()
	out = c.MustFail("apply", "-auto-approve", "-no-color")
	providertest.ExpectText(t, out, "Import leaves what is not declared", "channel 456/sms at 1 location", "Of 3 locations to change, 2 are done, 1 failed")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.Now(t)
	if got, unknown := c.Fleet(); len(got) != 2 || unknown != 1 {
		t.Errorf("the state holds %v and %d unknown values", got, unknown)
	}
}

// Replacing an imported fleet leaves undeclared locations alone, too.
func TestApplicationChannelsResource_importReplaced(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t, altegiotest.WithSeed(altegiotest.Seed{
		Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
	}))
	ids := fake.AddLocations(3, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	c.MustRun("state", "rm", providertest.FleetAddress)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[:2])))
	c.MustRun("import", "-no-color", providertest.FleetAddress, "456/sms")
	fake.ResetJournal()
	out := c.MustRun("apply", "-auto-approve", "-no-color", "-replace="+providertest.FleetAddress)
	providertest.ExpectText(t, out, "Import leaves what is not declared", "channel 456/sms at 1 location")
	if n := len(providertest.Posted(fake)); n != 2 {
		t.Errorf("%d requests set a channel, want 2", n)
	}
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, true))
	c.ExpectFleet(providertest.Everywhere(ids[:2], true))

	// After the apply it is managed: a location that leaves now is made unavailable.
	providertest.FailAt(fake, altegiotest.Fault{Drop: true}, ids[1])
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(availabilityArgument(map[int64]bool{ids[0]: true, ids[1]: false})))
	c.MustFail("apply", "-auto-approve", "-no-color")
	fake.ClearFaults()
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[:1])))
	c.MustRun("apply", "-auto-approve", "-no-color")
	providertest.ExpectFake(t, fake, map[int64]bool{ids[0]: true, ids[1]: false, ids[2]: true})
}

// A fleet of channels that were managed one by one moves without a request that changes anything.
func TestApplicationChannelsResource_moveFromSingle(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{
		"as declared": `"456/sms/${jsonencode(local.availability)}"`,
		"all true":    `"456/sms/true"`,
		"by command":  "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if id != "" && providertest.CLIPath() != "" {
				providertest.RequireVersion(t, "1.7.0", "1.10.0") // for removed with a lifecycle
			}
			fake := coretest.NewFake(t, altegiotest.WithSeed(altegiotest.Seed{
				Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
			}))
			ids := fake.AddLocations(12, 456)
			want := providertest.Everywhere(ids, true)
			if name == "as declared" {
				want[ids[3]] = false
				delete(want, ids[4])
			}
			object, _ := json.Marshal(want)
			locals := fmt.Sprintf("\nlocals {\n  availability = %s\n}\n", object)
			c := providertest.NewInProcess(t)
			c.Config(providertest.ProviderBlock(fake), locals, `
resource "altegio_application_channel" "sms" {
  for_each       = local.availability
  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = each.value
}
`)
			c.MustRun("apply", "-auto-approve", "-no-color")
			before := providertest.FleetOf(fake)
			fake.ResetJournal()

			moved := fmt.Sprintf(`
removed {
  from = altegio_application_channel.sms
  lifecycle {
    destroy = false
  }
}

import {
  to = altegio_application_channels.test
  id = %s
}
`, id)
			if id == "" {
				c.MustRun("state", "rm", "altegio_application_channel.sms")
				moved = ""
			}
			c.Config(providertest.ProviderBlock(fake), locals, providertest.FleetBlock("availability = local.availability"), moved)
			if id == "" {
				c.MustRun("import", "-no-color", providertest.FleetAddress, "456/sms/"+string(object))
			}
			out := c.MustRun("apply", "-auto-approve", "-no-color")
			if n := fake.Count(altegiotest.OpUpdateChannel); n != 0 {
				t.Errorf("the move set %d channels, want none:\n%s", n, out)
			}
			if strings.Contains(out, "Destroying makes") || strings.Contains(out, "declared twice") {
				t.Errorf("the move warns:\n%s", out)
			}
			providertest.ExpectFake(t, fake, before)
			c.ExpectFleet(want)
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
		})
	}
}

func TestApplicationChannelsResource_importIsRefused(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for id, text := range map[string]string{
		"":                       "1 part instead of 2 or 3",
		"456":                    "1 part instead of 2 or 3",
		"0/sms":                  `application_id is "0"`,
		"456/email":              `channel_slug is "email"`,
		"456/sms/":               "neither true, nor false, nor a JSON object",
		"456/sms/null":           "neither true, nor false, nor a JSON object",
		"456/sms/yes":            "neither true, nor false, nor a JSON object",
		`456/sms/{"x":true}`:     `location id is "x"`,
		`456/sms/{"1001":null}`:  "null for location 1001",
		`456/sms/{"1001":1}`:     "neither true, nor false, nor a JSON object",
		`456/sms/{"1001":true}x`: "neither true, nor false, nor a JSON object",
	} {
		_, diags := p.ImportStateOf(providertest.FleetType, id, nil)
		providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", text)
	}
	if n := len(fake.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	fake.AddApplication(altegiotest.Application{ID: 4242, Category: altegiotest.CategoryChatBots})
	_, diags := p.ImportStateOf(providertest.FleetType, "4242/sms", nil)
	providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "not connected to any location")
	_, diags = p.ImportStateOf(providertest.FleetType, "31337/sms", nil)
	providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "application_id", "Cannot list the locations")
}

func TestApplicationChannelsResource_identity(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(3, 456)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providertest.ProviderBlock(fake) + providertest.FleetBlock(providertest.AvailableAt(ids)),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(providertest.FleetAddress, map[string]knownvalue.Check{
						"application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact("sms"),
					}),
				},
			},
			{
				PreConfig:          fake.ResetJournal,
				ResourceName:       providertest.FleetAddress,
				ImportState:        true,
				ImportStateKind:    resource.ImportBlockWithResourceIdentity,
				ExpectNonEmptyPlan: true, // what is imported is not known, and so is set
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(providertest.FleetAddress, plancheck.ResourceActionUpdate), coretest.Sent{Fake: fake, Want: listings},
				}},
			},
		},
	})
}

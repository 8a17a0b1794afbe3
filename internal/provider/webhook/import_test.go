// SPDX-License-Identifier: MPL-2.0

package webhook_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestLocationWebhooksResource_import(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	since := map[string][]tfversion.TerraformVersionCheck{
		"block":    {tfversion.SkipBelow(tfversion.Version1_5_0)},
		"identity": {tfversion.SkipBelow(tfversion.Version1_12_0)},
	}
	for name, target := range map[string]string{"command": "", "block": `id = "1001"`, "identity": `identity = { location_id = 1001 }`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "client"), hook(coretest.URLA, "record"), hook(urlThird, "record client")})
			config := ownerBlock(fake) + providertest.WebhooksBlock("record", []string{coretest.URLA})
			steps := []resource.TestStep{{
				Config: config, ResourceName: testWebhooks, ImportState: true, ImportStateId: "1001", ImportStatePersist: true,
			}}
			if target != "" {
				config += fmt.Sprintf("import {\n  to = %s\n  %s\n}\n", testWebhooks, target)
				steps = nil
			}
			steps = append(steps, resource.TestStep{
				PreConfig: fake.ResetJournal,
				Config:    config,
				ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate, coretest.Sent{Fake: fake, Want: hookCalls(1, 0)},
					plancheck.ExpectKnownValue(testWebhooks, tfjsonpath.New("other_urls"), knownvalue.MapExact(map[string]knownvalue.Check{
						urlOther: settings(true, knownvalue.Bool(false), "client"),
						urlThird: settings(true, knownvalue.Bool(false), "client", "record"),
					}))),
				ConfigStateChecks: []statecheck.StateCheck{
					webhooksValue("urls", textSetExact(coretest.URLA)),
					coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}, // it is as declared
					hooksAre(fake, hook(urlOther, "client"), hook(coretest.URLA, "record"), hook(urlThird, "record client")),
				},
			})
			if name == "identity" {
				steps[0].ConfigStateChecks = append(steps[0].ConfigStateChecks, statecheck.ExpectIdentity(testWebhooks, map[string]knownvalue.Check{
					"location_id": knownvalue.Int64Exact(1001),
				}))
			}
			// While the others differ, ours cannot be removed.
			steps = append(steps, resource.TestStep{
				PreConfig: func() {
					fake.SetWebhooks(1001, []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "client")})
				},
				RefreshState: true,
			})
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: providertest.Factories(), TerraformVersionChecks: since[name], Steps: steps})
			hooksAre(fake, hook(urlOther, "client")).Now(t)
		})
	}
}

// Others keep their URLs, whatever is declared after an import and however the apply ends.
func TestLocationWebhooksResource_importTakesOver(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(coretest.URLA, "client"), hook(urlOther, "record")})
	c := providertest.NewCLI(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "import the location first")
	c.MustFail("import", "-no-color", testWebhooks, "1001/456")
	c.MustRun("import", "-no-color", testWebhooks, "1001")
	if got := c.Values(testWebhooks); !reflect.DeepEqual(got["urls"], []any{}) || len(got["other_urls"].(map[string]any)) != 2 {
		t.Errorf("imported %v", got)
	}
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), `- "`+coretest.URLA+`" = {`)
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLA, "record"), hook(urlOther, "record")).Now(t)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")

	// What was imported and never applied has no URL to lose.
	c.MustRun("state", "rm", testWebhooks)
	c.MustRun("import", "-no-color", testWebhooks, "1001")
	fake.ResetJournal()
	c.MustRun("destroy", "-auto-approve", "-no-color")
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
		t.Error("destroying what was only imported writes")
	}
}

// Where all URLs are ours, Terraform can write the configuration, and nothing is left to do.
func TestLocationWebhooksResource_importAll(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	before := []altegiotest.Webhook{hook(coretest.URLA, "record client"), hook(urlOther, "record client")}
	fake.SetWebhooks(1001, before)
	c := providertest.NewCLI(t)
	providertest.RequireVersion(t, "1.5.0", "1.6.0")
	block := "import {\n  to = " + testWebhooks + "\n  id = \"1001/all\"\n"
	c.Config(ownerBlock(fake), block+"  provider = altegio\n}\n") // 1.17 takes another one for its source otherwise
	out := c.MustRun("plan", "-input=false", "-no-color", "-generate-config-out=generated.tf")
	providertest.ExpectText(t, out, "1 to import, 0 to add, 0 to change, 0 to destroy")
	c.Config(ownerBlock(fake), block+"}\n")
	c.MustRun(providertest.Apply...)
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	if got := c.Values(testWebhooks); len(got["urls"].([]any)) != 2 || len(got["events"].([]any)) != 2 {
		t.Errorf("imported %v", got)
	}
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
		t.Error("an import writes")
	}
	hooksAre(fake, before...).Now(t)
}

func TestLocationWebhooksResource_importAllRefused(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
	_, diags := p.ImportStateOf(providertest.WebhooksType, "1001/all", nil)
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Nothing to import\nLocation 1001 has no webhook URL")
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "client")})
	_, diags = p.ImportStateOf(providertest.WebhooksType, "1001/all", nil)
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Webhook URLs are not set alike\n.*location 1001 differ:.*import with the id "1001"`)
	_, diags = p.ImportStateOf(providertest.WebhooksType, "1008/all/all", nil)
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Invalid import id: [^\n]+\n.*location_id/all`)
}

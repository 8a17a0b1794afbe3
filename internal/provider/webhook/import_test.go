// SPDX-License-Identifier: MPL-2.0

package webhook_test

import (
	"fmt"
	"strings"
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
	c := providertest.NewInProcess(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "import the location first")
	c.MustFail("import", "-no-color", testWebhooks, "1001/456")
	c.MustRun("import", "-no-color", testWebhooks, "1001")
	got := c.Values(testWebhooks)
	if len(got["urls"].([]any)) != 2 || got["other_urls"] != nil || got["events"] != nil || got["active"] != true {
		t.Errorf("imported %v", got)
	}
	left := fmt.Sprintf("webhook %q at 1 location: 1001", urlOther)
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "Import leaves what is not declared", left, "0 to add, 1 to change, 0 to destroy")
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLA, "record"), hook(urlOther, "record")).Now(t)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")

	// What was imported and never applied has no URL to lose.
	c.MustRun("state", "rm", testWebhooks)
	c.MustRun("import", "-no-color", testWebhooks, "1001")
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun("destroy", "-auto-approve", "-no-color"), "Import leaves what is not declared", left)
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
		t.Error("destroying what was only imported writes")
	}
}

// After the first apply, what the import took over is like anything else that is declared: it goes when it is
// no longer declared.
func TestLocationWebhooksResource_importEnds(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(coretest.URLB, "record"), hook(urlOther, "record")})
	c := providertest.NewInProcess(t)
	both := providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB, urlOther})
	c.Config(ownerBlock(fake), both)
	c.MustRun("import", "-no-color", testWebhooks, "1001")
	c.MustRun("plan", "-no-color") // a plan alone does not end it
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB}))
	fake.ResetJournal()
	c.MustRun("apply", "-auto-approve", "-no-color")
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
		t.Error("what is as declared is written")
	}
	hooksAre(fake, hook(coretest.URLA, "record"), hook(coretest.URLB, "record"), hook(urlOther, "record")).Now(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLB}))
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLB, "record"), hook(urlOther, "record")).Now(t)
}

// An apply that sends nothing because it fails leaves the import as it was: others keep their URLs.
func TestLocationWebhooksResource_importFails(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{
		"cannot be read":   {Operation: altegiotest.OpHooksGet, Status: 403},
		"refused":          {Operation: altegiotest.OpHooksSet, Status: 403},
		"lost, not done":   {Operation: altegiotest.OpHooksSet, Drop: true},
		"lost and done":    {Operation: altegiotest.OpHooksSet, Drop: true, AfterEffect: true},
		"nothing is wrong": {Operation: altegiotest.OpInstallation, Status: 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(coretest.URLA, "client"), hook(urlOther, "record"), hook(coretest.URLB, "record")})
			c := providertest.NewInProcess(t)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
			c.MustRun("import", "-no-color", testWebhooks, "1001")
			c.MustRun("plan", "-no-color", "-out=saved")
			fake.Fail(fault)
			c.Run("apply", "-no-color", "saved")
			fake.ClearFaults()
			c.MustRun("apply", "-auto-approve", "-no-color")
			hooksAre(fake, hook(coretest.URLA, "record"), hook(urlOther, "record"), hook(coretest.URLB, "record")).Now(t)
			c.MustRun("destroy", "-auto-approve", "-no-color")
			hooksAre(fake, hook(urlOther, "record"), hook(coretest.URLB, "record")).Now(t)
		})
	}
}

// A URL that Altegio spells otherwise than the configuration is the declared one.
func TestLocationWebhooksResource_importSpelled(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook("https://A.example/hook/", "record"), hook(urlOther, "record")})
	c := providertest.NewInProcess(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
	c.MustRun("import", "-no-color", testWebhooks, "1001")
	fake.ResetJournal()
	out := c.MustRun("apply", "-auto-approve", "-no-color")
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 || strings.Contains(out, "webhook \"https://a.example") {
		t.Errorf("%d writes, and it says\n%s", got, out)
	}
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	c.MustRun("destroy", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlOther, "record")).Now(t)
}

// Terraform can write the configuration, and its apply sends nothing. With /all behind the id, nothing is left
// to do.
func TestLocationWebhooksResource_importGenerated(t *testing.T) {
	t.Parallel()
	for id, plan := range map[string]string{"1001": "1 to import, 0 to add, 1 to change, 0 to destroy", "1001/all": "1 to import, 0 to add, 0 to change, 0 to destroy"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			before := []altegiotest.Webhook{hook(coretest.URLA, "record client"), hook(urlOther, "record client")}
			fake.SetWebhooks(1001, before)
			c := providertest.NewCLI(t)
			providertest.RequireVersion(t, "1.5.0", "1.6.0")
			block := "import {\n  to = " + testWebhooks + "\n  id = " + providertest.Quoted(id) + "\n"
			c.Config(ownerBlock(fake), block+"  provider = altegio\n}\n") // 1.17 takes another one for its source otherwise
			out := c.MustRun("plan", "-input=false", "-no-color", "-generate-config-out=generated.tf")
			providertest.ExpectText(t, out, plan)
			c.Config(ownerBlock(fake), block+"}\n")
			c.MustRun(providertest.Apply...)
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
			got := c.Values(testWebhooks)
			if others := got["other_urls"].(map[string]any); len(got["urls"].([]any)) != 2 || len(got["events"].([]any)) != 2 || len(others) > 0 {
				t.Errorf("imported %v", got)
			}
			if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
				t.Error("an import writes")
			}
			hooksAre(fake, before...).Now(t)
		})
	}
}

// URLs with different events are no configuration: the error says what to do, and the file is a beginning.
func TestLocationWebhooksResource_importGeneratedNotAlike(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	before := []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "client")}
	fake.SetWebhooks(1001, before)
	c := providertest.NewCLI(t)
	providertest.RequireVersion(t, "1.5.0", "1.6.0")
	block := "import {\n  to = " + testWebhooks + "\n  id = \"1001\"\n"
	c.Config(ownerBlock(fake), block+"  provider = altegio\n}\n")
	out := c.MustFail("plan", "-input=false", "-no-color", "-generate-config-out=generated.tf")
	providertest.ExpectText(t, out, "Webhooks without events", "the URLs of the location have different events")

	c.Config(ownerBlock(fake), block+"}\n")
	c.Write("generated.tf", providertest.WebhooksBlock("record", []string{coretest.URLA}))
	c.MustRun(providertest.Apply...)
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
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

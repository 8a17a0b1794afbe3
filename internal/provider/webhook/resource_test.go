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

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/webhook"
)

func TestLocationWebhooksResource_lifecycle(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{
		"newer":    {},
		"booleans": {HookFlagsAsBooleans: true, Meta: "object"},
		"older":    {LegacyHooks: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(shapes))
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record client")})
			selfSending := knownvalue.Check(knownvalue.Bool(false))
			if shapes.LegacyHooks {
				selfSending = knownvalue.Null()
			}
			none := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}}}
			providertest.RunSteps(t, []resource.TestStep{
				{
					Config:           ownerBlock(fake) + providertest.WebhooksBlock("record client", []string{coretest.URLB, coretest.URLA}),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionCreate, coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("location_id", knownvalue.Int64Exact(1001)),
						webhooksValue("urls", textSetExact(coretest.URLA, coretest.URLB)),
						webhooksValue("events", textSetExact("client", "record")),
						webhooksValue("self_sending", knownvalue.Bool(false)),
						webhooksValue("active", knownvalue.Bool(true)),
						webhooksValue("overwrite_other_urls", knownvalue.Null()),
						webhooksValue("other_urls", knownvalue.MapExact(map[string]knownvalue.Check{
							urlOther: settings(true, selfSending, "client", "record"),
						})),
						hooksAre(fake, hook(urlOther, "record client"), hook(coretest.URLA, "record client"), hook(coretest.URLB, "record client")),
						// Terraform plans a create again when it applies; it is read once more, written, and read back.
						coretest.Sent{Fake: fake, Want: hookCalls(3, 1)},
					},
				},
				{
					PreConfig:         fake.ResetJournal,
					Config:            ownerBlock(fake) + providertest.WebhooksBlock("client record", []string{coretest.URLA, coretest.URLB}),
					ConfigPlanChecks:  none,
					ConfigStateChecks: []statecheck.StateCheck{coretest.NothingSent(fake)},
				},
				{ // a URL leaves
					PreConfig:        fake.ResetJournal,
					Config:           ownerBlock(fake) + providertest.WebhooksBlock("record client", []string{coretest.URLA}),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate, coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("urls", textSetExact(coretest.URLA)),
						hooksAre(fake, hook(urlOther, "record client"), hook(coretest.URLA, "record client")),
						coretest.Sent{Fake: fake, Want: hookCalls(2, 1)},
					},
				},
				{ // events that others don't have
					Config:      ownerBlock(fake) + providertest.WebhooksBlock("record salon", []string{coretest.URLA}),
					ExpectError: providertest.ErrorText(urlOther + `: active = true, events = ["client", "record"]`),
				},
				{
					PreConfig: func() {
						hooksAre(fake, hook(urlOther, "record client"), hook(coretest.URLA, "record client")).Now(t)
						fake.ResetJournal()
					},
					Config: ownerBlock(fake) + providertest.WebhooksBlock("record salon", []string{coretest.URLA}, "overwrite_other_urls = "+providertest.ListOf(urlOther)),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate, coretest.Sent{Fake: fake, Want: hookCalls(1, 0)},
						plancheck.ExpectKnownValue(testWebhooks, tfjsonpath.New("other_urls"), knownvalue.MapExact(map[string]knownvalue.Check{
							urlOther: settings(true, selfSending, "record", "salon"),
						}))),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("events", textSetExact("record", "salon")),
						hooksAre(fake, hook(urlOther, "record salon"), hook(coretest.URLA, "record salon")),
						coretest.Sent{Fake: fake, Want: hookCalls(2, 1)},
					},
				},
				{ // an allowed change of others is only made together with another change
					PreConfig:         fake.ResetJournal,
					Config:            ownerBlock(fake) + providertest.WebhooksBlock("record salon", []string{coretest.URLA}),
					ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionUpdate, coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}),
					ConfigStateChecks: []statecheck.StateCheck{coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}},
				},
				{
					PreConfig:        fake.ResetJournal,
					Config:           ownerBlock(fake) + providertest.WebhooksBlock("schedule", []string{coretest.URLA}, "self_sending = true", "overwrite_other_urls = "+providertest.ListOf(urlOther)),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("self_sending", knownvalue.Bool(true)),
						hooksAre(fake, hook(urlOther, "schedule self"), hook(coretest.URLA, "schedule self")),
					},
				},
				{
					PreConfig:        fake.ResetJournal,
					Config:           ownerBlock(fake) + providertest.WebhooksBlock("schedule", []string{coretest.URLA}, "self_sending = true", "overwrite_other_urls = "+providertest.ListOf(urlOther)),
					ConfigPlanChecks: none,
				},
			}...)
			hooksAre(fake, hook(urlOther, "schedule self")).Now(t)
		})
	}
}

func TestLocationWebhooksResource_last(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
	c.MustRun("apply", "-auto-approve", "-no-color")
	out := c.MustRun("plan", "-destroy", "-no-color")
	providertest.ExpectText(t, out, "Webhooks are turned off", "so these stay, but they receive no events:", "webhook "+providertest.Quoted(coretest.URLA)+" at 1 location: 1001.")
	fake.ResetJournal()
	c.MustRun("destroy", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: hookCalls(3, 1)}.Now(t)
	hooksAre(fake, hook(coretest.URLA, "record off")).Now(t)

	// What is off may be taken over.
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("client", []string{coretest.URLA}))
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLA, "client")).Now(t)

	// With a URL of others there, ours can go.
	fake.SetWebhooks(1001, append(fake.Webhooks(1001), hook(urlOther, "salon")))
	out = c.MustRun("destroy", "-auto-approve", "-no-color")
	if providertest.ErrorText("turned off").MatchString(out) {
		t.Errorf("it says that something is turned off:\n%s", out)
	}
	hooksAre(fake, hook(urlOther, "salon")).Now(t)
}

func TestLocationWebhooksResource_create(t *testing.T) {
	t.Parallel()
	eleven := make([]altegiotest.Webhook, 0, 10)
	for i := range 10 {
		eleven = append(eleven, hook(fmt.Sprintf("https://x%d.example", i), "record"))
	}
	for name, test := range map[string]struct {
		there []altegiotest.Webhook
		more  string
		says  string
		after []altegiotest.Webhook // nil: the plan fails, and nothing has changed
		posts int
	}{
		"adopted": {
			there: []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "client")},
			says:  `They are kept as they are: - webhook "` + urlOther + `" at 1 location: 1001.`,
			after: []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "client")},
		},
		"there with other events": {
			there: []altegiotest.Webhook{hook(coretest.URLA, "client")},
			says:  "To manage URLs that are already yours, import the location first.",
		},
		"others have other events": {
			there: []altegiotest.Webhook{hook(urlOther, "record client")},
			says:  `Declared for location 1001: active = true, events = ["record"], self_sending = false.`,
		},
		"overwriting": {
			there: []altegiotest.Webhook{hook(urlOther, "record client"), hook(urlThird, "record")},
			more:  "overwrite_other_urls = " + providertest.ListOf(urlOther),
			says:  "These are kept, but get the events declared here, as overwrite_other_urls allows: - webhook \"" + urlOther + "\" at 1 location: 1001.",
			after: []altegiotest.Webhook{hook(urlOther, "record"), hook(urlThird, "record"), hook(coretest.URLA, "record")},
			posts: 1,
		},
		"too many": {
			there: eleven,
			says:  "Location 1001 would have 11: 1 declared here, and 10 of others",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.SetWebhooks(1001, test.there)
			c := providertest.NewInProcess(t)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}, test.more))
			out, ok := c.Run("plan", "-no-color")
			providertest.ExpectText(t, out, test.says)
			if ok != (test.after != nil) {
				t.Fatalf("the plan succeeds: %t\n%s", ok, out)
			}
			coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}.Now(t)
			if !ok {
				return
			}
			c.MustRun("apply", "-auto-approve", "-no-color")
			if got := fake.Count(altegiotest.OpHooksSet); got != test.posts {
				t.Errorf("%d writes, want %d", got, test.posts)
			}
			hooksAre(fake, test.after...).Now(t)
			c.MustRun("plan", "-detailed-exitcode", "-no-color")
		})
	}
}

// Every change made elsewhere is noticed and corrected.
func TestLocationWebhooksResource_drift(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	config := ownerBlock(fake) + providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB})
	steps := []resource.TestStep{{Config: config}}
	for _, there := range [][]altegiotest.Webhook{
		{hook(coretest.URLA, "record")},
		{},
		{hook(coretest.URLA, "client"), hook(coretest.URLB, "client")},
		{hook(coretest.URLA, "record"), hook(coretest.URLB, "record client")},
		{hook(coretest.URLA, "record client"), hook(coretest.URLB, "record")},
		{hook(coretest.URLA, "record off"), hook(coretest.URLB, "record off")},
		{hook(coretest.URLA, "record"), hook(coretest.URLB, "record off")},
		{hook(coretest.URLA, "record"), hook(coretest.URLB, "record self")},
		{hook(urlOther, "record"), hook(coretest.URLB, "record")},
	} {
		wanted := []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(coretest.URLB, "record")}
		if len(there) > 0 && there[0].URL == urlOther {
			wanted = append(wanted, hook(urlOther, "record"))
		}
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				fake.SetWebhooks(1001, there)
				fake.ResetJournal()
			},
			Config:            config,
			ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionUpdate, coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}),
			ConfigStateChecks: []statecheck.StateCheck{hooksAre(fake, wanted...), coretest.Sent{Fake: fake, Want: hookCalls(2, 1)}},
		})
	}
	// A URL that others add is not ours, and its settings are theirs.
	steps = append(steps, resource.TestStep{
		PreConfig: func() {
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlThird, "salon off"), hook(coretest.URLA, "record"), hook(coretest.URLB, "record")})
		},
		Config:           config,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		ConfigStateChecks: []statecheck.StateCheck{webhooksValue("other_urls", knownvalue.MapExact(map[string]knownvalue.Check{
			urlThird: settings(false, knownvalue.Bool(false), "salon"),
		}))},
	})
	providertest.RunSteps(t, steps...)
	hooksAre(fake, hook(urlThird, "salon off")).Now(t)
}

func TestLocationWebhooksResource_othersAtOdds(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
	c.MustRun("apply", "-auto-approve", "-no-color")
	there := []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "client"), hook(urlThird, "salon")}
	fake.SetWebhooks(1001, there)
	fake.ResetJournal()
	for _, args := range [][]string{{"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		out := c.MustFail(append(args, "-no-color")...)
		providertest.ExpectText(t, out, "Cannot remove webhook URLs alone", urlOther+`: active = true, events = ["client"]`, urlThird+`: active = true, events = ["salon"]`)
	}
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
		t.Error("it writes")
	}
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}, "overwrite_other_urls = "+providertest.ListOf(urlThird)))
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, there...).Now(t)
	c.MustRun("destroy", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlOther, "client"), hook(urlThird, "client")).Now(t)
}

func TestLocationWebhooksResource_unknown(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
	later := `
resource "terraform_data" "later" {
  input = %s
}
`
	unknown := func(url string) string {
		return ownerBlock(fake) + fmt.Sprintf(later, providertest.Quoted(url)) +
			strings.Replace(providertest.WebhooksBlock("record", []string{url}), providertest.Quoted(url), "terraform_data.later.output", 1)
	}
	providertest.RunSteps(t, []resource.TestStep{
		{
			Config:            unknown(coretest.URLA),
			ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionCreate, coretest.NothingSent(fake)),
			ConfigStateChecks: []statecheck.StateCheck{hooksAre(fake, hook(urlOther, "record"), hook(coretest.URLA, "record"))},
		},
		{
			Config:            unknown(coretest.URLB),
			ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{hooksAre(fake, hook(urlOther, "record"), hook(coretest.URLB, "record"))},
		},
	}...)
}

// Another location is another resource.
func TestLocationWebhooksResource_replaced(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
	providertest.RunSteps(t, []resource.TestStep{
		{Config: ownerBlock(fake) + providertest.WebhooksBlock("record", []string{coretest.URLA})},
		{
			Config:           ownerBlock(fake) + providertest.WebhooksBlock("record", []string{coretest.URLA}, "location_id = 1002"),
			ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				hooksAre(fake, hook(urlOther, "record")),
				coretest.StateFunc(func() error {
					if got := fake.Webhooks(1002); len(got) != 1 || got[0].URL != coretest.URLA {
						return fmt.Errorf("location 1002 has %v", got)
					}
					return nil
				}),
			},
		},
	}...)
}

// What is created before the other is destroyed keeps its URLs, whoever had them before.
func TestLocationWebhooksResource_createdFirst(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	first := strings.TrimSuffix(providertest.WebhooksBlock("record", []string{coretest.URLA}), "}\n") + "  lifecycle {\n    create_before_destroy = true\n  }\n}\n"
	c.Config(ownerBlock(fake), first)
	c.MustRun("apply", "-auto-approve", "-no-color")
	c.MustRun("taint", testWebhooks)
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLA, "record")).Now(t)

	// Renamed without a moved block, which creates the one and destroys the other in any order.
	c.Config(ownerBlock(fake), strings.Replace(first, `"test"`, `"renamed"`, 1))
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLA, "record")).Now(t)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
}

// Two resources for one location are not recommended, but do not damage each other.
func TestLocationWebhooksResource_twice(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}),
		strings.Replace(providertest.WebhooksBlock("record", []string{coretest.URLB}), `"test"`, `"other"`, 1))
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLA, "record"), hook(coretest.URLB, "record")).Now(t)
}

func TestLocationWebhooksResource_validate(t *testing.T) {
	t.Parallel()
	c, block := providertest.NewInProcess(t), ownerBlock(coretest.NewFake(t))
	var many []string
	for i := range 11 {
		many = append(many, fmt.Sprintf("https://x%d.example", i))
	}
	for _, test := range []struct{ block, says string }{
		{providertest.WebhooksBlock("record", nil), "set must contain at least 1 elements and at most 10 elements, got: 0"},
		{providertest.WebhooksBlock("record", many), "got: 11"},
		{providertest.WebhooksBlock("record", []string{"http://a.example"}), "must be an https URL"},
		{providertest.WebhooksBlock("record", []string{"https:///path"}), "must be an https URL"},
		{providertest.WebhooksBlock("record", []string{"https://a.example/a b"}), "must be an https URL"},
		{providertest.WebhooksBlock("record", []string{"https://a.example/" + strings.Repeat("x", 4096)}), "UTF-8 character count must be at most 4096"},
		{providertest.WebhooksBlock("record", []string{coretest.URLA}, "urls = [null]"), "null"},
		{providertest.WebhooksBlock("", []string{coretest.URLA}), "set must contain at least 1 elements"},
		{providertest.WebhooksBlock("records", []string{coretest.URLA}), `got: "records"`},
		{providertest.WebhooksBlock("self_sending", []string{coretest.URLA}), `got: "self_sending"`},
		{providertest.WebhooksBlock("record", []string{coretest.URLA}, "location_id = 0"), "value must be at least 1"},
		{providertest.WebhooksBlock("record", []string{coretest.URLA}, "overwrite_other_urls = [null]"), "null"},
	} {
		c.Config(block, test.block)
		providertest.ExpectText(t, c.MustFail("plan", "-no-color"), test.says)
	}
	c.Config(block, providertest.WebhooksBlock(strings.Join(webhook.WebhookEvents(), " "), many[:10], "overwrite_other_urls = "+providertest.ListOf("http://old.example")))
	c.MustRun("plan", "-no-color")
}

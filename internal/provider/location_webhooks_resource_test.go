// SPDX-License-Identifier: MPL-2.0

package provider

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
			fake := newFake(t, altegiotest.WithShapes(shapes))
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record client")})
			selfSending := knownvalue.Check(knownvalue.Bool(false))
			if shapes.LegacyHooks {
				selfSending = knownvalue.Null()
			}
			none := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, hookCalls(1, 0)}}}
			runSteps(t, []resource.TestStep{
				{
					Config:           ownerBlock(fake) + webhooksBlock("record client", []string{urlB, urlA}),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionCreate, sent{fake, hookCalls(1, 0)}),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("location_id", knownvalue.Int64Exact(1001)),
						webhooksValue("urls", textSetExact(urlA, urlB)),
						webhooksValue("events", textSetExact("client", "record")),
						webhooksValue("self_sending", knownvalue.Bool(false)),
						webhooksValue("active", knownvalue.Bool(true)),
						webhooksValue("overwrite_other_urls", knownvalue.Null()),
						webhooksValue("other_urls", knownvalue.MapExact(map[string]knownvalue.Check{
							urlOther: settings(true, selfSending, "client", "record"),
						})),
						hooksAre(fake, hook(urlOther, "record client"), hook(urlA, "record client"), hook(urlB, "record client")),
						// Terraform plans a create again when it applies; it is read once more, written, and read back.
						sent{fake, hookCalls(3, 1)},
					},
				},
				{
					PreConfig:         fake.ResetJournal,
					Config:            ownerBlock(fake) + webhooksBlock("client record", []string{urlA, urlB}),
					ConfigPlanChecks:  none,
					ConfigStateChecks: []statecheck.StateCheck{nothingSent(fake)},
				},
				{ // a URL leaves
					PreConfig:        fake.ResetJournal,
					Config:           ownerBlock(fake) + webhooksBlock("record client", []string{urlA}),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate, sent{fake, hookCalls(1, 0)}),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("urls", textSetExact(urlA)),
						hooksAre(fake, hook(urlOther, "record client"), hook(urlA, "record client")),
						sent{fake, hookCalls(2, 1)},
					},
				},
				{ // events that others don't have
					Config:      ownerBlock(fake) + webhooksBlock("record salon", []string{urlA}),
					ExpectError: errorText(urlOther + `: active = true, events = ["client", "record"]`),
				},
				{
					PreConfig: func() {
						hooksAre(fake, hook(urlOther, "record client"), hook(urlA, "record client")).now(t)
						fake.ResetJournal()
					},
					Config: ownerBlock(fake) + webhooksBlock("record salon", []string{urlA}, "overwrite_other_urls = "+listOf(urlOther)),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate, sent{fake, hookCalls(1, 0)},
						plancheck.ExpectKnownValue(testWebhooks, tfjsonpath.New("other_urls"), knownvalue.MapExact(map[string]knownvalue.Check{
							urlOther: settings(true, selfSending, "record", "salon"),
						}))),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("events", textSetExact("record", "salon")),
						hooksAre(fake, hook(urlOther, "record salon"), hook(urlA, "record salon")),
						sent{fake, hookCalls(2, 1)},
					},
				},
				{ // what is allowed is not done unless something else has to be
					PreConfig:         fake.ResetJournal,
					Config:            ownerBlock(fake) + webhooksBlock("record salon", []string{urlA}),
					ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionUpdate, sent{fake, hookCalls(1, 0)}),
					ConfigStateChecks: []statecheck.StateCheck{sent{fake, hookCalls(1, 0)}},
				},
				{
					PreConfig:        fake.ResetJournal,
					Config:           ownerBlock(fake) + webhooksBlock("schedule", []string{urlA}, "self_sending = true", "overwrite_other_urls = "+listOf(urlOther)),
					ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate),
					ConfigStateChecks: []statecheck.StateCheck{
						webhooksValue("self_sending", knownvalue.Bool(true)),
						hooksAre(fake, hook(urlOther, "schedule self"), hook(urlA, "schedule self")),
					},
				},
				{
					PreConfig:        fake.ResetJournal,
					Config:           ownerBlock(fake) + webhooksBlock("schedule", []string{urlA}, "self_sending = true", "overwrite_other_urls = "+listOf(urlOther)),
					ConfigPlanChecks: none,
				},
			}...)
			hooksAre(fake, hook(urlOther, "schedule self")).now(t)
		})
	}
}

func TestLocationWebhooksResource_last(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
	c.mustRun("apply", "-auto-approve", "-no-color")
	out := c.mustRun("plan", "-destroy", "-no-color")
	expectText(t, out, "Webhooks of location 1001 are turned off", "so these stay, and are sent nothing: "+quoted(urlA))
	fake.ResetJournal()
	c.mustRun("destroy", "-auto-approve", "-no-color")
	sent{fake, hookCalls(3, 1)}.now(t)
	hooksAre(fake, hook(urlA, "record off")).now(t)

	// What is off may be taken over.
	c.config(ownerBlock(fake), webhooksBlock("client", []string{urlA}))
	c.mustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlA, "client")).now(t)

	// With a URL of others there, ours can go.
	fake.SetWebhooks(1001, append(fake.Webhooks(1001), hook(urlOther, "salon")))
	out = c.mustRun("destroy", "-auto-approve", "-no-color")
	if errorText("turned off").MatchString(out) {
		t.Errorf("it says that something is turned off:\n%s", out)
	}
	hooksAre(fake, hook(urlOther, "salon")).now(t)
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
			there: []altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "client")},
			says:  urlOther + `: active = true, events = ["client"], self_sending = false.`,
			after: []altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "client")},
		},
		"there with other events": {
			there: []altegiotest.Webhook{hook(urlA, "client")},
			says:  "To take over URLs that are yours already, import the location first.",
		},
		"others have other events": {
			there: []altegiotest.Webhook{hook(urlOther, "record client")},
			says:  `What is declared for location 1001 is active = true, events = ["record"], self_sending = false.`,
		},
		"overwriting": {
			there: []altegiotest.Webhook{hook(urlOther, "record client"), hook(urlThird, "record")},
			more:  "overwrite_other_urls = " + listOf(urlOther),
			says:  "These are kept, but sent what is declared here, as overwrite_other_urls allows: - " + urlOther,
			after: []altegiotest.Webhook{hook(urlOther, "record"), hook(urlThird, "record"), hook(urlA, "record")},
			posts: 1,
		},
		"too many": {
			there: eleven,
			says:  "Location 1001 would have 11: 1 declared here, and 10 of others",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.SetWebhooks(1001, test.there)
			c := newInProcess(t)
			c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}, test.more))
			out, ok := c.run("plan", "-no-color")
			expectText(t, out, test.says)
			if ok != (test.after != nil) {
				t.Fatalf("the plan succeeds: %t\n%s", ok, out)
			}
			sent{fake, hookCalls(1, 0)}.now(t)
			if !ok {
				return
			}
			c.mustRun("apply", "-auto-approve", "-no-color")
			if got := fake.Count(altegiotest.OpHooksSet); got != test.posts {
				t.Errorf("%d writes, want %d", got, test.posts)
			}
			hooksAre(fake, test.after...).now(t)
			c.mustRun("plan", "-detailed-exitcode", "-no-color")
		})
	}
}

// Each change that others make elsewhere is seen, and mended.
func TestLocationWebhooksResource_drift(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	config := ownerBlock(fake) + webhooksBlock("record", []string{urlA, urlB})
	steps := []resource.TestStep{{Config: config}}
	for _, there := range [][]altegiotest.Webhook{
		{hook(urlA, "record")},
		{},
		{hook(urlA, "client"), hook(urlB, "client")},
		{hook(urlA, "record"), hook(urlB, "record client")},
		{hook(urlA, "record client"), hook(urlB, "record")},
		{hook(urlA, "record off"), hook(urlB, "record off")},
		{hook(urlA, "record"), hook(urlB, "record off")},
		{hook(urlA, "record"), hook(urlB, "record self")},
		{hook(urlOther, "record"), hook(urlB, "record")},
	} {
		wanted := []altegiotest.Webhook{hook(urlA, "record"), hook(urlB, "record")}
		if len(there) > 0 && there[0].URL == urlOther {
			wanted = append(wanted, hook(urlOther, "record"))
		}
		steps = append(steps, resource.TestStep{
			PreConfig: func() {
				fake.SetWebhooks(1001, there)
				fake.ResetJournal()
			},
			Config:            config,
			ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionUpdate, sent{fake, hookCalls(1, 0)}),
			ConfigStateChecks: []statecheck.StateCheck{hooksAre(fake, wanted...), sent{fake, hookCalls(2, 1)}},
		})
	}
	// A URL that others add is none of ours, and what they send it is theirs.
	steps = append(steps, resource.TestStep{
		PreConfig: func() {
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlThird, "salon off"), hook(urlA, "record"), hook(urlB, "record")})
		},
		Config:           config,
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		ConfigStateChecks: []statecheck.StateCheck{webhooksValue("other_urls", knownvalue.MapExact(map[string]knownvalue.Check{
			urlThird: settings(false, knownvalue.Bool(false), "salon"),
		}))},
	})
	runSteps(t, steps...)
	hooksAre(fake, hook(urlThird, "salon off")).now(t)
}

func TestLocationWebhooksResource_othersAtOdds(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
	c.mustRun("apply", "-auto-approve", "-no-color")
	there := []altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "client"), hook(urlThird, "salon")}
	fake.SetWebhooks(1001, there)
	fake.ResetJournal()
	for _, args := range [][]string{{"destroy", "-auto-approve"}, {"destroy", "-auto-approve", "-refresh=false"}} {
		out := c.mustFail(append(args, "-no-color")...)
		expectText(t, out, "Cannot take out webhook URLs alone", urlOther+`: active = true, events = ["client"]`, urlThird+`: active = true, events = ["salon"]`)
	}
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
		t.Error("it writes")
	}
	c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}, "overwrite_other_urls = "+listOf(urlThird)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, there...).now(t)
	c.mustRun("destroy", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlOther, "client"), hook(urlThird, "client")).now(t)
}

func TestLocationWebhooksResource_unknown(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
	later := `
resource "terraform_data" "later" {
  input = %s
}
`
	unknown := func(url string) string {
		return ownerBlock(fake) + fmt.Sprintf(later, quoted(url)) +
			strings.Replace(webhooksBlock("record", []string{url}), quoted(url), "terraform_data.later.output", 1)
	}
	runSteps(t, []resource.TestStep{
		{
			Config:            unknown(urlA),
			ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionCreate, nothingSent(fake)),
			ConfigStateChecks: []statecheck.StateCheck{hooksAre(fake, hook(urlOther, "record"), hook(urlA, "record"))},
		},
		{
			Config:            unknown(urlB),
			ConfigPlanChecks:  expectWebhooksAction(plancheck.ResourceActionUpdate),
			ConfigStateChecks: []statecheck.StateCheck{hooksAre(fake, hook(urlOther, "record"), hook(urlB, "record"))},
		},
	}...)
}

// Another location is another resource.
func TestLocationWebhooksResource_replaced(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
	runSteps(t, []resource.TestStep{
		{Config: ownerBlock(fake) + webhooksBlock("record", []string{urlA})},
		{
			Config:           ownerBlock(fake) + webhooksBlock("record", []string{urlA}, "location_id = 1002"),
			ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionDestroyBeforeCreate),
			ConfigStateChecks: []statecheck.StateCheck{
				hooksAre(fake, hook(urlOther, "record")),
				stateFunc(func() error {
					if got := fake.Webhooks(1002); len(got) != 1 || got[0].URL != urlA {
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
	fake := newFake(t)
	c := newInProcess(t)
	first := strings.TrimSuffix(webhooksBlock("record", []string{urlA}), "}\n") + "  lifecycle {\n    create_before_destroy = true\n  }\n}\n"
	c.config(ownerBlock(fake), first)
	c.mustRun("apply", "-auto-approve", "-no-color")
	c.mustRun("taint", testWebhooks)
	c.mustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlA, "record")).now(t)

	// Renamed without a moved block, which creates the one and destroys the other in any order.
	c.config(ownerBlock(fake), strings.Replace(first, `"test"`, `"renamed"`, 1))
	c.mustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlA, "record")).now(t)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
}

// Two resources for one location are no good idea, but lose nothing of each other.
func TestLocationWebhooksResource_twice(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}),
		strings.Replace(webhooksBlock("record", []string{urlB}), `"test"`, `"other"`, 1))
	c.mustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlA, "record"), hook(urlB, "record")).now(t)
}

func TestLocationWebhooksResource_validate(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	var many []string
	for i := range 11 {
		many = append(many, fmt.Sprintf("https://x%d.example", i))
	}
	for _, test := range []struct{ block, says string }{
		{webhooksBlock("record", nil), "set must contain at least 1 elements and at most 10 elements, got: 0"},
		{webhooksBlock("record", many), "got: 11"},
		{webhooksBlock("record", []string{"http://a.example"}), "must be an https URL"},
		{webhooksBlock("record", []string{"https:///path"}), "must be an https URL"},
		{webhooksBlock("record", []string{"https://a.example/a b"}), "must be an https URL"},
		{webhooksBlock("record", []string{"https://a.example/" + strings.Repeat("x", 4096)}), "UTF-8 character count must be at most 4096"},
		{webhooksBlock("record", []string{urlA}, "urls = [null]"), "null"},
		{webhooksBlock("", []string{urlA}), "set must contain at least 1 elements"},
		{webhooksBlock("records", []string{urlA}), `got: "records"`},
		{webhooksBlock("self_sending", []string{urlA}), `got: "self_sending"`},
		{webhooksBlock("record", []string{urlA}, "location_id = 0"), "value must be at least 1"},
		{webhooksBlock("record", []string{urlA}, "overwrite_other_urls = [null]"), "null"},
	} {
		c.config("provider \"altegio\" {}\n", test.block)
		expectText(t, c.mustFail("validate", "-no-color"), test.says)
	}
	c.config("provider \"altegio\" {}\n", webhooksBlock(strings.Join(webhookEvents(), " "), many[:10], "overwrite_other_urls = "+listOf("http://old.example")))
	c.mustRun("validate", "-no-color")
}

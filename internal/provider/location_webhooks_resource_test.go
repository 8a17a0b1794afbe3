// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	testWebhooksType = "altegio_location_webhooks"
	testWebhooks     = testWebhooksType + ".test"

	urlA     = "https://a.example/hook"
	urlB     = "https://b.example/hook"
	urlOther = "https://other.example/hook"
	urlThird = "https://third.example/hook"
)

// webhooksBlock declares altegio_location_webhooks.test at location 1001.
func webhooksBlock(events string, urls []string, more ...string) string {
	arguments := map[string]string{"location_id": "1001", "events": listOf(strings.Fields(events)...), "urls": listOf(urls...)}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return block(`resource "altegio_location_webhooks" "test"`, arguments)
}

func listOf(texts ...string) string {
	text, _ := json.Marshal(append([]string{}, texts...))
	return string(text)
}

func ownerBlock(fake *altegiotest.Server) string {
	return providerBlock(fake, "user_token = "+quoted(altegiotest.DefaultUserToken))
}

// hook is a URL at the fake; "off" and "self" among the words are no events.
func hook(url, words string) altegiotest.Webhook {
	h := altegiotest.Webhook{URL: url, Active: true, Flags: map[string]bool{}}
	for _, word := range strings.Fields(words) {
		switch word {
		case "off":
			h.Active = false
		case "self":
			h.SelfSending = true
		default:
			h.Flags[word] = true
		}
	}
	return h
}

// hooksAre checks what the fake has at location 1001, in any order.
func hooksAre(fake *altegiotest.Server, want ...altegiotest.Webhook) stateFunc {
	return func() error {
		have := make(map[string]altegiotest.Webhook)
		for _, h := range fake.Webhooks(1001) {
			maps.DeleteFunc(h.Flags, func(_ string, on bool) bool { return !on })
			have[h.URL] = h
		}
		wanted := make(map[string]altegiotest.Webhook)
		for _, h := range want {
			wanted[h.URL] = h
		}
		if !reflect.DeepEqual(have, wanted) {
			return fmt.Errorf("the fake has\n%v\nwant\n%v", have, wanted)
		}
		return nil
	}
}

func (f stateFunc) now(t *testing.T) {
	t.Helper()
	if err := f(); err != nil {
		t.Error(err)
	}
}

// hookCalls are the requests of a run.
func hookCalls(gets, posts int) map[string]int {
	calls := map[string]int{}
	if gets > 0 {
		calls[altegiotest.OpHooksGet] = gets
	}
	if posts > 0 {
		calls[altegiotest.OpHooksSet] = posts
	}
	return calls
}

func textSetExact(texts ...string) knownvalue.Check {
	var checks []knownvalue.Check
	for _, text := range texts {
		checks = append(checks, knownvalue.StringExact(text))
	}
	return knownvalue.SetExact(checks)
}

func webhooksValue(name string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(testWebhooks, tfjsonpath.New(name), want)
}

func settings(active bool, selfSending knownvalue.Check, events ...string) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"active": knownvalue.Bool(active), "events": textSetExact(events...), "self_sending": selfSending,
	})
}

func expectWebhooksAction(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(testWebhooks, action)}, more...)}
}

func TestLocationWebhooksResource_lifecycle(t *testing.T) {
	t.Parallel()
	requireCLI(t)
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
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{
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
				},
			})
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
			c := newCLI(t)
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
	requireCLI(t)
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
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories(), Steps: steps})
	hooksAre(fake, hook(urlThird, "salon off")).now(t)
}

func TestLocationWebhooksResource_changedSincePlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile []altegiotest.Webhook
		says      string
	}{
		"another URL":       {[]altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "record"), hook(urlThird, "record")}, urlThird + " is new."},
		"other's gone":      {[]altegiotest.Webhook{hook(urlA, "record")}, urlOther + " is missing."},
		"ours gone":         {[]altegiotest.Webhook{hook(urlOther, "record")}, urlA + " is missing."},
		"other's events":    {[]altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "client")}, urlOther + ` has active = true, events = ["client"], self_sending = false, not active = true, events = ["record"]`},
		"done by hand":      {[]altegiotest.Webhook{hook(urlA, "record"), hook(urlB, "record"), hook(urlOther, "record")}, urlB + " is new."},
		"turned off":        {[]altegiotest.Webhook{hook(urlA, "record off"), hook(urlOther, "record off")}, "active = false"},
		"only in its order": {[]altegiotest.Webhook{hook(urlOther, "record"), hook(urlA, "record")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "record")})
			c := newCLI(t)
			c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
			c.mustRun("apply", "-auto-approve", "-no-color")
			c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA, urlB}))
			c.mustRun("plan", "-out=saved", "-no-color")
			fake.SetWebhooks(1001, test.meanwhile)
			fake.ResetJournal()
			out, ok := c.run("apply", "-no-color", "saved")
			if test.says == "" {
				if !ok {
					t.Errorf("the apply fails:\n%s", out)
				}
				return
			}
			if ok {
				t.Errorf("the apply succeeds:\n%s", out)
			}
			expectText(t, out, "Webhooks have changed since the plan", test.says, "Nothing was sent.")
			sent{fake, hookCalls(1, 0)}.now(t)
			hooksAre(fake, test.meanwhile...).now(t)
			if got := c.values(testWebhooks)["urls"]; !reflect.DeepEqual(got, []any{urlA}) {
				t.Errorf("the state has the urls %v", got)
			}
		})
	}
}

// A create decides by what it finds when it is applied, and no change made since its plan is lost.
func TestLocationWebhooksResource_changedSincePlanOfCreate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile, after []altegiotest.Webhook
		says             string
	}{
		"the same events": {
			meanwhile: []altegiotest.Webhook{hook(urlThird, "record")},
			after:     []altegiotest.Webhook{hook(urlThird, "record"), hook(urlA, "record")},
			says:      "Apply complete",
		},
		"other events": {
			meanwhile: []altegiotest.Webhook{hook(urlOther, "record"), hook(urlThird, "client")},
			after:     []altegiotest.Webhook{hook(urlOther, "record"), hook(urlThird, "client")},
			says:      urlThird + `: active = true, events = ["client"]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "client")})
			c := newCLI(t)
			c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}, "overwrite_other_urls = "+listOf(urlOther)))
			c.mustRun("plan", "-out=saved", "-no-color")
			fake.SetWebhooks(1001, test.meanwhile)
			out, _ := c.run("apply", "-no-color", "saved")
			expectText(t, out, test.says)
			hooksAre(fake, test.after...).now(t)
		})
	}
}

// meddle has somebody else change the webhooks just before the fake handles a write, or just after.
func meddle(t *testing.T, options ...altegiotest.Option) (fake *altegiotest.Server, before, after *atomic.Pointer[[]altegiotest.Webhook]) {
	t.Helper()
	before, after = new(atomic.Pointer[[]altegiotest.Webhook]), new(atomic.Pointer[[]altegiotest.Webhook])
	fake = newFake(t, append(options, altegiotest.WithObserver(func(r altegiotest.Request) {
		if hooks := after.Load(); hooks != nil && r.Operation == altegiotest.OpHooksSet {
			fake.SetWebhooks(1001, *hooks)
		}
	}))...)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksSet, Match: func(*http.Request, []byte) bool {
		if hooks := before.Load(); hooks != nil {
			fake.SetWebhooks(1001, *hooks)
		}
		return false
	}})
	return fake, before, after
}

func TestLocationWebhooksResource_races(t *testing.T) {
	t.Parallel()
	start := []altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "record")}
	t.Run("update", func(t *testing.T) {
		t.Parallel()
		fake, _, after := meddle(t)
		fake.SetWebhooks(1001, start)
		c := newCLI(t)
		c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
		c.mustRun("apply", "-auto-approve", "-no-color")
		c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA, urlB}))
		after.Store(&[]altegiotest.Webhook{hook(urlA, "client"), hook(urlThird, "client")})
		fake.ResetJournal()
		expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), "Webhooks are not as they were set",
			urlA+` has active = true, events = ["client"], self_sending = false, not active = true, events = ["record"]`,
			urlB+" is missing", urlOther+" is missing", urlThird+" is new.")
		sent{fake, hookCalls(3, 1)}.now(t)
		values := c.values(testWebhooks)
		if !reflect.DeepEqual(values["urls"], []any{urlA}) || !reflect.DeepEqual(values["events"], []any{"client"}) {
			t.Errorf("the state has %v", values)
		}
		if _, ok := values["other_urls"].(map[string]any)[urlThird]; !ok {
			t.Errorf("the state has other URLs %v", values["other_urls"])
		}
	})
	t.Run("create, lost", func(t *testing.T) {
		t.Parallel()
		fake, _, after := meddle(t)
		c := newCLI(t)
		c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
		after.Store(&[]altegiotest.Webhook{hook(urlThird, "record")})
		expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), "Webhooks are not as they were set", urlA+" is missing")
		if got := c.values(testWebhooks); got != nil {
			t.Errorf("the state has %v", got)
		}
		after.Store(nil)
		c.mustRun("apply", "-auto-approve", "-no-color")
		hooksAre(fake, hook(urlA, "record"), hook(urlThird, "record")).now(t)
	})
	t.Run("create, changed", func(t *testing.T) {
		t.Parallel()
		fake, _, after := meddle(t)
		c := newCLI(t)
		c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
		after.Store(&[]altegiotest.Webhook{hook(urlA, "record"), hook(urlThird, "record")})
		expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), "Webhooks are not as they were set", urlThird+" is new")
		if got := c.values(testWebhooks)["urls"]; !reflect.DeepEqual(got, []any{urlA}) {
			t.Errorf("the state has the urls %v", got)
		}
		after.Store(nil)
		c.mustRun("apply", "-auto-approve", "-no-color")
		c.mustRun("plan", "-detailed-exitcode", "-no-color")
		hooksAre(fake, hook(urlA, "record"), hook(urlThird, "record")).now(t)
	})
	// Nothing can be done about a change that is made between the last read and the write: the API
	// takes no condition. It is lost, which is why the time between the two is as short as can be.
	t.Run("before the write", func(t *testing.T) {
		t.Parallel()
		fake, before, _ := meddle(t)
		c := newCLI(t)
		c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
		before.Store(&[]altegiotest.Webhook{hook(urlThird, "record")})
		c.mustRun("apply", "-auto-approve", "-no-color")
		hooksAre(fake, hook(urlA, "record")).now(t)
		ops := make([]string, 0, 4)
		for _, r := range fake.Requests() {
			ops = append(ops, r.Method)
		}
		if want := []string{"GET", "GET", "GET", "POST", "GET"}; !slices.Equal(ops, want) {
			t.Errorf("the requests are %v, want %v", ops, want)
		}
	})
	t.Run("destroy", func(t *testing.T) {
		t.Parallel()
		fake, _, after := meddle(t)
		fake.SetWebhooks(1001, start)
		c := newCLI(t)
		c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
		c.mustRun("apply", "-auto-approve", "-no-color")
		c.mustRun("plan", "-destroy", "-out=saved", "-no-color")
		// It takes out ours from what is there then.
		fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlThird, "salon"), hook(urlA, "record")})
		after.Store(&start)
		expectText(t, c.mustFail("apply", "-no-color", "saved"), "Webhooks are not as they were set", urlA+" is new")
		if _, ok := c.values(testWebhooks)["other_urls"].(map[string]any)[urlOther]; !ok {
			t.Errorf("the state has %v", c.values(testWebhooks))
		}
		after.Store(nil)
		fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlThird, "salon self"), hook(urlA, "record")})
		c.mustRun("destroy", "-auto-approve", "-no-color")
		hooksAre(fake, hook(urlThird, "salon self")).now(t)
		if got := c.values(testWebhooks); got != nil {
			t.Errorf("the state has %v", got)
		}
	})
}

// A write whose outcome is open is settled by reading, and never sent again.
func TestLocationWebhooksResource_ambiguous(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		write altegiotest.Fault
		read  altegiotest.Fault
		ok    bool
		says  []string
	}{
		"lost answer":          {write: altegiotest.Fault{Drop: true, AfterEffect: true}, ok: true},
		"500 after the effect": {write: altegiotest.Fault{Status: 500, AfterEffect: true}, ok: true},
		"HTML after it":        {write: altegiotest.Fault{HTML: true, AfterEffect: true}, ok: true},
		"cut answer":           {write: altegiotest.Fault{Truncate: true}, ok: true},
		"lost request": {
			write: altegiotest.Fault{Drop: true},
			says:  []string{"Altegio did not answer", "Webhooks were not set", urlB + " is missing.", "The request was not sent again"},
		},
		"500": {write: altegiotest.Fault{Status: 500}, says: []string{"500 Internal Server Error", "Webhooks were not set"}},
		"not read back after it": {
			write: altegiotest.Fault{Drop: true, AfterEffect: true}, read: altegiotest.Fault{Status: 500},
			says: []string{"Altegio did not answer", "The change may have been made although the answer is missing."},
		},
		"not read back": {
			read: altegiotest.Fault{Status: 500}, ok: true,
			says: []string{"Webhooks could not be read back", "500 Internal Server Error", "The next plan does that."},
		},
		"403": {write: altegiotest.Fault{Status: 403}, says: []string{"403 Forbidden", "may not see or change the webhooks"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
			c := newCLI(t)
			provider := providerBlock(fake, "user_token = "+quoted(altegiotest.DefaultUserToken), "max_retries = 0")
			c.config(provider, webhooksBlock("record", []string{urlA}))
			c.mustRun("apply", "-auto-approve", "-no-color")
			c.config(provider, webhooksBlock("record", []string{urlA, urlB}))
			c.mustRun("plan", "-out=saved", "-no-color")
			fake.ResetJournal()
			test.write.Operation, test.read.Operation, test.read.Skip = altegiotest.OpHooksSet, altegiotest.OpHooksGet, 1
			fake.Fail(test.write)
			fake.Fail(test.read)
			out, ok := c.run("apply", "-no-color", "saved")
			if ok != test.ok {
				t.Errorf("the apply succeeds: %t\n%s", ok, out)
			}
			expectText(t, out, test.says...)
			if got := fake.Count(altegiotest.OpHooksSet); got != 1 {
				t.Errorf("%d writes, want one", got)
			}
			fake.ClearFaults()
			c.mustRun("apply", "-auto-approve", "-no-color")
			c.mustRun("plan", "-detailed-exitcode", "-no-color")
			hooksAre(fake, hook(urlOther, "record"), hook(urlA, "record"), hook(urlB, "record")).now(t)

			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksSet, Drop: true, AfterEffect: true})
			c.mustRun("destroy", "-auto-approve", "-no-color")
			hooksAre(fake, hook(urlOther, "record")).now(t)
		})
	}
}

func TestLocationWebhooksResource_errors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider string
		fault    altegiotest.Fault
		says     []string
	}{
		"no user token": {provider: "user_token =", says: []string{"Cannot read the webhooks", "no user token", "Set user_token in the provider block"}},
		"401":           {provider: `user_token = "somebody"`, says: []string{"401 Unauthorized", "Check partner_token and user_token in the provider block"}},
		"403":           {fault: altegiotest.Fault{Status: 403}, says: []string{"403 Forbidden", "The user whose token user_token is may not see"}},
		"404":           {fault: altegiotest.Fault{Status: 404}, says: []string{"404 Not Found", "Check location_id"}},
		"500":           {fault: altegiotest.Fault{Status: 500}, says: []string{"500 Internal Server Error", "Try again later."}},
		"HTML":          {fault: altegiotest.Fault{Status: 404, HTML: true}, says: []string{"the answer is an HTML page"}},
		// Taken for no URL, it would cost others theirs.
		"no urls": {fault: altegiotest.Fault{Body: `{"success":true,"data":{"active":1,"record":1},"meta":[]}`}, says: []string{"urls are missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			test.fault.Operation = altegiotest.OpHooksGet
			fake.Fail(test.fault)
			c := newCLI(t)
			c.config(providerBlock(fake, "user_token = "+quoted(altegiotest.DefaultUserToken), test.provider), webhooksBlock("record", []string{urlA}))
			expectText(t, c.mustFail("plan", "-no-color"), test.says...)
			if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
				t.Error("it writes")
			}
		})
	}
	t.Run("422", func(t *testing.T) {
		t.Parallel()
		fake := newFake(t)
		fake.Fail(altegiotest.Fault{
			Operation: altegiotest.OpHooksSet, Status: 422,
			Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"urls":["No such host."]}}}`,
		})
		c := newCLI(t)
		c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
		expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), "and of urls it says: No such host.", `location_id 1001, urls "`+urlA+`"`)
		if got := c.values(testWebhooks); got != nil {
			t.Errorf("the state has %v", got)
		}
	})
}

// A URL that could not be taken out is still ours.
func TestLocationWebhooksResource_failureKeepsOurs(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{"refused": {Status: 403}, "not done": {Status: 500}, "not told": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
			c := newCLI(t)
			c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA, urlB}))
			c.mustRun("apply", "-auto-approve", "-no-color")
			fault.Operation, fault.Times = altegiotest.OpHooksSet, 1
			fake.Fail(fault)
			c.config(ownerBlock(fake), webhooksBlock("record", []string{urlB, urlThird}))
			c.mustFail("apply", "-auto-approve", "-no-color")
			if got := c.values(testWebhooks)["urls"]; !reflect.DeepEqual(got, []any{urlA, urlB}) {
				t.Errorf("the state has the urls %v", got)
			}
			c.mustRun("apply", "-auto-approve", "-no-color")
			hooksAre(fake, hook(urlOther, "record"), hook(urlB, "record"), hook(urlThird, "record")).now(t)
		})
	}
}

// What a failed create did not make its own is not in the state.
func TestLocationWebhooksResource_failedCreate(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlA, "record")})
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksSet, Status: 403, Times: 1})
	c := newCLI(t)
	c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA, urlB}))
	c.mustFail("apply", "-auto-approve", "-no-color")
	if got := c.values(testWebhooks); got != nil {
		t.Errorf("the state has %v", got)
	}
	c.mustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlA, "record"), hook(urlB, "record")).now(t)
}

// A location that is gone takes its webhooks along; what else a read meets leaves the state alone.
func TestLocationWebhooksResource_gone(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	config := ownerBlock(fake) + webhooksBlock("record", []string{urlA})
	failing := func(fault altegiotest.Fault) func() {
		fault.Operation = altegiotest.OpHooksGet
		return func() {
			fake.ClearFaults()
			fake.Fail(fault)
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{PreConfig: failing(altegiotest.Fault{Status: 403}), Config: config, ExpectError: errorText("403 Forbidden")},
			{PreConfig: failing(altegiotest.Fault{Status: 404, HTML: true}), Config: config, ExpectError: errorText("HTML page")},
			{PreConfig: failing(altegiotest.Fault{Status: 404, Times: 1}), RefreshState: true, ExpectNonEmptyPlan: true},
			{
				PreConfig: fake.ClearFaults, Config: config,
				ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionCreate),
				// The test case's own destroy meets the location gone.
				PostApplyFunc: failing(altegiotest.Fault{Status: 404}),
			},
		},
	})
}

func TestLocationWebhooksResource_import(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	since := map[string][]tfversion.TerraformVersionCheck{
		"block":    {tfversion.SkipBelow(tfversion.Version1_5_0)},
		"identity": {tfversion.SkipBelow(tfversion.Version1_12_0)},
	}
	for name, target := range map[string]string{"command": "", "block": `id = "1001"`, "identity": `identity = { location_id = 1001 }`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "client"), hook(urlA, "record"), hook(urlThird, "record client")})
			config := ownerBlock(fake) + webhooksBlock("record", []string{urlA})
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
				ConfigPlanChecks: expectWebhooksAction(plancheck.ResourceActionUpdate, sent{fake, hookCalls(1, 0)},
					plancheck.ExpectKnownValue(testWebhooks, tfjsonpath.New("other_urls"), knownvalue.MapExact(map[string]knownvalue.Check{
						urlOther: settings(true, knownvalue.Bool(false), "client"),
						urlThird: settings(true, knownvalue.Bool(false), "client", "record"),
					}))),
				ConfigStateChecks: []statecheck.StateCheck{
					webhooksValue("urls", textSetExact(urlA)),
					sent{fake, hookCalls(1, 0)}, // it is as declared
					hooksAre(fake, hook(urlOther, "client"), hook(urlA, "record"), hook(urlThird, "record client")),
				},
			})
			if name == "identity" {
				steps[0].ConfigStateChecks = append(steps[0].ConfigStateChecks, statecheck.ExpectIdentity(testWebhooks, map[string]knownvalue.Check{
					"location_id": knownvalue.Int64Exact(1001),
				}))
			}
			// As long as the others do not agree, ours can't be taken out.
			steps = append(steps, resource.TestStep{
				PreConfig: func() {
					fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlA, "record"), hook(urlOther, "client")})
				},
				RefreshState: true,
			})
			resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: factories(), TerraformVersionChecks: since[name], Steps: steps})
			hooksAre(fake, hook(urlOther, "client")).now(t)
		})
	}
}

// Whatever is declared after an import, and whatever becomes of it, others keep their URLs.
func TestLocationWebhooksResource_importTakesOver(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlA, "client"), hook(urlOther, "record")})
	c := newCLI(t)
	c.config(ownerBlock(fake), webhooksBlock("record", []string{urlA}))
	expectText(t, c.mustFail("plan", "-no-color"), "import the location first")
	c.mustFail("import", "-no-color", testWebhooks, "1001/456")
	c.mustRun("import", "-no-color", testWebhooks, "1001")
	if got := c.values(testWebhooks); !reflect.DeepEqual(got["urls"], []any{}) || len(got["other_urls"].(map[string]any)) != 2 {
		t.Errorf("imported %v", got)
	}
	expectText(t, c.mustRun("plan", "-no-color"), `- "`+urlA+`" = {`)
	c.mustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(urlA, "record"), hook(urlOther, "record")).now(t)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")

	// What was imported and never applied has no URL to lose.
	c.mustRun("state", "rm", testWebhooks)
	c.mustRun("import", "-no-color", testWebhooks, "1001")
	fake.ResetJournal()
	c.mustRun("destroy", "-auto-approve", "-no-color")
	if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
		t.Error("destroying what was only imported writes")
	}
}

func TestLocationWebhooksResource_othersAtOdds(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
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
	requireCLI(t)
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
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_4_0)},
		Steps: []resource.TestStep{
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
		},
	})
}

// Another location is another resource.
func TestLocationWebhooksResource_replaced(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
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
		},
	})
}

// What is created before the other is destroyed keeps its URLs, whoever had them before.
func TestLocationWebhooksResource_createdFirst(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
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
	c := newCLI(t)
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

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

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
			c := newInProcess(t)
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
			c := newInProcess(t)
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
		c := newInProcess(t)
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
		c := newInProcess(t)
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
		c := newInProcess(t)
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
		c := newInProcess(t)
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
		c := newInProcess(t)
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
			c := newInProcess(t)
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

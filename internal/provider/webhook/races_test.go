// SPDX-License-Identifier: MPL-2.0

package webhook_test

import (
	"net/http"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestLocationWebhooksResource_changedSincePlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		meanwhile []altegiotest.Webhook
		says      string
	}{
		"another URL":       {[]altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "record"), hook(urlThird, "record")}, urlThird + " is new."},
		"other's gone":      {[]altegiotest.Webhook{hook(coretest.URLA, "record")}, urlOther + " is missing."},
		"ours gone":         {[]altegiotest.Webhook{hook(urlOther, "record")}, coretest.URLA + " is missing."},
		"other's events":    {[]altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "client")}, urlOther + ` has active = true, events = ["client"], self_sending = false, not active = true, events = ["record"]`},
		"done by hand":      {[]altegiotest.Webhook{hook(coretest.URLA, "record"), hook(coretest.URLB, "record"), hook(urlOther, "record")}, coretest.URLB + " is new."},
		"turned off":        {[]altegiotest.Webhook{hook(coretest.URLA, "record off"), hook(urlOther, "record off")}, "active = false"},
		"only in its order": {[]altegiotest.Webhook{hook(urlOther, "record"), hook(coretest.URLA, "record")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "record")})
			c := providertest.NewInProcess(t)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
			c.MustRun("apply", "-auto-approve", "-no-color")
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB}))
			c.MustRun("plan", "-out=saved", "-no-color")
			fake.SetWebhooks(1001, test.meanwhile)
			fake.ResetJournal()
			out, ok := c.Run("apply", "-no-color", "saved")
			if test.says == "" {
				if !ok {
					t.Errorf("the apply fails:\n%s", out)
				}
				return
			}
			if ok {
				t.Errorf("the apply succeeds:\n%s", out)
			}
			providertest.ExpectText(t, out, "Webhooks have changed since the plan", test.says, "Nothing was sent.")
			coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}.Now(t)
			hooksAre(fake, test.meanwhile...).Now(t)
			if got := c.Values(testWebhooks)["urls"]; !reflect.DeepEqual(got, []any{coretest.URLA}) {
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
			after:     []altegiotest.Webhook{hook(urlThird, "record"), hook(coretest.URLA, "record")},
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
			fake := coretest.NewFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "client")})
			c := providertest.NewInProcess(t)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}, "overwrite_other_urls = "+providertest.ListOf(urlOther)))
			c.MustRun("plan", "-out=saved", "-no-color")
			fake.SetWebhooks(1001, test.meanwhile)
			out, _ := c.Run("apply", "-no-color", "saved")
			providertest.ExpectText(t, out, test.says)
			hooksAre(fake, test.after...).Now(t)
		})
	}
}

// meddle lets somebody else change the webhooks just before or just after the fake handles a write.
func meddle(t *testing.T, options ...altegiotest.Option) (fake *altegiotest.Server, before, after *atomic.Pointer[[]altegiotest.Webhook]) {
	t.Helper()
	before, after = new(atomic.Pointer[[]altegiotest.Webhook]), new(atomic.Pointer[[]altegiotest.Webhook])
	fake = coretest.NewFake(t, append(options, altegiotest.WithObserver(func(r altegiotest.Request) {
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
	start := []altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlOther, "record")}
	t.Run("update", func(t *testing.T) {
		t.Parallel()
		fake, _, after := meddle(t)
		fake.SetWebhooks(1001, start)
		c := providertest.NewInProcess(t)
		c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
		c.MustRun("apply", "-auto-approve", "-no-color")
		c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB}))
		after.Store(&[]altegiotest.Webhook{hook(coretest.URLA, "client"), hook(urlThird, "client")})
		fake.ResetJournal()
		providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color"), "Webhooks differ from what was sent",
			coretest.URLA+` has active = true, events = ["client"], self_sending = false, not active = true, events = ["record"]`,
			coretest.URLB+" is missing", urlOther+" is missing", urlThird+" is new.")
		coretest.Sent{Fake: fake, Want: hookCalls(3, 1)}.Now(t)
		values := c.Values(testWebhooks)
		if !reflect.DeepEqual(values["urls"], []any{coretest.URLA}) || !reflect.DeepEqual(values["events"], []any{"client"}) {
			t.Errorf("the state has %v", values)
		}
		if _, ok := values["other_urls"].(map[string]any)[urlThird]; !ok {
			t.Errorf("the state has other URLs %v", values["other_urls"])
		}
	})
	t.Run("create, lost", func(t *testing.T) {
		t.Parallel()
		fake, _, after := meddle(t)
		c := providertest.NewInProcess(t)
		c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
		after.Store(&[]altegiotest.Webhook{hook(urlThird, "record")})
		providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color"), "Webhooks differ from what was sent", coretest.URLA+" is missing")
		if got := c.Values(testWebhooks); got != nil {
			t.Errorf("the state has %v", got)
		}
		after.Store(nil)
		c.MustRun("apply", "-auto-approve", "-no-color")
		hooksAre(fake, hook(coretest.URLA, "record"), hook(urlThird, "record")).Now(t)
	})
	t.Run("create, changed", func(t *testing.T) {
		t.Parallel()
		fake, _, after := meddle(t)
		c := providertest.NewInProcess(t)
		c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
		after.Store(&[]altegiotest.Webhook{hook(coretest.URLA, "record"), hook(urlThird, "record")})
		providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color"), "Webhooks differ from what was sent", urlThird+" is new")
		if got := c.Values(testWebhooks)["urls"]; !reflect.DeepEqual(got, []any{coretest.URLA}) {
			t.Errorf("the state has the urls %v", got)
		}
		after.Store(nil)
		c.MustRun("apply", "-auto-approve", "-no-color")
		c.MustRun("plan", "-detailed-exitcode", "-no-color")
		hooksAre(fake, hook(coretest.URLA, "record"), hook(urlThird, "record")).Now(t)
	})
	// Nothing can be done about a change that is made between the last read and the write: the API
	// takes no condition. It is lost, which is why the time between the two is as short as can be.
	t.Run("before the write", func(t *testing.T) {
		t.Parallel()
		fake, before, _ := meddle(t)
		c := providertest.NewInProcess(t)
		c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
		before.Store(&[]altegiotest.Webhook{hook(urlThird, "record")})
		c.MustRun("apply", "-auto-approve", "-no-color")
		hooksAre(fake, hook(coretest.URLA, "record")).Now(t)
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
		c := providertest.NewInProcess(t)
		c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
		c.MustRun("apply", "-auto-approve", "-no-color")
		c.MustRun("plan", "-destroy", "-out=saved", "-no-color")
		// It removes ours from the URLs that are there then.
		fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlThird, "salon"), hook(coretest.URLA, "record")})
		after.Store(&start)
		providertest.ExpectText(t, c.MustFail("apply", "-no-color", "saved"), "Webhooks differ from what was sent", coretest.URLA+" is new")
		if _, ok := c.Values(testWebhooks)["other_urls"].(map[string]any)[urlOther]; !ok {
			t.Errorf("the state has %v", c.Values(testWebhooks))
		}
		after.Store(nil)
		fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlThird, "salon self"), hook(coretest.URLA, "record")})
		c.MustRun("destroy", "-auto-approve", "-no-color")
		hooksAre(fake, hook(urlThird, "salon self")).Now(t)
		if got := c.Values(testWebhooks); got != nil {
			t.Errorf("the state has %v", got)
		}
	})
}

// A write with an unknown outcome is checked by a read, and never sent again.
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
			says:  []string{"Altegio did not answer", "Webhooks were not set", coretest.URLB + " is missing.", "The request was not repeated"},
		},
		"500": {write: altegiotest.Fault{Status: 500}, says: []string{"500 Internal Server Error", "Webhooks were not set"}},
		"not read back after it": {
			write: altegiotest.Fault{Drop: true, AfterEffect: true}, read: altegiotest.Fault{Status: 500},
			says: []string{"Altegio did not answer", "Altegio may have made the change although its answer is missing."},
		},
		"not read back": {
			read: altegiotest.Fault{Status: 500}, ok: true,
			says: []string{"Webhooks could not be read back", "500 Internal Server Error", "The next plan reads them."},
		},
		"403": {write: altegiotest.Fault{Status: 403}, says: []string{"403 Forbidden", "has no right to see or change the webhooks"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
			c := providertest.NewInProcess(t)
			provider := providertest.ProviderBlock(fake, "user_token = "+providertest.Quoted(altegiotest.DefaultUserToken), "max_retries = 0")
			c.Config(provider, providertest.WebhooksBlock("record", []string{coretest.URLA}))
			c.MustRun("apply", "-auto-approve", "-no-color")
			c.Config(provider, providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB}))
			c.MustRun("plan", "-out=saved", "-no-color")
			fake.ResetJournal()
			test.write.Operation, test.read.Operation, test.read.Skip = altegiotest.OpHooksSet, altegiotest.OpHooksGet, 1
			fake.Fail(test.write)
			fake.Fail(test.read)
			out, ok := c.Run("apply", "-no-color", "saved")
			if ok != test.ok {
				t.Errorf("the apply succeeds: %t\n%s", ok, out)
			}
			providertest.ExpectText(t, out, test.says...)
			if got := fake.Count(altegiotest.OpHooksSet); got != 1 {
				t.Errorf("%d writes, want one", got)
			}
			fake.ClearFaults()
			c.MustRun("apply", "-auto-approve", "-no-color")
			c.MustRun("plan", "-detailed-exitcode", "-no-color")
			hooksAre(fake, hook(urlOther, "record"), hook(coretest.URLA, "record"), hook(coretest.URLB, "record")).Now(t)

			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksSet, Drop: true, AfterEffect: true})
			c.MustRun("destroy", "-auto-approve", "-no-color")
			hooksAre(fake, hook(urlOther, "record")).Now(t)
		})
	}
}

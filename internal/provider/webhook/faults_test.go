// SPDX-License-Identifier: MPL-2.0

package webhook_test

import (
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestLocationWebhooksResource_errors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider string
		fault    altegiotest.Fault
		says     []string
	}{
		"no user token": {provider: "user_token =", says: []string{"Cannot read the webhooks", "no user token", "Set user_token in the provider block"}},
		"401":           {provider: `user_token = "somebody"`, says: []string{"401 Unauthorized", "Check partner_token and user_token in the provider block"}},
		"403":           {fault: altegiotest.Fault{Status: 403}, says: []string{"403 Forbidden", "The user that user_token belongs to has no right to see"}},
		"404":           {fault: altegiotest.Fault{Status: 404}, says: []string{"404 Not Found", "Check location_id"}},
		"500":           {fault: altegiotest.Fault{Status: 500}, says: []string{"500 Internal Server Error", "Try again later."}},
		"HTML":          {fault: altegiotest.Fault{Status: 404, HTML: true}, says: []string{"the answer is an HTML page"}},
		// Taken for no URL, it would cost others theirs.
		"no urls": {fault: altegiotest.Fault{Body: `{"success":true,"data":{"active":1,"record":1},"meta":[]}`}, says: []string{"urls are missing"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			test.fault.Operation = altegiotest.OpHooksGet
			fake.Fail(test.fault)
			c := providertest.NewInProcess(t)
			c.Config(providertest.ProviderBlock(fake, "user_token = "+providertest.Quoted(altegiotest.DefaultUserToken), test.provider), providertest.WebhooksBlock("record", []string{coretest.URLA}))
			providertest.ExpectText(t, c.MustFail("plan", "-no-color"), test.says...)
			if got := fake.Count(altegiotest.OpHooksSet); got > 0 {
				t.Error("it writes")
			}
		})
	}
	t.Run("422", func(t *testing.T) {
		t.Parallel()
		fake := coretest.NewFake(t)
		fake.Fail(altegiotest.Fault{
			Operation: altegiotest.OpHooksSet, Status: 422,
			Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"urls":["No such host."]}}}`,
		})
		c := providertest.NewInProcess(t)
		c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
		providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color"), "and of urls it says: No such host.", `location_id 1001, urls "`+coretest.URLA+`"`)
		if got := c.Values(testWebhooks); got != nil {
			t.Errorf("the state has %v", got)
		}
	})
}

// A URL that could not be removed is still ours.
func TestLocationWebhooksResource_failureKeepsOurs(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{"refused": {Status: 403}, "not done": {Status: 500}, "not told": {Drop: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
			c := providertest.NewInProcess(t)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB}))
			c.MustRun("apply", "-auto-approve", "-no-color")
			fault.Operation, fault.Times = altegiotest.OpHooksSet, 1
			fake.Fail(fault)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLB, urlThird}))
			c.MustFail("apply", "-auto-approve", "-no-color")
			if got := c.Values(testWebhooks)["urls"]; !reflect.DeepEqual(got, []any{coretest.URLA, coretest.URLB}) {
				t.Errorf("the state has the urls %v", got)
			}
			c.MustRun("apply", "-auto-approve", "-no-color")
			hooksAre(fake, hook(urlOther, "record"), hook(coretest.URLB, "record"), hook(urlThird, "record")).Now(t)
		})
	}
}

// URLs that a failed create did not take over are not in the state.
func TestLocationWebhooksResource_failedCreate(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetWebhooks(1001, []altegiotest.Webhook{hook(coretest.URLA, "record")})
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksSet, Status: 403, Times: 1})
	c := providertest.NewInProcess(t)
	c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA, coretest.URLB}))
	c.MustFail("apply", "-auto-approve", "-no-color")
	if got := c.Values(testWebhooks); got != nil {
		t.Errorf("the state has %v", got)
	}
	c.MustRun("apply", "-auto-approve", "-no-color")
	hooksAre(fake, hook(coretest.URLA, "record"), hook(coretest.URLB, "record")).Now(t)
}

// If a location is gone, so are its webhooks. Any other failure of a read leaves the state alone.
func TestLocationWebhooksResource_gone(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	config := ownerBlock(fake) + providertest.WebhooksBlock("record", []string{coretest.URLA})
	failing := func(fault altegiotest.Fault) func() {
		fault.Operation = altegiotest.OpHooksGet
		return func() {
			fake.ClearFaults()
			fake.Fail(fault)
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{Config: config},
			{PreConfig: failing(altegiotest.Fault{Status: 403}), Config: config, ExpectError: providertest.ErrorText("403 Forbidden")},
			{PreConfig: failing(altegiotest.Fault{Status: 404, HTML: true}), Config: config, ExpectError: providertest.ErrorText("HTML page")},
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

// Only the documented 404 says that the location is gone. After any other, the webhooks stay in the state, and
// a destroy does not pretend that they are withdrawn.
func TestLocationWebhooksResource_goneByAnother404(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a gateway's": `{"success":false,"error":"no Route matched"}`,
		"with more":   `{"success":false,"data":null,"meta":[],"code":404}`,
		"with data":   `{"success":false,"data":{"urls":[]},"meta":[]}`,
		"a success":   `{"success":true,"data":null,"meta":[]}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			c := providertest.NewInProcess(t)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{coretest.URLA}))
			c.MustRun(providertest.AutoApply...)
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksGet, Status: 404, Body: body})
			providertest.ExpectText(t, c.MustFail("apply", "-refresh-only", "-auto-approve", "-no-color"), "Cannot read the webhooks", "404 Not Found")
			providertest.ExpectText(t, c.MustFail("destroy", "-auto-approve", "-no-color", "-refresh=false"), "Cannot take out the webhooks", "404 Not Found")
			fake.ClearFaults()
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
			hooksAre(fake, hook(coretest.URLA, "record")).Now(t)
		})
	}
}

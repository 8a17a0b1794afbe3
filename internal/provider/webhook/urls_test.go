// SPDX-License-Identifier: MPL-2.0

package webhook_test

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/webhook"
)

// In whatever spelling URLs are returned, they are kept as declared, written once, and recognised by a
// plan, a change and a destroy.
func TestLocationWebhooksResource_spellings(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	const first, second, third = "https://Mine.example/hook?a=1&b=2", "https://MINE.example/other", "https://mine.example:443/third"
	for _, spelling := range []string{"slash", "escaped", "lowercase"} {
		t.Run(spelling, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{WebhookSpelling: spelling}))
			fake.SetWebhooks(1001, []altegiotest.Webhook{hook(urlOther, "record")})
			c := providertest.NewInProcess(t)
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{first, second}))
			fake.ResetJournal()
			c.MustRun(providertest.AutoApply...)
			c.MustRun("plan", "-detailed-exitcode", "-no-color")
			c.Config(ownerBlock(fake), providertest.WebhooksBlock("record", []string{first, third}))
			c.MustRun(providertest.AutoApply...)
			c.MustRun("plan", "-detailed-exitcode", "-no-color")
			if n := fake.Count(altegiotest.OpHooksSet); n != 2 {
				t.Errorf("%d writes, want 2", n)
			}
			if n := len(fake.Webhooks(1001)); n != 3 {
				t.Errorf("%d URLs are there: %v", n, fake.Webhooks(1001))
			}
			c.MustRun("destroy", "-auto-approve", "-no-color")
			if left := fake.Webhooks(1001); len(left) != 1 || !webhook.SameWebhook(left[0].URL, urlOther) {
				t.Errorf("left are %v", left)
			}
		})
	}
}

// Altegio may treat two spellings as the same URL.
func TestLocationWebhooksResource_givenTwice(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	config := providertest.Args{"location_id": 1001, "events": []any{"record"}, "urls": []any{"https://a.test/x", "https://A.test/x/"}}
	providertest.ExpectOne(t, p.ValidateResource("altegio_location_webhooks", config), providertest.IsError, "urls", "Webhook URL given twice\n.*as the same URL")
	config["urls"] = []any{"https://a.test/x", providertest.Unknown{}}
	providertest.ExpectNone(t, p.ValidateResource("altegio_location_webhooks", config))
}

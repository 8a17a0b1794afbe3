// SPDX-License-Identifier: MPL-2.0

package webhook_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const webhooksData1001 = "data \"altegio_location_webhooks\" \"test\" {\n  location_id = 1001\n}\n"

func TestLocationWebhooksDataSource(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	there := []altegiotest.Webhook{hook(urlOther, "record good self"), hook(coretest.URLA, "client off")}
	inOrder := knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact(urlOther), knownvalue.StringExact(coretest.URLA)})
	each := knownvalue.MapExact(map[string]knownvalue.Check{
		urlOther:      settings(true, knownvalue.Bool(true), "good", "record"),
		coretest.URLA: settings(false, knownvalue.Bool(false), "client"),
	})
	for name, test := range map[string]struct {
		shapes altegiotest.Shapes
		there  []altegiotest.Webhook
		want   map[string]knownvalue.Check
	}{
		"newer": {
			there: there,
			want: map[string]knownvalue.Check{
				"urls": inOrder, "active": knownvalue.Bool(true), "events": textSetExact("good", "record"), "self_sending": knownvalue.Bool(true),
				"url_settings": each,
			},
		},
		"booleans": {
			shapes: altegiotest.Shapes{HookFlagsAsBooleans: true}, there: there,
			want: map[string]knownvalue.Check{"urls": inOrder, "events": textSetExact("good", "record"), "url_settings": each},
		},
		"older": {
			shapes: altegiotest.Shapes{LegacyHooks: true}, there: there,
			want: map[string]knownvalue.Check{
				"urls": inOrder, "active": knownvalue.Bool(true), "events": textSetExact("record"), "self_sending": knownvalue.Null(),
				"url_settings": knownvalue.Null(),
			},
		},
		"none": {
			want: map[string]knownvalue.Check{
				"urls": knownvalue.ListSizeExact(0), "active": knownvalue.Bool(false), "events": knownvalue.SetSizeExact(0),
				"self_sending": knownvalue.Bool(false), "url_settings": knownvalue.MapSizeExact(0),
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(test.shapes))
			fake.SetWebhooks(1001, test.there)
			checks := []statecheck.StateCheck{coretest.Sent{Fake: fake, Want: hookCalls(1, 0)}}
			for attribute, want := range test.want {
				checks = append(checks, statecheck.ExpectKnownValue("data.altegio_location_webhooks.test", tfjsonpath.New(attribute), want))
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories(),
				Steps:                    []resource.TestStep{{Config: ownerBlock(fake) + webhooksData1001, ConfigStateChecks: checks}},
			})
		})
	}
}

func TestLocationWebhooksDataSource_errors(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{Config: providertest.ProviderBlock(fake) + webhooksData1001, ExpectError: providertest.ErrorText("Set user_token in the provider block")},
			{Config: ownerBlock(fake) + "data \"altegio_location_webhooks\" \"test\" {\n  location_id = 5\n}\n", ExpectError: providertest.ErrorText("Check location_id: the user")},
			{Config: providertest.ProviderBlock(fake, `user_token = "x"`) + webhooksData1001, ExpectError: providertest.ErrorText("Check partner_token and user_token")},
		},
	})
}

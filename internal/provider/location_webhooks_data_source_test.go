// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const webhooksData1001 = "data \"altegio_location_webhooks\" \"test\" {\n  location_id = 1001\n}\n"

func TestLocationWebhooksDataSource(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	there := []altegiotest.Webhook{hook(urlOther, "record good self"), hook(urlA, "client off")}
	inOrder := knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact(urlOther), knownvalue.StringExact(urlA)})
	each := knownvalue.MapExact(map[string]knownvalue.Check{
		urlOther: settings(true, knownvalue.Bool(true), "good", "record"),
		urlA:     settings(false, knownvalue.Bool(false), "client"),
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
			fake := newFake(t, altegiotest.WithShapes(test.shapes))
			fake.SetWebhooks(1001, test.there)
			checks := []statecheck.StateCheck{sent{fake, hookCalls(1, 0)}}
			for attribute, want := range test.want {
				checks = append(checks, statecheck.ExpectKnownValue("data.altegio_location_webhooks.test", tfjsonpath.New(attribute), want))
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps:                    []resource.TestStep{{Config: ownerBlock(fake) + webhooksData1001, ConfigStateChecks: checks}},
			})
		})
	}
}

func TestLocationWebhooksDataSource_errors(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: providerBlock(fake) + webhooksData1001, ExpectError: errorText("Set user_token in the provider block")},
			{Config: ownerBlock(fake) + "data \"altegio_location_webhooks\" \"test\" {\n  location_id = 5\n}\n", ExpectError: errorText("Check location_id: the user")},
			{Config: providerBlock(fake, `user_token = "x"`) + webhooksData1001, ExpectError: errorText("Check partner_token and user_token")},
		},
	})
}

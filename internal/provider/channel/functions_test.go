// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestFunctions_results(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	id, text, _ := p.Call("channel_id", 1001, 456, "sms")
	if id != "1001/456/sms" || text != "" {
		t.Errorf("channel_id gives %v, %s", id, text)
	}
	parts, text, _ := p.Call("parse_channel_id", "9007199254740993/456/whatsapp")
	if text != "" {
		t.Fatal(text)
	}
	providertest.ExpectArgs(t, "parse_channel_id", parts.(providertest.Args), providertest.Args{"location_id": "9007199254740993", "application_id": "456", "channel_slug": "whatsapp"})
}

func TestFunctions_errors(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	for _, test := range []struct {
		name      string
		arguments []any
		at        int64
		text      string
	}{
		{"channel_id", []any{0, 456, "sms"}, 0, "Invalid Parameter Value: value must be at least 1, got: 0"},
		{"channel_id", []any{1001, -1, "sms"}, 1, "Invalid Parameter Value: value must be at least 1, got: -1"},
		{"channel_id", []any{1001, 456, "SMS"}, 2, `Invalid Parameter Value Match: value must be one of: ["sms" "whatsapp"], got: "SMS"`},
		{
			"parse_channel_id",
			[]any{"1001/456"},
			0,
			`The id "1001/456" cannot be used: it has 2 parts instead of 3. Its form is location_id/application_id/channel_slug, for example "1001/456/sms"`,
		},
		{
			"parse_channel_id",
			[]any{"01/456/sms"},
			0,
			`The id "01/456/sms" cannot be used: its location_id is "01", which is not a whole number from 1. Its form is ` +
				`location_id/application_id/channel_slug, for example "1001/456/sms"`,
		},
	} {
		_, text, at := p.Call(test.name, test.arguments...)
		if text != test.text || at != test.at {
			t.Errorf("%s%v: argument %d: %s\nwant argument %d: %s", test.name, test.arguments, at, text, test.at, test.text)
		}
	}
}

// Functions in configuration: strings are good for numbers, the two functions undo each other, and
// neither needs the provider block.
func TestFunctions_inConfiguration(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.8.0", "1.11.0") // OpenTofu 1.7 wants the provider block
	fail := func(expression, text string) resource.TestStep {
		return resource.TestStep{Config: providertest.RequiredProviders + fmt.Sprintf("output \"o\" {\n  value = %s\n}\n", expression), ExpectError: providertest.ErrorText(text)}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: providertest.RequiredProviders + `
					output "id" { value = provider::altegio::channel_id("1001", 456, "sms") }
					output "parts" { value = provider::altegio::parse_channel_id("1001/456/sms") }
					output "again" { value = [for id in ["1/2/sms", "3/4/whatsapp"] : provider::altegio::channel_id(values(provider::altegio::parse_channel_id(id))[2],
					  provider::altegio::parse_channel_id(id).application_id, provider::altegio::parse_channel_id(id).channel_slug)] }`,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownOutputValue("id", knownvalue.StringExact("1001/456/sms")),
					statecheck.ExpectKnownOutputValue("parts", knownvalue.ObjectExact(map[string]knownvalue.Check{
						"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact("sms"),
					})),
					statecheck.ExpectKnownOutputValue("again", knownvalue.TupleExact([]knownvalue.Check{
						knownvalue.StringExact("1/2/sms"), knownvalue.StringExact("3/4/whatsapp"),
					})),
				},
			},
			fail(`provider::altegio::channel_id(0, 456, "sms")`, `Invalid value for "location_id" parameter: Invalid Parameter Value: value must be at least 1`),
			fail(`provider::altegio::channel_id(1, 2.5, "sms")`, `Invalid value for "application_id" parameter`),
			fail(`provider::altegio::channel_id(1, 2, "fax")`, `Invalid value for "channel_slug" parameter`),
			fail(`provider::altegio::channel_id(1, null, "sms")`, `argument must not be null`),
			fail(`provider::altegio::parse_channel_id("1001-456-sms")`, `Invalid value for "id" parameter: The id "1001-456-sms" cannot be used: it has 1 part instead of 3.`),
		},
	})
}

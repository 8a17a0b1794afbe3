// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const tariffsType = "altegio_application_tariffs"

// Prices come through with every digit, and an option can be paid for.
func TestApplicationTariffsDataSource_options(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	option := func(id int64, title, price string, free, staff int64) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"id": knownvalue.Int64Exact(id), "title": knownvalue.StringExact(title), "overall_price": knownvalue.NumberExact(coretest.Number(t, price).ValueBigFloat()),
			"currency_iso": knownvalue.StringExact("USD"), "duration_in_months": knownvalue.Int64Exact(1),
			"free_period_in_months": knownvalue.Int64Exact(free), "staff_amount": knownvalue.Int64Exact(staff),
		})
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{{
			Config: providertest.ProviderBlock(fake) + `
				data "altegio_application_tariffs" "some" { application_id = 456 }
				data "altegio_application_tariffs" "none" { application_id = 459 }
				data "altegio_payment_link" "test" {
				  location_id      = 1001
				  application_id   = 456
				  tariff_option_id = data.altegio_application_tariffs.some.tariffs[0].options[1].id
				}`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.altegio_application_tariffs.some", tfjsonpath.New("tariffs"), knownvalue.ListExact([]knownvalue.Check{
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"id": knownvalue.Int64Exact(89), "title": knownvalue.StringExact("1 month"),
						"options": knownvalue.ListExact([]knownvalue.Check{
							option(123, "Solo professional", "500", 0, 1), option(124, "Team", "1499.50", 1, 10),
						}),
					}),
				})),
				statecheck.ExpectKnownValue("data.altegio_application_tariffs.none", tfjsonpath.New("tariffs"), knownvalue.ListSizeExact(0)),
			},
		}},
	})
	for _, r := range fake.RequestsFor(altegiotest.OpPaymentLink) {
		if got := r.Query.Get("tariff_option_id"); got != "124" {
			t.Errorf("a link for option %q was asked for", got)
		}
	}
}

func TestApplicationTariffsDataSource_errors(t *testing.T) {
	t.Parallel()
	const summary = "Cannot list the tariffs of the application: [^\n]+\nAsked for: application_id "
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	_, diags := p.ReadDataSource(tariffsType, providertest.Args{"application_id": 999})
	providertest.ExpectOne(t, diags, providertest.IsError, "application_id", summary+`999\..*403 Forbidden.*belongs to another partner`)
	for name, test := range map[string]struct {
		fault    altegiotest.Fault
		at, text string
	}{
		"401":  {altegiotest.Fault{Status: http.StatusUnauthorized}, "", `401 Unauthorized.*Check partner_token`},
		"404":  {altegiotest.Fault{Status: http.StatusNotFound}, "application_id", `404 Not Found.*Check that the application exists`},
		"HTML": {altegiotest.Fault{HTML: true}, "", `The answer may not come from the Altegio API`},
		"id":   {altegiotest.Fault{Body: `{"success":true,"data":[{"id":1,"options":[{"id":"dear"}]}]}`}, "", `row 1: options: row 1: id: "dear" is not a whole number`},
	} {
		remove := fake.Fail(test.fault)
		p := providertest.NewConfiguredProtocol(t, fake, nil) // an answer 401 ends a run
		_, diags := p.ReadDataSource(tariffsType, providertest.Args{"application_id": 456})
		t.Run(name, func(t *testing.T) {
			providertest.ExpectOne(t, diags, providertest.IsError, test.at, summary+`456\..*`+test.text)
		})
		remove()
	}

	// A price that cannot be read is no price, which is said once.
	remove := fake.Fail(altegiotest.Fault{Body: `{"success":true,"data":[{"id":1,"options":[{"id":2,"overall_price":"dear"}]}]}`})
	got, diags := p.ReadDataSource(tariffsType, providertest.Args{"application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", `Part of an answer is not as documented\n.*row 1: options: row 1: overall_price: "dear" is not a decimal number`)
	if price := got["tariffs"].([]any)[0].(providertest.Args)["options"].([]any)[0].(providertest.Args)["overall_price"]; price != nil {
		t.Errorf("the price is %v", price)
	}
	_, diags = p.ReadDataSource(tariffsType, providertest.Args{"application_id": 456})
	providertest.ExpectNone(t, diags)
	remove()

	fake.Fail(altegiotest.Fault{Body: `{"success":true,"data":[{"id":"7","options":null}]}`})
	got, diags = p.ReadDataSource(tariffsType, providertest.Args{"application_id": 456})
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "a bare tariff", got["tariffs"].([]any)[0].(providertest.Args), providertest.Args{"id": "7", "title": nil, "options": []any{}})
	providertest.ExpectOne(t, p.ValidateDataSource(tariffsType, providertest.Args{"application_id": 0}), providertest.IsError, "application_id", "at least 1")
}

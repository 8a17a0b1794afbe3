// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func linkBlock(name string, location, application int, more string) string {
	return fmt.Sprintf("data \"altegio_payment_link\" %q {\n  location_id = %d\n  application_id = %d\n  %s\n}\n", name, location, application, more)
}

// A discount is sent as it is written.
func TestPaymentLinkDataSource_discount(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	config := providertest.ProviderBlock(fake)
	var checks []statecheck.StateCheck
	for i, written := range []string{"15.55", "15.550", "0", "100", "0.1", "33.3333", `"15.56"`, "1 / 8", "null"} {
		name := fmt.Sprintf("test%d", i)
		config += linkBlock(name, 1001, 456, "discount = "+written)
		address := "data.altegio_payment_link." + name
		checks = append(checks, statecheck.ExpectSensitiveValue(address, tfjsonpath.New("url")),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("url"), knownvalue.StringRegexp(
				regexp.MustCompile(`^https://alteg\.io/appstore/payment/\?salon_id=1001&application_id=456.*&sign=[0-9a-f]{64}$`))))
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
	sent := map[string]bool{}
	for _, r := range fake.RequestsFor(altegiotest.OpPaymentLink) {
		sent[r.Query.Encode()] = true
	}
	want := map[string]bool{"application_id=456&salon_id=1001": true}
	for _, discount := range []string{"15.55", "0", "100", "0.1", "33.3333", "15.56", "0.125"} {
		want["application_id=456&discount="+discount+"&salon_id=1001"] = true
	}
	if !maps.Equal(sent, want) || len(fake.Requests()) != len(fake.RequestsFor(altegiotest.OpPaymentLink)) {
		t.Errorf("sent are %v, want %v", slices.Sorted(maps.Keys(sent)), slices.Sorted(maps.Keys(want)))
	}
}

func TestPaymentLinkDataSource_statuses(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetStatus(1005, 456, "archived_by_vendor")
	fake.Uninstall(1004, 456)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for name, location := range map[string]int{"active": 1001, "pending": 1006, "freezed": 1007, "another status": 1005} {
		got, diags := p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": location, "application_id": 456})
		providertest.ExpectNone(t, diags)
		if link, _ := got["url"].(string); link == "" {
			t.Errorf("%s: there is no link: %v", name, got)
		}
	}
	const why = `Cannot get the payment link.*404 Not Found.*The application is not installed at the location, or it has no tariff`
	for name, arguments := range map[string]providertest.Args{
		"never installed": {"location_id": 1008, "application_id": 456},
		"uninstalled":     {"location_id": 1004, "application_id": 456},
		"without tariffs": {"location_id": 1001, "application_id": 459},
		"no such option":  {"location_id": 1001, "application_id": 456, "tariff_option_id": 999},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := p.ReadDataSource("altegio_payment_link", arguments)
			providertest.ExpectOne(t, diags, providertest.IsError, "application_id", why)
		})
	}
}

// The API is known to answer so, without its "success".
func TestPaymentLinkDataSource_bareRefusal(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Status: 404, Body: `{"meta":{"message":"Произошла ошибка"}}`})
	_, diags := providertest.NewConfiguredProtocol(t, fake, nil).ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "application_id",
		`Altegio answered: 404 Not Found: Произошла ошибка\..*The application is not installed at the location, or it has no tariff`)
}

func TestPaymentLinkDataSource_tariffOption(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{{
			Config: providertest.ProviderBlock(fake) + linkBlock("test", 1002, 456, "discount = 15.5\n  tariff_option_id = 124"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.altegio_payment_link.test", tfjsonpath.New("url"), knownvalue.StringRegexp(
					regexp.MustCompile(`discount=15\.5&tariff_option_id=124&`))),
				statecheck.ExpectKnownValue("data.altegio_payment_link.test", tfjsonpath.New("tariff_option_id"), knownvalue.Int64Exact(124)),
			},
		}},
	})
	for _, r := range fake.Requests() {
		if got, want := r.Query.Encode(), "application_id=456&discount=15.5&salon_id=1002&tariff_option_id=124"; got != want {
			t.Errorf("?%s is sent, want ?%s", got, want)
		}
	}
}

func TestPaymentLinkDataSource_refused(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	for name, test := range map[string]struct {
		block string
		texts []string
	}{
		"not installed": {linkBlock("test", 1008, 456, "discount = 15.550"), []string{
			"Cannot get the payment link", "with data.altegio_payment_link.test", "Asked for: location_id 1008, application_id 456, discount 15.55.",
			"The request was GET http://127.0.0.1", "/marketplace/application/payment_link.", "Altegio answered: 404 Not Found: An error has occurred.",
			"The application is not installed at the location, or it has no tariff. Tariffs are set up by the vendor.",
		}},
		"foreign application": {linkBlock("test", 1001, 999, ""), []string{
			"application_id = 999", "403 Forbidden", "The application belongs to another partner, or the account of the token has no access to it.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories(),
				// At one host, so that a 404 is not asked about at the other.
				Steps: []resource.TestStep{{Config: providertest.ProviderBlock(fake, "app_url="+providertest.Quoted(fake.APIURL())) + test.block, ExpectError: providertest.InOrder(test.texts)}},
			})
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPaymentLink: 1}}.Now(t)
		})
	}
}

func TestPaymentLinkDataSource_strangeAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, text string }{
		"no data":     {`{"success":true,"data":null,"meta":[]}`, "the answer has no data"},
		"no url":      {`{"success":true,"data":{},"meta":[]}`, "the answer has no url"},
		"empty array": {`{"success":true,"data":[],"meta":[]}`, "the data are not as documented"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.Fail(altegiotest.Fault{Body: test.body})
			_, diags := providertest.NewConfiguredProtocol(t, fake, nil).ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
			providertest.ExpectOne(t, diags, providertest.IsError, "", `Cannot get the payment link.*GET http://127\.0\.0\.1:\d+/api/v1/marketplace/application/payment_link\..*`+test.text)
		})
	}
}

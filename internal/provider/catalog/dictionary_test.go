// SPDX-License-Identifier: MPL-2.0

package catalog_test

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestDictionaries_lookUp(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{{
			Config: providertest.ProviderBlock(fake) + `
				data "altegio_countries" "all" {}
				data "altegio_cities" "all" {}
				data "altegio_cities" "france" { country_id = data.altegio_countries.all.by_iso_code["FR"].id }
				data "altegio_business_groups" "all" {}
				output "iso" { value = data.altegio_countries.all.by_iso_code["US"].id }
				output "title" { value = data.altegio_countries.all.by_title["France"].phone_code }
				output "id" { value = data.altegio_countries.all.by_id[56].exchange }
				output "text" { value = data.altegio_countries.all.by_id["7"].iso_code }
				output "city" { value = data.altegio_cities.france.by_title["Lyon"].id }
				output "cities" { value = keys(data.altegio_cities.france.by_id) }
				output "all" { value = data.altegio_cities.all.cities[*].title }
				output "group" { value = data.altegio_business_groups.all.by_title["Beauty"].types[*].id }
				output "kind" { value = data.altegio_business_groups.all.types_by_title["Dental clinic"].business_group_id }
				output "missing" { value = try(data.altegio_countries.all.by_iso_code["XX"].id, null) == null }`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("iso", knownvalue.Int64Exact(7)),
				statecheck.ExpectKnownOutputValue("title", knownvalue.StringExact("33")),
				statecheck.ExpectKnownOutputValue("id", knownvalue.NumberExact(coretest.Number(t, "1.08").ValueBigFloat())),
				statecheck.ExpectKnownOutputValue("text", knownvalue.StringExact("US")),
				statecheck.ExpectKnownOutputValue("city", knownvalue.Int64Exact(902)),
				statecheck.ExpectKnownOutputValue("cities", knownvalue.TupleExact([]knownvalue.Check{knownvalue.StringExact("901"), knownvalue.StringExact("902")})),
				statecheck.ExpectKnownOutputValue("all", knownvalue.TupleSizeExact(4)),
				statecheck.ExpectKnownOutputValue("group", knownvalue.TupleExact([]knownvalue.Check{knownvalue.Int64Exact(1), knownvalue.Int64Exact(2)})),
				statecheck.ExpectKnownOutputValue("kind", knownvalue.Int64Exact(2)),
				statecheck.ExpectKnownOutputValue("missing", knownvalue.Bool(true)),
			},
		}},
	})
	for _, r := range fake.Requests() {
		if r.Method != http.MethodGet {
			t.Errorf("%s %s was sent", r.Method, r.Path)
		}
	}
}

// Entries that share a title or a code are all in the list and under their ids, and none is under
// what they share.
func TestDictionaries_duplicates(t *testing.T) {
	t.Parallel()
	seed := altegiotest.DefaultSeed()
	seed.Countries = append(seed.Countries,
		altegiotest.Country{ID: 3, Title: "France", ISOCode: "fr", Exchange: "0"}, altegiotest.Country{ID: 2, ISOCode: "zz", Exchange: "0"},
		altegiotest.Country{ID: 1, Exchange: "0"})
	seed.Cities = append(seed.Cities, altegiotest.City{ID: 5, CountryID: 7, Title: "Paris"}, altegiotest.City{ID: 6, CountryID: 7})
	seed.BusinessGroups = append(seed.BusinessGroups, altegiotest.BusinessGroup{ID: 3, Title: "Beauty", Types: []altegiotest.BusinessType{
		{ID: 30, Title: "Barbershop", BusinessGroupID: 3}, {ID: 12, Title: "Studio", BusinessGroupID: 3},
	}})
	fake := coretest.NewFake(t, altegiotest.WithSeed(seed), altegiotest.WithShapes(altegiotest.Shapes{NumbersAsStrings: true}))
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	keys := func(v any) map[string]any {
		ids := map[string]any{}
		for key, entry := range v.(providertest.Args) {
			ids[key] = entry.(providertest.Args)["id"]
		}
		return ids
	}
	order := func(v any) (ids []any) {
		for _, entry := range v.([]any) {
			ids = append(ids, entry.(providertest.Args)["id"])
		}
		return ids
	}
	for _, test := range []struct {
		name, list string
		config     providertest.Args
		order      []any
		maps       map[string]map[string]any
	}{
		{"altegio_countries", "countries", providertest.Args{}, []any{"1", "2", "3", "7", "56"}, map[string]map[string]any{
			"by_id":       {"1": "1", "2": "2", "3": "3", "7": "7", "56": "56"},
			"by_iso_code": {"US": "7", "ZZ": "2"},
			"by_title":    {"USA": "7"},
		}},
		{"altegio_cities", "cities", providertest.Args{}, []any{"5", "6", "181", "182", "901", "902"}, map[string]map[string]any{
			"by_title": {"New York": "181", "Chicago": "182", "Lyon": "902"},
		}},
		{"altegio_cities", "cities", providertest.Args{"country_id": 56}, []any{"901", "902"}, map[string]map[string]any{
			"by_id": {"901": "901", "902": "902"}, "by_title": {"Paris": "901", "Lyon": "902"},
		}},
		{"altegio_cities", "cities", providertest.Args{"country_id": 56, "location_id": 1001}, []any{"181", "901", "902"}, map[string]map[string]any{
			"by_title": {"Paris": "901", "Lyon": "902", "New York": "181"},
		}},
		{"altegio_cities", "cities", providertest.Args{"country_id": 1000}, nil, map[string]map[string]any{"by_id": {}, "by_title": {}}},
		{"altegio_business_groups", "business_groups", providertest.Args{}, []any{"1", "2", "3"}, map[string]map[string]any{
			"by_title":       {"Health": "2"},
			"types_by_title": {"Beauty salon": "1", "Dental clinic": "11", "Studio": "12"},
		}},
	} {
		fake.ResetJournal()
		got, diags := p.ReadDataSource(test.name, test.config)
		providertest.ExpectNone(t, diags)
		if ids := order(got[test.list]); !reflect.DeepEqual(ids, test.order) {
			t.Errorf("%s has %v, want %v", test.name, ids, test.order)
		}
		for name, want := range test.maps {
			if ids := keys(got[name]); !reflect.DeepEqual(ids, want) {
				t.Errorf("%s.%s is %v, want %v", test.name, name, ids, want)
			}
		}
		for _, r := range fake.Requests() {
			want := ""
			if id := test.config["country_id"]; id != nil {
				want = fmt.Sprintf("country_id=%d", id)
			}
			if id := test.config["location_id"]; id != nil {
				want = fmt.Sprintf("company_id=%d&%s", id, want)
			}
			if got := r.Query.Encode(); got != want {
				t.Errorf("?%s was sent, want ?%s", got, want)
			}
		}
	}
}

func TestDictionaries_fields(t *testing.T) {
	t.Parallel()
	p := providertest.NewConfiguredProtocol(t, coretest.NewFake(t), nil)
	countries, diags := p.ReadDataSource("altegio_countries", providertest.Args{})
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "France", countries["by_iso_code"].(providertest.Args)["FR"].(providertest.Args), providertest.Args{
		"id": "56", "title": "France", "full_title": "French Republic", "iso_code": "FR", "phone_code": "33",
		"phone_template": "+33 # ## ## ## ##", "phone_example": "+33 1 99 00 12 34", "currency": "€", "exchange": "1.08",
		"lang_id": "5", "group_type": "2", "is_eu": true,
	})
	cities, diags := p.ReadDataSource("altegio_cities", providertest.Args{})
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "Chicago", cities["by_id"].(providertest.Args)["182"].(providertest.Args), providertest.Args{"id": "182", "country_id": "7", "title": "Chicago"})
	groups, diags := p.ReadDataSource("altegio_business_groups", providertest.Args{})
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "Health", groups["by_title"].(providertest.Args)["Health"].(providertest.Args), providertest.Args{
		"id": "2", "title": "Health", "image": "https://assets.example/health.png", "image_small": "https://assets.example/health-small.png",
		"types": []any{providertest.Args{"id": "11", "title": "Dental clinic", "business_group_id": "2"}},
	})
}

// The token of a user goes with business groups alone, and only if there is one.
func TestDictionaries_tokens(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	partner := "Bearer " + altegiotest.DefaultPartnerToken
	for _, test := range []struct {
		provider providertest.Args
		groups   string
	}{
		{nil, partner}, {providertest.Args{"user_token": altegiotest.DefaultUserToken}, partner + ", User " + altegiotest.DefaultUserToken},
	} {
		p := providertest.NewConfiguredProtocol(t, fake, test.provider)
		for name, want := range map[string]string{
			"altegio_countries": partner, "altegio_cities": partner, "altegio_business_groups": test.groups,
		} {
			fake.ResetJournal()
			_, diags := p.ReadDataSource(name, providertest.Args{})
			providertest.ExpectNone(t, diags)
			if got := fake.Requests()[0].Header.Get("Authorization"); got != want {
				t.Errorf("%s is read with %q, want %q", name, got, want)
			}
		}
	}
}

func TestDictionaries_errors(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for name, dictionary := range map[string]string{
		"altegio_countries": "countries", "altegio_cities": "cities", "altegio_business_groups": "business groups",
	} {
		for _, test := range []struct {
			fault altegiotest.Fault
			text  string
		}{
			{altegiotest.Fault{Status: http.StatusUnauthorized}, `401 Unauthorized.*Check partner_token`},
			{altegiotest.Fault{Status: http.StatusForbidden}, `403 Forbidden.*set user_token in the provider block`},
			{altegiotest.Fault{Status: http.StatusNotFound}, `404 Not Found.*Check api_url`},
			{altegiotest.Fault{HTML: true}, `The answer may not come from the Altegio API`},
		} {
			remove := fake.Fail(test.fault)
			p := providertest.NewConfiguredProtocol(t, fake, nil) // an answer 401 ends a run
			_, diags := p.ReadDataSource(name, providertest.Args{})
			providertest.ExpectOne(t, diags, providertest.IsError, "", fmt.Sprintf("Cannot read the dictionary of %s: [^\n]+\nAsked for: dictionary %q\\..*%s", dictionary, dictionary, test.text))
			remove()
		}
		remove := fake.Fail(altegiotest.Fault{Body: `{"success":true,"data":[],"meta":[]}`})
		_, diags := p.ReadDataSource(name, providertest.Args{})
		providertest.ExpectNone(t, diags)
		remove()
		_, diags = providertest.NewConfiguredProtocol(t, fake, providertest.Args{"api_url": providertest.Unknown{}}).ReadDataSource(name, providertest.Args{})
		providertest.ExpectOne(t, diags, providertest.IsError, "api_url", "Provider configuration is not known yet")
	}

	fake.Fail(altegiotest.Fault{Status: http.StatusForbidden})
	_, diags := p.ReadDataSource("altegio_cities", providertest.Args{"country_id": 7, "location_id": 1001})
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Asked for: dictionary "cities", country_id 7, location_id 1001\.`)
	for _, name := range []string{"country_id", "location_id"} {
		providertest.ExpectOne(t, p.ValidateDataSource("altegio_cities", providertest.Args{name: 0}), providertest.IsError, name, "at least 1")
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"net/http"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestDictionaries_lookUp(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: providerBlock(fake) + `
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
				output "kind_by_id" { value = data.altegio_business_groups.all.types_by_id[2].title }
				output "missing" { value = try(data.altegio_countries.all.by_iso_code["XX"].id, null) == null }`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("iso", knownvalue.Int64Exact(7)),
				statecheck.ExpectKnownOutputValue("title", knownvalue.StringExact("33")),
				statecheck.ExpectKnownOutputValue("id", knownvalue.NumberExact(number(t, "1.08").ValueBigFloat())),
				statecheck.ExpectKnownOutputValue("text", knownvalue.StringExact("US")),
				statecheck.ExpectKnownOutputValue("city", knownvalue.Int64Exact(902)),
				statecheck.ExpectKnownOutputValue("cities", knownvalue.TupleExact([]knownvalue.Check{knownvalue.StringExact("901"), knownvalue.StringExact("902")})),
				statecheck.ExpectKnownOutputValue("all", knownvalue.TupleSizeExact(4)),
				statecheck.ExpectKnownOutputValue("group", knownvalue.TupleExact([]knownvalue.Check{knownvalue.Int64Exact(1), knownvalue.Int64Exact(2)})),
				statecheck.ExpectKnownOutputValue("kind", knownvalue.Int64Exact(2)),
				statecheck.ExpectKnownOutputValue("kind_by_id", knownvalue.StringExact("Barbershop")),
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
	fake := newFake(t, altegiotest.WithSeed(seed), altegiotest.WithShapes(altegiotest.Shapes{NumbersAsStrings: true}))
	p := newConfiguredProtocol(t, fake, nil)
	keys := func(v any) map[string]any {
		ids := map[string]any{}
		for key, entry := range v.(args) {
			ids[key] = entry.(args)["id"]
		}
		return ids
	}
	order := func(v any) (ids []any) {
		for _, entry := range v.([]any) {
			ids = append(ids, entry.(args)["id"])
		}
		return ids
	}
	for _, test := range []struct {
		name, list string
		config     args
		order      []any
		maps       map[string]map[string]any
	}{
		{"altegio_countries", "countries", args{}, []any{"1", "2", "3", "7", "56"}, map[string]map[string]any{
			"by_id":       {"1": "1", "2": "2", "3": "3", "7": "7", "56": "56"},
			"by_iso_code": {"US": "7", "ZZ": "2"},
			"by_title":    {"USA": "7"},
		}},
		{"altegio_cities", "cities", args{}, []any{"5", "6", "181", "182", "901", "902"}, map[string]map[string]any{
			"by_title": {"New York": "181", "Chicago": "182", "Lyon": "902"},
		}},
		{"altegio_cities", "cities", args{"country_id": 56}, []any{"901", "902"}, map[string]map[string]any{
			"by_id": {"901": "901", "902": "902"}, "by_title": {"Paris": "901", "Lyon": "902"},
		}},
		{"altegio_cities", "cities", args{"country_id": 56, "location_id": 1001}, []any{"181", "901", "902"}, map[string]map[string]any{
			"by_title": {"Paris": "901", "Lyon": "902", "New York": "181"},
		}},
		{"altegio_cities", "cities", args{"country_id": 1000}, nil, map[string]map[string]any{"by_id": {}, "by_title": {}}},
		{"altegio_business_groups", "business_groups", args{}, []any{"1", "2", "3"}, map[string]map[string]any{
			"by_id": {"1": "1", "2": "2", "3": "3"}, "by_title": {"Health": "2"},
			"types_by_id":    {"1": "1", "2": "2", "11": "11", "12": "12", "30": "30"},
			"types_by_title": {"Beauty salon": "1", "Dental clinic": "11", "Studio": "12"},
		}},
	} {
		fake.ResetJournal()
		got, diags := p.readDataSource(test.name, test.config)
		expectNone(t, diags)
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
	p := newConfiguredProtocol(t, newFake(t), nil)
	countries, diags := p.readDataSource("altegio_countries", args{})
	expectNone(t, diags)
	expectArgs(t, "France", countries["by_iso_code"].(args)["FR"].(args), args{
		"id": "56", "title": "France", "full_title": "French Republic", "iso_code": "FR", "phone_code": "33",
		"phone_template": "+33 # ## ## ## ##", "phone_example": "+33 1 99 00 12 34", "currency": "€", "exchange": "1.08",
		"lang_id": "5", "group_type": "2", "is_eu": true,
	})
	cities, diags := p.readDataSource("altegio_cities", args{})
	expectNone(t, diags)
	expectArgs(t, "Chicago", cities["by_id"].(args)["182"].(args), args{"id": "182", "country_id": "7", "title": "Chicago"})
	groups, diags := p.readDataSource("altegio_business_groups", args{})
	expectNone(t, diags)
	expectArgs(t, "Health", groups["by_id"].(args)["2"].(args), args{
		"id": "2", "title": "Health", "image": "https://assets.example/health.png", "image_small": "https://assets.example/health-small.png",
		"types": []any{args{"id": "11", "title": "Dental clinic", "business_group_id": "2"}},
	})
}

// The token of a user goes with business groups alone, and only if there is one.
func TestDictionaries_tokens(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	partner := "Bearer " + altegiotest.DefaultPartnerToken
	for _, test := range []struct {
		provider args
		groups   string
	}{
		{nil, partner}, {args{"user_token": altegiotest.DefaultUserToken}, partner + ", User " + altegiotest.DefaultUserToken},
	} {
		p := newConfiguredProtocol(t, fake, test.provider)
		for name, want := range map[string]string{
			"altegio_countries": partner, "altegio_cities": partner, "altegio_business_groups": test.groups,
		} {
			fake.ResetJournal()
			_, diags := p.readDataSource(name, args{})
			expectNone(t, diags)
			if got := fake.Requests()[0].Header.Get("Authorization"); got != want {
				t.Errorf("%s is read with %q, want %q", name, got, want)
			}
		}
	}
}

func TestDictionaries_errors(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
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
			{altegiotest.Fault{HTML: true}, `What answered may not be the Altegio API`},
		} {
			remove := fake.Fail(test.fault)
			p := newConfiguredProtocol(t, fake, nil) // an answer 401 ends a run
			_, diags := p.readDataSource(name, args{})
			expectOne(t, diags, isError, "", fmt.Sprintf("Cannot read the dictionary of %s\nAsked for: dictionary %q\\..*%s", dictionary, dictionary, test.text))
			remove()
		}
		remove := fake.Fail(altegiotest.Fault{Body: `{"success":true,"data":[],"meta":[]}`})
		_, diags := p.readDataSource(name, args{})
		expectNone(t, diags)
		remove()
		_, diags = newConfiguredProtocol(t, fake, args{"api_url": unknown{}}).readDataSource(name, args{})
		expectOne(t, diags, isError, "api_url", "Provider configuration is not known yet")
	}

	fake.Fail(altegiotest.Fault{Status: http.StatusForbidden})
	_, diags := p.readDataSource("altegio_cities", args{"country_id": 7, "location_id": 1001})
	expectOne(t, diags, isError, "", `Asked for: dictionary "cities", country_id 7, location_id 1001\.`)
	for _, name := range []string{"country_id", "location_id"} {
		expectOne(t, p.validateDataSource("altegio_cities", args{name: 0}), isError, name, "at least 1")
	}
}

// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const locationsType = "altegio_application_locations"

func TestApplicationLocationsDataSource_filters(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	config := providertest.ProviderBlock(fake)
	var checks []statecheck.StateCheck
	for name, test := range map[string]struct {
		filters string
		ids     []int64
	}{
		"all":     {"", []int64{1001, 1002, 1003, 1004, 1005, 1006, 1007}},
		"country": {"country_id = 56", []int64{1006, 1007}},
		"city":    {"city_id = 182", []int64{1004, 1005}},
		"title":   {`title = "aTELIER oP"`, []int64{1007}},
		"accents": {`title = "OPÉRA"`, []int64{1007}},
		"both":    {"country_id = 7\n  title = \"la\"", []int64{1001, 1004}},
		"none":    {"country_id = 7\n  city_id = 901", nil},
	} {
		config += fmt.Sprintf("data %q %q {\n  application_id = 456\n  %s\n}\n", locationsType, name, test.filters)
		ids, rows := []knownvalue.Check{}, []knownvalue.Check{}
		for _, id := range test.ids {
			ids = append(ids, knownvalue.Int64Exact(id))
			rows = append(rows, knownvalue.ObjectPartial(map[string]knownvalue.Check{"id": knownvalue.Int64Exact(id)}))
		}
		address := "data." + locationsType + "." + name
		checks = append(checks,
			statecheck.ExpectKnownValue(address, tfjsonpath.New("ids"), knownvalue.ListExact(ids)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("locations"), knownvalue.ListExact(rows)))
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps:                    []resource.TestStep{{Config: config, ConfigStateChecks: checks}},
	})
	for _, page := range providertest.PagesAsked(t, fake) {
		if page != "1" && page != "2" && page != "0" {
			t.Errorf("page %s was asked for", page)
		}
	}
}

// A location has every documented field, in whatever types the API gives it.
func TestApplicationLocationsDataSource_fields(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	want := providertest.Args{
		"id": "1001", "title": "La Visage", "public_title": "La Visage Beauty", "short_descr": "Beauty salon", "description": nil,
		"logo": "https://assets.example/logo-1001.png", "active": true, "phone": "+13155551001", "phones": []any{"+13155551001"},
		"email": "location-1001@example.com", "country_id": "7", "country": "United States", "city_id": "181", "city": "New York",
		"address": "12 Mercer Street", "coordinate_lat": "40.73061", "coordinate_lon": "-73.935242", "timezone": "-5",
		"timezone_name": "America/New_York", "schedule": nil, "phone_confirmation": false, "active_staff_count": "2",
		"next_slot": nil, "app_ios": nil, "app_android": nil, "currency_short_title": "$", "reminds_sms_disabled": false,
		"reminds_sms_default": "1", "group_priority": "900", "bookform_group_priority": "0", "photos": []any{},
		"company_photos": []any{}, "booking_widget_promo": nil,
	}
	for name, shapes := range map[string]altegiotest.Shapes{
		"as documented now": {}, "as documented before": {NumbersAsStrings: true, Meta: "object"},
	} {
		fake.SetShapes(shapes)
		got, diags := p.ReadDataSource(locationsType, providertest.Args{"application_id": 458})
		providertest.ExpectNone(t, diags)
		providertest.ExpectArgs(t, "a location "+name, got["locations"].([]any)[0].(providertest.Args), want)
	}

	// What the API gives beyond its examples: another order, a location twice, fields that are
	// missing, and a promotion.
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[
		{"id":"30","title":"C","photos":{},"timezone":"5.5","phones":["1",2],"booking_widget_promo":{"a":[1]}},
		{"id":9},{"id":30,"title":"again"},{"id":10,"active":"0","company_photos":["u"],"next_slot":"soon","coordinate_lat":null}]}`})
	got, diags := p.ReadDataSource(locationsType, providertest.Args{"application_id": 458})
	providertest.ExpectNone(t, diags)
	if want := []any{"9", "10", "30"}; !reflect.DeepEqual(got["ids"], want) {
		t.Errorf("ids are %v, want %v", got["ids"], want)
	}
	last := got["locations"].([]any)[2].(providertest.Args)
	for name, want := range map[string]any{
		"title": "C", "timezone": "5.5", "photos": []any{}, "phones": []any{"1", "2"}, "booking_widget_promo": `{"a":[1]}`,
		"country_id": nil, "coordinate_lat": nil, "active_staff_count": "0",
	} {
		if !reflect.DeepEqual(last[name], want) {
			t.Errorf("%s is %#v, want %#v", name, last[name], want)
		}
	}

	documented := slices.Sorted(maps.Keys(want))
	if got := slices.Sorted(maps.Keys(last)); !slices.Equal(got, documented) {
		t.Errorf("a location has %v, want %v", got, documented)
	}
}

func TestApplicationLocationsDataSource_pages(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		locations int
		pages     []string
	}{
		"none":           {0, []string{"1", "0"}},
		"exactly a page": {1000, []string{"1", "2", "0"}},
		"a page and one": {1001, []string{"1", "2", "3", "0"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.AddApplication(altegiotest.Application{ID: 500, Category: altegiotest.CategoryChatBots})
			want := fake.AddLocations(test.locations, 500)
			got, diags := providertest.NewConfiguredProtocol(t, fake, nil).ReadDataSource(locationsType, providertest.Args{"application_id": 500})
			providertest.ExpectNone(t, diags)
			ids := []string{}
			for _, id := range want {
				ids = append(ids, fmt.Sprint(id))
			}
			if got := fmt.Sprint(got["ids"]); got != fmt.Sprint(ids) {
				t.Errorf("there are %d ids: %.200s", len(strings.Fields(got)), got)
			}
			if got := len(got["locations"].([]any)); got != len(want) {
				t.Errorf("there are %d locations, want %d", got, len(want))
			}
			if got := providertest.PagesAsked(t, fake); !slices.Equal(got, test.pages) {
				t.Errorf("pages %v were asked for, want %v", got, test.pages)
			}
		})
	}
}

// An incomplete listing would turn off or destroy what is connected, so it is an error.
func TestApplicationLocationsDataSource_pageIgnored(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{IgnorePage: true}))
	fake.AddApplication(altegiotest.Application{ID: 500, Category: altegiotest.CategoryChatBots})
	fake.AddLocations(1001, 500)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	_, diags := p.ReadDataSource(locationsType, providertest.Args{"application_id": 500})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot list the locations of the application: [^\n]+\n.*the listing cannot be trusted: the server ignores the page")
}

// A field that cannot be read is null, with one warning. It is an error only for a filter that needs it.
func TestApplicationLocationsDataSource_oddFields(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[
		{"id":30,"title":"C","timezone":{"hours":5},"city_id":"Paris"},{"id":31,"city_id":5}]}`})
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	got, diags := p.ReadDataSource(locationsType, providertest.Args{"application_id": 458})
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", `Part of an answer is not as documented\n.*row 1: timezone: a single value is expected, not an object \(and 1 more\)`)
	if row := got["locations"].([]any)[0].(providertest.Args); row["timezone"] != nil || row["title"] != "C" || row["city_id"] != nil {
		t.Errorf("got %v", row)
	}
	_, diags = p.ReadDataSource(locationsType, providertest.Args{"application_id": 458, "country_id": 7})
	providertest.ExpectNone(t, diags)
	_, diags = p.ReadDataSource(locationsType, providertest.Args{"application_id": 458, "city_id": 5})
	providertest.ExpectOne(t, diags, providertest.IsError, "city_id", "Cannot filter the locations\nThe city_id of location 30 is not as documented")
}

func TestApplicationLocationsDataSource_errors(t *testing.T) {
	t.Parallel()
	for name, test := range providertest.ListFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.AddLocations(1500, 456)
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			test.Fault.Operation, test.Fault.Skip = altegiotest.OpLocations, 1 // the second page
			fake.Fail(test.Fault)
			got, diags := p.ReadDataSource(locationsType, providertest.Args{"application_id": 456})
			providertest.ExpectOne(t, diags, providertest.IsError, test.At, "Cannot list the locations of the application: [^\n]+\n.*"+test.Text)
			if got["locations"] != nil {
				t.Errorf("half of a list is given: %.200v", got)
			}
			for _, d := range diags {
				if strings.Contains(d.Detail, altegiotest.DefaultPartnerToken) || strings.Contains(d.Detail, "<html") {
					t.Errorf("it shows too much: %s", d.Detail)
				}
			}
		})
	}

	fake := coretest.NewFake(t)
	_, diags := providertest.NewConfiguredProtocol(t, fake, nil).ReadDataSource(locationsType, providertest.Args{"application_id": 999})
	providertest.ExpectOne(t, diags, providertest.IsError, "application_id", "403 Forbidden")
	_, diags = providertest.NewConfiguredProtocol(t, fake, providertest.Args{"api_url": providertest.Unknown{}}).ReadDataSource(locationsType, providertest.Args{"application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "api_url", "Provider configuration is not known yet")
}

func TestApplicationLocationsDataSource_validation(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	for name, config := range map[string]providertest.Args{
		"application_id": {"application_id": 0},
		"country_id":     {"application_id": 1, "country_id": 0},
		"city_id":        {"application_id": 1, "city_id": -1},
		"title":          {"application_id": 1, "title": ""},
	} {
		providertest.ExpectOne(t, p.ValidateDataSource(locationsType, config), providertest.IsError, name, "at least 1")
	}
	providertest.ExpectNone(t, p.ValidateDataSource(locationsType, providertest.Args{
		"application_id": providertest.Unknown{}, "country_id": providertest.Unknown{}, "city_id": providertest.Unknown{}, "title": providertest.Unknown{},
	}))
}

// The fields are those of the vendor's documentation, as the fake gives them.
func TestApplicationLocationsDataSource_complete(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fake.AppURL()+"/marketplace/application/456/salons?page=1&count=1&forBooking=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+altegiotest.DefaultPartnerToken)
	req.Header.Set("Accept", "application/vnd.api.v2+json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct{ Data []map[string]any }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	got, diags := p.ReadDataSource(locationsType, providertest.Args{"application_id": 456})
	providertest.ExpectNone(t, diags)
	fields, attributes := slices.Sorted(maps.Keys(answer.Data[0])), slices.Sorted(maps.Keys(got["locations"].([]any)[0].(providertest.Args)))
	if !slices.Equal(fields, attributes) {
		t.Errorf("the API gives %v, and Terraform %v", fields, attributes)
	}
}

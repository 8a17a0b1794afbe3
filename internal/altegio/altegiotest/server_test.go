// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	channelPath = "/api/v1/marketplace/application/update_channel"
	channelBody = `{"salon_id":1001,"application_id":456,"channel_slug":"sms","is_available":true}`
	statusPath  = "/marketplace/salon/1001/application/456"

	emptySuccess = `{"success":true,"data":{},"meta":[]}`
	nullSuccess  = `{"success":true,"data":null,"meta":[]}`
	noMessage    = `{"success":false,"data":null,"meta":[]}`
)

func message(text string) string {
	return `{"success":false,"data":null,"meta":{"message":"` + text + `"}}`
}

func TestBasePaths(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for _, base := range []string{"", "/api/v1", "/_mock/en/developers/openapi"} {
		x.post(base+"/marketplace/application/update_channel", channelBody).want(t, 200, emptySuccess)
		x.get(base+statusPath).wantStatus(t, 200)
		x.get(base+"/countries").wantStatus(t, 200)
	}
	if got := x.Count(altegiotest.OpUpdateChannel); got != 3 {
		t.Errorf("%d updates counted, want 3", got)
	}
}

func TestUnknownPathsAnswerWithAPage(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	requests := []*http.Request{
		x.request("GET", "/", ""),
		x.request("GET", "/api/v2/countries", ""),
		x.request("GET", "/api/v1//countries", ""),
		x.request("GET", "/api/v1/countries/", ""),
		x.request("GET", "/api/v1/api/v1/countries", ""),
		x.request("POST", "/api/v1/countries", "{}"),
		x.request("GET", "/marketplace/salon/abc/application/456", ""),
		x.request("GET", "/marketplace/salon/0/application/456", ""),
		x.request("GET", "/marketplace/salon/01001/application/456", ""),
		x.request("POST", "/api/v1/marketplace/activate", "{}"),
	}
	for _, req := range requests {
		got := x.do(req)
		if got.status != 404 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.HasPrefix(got.body, "<!DOCTYPE html>") {
			t.Errorf("%s %s: %d %s %s", req.Method, req.URL.Path, got.status, got.header.Get("Content-Type"), got.body)
		}
	}
	if got := x.Count(altegiotest.OpUnknown); got != len(requests) {
		t.Errorf("%d unknown requests counted, want %d", got, len(requests))
	}
}

func TestAuthorization(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const (
		missing = "Authentication needed."
		unknown = "Partner identifier is not specified"
	)
	tests := []struct {
		name, path, authorization, message string
	}{
		{"partner", statusPath, partner, ""},
		{"none", statusPath, "", missing},
		{"another token", statusPath, "Bearer nobody", unknown},
		{"no scheme", statusPath, altegiotest.DefaultPartnerToken, unknown},
		{"scheme twice", statusPath, "Bearer " + partner, unknown},
		{"trailing text", statusPath, partner + "x", unknown},
		{"user on a partner operation", statusPath, owner, missing},
		{"owner", "/api/v1/hooks_settings/1001", owner, ""},
		{"no user", "/api/v1/hooks_settings/1001", partner, missing},
		{"another user", "/api/v1/hooks_settings/1001", partner + ", User nobody", missing},
		{"user without partner", "/api/v1/hooks_settings/1001", "User " + altegiotest.DefaultUserToken, unknown},
		{"dictionary for the partner", "/api/v1/countries", partner, ""},
		{"dictionary for the owner", "/api/v1/countries", owner, ""},
		{"dictionary for another user", "/api/v1/countries", partner + ", User nobody", missing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			req := x.request("GET", tt.path, "")
			req.Header.Set("Authorization", tt.authorization)
			if got := x.do(req); tt.message == "" {
				got.wantStatus(t, 200)
			} else {
				got.want(t, 401, message(tt.message))
			}
		})
	}
}

func TestTokensOfOptions(t *testing.T) {
	t.Parallel()
	x := newTester(t, altegiotest.WithToken("p"), altegiotest.WithUserToken("u"))
	req := x.request("GET", "/hooks_settings/1001", "")
	req.Header.Set("Authorization", "Bearer p, User u")
	x.do(req).wantStatus(t, 200)
	x.get(statusPath).want(t, 401, message("Partner identifier is not specified"))
}

func TestMediaTypes(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	for accept, status := range map[string]int{
		"application/vnd.api.v2+json":                   200,
		"text/html, application/vnd.api.v2+json; q=0.5": 200,
		"application/json":                              406,
		"*/*":                                           406,
		"":                                              406,
	} {
		req := x.request("GET", statusPath, "")
		req.Header.Set("Accept", accept)
		x.do(req).wantStatus(t, status)
	}
	for contentType, status := range map[string]int{
		"application/json":                200,
		"application/json; charset=utf-8": 200,
		"text/plain":                      415,
		"":                                415,
	} {
		req := x.request("POST", channelPath, channelBody)
		req.Header.Set("Content-Type", contentType)
		x.do(req).wantStatus(t, status)
	}
}

func TestUpdateChannel(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	if _, wasSet := x.Channel(1001, 456, "sms"); wasSet {
		t.Error("set before it was")
	}
	x.post(channelPath, channelBody).want(t, 200, emptySuccess)
	x.post(channelPath, `{"salon_id":1001,"application_id":457,"channel_slug":"whatsapp","is_available":false}`).want(t, 200, emptySuccess)
	if available, wasSet := x.Channel(1001, 456, "sms"); !available || !wasSet {
		t.Errorf("sms of 456: %t, %t", available, wasSet)
	}
	if available, wasSet := x.Channel(1001, 457, "whatsapp"); available || !wasSet {
		t.Errorf("whatsapp of 457: %t, %t", available, wasSet)
	}
	if got := fmt.Sprint(x.Channels()); got != "map[{1001 456 sms}:true {1001 457 whatsapp}:false]" {
		t.Errorf("channels: %s", got)
	}
}

func TestUpdateChannelRefuses(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	invalid := func(field, text string) string {
		return `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"` + field + `":["` + text + `"]}}}`
	}
	tests := []struct {
		name, body string
		status     int
		want       string
	}{
		{"another partner's", `{"salon_id":1001,"application_id":999,"channel_slug":"sms","is_available":true}`, 403, message("Access denied.")},
		{"no application", `{"salon_id":1001,"application_id":1,"channel_slug":"sms","is_available":true}`, 403, message("Access denied.")},
		{"category without channels", `{"salon_id":1001,"application_id":458,"channel_slug":"sms","is_available":true}`, 403, message("Access denied.")},
		{"not installed", `{"salon_id":1008,"application_id":456,"channel_slug":"sms","is_available":true}`, 404, noMessage},
		{"no location", `{"salon_id":1,"application_id":456,"channel_slug":"sms","is_available":true}`, 404, noMessage},
		{"slug", `{"salon_id":1001,"application_id":456,"channel_slug":"telegram","is_available":true}`, 422, invalid("channel_slug", "This value is not allowed")},
		{"slug in capitals", `{"salon_id":1001,"application_id":456,"channel_slug":"SMS","is_available":true}`, 422, invalid("channel_slug", "This value is not allowed")},
		{"missing slug", `{"salon_id":1001,"application_id":456,"is_available":true}`, 422, invalid("channel_slug", "This field is required")},
		{"null slug", `{"salon_id":1001,"application_id":456,"channel_slug":null,"is_available":true}`, 422, invalid("channel_slug", "This field has the wrong type")},
		{"id as a string", `{"salon_id":"1001","application_id":456,"channel_slug":"sms","is_available":true}`, 422, invalid("salon_id", "This field has the wrong type")},
		{"fraction", `{"salon_id":1001.5,"application_id":456,"channel_slug":"sms","is_available":true}`, 422, invalid("salon_id", "This field has the wrong type")},
		{"zero", `{"salon_id":0,"application_id":456,"channel_slug":"sms","is_available":true}`, 422, invalid("salon_id", "This value is not allowed")},
		{"flag as a number", `{"salon_id":1001,"application_id":456,"channel_slug":"sms","is_available":1}`, 422, invalid("is_available", "This field has the wrong type")},
		{"unknown field", `{"salon_id":1001,"application_id":456,"channel_slug":"sms","is_available":true,"location_id":1}`, 422, invalid("location_id", "This field is unknown")},
		{"not JSON", `{"salon_id":1001`, 400, message("Invalid request format.")},
		{"not an object", `[]`, 400, message("Invalid request format.")},
		{"null", `null`, 400, message("Invalid request format.")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x.post(channelPath, tt.body).want(t, tt.status, tt.want)
		})
	}
	t.Cleanup(func() {
		if got := x.Channels(); len(got) != 0 {
			t.Errorf("a refused request set %v", got)
		}
	})
}

func TestPaymentLink(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = "/api/v1/marketplace/application/payment_link?"
	first := x.get(path + "salon_id=1001&application_id=456&discount=15.50&tariff_option_id=123")
	const start = `{"success":true,"data":{"url":"https://alteg.io/appstore/payment/?salon_id=1001&application_id=456&discount=15.50&tariff_option_id=123&source=api&sign=`
	if first.status != 200 || !strings.HasPrefix(first.body, start) || len(first.body) != len(start)+64+len(`"},"meta":[]}`) {
		t.Errorf("got %d %s", first.status, first.body)
	}
	if again := x.get(path + "salon_id=1001&application_id=456&discount=15.50&tariff_option_id=123"); again.body != first.body {
		t.Errorf("the same request gave %s and %s", first.body, again.body)
	}
	plain := x.get(path + "salon_id=1001&application_id=456")
	if !strings.Contains(plain.body, "?salon_id=1001&application_id=456&source=api&sign=") {
		t.Errorf("got %s", plain.body)
	}

	x.get(path+"salon_id=1001&application_id=459").want(t, 404, message("An error has occurred."))
	x.get(path+"salon_id=1008&application_id=456").want(t, 404, message("An error has occurred."))
	x.get(path+"salon_id=1001&application_id=456&tariff_option_id=131").want(t, 404, message("An error has occurred."))
	x.get(path+"salon_id=1001&application_id=999").want(t, 403, message("Access denied."))
	for _, query := range []string{
		"application_id=456", "salon_id=1001", "salon_id=x&application_id=456",
		"salon_id=1001&application_id=456&discount=101", "salon_id=1001&application_id=456&discount=-1",
		"salon_id=1001&application_id=456&discount=15,5", "salon_id=1001&application_id=456&discount=NaN",
	} {
		got := x.get(path + query)
		if got.status != 422 || !strings.Contains(got.body, `"errors":["`) {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

func TestInstallation(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.get(statusPath).want(t, 200, `{"success":true,"data":{`+
		`"logs":[`+
		`{"changed_at":"2022-06-27 12:20:02","status_from":"uninstalled","status_to":"pending","source":"marketplace"},`+
		`{"changed_at":"2022-06-27 12:25:40","status_from":"pending","status_to":"active","source":"partner_api"}],`+
		`"payments":[`+
		`{"id":1523,"payment_sum":1523.12,"payment_date":"2022-07-01 10:10:00","is_refunded":false,"period_from":"2022-07-01 00:00:00","period_to":"2022-07-31 23:59:59"},`+
		`{"id":1524,"payment_sum":990.99,"payment_date":"2022-08-01 10:10:00","is_refunded":true,"period_from":"2022-08-01 00:00:00","period_to":"2022-08-31 23:59:59"}],`+
		`"connection_status":{"status":"active","created_at":"2022-06-27 12:20:02"}},"meta":[]}`)
	for location, status := range map[int]string{1002: "active", 1006: "pending", 1007: "freezed"} {
		got := x.get(fmt.Sprintf("/marketplace/salon/%d/application/456", location))
		if !strings.Contains(got.body, `"connection_status":{"status":"`+status+`"`) {
			t.Errorf("%d: %s", location, got.body)
		}
	}
	x.get("/marketplace/salon/1008/application/456").want(t, 404, noMessage)
	x.get("/marketplace/salon/5/application/456").want(t, 404, noMessage)
	x.get("/marketplace/salon/1001/application/999").want(t, 403, message("No access to application"))
}

func TestUninstallDeletesSettings(t *testing.T) {
	t.Parallel()
	clock := newClock()
	x := newTester(t, altegiotest.WithClock(clock.Now))
	x.post(channelPath, channelBody).wantStatus(t, 200)
	x.post(statusPath+"/uninstall", "").want(t, 200, nullSuccess)
	x.post(statusPath+"/uninstall", "").want(t, 404, noMessage)
	x.get(statusPath).want(t, 404, noMessage)
	x.post(channelPath, channelBody).want(t, 404, noMessage)
	x.post("/marketplace/salon/1001/application/999/uninstall", "").want(t, 403, message("Access denied."))
	if got := x.Channels(); len(got) != 0 {
		t.Errorf("settings survived: %v", got)
	}
	if status, installed := x.Status(1001, 456); status != "uninstalled" || installed {
		t.Errorf("status %q, installed %t", status, installed)
	}

	x.Install(1001, 456, altegiotest.StatusActive)
	if _, wasSet := x.Channel(1001, 456, "sms"); wasSet {
		t.Error("a channel came back with the installation")
	}
	if got := x.ConnectedAt(1001, 456); got != "2026-03-01 12:00:00" {
		t.Errorf("connected at %s", got)
	}
	if got := len(x.Payments(1001, 456)); got != 2 {
		t.Errorf("%d payments, want the 2 of before", got)
	}
	if got := len(x.Logs(1001, 456)); got != 5 {
		t.Errorf("%d log entries, want 2 + 1 + 2", got)
	}
}

func TestInstallAnewHasALaterDate(t *testing.T) {
	t.Parallel()
	clock := newClock()
	x := newTester(t, altegiotest.WithClock(clock.Now))
	x.Install(1001, 456, altegiotest.StatusActive)
	x.SetChannel(1001, 456, "sms", true)
	first := x.ConnectedAt(1001, 456)
	x.Install(1001, 456, altegiotest.StatusActive)
	if second := x.ConnectedAt(1001, 456); second <= first {
		t.Errorf("installed at %s, and then at %s", first, second)
	}
	if _, wasSet := x.Channel(1001, 456, "sms"); wasSet {
		t.Error("a channel survived")
	}
}

func TestOutOfBandChanges(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.SetStatus(1001, 456, "archived")
	if got := x.get(statusPath); !strings.Contains(got.body, `"status":"archived"`) {
		t.Errorf("got %s", got.body)
	}
	x.SetStatus(1001, 456, altegiotest.StatusUninstalled)
	x.get(statusPath).wantStatus(t, 404)
	x.Uninstall(1001, 456) // for the second time
	x.Install(7001, 456, altegiotest.StatusPending)
	x.get("/marketplace/salon/7001/application/456").wantStatus(t, 200)
	x.AddApplication(altegiotest.Application{ID: 460, Category: altegiotest.CategorySMSAggregators})
	x.AddLocation(altegiotest.Location{ID: 7002, Title: "New"})
	x.Install(7002, 460, altegiotest.StatusActive)
	id := x.AddPayment(7002, 460, altegiotest.Payment{Sum: "0.10"})
	if got := x.get("/marketplace/salon/7002/application/460"); !strings.Contains(got.body, fmt.Sprintf(`"payments":[{"id":%d,"payment_sum":0.10,`, id)) {
		t.Errorf("got %s", got.body)
	}

	for name, call := range map[string]func(){
		"Install":      func() { x.Install(1001, 1, "active") },
		"SetStatus":    func() { x.SetStatus(1008, 456, "active") },
		"SetChannel":   func() { x.SetChannel(1008, 456, "sms", true) },
		"AddPayment":   func() { x.AddPayment(1008, 456, altegiotest.Payment{}) },
		"AddLocations": func() { x.AddLocations(1, 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s accepted what doesn't exist", name)
				}
			}()
			call()
		}()
	}
}

func TestLocations(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = "/marketplace/application/456/salons"
	all := x.get(path + "?page=1&count=1000")
	if got := strings.Count(all.body, `{"id":`); all.status != 200 || got != 7 {
		t.Errorf("%d rows, want those of all statuses: %s", got, all.body)
	}
	const row = `{"success":true,"data":[{"id":1001,"title":"La Visage","public_title":"La Visage Beauty","short_descr":"Beauty salon",` +
		`"logo":"https://assets.example/logo-1001.png","active":1,"phone":"+13155551001","phones":["+13155551001"],` +
		`"email":"location-1001@example.com","country_id":7,"schedule":"","country":"United States","city_id":181,"city":"New York",` +
		`"timezone":-5,"timezone_name":"America/New_York","address":"12 Mercer Street","coordinate_lat":40.73061,"coordinate_lon":-73.935242,` +
		`"phone_confirmation":false,"active_staff_count":2,"app_ios":"","app_android":"","currency_short_title":"$",` +
		`"reminds_sms_disabled":false,"reminds_sms_default":1,"group_priority":900,"bookform_group_priority":0,"description":"",` +
		`"photos":[],"company_photos":[],"booking_widget_promo":null}],"meta":[]}`
	x.get(path+"?page=1&count=1").want(t, 200, row)
	for query, first := range map[string]string{
		"?page=2&count=3": "1004", "?page=3&count=3": "1007",
	} {
		if got := x.get(path + query); !strings.HasPrefix(got.body, `{"success":true,"data":[{"id":`+first+`,`) {
			t.Errorf("%s: %s", query, got.body)
		}
	}
	x.get(path+"?page=4&count=3").want(t, 200, `{"success":true,"data":[],"meta":[]}`)
	x.get(path+"?page=9223372036854775807&count=1000").want(t, 200, `{"success":true,"data":[],"meta":[]}`)
	if got := x.get(path + "?page=1&count=1&forBooking=1"); !strings.Contains(got.body, `"next_slot":"20`) {
		t.Errorf("no next_slot: %s", got.body)
	}
	for _, query := range []string{"", "?page=1", "?count=1", "?page=0&count=1", "?page=1&count=1001", "?page=a&count=1"} {
		x.get(path+query).wantStatus(t, 422)
	}
	x.get("/marketplace/application/999/salons?page=1&count=1").want(t, 403, message("Access denied."))

	x.Uninstall(1001, 456)
	x.Install(1008, 456, altegiotest.StatusActive)
	if got := x.get(path + "?page=1&count=10"); strings.Contains(got.body, `"id":1001,`) || !strings.Contains(got.body, `"id":1008,`) {
		t.Errorf("the list doesn't follow: %s", got.body)
	}
}

func TestFleet(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	ids := x.AddLocations(10_000, 456)
	if len(ids) != 10_000 || ids[0] != 1011 || ids[9_999] != 11_010 {
		t.Fatalf("%d ids from %d to %d", len(ids), ids[0], ids[len(ids)-1])
	}
	seen := 0
	for page := 1; ; page++ {
		got := x.get(fmt.Sprintf("/marketplace/application/456/salons?page=%d&count=1000", page))
		rows := strings.Count(got.body, `{"id":`)
		seen += rows
		if rows < 1000 {
			break
		}
	}
	if seen != 10_007 {
		t.Errorf("%d locations listed, want 10007", seen)
	}
	x.get(fmt.Sprintf("/marketplace/salon/%d/application/456", ids[9_999])).wantStatus(t, 200)
}

func TestTariffs(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.get("/api/v1/marketplace/application/456/tariffs").want(t, 200, `{"success":true,"data":[{"id":89,"title":"1 month","options":[`+
		`{"id":123,"title":"Solo professional","overall_price":500,"duration_in_months":1,"currency_iso":"USD","staff_amount":1,"free_period_in_months":0},`+
		`{"id":124,"title":"Team","overall_price":1499.50,"duration_in_months":1,"currency_iso":"USD","staff_amount":10,"free_period_in_months":1}]}],"meta":[]}`)
	x.get("/api/v1/marketplace/application/459/tariffs").want(t, 200, `{"success":true,"data":[],"meta":[]}`)
	x.get("/api/v1/marketplace/application/999/tariffs").want(t, 403, message("Access denied."))
}

func TestAddDiscount(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = "/api/v1/marketplace/application/add_discount"
	x.post(path, `{"salon_ids":[1001,1002],"application_id":456,"discount":15.50}`).want(t, 200, emptySuccess)
	for _, location := range []int64{1001, 1002} {
		if got, ok := x.Discount(location, 456); got != "15.50" || !ok {
			t.Errorf("discount of %d: %q %t", location, got, ok)
		}
	}
	x.post(path, `{"salon_ids":[1001,1008],"application_id":456,"discount":20}`).want(t, 404, noMessage)
	x.post(path, `{"salon_ids":[1001],"application_id":1,"discount":20}`).want(t, 404, message("Application not found"))
	x.post(path, `{"salon_ids":[1001],"application_id":999,"discount":20}`).want(t, 403, message("No access to application"))
	for _, body := range []string{
		`{"salon_ids":[],"application_id":456,"discount":20}`,
		`{"salon_ids":["1001"],"application_id":456,"discount":20}`,
		`{"salon_ids":[null],"application_id":456,"discount":20}`,
		`{"salon_ids":1001,"application_id":456,"discount":20}`,
		`{"salon_ids":[1001],"application_id":456,"discount":"20"}`,
		`{"salon_ids":[1001],"application_id":456,"discount":-1}`,
		`{"salon_ids":[1001],"application_id":456}`,
	} {
		x.post(path, body).wantStatus(t, 422)
	}
	if got, _ := x.Discount(1001, 456); got != "15.50" {
		t.Errorf("a refused request changed the discount to %s", got)
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	clock := newClock()
	var mu sync.Mutex
	var observed []int
	x := newTester(t, altegiotest.WithClock(clock.Now), altegiotest.WithObserver(func(r altegiotest.Request) {
		mu.Lock()
		defer mu.Unlock()
		observed = append(observed, r.StatusCode)
	}))
	x.get("/api/v1/cities?country_id=7")
	later := clock.Now().Add(time.Second)
	clock.set(later)
	x.post(channelPath, channelBody)
	x.get(statusPath + "x")

	requests := x.Requests()
	if len(requests) != 3 {
		t.Fatalf("%d requests", len(requests))
	}
	if r := requests[0]; r.Operation != altegiotest.OpCities || r.Query.Get("country_id") != "7" || r.StatusCode != 200 || r.Path != "/api/v1/cities" {
		t.Errorf("first: %+v", r)
	}
	if r := requests[1]; r.Operation != altegiotest.OpUpdateChannel || string(r.Body) != channelBody || r.Method != "POST" ||
		r.Header.Get("Authorization") != partner || !r.At.Equal(later) {
		t.Errorf("second: %+v", r)
	}
	if r := requests[2]; r.Operation != altegiotest.OpUnknown || r.StatusCode != 404 {
		t.Errorf("third: %+v", r)
	}
	if got := x.RequestsFor(altegiotest.OpUpdateChannel); len(got) != 1 {
		t.Errorf("%d updates", len(got))
	}
	if got := fmt.Sprint(x.Counts()); got != "map[cities:1 unknown:1 update_channel:1]" {
		t.Errorf("counts: %s", got)
	}
	mu.Lock()
	defer mu.Unlock()
	if got := fmt.Sprint(observed); got != "[200 200 404]" {
		t.Errorf("observed %s", got)
	}
	x.ResetJournal()
	if len(x.Requests()) != 0 || x.Count(altegiotest.OpCities) != 0 {
		t.Error("the journal remembers")
	}
}

func TestWithoutJournal(t *testing.T) {
	t.Parallel()
	x := newTester(t, altegiotest.WithoutJournal())
	x.get(statusPath)
	if got := x.Requests(); len(got) != 0 {
		t.Errorf("%d requests remembered", len(got))
	}
	if got := x.Count(altegiotest.OpInstallation); got != 1 {
		t.Errorf("counted %d, want 1", got)
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	x := newTester(t, altegiotest.WithTLS())
	if !strings.HasPrefix(x.APIURL(), "https://127.0.0.1:") {
		t.Fatalf("URL %s", x.APIURL())
	}
	x.get(statusPath).wantStatus(t, 200)
}

func TestHandlerWithoutListener(t *testing.T) {
	t.Parallel()
	server := altegiotest.New()
	defer server.Close()
	if server.URL() != "" || server.Client() != nil {
		t.Error("it claims to listen")
	}
	x := newTester(t)
	x.get(statusPath)
	server.Close() // closing twice is fine
}

func TestLargeBody(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.post(channelPath, `{"channel_slug":"`+strings.Repeat("x", 1<<20)+`"}`).wantStatus(t, 413)
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	x := newTester(t, altegiotest.WithLimits(altegiotest.Limits{PerSecond: 1_000_000}))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				resp, err := x.try(x.request("POST", channelPath, channelBody))
				if err != nil || resp.status != 200 && resp.status != 404 {
					t.Errorf("%v %v", resp, err)
				}
				_, _ = x.try(x.request("GET", statusPath, ""))
				_, _ = x.try(x.request("GET", "/marketplace/application/456/salons?page=1&count=10", ""))
				switch i {
				case 0:
					x.Install(1001, 456, altegiotest.StatusActive)
				case 1:
					x.AddLocations(3, 456)
				case 2:
					x.SetShapes(altegiotest.Shapes{Meta: "object"})
				case 3:
					x.Fail(altegiotest.Fault{Operation: altegiotest.OpTariffs})()
				default:
					x.Requests()
					x.Channels()
					x.Status(1001, 456)
					x.Logs(1001, 456)
				}
			}
		})
	}
	wg.Wait()
	if got := x.Count(altegiotest.OpUpdateChannel); got != 160 {
		t.Errorf("%d updates counted, want 160", got)
	}
}

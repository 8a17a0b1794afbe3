// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestCallback(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = "/marketplace/partner/callback"
	const body = `{"salon_id":1006,"application_id":456,"api_key":"2f181e2a-5c22-4ae7-9d9b-07104f312c28",` +
		`"webhook_urls":["https://bot.example/a","https://bot.example/b"],"channels":["whatsapp"]}`
	x.post(path, body).want(t, 201, "")
	if status, _ := x.Status(1006, 456); status != "active" {
		t.Errorf("status %q", status)
	}
	if got := x.APIKey(1006, 456); got != "2f181e2a-5c22-4ae7-9d9b-07104f312c28" {
		t.Errorf("API key %q", got)
	}
	if got := fmt.Sprint(x.WebhookURLs(1006, 456)); got != "[https://bot.example/a https://bot.example/b]" {
		t.Errorf("webhook URLs %s", got)
	}
	if got := x.Webhooks(1006); len(got) != 2 || !got[0].Active || !got[0].Flags["record"] {
		t.Errorf("webhooks %+v", got)
	}
	if available, wasSet := x.Channel(1006, 456, "whatsapp"); !available || !wasSet {
		t.Error("the channel isn't set")
	}
	logs := x.Logs(1006, 456)
	if last := logs[len(logs)-1]; last.StatusFrom != "pending" || last.StatusTo != "active" || last.Source != "partner_api" {
		t.Errorf("logged %+v", last)
	}

	x.post(path, `{"salon_id":1006,"application_id":456,"api_key":1}`).want(t, 403, message("The user has already installed this application."))
	x.post(path, `{"salon_id":1007,"application_id":456}`).want(t, 403, message("The user has already installed this application."))
	x.post(path, `{"salon_id":1001,"application_id":999}`).want(t, 403, message("Access denied."))
	x.post(path, `{"salon_id":1008,"application_id":456}`).
		want(t, 422, `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":["salon_id: Application isn't installed"]}}`)
	for _, body := range []string{
		`{}`, ``,
		`{"salon_id":1006,"application_id":456,"api_key":true}`,
		`{"salon_id":1006,"application_id":456,"channels":["email"]}`,
		`{"salon_id":1001,"application_id":458,"channels":["sms"]}`,
		`{"salon_id":1006,"application_id":456,"webhook_urls":["nowhere"]}`,
		`{"salon_id":1006,"application_id":456,"webhook_urls":["https://a.example","https://a.example"]}`,
		`{"salon_id":1006,"application_id":456,"webhook_url":"https://a.example"}`,
	} {
		x.post(path, body).wantStatus(t, 422)
	}
	if got := x.APIKey(1006, 456); got != "2f181e2a-5c22-4ae7-9d9b-07104f312c28" {
		t.Errorf("a refused callback changed the API key to %q", got)
	}

	x.Uninstall(1006, 456)
	if got := x.Webhooks(1006); len(got) != 0 {
		t.Errorf("webhooks survived: %+v", got)
	}
}

func TestPaymentAndRefund(t *testing.T) {
	t.Parallel()
	clock := newClock()
	x := newTester(t, altegiotest.WithClock(clock.Now))
	const path = "/marketplace/partner/payment"
	const body = `{"salon_id":1007,"application_id":456,"currency_iso":"EUR","payment_sum":990.90,` +
		`"payment_date":"2022-01-01 10:10:00","period_from":"2022-01-01 10:10:00","period_to":"2022-02-01 10:10:00"}`
	x.post(path, body).want(t, 200, `{"success":true,"data":{"id":1531}}`)
	x.post(path, body).want(t, 200, `{"success":true,"data":{"id":1532}}`)
	if status, _ := x.Status(1007, 456); status != "active" {
		t.Errorf("a payment left the status %q", status)
	}
	payments := x.Payments(1007, 456)
	if len(payments) != 2 || payments[0].ID != 1531 || payments[0].Sum != "990.90" || payments[0].IsRefunded {
		t.Errorf("payments %+v", payments)
	}

	x.post(path+"/refund/1531", "").want(t, 200, "")
	x.post(path+"/refund/1531", "").wantStatus(t, 422)
	x.post(path+"/refund/7", "").wantStatus(t, 422)
	if got := x.Payments(1007, 456)[0]; !got.IsRefunded || got.RefundedAt != "2026-03-01 12:00:00" {
		t.Errorf("refunded payment %+v", got)
	}
	foreign := x.AddPayment(1001, 999, altegiotest.Payment{Sum: "1"})
	x.post(fmt.Sprintf("%s/refund/%d", path, foreign), "").want(t, 403, message("Access denied."))

	x.post(path, strings.Replace(body, "456", "999", 1)).want(t, 403, message("Access denied."))
	for _, change := range [][2]string{
		{"1007", "1008"},
		{`"EUR"`, `"euro"`},
		{"990.90", `"990.90"`},
		{"990.90", "-1"},
		{`"payment_date":"2022-01-01 10:10:00"`, `"payment_date":"2022-01-01T10:10:00Z"`},
		{`"period_to":"2022-02-01`, `"period_to":"2021-02-01`},
		{`"currency_iso":"EUR",`, ""},
	} {
		got := x.post(path, strings.Replace(body, change[0], change[1], 1))
		if got.status != 422 || !strings.Contains(got.body, `"errors":["`) {
			t.Errorf("%v: %d %s", change, got.status, got.body)
		}
	}
	if got := len(x.Payments(1007, 456)); got != 2 {
		t.Errorf("%d payments after refused requests, want 2", got)
	}
}

func TestShortNames(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = "/marketplace/partner/short_names"
	x.post(path, `{"salon_id":1001,"application_id":457,"short_names":["Altegio","AL"]}`).want(t, 201, "")
	x.post(path, `{"salon_id":1001,"application_id":457,"short_names":["Salon"]}`).want(t, 201, "")
	if got := fmt.Sprint(x.SenderNames(1001, 457)); got != "[Salon]" {
		t.Errorf("names %s, want a replacement", got)
	}
	for _, body := range []string{
		`{"salon_id":1001,"application_id":457,"short_names":[]}`,
		`{"salon_id":1001,"application_id":457,"short_names":[""]}`,
		`{"salon_id":1001,"application_id":457,"short_names":[1]}`,
		`{"salon_id":1001,"application_id":457}`,
		`{"salon_id":1001,"application_id":456,"short_names":["A"]}`,
		`{"salon_id":1008,"application_id":457,"short_names":["A"]}`,
		`{"salon_id":1001,"application_id":457,"short_names":["1","2","3","4","5","6","7","8","9","10","11","12","13","14","15","16","17","18","19","20","21"]}`,
	} {
		x.post(path, body).wantStatus(t, 422)
	}
	x.post(path, `{"salon_id":1001,"application_id":999,"short_names":["A"]}`).wantStatus(t, 403)
}

func TestGrantAccess(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = "/api/v1/company/1008/marketplace/applications/456/grant_access"
	x.post(path, "").want(t, 401, message("Authentication needed."))
	x.asOwner("POST", path, "").want(t, 200, emptySuccess)
	x.asOwner("POST", path, "").want(t, 200, emptySuccess)
	if status, installed := x.Status(1008, 456); status != "pending" || !installed {
		t.Errorf("status %q, installed %t", status, installed)
	}
	x.post("/marketplace/partner/callback", `{"salon_id":1008,"application_id":456}`).want(t, 201, "")
	x.asOwner("POST", path, "").want(t, 403, message("The user has already installed this application."))
	x.asOwner("POST", strings.Replace(path, "1008", "5", 1), "").wantStatus(t, 404)
	x.asOwner("POST", strings.Replace(path, "456", "999", 1), "").want(t, 403, message("Access denied."))

	x.AddApplication(altegiotest.Application{ID: 460, FastInstall: true})
	x.asOwner("POST", strings.Replace(path, "456", "460", 1), "").wantStatus(t, 200)
	if status, _ := x.Status(1008, 460); status != "active" {
		t.Errorf("status %q after a fast installation", status)
	}
}

func TestVoIP(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path, accepted = "/api/v1/voip/integration", `{"success":true,"data":null,"meta":{"message":"Accepted"}}`
	x.post(path, `{"command":"setup","crm_token":"crm","type":"enable"}`).want(t, 202, accepted)
	if enabled, wasSet := x.VoIP("crm"); !enabled || !wasSet {
		t.Errorf("%t %t", enabled, wasSet)
	}
	x.post(path, `{"command":"setup","crm_token":"crm","type":"disable"}`).want(t, 202, accepted)
	if enabled, wasSet := x.VoIP("crm"); enabled || !wasSet {
		t.Errorf("%t %t", enabled, wasSet)
	}
	x.post(path, `{"command":"event","crm_token":"crm","anything":1}`).want(t, 202, accepted)
	x.post(path, `{"command":"setup","crm_token":"crm","type":"on"}`).wantStatus(t, 422)
	x.post(path, `{"command":"setup","type":"enable"}`).wantStatus(t, 422)
	x.post(path, `{"command":"reset","crm_token":"crm"}`).wantStatus(t, 422)
}

func TestHooks(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const path = "/api/v1/hooks_settings/1001"
	const off = `"client":0,"finances_operation":0,"good":0,"goods_operations_consumable":0,"goods_operations_move":0,` +
		`"goods_operations_receipt":0,"goods_operations_sale":0,"goods_operations_stolen":0,"loyalty_card":0,"master":0,`
	x.asOwner("GET", path, "").want(t, 200, `{"success":true,"data":{"active":0,`+strings.Replace(off, `"finances`, `"company_id":1001,"finances`, 1)+
		`"record":0,"salon":0,"schedule":0,"self_sending":0,"service":0,"service_category":0,"url_settings":[],"urls":[""]},"meta":[]}`)

	x.SetWebhooks(1001, []altegiotest.Webhook{{URL: "https://other.example", Active: true}})
	written := x.asOwner("POST", path, `{"active":1,"urls":["https://bot.example/a","https://bot.example/b"],"record":1,"self_sending":1}`)
	written.want(t, 201, `{"success":true,"data":{"active":1,`+strings.Replace(off, `"finances`, `"company_id":1001,"finances`, 1)+
		`"record":1,"salon":0,"schedule":0,"self_sending":1,"service":0,"service_category":0,"url_settings":[`+
		`{"active":1,`+off+`"record":1,"salon":0,"schedule":0,"self_sending":1,"service":0,"service_category":0,"url":"https://bot.example/a"},`+
		`{"active":1,`+off+`"record":1,"salon":0,"schedule":0,"self_sending":1,"service":0,"service_category":0,"url":"https://bot.example/b"}],`+
		`"urls":["https://bot.example/a","https://bot.example/b"]},"meta":[]}`)
	if read := x.asOwner("GET", path, ""); read.body != written.body {
		t.Errorf("wrote %s, read %s", written.body, read.body)
	}
	if got := x.Webhooks(1001); len(got) != 2 || got[0].URL != "https://bot.example/a" {
		t.Errorf("webhooks %+v", got)
	}

	for _, body := range []string{
		`{"active":1,"urls":[]}`,
		`{"active":1,"urls":[""]}`,
		`{"active":true,"urls":["https://a.example"]}`,
		`{"urls":["https://a.example"]}`,
		`{"active":1,"urls":["https://a.example","https://a.example"]}`,
		`{"active":1,"urls":["https://a.example"],"records":1}`,
		`{"active":1,"urls":["http://a/1","http://a/2","http://a/3","http://a/4","http://a/5","http://a/6","http://a/7","http://a/8","http://a/9","http://a/10","http://a/11"]}`,
	} {
		x.asOwner("POST", path, body).wantStatus(t, 422)
	}
	x.asOwner("GET", "/api/v1/hooks_settings/5", "").want(t, 404, noMessage)
	x.asOwner("POST", "/api/v1/hooks_settings/5", `{"active":1,"urls":["https://a.example"]}`).want(t, 404, noMessage)

	x.SetShapes(altegiotest.Shapes{LegacyHooks: true, HookFlagsAsBooleans: true})
	x.asOwner("GET", path, "").want(t, 200, `{"success":true,"data":{"active":true,"client":false,"finances_operation":false,`+
		`"goods_operations_consumable":false,"goods_operations_move":false,"goods_operations_receipt":false,"goods_operations_sale":false,`+
		`"goods_operations_stolen":false,"loyalty_card":false,"master":false,"record":true,"salon":false,"service":false,"service_category":false,`+
		`"urls":["https://bot.example/a","https://bot.example/b"]},"meta":[]}`)
}

func TestDictionaries(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	const france = `{"id":56,"title":"France","full_title":"French Republic","iso_code":"FR","phone_code":"33","phone_template":"+33 # ## ## ## ##",` +
		`"phone_example":"+33 1 99 00 12 34","currency":"€","exchange":1.08,"lang_id":5,"group_type":2,"is_eu":true}`
	if got := x.get("/api/v1/countries"); !strings.HasSuffix(got.body, france+`],"meta":[]}`) {
		t.Errorf("countries: %s", got.body)
	}
	x.get("/api/v1/cities?country_id=56").want(t, 200,
		`{"success":true,"data":[{"id":901,"country_id":56,"title":"Paris"},{"id":902,"country_id":56,"title":"Lyon"}],"meta":[]}`)
	x.get("/api/v1/cities?country_id=56&company_id=1001").want(t, 200,
		`{"success":true,"data":[{"id":181,"country_id":7,"title":"New York"},{"id":901,"country_id":56,"title":"Paris"},{"id":902,"country_id":56,"title":"Lyon"}],"meta":[]}`)
	if got := x.get("/api/v1/cities"); strings.Count(got.body, `{"id":`) != 4 {
		t.Errorf("cities: %s", got.body)
	}
	x.get("/api/v1/cities?country_id=x").wantStatus(t, 422)
	groups := x.get("/api/v1/references/business_groups_with_types")
	if !strings.HasSuffix(groups.body, `"types":[{"id":11,"title":"Dental clinic","business_group_id":2}]}],"meta":{"count":2}}`) {
		t.Errorf("groups: %s", groups.body)
	}
}

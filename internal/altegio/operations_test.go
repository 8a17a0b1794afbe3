// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// collect runs Locations to its end.
func collect(ctx context.Context, c *Client, applicationID int64) (all []Location, err error) {
	for location, err := range c.Locations(ctx, applicationID) {
		if err != nil {
			return all, err
		}
		all = append(all, location)
	}
	return all, nil
}

// What each operation sends, to which of the two bases, and what it makes of the documented answer.
// The first three have tests of their own besides.
func TestOperations_Wire(t *testing.T) {
	t.Parallel()
	nothing := func(err error) (any, error) { return nil, err }
	for name, tc := range map[string]struct {
		call   func(context.Context, *Client) (any, error)
		base   string // "api" or "app"
		line   string
		user   bool // sends the user token
		body   string
		status int
		answer string
		want   any
	}{
		"update_channel": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetChannel(ctx, Channel{LocationID: 1, ApplicationID: 2, Slug: ChannelSMS, IsAvailable: true}))
			},
			"api", "POST /marketplace/application/update_channel", false,
			`{"salon_id":1,"application_id":2,"channel_slug":"sms","is_available":true}`, 200, updated, nil,
		},
		"payment_link": {
			func(ctx context.Context, c *Client) (any, error) {
				return c.PaymentLink(ctx, PaymentLinkRequest{LocationID: 1, ApplicationID: 2})
			},
			"api", "GET /marketplace/application/payment_link?application_id=2&salon_id=1", false, "", 200,
			`{"success":true,"data":{"url":"https://x.test/?sign=1"}}`, "https://x.test/?sign=1",
		},
		"status": {
			func(ctx context.Context, c *Client) (any, error) { return c.Installation(ctx, 1, 2) },
			"app", "GET /marketplace/salon/1/application/2", false, "", 200, installed,
			&Installation{Status: "active", CreatedAt: "2022-06-27 12:20:02", Payments: []Payment{}, Logs: []LogEntry{}},
		},
		"callback": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.Activate(ctx, Activation{
					LocationID: 1, ApplicationID: 2, APIKey: "k-1", WebhookURLs: []string{"https://a.test/?b=1&c=2"},
					Channels: []ChannelSlug{ChannelSMS, ChannelWhatsApp},
				}))
			},
			"app", "POST /marketplace/partner/callback", false,
			`{"salon_id":1,"application_id":2,"api_key":"k-1","webhook_urls":["https://a.test/?b=1&c=2"],"channels":["sms","whatsapp"]}`,
			201, "", nil,
		},
		"callback with the vendor's own settings": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.Activate(ctx, Activation{
					LocationID: 1, ApplicationID: 2, ChatURL: "https://a.test/chat", TipsURL: "https://a.test/tips", Login: "l-1", SecretKey: "s-1",
				}))
			},
			"app", "POST /marketplace/partner/callback", false,
			`{"salon_id":1,"application_id":2,"chat_url":"https://a.test/chat","tips_url":"https://a.test/tips","login":"l-1","secret_key":"s-1"}`,
			201, "", nil,
		},
		"callback without settings": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.Activate(ctx, Activation{LocationID: 1, ApplicationID: 2}))
			},
			"app", "POST /marketplace/partner/callback", false, `{"salon_id":1,"application_id":2}`, 201, "", nil,
		},
		"grant_access": {
			func(ctx context.Context, c *Client) (any, error) { return nothing(c.GrantAccess(ctx, 1, 2)) },
			"api", "POST /company/1/marketplace/applications/2/grant_access", true, "", 200, updated, nil,
		},
		"uninstall": {
			func(ctx context.Context, c *Client) (any, error) { return nothing(c.Uninstall(ctx, 1, 2)) },
			"app", "POST /marketplace/salon/1/application/2/uninstall", false, "", 200, `{"success":true,"data":null,"meta":{}}`, nil,
		},
		"payment": {
			func(ctx context.Context, c *Client) (any, error) {
				return c.ReportPayment(ctx, PaymentReport{LocationID: 1, ApplicationID: 2, Sum: "1.50", CurrencyISO: "EUR", PaymentDate: "a", PeriodFrom: "b", PeriodTo: "c"})
			},
			"app", "POST /marketplace/partner/payment", false,
			`{"salon_id":1,"application_id":2,"currency_iso":"EUR","payment_sum":1.50,"payment_date":"a","period_from":"b","period_to":"c"}`,
			200, `{"success":true,"data":{"id":"7"}}`, int64(7),
		},
		"refund": {
			func(ctx context.Context, c *Client) (any, error) { return nothing(c.RefundPayment(ctx, 1523)) },
			"app", "POST /marketplace/partner/payment/refund/1523", false, "", 200, "", nil,
		},
		"short_names": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetSenderNames(ctx, 1, 2, []string{"ACME", "Salon 5"}))
			},
			"app", "POST /marketplace/partner/short_names", false, `{"salon_id":1,"application_id":2,"short_names":["ACME","Salon 5"]}`, 201, "", nil,
		},
		"voip on": {
			func(ctx context.Context, c *Client) (any, error) { return nothing(c.SetUpVoIP(ctx, "crm-1", true)) },
			"api", "POST /voip/integration", false, `{"command":"setup","crm_token":"crm-1","type":"enable"}`, 202,
			`{"success":true,"data":null,"meta":{"message":"Accepted"}}`, nil,
		},
		"voip off": {
			func(ctx context.Context, c *Client) (any, error) { return nothing(c.SetUpVoIP(ctx, "crm-1", false)) },
			"api", "POST /voip/integration", false, `{"command":"setup","crm_token":"crm-1","type":"disable"}`, 202,
			`{"success":true,"data":null,"meta":{"message":"Accepted"}}`, nil,
		},
		"add_discount": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetDiscount(ctx, 2, []int64{123, 456}, "15.50"))
			},
			"api", "POST /marketplace/application/add_discount", false, `{"salon_ids":[123,456],"application_id":2,"discount":15.50}`, 200, updated, nil,
		},
		"salons": {
			func(ctx context.Context, c *Client) (any, error) { return collect(ctx, c, 2) },
			"app", "GET /marketplace/application/2/salons?count=1000&page=1", false, "", 200,
			`{"success":true,"data":[{"id":"1050","title":"La Visage","active":"1","country_id":7,"city_id":181,"timezone":5.5,` +
				`"coordinate_lat":"40.730610","phones":["+1"],"booking_widget_promo":null}],"meta":{}}`,
			[]Location{{
				ID: 1050, Title: "La Visage", Active: true, CountryID: 7, CityID: 181, Timezone: "5.5", CoordinateLat: "40.730610", Phones: []string{"+1"},
			}},
		},
		"salons, ids alone": {
			func(ctx context.Context, c *Client) (any, error) { return c.SharedLocationIDs(ctx, 2) },
			"app", "GET /marketplace/application/2/salons?count=1000&page=1", false, "", 200,
			`{"success":true,"data":[{"id":"1050"}],"meta":[]}`,
			map[int64]struct{}{1050: {}},
		},
		"tariffs": {
			func(ctx context.Context, c *Client) (any, error) { return c.Tariffs(ctx, 2) },
			"api", "GET /marketplace/application/2/tariffs", false, "", 200,
			`{"success":true,"data":[{"id":89,"title":"1 month","options":[{"id":123,"title":"Solo professional","overall_price":500,` +
				`"duration_in_months":1,"currency_iso":"USD","staff_amount":3,"free_period_in_months":2}]}],"meta":[]}`,
			[]Tariff{{ID: 89, Title: "1 month", Options: []TariffOption{{
				ID: 123, Title: "Solo professional", OverallPrice: "500", CurrencyISO: "USD", DurationInMonths: 1, FreePeriodInMonths: 2, StaffAmount: 3,
			}}}},
		},
		"countries": {
			func(ctx context.Context, c *Client) (any, error) { return c.Countries(ctx) },
			"api", "GET /countries", false, "", 200,
			`{"success":true,"data":[{"id":"7","title":"USA","full_title":"United States","iso_code":"US","phone_code":1,"phone_template":"### ###",` +
				`"phone_example":"313 555","currency":"$","exchange":"1.5","lang_id":2,"group_type":1,"is_eu":false}],"meta":[]}`,
			[]Country{{
				ID: 7, Title: "USA", FullTitle: "United States", ISOCode: "US", PhoneCode: "1", PhoneTemplate: "### ###", PhoneExample: "313 555",
				Currency: "$", Exchange: "1.5", LangID: 2, GroupType: "1",
			}},
		},
		"cities": {
			func(ctx context.Context, c *Client) (any, error) { return c.Cities(ctx, 7, 1001) },
			"api", "GET /cities?company_id=1001&country_id=7", false, "", 200,
			`{"success":true,"data":[{"id":181,"country_id":7,"title":"New York"}],"meta":[]}`,
			[]City{{ID: 181, CountryID: 7, Title: "New York"}},
		},
		"all cities": {
			func(ctx context.Context, c *Client) (any, error) { return c.Cities(ctx, 0, 0) },
			"api", "GET /cities", false, "", 200, `{"success":true,"data":[],"meta":[]}`,
			[]City{},
		},
		"business groups": {
			func(ctx context.Context, c *Client) (any, error) { return c.BusinessGroups(ctx) },
			"api", "GET /references/business_groups_with_types", true, "", 200,
			`{"success":true,"data":[{"id":1,"title":"Beauty","image":"i","image_small":"s","types":[{"id":2,"title":"Salon","business_group_id":1}]}],"meta":{"count":1}}`,
			[]BusinessGroup{{ID: 1, Title: "Beauty", Image: "i", ImageSmall: "s", Types: []BusinessType{{ID: 2, Title: "Salon"}}}},
		},
		"developer accounts": {
			func(ctx context.Context, c *Client) (any, error) { return c.DeveloperAccounts(ctx) },
			"api", "GET /marketplace/developers/companies", true, "", 200,
			`{"success":true,"data":[{"id":"11","title":"Bots","name":"bots","description":"d","phone":1,"email":"e","website_url":"w","legal_type":"llc",` +
				`"country_id":7,"company_name":"c","reg_number":12,"privacy_policy_url":"p","partner_system":{"data":{"token":"t-1"}}}],"meta":[]}`,
			[]DeveloperAccount{{
				ID: 11, Title: "Bots", Name: "bots", Description: "d", Phone: "1", Email: "e", WebsiteURL: "w", LegalType: "llc", CountryID: 7,
				CompanyName: "c", RegNumber: "12", PrivacyPolicyURL: "p",
			}},
		},
		"applications of an account": {
			func(ctx context.Context, c *Client) (any, error) { return c.Applications(ctx, 11) },
			"api", "GET /marketplace/developers/companies/11/applications", true, "", 200,
			`{"success":true,"data":[{"id":"2","title":"Bot","application_token":"t-1","status":1,"icon":"https://h.test/i.png",` +
				`"created_at":"a","moderated_at":"b","short_links":{"info":"i","review":"r"},"moderation":{"x":1},"newer":[],"installs":3}],"meta":[]}`,
			[]*Application{{
				AccountID: 11, ID: 2, IconURL: "https://h.test/i.png", InfoURL: "i", ReviewURL: "r", Status: "1", CreatedAt: "a", ModeratedAt: "b",
				Moderation: json.RawMessage(`{"x":1}`),
				members:    []applicationMember{{"title", json.RawMessage(`"Bot"`)}},
				others:     map[string]bool{"newer": true, "installs": false},
			}},
		},
		"no applications": {
			func(ctx context.Context, c *Client) (any, error) { return c.SharedApplications(ctx, 11) },
			"api", "GET /marketplace/developers/companies/11/applications", true, "", 200, `{"success":true,"data":[],"meta":[]}`,
			[]*Application{},
		},
		"moderation instructions": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetModerationInstructions(ctx, 11, 2, ModerationInstructions{Connect: ptr("press <Connect>")}))
			},
			"api", "PUT /marketplace/developers/companies/11/applications/2/moderation", true,
			`{"connect_instruction":"press <Connect>","payment_instruction":""}`, 200, "", nil,
		},
		"moderation start": {
			func(ctx context.Context, c *Client) (any, error) { return nothing(c.StartModeration(ctx, 11, 2)) },
			"api", "POST /marketplace/developers/companies/11/applications/2/moderation/start", true, "", 200, updated, nil,
		},
		"frames": {
			func(ctx context.Context, c *Client) (any, error) { return c.ApplicationFrames(ctx, 11, 2) },
			"api", "GET /marketplace/developers/companies/11/applications/2/frames", true, "", 200,
			`{"success":true,"data":[{"title":" Chat ","url":"https://a.test/c","slug":"client"},{"title":"New","url":"","slug":"newer"}],"meta":[]}`,
			[]Frame{{FrameClient, " Chat ", "https://a.test/c"}, {"newer", "New", ""}},
		},
		"set frames": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetApplicationFrames(ctx, 11, 2, []Frame{{FrameVisit, "Chat", "https://a.test/?a=1&b=2"}}))
			},
			"api", "POST /marketplace/developers/companies/11/applications/2/frames", true,
			`{"frames":[{"title":"Chat","url":"https://a.test/?a=1&b=2","slug":"visit"}]}`, 200, "", nil,
		},
		"delete frames": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetApplicationFrames(ctx, 11, 2, nil))
			},
			"api", "POST /marketplace/developers/companies/11/applications/2/frames", true, `{"frames":[]}`, 200, updated, nil,
		},
		"install_frame": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetLocationFrame(ctx, LocationFrame{1, 2, LocationFrameChat, "https://a.test/c"}))
			},
			"app", "POST /marketplace/application/install_frame", false,
			`{"salon_id":1,"application_id":2,"type":"chat","url":"https://a.test/c"}`, 200, "", nil,
		},
		"install_frame, removed": {
			func(ctx context.Context, c *Client) (any, error) {
				return nothing(c.SetLocationFrame(ctx, LocationFrame{1, 2, LocationFrameTaskTracker, ""}))
			},
			"app", "POST /marketplace/application/install_frame", false,
			`{"salon_id":1,"application_id":2,"type":"task_tracker","url":null}`, 200, updated, nil,
		},
		"catalogue of categories": {
			func(ctx context.Context, c *Client) (any, error) { return c.CatalogCategories(ctx) },
			"api", "GET /marketplace/applications/categories", true, "", 200, `{"success":true,"data":[{"id":1,"slug":"s"}],"meta":[]}`,
			Catalog{[]CatalogEntry{{ID: 1, Slug: "s", Raw: json.RawMessage(`{"id":1,"slug":"s"}`)}}, json.RawMessage(`[{"id":1,"slug":"s"}]`)},
		},
		"catalogue of channels": {
			func(ctx context.Context, c *Client) (any, error) { return c.CatalogChannels(ctx) },
			"api", "GET /marketplace/applications/channels", true, "", 200, `{"success":true,"data":[],"meta":[]}`,
			Catalog{nil, json.RawMessage(`[]`)},
		},
		"catalogue of functionalities": {
			func(ctx context.Context, c *Client) (any, error) { return c.CatalogFunctionalities(ctx) },
			"api", "GET /marketplace/applications/functionalities", true, "", 200, `{"success":true,"data":["chat"],"meta":[]}`,
			Catalog{[]CatalogEntry{{Slug: "chat", Raw: json.RawMessage(`"chat"`)}}, json.RawMessage(`["chat"]`)},
		},
		"available rights": {
			func(ctx context.Context, c *Client) (any, error) { return c.AvailableRights(ctx, 11) },
			"api", "GET /marketplace/developers/companies/11/applications/available_rights", true, "", 200, `{"success":true,"data":{},"meta":[]}`,
			Catalog{nil, json.RawMessage(`{}`)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api, atAPI := serve(t, answer(tc.status, tc.answer))
			app, atApp := serve(t, answer(tc.status, tc.answer))
			c := clientOf(t, api, WithAPIURL(api.URL+"/api/v1"), WithAppURL(app.URL), WithUserToken("u-1"))
			got, err := tc.call(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
			asked, other, prefix := atAPI, atApp, "/api/v1"
			if tc.base == "app" {
				asked, other, prefix = atApp, atAPI, ""
			}
			if n := len(other.requests()); n > 0 {
				t.Fatalf("the other host gets %d requests", n)
			}
			r, want := asked.requests()[0], 1
			if strings.HasPrefix(name, "salons") {
				want = 3 // TestLocations_Pages is about the other pages
			}
			if n := len(asked.requests()); n != want {
				t.Errorf("%d requests, want %d", n, want)
			}
			if got, want := r.Method+" "+r.RequestURI, strings.Replace(tc.line, " ", " "+prefix, 1); got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			if r.body != tc.body {
				t.Errorf("body %s, want %s", r.body, tc.body)
			}
			authorization := "Bearer " + testToken
			if tc.user {
				authorization += ", User u-1"
			}
			if got := r.Header.Values("Authorization"); !slices.Equal(got, []string{authorization}) {
				t.Errorf("Authorization %q, want %q", got, authorization)
			}
			if got := r.Header.Get("Accept"); got != mediaType {
				t.Errorf("Accept %q", got)
			}
		})
	}
}

// Uninstalling what is not installed says so, and so does the answer to it.
func TestUninstall_NotInstalled(t *testing.T) {
	t.Parallel()
	for body, gone := range map[string]bool{
		`{"success":false,"data":null,"meta":[]}`: true,
		`{"meta":{"message":"Not found"}}`:        false,
		`<html>`:                                  false,
	} {
		s, _ := serve(t, answer(404, body))
		err := clientOf(t, s).Uninstall(t.Context(), 1, 2)
		if got := errors.Is(err, ErrNotInstalled); err == nil || got != gone {
			t.Errorf("%s: got %v, ErrNotInstalled is %t", body, err, got)
		}
	}
}

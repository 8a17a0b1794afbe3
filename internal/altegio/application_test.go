// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
)

func ptr[T any](v T) *T { return &v }

const rowSecret = "9d1c-the-application-token"

// wholeRow has every member that the vendor's own client knows, in forms that a careless client loses:
// white space, an order of its own, numbers beyond 64 bits, texts where numbers are documented.
const wholeRow = `{"id":456,"marketplace_partner_id":11,"icon":"https://assets.test/456.png","application_token":"` + rowSecret + `",` +
	`"system_user_id":9001,"short_links":{"info":"https://a.test/i","review":"https://a.test/r"},"created_at":"2024-01-01 10:00:00",` +
	`"moderated_at":"2024-02-01 10:00:00","moderation":{"connect_instruction":"Press Connect","payment_instruction":null},"status":2,"rating":4.50,` +
	`"slug":"hello_bot","title":"Hello\u0020Bot","short_description":"Answers <fast> & well\n","category_id":"3","country_ids":[56, 7],"website_url":"",` +
	`"price":null,"trial_duration":14,"channels":[2,1],"permissions":{"z_read":1,"a_write":0,"limit":-1,"big":123456789012345678901234567890,"staff":"17"},` +
	`"callback_url":"https://bot.test/cb","registration_redirect_url":"https://bot.test/hi?a=1&b=2","is_personal_data_access_needed":true,` +
	`"is_multiple_salons_allowed":0,"is_iframe":"1","is_nonpublic":false,"nonpublic_webhook_url":null,"monetization_type":"freemium",` +
	`"full_description":"Лонг\u2028text ","features_description":["one","two"],` +
	`"promo_materials":[{"type":"image","content":"/uploads/a.png","id":5},{"content":"yt:1","type":"video"}],` +
	`"questions":[{"question":"How?","answer":"So.","sort":1}],"functionalities":["chat","tasks"]}`

// sentAsRead is what an update without a change sends of wholeRow.
const sentAsRead = `{"slug":"hello_bot","title":"Hello\u0020Bot","short_description":"Answers <fast> & well\n","category_id":"3","country_ids":[56,7],"website_url":"",` +
	`"price":null,"trial_duration":14,"channels":[2,1],"permissions":{"z_read":1,"a_write":0,"limit":-1,"big":123456789012345678901234567890,"staff":"17"},` +
	`"callback_url":"https://bot.test/cb","registration_redirect_url":"https://bot.test/hi?a=1&b=2","is_personal_data_access_needed":true,` +
	`"is_multiple_salons_allowed":0,"is_iframe":"1","is_nonpublic":false,"nonpublic_webhook_url":null,"monetization_type":"freemium",` +
	`"full_description":"Лонг\u2028text ","features_description":["one","two"],` +
	`"promo_materials":[{"type":"image","content":"/uploads/a.png","id":5},{"content":"yt:1","type":"video"}],` +
	`"questions":[{"question":"How?","answer":"So.","sort":1}],"functionalities":["chat","tasks"]}`

func readRow(t testing.TB, row string) *Application {
	t.Helper()
	var wire wireApplication
	if err := json.Unmarshal([]byte(row), &wire); err != nil {
		t.Fatal(err)
	}
	a := Application(wire)
	a.AccountID = 11
	return &a
}

func rows(rows ...string) string {
	return `{"success":true,"data":[` + strings.Join(rows, ",") + `],"meta":[]}`
}

func TestApplication_Card(t *testing.T) {
	t.Parallel()
	a := readRow(t, wholeRow)
	card, err := a.Card()
	if err != nil {
		t.Fatal(err)
	}
	want := ApplicationCard{
		Title: ptr("Hello Bot"), ShortDescription: ptr("Answers <fast> & well\n"), CategoryID: ptr(int64(3)), CountryIDs: []int64{56, 7},
		WebsiteURL: ptr(""), Price: ptr(""), TrialDuration: ptr(int64(14)), Channels: []int64{2, 1},
		Permissions: map[string]Decimal{"z_read": "1", "a_write": "0", "limit": "-1", "big": "123456789012345678901234567890", "staff": "17"},
		CallbackURL: ptr("https://bot.test/cb"), RegistrationRedirectURL: ptr("https://bot.test/hi?a=1&b=2"), IsPersonalDataAccessNeeded: ptr(true),
		IsMultipleSalonsAllowed: ptr(false), IsIframe: ptr(true), Slug: ptr("hello_bot"), IsNonpublic: ptr(false), NonpublicWebhookURL: ptr(""),
		MonetizationType: ptr("freemium"), FullDescription: ptr("Лонг\u2028text "), FeaturesDescription: []string{"one", "two"},
		PromoMaterials: []PromoMaterial{{"image", "/uploads/a.png"}, {"video", "yt:1"}},
		Questions:      []Question{{"How?", "So."}}, Functionalities: []string{"chat", "tasks"},
	}
	if !reflect.DeepEqual(card, want) {
		t.Errorf("got\n%+v\nwant\n%+v", card, want)
	}
	if got := a.Instructions(); got.Connect == nil || *got.Connect != "Press Connect" || got.Payment != nil {
		t.Errorf("instructions %+v", got)
	}
	if a.Slug() != "hello_bot" || a.Title() != "Hello Bot" || !a.Published() || a.InfoURL != "https://a.test/i" || a.Status != "2" {
		t.Errorf("got %+v", a)
	}
}

// PHP's empty values and gaps are accepted. A value that cannot be read is named, and does not hide the
// others.
func TestApplication_CardShapes(t *testing.T) {
	t.Parallel()
	card, err := readRow(t, `{"id":1,"permissions":[],"country_ids":{"0":7,"2":"56"},"channels":null,"questions":{},"moderated_at":null,"moderation":[]}`).Card()
	if err != nil || card.Permissions == nil || len(card.Permissions) != 0 || !reflect.DeepEqual(card.CountryIDs, []int64{7, 56}) ||
		card.Channels == nil || card.Questions == nil || card.Title != nil {
		t.Errorf("got %+v, %v", card, err)
	}
	card, err = readRow(t, `{"id":1,"title":["x"],"permissions":{"a":{}},"is_iframe":"on","price":"5"}`).Card()
	if err == nil || card.Title != nil || card.Price == nil || *card.Price != "5" {
		t.Fatalf("got %+v, %v", card, err)
	}
	for _, name := range []string{"title:", "permissions:", "is_iframe:"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not in %q", name, err)
		}
	}
	// Names of members are exact, and the last of two counts.
	a := readRow(t, `{"id":1,"Title":"A","title":"B","title":"C","TITLE":"D"}`)
	if a.Title() != "C" || len(a.members) != 1 {
		t.Errorf("got %+v", a)
	}
}

func TestApplications_NotAsDocumented(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		rows(`{"title":"x"}`), rows(`{"id":0}`), rows(`{"id":"x"}`), rows(`[]`), rows(`null`), rows(`5`),
		`{"success":true,"data":null}`, `{"success":true,"data":"x"}`, ``,
	} {
		s, _ := serve(t, answer(200, body))
		_, err := clientOf(t, s, WithUserToken("u-1")).Applications(t.Context(), 11)
		if err == nil {
			t.Errorf("%s is accepted", body)
		} else if e := asError(t, err); e.Kind != KindUnexpectedAnswer {
			t.Errorf("%s: %v", body, e)
		}
	}
}

// What is wrong with a card is shown to people, with a part of it.
func TestApplication_CardOdd(t *testing.T) {
	t.Parallel()
	a := readRow(t, `{"id":1,"category_id":"\u202ehttps://h.test/?sign=s3cret","trial_duration":"`+strings.Repeat("x", 5000)+`"}`)
	_, err := a.Card()
	if text := fmt.Sprint(err); err == nil || strings.Contains(text, "s3cret") || strings.ContainsAny(text, "\u202e") || len(text) > 500 ||
		!strings.Contains(text, "category_id: ") {
		t.Errorf("got %v", err)
	}
}

func TestUpdateApplication_Bytes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		changes   ApplicationCard
		old, want string // the part of sentAsRead that becomes another
	}{
		"nothing": {ApplicationCard{}, "", ""},
		"one word": {
			ApplicationCard{Title: ptr("Hello <Bots> & co")}, `"Hello\u0020Bot"`, `"Hello <Bots> & co"`,
		},
		"what is so already": {
			ApplicationCard{
				Title: ptr("Hello Bot"), CategoryID: ptr(int64(3)), CountryIDs: []int64{7, 56}, Price: ptr(""), IsIframe: ptr(true),
				Permissions:         map[string]Decimal{"z_read": "1", "limit": "-1", "big": "123456789012345678901234567890", "staff": "17"},
				NonpublicWebhookURL: ptr(""), PromoMaterials: []PromoMaterial{{"image", "https://any.test/uploads/a.png"}, {"video", "yt:1"}},
				Questions: []Question{{"How?", "So."}},
			}, "", "",
		},
		"text cleared":        {ApplicationCard{FullDescription: ptr("")}, `"Лонг\u2028text "`, `""`},
		"list cleared":        {ApplicationCard{FeaturesDescription: []string{}}, `["one","two"]`, `[]`},
		"set":                 {ApplicationCard{CountryIDs: []int64{99, 7, 56}}, `[56,7]`, `[56,7,99]`},
		"smaller set":         {ApplicationCard{Channels: []int64{1}}, `[2,1]`, `[1]`},
		"set of texts":        {ApplicationCard{Functionalities: []string{"returns", "tasks"}}, `["chat","tasks"]`, `["tasks","returns"]`},
		"number":              {ApplicationCard{TrialDuration: ptr(int64(0))}, `"trial_duration":14`, `"trial_duration":0`},
		"flag":                {ApplicationCard{IsIframe: ptr(false)}, `"is_iframe":"1"`, `"is_iframe":false`},
		"webhook":             {ApplicationCard{NonpublicWebhookURL: ptr("https://w.test")}, `"nonpublic_webhook_url":null`, `"nonpublic_webhook_url":"https://w.test"`},
		"order of a list":     {ApplicationCard{FeaturesDescription: []string{"two", "one"}}, `["one","two"]`, `["two","one"]`},
		"rows stay as read":   {ApplicationCard{Questions: []Question{{"Why?", "Yes."}, {"How?", "So."}}}, `[{"question"`, `[{"question":"Why?","answer":"Yes."},{"question"`},
		"picture before, new": {ApplicationCard{PromoMaterials: []PromoMaterial{{"image", "data:image/png;base64,AAAA"}, {"image", "/uploads/a.png"}}}, `[{"type":"image","content":"/uploads/a.png","id":5},{"content":"yt:1","type":"video"}]`, `[{"type":"image","content":"data:image/png;base64,AAAA"},{"type":"image","content":"/uploads/a.png","id":5}]`},
		"a permission": {
			ApplicationCard{Permissions: map[string]Decimal{"z_read": "1", "a_write": "1", "big": "123456789012345678901234567890", "staff": "17", "new": "2", "none": "0"}},
			`{"z_read":1,"a_write":0,"limit":-1,"big":123456789012345678901234567890,"staff":"17"}`,
			`{"z_read":1,"a_write":1,"limit":0,"big":123456789012345678901234567890,"staff":"17","new":2,"none":0}`,
		},
		"no permissions": {
			ApplicationCard{Permissions: map[string]Decimal{}},
			`{"z_read":1,"a_write":0,"limit":-1,"big":123456789012345678901234567890,"staff":"17"}`, `{"z_read":0,"a_write":0,"limit":0,"big":0,"staff":0}`,
		},
		"icon": {ApplicationCard{IconData: "data:image/png;base64,iVBO"}, `"functionalities":["chat","tasks"]}`, `"functionalities":["chat","tasks"],"icon":"data:image/png;base64,iVBO"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, answer(200, ""))
			err := clientOf(t, s, WithUserToken("u-1")).UpdateApplication(t.Context(), readRow(t, wholeRow), tc.changes)
			if err != nil {
				t.Fatal(err)
			}
			r := j.only(t)
			if got, want := r.Method+" "+r.RequestURI, "PUT /marketplace/developers/companies/11/applications/456"; got != want {
				t.Errorf("sent %s, want %s", got, want)
			}
			if got := r.Header.Get("Authorization"); got != "Bearer "+testToken+", User u-1" {
				t.Errorf("Authorization %q", got)
			}
			if !strings.Contains(sentAsRead, tc.old) {
				t.Fatalf("%s is not sent", tc.old)
			}
			want := sentAsRead
			if tc.old != "" {
				want = strings.Replace(sentAsRead, tc.old, tc.want, 1)
			}
			if r.body != want {
				t.Errorf("sent\n%s\nwant\n%s", r.body, want)
			}
		})
	}
}

// Values that the API would clear or corrupt are not sent.
func TestUpdateApplication_Refuses(t *testing.T) {
	t.Parallel()
	lacking := strings.Replace(strings.Replace(wholeRow, `"price":null,`, "", 1), `"questions":`, `"faq":`, 1)
	for name, tc := range map[string]struct {
		row     string
		changes ApplicationCard
		want    string // "" when it is sent
	}{
		"members lack":         {lacking, ApplicationCard{Title: ptr("New")}, "price, questions"},
		"one lacks":            {lacking, ApplicationCard{Price: ptr("5")}, "application's questions"},
		"both are given":       {lacking, ApplicationCard{Price: ptr("5"), Questions: []Question{}}, ""},
		"hosted icon":          {wholeRow, ApplicationCard{IconData: "https://assets.test/456.png"}, "corrupt"},
		"icon of another type": {wholeRow, ApplicationCard{IconData: "data:text/html;base64,AAAA"}, "corrupt"},
		"named icon":           {wholeRow, ApplicationCard{IconData: "data:image/svg+xml;name=a.svg;base64,AAAA"}, ""},
		"promo":                {wholeRow, ApplicationCard{PromoMaterials: []PromoMaterial{{"image", "https://h.test/base64.png"}}}, "promo material 1"},
		"video":                {wholeRow, ApplicationCard{PromoMaterials: []PromoMaterial{{"video", "https://h.test/base64.mp4"}}}, ""},
		"no number":            {wholeRow, ApplicationCard{Permissions: map[string]Decimal{"a_write": "much"}}, "permissions"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, answer(200, ""))
			err := clientOf(t, s, WithUserToken("u-1")).UpdateApplication(t.Context(), readRow(t, tc.row), tc.changes)
			if tc.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e := asError(t, err); e.Kind != KindNotSent || e.MayHaveHappened() || !strings.Contains(e.Error(), tc.want) {
				t.Errorf("got %v (%s), want an error with %q", e, e.Kind, tc.want)
			}
			if n := len(j.requests()); n != 0 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

const newRow = `{"id":500,"slug":"newbot","title":"New Bot"}`

// creation answers listings in turn, and the POST with created.
func creation(created http.HandlerFunc, listings ...string) http.HandlerFunc {
	asked := 0
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			created(w, r)
			return
		}
		listing := listings[min(asked, len(listings)-1)]
		asked++
		if listing == "" {
			answer(500, `{"success":false}`)(w, r)
			return
		}
		answer(200, listing)(w, r)
	}
}

func TestCreateApplication(t *testing.T) {
	t.Parallel()
	lost := func(w http.ResponseWriter, _ *http.Request) { drop(w) }
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		posts   int
		id      int64 // 0 for an error
		is      error
		open    bool
	}{
		"the object":                     {creation(answer(201, `{"success":true,"data":`+newRow+`}`), rows(), rows(newRow)), 1, 500, nil, false},
		"the id":                         {creation(answer(200, `{"success":true,"data":500}`), rows(), rows(newRow)), 1, 500, nil, false},
		"nothing":                        {creation(answer(201, ""), rows(), rows(newRow)), 1, 500, nil, false},
		"exists":                         {creation(answer(201, ""), rows(`{"id":"1","slug":"x"}`, newRow)), 0, 0, ErrApplicationExists, false},
		"first listing fails":            {creation(answer(201, ""), ""), 0, 0, nil, false},
		"refused":                        {creation(answer(422, `{"success":false,"meta":{"message":"no"}}`), rows(), rows()), 1, 0, nil, false},
		"lost, and it was created":       {creation(lost, rows(), rows(newRow)), 1, 500, nil, false},
		"500, and it was created":        {creation(answer(500, `{"success":false}`), rows(), rows(newRow)), 1, 500, nil, false},
		"HTML, and it was created":       {creation(answer(200, `<html>`), rows(), rows(newRow)), 1, 500, nil, false},
		"lost, and it was not created":   {creation(lost, rows(), rows()), 1, 0, ErrNotCreated, true},
		"lost, and nobody knows":         {creation(lost, rows(), ""), 1, 0, nil, true},
		"created, and the listing fails": {creation(answer(201, ""), rows(), ""), 1, 0, nil, true},
		"created, and the listing lacks": {creation(answer(201, ""), rows(), rows()), 1, 0, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, tc.handler)
			// Retries are on: they must not send a creation twice.
			c := clientOf(t, s, WithUserToken("u-1"))
			got, err := c.CreateApplication(t.Context(), 11, ApplicationCard{Slug: ptr("newbot"), Title: ptr("New Bot")})
			posts := 0
			for _, r := range j.requests() {
				if r.Method == http.MethodPost {
					posts++
					if want := `{"title":"New Bot","slug":"newbot"}`; r.body != want || r.RequestURI != "/marketplace/developers/companies/11/applications" {
						t.Errorf("sent %s to %s, want %s", r.body, r.RequestURI, want)
					}
				}
			}
			if posts != tc.posts {
				t.Errorf("%d creations, want %d", posts, tc.posts)
			}
			if tc.id != 0 {
				if err != nil || got.ID != tc.id || got.AccountID != 11 {
					t.Errorf("got %+v, %v", got, err)
				}
				return
			}
			if err == nil {
				t.Fatalf("got %+v, want an error", got)
			}
			if is := errors.Is(err, ErrApplicationExists); is != (tc.is == ErrApplicationExists) {
				t.Errorf("%v: ErrApplicationExists is %t", err, is)
			}
			if is := errors.Is(err, ErrNotCreated); is != (tc.is == ErrNotCreated) {
				t.Errorf("%v: ErrNotCreated is %t", err, is)
			}
			var e *Error
			if open := errors.As(err, &e) && e.MayHaveHappened(); open != tc.open {
				t.Errorf("%v: MayHaveHappened is %t", err, open)
			}
			var exists *ApplicationExistsError
			if errors.As(err, &exists) && exists.Application.ID != 500 {
				t.Errorf("got %+v", exists.Application)
			}
		})
	}
}

// A user who cancels while the application is being created is told which one it is.
func TestCreateApplication_Cancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	created := func(w http.ResponseWriter, r *http.Request) {
		cancel()
		answer(201, "")(w, r)
	}
	s, _ := serve(t, creation(created, rows(), rows(newRow)))
	got, err := clientOf(t, s, WithUserToken("u-1")).CreateApplication(ctx, 11, ApplicationCard{Slug: ptr("newbot")})
	if err != nil || got.ID != 500 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCreateApplication_Sends(t *testing.T) {
	t.Parallel()
	card, err := readRow(t, wholeRow).Card()
	if err != nil {
		t.Fatal(err)
	}
	card.Slug, card.IconData = ptr("newbot"), "data:image/png;base64,AAAA"
	s, j := serve(t, creation(answer(201, ""), rows(), rows(newRow)))
	if _, err := clientOf(t, s, WithUserToken("u-1")).CreateApplication(t.Context(), 11, card); err != nil {
		t.Fatal(err)
	}
	want := `{"title":"Hello Bot","short_description":"Answers <fast> & well\n","category_id":3,"country_ids":[56,7],"website_url":"","price":"",` +
		`"trial_duration":14,"channels":[2,1],"permissions":{"a_write":0,"big":123456789012345678901234567890,"limit":-1,"staff":17,"z_read":1},` +
		`"callback_url":"https://bot.test/cb","registration_redirect_url":"https://bot.test/hi?a=1&b=2","is_personal_data_access_needed":true,` +
		`"is_multiple_salons_allowed":false,"is_iframe":true,"slug":"newbot","is_nonpublic":false,"nonpublic_webhook_url":null,` +
		`"monetization_type":"freemium","icon":"data:image/png;base64,AAAA"}`
	if got := j.requests()[1].body; got != want {
		t.Errorf("sent\n%s\nwant\n%s", got, want)
	}
	if _, err := clientOf(t, s, WithUserToken("u-1")).CreateApplication(t.Context(), 11, ApplicationCard{Title: ptr("x")}); err == nil {
		t.Error("an application without a slug is created")
	}
}

// Only requests that are safe to repeat are sent twice.
func TestCabinet_Repeats(t *testing.T) {
	t.Parallel()
	a := readRow(t, wholeRow)
	for name, tc := range map[string]struct {
		call func(*testing.T, *Client) error
		want int
	}{
		"update": {func(t *testing.T, c *Client) error { return c.UpdateApplication(t.Context(), a, ApplicationCard{}) }, 2},
		"instructions": {func(t *testing.T, c *Client) error {
			return c.SetModerationInstructions(t.Context(), 11, 456, ModerationInstructions{})
		}, 2},
		"frames":     {func(t *testing.T, c *Client) error { return c.SetApplicationFrames(t.Context(), 11, 456, nil) }, 2},
		"submission": {func(t *testing.T, c *Client) error { return c.StartModeration(t.Context(), 11, 456) }, 1},
		"panel": {func(t *testing.T, c *Client) error {
			return c.SetLocationFrame(t.Context(), LocationFrame{LocationID: 1})
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, answer(502, ""))
			c := clientOf(t, s, WithUserToken("u-1"), WithMaxRetries(1))
			if e := asError(t, tc.call(t, c)); !e.MayHaveHappened() {
				t.Errorf("%v is certain", e)
			}
			if n := len(j.requests()); n != tc.want {
				t.Errorf("sent %d times, want %d", n, tc.want)
			}
		})
	}
}

// A listing is asked for once, and again after a write.
func TestSharedApplications(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(200, rows(wholeRow)))
	c := clientOf(t, s, WithUserToken("u-1"))
	ask := func() {
		t.Helper()
		if all, err := c.SharedApplications(t.Context(), 11); err != nil || len(all) != 1 {
			t.Fatalf("got %v, %v", all, err)
		}
	}
	for range 3 {
		ask()
	}
	if n := len(j.requests()); n != 1 {
		t.Errorf("%d requests for one listing", n)
	}
	for name, write := range map[string]func() error{
		"update":       func() error { return c.UpdateApplication(t.Context(), readRow(t, wholeRow), ApplicationCard{}) },
		"instructions": func() error { return c.SetModerationInstructions(t.Context(), 11, 456, ModerationInstructions{}) },
		"submission":   func() error { return c.StartModeration(t.Context(), 11, 456) },
		"creation": func() error {
			_, err := c.CreateApplication(t.Context(), 11, ApplicationCard{Slug: ptr("other")})
			if err == nil {
				return errors.New("created")
			}
			return nil
		},
	} {
		if err := write(); err != nil {
			t.Fatal(name, err)
		}
		before := len(j.requests())
		ask()
		if n := len(j.requests()); n != before+1 {
			t.Errorf("%s: %d requests for the listing after it, want 1", name, n-before)
		}
	}
}

// No secret of an answer gets into a value, an error or an event.
func TestCabinet_Secrets(t *testing.T) {
	t.Parallel()
	const account = `{"id":11,"title":"Bots","partner_system":{"data":{"token":"` + rowSecret + `"}}}`
	look := func(what string, values ...any) {
		t.Helper()
		for _, v := range values {
			text := fmt.Sprintf("%+v %#v %v", v, v, v)
			if b, err := json.Marshal(v); err == nil {
				text += string(b)
			}
			if strings.Contains(text, rowSecret) {
				t.Errorf("%s: the secret is in %s", what, text)
			}
		}
	}
	for _, body := range []string{
		account, strings.Replace(account, `{"token":"`+rowSecret+`"}`, `"`+rowSecret+`"`, 1), strings.Replace(account, `"id":11`, `"id":[]`, 1),
		wholeRow, strings.Replace(wholeRow, `"id":456`, `"id":{}`, 1), strings.Replace(wholeRow, `"application_token":"`, `"application_token":{"x":"`, 1),
		strings.Replace(wholeRow, `"application_token"`, `"new_token"`, 1),
	} {
		events := &eventLog{}
		s, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, rows(body)) })
		c := clientOf(t, s, WithUserToken("u-1"), WithObserver(events))
		accounts, err := c.DeveloperAccounts(t.Context())
		look(body, accounts, err, events.sending, events.done)
		applications, err := c.Applications(t.Context(), 11)
		look(body, err, events.sending, events.done)
		for _, a := range applications {
			card, err := a.Card()
			look(body, a, *a, a.members, card, err, a.Digests())
			body, err := applicationUpdate(a, ApplicationCard{})
			look("update", string(body), err)
		}
	}
}

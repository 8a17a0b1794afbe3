// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"net/http"
	"reflect"
	"testing"
)

func TestWebhooks_Wire(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data string
		want WebhookSettings
	}{
		"older": {
			`{"active":1,"urls":["https://b.example","https://a.example"],"record":1,"client":0}`,
			WebhookSettings{
				Active: true, URLs: []string{"https://b.example", "https://a.example"},
				Events: map[string]bool{"record": true, "client": false},
			},
		},
		"newer": {
			`{"active":true,"company_id":1,"urls":["https://a.example","https://b.example"],"record":true,"self_sending":false,"novelty":true,` +
				`"url_settings":[{"url":"https://a.example","active":true,"record":true},{"url":"https://b.example","active":"0","record":0,"self_sending":1}]}`,
			WebhookSettings{
				Active: true, URLs: []string{"https://a.example", "https://b.example"},
				Events: map[string]bool{"record": true, "self_sending": false},
				URLEvents: map[string]map[string]bool{
					"https://a.example": {"record": true},
					"https://b.example": {"record": false, "self_sending": true},
				},
				URLActive: map[string]bool{"https://a.example": true, "https://b.example": false},
			},
		},
		"not told of each": {
			`{"active":"1","urls":["https://a.example"],"record":null,"url_settings":[{"url":"https://a.example","active":null},{"record":1}]}`,
			WebhookSettings{
				Active: true, URLs: []string{"https://a.example"}, Events: map[string]bool{},
				URLEvents: map[string]map[string]bool{"https://a.example": {}}, URLActive: map[string]bool{},
			},
		},
		"empty": {
			`{"active":0,"urls":[""],"url_settings":[]}`,
			WebhookSettings{Events: map[string]bool{}, URLEvents: map[string]map[string]bool{}, URLActive: map[string]bool{}},
		},
		"nothing": {`{"urls":{}}`, WebhookSettings{Events: map[string]bool{}}},
		"null":    {`{"urls":null,"url_settings":null}`, WebhookSettings{Events: map[string]bool{}}},
		"lists with a gap": {
			`{"active":1,"urls":{"10":"https://c.example","0":"","2":"https://b.example"},` +
				`"url_settings":{"2":{"url":"https://b.example","record":1},"10":{"url":"https://c.example"}}}`,
			WebhookSettings{
				Active: true, URLs: []string{"https://b.example", "https://c.example"}, Events: map[string]bool{},
				URLEvents: map[string]map[string]bool{"https://b.example": {"record": true}, "https://c.example": {}},
				URLActive: map[string]bool{},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, answer(200, `{"success":true,"data":`+tc.data+`,"meta":[]}`))
			got, err := clientOf(t, s, WithUserToken("u-1")).Webhooks(t.Context(), 1001)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, tc.want)
			}
			r := j.only(t)
			if got, want := r.Method+" "+r.RequestURI, "GET /hooks_settings/1001"; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if got, want := r.Header.Get("Authorization"), "Bearer "+testToken+", User u-1"; got != want {
				t.Errorf("Authorization %q, want %q", got, want)
			}
		})
	}
}

func TestWebhooks_NotAsDocumented(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		`{"urls":[],"active":"yes"}`, `{"urls":[],"active":[1]}`, `{"urls":[],"record":2}`,
		`{"urls":["https://a.example"],"url_settings":[{"url":"https://a.example","record":"on"}]}`,
		`{"urls":["https://a.example"],"url_settings":[{"url":"https://a.example","active":{}}]}`,
		// What is taken for no URL is deleted by the next write.
		`{}`, `{"active":1,"record":1}`, `{"urls":[{}]}`, `{"urls":{"0":{}}}`, `{"urls":"https://a.example"}`, `{"urls":1}`,
		`{"url_settings":[{"url":"https://a.example"}]}`,
		`{"urls":[],"url_settings":[{"url":"https://a.example"}]}`,
		`{"urls":["https://a.example"],"url_settings":[{"url":["https://a.example"]}]}`,
		`{"urls":["https://a.example"],"url_settings":"https://a.example"}`,
	} {
		s, _ := serve(t, answer(200, `{"success":true,"data":`+data+`,"meta":[]}`))
		_, err := clientOf(t, s, WithUserToken("u-1")).Webhooks(t.Context(), 1)
		if err == nil {
			t.Errorf("%s is accepted", data)
		} else if e := asError(t, err); e.Kind != KindUnexpectedAnswer {
			t.Errorf("%s: %v", data, e)
		}
	}
}

func TestSetWebhooks_Wire(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(http.StatusCreated, `{"success":true,"data":{"urls":[]},"meta":[]}`))
	err := clientOf(t, s, WithUserToken("u-1")).SetWebhooks(t.Context(), 1001, WebhookSettings{
		Active: true, URLs: []string{"https://b.example", "https://a.example?x=1&y=<2>"},
		Events:    map[string]bool{"record": true, "client": false, "self_sending": true},
		URLActive: map[string]bool{"https://b.example": false},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := j.only(t)
	if got, want := r.Method+" "+r.RequestURI, "POST /hooks_settings/1001"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want := `{"active":1,"client":0,"record":1,"self_sending":1,"urls":["https://b.example","https://a.example?x=1&y=<2>"]}`
	if r.body != want {
		t.Errorf("the body is\n%s\nwant\n%s", r.body, want)
	}
	if got, want := r.Header.Get("Authorization"), "Bearer "+testToken+", User u-1"; got != want {
		t.Errorf("Authorization %q, want %q", got, want)
	}
}

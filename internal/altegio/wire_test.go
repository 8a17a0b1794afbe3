// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const linkAnswer = `{"success":true,"data":{"url":"https://alteg.io/appstore/payment/?salon_id=1111&application_id=1&sign=00ff"},"meta":[]}`

func TestSetChannel_Wire(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(200, updated))
	c := clientOf(t, s, WithUserAgent("terraform-provider-altegio/1.2.3"), WithUserToken("user-secret"))
	err := c.SetChannel(t.Context(), Channel{LocationID: 123, ApplicationID: 456, Slug: ChannelWhatsApp, IsAvailable: true})
	if err != nil {
		t.Fatal(err)
	}
	r := j.only(t)
	if got, want := r.Method+" "+r.RequestURI, "POST /marketplace/application/update_channel"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	want := `{"salon_id":123,"application_id":456,"channel_slug":"whatsapp","is_available":true}`
	if r.body != want {
		t.Errorf("body %s, want %s", r.body, want)
	}
	for header, want := range map[string]string{
		"Authorization": "Bearer " + testToken,
		"Accept":        "application/vnd.api.v2+json",
		"Content-Type":  "application/json",
		"User-Agent":    "terraform-provider-altegio/1.2.3",
	} {
		if got := r.Header.Values(header); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q once", header, got, want)
		}
	}
}

func TestSetChannel_False(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(200, updated))
	err := clientOf(t, s).SetChannel(t.Context(), Channel{LocationID: 1, ApplicationID: 2, Slug: ChannelSMS})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := j.only(t).body, `{"salon_id":1,"application_id":2,"channel_slug":"sms","is_available":false}`; got != want {
		t.Errorf("body %s, want %s", got, want)
	}
}

func TestPaymentLink_Wire(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		request PaymentLinkRequest
		query   string
	}{
		"bare":     {PaymentLinkRequest{LocationID: 1111, ApplicationID: 1}, "application_id=1&salon_id=1111"},
		"discount": {PaymentLinkRequest{LocationID: 1, ApplicationID: 2, Discount: "15.55"}, "application_id=2&discount=15.55&salon_id=1"},
		"digits":   {PaymentLinkRequest{LocationID: 1, ApplicationID: 2, Discount: "15.50"}, "application_id=2&discount=15.50&salon_id=1"},
		"zero":     {PaymentLinkRequest{LocationID: 1, ApplicationID: 2, Discount: "0"}, "application_id=2&discount=0&salon_id=1"},
		"tariff": {
			PaymentLinkRequest{LocationID: 1, ApplicationID: 2, Discount: "100", TariffOptionID: 77},
			"application_id=2&discount=100&salon_id=1&tariff_option_id=77",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, answer(200, linkAnswer))
			link, err := clientOf(t, s, WithUserToken("user-secret")).PaymentLink(t.Context(), tc.request)
			if err != nil {
				t.Fatal(err)
			}
			// A link is the answer, not a log line: its signature is whole.
			if want := "https://alteg.io/appstore/payment/?salon_id=1111&application_id=1&sign=00ff"; link != want {
				t.Errorf("link %q, want %q", link, want)
			}
			r := j.only(t)
			if got, want := r.Method+" "+r.RequestURI, "GET /marketplace/application/payment_link?"+tc.query; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			checkPartnerGet(t, r)
		})
	}
}

func TestInstallation_Wire(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(200, installed))
	if _, err := clientOf(t, s, WithUserToken("user-secret")).Installation(t.Context(), 9007199254740993, 7); err != nil {
		t.Fatal(err)
	}
	r := j.only(t)
	if got, want := r.Method+" "+r.RequestURI, "GET /marketplace/salon/9007199254740993/application/7"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	checkPartnerGet(t, r)
}

func checkPartnerGet(t *testing.T, r received) {
	t.Helper()
	if r.body != "" {
		t.Errorf("a GET has the body %q", r.body)
	}
	for header, want := range map[string][]string{
		"Authorization": {"Bearer " + testToken}, // and no User token
		"Accept":        {"application/vnd.api.v2+json"},
		"User-Agent":    {"altegio-go"},
		"Content-Type":  nil,
	} {
		if got := r.Header.Values(header); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

func TestUserToken_OnlyWhereAsked(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(200, updated))
	c := clientOf(t, s, WithUserToken("User u-1"))
	_, err := c.do(t.Context(), request{operation: "x", method: http.MethodGet, base: c.apiURL, path: "/x", asUser: true})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := j.only(t).Header.Get("Authorization"), "Bearer "+testToken+", User u-1"; got != want {
		t.Errorf("Authorization %q, want %q", got, want)
	}

	without := clientOf(t, s, WithUserToken("User "))
	if !c.HasUserToken() || without.HasUserToken() {
		t.Errorf("HasUserToken() = %t with a token and %t without", c.HasUserToken(), without.HasUserToken())
	}
	_, err = without.do(t.Context(), request{operation: "x", method: http.MethodGet, base: c.apiURL, path: "/x", asUser: true})
	if e := asError(t, err); e.Kind != KindNoUserToken || e.MayHaveHappened() {
		t.Errorf("got %v (%s)", e, e.Kind)
	}
	if n := len(j.requests()); n != 1 {
		t.Errorf("%d requests, want none without a user token", n-1)
	}
}

func TestNew_Token(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"abc":                     "Bearer abc",
		"Bearer abc":              "Bearer abc",
		"bearer abc":              "Bearer abc",
		"BEARER  abc":             "Bearer abc",
		"Bearer Bearer abc":       "Bearer abc",
		"  Bearer bearer   abc\n": "Bearer abc",
		"Bearerabc":               "Bearer Bearerabc",
		"a.b-c_d~e+f/g==":         "Bearer a.b-c_d~e+f/g==",
	} {
		t.Run(given, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, answer(200, updated))
			c, err := New(given, WithAPIURL(s.URL), unpaced())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.CloseIdleConnections)
			if err := c.SetChannel(t.Context(), Channel{}); err != nil {
				t.Fatal(err)
			}
			if got := j.only(t).Header.Get("Authorization"); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestNew_Refuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		token   string
		options []Option
		want    string
	}{
		"no token":            {"", nil, "empty"},
		"blank token":         {" \n", nil, "empty"},
		"only the scheme":     {"Bearer", nil, "empty"},
		"scheme and space":    {"Bearer ", nil, "empty"},
		"scheme twice":        {"Bearer Bearer", nil, "empty"},
		"newline":             {"abc\ndef", nil, "can't be part of a token"},
		"two tokens":          {"abc, User def", nil, "can't be part of a token"},
		"umlaut":              {"schlüssel", nil, "can't be part of a token"},
		"user token":          {"abc", []Option{WithUserToken("d\x00f")}, "user token"},
		"negative retries":    {"abc", []Option{WithMaxRetries(-1)}, "negative"},
		"zero timeout":        {"abc", []Option{WithRequestTimeout(0)}, "positive"},
		"zero retry wait":     {"abc", []Option{WithMaxRetryWait(0)}, "positive"},
		"relative URL":        {"abc", []Option{WithAPIURL("/api/v1")}, "absolute"},
		"no scheme":           {"abc", []Option{WithAPIURL("api.alteg.io")}, "absolute"},
		"other scheme":        {"abc", []Option{WithAppURL("ftp://api.alteg.io")}, "absolute"},
		"only a port":         {"abc", []Option{WithAppURL("http://:80")}, "absolute"},
		"opaque":              {"abc", []Option{WithAppURL("https:api.alteg.io")}, "absolute"},
		"password in the URL": {"abc", []Option{WithAppURL("https://u:p4ss@api.alteg.io")}, "user name or password"},
		"broken, password":    {"abc", []Option{WithAppURL("https://u:p4ss@api.alteg.io:x/")}, "not a URL"},
		"query":               {"abc", []Option{WithAppURL("https://api.alteg.io?x=1")}, "query"},
		"empty query":         {"abc", []Option{WithAppURL("https://api.alteg.io?")}, "query"},
		"fragment":            {"abc", []Option{WithAppURL("https://api.alteg.io#x")}, "fragment"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(tc.token, tc.options...)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("got %v, want an error that says %q", err, tc.want)
			}
			if strings.Contains(err.Error(), "p4ss") || tc.token != "" && strings.Contains(err.Error(), "def") {
				t.Errorf("the error %q has a secret", err)
			}
		})
	}
}

func TestBaseURLs(t *testing.T) {
	t.Parallel()
	const mock = "https://developer.alteg.io/_mock/en/developers/openapi"
	for name, tc := range map[string]struct {
		options           []Option
		channel, instance string
	}{
		"defaults": {
			nil,
			"https://api.alteg.io/api/v1/marketplace/application/update_channel",
			"https://app.alteg.io/marketplace/salon/1/application/2",
		},
		"both at the vendor's mock": {
			[]Option{WithAPIURL(mock), WithAppURL(mock + "/")},
			mock + "/marketplace/application/update_channel",
			mock + "/marketplace/salon/1/application/2",
		},
		"api_url at the app host": {
			[]Option{WithAPIURL("https://app.alteg.io")},
			"https://app.alteg.io/marketplace/application/update_channel",
			"https://app.alteg.io/marketplace/salon/1/application/2",
		},
		"trailing slashes": {
			[]Option{WithAPIURL("http://h.test/api/v1//"), WithAppURL("http://h.test/")},
			"http://h.test/api/v1/marketplace/application/update_channel",
			"http://h.test/marketplace/salon/1/application/2",
		},
		"read from files": {
			[]Option{WithAPIURL(" http://h.test/api/v1\r\n"), WithAppURL("\thttp://h.test/\n")},
			"http://h.test/api/v1/marketplace/application/update_channel",
			"http://h.test/marketplace/salon/1/application/2",
		},
		"port, IPv6, escapes": {
			[]Option{WithAPIURL("http://[::1]:8080/a%2Fb"), WithAppURL("http://127.0.0.1:1/x y")},
			"http://[::1]:8080/a%2Fb/marketplace/application/update_channel",
			"http://127.0.0.1:1/x%20y/marketplace/salon/1/application/2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, tc.options...)
			for _, want := range []struct {
				base *url.URL
				path string
				url  string
			}{
				{c.apiURL, "/marketplace/application/update_channel", tc.channel},
				{c.appURL, installationPath(1, 2), tc.instance},
			} {
				if got := (request{base: want.base, path: want.path}).url().String(); got != want.url {
					t.Errorf("got %s, want %s", got, want.url)
				}
			}
		})
	}
}

// An answer without an id is a success all the same, so that nobody reports the payment twice.
func TestReportPayment_Answers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int64{
		`{"success":true,"data":{"id":"123"}}`:           123,
		`{"success":true,"data":{"id":123,"x":1}}`:       123,
		`{"success":true,"data":{"id":null}}`:            0,
		`{"success":true,"data":{}}`:                     0,
		`{"success":true,"data":[],"meta":[]}`:           0,
		`{"success":true,"data":null}`:                   0,
		`{"success":true,"data":{"id":{"payment":123}}}`: 0,
		``: 0,
	} {
		s, _ := serve(t, answer(200, body))
		if id, err := clientOf(t, s).ReportPayment(t.Context(), PaymentReport{Sum: "1"}); err != nil || id != want {
			t.Errorf("%s: got %d, %v, want %d", body, id, err, want)
		}
	}
	for _, body := range []string{`{"success":false,"data":{"id":123}}`, `<html></html>`, `{"success":tr`} {
		s, _ := serve(t, answer(200, body))
		if id, err := clientOf(t, s).ReportPayment(t.Context(), PaymentReport{Sum: "1"}); err == nil || id != 0 {
			t.Errorf("%s: got %d, %v, want an error", body, id, err)
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// Each fact is noticed where it alone is not as expected.
func TestProbe_Notices(t *testing.T) {
	t.Parallel()
	nowhere := func(r *http.Request, _ []byte) bool { return strings.Contains(r.URL.Path, "/2147483646/") }
	wrongToken := func(r *http.Request, _ []byte) bool {
		return r.Header.Get("Authorization") != "Bearer "+altegiotest.DefaultPartnerToken
	}
	const odd = `{"success":true,"data":{"connection_status":{"status":1,"created_at":{"date":"x"}},"payments":{"1":{}},"logs":"none"},"meta":"m"}`
	for name, tc := range map[string]struct {
		fault altegiotest.Fault
		want  string
	}{
		"not installed, HTML": {
			altegiotest.Fault{Operation: altegiotest.OpInstallation, Match: nowhere, Status: http.StatusNotFound, HTML: true},
			"status where not installed",
		},
		"not installed, with data": {
			altegiotest.Fault{Operation: altegiotest.OpInstallation, Match: nowhere, Status: http.StatusNotFound, Body: `{"success":false,"data":[],"meta":1}`},
			"status where not installed|status where not installed, meta",
		},
		"a wrong token": {
			altegiotest.Fault{Operation: altegiotest.OpLocations, Match: wrongToken, Status: http.StatusForbidden}, "a wrong token",
		},
		"odd status": {
			altegiotest.Fault{Operation: altegiotest.OpInstallation, Times: 1, Body: odd},
			"status, text of the status|status, created_at|status, payments|status, logs",
		},
		"status redirects": {
			altegiotest.Fault{Operation: altegiotest.OpInstallation, Times: 1, Redirect: "https://elsewhere.example/1001"},
			"status of an installation|status, text of the status|status, created_at|status, payments|status, logs",
		},
		"listing, meta": {
			altegiotest.Fault{Operation: altegiotest.OpLocations, Times: 1, Body: `{"success":true,"data":[{"id":1001}],"meta":{"count":1}}`}, "listing, meta",
		},
		"tariffs cut off": {altegiotest.Fault{Operation: altegiotest.OpTariffs, Times: 1, Truncate: true}, "tariffs at api-url"},
		"text, not JSON": {
			altegiotest.Fault{Operation: altegiotest.OpPaymentLink, Times: 1, Body: "La Visage", Header: http.Header{"Content-Type": {"text/plain"}}},
			"payment link at api-url",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := altegiotest.NewServer()
			defer fake.Close()
			fake.Fail(tc.fault)
			code, out := probeFake(t, fake)
			if got := strings.Join(differing(out), "|"); got != tc.want || code != 1 {
				t.Errorf("it exits with %d, and differing are %q, want %q:\n%s", code, got, tc.want, out)
			}
		})
	}
}

// A redirect is a fact, and is not followed: that would take the token to another page.
func TestProbe_RedirectNotFollowed(t *testing.T) {
	t.Parallel()
	fake := altegiotest.NewServer(altegiotest.WithShapes(altegiotest.World{Hosts: 2, OtherHost: 3}.Shapes()))
	defer fake.Close()
	if _, out := probeFake(t, fake); !strings.Contains(out, "302 redirect") {
		t.Errorf("got\n%s", out)
	}
	for _, r := range fake.Requests() {
		if strings.Contains(r.Path, "appstore") {
			t.Errorf("it asks for %s", r.Path)
		}
	}
}

// What a server sends in headers is shown only if it looks like a limit, and never if it is the token.
func TestProbe_Headers(t *testing.T) {
	t.Parallel()
	const token = "31415926535"
	for value, want := range map[string]string{
		"200":               "X-Ratelimit-Limit=200",
		"5, 200;w=60":       "X-Ratelimit-Limit=5, 200;w=60",
		token:               "X-Ratelimit-Limit=[redacted]",
		"La Visage":         "X-Ratelimit-Limit, not a number",
		"5 " + token + " 5": "X-Ratelimit-Limit=5 [redacted] 5",
	} {
		fake := altegiotest.NewServer(altegiotest.WithToken(token))
		fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Header: http.Header{"X-Ratelimit-Limit": {value}}})
		var stdout bytes.Buffer
		code := run(t.Context(), []string{"-api-url", fake.APIURL(), "-app-url", fake.AppURL(), "-application", "456", "-location", "1001", "-pause", "0"},
			func(string) string { return token }, http.DefaultTransport, &stdout, io.Discard)
		fake.Close()
		if out := stdout.String(); code != 0 || !strings.Contains(out, want+"\n") || strings.Contains(out, token) {
			t.Errorf("%q: it exits with %d, want %q:\n%s", value, code, want, out)
		}
	}
}

// A server that cannot be reached is not named.
func TestProbe_NoAnswer(t *testing.T) {
	t.Parallel()
	fake := altegiotest.NewServer()
	fake.Close()
	code, out := probeFake(t, fake)
	u, err := url.Parse(fake.URL())
	if err != nil {
		t.Fatal(err)
	}
	if code != 1 || !strings.Contains(out, "no answer\n") || strings.Contains(out, u.Host) {
		t.Errorf("it exits with %d:\n%s", code, out)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Without other flags, the probe reads from the vendor's hosts, at a pace below the limits.
func TestProbe_Pace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var sent []time.Time
		answers := roundTrip(func(r *http.Request) (*http.Response, error) {
			sent = append(sent, time.Now())
			host := "https://app.alteg.io/marketplace/"
			if strings.Contains(r.URL.Path, "/api/v1/") {
				host = "https://api.alteg.io/api/v1/marketplace/"
			}
			if r.Method != http.MethodGet || !strings.HasPrefix(r.URL.String(), host) {
				t.Errorf("it sends %s %s", r.Method, r.URL)
			}
			return &http.Response{StatusCode: http.StatusNotFound, Header: http.Header{}, Body: http.NoBody}, nil
		})
		code := run(t.Context(), []string{"-application", "456", "-location", "1001"}, func(string) string { return "t" }, answers, io.Discard, io.Discard)
		if code != 1 || len(sent) < 10 || len(sent) > 200 {
			t.Errorf("it exits with %d after %d requests", code, len(sent))
		}
		for i := 5; i < len(sent); i++ {
			if in := sent[i].Sub(sent[i-5]); in <= time.Second {
				t.Errorf("request %d and the five before it are sent in %s", i+1, in)
			}
		}
	})
}

// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// A temporary fault does not fail an apply.
func TestFaults_Survived(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{
		"429":                            {Status: http.StatusTooManyRequests},
		"429 with seconds":               {Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}},
		"429 with a date that has gone":  {Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"Mon, 02 Jan 2006 15:04:05 GMT"}}},
		"429 with a date to come":        {Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"Fri, 31 Dec 2066 23:59:59 GMT"}}},
		"429 with nonsense":              {Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"soon"}}},
		"429 for years":                  {Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"99999999999999999999"}}},
		"500":                            {Status: http.StatusInternalServerError},
		"502":                            {Status: http.StatusBadGateway, HTML: true},
		"503":                            {Status: http.StatusServiceUnavailable},
		"504":                            {Status: http.StatusGatewayTimeout},
		"reset before the effect":        {Drop: true},
		"reset after the effect":         {Drop: true, AfterEffect: true},
		"500 after the effect":           {Status: http.StatusInternalServerError, AfterEffect: true},
		"body cut half way":              {Truncate: true},
		"HTML with 200":                  {HTML: true},
		"null":                           {Body: "null"},
		"slower than the timeout":        {Delay: 3 * time.Second},
		"slow answer, after the effect":  {Delay: 3 * time.Second, AfterEffect: true},
		"truncated JSON, whole response": {Body: `{"success": tr`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			c := providertest.NewInProcess(t)
			c.Config(providertest.ProviderBlock(fake, "max_retries = 2", `request_timeout = "1s"`, `max_retry_wait = "1s"`),
				aSingleAndAFleet())
			fault.Times = 1
			failBoth(fake, fault)
			c.MustRun("apply", "-auto-approve", "-no-color")
			if got := fake.Count(altegiotest.OpUpdateChannel); got != 4 {
				t.Errorf("two channels were set with %d requests, want the failed ones and another each", got)
			}
			stateIsFake(t, c, fake)
			fake.ResetJournal()
			c.MustRun("plan", "-detailed-exitcode", "-no-color")
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpLocations: 3}}.Now(t)
		})
	}
}

// A permanent fault is an error that says what happened. Nothing is lost, and the next apply does the rest.
func TestFaults_Reported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		want  []string
		posts int
	}{
		"429": {
			altegiotest.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"0"}}},
			[]string{"429 Too Many Requests", "the API has answered nothing else for 1s", "requests_per_minute"},
			0, // as many as fit
		},
		"500": {
			altegiotest.Fault{Status: http.StatusInternalServerError},
			[]string{"500 Internal Server Error", "The provider made 2 attempts over", "Applying again is safe"},
			2,
		},
		"reset after the effect": {
			altegiotest.Fault{Drop: true, AfterEffect: true},
			[]string{"Altegio did not answer", "The provider made 2 attempts over", "Applying again is safe"},
			2,
		},
		"timeout": {
			altegiotest.Fault{Delay: 5 * time.Second},
			[]string{"Altegio did not answer", "no complete answer within 1s"},
			2,
		},
		"HTML with 200": {
			altegiotest.Fault{HTML: true},
			[]string{"the answer is an HTML page", "check api_url and app_url"},
			2,
		},
		"null": {
			altegiotest.Fault{Body: "null"},
			[]string{"null instead of an object", "check api_url and app_url"},
			2,
		},
		"5 MB": {
			altegiotest.Fault{Body: `{"success":true,"data":{"x":"` + strings.Repeat("x", 5<<20) + `"}}`},
			[]string{"the answer is larger than any this operation gives"},
			1,
		},
		"success false with 200": {
			altegiotest.Fault{Body: `{"success":false,"data":null,"meta":{"message":"Aggregator not found"}}`},
			[]string{"200 OK", "Aggregator not found"},
			1,
		},
		"redirect": {
			altegiotest.Fault{Redirect: "https://elsewhere.example/login?token=x", Status: http.StatusMovedPermanently},
			[]string{"the server redirects to https://elsewhere.example/login", "redirects are not followed"},
			1,
		},
		"501": {
			altegiotest.Fault{Status: http.StatusNotImplemented},
			[]string{"501 Not Implemented"},
			1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			c := providertest.NewInProcess(t)
			c.Config(providertest.ProviderBlock(fake, "max_retries = 1", `request_timeout = "1s"`, `max_retry_wait = "200ms"`, `rate_limit_timeout = "1s"`,
				"app_url="+providertest.Quoted(fake.APIURL())), // one host, so that the other is not asked too
				aSingleAndAFleet())
			failBoth(fake, test.fault)
			out := c.MustFail("apply", "-auto-approve", "-no-color")
			providertest.ExpectText(t, out, `channel_slug "sms"`, `channel_slug "whatsapp"`)
			for _, want := range append(test.want, "Cannot set the channel") {
				n := 0
				for _, said := range strings.Split(out, "\nError: ") {
					if providertest.ErrorText(want).MatchString(said) {
						n++
					}
				}
				if n != 2 {
					t.Errorf("%d errors have %q, want one of each resource:\n%s", n, want, out)
				}
			}
			if strings.Contains(out, altegiotest.DefaultPartnerToken) || strings.Contains(out, "token=x") {
				t.Errorf("the output has a token:\n%s", out)
			}
			if got := fake.Count(altegiotest.OpUpdateChannel); got != 2*test.posts && test.posts > 0 {
				t.Errorf("%d requests were sent, want %d for each channel", got, test.posts)
			}
			if got := c.Channels(); len(got) != 0 {
				t.Errorf("the state holds %v of a failed apply", got)
			}
			fake.ClearFaults()
			fake.ResetJournal()
			c.MustRun("apply", "-auto-approve", "-no-color")
			if got := fake.Count(altegiotest.OpUpdateChannel); got != 2 {
				t.Errorf("the next apply sends %d requests, want 2", got)
			}
			stateIsFake(t, c, fake)
		})
	}
}

// A redirect to another host must not take the token there.
func TestFaults_RedirectKeepsToken(t *testing.T) {
	t.Parallel()
	var visits atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(elsewhere.Close)
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Redirect: elsewhere.URL, Status: http.StatusTemporaryRedirect})
	c := providertest.NewCLI(t)
	c.Config(providertest.ProviderBlock(fake), aSingleAndAFleet())
	c.MustFail("apply", "-auto-approve", "-no-color")
	c.Config(providertest.ProviderBlock(fake), `
data "altegio_payment_link" "test" {
  location_id    = 1001
  application_id = 456
}
`)
	c.MustFail("apply", "-auto-approve", "-no-color")
	if n := visits.Load(); n != 0 {
		t.Errorf("the redirect was followed %d times", n)
	}
}

func TestFaults_Unreachable(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	secure := altegiotest.NewServer(altegiotest.WithTLS())
	t.Cleanup(secure.Close)
	for name, test := range map[string]struct{ url, want string }{
		"connection refused":      {closed.URL, "connection refused"},
		"certificate not trusted": {secure.URL(), "certificate"},
		"no such host":            {"https://altegio.invalid", "altegio.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := providertest.NewInProcess(t)
			c.Config(providertest.Block(`provider "altegio"`, map[string]string{
				"partner_token": `"x"`, "api_url": providertest.Quoted(test.url), "app_url": providertest.Quoted(test.url), "max_retries": "1",
			}), aSingleAndAFleet())
			out := c.MustFail("apply", "-auto-approve", "-no-color")
			providertest.ExpectText(t, out, test.want, "Of 1 location to change, 0 are done, 1 failed and 0 were not tried.")
			for _, want := range []string{"The request did not reach Altegio", "Nothing was changed"} {
				n := 0
				for _, said := range strings.Split(out, "\nError: ") {
					if providertest.ErrorText(want).MatchString(said) {
						n++
					}
				}
				if n != 2 {
					t.Errorf("%d errors have %q, want one of each resource:\n%s", n, want, out)
				}
			}
			if got := c.Channels(); len(got) != 0 {
				t.Errorf("the state holds %v", got)
			}
		})
	}
	if n := len(secure.Requests()); n != 0 {
		t.Errorf("%d requests were sent to a server whose certificate is not trusted", n)
	}
}

func TestFaults_Proxy(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	target, err := url.Parse(fake.URL())
	if err != nil {
		t.Fatal(err)
	}
	var proxied atomic.Int64
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied.Add(1)
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	c := providertest.NewCLI(t, "HTTP_PROXY="+proxy.URL, "NO_PROXY=")
	c.Config(providertest.ProviderBlock(fake, `api_url = "http://altegio.invalid/api/v1"`), aSingleAndAFleet())
	c.MustRun("apply", "-auto-approve", "-no-color")
	if proxied.Load() != 2 {
		t.Errorf("the proxy passed on %d requests, want 2", proxied.Load())
	}
	stateIsFake(t, c, fake)
}

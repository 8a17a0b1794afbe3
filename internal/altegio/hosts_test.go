// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// disputedCalls are the operations about whose host the documents disagree.
var disputedCalls = map[string]func(context.Context, *Client) error{
	altegiotest.OpUpdateChannel: func(ctx context.Context, c *Client) error {
		return c.SetChannel(ctx, Channel{LocationID: 1001, ApplicationID: 456, Slug: ChannelSMS, IsAvailable: true})
	},
	altegiotest.OpPaymentLink: func(ctx context.Context, c *Client) error {
		_, err := c.PaymentLink(ctx, PaymentLinkRequest{LocationID: 1001, ApplicationID: 456})
		return err
	},
	altegiotest.OpTariffs: func(ctx context.Context, c *Client) error { _, err := c.Tariffs(ctx, 456); return err },
	altegiotest.OpAddDiscount: func(ctx context.Context, c *Client) error {
		return c.SetDiscount(ctx, 456, []int64{1001}, "5")
	},
}

// In each world the four operations work, a second host is asked once, and that is said once.
func TestHosts_Worlds(t *testing.T) {
	t.Parallel()
	for hosts, name := range map[altegiotest.Hosts]string{
		altegiotest.BothHosts: "both", altegiotest.OnlyAPIHost: "api", altegiotest.OnlyAppHost: "app",
	} {
		for ignorance := range altegiotest.Redirected + 1 {
			t.Run(fmt.Sprintf("%s, %d", name, ignorance), func(t *testing.T) {
				t.Parallel()
				fake := altegiotest.NewServer()
				defer fake.Close()
				fake.SetHosts(hosts, ignorance)
				events := &eventLog{}
				known := new(Hosts)
				client := func() *Client {
					c, err := New(altegiotest.DefaultPartnerToken, WithAPIURL(fake.APIURL()), WithAppURL(fake.AppURL()),
						unpaced(), WithMaxRetries(1), WithObserver(events), WithHosts(known))
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(c.CloseIdleConnections)
					return c
				}
				first := client()
				for operation, call := range disputedCalls {
					for i, c := range []*Client{first, first, client()} {
						before := fake.Count(operation)
						if err := call(t.Context(), c); err != nil {
							t.Fatalf("%s: %v", operation, err)
						}
						// Once one of the four was found elsewhere, the others are looked for there first.
						if sent := fake.Count(operation) - before; sent > 2 || sent > 1 && (i > 0 || hosts != altegiotest.OnlyAppHost) {
							t.Errorf("%s, call %d: %d requests", operation, i, sent)
						}
					}
				}
				want := 0
				if hosts == altegiotest.OnlyAppHost {
					want = 1
				}
				misses := len(slices.DeleteFunc(fake.Requests(), func(r altegiotest.Request) bool { return r.StatusCode < 300 }))
				if len(events.noticed) != want || misses != want {
					t.Errorf("%d notices and %d requests to the wrong host, want %d: %q", len(events.noticed), misses, want, events.noticed)
				}
				for _, notice := range events.noticed {
					if !strings.Contains(notice.Text, fake.AppURL()+" answers ") || !strings.Contains(notice.Text, fake.APIURL()+";") {
						t.Errorf("the notice is %q", notice.Text)
					}
				}
			})
		}
	}
}

// twoHosts answers by the host that is asked, and counts.
func twoHosts(t *testing.T, api, app http.HandlerFunc, options ...Option) (c *Client, asked func() string, events *eventLog) {
	events = &eventLog{}
	c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "api.test" {
			api(w, r)
			return
		}
		app(w, r)
	}, append([]Option{WithObserver(events), WithMaxRetries(0)}, options...)...)
	return c, func() string {
		var hosts []string
		for _, r := range j.requests() {
			hosts = append(hosts, strings.TrimSuffix(r.Host, ".test"))
		}
		return strings.Join(hosts, " ")
	}, events
}

// What each host says of one request, to whom the next goes, and what the user is shown.
func TestHosts_Answers(t *testing.T) {
	t.Parallel()
	const bare404 = `{"success":false,"data":null,"meta":[]}`
	const said404 = `{"success":false,"data":null,"meta":{"message":"Application not found"}}`
	const refusal = `{"success":false,"data":null,"meta":{"message":"no"}}`
	html := func(status int) http.HandlerFunc { return answer(status, "<html>") }
	moved := withHeader("Location", "/x", answer(302, ""))
	for name, tc := range map[string]struct {
		api, app http.HandlerFunc
		once     bool   // add_discount instead of update_channel
		asked    string // by two calls
		says     []string
		notices  int
		doubt    bool
	}{
		"api does it":              {answer(200, updated), nil, false, "api api", nil, 0, false},
		"page 404, app does it":    {html(404), answer(200, updated), false, "api app app", nil, 1, false},
		"page 404, once":           {html(404), answer(200, updated), true, "api app app", nil, 1, false},
		"empty 404, once":          {answer(404, ""), answer(200, updated), true, "api app app", nil, 1, false},
		"JSON 404, once":           {answer(404, bare404), answer(200, updated), true, "api app app", nil, 1, false},
		"another's JSON 404":       {answer(404, `{"error":"no route"}`), answer(200, updated), true, "api app app", nil, 1, false},
		"405, once":                {answer(405, ""), answer(200, updated), true, "api app app", nil, 1, false},
		"redirect, once":           {moved, answer(200, updated), true, "api app app", nil, 1, false},
		"page 200":                 {html(200), answer(200, updated), false, "api app app", nil, 1, false},
		"page 200, once":           {html(200), nil, true, "api api", []string{"200 OK", "HTML page"}, 0, true},
		"seen, once":               {withHeader("Location", "/x", answer(303, "")), nil, true, "api api", []string{"303"}, 0, true},
		"app refuses":              {html(404), answer(403, refusal), false, "api app app", []string{"403 Forbidden: no"}, 1, false},
		"api refuses":              {answer(422, refusal), nil, false, "api api", []string{"422 Unprocessable Entity: no"}, 0, false},
		"api fails":                {answer(500, refusal), nil, false, "api api", []string{"500"}, 0, true},
		"both 404":                 {answer(404, bare404), answer(404, bare404), false, "api app api app", []string{"404 Not Found"}, 0, false},
		"app says more":            {answer(404, bare404), answer(404, said404), true, "api app api app", []string{"404 Not Found: Application not found"}, 0, false},
		"api says more":            {answer(404, said404), answer(404, bare404), true, "api app api app", []string{"404 Not Found: Application not found"}, 0, false},
		"api alone speaks the API": {answer(404, said404), html(404), false, "api app api", []string{"404 Not Found: Application not found"}, 0, false},
		"app alone speaks the API": {html(404), answer(404, said404), false, "api app app", []string{"404 Not Found: Application not found"}, 1, false},
		"neither": {html(404), moved, true, "api app api app", []string{
			"404 Not Found: unexpected answer: the answer is an HTML page, not JSON at api.test; and 302 Found: redirect: the server redirects to /x",
			"at app.test: neither host knows the operation",
		}, 0, false},
		"app is down":          {answer(404, said404), func(w http.ResponseWriter, _ *http.Request) { drop(w) }, false, "api app api app", []string{"interrupted"}, 0, true},
		"app fails, api spoke": {answer(404, said404), answer(429, ""), true, "api app api app", []string{"404 Not Found: Application not found"}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, asked, events := twoHosts(t, tc.api, tc.app)
				for range 2 {
					var err error
					if tc.once {
						err = c.SetDiscount(t.Context(), 1, []int64{1}, "5")
					} else {
						err = c.SetChannel(t.Context(), Channel{})
					}
					if (err == nil) != (tc.says == nil) {
						t.Fatalf("got %v", err)
					}
					for _, want := range tc.says {
						if e := asError(t, err); !strings.Contains(e.Error(), want) || e.MayHaveHappened() != tc.doubt {
							t.Errorf("got %q, may have happened: %t, want %q and %t", e, e.MayHaveHappened(), want, tc.doubt)
						}
					}
				}
				if asked() != tc.asked || len(events.noticed) != tc.notices {
					t.Errorf("asked %q with %d notices, want %q with %d", asked(), len(events.noticed), tc.asked, tc.notices)
				}
			})
		})
	}
}

// A second host is asked only where both bases are the documented ones, or both were given and differ.
func TestHosts_Pinned(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		options []Option
		seeks   bool
	}{
		"defaults":                 {nil, true},
		"defaults, given":          {[]Option{WithAPIURL(DefaultAPIURL), WithAppURL(DefaultAppURL)}, true},
		"both given":               {[]Option{WithAPIURL("http://a.test"), WithAppURL("http://b.test")}, true},
		"both, one the default":    {[]Option{WithAPIURL("http://a.test"), WithAppURL(DefaultAppURL)}, true},
		"API alone":                {[]Option{WithAPIURL("http://a.test")}, false},
		"app alone":                {[]Option{WithAppURL("http://a.test")}, false},
		"the same":                 {[]Option{WithAPIURL("http://a.test"), WithAppURL("http://a.test")}, false},
		"the same, spelled anew":   {[]Option{WithAPIURL("https://A.test/x/"), WithAppURL("https://a.test:443/x")}, false},
		"API at the default app":   {[]Option{WithAPIURL(DefaultAppURL)}, false},
		"the same host, two paths": {[]Option{WithAPIURL("https://a.test/x"), WithAppURL("https://a.test")}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := newClient(t, tc.options...).seeksHosts(); got != tc.seeks {
				t.Errorf("a second host is asked: %t, want %t", got, tc.seeks)
			}
		})
	}
}

// Nothing but the four operations ever goes to a second host.
func TestHosts_OthersAreNotDisputed(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *Client) error{
		"Activate":     func(ctx context.Context, c *Client) error { return c.Activate(ctx, Activation{}) },
		"GrantAccess":  func(ctx context.Context, c *Client) error { return c.GrantAccess(ctx, 1, 2) },
		"Uninstall":    func(ctx context.Context, c *Client) error { return c.Uninstall(ctx, 1, 2) },
		"Installation": func(ctx context.Context, c *Client) error { _, err := c.Installation(ctx, 1, 2); return err },
		"ReportPayment": func(ctx context.Context, c *Client) error {
			_, err := c.ReportPayment(ctx, PaymentReport{Sum: "1"})
			return err
		},
		"RefundPayment":  func(ctx context.Context, c *Client) error { return c.RefundPayment(ctx, 1) },
		"SetSenderNames": func(ctx context.Context, c *Client) error { return c.SetSenderNames(ctx, 1, 2, []string{"a"}) },
		"SetWebhooks":    func(ctx context.Context, c *Client) error { return c.SetWebhooks(ctx, 1, WebhookSettings{}) },
		"SetUpVoIP":      func(ctx context.Context, c *Client) error { return c.SetUpVoIP(ctx, "x", true) },
		"Countries":      func(ctx context.Context, c *Client) error { _, err := c.Countries(ctx); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, asked, _ := twoHosts(t, answer(404, "<html>"), answer(404, "<html>"), WithUserToken("u-1"))
				if err := call(t.Context(), c); err == nil || strings.Contains(asked(), " ") {
					t.Errorf("asked %q: %v", asked(), err)
				}
			})
		})
	}
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
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

// In each world the four operations work, a second host is asked at most once, and that is reported once.
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

// What each host answers to one request, which host gets the next one, and what the user is shown.
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
		"app is down":          {answer(404, said404), func(w http.ResponseWriter, _ *http.Request) { drop(w) }, false, "api app api app", []string{"404 Not Found: Application not found at api.test; and interrupted: ", " at app.test"}, 0, true},
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

// If the host that knows the operation does not accept the token, the user is told so.
func TestHosts_TokenRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, asked, _ := twoHosts(t, answer(404, "<html>"), answer(401, `{"success":false,"data":null,"meta":{"message":"no"}}`))
		err := c.SetChannel(t.Context(), Channel{})
		if e := asError(t, err); !errors.Is(err, ErrUnauthorized) || !strings.Contains(e.Error(), "http://app.test/marketplace/application/update_channel: 401 Unauthorized: no") {
			t.Errorf("got %v", err)
		}
		if err := c.SetChannel(t.Context(), Channel{}); !errors.Is(err, ErrUnauthorized) || asked() != "api app" {
			t.Errorf("asked %q: %v", asked(), err)
		}
	})
}

// Each of the four operations, and each answer that can mean that a host does not know it: the other host
// is asked, only by the first call if it knows the operation, and then nothing is in doubt.
func TestHosts_Shapes(t *testing.T) {
	t.Parallel()
	const refusal = `{"success":false,"data":null,"meta":{"message":"no"}}`
	done := map[string]string{
		altegiotest.OpUpdateChannel: updated, altegiotest.OpAddDiscount: updated,
		altegiotest.OpPaymentLink: `{"success":true,"data":{"url":"https://pay.test"},"meta":[]}`,
		altegiotest.OpTariffs:     `{"success":true,"data":[],"meta":[]}`,
	}
	moved := func(status int) http.HandlerFunc { return withHeader("Location", "/login", answer(status, "")) }
	html := func(status int) http.HandlerFunc { return answer(status, "<html>") }
	for name, shape := range map[string]struct {
		answer http.HandlerFunc
		is404  bool // of the API
		doubt  bool // where neither host knows it
	}{
		"404 JSON": {answer(404, `{"success":false,"data":null,"meta":[]}`), true, false},
		"404 HTML": {html(404), false, false}, "404 empty": {answer(404, ""), false, false},
		"405": {answer(405, ""), false, false}, "405 JSON": {answer(405, refusal), false, false}, "405 HTML": {html(405), false, false},
		"200 HTML": {html(200), false, true},
		"301":      {moved(301), false, false}, "302": {moved(302), false, false}, "303": {moved(303), false, true},
		"307": {moved(307), false, false}, "308": {moved(308), false, false},
	} {
		for operation, call := range disputedCalls {
			for second, tc := range map[string]struct {
				answer http.HandlerFunc
				asked  string // by three calls
				says   string
				doubt  bool
			}{
				"does it":       {answer(200, done[operation]), "api app app app", "", false},
				"refuses":       {answer(403, refusal), "api app app app", "403 Forbidden: no", false},
				"finds nothing": {answer(404, refusal), "api app app app", "404 Not Found: no", false},
				"neither":       {shape.answer, "api app api app api app", ": neither host knows the operation", shape.doubt},
			} {
				switch {
				case shape.is404 && second == "finds nothing":
					tc.asked = "api app api app api app" // which of them knows it is open
				case shape.is404 && second == "neither":
					tc.says = "404 Not Found"
				}
				read := operation == altegiotest.OpPaymentLink || operation == altegiotest.OpTariffs
				t.Run(name+"/"+operation+"/"+second, func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						c, asked, _ := twoHosts(t, shape.answer, tc.answer)
						for range 3 {
							err := call(t.Context(), c)
							if (err == nil) != (tc.says == "") {
								t.Fatalf("got %v", err)
							}
							if err == nil {
								continue
							}
							if e := asError(t, err); !strings.Contains(e.Error(), tc.says) || e.MayHaveHappened() != (tc.doubt && !read) {
								t.Errorf("got %q, may have happened: %t", e, e.MayHaveHappened())
							}
						}
						if asked() != tc.asked {
							t.Errorf("asked %q, want %q", asked(), tc.asked)
						}
					})
				})
			}
		}
	}
}

// Once one of the four is found at a host, a 404 of the API there counts for all of them: no document has
// them at different hosts. Any other answer of a host that does not know an operation still leads to the
// other host.
func TestHosts_OneIsKnown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		other http.HandlerFunc
		host  string
		asked string
	}{
		"api, JSON 404": {answer(404, `{"success":false,"data":null,"meta":[]}`), "api", "api api api"},
		"api, HTML 404": {answer(404, "<html>"), "api", "api api app api app"},
		"app, JSON 404": {answer(404, `{"success":false,"data":null,"meta":[]}`), "app", "api app app app"},
		"app, HTML 404": {answer(404, "<html>"), "app", "api app app api app api"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				at := func(host string) http.HandlerFunc {
					return func(w http.ResponseWriter, r *http.Request) {
						switch {
						case !strings.HasSuffix(r.URL.Path, "/tariffs"):
							tc.other(w, r)
						case host == tc.host:
							answer(200, `{"success":true,"data":[],"meta":[]}`)(w, r)
						default:
							answer(404, "<html>")(w, r)
						}
					}
				}
				c, asked, _ := twoHosts(t, at("api"), at("app"))
				if _, err := c.Tariffs(t.Context(), 1); err != nil {
					t.Fatal(err)
				}
				for range 2 {
					if err := c.SetDiscount(t.Context(), 1, []int64{1}, "5"); err == nil || asError(t, err).MayHaveHappened() {
						t.Errorf("got %v", err)
					}
				}
				if asked() != tc.asked {
					t.Errorf("asked %q, want %q", asked(), tc.asked)
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

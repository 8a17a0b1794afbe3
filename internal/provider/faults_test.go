// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// aSingleAndAFleet declare a channel each, whose requests differ in the channel.
func aSingleAndAFleet() string {
	return channelBlock(1001, 456, "sms", true) + fleetBlock("available_at = [1001]", `channel_slug = "whatsapp"`)
}

// failBoth has the requests of both meet a fault.
func failBoth(fake *altegiotest.Server, fault altegiotest.Fault) {
	for _, slug := range []string{"sms", "whatsapp"} {
		fault.Operation, fault.Match = altegiotest.OpUpdateChannel, bodyHas(slug)
		fake.Fail(fault)
	}
}

// A fault that passes is survived: the user sees an apply that succeeds.
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
			fake := newFake(t)
			c := newCLI(t)
			c.config(providerBlock(fake, "max_retries = 2", `request_timeout = "1s"`, `max_retry_wait = "1s"`),
				aSingleAndAFleet())
			fault.Times = 1
			failBoth(fake, fault)
			c.mustRun("apply", "-auto-approve", "-no-color")
			if got := fake.Count(altegiotest.OpUpdateChannel); got != 4 {
				t.Errorf("two channels were set with %d requests, want the failed ones and another each", got)
			}
			stateIsFake(t, c, fake)
			fake.ResetJournal()
			c.mustRun("plan", "-detailed-exitcode", "-no-color")
			sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpLocations: 3}}.now(t)
		})
	}
}

// A fault that stays is an error that says what happened; nothing is lost by it, and the next apply
// does what is left.
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
			[]string{"500 Internal Server Error", "It was tried 2 times over", "Applying again is safe"},
			2,
		},
		"reset after the effect": {
			altegiotest.Fault{Drop: true, AfterEffect: true},
			[]string{"Altegio did not answer", "It was tried 2 times over", "Applying again is safe"},
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
			fake := newFake(t)
			c := newCLI(t)
			c.config(providerBlock(fake, "max_retries = 1", `request_timeout = "1s"`, `max_retry_wait = "200ms"`, `rate_limit_timeout = "1s"`,
				"app_url="+quoted(fake.APIURL())), // one host, lest the other be asked too
				aSingleAndAFleet())
			failBoth(fake, test.fault)
			out := c.mustFail("apply", "-auto-approve", "-no-color")
			expectText(t, out, `channel_slug "sms"`, `channel_slug "whatsapp"`)
			for _, want := range append(test.want, "Cannot set the channel") {
				if n := len(errorText(want).FindAllString(out, -1)); n != 2 {
					t.Errorf("the output has %q %d times, want it of both resources:\n%s", want, n, out)
				}
			}
			if strings.Contains(out, altegiotest.DefaultPartnerToken) || strings.Contains(out, "token=x") {
				t.Errorf("the output has a token:\n%s", out)
			}
			if got := fake.Count(altegiotest.OpUpdateChannel); got != 2*test.posts && test.posts > 0 {
				t.Errorf("%d requests were sent, want %d for each channel", got, test.posts)
			}
			if got := c.channels(); len(got) != 0 {
				t.Errorf("the state holds %v of a failed apply", got)
			}
			fake.ClearFaults()
			fake.ResetJournal()
			c.mustRun("apply", "-auto-approve", "-no-color")
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
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Redirect: elsewhere.URL, Status: http.StatusTemporaryRedirect})
	c := newCLI(t)
	c.config(providerBlock(fake), aSingleAndAFleet())
	c.mustFail("apply", "-auto-approve", "-no-color")
	c.config(providerBlock(fake), `
data "altegio_payment_link" "test" {
  location_id    = 1001
  application_id = 456
}
`)
	c.mustFail("apply", "-auto-approve", "-no-color")
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
			c := newCLI(t)
			c.config(block(`provider "altegio"`, map[string]string{
				"partner_token": `"x"`, "api_url": quoted(test.url), "app_url": quoted(test.url), "max_retries": "1",
			}), aSingleAndAFleet())
			out := c.mustFail("apply", "-auto-approve", "-no-color")
			expectText(t, out, test.want, "Of 1 location to change, 0 are done, 1 failed and 0 were not tried.")
			for _, want := range []string{"The request did not reach Altegio", "Nothing was changed"} {
				if n := len(errorText(want).FindAllString(out, -1)); n != 2 {
					t.Errorf("the output has %q %d times, want it of both resources:\n%s", want, n, out)
				}
			}
			if got := c.channels(); len(got) != 0 {
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
	fake := newFake(t)
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
	c := newCLI(t, "HTTP_PROXY="+proxy.URL, "NO_PROXY=")
	c.config(providerBlock(fake, `api_url = "http://altegio.invalid/api/v1"`), aSingleAndAFleet())
	c.mustRun("apply", "-auto-approve", "-no-color")
	if proxied.Load() != 2 {
		t.Errorf("the proxy passed on %d requests, want 2", proxied.Load())
	}
	stateIsFake(t, c, fake)
}

// Ctrl-C in the middle of an apply: what is on its way is waited for and lands in the state, nothing
// more is sent, and the next apply does the rest.
func TestInterruptedApply(t *testing.T) {
	t.Parallel()
	const channels = 30
	fake := newFake(t, altegiotest.WithLatency(300*time.Millisecond))
	ids := fake.AddLocations(channels, 456)
	c := newCLI(t)
	c.config(providerBlock(fake, "requests_per_second = 5", "requests_per_minute = 200"), many(ids))

	c.interrupt(func() bool { return fake.Count(altegiotest.OpUpdateChannel) >= 7 }, "apply", "-auto-approve", "-no-color")
	done := len(fake.Channels())
	if done < 7 || done >= channels {
		t.Fatalf("%d of %d channels were set: the apply was not interrupted half way", done, channels)
	}
	stateIsFake(t, c, fake)

	fake.ResetJournal()
	c.mustRun("apply", "-auto-approve", "-no-color", "-refresh=false")
	sent{fake, created(channels - done)}.now(t)
	stateIsFake(t, c, fake)
}

// Ctrl-C while all waits: the waiting ends, nothing more is sent, and what was applied is in the state.
// If it did not end, the second request would follow after a minute.
func TestInterruptedWait(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit string
		fault altegiotest.Fault
	}{
		"for the limit": {"requests_per_minute = 1", altegiotest.Fault{}},
		"in a pause":    {"requests_per_minute = 0", altegiotest.Fault{Skip: 1, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}}},
		"for a retry":   {"requests_per_minute = 0", altegiotest.Fault{Skip: 1, Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"60"}}}},
	} {
		for kind, config := range map[string]string{
			"channels": channelNamed("a", 1001, 456, "sms", true) + strings.Replace(channelNamed("b", 1002, 456, "sms", true),
				"}", "  depends_on = [altegio_application_channel.a]\n}", 1),
			"a fleet": fleetBlock("available_at = [1001, 1002]"),
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				fake := newFake(t)
				fake.Fail(test.fault)
				c := newCLI(t, "TF_LOG_PROVIDER=INFO", "TF_LOG_PATH=trace.log")
				c.config(providerBlock(fake, test.limit, "max_retries = 4"), config)
				waits := func() bool {
					log, _ := os.ReadFile(filepath.Join(c.dir, "trace.log"))
					return bytes.Contains(log, []byte("Waiting before an Altegio request"))
				}
				c.interrupt(waits, "apply", "-auto-approve", "-no-color")
				if n := fake.Count(altegiotest.OpUpdateChannel); n > 2 {
					t.Errorf("%d requests were sent: the wait did not end", n)
				}
				if got, want := c.channels(), map[string]bool{"1001/456/sms": true}; kind == "channels" && !maps.Equal(got, want) {
					t.Errorf("the state holds %v, want %v", got, want)
				}
				if kind == "a fleet" {
					got, _ := c.fleet()
					if !maps.Equal(got, fleetOf(fake)) || len(got) != 1 {
						t.Errorf("the state holds %v, the fake %v", got, fleetOf(fake))
					}
				}
			})
		}
	}
}

// interrupt runs a command, sends it a SIGINT when it is time, and returns what it printed.
func (c *cli) interrupt(isTime func() bool, args ...string) string {
	c.t.Helper()
	return c.signal(syscall.SIGINT, isTime, args...)
}

func (c *cli) signal(signal syscall.Signal, isTime func() bool, args ...string) string {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), cliPath(), args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	// As from a terminal, or with a job that is ended, the provider gets the signal too.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !isTime() {
		select {
		case err := <-ended:
			c.t.Fatalf("the command ended early: %v\n%s", err, out.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, signal); err != nil {
		c.t.Fatal(err)
	}
	if err := <-ended; err == nil {
		c.t.Errorf("a command that was stopped succeeds:\n%s", out.String())
	}
	return out.String()
}

// cuttingProxy passes on so many requests and then is gone, as with a network that is out.
func cuttingProxy(t *testing.T, target string, requests int64) (proxyURL string, cut func() bool) {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	var passed atomic.Int64
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, ErrorLog: log.New(io.Discard, "", 0)}
	var proxy *httptest.Server
	proxy = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if passed.Add(1) > requests {
			_ = proxy.Listener.Close()
			proxy.CloseClientConnections()
			return
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL, func() bool { return passed.Load() > requests }
}

// With the documented limits the API hardly has to say 429. That it never has to, and that 300 channels
// take 1.05 times as long as they must at most, the client's tests hold with a clock of their own, and
// internal/bench measures; this machine may be busy.
func TestLimits_Kept(t *testing.T) {
	t.Parallel()
	const channels = 300
	fake := newFake(t, altegiotest.WithLimits(altegiotest.Limits{PerSecond: 5, PerMinute: 200}))
	ids := fake.AddLocations(channels, 456)
	c := newCLI(t)
	c.config(providerBlock(fake, "requests_per_second = 5", "requests_per_minute = 200", "max_retries = 4"), many(ids))
	c.mustRun("apply", "-auto-approve", "-no-color")
	requests := fake.Requests()
	refused := 0
	for _, r := range requests {
		if r.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused > channels/10 {
		t.Errorf("%d of %d requests were one too many", refused, len(requests))
	}
	stateIsFake(t, c, fake)
}

// Runs that share an IP address share the limit without knowing of each other: none fails, and a
// request that was refused is in the state like any other. Every second one declares a fleet, for
// each workspace of a platform team has its own way. What they leave unused of the limit is measured
// in internal/bench, and on virtual time in internal/altegio.
func TestLimits_ParallelRuns(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ runs, channels int }{{4, 100}, {8, 12}} {
		t.Run(fmt.Sprintf("%d of %d", test.runs, test.channels), func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithLimits(altegiotest.Limits{PerSecond: 5, PerMinute: 200}))
			outputs := make(chan string, test.runs)
			var all []int64
			for i := range test.runs {
				ids := fake.AddLocations(test.channels, 456)
				all = append(all, ids...)
				declared := many(ids)
				if i%2 == 1 {
					declared = fleetBlock(availableAt(ids))
				}
				c := newCLI(t)
				c.config(providerBlock(fake, "requests_per_second = 5", "requests_per_minute = 200", "max_retries = 4"), declared)
				go func() {
					out, ok := c.run("apply", "-auto-approve", "-no-color")
					if ok {
						out = ""
					}
					outputs <- out
				}()
			}
			for range test.runs {
				if out := <-outputs; out != "" {
					t.Errorf("a run failed:\n%s", out)
				}
			}
			expectFake(t, fake, everywhere(all, true))
			accepted := 0
			for _, r := range fake.Requests() {
				if r.StatusCode != http.StatusTooManyRequests {
					accepted++
				}
			}
			if accepted != len(all) {
				t.Errorf("%d requests were let in for %d channels", accepted, len(all))
			}
		})
	}
}

// many declares an sms channel at each location.
func many(ids []int64) string {
	list, _ := json.Marshal(ids)
	return fmt.Sprintf(`
resource "altegio_application_channel" "test" {
  for_each       = toset([for id in %s : tostring(id)])
  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
`, list)
}

// channels returns the value of each channel in the state, by id; those of fleets are in it too, unless
// the value is null.
func (c *cli) channels() map[string]bool {
	c.t.Helper()
	out, ok := c.run("show", "-json")
	if !ok {
		c.t.Fatalf("show fails:\n%s", out)
	}
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Type   string
					Values struct {
						ID           string
						IsAvailable  bool `json:"is_available"`
						Availability map[string]*bool
					}
				}
			} `json:"root_module"`
		}
	}
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &state); err != nil {
		c.t.Fatalf("%v\n%s", err, out)
	}
	all := make(map[string]bool)
	for _, r := range state.Values.RootModule.Resources {
		if r.Type == channelType {
			all[r.Values.ID] = r.Values.IsAvailable
		}
		for location, value := range r.Values.Availability {
			if value != nil {
				all[location+"/"+r.Values.ID] = *value
			}
		}
	}
	return all
}

// stateIsFake checks that the state holds what the fake holds, no less and no more.
func stateIsFake(t *testing.T, c *cli, fake *altegiotest.Server) {
	t.Helper()
	want := make(map[string]bool)
	for key, available := range fake.Channels() {
		want[fmt.Sprintf("%d/%d/%s", key.LocationID, key.ApplicationID, key.Slug)] = available
	}
	if got := c.channels(); !maps.Equal(got, want) {
		t.Errorf("the state holds %v, the fake %v", got, want)
	}
}

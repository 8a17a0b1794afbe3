// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

const proxyClientVariable = "ALTEGIO_TEST_PROXY_CLIENT"

// runAsProxyClient makes one call through the proxy of the environment. The standard library reads
// that once per process, so the test below starts this binary again.
func runAsProxyClient() {
	base := os.Getenv(proxyClientVariable)
	if base == "" {
		return
	}
	c, err := New(testToken, WithAPIURL(base), WithMaxRetries(0))
	if err == nil {
		err = c.SetChannel(context.Background(), Channel{LocationID: 1, ApplicationID: 2, Slug: ChannelSMS})
	}
	fmt.Println("result:", err)
	var e *Error
	if errors.As(err, &e) && e.MayHaveHappened() {
		fmt.Println("in doubt")
	}
	os.Exit(0)
}

func TestProxyFromEnvironment(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var asked []string
	// Only the proxy knows the host: Go bypasses proxies for loopback addresses.
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+" "+r.RequestURI)
		_, _ = io.WriteString(w, updated)
	}))
	defer proxy.Close()

	run := func(base, proxy string) string {
		cmd := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // itself
		cmd.Env = []string{
			proxyClientVariable + "=" + base, "PATH=" + os.Getenv("PATH"),
			"HTTP_PROXY=" + proxy, "HTTPS_PROXY=" + proxy, "GOCOVERDIR=" + t.TempDir(),
		}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	if got := run("http://altegio.invalid/api/v1", proxy.URL); got != "result: <nil>\n" {
		t.Errorf("got %q", got)
	}
	want := "POST http://altegio.invalid/api/v1/marketplace/application/update_channel"
	if len(asked) != 1 || asked[0] != want {
		t.Errorf("the proxy was asked %q, want %q", asked, want)
	}

	// What a proxy refuses never reached the server, and it is the proxy that is named. Its password stays
	// out.
	for _, tc := range []struct {
		base, page string
		status     int
		want       string
	}{
		{"https://altegio.invalid/api/v1", "", 407, "unreachable: the proxy PROXY asks for a user name and a password (407)"},
		{"http://altegio.invalid/api/v1", "<html>", 407, "unreachable: a proxy on the way asks for a user name and a password (407) (through the proxy PROXY)"},
		{"https://altegio.invalid/api/v1", "<html>", 403, "unreachable: the proxy PROXY does not connect (403 Forbidden)"},
		{"https://altegio.invalid/api/v1", "<html>", 502, "unreachable: the proxy PROXY does not connect (502 Bad Gateway)"},
		{
			"http://altegio.invalid/api/v1", "<html>", 404,
			"404 Not Found: unexpected answer: the answer is an HTML page, not JSON (through the proxy PROXY)",
		},
	} {
		refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(tc.status)
			_, _ = io.WriteString(w, tc.page)
		}))
		defer refusing.Close()
		host := strings.TrimPrefix(refusing.URL, "http://")
		got := run(tc.base, "http://user:pr0xy-pw@"+host)
		want := "result: POST " + tc.base + "/marketplace/application/update_channel: " + strings.ReplaceAll(tc.want, "PROXY", host) + "\n"
		if got != want {
			t.Errorf("%d for %s: got %q, want %q", tc.status, tc.base, got, want)
		}
	}
}

// A proxy that refuses does so however often it is asked. One that cannot connect is asked again.
func TestProxy_Refuses(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"https://altegio.invalid", "http://altegio.invalid"} {
		for status, want := range map[int]int64{
			http.StatusForbidden: 1, http.StatusProxyAuthRequired: 1, http.StatusBadGateway: 3, http.StatusServiceUnavailable: 3,
		} {
			if status != http.StatusProxyAuthRequired && strings.HasPrefix(base, "http:") {
				continue // could be an answer of the server
			}
			var asked atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(status)
			}))
			defer proxy.Close()
			through, err := url.Parse(proxy.URL)
			if err != nil {
				t.Fatal(err)
			}
			c := newClient(t, WithAPIURL(base), WithAppURL(base), unpaced(), WithMaxRetries(2), WithMaxRetryWait(time.Millisecond))
			c.transport.Proxy = http.ProxyURL(through)
			err = c.SetChannel(t.Context(), Channel{LocationID: 1})
			if e := asError(t, err); e.Kind != KindUnreachable || e.MayHaveHappened() || asked.Load() != want {
				t.Errorf("%d for %s: asked %d times, want %d: %v", status, base, asked.Load(), want, err)
			}
		}
	}
}

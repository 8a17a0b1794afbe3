// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"testing"
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

	// A tunnel that the proxy refuses never reached the server; the proxy's password stays out.
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer refusing.Close()
	refusingURL, _ := url.Parse(refusing.URL)
	got := run("https://altegio.invalid/api/v1", "http://user:pr0xy-pw@"+refusingURL.Host)
	if want := "result: POST https://altegio.invalid/api/v1/marketplace/application/update_channel: unreachable: the proxy " + refusingURL.Host +
		" asks for a user name and a password (407)\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

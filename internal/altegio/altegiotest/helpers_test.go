// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	partner = "Bearer " + altegiotest.DefaultPartnerToken
	owner   = partner + ", User " + altegiotest.DefaultUserToken
)

// A tester sends requests to a server of its own.
type tester struct {
	*altegiotest.Server
	t      *testing.T
	client *http.Client
}

type response struct {
	status int
	header http.Header
	body   string
}

func newTester(t *testing.T, opts ...altegiotest.Option) *tester {
	t.Helper()
	server := altegiotest.NewServer(opts...)
	t.Cleanup(server.Close)
	client := *server.Client()
	client.Timeout = time.Minute // only so that a broken test ends
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &tester{Server: server, t: t, client: &client}
}

func (x *tester) request(method, path, body string) *http.Request {
	x.t.Helper()
	req, err := http.NewRequestWithContext(x.t.Context(), method, x.URL()+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/vnd.api.v2+json")
	req.Header.Set("Authorization", partner)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func (x *tester) try(req *http.Request) (response, error) {
	resp, err := x.client.Do(req)
	if err != nil {
		return response{}, err
	}
	defer resp.Body.Close()
	var body bytes.Buffer
	_, err = io.Copy(&body, resp.Body)
	return response{resp.StatusCode, resp.Header, body.String()}, err
}

func (x *tester) do(req *http.Request) response {
	x.t.Helper()
	resp, err := x.try(req)
	if err != nil {
		x.t.Fatalf("%s %s: %v", req.Method, req.URL.Path, err)
	}
	return resp
}

func (x *tester) get(path string) response {
	x.t.Helper()
	return x.do(x.request(http.MethodGet, path, ""))
}

func (x *tester) post(path, body string) response {
	x.t.Helper()
	return x.do(x.request(http.MethodPost, path, body))
}

func (x *tester) asOwner(method, path, body string) response {
	x.t.Helper()
	req := x.request(method, path, body)
	req.Header.Set("Authorization", owner)
	return x.do(req)
}

// want compares status and body literally.
func (r response) want(t *testing.T, status int, body string) {
	t.Helper()
	if r.status != status || r.body != body {
		t.Errorf("got  %d %s\nwant %d %s", r.status, r.body, status, body)
	}
}

func (r response) wantStatus(t *testing.T, status int) {
	t.Helper()
	if r.status != status {
		t.Errorf("got %d %s, want %d", r.status, r.body, status)
	}
}

// A clock stands still until it is told to move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock {
	return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

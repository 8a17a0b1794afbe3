// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// Each ends the process when it was started for that.
	runAsProxyClient()
	runAsLockHolder()
	goleak.VerifyTestMain(m)
}

const testToken = "tok-7f3a9c1e5b"

const updated = `{"success":true,"data":{},"meta":[]}`

const installed = `{"success":true,"data":{"connection_status":{"status":"active","created_at":"2022-06-27 12:20:02"},` +
	`"payments":[],"logs":[]},"meta":[]}`

// A received request, with its body.
type received struct {
	*http.Request
	body string
}

// A journal answers with handler and keeps every request.
type journal struct {
	handler http.HandlerFunc
	mu      sync.Mutex
	all     []received
}

func (j *journal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	j.mu.Lock()
	j.all = append(j.all, received{r, string(body)})
	j.mu.Unlock()
	j.handler(w, r)
}

func (j *journal) requests() []received {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]received(nil), j.all...)
}

func (j *journal) only(t *testing.T) received {
	t.Helper()
	all := j.requests()
	if len(all) != 1 {
		t.Fatalf("the server got %d requests, want 1", len(all))
	}
	return all[0]
}

// answer is a handler that always answers the same.
func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func unpaced() Option { return WithPacer(NewPacer(0, 0)) }

// serve starts a server on loopback.
func serve(t testing.TB, h http.HandlerFunc) (*httptest.Server, *journal) {
	t.Helper()
	j := &journal{handler: h}
	s := httptest.NewServer(j)
	t.Cleanup(s.Close)
	return s, j
}

func newClient(t testing.TB, options ...Option) *Client {
	t.Helper()
	c, err := New(testToken, options...)
	if err != nil {
		t.Fatal(err)
	}
	c.transport.Proxy = nil
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// clientOf returns a client of s without limits and without retries, unless options say otherwise.
func clientOf(t testing.TB, s *httptest.Server, options ...Option) *Client {
	t.Helper()
	return newClient(t, append([]Option{
		WithAPIURL(s.URL), WithAppURL(s.URL), unpaced(), WithMaxRetries(0),
	}, options...)...)
}

// A pipeNet is a network in memory, whose reads and writes are durably blocking in a bubble of
// testing/synctest.
type pipeNet struct {
	conns chan net.Conn
	done  chan struct{}
	// dial, when set, decides on the n-th dial (from 1) before it connects.
	dial func(ctx context.Context, n int) error

	mu    sync.Mutex
	dials int
}

func (p *pipeNet) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipeNet) Close() error   { return nil }
func (p *pipeNet) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

func (p *pipeNet) DialContext(ctx context.Context, _, _ string) (net.Conn, error) {
	p.mu.Lock()
	p.dials++
	n := p.dials
	p.mu.Unlock()
	if p.dial != nil {
		if err := p.dial(ctx, n); err != nil {
			return nil, err
		}
	}
	near, far := net.Pipe()
	select {
	case p.conns <- far:
		return near, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (p *pipeNet) dialed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.dials
}

// inMemory serves h to a client over a pipeNet. Call it inside a bubble; what it starts ends with
// the bubble's test.
func inMemory(t testing.TB, h http.HandlerFunc, options ...Option) (*Client, *journal, *pipeNet) {
	t.Helper()
	j := &journal{handler: h}
	p := newPipeNet(t, j)
	return p.client(t, append([]Option{unpaced()}, options...)...), j, p
}

// newPipeNet serves h until the end of the test.
func newPipeNet(t testing.TB, h http.Handler) *pipeNet {
	p := &pipeNet{conns: make(chan net.Conn), done: make(chan struct{})}
	s := &http.Server{Handler: h, ErrorLog: quiet()} //nolint:gosec // no timeouts in a test
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Serve(p)
	}()
	t.Cleanup(func() {
		close(p.done)
		_ = s.Close()
		<-ended
	})
	return p
}

// client returns a client whose connections are all in memory.
func (p *pipeNet) client(t testing.TB, options ...Option) *Client {
	c := newClient(t, append([]Option{
		WithAPIURL("http://api.test/api/v1"), WithAppURL("http://app.test"),
	}, options...)...)
	c.transport.DialContext = p.DialContext
	return c
}

// asError fails the test unless err is an *Error.
func asError(t testing.TB, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v (%T), want an *Error", err, err)
	}
	return e
}

// An event log is an Observer.
type eventLog struct {
	mu      sync.Mutex
	waiting []WaitEvent
	sending []RequestEvent
	done    []ResponseEvent
	noticed []Notice
}

func (l *eventLog) Waiting(_ context.Context, e WaitEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = append(l.waiting, e)
}

func (l *eventLog) Sending(_ context.Context, e RequestEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sending = append(l.sending, e)
}

func (l *eventLog) Done(_ context.Context, e ResponseEvent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done = append(l.done, e)
}

func (l *eventLog) Noticed(_ context.Context, n Notice) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.noticed = append(l.noticed, n)
}

func noWaiting(time.Duration, string) {}

// drop ends a connection without an answer.
func drop(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_ = conn.Close()
}

// quiet is the log of a server whose complaints are expected.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

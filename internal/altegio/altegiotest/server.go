// SPDX-License-Identifier: MPL-2.0

// Package altegiotest provides an in-memory Altegio Marketplace API for tests, demos and
// benchmarks. It is to this repository what net/http/httptest is to net/http.
//
// A [Server] is built from the vendor's documentation, and shares no code with the client that it
// tests: its paths, field names and types are its own, so a misspelt struct tag in the client
// can't cancel out. It checks what the API checks (tokens, ownership, categories, field types, rate
// limits), keeps the state that the API keeps (also where the API offers no way to read it
// back), answers in every documented shape (see [Shapes]), and fails on request (see [Fault]).
//
//	server := altegiotest.NewServer()
//	defer server.Close()
//	// Point the client at server.APIURL() and server.AppURL(), with the
//	// token altegiotest.DefaultPartnerToken.
//	server.Uninstall(1001, 456)
//
// Every operation is served below the root, below /api/v1 and below the base path of the vendor's
// mock server, because the documentation places the operations of one API on different bases.
//
// Where the documentation is silent the fake takes one choice and says so at the option, the
// [Shapes] field or the handler concerned. No test should depend on such a choice alone.
package altegiotest

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"
)

// The tokens that a Server expects unless [WithToken] or [WithUserToken] says otherwise.
const (
	DefaultPartnerToken = "test-partner-token-3f1c9a"
	DefaultUserToken    = "test-user-token-8b27d4"
)

// maxBody bounds what is read of a request. The largest legitimate one, a discount for 1000
// locations, stays below 20 kB.
const maxBody = 1 << 20

// A Server is an in-memory Altegio. Its methods may be called from several goroutines at once.
type Server struct {
	userToken string
	clock     func() time.Time
	latency   time.Duration
	observe   func(Request)

	mu     sync.Mutex // guards world and shapes
	world  *world
	shapes Shapes

	journal journal
	faults  faultList
	limiter *limiter

	listener  *httptest.Server // nil unless made by NewServer
	done      chan struct{}    // closed by Close, so that no delayed request holds it up
	closeOnce sync.Once
}

type options struct {
	partnerToken   string
	userToken      string
	seed           Seed
	limits         Limits
	shapes         Shapes
	clock          func() time.Time
	latency        time.Duration
	observe        func(Request)
	tls            bool
	withoutJournal bool
}

// An Option changes how a Server is made.
type Option func(*options)

// WithToken sets the partner token that the server accepts, without "Bearer".
func WithToken(partnerToken string) Option {
	return func(o *options) { o.partnerToken = partnerToken }
}

// WithUserToken sets the token of the location owner, which user operations need besides the
// partner token.
func WithUserToken(userToken string) Option {
	return func(o *options) { o.userToken = userToken }
}

// WithSeed sets the world that the server starts with, in place of [DefaultSeed]. [New] panics if
// the seed contradicts itself; one that came from [LoadSeed] doesn't.
func WithSeed(seed Seed) Option {
	return func(o *options) { o.seed = seed }
}

// WithLimits turns rate limits on. Without it the server accepts any number of requests.
func WithLimits(limits Limits) Option {
	return func(o *options) { o.limits = limits }
}

// WithShapes chooses between the shapes of answers that the vendor documents.
func WithShapes(shapes Shapes) Option {
	return func(o *options) { o.shapes = shapes }
}

// WithTLS makes [NewServer] listen with TLS, and offer HTTP/2. Use [Server.Client] or
// [Server.Certificate] to trust its certificate.
func WithTLS() Option {
	return func(o *options) { o.tls = true }
}

// WithClock sets the clock behind rate limits, dates and the journal. Delays run on real time all
// the same.
func WithClock(now func() time.Time) Option {
	return func(o *options) { o.clock = now }
}

// WithLatency delays every answer.
func WithLatency(latency time.Duration) Option {
	return func(o *options) { o.latency = latency }
}

// WithObserver has observe called once for every request, when its outcome is settled and just
// before its answer is written. It is called from several goroutines at once.
func WithObserver(observe func(Request)) Option {
	return func(o *options) { o.observe = observe }
}

// WithoutJournal makes the server count requests without remembering them, so that its memory
// doesn't grow in a long run. Requests and RequestsFor then return nothing.
func WithoutJournal() Option {
	return func(o *options) { o.withoutJournal = true }
}

// New returns a server that does not listen: use its [Server.Handler]. Close releases requests that a
// [Fault] delays.
func New(opts ...Option) *Server {
	s, _ := build(opts)
	return s
}

// NewServer returns a server that listens on a free port of the loopback interface. Close must be
// called when it is no longer needed.
func NewServer(opts ...Option) *Server {
	s, o := build(opts)
	s.listener = httptest.NewUnstartedServer(s.Handler())
	// Tests provoke failed handshakes and dropped connections; the log would only
	// distract.
	s.listener.Config.ErrorLog = log.New(io.Discard, "", 0)
	if o.tls {
		s.listener.EnableHTTP2 = true
		s.listener.StartTLS()
	} else {
		s.listener.Start()
	}
	return s
}

func build(opts []Option) (*Server, options) {
	o := options{
		partnerToken: DefaultPartnerToken,
		userToken:    DefaultUserToken,
		clock:        time.Now,
	}
	o.seed = DefaultSeed()
	for _, opt := range opts {
		opt(&o)
	}
	w, err := newWorld(o.seed, o.clock)
	if err != nil {
		panic("altegiotest: " + err.Error())
	}
	w.partnerToken = o.partnerToken
	s := &Server{
		userToken: o.userToken,
		clock:     o.clock,
		latency:   o.latency,
		observe:   o.observe,
		world:     w,
		shapes:    o.shapes,
		done:      make(chan struct{}),
	}
	s.journal.countOnly = o.withoutJournal
	s.limiter = newLimiter(o.limits)
	return s, o
}

// Close stops listening, ends delayed requests and waits until every request has ended. It may be
// called more than once.
func (s *Server) Close() {
	s.closeOnce.Do(func() {
		close(s.done)
		if s.listener != nil {
			s.listener.Close()
		}
	})
}

// URL returns the server's base URL, without a trailing slash, or "" if it doesn't listen.
func (s *Server) URL() string {
	if s.listener == nil {
		return ""
	}
	return s.listener.URL
}

// APIURL returns the base URL that stands for https://api.alteg.io/api/v1.
func (s *Server) APIURL() string {
	return s.URL() + "/api/v1"
}

// AppURL returns the base URL that stands for https://app.alteg.io.
func (s *Server) AppURL() string {
	return s.URL()
}

// Client returns an HTTP client that trusts the server's certificate, or nil if the server doesn't
// listen. Close closes its idle connections.
func (s *Server) Client() *http.Client {
	if s.listener == nil {
		return nil
	}
	return s.listener.Client()
}

// SetShapes changes the shapes of answers beginning with the next request.
func (s *Server) SetShapes(shapes Shapes) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shapes = shapes
}

// Handler returns the handler that answers requests.
func (s *Server) Handler() http.Handler {
	return http.HandlerFunc(s.serve)
}

// A call is a request, with the data that its handler needs.
type call struct {
	request *http.Request
	body    []byte
	route   *route
	ids     []int64 // the numbers in the path, in order
	base    string  // the beginning of the path, one of basePaths
	shapes  Shapes
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); err != nil && !errors.As(err, &tooLarge) {
		panic(http.ErrAbortHandler) // the client gave up
	}
	r.Body = io.NopCloser(bytes.NewReader(body))

	c := &call{request: r, body: body}
	operation := OpUnknown
	if route, base, ids := findRoute(r.Method, r.URL.EscapedPath()); route != nil {
		c.route, c.base, c.ids, operation = route, base, ids, route.operation
	}
	entry := s.begin(r, operation, body)

	switch {
	case err != nil:
		s.send(w, entry, page(http.StatusRequestEntityTooLarge))
		return
	case !s.limiter.allow(r.RemoteAddr, s.clock()):
		s.send(w, entry, s.tooManyRequests())
		return
	}

	fault := s.faults.take(operation, r, body)
	s.wait(r, entry, s.latency)
	if fault != nil {
		s.misbehave(w, entry, c, fault)
		return
	}
	s.send(w, entry, s.perform(c))
}

// perform carries the request out on the world.
func (s *Server) perform(c *call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.shapes = s.shapes
	if c.route == nil {
		return page(http.StatusNotFound)
	}
	if refusal, refused := s.refuse(c); refused {
		return refusal
	}
	if stranger, misplaced := c.shapes.misplaced(c); misplaced {
		return stranger
	}
	return c.route.handle(s, c)
}

// tooManyRequests is the answer to a request above the limits. Its body is not documented (API-9).
func (s *Server) tooManyRequests() answer {
	s.mu.Lock()
	shapes := s.shapes
	s.mu.Unlock()
	return shapes.fail(http.StatusTooManyRequests, msgTooMany)
}

// wait lets d pass, and aborts the request if its client goes away or the server is closed.
func (s *Server) wait(r *http.Request, entry *entry, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return
	case <-r.Context().Done():
	case <-s.done:
	}
	s.settle(entry, 0)
	panic(http.ErrAbortHandler)
}

// send updates the journal before it writes the answer, so that a client that has read the answer finds the
// status in the journal.
func (s *Server) send(w http.ResponseWriter, entry *entry, a answer) {
	body := a.encode()
	a.writeHeader(w, len(body))
	s.settle(entry, a.status)
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // fails only if the client is gone
}

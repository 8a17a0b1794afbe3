// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// An ending is what a server does with a request that it has read, and may have carried out.
type ending func(s *rawStream)

// A rawStream is a request to a server that breaks the rules of HTTP.
type rawStream struct {
	conn net.Conn
	h2   *http2.Framer // nil with HTTP/1.1
	id   uint32
}

func (s *rawStream) answerWhole() {
	if s.h2 == nil {
		_, _ = fmt.Fprintf(s.conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(updated), updated)
		return
	}
	s.headers()
	_ = s.h2.WriteData(s.id, true, []byte(updated))
}

func (s *rawStream) answerHalf() {
	if s.h2 == nil {
		_, _ = fmt.Fprintf(s.conn, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(updated), updated[:5])
		return
	}
	s.headers()
	_ = s.h2.WriteData(s.id, false, []byte(updated[:5]))
}

func (s *rawStream) headers() {
	var block bytes.Buffer
	_ = hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
	_ = s.h2.WriteHeaders(http2.HeadersFrameParam{StreamID: s.id, BlockFragment: block.Bytes(), EndHeaders: true})
}

func (s *rawStream) close() { _ = s.conn.Close() }

func (s *rawStream) tcpReset() {
	conn := s.conn
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

func resetWith(code http2.ErrCode) ending {
	return func(s *rawStream) { _ = s.h2.WriteRSTStream(s.id, code) }
}

func goAway(code http2.ErrCode) ending {
	return func(s *rawStream) {
		_ = s.h2.WriteGoAway(0, code, nil) // it claims to have looked at none
		s.close()
	}
}

// rawServer answers the first requests of a connection as it should, as many as usual says, and ends
// the others as it likes. It counts those.
func rawServer(t *testing.T, h2 bool, usual int, end ending) (url string, config *tls.Config, ended *atomic.Int64) {
	ended = new(atomic.Int64)
	serve := func(s *rawStream, n int) {
		if n <= usual {
			s.answerWhole()
			return
		}
		if ended.Add(1) > 20 { // which has failed the test
			s.close()
			return
		}
		end(s)
	}
	if !h2 {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			conn, buffered, err := w.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close() //nolint:errcheck // a test
			for n := 1; ; n++ {
				serve(&rawStream{conn: conn}, n)
				next, err := http.ReadRequest(bufio.NewReader(buffered))
				if err != nil {
					return
				}
				_, _ = io.Copy(io.Discard, next.Body)
			}
		}))
		s.Config.ErrorLog = quiet()
		t.Cleanup(s.Close)
		return s.URL, nil, ended
	}
	s := httptest.NewUnstartedServer(nil)
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{NextProtos: []string{"h2"}} //nolint:gosec // a test
	s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
			defer conn.Close() //nolint:errcheck // a test
			preface := make([]byte, len(http2.ClientPreface))
			if _, err := io.ReadFull(conn, preface); err != nil {
				return
			}
			framer := http2.NewFramer(conn, conn)
			_ = framer.WriteSettings()
			for n := 0; ; {
				frame, err := framer.ReadFrame()
				if err != nil {
					return
				}
				whole := false
				switch f := frame.(type) {
				case *http2.SettingsFrame:
					if !f.IsAck() {
						_ = framer.WriteSettingsAck()
					}
				case *http2.HeadersFrame:
					whole = f.StreamEnded()
				case *http2.DataFrame:
					whole = f.StreamEnded()
				}
				if whole {
					n++
					serve(&rawStream{conn, framer, frame.Header().StreamID}, n)
				}
			}
		},
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL, s.Client().Transport.(*http.Transport).TLSClientConfig, ended
}

// However a server ends a request, and even if it claims to have done nothing, each request that it sees is
// an attempt of the client: with its turn, its events, and within the maximum of retries. It sees a request
// that is not repeatable once.
func TestOnce(t *testing.T) {
	t.Parallel()
	h1 := map[string]ending{
		"closed":          (*rawStream).close,
		"reset":           (*rawStream).tcpReset,
		"half, closed":    func(s *rawStream) { s.answerHalf(); s.close() },
		"half, reset":     func(s *rawStream) { s.answerHalf(); s.tcpReset() },
		"other protocol":  func(s *rawStream) { _, _ = io.WriteString(s.conn, "SSH-2.0-x\r\n\r\n"); s.close() },
		"request timeout": func(s *rawStream) { _, _ = io.WriteString(s.conn, "HTTP/1.1 408 Request Timeout\r\n\r\n"); s.close() },
	}
	h2 := map[string]ending{
		"closed":               (*rawStream).close,
		"reset":                (*rawStream).tcpReset,
		"PROTOCOL_ERROR":       resetWith(http2.ErrCodeProtocol),
		"REFUSED_STREAM":       resetWith(http2.ErrCodeRefusedStream),
		"INTERNAL_ERROR":       resetWith(http2.ErrCodeInternal),
		"half, PROTOCOL_ERROR": func(s *rawStream) { s.answerHalf(); resetWith(http2.ErrCodeProtocol)(s) },
		"half, REFUSED_STREAM": func(s *rawStream) { s.answerHalf(); resetWith(http2.ErrCodeRefusedStream)(s) },
		"GOAWAY":               goAway(http2.ErrCodeNo),
		"GOAWAY, fault":        goAway(http2.ErrCodeInternal),
	}
	for proto, endings := range map[bool]map[string]ending{false: h1, true: h2} {
		for name, end := range endings {
			for _, kind := range []struct {
				name, method string
				body         any
				repeatable   bool
			}{
				{"GET", http.MethodGet, nil, true},
				{"POST", http.MethodPost, struct{}{}, false},
				{"POST without a body", http.MethodPost, nil, false},
				{"repeatable POST", http.MethodPost, struct{}{}, true},
				{"large POST", http.MethodPost, strings.Repeat("x", 20_000), false},
			} {
				for _, usual := range []int{0, 2} { // on a new connection, and on one that was used
					t.Run(fmt.Sprintf("HTTP/2 %t, %s, %s, %d before", proto, name, kind.name, usual), func(t *testing.T) {
						t.Parallel()
						url, config, ended := rawServer(t, proto, usual, end)
						events := &eventLog{}
						options := []Option{
							WithAPIURL(url), unpaced(), WithMaxRetries(2), WithMaxRetryWait(time.Microsecond), WithObserver(events),
						}
						if config != nil {
							options = append(options, WithTLSConfig(config))
						}
						c := newClient(t, options...)
						r := request{
							operation: "op", method: kind.method, base: c.apiURL, path: "/op", body: kind.body, repeatable: kind.repeatable,
						}
						for range usual {
							if _, err := c.do(t.Context(), r); err != nil {
								t.Fatal(err)
							}
						}
						before := len(events.sending)
						_, err := c.do(t.Context(), r)
						sent := len(events.sending) - before
						// A connection that is closed is replaced by one that works as usual at first.
						if kind.repeatable && usual > 0 && err == nil {
							if sent != 2 || ended.Load() != 1 {
								t.Errorf("%d attempts and %d requests, want 2 and 1", sent, ended.Load())
							}
							return
						}
						e := asError(t, err)
						if name != "request timeout" && strings.HasPrefix(e.Message, "http2: Transport: cannot retry") || e.Message == "context canceled" {
							t.Errorf("the error says %q", e.Message)
						}
						if e.MayHaveHappened() != (kind.method == http.MethodPost) {
							t.Errorf("may have happened: %t: %v", e.MayHaveHappened(), err)
						}
						if n := int(ended.Load()); n != sent || e.Attempts != sent || len(events.done) != len(events.sending) {
							t.Errorf("the server saw %d requests, of %d attempts: %v", n, sent, err)
						}
						if name == "request timeout" {
							return
						}
						if want := map[bool]int{true: 3, false: 1}[kind.repeatable]; sent != want {
							t.Errorf("%d attempts, want %d: %v", sent, want, err)
						}
					})
				}
			}
		}
	}
}

// With HTTP/2 a request is on its way when its headers are, however little of its body went out.
func TestOnce_ResetWhileTheBodyIsSent(t *testing.T) {
	t.Parallel()
	var seen atomic.Int64
	s := httptest.NewUnstartedServer(nil)
	s.Config.ErrorLog = quiet()
	s.TLS = &tls.Config{NextProtos: []string{"h2"}} //nolint:gosec // a test
	s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
			defer conn.Close() //nolint:errcheck // a test
			if _, err := io.ReadFull(conn, make([]byte, len(http2.ClientPreface))); err != nil {
				return
			}
			framer := http2.NewFramer(conn, conn)
			_ = framer.WriteSettings()
			for {
				frame, err := framer.ReadFrame()
				if err != nil {
					return
				}
				if f, ok := frame.(*http2.HeadersFrame); ok { // and never lets the body have room
					seen.Add(1)
					_ = framer.WriteRSTStream(f.StreamID, http2.ErrCodeInternal)
				}
			}
		},
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newClient(t, WithAPIURL(s.URL), unpaced(), WithMaxRetries(2), WithMaxRetryWait(time.Microsecond),
		WithTLSConfig(s.Client().Transport.(*http.Transport).TLSClientConfig))
	_, err := c.do(t.Context(), request{
		operation: "op", method: http.MethodPost, base: c.apiURL, path: "/op", body: strings.Repeat("x", 1<<20),
	})
	if e := asError(t, err); e.Kind != KindInterrupted || !e.MayHaveHappened() || e.Attempts != 1 || seen.Load() != 1 {
		t.Errorf("%d requests: %v", seen.Load(), err)
	}
}

// A failed write of the headers may still have reached the server.
func TestOnce_FailedWriteArrives(t *testing.T) {
	t.Parallel()
	var seen atomic.Int64
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		answer(200, updated)(w, r)
	}))
	s.EnableHTTP2 = true
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	c := newClient(t, WithAPIURL(s.URL), unpaced(), WithMaxRetries(2), WithMaxRetryWait(time.Microsecond),
		WithTLSConfig(s.Client().Transport.(*http.Transport).TLSClientConfig))
	fails := new(atomic.Bool)
	c.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return &failingConn{conn, fails}, err
	}
	if _, err := one(t.Context(), c, http.MethodGet, true); err != nil {
		t.Fatal(err)
	}
	fails.Store(true)
	_, err := c.do(t.Context(), request{operation: "op", method: http.MethodPost, base: c.apiURL, path: "/op"})
	if e := asError(t, err); e.Kind != KindInterrupted || !e.MayHaveHappened() || e.Attempts != 1 {
		t.Errorf("got %v", err)
	}
	if n := seen.Load(); n > 2 {
		t.Errorf("the server saw %d requests, want 2", n)
	}
}

// A failingConn delivers what is written to it, and says once that it has not.
type failingConn struct {
	net.Conn
	fails *atomic.Bool
}

func (c *failingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if c.fails.CompareAndSwap(true, false) {
		return 0, syscall.EPIPE
	}
	return n, err
}

// HTTP/1.1 fails with the cause of a context that ended, HTTP/2 with its plain error. The client's
// says of both that it is a timeout, and of how long.
func TestTimeout_BothProtocols(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(context.Context) error{
		"HTTP/1.1": context.Cause,
		"HTTP/2":   context.Context.Err,
	} {
		for _, wrote := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, wrote %t", name, wrote), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c := newClient(t, unpaced(), WithMaxRetries(0))
					c.next = roundTripper(func(r *http.Request) (*http.Response, error) {
						if wrote {
							httptrace.ContextClientTrace(r.Context()).WroteHeaders()
						}
						<-r.Context().Done()
						return nil, fail(r.Context())
					})
					_, err := one(t.Context(), c, http.MethodPost, false)
					want := "timeout: no complete answer within 30s"
					if !wrote {
						want = "unreachable: no connection within 30s"
					}
					if e := asError(t, err); e.Reason() != want || e.MayHaveHappened() != wrote {
						t.Errorf("got %q, may have happened: %t, want %q", e.Reason(), e.MayHaveHappened(), want)
					}
				})
			})
		}
	}
}

// A turn that comes after the caller has ended is not taken.
func TestPacer_TurnAfterTheCallerLeft(t *testing.T) {
	t.Parallel()
	p := NewPacer(5, 200)
	ctx := &leaving{Context: t.Context()}
	if release, err := p.acquire(ctx, time.Time{}, time.Time{}, noWaiting); err == nil {
		release()
		t.Error("a request leaves for a caller who has left")
	}
	checkIdle(t, p)
}

// A leaving context ends after it was asked for the first time, without telling those who wait.
type leaving struct {
	context.Context
	asked int
}

func (l *leaving) Done() <-chan struct{} { return nil }

func (l *leaving) Err() error {
	if l.asked++; l.asked > 1 {
		return context.Canceled
	}
	return nil
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var errRefused = &net.OpError{
	Op: "dial", Net: "tcp", Addr: pipeAddr{}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
}

// one carries out an operation that does not exist, repeatable or not.
func one(ctx context.Context, c *Client, method string, repeatable bool) (json.RawMessage, error) {
	r := request{operation: "op", method: method, base: c.apiURL, path: "/op", repeatable: repeatable}
	if method == http.MethodPost {
		r.body = struct{}{}
	}
	got, err := c.do(ctx, r)
	return got.data, err
}

func withHeader(name, value string, h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(name, value)
		h(w, r)
	}
}

// stall answers nothing until the client has gone.
func stall(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// cutHalfWay promises more than it sends.
func cutHalfWay(w http.ResponseWriter, _ *http.Request) {
	conn, _, _ := w.(http.Hijacker).Hijack()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"+`{"success":true,"da`)
	_ = conn.Close()
}

// switchProtocols leaves the connection open, as for a web socket.
func switchProtocols(w http.ResponseWriter, _ *http.Request) {
	conn, _, _ := w.(http.Hijacker).Hijack()
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	_, _ = io.Copy(io.Discard, conn) // until the client closes it
	_ = conn.Close()
}

func stallHalfWay(w http.ResponseWriter, r *http.Request) {
	_, _ = io.WriteString(w, `{"success":true,"da`)
	w.(http.Flusher).Flush()
	<-r.Context().Done()
}

// Every fault, for an operation that may be repeated and for one that may not: a server that never
// recovers shows how often, one that recovers at once shows that it helps.
func TestRetry_Faults(t *testing.T) {
	t.Parallel()
	const refused = `{"success":false,"data":null,"meta":{"message":"no"}}`
	const retries = 3
	type counts struct{ repeatable, other int } // attempts
	always := counts{retries + 1, retries + 1}
	ifSafe := counts{retries + 1, 1}
	never := counts{1, 1}
	limited := counts{-1, -1} // for as long as the run has patience
	for name, tc := range map[string]struct {
		fault http.HandlerFunc
		dial  error
		want  counts
		kind  Kind
		doubt bool
		text  string
	}{
		"connection refused": {nil, errRefused, always, KindUnreachable, false, "connection refused"},
		"no such host":       {nil, &net.DNSError{Err: "no such host", Name: "api.test", IsNotFound: true}, always, KindUnreachable, false, "no such host"},
		"dropped":            {func(w http.ResponseWriter, _ *http.Request) { drop(w) }, nil, ifSafe, KindInterrupted, true, "EOF"},
		"cut half way":       {cutHalfWay, nil, ifSafe, KindInterrupted, true, "the answer (200) breaks off: unexpected EOF"},
		"no answer":          {stall, nil, ifSafe, KindTimeout, true, "no complete answer within 30s"},
		"half an answer":     {stallHalfWay, nil, ifSafe, KindTimeout, true, "no complete answer within 30s"},
		"429":                {answer(429, refused), nil, limited, KindRateLimited, false, "429 Too Many Requests: rate limited: the API has answered nothing else for 3m0s: no"},
		"429 HTML":           {answer(429, "<html>"), nil, limited, KindRateLimited, false, "429"},
		"500":                {answer(500, refused), nil, ifSafe, KindServerError, true, "500 Internal Server Error: no"},
		"502 HTML":           {answer(502, "<html>"), nil, ifSafe, KindServerError, true, "502 Bad Gateway: the answer is an HTML page"},
		"503":                {answer(503, ""), nil, ifSafe, KindServerError, true, "503 Service Unavailable"},
		"504":                {answer(504, ""), nil, ifSafe, KindServerError, true, "504 Gateway Timeout"},
		"520":                {answer(520, ""), nil, ifSafe, KindServerError, true, "520"},
		"501":                {answer(501, ""), nil, never, KindServerError, true, "501 Not Implemented"},
		"505":                {answer(505, ""), nil, never, KindServerError, true, "505"},
		"HTML with 200":      {answer(200, "<html>"), nil, ifSafe, KindUnexpectedAnswer, true, "HTML page"},
		"truncated JSON":     {answer(200, `{"success":true,"data`), nil, ifSafe, KindUnexpectedAnswer, true, "cut off"},
		"JSON null":          {answer(200, `null`), nil, ifSafe, KindUnexpectedAnswer, true, "null"},
		"200 success:false":  {answer(200, refused), nil, never, KindRefused, false, "200 OK: no"},
		"400":                {answer(400, refused), nil, never, KindRefused, false, "400 Bad Request: no"},
		"401":                {answer(401, refused), nil, never, KindRefused, false, "401 Unauthorized: no"},
		"403":                {answer(403, refused), nil, never, KindRefused, false, "403 Forbidden: no"},
		"404":                {answer(404, refused), nil, never, KindRefused, false, "404 Not Found: no"},
		"404 HTML":           {answer(404, "<html>"), nil, never, KindUnexpectedAnswer, false, "404 Not Found: unexpected answer: the answer is an HTML page"},
		"422":                {answer(422, refused), nil, never, KindRefused, false, "422 Unprocessable Entity: no"},
		"408 HTML":           {answer(408, "<html>"), nil, never, KindUnexpectedAnswer, true, "408 Request Timeout: unexpected answer"},
		"407":                {answer(407, "<html>"), nil, never, KindUnreachable, false, "a proxy on the way asks for a user name and a password (407)"},
		"redirect, seen":     {withHeader("Location", "/x", answer(303, "")), nil, never, KindRedirect, true, "303 See Other: redirect"},
		"another protocol":   {switchProtocols, nil, never, KindUnexpectedAnswer, true, "101 Switching Protocols: unexpected answer: the server switches to a protocol other than HTTP"},
		"redirect":           {withHeader("Location", "/x", answer(307, "")), nil, never, KindRedirect, false, "307 Temporary Redirect: redirect: the server redirects to /x"},
	} {
		for _, repeatable := range []bool{true, false} {
			want := tc.want.other
			if repeatable {
				want = tc.want.repeatable
			}
			// setUp fails the first n attempts.
			setUp := func(t *testing.T, n int, options ...Option) (*Client, *journal, *pipeNet, *eventLog) {
				events := &eventLog{}
				seen := 0
				c, j, p := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					if seen++; seen > n || tc.fault == nil {
						answer(200, updated)(w, r)
						return
					}
					tc.fault(w, r)
				}, append([]Option{WithMaxRetries(retries), WithObserver(events)}, options...)...)
				p.dial = func(_ context.Context, dialled int) error {
					if dialled > n {
						return nil
					}
					return tc.dial
				}
				return c, j, p, events
			}
			suffix := map[bool]string{true: ", repeatable", false: ", not repeatable"}[repeatable]
			t.Run(name+suffix, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, j, p, events := setUp(t, 1000)
					began := time.Now()
					_, err := one(t.Context(), c, http.MethodPost, repeatable)
					e := asError(t, err)
					want := want
					if want < 0 {
						want = e.Attempts
						if e.Elapsed < DefaultRateLimitTimeout || e.Elapsed > DefaultRateLimitTimeout+maxPause {
							t.Errorf("patience ends after %s", e.Elapsed)
						}
					}
					if e.Kind != tc.kind || e.MayHaveHappened() != tc.doubt || !strings.Contains(e.Reason(), tc.text) {
						t.Errorf("got %q, %s, may have happened: %t; want %q, %s, %t",
							e.Reason(), e.Kind, e.MayHaveHappened(), tc.text, tc.kind, tc.doubt)
					}
					if e.Attempts != want || len(events.sending) != want || len(events.done) != want {
						t.Errorf("%d attempts, %d and %d events, want %d", e.Attempts, len(events.sending), len(events.done), want)
					}
					if tc.dial == nil && len(j.requests()) != want || tc.dial != nil && p.dialed() != want {
						t.Errorf("the server saw %d requests and %d connections, want %d", len(j.requests()), p.dialed(), want)
					}
					if e.Elapsed != time.Since(began) {
						t.Errorf("elapsed %s, want %s", e.Elapsed, time.Since(began))
					}
					if e.Elapsed > maxRetryTime+time.Minute {
						t.Errorf("it took %s", e.Elapsed)
					}
					told := regexp.MustCompile(fmt.Sprintf(`\(after %d attempts in \S+s\)$`, want)).MatchString(err.Error())
					if told != (want > 1) {
						t.Errorf("%q does not say how often it was tried, or says it of once", err)
					}
					for i, d := range events.done {
						if d.Attempt != i+1 || (d.Retry != "") != (i+1 < want) {
							t.Errorf("event %d: %+v", i, d)
						}
					}
				})
			})
			t.Run(name+suffix+", then success", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, j, _, _ := setUp(t, 1)
					_, err := one(t.Context(), c, http.MethodPost, repeatable)
					again := want > 1 || want < 0
					if (err == nil) != again {
						t.Errorf("got %v", err)
					}
					if tc.dial == nil && (len(j.requests()) == 2) != again || tc.dial != nil && len(j.requests()) != 1 {
						t.Errorf("%d requests", len(j.requests()))
					}
				})
			})
			t.Run(name+suffix+", no retries", func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, _, _, events := setUp(t, 1000, WithMaxRetries(0))
					_, err := one(t.Context(), c, http.MethodPost, repeatable)
					if e := asError(t, err); e.Attempts != 1 || len(events.done) != 1 || e.Kind != tc.kind {
						t.Errorf("%d attempts, %v", e.Attempts, err)
					}
				})
			})
		}
	}
}

// The operations themselves say whether they may be repeated.
func TestRetry_PerOperation(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		call   func(ctx context.Context, c *Client) error
		repeat bool
	}{
		"SetChannel": {func(ctx context.Context, c *Client) error { return c.SetChannel(ctx, Channel{}) }, true},
		"PaymentLink": {func(ctx context.Context, c *Client) error {
			_, err := c.PaymentLink(ctx, PaymentLinkRequest{})
			return err
		}, true},
		"Installation": {func(ctx context.Context, c *Client) error { _, err := c.Installation(ctx, 1, 2); return err }, true},
		"Tariffs":      {func(ctx context.Context, c *Client) error { _, err := c.Tariffs(ctx, 1); return err }, true},
		"Countries":    {func(ctx context.Context, c *Client) error { _, err := c.Countries(ctx); return err }, true},
		"Activate":     {func(ctx context.Context, c *Client) error { return c.Activate(ctx, Activation{}) }, false},
		"GrantAccess":  {func(ctx context.Context, c *Client) error { return c.GrantAccess(ctx, 1, 2) }, false},
		"ReportPayment": {func(ctx context.Context, c *Client) error {
			_, err := c.ReportPayment(ctx, PaymentReport{Sum: "1"})
			return err
		}, false},
		"RefundPayment":  {func(ctx context.Context, c *Client) error { return c.RefundPayment(ctx, 1) }, false},
		"SetDiscount":    {func(ctx context.Context, c *Client) error { return c.SetDiscount(ctx, 1, []int64{1}, "1") }, false},
		"SetWebhooks":    {func(ctx context.Context, c *Client) error { return c.SetWebhooks(ctx, 1, WebhookSettings{}) }, false},
		"Uninstall":      {func(ctx context.Context, c *Client) error { return c.Uninstall(ctx, 1, 2) }, false},
		"SetSenderNames": {func(ctx context.Context, c *Client) error { return c.SetSenderNames(ctx, 1, 2, []string{"a"}) }, false},
		"SetUpVoIP":      {func(ctx context.Context, c *Client) error { return c.SetUpVoIP(ctx, "x", true) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, j, _ := inMemory(t, func(w http.ResponseWriter, _ *http.Request) { drop(w) }, WithMaxRetries(2), WithUserToken("u"))
				err := tc.call(t.Context(), c)
				want := 1
				if tc.repeat {
					want = 3
				}
				if e := asError(t, err); e.Kind != KindInterrupted || len(j.requests()) != want {
					t.Errorf("%d requests, want %d: %v", len(j.requests()), want, err)
				}
			})
		})
	}
}

// The header of an answer 429, and how long the next attempt waits for it.
func TestRetry_After(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status      int
		header      string
		least, most time.Duration
	}{
		"none":             {429, "", 500 * time.Millisecond, time.Second},
		"seconds":          {429, "7", 7 * time.Second, 8 * time.Second},
		"fraction":         {429, "2.5", 2500 * time.Millisecond, 3 * time.Second},
		"zero":             {429, "0", 500 * time.Millisecond, time.Second},
		"negative":         {429, "-5", 500 * time.Millisecond, time.Second},
		"garbage":          {429, "soon", 500 * time.Millisecond, time.Second},
		"not a number":     {429, "NaN", 500 * time.Millisecond, time.Second},
		"absurd":           {429, "999999999999999999999", 20 * time.Second, 20 * time.Second},
		"infinite":         {429, "Inf", 20 * time.Second, 20 * time.Second},
		"an hour":          {429, "3600", 20 * time.Second, 20 * time.Second},
		"date":             {429, "+9s", 9 * time.Second, 10 * time.Second},
		"date in the past": {429, "-9s", 500 * time.Millisecond, time.Second},
		"date far off":     {429, "+9000h", 20 * time.Second, 20 * time.Second},
		"503, none":        {503, "", 250 * time.Millisecond, 500 * time.Millisecond},
		"503, seconds":     {503, "7", 7 * time.Second, 7 * time.Second},
		"503, absurd":      {503, "1e300", 20 * time.Second, 20 * time.Second},
		"503, negative":    {503, "-1", 250 * time.Millisecond, 500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				// Dates have whole seconds.
				time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second)))
				header := tc.header
				if strings.HasSuffix(header, "s") || strings.HasSuffix(header, "h") {
					d, err := time.ParseDuration(header)
					if err != nil {
						t.Fatal(err)
					}
					header = time.Now().Add(d).UTC().Format(http.TimeFormat)
				}
				var arrived []time.Time
				c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					if arrived = append(arrived, time.Now()); len(arrived) == 1 {
						if header != "" {
							w.Header().Set("Retry-After", header)
						}
						answer(tc.status, "")(w, r)
						return
					}
					answer(200, updated)(w, r)
				}, WithMaxRetryWait(20*time.Second))
				if err := c.SetChannel(t.Context(), Channel{}); err != nil {
					t.Fatal(err)
				}
				if wait := arrived[1].Sub(arrived[0]); wait < tc.least || wait > tc.most {
					t.Errorf("it waited %s, want %s to %s", wait, tc.least, tc.most)
				}
			})
		})
	}
}

// Waits grow, with jitter, up to the cap; the number of attempts and their time are bounded.
func TestRetry_Backoff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var arrived []time.Time
		c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			arrived = append(arrived, time.Now())
			answer(500, "")(w, r)
		}, WithMaxRetries(1000))
		_, err := one(t.Context(), c, http.MethodGet, true)
		e := asError(t, err)
		if e.Elapsed > maxRetryTime || e.Elapsed < maxRetryTime-maxBackoff {
			t.Errorf("it took %s, want about %s", e.Elapsed, maxRetryTime)
		}
		full := firstBackoff
		for i := 1; i < len(arrived); i++ {
			if wait := arrived[i].Sub(arrived[i-1]); wait < full/2 || wait > full {
				t.Errorf("wait %d took %s, want between half and all of %s", i, wait, full)
			}
			full = min(2*full, maxBackoff)
		}
		if e.StatusCode != 500 || e.Attempts != len(arrived) {
			t.Errorf("got %+v", e)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		c, _, _ := inMemory(t, answer(500, ""), WithMaxRetries(20), WithMaxRetryWait(time.Second))
		_, _ = one(t.Context(), c, http.MethodGet, true)
		if took := time.Since(began); took > 20*time.Second {
			t.Errorf("20 waits of a second at most took %s", took)
		}
	})
}

// Two clients that fail together do not come back together.
func TestRetry_Jitter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		waits := map[time.Duration]bool{}
		for range 10 {
			began, n := time.Now(), 0
			c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
				if n++; n == 1 {
					answer(502, "")(w, r)
					return
				}
				answer(200, updated)(w, r)
			})
			if err := c.SetChannel(t.Context(), Channel{}); err != nil {
				t.Fatal(err)
			}
			waits[time.Since(began)] = true
		}
		if len(waits) < 5 {
			t.Errorf("ten waits took %v", waits)
		}
	})
}

func TestRetry_RequestIsTheSame(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, j, p := inMemory(t, answer(503, ""), WithMaxRetries(2))
		_ = c.SetChannel(t.Context(), Channel{LocationID: 5, ApplicationID: 6, Slug: ChannelSMS, IsAvailable: true})
		all := j.requests()
		for _, r := range all {
			if r.body != `{"salon_id":5,"application_id":6,"channel_slug":"sms","is_available":true}` ||
				r.Header.Get("Authorization") != "Bearer "+testToken {
				t.Errorf("got %s with %q", r.body, r.Header)
			}
		}
		if len(all) != 3 || p.dialed() != 1 {
			t.Errorf("%d requests over %d connections, want 3 over 1", len(all), p.dialed())
		}
	})
}

// A dial that takes too long has not reached anyone; and the time in the queue is not counted.
func TestRetry_DialTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _, p := inMemory(t, answer(200, updated), WithMaxRetries(1), WithRequestTimeout(3*time.Second))
		p.dial = func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() }
		_, err := one(t.Context(), c, http.MethodPost, false)
		e := asError(t, err)
		if e.Kind != KindUnreachable || e.Message != "no connection within 3s" || e.Attempts != 2 || e.MayHaveHappened() {
			t.Errorf("got %+v", e)
		}
	})
}

func TestRetry_UntrustedCertificate(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(answer(200, updated))
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	c := clientOf(t, s, WithMaxRetries(5))
	e := asError(t, c.SetChannel(t.Context(), Channel{}))
	if e.Kind != KindUnreachable || e.Attempts != 1 || e.MayHaveHappened() || !strings.Contains(e.Message, "certificate") {
		t.Errorf("got %+v", e)
	}

	trusting := clientOf(t, s, WithTLSConfig(s.Client().Transport.(*http.Transport).TLSClientConfig))
	if err := trusting.SetChannel(t.Context(), Channel{}); err != nil {
		t.Error(err)
	}

	// HTTPS spoken to a server that has none.
	plain, _ := serve(t, answer(200, updated))
	c = newClient(t, WithAPIURL(strings.Replace(plain.URL, "http:", "https:", 1)), unpaced())
	if e := asError(t, c.SetChannel(t.Context(), Channel{})); e.Kind != KindUnreachable || e.Attempts != 1 {
		t.Errorf("got %+v", e)
	}
}

func TestRetry_RealConnectionRefused(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	c := newClient(t, WithAPIURL("http://"+l.Addr().String()), unpaced(), WithMaxRetries(0))
	e := asError(t, c.SetChannel(t.Context(), Channel{}))
	if e.Kind != KindUnreachable || e.MayHaveHappened() || !strings.Contains(e.Message, "connection refused") {
		t.Errorf("got %+v", e)
	}
}

// A run makes one connection per host with HTTP/2, also when it begins with ten requests at once, and
// with HTTP/1.1 a few: net/http dials one before it knows whether another is free again.
func TestConnections_AreReused(t *testing.T) {
	t.Parallel()
	const workers, requests = 10, 20
	for _, test := range []struct {
		h2            bool
		workers, most int
	}{
		{true, 1, 1}, {true, workers, 1}, {false, 1, 1}, {false, workers, 2 * workers},
	} {
		t.Run(fmt.Sprintf("HTTP/2 %t, %d workers", test.h2, test.workers), func(t *testing.T) {
			t.Parallel()
			var conns atomic.Int64
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if test.h2 != (r.ProtoMajor == 2) {
					t.Errorf("%s", r.Proto)
				}
				answer(200, updated)(w, r)
			}))
			s.EnableHTTP2 = test.h2
			s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew {
					conns.Add(1)
				}
			}
			s.StartTLS()
			t.Cleanup(s.Close)
			c := clientOf(t, s, WithTLSConfig(s.Client().Transport.(*http.Transport).TLSClientConfig))
			var wg sync.WaitGroup
			for range test.workers {
				wg.Go(func() {
					for range requests {
						if err := c.SetChannel(t.Context(), Channel{}); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			if n := int(conns.Load()); n > test.most {
				t.Errorf("%d connections for %d requests of %d workers, want at most %d", n, test.workers*requests, test.workers, test.most)
			}
		})
	}
}

// A log says why a request is sent again, and when.
func TestRetry_SaysWhy(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		first       http.HandlerFunc
		dial        error
		reason      string
		least, most time.Duration
	}{
		"server error": {answer(503, ""), nil, "answer 503", firstBackoff / 2, firstBackoff},
		"page":         {answer(200, "<html>"), nil, "not an answer of the API", firstBackoff / 2, firstBackoff},
		"429":          {answer(429, ""), nil, "rate limited", 0, 0},
		"no way":       {nil, errRefused, "not reached: dial tcp pipe: connect: connection refused", firstBackoff / 2, firstBackoff},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var events eventLog
				n := 0
				c, _, p := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					if n++; n == 1 && tc.first != nil {
						tc.first(w, r)
						return
					}
					answer(200, updated)(w, r)
				}, WithObserver(&events))
				p.dial = func(_ context.Context, n int) error {
					if n == 1 {
						return tc.dial
					}
					return nil
				}
				if _, err := one(t.Context(), c, http.MethodGet, true); err != nil {
					t.Fatal(err)
				}
				if len(events.done) != 2 || events.done[1].Retry != "" {
					t.Fatalf("got %+v", events.done)
				}
				if e := events.done[0]; e.Retry != tc.reason || e.RetryIn < tc.least || e.RetryIn > tc.most {
					t.Errorf("retried for %q in %s, want %q in %s to %s", e.Retry, e.RetryIn, tc.reason, tc.least, tc.most)
				}
			})
		})
	}
}

// After an answer 429 the pace is slower for a while, and then what it was.
func TestRetry_PaceRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if n++; n <= 3 {
				answer(429, "")(w, r)
				return
			}
			answer(200, updated)(w, r)
		})
		send := func() (took time.Duration) {
			began := time.Now()
			if err := c.SetChannel(t.Context(), Channel{}); err != nil {
				t.Fatal(err)
			}
			return time.Since(began)
		}
		send()
		if took := send(); took < firstSpacing/2 {
			t.Errorf("the request after 429 waits %s only", took)
		}
		for range 30 {
			send()
		}
		if took := send(); took > 0 {
			t.Errorf("the pace does not recover: a request waits %s", took)
		}
	})
}

// No answer can ask for a longer wait than is allowed, the second of a volley included.
func TestRetry_CapOfAVolley(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		n := 0
		c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			n++
			mine := n
			mu.Unlock()
			if mine <= 5 {
				time.Sleep(time.Duration(mine) * time.Millisecond) // all are on their way before the first is answered
				withHeader("Retry-After", "36000", answer(429, ""))(w, r)
				return
			}
			answer(200, updated)(w, r)
		}, WithMaxRetryWait(20*time.Second))
		began := time.Now()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := c.SetChannel(t.Context(), Channel{}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("the volley waits %s, want 20s and a slower pace", took)
		}
	})
}

// The body of every answer is closed.
func TestBodies_AreClosed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   io.Reader
	}{
		"success":   {200, strings.NewReader(updated)},
		"refusal":   {422, strings.NewReader(`{"success":false}`)},
		"page":      {200, strings.NewReader("<html>")},
		"redirect":  {302, strings.NewReader("")},
		"too large": {200, io.LimitReader(zeros{}, 2*defaultMaxAnswer)},
		"large 500": {500, io.LimitReader(zeros{}, 2*defaultMaxAnswer)},
		"cut off":   {200, io.MultiReader(strings.NewReader(`{"suc`), brokenReader{})},
		"429":       {429, strings.NewReader("")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := &closing{Reader: tc.body}
			c := newClient(t, unpaced(), WithMaxRetries(0))
			c.next = roundTripper(func(*http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: tc.status, Header: http.Header{}, Body: body}, nil
			})
			_, _ = one(t.Context(), c, http.MethodGet, true)
			if !body.closed {
				t.Error("it stays open")
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

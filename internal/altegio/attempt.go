// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"regexp"
	"sync/atomic"
	"time"
)

var (
	// errRequestTimeout is the cause of a context that ended because an attempt took too long.
	errRequestTimeout = errors.New("no complete answer in time")
	// errLost replaces the error because of which net/http would have sent a request again.
	errLost = errors.New("the connection was lost before an answer came")
	// errSwitches is an answer 101. Its body is the connection, which never ends.
	errSwitches = errors.New("the server switches to a protocol other than HTTP")
)

// attempt sends a request once, within the time for one attempt, and reads the whole answer: an answer that
// is cut off is a failed attempt. It calls release when the request is on the wire or has failed.
func (c *Client) attempt(ctx context.Context, call *call, body []byte, release func()) (reply, *Error) {
	defer release()
	sendCtx := ctx
	if call.method != http.MethodGet {
		// A user who cancels an apply must still learn what was done, so a write in flight is waited for.
		// The request timeout still applies.
		sendCtx = context.WithoutCancel(ctx)
	}
	sendCtx, cancel := context.WithTimeoutCause(sendCtx, c.requestTimeout, errRequestTimeout)
	defer cancel()

	call.attempts++
	call.sentAt = time.Now()
	if call.firstSent.IsZero() {
		call.firstSent = call.sentAt
	}
	c.observer.Sending(ctx, call.event(call.attempts))
	guard := &onceGuard{stop: cancel, written: release}
	req := c.newRequest(httptrace.WithClientTrace(sendCtx, guard.trace()), call, body)
	resp, err := c.next.RoundTrip(req)
	var text []byte
	if err == nil {
		text, err = readBody(resp, call.maxAnswer)
	}
	var data json.RawMessage
	var e *Error
	if err == nil {
		data, e = readAnswer(resp, text, func(s string) string { return c.tidy(s, call.secrets...) })
	} else {
		e = c.noAnswer(ctx, call, err, guard, errors.Is(context.Cause(sendCtx), errRequestTimeout))
	}
	if e == nil {
		return reply{resp.StatusCode, data}, nil
	}
	e.Proxy = c.proxyOf(req)
	if resp != nil {
		e.retryAfter, e.asksToWait = retryAfter(resp.Header.Get("Retry-After"))
	}
	return reply{}, e
}

// noAnswer turns a failure to get an answer into an *Error.
func (c *Client) noAnswer(ctx context.Context, call *call, err error, guard *onceGuard, timedOut bool) *Error {
	var tooLarge *tooLargeError
	var proxy *proxyError
	// With a connection, a timeout leaves the outcome open: with HTTP/2, the headers may be stuck half way.
	onWire := guard.wrote.Load() || timedOut && guard.connected.Load()
	switch {
	case call.method == http.MethodGet && ctx.Err() != nil:
		return &Error{Kind: KindCancelled, Err: context.Cause(ctx)}
	case errors.As(err, &tooLarge):
		return &Error{Kind: KindUnexpectedAnswer, StatusCode: tooLarge.status, Message: err.Error(), final: true}
	case errors.Is(err, errSwitches):
		return &Error{Kind: KindUnexpectedAnswer, StatusCode: http.StatusSwitchingProtocols, Message: err.Error(), final: true}
	case errors.As(err, &proxy):
		return &Error{Kind: KindUnreachable, Message: c.tidy(err.Error()), final: proxy.status < 500}
	case timedOut && onWire:
		return &Error{Kind: KindTimeout, Message: fmt.Sprintf("no complete answer within %s", c.requestTimeout)}
	case timedOut:
		return &Error{Kind: KindUnreachable, Message: fmt.Sprintf("no connection within %s", c.requestTimeout)}
	case guard.stopped.Load():
		err = errLost
	}
	message := err.Error()
	if said := unrepeated.FindStringSubmatch(message); said != nil {
		message = said[1]
	}
	if !onWire {
		return &Error{Kind: KindUnreachable, Message: c.tidy(message), final: isCertificateError(err)}
	}
	return &Error{Kind: KindInterrupted, Message: c.tidy(message)}
}

// unrepeated finds the cause in net/http's message about a body that it would have sent again.
var unrepeated = regexp.MustCompile(`^http2: Transport: cannot retry err \[(.*)\] after Request\.Body was written`)

// An onceGuard keeps net/http from sending a request more than once. net/http repeats requests that it
// considers harmless, at once and as often as it likes: with HTTP/1.1 a GET on a connection that was used
// before, with HTTP/2 any request whose stream the server resets with PROTOCOL_ERROR or REFUSED_STREAM, or
// that a GOAWAY leaves out. But each of these counts against the limits and belongs in the log, and a
// server may have carried out a request that it then resets. Before a repetition, net/http asks for a
// connection again: the guard stops it there.
type onceGuard struct {
	stop    context.CancelFunc // ends the request
	written func()

	connected atomic.Bool // there was a connection to send it on
	wrote     atomic.Bool // it may have reached the server
	stopped   atomic.Bool // net/http was about to send it again
}

func (g *onceGuard) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:      g.getConn,
		GotConn:      g.gotConn,
		WroteHeaders: func() { g.wrote.Store(true) },
		WroteRequest: func(httptrace.WroteRequestInfo) { g.written() },
	}
}

func (g *onceGuard) getConn(string) {
	if g.wrote.Load() {
		g.stopped.Store(true)
		g.stop()
	}
}

func (g *onceGuard) gotConn(info httptrace.GotConnInfo) {
	if !g.wrote.Load() {
		g.connected.Store(true)
		return
	}
	g.stopped.Store(true)
	g.stop()
	// HTTP/2 looks whether the request has ended before it writes, HTTP/1.1 does not.
	if secure, ok := info.Conn.(*tls.Conn); !ok || secure.ConnectionState().NegotiatedProtocol != "h2" {
		_ = info.Conn.Close()
	}
}

// A tooLargeError says that an answer is larger than any that is expected.
type tooLargeError struct {
	status int
	most   int64
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("the answer is larger than any this operation gives: more than %d bytes", e.most)
}

func readBody(resp *http.Response, most int64) ([]byte, error) {
	defer resp.Body.Close() //nolint:errcheck // it has been read
	switch resp.StatusCode {
	case http.StatusSwitchingProtocols:
		return nil, errSwitches
	case http.StatusProxyAuthRequired:
		return nil, &proxyError{status: resp.StatusCode}
	}
	if most == 0 {
		most = defaultMaxAnswer
	}
	var body bytes.Buffer
	if resp.ContentLength > 0 && resp.ContentLength <= most {
		body.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(io.LimitReader(resp.Body, most+1)); err != nil {
		return nil, fmt.Errorf("the answer (%d) breaks off: %w", resp.StatusCode, err)
	}
	if int64(body.Len()) > most {
		if resp.StatusCode < 300 {
			return nil, &tooLargeError{resp.StatusCode, most}
		}
		body.Truncate(int(most)) // the status says enough
	}
	return body.Bytes(), nil
}

func isCertificateError(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}

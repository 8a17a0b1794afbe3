// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// What may be sent again, and why:
//
//   - 429, whatever the operation: the server says that it did not do it.
//   - A failure before the request was on the wire (connection refused, no such host, no proxy):
//     nobody received it.
//   - Anything else that may pass (5xx, a broken connection, a timeout, an HTML page or cut-off
//     JSON where an answer should be) only for operations that are repeatable. For a payment a
//     second attempt might be a second payment.
//
// Certificates that are not trusted, redirects, oversized answers and everything that the API
// itself refuses stay as they are however often one asks.
const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// rateLimitPatience is how many more retries than others an answer of 429 is worth: it costs
	// the server nothing, and other processes behind the same address may be the cause.
	rateLimitPatience = 10
	// maxRetryTime bounds all attempts at one request together.
	maxRetryTime = 5 * time.Minute
)

// A call is the state of one request over its attempts. It travels in the request's context, since
// retryablehttp gives its hooks nothing else.
type call struct {
	request
	started     time.Time
	firstSent   time.Time
	sentAt      time.Time
	attempts    int
	retries     int // of all but 429
	rateLimited int
	notBefore   time.Time
	onWire      *atomic.Bool // the last attempt may have reached the server
	inDoubt     bool         // an attempt before the last one may have had its effect
}

type callKey struct{}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

func (c *call) event() RequestEvent {
	return RequestEvent{
		Operation: c.operation, Method: c.method, Host: c.base.Host, Path: c.path, Attempt: c.attempts,
	}
}

// fail completes an error with what was asked and how often.
func (c *call) fail(e *Error) error {
	e.Operation, e.Method, e.Path, e.Host = c.operation, c.method, c.path, c.base.Host
	e.Attempts, e.inDoubt = c.attempts, c.inDoubt
	if !c.firstSent.IsZero() {
		e.Elapsed = time.Since(c.firstSent)
	}
	return e
}

func (c *Client) newRetryingClient() *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport: &attempter{client: c, next: c.transport},
			// A followed POST would become a GET, and a foreign host would be sent the token.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		// checkRetry counts, and the pacer waits: it knows the caller's deadline and the pauses
		// that other requests have caused.
		RetryMax:     math.MaxInt32,
		CheckRetry:   c.checkRetry,
		Backoff:      func(_, _ time.Duration, _ int, _ *http.Response) time.Duration { return 0 },
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// An attempter sends a request once: when the pacer lets it, with the time that one attempt has,
// and with the answer read to its end, so that an answer that breaks off is a failed attempt.
type attempter struct {
	client *Client
	// next is not embedded: retryablehttp would close idle connections with every failure.
	next http.RoundTripper
}

// errRequestTimeout is the cause of a context that ended because an attempt took too long.
var errRequestTimeout = errors.New("no complete answer in time")

// A tooLargeError is a failure that no retry mends.
type tooLargeError struct {
	status int
	most   int64
}

func (e *tooLargeError) Error() string {
	return fmt.Sprintf("the answer is larger than any this operation gives: more than %d bytes", e.most)
}

// RoundTrip implements http.RoundTripper.
func (a *attempter) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	call := ctx.Value(callKey{}).(*call)
	// Each attempt has its own: an abandoned one may go on writing for a moment.
	onWire := new(atomic.Bool)
	call.onWire = onWire
	next := call.event()
	next.Attempt++
	release, err := a.client.pacer.acquire(ctx, call.started, call.notBefore, func(wait time.Duration, reason string) {
		a.client.observer.Waiting(ctx, WaitEvent{RequestEvent: next, Wait: wait, Reason: reason})
	})
	if err != nil {
		return nil, err
	}
	defer release()
	call.attempts++

	sendCtx := ctx
	if req.Method != http.MethodGet {
		// Who cancels an apply wants it to end, not to lose track of what was done: a write that
		// is on its way is waited for. The request timeout still holds.
		sendCtx = context.WithoutCancel(ctx)
	}
	sendCtx, cancel := context.WithTimeoutCause(sendCtx, a.client.requestTimeout, errRequestTimeout)
	defer cancel()
	trace := &httptrace.ClientTrace{
		WroteHeaders: func() { onWire.Store(true) },
		WroteRequest: func(httptrace.WroteRequestInfo) { release() },
	}
	call.sentAt = time.Now()
	if call.firstSent.IsZero() {
		call.firstSent = call.sentAt
	}
	a.client.observer.Sending(ctx, call.event())
	resp, err := a.next.RoundTrip(req.WithContext(httptrace.WithClientTrace(sendCtx, trace)))
	if err == nil {
		if _, broken := resp.Location(); broken != nil {
			resp.Header.Del("Location") // net/http would make an error of it
		}
		err = bufferBody(resp, call.maxAnswer)
	}
	if err != nil {
		if cause := context.Cause(sendCtx); errors.Is(cause, errRequestTimeout) {
			err = cause
		}
		return nil, err
	}
	return resp, nil
}

func bufferBody(resp *http.Response, most int64) error {
	defer resp.Body.Close() //nolint:errcheck // it has been read
	if most == 0 {
		most = defaultMaxAnswer
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return fmt.Errorf("the answer (%d) breaks off: %w", resp.StatusCode, err)
	}
	if int64(len(body)) > most {
		if resp.StatusCode < 300 {
			return &tooLargeError{resp.StatusCode, most}
		}
		body = body[:most] // the status says enough
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// checkRetry implements retryablehttp.CheckRetry. It is called once after every attempt.
func (c *Client) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	call := ctx.Value(callKey{}).(*call)
	var waitErr *waitError
	if errors.As(err, &waitErr) {
		return false, nil // not an attempt
	}
	done := ResponseEvent{RequestEvent: call.event(), Duration: time.Since(call.sentAt)}
	if err != nil {
		done.Err = c.tidy(rootCause(err).Error())
	} else {
		done.StatusCode = resp.StatusCode
	}
	reason, wait := c.whyRetry(call, resp, err)
	if reason != "" && ctx.Err() == nil && time.Since(call.firstSent)+wait < maxRetryTime {
		done.Retry, done.RetryIn = reason, wait
		call.inDoubt = call.inDoubt || err != nil && call.onWire.Load() ||
			err == nil && resp.StatusCode != http.StatusTooManyRequests
		call.notBefore = time.Now().Add(wait)
	}
	c.observer.Done(ctx, done)
	return done.Retry != "", nil
}

// whyRetry returns why and after what time a request should be sent again, or "".
func (c *Client) whyRetry(call *call, resp *http.Response, err error) (reason string, wait time.Duration) {
	if err == nil && resp.StatusCode == http.StatusTooManyRequests {
		asked, ok := retryAfter(resp.Header.Get("Retry-After"))
		// The pause holds for every request, so this one need not wait on its own.
		c.pacer.limited(call.sentAt, min(asked, c.maxRetryWait), ok, c.maxRetryWait)
		call.rateLimited++
		if call.rateLimited > c.maxRetries*rateLimitPatience {
			return "", 0
		}
		return "rate limited", 0
	}
	if err == nil {
		c.pacer.answered()
	}
	switch {
	case err != nil && (errors.As(err, new(*tooLargeError)) || isCertificateError(err)):
		return "", 0
	case err != nil && call.onWire.Load() && !call.repeatable:
		return "", 0
	case err != nil && !call.onWire.Load():
		reason = "not reached: " + c.tidy(rootCause(err).Error())
	case err != nil:
		reason = "no answer: " + c.tidy(rootCause(err).Error())
	case !call.repeatable:
		return "", 0
	case resp.StatusCode >= 500:
		switch resp.StatusCode {
		case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
			return "", 0
		}
		reason = "answer " + strconv.Itoa(resp.StatusCode)
	case resp.StatusCode < 300 && !wellFormed(resp):
		reason = "not an answer of the API"
	default:
		return "", 0
	}
	if call.retries++; call.retries > c.maxRetries {
		return "", 0
	}
	wait = min(maxBackoff, firstBackoff<<min(call.retries-1, 10))
	wait = min(wait/2+rand.N(wait/2), c.maxRetryWait)
	if err == nil {
		if asked, ok := retryAfter(resp.Header.Get("Retry-After")); ok {
			wait = max(wait, min(asked, c.maxRetryWait))
		}
	}
	return reason, wait
}

// wellFormed looks at an answer without consuming it.
func wellFormed(resp *http.Response) bool {
	body, _ := io.ReadAll(resp.Body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	defer func() { resp.Body = io.NopCloser(bytes.NewReader(body)) }()
	_, err := readAnswer(resp, oneLine)
	return err == nil || err.Kind == KindRefused
}

// retryAfter reads a Retry-After header: seconds or a date. A number too large to hold is a very
// long time.
func retryAfter(header string) (time.Duration, bool) {
	if header == "" {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(header, 64)
	if err == nil && !math.IsNaN(seconds) {
		if seconds < 0 {
			return 0, false
		}
		return time.Duration(min(seconds, float64(math.MaxInt32)) * float64(time.Second)), true
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

func isCertificateError(err error) bool {
	var verification *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	return errors.As(err, &verification) || errors.As(err, &record) || errors.Is(err, http.ErrSchemeMismatch)
}

// rootCause unwraps *url.Error, whose text repeats the query.
func rootCause(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}

// transportError turns a failure to get an answer into an *Error.
func (c *Client) transportError(ctx context.Context, call *call, err error) *Error {
	err = rootCause(err)
	var waitErr *waitError
	var tooLarge *tooLargeError
	switch {
	case errors.As(err, &waitErr):
		return &Error{Kind: KindCancelled, Err: waitErr}
	case ctx.Err() != nil && (call.method == http.MethodGet || errors.Is(err, ctx.Err())):
		// A write that is on its way knows nothing of ctx, so this one was about to be repeated.
		return &Error{Kind: KindCancelled, Err: context.Cause(ctx)}
	case errors.As(err, &tooLarge):
		return &Error{Kind: KindUnexpectedAnswer, StatusCode: tooLarge.status, Message: err.Error()}
	case errors.Is(err, errRequestTimeout) && call.onWire.Load():
		return &Error{Kind: KindTimeout, Message: fmt.Sprintf("no complete answer within %s", c.requestTimeout)}
	case errors.Is(err, errRequestTimeout):
		return &Error{Kind: KindUnreachable, Message: fmt.Sprintf("no connection within %s", c.requestTimeout)}
	case !call.onWire.Load():
		return &Error{Kind: KindUnreachable, Message: c.tidy(err.Error())}
	default:
		return &Error{Kind: KindInterrupted, Message: c.tidy(err.Error())}
	}
}

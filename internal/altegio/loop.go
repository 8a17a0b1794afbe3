// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What may be sent again, and why:
//
//   - 429, whatever the operation: the server says that it did not do it. How long that may go on is
//     for the run to say.
//   - A failure before the request was on the wire (connection refused, no such host, no proxy):
//     nobody received it.
//   - Anything else that may pass (5xx, a broken connection, a timeout, an HTML page or cut-off
//     JSON where an answer should be) only for operations that are repeatable. For a payment a
//     second attempt might be a second payment.
//
// Certificates that are not trusted, proxies that refuse, redirects, oversized answers and everything
// that the API itself refuses stay as they are however often one asks. Nothing but this loop sends
// anything again, see attempt.
const (
	firstBackoff = 500 * time.Millisecond
	maxBackoff   = 30 * time.Second
	// maxRetryTime limits all attempts at one request together, unless the time limit for answers 429 is
	// longer.
	maxRetryTime = 5 * time.Minute
)

// A call is the state of one request across its attempts.
type call struct {
	request
	url       *url.URL
	wanted    time.Time
	firstSent time.Time
	sentAt    time.Time
	attempts  int
	failures  int // without answers 429
	notBefore time.Time
	inDoubt   bool // an earlier attempt may have had its effect
}

func (c *call) event(attempt int) RequestEvent {
	return RequestEvent{
		Operation: c.operation, Method: c.method, Host: c.url.Host, Path: c.url.Path, Attempt: attempt,
	}
}

// fail adds the request and the number of attempts to an error.
func (c *call) fail(e *Error) *Error {
	e.Operation, e.Method, e.URL = c.operation, c.method, urlText(c.url)
	e.Attempts, e.inDoubt = c.attempts, c.inDoubt
	if !c.firstSent.IsZero() {
		e.Elapsed = time.Since(c.firstSent)
	}
	return e
}

// urlText returns a URL without its query.
func urlText(u *url.URL) string {
	bare := *u
	bare.RawQuery = ""
	return bare.String()
}

// send carries out a request at one host: wait, attempt, decide, until there is nothing to repeat.
func (c *Client) send(ctx context.Context, r request) (reply, *Error) {
	call := &call{request: r, url: r.url(), wanted: time.Now()}
	if r.asUser && c.userToken == "" {
		return reply{}, call.fail(&Error{Kind: KindNoUserToken})
	}
	body, err := encode(r.body)
	if err != nil {
		return reply{}, call.fail(&Error{Kind: KindNotSent, Err: err})
	}
	waitCtx := c.run.begin(ctx, call)
	defer c.run.end(call)
	for {
		release, e := c.turn(ctx, waitCtx, call)
		if e != nil {
			return reply{}, call.fail(e)
		}
		got, e := c.attempt(ctx, call, body, release)
		done := ResponseEvent{RequestEvent: call.event(call.attempts), Duration: time.Since(call.sentAt), StatusCode: got.status}
		if e != nil {
			done.StatusCode, done.Err = e.StatusCode, e.noAnswer()
		}
		reason, wait := c.decide(call, e)
		most := maxRetryTime
		if e != nil && e.Kind == KindRateLimited {
			most = max(most, c.rateLimitTimeout+c.maxRetryWait) // a pause can begin just before the time limit
		}
		again := reason != "" && ctx.Err() == nil && time.Since(call.firstSent)+wait < most
		if again {
			done.Retry, done.RetryIn = reason, wait
			call.inDoubt = call.inDoubt || e.leavesOpen()
			call.notBefore = time.Now().Add(wait)
		}
		c.observer.Done(ctx, done)
		switch {
		case e == nil:
			return got, nil
		case !again:
			return reply{}, call.fail(e)
		}
	}
}

// turn waits until the pacer allows the next attempt. Only turn and decide use the pacer.
func (c *Client) turn(ctx, waitCtx context.Context, call *call) (release func(), e *Error) {
	release, err := c.pacer.acquire(waitCtx, call.wanted, call.notBefore, func(wait time.Duration, reason string) {
		c.observer.Waiting(ctx, WaitEvent{
			RequestEvent: call.event(call.attempts + 1), Wait: wait, Reason: reason, Limited: reason == thePause,
		})
	})
	if err != nil {
		return nil, c.notSent(waitCtx, call, err)
	}
	return release, nil
}

// decide records how an attempt ended. It returns why and after what time to send the request again, or "".
func (c *Client) decide(call *call, e *Error) (reason string, wait time.Duration) {
	if e != nil && e.Kind == KindRateLimited {
		// The pause applies to every request, so this one does not have to wait separately.
		c.pacer.limited(call.sentAt, min(e.retryAfter, c.maxRetryWait), e.asksToWait, c.maxRetryWait)
		switch {
		case c.run.limited(c.rateLimitTimeout):
			e.hopeless = true
			e.Message = strings.Trim(c.nothingBut429()+": "+e.Message, ": ")
			return "", 0
		case c.maxRetries == 0:
			return "", 0
		}
		return "rate limited", 0
	}
	if e == nil || e.answered {
		c.pacer.answered()
		c.run.answered()
	}
	switch {
	case e != nil && e.Is(ErrUnauthorized):
		c.run.unauthorized(call.asUser)
		e.told = c.run.toldOf(call.asUser)
		return "", 0
	case e == nil || e.final:
		return "", 0
	case e.Kind == KindUnreachable:
		reason = "not reached: " + e.Message
	case !call.repeatable:
		return "", 0
	case e.Kind == KindInterrupted || e.Kind == KindTimeout:
		reason = "no answer: " + e.Message
	case e.Kind == KindServerError:
		switch e.StatusCode {
		case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
			return "", 0
		}
		reason = "answer " + strconv.Itoa(e.StatusCode)
	case e.Kind == KindUnexpectedAnswer && e.StatusCode < 300:
		reason = "not an answer of the API"
	default:
		return "", 0
	}
	if call.failures++; call.failures > c.maxRetries {
		return "", 0
	}
	wait = min(maxBackoff, firstBackoff<<min(call.failures-1, 10))
	wait = min(wait/2+rand.N(wait/2), c.maxRetryWait)
	if e.asksToWait {
		wait = max(wait, min(e.retryAfter, c.maxRetryWait))
	}
	return reason, wait
}

// retryAfter reads a Retry-After header: seconds or a date. A number that is too large counts as a very
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

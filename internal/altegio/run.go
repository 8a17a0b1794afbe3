// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A run is what the calls of a client know about each other: that the API answers nothing but 429, and that
// it does not accept a token. Both concern every call that waits, and those to come.
type run struct {
	mu    sync.Mutex
	calls map[*call]context.CancelCauseFunc // those that are under way
	// limitedSince is when the first answer 429 came that nothing else has come after. Time in which
	// nobody asks does not count.
	limitedSince time.Time
	gaveUp       time.Time // when that had lasted too long
	// refused says that the partner token is not accepted, and userRefused that it is not together
	// with the user token; told and userTold that the user knows.
	refused, userRefused bool
	told, userTold       atomic.Bool
}

var (
	errOnlyRateLimited = errors.New("the API answers nothing but 429")
	errTokenRefused    = errors.New("the API did not accept the token")
)

// begin enters a call, and returns the context that its waits end with. The call has to be ended.
func (r *run) begin(ctx context.Context, one *call) context.Context {
	ctx, cancel := context.WithCancelCause(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls == nil {
		r.calls = make(map[*call]context.CancelCauseFunc)
	}
	r.calls[one] = cancel
	switch {
	case r.refused || one.asUser && r.userRefused:
		cancel(errTokenRefused)
	case r.gaveUp.IsZero():
	case time.Since(r.gaveUp) < lookAgain:
		cancel(errOnlyRateLimited)
	default:
		r.gaveUp, r.limitedSince = time.Time{}, time.Time{}
	}
	return ctx
}

// lookAgain is how long nothing is sent after the patience with answers 429 has ended.
const lookAgain = time.Minute

func (r *run) end(one *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls[one](nil)
	delete(r.calls, one)
	if len(r.calls) == 0 {
		r.limitedSince = time.Time{}
	}
}

// limited takes note of an answer 429, and reports whether there have been no others for too long.
// Then all calls that wait end.
func (r *run) limited(patience time.Duration) (tooLong bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if r.limitedSince.IsZero() {
		r.limitedSince = now
	}
	if now.Sub(r.limitedSince) < patience {
		return false
	}
	r.gaveUp = now
	for _, cancel := range r.calls {
		cancel(errOnlyRateLimited)
	}
	return true
}

// answered takes note of an answer that is not 429.
func (r *run) answered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.limitedSince, r.gaveUp = time.Time{}, time.Time{}
}

// unauthorized takes note of an answer 401. Calls that wait with the same token end.
func (r *run) unauthorized(asUser bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if asUser {
		r.userRefused = true
	} else {
		r.refused = true
	}
	for call, cancel := range r.calls {
		if call.asUser || !asUser {
			cancel(errTokenRefused)
		}
	}
}

// toldOf returns the flag that errors about the token of a call share. If the partner token was refused,
// they blame it, whatever else is sent.
func (r *run) toldOf(asUser bool) *atomic.Bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if asUser && !r.refused {
		return &r.userTold
	}
	return &r.told
}

// notSent is the error of a call whose wait has ended, given the error and the context of the wait.
func (c *Client) notSent(ctx context.Context, call *call, err error) *Error {
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errOnlyRateLimited):
		return &Error{Kind: KindRateLimited, StatusCode: http.StatusTooManyRequests, Message: c.nothingBut429(), hopeless: true}
	case errors.Is(cause, errTokenRefused):
		return &Error{Kind: KindTokenRefused, Message: "the API did not accept it before", told: c.run.toldOf(call.asUser)}
	}
	return &Error{Kind: KindCancelled, Err: err}
}

func (c *Client) nothingBut429() string {
	return fmt.Sprintf("the API has answered nothing else for %s", c.rateLimitTimeout)
}

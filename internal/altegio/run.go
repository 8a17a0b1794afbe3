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

// A run is what the calls of a client share: that the API answers nothing but 429, and that it does not
// accept a token. Both concern waiting and future calls.
type run struct {
	mu    sync.Mutex
	calls map[*call]context.CancelCauseFunc // calls in progress
	// limitedSince is when the current series of answers 429 began. Time without requests does not count.
	limitedSince time.Time
	gaveUp       time.Time // when the series had lasted too long
	// refused says that the partner token is not accepted, and userRefused that the partner and user tokens
	// together are not. told and userTold say that this was reported.
	refused, userRefused bool
	told, userTold       atomic.Bool
}

var (
	errOnlyRateLimited = errors.New("the API answers nothing but 429")
	errTokenRefused    = errors.New("the API did not accept the token")
)

// begin adds a call, and returns the context of its waits. end removes it.
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

// lookAgain is how long nothing is sent after the time limit for answers 429.
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

// limited records an answer 429, and reports whether there has been nothing else for too long. In that case
// it ends all waiting calls.
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

// answered records an answer other than 429.
func (r *run) answered() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.limitedSince, r.gaveUp = time.Time{}, time.Time{}
}

// unauthorized records an answer 401, and ends the calls that wait with the same token.
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
// the flag is that of the partner token.
func (r *run) toldOf(asUser bool) *atomic.Bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if asUser && !r.refused {
		return &r.userTold
	}
	return &r.told
}

// notSent returns the error of a call whose wait has ended, given the error and the context of the wait.
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

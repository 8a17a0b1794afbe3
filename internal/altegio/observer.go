// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"time"
)

// An Observer is told of every attempt at a request, for logging and counting. Events carry no
// token, no header, no query and no body. Methods are called with the context of the request, must
// return quickly, and may be called concurrently.
type Observer interface {
	// Waiting is called when a request has to wait, at least noticeableWait, before it is sent.
	Waiting(ctx context.Context, event WaitEvent)
	// Sending is called just before an attempt goes out.
	Sending(ctx context.Context, event RequestEvent)
	// Done is called when an attempt has been answered or has failed.
	Done(ctx context.Context, event ResponseEvent)
}

// A RequestEvent describes an attempt.
type RequestEvent struct {
	Operation string // the vendor's name of the operation
	Method    string
	Host      string
	Path      string // without the query
	Attempt   int    // from 1
}

// A ResponseEvent describes how an attempt ended.
type ResponseEvent struct {
	RequestEvent

	StatusCode int           // 0 when there was no answer
	Duration   time.Duration // from sending to the last byte of the answer
	Err        string        // why there was no answer; "" when there was one
	Retry      string        // why the request will be sent again; "" when it will not
	RetryIn    time.Duration // how long the client waits before it does, limits aside
}

// A WaitEvent describes a wait before an attempt.
type WaitEvent struct {
	RequestEvent

	Wait   time.Duration
	Reason string
}

const noticeableWait = time.Second

type noObserver struct{}

func (noObserver) Waiting(context.Context, WaitEvent)    {}
func (noObserver) Sending(context.Context, RequestEvent) {}
func (noObserver) Done(context.Context, ResponseEvent)   {}

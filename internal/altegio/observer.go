// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"time"
)

// An Observer hears about every attempt at a request, for logging and counting. Events carry no token, no
// header, no query and no body. Methods are called with the context of the request, must return quickly,
// and may be called concurrently.
type Observer interface {
	// Waiting is called when a request has to wait, at least noticeableWait, before it is sent.
	Waiting(ctx context.Context, event WaitEvent)
	// Sending is called just before an attempt goes out.
	Sending(ctx context.Context, event RequestEvent)
	// Done is called when an attempt has been answered or has failed.
	Done(ctx context.Context, event ResponseEvent)
	// Noticed is called, rarely, with something that the user of the client needs to know.
	Noticed(ctx context.Context, notice Notice)
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

	Wait    time.Duration
	Reason  string
	Limited bool // the API has answered 429, and nothing is sent for that time
}

// A Notice is something that the caller of a successful operation may want to know.
type Notice struct {
	Kind      NoticeKind
	Operation string // the vendor's name of the operation
	Method    string
	Host      string
	Path      string // without the query
	Text      string // what is odd, in a line
}

// A NoticeKind is the kind of a Notice.
type NoticeKind string

// The kinds of notices.
const (
	// NoticeUnconfirmed: the status is that of a success, and the body that would confirm it is
	// missing.
	NoticeUnconfirmed NoticeKind = "unconfirmed"
	// NoticeHost: an operation about whose host the documents disagree was found at the other one, and
	// the rest of the process asks there. The text says which.
	NoticeHost NoticeKind = "host"
	// NoticeUnreadable: fields of a list are not as documented, and empty in what is returned.
	NoticeUnreadable NoticeKind = "unreadable"
)

// confirm carries out a request whose documented answer has a body, and reports a success without
// one: nothing that these requests set can be read back, and an empty answer may be a proxy's.
func (c *Client) confirm(ctx context.Context, r request) error {
	got, err := c.do(ctx, r)
	if err == nil && got.data == nil {
		c.notice(ctx, r, NoticeUnconfirmed, "the answer is empty, and the one that is documented is not")
	}
	return err
}

func (c *Client) notice(ctx context.Context, r request, kind NoticeKind, text string) {
	c.observer.Noticed(ctx, Notice{Kind: kind, Operation: r.operation, Method: r.method, Host: r.base.Host, Path: r.path, Text: text})
}

const noticeableWait = time.Second

type noObserver struct{}

func (noObserver) Waiting(context.Context, WaitEvent)    {}
func (noObserver) Sending(context.Context, RequestEvent) {}
func (noObserver) Done(context.Context, ResponseEvent)   {}
func (noObserver) Noticed(context.Context, Notice)       {}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"time"
)

// An Observer is notified of every attempt at a request, for logs and counts. Events contain no token,
// header, query or body. Methods are called with the context of the request and sometimes concurrently, and
// must return quickly.
type Observer interface {
	// Waiting is called when a request has to wait for at least noticeableWait before it is sent.
	Waiting(ctx context.Context, event WaitEvent)
	// Sending is called just before an attempt is sent.
	Sending(ctx context.Context, event RequestEvent)
	// Done is called when an attempt has been answered or has failed.
	Done(ctx context.Context, event ResponseEvent)
	// Noticed is called, rarely, with something that the user of the client should know.
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

	StatusCode int           // 0 if there was no answer
	Duration   time.Duration // from sending to the last byte of the answer
	Err        string        // why there was no answer; "" when there was one
	Retry      string        // why the request will be sent again; "" when it will not
	RetryIn    time.Duration // the wait before the next attempt, without the limits
}

// A WaitEvent describes a wait before an attempt.
type WaitEvent struct {
	RequestEvent

	Wait    time.Duration
	Reason  string
	Limited bool // the API has answered 429, and nothing is sent meanwhile
}

// A Notice is something that the caller of a successful operation should know.
type Notice struct {
	Kind      NoticeKind
	Operation string // the vendor's name of the operation
	Method    string
	Host      string
	Path      string // without the query
	Text      string // one line
}

// A NoticeKind is the kind of a Notice.
type NoticeKind string

// The kinds of notices.
const (
	// NoticeUnconfirmed: the status is a success, but the body that would confirm it is missing.
	NoticeUnconfirmed NoticeKind = "unconfirmed"
	// NoticeHost: one of the operations whose host is disputed was found at the other host, which the rest
	// of the process uses. The text names it.
	NoticeHost NoticeKind = "host"
	// NoticeUnreadable: fields of a list are not as documented, and are empty in the result.
	NoticeUnreadable NoticeKind = "unreadable"
)

// confirm carries out a request whose documented answer has a body, and reports a success without one: the
// values that these requests set cannot be read back, and an empty answer may come from a proxy.
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

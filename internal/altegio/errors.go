// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Sentinels for errors.Is, which knows each Kind as well.
var (
	// ErrNotInstalled says that the application is not installed at the location.
	ErrNotInstalled = errors.New("the application is not installed at the location")
	// ErrUnauthorized says that the API does not accept the token (401).
	ErrUnauthorized = errors.New("the token is not accepted")
	// ErrForbidden says that the API denies access (403). It says so of a foreign application, of
	// one without the right category, and of one that is already installed.
	ErrForbidden = errors.New("access is denied")
	// ErrNotFound says that the API answered 404.
	ErrNotFound = errors.New("it does not exist")
	// ErrGone says that the API itself answered 404 as it documents it, so that what was asked for is
	// gone. Nothing else is meant: not the 404 of a proxy, of a gateway with JSON of its own, or of a
	// wrong base URL.
	ErrGone = errors.New("it is gone")
	// ErrInvalid says that the API does not accept a value (422).
	ErrInvalid = errors.New("a value is not accepted")
	// ErrNothingBut429 says that the API has answered nothing but 429 for as long as the client goes
	// on, so that whatever else is sent soon fails too.
	ErrNothingBut429 = errors.New("the API answers nothing but 429")
)

// A Kind says at which point a request failed, and so what may have happened.
type Kind string

// Error makes a Kind a target of errors.Is.
func (k Kind) Error() string { return string(k) }

// The kinds of failure.
const (
	// KindRefused: the API answered, in its own envelope, that it does not do what was asked.
	KindRefused Kind = "refused"
	// KindRateLimited: the API answered 429 until patience was spent, that of the request or that of
	// the run. Nothing was done.
	KindRateLimited Kind = "rate limited"
	// KindServerError: the server answered 5xx. The request may have had its effect.
	KindServerError Kind = "server error"
	// KindUnexpectedAnswer: an answer came, but not one of this API: HTML, broken JSON, too large.
	// The request may have had its effect, unless the status says that it had not.
	KindUnexpectedAnswer Kind = "unexpected answer"
	// KindRedirect: the server redirected. Redirects are never followed.
	KindRedirect Kind = "redirect"
	// KindUnreachable: the request certainly never reached the server.
	KindUnreachable Kind = "unreachable"
	// KindInterrupted: the connection broke before the answer was complete. The request may have
	// had its effect.
	KindInterrupted Kind = "interrupted"
	// KindTimeout: no complete answer came within the request timeout. The request may have had
	// its effect.
	KindTimeout Kind = "timeout"
	// KindCancelled: the caller's context ended, or would have ended, before the request was sent
	// or, for a read, answered.
	KindCancelled Kind = "cancelled"
	// KindNotSent: the request could not be built.
	KindNotSent Kind = "not sent"
	// KindTokenRefused: it was not sent, since the API had answered 401 to the same token before.
	KindTokenRefused Kind = "token refused"
	// KindNoUserToken: the operation needs a user token and the client has none.
	KindNoUserToken Kind = "no user token"
)

// An Error is a failed operation. No part of it holds a token or the signature of a link.
type Error struct {
	Kind      Kind
	Operation string // the vendor's name of the operation
	Method    string
	URL       string // without the query

	// Proxy is the host of the proxy that the request went through, which may have answered instead
	// of the server; "" for none.
	Proxy string

	// StatusCode of the last answer, 0 when there was none.
	StatusCode int
	// Message is what the API said, or what is wrong with its answer. The API's messages are
	// localised: show them, don't compare them.
	Message string
	// Fields are the API's complaints, in the order of their names.
	Fields []FieldError

	Attempts int           // how often the request was sent
	Elapsed  time.Duration // since the first attempt
	Err      error         // the cause, where there is a Go error

	// gone says that the answer is the very one that the API documents for what does not exist.
	gone bool
	// inDoubt says that an attempt before the last one may have had its effect.
	inDoubt bool
	// page says that a web page came instead of an answer, notDone that the request was not carried out
	// although the status leaves it open, and elsewhere is what the other host said, where neither
	// is known to know the operation.
	page, notDone bool
	elsewhere     *Error
	// told is shared by all errors about a token that is not accepted.
	told *atomic.Bool
	// hopeless says that the patience of the run has ended.
	hopeless bool
	// answered says that the server answered, and final that nothing is mended by asking again.
	answered, final bool
	// retryAfter is how long the server asks to be left alone, if it asksToWait.
	retryAfter time.Duration
	asksToWait bool
}

// leavesOpen reports whether the last attempt may have had its effect.
func (e *Error) leavesOpen() bool {
	switch e.Kind {
	case KindServerError, KindInterrupted, KindTimeout:
		return true
	case KindUnexpectedAnswer:
		// The page of a server or a proxy that says that it does not do it.
		return e.StatusCode < 400 || e.StatusCode == http.StatusRequestTimeout
	case KindRedirect:
		if e.notDone {
			return false
		}
		// To be sent elsewhere, as it was.
		return e.StatusCode != http.StatusTemporaryRedirect && e.StatusCode != http.StatusPermanentRedirect
	}
	return false
}

// noAnswer says why there was no answer, or "".
func (e *Error) noAnswer() string {
	switch {
	case e.answered:
		return ""
	case e.Err != nil:
		return e.Err.Error()
	}
	return e.Message
}

// A FieldError is what the API has against a field of a request.
type FieldError struct {
	Field    string // the API's name of it; "" when the API did not say which
	Messages []string
}

// Error describes the failure in one line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Method != "" {
		fmt.Fprintf(&b, "%s %s: ", e.Method, e.URL)
	}
	b.WriteString(e.Reason())
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts in %s)", e.Attempts, e.Elapsed.Round(time.Millisecond))
	}
	return b.String()
}

// Reason says what went wrong, without what was asked.
func (e *Error) Reason() string {
	if e.elsewhere == nil {
		return e.reason()
	}
	both := fmt.Sprintf("%s at %s; and %s at %s", e.reason(), hostOf(e.URL), e.elsewhere.reason(), hostOf(e.elsewhere.URL))
	if !mayNotKnow(e.elsewhere) {
		return both // nobody can say what it knows
	}
	return both + ": neither host knows the operation"
}

func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	return u.Host
}

func (e *Error) reason() string {
	var parts []string
	if status := e.Status(); status != "" {
		parts = append(parts, status)
	}
	if e.StatusCode == 0 || e.Kind != KindRefused && e.Kind != KindServerError {
		parts = append(parts, string(e.Kind))
	}
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	for _, f := range e.Fields {
		text := strings.Join(f.Messages, "; ")
		if f.Field != "" {
			text = f.Field + ": " + text
		}
		parts = append(parts, text)
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	reason := strings.Join(parts, ": ")
	if (e.Kind == KindUnexpectedAnswer || e.Kind == KindUnreachable) && e.Proxy != "" && !strings.Contains(reason, e.Proxy) {
		reason += " (through the proxy " + e.Proxy + ")"
	}
	return reason
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is work with the sentinels of this package.
func (e *Error) Is(target error) bool {
	if kind, ok := target.(Kind); ok {
		return e.Kind == kind
	}
	switch target {
	case ErrUnauthorized:
		return e.Kind == KindTokenRefused || e.Kind == KindRefused && e.StatusCode == http.StatusUnauthorized
	case ErrNotFound:
		return e.Kind == KindRefused && e.StatusCode == http.StatusNotFound
	case ErrGone:
		return e.Kind == KindRefused && e.gone
	case ErrInvalid:
		return e.Kind == KindRefused && e.StatusCode == http.StatusUnprocessableEntity
	case ErrNothingBut429:
		return e.Kind == KindRateLimited && e.hopeless
	case ErrForbidden:
		return e.Kind == KindRefused && e.StatusCode == http.StatusForbidden
	}
	return false
}

// MayHaveHappened reports whether the request may have had its effect although it failed.
func (e *Error) MayHaveHappened() bool {
	return e.Method != http.MethodGet && (e.inDoubt || e.leavesOpen())
}

// Status is the status of the answer in words, such as "403 Forbidden"; "" when there was none.
func (e *Error) Status() string {
	if e.StatusCode == 0 {
		return ""
	}
	return strings.TrimSpace(fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode)))
}

// Claim reports whether its caller is the first to tell the user of what many errors of a client have
// in common: that a token is not accepted. Those who come later can refer to that.
func (e *Error) Claim() bool {
	return e.told == nil || e.told.CompareAndSwap(false, true)
}

// notInstalledError is an *Error that is ErrNotInstalled as well.
type notInstalledError struct{ err error }

func (e *notInstalledError) Error() string {
	return ErrNotInstalled.Error() + " (" + e.err.Error() + ")"
}
func (e *notInstalledError) Unwrap() []error { return []error{ErrNotInstalled, e.err} }

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

// Sentinels for errors.Is, which also accepts each Kind.
var (
	// ErrNotInstalled says that the application is not installed at the location.
	ErrNotInstalled = errors.New("the application is not installed at the location")
	// ErrUnauthorized says that the API does not accept the token (401).
	ErrUnauthorized = errors.New("the token is not accepted")
	// ErrForbidden says that the API denies access (403): to an application of another partner, to one of
	// the wrong category, or to one that is already installed.
	ErrForbidden = errors.New("access is denied")
	// ErrNotFound says that the API answered 404.
	ErrNotFound = errors.New("it does not exist")
	// ErrGone says that the API answered 404 in the documented form, so the object is gone. It does not
	// include the 404 of a proxy, of a gateway with its own JSON, or of a wrong base URL.
	ErrGone = errors.New("it is gone")
	// ErrInvalid says that the API does not accept a value (422).
	ErrInvalid = errors.New("a value is not accepted")
	// ErrNothingBut429 says that the API answered nothing but 429 for as long as the client was willing to
	// wait, so other requests will soon fail too.
	ErrNothingBut429 = errors.New("the API answers nothing but 429")
)

// A Kind says at which point a request failed, and so whether it may have had an effect.
type Kind string

// Error makes a Kind a target of errors.Is.
func (k Kind) Error() string { return string(k) }

// The kinds of failure.
const (
	// KindRefused: the API refused the request in its own envelope.
	KindRefused Kind = "refused"
	// KindRateLimited: the API answered 429 until the time limit of the request or of the run was reached.
	// The request had no effect.
	KindRateLimited Kind = "rate limited"
	// KindServerError: the server answered 5xx. The request may have had its effect.
	KindServerError Kind = "server error"
	// KindUnexpectedAnswer: the answer is not one of this API: HTML, broken JSON, too large. The request
	// may have had its effect, unless the status excludes it.
	KindUnexpectedAnswer Kind = "unexpected answer"
	// KindRedirect: the server redirected. Redirects are never followed.
	KindRedirect Kind = "redirect"
	// KindUnreachable: the request did not reach the server.
	KindUnreachable Kind = "unreachable"
	// KindInterrupted: the connection broke before the answer was complete. The request may have
	// had its effect.
	KindInterrupted Kind = "interrupted"
	// KindTimeout: no complete answer came within the request timeout. The request may have had
	// its effect.
	KindTimeout Kind = "timeout"
	// KindCancelled: the caller's context ended, or would have ended, before the request was sent or, for a
	// read, before it was answered.
	KindCancelled Kind = "cancelled"
	// KindNotSent: the request could not be built.
	KindNotSent Kind = "not sent"
	// KindTokenRefused: the request was not sent, because the API had answered 401 to the same token
	// before.
	KindTokenRefused Kind = "token refused"
	// KindNoUserToken: the operation needs a user token and the client has none.
	KindNoUserToken Kind = "no user token"
)

// An Error is a failed operation. It contains no token and no signature of a link.
type Error struct {
	Kind      Kind
	Operation string // the vendor's name of the operation
	Method    string
	URL       string // without the query

	// Proxy is the host of the proxy that the request went through, "" for none. The answer may be from the
	// proxy.
	Proxy string

	// StatusCode of the last answer, 0 when there was none.
	StatusCode int
	// Message is the API's message, or what is wrong with its answer. The API's messages are localised:
	// show them, but do not compare them.
	Message string
	// Fields are the API's messages about single fields, sorted by field.
	Fields []FieldError

	Attempts int           // how often the request was sent
	Elapsed  time.Duration // since the first attempt
	Err      error         // the underlying error, if there is one

	// gone says that the answer is a 404 in the documented form.
	gone bool
	// inDoubt says that an attempt before the last one may have had its effect.
	inDoubt bool
	// page says that the answer was a web page. notDone says that the request had no effect although the
	// status leaves that open. elsewhere is the error of the other host, if neither host knows the
	// operation.
	page, notDone bool
	elsewhere     *Error
	// told is shared by all errors about a token that was refused.
	told *atomic.Bool
	// hopeless says that the time limit of the run has been reached.
	hopeless bool
	// answered says that the server answered. final says that another attempt would change nothing.
	answered, final bool
	// retryAfter is how long the server asks to wait, if asksToWait is true.
	retryAfter time.Duration
	asksToWait bool
}

// leavesOpen reports whether the last attempt may have had its effect.
func (e *Error) leavesOpen() bool {
	switch e.Kind {
	case KindServerError, KindInterrupted, KindTimeout:
		return true
	case KindUnexpectedAnswer:
		// A page with a status from 400 to 499 says that the request was not carried out.
		return e.StatusCode < 400 || e.StatusCode == http.StatusRequestTimeout
	case KindRedirect:
		if e.notDone {
			return false
		}
		// These redirects ask for the same request at another URL.
		return e.StatusCode != http.StatusTemporaryRedirect && e.StatusCode != http.StatusPermanentRedirect
	}
	return false
}

// noAnswer returns why there was no answer, "" if there was one.
func (e *Error) noAnswer() string {
	switch {
	case e.answered:
		return ""
	case e.Err != nil:
		return e.Err.Error()
	}
	return e.Message
}

// A FieldError is the API's message about a field of a request.
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
		return both // the other host did not answer
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

// Claim reports whether the caller is the first to report that the token is not accepted, which many errors
// of a client have in common. Later callers can refer to that report.
func (e *Error) Claim() bool {
	return e.told == nil || e.told.CompareAndSwap(false, true)
}

// notInstalledError is an *Error that also matches ErrNotInstalled.
type notInstalledError struct{ err error }

func (e *notInstalledError) Error() string {
	return ErrNotInstalled.Error() + " (" + e.err.Error() + ")"
}
func (e *notInstalledError) Unwrap() []error { return []error{ErrNotInstalled, e.err} }

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Sentinels for errors.Is.
var (
	// ErrNotInstalled says that the application is not installed at the location.
	ErrNotInstalled = errors.New("the application is not installed at the location")
	// ErrUnauthorized says that the API does not accept the token (401).
	ErrUnauthorized = errors.New("the token is not accepted")
	// ErrForbidden says that the API denies access (403). It says so of a foreign application, of
	// one without the right category, and of one that is already installed.
	ErrForbidden = errors.New("access is denied")
)

// A Kind says at which point a request failed, and so what may have happened.
type Kind string

// The kinds of failure.
const (
	// KindRefused: the API answered, in its own envelope, that it does not do what was asked.
	KindRefused Kind = "refused"
	// KindRateLimited: the API answered 429 until retries were spent. Nothing was done.
	KindRateLimited Kind = "rate limited"
	// KindServerError: the server answered 5xx. The request may have had its effect.
	KindServerError Kind = "server error"
	// KindUnexpectedAnswer: an answer came, but not one of this API: HTML, broken JSON, too large.
	// The request may have had its effect.
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
	// KindNoUserToken: the operation needs a user token and the client has none.
	KindNoUserToken Kind = "no user token"
)

// An Error is a failed operation. No part of it holds a token or the signature of a link.
type Error struct {
	Kind      Kind
	Operation string // the vendor's name of the operation
	Method    string
	Path      string // without the query
	Host      string

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

	// bare says that the answer lacks the API's "success": the API itself is known to leave it out,
	// but so may others.
	bare bool
	// inDoubt says that an attempt before the last one may have had its effect.
	inDoubt bool
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
		fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	}
	b.WriteString(e.Reason())
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts in %s)", e.Attempts, e.Elapsed.Round(time.Millisecond))
	}
	return b.String()
}

// Reason says what went wrong, without what was asked.
func (e *Error) Reason() string {
	var parts []string
	if e.StatusCode != 0 {
		parts = append(parts, strings.TrimSpace(fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode))))
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
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is work with the sentinels of this package.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrUnauthorized:
		return e.Kind == KindRefused && e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.Kind == KindRefused && e.StatusCode == http.StatusForbidden
	}
	return false
}

// MayHaveHappened reports whether the request may have had its effect although it failed.
func (e *Error) MayHaveHappened() bool {
	switch e.Kind {
	case KindServerError, KindUnexpectedAnswer, KindInterrupted, KindTimeout, KindRedirect:
		return e.Method != http.MethodGet
	}
	return e.inDoubt && e.Method != http.MethodGet
}

// IsNotFound reports whether the API itself answered 404, in its whole envelope, so that what was
// asked for is gone. The 404 of a proxy, or of a wrong base URL, is not meant.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == KindRefused && e.StatusCode == http.StatusNotFound && !e.bare
}

// notInstalledError is an *Error that is ErrNotInstalled as well.
type notInstalledError struct{ err error }

func (e *notInstalledError) Error() string {
	return ErrNotInstalled.Error() + " (" + e.err.Error() + ")"
}
func (e *notInstalledError) Unwrap() []error { return []error{ErrNotInstalled, e.err} }

var signature = regexp.MustCompile(`(?i)(sign(?:ature)?=)[^&\s"'<>]+`)

// redact takes the client's tokens, other secrets and link signatures out of a text that came from
// outside.
func (c *Client) redact(s string, secrets ...string) string {
	for _, token := range append(secrets, c.partnerToken, c.userToken) {
		if token != "" {
			s = strings.ReplaceAll(s, token, "[redacted]")
		}
	}
	return signature.ReplaceAllString(s, "$1[redacted]")
}

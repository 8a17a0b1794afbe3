// SPDX-License-Identifier: MPL-2.0

package core

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A Refusal explains an answer of the API that has a special meaning for a task.
type Refusal struct {
	// Cause is the reason in a few words, for the end of the error's summary, because logs of CI jobs hide
	// all other lines. "" means the general text.
	Cause string
	// Advice is, in sentences, the reason and what to do about it; "" means the general text.
	Advice string
}

// Because returns the summary of an error: what failed and, in a few words, why.
func Because(what, why string) string { return what + ": " + firstWords(strings.TrimRight(why, ".! ")) }

// cause returns in a few words why a request failed.
func (t Task) cause(err error, e *altegio.Error) string {
	is := func(target error) bool { return errors.Is(err, target) }
	inDoubt, status := "", e.Status()
	if status != "" {
		status = " (" + status + ")"
	}
	if e.MayHaveHappened() && !t.Repeatable {
		inDoubt = ", and it may have been carried out"
	}
	switch {
	case is(altegio.ErrUnauthorized) && t.Unauthorized != "":
		return "a token is not accepted"
	case is(altegio.ErrUnauthorized):
		return "the token is not accepted"
	case is(altegio.ErrForbidden):
		return cmp.Or(t.Forbidden.Cause, "the application belongs to another partner")
	case is(altegio.ErrNotFound):
		return cmp.Or(t.NotFound.Cause, "no such application at the location")
	case is(altegio.KindRefused):
		return "Altegio refuses it: " + refusal(e)
	case is(altegio.KindRateLimited):
		return "the rate limit is used up (429)"
	case is(altegio.KindServerError):
		return "Altegio answers " + e.Status() + inDoubt
	case is(altegio.KindUnexpectedAnswer):
		return "the answer is not from Altegio's API" + status + inDoubt
	case is(altegio.KindRedirect):
		return "the server redirects to another URL" + inDoubt
	case is(altegio.KindUnreachable):
		return "Altegio cannot be reached"
	case is(altegio.KindInterrupted):
		return "the connection was lost" + inDoubt
	case is(altegio.KindTimeout):
		return "no answer in time" + inDoubt
	case is(altegio.KindCancelled) && is(context.DeadlineExceeded):
		return "the timeout has expired" + inDoubt
	case is(altegio.KindCancelled):
		return "it was cancelled" + inDoubt
	case is(altegio.KindNoUserToken):
		return "there is no user_token"
	}
	return e.Reason()
}

// refusal returns why the API refused a request, in the API's words if there are any.
func refusal(e *altegio.Error) string {
	for _, field := range e.Fields {
		if text := strings.Join(field.Messages, "; "); text != "" && field.Field != "" {
			return field.Field + ": " + text
		} else if text != "" {
			return text
		}
	}
	return cmp.Or(e.Message, e.Status())
}

// firstWords cuts a text from outside between two words, so that it fits on a line.
func firstWords(text string) string {
	const most = 120
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	text = string(runes[:most])
	if end := strings.LastIndexByte(text, ' '); end > 0 {
		text = text[:end]
	}
	return text + "..."
}

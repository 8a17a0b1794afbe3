// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestError_Texts(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err  Error
		want string
	}{
		{
			Error{Kind: KindRefused, StatusCode: 403, Message: "No application access"},
			"POST /x: 403 Forbidden: No application access",
		},
		{Error{Kind: KindRefused, StatusCode: 404}, "POST /x: 404 Not Found"},
		{Error{Kind: KindRefused, StatusCode: 200, Message: "No."}, "POST /x: 200 OK: No."},
		{
			Error{Kind: KindRefused, StatusCode: 422, Message: "An error has occurred.", Fields: []FieldError{
				{"", []string{"general", "more"}}, {"salon_id", []string{"is required"}},
			}},
			"POST /x: 422 Unprocessable Entity: An error has occurred.: general; more: salon_id: is required",
		},
		{
			Error{Kind: KindServerError, StatusCode: 502, Message: "the answer is empty", Attempts: 5, Elapsed: 12345678 * time.Microsecond},
			"POST /x: 502 Bad Gateway: the answer is empty (after 5 attempts in 12.346s)",
		},
		{Error{Kind: KindRateLimited, StatusCode: 429, Attempts: 1}, "POST /x: 429 Too Many Requests: rate limited"},
		{Error{Kind: KindUnexpectedAnswer, StatusCode: 200, Message: "odd"}, "POST /x: 200 OK: unexpected answer: odd"},
		{Error{Kind: KindRefused, StatusCode: 799, Message: "odd"}, "POST /x: 799: odd"},
		{Error{Kind: KindTimeout, Message: "no complete answer within 30s"}, "POST /x: timeout: no complete answer within 30s"},
		{Error{Kind: KindCancelled, Err: context.Canceled}, "POST /x: cancelled: context canceled"},
		{Error{Kind: KindNoUserToken}, "POST /x: no user token"},
	} {
		tc.err.Method, tc.err.URL = "POST", "/x"
		if got := tc.err.Error(); got != tc.want {
			t.Errorf("got  %q\nwant %q", got, tc.want)
		}
		if got := tc.err.Reason(); !strings.HasPrefix(tc.want, "POST /x: "+got) {
			t.Errorf("the reason %q is no part of %q", got, tc.want)
		}
	}
	if got := (&Error{Kind: KindCancelled, Err: context.Canceled}).Error(); got != "cancelled: context canceled" {
		t.Errorf("got %q", got)
	}
}

func TestError_Is(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status int
		body   string
		want   error
	}{
		{401, `{"success":false,"meta":{"message":"Authentication needed."}}`, ErrUnauthorized},
		{403, `{"success":false,"meta":{"message":"Access denied."}}`, ErrForbidden},
		{404, `{"success":false,"meta":[]}`, ErrNotInstalled},
		{401, `<html>proxy</html>`, nil},
		{403, `<html>proxy</html>`, nil},
		{404, `<html>proxy</html>`, nil},
		{407, `{"success":false}`, nil},
		{422, `{"success":false}`, nil},
	} {
		t.Run(fmt.Sprint(tc.status, tc.body), func(t *testing.T) {
			t.Parallel()
			s, _ := serve(t, answer(tc.status, tc.body))
			_, err := clientOf(t, s).Installation(t.Context(), 1, 2)
			for _, target := range []error{ErrUnauthorized, ErrForbidden, ErrNotInstalled} {
				if got := errors.Is(err, target); got != (target == tc.want) {
					t.Errorf("errors.Is(%v, %v) is %t", err, target, got)
				}
			}
			if e := asError(t, err); e.StatusCode != tc.status && tc.status != 407 { // which is a proxy's
				t.Errorf("status %d", e.StatusCode)
			}
			if errors.Is(err, ErrGone) != (tc.want == ErrNotInstalled) {
				t.Errorf("ErrGone is %t", errors.Is(err, ErrGone))
			}
		})
	}
	for target, want := range map[error]Error{
		ErrNotFound:      {Kind: KindRefused, StatusCode: 404},
		ErrGone:          {Kind: KindRefused, StatusCode: 404, gone: true},
		ErrInvalid:       {Kind: KindRefused, StatusCode: 422},
		ErrUnauthorized:  {Kind: KindTokenRefused},
		ErrNothingBut429: {Kind: KindRateLimited, StatusCode: 429, hopeless: true},
		KindUnreachable:  {Kind: KindUnreachable},
		KindTokenRefused: {Kind: KindTokenRefused},
		context.Canceled: {Kind: KindCancelled, Err: context.Canceled},
	} {
		if !errors.Is(&want, target) {
			t.Errorf("%v is not %v", &want, target)
		}
		for _, other := range []Error{
			{Kind: KindServerError, StatusCode: 500},
			{Kind: KindUnexpectedAnswer, StatusCode: 404},
			{Kind: KindRateLimited, StatusCode: 429},
			{Kind: KindUnexpectedAnswer, StatusCode: 422},
			{Kind: KindRefused, StatusCode: 403},
		} {
			if errors.Is(&other, target) {
				t.Errorf("%v is %v", &other, target)
			}
		}
	}
	if errors.Is(&Error{Kind: KindRefused, StatusCode: 404}, ErrGone) {
		t.Error("a bare 404 is ErrGone")
	}
}

func TestError_MayHaveHappened(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind]bool{
		KindRefused: false, KindRateLimited: false, KindUnreachable: false, KindCancelled: false, KindNotSent: false,
		KindNoUserToken: false,
		KindServerError: true, KindUnexpectedAnswer: true, KindRedirect: true, KindInterrupted: true, KindTimeout: true,
	} {
		if got := (&Error{Kind: kind, Method: "POST"}).MayHaveHappened(); got != want {
			t.Errorf("a POST, %s: %t", kind, got)
		}
		if (&Error{Kind: kind, Method: "GET", inDoubt: true}).MayHaveHappened() {
			t.Errorf("a GET, %s, changes nothing", kind)
		}
		if !(&Error{Kind: kind, Method: "POST", inDoubt: true}).MayHaveHappened() {
			t.Errorf("a POST, %s, that was in doubt before", kind)
		}
	}
}

// The last attempt does not undo what an earlier one may have done.
func TestError_InDoubtFromEarlierAttempts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		first http.HandlerFunc
		last  func(w http.ResponseWriter, r *http.Request)
		kind  Kind
		want  bool
	}{
		"dropped, then refused": {func(w http.ResponseWriter, _ *http.Request) { drop(w) }, answer(403, `{"success":false}`), KindRefused, true},
		"502, then refused":     {answer(502, ""), answer(403, `{"success":false}`), KindRefused, true},
		"HTML, then refused":    {answer(200, "<p>"), answer(403, `{"success":false}`), KindRefused, true},
		"429, then refused":     {answer(429, ""), answer(403, `{"success":false}`), KindRefused, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := 0
				c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					if n++; n == 1 {
						tc.first(w, r)
						return
					}
					tc.last(w, r)
				})
				e := asError(t, c.SetChannel(t.Context(), Channel{}))
				if len(j.requests()) != 2 || e.Kind != tc.kind || e.MayHaveHappened() != tc.want {
					t.Errorf("%d requests, %v, MayHaveHappened %t", len(j.requests()), e, e.MayHaveHappened())
				}
			})
		})
	}

	t.Run("dropped, then cancelled while it waits", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			c, _, _ := inMemory(t, func(w http.ResponseWriter, _ *http.Request) {
				time.AfterFunc(10*time.Millisecond, cancel)
				drop(w)
			})
			e := asError(t, c.SetChannel(ctx, Channel{}))
			if e.Kind != KindCancelled || !e.MayHaveHappened() || e.Attempts != 1 {
				t.Errorf("got %v, MayHaveHappened %t", e, e.MayHaveHappened())
			}
		})
	})

	t.Run("dropped, then refused connections", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c, _, p := inMemory(t, func(w http.ResponseWriter, _ *http.Request) { drop(w) })
			p.dial = func(_ context.Context, n int) error {
				if n > 1 {
					return errRefused
				}
				return nil
			}
			e := asError(t, c.SetChannel(t.Context(), Channel{}))
			if e.Kind != KindUnreachable || !e.MayHaveHappened() {
				t.Errorf("got %v, MayHaveHappened %t", e, e.MayHaveHappened())
			}
		})
	})
}

// Servers can echo a request. None of it may appear in an error.
func TestSecrets_NotInErrors(t *testing.T) {
	t.Parallel()
	const user, apiKey, sign = "usr-5d2b8e77aa", "key-91c0ffee42", "0123456789abcdef0123456789abcdef"
	secrets := []string{testToken, user, apiKey, sign}
	echo := testToken + " " + user + " " + apiKey + " https://h.test/?a=1&sign=" + sign + "&b=2"
	padded := func(n int) string { return strings.Repeat("x", n) + testToken }
	quote := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	for name, h := range map[string]http.HandlerFunc{
		"message":              answer(403, `{"success":false,"meta":{"message":`+quote(echo)+`}}`),
		"field":                answer(422, `{"success":false,"meta":{"message":"no","errors":{"x":[`+quote(echo)+`]}}}`),
		"field name":           answer(422, `{"success":false,"meta":{"errors":{`+quote(echo)+`:["wrong"]}}}`),
		"cut, message":         answer(403, `{"success":false,"meta":{"message":"`+padded(295)+`"}}`),
		"cut, earlier":         answer(403, `{"success":false,"meta":{"message":"`+padded(115)+`"}}`),
		"cut, title":           answer(200, `<title>`+padded(292)+`</title>`),
		"invalid UTF-8 inside": answer(403, `{"success":false,"meta":{"message":"`+testToken[:5]+"\xff"+testToken[5:]+`"}}`),
		"control inside":       answer(200, `<title>`+testToken[:5]+"\x00\u200b"+testToken[5:]+`</title>`),
		"title":                answer(200, "<html><title>"+echo+"</title>"),
		"title, escaped":       answer(200, "<html><title>"+strings.ReplaceAll(echo, "-", "&#45;")+"</title>"),
		"success":              answer(200, `{"success":`+quote(echo)+`}`),
		"data":                 answer(200, `{"success":true,"data":{"id":`+quote(echo)+`,"connection_status":{"status":["x"]},"payments":[{"id":`+quote(echo)+`}]}}`),
		"content type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/"+testToken)
			_, _ = io.WriteString(w, "x")
		},
		"location": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://"+testToken+".test/"+testToken+"?sign="+sign+"#"+user)
			w.WriteHeader(301)
		},
		"broken location": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://h.test/%zz"+testToken+"?sign="+sign)
			w.WriteHeader(302)
		},
		"broken protocol": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(conn, "HTTP/1.1 "+testToken+" x\r\n\r\n")
			_ = conn.Close()
		},
		"broken header": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+testToken+"\r\n\r\n")
			_ = conn.Close()
		},
		"dropped": func(w http.ResponseWriter, _ *http.Request) { drop(w) },
		"500":     answer(500, `{"success":false,"meta":{"message":`+quote(echo)+`}}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				events := &eventLog{}
				c, _, _ := inMemory(t, h, WithUserToken(user), WithMaxRetries(1), WithObserver(events))
				_, linkErr := c.PaymentLink(t.Context(), PaymentLinkRequest{Discount: "5"})
				_, installationErr := c.Installation(t.Context(), 1, 2)
				_, paymentErr := c.ReportPayment(t.Context(), PaymentReport{Sum: "1"})
				_, webhooksErr := c.Webhooks(t.Context(), 1)
				errs := []error{
					linkErr, installationErr, paymentErr, webhooksErr,
					c.SetChannel(t.Context(), Channel{}),
					c.Activate(t.Context(), Activation{APIKey: apiKey}),
				}
				for _, err := range errs {
					if err == nil {
						continue // the data of one operation is not another's
					}
					text := fmt.Sprintf("%v %+v %#v", err, err, *asError(t, err))
					for e := err; e != nil; e = errors.Unwrap(e) {
						text += e.Error()
					}
					if i := strings.Index(text, testToken[:6]); i >= 0 {
						t.Errorf("a part of the token is in %s", text)
					}
					for _, secret := range secrets[1:] {
						if secret == apiKey && err != errs[5] {
							continue // only its own operation can know that it is one
						}
						if strings.Contains(text, secret) {
							t.Errorf("%s is in %s", secret, text)
						}
					}
				}
				log := fmt.Sprintf("%+v", events.done)
				for _, secret := range []string{testToken, user, sign, "discount=5"} {
					if strings.Contains(log, secret) {
						t.Errorf("%s is in the events %s", secret, log)
					}
				}
			})
		})
	}
}

// Neither the query nor the token is in an error of the network.
func TestSecrets_NotInNetworkErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _, p := inMemory(t, answer(200, updated), WithMaxRetries(0))
		p.dial = func(context.Context, int) error { return fmt.Errorf("no route for %s", testToken) }
		_, err := c.PaymentLink(t.Context(), PaymentLinkRequest{Discount: "12.5"})
		want := "GET http://api.test/api/v1/marketplace/application/payment_link: unreachable: no route for [redacted]"
		if err == nil || err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	})
}

// A text from the API in place of a number is shown like any text from outside: on one line, and without
// tokens.
func TestErrors_DataAreTidied(t *testing.T) {
	t.Parallel()
	s, _ := serve(t, answer(200, `{"success":true,"data":[{"id":"u-secret-1 `+testToken+`\u001b[31m\u202e\n`+strings.Repeat("x", 5000)+`"}],"meta":[]}`))
	_, err := clientOf(t, s, WithUserToken("u-secret-1")).DeveloperAccounts(t.Context())
	e := asError(t, err)
	checkText(t, e)
	if text := e.Error(); strings.Contains(text, testToken) || strings.Contains(text, "u-secret-1") ||
		!strings.Contains(text, `the data are not as documented: "[redacted] [redacted]`) || len(text) > 2000 {
		t.Errorf("got %q", text)
	}
}

// A server can't fill the screen, nor move the cursor on it.
func TestErrors_ShortAndPlain(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("много", 100_000)
	many := strings.TrimSuffix(strings.Repeat(`"again",`, 50_000), ",")
	var fields strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&fields, `"f%d":"x",`, i)
	}
	for name, body := range map[string]string{
		"long message":  `{"success":false,"meta":{"message":"` + long + `"}}`,
		"many messages": `{"success":false,"meta":{"message":[` + many + `],"errors":[` + many + `]}}`,
		"many fields":   `{"success":false,"meta":{"errors":{` + fields.String() + `"z":1}}}`,
		"long name":     `{"success":false,"meta":{"errors":{"` + long + `":{"` + long[:999] + `":1}}}}`,
		"long flag":     `{"success":"` + long + `"}`,
		"long id":       `{"success":true,"data":{"payments":[{"id":"` + long + `"}]}}`,
		"long decimal":  `{"success":true,"data":{"payments":[{"payment_sum":"` + long + `"}]}}`,
		"long title":    `<title>` + long + `</title>`,
		"controls":      `{"success":false,"meta":{"message":"a\u001b[31m\u0007\n\r\u2028b\u202e\u0000c","errors":{"x\ny":"\u009b"}}}`,
		"title":         "<title>a\x1b[31m\nb</title>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := serve(t, answer(200, body))
			i, err := clientOf(t, s).Installation(t.Context(), 1, 2)
			if err == nil {
				err = i.Incomplete
			}
			checkText(t, asError(t, err))
		})
	}
}

const longestError = 16_000

func checkText(t *testing.T, e *Error) {
	t.Helper()
	text := e.Error()
	if len(text) > longestError {
		t.Errorf("the error has %d bytes", len(text))
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u202e' }); i >= 0 {
		t.Errorf("the error has a control character: %.300q", text[i:])
	}
}

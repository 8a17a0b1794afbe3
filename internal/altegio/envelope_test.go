// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestSuccess_Shapes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
	}{
		"meta array":            {200, `{"success":true,"data":{},"meta":[]}`},
		"meta object":           {200, `{"success":true,"data":{},"meta":{}}`},
		"meta absent":           {200, `{"success":true,"data":{}}`},
		"meta null":             {200, `{"success":true,"data":{},"meta":null}`},
		"meta with a message":   {202, `{"success":true,"data":null,"meta":{"message":"Accepted"}}`},
		"data array":            {200, `{"success":true,"data":[],"meta":[]}`},
		"data null":             {200, `{"success":true,"data":null,"meta":[]}`},
		"data absent":           {200, `{"success":true}`},
		"no success, but data":  {200, `{"data":{},"meta":[]}`},
		"success as number":     {200, `{"success":1,"data":{},"meta":[]}`},
		"success as string":     {200, `{"success":"true","data":{},"meta":[]}`},
		"empty 200":             {200, ""},
		"empty 201":             {201, ""},
		"blank 201":             {201, " \r\n"},
		"no content":            {204, ""},
		"byte order mark":       {200, "\ufeff" + updated},
		"byte order mark alone": {200, "\ufeff"},
		"white space around":    {200, "\r\n\t " + updated + "\n\n"},
		"unknown members":       {200, `{"success":true,"data":{"x":[1,{}]},"meta":[],"status":"ok","x":null}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, answer(tc.status, tc.body))
			if err := clientOf(t, s).SetChannel(t.Context(), Channel{LocationID: 1, ApplicationID: 2, Slug: ChannelSMS}); err != nil {
				t.Fatalf("got %v, want success", err)
			}
			j.only(t)
		})
	}
}

func TestFailure_Shapes(t *testing.T) {
	t.Parallel()
	const says422 = `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":%s}}`
	for name, tc := range map[string]struct {
		status      int
		contentType string
		body        string
		kind        Kind
		message     string
		fields      []FieldError
	}{
		"errors object": {
			422, "", fmt.Sprintf(says422, `{"salon_id":["is required","is not a number"],"channel_slug":["unknown"]}`),
			KindRefused, "An error has occurred.",
			[]FieldError{{"channel_slug", []string{"unknown"}}, {"salon_id", []string{"is required", "is not a number"}}},
		},
		"errors object of texts": {
			422, "", fmt.Sprintf(says422, `{"salon_id":"is required"}`),
			KindRefused, "An error has occurred.",
			[]FieldError{{"salon_id", []string{"is required"}}},
		},
		"errors array": {
			422, "", fmt.Sprintf(says422, `["first","second"]`),
			KindRefused, "An error has occurred.",
			[]FieldError{{"", []string{"first", "second"}}},
		},
		"errors array of objects": {
			422, "", fmt.Sprintf(says422, `[{"field":"salon_id","message":"is wrong"},{"property":"x","message":["a","b"]},{"salon_id":"again"}]`),
			KindRefused, "An error has occurred.",
			[]FieldError{{"salon_id", []string{"is wrong", "again"}}, {"x", []string{"a", "b"}}},
		},
		"errors nested": {
			422, "", fmt.Sprintf(says422, `{"filters":[["deep",["deeper"]]],"a":{"b":["c"]}}`),
			KindRefused, "An error has occurred.",
			[]FieldError{{"a.b", []string{"c"}}, {"filters", []string{"deep", "deeper"}}},
		},
		"errors of numbers, null, flags": {
			422, "", fmt.Sprintf(says422, `{"a":1,"b":null,"c":false,"d":[],"e":{}}`),
			KindRefused, "An error has occurred.",
			[]FieldError{{"a", []string{"1"}}, {"c", []string{"false"}}},
		},
		"errors empty array":  {422, "", fmt.Sprintf(says422, `[]`), KindRefused, "An error has occurred.", nil},
		"errors null":         {422, "", fmt.Sprintf(says422, `null`), KindRefused, "An error has occurred.", nil},
		"message as list":     {403, "", `{"success":false,"meta":{"message":["a","b"]}}`, KindRefused, "a; b", nil},
		"message localised":   {401, "", `{"success":false,"data":null,"meta":{"message":"Необходима авторизация"}}`, KindRefused, "Необходима авторизация", nil},
		"meta array":          {404, "", `{"success":false,"data":null,"meta":[]}`, KindRefused, "", nil},
		"meta object":         {404, "", `{"success":false,"data":null,"meta":{}}`, KindRefused, "", nil},
		"meta absent":         {404, "", `{"success":false,"data":null}`, KindRefused, "", nil},
		"meta a string":       {404, "", `{"success":false,"data":null,"meta":"oops"}`, KindRefused, "", nil},
		"success as number":   {404, "", `{"success":0,"data":null,"meta":[]}`, KindRefused, "", nil},
		"success as string":   {404, "", `{"success":"false","data":null,"meta":[]}`, KindRefused, "", nil},
		"200 success:false":   {200, "", `{"success":false,"data":null,"meta":{"message":"No."}}`, KindRefused, "No.", nil},
		"success:true at 422": {422, "", `{"success":true,"data":null,"meta":{"message":"odd"}}`, KindRefused, "odd", nil},
		"no success in 403":   {403, "", `{"meta":{"message":"The user has already installed this application."}}`, KindRefused, "The user has already installed this application.", nil},
		"no success in 404":   {404, "", `{"meta":{"message":"Произошла ошибка"}}`, KindRefused, "Произошла ошибка", nil},
		"no success in 422":   {422, "", `{"meta":{"errors":["payment_sum: bad"]}}`, KindRefused, "", []FieldError{{"", []string{"payment_sum: bad"}}}},
		"no success, no word": {403, "", `{"meta":{}}`, KindUnexpectedAnswer, `the JSON has no "success" and is not an answer of this API`, nil},
		"a gateway's JSON":    {403, "", `{"message":"Forbidden"}`, KindUnexpectedAnswer, `the JSON has no "success" and is not an answer of this API`, nil},
		"someone's 200":       {200, "", `{"ok":true}`, KindUnexpectedAnswer, `the JSON has no "success" and is not an answer of this API`, nil},
		"success is an array": {200, "", `{"success":[],"data":{}}`, KindUnexpectedAnswer, "", nil},
		"HTML 200": {
			200, "text/html", "<!DOCTYPE html><html><head><title>\n  Sign &amp; log in\n</title></head>secret page</html>",
			KindUnexpectedAnswer, `the answer is an HTML page, not JSON (titled "Sign & log in")`, nil,
		},
		"HTML 404":             {404, "text/html", "<html>nothing here</html>", KindUnexpectedAnswer, "the answer is an HTML page, not JSON", nil},
		"HTML 502":             {502, "text/html", "<title>502 Bad Gateway</title>", KindServerError, `the answer is an HTML page, not JSON (titled "502 Bad Gateway")`, nil},
		"HTML 429":             {429, "text/html", "<title>Slow down</title>", KindRateLimited, `the answer is an HTML page, not JSON (titled "Slow down")`, nil},
		"HTML said to be JSON": {200, "application/json", " \n<b>no</b>", KindUnexpectedAnswer, "the answer is an HTML page, not JSON", nil},
		"text":                 {200, "text/plain; charset=utf-8", "upstream error", KindUnexpectedAnswer, "the answer is not JSON but text/plain; charset=utf-8", nil},
		"JSON null":            {200, "", "null", KindUnexpectedAnswer, "the answer is JSON, but null instead of an object", nil},
		"JSON array":           {200, "", "[]", KindUnexpectedAnswer, "the answer is JSON, but an array instead of an object", nil},
		"JSON string":          {200, "", `"ok"`, KindUnexpectedAnswer, "the answer is JSON, but a string instead of an object", nil},
		"JSON number":          {200, "", "1", KindUnexpectedAnswer, "the answer is JSON, but a number instead of an object", nil},
		"JSON boolean":         {404, "", "false", KindUnexpectedAnswer, "the answer is JSON, but a boolean instead of an object", nil},
		"truncated":            {200, "", `{"success":true,"da`, KindUnexpectedAnswer, "the JSON of the answer is broken or cut off: unexpected end of JSON input", nil},
		"truncated 404":        {404, "", `{"success":false,"da`, KindUnexpectedAnswer, "the JSON of the answer is broken or cut off: unexpected end of JSON input", nil},
		"two objects":          {200, "", updated + updated, KindUnexpectedAnswer, "", nil},
		"empty 404":            {404, "", "", KindUnexpectedAnswer, "the answer is empty", nil},
		"empty 500":            {500, "", "", KindServerError, "the answer is empty", nil},
		"500 in the envelope":  {500, "", `{"success":false,"data":null,"meta":{"message":"Произошла ошибка"}}`, KindServerError, "Произошла ошибка", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tc.contentType == "" {
					tc.contentType = "application/json"
				}
				w.Header().Set("Content-Type", tc.contentType)
				w.WriteHeader(tc.status)
				_, _ = w.Write([]byte(tc.body))
			})
			err := clientOf(t, s).SetChannel(t.Context(), Channel{LocationID: 1, ApplicationID: 2, Slug: ChannelSMS})
			e := asError(t, err)
			if e.Kind != tc.kind || e.StatusCode != tc.status {
				t.Errorf("got kind %q, status %d, want %q, %d", e.Kind, e.StatusCode, tc.kind, tc.status)
			}
			if e.Message != tc.message && (tc.message != "" || tc.kind != KindUnexpectedAnswer) {
				t.Errorf("message %q, want %q", e.Message, tc.message)
			}
			if !reflect.DeepEqual(e.Fields, tc.fields) {
				t.Errorf("fields %q, want %q", e.Fields, tc.fields)
			}
			if e.Operation != "update_channel" || e.Method != "POST" || e.Attempts != 1 ||
				e.URL != s.URL+"/marketplace/application/update_channel" {
				t.Errorf("the error does not say what was asked: %+v", e)
			}
			if strings.Contains(err.Error(), "secret page") {
				t.Errorf("the error %q has the page", err)
			}
		})
	}
}

func TestRedirects_NotFollowed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			t.Run(fmt.Sprint(method, status), func(t *testing.T) {
				t.Parallel()
				target, atTarget := serve(t, answer(200, installed))
				s, j := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Location", target.URL+"/elsewhere?token="+testToken)
					w.WriteHeader(status)
				})
				c := clientOf(t, s, WithMaxRetries(3))
				err := c.SetChannel(t.Context(), Channel{})
				if method == http.MethodGet {
					_, err = c.Installation(t.Context(), 1, 2)
				}
				e := asError(t, err)
				want := "the server redirects to " + target.URL + "/elsewhere; redirects are not followed"
				if e.Kind != KindRedirect || e.StatusCode != status || e.Message != want || e.Attempts != 1 {
					t.Errorf("got %+v, want %q", e, want)
				}
				// 307 and 308 ask for the same request elsewhere, so it was not carried out.
				if e.MayHaveHappened() != (method == http.MethodPost && status < 307) {
					t.Errorf("MayHaveHappened is %t", e.MayHaveHappened())
				}
				if n := len(atTarget.requests()); n != 0 {
					t.Errorf("the target got %d requests", n)
				}
				if n := len(j.requests()); n > 2 {
					t.Errorf("%d requests, want no retry of a redirect", n)
				}
			})
		}
	}
}

func TestRedirects_Odd(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("long", 2000)
	for name, tc := range map[string]struct{ location, want string }{
		"no Location":     {"", "redirects are not followed"},
		"relative":        {"/login", "the server redirects to /login; redirects are not followed"},
		"user info":       {"https://u:p4ss@h.test/x", "the server redirects to https://h.test/x; redirects are not followed"},
		"broken Location": {"http://h.test/%zz?x=" + testToken, "redirects are not followed"},
		"long":            {long, ""},
		"a token":         {"/" + testToken + "/x", "the server redirects to /[redacted]/x; redirects are not followed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				if tc.location != "" {
					w.Header().Set("Location", tc.location)
				}
				w.WriteHeader(http.StatusFound)
			})
			_, err := clientOf(t, s, WithMaxRetries(1)).Installation(t.Context(), 1, 2)
			e := asError(t, err)
			if e.Kind != KindRedirect || tc.want != "" && e.Message != tc.want || len(e.Message) > 500 {
				t.Errorf("got %+v, want a redirect, %q", e, tc.want)
			}
			j.only(t)
		})
	}
}

func TestAnswer_TooLarge(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat(" ", 5<<20)
	for name, tc := range map[string]struct {
		status   int
		kind     Kind
		requests int
	}{
		"success is not retried": {200, KindUnexpectedAnswer, 1},
		"refusal":                {404, KindUnexpectedAnswer, 1},
		// The status says everything; the body is cut off.
		"server error": {502, KindServerError, 2},
		"rate limit":   {429, KindRateLimited, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, j, _ := inMemory(t, answer(tc.status, "<html>"+huge), WithMaxRetries(1), WithRateLimitTimeout(1),
					WithAppURL("http://api.test/api/v1"))
				err := c.SetChannel(t.Context(), Channel{})
				e := asError(t, err)
				if e.Kind != tc.kind || e.StatusCode != tc.status {
					t.Errorf("got %q with status %d, want %q with %d: %v", e.Kind, e.StatusCode, tc.kind, tc.status, err)
				}
				if n := len(j.requests()); n != tc.requests {
					t.Errorf("%d requests, want %d", n, tc.requests)
				}
				if tc.status == 200 && !strings.Contains(e.Message, "larger than any this operation gives: more than 1048576 bytes") {
					t.Errorf("message %q", e.Message)
				}
			})
		})
	}

	t.Run("exactly the cap", func(t *testing.T) {
		t.Parallel()
		s, _ := serve(t, answer(200, updated+huge[:defaultMaxAnswer-len(updated)]))
		if err := clientOf(t, s).SetChannel(t.Context(), Channel{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("one more", func(t *testing.T) {
		t.Parallel()
		s, _ := serve(t, answer(200, updated+huge[:defaultMaxAnswer-len(updated)+1]))
		if err := clientOf(t, s).SetChannel(t.Context(), Channel{}); err == nil {
			t.Error("want an error")
		}
	})
}

func TestInstallation_Answers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data string
		want Installation
	}{
		"documented": {
			`{"connection_status":{"status":"active","created_at":"2022-06-27 12:20:02"},
			  "payments":[{"id":1523,"payment_sum":1523.12,"payment_date":"2022-01-01 10:10:00","is_refunded":false,
			    "period_from":"2022-01-01 00:00:00","period_to":"2022-02-01 00:00:00"}],
			  "logs":[{"changed_at":"2022-06-27 12:20:02","status_from":"uninstalled","status_to":"pending","source":"marketplace"}]}`,
			Installation{
				Status: "active", CreatedAt: "2022-06-27 12:20:02",
				Payments: []Payment{{
					ID: 1523, Sum: "1523.12", PaymentDate: "2022-01-01 10:10:00",
					PeriodFrom: "2022-01-01 00:00:00", PeriodTo: "2022-02-01 00:00:00",
				}},
				Logs: []LogEntry{{"2022-06-27 12:20:02", "uninstalled", "pending", "marketplace"}},
			},
		},
		"strings, flags as numbers, extras": {
			`{"connection_status":{"status":"freezed","created_at":"2022-06-27T12:20:02+0300"},
			  "payments":[{"id":"1523","payment_sum":"1523.12","currency_iso":"RUB","is_refunded":1,"refunded_at":"2025-11-26 20:51:40"},
			              {"id":2,"payment_sum":1523.10,"is_refunded":"0","refunded_at":null},
			              {"id":3,"payment_sum":0,"is_refunded":null,"special":{"x":1}},
			              {"id":4.0,"payment_sum":null,"is_refunded":"true"},
			              {"payment_sum":1e2},
			              {"id":9007199254740993,"payment_sum":99999999999999999999.999}],
			  "logs":null,"special_settings":{"chat_url":null}}`,
			Installation{
				Status: "freezed", CreatedAt: "2022-06-27T12:20:02+0300",
				Payments: []Payment{
					{ID: 1523, Sum: "1523.12", CurrencyISO: "RUB", IsRefunded: true, RefundedAt: "2025-11-26 20:51:40"},
					{ID: 2, Sum: "1523.10"},
					{ID: 3, Sum: "0"},
					{ID: 4, IsRefunded: true},
					{Sum: "1e2"},
					{ID: 9007199254740993, Sum: "99999999999999999999.999"},
				},
				Logs: []LogEntry{},
			},
		},
		"status null":     {`{"connection_status":null}`, Installation{Payments: []Payment{}, Logs: []LogEntry{}}},
		"status missing":  {`{}`, Installation{Payments: []Payment{}, Logs: []LogEntry{}}},
		"status array":    {`{"connection_status":[ ],"payments":[],"logs":[]}`, Installation{Payments: []Payment{}, Logs: []LogEntry{}}},
		"unknown status":  {`{"connection_status":{"status":"on_hold","created_at":null}}`, Installation{Status: "on_hold", Payments: []Payment{}, Logs: []LogEntry{}}},
		"status a number": {`{"connection_status":{"status":3}}`, Installation{Status: "3", Payments: []Payment{}, Logs: []LogEntry{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := serve(t, answer(200, `{"success":true,"data":`+tc.data+`,"meta":[]}`))
			got, err := clientOf(t, s).Installation(t.Context(), 1, 2)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, tc.want) {
				t.Errorf("got  %+v\nwant %+v", *got, tc.want)
			}
		})
	}
}

func TestInstallation_NotInstalled(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status int
		body   string
		gone   bool
	}{
		"404, meta object":         {404, `{"success":false,"data":null,"meta":{}}`, true},
		"404, meta array":          {404, `{"success":false,"data":null,"meta":[]}`, true},
		"404, no meta":             {404, `{"success":false,"data":null}`, true},
		"404, flag as number":      {404, `{"success":0,"data":null,"meta":[]}`, true},
		"status uninstalled":       {200, `{"success":true,"data":{"connection_status":{"status":"uninstalled"}},"meta":[]}`, true},
		"404 HTML":                 {404, `<html><title>Not Found</title></html>`, false},
		"404 empty":                {404, ``, false},
		"404 JSON without success": {404, `{"meta":{"message":"Произошла ошибка"}}`, false},
		"404 of a gateway":         {404, `{"message":"no Route matched with those values"}`, false},
		"404 with a message":       {404, `{"success":false,"data":null,"meta":{"message":"Application is not installed"}}`, true},
		"404 success true":         {404, `{"success":true,"data":null,"meta":[]}`, false},
		"404 with an installation": {404, `{"success":true,"data":{"connection_status":{"status":"active"}},"meta":[]}`, false},
		"404 with data":            {404, `{"success":false,"data":{"connection_status":{"status":"active"}},"meta":[]}`, false},
		"404 with empty data":      {404, `{"success":false,"data":[],"meta":[]}`, false},
		"404 of another gateway":   {404, `{"success":false,"error":"no Route matched"}`, false},
		"404 with more":            {404, `{"success":false,"data":null,"meta":[],"code":404}`, false},
		"404 with more in meta":    {404, `{"success":false,"data":null,"meta":{"message":"x","request_id":"y"}}`, false},
		"404 with errors":          {404, `{"success":false,"data":null,"meta":{"message":"x","errors":["y"]}}`, false},
		"404 with a list in meta":  {404, `{"success":false,"data":null,"meta":["no Route"]}`, false},
		"404 with a text in meta":  {404, `{"success":false,"data":null,"meta":"no Route"}`, false},
		"404 success null":         {404, `{"success":null,"data":null,"meta":{}}`, false},
		"404 cut off":              {404, `{"success":false,"data":nu`, false},
		"403":                      {403, `{"success":false,"data":null,"meta":{"message":"No application access"}}`, false},
		"200 success:false":        {200, `{"success":false,"data":null,"meta":{}}`, false},
		"200 without data":         {200, `{"success":true,"data":null,"meta":{}}`, false},
		"200 empty":                {200, ``, false},
		"200 data array":           {200, `{"success":true,"data":[],"meta":[]}`, false},
		"status is a list":         {200, `{"success":true,"data":{"connection_status":{"status":["uninstalled"]}},"meta":[]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := serve(t, answer(tc.status, tc.body))
			i, err := clientOf(t, s).Installation(t.Context(), 1, 2)
			if i != nil || err == nil {
				t.Fatalf("got %v, %v", i, err)
			}
			if got := errors.Is(err, ErrNotInstalled); got != tc.gone {
				t.Errorf("ErrNotInstalled is %t, want %t: %v", got, tc.gone, err)
			}
			if e := asError(t, err); e.Operation != "get_marketplace_integration_status" || e.MayHaveHappened() ||
				!strings.HasPrefix(e.URL, s.URL+"/") {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestPaymentLink_NoURL(t *testing.T) {
	t.Parallel()
	for _, data := range []string{`{}`, `{"url":""}`, `{"url":null}`, `[]`, `null`, `"x"`, `{"url":5}`} {
		t.Run(data, func(t *testing.T) {
			t.Parallel()
			s, _ := serve(t, answer(200, `{"success":true,"data":`+data+`,"meta":[]}`))
			link, err := clientOf(t, s).PaymentLink(t.Context(), PaymentLinkRequest{})
			if e := asError(t, err); link != "" || e.Kind != KindUnexpectedAnswer {
				t.Errorf("got %q, %v", link, err)
			}
		})
	}
}

// An answer may arrive in any number of pieces.
func TestAnswer_InPieces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := inMemory(t, func(w http.ResponseWriter, _ *http.Request) {
			for i := range len(installed) {
				_, _ = w.Write([]byte(installed[i : i+1]))
				w.(http.Flusher).Flush()
				time.Sleep(time.Millisecond)
			}
		})
		i, err := c.Installation(t.Context(), 1, 2)
		if err != nil || i.Status != StatusActive {
			t.Errorf("got %v, %v", i, err)
		}
	})
}

// Payments or a log that are not as documented do not hide the status.
func TestInstallation_Incomplete(t *testing.T) {
	t.Parallel()
	const status = `"connection_status":{"status":"active","created_at":"2022-06-27 12:20:02"}`
	for data, want := range map[string]string{
		`{` + status + `,"payments":{},"logs":{}}`:                                     "",
		`{` + status + `,"payments":{"3":{"id":5,"payment_sum":1}},"logs":null}`:       "",
		`{` + status + `,"payments":[{"id":5,"payment_sum":"1 523,12"}],"logs":[]}`:    `the payments are not as documented: row 1: payment_sum: "1 523,12" is not a decimal number`,
		`{` + status + `,"payments":"none","logs":[]}`:                                 "the payments are not as documented: a list is expected, not a string",
		`{` + status + `,"payments":[],"logs":[{"changed_at":{"date":"2022-01-01"}}]}`: "the log is not as documented: row 1: changed_at: a single value is expected, not an object",
		`{` + status + `,"payments":[],"logs":[["2022-01-01"]]}`:                       "the log is not as documented: row 1: an object is expected, not an array",
	} {
		s, _ := serve(t, answer(200, `{"success":true,"data":`+data+`,"meta":[]}`))
		i, err := clientOf(t, s).Installation(t.Context(), 1, 2)
		if err != nil || i.Status != StatusActive || i.CreatedAt != "2022-06-27 12:20:02" {
			t.Errorf("%s: got %+v, %v", data, i, err)
			continue
		}
		if want == "" {
			if i.Incomplete != nil {
				t.Errorf("%s: %v", data, i.Incomplete)
			}
			continue
		}
		if e := asError(t, i.Incomplete); e.Kind != KindUnexpectedAnswer || e.Message != want || e.Method != http.MethodGet {
			t.Errorf("%s: got %+v, want %q", data, e, want)
		}
	}
}

var noID = regexp.MustCompile(`row \d+( has no id|: an object is expected, not null)$`)

// A change that cannot be read back is reported if nothing confirms it. No body is expected where none is
// documented (API-16).
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	channel := func(c *Client) error { return c.SetChannel(t.Context(), Channel{LocationID: 1, ApplicationID: 2}) }
	discount := func(c *Client) error { return c.SetDiscount(t.Context(), 2, []int64{1}, "5") }
	names := func(c *Client) error { return c.SetSenderNames(t.Context(), 1, 2, []string{"A"}) }
	refund := func(c *Client) error { return c.RefundPayment(t.Context(), 1) }
	for name, tc := range map[string]struct {
		status int
		body   string
		call   func(*Client) error
		want   string // the operation of the notice
	}{
		"channel":            {200, "", channel, "update_channel"},
		"channel, blank":     {200, " \n", channel, "update_channel"},
		"channel, 204":       {204, "", channel, "update_channel"},
		"channel, as it is":  {200, updated, channel, ""},
		"channel, no data":   {200, `{"success":true}`, channel, ""},
		"channel, null":      {200, `{"success":true,"data":null}`, channel, ""},
		"discount":           {200, "", discount, "marketplace_partner_application_add_discount"},
		"discount, as it is": {200, updated, discount, ""},
		"names, as they are": {201, "", names, ""},
		"refund, as it is":   {200, "", refund, ""},
	} {
		s, _ := serve(t, answer(tc.status, tc.body))
		log := &eventLog{}
		if err := tc.call(clientOf(t, s, WithObserver(log))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		switch {
		case tc.want == "" && len(log.noticed) > 0:
			t.Errorf("%s: got %+v", name, log.noticed)
		case tc.want != "" && (len(log.noticed) != 1 || log.noticed[0].Kind != NoticeUnconfirmed || log.noticed[0].Operation != tc.want):
			t.Errorf("%s: got %+v", name, log.noticed)
		}
	}
}

// Numbers that would take minutes to work out are not worked out.
func TestNumbers_Bounded(t *testing.T) {
	t.Parallel()
	rows := strings.TrimSuffix(strings.Repeat(`{"id":5,"payment_sum":1e999999},`, 5000), ",")
	digits := strings.Repeat("9", 1<<19)
	for data, want := range map[string]string{
		rows:                                    `row 1: payment_sum: "1e999999" is out of the range of amounts (and 4999 more)`,
		`{"id":5,"payment_sum":` + digits + `}`: "row 1: payment_sum: a number of 524288 characters is longer than any amount",
		`{"id":` + digits + `}`:                 `is not a whole number`,
		`{"id":5,"payment_sum":"1e-99999999999999999999"}`:              `row 1: payment_sum: "1e-99999999999999999999" is out of the range of amounts`,
		`{"id":5,"payment_sum":"` + strings.Repeat("1", 1<<19) + `e1"}`: "is longer than any amount",
	} {
		s, _ := serve(t, answer(200, `{"success":true,"data":{"connection_status":{"status":"active"},"payments":[`+data+`],"logs":[]}}`))
		i, err := clientOf(t, s).Installation(t.Context(), 1, 2)
		if err != nil || i.Status != StatusActive {
			t.Errorf("%.50s: %v", data, err)
			continue
		}
		if e := asError(t, i.Incomplete); !strings.Contains(e.Message, want) && !strings.HasSuffix(e.Message, "...") {
			t.Errorf("%.50s: got %v, want %q", data, e, want)
		}
	}
	for _, d := range []Decimal{"1e999999999", "-1e-999999999", Decimal(digits)} {
		if d.Equal("1") || !d.Equal(d) {
			t.Errorf("%.20s", d)
		}
	}
}

// A row without an id is not row 0.
func TestRows_WithoutID(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data string
		ask  func(*Client) error
	}{
		"location": {`[{"id":"1001"},{"title":"x"}]`, func(c *Client) (err error) {
			for _, e := range c.Locations(t.Context(), 1) {
				err = errors.Join(err, e)
			}
			return err
		}},
		"shared location": {`[{"id":1001},null]`, func(c *Client) error { _, err := c.SharedLocationIDs(t.Context(), 1); return err }},
		"null location":   {`[{"id":null}]`, func(c *Client) error { _, err := c.SharedLocationIDs(t.Context(), 1); return err }},
		"tariff":          {`[{"title":"x"}]`, func(c *Client) error { _, err := c.Tariffs(t.Context(), 1); return err }},
		"option":          {`[{"id":1,"options":[{"id":0}]}]`, func(c *Client) error { _, err := c.Tariffs(t.Context(), 1); return err }},
		"country":         {`[{"id":""}]`, func(c *Client) error { _, err := c.Countries(t.Context()); return err }},
		"city":            {`[{"id":-1}]`, func(c *Client) error { _, err := c.Cities(t.Context(), 0, 0); return err }},
		"business group":  {`[null]`, func(c *Client) error { _, err := c.BusinessGroups(t.Context()); return err }},
		"business type":   {`[{"id":1,"types":[{}]}]`, func(c *Client) error { _, err := c.BusinessGroups(t.Context()); return err }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := serve(t, answer(200, `{"success":true,"data":`+tc.data+`,"meta":[]}`))
			err := tc.ask(clientOf(t, s))
			if err == nil {
				t.Fatal("it is accepted")
			}
			var e *Error
			if !errors.As(err, &e) || e.Kind != KindUnexpectedAnswer || !noID.MatchString(e.Message) || e.Method != http.MethodGet {
				t.Errorf("got %v", err)
			}
		})
	}
}

// People read these messages, so they do not mention Go.
func TestAnswer_NotAsDocumented(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"title":"x"}`:                     `the data are not as documented: a list is expected, not an object with "title"`,
		`[{"options":"x"}]`:                 "the data are not as documented: row 1: options: a list is expected, not a string",
		`[{"options":[{"id":1},7]}]`:        "the data are not as documented: row 1: options: row 2: an object is expected, not a number",
		`[{"id":[1]}]`:                      "the data are not as documented: row 1: id: a single value is expected, not an array",
		`[{"id":1,"options":[{"id":"x"}]}]`: `the data are not as documented: row 1: options: row 1: id: "x" is not a whole number`,
		`{}`:                                "the data are not as documented: a list is expected, not an empty object",
	} {
		s, _ := serve(t, answer(200, `{"success":true,"data":`+data+`,"meta":[]}`))
		_, err := clientOf(t, s).Tariffs(t.Context(), 1)
		if e := asError(t, err); e.Kind != KindUnexpectedAnswer || e.Message != want {
			t.Errorf("%s: got %q, want %q", data, e.Message, want)
		}
	}
}

// An answer that lacks what it should have is shown with the status that it had.
func TestAnswer_NoData(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *Client) error{
		"Installation": func(ctx context.Context, c *Client) error { _, err := c.Installation(ctx, 1, 2); return err },
		"PaymentLink": func(ctx context.Context, c *Client) error {
			_, err := c.PaymentLink(ctx, PaymentLinkRequest{})
			return err
		},
		"Tariffs":   func(ctx context.Context, c *Client) error { _, err := c.Tariffs(ctx, 1); return err },
		"Locations": func(ctx context.Context, c *Client) error { _, err := collect(ctx, c, 1); return err },
		"Webhooks":  func(ctx context.Context, c *Client) error { _, err := c.Webhooks(ctx, 1); return err },
	} {
		for want, h := range map[string]http.HandlerFunc{
			"200 OK":         answer(200, `{"success":true,"data":null,"meta":[]}`),
			"201 Created":    answer(201, `{"success":true,"meta":[]}`),
			"204 No Content": answer(204, ""),
		} {
			t.Run(name+", "+want, func(t *testing.T) {
				t.Parallel()
				s, _ := serve(t, h)
				err := call(t.Context(), clientOf(t, s, WithUserToken("u")))
				if e := asError(t, err); e.Reason() != want+": unexpected answer: the answer has no data" {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// What a server goes on sending is not read for long: headers in whatever form, trailers, and the page of
// an error, even where a success may be large.
func TestAnswer_WithoutEnd(t *testing.T) {
	t.Parallel()
	const chunked = "Transfer-Encoding: chunked\r\n\r\n"
	for name, tc := range map[string]struct {
		first, again string
		kind         Kind
	}{
		"a header":          {"HTTP/1.1 200 OK\r\nX: ", "aaaaaaaaaaaaaaaa", KindInterrupted},
		"headers":           {"HTTP/1.1 200 OK\r\n", "A: b\r\n", KindInterrupted},
		"answers 103":       {"", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", KindInterrupted},
		"trailers":          {"HTTP/1.1 200 OK\r\n" + chunked + "2\r\n{}\r\n0\r\n", "A: b\r\n", KindInterrupted},
		"the page of a 404": {"HTTP/1.1 404 Not Found\r\n" + chunked, "10\r\n<html><html><htm\r\n", KindUnexpectedAnswer},
		"the page of a 502": {"HTTP/1.1 502 Bad Gateway\r\n" + chunked, "10\r\n<html><html><htm\r\n", KindServerError},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var sent atomic.Int64
				c, _, _ := inMemory(t, func(w http.ResponseWriter, _ *http.Request) {
					conn, _, err := w.(http.Hijacker).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					defer conn.Close() //nolint:errcheck // a test
					again := []byte(strings.Repeat(tc.again, 100))
					_, err = conn.Write([]byte(tc.first))
					for err == nil && sent.Load() < 20<<20 {
						var n int
						n, err = conn.Write(again)
						sent.Add(int64(n))
					}
				}, WithMaxRetries(0))
				_, err := collect(t.Context(), c, 1)
				if e := asError(t, err); e.Kind != tc.kind || sent.Load() > 3<<20 {
					t.Errorf("after %d bytes: %v", sent.Load(), err)
				}
			})
		})
	}
}

// A refusal within a page of locations has room for millions of messages. They are not taken apart.
func TestAnswer_HugeMeta(t *testing.T) {
	t.Parallel()
	meta := `{"message":"no","errors":{"a":"b"}` + strings.Repeat(" ", defaultMaxAnswer) + `}`
	s, _ := serve(t, answer(200, `{"success":false,"data":null,"meta":`+meta+`}`))
	_, err := collect(t.Context(), clientOf(t, s), 1)
	if e := asError(t, err); e.Kind != KindRefused || e.Reason() != "200 OK" {
		t.Errorf("got %v", err)
	}
}

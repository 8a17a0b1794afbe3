// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// get carries out a GET and decodes its data. An answer without data is an error.
func get[T any](ctx context.Context, c *Client, r request) (T, error) {
	r.method, r.repeatable = http.MethodGet, true
	return fetch[T](ctx, c, r)
}

// fetch carries out a request whose answer must have data, and decodes them.
func fetch[T any](ctx context.Context, c *Client, r request) (T, error) {
	var v T
	got, err := c.do(ctx, r)
	if err != nil {
		return v, err
	}
	message := "the answer has no data"
	if len(got.data) > 0 && string(got.data) != "null" {
		if err = json.Unmarshal(got.data, &v); err == nil {
			return v, nil
		}
		message = "the data are not as documented: " + c.tidy(jsonProblem(err))
	}
	var zero T
	return zero, r.unexpected(got.status, message)
}

// jsonProblem describes what is wrong with JSON that is not as documented, without mentioning Go types.
func jsonProblem(err error) string {
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return err.Error()
	}
	found, _, _ := strings.Cut(mismatch.Value, " ")
	problem := "a " + found + " is not expected"
	if strings.ContainsRune("ao", rune(found[0])) { // array, object
		problem = "an " + found + " is not expected"
	}
	if mismatch.Field != "" {
		problem = mismatch.Field + ": " + problem
	}
	return problem
}

// emptyArrayOr decodes a T, and [] or null as its zero value: PHP renders an empty object as [].
type emptyArrayOr[T any] struct{ value T }

func (e *emptyArrayOr[T]) UnmarshalJSON(b []byte) error {
	if trimmed := bytes.Join(bytes.Fields(b), nil); string(trimmed) == "[]" || string(trimmed) == "null" {
		return nil
	}
	return json.Unmarshal(b, &e.value)
}

// readAnswer returns the data of a successful answer, or an error with the API's messages, each passed
// through tidy. The body has been read before.
func readAnswer(resp *http.Response, body []byte, tidy func(string) string) (json.RawMessage, *Error) {
	e := &Error{StatusCode: resp.StatusCode, answered: true}
	ok := resp.StatusCode >= 200 && resp.StatusCode < 300
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		e.Kind, e.Message = KindRedirect, "redirects are not followed"
		if to, err := url.Parse(resp.Header.Get("Location")); err == nil && to.String() != "" {
			target := &url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}
			e.Message = "the server redirects to " + tidy(target.String()) + "; redirects are not followed"
		}
		return nil, e
	case resp.StatusCode == http.StatusTooManyRequests:
		e.Kind = KindRateLimited
	case resp.StatusCode >= 500:
		e.Kind = KindServerError
	case ok:
		e.Kind = KindUnexpectedAnswer
	default:
		e.Kind = KindRefused
	}

	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) == 0 {
		if ok {
			return nil, nil // only allowed here, see confirm
		}
		if e.Kind == KindRefused {
			e.Kind = KindUnexpectedAnswer
		}
		e.Message = "the answer is empty"
		return nil, e
	}
	var answer envelope
	if problem := answer.read(body, resp.Header.Get("Content-Type"), tidy); problem != "" {
		if e.Kind == KindRefused {
			e.Kind = KindUnexpectedAnswer
		}
		e.Message, e.page = problem, body[0] == '<'
		return nil, e
	}
	switch {
	case answer.success == nil && (!ok || answer.data == nil):
		// The API sometimes leaves "success" out, and puts its message into meta. Without either, this may
		// be any JSON, for example a gateway's.
		e.Message, e.Fields = readMeta(answer.meta, tidy)
		if e.Message == "" && len(e.Fields) == 0 {
			if e.Kind == KindRefused {
				e.Kind = KindUnexpectedAnswer
			}
			e.Message = `the JSON has no "success" and is not an answer of this API`
		}
		return nil, e
	case ok && (answer.success == nil || *answer.success):
		if answer.data == nil {
			return json.RawMessage("null"), nil
		}
		return answer.data, nil
	}
	if e.Kind == KindUnexpectedAnswer {
		e.Kind = KindRefused // success:false with a status of 200
	}
	e.gone = resp.StatusCode == http.StatusNotFound && answer.saysGone()
	e.Message, e.Fields = readMeta(answer.meta, tidy)
	return nil, e
}

// An envelope is the object around the API's data. Its parts are nil if they are missing.
type envelope struct {
	success    *bool
	data, meta json.RawMessage
	// foreign reports whether there are other members.
	foreign bool
}

// saysGone reports whether the envelope is the one that the API documents for an object that does not
// exist: success:false, no data, and a meta that is empty or has a message. The 404 of a gateway can look
// similar, and must not remove anything from a state.
func (a envelope) saysGone() bool {
	if a.success == nil || *a.success || a.foreign || a.data != nil && string(a.data) != "null" {
		return false
	}
	said := true
	switch jsonKind(a.meta) {
	case "nothing", "null":
	case "an array":
		_ = eachElement(a.meta, func([]byte) error { said = false; return nil })
	case "an object":
		_ = eachMember(a.meta, func(f field) error {
			_, err := scalarText(f.json)
			said = said && err == nil && string(f.name) == "message"
			return nil
		})
	default:
		return false
	}
	return said
}

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// read decodes a body, or returns what is wrong with it.
func (a *envelope) read(body []byte, contentType string, tidy func(string) string) (problem string) {
	switch {
	case body[0] == '<':
		problem := "the answer is an HTML page, not JSON"
		if title := htmlTitle.FindSubmatch(body); title != nil {
			problem += fmt.Sprintf(" (titled %q)", tidy(html.UnescapeString(string(title[1]))))
		}
		return problem
	case body[0] != '{' && json.Valid(body):
		return "the answer is JSON, but " + jsonKind(body) + " instead of an object"
	case body[0] != '{':
		if strings.Contains(contentType, "json") {
			return "the answer is not JSON, although its Content-Type says so"
		}
		if contentType != "" {
			return "the answer is not JSON but " + tidy(contentType)
		}
		return "the answer is not JSON"
	}
	broken := func(err error) string {
		return "the JSON of the answer is broken or cut off: " + tidy(jsonProblem(err))
	}
	err := eachMember(body, func(f field) error {
		switch string(f.name) {
		case "success":
			if string(f.json) == "null" {
				return nil
			}
			success, err := readFlag(f.json)
			a.success = &success
			return err
		case "data":
			a.data = f.json
		case "meta":
			a.meta = f.json
		default:
			a.foreign = true
		}
		return nil
	})
	if errors.Is(err, errBrokenJSON) {
		err = json.Unmarshal(body, new(struct{})) // its error says where
	}
	if err != nil {
		return broken(err)
	}
	return ""
}

// readMeta returns the message and the errors in meta, which is an object, an empty array or missing.
// Errors are an array or an object, of texts or lists of texts, at any depth.
func readMeta(meta json.RawMessage, tidy func(string) string) (message string, fields []FieldError) {
	var m struct {
		Message json.RawMessage `json:"message"`
		Errors  json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(meta, &m) != nil {
		return "", nil
	}
	said := fieldMessages{tidy: tidy, texts: map[string][]string{}}
	said.collect("", m.Message, 0)
	message = shorten(strings.Join(said.texts[""], "; "))
	found := fieldMessages{tidy: tidy, texts: map[string][]string{}}
	found.collect("", m.Errors, 0)
	for _, name := range slices.Sorted(maps.Keys(found.texts)) {
		fields = append(fields, FieldError{Field: name, Messages: found.texts[name]})
	}
	return message, fields
}

// fieldMessages collects messages by field, up to a number that a person can read.
type fieldMessages struct {
	tidy  func(string) string
	texts map[string][]string
	count int
}

const maxFieldMessages = 20

func (f *fieldMessages) collect(field string, raw json.RawMessage, depth int) {
	if depth > 8 || f.count >= maxFieldMessages {
		return
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return
	}
	switch raw[0] {
	case '[':
		var items []json.RawMessage
		_ = json.Unmarshal(raw, &items)
		for _, item := range items {
			f.collect(field, item, depth+1)
		}
	case '{':
		var members map[string]json.RawMessage
		_ = json.Unmarshal(raw, &members)
		if text, ok := members["message"]; ok {
			for _, key := range []string{"field", "property", "attribute"} {
				if name, err := scalarText(members[key]); err == nil && name != "" {
					f.collect(join(field, name), text, depth+1)
					return
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			f.collect(join(field, name), members[name], depth+1)
		}
	default:
		if text, err := scalarText(raw); err == nil && text != "" {
			name := f.tidy(field)
			f.texts[name] = append(f.texts[name], f.tidy(text))
			f.count++
		}
	}
}

func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}

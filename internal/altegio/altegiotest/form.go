// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// A problem is an error in one field of a request.
type problem struct {
	field string
	text  string
}

// The texts of problems. Those of the API are not published.
const (
	isRequired   = "This field is required"
	isWrongType  = "This field has the wrong type"
	isWrongValue = "This value is not allowed"
	isUnknown    = "This field is unknown"
)

// A form reads the fields of a JSON body, and collects problems. It is stricter than PHP, so that a client
// that sends "123" for 123, or misspells an optional field, fails.
type form struct {
	fields   map[string]json.RawMessage
	problems []problem
	read     map[string]bool
}

// parseForm parses a body. An empty body is an empty form; anything but an object is refused.
func parseForm(body []byte) (*form, bool) {
	f := &form{read: map[string]bool{}}
	if len(bytes.TrimSpace(body)) == 0 {
		return f, true
	}
	err := json.Unmarshal(body, &f.fields)
	return f, err == nil && f.fields != nil
}

func (f *form) fail(field, text string) {
	f.problems = append(f.problems, problem{field, text})
}

// take returns a field that may be missing.
func (f *form) take(field string) (json.RawMessage, bool) {
	f.read[field] = true
	raw, ok := f.fields[field]
	return raw, ok
}

// need returns a field, and records a problem if it is missing.
func (f *form) need(field string) (json.RawMessage, bool) {
	raw, ok := f.take(field)
	if !ok {
		f.fail(field, isRequired)
	}
	return raw, ok
}

func decodeInto[T any](f *form, field string, raw json.RawMessage) T {
	var value T
	if string(raw) == "null" || json.Unmarshal(raw, &value) != nil {
		f.fail(field, isWrongType)
	}
	return value
}

// decodeList decodes a list, and refuses null elements, which encoding/json would read as zero values.
func decodeList[T any](f *form, field string, raw json.RawMessage) []T {
	items := decodeInto[[]json.RawMessage](f, field, raw)
	list := make([]T, 0, len(items))
	for _, item := range items {
		list = append(list, decodeInto[T](f, field, item))
	}
	return list
}

func (f *form) boolean(field string) bool {
	raw, ok := f.need(field)
	return ok && decodeInto[bool](f, field, raw)
}

func (f *form) text(field string) string {
	raw, ok := f.need(field)
	if !ok {
		return ""
	}
	return decodeInto[string](f, field, raw)
}

func (f *form) texts(field string) []string {
	raw, ok := f.need(field)
	if !ok {
		return nil
	}
	return decodeList[string](f, field, raw)
}

func (f *form) optionalText(field string) string {
	raw, ok := f.take(field)
	if !ok {
		return ""
	}
	return decodeInto[string](f, field, raw)
}

func (f *form) optionalTexts(field string) []string {
	raw, ok := f.take(field)
	if !ok {
		return nil
	}
	return decodeList[string](f, field, raw)
}

// id reads a positive whole number.
func (f *form) id(field string) int64 {
	raw, ok := f.need(field)
	if !ok {
		return 0
	}
	return f.checkID(field, decodeInto[int64](f, field, raw))
}

func (f *form) ids(field string) []int64 {
	raw, ok := f.need(field)
	if !ok {
		return nil
	}
	ids := decodeList[int64](f, field, raw)
	for _, id := range ids {
		f.checkID(field, id)
	}
	return ids
}

func (f *form) checkID(field string, id int64) int64 {
	if id <= 0 && !f.failed(field) {
		f.fail(field, isWrongValue)
	}
	return id
}

// amount reads a number that isn't negative, exactly as it was written.
func (f *form) amount(field string) json.Number {
	raw, ok := f.need(field)
	if !ok {
		return ""
	}
	// A json.Number would accept a string, too.
	value := decodeInto[float64](f, field, raw)
	if value < 0 {
		f.fail(field, isWrongValue)
	}
	return json.Number(raw)
}

// flag reads 0 or 1, the API's booleans in webhook settings.
func (f *form) flag(field string, required bool) bool {
	take := f.take
	if required {
		take = f.need
	}
	raw, ok := take(field)
	if !ok {
		return false
	}
	switch string(raw) {
	case "0":
	case "1":
		return true
	default:
		f.fail(field, isWrongType)
	}
	return false
}

func (f *form) failed(field string) bool {
	return slices.ContainsFunc(f.problems, func(p problem) bool { return p.field == field })
}

// finish returns all problems, including fields that were not read.
func (f *form) finish() []problem {
	for _, field := range slices.Sorted(maps.Keys(f.fields)) {
		if !f.read[field] {
			f.fail(field, isUnknown)
		}
	}
	return f.problems
}

// A queryForm reads query parameters in the same way. It ignores unknown parameters.
type queryForm struct {
	values   url.Values
	problems []problem
}

func (q *queryForm) id(name string, required bool) int64 {
	if !q.values.Has(name) {
		if required {
			q.problems = append(q.problems, problem{name, isRequired})
		}
		return 0
	}
	id, ok := parseID(q.values.Get(name))
	if !ok {
		q.problems = append(q.problems, problem{name, isWrongValue})
	}
	return id
}

// page reads the number of a page and returns it counted from 0. Depending on base, a page before the first
// one is refused, is the first one, or is -1.
func (q *queryForm) page(name, base string) int64 {
	if q.values.Get(name) == "0" {
		switch base {
		case "zero", "clamped":
			return 0
		case "failing":
			return -1
		}
	}
	number := q.id(name, true)
	if base == "zero" {
		return number
	}
	return number - 1
}

// percent returns the text of a parameter that is a number from 0 to 100, or "" if it is missing.
func (q *queryForm) percent(name string) string {
	if !q.values.Has(name) {
		return ""
	}
	text := q.values.Get(name)
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value < 0 || value > 100 || !json.Valid([]byte(text)) {
		q.problems = append(q.problems, problem{name, isWrongValue})
	}
	return text
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// This file walks through JSON without decoding it: callers see each value, and skip what they do not need.
// It is as strict as encoding/json, so everything that was walked through is known to be valid. Most of a
// page of locations is skipped, and json.Valid alone would take longer than all of this.

// errBrokenJSON is returned where encoding/json has a syntax error.
var errBrokenJSON = errors.New("the JSON is broken or cut off")

// deepestJSON is the depth where encoding/json gives up.
const deepestJSON = 10_000

// A field is a member of an object. Its JSON is valid.
type field struct {
	name []byte
	json []byte
}

// eachMember calls f with each member of an object, in their order.
func eachMember(object []byte, f func(field) error) error {
	i := skipSpace(object, 0)
	if i == len(object) || object[i] != '{' {
		return errBrokenJSON
	}
	end, err := walkObject(object, i, 1, f)
	if err == nil && skipSpace(object, end) < len(object) {
		err = errBrokenJSON
	}
	return err
}

// eachElement calls f with each element of a list. PHP renders a list as an object if its keys have a gap.
// null and no value are empty lists.
func eachElement(list []byte, f func([]byte) error) error {
	return eachElementAt(list, func(b []byte, i int) (end int, err error) {
		if end = skipValue(b, i, 2); end < 0 {
			return end, errBrokenJSON
		}
		return end, f(b[i:end])
	})
}

// eachElementAt calls f with the position of each element, and f returns where it ends.
func eachElementAt(list []byte, f func(b []byte, i int) (end int, err error)) error {
	switch kind := jsonKind(list); kind {
	case "null", "nothing":
		return nil
	case "an object":
		return eachMember(list, func(member field) error {
			if _, err := strconv.Atoi(string(member.name)); err != nil {
				return fmt.Errorf("a list is expected, not an object with %q", member.name)
			}
			_, err := f(member.json, 0)
			return err
		})
	case "an array":
	default:
		return fmt.Errorf("a list is expected, not %s", kind)
	}
	end, err := walkArray(list, skipSpace(list, 0), 1, f)
	if err == nil && skipSpace(list, end) < len(list) {
		err = errBrokenJSON
	}
	return err
}

// walkObject walks through the object that begins at i, at the given depth, and returns where it ends.
func walkObject(b []byte, i, depth int, f func(field) error) (end int, err error) {
	if depth > deepestJSON {
		return -1, errBrokenJSON
	}
	if i = skipSpace(b, i+1); i < len(b) && b[i] == '}' {
		return i + 1, nil
	}
	for {
		nameEnd := skipString(b, i)
		if nameEnd < 0 {
			return -1, errBrokenJSON
		}
		quoted := b[i:nameEnd]
		if i = skipSpace(b, nameEnd); i == len(b) || b[i] != ':' {
			return -1, errBrokenJSON
		}
		i = skipSpace(b, i+1)
		if end = skipValue(b, i, depth+1); end < 0 {
			return -1, errBrokenJSON
		}
		if f != nil {
			name := quoted[1 : len(quoted)-1]
			if bytes.IndexByte(name, '\\') >= 0 {
				var plain string
				if err := json.Unmarshal(quoted, &plain); err != nil {
					return -1, err
				}
				name = []byte(plain)
			}
			if err := f(field{name, b[i:end]}); err != nil {
				return -1, err
			}
		}
		var more bool
		if i, more = skipComma(b, end, '}'); !more {
			return closed(i)
		}
	}
}

// walkArray walks through the array that begins at i, as walkObject does.
func walkArray(b []byte, i, depth int, f func(b []byte, i int) (end int, err error)) (end int, err error) {
	if depth > deepestJSON {
		return -1, errBrokenJSON
	}
	if i = skipSpace(b, i+1); i < len(b) && b[i] == ']' {
		return i + 1, nil
	}
	for {
		if f == nil {
			end = skipValue(b, i, depth+1)
		} else if end, err = f(b, i); err != nil {
			return -1, err
		}
		if end < 0 {
			return -1, errBrokenJSON
		}
		var more bool
		if i, more = skipComma(b, end, ']'); !more {
			return closed(i)
		}
	}
}

// skipComma returns where the next member or element begins, if there is one. Otherwise it returns the end
// of the object or array, -1 if it does not end with closing.
func skipComma(b []byte, i int, closing byte) (next int, more bool) {
	switch i = skipSpace(b, i); {
	case i == len(b):
		return -1, false
	case b[i] == ',':
		return skipSpace(b, i+1), true
	case b[i] == closing:
		return i + 1, false
	}
	return -1, false
}

func closed(end int) (int, error) {
	if end < 0 {
		return end, errBrokenJSON
	}
	return end, nil
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the end of the value that begins at i, or -1 if there is none.
func skipValue(b []byte, i, depth int) (end int) {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '{':
		end, _ = walkObject(b, i, depth, nil)
		return end
	case '[':
		end, _ = walkArray(b, i, depth, nil)
		return end
	case 't':
		return skipWord(b, i, "true")
	case 'f':
		return skipWord(b, i, "false")
	case 'n':
		return skipWord(b, i, "null")
	}
	return skipNumber(b, i)
}

func skipWord(b []byte, i int, word string) int {
	if end := i + len(word); end <= len(b) && string(b[i:end]) == word {
		return end
	}
	return -1
}

// plainInString are the bytes that need no escape in a string.
var plainInString = func() (plain [256]bool) {
	for c := range plain {
		plain[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return plain
}()

func skipString(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	for i++; i < len(b); i++ {
		c := b[i]
		switch {
		case plainInString[c]:
		case c == '"':
			return i + 1
		case c != '\\':
			return -1
		default:
			if i = skipEscape(b, i); i < 0 {
				return -1
			}
		}
	}
	return -1
}

// skipEscape returns the last byte of the escape sequence that begins at i.
func skipEscape(b []byte, i int) int {
	if i++; i >= len(b) {
		return -1
	}
	if bytes.IndexByte([]byte(`"\/bfnrt`), b[i]) >= 0 {
		return i
	}
	if b[i] != 'u' || i+4 >= len(b) {
		return -1
	}
	if _, err := strconv.ParseUint(string(b[i+1:i+5]), 16, 16); err != nil {
		return -1
	}
	return i + 4
}

func skipNumber(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if i = skipDigits(b, i); i < 0 {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		if i = skipDigits(b, i+1); i < 0 {
			return -1
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return skipDigits(b, i)
	}
	return i
}

// skipDigits returns the end of one or more digits.
func skipDigits(b []byte, i int) int {
	start := i
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

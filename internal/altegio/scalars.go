// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Decimal is an amount or a percentage that keeps its digits: "15.55" stays 15.55, in requests too. The
// empty Decimal is no amount.
type Decimal string

// The longest number that is read, in characters, and the largest exponent of ten. No amount comes near
// them, and the time to process a number grows with both.
const (
	maxDigits   = 300
	maxExponent = 300
)

// ParseDecimal checks that s is a decimal number such as 990, -1 or 15.55, with at most 300 characters and
// an exponent from -300 to 300.
func ParseDecimal(s string) (Decimal, error) {
	if len(s) > maxDigits {
		return "", fmt.Errorf("a number of %d characters is longer than any amount", len(s))
	}
	if skipNumber([]byte(s), 0) != len(s) {
		return "", fmt.Errorf("%q is not a decimal number", s)
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exponent, err := strconv.Atoi(s[i+1:]); err != nil || exponent > maxExponent || exponent < -maxExponent {
			return "", fmt.Errorf("%q is out of the range of amounts", s)
		}
	}
	return Decimal(s), nil
}

// Equal reports whether two decimals are the same amount: 990 equals 990.00. The empty Decimal equals only
// itself.
func (d Decimal) Equal(other Decimal) bool {
	a, b := d.rat(), other.rat()
	return a != nil && b != nil && a.Cmp(b) == 0 || d == other
}

// rat returns nil if ParseDecimal fails.
func (d Decimal) rat() *big.Rat {
	if _, err := ParseDecimal(string(d)); err != nil {
		return nil
	}
	r, _ := new(big.Rat).SetString(string(d))
	return r
}

// MarshalJSON writes a JSON number with the same digits, or null for the empty Decimal.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if d == "" {
		return []byte("null"), nil
	}
	return []byte(d), nil
}

// UnmarshalJSON accepts a number, a string with a number, and null.
func (d *Decimal) UnmarshalJSON(b []byte) (err error) {
	*d, err = readDecimal(b)
	return err
}

func readDecimal(b []byte) (Decimal, error) {
	s, err := scalarText(b)
	if err != nil || s == "" {
		return "", err
	}
	return ParseDecimal(s)
}

// The API returns ids, flags and texts as numbers or as strings (API-17). These types accept both.
type (
	wireInt  int64
	wireBool bool
	wireText string
)

// A wireList is a list. PHP renders one whose keys have a gap as an object, and an empty one as either.
type wireList[T any] []T

func (l *wireList[T]) UnmarshalJSON(b []byte) error {
	switch kind := jsonKind(b); kind {
	case "null":
		return nil
	case "an array":
		return json.Unmarshal(b, (*[]T)(l))
	case "an object":
		var members map[string]json.RawMessage
		if err := json.Unmarshal(b, &members); err != nil {
			return err
		}
		*l = make(wireList[T], len(members))
		byNumber := func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }
		for i, key := range slices.SortedFunc(maps.Keys(members), byNumber) {
			if err := json.Unmarshal(members[key], &(*l)[i]); err != nil {
				return err
			}
		}
		return nil
	default:
		return fmt.Errorf("a list is expected, not %s", kind)
	}
}

func (i *wireInt) UnmarshalJSON(b []byte) error {
	n, err := readInt(b)
	*i = wireInt(n)
	return err
}

func readInt(b []byte) (int64, error) {
	s, err := scalarText(b)
	if err != nil || s == "" {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", s)
	}
	return n, nil
}

func (f *wireBool) UnmarshalJSON(b []byte) error {
	on, err := readFlag(b)
	*f = wireBool(on)
	return err
}

func readFlag(b []byte) (bool, error) {
	s, err := scalarText(b)
	if err != nil {
		return false, err
	}
	switch s {
	case "true", "1":
		return true, nil
	case "false", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("%q is not a flag", s)
}

func (t *wireText) UnmarshalJSON(b []byte) error {
	s, err := scalarText(b)
	*t = wireText(s)
	return err
}

// readTexts reads an empty object as an empty list, as PHP may render it.
func readTexts(b []byte) (texts []string, err error) {
	if string(b) == `""` {
		return nil, nil
	}
	err = eachElement(b, func(element []byte) error {
		text, err := scalarText(element)
		texts = append(texts, text)
		return err
	})
	return texts, err
}

// scalarText returns the text of a JSON string, number or boolean, and "" for null.
func scalarText(b []byte) (string, error) {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0 || string(b) == "null":
		return "", nil
	case b[0] == '"':
		if inner := b[1:max(1, len(b)-1)]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
			return string(bytes.TrimSpace(inner)), nil
		}
		var s string
		err := json.Unmarshal(b, &s)
		return strings.TrimSpace(s), err
	case b[0] == '{' || b[0] == '[':
		return "", fmt.Errorf("a single value is expected, not %s", jsonKind(b))
	default:
		return string(b), nil
	}
}

func jsonKind(b []byte) string {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0:
		return "nothing"
	case b[0] == '{':
		return "an object"
	case b[0] == '[':
		return "an array"
	case b[0] == '"':
		return "a string"
	case string(b) == "null":
		return "null"
	case string(b) == "true" || string(b) == "false":
		return "a boolean"
	default:
		return "a number"
	}
}

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
)

// A Decimal is an amount or a percentage in the digits in which it was written: "15.55" stays
// 15.55, on the wire too. The empty Decimal is no amount.
type Decimal string

// ParseDecimal checks that s is a decimal number such as 990, -1 or 15.55.
func ParseDecimal(s string) (Decimal, error) {
	if _, ok := new(big.Rat).SetString(s); !ok || !json.Valid([]byte(s)) {
		return "", fmt.Errorf("%q is not a decimal number", s)
	}
	return Decimal(s), nil
}

// Equal reports whether two decimals are the same amount: 990 is 990.00, and the empty Decimal only
// itself.
func (d Decimal) Equal(other Decimal) bool {
	a, ok := new(big.Rat).SetString(string(d))
	b, otherOK := new(big.Rat).SetString(string(other))
	return ok && otherOK && a.Cmp(b) == 0 || d == other
}

// MarshalJSON writes a JSON number with the same digits, or null for the empty Decimal.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if d == "" {
		return []byte("null"), nil
	}
	return []byte(d), nil
}

// UnmarshalJSON accepts a number, a string that holds one, and null.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	s, err := scalarText(b)
	if err != nil || s == "" {
		return err
	}
	*d, err = ParseDecimal(s)
	return err
}

// The API gives ids, flags and texts as numbers in one version of its documentation and as strings
// in another. These types read both.
type (
	wireInt  int64
	wireBool bool
	wireText string
	// wireTexts reads an empty object as an empty list, as PHP may render it.
	wireTexts []string
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
	s, err := scalarText(b)
	if err != nil || s == "" {
		return err
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", s)
	}
	*i = wireInt(n)
	return nil
}

func (f *wireBool) UnmarshalJSON(b []byte) error {
	s, err := scalarText(b)
	if err != nil {
		return err
	}
	switch s {
	case "true", "1":
		*f = true
	case "false", "0", "":
		*f = false
	default:
		return fmt.Errorf("%q is not a flag", s)
	}
	return nil
}

func (t *wireText) UnmarshalJSON(b []byte) error {
	s, err := scalarText(b)
	*t = wireText(s)
	return err
}

func (t *wireTexts) UnmarshalJSON(b []byte) error {
	var texts []wireText
	if kind := jsonKind(b); kind == "an array" {
		if err := json.Unmarshal(b, &texts); err != nil {
			return err
		}
	}
	*t = nil
	for _, text := range texts {
		*t = append(*t, string(text))
	}
	return nil
}

// scalarText returns the text of a JSON string, number or boolean, and "" for null.
func scalarText(b []byte) (string, error) {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0 || string(b) == "null":
		return "", nil
	case b[0] == '"':
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

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// What is walked through is valid JSON and nothing else is, and what is found there is what
// encoding/json finds.
func FuzzWalk(f *testing.F) {
	for _, s := range []string{
		`{}`, `[]`, ` { } `, ` [ ] `, `{"a":1}`, `{"a":1,}`, `{"a":1 "b":2}`, `{"a" 1}`, `{a:1}`, `{"a":}`, `{,}`, `{"a":1}}`, `{"a":1} x`, `{`, `{"a`, `{"a":`, `{"a":1`, `{"a":1,`,
		`[1]`, `[1,]`, `[,1]`, `[1 2]`, `[1]]`, `[`, `[1`, `[1,`, `[[1],[{"b":[2,3]}]]`, `[}`, `{]`, `[1}`, `{"a":1]`,
		`[true,false,null]`, `[tru]`, `[truex]`, `[nul`, `[fals`, `[Null]`,
		`[0,-0,1.5,-1.5e3,1E+2,1e-2,01]`, `[01]`, `[-]`, `[1.]`, `[.5]`, `[1e]`, `[1e+]`, `[+1]`, `[1_0]`, `[0x1]`, `[-a]`,
		`["\"\\\/\b\f\n\r\t\u00e9\uD800"]`, `["\x"]`, `["\u12"]`, `["\u12g4"]`, `["\u+123"]`, `["\u0x1"]`, `["\`, `["\u`, "[\"\n\"]", "[\"\x00\"]", "[\"\x7f\xff\"]",
		"\t[\r\n1 ,\n2\t]\n", "\v[]", "\xef\xbb\xbf[]", `{"\u0061":"b","a":"c","":0,"\"":1}`, ``, ` `, `1`, `"x"`, `null`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(walkThrough)
}

// JSON that is nested as deep as anybody reads it, and deeper.
func TestWalk_Deep(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4999, 5000, 5001, 9_999, 10_000, 10_001, 1_000_000} {
		walkThrough(t, []byte(strings.Repeat("[", n)+strings.Repeat("]", n)))
		walkThrough(t, []byte(strings.Repeat(`{"a":`, n)+"1"+strings.Repeat("}", n)))
		walkThrough(t, []byte(strings.Repeat(`[{"a":`, n)+"1"+strings.Repeat("}]", n)))
	}
}

func walkThrough(t *testing.T, b []byte) {
	switch jsonKind(b) {
	case "an object":
		var names []string
		var values []byte
		err := eachMember(b, func(f field) error {
			names = append(names, string(f.name))
			values = append(append(values, f.json...), ',')
			return nil
		})
		checkWalk(t, b, err, names, values)
	case "an array":
		var values []byte
		err := eachElement(b, func(element []byte) error {
			values = append(append(values, element...), ',')
			return nil
		})
		checkWalk(t, b, err, nil, values)
	default:
		if end := skipValue(b, skipSpace(b, 0), 1); (end >= 0 && skipSpace(b, end) == len(b)) != json.Valid(b) {
			t.Errorf("%q ends at %d", b, end)
		}
	}
}

// checkWalk compares what was found with the tokens that encoding/json reads.
func checkWalk(t *testing.T, b []byte, err error, names []string, values []byte) {
	t.Helper()
	if (err == nil) != json.Valid(b) {
		t.Fatalf("%.200q: %v, valid: %t", b, err, json.Valid(b))
	}
	if err != nil {
		return
	}
	var wantNames []string
	var want []byte
	d := json.NewDecoder(bytes.NewReader(b))
	opening, err := d.Token()
	for err == nil && d.More() {
		if opening == json.Delim('{') {
			name, err := d.Token()
			if err != nil {
				t.Fatal(err)
			}
			wantNames = append(wantNames, name.(string)) //nolint:forcetypeassert // nothing else is a name
		}
		var value json.RawMessage
		if err = d.Decode(&value); err == nil {
			want = append(append(want, value...), ',')
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		names[i] = string([]rune(name)) // encoding/json puts right what is no UTF-8
	}
	if !slices.Equal(names, wantNames) || !bytes.Equal(values, want) {
		t.Errorf("%.200q has %q with %q, want %q with %q", b, names, values, wantNames, want)
	}
}

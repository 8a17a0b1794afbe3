// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// Whatever a server answers, reading it ends in data or in an error that fits a screen.
func FuzzEnvelope(f *testing.F) {
	f.Add(200, "application/json", "", []byte(updated))
	f.Add(200, "text/html", "", []byte("<html><title>\x1b[31m"+testToken+"</title>"))
	f.Add(422, "application/json", "", []byte(`{"success":false,"meta":{"message":"no","errors":{"salon_id":["a",["b"]],"x":{"y":1}}}}`))
	f.Add(404, "", "", []byte("\ufeff"+`{"success":"0","data":null,"meta":[]}`))
	f.Add(302, "", "http://h.test/%41?sign=00#x", []byte(nil))
	c, err := New(testToken)
	if err != nil {
		f.Fatal(err)
	}
	tidy := func(s string) string { return c.tidy(s) }
	f.Fuzz(func(t *testing.T, status int, contentType, location string, body []byte) {
		if status < 200 || status > 999 {
			return // net/http gives no others
		}
		data, e := readAnswer(&http.Response{
			StatusCode: status,
			Header:     http.Header{"Content-Type": {contentType}, "Location": {location}},
		}, body, tidy)
		if e == nil {
			if status > 299 {
				t.Errorf("%d is a success", status)
			}
			if len(data) > 0 && !json.Valid(data) {
				t.Errorf("the data %q are no JSON", data)
			}
			_ = json.Unmarshal(data, new(wireInstallation))
			_, _ = readRows(data, (*Location).set, func(l *Location) int64 { return l.ID })
			var raw map[string]json.RawMessage
			if json.Unmarshal(data, &raw) == nil {
				_, _ = readWebhookSettings(raw)
			}
			return
		}
		e.Method, e.URL = "GET", "/x"
		checkText(t, e)
		if text := e.Error(); strings.Contains(text, testToken) || !utf8.ValidString(text) {
			t.Errorf("got %q", text)
		}
		if e.Kind == "" || e.StatusCode != status {
			t.Errorf("got %+v", e)
		}
		for _, f := range e.Fields {
			if len(f.Messages) == 0 {
				t.Errorf("nothing is said of %q", f.Field)
			}
		}
	})
}

// Scalars read what the API writes in any version of its documentation, and keep its digits.
func FuzzScalars(f *testing.F) {
	for _, s := range []string{
		"0", "1523.12", `"1523.12"`, "1e2", "-0", `"1e999999999"`, "null", `""`, "true", `"false"`, "[]", "{}", `"  7 "`,
		"9223372036854775808", "1.0", `"\u0000"`, `"тест"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var decimal Decimal
		if err := json.Unmarshal(b, &decimal); err == nil && decimal != "" {
			out, err := json.Marshal(struct{ D Decimal }{decimal})
			if err != nil {
				t.Fatalf("%q can be read and not written: %v", decimal, err)
			}
			if want := `{"D":` + string(decimal) + `}`; string(out) != want {
				t.Errorf("got %s, want %s", out, want)
			}
			if _, ok := new(big.Rat).SetString(string(decimal)); !ok {
				t.Errorf("%q is no number", decimal)
			}
			if again, err := ParseDecimal(string(decimal)); err != nil || again != decimal {
				t.Errorf("%q is read back as %q, %v", decimal, again, err)
			}
		}
		var i wireInt
		if err := json.Unmarshal(b, &i); err != nil {
			i = 0
		}
		var flag wireBool
		_ = json.Unmarshal(b, &flag)
		_, _ = readTexts(b)
		var text wireText
		if json.Unmarshal(b, &text) == nil {
			var s string
			if json.Unmarshal(b, &s) == nil && string(text) != strings.TrimSpace(s) {
				t.Errorf("%s is read as %q", b, text)
			}
		}
		var array emptyArrayOr[struct{ X wireInt }]
		_ = json.Unmarshal(b, &array)
	})
}

func TestParseDecimal(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"0", "-1", "15.55", "15.50", "990.99", "1e2", "1E-2", "99999999999999999999.999", "1e300", "1E-300", strings.Repeat("1", 300)} {
		if d, err := ParseDecimal(good); err != nil || string(d) != good {
			t.Errorf("%q: %q, %v", good, d, err)
		}
	}
	for _, bad := range []string{"", " ", "x", "1,5", "+1", ".5", "5.", "1/2", "0x10", "1_000", " 1", "NaN", "Inf", "null", "true", `"1"`, "01", "1e9999999999", "1e301", "1e-301", "1e+0301", strings.Repeat("1", 301)} {
		if d, err := ParseDecimal(bad); err == nil {
			t.Errorf("%q is %q, want an error", bad, d)
		}
	}
	if b, err := json.Marshal(Decimal("")); err != nil || string(b) != "null" {
		t.Errorf("got %s, %v", b, err)
	}
}

func TestDecimal_Equal(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b Decimal
		want bool
	}{
		{"990.99", "990.99", true},
		{"990.9", "990.900", true},
		{"0", "-0.0", true},
		{"1e2", "100", true},
		{"0.1", "0.10000000000000000001", false},
		{"", "", true},
		{"", "0", false},
		{"1e400", "1e400", true},
		{"1e400", "10e399", false}, // out of range, so not worked out
	} {
		if got := test.a.Equal(test.b); got != test.want || test.b.Equal(test.a) != test.want {
			t.Errorf("%q is %q: %t, want %t", test.a, test.b, got, test.want)
		}
	}
}

// Whatever is in the file, it is refused or understood, and what is written is understood.
func FuzzPaceLog(f *testing.F) {
	now := time.Now().UnixNano()
	l := paceLog{sent: []int64{now - 3, now - 2}, underway: []paceEntry{{now, now}}, queue: []paceEntry{{now + 1, now + 9}}}
	f.Add(l.encode(nil))
	f.Add([]byte("not times"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var l paceLog
		if err := l.decode(file); err != nil {
			return
		}
		l.settle(now)
		var again paceLog
		if err := again.decode(l.encode(nil)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again.sent, l.sent) || !slices.Equal(again.queue, l.queue) || !slices.Equal(again.underway, l.underway) {
			t.Errorf("written %v, read %v", l, again)
		}
	})
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"testing/quick"
)

// However a server gives a token back, it is not shown.
func TestRedact_Encodings(t *testing.T) {
	t.Parallel()
	percent := func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, "%%%02X", c)
		}
		return b.String()
	}
	unicodeEscapes := func(s string) string {
		var b strings.Builder
		for _, c := range s {
			fmt.Fprintf(&b, `\u%04x`, c)
		}
		return b.String()
	}
	entities := func(s string) string {
		var b strings.Builder
		for _, c := range s {
			fmt.Fprintf(&b, `&#%d;`, c)
		}
		return b.String()
	}
	for _, token := range []string{testToken, "a+b/c=d&e<f>\"g", "ABCdef123456", "0123456789abcdef0123456789abcdef"} {
		c := &Client{partnerToken: token}
		for name, text := range map[string]string{
			"itself":             token,
			"upper case":         strings.ToUpper(token),
			"lower case":         strings.ToLower(token),
			"percent":            percent(token),
			"percent, lower":     strings.ToLower(percent(token)),
			"percent, twice":     strings.ReplaceAll(percent(token), "%", "%25"),
			"query":              url.QueryEscape(token),
			"path":               url.PathEscape(token),
			"hex":                hex.EncodeToString([]byte(token)),
			"hex, upper case":    strings.ToUpper(hex.EncodeToString([]byte(token))),
			"base64":             base64.StdEncoding.EncodeToString([]byte(token)),
			"base64, URL":        base64.RawURLEncoding.EncodeToString([]byte(token)),
			"base64, 1 before":   base64.StdEncoding.EncodeToString([]byte("x" + token + "y")),
			"base64, 2 before":   base64.StdEncoding.EncodeToString([]byte("Bx" + token)),
			"base64, 3 before":   base64.URLEncoding.EncodeToString([]byte("abc" + token + "de")),
			"wrapped":            token[:4] + "\n  " + token[4:8] + "\r\n" + token[8:],
			"wrapped, escaped":   token[:4] + `\n` + token[4:],
			"base64, wrapped":    base64.StdEncoding.EncodeToString([]byte(token))[:7] + "\n" + base64.StdEncoding.EncodeToString([]byte(token))[7:],
			"quoted, joined":     token[:5] + `" "` + token[5:],
			"invisible between":  token[:5] + "\u200b\u202e" + token[5:],
			"control between":    token[:5] + "\x1b\x00" + token[5:],
			"JSON":               unicodeEscapes(token),
			"HTML":               entities(token),
			"HTML, as usual":     html.EscapeString(token),
			"twice":              token + " and " + token,
			"inside":             "x" + token + "y",
			"percent, of base64": percent(base64.StdEncoding.EncodeToString([]byte(token))),
		} {
			got := c.tidy("before " + text + " after")
			// What base64 makes of the edges depends on its neighbours, so some of it may stay.
			rest := strings.NewReplacer("before", "", "after", "", redacted, "", "and", "", " ", "").Replace(got)
			if !strings.Contains(got, redacted) || len(rest) > 12 || strings.Contains(strings.ToLower(rest), strings.ToLower(token[:5])) {
				t.Errorf("%s, %s: %q becomes %q", token, name, text, got)
			}
			if !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") {
				t.Errorf("%s, %s: more than the token is gone: %q", token, name, got)
			}
		}
	}
}

// Text that is not secret stays, whatever escapes it has.
func TestRedact_LeavesTheRest(t *testing.T) {
	t.Parallel()
	c := &Client{partnerToken: testToken, userToken: "u"}
	for _, text := range []string{
		"100 % of 5%2D7", `a \u0041 \x \n b`, "Salon &amp; Spa &#x41; &nope", "tok-7f3a9c1e5", "%", `\`, "&#;", "",
		"Красота 美容院", "it's \"quoted\"",
	} {
		want := strings.ReplaceAll(text, "u", redacted)
		if got := c.tidy(text); got != want {
			t.Errorf("%q becomes %q", text, got)
		}
	}
	if err := quick.Check(func(s string) bool {
		d := decodeText(s)
		return len(d.bytes) == len(d.begin) && len(d.begin) == len(d.end)
	}, nil); err != nil {
		t.Error(err)
	}
}

// One line, whatever a salon is called, and no secrets of others.
func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"La Visage":                                "La Visage",
		"a\r\nError: b\u2028c\u0085d":              "a Error: b c d",
		"\x1b[31mred\x1b]0;title\x07\u009b":        "[31mred]0;title",
		"\x1b]8;;https://x.test?a=b\x1b\\link":     "]8;;https://x.test?[redacted]",
		"abc\u202edef\u2066\u200b\ufeff\u00ad":     "abcdef",
		"https://h.test/hook?sign=1&token=2 x":     "https://h.test/hook?[redacted] x",
		"https://u:p@h.test:8443/a#access_token=2": "https://[redacted]@h.test:8443/a#[redacted]",
		"HTTP://H.test/?a=%0Ab, ftp://x/y?z":       "HTTP://H.test/?[redacted] ftp://x/y?[redacted]",
		"/payment/?salon_id=1&sign=00ff&x=1":       "/payment/?salon_id=1&sign=[redacted]&x=1",
		"2022-06-27 12:20:02":                      "2022-06-27 12:20:02",
		"\xff\xfe":                                 "",
		strings.Repeat("ж", 400):                   strings.Repeat("ж", 300) + "...",
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	c := newClient(t)
	if got := c.Printable("at https://h.test/" + testToken + "?x"); got != "at https://h.test/[redacted]?[redacted]" {
		t.Errorf("got %q", got)
	}
}

// What is wrong with data is said with a part of them, which goes the same way.
func TestPrintable_DataThatAreOdd(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{
		"token": testToken, "URL": "https://h.test/?sign=s3cret", "long": strings.Repeat("9", 5000) + "x",
	} {
		s, _ := serve(t, answer(200, `{"success":true,"data":[{"id":"`+id+`"}],"meta":[]}`))
		_, err := clientOf(t, s).Tariffs(t.Context(), 1)
		e := asError(t, err)
		if strings.Contains(e.Error(), testToken) || strings.Contains(e.Error(), "s3cret") || len(e.Message) > 400 ||
			!strings.Contains(e.Message, "the data are not as documented") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

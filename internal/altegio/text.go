// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"encoding/base64"
	"encoding/hex"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Everything from outside that is shown to people goes through this file: texts of the API and of proxies,
// names that the owners of locations chose, URLs of others.

// Printable turns a text from outside into one short line that cannot pose as something else on a terminal:
// line breaks become spaces; control, direction and invisible characters are removed. It also removes user
// names, queries and fragments of URLs, which may be secrets.
func Printable(s string) string { return shorten(bareURLs(oneLine(s))) }

// Printable is the function Printable, and also removes the client's tokens in any usual encoding.
func (c *Client) Printable(s string) string { return c.tidy(s) }

// tidy is Printable with more secrets. It removes them before it shortens the text, so half a token cannot
// remain.
func (c *Client) tidy(s string, secrets ...string) string {
	return shorten(bareURLs(redact(oneLine(s), append(secrets, c.partnerToken, c.userToken)...)))
}

func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || unicode.IsSpace(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

func shorten(s string) string {
	const most = 300
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "..."
	}
	return s
}

const redacted = "[redacted]"

var (
	signature = regexp.MustCompile(`(?i)(sign(?:ature)?=)[^&\s"'<>]+`)
	// A URL and its parts that may be secret: user, query, fragment.
	anyURL = regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://)([^\s"'<>/?#@]*@)?([^\s"'<>?#]*)([?#][^\s"'<>]*)?`)
)

func bareURLs(s string) string {
	s = anyURL.ReplaceAllStringFunc(s, func(u string) string {
		part := anyURL.FindStringSubmatch(u)
		text := part[1]
		if part[2] != "" {
			text += redacted + "@"
		}
		text += part[3]
		if part[4] != "" {
			text += part[4][:1] + redacted
		}
		return text
	})
	return signature.ReplaceAllString(s, "$1"+redacted)
}

// fewestEncoded is the minimum length of secrets that are also searched for in encoded forms. Shorter ones
// could match any text.
const fewestEncoded = 6

// redact removes secrets from a text: as they are and, unless they are very short, in any case, with spaces
// or quotes in between, and encoded in percent, hexadecimal, base64, JSON or HTML.
func redact(s string, secrets ...string) string {
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		s = strings.ReplaceAll(s, secret, redacted)
		if len(secret) < fewestEncoded {
			continue
		}
		plain := decodeText(s)
		for _, form := range formsOf(secret) {
			s, plain = plain.cut(s, form)
		}
	}
	return s
}

// formsOf returns the forms of a secret in a decoded text: itself, in hexadecimal and, for each of the
// three alignments in a longer text, the base64 characters that do not depend on their neighbours.
func formsOf(secret string) []string {
	forms := []string{secret, hex.EncodeToString([]byte(secret))}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			text := encoding.EncodeToString([]byte(strings.Repeat("\x00", before) + secret))
			// The first characters contain bits of the text before, the last one of the text after.
			from := []int{0, 2, 3}[before]
			to := (before + len(secret)) * 8 / 6
			forms = append(forms, text[from:to])
		}
	}
	for i, form := range forms {
		forms[i] = strings.ToLower(strings.Map(func(r rune) rune {
			if strings.ContainsRune(wrapping, r) {
				return -1
			}
			return r
		}, form))
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(forms)
}

// wrapping lists the characters that can be between the parts of a wrapped text.
const wrapping = " \"'`"

// A decodedText is a text in lower case, without spaces and with its escapes undone. It has the begin and
// end of each byte in the original text.
type decodedText struct {
	bytes      []byte
	begin, end []int
}

// escape finds a byte or character that is written as %2D, \u002d, \x2d, &#45; or &#x2d;.
var escape = regexp.MustCompile(`^(?i:%(?:25)*([0-9a-f]{2})|\\+u00([0-9a-f]{2})|\\+x([0-9a-f]{2})|&#[0-9]{1,7};|&#x[0-9a-f]{1,6};|&[a-z]{2,8};)`)

func decodeText(s string) decodedText {
	d := decodedText{make([]byte, 0, len(s)), make([]int, 0, len(s)), make([]int, 0, len(s))}
	add := func(b byte, from, to int) {
		if strings.IndexByte(wrapping, b) >= 0 {
			return
		}
		if 'A' <= b && b <= 'Z' {
			b += 'a' - 'A'
		}
		d.bytes, d.begin, d.end = append(d.bytes, b), append(d.begin, from), append(d.end, to)
	}
	for i := 0; i < len(s); {
		switch s[i] {
		case '\\':
			if i+1 < len(s) && strings.IndexByte("nrt", s[i+1]) >= 0 {
				i += 2
				continue
			}
			fallthrough
		case '%', '&':
			found := escape.FindStringSubmatch(s[i:min(len(s), i+24)])
			if found == nil {
				break
			}
			text := html.UnescapeString(found[0])
			if digits := found[1] + found[2] + found[3]; digits != "" {
				n, _ := strconv.ParseUint(digits, 16, 8)
				text = string([]byte{byte(n)})
			}
			for j := range len(text) {
				add(text[j], i, i+len(found[0]))
			}
			i += len(found[0])
			continue
		}
		add(s[i], i, i+1)
		i++
	}
	return d
}

// cut removes a form of a secret from the original text of d.
func (d decodedText) cut(s, form string) (string, decodedText) {
	text := string(d.bytes)
	if form == "" || !strings.Contains(text, form) {
		return s, d
	}
	var b strings.Builder
	done := 0
	for at := 0; ; {
		i := strings.Index(text[at:], form)
		if i < 0 {
			break
		}
		from, to := d.begin[at+i], d.end[at+i+len(form)-1]
		at += i + len(form)
		b.WriteString(s[done:max(done, from)])
		b.WriteString(redacted)
		done = to
	}
	b.WriteString(s[done:])
	return b.String(), decodeText(b.String())
}

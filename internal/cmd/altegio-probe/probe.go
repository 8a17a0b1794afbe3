// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A fact is something about the API. Alternatives in an expected text are separated by " or "; notKnown
// accepts anything.
type fact struct {
	name, expected, found string
}

const notKnown = "(not documented)"

func (f fact) differs() bool {
	if f.expected == notKnown {
		return false
	}
	for want := range strings.SplitSeq(f.expected, " or ") {
		if f.found == want {
			return false
		}
	}
	return true
}

type probe struct {
	api, app, token       string
	application, location int64
	pause                 time.Duration
	transport             http.RoundTripper
	slug                  string // of the channel to write, or ""
	available             bool

	asked bool
}

// An answer describes the answer to a request, without revealing anything.
type answer struct {
	status  int
	success string // "true", "false", another JSON, or "" for none
	data    json.RawMessage
	meta    json.RawMessage
	header  http.Header
	problem string // what was received instead of an envelope
}

func (a answer) String() string {
	if a.problem != "" {
		return a.problem
	}
	return fmt.Sprintf("%d JSON success=%s data=%s", a.status, a.success, shape(a.data))
}

// shape names the kind of a JSON value.
func shape(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0:
		return "absent"
	case string(raw) == "[]" || string(raw) == "{}" || string(raw) == "null":
		return string(raw)
	case raw[0] == '[':
		return "array"
	case raw[0] == '{':
		return "object"
	case raw[0] == '"':
		return "string"
	case raw[0] == 't' || raw[0] == 'f':
		return "boolean"
	}
	return "number"
}

func (p *probe) do(ctx context.Context, method, address, token string, body any) answer {
	if p.asked {
		select {
		case <-time.After(p.pause):
		case <-ctx.Done():
		}
	}
	p.asked = true
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{problem: "the request cannot be encoded"}
		}
		content = bytes.NewReader(text)
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return answer{problem: "the request cannot be made"}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Accept", "application/vnd.api.v2+json")
	req.Header.Set("User-Agent", "altegio-probe")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	client := http.Client{Transport: p.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return answer{problem: "no answer"} // the error contains the address
	}
	defer resp.Body.Close() //nolint:errcheck // it has been read
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return answer{problem: fmt.Sprintf("%d cut off", resp.StatusCode)}
	}
	a := answer{status: resp.StatusCode, header: resp.Header}
	var envelope struct {
		Success json.RawMessage `json:"success"`
		Data    json.RawMessage `json:"data"`
		Meta    json.RawMessage `json:"meta"`
	}
	text = bytes.TrimSpace(text)
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		a.problem = fmt.Sprintf("%d redirect", resp.StatusCode)
	case len(text) == 0:
		a.problem = fmt.Sprintf("%d empty", resp.StatusCode)
	case text[0] == '<':
		a.problem = fmt.Sprintf("%d HTML", resp.StatusCode)
	case json.Unmarshal(text, &envelope) != nil:
		a.problem = fmt.Sprintf("%d neither JSON nor HTML", resp.StatusCode)
	default:
		a.success, a.data, a.meta = string(envelope.Success), envelope.Data, envelope.Meta
		if a.success != "true" && a.success != "false" {
			a.success = shape(envelope.Success)
		}
	}
	return a
}

// ids returns the ids of a list, as their texts in JSON.
func (a answer) ids() (ids []string) {
	var rows []struct {
		ID json.RawMessage `json:"id"`
	}
	if json.Unmarshal(a.data, &rows) != nil {
		return nil
	}
	for _, row := range rows {
		ids = append(ids, string(row.ID))
	}
	return ids
}

// nobody is the id of a location without any application.
const nobody = 2_147_483_646

func (p *probe) ask(ctx context.Context) []fact {
	var facts []fact
	add := func(name, expected, found string) { facts = append(facts, fact{name, expected, found}) }
	get := func(base, path string) answer { return p.do(ctx, http.MethodGet, base+path, p.token, nil) }
	list := func(page, count int) answer {
		return get(p.app, fmt.Sprintf("/marketplace/application/%d/salons?page=%d&count=%d", p.application, page, count))
	}

	first := list(1, 1)
	add("listing, page 1", "200 JSON success=true data=array", first.String())
	add("listing, meta", "[] or {} or absent", shape(first.meta))
	ids := first.ids()
	kind := "no row"
	if len(ids) > 0 {
		kind = shape(json.RawMessage(ids[0]))
	}
	add("listing, an id is a", "number", kind)
	add("listing, rows of count=1", "1", strconv.Itoa(len(ids)))
	zero := list(0, 1)
	base := "refused"
	switch {
	case zero.success == "true" && len(zero.ids()) > 0 && len(ids) > 0 && zero.ids()[0] == ids[0]:
		base = "page 1 again"
	case zero.success == "true" && len(zero.ids()) > 0:
		base = "a page before page 1"
	case zero.success == "true":
		base = "empty"
	case zero.success != "false" || zero.status >= 500:
		base = zero.String()
	}
	add("listing, page 0", "refused or page 1 again or empty", base)
	second := list(2, 1)
	heeded := "yes"
	if got := second.ids(); len(got) > 0 && len(ids) > 0 && got[0] == ids[0] {
		heeded = "no, or one location only"
	}
	add("listing, the page is heeded", "yes", heeded)
	add("listing, a page beyond the last", "200 JSON success=true data=[]", list(1_000_000, 1).String())
	add("listing, rate limit headers", notKnown, limitHeaders(first.header))

	status := func(location int64) answer {
		return get(p.app, fmt.Sprintf("/marketplace/salon/%d/application/%d", location, p.application))
	}
	installed := status(p.location)
	add("status of an installation", "200 JSON success=true data=object", installed.String())
	var data struct {
		Connection struct {
			Status    json.RawMessage `json:"status"`
			CreatedAt json.RawMessage `json:"created_at"`
		} `json:"connection_status"`
		Payments json.RawMessage `json:"payments"`
		Logs     json.RawMessage `json:"logs"`
	}
	_ = json.Unmarshal(installed.data, &data) // missing values show below
	add("status, text of the status", "string", shape(data.Connection.Status))
	add("status, created_at", "string", shape(data.Connection.CreatedAt))
	add("status, payments", "array or []", shape(data.Payments))
	add("status, logs", "array or []", shape(data.Logs))
	missing := status(nobody)
	add("status where not installed", "404 JSON success=false data=null", missing.String())
	add("status where not installed, meta", "[] or {} or absent or object", shape(missing.meta))
	wrong := p.do(ctx, http.MethodGet, p.app+fmt.Sprintf("/marketplace/application/%d/salons?page=1&count=1", p.application), "no-such-token", nil)
	add("a wrong token", "401 JSON success=false data=null", wrong.String())

	// The documents have these at one host, and the vendor's own client uses the other (API-1, API-2).
	tariffs := fmt.Sprintf("/marketplace/application/%d/tariffs", p.application)
	link := fmt.Sprintf("/marketplace/application/payment_link?salon_id=%d&application_id=%d", p.location, p.application)
	add("tariffs at api-url", "200 JSON success=true data=array or 200 JSON success=true data=[]", get(p.api, tariffs).String())
	add("tariffs at app-url", notKnown, get(p.app, tariffs).String())
	add("payment link at api-url", "200 JSON success=true data=object or 404 JSON success=false data=null", get(p.api, link).String())
	add("payment link at app-url", notKnown, get(p.app, link).String())
	if p.slug != "" {
		set := p.do(ctx, http.MethodPost, p.api+"/marketplace/application/update_channel", p.token, map[string]any{
			"salon_id": p.location, "application_id": p.application, "channel_slug": p.slug, "is_available": p.available,
		})
		add("update_channel at api-url", "200 JSON success=true data={}", set.String())
	}
	return facts
}

// limitHeaders returns the names of headers about limits, with their values if those are numbers.
func limitHeaders(header http.Header) string {
	var found []string
	for _, name := range []string{"Retry-After", "X-Ratelimit-Limit", "X-Ratelimit-Remaining", "Ratelimit-Limit", "Ratelimit-Remaining"} {
		switch value := header.Get(name); {
		case value == "":
		case len(value) < 20 && strings.Trim(value, "0123456789 ,;.=w") == "":
			found = append(found, name+"="+value)
		default:
			found = append(found, name+", not a number")
		}
	}
	if found == nil {
		return "none"
	}
	return strings.Join(found, ", ")
}

// redact is a second line of defence: no text before it should contain a token.
func (p *probe) redact(s string) string { return strings.ReplaceAll(s, p.token, "[redacted]") }

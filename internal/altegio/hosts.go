// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// The vendor's documents disagree about the host of four operations: update_channel, payment_link, tariffs
// and add_discount (API-1, API-2). So the client finds out. If an answer can mean that a host does not know
// the operation, the client asks the other host, once. Nothing else ever goes to a second host.
//
// No document has some of the four at one host and some at the other. So once one of them is found at a
// host, a 404 of the API there is about the location, its tariff or the application. Until then, a 404 may
// be about the operation, and both hosts are asked each time. The second request is wasted only on a call
// that fails anyway.

// Hosts remembers which host knows each operation. It is safe for concurrent use, and its zero value is
// ready.
type Hosts struct {
	mu    sync.Mutex
	found map[string]*url.URL // base URL by operation
	last  *url.URL            // the base found last
	told  bool
}

// seeksHosts reports whether a second host may be asked: not if only one base was replaced, because a 404
// of a test server must not become a POST to production, and not if both bases are the same.
func (c *Client) seeksHosts() bool {
	api, app := baseKey(c.apiURL), baseKey(c.appURL)
	defaults := c.apiURL.String() == DefaultAPIURL && c.appURL.String() == DefaultAppURL
	return api != app && (defaults || c.apiURLSet && c.appURLSet)
}

// baseKey returns a base URL in a form that can be compared.
func baseKey(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port + u.EscapedPath()
}

// bases returns the host to send an operation to, and the other host that may know it, nil for none. likely
// says that another operation was found at the first host.
func (c *Client) bases(r request) (first, second *url.URL, likely bool) {
	if !r.disputed || !c.seekHosts {
		return r.base, nil, false
	}
	c.hosts.mu.Lock()
	defer c.hosts.mu.Unlock()
	switch found, last := c.hosts.found[r.operation], c.hosts.last; {
	case same(found, c.apiURL):
		return c.apiURL, nil, false
	case same(found, c.appURL):
		return c.appURL, nil, false
	case same(last, c.appURL):
		return c.appURL, c.apiURL, true
	default:
		return c.apiURL, c.appURL, same(last, c.apiURL)
	}
}

func same(a, b *url.URL) bool { return a != nil && *a == *b }

// settle remembers which host knows an operation, and reports it once if it is not the documented host.
func (c *Client) settle(ctx context.Context, r request, base *url.URL) {
	c.hosts.mu.Lock()
	if c.hosts.found == nil {
		c.hosts.found = make(map[string]*url.URL)
	}
	c.hosts.found[r.operation], c.hosts.last = base, base
	news := base != r.base && !c.hosts.told
	c.hosts.told = c.hosts.told || news
	c.hosts.mu.Unlock()
	if news {
		c.notice(ctx, r, NoticeHost, fmt.Sprintf(
			"%s answers %s, which the documentation has at %s; asking there from now on. Setting both base URLs to the same pins it.",
			base, r.operation, r.base))
	}
}

// carryOut sends a request to the host that knows its operation, and to the other host if that is not
// certain.
func (c *Client) carryOut(ctx context.Context, r request) (reply, *Error) {
	documented := r
	first, second, likely := c.bases(r)
	r.base = first
	got, e := c.send(ctx, r)
	if second == nil {
		return got, e
	}
	if !mayNotKnow(e) || e.inDoubt && !r.repeatable || likely && e.Is(ErrNotFound) {
		if knows(e) {
			c.settle(ctx, documented, first)
		}
		return got, e
	}
	other := r
	other.base = second
	otherGot, otherE := c.send(ctx, other)
	switch {
	case knows(otherE):
		c.settle(ctx, documented, second)
		return otherGot, otherE.after(e)
	case otherE.Is(ErrUnauthorized):
		return reply{}, otherE.after(e)
	case !mayNotKnow(otherE):
		// The other host says nothing about the operation, so a 404 of the API from the first host is the
		// answer.
		if e.Is(ErrNotFound) && !otherE.MayHaveHappened() {
			return reply{}, e
		}
	case e.Is(ErrNotFound) && otherE.Is(ErrNotFound):
		// Neither is certain: the next request asks both again.
		if e.Message == "" && len(e.Fields) == 0 && otherE.Message != "" {
			e, otherE = otherE, e
		}
		return reply{}, e.after(otherE)
	case e.Is(ErrNotFound):
		c.settle(ctx, documented, first)
		return reply{}, e
	case otherE.Is(ErrNotFound):
		c.settle(ctx, documented, second)
		return reply{}, otherE.after(e)
	}
	// A redirect from a host that does not know the operation did not carry it out, except 303, which
	// points to the result.
	for _, e := range []*Error{e, otherE} {
		e.notDone = e.Kind == KindRedirect && e.StatusCode != http.StatusSeeOther
	}
	e.inDoubt = e.inDoubt || otherE.MayHaveHappened()
	e.elsewhere = otherE
	return reply{}, e
}

// after adds what happened at the other host, which was asked before and does not know the operation. The
// outcome is unknown only if an attempt there before the last one left it unknown.
func (e *Error) after(other *Error) *Error {
	if e != nil {
		e.inDoubt = e.inDoubt || other.inDoubt
	}
	return e
}

// knows reports whether an answer proves that the host knows the operation. A 401 does not: the token may
// be checked first.
func knows(e *Error) bool {
	return e == nil || e.Kind == KindRefused && e.StatusCode != http.StatusNotFound &&
		e.StatusCode != http.StatusMethodNotAllowed && e.StatusCode != http.StatusUnauthorized
}

// mayNotKnow reports whether an answer can mean that the host does not know the operation, and so did not
// carry it out: any 404 or 405, a web page, a redirect.
func mayNotKnow(e *Error) bool {
	switch {
	case e == nil:
		return false
	case e.StatusCode == http.StatusNotFound || e.StatusCode == http.StatusMethodNotAllowed:
		return e.Kind == KindRefused || e.Kind == KindUnexpectedAnswer
	}
	return e.Kind == KindRedirect || e.Kind == KindUnexpectedAnswer && e.page
}

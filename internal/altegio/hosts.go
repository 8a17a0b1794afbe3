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

// The vendor's documents disagree about the host of four operations: update_channel, payment_link,
// tariffs and add_discount. So a client finds out. Where an answer can mean that a host does not know
// the operation, it asks the other one, once; nothing else ever goes to a second host.

// Hosts is what a process has found out about where the API answers. It is safe for concurrent use,
// and its zero value is ready.
type Hosts struct {
	mu    sync.Mutex
	found map[string]*url.URL // the base of an operation
	last  *url.URL            // what was found last, where the documented base was not it
	told  bool
}

// seeksHosts reports whether a second host may be asked at all: a 404 of somebody's test server must
// not become a POST to production, and who gives both bases the same URL pins it.
func (c *Client) seeksHosts() bool {
	api, app := baseKey(c.apiURL), baseKey(c.appURL)
	defaults := c.apiURL.String() == DefaultAPIURL && c.appURL.String() == DefaultAppURL
	return api != app && (defaults || c.apiURLSet && c.appURLSet)
}

// baseKey is a base URL in a form that can be compared.
func baseKey(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port + u.EscapedPath()
}

// bases returns where to send an operation, and where else it may be known, nil for nowhere.
func (c *Client) bases(r request) (first, second *url.URL) {
	if !r.disputed || !c.seekHosts {
		return r.base, nil
	}
	c.hosts.mu.Lock()
	defer c.hosts.mu.Unlock()
	switch found := c.hosts.found[r.operation]; {
	case same(found, c.apiURL):
		return c.apiURL, nil
	case same(found, c.appURL):
		return c.appURL, nil
	case same(c.hosts.last, c.appURL):
		return c.appURL, c.apiURL
	}
	return c.apiURL, c.appURL
}

func same(a, b *url.URL) bool { return a != nil && *a == *b }

// settle remembers where an operation is known, and says so where that is news.
func (c *Client) settle(ctx context.Context, r request, base *url.URL) {
	c.hosts.mu.Lock()
	if c.hosts.found == nil {
		c.hosts.found = make(map[string]*url.URL)
	}
	c.hosts.found[r.operation] = base
	news := false
	if base != r.base {
		c.hosts.last = base
		news = !c.hosts.told
		c.hosts.told = true
	}
	c.hosts.mu.Unlock()
	if news {
		c.notice(ctx, r, NoticeHost, fmt.Sprintf(
			"%s answers %s, which the documentation has at %s; asking there from now on. Setting both base URLs to the same pins it.",
			base, r.operation, r.base))
	}
}

// carryOut sends a request to where it is known, as far as that is known.
func (c *Client) carryOut(ctx context.Context, r request) (reply, *Error) {
	documented := r
	first, second := c.bases(r)
	r.base = first
	got, e := c.send(ctx, r)
	if second == nil {
		return got, e
	}
	if !mayNotKnow(e, r.repeatable) {
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
		if otherE != nil {
			otherE.inDoubt = otherE.inDoubt || e.MayHaveHappened()
		}
		return otherGot, otherE
	case !mayNotKnow(otherE, true):
		// It did not say. What the first one did is an answer if it is one of the API's.
		if e.Kind == KindRefused && !otherE.MayHaveHappened() {
			return reply{}, e
		}
	case e.Kind == KindRefused && otherE.Kind == KindRefused:
		// Not found, both say: the location or its tariff, it seems, or one of them means the
		// operation. The next request will tell.
		if e.Message == "" && len(e.Fields) == 0 && otherE.Message != "" {
			e, otherE = otherE, e
		}
		e.inDoubt = e.inDoubt || otherE.MayHaveHappened()
		return reply{}, e
	case e.Kind == KindRefused:
		c.settle(ctx, documented, first)
		return reply{}, e
	case otherE.Kind == KindRefused:
		c.settle(ctx, documented, second)
		otherE.inDoubt = otherE.inDoubt || e.MayHaveHappened()
		return reply{}, otherE
	}
	e.inDoubt = e.inDoubt || otherE.MayHaveHappened()
	e.elsewhere = otherE
	return reply{}, e
}

// knows reports whether an answer proves that the host knows the operation. A token may be refused
// before anybody looks at that.
func knows(e *Error) bool {
	return e == nil || e.Kind == KindRefused && e.StatusCode != http.StatusNotFound &&
		e.StatusCode != http.StatusMethodNotAllowed && e.StatusCode != http.StatusUnauthorized
}

// mayNotKnow reports whether an answer can mean that the host does not know the operation, and so did
// not carry it out. A page with a status of success may come from a host that did; that is enough to
// ask again only for what may be repeated.
func mayNotKnow(e *Error, repeatable bool) bool {
	if e == nil || e.inDoubt && !repeatable {
		return false
	}
	if e.StatusCode == http.StatusNotFound || e.StatusCode == http.StatusMethodNotAllowed {
		return e.Kind == KindRefused || e.Kind == KindUnexpectedAnswer
	}
	switch e.Kind {
	case KindRedirect:
		e.notDone = e.StatusCode != http.StatusSeeOther
		return e.notDone || repeatable
	case KindUnexpectedAnswer:
		return e.page && (e.StatusCode >= 400 || repeatable)
	}
	return false
}

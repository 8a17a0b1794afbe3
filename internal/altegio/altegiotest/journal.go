// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"maps"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// A Request is a request that the server received, and how it ended. Its maps and slices are shared with
// the journal and must not be changed.
type Request struct {
	Operation string // one of the Op constants
	Method    string
	Path      string // with the base path, as sent
	Query     url.Values
	Header    http.Header // includes Authorization: the tokens of a test server are not secret
	Body      []byte

	// StatusCode is the status of the answer; 0 until there is one.
	StatusCode int

	// At is when the request arrived, by the server's clock.
	At time.Time
}

type journal struct {
	mu        sync.Mutex
	countOnly bool
	entries   []*entry
	counts    map[string]int
}

type entry struct {
	request Request
}

// Requests returns every request since the start or the last ResetJournal, in the order of arrival,
// whether it was answered, refused or dropped.
func (s *Server) Requests() []Request {
	return s.journal.list(func(Request) bool { return true })
}

// RequestsFor returns the requests for one operation, in the order of arrival.
func (s *Server) RequestsFor(operation string) []Request {
	return s.journal.list(func(r Request) bool { return r.Operation == operation })
}

// Count returns how many requests for the operation have arrived, whether they were answered,
// refused or dropped.
func (s *Server) Count(operation string) int {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	return s.journal.counts[operation]
}

// Counts returns how many requests have arrived, by operation.
func (s *Server) Counts() map[string]int {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	counts := maps.Clone(s.journal.counts)
	if counts == nil {
		counts = map[string]int{}
	}
	return counts
}

// ResetJournal forgets every request so far.
func (s *Server) ResetJournal() {
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	s.journal.entries = nil
	s.journal.counts = nil
}

func (j *journal) list(wanted func(Request) bool) []Request {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []Request
	for _, e := range j.entries {
		if wanted(e.request) {
			list = append(list, e.request)
		}
	}
	return list
}

// begin records a request before it is handled, so that one that never gets an answer is in the
// journal too.
func (s *Server) begin(r *http.Request, operation string, body []byte) *entry {
	e := &entry{request: Request{
		Operation: operation,
		Method:    r.Method,
		Path:      r.URL.EscapedPath(),
		Query:     r.URL.Query(),
		Header:    r.Header.Clone(),
		Body:      body,
		At:        s.clock(),
	}}
	s.journal.mu.Lock()
	defer s.journal.mu.Unlock()
	if s.journal.counts == nil {
		s.journal.counts = map[string]int{}
	}
	s.journal.counts[operation]++
	if !s.journal.countOnly {
		s.journal.entries = append(s.journal.entries, e)
	}
	return e
}

// settle records how a request ended; 0 means without an answer.
func (s *Server) settle(e *entry, status int) {
	s.journal.mu.Lock()
	e.request.StatusCode = status
	request := e.request
	s.journal.mu.Unlock()
	if s.observe != nil {
		s.observe(request)
	}
}

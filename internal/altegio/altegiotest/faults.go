// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"crypto/tls"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A Fault makes the server misbehave. One of Drop, Truncate, HTML, Redirect, and Status with
// Body says how, in this order of precedence; with none of them the request is handled as usual,
// after the Delay and with Header added to the answer.
//
// A request that a fault answers isn't carried out, unless AfterEffect or Truncate is set.
// Rate limits come before faults; tokens and everything else that the API checks come after.
type Fault struct {
	// Operation is one of the Op constants; "" means any.
	Operation string

	// Match narrows the requests further. It gets the request and its body, and must not call
	// Fail or ClearFaults.
	Match func(*http.Request, []byte) bool

	Skip  int // requests to let pass first
	Times int // requests to apply the fault to after that; 0 for all

	Status int         // of the answer; without Body, the answer is an envelope with success:false
	Header http.Header // added to the answer, whatever it is
	Body   string      // of the answer, as JSON unless Header has a Content-Type; with status 200 unless Status is set
	Empty  bool        // answer with Status (default 200) and no body

	// Delay passes before the request is handled. If the client goes away meanwhile, the request
	// has no effect. With AfterEffect the delay passes after the effect, before the answer.
	Delay time.Duration

	// AfterEffect carries the request out first, which the client cannot know then.
	AfterEffect bool
	// Then is called before the delay and, with AfterEffect, after the effect.
	Then func()

	// Drop closes the connection without an answer: a TCP reset, or a reset stream with HTTP/2. Go's HTTP
	// client silently repeats a GET that fails like this on a connection that was used before.
	Drop bool

	// Truncate sends the headers of the real answer and half of its body, and then closes the connection.
	Truncate bool

	// HTML answers with an HTML page, with Status (default 200).
	HTML bool

	// Redirect answers with a redirect to this URL, with Status (default 302).
	Redirect string
}

type faultList struct {
	mu     sync.Mutex
	active []*activeFault
}

type activeFault struct {
	Fault
	seen int // matching requests, skipped ones included
}

// Fail adds a fault, and returns a function that removes it. If several faults match a request, the first
// one added applies, and the others do not count it.
func (s *Server) Fail(fault Fault) (remove func()) {
	f := &activeFault{Fault: fault}
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.active = append(s.faults.active, f)
	return func() {
		s.faults.mu.Lock()
		defer s.faults.mu.Unlock()
		s.faults.active = slices.DeleteFunc(s.faults.active, func(other *activeFault) bool { return other == f })
	}
}

// ClearFaults removes every fault.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.active = nil
}

// take returns the fault for a request, or nil, and counts it.
func (l *faultList) take(operation string, r *http.Request, body []byte) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.active {
		switch {
		case f.Operation != "" && f.Operation != operation:
			continue
		case f.Times > 0 && f.seen >= f.Skip+f.Times:
			continue
		case f.Match != nil && !f.Match(r, body):
			continue
		}
		f.seen++
		if f.seen > f.Skip {
			return &f.Fault
		}
	}
	return nil
}

// answers reports whether the fault replaces the real answer.
func (f *Fault) answers() bool {
	return f.Drop || f.HTML || f.Empty || f.Redirect != "" || f.Status != 0 || f.Body != ""
}

func (s *Server) misbehave(w http.ResponseWriter, entry *entry, c *call, f *Fault) {
	var genuine answer
	if f.AfterEffect {
		genuine = s.perform(c)
	}
	if f.Then != nil {
		f.Then()
	}
	s.wait(c.request, entry, f.Delay)
	if !f.AfterEffect && (f.Truncate && !f.Drop || !f.answers()) {
		genuine = s.perform(c)
	}

	switch {
	case f.Drop:
		s.settle(entry, 0)
		drop(w)
	case f.Truncate:
		s.truncate(w, entry, withHeader(genuine, f.Header))
	case f.answers():
		s.send(w, entry, withHeader(s.canned(f), f.Header))
	default:
		s.send(w, entry, withHeader(genuine, f.Header))
	}
}

// canned returns the answer of a fault that has its own.
func (s *Server) canned(f *Fault) answer {
	s.mu.Lock()
	shapes := s.shapes
	s.mu.Unlock()
	status := f.Status
	switch {
	case f.HTML:
		return page(orElse(status, http.StatusOK))
	case f.Redirect != "":
		a := page(orElse(status, http.StatusFound))
		a.header = http.Header{"Location": {f.Redirect}}
		return a
	case f.Empty:
		return answer{status: orElse(status, http.StatusOK)}
	case f.Body != "":
		return answer{status: orElse(status, http.StatusOK), contentType: "application/json", body: []byte(f.Body)}
	}
	switch status {
	case http.StatusNotFound:
		return shapes.notInstalled()
	case http.StatusUnauthorized:
		return shapes.fail(status, msgNoToken)
	case http.StatusForbidden:
		return shapes.fail(status, msgAccessDenied)
	case http.StatusTooManyRequests:
		return shapes.fail(status, msgTooMany)
	default:
		return shapes.fail(status, msgError)
	}
}

func orElse(status, otherwise int) int {
	if status == 0 {
		return otherwise
	}
	return status
}

func withHeader(a answer, extra http.Header) answer {
	if len(extra) == 0 {
		return a
	}
	header := http.Header{}
	maps.Copy(header, a.header)
	maps.Copy(header, extra)
	a.header = header
	return a
}

// drop closes the connection so that the client sees a reset, not a clean end.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has no connection to take over; this resets the stream
	}
	tcp := conn
	if secure, ok := conn.(*tls.Conn); ok {
		tcp = secure.NetConn()
	}
	if tcp, ok := tcp.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
		_ = tcp.Close() // closing the TLS layer would send an alert first
		return
	}
	_ = conn.Close()
}

func (s *Server) truncate(w http.ResponseWriter, entry *entry, a answer) {
	body := a.encode()
	// An empty body can't be cut short; promise one that never comes.
	a.writeHeader(w, max(len(body), 2))
	s.settle(entry, a.status)
	w.WriteHeader(a.status)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// SPDX-License-Identifier: MPL-2.0

package altegiotest

import "net/http"

// Hosts says which of the two documented hosts knows the four operations whose host is disputed:
// update_channel, payment_link, tariffs and add_discount (API-1, API-2).
type Hosts int

// The hosts of the four operations. The server stands for both hosts, and tells them apart by the path of
// the base URL: /api/v1 or none.
const (
	BothHosts Hosts = iota
	OnlyAPIHost
	OnlyAppHost
	NoHost
)

// An Ignorance is how a host answers an operation that it does not know.
type Ignorance int

// Each of these is what some servers do.
const (
	NotFoundEnvelope Ignorance = iota // 404 in the API's envelope
	NotFoundPage                      // 404 and an HTML page
	NotAllowed                        // 405 and an HTML page
	Redirected                        // 302 to a web page
)

// SetHosts changes which host knows the four operations, and how the other host answers, beginning with the
// next request.
func (s *Server) SetHosts(hosts Hosts, ignorance Ignorance) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shapes.Hosts, s.shapes.Ignorance = hosts, ignorance
}

// misplaced answers a request to a host that does not know its operation.
func (s Shapes) misplaced(c *call) (answer, bool) {
	switch c.route.operation {
	case OpUpdateChannel, OpPaymentLink, OpTariffs, OpAddDiscount:
	default:
		return answer{}, false
	}
	switch {
	case s.Hosts == NoHost, s.Hosts == OnlyAPIHost && c.base == "", s.Hosts == OnlyAppHost && c.base == "/api/v1":
	default:
		return answer{}, false
	}
	switch s.Ignorance {
	case NotFoundPage:
		return page(http.StatusNotFound), true
	case NotAllowed:
		a := page(http.StatusMethodNotAllowed)
		a.header = http.Header{"Allow": {"OPTIONS"}}
		return a, true
	case Redirected:
		a := page(http.StatusFound)
		a.header = http.Header{"Location": {"/appstore"}}
		return a, true
	default:
		return s.notInstalled(), true
	}
}

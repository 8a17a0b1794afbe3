// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The operations that a Server knows, as they appear in the journal and in faults.
const (
	OpLocations     = "locations"      // GET /marketplace/application/{application_id}/salons
	OpTariffs       = "tariffs"        // GET /marketplace/application/{application_id}/tariffs
	OpAddDiscount   = "add_discount"   // POST /marketplace/application/add_discount
	OpPaymentLink   = "payment_link"   // GET /marketplace/application/payment_link
	OpUpdateChannel = "update_channel" // POST /marketplace/application/update_channel

	OpInstallation = "installation" // GET /marketplace/salon/{location_id}/application/{application_id}
	OpUninstall    = "uninstall"    // POST /marketplace/salon/{location_id}/application/{application_id}/uninstall

	OpCallback   = "callback"    // POST /marketplace/partner/callback
	OpPayment    = "payment"     // POST /marketplace/partner/payment
	OpRefund     = "refund"      // POST /marketplace/partner/payment/refund/{payment_id}
	OpShortNames = "short_names" // POST /marketplace/partner/short_names

	OpGrantAccess = "grant_access" // POST /company/{location_id}/marketplace/applications/{application_id}/grant_access
	OpHooksGet    = "hooks_get"    // GET /hooks_settings/{location_id}
	OpHooksSet    = "hooks_set"    // POST /hooks_settings/{location_id}
	OpVoIP        = "voip"         // POST /voip/integration

	OpCountries      = "countries"       // GET /countries
	OpCities         = "cities"          // GET /cities
	OpBusinessGroups = "business_groups" // GET /references/business_groups_with_types

	OpUnknown = "unknown" // anything else
)

// An access says which tokens an operation takes.
type access int

const (
	partnerOnly access = iota
	partnerAndUser
	// partnerMaybeUser is for dictionaries. Their security scheme requires only the partner token; the
	// description of the header and the vendor's own client have both (API-69).
	partnerMaybeUser
)

type route struct {
	operation string
	method    string
	path      string // "{}" stands for a number
	access    access
	handle    func(*Server, *call) answer

	segments []string
}

var routes = splitPaths(slices.Concat(cabinetRoutes, []route{
	{operation: OpUpdateChannel, method: http.MethodPost, path: "marketplace/application/update_channel", handle: (*Server).updateChannel},
	{operation: OpInstallation, method: http.MethodGet, path: "marketplace/salon/{}/application/{}", handle: (*Server).installation},
	{operation: OpPaymentLink, method: http.MethodGet, path: "marketplace/application/payment_link", handle: (*Server).paymentLink},
	{operation: OpLocations, method: http.MethodGet, path: "marketplace/application/{}/salons", handle: (*Server).locations},
	{operation: OpTariffs, method: http.MethodGet, path: "marketplace/application/{}/tariffs", handle: (*Server).tariffs},
	{operation: OpAddDiscount, method: http.MethodPost, path: "marketplace/application/add_discount", handle: (*Server).addDiscount},
	{operation: OpUninstall, method: http.MethodPost, path: "marketplace/salon/{}/application/{}/uninstall", handle: (*Server).uninstall},
	{operation: OpCallback, method: http.MethodPost, path: "marketplace/partner/callback", handle: (*Server).callback},
	{operation: OpPayment, method: http.MethodPost, path: "marketplace/partner/payment", handle: (*Server).payment},
	{operation: OpRefund, method: http.MethodPost, path: "marketplace/partner/payment/refund/{}", handle: (*Server).refund},
	{operation: OpShortNames, method: http.MethodPost, path: "marketplace/partner/short_names", handle: (*Server).shortNames},
	{operation: OpGrantAccess, method: http.MethodPost, path: "company/{}/marketplace/applications/{}/grant_access", access: partnerAndUser, handle: (*Server).grantAccess},
	{operation: OpHooksGet, method: http.MethodGet, path: "hooks_settings/{}", access: partnerAndUser, handle: (*Server).hooksGet},
	{operation: OpHooksSet, method: http.MethodPost, path: "hooks_settings/{}", access: partnerAndUser, handle: (*Server).hooksSet},
	{operation: OpVoIP, method: http.MethodPost, path: "voip/integration", handle: (*Server).voip},
	{operation: OpCountries, method: http.MethodGet, path: "countries", access: partnerMaybeUser, handle: (*Server).countries},
	{operation: OpCities, method: http.MethodGet, path: "cities", access: partnerMaybeUser, handle: (*Server).cities},
	{operation: OpBusinessGroups, method: http.MethodGet, path: "references/business_groups_with_types", access: partnerMaybeUser, handle: (*Server).businessGroups},
}))

// basePaths are the bases that the documentation gives, the longest first.
var basePaths = []string{"/_mock/en/developers/openapi", "/api/v1", ""}

func splitPaths(routes []route) []route {
	for i := range routes {
		routes[i].segments = strings.Split(routes[i].path, "/")
	}
	return routes
}

// findRoute returns the route for a request, the base of its path and the numbers in it, or nil. A doubled
// or trailing slash makes a path wrong, so that a client that joins URLs carelessly fails.
func findRoute(method, path string) (found *route, base string, ids []int64) {
	for _, base := range basePaths {
		rest, ok := strings.CutPrefix(path, base+"/")
		if !ok {
			continue
		}
		segments := strings.Split(rest, "/")
		for i := range routes {
			if routes[i].method != method {
				continue
			}
			if ids, ok := routes[i].match(segments); ok {
				return &routes[i], base, ids
			}
		}
	}
	return nil, "", nil
}

func (r *route) match(segments []string) ([]int64, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	var ids []int64
	for i, want := range r.segments {
		if want != "{}" {
			if segments[i] != want {
				return nil, false
			}
			continue
		}
		id, ok := parseID(segments[i])
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// parseID accepts decimal digits only: no sign, no spaces, no leading zero.
func parseID(text string) (int64, bool) {
	id, err := strconv.ParseInt(text, 10, 64)
	return id, err == nil && id > 0 && strconv.FormatInt(id, 10) == text
}

// refuse checks what the API checks before it looks at the operation itself.
func (s *Server) refuse(c *call) (answer, bool) {
	if message := s.authorize(c); message != "" {
		return c.shapes.fail(http.StatusUnauthorized, message), true
	}
	if !accepts(c.request.Header.Values("Accept"), "application/vnd.api.v2+json") {
		return c.shapes.fail(http.StatusNotAcceptable, msgBadFormat), true
	}
	if len(c.body) > 0 && !isMediaType(c.request.Header.Get("Content-Type"), "application/json") {
		return c.shapes.fail(http.StatusUnsupportedMediaType, msgBadFormat), true
	}
	return answer{}, false
}

// authorize returns the message of a 401, or "" if the tokens are right.
func (s *Server) authorize(c *call) string {
	values := c.request.Header.Values("Authorization")
	if len(values) == 0 || values[0] == "" {
		return msgNoToken
	}
	given := values[0]
	if len(values) > 1 {
		return msgUnknownPartner
	}
	for _, token := range s.world.partnerTokens() {
		partner := "Bearer " + token
		withUser := partner + ", User " + s.userToken
		switch {
		case given == withUser && c.route.access != partnerOnly,
			given == partner && c.route.access != partnerAndUser:
			s.world.caller = token
			return ""
		case given == partner || strings.HasPrefix(given, partner+","):
			// The partner is known. The user is missing, wrong, or must not be sent.
			return msgNoToken
		}
	}
	return msgUnknownPartner
}

func accepts(values []string, want string) bool {
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			if isMediaType(item, want) {
				return true
			}
		}
	}
	return false
}

func isMediaType(value, want string) bool {
	mediaType, _, _ := strings.Cut(value, ";")
	return strings.EqualFold(strings.TrimSpace(mediaType), want)
}

package altegiotest

import (
	"net/http"
	"slices"
	"strings"
)

// disputed are the operations that the documentation has on the one host and the vendor's own client
// on the other.
var disputed = []string{OpUpdateChannel, OpPaymentLink, OpTariffs, OpAddDiscount}

// otherHost is the answer of a host that doesn't have the operation. A host is told by the base path,
// as in [Server.APIURL] and [Server.AppURL].
func (s Shapes) otherHost(c *call) (answer, bool) {
	host := "app"
	if strings.HasPrefix(c.request.URL.Path, "/api/v1/") {
		host = "api"
	}
	if s.OnlyHost == "" || s.OnlyHost == host || !slices.Contains(disputed, c.route.operation) {
		return answer{}, false
	}
	switch s.OtherHost {
	case "html":
		return page(http.StatusNotFound), true
	case "405":
		a := page(http.StatusMethodNotAllowed)
		a.header = http.Header{"Allow": {"OPTIONS"}}
		return a, true
	case "redirect":
		a := page(http.StatusFound)
		a.header = http.Header{"Location": {redirectTarget}}
		return a, true
	}
	return s.notInstalled(), true
}

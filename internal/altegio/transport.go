// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/url"
)

func newTransport(config *tls.Config) *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = config
	t.ForceAttemptHTTP2 = true
	// Keep the connections of a run open: a handshake costs more than a request.
	t.MaxIdleConnsPerHost = 32
	t.OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
		if resp.StatusCode == http.StatusOK {
			return nil
		}
		return &proxyError{proxy.Host, resp.StatusCode}
	}
	return t
}

// A proxyError says that a proxy refused a request.
type proxyError struct {
	proxy  string // its host, "" where it is not known
	status int
}

func (e *proxyError) Error() string {
	proxy := "a proxy on the way"
	if e.proxy != "" {
		proxy = "the proxy " + e.proxy
	}
	if e.status == http.StatusProxyAuthRequired {
		return proxy + " asks for a user name and a password (407)"
	}
	return fmt.Sprintf("%s does not connect (%d %s)", proxy, e.status, http.StatusText(e.status))
}

// proxyOf returns the host of the proxy that a request goes through, "" for none.
func (c *Client) proxyOf(req *http.Request) string {
	if c.transport.Proxy == nil {
		return ""
	}
	proxy, err := c.transport.Proxy(req)
	if err != nil || proxy == nil {
		return ""
	}
	return proxy.Host
}

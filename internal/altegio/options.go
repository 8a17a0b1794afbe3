// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"crypto/tls"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// The defaults of a Client.
const (
	// DefaultAPIURL is the base of update_channel, payment_link, tariffs, add_discount, the webhook
	// settings, VoIP, the dictionaries, granting access and the Developer Cabinet.
	DefaultAPIURL = "https://api.alteg.io/api/v1"
	// DefaultAppURL is the base of every other operation.
	DefaultAppURL = "https://app.alteg.io"
	// DefaultRequestsPerSecond is the vendor's limit per second and IP address (API-8).
	DefaultRequestsPerSecond = 5
	// DefaultRequestsPerMinute is the vendor's limit per minute and IP address (API-8).
	DefaultRequestsPerMinute = 200
	// DefaultMaxRetries is how often a failed request is repeated, if repeating it is safe.
	DefaultMaxRetries = 4
	// DefaultMaxRetryWait is the longest wait between two attempts, even if Retry-After asks for more.
	DefaultMaxRetryWait = time.Minute
	// DefaultRequestTimeout limits one attempt, from sending to the last byte of the answer.
	DefaultRequestTimeout = 30 * time.Second
	// DefaultRateLimitTimeout is how long a client continues while the API answers nothing but 429.
	DefaultRateLimitTimeout = 3 * time.Minute
)

// An Option changes the client that New builds. New fails if an option has an invalid value.
type Option func(*Client) error

// WithUserToken sets the token of a user who owns the locations or the developer accounts. It is sent only
// with the operations that need one: webhook settings, granting access and the Developer Cabinet.
func WithUserToken(token string) Option {
	return func(c *Client) error {
		c.userToken = bareToken(token, "User ")
		return nil
	}
}

// WithAPIURL replaces DefaultAPIURL. The base may have a path, with or without a trailing slash.
func WithAPIURL(base string) Option {
	return func(c *Client) (err error) {
		c.apiURL, err = ParseBaseURL(base)
		c.apiURLSet = true
		return err
	}
}

// WithAppURL replaces DefaultAppURL. The base may have a path, with or without a trailing slash.
func WithAppURL(base string) Option {
	return func(c *Client) (err error) {
		c.appURL, err = ParseBaseURL(base)
		c.appURLSet = true
		return err
	}
}

func noBaseSet(c *Client) error {
	c.apiURLSet, c.appURLSet = false, false
	return nil
}

// WithHosts shares between clients what they find out about hosts. Without it, each client finds out
// separately.
func WithHosts(hosts *Hosts) Option {
	return func(c *Client) error {
		c.hosts = hosts
		return nil
	}
}

// WithUserAgent sets the User-Agent of every request.
func WithUserAgent(agent string) Option {
	return func(c *Client) error {
		c.userAgent = agent
		return nil
	}
}

// WithPacer shares a Pacer between clients. The vendor's limits count requests per IP address, so
// all clients of one process should share one. Without this option a client has its own, with the
// default limits.
func WithPacer(p *Pacer) Option {
	return func(c *Client) error {
		c.pacer = p
		return nil
	}
}

// WithMaxRetries sets how often a failed request is repeated, if repeating it is safe; 0 turns retries off.
func WithMaxRetries(n int) Option {
	return func(c *Client) error {
		if n < 0 {
			return fmt.Errorf("max retries must not be negative, got %d", n)
		}
		c.maxRetries = n
		return nil
	}
}

// WithMaxRetryWait sets the longest wait between two attempts, even if Retry-After asks for more.
func WithMaxRetryWait(d time.Duration) Option {
	return func(c *Client) error {
		if d <= 0 {
			return fmt.Errorf("max retry wait must be positive, got %s", d)
		}
		c.maxRetryWait = d
		return nil
	}
}

// WithRequestTimeout limits one attempt, from sending to the last byte of the answer. It does not include
// the wait for the rate limits.
func WithRequestTimeout(d time.Duration) Option {
	return func(c *Client) error {
		if d <= 0 {
			return fmt.Errorf("request timeout must be positive, got %s", d)
		}
		c.requestTimeout = d
		return nil
	}
}

// WithRateLimitTimeout sets how long the client continues while the API answers nothing but 429 to all
// requests. After that, all waiting calls fail at once, and so do new ones for a minute.
func WithRateLimitTimeout(d time.Duration) Option {
	return func(c *Client) error {
		if d <= 0 {
			return fmt.Errorf("rate limit timeout must be positive, got %s", d)
		}
		c.rateLimitTimeout = d
		return nil
	}
}

// WithObserver reports every attempt to o.
func WithObserver(o Observer) Option {
	return func(c *Client) error {
		c.observer = o
		return nil
	}
}

// WithTLSConfig sets the TLS configuration of the connections, for a private endpoint whose certificate the
// system does not trust. The configuration is cloned.
func WithTLSConfig(config *tls.Config) Option {
	return func(c *Client) error {
		c.tlsConfig = config.Clone()
		return nil
	}
}

// ParseBaseURL parses a base URL, to which paths such as "/marketplace/..." are appended. It must be
// absolute, http or https, and have no credentials, query or fragment. Surrounding space is removed.
func ParseBaseURL(base string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(base))
	switch {
	case err != nil:
		// The error of url.Parse contains its input, which may contain a password.
		return nil, fmt.Errorf("not a URL")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.Hostname() == "":
		return nil, fmt.Errorf("not an absolute http or https URL")
	case u.User != nil:
		return nil, fmt.Errorf("a base URL must not contain a user name or password")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, fmt.Errorf("a base URL must not have a query or a fragment")
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// bareToken removes the scheme that users paste along with a token; the vendor's examples have "Bearer
// Bearer x" (API-4). A scheme alone, as in "Bearer ${UNSET}", is not a token.
func bareToken(token, scheme string) string {
	token = strings.TrimSpace(token)
	for len(token) >= len(scheme) && strings.EqualFold(token[:len(scheme)], scheme) {
		token = strings.TrimSpace(token[len(scheme):])
	}
	if strings.EqualFold(token, strings.TrimSpace(scheme)) {
		return ""
	}
	return token
}

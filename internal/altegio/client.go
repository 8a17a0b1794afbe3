// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Client calls the API for one marketplace partner. It is safe for concurrent use.
type Client struct {
	partnerToken string
	userToken    string
	userAgent    string
	apiURL       *url.URL
	appURL       *url.URL
	// apiURLSet and appURLSet report whether an option set the URL.
	apiURLSet, appURLSet bool
	seekHosts            bool // a second host may be asked

	maxRetries     int
	maxRetryWait   time.Duration
	requestTimeout time.Duration
	// rateLimitTimeout is how long the run continues while the API answers nothing but 429.
	rateLimitTimeout time.Duration
	tlsConfig        *tls.Config

	pacer         *Pacer
	observer      Observer
	transport     *http.Transport
	next          http.RoundTripper // the transport, or that of a test
	run           run
	hosts         *Hosts
	installations shared[installationKey, *Installation]
	listings      shared[int64, map[int64]struct{}]
	applications  shared[int64, []*Application] // by developer account
}

// New returns a client for the partner with the token. A leading "Bearer " is removed. It fails if a token
// is empty or cannot be sent in a header, or if an option has an invalid value.
func New(partnerToken string, options ...Option) (*Client, error) {
	c := &Client{
		partnerToken:     bareToken(partnerToken, "Bearer "),
		userAgent:        "altegio-go",
		maxRetries:       DefaultMaxRetries,
		maxRetryWait:     DefaultMaxRetryWait,
		requestTimeout:   DefaultRequestTimeout,
		rateLimitTimeout: DefaultRateLimitTimeout,
		observer:         noObserver{},
	}
	for _, option := range append([]Option{WithAPIURL(DefaultAPIURL), WithAppURL(DefaultAppURL), noBaseSet, WithHosts(new(Hosts))}, options...) {
		if err := option(c); err != nil {
			return nil, err
		}
	}
	if c.partnerToken == "" {
		return nil, errors.New("the partner token is empty")
	}
	for name, token := range map[string]string{"partner": c.partnerToken, "user": c.userToken} {
		if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, fmt.Errorf("the %s token has a space, a line break or another character that can't be part of a token", name)
		}
	}
	if c.pacer == nil {
		c.pacer = NewPacer(DefaultRequestsPerSecond, DefaultRequestsPerMinute)
	}
	c.transport = newTransport(c.tlsConfig)
	c.next = c.transport
	c.seekHosts = c.seeksHosts()
	return c, nil
}

// HasUserToken reports whether the client has a user token. Without one, operations on behalf of an owner
// fail.
func (c *Client) HasUserToken() bool { return c.userToken != "" }

// CloseIdleConnections closes connections that no request uses. The client remains usable.
func (c *Client) CloseIdleConnections() {
	c.transport.CloseIdleConnections()
}

// A request is one operation, whatever the number of attempts.
type request struct {
	operation string // the vendor's name of the operation
	method    string
	base      *url.URL
	path      string // below base, with a leading slash
	query     url.Values
	body      any // encoded as JSON unless nil

	// repeatable says that doing the operation twice is the same as doing it once, so it can be sent again
	// after a failure with an unknown outcome.
	repeatable bool
	// disputed says that the vendor's documents disagree about the host, see Hosts.
	disputed bool
	// asUser adds the user token.
	asUser bool
	// maxAnswer is the largest answer that is read, in bytes; 0 means defaultMaxAnswer.
	maxAnswer int64
	// secrets are texts in the body that must not appear in an error.
	secrets []string
}

func (r request) url() *url.URL {
	u := *r.base
	u.Path += r.path
	if u.RawPath != "" {
		u.RawPath += r.path // r.path has nothing to escape
	}
	u.RawQuery = r.query.Encode()
	return &u
}

// unexpected returns the error of a successful answer that is not as documented. The status is 0 if it
// explains nothing, for example if only a part of the data is wrong.
func (r request) unexpected(status int, message string) *Error {
	return &Error{
		Kind: KindUnexpectedAnswer, Operation: r.operation, Method: cmp.Or(r.method, http.MethodGet), URL: urlText(r.url()),
		StatusCode: status, Message: message,
	}
}

// A reply is a successful answer: its status, and the data of the envelope, nil if there are none.
type reply struct {
	status int
	data   json.RawMessage
}

const (
	mediaType        = "application/vnd.api.v2+json"
	defaultMaxAnswer = 1 << 20
)

// do carries out a request. Every failure is an *Error.
func (c *Client) do(ctx context.Context, r request) (reply, error) {
	got, e := c.carryOut(ctx, r)
	if e != nil {
		return reply{}, e
	}
	return got, nil
}

// newRequest builds the HTTP request of an attempt.
func (c *Client) newRequest(ctx context.Context, call *call, body []byte) *http.Request {
	authorization := "Bearer " + c.partnerToken
	if call.asUser {
		authorization += ", User " + c.userToken
	}
	req := &http.Request{
		Method: call.method, URL: call.url, Host: call.url.Host,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"Authorization": {authorization},
			"Accept":        {mediaType},
			"User-Agent":    {c.userAgent},
		},
	}
	if body != nil {
		req.Header["Content-Type"] = []string{"application/json"}
		req.ContentLength = int64(len(body))
		// There is no GetBody, so net/http cannot send the request again.
		req.Body = io.NopCloser(bytes.NewReader(body))
	}
	return req.WithContext(ctx)
}

// encode is json.Marshal without its escaping of &, < and >, and nothing for nil.
func encode(v any) ([]byte, error) {
	if v == nil {
		return nil, nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(buf.Bytes()), err
}

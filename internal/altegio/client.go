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
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// A Client calls the API for one marketplace partner. It is safe for concurrent use.
type Client struct {
	partnerToken string
	userToken    string
	userAgent    string
	apiURL       *url.URL
	appURL       *url.URL

	maxRetries     int
	maxRetryWait   time.Duration
	requestTimeout time.Duration
	tlsConfig      *tls.Config

	pacer         *Pacer
	observer      Observer
	transport     *http.Transport
	http          *retryablehttp.Client
	installations shared[installationKey, *Installation]
	listings      shared[int64, map[int64]struct{}]
	applications  shared[int64, []*Application] // by developer account
}

// New returns a client for the partner whose token is given. A leading "Bearer " is dropped. It
// fails when a token is empty or can't be sent in a header, or an option has an unusable value.
func New(partnerToken string, options ...Option) (*Client, error) {
	c := &Client{
		partnerToken:   bareToken(partnerToken, "Bearer "),
		userAgent:      "altegio-go",
		maxRetries:     DefaultMaxRetries,
		maxRetryWait:   DefaultMaxRetryWait,
		requestTimeout: DefaultRequestTimeout,
		observer:       noObserver{},
	}
	for _, option := range append([]Option{WithAPIURL(DefaultAPIURL), WithAppURL(DefaultAppURL)}, options...) {
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
	c.http = c.newRetryingClient()
	return c, nil
}

// HasUserToken reports whether there is a user token, without which what acts for an owner fails.
func (c *Client) HasUserToken() bool { return c.userToken != "" }

// CloseIdleConnections closes connections that no request uses. The client remains usable.
func (c *Client) CloseIdleConnections() {
	c.transport.CloseIdleConnections()
}

// A request is one operation to carry out, whatever number of attempts it takes.
type request struct {
	operation string // the vendor's name of it
	method    string
	base      *url.URL
	path      string // below base, with a leading slash
	query     url.Values
	body      any // encoded as JSON unless nil

	// repeatable says that carrying the operation out twice equals carrying it out once, so that
	// it may be sent again after a failure which leaves open whether the first one had an effect.
	repeatable bool
	// asUser adds the user token.
	asUser bool
	// maxAnswer is the largest answer that is read, in bytes; 0 means defaultMaxAnswer.
	maxAnswer int64
	// secrets are texts of the body that must not come back in an error.
	secrets []string
}

// unexpected is an answer that was successful and is not what the vendor documents.
func (r request) unexpected(message string) *Error {
	return &Error{
		Kind: KindUnexpectedAnswer, Operation: r.operation, Method: cmp.Or(r.method, http.MethodGet), Path: r.path,
		Host: r.base.Host, StatusCode: http.StatusOK, Message: message,
	}
}

const (
	mediaType        = "application/vnd.api.v2+json"
	defaultMaxAnswer = 1 << 20
)

// do carries out a request and returns the data of the API's envelope, which is nil where the API
// sent none. Every failure is an *Error.
func (c *Client) do(ctx context.Context, r request) (json.RawMessage, error) {
	call := &call{request: r, started: time.Now()}
	if r.asUser && c.userToken == "" {
		return nil, call.fail(&Error{Kind: KindNoUserToken})
	}
	req, err := c.newRequest(withCall(ctx, call), r)
	if err != nil {
		return nil, call.fail(&Error{Kind: KindNotSent, Err: err})
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, call.fail(c.transportError(ctx, call, err))
	}
	defer resp.Body.Close() //nolint:errcheck // the body is in memory, see attempt.RoundTrip
	data, answerErr := readAnswer(resp, func(s string) string { return c.tidy(s, r.secrets...) })
	if answerErr != nil {
		return nil, call.fail(answerErr)
	}
	return data, nil
}

func (c *Client) newRequest(ctx context.Context, r request) (*retryablehttp.Request, error) {
	u := r.base.JoinPath(r.path)
	u.RawQuery = r.query.Encode()
	var body []byte
	if r.body != nil {
		var err error
		if body, err = encode(r.body); err != nil {
			return nil, err
		}
	}
	var rawBody any
	if body != nil {
		rawBody = body
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.method, u.String(), rawBody)
	if err != nil {
		return nil, err
	}
	authorization := "Bearer " + c.partnerToken
	if r.asUser {
		authorization += ", User " + c.userToken
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("Accept", mediaType)
	req.Header.Set("User-Agent", c.userAgent)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// encode is json.Marshal without its escaping of &, < and >.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(buf.Bytes()), err
}

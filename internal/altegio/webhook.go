// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

// WebhookEvents lists the kinds of events that webhooks of a location can receive, by the API's names. It
// includes self_sending, which also sends events about one's own changes through the API.
func WebhookEvents() []string {
	return []string{
		"client", "finances_operation", "good", "goods_operations_consumable", "goods_operations_move",
		"goods_operations_receipt", "goods_operations_sale", "goods_operations_stolen", "loyalty_card", "master",
		"record", "salon", "schedule", "self_sending", "service", "service_category",
	}
}

// MaxWebhookURLs is the maximum number of URLs of a location, for all applications together.
const MaxWebhookURLs = 10

// WebhookSettings are the webhooks of a location, of all applications together.
type WebhookSettings struct {
	Active bool
	// URLs in the API's order.
	URLs []string
	// Events says which kinds of events are sent, by name. Events that the API does not return are missing.
	// They are those of the first URL, unless URLEvents is set.
	Events map[string]bool
	// URLEvents has the events of each URL, and URLActive whether it is active, if the API returns them, as
	// newer servers do.
	URLEvents map[string]map[string]bool
	URLActive map[string]bool
}

func readWebhookSettings(raw map[string]json.RawMessage) (s WebhookSettings, err error) {
	var active wireBool
	if text, ok := raw["active"]; ok {
		if err := json.Unmarshal(text, &active); err != nil {
			return s, err
		}
	}
	s.Active = bool(active)
	// Strict, because the next write would delete a URL that is not seen here.
	text, ok := raw["urls"]
	if !ok {
		return s, errors.New("urls are missing")
	}
	var urls wireList[wireText]
	if err := json.Unmarshal(text, &urls); err != nil {
		return s, fmt.Errorf("urls: %w", err)
	}
	for _, u := range urls {
		if u != "" { // an empty list reads back as one empty URL
			s.URLs = append(s.URLs, string(u))
		}
	}
	if s.Events, err = readWebhookEvents(raw); err != nil {
		return s, err
	}
	var each wireList[map[string]json.RawMessage]
	if text, ok := raw["url_settings"]; ok {
		if err := json.Unmarshal(text, &each); err != nil {
			return s, fmt.Errorf("url_settings: %w", err)
		}
	}
	if each != nil {
		s.URLEvents = make(map[string]map[string]bool)
		s.URLActive = make(map[string]bool)
		for _, one := range each {
			var u wireText
			if err := u.UnmarshalJSON(one["url"]); err != nil {
				return s, fmt.Errorf("url_settings: url: %w", err)
			}
			if u == "" {
				continue
			}
			if !slices.Contains(s.URLs, string(u)) {
				return s, fmt.Errorf("url_settings have %q, and urls do not", u)
			}
			if s.URLEvents[string(u)], err = readWebhookEvents(one); err != nil {
				return s, err
			}
			if text, ok := one["active"]; ok && string(text) != "null" {
				if err := json.Unmarshal(text, &active); err != nil {
					return s, err
				}
				s.URLActive[string(u)] = bool(active)
			}
		}
	}
	return s, nil
}

func readWebhookEvents(raw map[string]json.RawMessage) (map[string]bool, error) {
	events := make(map[string]bool)
	for _, name := range WebhookEvents() {
		if text, ok := raw[name]; ok && string(text) != "null" {
			var on wireBool
			if err := json.Unmarshal(text, &on); err != nil {
				return nil, err
			}
			events[name] = bool(on)
		}
	}
	return events, nil
}

func webhooksRequest(c *Client, locationID int64) request {
	return request{
		base:   c.apiURL,
		path:   "/hooks_settings/" + strconv.FormatInt(locationID, 10),
		asUser: true,
	}
}

// Webhooks returns the webhook settings of a location. It needs a user token
// (get_event_notification_settings).
func (c *Client) Webhooks(ctx context.Context, locationID int64) (WebhookSettings, error) {
	r := webhooksRequest(c, locationID)
	r.operation = "get_event_notification_settings"
	raw, err := get[map[string]json.RawMessage](ctx, c, r)
	if err != nil {
		return WebhookSettings{}, err
	}
	settings, err := readWebhookSettings(raw)
	if err != nil {
		return WebhookSettings{}, r.unexpected(0, "the data are not as documented: "+c.tidy(jsonProblem(err)))
	}
	return settings, nil
}

// SetWebhooks replaces all webhook settings of a location, including those of other applications: URLs that
// are left out are deleted, and all URLs get the same events. It takes 1 to MaxWebhookURLs URLs. It needs a
// user token. There is no conditional write, so a change that others made since Webhooks was called is
// lost. A call with an unknown outcome is not repeated (update_event_notification_settings).
func (c *Client) SetWebhooks(ctx context.Context, locationID int64, s WebhookSettings) error {
	body := map[string]any{"active": flag(s.Active), "urls": s.URLs}
	for name, on := range s.Events {
		body[name] = flag(on)
	}
	r := webhooksRequest(c, locationID)
	r.operation, r.method, r.body = "update_event_notification_settings", http.MethodPost, body
	_, err := c.do(ctx, r)
	return err
}

func flag(on bool) int {
	if on {
		return 1
	}
	return 0
}

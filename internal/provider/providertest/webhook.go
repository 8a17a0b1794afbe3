// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"encoding/json"
	"strings"
)

// WebhooksType is the type of webhooks.
const WebhooksType = "altegio_location_webhooks"

// WebhooksBlock declares altegio_location_webhooks.test at location 1001.
func WebhooksBlock(events string, urls []string, more ...string) string {
	arguments := map[string]string{"location_id": "1001", "events": ListOf(strings.Fields(events)...), "urls": ListOf(urls...)}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return Block(`resource "altegio_location_webhooks" "test"`, arguments)
}

// ListOf writes a list of texts in HCL.
func ListOf(texts ...string) string {
	text, _ := json.Marshal(append([]string{}, texts...))
	return string(text)
}

// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"maps"
	"slices"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// sameWebhook reports whether two texts are spellings of one URL.
func sameWebhook(a, b string) bool { return a == b || core.WebhookForm(a) == core.WebhookForm(b) }

// spelledAs returns the webhooks with URLs in the given spellings where one matches. A URL that matches
// exactly is that one, whatever else resembles it.
func (w webhooks) spelledAs(urls []string) webhooks {
	spelled := maps.Clone(w)
	for _, u := range urls {
		if _, ok := w[u]; ok {
			continue
		}
		for _, other := range w.urls() {
			flags, left := spelled[other]
			if left && sameWebhook(u, other) && !slices.Contains(urls, other) {
				delete(spelled, other)
				spelled[u] = flags
				break
			}
		}
	}
	return spelled
}

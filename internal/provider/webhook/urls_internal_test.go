// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestWebhooks_spelledAs(t *testing.T) {
	t.Parallel()
	on := webhookFlags{flagActive: true}
	for name, tc := range map[string]struct {
		there, urls, want string
	}{
		"as it is":           {"https://a.test/x", "https://a.test/x", "https://a.test/x"},
		"host":               {"https://a.test/x", "https://A.Test/x", "https://A.Test/x"},
		"slash":              {"https://a.test/x/ https://b.test/", "https://a.test/x https://b.test", "https://a.test/x https://b.test"},
		"ampersand":          {"https://a.test/?b=1&amp;c=2", "https://a.test/?b=1&c=2", "https://a.test/?b=1&c=2"},
		"port":               {"https://a.test/x", "https://a.test:443/x", "https://a.test:443/x"},
		"others":             {"https://b.test/x/", "https://a.test/x", "https://b.test/x/"},
		"case of the path":   {"https://a.test/x", "https://a.test/X", "https://a.test/x"},
		"exact one is there": {"https://a.test/x https://a.test/x/", "https://a.test/x", "https://a.test/x https://a.test/x/"},
		"one for each":       {"https://a.test/x/ https://a.test/x//", "https://a.test/x", "https://a.test/x https://a.test/x//"},
		"both are wanted":    {"https://a.test/x/", "https://a.test/x https://a.test/x/", "https://a.test/x/"},
	} {
		there := webhooks{}
		for _, u := range strings.Fields(tc.there) {
			there[u] = on
		}
		before := maps.Clone(there)
		got := there.spelledAs(strings.Fields(tc.urls))
		if !slices.Equal(got.urls(), strings.Fields(tc.want)) || !maps.EqualFunc(there, before, func(a, b webhookFlags) bool { return maps.Equal(a, b) }) {
			t.Errorf("%s: got %v, want %s", name, got.urls(), tc.want)
		}
	}
}

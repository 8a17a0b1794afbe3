// SPDX-License-Identifier: MPL-2.0

package core

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A location's owner chooses its title, and a terminal shows it.
func TestLocationName_printable(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Salon": "Salon (7777)",
		"Salon\x1b[2J\nError: \u202elost\x1b]0;x\x07": "Salon[2J Error: lost]0;x (7777)",
		"\u200b": "Location 7777",
		"":       "Location 7777",
	} {
		if got := locationName(altegio.Location{ID: 7777, Title: title}); got != want {
			t.Errorf("%q becomes %q, want %q", title, got, want)
		}
	}
}

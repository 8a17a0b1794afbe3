// SPDX-License-Identifier: MPL-2.0

package core

import (
	"testing"
)

func TestPositiveDuration_description(t *testing.T) {
	t.Parallel()
	got := PositiveDurationValidator{}.MarkdownDescription(t.Context())
	if want := `value must be a duration above zero, such as "30s" or "2m"`; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

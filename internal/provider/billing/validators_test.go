// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

func TestNumbers_descriptions(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"value must be a percentage between 0 and 100, with at most 4 decimals": core.AmountValidator{Most: 100}.MarkdownDescription(t.Context()),
		"value must be at least 0, with at most 4 decimals":                     core.AmountValidator{}.MarkdownDescription(t.Context()),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

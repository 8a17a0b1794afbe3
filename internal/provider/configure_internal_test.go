// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// However often Terraform configures the provider in a process, the limits are counted once.
func TestConfigure_onePacer(t *testing.T) {
	t.Parallel()
	var known pacers
	documented := pace{perSecond: 5, perMinute: 200, apiURL: altegio.DefaultAPIURL, appURL: altegio.DefaultAppURL}
	slower := documented
	slower.perSecond = 1
	elsewhere := documented
	elsewhere.apiURL = "https://localhost/api"
	first := known.get(documented)
	if known.get(documented) != first {
		t.Error("two configurations with the same limits do not share a pacer")
	}
	if known.get(slower) == first || known.get(elsewhere) == first {
		t.Error("two configurations with different limits or hosts share a pacer")
	}
}

// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// A status is a text from outside like any other.
func TestInstallationDiagnostics_oddStatus(t *testing.T) {
	t.Parallel()
	odd := "odd\x1b[31m\u202e https://h.test/?sign=s3cret" + strings.Repeat("x", 10_000)
	id := core.ConnectionID{Location: 1001, Application: 456}
	for what, text := range map[string]string{
		"not pending":     notPending(id, odd).Detail(),
		"not active":      notActiveYet(id, odd, context.Canceled).Detail(),
		"still installed": stillInstalled(&altegio.Installation{Status: odd}, nil),
	} {
		if !strings.Contains(text, `"odd[31m https://h.test/?[redacted]"`) || len(text) > 1000 {
			t.Errorf("%s: got %.500q", what, text)
		}
	}
}

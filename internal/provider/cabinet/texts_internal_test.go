// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// The texts of a card come from outside. No message passes on what could pose as something else on a
// terminal, nor the query of a URL, nor more than a line of it.
func TestDiagnostics_textsFromOutside(t *testing.T) {
	t.Parallel()
	const odd = "Bot\u202e\u009b31m\nError: lost https://h.test/?sign=s3cret"
	long := odd + strings.Repeat("x", 10_000)
	id := applicationID{11, 456}
	change := []altegio.MemberChange{{Name: "connect_instruction", Before: odd, After: long}}
	var diags diag.Diagnostics
	diags.Append(applicationOutcome(id, altegio.ApplicationComparison{NotSet: change, Moved: change})...)
	diags.Append(applicationIsPublished(id, long, []string{"price"}))
	diags.Append(framesExist(id, []altegio.Frame{{Slug: altegio.FrameSlug(long)}}))
	if len(diags) != 4 {
		t.Fatalf("%d diagnostics", len(diags))
	}
	for _, d := range diags {
		text := d.Detail()
		if strings.Contains(text, "s3cret") || strings.ContainsAny(text, "\u202e\u009b") || strings.Contains(text, `\u202e`) ||
			strings.Contains(text, "\nError") || strings.Contains(text, `\nError`) || len(text) > 2000 || !strings.Contains(text, "Bot") {
			t.Errorf("%s: got %.500q", d.Summary(), text)
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// URLs of others have their secrets in them, and whatever else their owners chose. No message shows either.
func TestWebhooks_urlsOfOthers(t *testing.T) {
	t.Parallel()
	const ours, theirs = "https://ours.test/hook", "https://u:s3cret@theirs.test/hook?sign=s3cret#s3cret\x1b[31m\u202e"
	on, off := webhookFlags{flagActive: true, "record": true}, webhookFlags{flagActive: true, "record": false}
	both := webhooks{ours: on, theirs: on}
	said := map[string]string{
		"lines":    strings.Join(both.lines(both.urls()), "\n"),
		"missing":  strings.Join(both.changes(webhooks{ours: on}), "\n"),
		"new":      strings.Join(webhooks{ours: on}.changes(both), "\n"),
		"differs":  strings.Join(both.changes(webhooks{ours: on, theirs: off}), "\n"),
		"too many": webhooksTooMany(1001, []string{ours}, []string{theirs}).Detail(),
	}
	for name, kind := range map[string]*core.FoundKind{
		"others": foundOthers, "overwritten": foundOverwritten, "off": foundOff, "foreign": core.FoundForeign,
	} {
		// The ledger has the same URL under the name by which it compares.
		for where, m := range map[string]core.Matter{"": shownURLs(1001, []string{theirs})[0], ", ledger": webhookAt(1001, theirs)} {
			for _, d := range core.NewSession(new(core.Activity), 0, false).Warn(t.Context(), kind, m) {
				said["found "+name+where] = d.Detail()
			}
		}
	}
	if len(said) != 13 {
		t.Errorf("only %d texts", len(said))
	}
	var diags diag.Diagnostics
	plan := webhooksModel{
		URLs: textSet([]string{ours}), Events: textSet([]string{"record"}), Active: types.BoolValue(true), SelfSending: types.BoolValue(false),
	}
	write := plan.write(nil, webhooks{theirs: off, "https://more.test/?sign=s3cret": on})
	diags.Append(write.problems(1001)...)
	for _, d := range diags {
		said["problem: "+d.Summary()] += d.Detail()
	}
	if len(diags) == 0 {
		t.Error("the write has no problem, so it says nothing")
	}
	for what, text := range said {
		if strings.Contains(text, "s3cret") || strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, `\x1b`) || strings.Contains(text, `\u202e`) ||
			!strings.Contains(text, "theirs.test/hook?[redacted]") {
			t.Errorf("%s: got %q", what, text)
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestWebhooksDiagnostics(t *testing.T) {
	t.Parallel()
	x, y := "https://x.example: active = true, events = []", "https://y.example: active = false, events = []"
	warn := func(what *core.FoundKind) diag.Diagnostic {
		urls := []string{"https://x.example/"}
		diags := core.NewSession(new(core.Activity), 0, false).Warn(t.Context(), what, shownURLs(1001, urls)[0], shownURLs(1002, urls)[0])
		if len(diags) != 1 {
			t.Fatalf("%s: got %v", what.Summary, diags)
		}
		return diags[0]
	}
	for name, test := range map[string]struct {
		got  diag.Diagnostic
		want coretest.Said
	}{
		"too many": {webhooksTooMany(1001, []string{"a", "b"}, []string{"x", "y"}), coretest.Said{
			At: "urls", Summary: "Too many webhook URLs at one location",
			Detail: `Altegio accepts at most 10 URLs at a location, of all applications together. Location 1001 would have 4: 2 declared ` +
				`here, and 2 of others: "x", "y".`,
		}},
		"others differ": {webhooksOfOthersDiffer(1001, "active = true", []string{x, y}), coretest.Said{
			At: "", Summary: "Webhooks of others would change",
			Detail: "Altegio sets all webhooks of a location at once: one choice of events applies to every URL there, whoever " +
				"added it. Declared for location 1001: active = true.\n\nThat would change these URLs, which this resource does " +
				"not manage:\n - " + x + "\n - " + y + ".\n\nDeclare the same, or list the URLs in overwrite_other_urls to change them. To manage URLs that are already " +
				"yours, import the location first. Nothing was sent.",
		}},
		"changed": {webhooksChangedSincePlan(1001, []string{"x is new"}), coretest.Said{
			At: "", Summary: "Webhooks have changed since the plan",
			Detail: "The webhooks of location 1001 are no longer what the plan was based on:\n - x is new.\n\nNothing was sent. Plan " +
				"again, and apply the new plan.",
		}},
		"not as set": {webhooksNotAsSet(1001, []string{"x is new"}), coretest.Said{
			At: "", Summary: "Webhooks differ from what was sent",
			Detail: "The webhooks of location 1001 were set, but read back differently:\n - x is new.\n\nEither somebody else changed " +
				"them at the same moment, and may have lost a change, or Altegio did not accept everything. The state records " +
				"what is there now. Plan again, and check the URLs of others.",
		}},
		"outcome": {webhooksOutcome(1001, []string{"a is missing"}), coretest.Said{
			At: "", Summary: "Webhooks were not set",
			Detail: "The webhooks of location 1001 were read after the failure. They are not as declared:\n - a is missing.\n\nThe " +
				"request was not repeated, because somebody else may have changed them. Plan again.",
		}},
		"not read back": {webhooksNotReadBack(1001, errors.New("500")), coretest.Said{
			At: "", Summary: "Webhooks could not be read back",
			Detail: "The webhooks of location 1001 are set, but they could not be read back, and neither could those of others: " +
				"500. The next plan reads them.",
		}},
		"others kept": {warn(foundOthers), coretest.Said{
			At: "", Summary: "Locations have other webhook URLs",
			Detail: "The configuration does not declare these. They are kept as they are:\n - webhook \"https://x.example/\" at 2 locations: 1001, 1002.",
		}},
		"others overwritten": {warn(foundOverwritten), coretest.Said{
			At: "", Summary: "Webhook URLs of others get other events",
			Detail: "These are kept, but get the events declared here, as overwrite_other_urls allows:\n - webhook \"https://x.example/\" at 2 locations: " +
				"1001, 1002.",
		}},
		"turned off": {warn(foundOff), coretest.Said{
			At: "", Summary: "Webhooks are turned off",
			Detail: "Altegio does not allow a location without any URL. No other URL is left there, so these stay, but they receive no events:\n - " +
				"webhook \"https://x.example/\" at 2 locations: 1001, 1002.\n\nTo turn them on again, declare them again.",
		}},
		"cannot leave": {webhooksCannotLeave(1001, []string{x, y}), coretest.Said{
			At: "", Summary: "Cannot remove webhook URLs alone",
			Detail: "Altegio sets all webhooks of a location at once, with one choice of events for every URL. The URLs that would " +
				"remain at location 1001 have different ones:\n - " + x + "\n - " + y + ".\n\nList those that may change in overwrite_other_urls, apply that, and then destroy. Or remove the resource " +
				"from the state with a removed block that has destroy = false. Nothing was sent.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.CompareSaid(t, diag.Diagnostics{test.got}, test.want)
		})
	}
}

// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestWebhooksDiagnostics(t *testing.T) {
	t.Parallel()
	x, y := "https://x.example: active = true, events = []", "https://y.example: active = false, events = []"
	for name, test := range map[string]struct {
		got  diag.Diagnostic
		want coretest.Said
	}{
		"too many": {webhooksTooMany(1001, []string{"a", "b"}, []string{"x", "y"}), coretest.Said{
			At: "urls", Summary: "Too many webhook URLs at one location",
			Detail: `Altegio takes at most 10 URLs at a location, of all applications together. Location 1001 would have 4: 2 declared ` +
				`here, and 2 of others, which are "x", "y".`,
		}},
		"others differ": {webhooksOfOthersDiffer(1001, "active = true", []string{x, y}), coretest.Said{
			At: "", Summary: "Webhooks of others would change",
			Detail: "Altegio sets the webhooks of a location all at once: one choice of events holds for every URL there, whoever put it " +
				"there. What is declared for location 1001 is active = true.\n\n" +
				"That would change these URLs, which are not under this resource:\n - " + x + "\n - " + y + ".\n\n" +
				"Declare the same, or name the URLs in overwrite_other_urls to have them changed. To take over URLs that are yours " +
				"already, import the location first. Nothing was sent.",
		}},
		"changed": {webhooksChangedSincePlan(1001, []string{"x is new"}), coretest.Said{
			At: "", Summary: "Webhooks have changed since the plan",
			Detail: "The webhooks of location 1001 are not what the plan was made for:\n - x is new.\n\nNothing was sent. Plan again, and " +
				"apply what that shows.",
		}},
		"not as set": {webhooksNotAsSet(1001, []string{"x is new"}), coretest.Said{
			At: "", Summary: "Webhooks are not as they were set",
			Detail: "The webhooks of location 1001 were set, and then read back otherwise:\n - x is new.\n\nSomebody else changed them at the " +
				"same moment, and may have lost a change by that, or Altegio did not take all of it. The state holds what is there " +
				"now. Plan again, and check what others have there.",
		}},
		"outcome": {webhooksOutcome(1001, []string{"a is missing"}), coretest.Said{
			At: "", Summary: "Webhooks were not set",
			Detail: "After the failure the webhooks of location 1001 were read, and are not as they were to be:\n - a is missing.\n\nThe " +
				"request was not sent again, for somebody else may have changed them. Plan again.",
		}},
		"not read back": {webhooksNotReadBack(1001, errors.New("500")), coretest.Said{
			At: "", Summary: "Webhooks could not be read back",
			Detail: "The webhooks of location 1001 are set, but whether they are so, and what others have there, could not be checked: 500. " +
				"The next plan does that.",
		}},
		"others kept": {webhooksOfOthersKept(1001, []string{x}, nil), coretest.Said{
			At: "", Summary: "Location 1001 has other webhook URLs", Detail: "These are kept as they are:\n - " + x + ".",
		}},
		"others overwritten": {webhooksOfOthersKept(1001, []string{x}, []string{y}), coretest.Said{
			At: "", Summary: "Location 1001 has other webhook URLs",
			Detail: "These are kept as they are:\n - " + x + ".\n\nThese are kept, but sent what is declared here, as overwrite_other_urls " +
				"allows:\n - " + y + ".",
		}},
		"turned off": {webhooksTurnedOff(1001, []string{"a"}), coretest.Said{
			At: "", Summary: "Webhooks of location 1001 are turned off",
			Detail: `Altegio does not let a location have no URL at all. No other URL is left there, so these stay, and are sent nothing: ` +
				`"a". Declaring them again turns them on again.`,
		}},
		"cannot leave": {webhooksCannotLeave(1001, []string{x, y}), coretest.Said{
			At: "", Summary: "Cannot take out webhook URLs alone",
			Detail: "Altegio sets the webhooks of a location all at once, with one choice of events for every URL. The URLs that would " +
				"remain at location 1001 do not have the same:\n - " + x + "\n - " + y + ".\n\nName those that may change in " +
				"overwrite_other_urls, apply that, and destroy then; or take the resource out of the state with a removed block " +
				"that has destroy = false. Nothing was sent.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.CompareSaid(t, diag.Diagnostics{test.got}, test.want)
		})
	}
}

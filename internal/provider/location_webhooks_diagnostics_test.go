// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

func TestWebhooksDiagnostics(t *testing.T) {
	t.Parallel()
	x, y := "https://x.example: active = true, events = []", "https://y.example: active = false, events = []"
	asked := task{arguments: []argument{{"location_id", 1001}, {"urls", []string{"https://a.example"}}}}.asked()
	if want := `Asked for: location_id 1001, urls "https://a.example".`; asked != want {
		t.Errorf("asked %s, want %s", asked, want)
	}
	for name, test := range map[string]struct {
		got  diag.Diagnostic
		want said
	}{
		"too many": {webhooksTooMany(1001, []string{"a", "b"}, []string{"x", "y"}), said{
			"urls", "Too many webhook URLs at one location",
			`Altegio takes at most 10 URLs at a location, of all applications together. Location 1001 would have 4: 2 declared ` +
				`here, and 2 of others, which are "x", "y".`,
		}},
		"others differ": {webhooksOfOthersDiffer(1001, "active = true", []string{x, y}), said{
			"", "Webhooks of others would change",
			"Altegio sets the webhooks of a location all at once: one choice of events holds for every URL there, whoever put it " +
				"there. What is declared for location 1001 is active = true.\n\n" +
				"That would change these URLs, which are not under this resource:\n - " + x + "\n - " + y + ".\n\n" +
				"Declare the same, or name the URLs in overwrite_other_urls to have them changed. To take over URLs that are yours " +
				"already, import the location first. Nothing was sent.",
		}},
		"changed": {webhooksChangedSincePlan(1001, []string{"x is new"}), said{
			"", "Webhooks have changed since the plan",
			"The webhooks of location 1001 are not what the plan was made for:\n - x is new.\n\nNothing was sent. Plan again, and " +
				"apply what that shows.",
		}},
		"not as set": {webhooksNotAsSet(1001, []string{"x is new"}), said{
			"", "Webhooks are not as they were set",
			"The webhooks of location 1001 were set, and then read back otherwise:\n - x is new.\n\nSomebody else changed them at the " +
				"same moment, and may have lost a change by that, or Altegio did not take all of it. The state holds what is there " +
				"now. Plan again, and check what others have there.",
		}},
		"outcome": {webhooksOutcome(1001, []string{"a is missing"}), said{
			"", "Webhooks were not set",
			"After the failure the webhooks of location 1001 were read, and are not as they were to be:\n - a is missing.\n\nThe " +
				"request was not sent again, for somebody else may have changed them. Plan again.",
		}},
		"not read back": {webhooksNotReadBack(1001, errors.New("500")), said{
			"", "Webhooks could not be read back",
			"The webhooks of location 1001 are set, but whether they are so, and what others have there, could not be checked: 500. " +
				"The next plan does that.",
		}},
		"others kept": {webhooksOfOthersKept(1001, []string{x}, nil), said{
			"", "Location 1001 has other webhook URLs", "These are kept as they are:\n - " + x + ".",
		}},
		"others overwritten": {webhooksOfOthersKept(1001, []string{x}, []string{y}), said{
			"", "Location 1001 has other webhook URLs",
			"These are kept as they are:\n - " + x + ".\n\nThese are kept, but sent what is declared here, as overwrite_other_urls " +
				"allows:\n - " + y + ".",
		}},
		"turned off": {webhooksTurnedOff(1001, []string{"a"}), said{
			"", "Webhooks of location 1001 are turned off",
			`Altegio does not let a location have no URL at all. No other URL is left there, so these stay, and are sent nothing: ` +
				`"a". Declaring them again turns them on again.`,
		}},
		"cannot leave": {webhooksCannotLeave(1001, []string{x, y}), said{
			"", "Cannot take out webhook URLs alone",
			"Altegio sets the webhooks of a location all at once, with one choice of events for every URL. The URLs that would " +
				"remain at location 1001 do not have the same:\n - " + x + "\n - " + y + ".\n\nName those that may change in " +
				"overwrite_other_urls, apply that, and destroy then; or take the resource out of the state with a removed block " +
				"that has destroy = false. Nothing was sent.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			compareSaid(t, diag.Diagnostics{test.got}, test.want)
		})
	}
}

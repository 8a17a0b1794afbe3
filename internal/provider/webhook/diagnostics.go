// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// webhooksTask is a call that acts for the owner of a location.
func webhooksTask(summary string, location int64) core.Task {
	return core.Task{
		Summary:   summary,
		Arguments: []core.Argument{{Name: "location_id", Value: location}},
		Unauthorized: "Check partner_token and user_token in the provider block, or " + core.EnvPartnerToken + " and " + core.EnvUserToken +
			": the API does not accept them. The user token has to belong to a user who owns the location.",
		Forbidden: core.Refusal{
			Cause: "the user has no right to the webhooks of the location",
			Advice: "The user that user_token belongs to has no right to see or change the webhooks of this location, or the " +
				"location cannot have any.",
		},
		NotFound: core.Refusal{
			Cause:  "the user has no such location",
			Advice: "Check location_id: the user that user_token belongs to has no such location.",
		},
		Repeatable: true,
	}
}

// printable returns URLs of others without their queries, which may be secrets.
func printable(urls []string) []string {
	texts := make([]string, 0, len(urls))
	for _, u := range urls {
		texts = append(texts, altegio.Printable(u))
	}
	return texts
}

func webhooksTooMany(location int64, ours, others []string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("urls"), "Too many webhook URLs at one location", fmt.Sprintf(
		"Altegio accepts at most %d URLs at a location, of all applications together. Location %d would have %d: %d declared "+
			"here, and %d of others: %s.",
		altegio.MaxWebhookURLs, location, len(ours)+len(others), len(ours), len(others), core.QuotedList(printable(others))))
}

func webhooksOfOthersDiffer(location int64, declared string, others []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks of others would change", core.Paragraphs(
		fmt.Sprintf("Altegio sets all webhooks of a location at once: one choice of events applies to every URL there, "+
			"whoever added it. Declared for location %d: %s.", location, declared),
		core.Bulleted("That would change these URLs, which this resource does not manage:", others),
		"Declare the same, or list the URLs in overwrite_other_urls to change them. To manage URLs that are already "+
			"yours, import the location first. Nothing was sent."))
}

func webhooksNotAlike(location int64, lines []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhook URLs are not set alike", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("A resource declares the same events for all its URLs, but those of location %d differ:", location), lines),
		fmt.Sprintf("Declare those that are yours, and import with the id %q: this takes over the declared URLs, and leaves the others alone.",
			strconv.FormatInt(location, 10))))
}

// webhooksWithoutEvents follows the framework's error about a null.
func webhooksWithoutEvents(at path.Path) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, "Webhooks without events", "A resource declares the same events for all its URLs. "+
		"If Terraform generated this configuration, the URLs of the location have different events, or there are none. Keep in urls "+
		"those that are yours, and set events to theirs: the data source altegio_location_webhooks shows them. URLs that are not in "+
		"urls are left as they are.")
}

func noWebhooks(location int64) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf("Location %d has no webhook URL.", location))
}

func webhooksChangedSincePlan(location int64, changes []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks have changed since the plan", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("The webhooks of location %d are no longer what the plan was based on:", location), changes),
		"Nothing was sent. Plan again, and apply the new plan."))
}

func webhooksNotAsSet(location int64, differences []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks differ from what was sent", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("The webhooks of location %d were set, but read back differently:", location), differences),
		"Either somebody else changed them at the same moment, and may have lost a change, or Altegio did not accept everything. "+
			"The state records what is there now. Plan again, and check the URLs of others."))
}

// webhooksOutcome adds to an error that left open whether the webhooks were set.
func webhooksOutcome(location int64, differences []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks were not set", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("The webhooks of location %d were read after the failure. They are not as declared:", location), differences),
		"The request was not repeated, because somebody else may have changed them. Plan again."))
}

func webhooksNotReadBack(location int64, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Webhooks could not be read back", fmt.Sprintf(
		"The webhooks of location %d are set, but they could not be read back, and neither could those of others: %s "+
			"The next plan reads them.", location, core.Sentence(err.Error())))
}

var (
	// foundOthers: the plan leaves URLs of others as they are.
	foundOthers = &core.FoundKind{
		Summary: "Locations have other webhook URLs",
		Intro:   "The configuration does not declare these. They are kept as they are:",
	}
	// foundOverwritten: the plan changes the events of URLs of others.
	foundOverwritten = &core.FoundKind{
		Summary: "Webhook URLs of others get other events",
		Intro:   "These are kept, but get the events declared here, as overwrite_other_urls allows:",
	}
	// foundOff: the last URLs of a location stay without events.
	foundOff = &core.FoundKind{
		Summary: "Webhooks are turned off",
		Intro: "Altegio does not allow a location without any URL. No other URL is left there, so these stay, but they receive no " +
			"events:",
		Advice: "To turn them on again, declare them again.",
	}
	// foundGone: Altegio no longer knows the location.
	foundGone = &core.FoundKind{
		Summary: "Locations are gone",
		Intro:   "Removed from the state, because Altegio no longer knows the locations:",
		Advice:  "Before the next apply, remove each location from the configuration, or correct its id.",
	}
)

// shownURLs returns the matters of URLs of a location, for a warning.
func shownURLs(location int64, urls []string) []core.Matter {
	all := make([]core.Matter, 0, len(urls))
	for _, u := range urls {
		all = append(all, core.Matter{Kind: core.WebhookMatter, Location: location, Name: u})
	}
	return all
}

func webhooksCannotLeave(location int64, others []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot remove webhook URLs alone", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("Altegio sets all webhooks of a location at once, with one choice of events for every URL. The "+
			"URLs that would remain at location %d have different ones:", location), others),
		"List those that may change in overwrite_other_urls, apply that, and then destroy. Or remove the resource from the "+
			"state with a removed block that has destroy = false. Nothing was sent."))
}

// webhooksNotKnown is the error of a plan that has nothing to send.
func webhooksNotKnown(location int64, name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Setting of webhooks is not known", fmt.Sprintf(
		"The state does not record %s, ignore_changes has it, and the declared URLs at location %d differ in it, "+
			"so there is nothing to send. Remove it from ignore_changes.", name, location))
}

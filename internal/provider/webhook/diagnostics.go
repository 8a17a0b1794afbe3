// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"fmt"

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
			": the API does not accept them. The user token is that of a user who owns the location.",
		Forbidden: core.Refusal{
			Cause: "the user has no right to the webhooks of the location",
			Advice: "The user whose token user_token is may not see or change the webhooks of this location, or Altegio does not " +
				"let this location have any.",
		},
		NotFound: core.Refusal{
			Cause:  "the user has no such location",
			Advice: "Check location_id: the user whose token user_token is has no such location.",
		},
		Repeatable: true,
	}
}

// printable are URLs of others, whose queries may be secrets.
func printable(urls []string) []string {
	texts := make([]string, 0, len(urls))
	for _, u := range urls {
		texts = append(texts, altegio.Printable(u))
	}
	return texts
}

func webhooksTooMany(location int64, ours, others []string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("urls"), "Too many webhook URLs at one location", fmt.Sprintf(
		"Altegio takes at most %d URLs at a location, of all applications together. Location %d would have %d: %d declared "+
			"here, and %d of others, which are %s.",
		altegio.MaxWebhookURLs, location, len(ours)+len(others), len(ours), len(others), core.QuotedList(printable(others))))
}

func webhooksOfOthersDiffer(location int64, declared string, others []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks of others would change", core.Paragraphs(
		fmt.Sprintf("Altegio sets the webhooks of a location all at once: one choice of events holds for every URL there, "+
			"whoever put it there. What is declared for location %d is %s.", location, declared),
		core.Bulleted("That would change these URLs, which are not under this resource:", others),
		"Declare the same, or name the URLs in overwrite_other_urls to have them changed. To take over URLs that are yours "+
			"already, import the location first. Nothing was sent."))
}

func webhooksNotAlike(location int64, lines []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhook URLs are not set alike", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("One resource declares the same events for all its URLs, and those of location %d differ:", location), lines),
		fmt.Sprintf("Declare those that are yours, and import with the id %q: that takes over what is declared, and leaves the others alone.",
			fmt.Sprint(location))))
}

func noWebhooks(location int64) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf("Location %d has no webhook URL.", location))
}

func webhooksChangedSincePlan(location int64, changes []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks have changed since the plan", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("The webhooks of location %d are not what the plan was made for:", location), changes),
		"Nothing was sent. Plan again, and apply what that shows."))
}

func webhooksNotAsSet(location int64, differences []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks are not as they were set", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("The webhooks of location %d were set, and then read back otherwise:", location), differences),
		"Somebody else changed them at the same moment, and may have lost a change by that, or Altegio did not take all of "+
			"it. The state holds what is there now. Plan again, and check what others have there."))
}

// webhooksOutcome follows an error that left open whether the webhooks were set.
func webhooksOutcome(location int64, differences []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Webhooks were not set", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("After the failure the webhooks of location %d were read, and are not as they were to be:", location), differences),
		"The request was not sent again, for somebody else may have changed them. Plan again."))
}

func webhooksNotReadBack(location int64, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Webhooks could not be read back", fmt.Sprintf(
		"The webhooks of location %d are set, but whether they are so, and what others have there, could not be checked: %s "+
			"The next plan does that.", location, core.Sentence(err.Error())))
}

func webhooksOfOthersKept(location int64, kept, overwritten []string) diag.Diagnostic {
	var texts []string
	if len(kept) > 0 {
		texts = append(texts, core.Bulleted("These are kept as they are:", kept))
	}
	if len(overwritten) > 0 {
		texts = append(texts, core.Bulleted("These are kept, but sent what is declared here, as overwrite_other_urls allows:", overwritten))
	}
	return diag.NewWarningDiagnostic(fmt.Sprintf("Location %d has other webhook URLs", location), core.Paragraphs(texts...))
}

func webhooksTurnedOff(location int64, urls []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic(fmt.Sprintf("Webhooks of location %d are turned off", location), fmt.Sprintf(
		"Altegio does not let a location have no URL at all. No other URL is left there, so these stay, and are sent "+
			"nothing: %s. Declaring them again turns them on again.", core.QuotedList(printable(urls))))
}

func webhooksCannotLeave(location int64, others []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot take out webhook URLs alone", core.Paragraphs(
		core.Bulleted(fmt.Sprintf("Altegio sets the webhooks of a location all at once, with one choice of events for every URL. The "+
			"URLs that would remain at location %d do not have the same:", location), others),
		"Name those that may change in overwrite_other_urls, apply that, and destroy then; or take the resource out of the "+
			"state with a removed block that has destroy = false. Nothing was sent."))
}

// webhooksNotKnown refuses a plan in which there is nothing to send.
func webhooksNotKnown(location int64, name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Setting of webhooks is not known", fmt.Sprintf(
		"The state does not say what %s is, changes of it are ignored, and the declared URLs at location %d do not all have the same, "+
			"so that there is nothing to send. Take it out of ignore_changes.", name, location))
}

// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// asPlanned is the value of an argument that is too long to show.
type asPlanned struct{}

func (asPlanned) String() string { return "(as planned)" }

// cabinetTask is a task in a developer account that is about one of its applications.
func cabinetTask(summary string, arguments ...core.Argument) core.Task {
	t := core.AccountTask(summary, arguments...)
	t.NotFound = core.Refusal{
		Cause: "the account has no such application",
		Advice: "Check that the developer account exists and has the application: the data sources " +
			"altegio_developer_accounts and altegio_applications list both.",
	}
	return t
}

// applicationsTask is the task of listing the applications of a developer account.
func applicationsTask(account int64) core.Task {
	return core.AccountTask("Cannot list the applications of the account", core.Argument{Name: "partner_id", Value: account})
}

func applicationTask(summary string, id applicationID, changed []string) core.Task {
	arguments := []core.Argument{{Name: "partner_id", Value: id.account}, {Name: "application_id", Value: id.application}}
	for _, name := range changed {
		arguments = append(arguments, core.Argument{Name: name, Value: asPlanned{}})
	}
	t := cabinetTask(summary, arguments...)
	t.Doubt = "Altegio may have made the change although its answer is missing. The next plan reads the application and shows what is left to do."
	return t
}

func newApplicationTask(account int64, slug string, given []string) core.Task {
	arguments := []core.Argument{{Name: "partner_id", Value: account}, {Name: "slug", Value: slug}}
	for _, name := range given {
		if name != "slug" {
			arguments = append(arguments, core.Argument{Name: name, Value: asPlanned{}})
		}
	}
	t := core.AccountTask("Cannot create the application", arguments...)
	t.Doubt = "Altegio may have created the application although its answer is missing, and the account could not be read. The next " +
		"plan reads it: if the account has the application, the error of the plan contains the import block to copy."
	return t
}

func importOf(a *altegio.Application) string {
	return importBlock("altegio_application", applicationID{a.AccountID, a.ID})
}

func applicationExists(a *altegio.Application) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("slug"), "Application exists already", core.Paragraphs(fmt.Sprintf(
		"Account %d has an application with the slug %q: %q, id %d. Nothing was created. To manage that application, import it, "+
			"with the address of this resource:", a.AccountID, altegio.Printable(a.Slug()), altegio.Printable(a.Title()), a.ID), importOf(a),
		"If the resource was renamed, name the new address in a moved block instead. If Terraform plans to replace it, leave out -replace, or run "+
			"terraform untaint with its address: an application cannot be replaced. To create another application, use another slug."))
}

func applicationNeeds(name string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root(name), "Missing value for a new application", fmt.Sprintf(
		"An application cannot be created without %s. Only an imported application can do without it.", name))
}

func applicationGone(id applicationID) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Application is gone", fmt.Sprintf(
		"Account %d no longer lists application %d, so it is removed from the state. An account cannot delete an application: ask the "+
			"vendor what happened to it before you apply, because an apply would create a new one.", id.account, id.application))
}

func accountIsEmpty(id applicationID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Account lists no applications", fmt.Sprintf(
		"The state has application %d of account %d, but Altegio lists no applications. The state is kept, because most "+
			"likely the user has lost access to the account. Check the rights of the user in the Developer Cabinet. If the "+
			"applications are gone, remove them from the state with terraform state rm.", id.application, id.account))
}

func applicationNotListed(id applicationID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Application is not listed", fmt.Sprintf(
		"Account %d no longer lists application %d. Nothing was sent. Plan again.", id.account, id.application))
}

func applicationNotAsDocumented(id applicationID, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Cannot read the application: it is not as documented", fmt.Sprintf(
		"Application %d of account %d: %s. Nothing is changed, because an update would have to send this back. A newer version of the "+
			"provider may understand it.", id.application, id.account, err))
}

func applicationChangedMeanwhile(id applicationID, changed []string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Application has changed since the plan", fmt.Sprintf(
		"Somebody else has changed %s of application %d since Terraform read it. Nothing was sent, because an update replaces the whole "+
			"card. Plan again: the next plan shows what has changed.", strings.Join(changed, ", "), id.application))
}

func slugCannotChange(is, wanted string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("slug"), "Slug cannot be changed", fmt.Sprintf(
		"The slug %q identifies the application, and cannot be changed to %q. Set slug back to %q or leave it out. For an "+
			"application with the new slug, add another resource, and remove this one from the state with a removed block that has "+
			"destroy = false.", is, wanted, is))
}

func accountCannotChange(is, wanted int64) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("partner_id"), "Application cannot change its account", fmt.Sprintf(
		"The application belongs to account %d, and cannot be moved to account %d. Set partner_id back to %d. For an application of "+
			"the other account, add another resource, and remove this one from the state with a removed block that has destroy = false.",
		is, wanted, is))
}

func applicationStays(id applicationID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Applications cannot be deleted", fmt.Sprintf(
		"Altegio has no way to delete application %d of account %d: a destroy only ends its management by Terraform. If that is what "+
			"you want, apply abandon_on_destroy = true first, or remove the resource from the state with a removed block that has "+
			"destroy = false.", id.application, id.account))
}

func applicationCannotBeReplaced(id applicationID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Applications cannot be replaced", fmt.Sprintf(
		"Altegio has no way to delete application %d of account %d, and a second one cannot have the same slug. Leave out -replace. "+
			"If the resource is tainted, run terraform untaint with its address.", id.application, id.account))
}

func applicationInPart(a *altegio.Application) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Application is created in part", core.Paragraphs(fmt.Sprintf(
		"Application %d of account %d now exists, but the rest of the plan is not set, or may not be. It is not in the "+
			"state, because Terraform would plan to replace it. Fix the cause, and import it with the next apply, with the address of "+
			"this resource:", a.ID, a.AccountID), importOf(a)))
}

// changeLines describes members before and after a change, one per line.
func changeLines(changes []altegio.MemberChange) []string {
	lines := make([]string, 0, len(changes))
	for _, c := range changes {
		lines = append(lines, fmt.Sprintf("%s: %s before, %s now", c.Name, shortJSON(c.Before), shortJSON(c.After)))
	}
	return lines
}

// shortJSON shortens a value so that a person can compare it.
func shortJSON(text string) string {
	const most = 120
	if text == "" {
		return "nothing"
	}
	text = altegio.Printable(text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "..."
	}
	return text
}

// applicationOutcome reports the effects of an update that were not requested.
func applicationOutcome(id applicationID, c altegio.ApplicationComparison) (diags diag.Diagnostics) {
	if len(c.NotSet) > 0 {
		diags.AddError("Application differs from what was sent", core.Paragraphs(
			core.Bulleted(fmt.Sprintf("Altegio accepted the update of application %d, but these values read back differently:", id.application), changeLines(c.NotSet)),
			"Either somebody else made a change at the same moment, or Altegio stored another value. Plan again to see what is left to do."))
	}
	if len(c.Moved) > 0 {
		diags.AddError("Application changed more than requested", core.Paragraphs(
			core.Bulleted(fmt.Sprintf("The update of application %d did not request these changes:", id.application), changeLines(c.Moved)),
			"Either somebody else made a change at the same moment, or Altegio did not keep a value that was sent back. If the earlier value was "+
				"correct, set it in the configuration and apply."))
	}
	if len(c.Emptied) > 0 {
		diags.AddWarning("Application lost what the provider never sends", fmt.Sprintf(
			"After the update of application %d, these fields of it are empty: %s. Check the "+
				"application in the Developer Cabinet, and please report this.", id.application, strings.Join(c.Emptied, ", ")))
	}
	if c.Unpublished {
		diags.AddWarning("Application has to be moderated again", fmt.Sprintf(
			"Application %d was published, but is no longer since the update. Submit it for moderation.", id.application))
	}
	return diags
}

func applicationUnread(id applicationID, err error) diag.Diagnostics {
	return applicationTask("Application could not be read back", id, nil).Diagnostics(err)
}

func applicationIsPublished(id applicationID, title string, changed []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Application is published", fmt.Sprintf(
		"%q, application %d, is in the marketplace: the change to %s reaches all its customers at once.",
		altegio.Printable(title), id.application, strings.Join(changed, ", ")))
}

func applicationAsksForMore(id applicationID, rights []string) diag.Diagnostic {
	slices.Sort(rights)
	return diag.NewAttributeWarningDiagnostic(path.Root("permissions"), "Published application asks for more rights", fmt.Sprintf(
		"The plan gives application %d rights that it does not have yet: %s.", id.application, strings.Join(rights, ", ")))
}

func unusablePicture(at path.Path, err error) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(at, core.Because("Picture cannot be sent", err.Error()), fmt.Sprintf("For %s, %s.", at, err))
}

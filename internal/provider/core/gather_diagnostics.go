// SPDX-License-Identifier: MPL-2.0

package core

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// FoundWarning is one warning for all findings of a kind.
func FoundWarning(what FoundKind, groups []FoundGroup) diag.Diagnostic {
	lines := make([]string, 0, len(groups))
	for _, g := range groups {
		lines = append(lines, g.String())
	}
	has := func(kind MatterKind) bool {
		return slices.ContainsFunc(groups, func(g FoundGroup) bool { return g.Kind == kind })
	}
	switch what {
	case foundDisagreement:
		text := "Terraform applies them in any order, the last one wins, and later plans show no change. Declare each of " +
			"them in one resource only."
		if has(DiscountMatter) {
			text += " Both discounts are sent, and the vendor does not document whether the second replaces the first or adds to it."
		}
		return diag.NewWarningDiagnostic("Resources contradict each other",
			Paragraphs(Bulleted("Two resources declare different values:", lines), text))
	case foundLoss:
		return diag.NewWarningDiagnostic("Destroy removes what another resource declares", Paragraphs(
			Bulleted("One resource no longer has these, but another, unchanged one declares them:", lines),
			"The apply removes them, and later plans show no change. Before you apply, remove the destroyed resource from "+
				"the state with a removed block that has destroy = false; or apply, and then replace the resource that stays "+
				"with terraform apply -replace."))
	case foundKept:
		return diag.NewWarningDiagnostic("Another resource keeps what is removed", Paragraphs(
			Bulleted("One resource no longer has these, but another resource of the state also has them:", lines),
			"No request is sent for them. If the plan deletes a deposed object, which is left over from an interrupted "+
				"replacement, plan again after the apply: if that plan is empty although the setting is gone, run terraform "+
				"apply -replace for the resource that stays."))
	case foundMove:
		return diag.NewWarningDiagnostic("Resources move without a moved block", Paragraphs(
			Bulleted("One resource removes these, and another starts to declare them:", lines),
			"Terraform destroys and creates in any order. The apply ends as declared, but can remove these before it sets "+
				"them again. To avoid that, name the new address in a moved block, or remove the destroyed resource from the "+
				"state with a removed block that has destroy = false."))
	case foundRepetition:
		return diag.NewWarningDiagnostic("Discount may be given twice", Paragraphs(
			Bulleted("Two resources declare the same discount, or one no longer has it and another starts to declare it:", lines),
			"Each resource sends its own discount. Terraform destroys and creates in any order, and if it creates first, "+
				"the same discount is sent again. The vendor does not document whether a second discount replaces the first or "+
				"adds to it. If a resource was renamed, name the new address in a moved block. If a location moves, remove it "+
				"from the first resource, import the second one with it, and apply both together."))
	case FoundReinstallation:
		text := "The plan sets it again."
		if has(installationMatter) {
			text = "Declared channels and sender names are set again. An installation has the settings that it was finished " +
				"with: if Terraform did not finish it, the settings in the state may be wrong."
		}
		return diag.NewWarningDiagnostic("Application was reinstalled", Paragraphs(
			Bulleted("The application was uninstalled and connected again, so what Terraform had set is gone:", lines), text))
	case foundUninstallation:
		return diag.NewWarningDiagnostic("Application is no longer installed", Paragraphs(
			Bulleted("Removed from the state, because the settings are gone with the installation:", lines),
			"Before the next apply, remove each location from the configuration, or ask its owner to connect the application again."))
	case foundUntoldReinstallation:
		return diag.NewWarningDiagnostic("Application was reinstalled after the plan was made", Paragraphs(
			Bulleted("The application was uninstalled and connected again, so what Terraform had set is gone:", lines),
			"The plan of the resource that declares it was made before this was known. Plan again to set it again, and name "+
				"the installation in depends_on of the resource."))
	case FoundPanel:
		return diag.NewWarningDiagnostic("Panel may not be shown", Paragraphs(
			Bulleted("The apply sends these, but the answer does not say whether they are shown:", lines),
			"A location has room for one chat. If another application already uses it, the panel either replaces that one, "+
				"or nothing happens. Look at the location after the apply. Of the kinds of panels, only chat is known to work."))
	case foundUnlisted:
		return diag.NewWarningDiagnostic("The listing of locations is short", Paragraphs(
			Bulleted("These locations are not in the listing of the application's locations, although the application is "+
				"active there:", lines),
			"They stay in the state. But everything else that uses the listing may also lack them: a for_each over "+
				"altegio_application_locations would destroy what is missing. Before you apply, check what the plan destroys."))
	case foundUnconnected:
		return diag.NewWarningDiagnostic("Application is not connected at all declared locations", Paragraphs(
			Bulleted("The plan sets something where the application is not installed:", lines),
			"The apply fails there, unless the owners of the locations connect the application first. Remove these "+
				"locations from the configuration, or have them connected and plan again."))
	case foundPending:
		return diag.NewWarningDiagnostic("Installations are pending", Paragraphs(
			Bulleted("The plan sets something where the owner has begun to connect the application, but the installation is "+
				"not finished:", lines),
			"Altegio may refuse the apply there. Finish the installations first, for example with altegio_location_application."))
	case foundFreezed:
		return diag.NewWarningDiagnostic("Installations are suspended", Paragraphs(
			Bulleted("The plan sets something where the installation is suspended (freezed), usually because a trial or a "+
				"paid period is over:", lines),
			"Altegio may refuse the apply there. A payment makes an installation active again."))
	case foundUnbegun:
		return diag.NewWarningDiagnostic("Owners have to connect the application first", Paragraphs(
			Bulleted("The plan finishes installations that their owners have not begun:", lines),
			"The apply fails there, unless the owner of the location clicks Connect in the marketplace first, or grant_access is true."))
	case foundUnchecked:
		return diag.NewWarningDiagnostic("Plan is not checked", Paragraphs(
			Bulleted("The provider could not read whether the application is connected at the locations where something is "+
				"created:", uncheckedLines(groups)),
			"The plan is complete, but the apply may fail for reasons that the plan does not show. To plan without a "+
				"network, set validate = false in the provider block."))
	case foundTurnedOff:
		for i, g := range groups {
			if g.asked == len(g.Locations) {
				lines[i] += fmt.Sprintf(" (%d still connected)", g.connected)
			}
		}
		return diag.NewWarningDiagnostic("Plan removes settings at locations", Paragraphs(
			Bulleted("The plan makes unavailable, resets or drops:", lines),
			"Check that you want this, above all if the configuration gets its locations from a listing, a file or a data "+
				"source: it may be shorter than it should be."))
	}
	panic(fmt.Sprintf("no text for what was found: %d", what)) // a bug, which its test finds
}

// uncheckedLines says for each application why the check failed.
func uncheckedLines(groups []FoundGroup) []string {
	lines := make([]string, 0, len(groups))
	for _, g := range groups {
		lines = append(lines, fmt.Sprintf("application %d: %s", g.Application, g.Name))
	}
	return lines
}

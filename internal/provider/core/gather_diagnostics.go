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
		text := "Terraform applies them in any order, the last one wins, and later plans show no change. Declare each in one " +
			"resource only."
		if has(DiscountMatter) {
			text += " Of two discounts both are sent, and whether the second replaces the first or adds to it is not documented."
		}
		return diag.NewWarningDiagnostic("Resources contradict each other",
			Paragraphs(Bulleted("Two resources declare different values:", lines), text))
	case foundLoss:
		return diag.NewWarningDiagnostic("Destroying takes away what another resource declares", Paragraphs(
			Bulleted("One resource no longer has these, and another that stays as it is declares them:", lines),
			"The apply takes them away, and later plans show no change. Before you apply, take what is destroyed out of the state "+
				"with a removed block that has destroy = false; or apply, and then replace the resource that stays with "+
				"terraform apply -replace."))
	case foundKept:
		return diag.NewWarningDiagnostic("Another resource keeps what is removed", Paragraphs(
			Bulleted("One resource no longer has these. They are in another resource of the state, too:", lines),
			"No request is sent for them. Where the plan deletes a deposed object, which an interrupted replacement has left, check "+
				"the plan after the apply: if it is empty although the setting is gone, run terraform apply -replace for the resource "+
				"that stays."))
	case foundMove:
		return diag.NewWarningDiagnostic("Resources move without a moved block", Paragraphs(
			Bulleted("One resource removes these, and another begins to declare them:", lines),
			"Terraform destroys and creates in any order. The apply ends with what is declared, but may take these away "+
				"before it sets them again. To avoid that, name the new address in a moved block, or take what is destroyed "+
				"out of the state with a removed block that has destroy = false."))
	case foundRepetition:
		return diag.NewWarningDiagnostic("Discount may be given twice", Paragraphs(
			Bulleted("Two resources declare the same, or one no longer has these and another begins to declare the same:", lines),
			"Each resource sends what it declares. Terraform destroys and creates in any order, and where it creates first, the same "+
				"discount is sent again. Whether a second one replaces the first or adds to it is not documented. If a resource was renamed, name the new address in a "+
				"moved block. If a location moves, take it out of the one resource, import the other with it, and apply both "+
				"together."))
	case FoundReinstallation:
		text := "The plan sets it again."
		if has(installationMatter) {
			text = "Channels and sender names that are declared are set again. The settings of an installation are those that it was " +
				"finished with: where that was not Terraform, the state may no longer be right about them."
		}
		return diag.NewWarningDiagnostic("Application was reinstalled", Paragraphs(
			Bulleted("The application was uninstalled and connected again, and what Terraform had set is gone:", lines), text))
	case foundUninstallation:
		return diag.NewWarningDiagnostic("Application is no longer installed", Paragraphs(
			Bulleted("Taken out of the state, because what was set is gone with the installation:", lines),
			"Before the next apply, take each location out of the configuration, or have its owner connect the application again."))
	case FoundGone:
		return diag.NewWarningDiagnostic("Locations are gone", Paragraphs(
			Bulleted("Taken out of the state, because Altegio does not know the locations any more:", lines),
			"Before the next apply, take each location out of the configuration, or put its id right."))
	case foundUntoldReinstallation:
		return diag.NewWarningDiagnostic("Application was reinstalled after the plan was made", Paragraphs(
			Bulleted("The application was uninstalled and connected again, and what Terraform had set is gone:", lines),
			"The plan of the resource that declares it was made before that was known. Plan once more to set it again, and name the "+
				"installation in depends_on of the resource."))
	case FoundPanel:
		return diag.NewWarningDiagnostic("Panel may not be shown", Paragraphs(
			Bulleted("The apply sends these, and the answer does not tell whether they are shown:", lines),
			"A location has one place for a chat. Where another application has it, the panel either replaces that one, or nothing happens. "+
				"Look at the location after the apply. Of the kinds of panels, only chat was seen to work."))
	case foundUnlisted:
		return diag.NewWarningDiagnostic("The listing of locations is short", Paragraphs(
			Bulleted("The listing of the locations that have the application lacks these, and each of them says that it is active there:", lines),
			"They stay in the state. But what else comes from the listing may be short, too: a for_each over "+
				"altegio_application_locations would destroy what it lacks. Before you apply, look at what the plan destroys."))
	case foundUnconnected:
		return diag.NewWarningDiagnostic("Application is not connected at all declared locations", Paragraphs(
			Bulleted("Something is planned where the application is not installed:", lines),
			"The apply fails there, unless the owners of the locations connect the application before. Take these locations out of the "+
				"configuration, or have them connected and plan again."))
	case foundPending:
		return diag.NewWarningDiagnostic("Installations are pending", Paragraphs(
			Bulleted("Something is planned where the owner has begun to connect the application, and the installation is not finished:", lines),
			"Altegio may refuse the apply there. Finish the installations before, as with altegio_location_application."))
	case foundFreezed:
		return diag.NewWarningDiagnostic("Installations are suspended", Paragraphs(
			Bulleted("Something is planned where the installation is freezed, as Altegio calls it, usually because a trial or a paid period is over:", lines),
			"Altegio may refuse the apply there. A payment makes an installation active again."))
	case foundUnbegun:
		return diag.NewWarningDiagnostic("Owners have to connect the application first", Paragraphs(
			Bulleted("An installation is planned that its owner has not begun:", lines),
			"The apply fails there, unless the owner of the location clicks Connect in the marketplace before, or grant_access is true."))
	case foundUnchecked:
		return diag.NewWarningDiagnostic("Plan is not checked", Paragraphs(
			Bulleted("Altegio could not be asked whether the application is connected at the locations where something is created:", uncheckedLines(groups)),
			"The plan is complete, but the apply may be refused something that the plan does not tell. To plan without a network, set "+
				"validate = false in the provider block."))
	case foundTurnedOff:
		for i, g := range groups {
			if g.asked == len(g.Locations) {
				lines[i] += fmt.Sprintf(" (%d still connected)", g.connected)
			}
		}
		return diag.NewWarningDiagnostic("Locations lose what they have", Paragraphs(
			Bulleted("The plan makes unavailable, resets or drops:", lines),
			"Check that this is meant, above all where a listing, a file or a data source feeds the configuration: it may have come out "+
				"shorter than it is."))
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

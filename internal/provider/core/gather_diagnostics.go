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
			text += " Both discounts are sent, and whether the second replaces the first or adds to it is not documented."
		}
		return diag.NewWarningDiagnostic("Resources contradict each other",
			Paragraphs(Bulleted("Two resources declare different values:", lines), text))
	case foundLoss:
		return diag.NewWarningDiagnostic("Destroying takes away what another resource declares", Paragraphs(
			Bulleted("One resource no longer has these, but another resource, which does not change, still declares them:", lines),
			"The apply takes them away, and later plans show no change. Before you apply, remove the destroyed resource from the "+
				"state with a removed block that has destroy = false. Or apply, and then set everything again with terraform apply "+
				"-replace for the resource that stays."))
	case foundKept:
		return diag.NewWarningDiagnostic("Another resource keeps what is removed", Paragraphs(
			Bulleted("One resource no longer has these, but another resource in the state also has them:", lines),
			"No request is sent for them. If the plan deletes a deposed object, which an interrupted replacement leaves behind, look at "+
				"the next plan: if it is empty although the setting is gone, run terraform apply -replace for the resource that stays."))
	case foundMove:
		return diag.NewWarningDiagnostic("Resources move without a moved block", Paragraphs(
			Bulleted("One resource removes these, and another begins to declare them:", lines),
			"Terraform destroys and creates in any order. The apply ends with what is declared, but it may take these away "+
				"before it sets them again. To avoid that, name the new address in a moved block, or remove the destroyed resource "+
				"from the state with a removed block that has destroy = false."))
	case foundRepetition:
		return diag.NewWarningDiagnostic("Discount may be given twice", Paragraphs(
			Bulleted("Two resources declare the same discount, or one resource no longer has it and another begins to declare it:", lines),
			"Each resource sends what it declares. Terraform destroys and creates in any order, and if it creates first, the same "+
				"discount is sent again. Whether a second one replaces the first or adds to it is not documented. If a resource was "+
				"renamed, name the new address in a moved block. If a location moves, remove it from one resource, import the other "+
				"resource with it, and apply both together."))
	case FoundReinstallation:
		text := "The plan sets again what is declared."
		if has(installationMatter) {
			text = "Declared channels and sender names are set again. An installation has the settings that it was finished with: " +
				"if somebody other than Terraform finished it, they may differ from the state."
		}
		return diag.NewWarningDiagnostic("Application was reinstalled", Paragraphs(
			Bulleted("The application was uninstalled and connected again, and what Terraform had set is gone:", lines), text))
	case foundUninstallation:
		return diag.NewWarningDiagnostic("Application is no longer installed", Paragraphs(
			Bulleted("Removed from the state, because uninstalling deletes what was set:", lines),
			"Before the next apply, remove each location from the configuration, or ask its owner to connect the application again."))
	case FoundGone:
		return diag.NewWarningDiagnostic("Locations are gone", Paragraphs(
			Bulleted("Removed from the state, because Altegio no longer knows the locations:", lines),
			"Before the next apply, remove each location from the configuration, or correct its id."))
	case foundUntoldReinstallation:
		return diag.NewWarningDiagnostic("Application was reinstalled after the plan was made", Paragraphs(
			Bulleted("The application was uninstalled and connected again, and what Terraform had set is gone:", lines),
			"The resource that declares it was planned before this was known. Plan again: if the next plan does not set it, run "+
				"terraform apply -replace for the resource. To have a reinstallation noticed at once, add the resource that "+
				"noticed it to depends_on."))
	case FoundPanel:
		return diag.NewWarningDiagnostic("Panel may not be shown", Paragraphs(
			Bulleted("The apply sends these, and the answer does not say whether they are shown:", lines),
			"A location has room for one chat. If another application has it, the panel either replaces that one, or nothing happens. "+
				"Look at the location after the apply. Among the types of panels, only chat is known to work."))
	case foundUnlisted:
		return diag.NewWarningDiagnostic("The listing of locations is short", Paragraphs(
			Bulleted("The listing of connected locations lacks these, although the status of each says that the application is active there:", lines),
			"They stay in the state. Other uses of the listing may be incomplete as well: a for_each over "+
				"altegio_application_locations would destroy what the listing lacks. Before you apply, check what the plan destroys."))
	case foundUnconnected:
		return diag.NewWarningDiagnostic("Application is not connected at all declared locations", Paragraphs(
			Bulleted("Something is planned where the application is not installed:", lines),
			"The apply fails there unless the owners of the locations connect the application first. Remove these locations from the "+
				"configuration, or ask their owners to connect the application and plan again."))
	case foundPending:
		return diag.NewWarningDiagnostic("Installations are pending", Paragraphs(
			Bulleted("Something is planned where the owner has begun to connect the application, but the installation is not finished:", lines),
			"Altegio may refuse the apply there. Finish the installations first, for example with altegio_location_application."))
	case foundFreezed:
		return diag.NewWarningDiagnostic("Installations are suspended", Paragraphs(
			Bulleted("Something is planned where the installation has the status freezed, usually because a trial or a paid period has ended:", lines),
			"Altegio may refuse the apply there. A payment makes an installation active again."))
	case foundUnbegun:
		return diag.NewWarningDiagnostic("Owners have to connect the application first", Paragraphs(
			Bulleted("An installation is planned, but the owner of the location has not begun to connect the application:", lines),
			"The apply fails there unless the owner clicks Connect in the marketplace first, or grant_access is true."))
	case foundUnchecked:
		return diag.NewWarningDiagnostic("Plan is not checked", Paragraphs(
			Bulleted("The provider could not ask Altegio whether the application is connected where something is created:", uncheckedLines(groups)),
			"The plan is complete, but Altegio may refuse parts of the apply that the plan does not warn about. To plan without a "+
				"network, set validate = false in the provider block."))
	case foundTurnedOff:
		for i, g := range groups {
			if g.asked == len(g.Locations) {
				lines[i] += fmt.Sprintf(" (%d still connected)", g.connected)
			}
		}
		return diag.NewWarningDiagnostic("Locations lose what they have", Paragraphs(
			Bulleted("The plan makes unavailable, resets or drops:", lines),
			"Check that this is intended, above all if a listing, a file or a data source feeds the configuration: it may be "+
				"incomplete."))
	case FoundForeign:
		return diag.NewWarningDiagnostic("Import leaves what is not declared", Paragraphs(
			Bulleted("The import found these, but the configuration does not declare them:", lines),
			"They are left as they are, although the plan shows that they leave the state. If one is yours, declare it before you apply."))
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

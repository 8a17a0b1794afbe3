// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// stillInstalled says what is known about an installation after the answer to its uninstallation was lost.
func stillInstalled(installation *altegio.Installation, err error) string {
	if err != nil {
		return "The status of the installation could not be read: " + core.Sentence(err.Error()) + " Check in Altegio, " +
			"and invoke the action again if the application is still installed."
	}
	return fmt.Sprintf("Altegio still shows the application as installed, with the status %q, but may show a change late. Check again in a few "+
		"minutes, and invoke the action again if it is still installed.", altegio.Printable(installation.Status))
}

// notConnected says why an installation that nobody has begun can't be finished.
func notConnected(id core.ConnectionID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Application is not connected at the location", core.Paragraphs(
		fmt.Sprintf("The owner of location %d has to click Connect for application %d in the marketplace first, which leaves "+
			"the installation pending. Apply soon after that: a pending installation expires after 1 hour according to the vendor's "+
			"documentation, after 12 hours according to its code. Altegio may show it some minutes late.", id.Location, id.Application),
		"With grant_access = true in this resource, and the owner's token as user_token in the provider block, Terraform connects it."))
}

// notSeen says that access was granted, but that the status does not show it.
func notSeen(id core.ConnectionID, err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Application is not connected yet", core.Paragraphs(
		fmt.Sprintf("Altegio granted application %d access to location %d, but still shows it as not installed. The provider stopped "+
			"waiting: %s", id.Application, id.Location, core.Sentence(whyEnded(err))),
		"Nothing else was sent. Apply again: the provider reads the status first."))
}

func whyEnded(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "timeouts.create has expired"
	case errors.Is(err, context.Canceled):
		return "it was interrupted"
	}
	return "the status cannot be read: " + err.Error()
}

// notPending says why an existing installation is not finished. It has the settings of whoever finished it.
func notPending(id core.ConnectionID, status string) diag.Diagnostic {
	summary, why := "Installation is not pending", fmt.Sprintf("Application %d is installed at location %d, and its status is %q.",
		id.Application, id.Location, altegio.Printable(status))
	switch status {
	case altegio.StatusActive:
		summary = "Application is already active at the location"
		why = fmt.Sprintf("Application %d is already active at location %d. Altegio accepts channels, webhook_urls and an API key only "+
			"while an installation is pending, so this apply set nothing. An earlier, interrupted apply may have set them.", id.Application, id.Location)
	case altegio.StatusFreezed:
		summary = "Application is suspended at the location"
		why = fmt.Sprintf("Application %d is installed at location %d with the status freezed: it is suspended, usually because a "+
			"trial or a paid period has ended. A payment makes it active again, so there is nothing to finish.", id.Application, id.Location)
	case "":
		why = fmt.Sprintf("Application %d is installed at location %d, but Altegio does not report its status.", id.Application, id.Location)
	}
	return diag.NewErrorDiagnostic(summary, core.Paragraphs(why, importInstead(id)))
}

// importInstead shows how to adopt an installation.
func importInstead(id core.ConnectionID) string {
	return fmt.Sprintf("To manage it as it is, import it:\n"+
		"\timport {\n\t\tto = altegio_location_application.NAME\n\t\tid = %[1]q\n\t}\n"+
		"or run terraform import altegio_location_application.NAME %[1]s. Replace NAME with the name of the resource.", id)
}

// activeByGrant is a warning and not an error, because Terraform replaces a resource whose create fails,
// and the application is installed.
func activeByGrant(id core.ConnectionID, unsent []string) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Settings were not sent", fmt.Sprintf(
		"Application %d became active at location %d as soon as access was granted, as private and fast-install applications "+
			"do. Altegio accepts settings only while an installation is pending, so these were not sent: %s.",
		id.Application, id.Location, strings.Join(unsent, ", ")))
}

// notActiveYet is a warning and not an error, because Terraform replaces a resource whose create fails, and
// the installation was finished.
func notActiveYet(id core.ConnectionID, status string, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Installation is not active yet", core.Paragraphs(
		fmt.Sprintf("Altegio accepted the settings of application %d at location %d; its status, last read as %q, may lag behind "+
			"by about five minutes. The provider stopped waiting: %s", id.Application, id.Location, cmp.Or(altegio.Printable(status), "unknown"), core.Sentence(whyEnded(err))),
		"It is in the state, and the next plan reads the status again. If it stays pending, remove it from the state with a "+
			"removed block that has destroy = false, and apply it again: the create reads the status first."))
}

// uninstallRefused keeps Terraform from uninstalling, which only the owner of the location can undo.
func uninstallRefused(id core.ConnectionID, cause string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("allow_uninstall"), "Application would be uninstalled", core.Paragraphs(
		fmt.Sprintf("%s uninstalls application %d from location %d: its settings and access there are lost, and only the owner of the "+
			"location can connect it again. The state does not allow that.", cause, id.Application, id.Location),
		"If this is intended, set allow_uninstall = true and apply that first. To stop managing the application and leave it installed, "+
			"use a removed block that has destroy = false."))
}

// grantImpossible keeps Terraform from uninstalling an application that it could not connect again.
func grantImpossible(id core.ConnectionID, cause string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("grant_access"), "Replacing needs a user token", core.Paragraphs(
		fmt.Sprintf("%s uninstalls application %d from location %d, and connects it again on behalf of the owner, which requires the "+
			"owner's token. The provider has none.", cause, id.Application, id.Location),
		"Set user_token in the provider block, or "+core.EnvUserToken+". Nothing was sent."))
}

var (
	// foundConnectAgain: the plan uninstalls what only the owner of the location can connect again.
	foundConnectAgain = &core.FoundKind{
		Summary: "Owners have to connect the application again",
		Intro:   "The plan replaces these, and a replacement begins with uninstalling the application:",
		Advice: "Creating the replacement then fails until the owner of the location has connected the application again. Apply again " +
			"after that.",
	}
	// foundSettings: the settings of an imported installation are recorded and not sent.
	foundSettings = &core.FoundKind{
		Summary: "Settings are recorded and not sent",
		Intro:   "The plan changes the settings of these in the state only:",
		Advice: "They were imported. An installation has the settings that it was finished with, and Altegio accepts no others while it is " +
			"installed. No request is sent for them.",
	}
	// foundImportedPending: an import found an installation that is not finished.
	foundImportedPending = &core.FoundKind{
		Summary: "Imported installations are still pending",
		Intro:   "An import sends nothing, so these are not finished:",
		Advice: "To have Terraform finish one, remove it from the state with a removed block that has destroy = false, and apply it " +
			"without an import.",
	}
)

func nothingInstalled(id core.ConnectionID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Nothing to import", fmt.Sprintf(
		"Application %d is not installed at location %d. Check both ids. Once the owner of the location has connected it, an apply "+
			"without an import finishes the installation.", id.Application, id.Location))
}

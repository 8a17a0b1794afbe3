// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

func framesTask(summary string, id applicationID) core.Task {
	return cabinetTask(summary, core.Argument{Name: "partner_id", Value: id.account}, core.Argument{Name: "application_id", Value: id.application})
}

func framesExist(id applicationID, frames []altegio.Frame) diag.Diagnostic {
	names := make([]string, 0, len(frames))
	for _, f := range frames {
		names = append(names, altegio.Printable(string(f.Slug)))
	}
	return diag.NewErrorDiagnostic("Application has frames already", core.Paragraphs(fmt.Sprintf(
		"Application %d of account %d has frames: %s. They would be replaced, so nothing was sent. To manage them, import them, with "+
			"the address of this resource:", id.application, id.account, strings.Join(names, ", ")),
		importBlock("altegio_application_frames", id),
		"If the resource was renamed, name the new address in a moved block instead. If Terraform plans to replace it, leave out -replace, or run "+
			"terraform untaint with its address: an update does the same."))
}

func framesChangedMeanwhile(id applicationID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Frames have changed since the plan", fmt.Sprintf(
		"Somebody else has changed the frames of application %d since Terraform read them. Nothing was sent. Plan again: the next plan shows "+
			"what has changed.", id.application))
}

func framesNotAsSet(id applicationID) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Frames differ from what was sent", fmt.Sprintf(
		"Altegio accepted the frames of application %d, but they read back differently. Either somebody else made a change at the same "+
			"moment, or Altegio stored another value. Plan again to see what is left to do.", id.application))
}

func framesUnread(id applicationID, err error) diag.Diagnostic {
	return diag.NewWarningDiagnostic("Frames could not be read back", fmt.Sprintf(
		"The frames of application %d are set, but they could not be read back: %s The next plan reads them.", id.application, core.Sentence(err.Error())))
}

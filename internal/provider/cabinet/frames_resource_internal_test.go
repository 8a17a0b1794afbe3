// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestApplicationFramesSentences(t *testing.T) {
	t.Parallel()
	id := applicationID{11, 456}
	for _, test := range []struct {
		got  diag.Diagnostic
		want coretest.Said
	}{
		{framesExist(id, []altegio.Frame{{Slug: "client"}, {Slug: "visit"}}), coretest.Said{At: "", Summary: "Application has frames already", Detail: "Application 456 of account 11 has frames: client, visit. They would be replaced, so nothing was sent. To " +
			"manage them, import them, with the address of this resource:\n\nimport {\n  to = " +
			"altegio_application_frames.example\n  id = \"11/456\"\n}\n\nIf the resource was renamed, name the new address in a " +
			"moved block instead. If Terraform plans to replace it, leave out -replace, or run terraform untaint with its " +
			"address: an update does the same."}},
		{framesChangedMeanwhile(id), coretest.Said{At: "", Summary: "Frames have changed since the plan", Detail: "Somebody else has changed the frames of application 456 since " +
			"Terraform read them. Nothing was sent. Plan again: the next plan shows what has changed."}},
		{framesNotAsSet(id), coretest.Said{At: "", Summary: "Frames differ from what was sent", Detail: "Altegio accepted the frames of application 456, but they read back differently. Either somebody else made a " +
			"change at the same moment, or Altegio stored another value. Plan again to see what is left to do."}},
		{framesUnread(id, errors.New("a fault")), coretest.Said{At: "", Summary: "Frames could not be read back", Detail: "The frames of application 456 are set, but they could not be read back: a fault. The next plan reads them."}},
		{nothingToModerate(id), coretest.Said{At: "application_id", Summary: "Nothing to submit", Detail: "Account 11 does not list application 456. The data source " +
			"altegio_applications lists those that it has."}},
	} {
		coretest.CompareSaid(t, diag.Diagnostics{test.got}, test.want)
	}
}

// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestFleetSentences(t *testing.T) {
	t.Parallel()
	id := fleetID{456, altegio.ChannelSMS}
	for _, test := range []struct {
		got  diag.Diagnostic
		want coretest.Said
	}{
		{fleetIncomplete(id, 1, 1, 1), coretest.Said{At: "", Summary: "Channel 456/sms is not set everywhere", Detail: "Of 3 locations to change, 1 is done, 1 failed and 1 was not tried. The state records what is done, and the " +
			"next apply does only the rest."}},
		{fleetIncomplete(id, 0, 1, 0), coretest.Said{At: "", Summary: "Channel 456/sms is not set everywhere", Detail: "Of 1 location to change, 0 are done, 1 failed and 0 were not tried. The state records what is done, and the " +
			"next apply does only the rest."}},
	} {
		t.Run(test.want.Summary, func(t *testing.T) {
			t.Parallel()
			d := diag.Diagnostics{test.got}
			if all := coretest.SaidBy(d); all[0] != test.want {
				t.Errorf("it says\n  %s\n  %s\nwant\n  %s\n  %s", all[0].Summary, all[0].Detail, test.want.Summary, test.want.Detail)
			}
		})
	}
}

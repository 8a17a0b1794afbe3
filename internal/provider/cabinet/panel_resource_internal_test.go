// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"net/http"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

const panelURL = "https://bot.example/chat"

func TestLocationFrameSentences(t *testing.T) {
	t.Parallel()
	refused := &altegio.Error{Kind: altegio.KindRefused, StatusCode: 403, Message: "No access", Method: http.MethodPost, URL: "https://app.alteg.io/p"}
	coretest.CompareSaid(t, panelTask("Cannot set the panel", altegio.LocationFrame{LocationID: 1001, ApplicationID: 456, Type: "chat", URL: panelURL}).Diagnostics(refused),
		coretest.Said{At: "application_id", Summary: "Cannot set the panel: the application belongs to another partner", Detail: "Asked for: location_id 1001, application_id 456, type \"chat\", url \"https://bot.example/chat\".\nThe request was " +
			"POST https://app.alteg.io/p.\n\nAltegio answered: 403 Forbidden: No access.\n\nThe application belongs to another " +
			"partner: partner_token has to belong to the account that owns the application."})
	coretest.CompareSaid(t, core.NewSession(new(core.Activity), 0, false).Warn(t.Context(), foundPanel,
		core.Matter{Kind: panelMatter, Location: 1001, Application: 456, Name: "chat"}),
		coretest.Said{At: "", Summary: "Panel may not be shown", Detail: "The apply sends these, and the answer does not say whether they are shown:\n - panel 456/chat at 1 location: " +
			"1001.\n\nA location has room for one chat. If another application has it, the panel either replaces that one, " +
			"or nothing happens. Look at the location after the apply. Among the types of panels, only chat is known to " +
			"work."})
}

// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

// What is said about installations; the tests of the resource check what is said when.
func TestInstallationDiagnostics(t *testing.T) {
	t.Parallel()
	id := core.ConnectionID{Location: 1001, Application: 456}
	names := []string{"channels", "webhook_urls"}
	all := diag.Diagnostics{
		notConnected(id),
		notSeen(id, context.DeadlineExceeded),
		notActiveYet(id, "pending", context.Canceled),
		notActiveYet(id, "", errors.New("no luck")),
		activeByGrant(id, names),
		uninstallRefused(id, "Destroying the resource"),
		grantImpossible(id, "Replacing the resource"),
		nothingInstalled(id),
	}
	for _, what := range []*core.FoundKind{foundConnectAgain, foundSettings, foundImportedPending} {
		warnings := core.NewSession(new(core.Activity), 0, false).Warn(t.Context(), what, id.Matter())
		if len(warnings) != 1 {
			t.Errorf("%s: got %v", what.Summary, warnings)
		}
		all.Append(warnings...)
	}
	for _, status := range []string{"active", "freezed", "archived", ""} {
		all.Append(notPending(id, status))
	}
	for _, d := range all {
		coretest.CheckForm(t, diag.Diagnostics{d})
		if !strings.Contains(d.Detail(), "456") || !strings.Contains(d.Detail(), "1001") {
			t.Errorf("it does not say which installation it is about: %s", d.Detail())
		}
	}
	coretest.CompareSaid(t, diag.Diagnostics{notPending(id, "active")}, coretest.Said{At: "", Summary: "Application is already active at the location", Detail: "Application 456 is already active at location 1001. Altegio accepts channels, webhook_urls and an API key " +
		"only while an installation is pending, so this apply set nothing. An earlier, interrupted apply may have set " +
		"them.\n\nTo manage it as it is, import it:\n\timport {\n\t\tto = altegio_location_application.NAME\n\t\tid = " +
		"\"1001/456\"\n\t}\nor run terraform import altegio_location_application.NAME 1001/456. Replace NAME with the name " +
		"of the resource."})
}

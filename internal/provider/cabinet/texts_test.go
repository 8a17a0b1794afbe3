// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// A terminal shows the name of a result, and the state has the title as it is.
func TestApplicationListResource_printable(t *testing.T) {
	t.Parallel()
	const title = "Bot\x1b[2J\nError: \u202elost https://h.test/?sign=1"
	fake := coretest.NewFake(t)
	fake.EditCard(456, "title", `"Bot\u001b[2J\nError: \u202elost https://h.test/?sign=1"`)
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
	all, diags := p.ListAll(providertest.ApplicationType, providertest.Args{"partner_id": 11}, 1)
	providertest.ExpectNone(t, diags)
	if len(all) != 1 || all[0].Name != "Bot[2J Error: lost https://h.test/?[redacted] (456)" || all[0].State["title"] != title {
		t.Errorf("it finds %q", all)
	}
}

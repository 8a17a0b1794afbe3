// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// Only what is shown is made printable: the state has what the API sent.
func TestDataSources_exact(t *testing.T) {
	t.Parallel()
	odd := "Salon\x1b[31m\u202e\n\"<b>&amp; https://u:p@h.test/?sign=1&token=2#x " + altegiotest.DefaultPartnerToken + strings.Repeat("y", 500)
	text, err := json.Marshal(odd)
	if err != nil {
		t.Fatal(err)
	}
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[{"id":30,"title":` + string(text) +
		`,"description":` + string(text) + `,"phones":[` + string(text) + `]}]}`})
	got, diags := p.ReadDataSource(locationsType, providertest.Args{"application_id": 458})
	providertest.ExpectNone(t, diags)
	row := got["locations"].([]any)[0].(providertest.Args)
	for what, value := range map[string]any{"title": row["title"], "description": row["description"], "phones": row["phones"].([]any)[0]} {
		if value != odd {
			t.Errorf("%s is %q", what, value)
		}
	}
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Body: `{"success":true,"data":{"connection_status":{"status":` + string(text) +
		`,"created_at":` + string(text) + `},"payments":[],"logs":[]}}`})
	got, diags = p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectNone(t, diags)
	if got["status"] != odd || got["connected_at"] != odd {
		t.Errorf("got %q", got)
	}
}

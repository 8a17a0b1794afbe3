// SPDX-License-Identifier: MPL-2.0

package core_test

import (
	"fmt"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// One argument in, one id out; and a sentence instead of an invalid index.
func TestLookUp(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for _, test := range []struct {
		typ        string
		args       providertest.Args
		id         string
		at, refuse string
	}{
		{"altegio_country", providertest.Args{"iso_code": "us"}, "7", "", ""},
		{"altegio_country", providertest.Args{"title": "USA"}, "7", "", ""},
		{"altegio_country", providertest.Args{"iso_code": "XX"}, "", "iso_code", `No country "XX"` + "\n.*Altegio has no country with iso_code"},
		{"altegio_city", providertest.Args{"title": "Chicago", "country_id": 7}, "", "", ""},
		{"altegio_city", providertest.Args{"title": "Nowhere"}, "", "title", `No city "Nowhere"`},
		{"altegio_application_tariff_option", providertest.Args{"application_id": 456, "title": "Team"}, "124", "", ""},
		{"altegio_application_tariff_option", providertest.Args{"application_id": 456, "title": "Team", "tariff_title": "1 year"}, "", "title", `No tariff option "Team"`},
		{"altegio_application_tariff_option", providertest.Args{"application_id": 999, "title": "Team"}, "", "application_id", "Cannot list the tariffs"},
		{"altegio_catalog_category", providertest.Args{"slug": "ai_bots"}, "5", "", ""},
		{"altegio_catalog_category", providertest.Args{"title": "SMS Aggregators"}, "32", "", ""},
		{"altegio_catalog_category", providertest.Args{"slug": "AI_bots"}, "", "slug", `No category "AI_bots"`},
		{"altegio_catalog_channel", providertest.Args{"slug": "telegram"}, "3", "", ""},
		{"altegio_catalog_channel", providertest.Args{"title": "Pigeon"}, "", "title", `No channel "Pigeon"`},
	} {
		got, diags := p.ReadDataSource(test.typ, test.args)
		if test.refuse != "" {
			providertest.ExpectOne(t, diags, providertest.IsError, test.at, test.refuse)
			continue
		}
		providertest.ExpectNone(t, diags)
		if id := fmt.Sprint(got["id"]); id == "<nil>" || test.id != "" && id != test.id {
			t.Errorf("%s of %v is %s, want %s", test.typ, test.args, id, test.id)
		}
	}
	for _, a := range []providertest.Args{{}, {"iso_code": "US", "title": "USA"}} {
		if len(p.ValidateDataSource("altegio_country", a)) == 0 {
			t.Errorf("%v is taken", a)
		}
	}
	for _, a := range []providertest.Args{{}, {"slug": "sms", "title": "SMS"}} {
		if len(p.ValidateDataSource("altegio_catalog_channel", a)) == 0 {
			t.Errorf("%v is taken", a)
		}
	}
	remove := fake.Fail(altegiotest.Fault{Body: `{"success":true,"data":[{"slug":"sms"}]}`})
	_, diags := p.ReadDataSource("altegio_catalog_channel", providertest.Args{"slug": "sms"})
	providertest.ExpectOne(t, diags, providertest.IsError, "slug", `No id of the channel "sms"`+"\n.*altegio_catalog_channels has the row")
	remove()
	fake.Fail(altegiotest.Fault{Body: `{"success":true,"data":[{"id":1,"country_id":7,"title":"Springfield"},{"id":2,"country_id":7,"title":"Springfield"}]}`})
	_, diags = p.ReadDataSource("altegio_city", providertest.Args{"title": "Springfield"})
	providertest.ExpectOne(t, diags, providertest.IsError, "title", `More than one city "Springfield"`+"\n.*Altegio has 2 with title .*: 1, 2")
}

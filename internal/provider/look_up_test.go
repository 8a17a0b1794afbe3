// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// One argument in, one id out; and a sentence instead of an invalid index.
func TestLookUp(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	for _, test := range []struct {
		typ        string
		args       args
		id         string
		at, refuse string
	}{
		{"altegio_country", args{"iso_code": "us"}, "7", "", ""},
		{"altegio_country", args{"title": "USA"}, "7", "", ""},
		{"altegio_country", args{"iso_code": "XX"}, "", "iso_code", `No country "XX"` + "\n.*Altegio knows no country whose iso_code is"},
		{"altegio_city", args{"title": "Chicago", "country_id": 7}, "", "", ""},
		{"altegio_city", args{"title": "Nowhere"}, "", "title", `No city "Nowhere"`},
		{"altegio_application_tariff_option", args{"application_id": 456, "title": "Team"}, "124", "", ""},
		{"altegio_application_tariff_option", args{"application_id": 456, "title": "Team", "tariff_title": "1 year"}, "", "title", `No tariff option "Team"`},
		{"altegio_application_tariff_option", args{"application_id": 999, "title": "Team"}, "", "application_id", "Cannot list the tariffs"},
	} {
		got, diags := p.readDataSource(test.typ, test.args)
		if test.refuse != "" {
			expectOne(t, diags, isError, test.at, test.refuse)
			continue
		}
		expectNone(t, diags)
		if id := fmt.Sprint(got["id"]); id == "<nil>" || test.id != "" && id != test.id {
			t.Errorf("%s of %v is %s, want %s", test.typ, test.args, id, test.id)
		}
	}
	for _, a := range []args{{}, {"iso_code": "US", "title": "USA"}} {
		if len(p.validateDataSource("altegio_country", a)) == 0 {
			t.Errorf("%v is taken", a)
		}
	}
	fake.Fail(altegiotest.Fault{Body: `{"success":true,"data":[{"id":1,"country_id":7,"title":"Springfield"},{"id":2,"country_id":7,"title":"Springfield"}]}`})
	_, diags := p.readDataSource("altegio_city", args{"title": "Springfield"})
	expectOne(t, diags, isError, "title", `More than one city "Springfield"`+"\n.*Altegio knows 2 with title .*: 1, 2")
}

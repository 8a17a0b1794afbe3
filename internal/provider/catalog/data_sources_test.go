// SPDX-License-Identifier: MPL-2.0

package catalog_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// An entry is found by its slug, whatever shape the dictionary has.
func TestCatalogDataSources(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args providertest.Args
		slug string
		want string // id, title and parent_slug
		gone string // the operation
	}{
		"categories":      {providertest.Args{}, "ai_bots", "5 AI Bots <nil>", altegiotest.OpCatalogCategories},
		"channels":        {providertest.Args{}, "telegram", "3 Telegram <nil>", altegiotest.OpCatalogChannels},
		"functionalities": {providertest.Args{}, "tasks", "11 Functionality tasks <nil>", altegiotest.OpCatalogFunctionalities},
		"rights":          {providertest.Args{"partner_id": 11}, "records_read", "<nil> See appointments records", altegiotest.OpRights},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
			for _, shape := range []string{"", "map"} {
				fake.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{Catalog: shape}})
				got, diags := p.ReadDataSource("altegio_catalog_"+name, test.args)
				providertest.ExpectNone(t, diags)
				row, ok := got["by_slug"].(providertest.Args)[test.slug].(providertest.Args)
				if !ok {
					t.Fatalf("it has %v", got["by_slug"])
				}
				if text := fmt.Sprintf("%v %v %v", row["id"], row["title"], row["parent_slug"]); text != test.want {
					t.Errorf("it is %s, want %s", text, test.want)
				}
				if !strings.Contains(fmt.Sprint(row["json"]), test.slug) {
					t.Errorf("the row is %v", row["json"])
				}
				if title := fmt.Sprint(row["title"]); got["by_title"].(providertest.Args)[title] == nil {
					t.Errorf("nothing has the title %s", title)
				}
			}
			fake.Fail(altegiotest.Fault{Operation: test.gone, Status: 403})
			_, diags := p.ReadDataSource("altegio_catalog_"+name, test.args)
			providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot read the dictionary of "+name+": [^\n]+\n.*403 Forbidden")
		})
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// An entry is found by its slug, whatever shape the dictionary has.
func TestCatalogDataSources(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args args
		slug string
		want string // id, title and parent_slug
		gone string // the operation
	}{
		"categories":      {args{}, "ai_bots", "5 AI Bots <nil>", altegiotest.OpCatalogCategories},
		"channels":        {args{}, "telegram", "3 Telegram <nil>", altegiotest.OpCatalogChannels},
		"functionalities": {args{}, "tasks", "11 Functionality tasks <nil>", altegiotest.OpCatalogFunctionalities},
		"rights":          {args{"partner_id": 11}, "records_read", "<nil> See appointments records", altegiotest.OpRights},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newConfiguredProtocol(t, fake, args{"user_token": altegiotest.DefaultUserToken})
			for _, shape := range []string{"", "map"} {
				fake.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{Catalog: shape}})
				got, diags := p.readDataSource("altegio_catalog_"+name, test.args)
				expectNone(t, diags)
				row, ok := got["by_slug"].(args)[test.slug].(args)
				if !ok {
					t.Fatalf("it has %v", got["by_slug"])
				}
				if text := fmt.Sprintf("%v %v %v", row["id"], row["title"], row["parent_slug"]); text != test.want {
					t.Errorf("it is %s, want %s", text, test.want)
				}
				if !strings.Contains(fmt.Sprint(row["json"]), test.slug) {
					t.Errorf("the row is %v", row["json"])
				}
				if title := fmt.Sprint(row["title"]); got["by_title"].(args)[title] == nil {
					t.Errorf("nothing has the title %s", title)
				}
			}
			fake.Fail(altegiotest.Fault{Operation: test.gone, Status: 403})
			_, diags := p.readDataSource("altegio_catalog_"+name, test.args)
			expectOne(t, diags, isError, "", "Cannot read the dictionary of "+name+"\n.*403 Forbidden")
		})
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// However many resources a refresh finds gone, one warning lists them, and the state no longer has them.
func TestGone_oneWarning(t *testing.T) {
	t.Parallel()
	uninstalled := func(fake *altegiotest.Server, id int64) {
		fake.Uninstall(id, 456)
		fake.Uninstall(id, 457)
	}
	for typ, test := range map[string]struct {
		attrs tf.Attrs
		gone  func(*altegiotest.Server, int64)
		says  []string
	}{
		"altegio_application_channel": {
			tf.Attrs{"application_id": 456, "channel_slug": "sms", "is_available": true}, uninstalled,
			[]string{"Application is no longer installed", "channel 456/sms at 8 locations: "},
		},
		"altegio_sms_sender_names": {
			tf.Attrs{"application_id": 457, "names": []any{"One"}}, uninstalled,
			[]string{"Application is no longer installed", "sender names of application 457 at 8 locations: "},
		},
		"altegio_location_application": {
			tf.Attrs{"application_id": 456}, uninstalled,
			[]string{"Application is no longer installed", "installation of application 456 at 8 locations: "},
		},
		"altegio_location_frame": {
			tf.Attrs{"application_id": 456, "type": "chat", "url": "https://bot.example/chat"}, uninstalled,
			[]string{"Application is no longer installed", "panel 456/chat at 8 locations: "},
		},
		"altegio_location_webhooks": {
			tf.Attrs{"urls": []any{"https://bot.example/a"}, "events": []any{"record"}},
			func(fake *altegiotest.Server, id int64) {
				fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksGet, Status: http.StatusNotFound})
			},
			[]string{"Locations are gone", "webhook settings at 8 locations: "},
		},
	} {
		t.Run(typ, func(t *testing.T) {
			t.Parallel()
			r := newPlanRig(t, tf.Attrs{"validate": false})
			ids := r.Fake.AddLocations(8, 456)
			var all []tf.Resource
			for i, id := range ids {
				r.Fake.Install(id, 457, altegiotest.StatusActive)
				attrs := tf.Attrs{"location_id": int(id)}
				for name, value := range test.attrs {
					attrs[name] = value
				}
				if typ == "altegio_location_application" {
					r.Fake.SetStatus(id, 456, altegiotest.StatusPending)
				}
				all = append(all, tf.Resource{Addr: fmt.Sprintf("%s.all[%d]", typ, i), Attrs: attrs})
			}
			r.MustApply(t, all...)
			for _, id := range ids {
				test.gone(r.Fake, id)
				test.says = append(test.says, fmt.Sprint(id))
			}
			result := r.Apply(tf.Run{RefreshOnly: true})
			if err := result.Err(); err != nil {
				t.Fatal(err)
			}
			expectWarning(t, result.Plan, test.says...)
			if left := r.Addresses(); len(left) > 0 {
				t.Errorf("the state still has %v", left)
			}
		})
	}
}

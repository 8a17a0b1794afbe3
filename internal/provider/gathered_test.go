// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// What a plan leaves as it is at many locations makes a few warnings, whichever resources they are and however
// many.
func TestGathered_manyResources(t *testing.T) {
	t.Parallel()
	const n, url = 60, "https://bot.example/hook"
	installation := func(location int, attrs tf.Attrs) tf.Resource {
		r := tf.Resource{Addr: "altegio_location_application.x", Attrs: tf.Attrs{"location_id": location, "application_id": 456}}
		for name, value := range attrs {
			r.Attrs[name] = value
		}
		return r
	}
	for name, test := range map[string]struct {
		application int64
		world       func(*altegiotest.Server, int64)
		before      func(location int) tf.Resource
		after       func(location int) tf.Resource
		imports     bool
		want        string
	}{
		"sender names stay": {
			application: 457, want: "Sender names stay as they are",
			before: func(location int) tf.Resource { return namesRes("x", location, "One") },
		},
		"discounts stay": {
			application: 456, want: "Discounts stay",
			before: func(location int) tf.Resource { return discountRes("x", 5, location) },
		},
		"webhooks are turned off": {
			application: 456, want: "Webhooks are turned off",
			before: func(location int) tf.Resource { return webhooksRes("x", location, []string{url}, []string{"record"}) },
		},
		"webhooks of others": {
			application: 456, want: "Locations have other webhook URLs",
			world: func(fake *altegiotest.Server, id int64) {
				fake.SetWebhooks(id, []altegiotest.Webhook{{URL: "https://other.example/", Active: true, Flags: map[string]bool{"record": true}}})
			},
			after: func(location int) tf.Resource { return webhooksRes("x", location, []string{url}, []string{"record"}) },
		},
		"imports of what is pending": {
			application: 456, want: "Imported installations are still pending", imports: true,
			world: func(fake *altegiotest.Server, id int64) { fake.SetStatus(id, 456, altegiotest.StatusPending) },
			after: func(location int) tf.Resource { return installation(location, nil) },
		},
		"settings of imports": {
			application: 456, want: "Settings are recorded and not sent", imports: true,
			after: func(location int) tf.Resource { return installation(location, tf.Attrs{"channels": []string{"sms"}}) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, providertest.Specimen{})
			r.Workspace = tf.New(tf.NewProvider(provider.Server("1.2.3-test")), providertest.HarnessBlock(r.Fake))
			all := func(one func(location int) tf.Resource) (list []tf.Resource) {
				if one == nil {
					return nil
				}
				for _, id := range r.Fake.AddLocations(n, test.application) {
					if test.world != nil {
						test.world(r.Fake, id)
					}
					o := one(int(id))
					o.Addr = fmt.Sprintf("%s.x[%q]", providertest.TypeName(o.Addr), fmt.Sprint(id))
					list = append(list, o)
				}
				return list
			}
			if test.before != nil {
				r.MustApply(t, all(test.before)...)
			}
			r.Config.Resources = all(test.after)
			if test.imports {
				for _, o := range r.Config.Resources {
					r.Config.Imports = append(r.Config.Imports, tf.Import{To: o.Addr, ID: fmt.Sprintf("%v/456", o.Attrs["location_id"])})
				}
			}
			plan := r.Plan()
			if err := plan.Err(); err != nil {
				t.Fatal(err)
			}
			warnings := plan.Diagnostics.Warnings()
			if len(warnings) == 0 || len(warnings) > 3 || !strings.Contains(warnings.String(), test.want) {
				t.Errorf("%d warnings, want one to three with %q:\n%s", len(warnings), test.want, warnings)
			}
		})
	}
}

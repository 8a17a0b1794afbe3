// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// A mishap is a row of the table in the guide about plans: something that goes wrong in Altegio before or
// after a plan, or an error in the configuration.
type mishap struct {
	block         tf.Attrs
	before, after []tf.Resource
	happens       func(*altegiotest.Server)
}

func mishaps() map[string]mishap {
	failing := func(fault altegiotest.Fault) func(*altegiotest.Server) {
		return func(fake *altegiotest.Server) { fake.Fail(fault) }
	}
	channel := func(location int, value bool) []tf.Resource {
		return []tf.Resource{channelRes("a", location, 456, value)}
	}
	discount := func(locations ...any) []tf.Resource {
		d := discountRes("a", 10, locations...)
		d.Attrs["reset_on_destroy"] = true
		return []tf.Resource{d}
	}
	webhooks := func(event string) []tf.Resource {
		return []tf.Resource{webhooksRes("a", 1001, []string{"https://bot.example/a"}, []string{event})}
	}
	return map[string]mishap{
		"A value is not valid for its argument": {after: []tf.Resource{channelRes("a", 1001, 456, true), limited(fleetRes("b", only(1002)), 0.5)}},
		"The token is not accepted":             {after: channel(1001, true), happens: failing(altegiotest.Fault{Status: http.StatusUnauthorized})},
		"The application belongs to another partner": {
			after: channel(1001, true), happens: failing(altegiotest.Fault{Status: http.StatusForbidden}),
		},
		"The application is of a category without channels": {after: []tf.Resource{channelRes("a", 1001, 458, true)}},
		"A declared location does not have the application": {
			after: channel(1002, true), happens: func(fake *altegiotest.Server) { fake.Uninstall(1002, 456) },
		},
		"The owner has not begun an installation": {
			after: []tf.Resource{newcomers(1008)["installation"]},
		},
		"Altegio does not answer":   {after: channel(1001, true), happens: failing(altegiotest.Fault{Drop: true})},
		"Altegio has a fault (5xx)": {after: channel(1001, true), happens: failing(altegiotest.Fault{Status: http.StatusBadGateway})},
		"The limit of requests is used up": {
			block: tf.Attrs{"rate_limit_timeout": "1ms"}, after: channel(1001, true), happens: failing(altegiotest.Fault{Status: http.StatusTooManyRequests}),
		},
		"A proxy answers with a page": {after: channel(1001, true), happens: failing(altegiotest.Fault{Status: http.StatusForbidden, HTML: true})},
		"Locations leave a fleet, for example because the listing is incomplete": {
			before: []tf.Resource{fleetRes("a", only(1001, 1002))}, after: []tf.Resource{fleetRes("a", only(1001))},
		},
		"More locations leave a fleet than `max_turned_off`": {
			before: []tf.Resource{limited(fleetRes("a", only(1001, 1002)), 0)}, after: []tf.Resource{limited(fleetRes("a", only(1001)), 0)},
		},
		"A discount that is reset on destroy ends": {before: discount(1001, 1002), after: discount(1001)},
		"A sender name is removed":                 {before: []tf.Resource{namesRes("a", 1001, "One", "Two")}, after: []tf.Resource{namesRes("a", 1001, "Two")}},
		"The application was reinstalled": {
			before: channel(1001, true), after: channel(1001, false),
			happens: func(fake *altegiotest.Server) { fake.Install(1001, 456, altegiotest.StatusActive) },
		},
		"The application was uninstalled": {
			before: channel(1001, false), after: channel(1001, true), happens: func(fake *altegiotest.Server) { fake.Uninstall(1001, 456) },
		},
		"Somebody set a channel to another value": {
			before: channel(1001, true), after: channel(1001, true), happens: func(fake *altegiotest.Server) { fake.SetChannel(1001, 456, "sms", false) },
		},
		"Somebody changed the webhooks": {
			before: webhooks("record"), after: webhooks("client"),
			happens: func(fake *altegiotest.Server) {
				fake.SetWebhooks(1001, []altegiotest.Webhook{{URL: "https://bot.example/a", Flags: map[string]bool{"active": true, "salon": true}}})
			},
		},
		"Two resources declare different values": {after: []tf.Resource{channelRes("a", 1001, 456, true), channelRes("b", 1001, 456, false)}},
		"A resource is renamed without a `moved` block": {
			before: channel(1001, true), after: []tf.Resource{channelRes("b", 1001, 456, true)},
		},
	}
}

var (
	tellsRow  = regexp.MustCompile(`(?m)^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|$`)
	tellsItem = regexp.MustCompile("^(error|warning) `([^`]+)`$")
)

// The table of the guide lists what a plan says, and what the apply of an earlier plan says.
func TestGuides_whatAPlanTells(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(providertest.ExamplesDir, "..", "templates", "guides", "what-a-plan-tells.md.tmpl"))
	if err != nil {
		t.Fatal(err)
	}
	all := mishaps()
	for _, row := range tellsRow.FindAllStringSubmatch(string(page), -1)[2:] { // after the head
		m, ok := all[row[1]]
		if !ok {
			t.Errorf("there is no scenario for the row %q", row[1])
			continue
		}
		delete(all, row[1])
		t.Run(row[1], func(t *testing.T) {
			t.Parallel()
			for column, wanted := range map[string]string{"plan": row[2], "apply": row[3]} {
				block := tf.Attrs{"max_retries": 0}
				for name, value := range m.block {
					block[name] = value
				}
				r := newPlanRig(t, block)
				r.MustApply(t, m.before...)
				r.Config.Resources = m.after
				happens := m.happens
				if happens == nil {
					happens = func(*altegiotest.Server) {}
				}
				var said tf.Diagnostics
				if column == "plan" {
					happens(r.Fake)
					said = r.Plan().Diagnostics
				} else {
					plan := r.Plan()
					if plan.Err() != nil {
						if wanted != "there is no plan" {
							t.Errorf("the plan fails: %v", plan.Err())
						}
						continue
					}
					happens(r.Fake)
					said = plan.Apply().Diagnostics
				}
				expectTold(t, column, wanted, said)
			}
		})
	}
	for name := range all {
		t.Errorf("the page has no row %q", name)
	}
}

// expectTold compares diagnostics with a cell of the table.
func expectTold(t *testing.T, column, cell string, said tf.Diagnostics) {
	t.Helper()
	var wanted []string
	if cell != "nothing" {
		for _, item := range strings.Split(cell, "; ") {
			match := tellsItem.FindStringSubmatch(item)
			if match == nil {
				t.Fatalf("the cell of the %s is %q", column, cell)
			}
			wanted = append(wanted, match[1]+" "+match[2])
		}
	}
	var got []string
	for _, d := range said {
		kind := "warning "
		if d.Error {
			kind = "error "
		}
		got = append(got, kind+d.Summary)
	}
	slices.Sort(wanted)
	slices.Sort(got)
	if !slices.Equal(got, wanted) {
		t.Errorf("the %s says %q, and the page %q", column, got, wanted)
	}
}

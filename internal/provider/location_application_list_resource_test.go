// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestLocationApplicationListResource_results(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.SetStatus(1002, 457, altegiotest.StatusPending)
	p := newConfiguredProtocol(t, fake, nil)
	config := args{"application_id": 457}
	expectNone(t, p.validateList(installationType, config))
	expectOne(t, p.validateList(installationType, args{"application_id": 0}), isError, "application_id", "at least 1")
	expectNone(t, p.validateList(installationType, args{"application_id": unknown{}}))

	all, diags := p.listAll(installationType, config, 100)
	expectNone(t, diags)
	var want []found
	for i, title := range []string{"La Visage", "Brooklyn Barbers", "Upper West Dental"} {
		want = append(want, found{
			fmt.Sprintf("%s (%d)", title, 1001+i),
			args{"location_id": fmt.Sprint(1001 + i), "application_id": "457"},
			installed(1001+i, 457, nil, nil, nil),
		})
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("it finds\n%v\nwant\n%v", all, want)
	}
	sent{fake, map[string]int{altegiotest.OpLocations: 3}}.now(t)

	bare := 0
	expectNone(t, p.list(t.Context(), installationType, config, 100, false, func(f found) bool {
		if f.state != nil {
			t.Errorf("it gives an attribute that was not asked for: %v", f.state)
		}
		bare++
		return bare < 2
	}))
	if bare != 2 {
		t.Errorf("it goes on to %d results, want 2", bare)
	}
}

func TestLocationApplicationListResource_pages(t *testing.T) {
	t.Parallel()
	for limit, pages := range map[int64][]string{0: nil, 1: {"1"}, 1000: {"1"}, 1001: {"1", "2"}, 5000: {"1", "2", "3", "0"}} {
		fake := newFake(t)
		fake.AddApplication(altegiotest.Application{ID: 500})
		fake.AddLocations(1500, 500)
		all, diags := newConfiguredProtocol(t, fake, nil).listAll(installationType, args{"application_id": 500}, limit)
		expectNone(t, diags)
		if want := min(int(limit), 1500); len(all) != want {
			t.Errorf("limit %d gives %d results, want %d", limit, len(all), want)
		}
		if got := pagesAsked(t, fake); !slices.Equal(got, pages) {
			t.Errorf("limit %d asks for the pages %v, want %v", limit, got, pages)
		}
	}
}

func TestLocationApplicationListResource_errors(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	_, diags := p.listAll(installationType, args{"application_id": 999}, 100)
	expectOne(t, diags, isError, "application_id", "Cannot list the locations of the application\n.*403 Forbidden.*another partner")
	fake.AddLocations(1500, 456)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Skip: 1, Status: 500})
	all, diags := p.listAll(installationType, args{"application_id": 456}, 5000)
	expectOne(t, diags, isError, "", "Cannot list the locations of the application\n.*500 Internal Server Error")
	if len(all) != 1000 {
		t.Errorf("there are %d results before the error, want 1000", len(all))
	}
	_, diags = newConfiguredProtocol(t, fake, args{"partner_token": unknown{}}).listAll(installationType, args{"application_id": 456}, 100)
	expectOne(t, diags, isError, "partner_token", "Provider configuration is not known yet")
}

func TestLocationApplicationListResource_query(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.14.0", "")
	fake := newFake(t)
	first := queryfilter.ByResourceIdentity(map[string]knownvalue.Check{
		"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(456),
	})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: providerBlock(fake) + connectionBlock("test", 1001, 456)},
			{
				Query: true,
				Config: `
					list "altegio_location_application" "all" {
					  provider = altegio
					  config { application_id = 456 }
					}
					list "altegio_location_application" "some" {
					  provider         = altegio
					  include_resource = true
					  limit            = 5
					  config { application_id = 456 }
					}`,
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("altegio_location_application.all", 7),
					querycheck.ExpectLength("altegio_location_application.some", 5),
					querycheck.ExpectResourceDisplayName("altegio_location_application.some", first, knownvalue.StringExact("La Visage (1001)")),
					querycheck.ExpectResourceKnownValues("altegio_location_application.some", first, []querycheck.KnownValueCheck{
						{Path: tfjsonpath.New("id"), KnownValue: knownvalue.StringExact("1001/456")},
						{Path: tfjsonpath.New("allow_uninstall"), KnownValue: knownvalue.Bool(false)},
						{Path: tfjsonpath.New("status"), KnownValue: knownvalue.Null()},
					}),
				},
			},
			{
				Query:       true,
				Config:      "list \"altegio_location_application\" \"foreign\" {\n  provider = altegio\n  config { application_id = 999 }\n}",
				ExpectError: errorText("Cannot list the locations of the application"),
			},
		},
	})
}

// What is found is generated and imported without a change, and then there is nothing left to do.
func TestLocationApplicationListResource_bulkImport(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.14.0", "")
	fake := newFake(t)
	c := newCLI(t)
	c.write("main.tf", providerBlock(fake))
	c.write("all.tfquery.hcl", "list \"altegio_location_application\" \"all\" {\n  provider = altegio\n  config {\n    application_id = 456\n  }\n}\n")
	c.mustRun("query", "-no-color", "-generate-config-out=generated.tf")
	sent{fake, map[string]int{altegiotest.OpLocations: 3}}.now(t)
	out := c.mustRun("plan", "-no-color")
	if want := "Plan: 7 to import, 0 to add, 0 to change, 0 to destroy."; !strings.Contains(out, want) {
		t.Fatalf("the plan is not %q:\n%s", want, out)
	}
	expectText(t, out, "Installation is still pending", "Application 456 at location 1006")
	fake.ResetJournal()
	c.mustRun(apply...)
	sent{fake, gets(7)}.now(t)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	sent{fake, gets(7)}.now(t)
}

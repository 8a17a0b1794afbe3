// SPDX-License-Identifier: MPL-2.0

package installation_test

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
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestLocationApplicationListResource_results(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetStatus(1002, 457, altegiotest.StatusPending)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	config := providertest.Args{"application_id": 457}
	providertest.ExpectNone(t, p.ValidateList(providertest.InstallationType, config))
	providertest.ExpectOne(t, p.ValidateList(providertest.InstallationType, providertest.Args{"application_id": 0}), providertest.IsError, "application_id", "at least 1")
	providertest.ExpectNone(t, p.ValidateList(providertest.InstallationType, providertest.Args{"application_id": providertest.Unknown{}}))

	all, diags := p.ListAll(providertest.InstallationType, config, 100)
	providertest.ExpectNone(t, diags)
	var want []providertest.Found
	for i, title := range []string{"La Visage", "Brooklyn Barbers", "Upper West Dental"} {
		want = append(want, providertest.Found{
			Name:     fmt.Sprintf("%s (%d)", title, 1001+i),
			Identity: providertest.Args{"location_id": fmt.Sprint(1001 + i), "application_id": "457"},
			State:    installed(1001+i, 457, nil, nil, nil),
		})
	}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("it finds\n%v\nwant\n%v", all, want)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3}}.Now(t)

	bare := 0
	providertest.ExpectNone(t, p.List(t.Context(), providertest.InstallationType, config, 100, false, func(f providertest.Found) bool {
		if f.State != nil {
			t.Errorf("it gives an attribute that was not asked for: %v", f.State)
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
		fake := coretest.NewFake(t)
		fake.AddApplication(altegiotest.Application{ID: 500})
		fake.AddLocations(1500, 500)
		all, diags := providertest.NewConfiguredProtocol(t, fake, nil).ListAll(providertest.InstallationType, providertest.Args{"application_id": 500}, limit)
		providertest.ExpectNone(t, diags)
		if want := min(int(limit), 1500); len(all) != want {
			t.Errorf("limit %d gives %d results, want %d", limit, len(all), want)
		}
		if got := providertest.PagesAsked(t, fake); !slices.Equal(got, pages) {
			t.Errorf("limit %d asks for the pages %v, want %v", limit, got, pages)
		}
	}
}

func TestLocationApplicationListResource_errors(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	_, diags := p.ListAll(providertest.InstallationType, providertest.Args{"application_id": 999}, 100)
	providertest.ExpectOne(t, diags, providertest.IsError, "application_id", "Cannot list the locations of the application: [^\n]+\n.*403 Forbidden.*another partner")
	fake.AddLocations(1500, 456)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Skip: 1, Status: 500})
	all, diags := p.ListAll(providertest.InstallationType, providertest.Args{"application_id": 456}, 5000)
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot list the locations of the application: [^\n]+\n.*500 Internal Server Error")
	if len(all) != 1000 {
		t.Errorf("there are %d results before the error, want 1000", len(all))
	}
	_, diags = providertest.NewConfiguredProtocol(t, fake, providertest.Args{"partner_token": providertest.Unknown{}}).ListAll(providertest.InstallationType, providertest.Args{"application_id": 456}, 100)
	providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Provider configuration is not known yet")
}

func TestLocationApplicationListResource_query(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.14.0", "")
	fake := coretest.NewFake(t)
	first := queryfilter.ByResourceIdentity(map[string]knownvalue.Check{
		"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(456),
	})
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{Config: providertest.ProviderBlock(fake) + providertest.ConnectionBlock("test", 1001, 456)},
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
				ExpectError: providertest.ErrorText("Cannot list the locations of the application"),
			},
		},
	})
}

// What is found is generated and imported without a change, and then there is nothing left to do.
func TestLocationApplicationListResource_bulkImport(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.14.0", "")
	fake := coretest.NewFake(t)
	c := providertest.NewCLI(t)
	c.Write("main.tf", providertest.ProviderBlock(fake))
	c.Write("all.tfquery.hcl", "list \"altegio_location_application\" \"all\" {\n  provider = altegio\n  config {\n    application_id = 456\n  }\n}\n")
	c.MustRun("query", "-no-color", "-generate-config-out=generated.tf")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3}}.Now(t)
	out := c.MustRun("plan", "-no-color")
	if want := "Plan: 7 to import, 0 to add, 0 to change, 0 to destroy."; !strings.Contains(out, want) {
		t.Fatalf("the plan is not %q:\n%s", want, out)
	}
	providertest.ExpectText(t, out, "Imported installations are still pending", "installation of application 456 at 1 location: 1006")
	fake.ResetJournal()
	c.MustRun(providertest.Apply...)
	coretest.Sent{Fake: fake, Want: providertest.Gets(7)}.Now(t)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	coretest.Sent{Fake: fake, Want: providertest.Gets(7)}.Now(t)
}

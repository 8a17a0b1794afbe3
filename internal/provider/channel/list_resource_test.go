// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func slugList(slugs ...string) []tftypes.Value {
	var values []tftypes.Value
	for _, slug := range slugs {
		values = append(values, tftypes.NewValue(tftypes.String, slug))
	}
	return values
}

func TestApplicationChannelListResource_results(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for name, test := range map[string]struct {
		config    providertest.Args
		slugs     []string
		available any
	}{
		"both":      {providertest.Args{}, []string{"sms", "whatsapp"}, nil},
		"one":       {providertest.Args{"channel_slugs": slugList("whatsapp")}, []string{"whatsapp"}, nil},
		"reversed":  {providertest.Args{"channel_slugs": slugList("whatsapp", "sms"), "is_available": true}, []string{"sms", "whatsapp"}, true},
		"to be off": {providertest.Args{"is_available": false}, []string{"sms", "whatsapp"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			fake.ResetJournal()
			test.config["application_id"] = 457
			providertest.ExpectNone(t, p.ValidateList(providertest.ChannelType, test.config))
			all, diags := p.ListAll(providertest.ChannelType, test.config, 100)
			providertest.ExpectNone(t, diags)
			var want []providertest.Found
			for i, title := range []string{"La Visage", "Brooklyn Barbers", "Upper West Dental"} {
				for _, slug := range test.slugs {
					location := fmt.Sprint(1001 + i)
					want = append(want, providertest.Found{
						Name:     title + " (" + location + "): " + slug,
						Identity: providertest.Args{"location_id": location, "application_id": "457", "channel_slug": slug},
						State: providertest.Args{
							"id": location + "/457/" + slug, "location_id": location, "application_id": "457", "channel_slug": slug,
							"is_available": test.available,
						},
					})
				}
			}
			if !reflect.DeepEqual(all, want) {
				t.Errorf("there are\n  %v\nwant\n  %v", all, want)
			}
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3}}.Now(t)
		})
	}

	diags := p.List(t.Context(), providertest.ChannelType, providertest.Args{"application_id": 457, "is_available": true}, 1, false, func(f providertest.Found) bool {
		if f.State != nil {
			t.Errorf("a state is given unasked: %v", f.State)
		}
		return true
	})
	providertest.ExpectNone(t, diags)
	fake.AddLocation(altegiotest.Location{ID: 2000, Timezone: "0", CoordinateLat: "0", CoordinateLon: "0"})
	fake.Install(2000, 457, altegiotest.StatusPending)
	all, _ := p.ListAll(providertest.ChannelType, providertest.Args{"application_id": 457}, 100)
	if got := all[len(all)-1].Name; got != "Location 2000: whatsapp" {
		t.Errorf("a location without a title is shown as %q", got)
	}
}

// Pages are asked for as results are wanted: neither a limit that is reached nor a Terraform that
// has had enough asks for one more.
func TestApplicationChannelListResource_pages(t *testing.T) {
	t.Parallel()
	both, sms := slugList("sms", "whatsapp"), slugList("sms")
	for name, test := range map[string]struct {
		locations int
		slugs     []tftypes.Value
		limit     int64
		want      int
		pages     []string
	}{
		"nowhere":                      {0, both, 100, 0, []string{"1", "0"}},
		"a full last page":             {1000, both, 1 << 40, 2000, []string{"1", "2", "0"}},
		"three pages":                  {2100, both, 1 << 40, 4200, []string{"1", "2", "3", "4", "0"}},
		"limit within the first page":  {2100, both, 7, 7, []string{"1"}},
		"limit at the end of a page":   {2100, both, 2000, 2000, []string{"1"}},
		"limit just after a page":      {2100, both, 2001, 2001, []string{"1", "2"}},
		"limit at the end, one slug":   {2100, sms, 1000, 1000, []string{"1"}},
		"limit one":                    {2100, both, 1, 1, []string{"1"}},
		"limit none":                   {2100, both, 0, 0, nil},
		"limit of exactly what exists": {2100, sms, 2100, 2100, []string{"1", "2", "3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.AddApplication(altegiotest.Application{ID: 500, Category: altegiotest.CategoryChatBots})
			ids := fake.AddLocations(test.locations, 500)
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			n := 0
			diags := p.List(t.Context(), providertest.ChannelType, providertest.Args{"application_id": 500, "channel_slugs": test.slugs}, test.limit, false, func(f providertest.Found) bool {
				if want := fmt.Sprint(ids[n/len(test.slugs)]); f.Identity["location_id"] != want {
					t.Fatalf("result %d is %v, want one of location %s", n, f.Identity, want)
				}
				if got, want := fake.Count(altegiotest.OpLocations), n/len(test.slugs)/1000+1; got != want {
					t.Fatalf("with result %d, %d pages have been asked for, want %d", n, got, want)
				}
				n++
				return true
			})
			providertest.ExpectNone(t, diags)
			if n != test.want {
				t.Errorf("there are %d results, want %d", n, test.want)
			}
			if got := providertest.PagesAsked(t, fake); !slices.Equal(got, test.pages) {
				t.Errorf("pages %v were asked for, want %v", got, test.pages)
			}
		})
	}

	for _, enough := range []int{1, 2, 1999, 2000} {
		fake := coretest.NewFake(t)
		fake.AddApplication(altegiotest.Application{ID: 500, Category: altegiotest.CategoryChatBots})
		fake.AddLocations(2100, 500)
		n := 0
		diags := providertest.NewConfiguredProtocol(t, fake, nil).List(t.Context(), providertest.ChannelType, providertest.Args{"application_id": 500}, 1<<40, true, func(providertest.Found) bool {
			n++
			return n < enough
		})
		providertest.ExpectNone(t, diags)
		if got := providertest.PagesAsked(t, fake); n != enough || !slices.Equal(got, []string{"1"}) {
			t.Errorf("stopping at %d gives %d results of pages %v", enough, n, got)
		}
	}
}

// An error is reported as the last result, after what was found before it.
func TestApplicationChannelListResource_errors(t *testing.T) {
	t.Parallel()
	for name, test := range providertest.ListFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.AddLocations(1500, 456)
			test.Fault.Operation, test.Fault.Skip, test.Fault.Times = altegiotest.OpLocations, 1, 2
			fake.Fail(test.Fault)
			for _, want := range []int{2000, 0} { // on the second page, and at once, each in a run of its own
				p := providertest.NewConfiguredProtocol(t, fake, nil)
				all, diags := p.ListAll(providertest.ChannelType, providertest.Args{"application_id": 456}, 10000)
				providertest.ExpectOne(t, diags, providertest.IsError, test.At, "Cannot list the locations of the application: [^\n]+\n.*"+test.Text)
				if len(all) != want {
					t.Errorf("there are %d results before the error, want %d", len(all), want)
				}
			}
		})
	}

	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	_, diags := p.ListAll(providertest.ChannelType, providertest.Args{"application_id": 999}, 100)
	providertest.ExpectOne(t, diags, providertest.IsError, "application_id", "403 Forbidden.*belongs to another partner")
	_, diags = providertest.NewConfiguredProtocol(t, fake, providertest.Args{"partner_token": providertest.Unknown{}}).ListAll(providertest.ChannelType, providertest.Args{"application_id": 456}, 100)
	providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Provider configuration is not known yet")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	diags = p.List(ctx, providertest.ChannelType, providertest.Args{"application_id": 456}, 100, true, func(providertest.Found) bool { return true })
	providertest.ExpectOne(t, diags, providertest.IsError, "", "The request was not sent.*cancelled")
}

func TestApplicationChannelListResource_validation(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	providertest.ExpectOne(t, p.ValidateList(providertest.ChannelType, providertest.Args{"application_id": 0}), providertest.IsError, "application_id", "at least 1")
	for text, slugs := range map[string][]tftypes.Value{
		"at least 1":       {},
		"duplicate values": slugList("sms", "sms"),
		`"whatsapp"`:       slugList("telegram"),
		"null value":       {tftypes.NewValue(tftypes.String, "sms"), tftypes.NewValue(tftypes.String, nil)},
	} {
		diags := p.ValidateList(providertest.ChannelType, providertest.Args{"application_id": 456, "channel_slugs": slugs})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail, text) {
			t.Errorf("%v gives %v, want %q", slugs, diags, text)
		}
	}
	providertest.ExpectNone(t, p.ValidateList(providertest.ChannelType, providertest.Args{"application_id": providertest.Unknown{}, "channel_slugs": providertest.Unknown{}, "is_available": providertest.Unknown{}}))
}

func TestApplicationChannelListResource_query(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.14.0", "")
	fake := coretest.NewFake(t)
	identity := func(location int64, slug string) map[string]knownvalue.Check {
		return map[string]knownvalue.Check{
			"location_id": knownvalue.Int64Exact(location), "application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact(slug),
		}
	}
	first := queryfilter.ByResourceIdentity(identity(1001, "sms"))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true)},
			{
				Query: true,
				Config: `
					list "altegio_application_channel" "all" {
					  provider = altegio
					  config { application_id = 456 }
					}
					list "altegio_application_channel" "sms" {
					  provider         = altegio
					  include_resource = true
					  limit            = 5
					  config {
					    application_id = 456
					    channel_slugs  = ["sms"]
					    is_available   = true
					  }
					}
					list "altegio_application_channel" "nowhere" {
					  provider = altegio
					  limit    = 0
					  config { application_id = 456 }
					}`,
				QueryResultChecks: []querycheck.QueryResultCheck{
					querycheck.ExpectLength("altegio_application_channel.all", 14),
					querycheck.ExpectLength("altegio_application_channel.sms", 5),
					querycheck.ExpectIdentity("altegio_application_channel.all", identity(1007, "whatsapp")),
					querycheck.ExpectNoIdentity("altegio_application_channel.sms", identity(1001, "whatsapp")),
					querycheck.ExpectResourceDisplayName("altegio_application_channel.sms", first, knownvalue.StringExact("La Visage (1001): sms")),
					querycheck.ExpectResourceKnownValues("altegio_application_channel.sms", first, []querycheck.KnownValueCheck{
						{Path: tfjsonpath.New("id"), KnownValue: knownvalue.StringExact("1001/456/sms")},
						{Path: tfjsonpath.New("is_available"), KnownValue: knownvalue.Bool(true)},
					}),
				},
			},
			{
				Query:       true,
				Config:      "list \"altegio_application_channel\" \"foreign\" {\n  provider = altegio\n  config { application_id = 999 }\n}",
				ExpectError: providertest.ErrorText("Cannot list the locations of the application"),
			},
		},
	})
	if got, want := providertest.Posted(fake), []string{providertest.Body(1001, 456, "sms", true), providertest.Body(1001, 456, "sms", false)}; !slices.Equal(got, want) {
		t.Errorf("%v were sent, want those of the resource, %v", got, want)
	}
}

// What is found is generated, imported and applied, and then there is nothing left to do.
func TestApplicationChannelListResource_bulkImport(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.14.0", "")
	fake := coretest.NewFake(t)
	c := providertest.NewCLI(t)
	c.Write("main.tf", providertest.RequiredProviders+strings.TrimPrefix(providertest.ProviderBlock(fake), providertest.RequiredProviders))
	query := func(arguments string) {
		c.Write("channels.tfquery.hcl", "list \"altegio_application_channel\" \"all\" {\n  provider = altegio\n  config {\n"+arguments+"\n}\n}\n")
	}
	query("application_id = 457\nis_available = true")
	c.MustRun("query", "-no-color", "-generate-config-out=channels.tf")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3}}.Now(t)

	out := c.MustRun("plan", "-no-color")
	if want := "Plan: 6 to import, 0 to add, 6 to change, 0 to destroy."; !strings.Contains(out, want) {
		t.Fatalf("the plan is not %q:\n%s", want, out)
	}
	if len(providertest.Posted(fake)) > 0 {
		t.Errorf("a plan sends %v", providertest.Posted(fake))
	}
	fake.ResetJournal()
	c.MustRun("apply", "-auto-approve", "-no-color")
	if got := len(providertest.Posted(fake)); got != 6 {
		t.Errorf("%d channels were set, want 6", got)
	}
	for _, location := range []int64{1001, 1002, 1003} {
		for _, slug := range core.SlugNames() {
			if err := providertest.ChannelIs(fake, location, 457, slug, true)(); err != nil {
				t.Error(err)
			}
		}
	}
	fake.ResetJournal()
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 3}}.Now(t)

	// Without is_available, generated configuration says what is missing.
	query("application_id = 458\nchannel_slugs = [\"sms\"]")
	c.Write("channels.tf", "")
	c.MustRun("query", "-no-color", "-generate-config-out=more.tf")
	if out := c.MustFail("plan", "-no-color"); !providertest.ErrorText("Must set a configuration value for the is_available attribute").MatchString(out) {
		t.Errorf("the plan says\n%s", out)
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const testChannel = "altegio_application_channel.test"

// created is what creating channels takes, each at a location of its own.
func created(n int) map[string]int {
	return map[string]int{altegiotest.OpUpdateChannel: n, altegiotest.OpInstallation: n}
}

func posts(n int) map[string]int { return map[string]int{altegiotest.OpUpdateChannel: n} }
func gets(n int) map[string]int  { return map[string]int{altegiotest.OpInstallation: n} }

func expectChannel(location, application int64, slug string, available bool) []statecheck.StateCheck {
	value := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(testChannel, tfjsonpath.New(name), want)
	}
	return []statecheck.StateCheck{
		value("id", knownvalue.StringExact(fmt.Sprintf("%d/%d/%s", location, application, slug))),
		value("location_id", knownvalue.Int64Exact(location)),
		value("application_id", knownvalue.Int64Exact(application)),
		value("channel_slug", knownvalue.StringExact(slug)),
		value("is_available", knownvalue.Bool(available)),
	}
}

// expectAction checks what is planned for the channel, and what that took.
func expectAction(action plancheck.ResourceActionType, requests sent) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(testChannel, action), requests},
	}
}

func TestApplicationChannelResource_lifecycle(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config: providerBlock(fake) + channelBlock(1001, 456, "sms", true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionCreate),
						plancheck.ExpectKnownValue(testChannel, tfjsonpath.New("id"), knownvalue.StringExact("1001/456/sms")),
						nothingSent(fake),
					},
					PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), nothingSent(fake)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(1)}},
				},
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", true),
					channelIs(fake, 1001, 456, "sms", true), sent{fake, created(1)}),
			},
			{
				Config: providerBlock(fake) + channelBlock(1001, 456, "sms", false),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), sent{fake, gets(1)},
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(1)}},
				},
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", false),
					channelIs(fake, 1001, 456, "sms", false), sent{fake, posts(1)}),
			},
			{ // back, so that destroying has something to do
				Config:            providerBlock(fake) + channelBlock(1001, 456, "sms", true),
				ConfigPlanChecks:  expectAction(plancheck.ResourceActionUpdate, sent{fake, gets(1)}),
				ConfigStateChecks: []statecheck.StateCheck{channelIs(fake, 1001, 456, "sms", true)},
			},
		},
	})
	if err := channelIs(fake, 1001, 456, "sms", false)(); err != nil {
		t.Errorf("after destroying: %v", err)
	}
	want := []string{body(1001, 456, "sms", true), body(1001, 456, "sms", false)}
	if got := posted(fake); !reflect.DeepEqual(got, want) {
		t.Errorf("setting and destroying sends %s, want %s", got, want)
	}
	if _, installed := fake.Status(1001, 456); !installed {
		t.Error("destroying a channel uninstalls the application")
	}
}

func TestApplicationChannelResource_replacement(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	step := func(action plancheck.ResourceActionType, location, application int, slug string) resource.TestStep {
		return resource.TestStep{
			Config: providerBlock(fake) + channelBlock(location, application, slug, true),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(testChannel, action)},
			},
			ConfigStateChecks: append(expectChannel(int64(location), int64(application), slug, true),
				channelIs(fake, int64(location), int64(application), slug, true)),
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			step(plancheck.ResourceActionCreate, 1001, 456, "sms"),
			step(plancheck.ResourceActionDestroyBeforeCreate, 1002, 456, "sms"),
			step(plancheck.ResourceActionDestroyBeforeCreate, 1002, 457, "sms"),
			step(plancheck.ResourceActionDestroyBeforeCreate, 1002, 457, "whatsapp"),
		},
	})
	want := []string{
		body(1001, 456, "sms", true),
		body(1001, 456, "sms", false), body(1002, 456, "sms", true),
		body(1002, 456, "sms", false), body(1002, 457, "sms", true),
		body(1002, 457, "sms", false), body(1002, 457, "whatsapp", true),
		body(1002, 457, "whatsapp", false),
	}
	if got := posted(fake); !reflect.DeepEqual(got, want) {
		t.Errorf("replacing sends\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestApplicationChannelResource_destroyWhenUninstalled(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	for _, status := range []int{404, 403, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(altegiotest.Shapes{NotInstalledStatus: status}))
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{{
					Config: providerBlock(fake) + channelBlock(1001, 456, "sms", true),
					// The test case's own destroy, which comes next, does not refresh.
					PostApplyFunc: func() {
						fake.Uninstall(1001, 456)
						fake.ResetJournal()
					},
				}},
			})
			if got, want := posted(fake), []string{body(1001, 456, "sms", false)}; !reflect.DeepEqual(got, want) {
				t.Errorf("destroying sends %s, want %s", got, want)
			}
			sent{fake, map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 1}}.now(t)
		})
	}
}

func TestApplicationChannelResource_installationIsGone(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	both := providerBlock(fake) + channelBlock(1001, 456, "sms", true)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: both},
			{
				PreConfig: func() {
					fake.Uninstall(1001, 456)
					fake.ResetJournal()
				},
				Config:             both,
				PlanOnly:           true,
				ExpectNonEmptyPlan: true,
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionCreate), sent{fake, gets(1)},
				}},
			},
			{
				Config:      both,
				ExpectError: errorText("The application is not installed at the location: its owner has to connect it first."),
			},
			{
				PreConfig: func() {
					fake.Install(1001, 456, altegiotest.StatusActive)
					fake.ResetJournal()
				},
				Config:            both,
				ConfigPlanChecks:  expectAction(plancheck.ResourceActionCreate, nothingSent(fake)),
				ConfigStateChecks: []statecheck.StateCheck{channelIs(fake, 1001, 456, "sms", true), sent{fake, created(1)}},
			},
		},
	})
}

func TestApplicationChannelResource_refreshFails(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	both := providerBlock(fake) + channelBlock(1001, 456, "sms", true)
	failing := func(fault altegiotest.Fault, text string) resource.TestStep {
		fault.Operation = altegiotest.OpInstallation
		return resource.TestStep{
			PreConfig: func() {
				fake.ClearFaults()
				fake.Fail(fault)
			},
			Config:      both,
			ExpectError: errorText(text),
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: both},
			failing(altegiotest.Fault{Status: 404, HTML: true}, `Altegio answered: 404 Not Found: unexpected answer: the answer is an HTML page`),
			failing(altegiotest.Fault{Status: 500}, "Altegio answered: 500 Internal Server Error: An error has occurred."),
			failing(altegiotest.Fault{Status: 403}, "Altegio answered: 403 Forbidden: Access denied."),
			{
				PreConfig: func() {
					fake.ClearFaults()
					fake.ResetJournal()
				},
				Config:            both,
				ConfigPlanChecks:  expectAction(plancheck.ResourceActionNoop, sent{fake, gets(1)}),
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", true), nothingSent(fake)),
			},
		},
	})
}

func TestApplicationChannelResource_reinstalled(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	both := providerBlock(fake) + channelBlock(1001, 456, "sms", true)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: both},
			{Config: both}, // remembers which installation it was
			{
				PreConfig: func() {
					fake.Install(1001, 456, altegiotest.StatusActive)
					fake.ResetJournal()
				},
				Config: both,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate),
						plancheck.ExpectKnownValue(testChannel, tfjsonpath.New("is_available"), knownvalue.Bool(true)),
						sent{fake, gets(1)},
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(1)}},
				},
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", true),
					channelIs(fake, 1001, 456, "sms", true), sent{fake, posts(1)}),
			},
		},
	})
}

func TestApplicationChannelResource_importByID(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	fake.SetChannel(1001, 456, "sms", true)
	both := providerBlock(fake) + channelBlock(1001, 456, "sms", true)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config: both, ResourceName: testChannel,
				ImportState: true, ImportStateId: "1001/456/sms", ImportStatePersist: true,
			},
			{
				PreConfig: func() { sent{fake, gets(1)}.now(t) }, // importing sets nothing
				Config:    both,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), sent{fake, gets(1)},
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(1)}},
				},
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", true), sent{fake, posts(1)}),
			},
		},
	})
}

func TestApplicationChannelResource_importBlock(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	for name, test := range map[string]struct {
		target string
		since  []tfversion.TerraformVersionCheck
	}{
		"id":       {`id = "1001/456/whatsapp"`, []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_5_0)}},
		"identity": {`identity = { location_id = 1001, application_id = 456, channel_slug = "whatsapp" }`, []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			checks := append(expectChannel(1001, 456, "whatsapp", false), channelIs(fake, 1001, 456, "whatsapp", false), sent{fake, posts(1)})
			if name == "identity" {
				checks = append(checks, statecheck.ExpectIdentity(testChannel, map[string]knownvalue.Check{
					"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact("whatsapp"),
				}))
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				TerraformVersionChecks:   test.since,
				Steps: []resource.TestStep{{
					Config: providerBlock(fake) + channelBlock(1001, 456, "whatsapp", false) +
						fmt.Sprintf("import {\n  to = %s\n  %s\n}\n", testChannel, test.target),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply: []plancheck.PlanCheck{
							plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), sent{fake, gets(1)},
						},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(1)}},
					},
					ConfigStateChecks: checks,
				}},
			})
		})
	}
}

// A channel that is in the state imports, by the identity that the state has, to what it is.
func TestApplicationChannelResource_identity(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providerBlock(fake) + channelBlock(1001, 456, "sms", true),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(testChannel, map[string]knownvalue.Check{
						"location_id": knownvalue.Int64Exact(1001), "application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact("sms"),
					}),
					statecheck.ExpectIdentityValueMatchesState(testChannel, tfjsonpath.New("location_id")),
				},
			},
			{
				PreConfig:          fake.ResetJournal,
				ResourceName:       testChannel,
				ImportState:        true,
				ImportStateKind:    resource.ImportBlockWithResourceIdentity,
				ExpectNonEmptyPlan: true,
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), sent{fake, gets(1)},
				}},
			},
			{ // the identity survives an update, and changes with a replacement
				Config: providerBlock(fake) + channelBlock(1001, 456, "sms", false),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentityValue(testChannel, tfjsonpath.New("channel_slug"), knownvalue.StringExact("sms")),
				},
			},
			{
				Config: providerBlock(fake) + channelBlock(1001, 456, "whatsapp", false),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentityValue(testChannel, tfjsonpath.New("channel_slug"), knownvalue.StringExact("whatsapp")),
				},
			},
		},
	})
}

func TestApplicationChannelResource_importIsRefused(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	for name, test := range map[string]struct {
		id, text string
		requests map[string]int
	}{
		"not installed":  {"1008/456/sms", "Cannot import non-existent remote object", gets(1)},
		"foreign":        {"1001/999/sms", "The application belongs to another partner", gets(1)},
		"too few parts":  {"1001/456", `The id "1001/456" cannot be used: it has 2 parts instead of 3 or 4. Its form is location_id/application_id/channel_slug, with /true or /false after it where it is known what the channel is set to, for example "1001/456/sms/true".`, nil},
		"not a location": {"abc/456/sms", `its location_id is "abc", which is not a whole number from 1. Its form is location_id/application_id/channel_slug`, nil},
		"typo":           {"1001/456/whatsap", `its channel_slug is "whatsap", which is not one of "sms", "whatsapp". Its form is location_id/application_id/channel_slug`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{{
					Config: providerBlock(fake) + channelBlock(1001, 456, "sms", true), ResourceName: testChannel,
					ImportState: true, ImportStateId: test.id, ExpectError: errorText(test.text),
				}},
			})
			sent{fake, test.requests}.now(t)
		})
	}
}

func TestApplicationChannelResource_refused(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	const blamed = "with altegio_application_channel.test, on terraform_plugin_test.tf line"
	for name, test := range map[string]struct {
		provider []string
		channel  string
		texts    []string
		requests map[string]int
	}{
		"wrong token": {
			[]string{`partner_token = "wrong"`},
			channelBlock(1001, 456, "sms", true),
			[]string{
				"Cannot set the channel", `Asked for: location_id 1001, application_id 456, channel_slug "sms", is_available true.`,
				"Altegio answered: 401 Unauthorized: Partner identifier is not specified.",
				"Check partner_token in the provider block, or ALTEGIO_PARTNER_TOKEN: the API does not accept it.",
			},
			created(1),
		},
		"missing token": {
			[]string{"partner_token ="},
			channelBlock(1001, 456, "sms", true),
			[]string{"Missing partner token", "Set partner_token in the provider block, or the environment variable ALTEGIO_PARTNER_TOKEN"},
			nil,
		},
		"foreign application": {
			nil, channelBlock(1001, 999, "sms", true),
			[]string{"Cannot set the channel", blamed, "application_id = 999", "Altegio answered: 403 Forbidden", "The application belongs to another partner"},
			created(1),
		},
		"category without channels": {
			nil, channelBlock(1001, 458, "whatsapp", true),
			[]string{blamed, "application_id = 458", "not of the category Chat Bots or SMS Aggregators, the only ones that have channels."},
			created(1),
		},
		"not installed": {
			nil, channelBlock(1008, 456, "sms", true),
			[]string{blamed, "Altegio answered: 404 Not Found.", "The application is not installed at the location: its owner has to connect it first."},
			created(1),
		},
		"nobody there": {
			[]string{`api_url = "http://127.0.0.1:9"`},
			channelBlock(1001, 456, "sms", true),
			[]string{"Cannot set the channel", "The request did not reach Altegio", "Check the host, which api_url and app_url in the provider block set", "Nothing was changed."},
			map[string]int{altegiotest.OpInstallation: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: factories(),
				Steps: []resource.TestStep{{
					Config:      providerBlock(fake, test.provider...) + test.channel,
					ExpectError: inOrder(test.texts),
				}},
			})
			sent{fake, test.requests}.now(t)
			if got := fake.Channels(); len(got) > 0 {
				t.Errorf("channels were set: %v", got)
			}
		})
	}
}

// inOrder matches texts that follow one another, with anything in between.
func inOrder(texts []string) *regexp.Regexp {
	var parts []string
	for _, text := range texts {
		parts = append(parts, errorText(text).String())
	}
	return regexp.MustCompile("(?s)" + strings.Join(parts, ".*"))
}

// Where no request is needed yet, a token that another resource gives later is no problem.
func TestApplicationChannelResource_unknownToken(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_4_0)},
		Steps: []resource.TestStep{{
			Config: providerBlock(fake, "partner_token = terraform_data.token.output") + channelBlock(1001, 456, "sms", true) +
				fmt.Sprintf("resource \"terraform_data\" \"token\" {\n  input = %q\n}\n", altegiotest.DefaultPartnerToken),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionCreate),
				plancheck.ExpectResourceAction("terraform_data.token", plancheck.ResourceActionCreate),
				nothingSent(fake),
			}},
			ConfigStateChecks: []statecheck.StateCheck{channelIs(fake, 1001, 456, "sms", true), sent{fake, created(1)}},
		}},
	})
}

// The arguments may come from other resources, too.
func TestApplicationChannelResource_unknownArguments(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_4_0)},
		Steps: []resource.TestStep{{
			Config: providerBlock(fake) + `
resource "terraform_data" "where" {
  input = { location = 1001, slug = "sms", available = true }
}

resource "altegio_application_channel" "test" {
  location_id    = terraform_data.where.output.location
  application_id = 456
  channel_slug   = terraform_data.where.output.slug
  is_available   = terraform_data.where.output.available
}
`,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(testChannel, tfjsonpath.New("id")), nothingSent(fake),
			}},
			ConfigStateChecks: append(expectChannel(1001, 456, "sms", true), sent{fake, created(1)}),
		}},
	})
}

// A run asks once for each location and application, however many channels and data sources want
// to know, and sends nothing else unless something changes.
func TestApplicationChannelResource_oneQuestionPerRun(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	text := func(availableAt1002 bool) string {
		var b strings.Builder
		b.WriteString(providerBlock(fake))
		for _, location := range []int{1001, 1002, 1003} {
			for _, slug := range []string{"sms", "whatsapp"} {
				available := location != 1002 || availableAt1002
				b.WriteString(channelNamed(fmt.Sprintf("%s_at_%d", slug, location), location, 456, slug, available))
			}
		}
		for _, location := range []int{1001, 1002, 1006} {
			b.WriteString(connectionBlock(fmt.Sprintf("at_%d", location), location, 456))
		}
		return b.String()
	}
	const locations = 4 // 1001, 1002, 1003 and 1006
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{
				Config: text(true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{sent{fake, gets(3)}}, // for the data sources
				},
				ConfigStateChecks: []statecheck.StateCheck{sent{fake, map[string]int{altegiotest.OpUpdateChannel: 6, altegiotest.OpInstallation: locations - 1}}},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    text(true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), sent{fake, gets(locations)}},
				},
				ConfigStateChecks: []statecheck.StateCheck{nothingSent(fake)},
			},
			{
				PreConfig: fake.ResetJournal,
				Config:    text(false),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{sent{fake, gets(locations)}},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					sent{fake, posts(2)},
					channelIs(fake, 1001, 456, "sms", true), channelIs(fake, 1002, 456, "sms", false), channelIs(fake, 1002, 456, "whatsapp", false),
				},
			},
		},
	})
	for _, key := range slices.Collect(maps.Keys(fake.Channels())) {
		if available, _ := fake.Channel(key.LocationID, key.ApplicationID, key.Slug); available {
			t.Errorf("%v is still available after destroying", key)
		}
	}
}

// With refresh = "listing" one listing says of all channels that they are installed, whatever their
// number. Only what it lacks is asked for, and only the status notices a reinstallation.
func TestApplicationChannelResource_refreshFromListing(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(25, 456)
	c := newCLI(t)
	listing := providerBlock(fake, `refresh = "listing"`)
	c.config(listing, many(ids))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, posts(25)}.now(t)
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, listings}.now(t)

	fake.Uninstall(ids[0], 456)
	expectText(t, c.mustRun("plan", "-no-color"), "1 to add, 0 to change, 0 to destroy")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 1}}.now(t)
	fake.Install(ids[0], 456, altegiotest.StatusActive)

	// A listing that lacks everything takes nothing out of the state.
	remove := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[],"meta":[]}`})
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, map[string]int{altegiotest.OpLocations: 2, altegiotest.OpInstallation: 25}}.now(t)
	remove()

	// One that can't be had is an error.
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusServiceUnavailable})
	expectText(t, c.mustFail("plan", "-no-color"), "Cannot list the locations of the application")
	fake.ClearFaults()

	c.config(providerBlock(fake, `refresh = "status"`), many(ids))
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, gets(25)}.now(t)
	c.config(providerBlock(fake, `refresh = "never"`), many(ids))
	expectText(t, c.mustFail("plan", "-no-color"), "Invalid Attribute Value Match", `"status" "listing"`)
}

// Arguments of the block can come from variables, of which sensitive ones stay so.
func TestApplicationChannelResource_tokenFromVariable(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t, altegiotest.WithToken("from-a-variable"))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{{
			Config: providerBlock(fake, `partner_token = "Bearer ${var.token}"`) + channelBlock(1001, 456, "sms", true) +
				"variable \"token\" {\n  type      = string\n  sensitive = true\n}\n",
			ConfigVariables:   config.Variables{"token": config.StringVariable("from-a-variable")},
			ConfigStateChecks: []statecheck.StateCheck{sent{fake, created(1)}},
		}},
	})
}

// removed blocks leave the channel as it is.
func TestApplicationChannelResource_removed(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.7.0", "1.10.0") // for removed with a lifecycle
	fake := newFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		Steps: []resource.TestStep{
			{Config: providerBlock(fake) + channelBlock(1001, 456, "sms", true)},
			{
				PreConfig: fake.ResetJournal,
				Config: providerBlock(fake) +
					"removed {\n  from = altegio_application_channel.test\n  lifecycle {\n    destroy = false\n  }\n}\n",
			},
		},
	})
	if got := posted(fake); len(got) > 0 {
		t.Errorf("removing the channel from the state sends %s", got)
	}
	if err := channelIs(fake, 1001, 456, "sms", true)(); err != nil {
		t.Error(err)
	}
}

// What CI does: plan, look whether there are changes, and apply only then.
func TestApplicationChannelResource_withTheCommandLine(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t, envPartnerToken+"="+altegiotest.DefaultPartnerToken, envAPIURL+"="+fake.APIURL(), envAppURL+"="+fake.AppURL())
	c.config("provider \"altegio\" {\n  requests_per_second = 0\n}\n", channelBlock(1001, 456, "sms", true), channelNamed("other", 1001, 456, "whatsapp", true))

	out := c.mustRun("plan", "-no-color", "-input=false")
	for _, text := range []string{`id = "1001/456/sms"`, "2 to add, 0 to change, 0 to destroy"} {
		if !errorText(text).MatchString(out) {
			t.Errorf("the plan does not show %q:\n%s", text, out)
		}
	}
	nothingSent(fake).now(t)
	c.mustRun("apply", "-auto-approve", "-no-color", "-input=false")
	sent{fake, map[string]int{altegiotest.OpUpdateChannel: 2, altegiotest.OpInstallation: 1}}.now(t)
	if out := c.mustRun("plan", "-detailed-exitcode", "-no-color", "-input=false"); !strings.Contains(out, "No changes") {
		t.Errorf("the second plan has changes:\n%s", out)
	}
	sent{fake, gets(1)}.now(t)
	c.mustRun("apply", "-refresh-only", "-auto-approve", "-no-color", "-input=false")
	sent{fake, gets(1)}.now(t)

	fake.Install(1001, 456, altegiotest.StatusActive)
	out, _ = c.run("plan", "-detailed-exitcode", "-no-color", "-input=false")
	if !strings.Contains(out, "2 to change") || strings.Contains(out, "replace") {
		t.Errorf("a new installation is not seen as a change in place:\n%s", out)
	}
	sent{fake, gets(1)}.now(t)
	c.mustRun("apply", "-auto-approve", "-no-color", "-input=false")
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 2}}.now(t)
	if got := c.values(testChannel)["is_available"]; got != true {
		t.Errorf("is_available is %v in the state", got)
	}

	c.mustRun("destroy", "-auto-approve", "-no-color", "-input=false")
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 2}}.now(t)
	if got := c.values(testChannel); got != nil {
		t.Errorf("after destroying there is %v", got)
	}
}

// validate needs no token and no network, and names every argument that is wrong.
func TestApplicationChannelResource_validate(t *testing.T) {
	t.Parallel()
	c := newCLI(t)
	says := func(texts ...string) {
		t.Helper()
		out := c.mustFail("validate", "-no-color")
		for _, text := range texts {
			if !errorText(text).MatchString(out) {
				t.Errorf("it does not say %q:\n%s", text, out)
			}
		}
	}
	c.config(`
provider "altegio" {
  api_url             = "api.alteg.io"
  app_url             = "http://app.alteg.io"
  requests_per_second = -1
  max_retries         = -1
  request_timeout     = "0s"
  max_retry_wait      = "soon"
}
`, channelBlock(1001, 456, "sms", true))
	says(
		"The value of api_url cannot be used: not an absolute http or https URL.",
		"The value of app_url is a plain http URL",
		"Attribute requests_per_second value must be between 0 and 1000000, got: -1",
		"Attribute max_retries value must be between 0 and 100, got: -1",
		`Attribute request_timeout value must be a duration above zero, such as "30s" or "2m", got: "0s"`,
		`invalid duration "soon"`,
	)
	c.config("provider \"altegio\" {}\n", channelBlock(0, -1, "whatsap", true), `
data "altegio_payment_link" "test" {
  location_id    = 1001
  application_id = 456
  discount       = 100.5
}
`)
	says(
		"Attribute location_id value must be at least 1, got: 0",
		"Attribute application_id value must be at least 1, got: -1",
		`Attribute channel_slug value must be one of: ["sms" "whatsapp"], got: "whatsap"`,
		"Attribute discount value must be a percentage between 0 and 100, got: 100.5",
	)
	c.config("provider \"altegio\" {}\n", channelBlock(1001, 456, "sms", true))
	c.mustRun("validate", "-no-color")
}

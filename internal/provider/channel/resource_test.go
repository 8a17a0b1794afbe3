// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"fmt"
	"reflect"
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
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestApplicationChannelResource_lifecycle(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{
				Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionCreate),
						plancheck.ExpectKnownValue(testChannel, tfjsonpath.New("id"), knownvalue.StringExact("1001/456/sms")),
						coretest.NothingSent(fake),
					},
					PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.NothingSent(fake)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(1)}},
				},
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", true),
					providertest.ChannelIs(fake, 1001, 456, "sms", true), coretest.Sent{Fake: fake, Want: providertest.Created(1)}),
			},
			{
				Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", false),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionUpdate), coretest.Sent{Fake: fake, Want: providertest.Gets(1)},
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.Sent{Fake: fake, Want: providertest.Gets(1)}},
				},
				ConfigStateChecks: append(expectChannel(1001, 456, "sms", false),
					providertest.ChannelIs(fake, 1001, 456, "sms", false), coretest.Sent{Fake: fake, Want: posts(1)}),
			},
			{ // back, so that destroying has something to do
				Config:            providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true),
				ConfigPlanChecks:  expectAction(plancheck.ResourceActionUpdate, coretest.Sent{Fake: fake, Want: providertest.Gets(1)}),
				ConfigStateChecks: []statecheck.StateCheck{providertest.ChannelIs(fake, 1001, 456, "sms", true)},
			},
		},
	})
	if err := providertest.ChannelIs(fake, 1001, 456, "sms", false)(); err != nil {
		t.Errorf("after destroying: %v", err)
	}
	want := []string{providertest.Body(1001, 456, "sms", true), providertest.Body(1001, 456, "sms", false)}
	if got := providertest.Posted(fake); !reflect.DeepEqual(got, want) {
		t.Errorf("setting and destroying sends %s, want %s", got, want)
	}
	if _, installed := fake.Status(1001, 456); !installed {
		t.Error("destroying a channel uninstalls the application")
	}
}

func TestApplicationChannelResource_replacement(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	step := func(action plancheck.ResourceActionType, location, application int, slug string) resource.TestStep {
		return resource.TestStep{
			Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(location, application, slug, true),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(testChannel, action)},
			},
			ConfigStateChecks: append(expectChannel(int64(location), int64(application), slug, true),
				providertest.ChannelIs(fake, int64(location), int64(application), slug, true)),
		}
	}
	providertest.RunSteps(t, []resource.TestStep{
		step(plancheck.ResourceActionCreate, 1001, 456, "sms"),
		step(plancheck.ResourceActionDestroyBeforeCreate, 1002, 456, "sms"),
		step(plancheck.ResourceActionDestroyBeforeCreate, 1002, 457, "sms"),
		step(plancheck.ResourceActionDestroyBeforeCreate, 1002, 457, "whatsapp"),
	}...)
	want := []string{
		providertest.Body(1001, 456, "sms", true),
		providertest.Body(1001, 456, "sms", false), providertest.Body(1002, 456, "sms", true),
		providertest.Body(1002, 456, "sms", false), providertest.Body(1002, 457, "sms", true),
		providertest.Body(1002, 457, "sms", false), providertest.Body(1002, 457, "whatsapp", true),
		providertest.Body(1002, 457, "whatsapp", false),
	}
	if got := providertest.Posted(fake); !reflect.DeepEqual(got, want) {
		t.Errorf("replacing sends\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestApplicationChannelResource_destroyWhenUninstalled(t *testing.T) {
	t.Parallel()
	for _, status := range []int{404, 403, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{NotInstalledStatus: status}))
			providertest.RunSteps(t, resource.TestStep{
				// At one host, so that the refusal is not asked about at the other.
				Config: providertest.ProviderBlock(fake, "app_url="+providertest.Quoted(fake.APIURL())) + providertest.ChannelBlock(1001, 456, "sms", true),
				// The test case's own destroy, which comes next, does not refresh.
				PostApplyFunc: func() {
					fake.Uninstall(1001, 456)
					fake.ResetJournal()
				},
			})
			if got, want := providertest.Posted(fake), []string{providertest.Body(1001, 456, "sms", false)}; !reflect.DeepEqual(got, want) {
				t.Errorf("destroying sends %s, want %s", got, want)
			}
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 1}}.Now(t)
		})
	}
}

func TestApplicationChannelResource_refused(t *testing.T) {
	t.Parallel()
	const blamed = "with altegio_application_channel.test, on terraform_plugin_test.tf line"
	for name, test := range map[string]struct {
		provider []string
		channel  string
		texts    []string
		requests map[string]int
	}{
		"wrong token": {
			[]string{`partner_token = "wrong"`},
			providertest.ChannelBlock(1001, 456, "sms", true),
			[]string{
				"Cannot set the channel", `Asked for: location_id 1001, application_id 456, channel_slug "sms", is_available true.`,
				// The question about the installation came first.
				"Altegio answered: 401 Unauthorized: Partner identifier is not specified.",
				"Check partner_token in the provider block, or ALTEGIO_PARTNER_TOKEN: the API does not accept it.",
			},
			providertest.Gets(1),
		},
		"missing token": {
			[]string{"partner_token ="},
			providertest.ChannelBlock(1001, 456, "sms", true),
			[]string{"Missing partner token", "Set partner_token in the provider block, or the environment variable ALTEGIO_PARTNER_TOKEN"},
			nil,
		},
		"foreign application": {
			nil, providertest.ChannelBlock(1001, 999, "sms", true),
			[]string{"Cannot set the channel", blamed, "application_id = 999", "Altegio answered: 403 Forbidden", "The application belongs to another partner"},
			providertest.Created(1),
		},
		"category without channels": {
			nil, providertest.ChannelBlock(1001, 458, "whatsapp", true),
			[]string{blamed, "application_id = 458", "not of the category Chat Bots or SMS Aggregators, the only ones that have channels."},
			providertest.Created(1),
		},
		"not installed": {
			nil, providertest.ChannelBlock(1008, 456, "sms", true),
			[]string{blamed, "Altegio answered: 404 Not Found.", "The application is not installed at the location: its owner has to connect it first."},
			map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 2}, // at both hosts
		},
		"nobody there": {
			[]string{`api_url = "http://127.0.0.1:9"`},
			providertest.ChannelBlock(1001, 456, "sms", true),
			[]string{"Cannot set the channel", "The request did not reach Altegio", "Check the host, which api_url and app_url in the provider block set", "Nothing was changed."},
			map[string]int{altegiotest.OpInstallation: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			providertest.RunSteps(t, resource.TestStep{
				Config:      providertest.ProviderBlock(fake, test.provider...) + test.channel,
				ExpectError: providertest.InOrder(test.texts),
			})
			coretest.Sent{Fake: fake, Want: test.requests}.Now(t)
			if got := fake.Channels(); len(got) > 0 {
				t.Errorf("channels were set: %v", got)
			}
		})
	}
}

// Where no request is needed yet, a token that another resource gives later is no problem.
func TestApplicationChannelResource_unknownToken(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_4_0)},
		Steps: []resource.TestStep{{
			Config: providertest.ProviderBlock(fake, "partner_token = terraform_data.token.output") + providertest.ChannelBlock(1001, 456, "sms", true) +
				fmt.Sprintf("resource \"terraform_data\" \"token\" {\n  input = %q\n}\n", altegiotest.DefaultPartnerToken),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(testChannel, plancheck.ResourceActionCreate),
				plancheck.ExpectResourceAction("terraform_data.token", plancheck.ResourceActionCreate),
				coretest.NothingSent(fake),
			}},
			ConfigStateChecks: []statecheck.StateCheck{providertest.ChannelIs(fake, 1001, 456, "sms", true), coretest.Sent{Fake: fake, Want: providertest.Created(1)}},
		}},
	})
}

// The arguments may come from other resources, too.
func TestApplicationChannelResource_unknownArguments(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	providertest.RunSteps(t, resource.TestStep{
		Config: providertest.ProviderBlock(fake) + `
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
			plancheck.ExpectUnknownValue(testChannel, tfjsonpath.New("id")), coretest.NothingSent(fake),
		}},
		ConfigStateChecks: append(expectChannel(1001, 456, "sms", true), coretest.Sent{Fake: fake, Want: providertest.Created(1)}),
	})
}

// Arguments of the block can come from variables, and sensitive ones stay sensitive.
func TestApplicationChannelResource_tokenFromVariable(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t, altegiotest.WithToken("from-a-variable"))
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{{
			Config: providertest.ProviderBlock(fake, `partner_token = "Bearer ${var.token}"`) + providertest.ChannelBlock(1001, 456, "sms", true) +
				"variable \"token\" {\n  type      = string\n  sensitive = true\n}\n",
			ConfigVariables:   config.Variables{"token": config.StringVariable("from-a-variable")},
			ConfigStateChecks: []statecheck.StateCheck{coretest.Sent{Fake: fake, Want: providertest.Created(1)}},
		}},
	})
}

// removed blocks leave the channel as it is.
func TestApplicationChannelResource_removed(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.7.0", "1.10.0") // for removed with a lifecycle
	fake := coretest.NewFake(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{
			{Config: providertest.ProviderBlock(fake) + providertest.ChannelBlock(1001, 456, "sms", true)},
			{
				PreConfig: fake.ResetJournal,
				Config: providertest.ProviderBlock(fake) +
					"removed {\n  from = altegio_application_channel.test\n  lifecycle {\n    destroy = false\n  }\n}\n",
			},
		},
	})
	if got := providertest.Posted(fake); len(got) > 0 {
		t.Errorf("removing the channel from the state sends %s", got)
	}
	if err := providertest.ChannelIs(fake, 1001, 456, "sms", true)(); err != nil {
		t.Error(err)
	}
}

// What CI does: plan, look whether there are changes, and apply only then.
func TestApplicationChannelResource_withTheCommandLine(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewCLI(t, core.EnvPartnerToken+"="+altegiotest.DefaultPartnerToken, provider.EnvAPIURL+"="+fake.APIURL(), provider.EnvAppURL+"="+fake.AppURL())
	c.Config("provider \"altegio\" {\n  requests_per_second = 0\n}\n", providertest.ChannelBlock(1001, 456, "sms", true), providertest.ChannelNamed("other", 1001, 456, "whatsapp", true))

	out := c.MustRun("plan", "-no-color", "-input=false")
	for _, text := range []string{`id = "1001/456/sms"`, "2 to add, 0 to change, 0 to destroy"} {
		if !providertest.ErrorText(text).MatchString(out) {
			t.Errorf("the plan does not show %q:\n%s", text, out)
		}
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3}}.Now(t)
	c.MustRun("apply", "-auto-approve", "-no-color", "-input=false")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 6, altegiotest.OpUpdateChannel: 2, altegiotest.OpInstallation: 1}}.Now(t)
	if out := c.MustRun("plan", "-detailed-exitcode", "-no-color", "-input=false"); !strings.Contains(out, "No changes") {
		t.Errorf("the second plan has changes:\n%s", out)
	}
	coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
	c.MustRun("apply", "-refresh-only", "-auto-approve", "-no-color", "-input=false")
	coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)

	fake.Install(1001, 456, altegiotest.StatusActive)
	out, _ = c.Run("plan", "-detailed-exitcode", "-no-color", "-input=false")
	if !strings.Contains(out, "2 to change") || strings.Contains(out, "replace") {
		t.Errorf("a new installation is not seen as a change in place:\n%s", out)
	}
	coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
	c.MustRun("apply", "-auto-approve", "-no-color", "-input=false")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 2}}.Now(t)
	if got := c.Values(testChannel)["is_available"]; got != true {
		t.Errorf("is_available is %v in the state", got)
	}

	c.MustRun("destroy", "-auto-approve", "-no-color", "-input=false")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 2}}.Now(t)
	if got := c.Values(testChannel); got != nil {
		t.Errorf("after destroying there is %v", got)
	}
}

// validate needs no token and no network, and names every argument that is wrong.
func TestApplicationChannelResource_validate(t *testing.T) {
	t.Parallel()
	c := providertest.NewCLI(t)
	says := func(texts ...string) {
		t.Helper()
		out := c.MustFail("validate", "-no-color")
		for _, text := range texts {
			if !providertest.ErrorText(text).MatchString(out) {
				t.Errorf("it does not say %q:\n%s", text, out)
			}
		}
	}
	c.Config(`
provider "altegio" {
  api_url             = "api.alteg.io"
  app_url             = "http://app.alteg.io"
  requests_per_second = -1
  max_retries         = -1
  request_timeout     = "0s"
  max_retry_wait      = "soon"
}
`, providertest.ChannelBlock(1001, 456, "sms", true))
	says(
		"The value of api_url cannot be used: not an absolute http or https URL.",
		"The value of app_url is an http URL",
		"Attribute requests_per_second value must be 0, for no limit, or between 0.1 and 1000000, got: -1.",
		"Attribute max_retries value must be between 0 and 100, got: -1",
		`Attribute request_timeout value must be a duration above zero, such as "30s" or "2m", got: "0s"`,
		`value must be a duration with a unit, such as "30s" or "2m", got: "soon".`,
	)
	c.Config("provider \"altegio\" {}\n", providertest.ChannelBlock(0, -1, "whatsap", true), `
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
	c.Config("provider \"altegio\" {}\n", providertest.ChannelBlock(1001, 456, "sms", true))
	c.MustRun("validate", "-no-color")
}

// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// The ephemeral resource and the data source take the same arguments, send the same request and
// explain the same errors.
func TestPaymentLinkEphemeralResource_sameAsDataSource(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for name, config := range map[string]providertest.Args{
		"a link":             {"location_id": 1001, "application_id": 456},
		"discount":           {"location_id": 1001, "application_id": 456, "discount": "15.55"},
		"no discount":        {"location_id": 1001, "application_id": 456, "discount": 0},
		"option":             {"location_id": 1001, "application_id": 456, "discount": "0.1", "tariff_option_id": 124},
		"not installed":      {"location_id": 1008, "application_id": 456, "discount": "15.55", "tariff_option_id": 124},
		"without tariffs":    {"location_id": 1001, "application_id": 459},
		"of another partner": {"location_id": 1001, "application_id": 999},
	} {
		t.Run(name, func(t *testing.T) {
			fake.ResetJournal()
			want, wantDiags := p.ReadDataSource(providertest.LinkType, config)
			got, diags := p.Open(config)
			if len(diags) != len(wantDiags) {
				t.Fatalf("there are %d diagnostics, want %d", len(diags), len(wantDiags))
			}
			for i, d := range diags {
				if d.Summary != wantDiags[i].Summary || d.Detail != wantDiags[i].Detail || !d.Attribute.Equal(wantDiags[i].Attribute) {
					t.Errorf("it says\n%s\n%s\nwant\n%s\n%s", d.Summary, d.Detail, wantDiags[i].Summary, wantDiags[i].Detail)
				}
			}
			if len(diags) == 0 {
				providertest.ExpectArgs(t, "the link", got, want)
			}
			requests := fake.Requests()
			half := len(requests) / 2 // a 404 is asked about at the other host
			if half < 1 || half > 2 || requests[0].Query.Encode() != requests[half].Query.Encode() || requests[half].Operation != altegiotest.OpPaymentLink {
				t.Errorf("these are sent: %v", requests)
			}
		})
	}

	validate := func(a providertest.Args) []*tfprotov6.Diagnostic {
		resp, err := p.Server.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{
			TypeName: providertest.LinkType, Config: providertest.Encode(t, p.Schema.EphemeralResourceSchemas[providertest.LinkType].ValueType(), a),
		})
		if err != nil {
			t.Fatal(err)
		}
		return resp.Diagnostics
	}
	for name, value := range map[string]any{"location_id": 0, "application_id": -1, "discount": "100.01", "tariff_option_id": 0} {
		config := providertest.Args{"location_id": 1, "application_id": 1}
		config[name] = value
		providertest.ExpectOne(t, validate(config), providertest.IsError, name, "must be")
	}
	providertest.ExpectNone(t, validate(providertest.Args{"location_id": providertest.Unknown{}, "application_id": providertest.Unknown{}, "discount": providertest.Unknown{}, "tariff_option_id": providertest.Unknown{}}))

	_, diags := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"partner_token": providertest.Unknown{}}).Open(providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Provider configuration is not known yet")
}

func TestPaymentLinkEphemeralResource_url(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.10.0", "1.12.0") // with echo, OpenTofu 1.11 plans again what has no changes
	fake := coretest.NewFake(t)
	servers := providertest.Factories()
	servers["echo"] = echoprovider.NewProviderServer()
	config := func(location string) string {
		return `
			terraform {
			  required_providers {
			    altegio = { source = "altegio/altegio" }
			    echo    = { source = "altegio/echo" } # every provider of a test is served from there
			  }
			}
			` + strings.TrimPrefix(providertest.ProviderBlock(fake), providertest.RequiredProviders) + `
			ephemeral "altegio_payment_link" "test" {
			  location_id      = ` + location + `
			  application_id   = 456
			  discount         = 15.55
			  tariff_option_id = 124
			}
			provider "echo" { data = ephemeral.altegio_payment_link.test }
			resource "echo" "test" {}`
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: servers,
		Steps: []resource.TestStep{
			{Config: config("1008"), ExpectError: providertest.ErrorText("Cannot get the payment link")},
			{
				Config: config("1001"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("url"), knownvalue.StringRegexp(
						regexp.MustCompile(`^https://alteg\.io/.*salon_id=1001.*discount=15\.55&tariff_option_id=124&.*sign=[0-9a-f]{64}$`))),
					statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data").AtMapKey("location_id"), knownvalue.Int64Exact(1001)),
				},
			},
		},
	})
}

// The link is in no file: neither in the plan, nor in the state.
func TestPaymentLinkEphemeralResource_notStored(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewCLI(t)
	providertest.RequireVersion(t, "1.10.0", "1.11.0")
	c.Write("main.tf", providertest.RequiredProviders+strings.TrimPrefix(providertest.ProviderBlock(fake), providertest.RequiredProviders)+
		"ephemeral \"altegio_payment_link\" \"test\" {\n  location_id = 1001\n  application_id = 456\n}\n"+
		providertest.ChannelBlock(1001, 456, "sms", true))
	out := c.MustRun("plan", "-no-color", "-out=saved.tfplan")
	out += c.MustRun("show", "-json", "saved.tfplan") + c.MustRun("apply", "-no-color", "saved.tfplan") + c.MustRun("show", "-json")
	// Terraform opens it in the plan and in the apply, OpenTofu in the apply alone.
	if got := fake.Count(altegiotest.OpPaymentLink); got < 1 || got > 2 {
		t.Errorf("the link was asked for %d times", got)
	}
	state, err := os.ReadFile(filepath.Join(c.Dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if out += string(state); strings.Contains(out, "sign=") || strings.Contains(out, "appstore/payment") {
		t.Errorf("the link is shown or stored:\n%s", out)
	}
}

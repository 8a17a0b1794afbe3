// SPDX-License-Identifier: MPL-2.0

package provider

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
)

const linkType = "altegio_payment_link"

func (p *protocol) open(a args) (args, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	typ := p.schema.EphemeralResourceSchemas[linkType].ValueType()
	resp, err := p.server.OpenEphemeralResource(p.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: linkType, Config: encode(p.t, typ, a)})
	if err != nil {
		p.t.Fatal(err)
	}
	if !resp.RenewAt.IsZero() || len(resp.Private) > 0 {
		p.t.Errorf("it wants to be renewed at %s or remembers %q", resp.RenewAt, resp.Private)
	}
	return plain(p.t, typ, resp.Result), resp.Diagnostics
}

// The ephemeral resource and the data source take the same arguments, send the same request and
// explain the same errors.
func TestPaymentLinkEphemeralResource_sameAsDataSource(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	for name, config := range map[string]args{
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
			want, wantDiags := p.readDataSource(linkType, config)
			got, diags := p.open(config)
			if len(diags) != len(wantDiags) {
				t.Fatalf("there are %d diagnostics, want %d", len(diags), len(wantDiags))
			}
			for i, d := range diags {
				if d.Summary != wantDiags[i].Summary || d.Detail != wantDiags[i].Detail || !d.Attribute.Equal(wantDiags[i].Attribute) {
					t.Errorf("it says\n%s\n%s\nwant\n%s\n%s", d.Summary, d.Detail, wantDiags[i].Summary, wantDiags[i].Detail)
				}
			}
			if len(diags) == 0 {
				expectArgs(t, "the link", got, want)
			}
			requests := fake.Requests()
			half := len(requests) / 2 // a 404 is asked about at the other host
			if half < 1 || half > 2 || requests[0].Query.Encode() != requests[half].Query.Encode() || requests[half].Operation != altegiotest.OpPaymentLink {
				t.Errorf("these are sent: %v", requests)
			}
		})
	}

	validate := func(a args) []*tfprotov6.Diagnostic {
		resp, err := p.server.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{
			TypeName: linkType, Config: encode(t, p.schema.EphemeralResourceSchemas[linkType].ValueType(), a),
		})
		if err != nil {
			t.Fatal(err)
		}
		return resp.Diagnostics
	}
	for name, value := range map[string]any{"location_id": 0, "application_id": -1, "discount": "100.01", "tariff_option_id": 0} {
		config := args{"location_id": 1, "application_id": 1}
		config[name] = value
		expectOne(t, validate(config), isError, name, "must be")
	}
	expectNone(t, validate(args{"location_id": unknown{}, "application_id": unknown{}, "discount": unknown{}, "tariff_option_id": unknown{}}))

	_, diags := newConfiguredProtocol(t, fake, args{"partner_token": unknown{}}).open(args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, isError, "partner_token", "Provider configuration is not known yet")
}

func TestPaymentLinkEphemeralResource_url(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.10.0", "1.12.0") // with echo, OpenTofu 1.11 plans again what has no changes
	fake := newFake(t)
	servers := factories()
	servers["echo"] = echoprovider.NewProviderServer()
	config := func(location string) string {
		return `
			terraform {
			  required_providers {
			    altegio = { source = "altegio/altegio" }
			    echo    = { source = "altegio/echo" } # every provider of a test is served from there
			  }
			}
			` + strings.TrimPrefix(providerBlock(fake), requiredProviders) + `
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
			{Config: config("1008"), ExpectError: errorText("Cannot get the payment link")},
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
	fake := newFake(t)
	c := newCLI(t)
	requireVersion(t, "1.10.0", "1.11.0")
	c.write("main.tf", requiredProviders+strings.TrimPrefix(providerBlock(fake), requiredProviders)+
		"ephemeral \"altegio_payment_link\" \"test\" {\n  location_id = 1001\n  application_id = 456\n}\n"+
		channelBlock(1001, 456, "sms", true))
	out := c.mustRun("plan", "-no-color", "-out=saved.tfplan")
	out += c.mustRun("show", "-json", "saved.tfplan") + c.mustRun("apply", "-no-color", "saved.tfplan") + c.mustRun("show", "-json")
	// Terraform opens it in the plan and in the apply, OpenTofu in the apply alone.
	if got := fake.Count(altegiotest.OpPaymentLink); got < 1 || got > 2 {
		t.Errorf("the link was asked for %d times", got)
	}
	state, err := os.ReadFile(filepath.Join(c.dir, "terraform.tfstate"))
	if err != nil {
		t.Fatal(err)
	}
	if out += string(state); strings.Contains(out, "sign=") || strings.Contains(out, "appstore/payment") {
		t.Errorf("the link is shown or stored:\n%s", out)
	}
}

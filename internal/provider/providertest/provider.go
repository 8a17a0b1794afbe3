// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
)

// Factories serves the provider as it is built, with a new server for every command.
func Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){"altegio": provider.Server("1.2.3-test")}
}

// ProviderBlock points the provider at a fake, without rate limits and retries, and names the source of the
// provider, because terraform-plugin-testing does not do that for imports. Further arguments override
// these.
func ProviderBlock(fake *altegiotest.Server, more ...string) string {
	arguments := map[string]string{
		"partner_token":       Quoted(altegiotest.DefaultPartnerToken),
		"api_url":             Quoted(fake.APIURL()),
		"app_url":             Quoted(fake.AppURL()),
		"requests_per_second": "0",
		"requests_per_minute": "0",
		"max_retries":         "0",
		"validate":            "false", // so that a test counts only its own requests
	}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return RequiredProviders + Block(`provider "altegio"`, arguments)
}

// RequiredProviders says where the provider comes from.
const RequiredProviders = `
terraform {
  required_providers {
    altegio = { source = "altegio/altegio" }
  }
}

`

// Block writes a block of HCL, its arguments in order. Those that are "" are left out.
func Block(head string, arguments map[string]string) string {
	var b strings.Builder
	b.WriteString(head + " {\n")
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if arguments[name] != "" {
			fmt.Fprintf(&b, "  %s = %s\n", name, arguments[name])
		}
	}
	b.WriteString("}\n")
	return b.String()
}

// Quoted writes a text in HCL.
func Quoted(s string) string { return fmt.Sprintf("%q", s) }

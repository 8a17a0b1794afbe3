// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

// Diagnostics that only the provider block can cause.
func TestSentences_ofTheBlock(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		got  diag.Diagnostic
		want coretest.Said
	}{
		"missing partner token": {provider.MissingPartnerToken(false), coretest.Said{
			At: "partner_token", Summary: "Missing partner token",
			Detail: "Set partner_token in the provider block, or the environment variable ALTEGIO_PARTNER_TOKEN, to the token of " +
				"your Altegio partner account. It is shown in the account details of the developer account.",
		}},
		"empty partner token": {provider.MissingPartnerToken(true), coretest.Said{
			At: "partner_token", Summary: "Empty partner token",
			Detail: "partner_token in the provider block is an empty string, which overrides the environment variable " +
				"ALTEGIO_PARTNER_TOKEN. Set it to the token of your Altegio partner account. To use the variable, leave it out " +
				"or set it to null.",
		}},
		"unusable configuration": {provider.UnusableConfiguration(errors.New("the user token has a space")), coretest.Said{
			At: "", Summary: "Unusable provider configuration: the user token has a space",
			Detail: "Cannot set up the API client: the user token has a space. Check partner_token and user_token in the provider block, " +
				"or ALTEGIO_PARTNER_TOKEN and ALTEGIO_USER_TOKEN.",
		}},
		"invalid shared pace": {provider.InvalidSharedPace("yes\n"), coretest.Said{
			At: "", Summary: "Invalid environment variable",
			Detail: `The value "yes\n" of ALTEGIO_SHARED_PACE cannot be used. Use "off" for a run that keeps to the rate limits on its ` +
				`own, and "on", or no value, for a run that shares them with other runs on this machine.`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.CompareSaid(t, diag.Diagnostics{test.got}, test.want)
		})
	}
}

func TestOneBaseURL(t *testing.T) {
	t.Parallel()
	const summary = "Only one base URL is set"
	for name, test := range map[string]struct {
		api, app string
		want     []coretest.Said
	}{
		"none":                {},
		"both":                {api: "https://a.test", app: "https://b.test"},
		"pinned by the API's": {api: altegio.DefaultAppURL + "/"},
		"spelled out":         {app: altegio.DefaultAppURL},
		"api_url": {api: "https://a.test", want: []coretest.Said{{At: "api_url", Summary: summary, Detail: "api_url is set, but app_url is not. Requests to https://a.test: channels, discounts, payment links, tariffs, " +
			"webhooks, telephony, dictionaries and the granting of access. Requests to https://app.alteg.io, the default: " +
			"installations and their ends, connected locations, sender names, payments and refunds. Set app_url as well, " +
			"in the provider block or with ALTEGIO_APP_URL. Both can be the same."}}},
		"app_url": {app: "https://b.test", want: []coretest.Said{{At: "app_url", Summary: summary, Detail: "app_url is set, but api_url is not. Requests to https://b.test: installations and their ends, connected " +
			"locations, sender names, payments and refunds. Requests to https://api.alteg.io/api/v1, the default: " +
			"channels, discounts, payment links, tariffs, webhooks, telephony, dictionaries and the granting of access. " +
			"Set api_url as well, in the provider block or with ALTEGIO_API_URL. Both can be the same."}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coretest.CompareSaid(t, provider.OneBaseURL(test.api, test.app), test.want...)
		})
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// missingPartnerToken says that there is no token. An empty argument, for example from an empty variable,
// overrides the environment.
func missingPartnerToken(empty bool) diag.Diagnostic {
	if empty {
		return diag.NewAttributeErrorDiagnostic(path.Root("partner_token"), "Empty partner token",
			"partner_token in the provider block is an empty string, which overrides the environment variable "+
				core.EnvPartnerToken+". Set it to the token of your Altegio partner account. To use the variable, leave it out or set it "+
				"to null.")
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("partner_token"), "Missing partner token",
		"Set partner_token in the provider block, or the environment variable "+core.EnvPartnerToken+", to the token of your "+
			"Altegio partner account. It is shown in the account details of the developer account.")
}

func unusableConfiguration(err error) diag.Diagnostic {
	return diag.NewErrorDiagnostic(core.Because("Unusable provider configuration", err.Error()), "Cannot set up the API client: "+err.Error()+". Check "+
		"partner_token and user_token in the provider block, or "+core.EnvPartnerToken+" and "+core.EnvUserToken+".")
}

// oneBaseURL warns that only one base URL was changed and the other is the vendor's, so one run reaches two
// systems. Moving an operation between the vendor's own hosts does not do that.
func oneBaseURL(apiURL, appURL string) diag.Diagnostics {
	const (
		atAPI = "channels, discounts, payment links, tariffs, webhooks, telephony, dictionaries and the granting of access"
		atApp = "installations and their ends, connected locations, sender names, payments and refunds"
	)
	var diags diag.Diagnostics
	warn := func(set, setTo, there, other, otherDefault, stay, env string) {
		if setTo = strings.TrimRight(setTo, "/"); setTo == altegio.DefaultAPIURL || setTo == altegio.DefaultAppURL {
			return
		}
		diags.AddAttributeWarning(path.Root(set), "Only one base URL is set", fmt.Sprintf(
			"%s is set, but %s is not. Requests to %s: %s. Requests to %s, the default: %s. Set %s as well, in the provider block or "+
				"with %s. Both can be the same.", set, other, setTo, there, otherDefault, stay, other, env))
	}
	switch {
	case apiURL != "" && appURL == "":
		warn("api_url", apiURL, atAPI, "app_url", altegio.DefaultAppURL, atApp, EnvAppURL)
	case apiURL == "" && appURL != "":
		warn("app_url", appURL, atApp, "api_url", altegio.DefaultAPIURL, atAPI, EnvAPIURL)
	}
	return diags
}

// invalidSharedPace refuses a value of EnvSharedPace that is neither "on" nor "off".
func invalidSharedPace(value string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Invalid environment variable", fmt.Sprintf("The value %q of %s cannot be used. Use \"off\" "+
		"for a run that keeps to the rate limits on its own, and \"on\", or no value, for a run that shares them with "+
		"other runs on this machine.", value, EnvSharedPace))
}

// invalidRefresh refuses a value of EnvRefresh that is not one of the refresh argument.
func invalidRefresh(value string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Invalid environment variable", fmt.Sprintf("The value %q of %s cannot be used. Use %q for a run "+
		"that asks for the status at each location, and %q for a run that uses the listing of locations. Leave it unset to use the "+
		"refresh argument of the provider block.", value, EnvRefresh, refreshStatus, refreshListing))
}

// invalidUserAgent refuses a value of EnvUserAgent that no request could carry. It does not repeat it.
func invalidUserAgent() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Invalid environment variable", fmt.Sprintf("The value of %s cannot be used: it has a line "+
		"break or another control character, which a header cannot have.", EnvUserAgent))
}

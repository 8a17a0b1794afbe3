// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

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

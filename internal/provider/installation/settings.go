// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// This file has the settings of an installation that only the vendor's own client is known to send.

const undocumentedSetting = " The vendor does not document it; the vendor's own client sends it. Changing it replaces the installation."

func undocumentedSettings() map[string]schema.Attribute {
	url := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: description + undocumentedSetting,
			Optional:            true,
			Validators:          []validator.String{core.HttpsURLValidator{}},
		}
	}
	secret := func(name, what string) schema.StringAttribute {
		return schema.StringAttribute{
			MarkdownDescription: what + " of the integration. It is never in the plan or the state. Requires Terraform " +
				"1.11, OpenTofu 1.11 or later. The vendor does not document it or its use; the vendor's own client sends it.",
			Optional:   true,
			WriteOnly:  true,
			Sensitive:  true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot(name + "_version"))},
		}
	}
	version := func(name string) schema.Int64Attribute {
		return schema.Int64Attribute{
			MarkdownDescription: "Version of `" + name + "`. Change it whenever you change `" + name + "`, because " +
				"Terraform cannot see a change of a write-only argument. Changing it replaces the installation.",
			Optional:   true,
			Validators: []validator.Int64{int64validator.AlsoRequires(path.MatchRoot(name))},
		}
	}
	return map[string]schema.Attribute{
		"chat_url": url("Page of the chat in the sidebar of the location, an https URL. It replaces any chat that is there, " +
			"even another application's. To set a chat later, use `altegio_location_frame`."),
		"tips_url":              url("Page for tips, an https URL."),
		"login_wo":              secret("login_wo", "Login"),
		"login_wo_version":      version("login_wo"),
		"secret_key_wo":         secret("secret_key_wo", "Secret key"),
		"secret_key_wo_version": version("secret_key_wo"),
	}
}

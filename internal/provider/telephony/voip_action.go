// SPDX-License-Identifier: MPL-2.0

package telephony

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// voipAction turns the telephony integration of a CRM on or off: one POST, which the API accepts
// and carries out later. It is no resource, because the API has no way to say whether the integration is
// on, and turning it off requires the token again, which the state would have to store.
type voipAction struct {
	core.ConfiguredAction
}

var _ action.ActionWithConfigure = (*voipAction)(nil)

// NewVoIPAction returns altegio_set_up_voip.
func NewVoIPAction() action.Action {
	return &voipAction{}
}

type voipModel struct {
	CRMToken types.String `tfsdk:"crm_token"`
	Enable   types.Bool   `tfsdk:"enable"`
}

func (a *voipAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_set_up_voip"
}

func (a *voipAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Turns the telephony (VoIP) integration of a CRM on or off. Altegio accepts the command and " +
			"carries it out later. The API has no way to read whether the integration is on." + core.ActionsNeed,
		Attributes: map[string]schema.Attribute{
			"crm_token": schema.StringAttribute{
				MarkdownDescription: "Token of the CRM that the telephony belongs to. Pass it from an `ephemeral` variable " +
					"or resource, because a saved plan stores a token from any other source.",
				Required:   true,
				WriteOnly:  true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"enable": schema.BoolAttribute{
				MarkdownDescription: "`true` turns the integration on, `false` turns it off.",
				Required:            true,
			},
		},
	}
}

func (a *voipAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model voipModel
	ctx, client := a.Begin(ctx, req, &model, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	enable := model.Enable.ValueBool()
	onOrOff := "off"
	if enable {
		onOrOff = "on"
	}
	core.Say(resp, "Turning the telephony integration %s.", onOrOff)
	if err := client.SetUpVoIP(ctx, model.CRMToken.ValueString(), enable); err != nil {
		resp.Diagnostics.Append(voipTask(enable).Diagnostics(err)...)
		return
	}
	core.Say(resp, "Altegio accepted the command to turn the telephony integration %s, and will carry it out later.", onOrOff)
}

func voipTask(enable bool) core.Task {
	return core.Task{
		Summary:   "Cannot set up the telephony integration",
		Arguments: []core.Argument{{Name: "crm_token", Value: core.NotShown{}}, {Name: "enable", Value: enable}},
		Forbidden: core.Refusal{
			Cause:  "the account has no access to the integration or to the CRM",
			Advice: "The account of the token has no access to the telephony integration, or to the CRM that crm_token belongs to.",
		},
		NotFound: core.Refusal{
			Cause:  "Altegio does not know the CRM of crm_token",
			Advice: "Check crm_token: Altegio does not know the CRM it belongs to.",
		},
		Doubt: "Altegio may have accepted the command although its answer is missing. The API has no way to read whether the " +
			"integration is on: check in Altegio before you invoke the action again.",
	}
}

// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"bytes"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// moderationAction submits an application to the vendor's moderators: one POST, which is never
// repeated. When its answer is lost, the moderation in the account may tell.
type moderationAction struct {
	core.ConfiguredAction
}

var _ action.ActionWithConfigure = (*moderationAction)(nil)

// NewModerationAction returns altegio_submit_for_moderation.
func NewModerationAction() action.Action {
	return &moderationAction{}
}

type moderationModel struct {
	PartnerID     types.Int64 `tfsdk:"partner_id"`
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

func (a *moderationAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_submit_for_moderation"
}

func (a *moderationAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Submits an application to the vendor's moderators, who decide later whether it is published." + cabinetNote + core.ActionsNeed,
		Attributes: map[string]schema.Attribute{
			"partner_id":     core.ActionIDAttribute("Id of the developer account. See the data source `altegio_developer_accounts`."),
			"application_id": core.ActionIDAttribute("Id of the application."),
		},
	}
}

func (a *moderationAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model moderationModel
	ctx, client := a.Begin(ctx, req, &model, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	id := applicationID{model.PartnerID.ValueInt64(), model.ApplicationID.ValueInt64()}
	core.Say(resp, "Looking for application %d in account %d.", id.application, id.account)
	before, err := readApplication(ctx, client, id.account, id.application)
	if err != nil {
		resp.Diagnostics.Append(moderationTask("Cannot read the application", id, "").Diagnostics(err)...)
		return
	}
	if before == nil {
		resp.Diagnostics.Append(nothingToModerate(id))
		return
	}
	core.Say(resp, "Submitting application %d (%s).", id.application, before.Title())
	err = client.StartModeration(ctx, id.account, id.application)
	switch {
	case err == nil:
		core.Say(resp, "Application %d is submitted. A moderator decides later.", id.application)
	case core.MayHaveHappened(err):
		core.Say(resp, "It is not known whether the application was submitted. Reading its moderation.")
		if started(ctx, client, id, before) {
			core.Say(resp, "The moderation of application %d has changed: it is submitted.", id.application)
			return
		}
		resp.Diagnostics.Append(moderationTask("Cannot submit the application", id, moderationInDoubt).Diagnostics(err)...)
	default:
		resp.Diagnostics.Append(moderationTask("Cannot submit the application", id, "").Diagnostics(err)...)
	}
}

// started reports whether the moderation in the account has changed.
func started(ctx context.Context, client *altegio.Client, id applicationID, before *altegio.Application) bool {
	after, err := readApplication(ctx, client, id.account, id.application)
	return err == nil && after != nil && !bytes.Equal(before.Moderation, after.Moderation)
}

const moderationInDoubt = "The application may have been submitted although the answer is missing, and its moderation in the account does not show " +
	"it. Check in the Developer Cabinet before you invoke the action again."

func moderationTask(summary string, id applicationID, doubt string) core.Task {
	t := cabinetTask(summary, core.Argument{Name: "partner_id", Value: id.account}, core.Argument{Name: "application_id", Value: id.application})
	t.Repeatable, t.Doubt = false, doubt
	return t
}

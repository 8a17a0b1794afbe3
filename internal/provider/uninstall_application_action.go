// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// uninstallApplicationAction disconnects an application from a location: one POST. Where it is not
// installed there is nothing to do. When the answer is lost, the installation itself is asked for.
type uninstallApplicationAction struct {
	configuredAction
}

var _ action.ActionWithConfigure = (*uninstallApplicationAction)(nil)

func newUninstallApplicationAction() action.Action {
	return &uninstallApplicationAction{}
}

type uninstallApplicationModel struct {
	LocationID    types.Int64 `tfsdk:"location_id"`
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

func (m uninstallApplicationModel) connectionID() connectionID {
	return connectionID{m.LocationID.ValueInt64(), m.ApplicationID.ValueInt64()}
}

func (a *uninstallApplicationAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_uninstall_application"
}

func (a *uninstallApplicationAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Uninstalls an application from a location. The application loses its access to the location, " +
			"its webhooks and all its settings there; only the location's owner can connect it again. Where it is not " +
			"installed, nothing is done." + actionsNeed,
		Attributes: map[string]schema.Attribute{
			"location_id":    actionIDAttribute("Id of the location."),
			"application_id": actionIDAttribute("Id of the application."),
		},
	}
}

func (a *uninstallApplicationAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model uninstallApplicationModel
	client := a.begin(ctx, req, &model, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.connectionID()
	say(resp, "Uninstalling application %d from location %d.", id.application, id.location)
	err := client.Uninstall(ctx, id.location, id.application)
	switch {
	case err == nil:
		say(resp, "Application %d is uninstalled from location %d.", id.application, id.location)
	case errors.Is(err, altegio.ErrNotInstalled):
		say(resp, "Application %d is not installed at location %d: there was nothing to do.", id.application, id.location)
	case mayHaveHappened(err):
		say(resp, "It is not known whether the application was uninstalled. Asking for the installation.")
		installation, readErr := client.Installation(ctx, id.location, id.application)
		if errors.Is(readErr, altegio.ErrNotInstalled) {
			say(resp, "Application %d is no longer installed at location %d.", id.application, id.location)
			return
		}
		resp.Diagnostics.Append(uninstallTask(id, stillInstalled(installation, readErr)).diagnostics(err)...)
	default:
		resp.Diagnostics.Append(uninstallTask(id, "").diagnostics(err)...)
	}
}

func uninstallTask(id connectionID, doubt string) task {
	return task{
		summary:   "Cannot uninstall the application",
		arguments: []argument{{"location_id", id.location}, {"application_id", id.application}},
		doubt:     doubt,
	}
}

// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// uninstallAction disconnects an application from a location: one POST. If it is not installed, there is
// nothing to do. If the answer is lost, the action reads the installation.
type uninstallAction struct {
	core.ConfiguredAction
}

var _ action.ActionWithConfigure = (*uninstallAction)(nil)

// NewUninstallAction returns altegio_uninstall_application.
func NewUninstallAction() action.Action {
	return &uninstallAction{}
}

type uninstallModel struct {
	LocationID    types.Int64 `tfsdk:"location_id"`
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

func (m uninstallModel) connectionID() core.ConnectionID {
	return core.ConnectionID{Location: m.LocationID.ValueInt64(), Application: m.ApplicationID.ValueInt64()}
}

func (a *uninstallAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_uninstall_application"
}

func (a *uninstallAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Uninstalls an application from a location. The application loses its access to the location, " +
			"its webhooks and all its settings there; only the location's owner can connect it again. If it is not " +
			"installed, the action does nothing and succeeds." + core.ActionsNeed,
		Attributes: map[string]schema.Attribute{
			"location_id":    core.ActionIDAttribute("Id of the location."),
			"application_id": core.ActionIDAttribute("Id of the application."),
		},
	}
}

func (a *uninstallAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model uninstallModel
	ctx, client := a.Begin(ctx, req, &model, resp)
	if resp.Diagnostics.HasError() {
		return
	}
	id := model.connectionID()
	core.Say(resp, "Uninstalling application %d from location %d.", id.Application, id.Location)
	err := client.Uninstall(ctx, id.Location, id.Application)
	switch {
	case err == nil:
		core.Say(resp, "Application %d is uninstalled from location %d.", id.Application, id.Location)
	case errors.Is(err, altegio.ErrNotInstalled):
		core.Say(resp, "Application %d is not installed at location %d: there was nothing to do.", id.Application, id.Location)
	case core.MayHaveHappened(err):
		core.Say(resp, "It is not known whether the application was uninstalled. Reading its status.")
		installation, readErr := client.Installation(ctx, id.Location, id.Application)
		if errors.Is(readErr, altegio.ErrNotInstalled) {
			core.Say(resp, "Application %d is no longer installed at location %d.", id.Application, id.Location)
			return
		}
		resp.Diagnostics.Append(uninstallTask(id, stillInstalled(installation, readErr)).Diagnostics(err)...)
	default:
		resp.Diagnostics.Append(uninstallTask(id, "").Diagnostics(err)...)
	}
}

func uninstallTask(id core.ConnectionID, doubt string) core.Task {
	return core.Task{
		Summary:   "Cannot uninstall the application",
		Arguments: []core.Argument{{Name: "location_id", Value: id.Location}, {Name: "application_id", Value: id.Application}},
		Doubt:     doubt,
	}
}

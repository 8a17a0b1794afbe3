// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// panelResource manages a panel of an application in the sidebar of a location. Create and Update
// are one POST, whose success proves nothing: if the place is taken, the API gives the same answer. It has
// no way to read the panel, so Read asks whether the application is still installed, and whether it is
// still the same installation, because uninstalling removes the panel.
type panelResource struct {
	core.ConfiguredResource
}

var (
	_ resource.ResourceWithConfigure   = (*panelResource)(nil)
	_ resource.ResourceWithIdentity    = (*panelResource)(nil)
	_ resource.ResourceWithImportState = (*panelResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*panelResource)(nil)
)

// NewPanelResource returns altegio_location_frame.
func NewPanelResource() resource.Resource {
	return &panelResource{}
}

func (r *panelResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_frame"
}

func (r *panelResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id":    identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
			"type":           identityschema.StringAttribute{RequiredForImport: true, Description: "Kind of the panel."},
		},
	}
}

func (r *panelResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages a panel of an application in the sidebar of a location: the chat, the waiting list or " +
			"the task tracker. The application must be installed at the location. The API has no way to read a panel, and " +
			"it can answer with success without showing the panel. The vendor does not document this API; the vendor's own " +
			"open-source client uses it.",
		Attributes: map[string]schema.Attribute{
			"id":             schema.StringAttribute{MarkdownDescription: "`" + panelIDForm + "`.", Computed: true},
			"location_id":    core.KeyAttribute("Id of the location. Changing it replaces the panel."),
			"application_id": core.KeyAttribute("Id of the application. Changing it replaces the panel."),
			"type": schema.StringAttribute{
				MarkdownDescription: "Kind of the panel: `chat`, `waiting_list` or `task_tracker`. Only `chat` is known to " +
					"work. Changing it " +
					"replaces the panel.",
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(panelTypes()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"url": schema.StringAttribute{
				MarkdownDescription: "Page that the panel shows, an https URL. The API has no way to read it: the state " +
					"records what was last sent, and a change made elsewhere is not seen.",
				Required:   true,
				Validators: []validator.String{core.HttpsURLValidator{}},
			},
		},
	}
}

// foundPanel: a panel will be sent, and nobody can tell whether it will be shown.
var foundPanel = &core.FoundKind{
	Summary: "Panel may not be shown",
	Intro:   "The apply sends these, and the answer does not say whether they are shown:",
	Advice: "A location has room for one chat. If another application has it, the panel either replaces that one, or nothing happens. " +
		"Look at the location after the apply. Among the types of panels, only chat is known to work.",
}

func panelTypes() (names []string) {
	for _, t := range altegio.LocationFrameTypes() {
		names = append(names, string(t))
	}
	return names
}

// panelID is the identity of a panel. As a text it is location_id/application_id/type.
type panelID struct {
	core.ConnectionID
	kind altegio.LocationFrameType
}

const (
	panelIDForm    = "location_id/application_id/type"
	panelIDExample = "1001/456/chat"
)

func (id panelID) String() string { return fmt.Sprintf("%s/%s", id.ConnectionID, id.kind) }

const panelMatter core.MatterKind = "panel"

func (id panelID) matter() core.Matter {
	return core.Matter{Kind: panelMatter, Location: id.Location, Application: id.Application, Name: string(id.kind)}
}

// parsePanelID reads what String writes. The error is a sentence for the user.
func parsePanelID(s string) (id panelID, err error) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return id, core.WrongParts(len(parts), "3")
	}
	if id.Location, err = core.ParseID("location_id", parts[0]); err != nil {
		return panelID{}, err
	}
	if id.Application, err = core.ParseID("application_id", parts[1]); err != nil {
		return panelID{}, err
	}
	if !slices.Contains(panelTypes(), parts[2]) {
		return panelID{}, fmt.Errorf("its type is %q, which is not one of %s", parts[2], core.QuotedList(panelTypes()))
	}
	id.kind = altegio.LocationFrameType(parts[2])
	return id, nil
}

type panelModel struct {
	ID            types.String `tfsdk:"id"`
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Type          types.String `tfsdk:"type"`
	URL           types.String `tfsdk:"url"`
}

type panelIdentityModel struct {
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Type          types.String `tfsdk:"type"`
}

func (i panelIdentityModel) ImportText() string {
	return panelModel{LocationID: i.LocationID, ApplicationID: i.ApplicationID, Type: i.Type}.panelID().String()
}

func (m panelModel) panelID() panelID {
	return panelID{core.ConnectionID{Location: m.LocationID.ValueInt64(), Application: m.ApplicationID.ValueInt64()}, altegio.LocationFrameType(m.Type.ValueString())}
}

func (m panelModel) identity() panelIdentityModel {
	return panelIdentityModel{m.LocationID, m.ApplicationID, m.Type}
}

func (m panelModel) frame() altegio.LocationFrame {
	id := m.panelID()
	return altegio.LocationFrame{LocationID: id.Location, ApplicationID: id.Application, Type: id.kind, URL: m.URL.ValueString()}
}

// ModifyPlan fills in the id, tells the ledger what the plan does, and warns that nobody can tell whether
// the panel will be shown.
func (r *panelResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state panelModel
	creating, destroying := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !destroying {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	id := plan.panelID()
	known := !plan.LocationID.IsUnknown() && !plan.ApplicationID.IsUnknown() && !plan.Type.IsUnknown()
	if !destroying && known {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	}
	p := r.Session.Plan(ctx, req, resp)
	if creating && known {
		p.Succeed("panel", core.Successor{ID: id.String()}, []core.Matter{id.matter()})
	}
	if !creating && (destroying || known && state.panelID() != id) {
		p.Remove(core.Removal{Matter: state.panelID().matter(), Value: state.URL.ValueString(), Leaves: "none", Destroyed: true})
	}
	if !destroying && known && !plan.URL.IsUnknown() && !plan.URL.IsNull() {
		held := !creating && state.panelID() == id
		changes := !held || !state.URL.Equal(plan.URL)
		p.Declare(core.Declaration{Matter: id.matter(), Value: plan.URL.ValueString(), Held: held, Changes: changes})
		if changes && r.Session != nil {
			defer func() {
				resp.Diagnostics.Append(r.Session.Warn(ctx, foundPanel, id.matter())...)
			}()
		}
	}
	p.Tell()
}

func (r *panelResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan panelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	plan.ID = types.StringValue(plan.panelID().String())
	_, replaces := r.Session.Ledger.TakeOver(plan.panelID().matter())
	r.set(ctx, client, plan, true, replaces, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

func (r *panelResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan panelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.set(ctx, client, plan, false, false, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

// set carries out a plan. A panel that was refused keeps its old state, or has none if it is being created.
// The state never forgets a panel that may be there: if the answer was lost, or the destroyed half of a
// replacement has left the panel, the URL is unknown in the state.
func (r *panelResource) set(
	ctx context.Context, client *altegio.Client, plan panelModel, creating, replaces bool, to core.Applied,
) {
	id := plan.panelID()
	claim := r.Session.Ledger.Claim(id.matter())
	defer claim.Close()
	var installedAt string
	err := claim.Ready(ctx, id.matter())
	if err == nil {
		installedAt, err = r.Session.InstalledAt(ctx, client, id.ConnectionID)
	}
	if err == nil {
		err = client.SetLocationFrame(ctx, plan.frame())
	}
	if err != nil {
		to.Diags.Append(panelTask("Cannot set the panel", plan.frame()).Diagnostics(err)...)
		if !core.MayHaveHappened(err) && !replaces {
			return
		}
		plan.URL = types.StringNull()
		if creating {
			to.Diags.Append(core.CreatedInPart())
		}
	}
	claim.Settle(id.matter(), true)
	if installedAt != "" {
		to.Diags.Append(core.InstallationNote.Set(ctx, to.Private, installedAt)...)
	}
	to.Diags.Append(to.State.Set(ctx, plan)...)
	to.Diags.Append(to.Identity.Set(ctx, plan.identity())...)
}

func (r *panelResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state panelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework requires one even for a resource that is
	// gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	id := state.panelID()
	if r.Session.Listing {
		connected, err := client.SharedLocationIDs(ctx, id.Application)
		if err != nil {
			resp.Diagnostics.Append(core.LocationsTask(id.Application).Diagnostics(err)...)
			return
		}
		if _, ok := connected[id.Location]; ok {
			return
		}
	}
	installation, err := client.SharedInstallation(ctx, id.Location, id.Application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(r.Session.Uninstalled(ctx, id.matter())...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(core.Task{
			Summary:   "Cannot read the installation of the panel",
			Arguments: []core.Argument{{Name: "location_id", Value: id.Location}, {Name: "application_id", Value: id.Application}, {Name: "type", Value: string(id.kind)}},
		}.Diagnostics(err)...)
		return
	}
	reinstalled, diags := r.Session.Reinstalled(ctx, id.matter(), req.Private, resp.Private, installation)
	resp.Diagnostics.Append(diags...)
	if reinstalled {
		// The panel that was set is gone, and nobody knows which one is there now.
		state.URL = types.StringNull()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// Delete removes the panel, unless another resource has it or, in a replacement by the same panel, will
// have it: the panel must not be gone in between.
func (r *panelResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state panelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.panelID()
	if slices.Contains(core.Kept(ctx, req.Private), id.matter()) {
		return
	}
	if next, ok := core.SuccessorNote.Get(ctx, req.Private); ok && next.ID == id.String() {
		r.Session.Ledger.HandOver(id.matter(), core.Handed{})
		return
	}
	frame := state.frame()
	frame.URL = ""
	taken, done, err := r.Session.Ledger.Release(ctx, id.matter())
	if err == nil {
		defer done()
		if len(taken) == 0 {
			return
		}
		err = client.SetLocationFrame(ctx, frame)
	}
	if err == nil || panelIsUninstalled(ctx, client, frame, err) {
		return
	}
	resp.Diagnostics.Append(panelTask("Cannot remove the panel", frame).Diagnostics(err)...)
	if core.MayHaveHappened(err) {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("url"), types.StringNull())...)
	}
}

// panelIsUninstalled reports whether a panel was refused because its application is no longer installed. How
// the API refuses that is not documented (API-78), so the provider reads the installation itself.
func panelIsUninstalled(ctx context.Context, client *altegio.Client, frame altegio.LocationFrame, refusal error) bool {
	var e *altegio.Error
	if !errors.As(refusal, &e) || e.Kind != altegio.KindRefused || errors.Is(refusal, altegio.ErrUnauthorized) {
		return false
	}
	_, err := client.SharedInstallation(ctx, frame.LocationID, frame.ApplicationID)
	return errors.Is(err, altegio.ErrNotInstalled)
}

func (r *panelResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadImportID[panelIdentityModel](ctx, req, resp, parsePanelID, panelIDForm, panelIDExample)
	if !ok {
		return
	}
	imported := panelModel{
		ID: types.StringValue(id.String()), LocationID: types.Int64Value(id.Location), ApplicationID: types.Int64Value(id.Application),
		Type: types.StringValue(string(id.kind)),
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

func panelTask(summary string, f altegio.LocationFrame) core.Task {
	t := core.Task{
		Summary: summary,
		Arguments: []core.Argument{
			{Name: "location_id", Value: f.LocationID}, {Name: "application_id", Value: f.ApplicationID}, {Name: "type", Value: string(f.Type)}, {Name: "url", Value: f.URL},
		},
		Forbidden: core.Refusal{
			Cause:  "the application belongs to another partner",
			Advice: "The application belongs to another partner: partner_token has to belong to the account that owns the application.",
		},
		NotFound: core.Refusal{
			Cause:  "the application is not installed at the location",
			Advice: "The application is not installed at the location: its owner has to connect it first.",
		},
		Doubt: "The panel may have been set although the answer is missing, and the API has no way to read it. The state records it as not " +
			"known, and the next apply sends it again.",
	}
	if f.URL == "" {
		t.Arguments = t.Arguments[:3]
	}
	return t
}

// SPDX-License-Identifier: MPL-2.0

package provider

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
)

// locationFrameResource manages a panel of an application in the sidebar of a location. Create and Update
// are one POST, whose success proves nothing: where the place is taken, the API answers the same. It can't
// be asked for the panel, so Read asks whether the application is still installed, and whether it is still
// the same installation: uninstalling takes the panel away.
type locationFrameResource struct {
	configuredResource
}

var (
	_ resource.ResourceWithConfigure   = (*locationFrameResource)(nil)
	_ resource.ResourceWithIdentity    = (*locationFrameResource)(nil)
	_ resource.ResourceWithImportState = (*locationFrameResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*locationFrameResource)(nil)
)

func newLocationFrameResource() resource.Resource {
	return &locationFrameResource{}
}

func (r *locationFrameResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_frame"
}

func (r *locationFrameResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id":    identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
			"type":           identityschema.StringAttribute{RequiredForImport: true, Description: "Kind of the panel."},
		},
	}
}

func (r *locationFrameResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A panel of an application in the sidebar of a location: the chat, the waiting list or the task tracker. The " +
			"application must be installed at the location. Whether a panel was set cannot be asked, and a success does not prove it. The " +
			"API behind it is that of the vendor's own client: it is not in the vendor's documentation.",
		Attributes: map[string]schema.Attribute{
			"id":             schema.StringAttribute{MarkdownDescription: "`" + panelIDForm + "`.", Computed: true},
			"location_id":    keyAttribute("Id of the location. Changing it replaces the panel."),
			"application_id": keyAttribute("Id of the application. Changing it replaces the panel."),
			"type": schema.StringAttribute{
				MarkdownDescription: "Kind of the panel: `chat`, `waiting_list` or `task_tracker`. Only `chat` was seen to work. Changing it " +
					"replaces the panel.",
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(panelTypes()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"url": schema.StringAttribute{
				MarkdownDescription: "Page that the panel shows, an https URL. The API cannot be asked for it: Terraform knows what it sent " +
					"last, and does not see a change made elsewhere.",
				Required:   true,
				Validators: []validator.String{httpsURLValidator{}},
			},
		},
	}
}

func panelTypes() (names []string) {
	for _, t := range altegio.LocationFrameTypes() {
		names = append(names, string(t))
	}
	return names
}

// panelID is the identity of a panel. As a text it is location_id/application_id/type.
type panelID struct {
	connectionID
	kind altegio.LocationFrameType
}

const (
	panelIDForm    = "location_id/application_id/type"
	panelIDExample = "1001/456/chat"
)

func (id panelID) String() string { return fmt.Sprintf("%s/%s", id.connectionID, id.kind) }

func (id panelID) matter() matter {
	return matter{Kind: panelMatter, Location: id.location, Application: id.application, Name: string(id.kind)}
}

// parsePanelID reads what String writes. The error is a sentence for the user.
func parsePanelID(s string) (id panelID, err error) {
	parts := strings.Split(s, "/")
	if len(parts) != 3 {
		return id, wrongParts(len(parts), "3")
	}
	if id.connectionID, err = parseConnectionID(parts[0] + "/" + parts[1]); err != nil {
		return panelID{}, err
	}
	if !slices.Contains(panelTypes(), parts[2]) {
		return panelID{}, fmt.Errorf("its type is %q, which is not one of %s", parts[2], quotedList(panelTypes()))
	}
	id.kind = altegio.LocationFrameType(parts[2])
	return id, nil
}

type locationFrameModel struct {
	ID            types.String `tfsdk:"id"`
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Type          types.String `tfsdk:"type"`
	URL           types.String `tfsdk:"url"`
}

type locationFrameIdentityModel struct {
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Type          types.String `tfsdk:"type"`
}

func (i locationFrameIdentityModel) importText() string {
	return locationFrameModel{LocationID: i.LocationID, ApplicationID: i.ApplicationID, Type: i.Type}.panelID().String()
}

func (m locationFrameModel) panelID() panelID {
	return panelID{connectionID{m.LocationID.ValueInt64(), m.ApplicationID.ValueInt64()}, altegio.LocationFrameType(m.Type.ValueString())}
}

func (m locationFrameModel) identity() locationFrameIdentityModel {
	return locationFrameIdentityModel{m.LocationID, m.ApplicationID, m.Type}
}

func (m locationFrameModel) frame() altegio.LocationFrame {
	id := m.panelID()
	return altegio.LocationFrame{LocationID: id.location, ApplicationID: id.application, Type: id.kind, URL: m.URL.ValueString()}
}

// ModifyPlan fills in the id, tells the ledger what the plan does, and says what nobody can know.
func (r *locationFrameResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state locationFrameModel
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
	p := r.conn.plan(ctx, req, resp)
	if creating && known {
		p.succeed(successor{ID: id.String()})
	}
	if !creating && (destroying || known && state.panelID() != id) {
		p.remove(removal{matter: state.panelID().matter(), value: state.URL.ValueString(), leaves: "none", destroyed: true})
	}
	if !destroying && known && !plan.URL.IsUnknown() && !plan.URL.IsNull() {
		held := !creating && state.panelID() == id
		changes := !held || !state.URL.Equal(plan.URL)
		p.declare(declaration{matter: id.matter(), value: plan.URL.ValueString(), held: held, changes: changes})
		if changes && r.conn != nil {
			defer func() {
				resp.Diagnostics.Append(r.conn.ledger.gather.say(ctx, []finding{{what: foundPanel, matter: id.matter()}})...)
			}()
		}
	}
	p.tell()
}

func (r *locationFrameResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan locationFrameModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(clearPlanNotes(ctx, resp.Private)...)
	plan.ID = types.StringValue(plan.panelID().String())
	_, replaces := r.conn.ledger.takeOver(plan.panelID().matter())
	r.set(ctx, client, plan, true, replaces, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

func (r *locationFrameResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan locationFrameModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.set(ctx, client, plan, false, false, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

// set makes a plan hold. A panel that was refused keeps the state it had, which is none where it is
// created. What may be there all the same is never forgotten: where the answer was lost, or a destroyed
// half of a replacement has left the panel, the state says that the URL is not known.
func (r *locationFrameResource) set(
	ctx context.Context, client *altegio.Client, plan locationFrameModel, creating, replaces bool, to applied,
) {
	id := plan.panelID()
	claim := r.conn.ledger.claim(id.matter())
	defer claim.close()
	installedAt := r.conn.installedAt(ctx, client, id.connectionID)
	err := claim.ready(ctx, id.matter())
	if err == nil {
		err = client.SetLocationFrame(ctx, plan.frame())
	}
	if err != nil {
		to.diags.Append(panelTask("Cannot set the panel", plan.frame()).diagnostics(err)...)
		if !mayHaveHappened(err) && !replaces {
			return
		}
		plan.URL = types.StringNull()
		if creating {
			to.diags.Append(createdInPart())
		}
	}
	claim.settle(id.matter(), true)
	if installedAt != "" {
		to.diags.Append(installationNote.set(ctx, to.private, installedAt)...)
	}
	to.diags.Append(to.state.Set(ctx, plan)...)
	to.diags.Append(to.identity.Set(ctx, plan.identity())...)
}

func (r *locationFrameResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state locationFrameModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework wants one even of what is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	id := state.panelID()
	if r.conn.listing {
		connected, err := client.SharedLocationIDs(ctx, id.application)
		if err != nil {
			resp.Diagnostics.Append(locationsTask(id.application).diagnostics(err)...)
			return
		}
		if _, ok := connected[id.location]; ok {
			return
		}
	}
	installation, err := client.SharedInstallation(ctx, id.location, id.application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(r.conn.uninstalled(ctx, id.matter())...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(task{
			summary:   "Cannot read the installation of the panel",
			arguments: []argument{{"location_id", id.location}, {"application_id", id.application}, {"type", string(id.kind)}},
		}.diagnostics(err)...)
		return
	}
	reinstalled, diags := r.conn.reinstalled(ctx, id.matter(), req.Private, resp.Private, installation)
	resp.Diagnostics.Append(diags...)
	if reinstalled {
		// What was set is gone, and what is there now nobody can tell.
		state.URL = types.StringNull()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// Delete removes the panel, unless another resource has it now or, in a replacement by the same panel,
// will: nothing is to be gone in between.
func (r *locationFrameResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state locationFrameModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.panelID()
	if isKept(ctx, req.Private, id.matter()) {
		return
	}
	if next, ok := successorNote.get(ctx, req.Private); ok && next.ID == id.String() {
		r.conn.ledger.handOver(id.matter(), "", false)
		return
	}
	frame := state.frame()
	frame.URL = ""
	taken, done, err := r.conn.ledger.release(ctx, id.matter())
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
	resp.Diagnostics.Append(panelTask("Cannot remove the panel", frame).diagnostics(err)...)
	if mayHaveHappened(err) {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("url"), types.StringNull())...)
	}
}

// panelIsUninstalled reports whether a panel was refused because its application is no longer installed. How
// the API refuses that is not documented, so the installation itself is asked for.
func panelIsUninstalled(ctx context.Context, client *altegio.Client, frame altegio.LocationFrame, refusal error) bool {
	var e *altegio.Error
	if !errors.As(refusal, &e) || e.Kind != altegio.KindRefused || errors.Is(refusal, altegio.ErrUnauthorized) {
		return false
	}
	_, err := client.SharedInstallation(ctx, frame.LocationID, frame.ApplicationID)
	return errors.Is(err, altegio.ErrNotInstalled)
}

func (r *locationFrameResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := readImportID[locationFrameIdentityModel](ctx, req, resp, parsePanelID, panelIDForm, panelIDExample)
	if !ok {
		return
	}
	imported := locationFrameModel{
		ID: types.StringValue(id.String()), LocationID: types.Int64Value(id.location), ApplicationID: types.Int64Value(id.application),
		Type: types.StringValue(string(id.kind)),
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

func panelTask(summary string, f altegio.LocationFrame) task {
	t := task{
		summary: summary,
		arguments: []argument{
			{"location_id", f.LocationID}, {"application_id", f.ApplicationID}, {"type", string(f.Type)}, {"url", f.URL},
		},
		forbidden: "The application belongs to another partner: the partner_token must be that of the account that owns it.",
		notFound:  "The application is not installed at the location: its owner has to connect it first.",
		doubt: "It may have been done although the answer is missing, and the API cannot be asked. The state says that it is not known, and " +
			"the next apply sends it again.",
	}
	if f.URL == "" {
		t.arguments = t.arguments[:3]
	}
	return t
}

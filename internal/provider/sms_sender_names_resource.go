// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// smsSenderNamesResource manages the SMS sender names that an application offers a location. Create
// and Update are one POST with all of them. The API can't be asked for the names, so Read asks
// whether the application is still installed, and whether it is still the same installation:
// uninstalling takes the settings away. Nor can it set none, so Delete sends nothing.
type smsSenderNamesResource struct {
	configuredResource
}

var (
	_ resource.ResourceWithConfigure   = (*smsSenderNamesResource)(nil)
	_ resource.ResourceWithIdentity    = (*smsSenderNamesResource)(nil)
	_ resource.ResourceWithImportState = (*smsSenderNamesResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*smsSenderNamesResource)(nil)
)

func newSMSSenderNamesResource() resource.Resource {
	return &smsSenderNamesResource{}
}

func (r *smsSenderNamesResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sms_sender_names"
}

func (r *smsSenderNamesResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = connectionIdentitySchema()
}

func (r *smsSenderNamesResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sets the SMS sender names that an application offers a location, which then picks one of them. The " +
			"application must be installed at the location and be an SMS aggregator.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + connectionIDForm + "`.",
				Computed:            true,
			},
			"location_id":    keyAttribute("Id of the location. Changing it replaces the resource, and leaves the names of the old one as they are."),
			"application_id": keyAttribute("Id of the application. Changing it replaces the resource, and leaves the names of the old one as they are."),
			"names": schema.SetAttribute{
				MarkdownDescription: "All sender names, 1 to 20. A name must not contain `altegio` nor be `ag`, in any case, and must " +
					"not have Russian letters (`А` to `я`; `ё` is allowed). The API cannot be asked for them: Terraform knows what " +
					"it set last, and does not see a change made elsewhere.",
				ElementType: types.StringType,
				Required:    true,
				Validators: []validator.Set{
					setvalidator.SizeBetween(1, 20),
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(senderNameValidator{}),
				},
			},
		},
	}
}

// ModifyPlan fills in the id, which a reader of the plan can then recognise, says what a destroy and a
// replacement do not do, and tells the ledger what the plan does.
func (r *smsSenderNamesResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state smsSenderNamesModel
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
	p := r.conn.plan(ctx, req, resp)
	defer p.tell()
	if destroying {
		resp.Diagnostics.Append(senderNamesLeft(state.connectionID()))
		return
	}
	if plan.LocationID.IsUnknown() || plan.ApplicationID.IsUnknown() {
		return
	}
	id := plan.connectionID()
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	if creating {
		p.succeed(successor{ID: id.String()})
	} else if state.connectionID() != id {
		resp.Diagnostics.Append(senderNamesLeft(state.connectionID()))
	}
	if fullyKnown(plan.Names) && !plan.Names.IsNull() {
		if !creating && state.connectionID() == id {
			resp.Diagnostics.Append(r.conn.dropsNames(ctx, id, state.names(), plan.names())...)
		}
		p.declare(declaration{
			matter: plan.matter(), value: quotedList(plan.names()),
			held: !creating && state.connectionID() == id, changes: !plan.Names.Equal(state.Names),
		})
	}
	if creating {
		resp.Diagnostics.Append(r.conn.check(ctx, id.application, id.location)...)
	}
}

func (r *smsSenderNamesResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan smsSenderNamesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(clearPlanNotes(ctx, resp.Private)...)
	plan.ID = types.StringValue(plan.connectionID().String())
	_, replaces := r.conn.ledger.takeOver(plan.matter())
	r.set(ctx, client, plan, true, replaces, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

func (r *smsSenderNamesResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan smsSenderNamesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.set(ctx, client, plan, false, false, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

// set makes a plan hold. Names that were refused leave the state as it was; where the answer was lost,
// neither the old names nor the new ones are certain to hold.
func (r *smsSenderNamesResource) set(
	ctx context.Context, client *altegio.Client, plan smsSenderNamesModel, creating, replaces bool, to applied,
) {
	id, names := plan.connectionID(), plan.names()
	var installedAt string
	var err error
	if creating { // a refresh has noted it since
		installedAt, err = r.conn.installedAt(ctx, client, id)
	}
	if err == nil {
		err = client.SetSenderNames(ctx, id.location, id.application, names)
	}
	if err != nil {
		to.diags.Append(senderNamesTask("Cannot set the sender names", id, names).diagnostics(err)...)
		if !mayHaveHappened(err) && !replaces {
			return
		}
		plan.Names = types.SetNull(types.StringType)
		if creating {
			to.diags.Append(createdInPart())
		}
	}
	if installedAt != "" {
		to.diags.Append(installationNote.set(ctx, to.private, installedAt)...)
	}
	to.diags.Append(to.state.Set(ctx, plan)...)
	to.diags.Append(to.identity.Set(ctx, plan.identity())...)
}

func (r *smsSenderNamesResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state smsSenderNamesModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework wants one even of what is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	id := state.connectionID()
	installation, err := client.SharedInstallation(ctx, id.location, id.application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(r.conn.uninstalled(ctx, state.matter())...)
		return
	}
	if err != nil {
		t := senderNamesTask("Cannot read the installation of the sender names", id, nil)
		t.forbidden = "" // that of setting them
		resp.Diagnostics.Append(t.diagnostics(err)...)
		return
	}
	reinstalled, diags := r.conn.reinstalled(ctx, state.matter(), req.Private, resp.Private, installation)
	resp.Diagnostics.Append(diags...)
	if reinstalled {
		// What was set is gone, and what holds now nobody can tell.
		state.Names = types.SetNull(types.StringType)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// Delete leaves the names as they are, and says so unless they are about to be set again.
func (r *smsSenderNamesResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state smsSenderNamesModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if next, ok := successorNote.get(ctx, req.Private); ok && next.ID == state.connectionID().String() {
		r.conn.ledger.handOver(state.matter(), "", false)
		return
	}
	resp.Diagnostics.Append(senderNamesLeft(state.connectionID()))
}

func (r *smsSenderNamesResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := readImportID[connectionIdentityModel](ctx, req, resp, parseConnectionID, connectionIDForm, connectionIDExample)
	if !ok {
		return
	}
	imported := importedSenderNames(id)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

func senderNamesTask(summary string, id connectionID, names []string) task {
	t := task{
		summary:   summary,
		arguments: []argument{{"location_id", id.location}, {"application_id", id.application}},
		forbidden: "The application belongs to another partner, or it is not an SMS aggregator, the only kind that has sender names.",
		notFound:  "The application is not installed at the location: its owner has to connect it first.",
		doubt: "The names may have been set although the answer is missing. Applying again is safe if the API replaces the names " +
			"at every request, as its wording suggests; it is not documented. If names turn up twice at the location, it does not.",
	}
	if names != nil {
		t.arguments = append(t.arguments, argument{"names", names})
	}
	return t
}

// SPDX-License-Identifier: MPL-2.0

package sendername

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
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// namesResource manages the SMS sender names that an application offers a location. Create
// and Update are one POST with all of them. The API has no way to read the names, so Read asks whether the
// application is still installed, and whether it is still the same installation, because uninstalling
// deletes the settings. The API has no way to remove all names either, so Delete sends nothing.
type namesResource struct {
	core.ConfiguredResource
}

var (
	_ resource.ResourceWithConfigure   = (*namesResource)(nil)
	_ resource.ResourceWithIdentity    = (*namesResource)(nil)
	_ resource.ResourceWithImportState = (*namesResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*namesResource)(nil)
)

// NewResource returns altegio_sms_sender_names.
func NewResource() resource.Resource {
	return &namesResource{}
}

func (r *namesResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_sms_sender_names"
}

func (r *namesResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = core.ConnectionIdentitySchema()
}

func (r *namesResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sets the SMS sender names that an application offers a location. The location then picks one " +
			"of them. The application must be installed at the location and be an SMS aggregator.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + core.ConnectionIDForm + "`.",
				Computed:            true,
			},
			"location_id":    core.KeyAttribute("Id of the location. Changing it replaces the resource. The old names stay set."),
			"application_id": core.KeyAttribute("Id of the application. Changing it replaces the resource. The old names stay set."),
			"names": schema.SetAttribute{
				MarkdownDescription: "All sender names, 1 to 20. A name must not contain `altegio` or be `ag`, in upper or " +
					"lower case, and must not contain Russian letters (`А` to `я`; `ё` is allowed). The API has no way to " +
					"read the names: the state records what was last sent, and a change made elsewhere is not seen.",
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

// ModifyPlan fills in the id, which a reader of the plan can then recognise, warns that a destroy and a
// replacement leave the names, and tells the ledger what the plan does.
func (r *namesResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state namesModel
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
	p := r.Session.Plan(ctx, req, resp)
	defer p.Tell()
	if destroying {
		resp.Diagnostics.Append(r.Session.Warn(ctx, foundStays, state.matter())...)
		return
	}
	if plan.LocationID.IsUnknown() || plan.ApplicationID.IsUnknown() {
		return
	}
	id := plan.connectionID()
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	if creating {
		p.Succeed("sender names", core.Successor{ID: id.String()}, []core.Matter{plan.matter()})
	} else if state.connectionID() != id {
		resp.Diagnostics.Append(r.Session.Warn(ctx, foundStays, state.matter())...)
	}
	if core.FullyKnown(plan.Names) && !plan.Names.IsNull() {
		if !creating && state.connectionID() == id {
			resp.Diagnostics.Append(r.Session.DropsNames(ctx, id, state.names(), plan.names())...)
		}
		p.Declare(core.Declaration{
			Matter: plan.matter(), Value: core.QuotedList(plan.names()),
			Held: !creating && state.connectionID() == id, Changes: !plan.Names.Equal(state.Names),
		})
	}
	if creating || state.connectionID() != id {
		resp.Diagnostics.Append(r.Session.Check(ctx, id.Application, id.Location)...)
	}
}

func (r *namesResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan namesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	plan.ID = types.StringValue(plan.connectionID().String())
	_, replaces := r.Session.Ledger.TakeOver(plan.matter())
	r.set(ctx, client, plan, true, replaces, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

func (r *namesResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan namesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.set(ctx, client, plan, false, false, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

// set carries out a plan. If the names are refused, the state stays as it was. If the answer was lost, it
// is not certain whether the old or the new names are set.
func (r *namesResource) set(
	ctx context.Context, client *altegio.Client, plan namesModel, creating, replaces bool, to core.Applied,
) {
	id, names := plan.connectionID(), plan.names()
	var installedAt string
	var err error
	if creating { // a refresh has noted it since
		installedAt, err = r.Session.InstalledAt(ctx, client, id)
	}
	if err == nil {
		err = client.SetSenderNames(ctx, id.Location, id.Application, names)
	}
	if err != nil {
		to.Diags.Append(senderNamesTask("Cannot set the sender names", id, names).Diagnostics(err)...)
		if !core.MayHaveHappened(err) && !replaces {
			return
		}
		plan.Names = types.SetNull(types.StringType)
		if creating {
			to.Diags.Append(core.CreatedInPart())
		}
	}
	if installedAt != "" {
		to.Diags.Append(core.InstallationNote.Set(ctx, to.Private, installedAt)...)
	}
	to.Diags.Append(to.State.Set(ctx, plan)...)
	to.Diags.Append(to.Identity.Set(ctx, plan.connectionID().Identity())...)
}

func (r *namesResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state namesModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework requires one even for a resource that is
	// gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.connectionID().Identity())...)

	id := state.connectionID()
	installation, err := client.SharedInstallation(ctx, id.Location, id.Application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(r.Session.Uninstalled(ctx, state.matter())...)
		return
	}
	if err != nil {
		t := senderNamesTask("Cannot read the installation of the sender names", id, nil)
		t.Forbidden = core.Refusal{} // a 403 means something else when setting them
		resp.Diagnostics.Append(t.Diagnostics(err)...)
		return
	}
	reinstalled, diags := r.Session.Reinstalled(ctx, state.matter(), req.Private, resp.Private, installation)
	resp.Diagnostics.Append(diags...)
	if reinstalled {
		// The names that were set are gone, and nobody knows the present ones.
		state.Names = types.SetNull(types.StringType)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// Delete leaves the names as they are, and says so unless they will be set again.
func (r *namesResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state namesModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if next, ok := core.SuccessorNote.Get(ctx, req.Private); ok && next.ID == state.connectionID().String() {
		r.Session.Ledger.HandOver(state.matter(), core.Handed{})
		return
	}
	resp.Diagnostics.Append(r.Session.Warn(ctx, foundStays, state.matter())...)
}

func (r *namesResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadConnectionID(ctx, req, resp)
	if !ok {
		return
	}
	imported := importedSenderNames(id)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, id.Identity())...)
}

func senderNamesTask(summary string, id core.ConnectionID, names []string) core.Task {
	t := core.Task{
		Summary:   summary,
		Arguments: []core.Argument{{Name: "location_id", Value: id.Location}, {Name: "application_id", Value: id.Application}},
		Forbidden: core.Refusal{
			Cause:  "the application belongs to another partner, or is not an SMS aggregator",
			Advice: "The application belongs to another partner, or it is not an SMS aggregator, the only kind that has sender names.",
		},
		NotFound: core.Refusal{
			Cause:  "the application is not installed at the location",
			Advice: "The application is not installed at the location: its owner has to connect it first.",
		},
		Doubt: "The names may have been set although the answer is missing. Applying again is safe if each request replaces the names, " +
			"which is likely but not documented. If the location has names twice after that, requests add names.",
	}
	if names != nil {
		t.Arguments = append(t.Arguments, core.Argument{Name: "names", Value: names})
	}
	return t
}

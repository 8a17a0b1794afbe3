// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"
	"errors"
	"slices"

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

// channelResource manages whether an application offers a notification channel at a
// location. Create and Update are one POST that sets the value. The API has no way to read the value, so
// Read asks whether the application is still installed, and whether it is still the same installation,
// because uninstalling deletes the settings. With refresh = "listing" it asks only about locations that are
// not in the listing.
type channelResource struct {
	core.ConfiguredResource
}

var (
	_ resource.ResourceWithConfigure   = (*channelResource)(nil)
	_ resource.ResourceWithIdentity    = (*channelResource)(nil)
	_ resource.ResourceWithImportState = (*channelResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*channelResource)(nil)
)

// NewResource returns altegio_application_channel.
func NewResource() resource.Resource {
	return &channelResource{}
}

func (r *channelResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_channel"
}

func (r *channelResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id":    identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
			"channel_slug":   identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the channel."},
		},
	}
}

func (r *channelResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a notification channel of an application available or unavailable at a location. The " +
			"application must be installed at the location and belong to the category Chat Bots or SMS Aggregators.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + channelIDForm + "`.",
				Computed:            true,
			},
			"location_id":    core.KeyAttribute("Id of the location. Changing it replaces the channel."),
			"application_id": core.KeyAttribute("Id of the application. Changing it replaces the channel."),
			"channel_slug": schema.StringAttribute{
				MarkdownDescription: "Name of the channel, `sms` or `whatsapp`. Changing it replaces the channel.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.OneOf(core.SlugNames()...)},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"is_available": schema.BoolAttribute{
				MarkdownDescription: "Whether the channel is available. The API has no way to read it: the state records " +
					"what was last sent, and a change made elsewhere is not seen.",
				Required: true,
			},
		},
	}
}

// ModifyPlan fills in the id, which a reader of the plan can then recognise, and tells the ledger what the
// plan does.
func (r *channelResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state channelModel
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
	id := plan.channelID()
	known := !plan.LocationID.IsUnknown() && !plan.ApplicationID.IsUnknown() && !plan.ChannelSlug.IsUnknown()
	if !destroying && known {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	}
	p := r.Session.Plan(ctx, req, resp)
	if creating && known {
		p.Succeed("channel", core.Successor{ID: id.String()}, []core.Matter{plan.matter()})
	}
	if !creating && (destroying || !known || state.channelID() != id) {
		p.Remove(state.removal())
	}
	if !destroying && known && !plan.IsAvailable.IsUnknown() && !plan.IsAvailable.IsNull() {
		held := !creating && state.channelID() == id
		p.Declare(core.Declaration{Matter: plan.matter(), Value: plan.value(), Held: held, Changes: !state.IsAvailable.Equal(plan.IsAvailable), Unknown: held && state.IsAvailable.IsNull()})
	}
	p.Tell()
	if !destroying && known && (creating || state.channelID() != id) {
		resp.Diagnostics.Append(r.Session.Check(ctx, id.application, id.location)...)
	}
}

func (r *channelResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan channelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	plan.ID = types.StringValue(plan.channelID().String())
	_, replaces := r.Session.Ledger.TakeOver(plan.matter())
	r.set(ctx, client, plan, true, replaces, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

func (r *channelResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan channelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.set(ctx, client, plan, false, false, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

// set carries out a plan. A channel that was refused keeps its old state, or has none if it is being
// created. The state never forgets a channel that may be on: if the answer was lost, or the destroyed half
// of a replacement has left the channel on, the value is unknown in the state.
func (r *channelResource) set(
	ctx context.Context, client *altegio.Client, plan channelModel, creating, replaces bool, to core.Applied,
) {
	m := plan.matter()
	claim := r.Session.Ledger.Claim(m)
	defer claim.Close()
	var installedAt string
	err := claim.Ready(ctx, m)
	if err == nil && creating { // a refresh has noted it since
		installedAt, err = r.Session.InstalledAt(ctx, client, plan.installationID())
	}
	if err == nil {
		err = client.SetChannel(ctx, plan.channel())
	}
	if err != nil {
		to.Diags.Append(channelTask("Cannot set the channel", plan.channel()).Diagnostics(err)...)
		if !core.MayHaveHappened(err) && !replaces {
			return
		}
		plan.IsAvailable = types.BoolNull()
		if creating {
			to.Diags.Append(core.CreatedInPart())
		}
	}
	claim.Settle(m, true)
	if installedAt != "" {
		to.Diags.Append(core.InstallationNote.Set(ctx, to.Private, installedAt)...)
	}
	to.Diags.Append(to.State.Set(ctx, plan)...)
	to.Diags.Append(to.Identity.Set(ctx, plan.identity())...)
}

func (r *channelResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state channelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework requires one even for a resource that is
	// gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	resp.Diagnostics.Append(r.Session.NoteRead(ctx, "channel", req.Private, resp.Private, state.removal())...)

	id := state.installationID()
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
		resp.Diagnostics.Append(r.Session.Uninstalled(ctx, state.matter())...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(core.Task{
			Summary: "Cannot read the installation of the channel",
			Arguments: []core.Argument{
				{Name: "location_id", Value: id.Location},
				{Name: "application_id", Value: id.Application},
				{Name: "channel_slug", Value: state.ChannelSlug.ValueString()},
			},
		}.Diagnostics(err)...)
		return
	}
	if r.Session.Listing {
		resp.Diagnostics.Append(r.Session.Unlisted(ctx, client, id.Application, id.Location)...)
	}
	reinstalled, diags := r.Session.Reinstalled(ctx, state.matter(), req.Private, resp.Private, installation)
	resp.Diagnostics.Append(diags...)
	if reinstalled {
		// The value that was set is gone, and nobody knows the present one.
		state.IsAvailable = types.BoolNull()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// Delete makes the channel unavailable, unless another resource has it or, in a replacement by the same
// channel, will have it: nothing must be off in between.
func (r *channelResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state channelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	m := state.matter()
	if slices.Contains(core.Kept(ctx, req.Private), m) {
		return
	}
	if next, ok := core.SuccessorNote.Get(ctx, req.Private); ok && next.ID == state.channelID().String() {
		r.Session.Ledger.HandOver(m, core.Handed{})
		return
	}
	channel := state.channel()
	channel.IsAvailable = false
	taken, done, err := r.Session.Ledger.Release(ctx, m)
	if err == nil {
		defer done()
		if len(taken) == 0 {
			return
		}
		err = client.SetChannel(ctx, channel)
	}
	if err == nil || isUninstalled(ctx, client, channel, err) {
		return
	}
	resp.Diagnostics.Append(channelTask("Cannot make the channel unavailable", channel).Diagnostics(err)...)
	if core.MayHaveHappened(err) {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("is_available"), types.BoolNull())...)
	}
}

// isUninstalled reports whether a channel was refused because its application is no longer installed.
// How the API refuses that is not documented (API-25), so the provider reads the installation itself.
func isUninstalled(ctx context.Context, client *altegio.Client, channel altegio.Channel, refusal error) bool {
	if !errors.Is(refusal, altegio.KindRefused) || errors.Is(refusal, altegio.ErrUnauthorized) {
		return false
	}
	_, err := client.SharedInstallation(ctx, channel.LocationID, channel.ApplicationID)
	return errors.Is(err, altegio.ErrNotInstalled)
}

func (r *channelResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadImportID[identityModel](ctx, req, resp, parseChannelImport, channelImportForm, channelImportExample)
	if !ok {
		return
	}
	imported := importedChannel(id.channelID)
	imported.IsAvailable = types.BoolPointerValue(id.isAvailable)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

func channelTask(summary string, c altegio.Channel) core.Task {
	return core.Task{
		Summary: summary,
		Arguments: []core.Argument{
			{Name: "location_id", Value: c.LocationID},
			{Name: "application_id", Value: c.ApplicationID},
			{Name: "channel_slug", Value: string(c.Slug)},
			{Name: "is_available", Value: c.IsAvailable},
		},
		Forbidden: core.Refusal{
			Cause: "the application belongs to another partner, or is of a category without channels",
			Advice: "The application belongs to another partner, or it is not of the category Chat Bots or SMS Aggregators, " +
				"the only ones that have channels.",
		},
		NotFound: core.Refusal{
			Cause:  "the application is not installed at the location",
			Advice: "The application is not installed at the location: its owner has to connect it first.",
		},
		Repeatable: true,
	}
}

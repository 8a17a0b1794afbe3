// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"

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

// applicationChannelResource manages whether an application offers a notification channel at a
// location. Create and Update are one POST that sets the value. The API can't be asked for the
// value, so Read asks whether the application is still installed, and whether it is still the same
// installation: uninstalling takes the settings away. With refresh = "listing" a location that the
// listing has is not asked about.
type applicationChannelResource struct {
	configuredResource
}

var (
	_ resource.ResourceWithConfigure   = (*applicationChannelResource)(nil)
	_ resource.ResourceWithIdentity    = (*applicationChannelResource)(nil)
	_ resource.ResourceWithImportState = (*applicationChannelResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*applicationChannelResource)(nil)
)

func newApplicationChannelResource() resource.Resource {
	return &applicationChannelResource{}
}

func (r *applicationChannelResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_channel"
}

func (r *applicationChannelResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id":    identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
			"channel_slug":   identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the channel."},
		},
	}
}

func (r *applicationChannelResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a notification channel of an application available at a location, or unavailable. " +
			"The application must be installed at the location and be of the category Chat Bots or SMS Aggregators.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + channelIDForm + "`.",
				Computed:            true,
			},
			"location_id":    keyAttribute("Id of the location. Changing it replaces the channel."),
			"application_id": keyAttribute("Id of the application. Changing it replaces the channel."),
			"channel_slug": schema.StringAttribute{
				MarkdownDescription: "Name of the channel, `sms` or `whatsapp`. Changing it replaces the channel.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.OneOf(slugNames()...)},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"is_available": schema.BoolAttribute{
				MarkdownDescription: "Whether the channel is available. The API cannot be asked for it: Terraform knows what " +
					"it set last, and does not see a change made elsewhere.",
				Required: true,
			},
		},
	}
}

// ModifyPlan fills in the id, which a reader of the plan can then recognise, and tells the ledger what the
// plan does.
func (r *applicationChannelResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state applicationChannelModel
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
	p := r.conn.plan(ctx, req, resp)
	if creating && known {
		p.succeed(successor{ID: id.String()})
	}
	if !creating && (destroying || known && state.channelID() != id) {
		p.remove(removal{matter: state.matter(), value: state.value(), leaves: "false", destroyed: true})
	}
	if !destroying && known && !plan.IsAvailable.IsUnknown() && !plan.IsAvailable.IsNull() {
		held := !creating && state.channelID() == id
		p.declare(declaration{matter: plan.matter(), value: plan.value(), held: held, changes: !state.IsAvailable.Equal(plan.IsAvailable)})
	}
	p.tell()
	if creating && known {
		resp.Diagnostics.Append(r.conn.check(ctx, id.application, id.location)...)
	}
}

func (r *applicationChannelResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan applicationChannelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(clearPlanNotes(ctx, resp.Private)...)
	plan.ID = types.StringValue(plan.channelID().String())
	_, replaces := r.conn.ledger.takeOver(plan.matter())
	r.set(ctx, client, plan, true, replaces, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

func (r *applicationChannelResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan applicationChannelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.set(ctx, client, plan, false, false, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

// set makes a plan hold. A channel that was refused keeps the state it had, which is none where it is
// created. What may be on all the same is never forgotten: where the answer was lost, or a destroyed
// half of a replacement has left the channel on, the state says that the value is not known.
func (r *applicationChannelResource) set(
	ctx context.Context, client *altegio.Client, plan applicationChannelModel, creating, replaces bool, to applied,
) {
	m := plan.matter()
	claim := r.conn.ledger.claim(m)
	defer claim.close()
	var installedAt string
	err := claim.ready(ctx, m)
	if err == nil && creating { // a refresh has noted it since
		installedAt, err = r.conn.installedAt(ctx, client, plan.installationID())
	}
	if err == nil {
		err = client.SetChannel(ctx, plan.channel())
	}
	if err != nil {
		to.diags.Append(channelTask("Cannot set the channel", plan.channel()).diagnostics(err)...)
		if !mayHaveHappened(err) && !replaces {
			return
		}
		plan.IsAvailable = types.BoolNull()
		if creating {
			to.diags.Append(createdInPart())
		}
	}
	claim.settle(m, true)
	if installedAt != "" {
		to.diags.Append(installationNote.set(ctx, to.private, installedAt)...)
	}
	to.diags.Append(to.state.Set(ctx, plan)...)
	to.diags.Append(to.identity.Set(ctx, plan.identity())...)
}

func (r *applicationChannelResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state applicationChannelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework wants one even of what is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	resp.Diagnostics.Append(r.conn.noteRead(ctx, resp.Private, state.matter())...)

	id := state.installationID()
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
		resp.Diagnostics.Append(r.conn.uninstalled(ctx, state.matter())...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(task{
			summary: "Cannot read the installation of the channel",
			arguments: []argument{
				{"location_id", id.location},
				{"application_id", id.application},
				{"channel_slug", state.ChannelSlug.ValueString()},
			},
		}.diagnostics(err)...)
		return
	}
	if r.conn.listing {
		resp.Diagnostics.Append(r.conn.unlisted(ctx, client, id.application, id.location)...)
	}
	reinstalled, diags := r.conn.reinstalled(ctx, state.matter(), req.Private, resp.Private, installation)
	resp.Diagnostics.Append(diags...)
	if reinstalled {
		// What was set is gone, and what holds now nobody can tell.
		state.IsAvailable = types.BoolNull()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// Delete makes the channel unavailable, unless another resource has it now or, in a replacement by the
// same channel, will: nothing is to be off in between.
func (r *applicationChannelResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state applicationChannelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	m := state.matter()
	if isKept(ctx, req.Private, m) {
		return
	}
	if next, ok := successorNote.get(ctx, req.Private); ok && next.ID == state.channelID().String() {
		r.conn.ledger.handOver(m, "", false)
		return
	}
	channel := state.channel()
	channel.IsAvailable = false
	taken, done, err := r.conn.ledger.release(ctx, m)
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
	resp.Diagnostics.Append(channelTask("Cannot make the channel unavailable", channel).diagnostics(err)...)
	if mayHaveHappened(err) {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("is_available"), types.BoolNull())...)
	}
}

// isUninstalled reports whether a channel was refused because its application is no longer installed.
// How the API refuses that is not documented (API-25), so the installation itself is asked for.
func isUninstalled(ctx context.Context, client *altegio.Client, channel altegio.Channel, refusal error) bool {
	if !errors.Is(refusal, altegio.KindRefused) || errors.Is(refusal, altegio.ErrUnauthorized) {
		return false
	}
	_, err := client.SharedInstallation(ctx, channel.LocationID, channel.ApplicationID)
	return errors.Is(err, altegio.ErrNotInstalled)
}

func (r *applicationChannelResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := readImportID[applicationChannelIdentityModel](ctx, req, resp, parseChannelImport, channelImportForm, channelImportExample)
	if !ok {
		return
	}
	imported := importedChannel(id.channelID)
	imported.IsAvailable = types.BoolPointerValue(id.isAvailable)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

func channelTask(summary string, c altegio.Channel) task {
	return task{
		summary: summary,
		arguments: []argument{
			{"location_id", c.LocationID},
			{"application_id", c.ApplicationID},
			{"channel_slug", string(c.Slug)},
			{"is_available", c.IsAvailable},
		},
		forbidden: "The application belongs to another partner, or it is not of the category Chat Bots or SMS Aggregators, " +
			"the only ones that have channels.",
		notFound:   "The application is not installed at the location: its owner has to connect it first.",
		repeatable: true,
	}
}

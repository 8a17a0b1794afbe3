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

// ModifyPlan fills in the id, which a reader of the plan can then recognise.
func (r *applicationChannelResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		var state applicationChannelModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if r.conn != nil && !resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(r.conn.run.planSingle(state.channelID(), singleDestroyed)...)
		}
		return
	}
	var plan applicationChannelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() || plan.LocationID.IsUnknown() || plan.ApplicationID.IsUnknown() || plan.ChannelSlug.IsUnknown() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), plan.channelID().String())...)
	if r.conn != nil {
		resp.Diagnostics.Append(r.conn.run.planSingle(plan.channelID(), singleDeclared)...)
	}
}

func (r *applicationChannelResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan applicationChannelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.conn.run.setting(ctx, plan.channelID())
	if err := client.SetChannel(ctx, plan.channel()); err != nil {
		resp.Diagnostics.Append(channelTask("Cannot set the channel", plan.channel()).diagnostics(err)...)
		return
	}
	plan.ID = types.StringValue(plan.channelID().String())
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
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

	if r.conn.listing {
		connected, err := client.SharedLocationIDs(ctx, state.ApplicationID.ValueInt64())
		if err != nil {
			resp.Diagnostics.Append(locationsTask(state.ApplicationID.ValueInt64()).diagnostics(err)...)
			return
		}
		if _, ok := connected[state.LocationID.ValueInt64()]; ok {
			return
		}
	}
	installation, err := client.SharedInstallation(ctx, state.LocationID.ValueInt64(), state.ApplicationID.ValueInt64())
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(task{
			summary: "Cannot read the installation of the channel",
			arguments: []argument{
				{"location_id", state.LocationID.ValueInt64()},
				{"application_id", state.ApplicationID.ValueInt64()},
				{"channel_slug", state.ChannelSlug.ValueString()},
			},
		}.diagnostics(err)...)
		return
	}

	id := connectionID{state.LocationID.ValueInt64(), state.ApplicationID.ValueInt64()}
	anew, diags := installedAnew(ctx, id, req.Private, resp.Private, installation)
	resp.Diagnostics.Append(diags...)
	if anew {
		// What was set is gone, and what holds now nobody can tell.
		state.IsAvailable = types.BoolNull()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

func (r *applicationChannelResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan applicationChannelModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.conn.run.setting(ctx, plan.channelID())
	if err := client.SetChannel(ctx, plan.channel()); err != nil {
		resp.Diagnostics.Append(channelTask("Cannot set the channel", plan.channel()).diagnostics(err)...)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

func (r *applicationChannelResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state applicationChannelModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	done, ok := r.conn.run.tearDown(state.channelID())
	if !ok {
		return // another resource has the channel now
	}
	defer done()
	channel := state.channel()
	channel.IsAvailable = false
	err := client.SetChannel(ctx, channel)
	if err != nil && !uninstalled(ctx, client, channel, err) {
		resp.Diagnostics.Append(channelTask("Cannot make the channel unavailable", channel).diagnostics(err)...)
	}
}

// uninstalled reports whether a channel was refused because its application is no longer installed.
// How the API refuses that is not documented (API-25), so the installation itself is asked for.
func uninstalled(ctx context.Context, client *altegio.Client, channel altegio.Channel, refusal error) bool {
	var e *altegio.Error
	if !errors.As(refusal, &e) || e.Kind != altegio.KindRefused || errors.Is(refusal, altegio.ErrUnauthorized) {
		return false
	}
	_, err := client.SharedInstallation(ctx, channel.LocationID, channel.ApplicationID)
	return errors.Is(err, altegio.ErrNotInstalled)
}

func (r *applicationChannelResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := readImportID[applicationChannelIdentityModel](ctx, req, resp, parseChannelID, channelIDForm, channelIDExample)
	if !ok {
		return
	}
	imported := importedChannel(id)
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

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/sync/errgroup"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// applicationChannelsResource manages a notification channel of an application at a whole fleet of
// locations, as one instance in the state. Create, Update and Delete send one POST for each location
// that differs (application_channels_apply.go). Read takes the listing of connected locations, a
// thousand of them per request: a location in it has the application installed. That a location was
// reinstalled the listing does not tell.
type applicationChannelsResource struct {
	configuredResource
}

var (
	_ resource.ResourceWithConfigure        = (*applicationChannelsResource)(nil)
	_ resource.ResourceWithConfigValidators = (*applicationChannelsResource)(nil)
	_ resource.ResourceWithIdentity         = (*applicationChannelsResource)(nil)
	_ resource.ResourceWithImportState      = (*applicationChannelsResource)(nil)
	_ resource.ResourceWithModifyPlan       = (*applicationChannelsResource)(nil)
)

func newApplicationChannelsResource() resource.Resource {
	return &applicationChannelsResource{}
}

func (r *applicationChannelsResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_channels"
}

func (r *applicationChannelsResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
			"channel_slug":   identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the channel."},
		},
	}
}

func (r *applicationChannelsResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a notification channel of an application available, or unavailable, at any number of " +
			"locations. It is the way to manage hundreds or thousands of locations: Terraform keeps one instance for all of " +
			"them, a plan needs one request per thousand locations, and an apply sends only what differs. The application " +
			"must be installed at the locations and be of the category Chat Bots or SMS Aggregators.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + fleetIDForm + "`. Null while the first apply has not come to its end.",
				Computed:            true,
			},
			"application_id": keyAttribute("Id of the application. Changing it makes the channel unavailable at all locations, " +
				"and then sets that of the other application."),
			"channel_slug": schema.StringAttribute{
				MarkdownDescription: "Name of the channel, `sms` or `whatsapp`. Changing it makes the channel unavailable at all " +
					"locations, and then sets the other channel.",
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(slugNames()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"availability": schema.MapAttribute{
				MarkdownDescription: "Whether the channel is available, by location id. A location that leaves the map has the " +
					"channel made unavailable. The API cannot be asked for the values: Terraform knows what it set last, and " +
					"does not see a change made elsewhere. A value is null in the state while it is not known: after an import, " +
					"and when a request to set it had no answer. Exactly one of `availability` and `available_at` is given; with " +
					"the latter this is what it amounts to.",
				ElementType: types.BoolType,
				Optional:    true,
				Computed:    true,
				Validators:  []validator.Map{availabilityValidator{}},
			},
			"available_at": schema.ListAttribute{
				MarkdownDescription: "Ids of the locations where the channel is available, in any order: a short form of " +
					"`availability` with `true` everywhere. With thousands of ids, Terraform itself is faster with " +
					"`availability = { for id in ids : id => true }`.",
				ElementType: types.Int64Type,
				Optional:    true,
				Validators: []validator.List{
					listvalidator.NoNullValues(),
					listvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
				},
				PlanModifiers: []planmodifier.List{anyOrder{}},
			},
		},
	}
}

func (r *applicationChannelsResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.ExactlyOneOf(path.MatchRoot("availability"), path.MatchRoot("available_at")),
	}
}

// createsKey is the private key under which a plan to create notes what it creates. The destroying
// half of a replacement gets to see it.
const createsKey = "creates"

// ModifyPlan fills in the id, and what the configuration amounts to: refresh may have taken locations
// out of the state that are still declared. It says what of an import stays as it is, which the plan
// shows like what is removed.
func (r *applicationChannelsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, config applicationChannelsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	declared := config.declared()
	if !config.AvailableAt.IsNull() {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("availability"), declared)...)
	}
	if plan.ApplicationID.IsUnknown() || plan.ChannelSlug.IsUnknown() {
		return
	}
	id := plan.fleetID()
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	if req.State.Raw.IsNull() {
		note, _ := json.Marshal(id.String()) // a string always can be
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, createsKey, note)...)
	}
	if declared.IsUnknown() {
		return
	}
	if r.conn != nil {
		resp.Diagnostics.Append(r.conn.run.planFleet(id, availabilityOf(declared))...)
	}
	imported, diags := wasImported(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if !imported || req.State.Raw.IsNull() {
		return
	}
	var state applicationChannelsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if state.fleetID() != id {
		return // a replacement, which makes it unavailable
	}
	if left := availabilityOf(state.Availability).dropForeign(availabilityOf(declared)); len(left) > 0 {
		resp.Diagnostics.Append(locationsLeft(id, left))
	}
}

func (r *applicationChannelsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan applicationChannelsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := plan.fleetID()
	declared := availabilityOf(plan.Availability)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, createsKey, []byte("null"))...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("null"))...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	prior := r.conn.run.takeOver(id, declared)
	complete := r.apply(ctx, client, plan, prior, &resp.State, &resp.Diagnostics)
	if !complete {
		// Terraform replaces what was not created completely. Without an id, the destroying half
		// of that replacement knows it.
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), types.StringNull())...)
	}
}

// apply makes the plan hold, sets the state to what it came to, and reports whether that is all.
func (r *applicationChannelsResource) apply(
	ctx context.Context, client *altegio.Client, plan applicationChannelsModel, prior availability,
	state *tfsdk.State, diags *diag.Diagnostics,
) (complete bool) {
	declared := availabilityOf(plan.Availability)
	at, applied := applyFleet(ctx, client, r.conn.run, plan.fleetID(), prior, declared)
	if applied.HasError() {
		plan.Availability = at.mapValue()
	}
	diags.Append(applied...)
	diags.Append(state.Set(ctx, plan)...)
	return !applied.HasError()
}

func (r *applicationChannelsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state applicationChannelsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	id := state.fleetID()
	connected, err := client.SharedLocationIDs(ctx, id.application)
	if err != nil {
		resp.Diagnostics.Append(locationsTask(id.application).diagnostics(err)...)
		return
	}
	at := availabilityOf(state.Availability)
	var unlisted []int64
	for _, location := range at.locations() {
		if _, ok := connected[location]; !ok {
			unlisted = append(unlisted, location)
		}
	}
	gone, diags := notInstalledAt(ctx, client, id, unlisted)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() || len(gone) == 0 {
		return
	}
	for _, location := range gone {
		delete(at, location)
	}
	state.Availability = at.mapValue()
	resp.Diagnostics.Append(locationsUninstalled(id, gone))
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// notInstalledAt returns those of the locations that do not have the application, in order. Which
// statuses the listing leaves out is not documented (API-29), so each is asked for before anything is
// concluded.
func notInstalledAt(ctx context.Context, client *altegio.Client, id fleetID, locations []int64) ([]int64, diag.Diagnostics) {
	var (
		mu    sync.Mutex
		gone  []int64
		diags diag.Diagnostics
		group errgroup.Group
	)
	group.SetLimit(inFlight)
	for _, location := range locations {
		group.Go(func() error {
			mu.Lock()
			failed := diags.HasError()
			mu.Unlock()
			if failed {
				return nil
			}
			_, err := client.SharedInstallation(ctx, location, id.application)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, altegio.ErrNotInstalled):
				gone = append(gone, location)
			case err != nil && !diags.HasError(): // one explains it, and thousands would not
				t := channelsTask("Cannot read the installation of the channel", id)
				t.arguments = append(t.arguments, argument{"location_id", location})
				diags.Append(t.diagnostics(err)...)
			}
			return err
		})
	}
	_ = group.Wait() // errors are in the diagnostics
	slices.Sort(gone)
	return gone, diags
}

func (r *applicationChannelsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state applicationChannelsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	prior := availabilityOf(state.Availability)
	imported, diags := wasImported(ctx, req.Private)
	resp.Diagnostics.Append(diags...)
	if imported {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("null"))...)
		if left := prior.dropForeign(availabilityOf(plan.Availability)); len(left) > 0 {
			resp.Diagnostics.Append(locationsLeft(plan.fleetID(), left))
		}
	}
	r.apply(ctx, client, plan, prior, &resp.State, &resp.Diagnostics)
}

// Delete makes the channel unavailable wherever it is not known to be so already. In a replacement by
// the same channel, it leaves that to Create: with thousands of locations, nothing must be off in
// between, and nothing sent twice.
func (r *applicationChannelsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state applicationChannelsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.fleetID()
	at := availabilityOf(state.Availability)
	var creates string
	note, diags := req.Private.GetKey(ctx, createsKey)
	resp.Diagnostics.Append(diags...)
	if len(note) > 0 && json.Unmarshal(note, &creates) == nil && creates == id.String() {
		imported, diags := wasImported(ctx, req.Private)
		resp.Diagnostics.Append(diags...)
		r.conn.run.handOver(id, replacedFleet{at: at, complete: !state.ID.IsNull(), imported: imported})
		return
	}
	left, diags := applyFleet(ctx, client, r.conn.run, id, at, nil)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		state.Availability = left.mapValue()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// ImportState takes the connected locations from the listing, unless the id says which they are.
func (r *applicationChannelsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	imported, ok := readImportID[applicationChannelsIdentityModel](ctx, req, resp, parseFleetImport, fleetImportForm, fleetIDExample)
	if !ok {
		return
	}
	at := make(availability)
	for location, isAvailable := range imported.at {
		at[location] = types.BoolValue(isAvailable)
	}
	if imported.at == nil {
		client := r.conn.api(&resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		connected, err := client.SharedLocationIDs(ctx, imported.application)
		if err != nil {
			resp.Diagnostics.Append(locationsTask(imported.application).diagnostics(err)...)
			return
		}
		if len(connected) == 0 {
			resp.Diagnostics.Append(nothingConnected(imported.fleetID))
			return
		}
		for location := range connected {
			at[location] = types.BoolPointerValue(imported.everywhere)
		}
	}
	state := applicationChannelsModel{
		ID:            types.StringValue(imported.String()),
		ApplicationID: types.Int64Value(imported.application),
		ChannelSlug:   types.StringValue(string(imported.slug)),
		Availability:  at.mapValue(),
		AvailableAt:   types.ListNull(types.Int64Type),
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, importedKey, []byte("true"))...)
}

func channelsTask(summary string, id fleetID) task {
	t := channelTask(summary, altegio.Channel{})
	t.arguments = []argument{{"application_id", id.application}, {"channel_slug", string(id.slug)}}
	return t
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"maps"
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
			"them, a plan needs one request per thousand locations and two more, and an apply sends only what differs. The application " +
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
				MarkdownDescription: "Ids of the locations where the channel is available: a short form of `availability` with `true` " +
					"everywhere, which the plan shows, so that it says which locations come and go. A new order sends nothing.",
				ElementType: types.Int64Type,
				Optional:    true,
				Validators: []validator.List{
					listvalidator.NoNullValues(),
					listvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
				},
			},
			"max_turned_off": schema.Int64Attribute{
				MarkdownDescription: "At how many connected locations one plan may make the channel unavailable, by dropping them, by " +
					"`false`, or by destroying or replacing the resource. A plan that exceeds it is an error. The limit that was applied " +
					"last holds until another is applied, also when the block is gone; a lower one holds at once. No limit by default.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(0)},
			},
		},
	}
}

func (r *applicationChannelsResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.ExactlyOneOf(path.MatchRoot("availability"), path.MatchRoot("available_at")),
	}
}

// ModifyPlan fills in the id, and what the configuration amounts to: refresh may have taken locations
// out of the state that are still declared. It says what of an import stays as it is, which the plan
// shows like what is removed, and tells the ledger what the plan does.
func (r *applicationChannelsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, config, state applicationChannelsModel
	creating, destroying := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !destroying {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	before := availabilityOf(state.Availability)
	p := r.conn.plan(ctx, req, resp)
	var loses, keeps availability // of which the plan is certain
	defer func() {                // when the ledger knows what is left to others
		kept, _ := keptNote.get(ctx, resp.Private)
		off := loses.turnedOff(state.fleetID(), keeps, kept)
		resp.Diagnostics.Append(r.checkTurnedOff(ctx, state.fleetID(), off, state.MaxTurnedOff, plan.MaxTurnedOff)...)
	}()
	defer p.tell()
	if destroying {
		loses = before
		p.remove(before.removals(state.fleetID(), nil, true)...)
		return
	}
	id := plan.fleetID()
	known := !plan.ApplicationID.IsUnknown() && !plan.ChannelSlug.IsUnknown()
	same := !creating && known && state.fleetID() == id
	declared := config.declared()
	switch {
	case !config.AvailableAt.IsNull() && !config.Availability.IsNull(): // as it was, because its changes are ignored
		if !config.Availability.Equal(state.Availability) {
			resp.Diagnostics.Append(ignoredKeyOfOtherForm())
			return
		}
		declared = config.Availability
	case declared.IsNull() && same:
		declared = state.Availability // the changes of whichever is given are ignored, and it was null
		fallthrough
	case !config.AvailableAt.IsNull():
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("availability"), declared)...)
	}
	if !known {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	at := availabilityOf(declared)
	if creating {
		next := successor{ID: id.String()}
		if !declared.IsUnknown() {
			next.Locations = at.locations()
		}
		p.succeed(next)
	}
	if !creating && !same {
		p.remove(before.removals(state.fleetID(), nil, true)...)
		before, loses = nil, before
	}
	if declared.IsUnknown() {
		return
	}
	p.declare(at.declarations(id, before)...)
	if creating || same {
		resp.Diagnostics.Append(r.conn.check(ctx, id.application, at.joining(before)...)...)
	}
	if !same {
		return
	}
	if imported, _ := importedNote.get(ctx, req.Private); imported {
		if left := before.dropForeign(at); len(left) > 0 {
			resp.Diagnostics.Append(locationsLeft(id, left))
		}
	}
	loses, keeps = before, at
	p.remove(before.removals(id, at, false)...)
	p.ignoreOrder(path.Root("available_at"), state.AvailableAt, plan.AvailableAt)
}

func (r *applicationChannelsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan applicationChannelsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(clearPlanNotes(ctx, resp.Private)...)
	id := plan.fleetID()
	before := make(availability)
	for location := range availabilityOf(plan.Availability) {
		if value, ok := r.conn.ledger.takeOver(id.matter(location)); ok {
			before[location] = availableValue(value)
		}
	}
	for m, value := range r.conn.ledger.takeOverRest(channelMatter, id.application, string(id.slug)) {
		before[m.Location] = availableValue(value)
	}
	r.apply(ctx, client, plan, before, true, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

// apply makes the plan hold, and sets the state to what it came to. Terraform replaces what was not
// created completely: without an id, the destroying half of that replacement knows it. What was
// created nowhere is not created.
func (r *applicationChannelsResource) apply(
	ctx context.Context, client *altegio.Client, plan applicationChannelsModel, before availability, creating bool, to applied,
) {
	id := plan.fleetID()
	at, diags := applyFleet(ctx, client, r.conn, id, before, availabilityOf(plan.Availability))
	to.diags.Append(diags...)
	if diags.HasError() {
		plan.Availability = at.mapValue()
		if creating {
			if len(at) == 0 {
				return
			}
			plan.ID = types.StringNull()
			to.diags.Append(createdInPart())
		}
	}
	to.diags.Append(to.state.Set(ctx, plan)...)
	to.diags.Append(to.identity.Set(ctx, plan.identity())...)
	to.diags.Append(r.noteInstallations(ctx, client, id, at, to.private)...)
}

// noteInstallations remembers in which installations the channel was set, where the run has seen them.
func (r *applicationChannelsResource) noteInstallations(
	ctx context.Context, client *altegio.Client, id fleetID, at availability, private privateState,
) diag.Diagnostics {
	seen, _ := installationsNote.get(ctx, private)
	noted := make(map[int64]string)
	for location := range at {
		if installation, ok := client.KnownInstallation(location, id.application); ok && installation.CreatedAt > seen[location] {
			noted[location] = installation.CreatedAt
		} else if seen[location] != "" {
			noted[location] = seen[location]
		}
	}
	return installationsNote.set(ctx, private, noted)
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
	var held []matter
	for _, location := range at.locations() {
		held = append(held, id.matter(location))
		if _, ok := connected[location]; !ok {
			unlisted = append(unlisted, location)
		}
	}
	resp.Diagnostics.Append(r.conn.noteRead(ctx, resp.Private, held...)...)
	gone, diags := r.conn.notInstalledAt(ctx, client, id, unlisted)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	var matters []matter
	for _, location := range gone {
		delete(at, location)
		matters = append(matters, id.matter(location))
	}
	resp.Diagnostics.Append(r.conn.uninstalled(ctx, matters...)...)
	resp.Diagnostics.Append(r.conn.unlisted(ctx, client, id.application, unlisted...)...)
	reinstalled := r.reinstalled(ctx, client, id, at, req.Private)
	if len(reinstalled) > 0 {
		resp.Diagnostics.Append(r.conn.ledger.gather.say(ctx, reinstalled)...)
		for _, f := range reinstalled {
			at[f.matter.Location] = types.BoolNull()
		}
	}
	resp.Diagnostics.Append(r.noteInstallations(ctx, client, id, at, resp.Private)...)
	if len(gone)+len(reinstalled) > 0 {
		state.Availability = at.mapValue()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// reinstalled finds the locations at which the application was installed again since the channel was
// set, as far as other resources of the run have asked or are about to.
func (r *applicationChannelsResource) reinstalled(
	ctx context.Context, client *altegio.Client, id fleetID, at availability, private privateState,
) (found []finding) {
	seen, _ := installationsNote.get(ctx, private)
	for location := range at {
		m := id.matter(location)
		installation, ok := client.KnownInstallation(location, id.application)
		later := ok && isLaterInstallation(seen[location], installation.CreatedAt)
		if seen[location] != "" && r.conn.ledger.expect(connectionID{location, id.application}.matter(), m, seen[location]) {
			later = true
		}
		if later {
			found = append(found, finding{what: foundReinstallation, matter: m})
		}
	}
	return found
}

// notInstalledAt returns those of the locations that do not have the application, in order. Which
// statuses the listing leaves out is not documented (API-29), so each is asked for before anything is
// concluded.
func (c *connection) notInstalledAt(
	ctx context.Context, client *altegio.Client, id fleetID, locations []int64,
) ([]int64, diag.Diagnostics) {
	var (
		mu    sync.Mutex
		gone  []int64
		diags diag.Diagnostics
		group errgroup.Group
	)
	group.SetLimit(c.inFlight)
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
	before := availabilityOf(state.Availability)
	if imported, _ := importedNote.get(ctx, req.Private); imported {
		resp.Diagnostics.Append(importedNote.clear(ctx, resp.Private)...)
		if left := before.dropForeign(availabilityOf(plan.Availability)); len(left) > 0 {
			resp.Diagnostics.Append(locationsLeft(plan.fleetID(), left))
		}
	}
	kept, _ := keptNote.get(ctx, req.Private)
	before.drop(plan.fleetID(), kept)
	r.apply(ctx, client, plan, before, false, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

// Delete makes the channel unavailable wherever it is not known to be so already, and no other resource
// has it. In a replacement by the same channel, it leaves what is declared again to Create: with
// thousands of locations, nothing must be off in between, and nothing sent twice. What was created
// completely is replaced in order to be set again, so that Create is told nothing about it.
func (r *applicationChannelsResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state applicationChannelsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.fleetID()
	at := availabilityOf(state.Availability)
	stays := make(availability)
	next, replaced := successorNote.get(ctx, req.Private)
	replaced = replaced && next.ID == id.String()
	if replaced {
		for location, value := range at {
			if _, declared := slices.BinarySearch(next.Locations, location); declared || next.Locations == nil {
				stays[location] = value
				delete(at, location)
			}
		}
		if imported, _ := importedNote.get(ctx, req.Private); imported {
			at.dropForeign(nil)
		}
	}
	kept, _ := keptNote.get(ctx, req.Private)
	at.drop(id, kept)
	if next.ID != "" && !state.MaxTurnedOff.IsNull() { // the plan of a replacement may not have seen the state
		resp.Diagnostics.Append(r.checkTurnedOff(ctx, id, at.turnedOff(id, nil, nil), state.MaxTurnedOff, types.Int64Null())...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	left, diags := applyFleet(ctx, client, r.conn, id, at, nil)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		maps.Copy(left, stays)
		state.Availability = left.mapValue()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		return
	}
	for location, value := range stays {
		text := ""
		if state.ID.IsNull() {
			text = availableText(value)
		}
		r.conn.ledger.handOver(id.matter(location), text, next.Locations == nil)
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
	resp.Diagnostics.Append(importedNote.set(ctx, resp.Private, true)...)
}

func channelsTask(summary string, id fleetID) task {
	t := channelTask(summary, altegio.Channel{})
	t.arguments = []argument{{"application_id", id.application}, {"channel_slug", string(id.slug)}}
	return t
}

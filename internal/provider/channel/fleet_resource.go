// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
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

// fleetResource manages a notification channel of an application at a fleet of locations, as one instance
// in the state. Create, Update and Delete send one POST for each location that differs (fleet_apply.go).
// Read uses the listing of connected locations, with 1,000 per request: the application is installed at the
// locations in it. The listing does not show reinstallations, so with refresh = "status", Read reads the
// status of each location.
type fleetResource struct {
	core.ConfiguredResource
}

var (
	_ resource.ResourceWithConfigure        = (*fleetResource)(nil)
	_ resource.ResourceWithConfigValidators = (*fleetResource)(nil)
	_ resource.ResourceWithIdentity         = (*fleetResource)(nil)
	_ resource.ResourceWithImportState      = (*fleetResource)(nil)
	_ resource.ResourceWithModifyPlan       = (*fleetResource)(nil)
)

// NewFleetResource returns altegio_application_channels.
func NewFleetResource() resource.Resource {
	return &fleetResource{}
}

func (r *fleetResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_channels"
}

func (r *fleetResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"application_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the application."},
			"channel_slug":   identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the channel."},
		},
	}
}

func (r *fleetResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a notification channel of an application available or unavailable at any number of " +
			"locations. Use it for hundreds or thousands of locations: Terraform keeps a single instance for all of them, a " +
			"plan takes one request per 1,000 locations plus two, and an apply sends only what differs. The application " +
			"must be installed at the locations and belong to the category Chat Bots or SMS Aggregators.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + fleetIDForm + "`. Null until the first apply has completed.",
				Computed:            true,
			},
			"application_id": core.KeyAttribute("Id of the application. Changing it makes the channel of the old " +
				"application unavailable at all locations, and then sets the channel of the new one."),
			"channel_slug": schema.StringAttribute{
				MarkdownDescription: "Name of the channel, `sms` or `whatsapp`. Changing it makes the old channel " +
					"unavailable at all locations, and then sets the new one.",
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(core.SlugNames()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"availability": schema.MapAttribute{
				MarkdownDescription: "Whether the channel is available, by location id. When a location leaves the map, its " +
					"channel becomes unavailable. The API has no way to read the values: the state records what was last " +
					"sent, and a change made elsewhere is not seen. A value that is not known is null in the state: after " +
					"an import, or when a request to set it got no response. Set exactly one of `availability` and " +
					"`available_at`. When `available_at` is set, this is the resulting map.",
				ElementType: types.BoolType,
				Optional:    true,
				Computed:    true,
				Validators:  []validator.Map{availabilityValidator{}},
			},
			"available_at": schema.ListAttribute{
				MarkdownDescription: "Ids of the locations where the channel is available: a short form of `availability` " +
					"with `true` everywhere. The plan shows `availability` too, so you see which locations come and go. " +
					"Changing only the order sends nothing, " +
					"although a plan with `-refresh=false` shows it as an update.",
				ElementType: types.Int64Type,
				Optional:    true,
				Validators: []validator.List{
					listvalidator.NoNullValues(),
					listvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
				},
			},
			"max_turned_off": schema.Int64Attribute{
				MarkdownDescription: "At how many connected locations a single plan can make the channel unavailable: " +
					"because they leave the configuration, are set to `false`, or because the resource is destroyed or " +
					"replaced. A plan that exceeds the limit fails. A higher limit takes effect only after it is applied, " +
					"and a lower one at once. The limit that was last applied also holds after the block is removed. No limit by default.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AtLeast(0)},
			},
		},
	}
}

func (r *fleetResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	return []resource.ConfigValidator{
		resourcevalidator.ExactlyOneOf(path.MatchRoot("availability"), path.MatchRoot("available_at")),
	}
}

// ModifyPlan fills in the id and the resulting availability, because a refresh may have removed locations
// from the state that are still declared. It warns about imported locations that stay as they are, which
// the plan shows like removed ones, and tells the ledger what the plan does.
func (r *fleetResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, config, state fleetModel
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
	p := r.Session.Plan(ctx, req, resp)
	var loses, keeps availability // as far as the plan is known
	defer func() {                // after the ledger knows what others keep
		kept := core.Kept(ctx, resp.Private)
		off := loses.turnedOff(state.fleetID(), keeps, kept)
		resp.Diagnostics.Append(r.checkTurnedOff(ctx, state.fleetID(), off, state.MaxTurnedOff, plan.MaxTurnedOff)...)
	}()
	defer p.Tell()
	if destroying {
		loses = before
		p.Remove(before.removals(state.fleetID(), nil, true)...)
		return
	}
	id := plan.fleetID()
	known := !plan.ApplicationID.IsUnknown() && !plan.ChannelSlug.IsUnknown()
	same := !creating && known && state.fleetID() == id
	declared := config.declared()
	switch {
	case !config.AvailableAt.IsNull() && !config.Availability.IsNull(): // unchanged, because its changes are ignored
		if !config.Availability.Equal(state.Availability) {
			resp.Diagnostics.Append(ignoredKeyOfOtherForm())
			return
		}
		declared = config.Availability
	case declared.IsNull() && same:
		declared = state.Availability // changes of the declared one are ignored, and it was null
		fallthrough
	case !config.AvailableAt.IsNull():
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("availability"), declared)...)
	}
	if !known {
		if creating {
			p.Succeed("fleet", core.Successor{}, nil)
			return
		}
		loses = before // it is replaced, whatever the new key will be
		p.Remove(before.removals(state.fleetID(), nil, true)...)
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	at := availabilityOf(declared)
	if creating {
		next := core.Successor{ID: id.String()}
		var matters []core.Matter
		if !declared.IsUnknown() {
			next.Locations = at.locations()
			matters = at.matters(id)
		}
		p.Succeed("fleet", next, matters)
	}
	if !creating && !same {
		p.Remove(before.removals(state.fleetID(), nil, true)...)
		before, loses = nil, before
	}
	if declared.IsUnknown() {
		return
	}
	p.Declare(at.declarations(id, before)...)
	resp.Diagnostics.Append(r.Session.Check(ctx, id.application, at.joining(before)...)...)
	if !same {
		return
	}
	if imported, _ := core.ImportedNote.Get(ctx, req.Private); imported {
		resp.Diagnostics.Append(r.Session.Warn(ctx, core.FoundForeign, id.matters(before.dropForeign(at))...)...)
	}
	loses, keeps = before, at
	p.Remove(before.removals(id, at, false)...)
	p.IgnoreOrder(path.Root("available_at"), state.AvailableAt, plan.AvailableAt)
}

func (r *fleetResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan fleetModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	id := plan.fleetID()
	before := make(availability)
	for location := range availabilityOf(plan.Availability) {
		if left, ok := r.Session.Ledger.TakeOver(id.matter(location)); ok {
			before[location] = availableValue(left.Value)
		}
	}
	for m, value := range r.Session.Ledger.TakeOverRest(core.ChannelMatter, id.application, string(id.slug)) {
		before[m.Location] = availableValue(value)
	}
	r.apply(ctx, client, plan, before, true, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

func (r *fleetResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state fleetModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	id := state.fleetID()
	at := availabilityOf(state.Availability)
	var asked, unlisted []int64
	if r.Session.EachStatus {
		asked = at.locations()
	} else {
		connected, err := client.SharedLocationIDs(ctx, id.application)
		if err != nil {
			resp.Diagnostics.Append(core.LocationsTask(id.application).Diagnostics(err)...)
			return
		}
		for _, location := range at.locations() {
			if _, ok := connected[location]; !ok {
				unlisted = append(unlisted, location)
			}
		}
		asked = unlisted
	}
	imported, _ := core.ImportedNote.Get(ctx, req.Private)
	resp.Diagnostics.Append(r.Session.NoteRead(ctx, "fleet", req.Private, resp.Private, at.held(id, imported)...)...)
	gone, diags := r.Session.NotInstalledAt(ctx, client, id.application, channelsTask("Cannot read the installation of the channel", id), asked)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	var matters []core.Matter
	for _, location := range gone {
		delete(at, location)
		matters = append(matters, id.matter(location))
	}
	resp.Diagnostics.Append(r.Session.Uninstalled(ctx, matters...)...)
	resp.Diagnostics.Append(r.Session.Unlisted(ctx, client, id.application, unlisted...)...)
	reinstalled := r.reinstalled(ctx, client, id, at, req.Private)
	resp.Diagnostics.Append(r.Session.Warn(ctx, core.FoundReinstallation, reinstalled...)...)
	for _, m := range reinstalled {
		at[m.Location] = types.BoolNull()
	}
	resp.Diagnostics.Append(r.noteInstallations(ctx, client, id, at, resp.Private)...)
	if len(gone)+len(reinstalled) > 0 {
		state.Availability = at.mapValue()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	}
}

// reinstalled finds the locations where the application was installed again since the channel was set, as
// far as other resources of the run read them.
func (r *fleetResource) reinstalled(
	ctx context.Context, client *altegio.Client, id fleetID, at availability, private core.PrivateState,
) (matters []core.Matter) {
	seen, _ := installationsNote.Get(ctx, private)
	for location := range at {
		m := id.matter(location)
		installation, ok := client.KnownInstallation(location, id.application)
		later := ok && core.IsLaterInstallation(seen[location], installation.CreatedAt)
		connection := core.ConnectionID{Location: location, Application: id.application}
		if r.Session.Ledger.Expect(connection.Matter(), m, seen[location]) || later {
			matters = append(matters, m)
		}
	}
	return matters
}

func (r *fleetResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state fleetModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	before := availabilityOf(state.Availability)
	if imported, _ := core.ImportedNote.Get(ctx, req.Private); imported {
		resp.Diagnostics.Append(core.ImportedNote.Clear(ctx, resp.Private)...)
		before.dropForeign(availabilityOf(plan.Availability))
	}
	kept := core.Kept(ctx, req.Private)
	before.drop(plan.fleetID(), kept)
	r.apply(ctx, client, plan, before, false, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

// Delete makes the channel unavailable, except where it is known to be unavailable or another resource has
// it. In a replacement by the same channel, it leaves the locations that are declared again to Create,
// because with thousands of locations nothing must be off in between or sent twice. A complete fleet is
// replaced in order to set everything again, so Create learns nothing about its values.
func (r *fleetResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state fleetModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.fleetID()
	at := availabilityOf(state.Availability)
	stays := make(availability)
	next, replaced := core.SuccessorNote.Get(ctx, req.Private)
	if replaced && next.ID == id.String() {
		for location, value := range at {
			if _, declared := slices.BinarySearch(next.Locations, location); declared || next.Locations == nil {
				stays[location] = value
				delete(at, location)
			}
		}
		if imported, _ := core.ImportedNote.Get(ctx, req.Private); imported {
			at.dropForeign(nil)
		}
	}
	kept := core.Kept(ctx, req.Private)
	at.drop(id, kept)
	if replaced && !state.MaxTurnedOff.IsNull() { // the plan of a replacement may not have seen the state
		resp.Diagnostics.Append(r.checkTurnedOff(ctx, id, at.turnedOff(id, nil, nil), state.MaxTurnedOff, types.Int64Null())...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	left, diags := applyFleet(ctx, client, r.Session, id, at, nil, nil)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		maps.Copy(left, stays)
		state.Availability = left.mapValue()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		return
	}
	for location, value := range stays {
		left := core.Handed{Untold: next.Locations == nil}
		if state.ID.IsNull() {
			left.Value = availableText(value)
		}
		r.Session.Ledger.HandOver(id.matter(location), left)
	}
}

// ImportState imports the connected locations in the listing, unless the id names locations.
func (r *fleetResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	imported, ok := core.ReadImportID[fleetIdentityModel](ctx, req, resp, parseFleetImport, fleetImportForm, fleetIDExample)
	if !ok {
		return
	}
	at := make(availability)
	for location, isAvailable := range imported.at {
		at[location] = types.BoolValue(isAvailable)
	}
	if imported.at == nil {
		client := r.Session.API(&resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		connected, err := client.SharedLocationIDs(ctx, imported.application)
		if err != nil {
			resp.Diagnostics.Append(core.LocationsTask(imported.application).Diagnostics(err)...)
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
	state := fleetModel{
		ID:            types.StringValue(imported.String()),
		ApplicationID: types.Int64Value(imported.application),
		ChannelSlug:   types.StringValue(string(imported.slug)),
		Availability:  at.mapValue(),
		AvailableAt:   types.ListNull(types.Int64Type),
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if imported.at == nil && imported.everywhere == nil {
		resp.Diagnostics.Append(core.ImportedNote.Set(ctx, resp.Private, true)...)
	}
}

// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// discountResource manages the payment discount of an application at a set of locations.
// Create, Update and Delete send the locations that differ, a thousand per POST. The API has no way to read
// a discount, so Read sends no request. It is not documented whether a second POST replaces the first or
// adds to it (API-39). So a discount that was sent is not sent again, least of all when its answer was lost.
type discountResource struct {
	core.ConfiguredResource
}

var (
	_ resource.ResourceWithConfigure   = (*discountResource)(nil)
	_ resource.ResourceWithIdentity    = (*discountResource)(nil)
	_ resource.ResourceWithImportState = (*discountResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*discountResource)(nil)
)

// NewDiscountResource returns altegio_application_discount.
func NewDiscountResource() resource.Resource {
	return &discountResource{}
}

func (r *discountResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_discount"
}

// IdentitySchema has only the application. A discount has no name, and its locations and number cannot be
// part of an identity, because an identity must not change in place.
func (r *discountResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"application_id": identityschema.Int64Attribute{
				RequiredForImport: true,
				Description:       "Id of the application. All discounts of an application have the same identity.",
			},
		},
	}
}

func (r *discountResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Gives locations a discount on an application's price. An apply sends only what differs, for up to " +
			strconv.Itoa(altegio.MaxDiscountLocations) + " locations per request. The API has no way to read a discount, " +
			"and the vendor documents little about its effect.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The `application_id`. Null until the first apply has completed.",
				Computed:            true,
			},
			"application_id": core.KeyAttribute("Id of the application. Changing it ends the discount of the old " +
				"application, as `reset_on_destroy` says, and gives the discount of the new one."),
			"location_ids": schema.ListAttribute{
				MarkdownDescription: "Ids of the locations that have the discount. The API has no way to read them: the " +
					"state records what was last sent, and a change made elsewhere is not seen. Changing only the order sends nothing, " +
					"although a plan with `-refresh=false` shows it as an update.",
				ElementType: types.Int64Type,
				Required:    true,
				Validators: []validator.List{
					listvalidator.SizeAtLeast(1),
					listvalidator.NoNullValues(),
					listvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
				},
			},
			"discount": schema.NumberAttribute{
				MarkdownDescription: "The discount, 0 or more, with at most four decimals. It is sent exactly as written. " +
					"According to the vendor, it is a percentage or a fixed amount, depending on the configuration of the application.",
				Required:   true,
				Validators: []validator.Number{amountValidator{}},
			},
			"reset_on_destroy": schema.BoolAttribute{
				MarkdownDescription: "Whether to send locations a discount of 0 when they leave `location_ids` or the " +
					"resource is destroyed. If `false`, the default, they keep their discount, with a warning. The vendor " +
					"does not document whether a 0 ends a discount. A destroy uses the value that was last applied.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"discounts": schema.MapAttribute{
				MarkdownDescription: "The discount last sent, by location id. A plan shows the map that results from " +
					"`location_ids` and `discount`, so you see which locations come and go. A value is null when it is not " +
					"known, because a request got no response.",
				ElementType: types.NumberType,
				Computed:    true,
			},
		},
	}
}

// ModifyPlan fills in the id, warns about discounts that stay, refuses to send a discount again that may
// have been given, and tells the ledger what the plan does.
func (r *discountResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state discountModel
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
	held := state.held()
	p := r.Session.Plan(ctx, req, resp)
	defer p.Tell()
	unknown := !destroying && plan.ApplicationID.IsUnknown()
	if destroying || unknown && !creating { // it is replaced, whatever the application will be
		resp.Diagnostics.Append(r.warnOfStaying(ctx, state, held.leaving(nil))...)
		resp.Diagnostics.Append(r.warnOfEnding(ctx, state, held.leaving(nil), state.ResetOnDestroy)...)
		p.Remove(held.removals(state.ApplicationID.ValueInt64(), nil, state.ResetOnDestroy, true)...)
		return
	}
	if unknown {
		return
	}
	application := plan.ApplicationID.ValueInt64()
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), strconv.FormatInt(application, 10))...)
	declared, discount, known := plan.declared()
	planned := plan.planned()
	if plan.LocationIDs.IsNull() || plan.Discount.IsNull() { // their changes are ignored, and they are not known
		planned = state.Discounts
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("discounts"), planned)...)
	if creating {
		var matters []core.Matter
		for _, location := range declared {
			matters = append(matters, discountAt(application, location))
		}
		p.Succeed("discount", core.Successor{ID: strconv.FormatInt(application, 10), Locations: declared}, matters)
	}
	if !known {
		return
	}
	if !state.ApplicationID.Equal(plan.ApplicationID) {
		resp.Diagnostics.Append(r.warnOfStaying(ctx, state, held.leaving(nil))...)
		resp.Diagnostics.Append(r.warnOfEnding(ctx, state, held.leaving(nil), state.ResetOnDestroy)...)
		p.Remove(held.removals(state.ApplicationID.ValueInt64(), nil, state.ResetOnDestroy, true)...)
		held = make(discounts)
	}
	resp.Diagnostics.Append(r.warnOfStaying(ctx, plan, held.leaving(declared))...)
	resp.Diagnostics.Append(r.warnOfEnding(ctx, plan, held.leaving(declared), plan.ResetOnDestroy)...)
	p.Remove(held.removals(application, declared, plan.ResetOnDestroy, false)...)
	if plan.Discount.IsNull() {
		if !plan.LocationIDs.Equal(state.LocationIDs) {
			resp.Diagnostics.Append(discountNotKnown(application))
		}
		return
	}
	p.Declare(held.declarations(application, declared, discount)...)
	resp.Diagnostics.Append(r.Session.Check(ctx, application, held.joining(declared)...)...)
	if r.Session != nil {
		for _, location := range declared {
			if _, doubtful := r.Session.Ledger.WasRead(discountAt(application, location)); doubtful {
				held[location] = ""
			}
		}
	}
	if ids := held.inDoubt(declared, discount); len(ids) > 0 {
		resp.Diagnostics.Append(discountInDoubt(application, ids))
	}
	if !creating {
		p.IgnoreOrder(path.Root("location_ids"), state.LocationIDs, plan.LocationIDs)
	}
}

// warnOfStaying warns about discounts that locations keep.
func (r *discountResource) warnOfStaying(ctx context.Context, m discountModel, leaving []int64) diag.Diagnostics {
	if m.ResetOnDestroy.IsUnknown() || m.ResetOnDestroy.ValueBool() {
		return nil
	}
	return r.Session.Warn(ctx, foundStays, discountsAt(m.ApplicationID.ValueInt64(), leaving)...)
}

// warnOfEnding warns about discounts that are reset. Another warning covers those that locations keep.
func (r *discountResource) warnOfEnding(
	ctx context.Context, m discountModel, leaving []int64, reset types.Bool,
) diag.Diagnostics {
	if !reset.ValueBool() {
		return nil
	}
	application := m.ApplicationID.ValueInt64()
	_, diags := r.Session.TurnsOff(ctx, application, discountsAt(application, leaving))
	return diags
}

func (r *discountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan discountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(checkAmount(ctx, path.Root("discount"), plan.Discount, amountValidator{})...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	held := make(discounts)
	if complete := r.apply(ctx, client, plan, held, &resp.Diagnostics); !complete {
		if len(held) == 0 {
			return // nothing was done, so there is nothing to replace
		}
		plan.Discounts = held.mapValue()
		// Terraform replaces a resource that was not created completely. The destroying half of that
		// replacement recognises it by its missing id.
		plan.ID = types.StringNull()
		resp.Diagnostics.Append(core.CreatedInPart())
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Read sends no request: a discount can't be read, and whether it ends with the installation is not
// documented (API-39).
func (r *discountResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state discountModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if r.Session == nil {
		return
	}
	removals := state.held().removals(state.ApplicationID.ValueInt64(), nil, state.ResetOnDestroy, true)
	resp.Diagnostics.Append(r.Session.NoteRead(ctx, "discount", req.Private, resp.Private, removals...)...)
}

func (r *discountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state discountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(checkAmount(ctx, path.Root("discount"), plan.Discount, amountValidator{})...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	held := state.held()
	kept := core.Kept(ctx, req.Private)
	held.drop(plan.ApplicationID.ValueInt64(), kept)
	if complete := r.apply(ctx, client, plan, held, &resp.Diagnostics); !complete {
		plan.Discounts = held.mapValue()
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Delete sends a 0 to all locations, or leaves them as they are. In a replacement for the same
// application it leaves those that stay to Create, which sends only what they lack. What was created
// completely is replaced in order to be sent again.
func (r *discountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state discountModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	application := state.ApplicationID.ValueInt64()
	held := state.held()
	stays := make(discounts)
	if next, ok := core.SuccessorNote.Get(ctx, req.Private); ok && next.ID == strconv.FormatInt(application, 10) {
		for location, discount := range held {
			if _, declared := slices.BinarySearch(next.Locations, location); declared || next.Locations == nil {
				stays[location] = discount
				delete(held, location)
			}
		}
		if ids := stays.inDoubt(stays.leaving(nil), ""); len(ids) > 0 {
			resp.Diagnostics.Append(discountInDoubt(application, ids))
			return
		}
	}
	kept := core.Kept(ctx, req.Private)
	held.drop(application, kept)

	leaves := held.leaving(nil)
	none := discountModel{ApplicationID: state.ApplicationID, ResetOnDestroy: state.ResetOnDestroy}
	if complete := r.apply(ctx, client, none, held, &resp.Diagnostics); !complete {
		maps.Copy(held, stays)
		state.Discounts = held.mapValue()
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		return
	}
	resp.Diagnostics.Append(r.warnOfStaying(ctx, state, leaves)...)
	for location, discount := range stays {
		r.Session.Ledger.HandOver(discountAt(application, location), core.Handed{Value: string(discount), Again: !state.ID.IsNull()})
	}
}

// sendDiscount makes a call, and returns the locations of the last request. If a location that leaves no
// longer has the application, there is nothing to reset; how the API refuses that is not documented
// (API-41).
func (r *discountResource) sendDiscount(
	ctx context.Context, client *altegio.Client, application int64, call discountCall,
) (sent []int64, err error) {
	err = client.SetDiscount(ctx, application, call.locations, call.discount)
	if !call.leaves || !errors.Is(err, altegio.KindRefused) || errors.Is(err, altegio.ErrUnauthorized) {
		return call.locations, err
	}
	connected, listErr := client.SharedLocationIDs(ctx, application)
	if listErr != nil {
		return call.locations, err
	}
	unlisted := slices.DeleteFunc(slices.Clone(call.locations), func(location int64) bool {
		_, ok := connected[location]
		return ok
	})
	gone, diags := r.Session.NotInstalledAt(ctx, client, application, core.Task{
		Summary:   "Cannot read the installation of the application",
		Arguments: []core.Argument{{Name: "application_id", Value: application}},
	}, unlisted)
	rest := slices.DeleteFunc(slices.Clone(call.locations), func(location int64) bool {
		_, ok := slices.BinarySearch(gone, location)
		return ok
	})
	switch {
	case diags.HasError() || len(gone) == 0:
		return call.locations, err
	case len(rest) == 0:
		return nil, nil
	}
	return rest, client.SetDiscount(ctx, application, rest, call.discount)
}

func (r *discountResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadImportID[discountIdentityModel](ctx, req, resp, parseDiscountImport, discountImportForm, discountImportExample)
	if !ok {
		return
	}
	imported := importedDiscount(id)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

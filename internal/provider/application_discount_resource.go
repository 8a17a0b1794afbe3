// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
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
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// applicationDiscountResource manages the payment discount of an application at a set of locations.
// Create, Update and Delete send the locations that differ, a thousand per POST. The API can't be
// asked for a discount, so Read asks nothing. Nor is it documented whether a second POST replaces the
// first or adds to it: what was sent is not sent again, least of all when its answer was lost.
type applicationDiscountResource struct {
	configuredResource
}

var (
	_ resource.ResourceWithConfigure   = (*applicationDiscountResource)(nil)
	_ resource.ResourceWithIdentity    = (*applicationDiscountResource)(nil)
	_ resource.ResourceWithImportState = (*applicationDiscountResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*applicationDiscountResource)(nil)
)

func newApplicationDiscountResource() resource.Resource {
	return &applicationDiscountResource{}
}

func (r *applicationDiscountResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_discount"
}

// IdentitySchema has the application alone. Its discounts have no name, and neither the locations nor
// the number of one can be part of an identity, which must not change in place.
func (r *applicationDiscountResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"application_id": identityschema.Int64Attribute{
				RequiredForImport: true,
				Description:       "Id of the application. All discounts of an application have the same identity.",
			},
		},
	}
}

func (r *applicationDiscountResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Gives locations a discount on what they pay for an application. Only what differs is sent, up to " +
			strconv.Itoa(altegio.MaxDiscountLocations) + " locations per request. The API cannot be asked for a discount, and much " +
			"about its effect is not documented.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "The `application_id`. Null while the first apply has not come to its end.",
				Computed:            true,
			},
			"application_id": keyAttribute("Id of the application. Changing it ends the discount of one application, in the way " +
				"that `reset_on_destroy` says, and gives that of the other."),
			"location_ids": schema.ListAttribute{
				MarkdownDescription: "Ids of the locations that have the discount, in any order. The API cannot be asked for them: Terraform " +
					"knows which it has sent, and does not see a change made elsewhere.",
				ElementType: types.Int64Type,
				Required:    true,
				Validators: []validator.List{
					listvalidator.SizeAtLeast(1),
					listvalidator.NoNullValues(),
					listvalidator.ValueInt64sAre(int64validator.AtLeast(1)),
				},
				PlanModifiers: []planmodifier.List{anyOrder{}},
			},
			"discount": schema.NumberAttribute{
				MarkdownDescription: "The discount, from 0, sent exactly as written. The vendor says that it is a percentage or a " +
					"fixed amount, depending on the configuration of the application.",
				Required:   true,
				Validators: []validator.Number{notNegativeValidator{}},
			},
			"reset_on_destroy": schema.BoolAttribute{
				MarkdownDescription: "Whether locations are sent a discount of 0 when the resource is destroyed, and when they " +
					"leave `location_ids`. Whether the API takes a 0 for no discount is not documented. Otherwise they keep what " +
					"they have, with a warning. Defaults to `false`. A destroy goes by what was applied last.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"unsettled": schema.MapAttribute{
				MarkdownDescription: "Null, unless the last apply failed half way. Then the discounts, by location id, where it " +
					"is not `discount`: what the location was sent before, or null if a request had no answer.",
				ElementType: types.NumberType,
				Computed:    true,
			},
		},
	}
}

// discountCreatesKey is the private key under which a plan to create notes what it creates. The
// destroying half of a replacement gets to see it.
const discountCreatesKey = "creates"

// A discountNote is what it notes; without locations while they are not known.
type discountNote struct {
	Application int64   `json:"application_id"`
	Locations   []int64 `json:"location_ids"`
}

// ModifyPlan fills in the id, warns of what will be left behind, and refuses to send again what may
// have been done.
func (r *applicationDiscountResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state applicationDiscountModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(state.warnOfLeaving(state.held().leaving(nil), state.ResetOnDestroy)...)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("unsettled"), types.MapNull(types.NumberType))...)
	if resp.Diagnostics.HasError() || plan.ApplicationID.IsUnknown() {
		return
	}
	application := plan.ApplicationID.ValueInt64()
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), strconv.FormatInt(application, 10))...)
	declared, discount, known := plan.declared()
	if req.State.Raw.IsNull() {
		note, _ := json.Marshal(discountNote{application, declared}) // numbers always can be
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, discountCreatesKey, note)...)
	}
	if !known {
		return
	}

	held := state.held()
	if !state.ApplicationID.Equal(plan.ApplicationID) {
		resp.Diagnostics.Append(state.warnOfLeaving(held.leaving(nil), state.ResetOnDestroy)...)
		held = make(discounts)
	}
	resp.Diagnostics.Append(plan.warnOfLeaving(held.leaving(declared), plan.ResetOnDestroy)...)
	if r.conn != nil {
		r.conn.discounts.doubt(application, declared, held)
		if twice := r.conn.discounts.plan(application, declared, discount); len(twice) > 0 {
			resp.Diagnostics.Append(discountsOverlap(application, twice))
		}
	}
	if ids := held.inDoubt(declared, discount); len(ids) > 0 {
		resp.Diagnostics.Append(discountInDoubt(application, ids))
	}
}

func (m applicationDiscountModel) warnOfLeaving(leaving []int64, reset types.Bool) diag.Diagnostics {
	if len(leaving) == 0 || reset.IsUnknown() || reset.ValueBool() {
		return nil
	}
	return diag.Diagnostics{discountLeft(m.ApplicationID.ValueInt64(), leaving)}
}

func (r *applicationDiscountResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan applicationDiscountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, discountCreatesKey, []byte("null"))...)
	declared, _, _ := plan.declared()
	held := r.conn.discounts.takeOver(plan.ApplicationID.ValueInt64(), declared)
	if complete := r.apply(ctx, client, plan, held, &resp.Diagnostics); !complete {
		if len(held) == 0 {
			return // nothing was done, so there is nothing to replace
		}
		plan.settle(held, types.NumberNull())
		// Terraform replaces what was not created completely. Without an id, the destroying half
		// of that replacement knows it.
		plan.ID = types.StringNull()
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Read asks nothing, for nothing can be asked: a discount can't be read, and whether it ends with the
// installation is not documented (API-39).
func (r *applicationDiscountResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state applicationDiscountModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	if r.conn != nil {
		r.conn.discounts.read(state.ApplicationID.ValueInt64(), state.held())
	}
}

func (r *applicationDiscountResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state applicationDiscountModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	held := state.held()
	if complete := r.apply(ctx, client, plan, held, &resp.Diagnostics); !complete {
		plan.settle(held, state.Discount)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Delete sends a 0 to all locations, or leaves them as they are. In a replacement for the same
// application it leaves those that stay to Create, which sends only what they lack.
func (r *applicationDiscountResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state applicationDiscountModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	note, diags := req.Private.GetKey(ctx, discountCreatesKey)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	application := state.ApplicationID.ValueInt64()
	held := state.held()
	stays := make(discounts)
	var creates discountNote
	if len(note) > 0 && json.Unmarshal(note, &creates) == nil && creates.Application == application {
		for location, discount := range held {
			if _, ok := slices.BinarySearch(creates.Locations, location); ok || creates.Locations == nil {
				stays[location] = discount
				delete(held, location)
			}
		}
		if ids := stays.inDoubt(stays.leaving(nil), ""); len(ids) > 0 {
			resp.Diagnostics.Append(discountInDoubt(application, ids))
			return
		}
	}

	none := applicationDiscountModel{ApplicationID: state.ApplicationID, ResetOnDestroy: state.ResetOnDestroy}
	if complete := r.apply(ctx, client, none, held, &resp.Diagnostics); !complete {
		maps.Copy(held, stays)
		state.settle(held, state.Discount)
		resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
		return
	}
	resp.Diagnostics.Append(state.warnOfLeaving(held.leaving(nil), state.ResetOnDestroy)...)
	if state.ID.IsNull() { // what was created completely is replaced in order to be sent again
		r.conn.discounts.handOver(application, stays)
	}
}

// apply makes a declaration hold. It keeps held up to date, whatever happens, and reports whether it
// came to its end.
func (r *applicationDiscountResource) apply(
	ctx context.Context, client *altegio.Client, m applicationDiscountModel, held discounts, diags *diag.Diagnostics,
) (complete bool) {
	run := r.conn.discounts
	run.sending.Lock()
	defer run.sending.Unlock()
	application := m.ApplicationID.ValueInt64()
	declared, discount, _ := m.declared()
	run.give(application, declared)
	for _, location := range held.leaving(declared) {
		if run.isGiven(application, location) {
			delete(held, location) // it has moved to another resource
		}
	}

	calls := held.calls(declared, discount, m.ResetOnDestroy.ValueBool())
	for i, call := range calls {
		sent, err := sendDiscount(ctx, client, application, call)
		if err == nil {
			for _, location := range call.locations {
				held[location] = call.discount
				if call.leaves {
					delete(held, location)
				}
			}
			continue
		}
		failed := call
		failed.locations = sent
		diags.Append(discountTask(application, failed).diagnostics(err)...)
		if mayHaveHappened(err) {
			for _, location := range call.locations {
				held[location] = ""
			}
			if call.discount != noDiscount {
				diags.Append(discountInDoubt(application, call.locations))
			}
		}
		if len(calls) > 1 {
			diags.Append(discountIncomplete(application, calls, i))
		}
		return false
	}
	return true
}

// sendDiscount makes a call, and returns the locations that the last request was about. Where a
// location that leaves no longer has the application, there is nothing to take away; how the API
// refuses that is not documented (API-41).
func sendDiscount(ctx context.Context, client *altegio.Client, application int64, call discountCall) (sent []int64, err error) {
	err = client.SetDiscount(ctx, application, call.locations, call.discount)
	var e *altegio.Error
	if !call.leaves || !errors.As(err, &e) || e.Kind != altegio.KindRefused || errors.Is(err, altegio.ErrUnauthorized) {
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
	gone, diags := notInstalledAt(ctx, client, fleetID{application: application}, unlisted)
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

func (r *applicationDiscountResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := readImportID[applicationDiscountIdentityModel](ctx, req, resp, parseDiscountImport, discountImportForm, discountImportExample)
	if !ok {
		return
	}
	imported := importedDiscount(id)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

func discountTask(application int64, call discountCall) task {
	t := task{
		summary: "Cannot set the discount",
		arguments: []argument{
			{"application_id", application},
			{"location_ids", call.locations},
			{"discount", call.discount},
		},
		forbidden: "The application belongs to another partner, or the token's account has no access to it. If the application " +
			"is right, compare location_ids with the locations that the data source altegio_application_locations lists.",
		notFound: "Altegio does not know the application, or one of the locations does not have it: compare location_ids with " +
			"the locations that the data source altegio_application_locations lists.",
		repeatable: call.discount == noDiscount,
	}
	if call.leaves {
		t.summary = "Cannot reset the discount"
	}
	return t
}

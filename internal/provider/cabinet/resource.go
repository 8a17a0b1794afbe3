// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// applicationResource manages the card of an application in the Developer Cabinet, and the instructions for
// its moderators. Read takes one listing for all applications of an account. The API clears what an update
// leaves out. So Update reads the card, sends all of it with the planned changes, reads it again and
// compares. Create is a POST and, for values that only an update accepts, an update. Altegio has no way to
// delete an application, so Delete only removes it from the state, if that is allowed.
//
// Everything that is not in the configuration stays as it is.
type applicationResource struct {
	core.ConfiguredResource
}

// cardNote is an application as it was last read: digests by member.
const cardNote core.Note[map[string]string] = "card_seen"

var (
	_ resource.ResourceWithConfigure   = (*applicationResource)(nil)
	_ resource.ResourceWithIdentity    = (*applicationResource)(nil)
	_ resource.ResourceWithImportState = (*applicationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*applicationResource)(nil)
)

// NewResource returns altegio_application.
func NewResource() resource.Resource {
	return &applicationResource{}
}

func (r *applicationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application"
}

func (r *applicationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = applicationIdentitySchema()
}

// ModifyPlan keeps everything that is not in the configuration, refuses a plan whose apply would fail, and
// warns about changes that customers will see.
func (r *applicationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var config, plan, state applicationModel
	creating, destroying := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	if !creating {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !destroying {
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	ledgerPlan := r.Session.Plan(ctx, req, resp)
	defer ledgerPlan.Tell()
	if destroying {
		if !state.AbandonOnDestroy.ValueBool() {
			resp.Diagnostics.Append(applicationStays(state.applicationID()))
		}
		return
	}
	plan.PromoMaterials = planPromo(config.PromoMaterials, plan.PromoMaterials, state.PromoMaterials)
	if creating {
		r.planCreation(ctx, resp, config)
	} else {
		plan = plan.kept(config, state)
		resp.Diagnostics.Append(plan.checkIdentity(state)...)
		resp.Diagnostics.Append(plan.customersSee(state)...)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, plan)...)
	for name, at := range plan.pictureFiles(state) {
		if _, err := pictureDataURL(name); err != nil {
			resp.Diagnostics.Append(unusablePicture(at, err))
		}
	}
	if account, slug := plan.PartnerID, plan.Slug; !account.IsUnknown() && !slug.IsUnknown() && slug.ValueString() != "" {
		if creating {
			ledgerPlan.Succeed("application", core.Successor{ID: applicationOfSlug(account, slug)}, nil)
		}
		if value, known := config.declared(); known {
			m := core.Matter{Kind: core.ApplicationMatter, Location: account.ValueInt64(), Name: slug.ValueString()}
			ledgerPlan.Declare(core.Declaration{Matter: m, Value: value, Held: !creating, Changes: true})
		}
	}
}

func applicationOfSlug(account types.Int64, slug types.String) string {
	return account.String() + "/" + slug.ValueString()
}

// planCreation fails if the creation would fail.
func (r *applicationResource) planCreation(ctx context.Context, resp *resource.ModifyPlanResponse, config applicationModel) {
	for _, b := range config.bindings(new(altegio.ApplicationCard)) {
		if slices.Contains(neededToCreate, b.name) && b.value().IsNull() {
			resp.Diagnostics.Append(applicationNeeds(b.name))
		}
	}
	account, slug := config.PartnerID, config.Slug
	if resp.Diagnostics.HasError() || account.IsUnknown() || slug.IsUnknown() || r.Session == nil || r.Session.Client == nil {
		return
	}
	applications, err := r.Session.Client.SharedApplications(ctx, account.ValueInt64())
	if err != nil {
		resp.Diagnostics.Append(applicationsTask(account.ValueInt64()).Diagnostics(err)...)
		return
	}
	for _, a := range applications {
		if a.Slug() == slug.ValueString() {
			resp.Diagnostics.Append(applicationExists(a))
		}
	}
}

// neededToCreate lists the attributes that the API requires for a new application.
var neededToCreate = []string{"title", "short_description", "category_id", "country_ids", "slug"}

func (r *applicationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan applicationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	card, given, diags := plan.send(applicationModel{})
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	account := plan.PartnerID.ValueInt64()
	created, err := client.CreateApplication(ctx, account, card)
	var exists *altegio.ApplicationExistsError
	if errors.As(err, &exists) {
		resp.Diagnostics.Append(applicationExists(exists.Application))
		return
	}
	if err != nil {
		t := newApplicationTask(account, plan.Slug.ValueString(), given)
		if errors.Is(err, altegio.ErrNotCreated) {
			t.Doubt = "The account does not have the application: apply again."
		}
		resp.Diagnostics.Append(t.Diagnostics(err)...)
		return
	}
	card.IconData = "" // it is sent
	id := applicationID{account, created.ID}
	u := update{client: client, id: id, before: created, card: card, changed: given, plan: plan}
	u.sendsCard = len(altegio.CompareApplications(created, created, card).NotSet) > 0
	after, diags := u.run(ctx)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() { // in the state it would be tainted, and could neither be replaced nor destroyed
		resp.Diagnostics.Append(applicationInPart(created))
		return
	}
	state, diags := readApplicationModel(after, plan)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(cardNote.Set(ctx, resp.Private, after.Digests())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
}

func (r *applicationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state applicationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework requires one even for a resource that is
	// gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	id := state.applicationID()
	applications, err := client.SharedApplications(ctx, id.account)
	if err != nil {
		resp.Diagnostics.Append(applicationTask("Cannot read the application", id, nil).Diagnostics(err)...)
		return
	}
	if len(applications) == 0 {
		resp.Diagnostics.Append(accountIsEmpty(id))
		return
	}
	a := findApplication(applications, id.application)
	if a == nil {
		resp.Diagnostics.Append(applicationGone(id))
		resp.State.RemoveResource(ctx)
		return
	}
	read, diags := readApplicationModel(a, state)
	resp.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	resp.Diagnostics.Append(cardNote.Set(ctx, resp.Private, a.Digests())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, read)...)
}

func (r *applicationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state applicationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(plan.checkIdentity(state)...)
	card, changed, diags := plan.send(state)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.applicationID()
	before, err := readApplication(ctx, client, id.account, id.application)
	switch {
	case err != nil:
		resp.Diagnostics.Append(applicationTask("Cannot update the application", id, changed).Diagnostics(err)...)
		return
	case before == nil:
		resp.Diagnostics.Append(applicationNotListed(id))
		return
	}
	u := update{client: client, id: id, before: before, card: card, changed: changed, plan: plan}
	besides := plan.changesBesides(state)
	u.sendsCard = len(changed) > len(besides) || card.IconData != ""
	seen, noted := cardNote.Get(ctx, req.Private)
	if others := before.ChangedSince(seen); noted && len(changed) > 0 && len(others) > 0 {
		resp.Diagnostics.Append(applicationChangedMeanwhile(id, others))
		return
	}
	after, diags := u.run(ctx)
	resp.Diagnostics.Append(diags...)
	if after == nil {
		return
	}
	prior := plan
	if u.failed {
		prior = state
	}
	read, diags := readApplicationModel(after, prior)
	resp.Diagnostics.Append(diags...)
	// If these have changed, the next refresh shows it.
	read.InfoURL, read.ReviewURL = plan.InfoURL, plan.ReviewURL
	if !plan.IconURL.IsUnknown() {
		read.IconURL = plan.IconURL
	}
	resp.Diagnostics.Append(cardNote.Set(ctx, resp.Private, after.Digests())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, read)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, read.identity())...)
}

// Delete ends the management of the application. A plan that destroys it fails unless that is allowed. For
// the destroying half of a replacement, only this method can check that.
func (r *applicationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state applicationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	next, replaced := core.SuccessorNote.Get(ctx, req.Private)
	switch {
	case replaced && next.ID == applicationOfSlug(state.PartnerID, state.Slug):
		resp.Diagnostics.Append(applicationCannotBeReplaced(state.applicationID()))
	case !state.AbandonOnDestroy.ValueBool():
		resp.Diagnostics.Append(applicationStays(state.applicationID()))
	}
}

func (r *applicationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadImportID[applicationIdentityModel](ctx, req, resp, parseApplicationID, applicationIDForm, applicationIDExample)
	if !ok {
		return
	}
	imported := importedCard(id)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

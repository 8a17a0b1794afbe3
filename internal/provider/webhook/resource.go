// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
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

// webhooksResource manages some of a location's webhook URLs, and the events that they receive. The API has
// one GET, and one POST that replaces everything at the location: it deletes URLs that it leaves out, sets
// the same events for all others, takes no condition, and can't leave a location without URLs. So the
// resource reads the URLs of others before each POST and sends them along, refuses a POST that would change
// them, and reads the result back. If the outcome of a POST is not known, it reads the webhooks and does
// not send a second POST.
//
// The private state of an existing resource holds the webhooks that its plan was made for, as Read found
// them: an update refuses to start from anything else. Terraform keeps no private state for a resource that
// does not exist yet, and plans it a second time when it applies. A create therefore decides again, by the
// same rules: it can't change others' URLs unless the configuration names them.
type webhooksResource struct {
	core.ConfiguredResource
}

var (
	_ resource.ResourceWithConfigure   = (*webhooksResource)(nil)
	_ resource.ResourceWithIdentity    = (*webhooksResource)(nil)
	_ resource.ResourceWithImportState = (*webhooksResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*webhooksResource)(nil)
)

// NewResource returns altegio_location_webhooks.
func NewResource() resource.Resource {
	return &webhooksResource{}
}

func (r *webhooksResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_webhooks"
}

func (r *webhooksResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
		},
	}
}

func (r *webhooksResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages webhook URLs of a location and the events that Altegio sends to them. It manages only " +
			"the declared URLs; other URLs at the location stay as they are. Declare one such resource per location. " +
			"Requires `user_token` in the provider block.",
		Attributes: map[string]schema.Attribute{
			"location_id": core.KeyAttribute("Id of the location. Changing it removes the URLs from the old location and " +
				"adds them to the new one."),
			"urls": schema.SetAttribute{
				MarkdownDescription: fmt.Sprintf("URLs that Altegio sends the events to, https only. A location has at most "+
					"%d, including those of others. A URL that leaves the set is deleted. Different spellings of a URL "+
					"count as the same URL, whichever one Altegio returns.", altegio.MaxWebhookURLs),
				ElementType: types.StringType,
				Required:    true,
				Validators:  core.WebhookURLs(),
			},
			"events": schema.SetAttribute{
				MarkdownDescription: "Kinds of events to send, by the API's names: `" + strings.Join(webhookEvents(), "`, `") +
					"`. Null in the state while the URLs have different events.",
				ElementType: types.StringType,
				Required:    true,
				Validators: []validator.Set{
					knownEventsValidator{},
					setvalidator.SizeAtLeast(1),
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(webhookEvents()...)),
				},
			},
			"self_sending": schema.BoolAttribute{
				MarkdownDescription: "Whether to also send events about your own changes through the API. Defaults to " +
					"`false`. Older servers do not return it: the state then records what was last sent.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"active": schema.BoolAttribute{
				MarkdownDescription: "Whether Altegio sends events. Defaults to `true`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
			},
			"overwrite_other_urls": schema.SetAttribute{
				MarkdownDescription: "URLs of others that this resource is allowed to give its own `events`, `self_sending` " +
					"and `active`. The API can only set them for all URLs of a location at once, so an apply that would " +
					"change the settings of other URLs fails unless they are listed here. The URLs themselves are kept, " +
					"even when this resource is destroyed.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Set{setvalidator.NoNullValues()},
			},
			"other_urls": schema.MapNestedAttribute{
				MarkdownDescription: "URLs at the location that are not declared here, and their settings. Null " +
					"between an import and the first apply. Older servers return only the settings of the first URL of a location; they are shown for each URL.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"active": schema.BoolAttribute{MarkdownDescription: "Whether Altegio sends events.", Computed: true},
					"events": schema.SetAttribute{
						MarkdownDescription: "Kinds of events that Altegio sends.", ElementType: types.StringType, Computed: true,
					},
					"self_sending": schema.BoolAttribute{
						MarkdownDescription: "Whether Altegio also sends events about your own changes through the API. " +
							"Null if the API does not return it.",
						Computed: true,
					},
				}},
			},
		},
	}
}

// ModifyPlan says what the plan does to the URLs of others, refuses a plan that is impossible without
// changing them, and tells the ledger what the plan does.
func (r *webhooksResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state *webhooksModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !req.Plan.Raw.IsNull() && req.Config.Raw.IsFullyKnown() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	p := r.Session.Plan(ctx, req, resp)
	defer p.Tell()
	goes := req.Plan.Raw.IsNull()
	if !goes && state != nil { // it is replaced, whatever the location will be
		var location types.Int64
		resp.Diagnostics.Append(req.Plan.GetAttribute(ctx, path.Root("location_id"), &location)...)
		goes = location.IsUnknown()
	}
	if plan == nil && !goes {
		return
	}
	imported, _ := core.ImportedNote.Get(ctx, req.Private)
	if imported = imported && state != nil; imported {
		resp.Diagnostics.Append(r.leaveForeign(ctx, state, plan)...)
	}
	if goes {
		p.Remove(state.removals(nil, true)...)
		resp.Diagnostics.Append(r.planWithdrawal(ctx, *state, req.Private)...)
		return
	}
	if state == nil {
		p.Succeed("webhooks", core.Successor{ID: plan.identity().ImportText(), Names: core.TextsOf(plan.URLs)}, webhooksMatters(plan.LocationID.ValueInt64(), core.TextsOf(plan.URLs)))
	}
	p.Declare(plan.declarations(state)...)
	if state != nil && !state.LocationID.Equal(plan.LocationID) {
		p.Remove(state.removals(nil, true)...)
		return // Terraform asks again for each half of a replacement
	}
	if state != nil {
		p.Remove(state.removals(core.TextsOf(plan.URLs), false)...)
	}
	if r.Session == nil || r.Session.Client == nil || !imported && req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	location := plan.LocationID.ValueInt64()

	now, seen := webhooksNote.Get(ctx, req.Private)
	if !seen || state == nil {
		settings, err := r.Session.Client.Webhooks(ctx, location)
		if err != nil {
			resp.Diagnostics.Append(webhooksTask("Cannot read the webhooks", location).Diagnostics(err)...)
			return
		}
		now = webhooksIn(settings)
	}
	ours := state
	if ours == nil {
		ours = r.replaced(*plan, now, r.Session.Ledger.WasHeld)
	}
	write := plan.write(ours, now)
	resp.Diagnostics.Append(write.problems(location)...)
	if state == nil {
		if !resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(r.Session.Warn(ctx, foundOthers, shownURLs(location, write.othersKept())...)...)
			resp.Diagnostics.Append(r.Session.Warn(ctx, foundOverwritten, shownURLs(location, write.overwritten)...)...)
		}
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("other_urls"), write.othersAfter().mapValue())...)
	resp.Diagnostics.Append(webhooksNote.Set(ctx, resp.Private, now)...)
}

// leaveForeign leaves the URLs that an import has found and that the plan does not declare, or all of them
// where the plan is nil because the resource goes. It warns, because the plan shows them like removed ones.
func (r *webhooksResource) leaveForeign(ctx context.Context, state, plan *webhooksModel) diag.Diagnostics {
	var declared []string
	if plan != nil && plan.LocationID.Equal(state.LocationID) {
		declared = core.TextsOf(plan.URLs)
	}
	return r.Session.Warn(ctx, core.FoundForeign, shownURLs(state.LocationID.ValueInt64(), state.leaveForeign(declared))...)
}

// replaced are the URLs that the destroyed half of a replacement has left at a location and that are declared
// again; nil if it has left none, or there is no replacement. Its other URLs are left to other resources.
func (r *webhooksResource) replaced(plan webhooksModel, now webhooks, left func(core.Matter) bool) *webhooksModel {
	var ours []string
	location := plan.LocationID.ValueInt64()
	declared := webhooksMatters(location, core.TextsOf(plan.URLs))
	for _, u := range now.urls() {
		if m := webhookAt(location, u); slices.Contains(declared, m) && left(m) {
			ours = append(ours, u)
		}
	}
	if len(ours) == 0 {
		return nil
	}
	return &webhooksModel{URLs: textSet(ours)}
}

// planWithdrawal says what a destroy will do, as far as the last refresh knows.
func (r *webhooksResource) planWithdrawal(ctx context.Context, state webhooksModel, private core.PrivateState) diag.Diagnostics {
	now, seen := webhooksNote.Get(ctx, private)
	if !seen {
		return nil
	}
	write, off := state.withdraw(now)
	location := state.LocationID.ValueInt64()
	if len(write.refused) > 0 {
		return diag.Diagnostics{webhooksCannotLeave(location, write.refused.lines(write.refused.urls()))}
	}
	return r.Session.Warn(ctx, foundOff, shownURLs(location, off)...)
}

func (r *webhooksResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan webhooksModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	r.apply(ctx, client, plan, nil, nil, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

func (r *webhooksResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state webhooksModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	settings, err := client.Webhooks(ctx, state.LocationID.ValueInt64())
	if errors.Is(err, altegio.ErrGone) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(r.Session.Warn(ctx, foundGone, webhooksAt(state.LocationID.ValueInt64()))...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(webhooksTask("Cannot read the webhooks", state.LocationID.ValueInt64()).Diagnostics(err)...)
		return
	}
	now := webhooksIn(settings)
	if imported, _ := core.ImportedNote.Get(ctx, req.Private); imported {
		state.showAll(now)
		resp.Diagnostics.Append(r.Session.NoteRead(ctx, "webhooks", req.Private, resp.Private)...)
	} else {
		resp.Diagnostics.Append(r.Session.NoteRead(ctx, "webhooks", req.Private, resp.Private, state.removals(nil, true)...)...)
		state.refresh(now)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(webhooksNote.Set(ctx, resp.Private, now)...)
}

func (r *webhooksResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state webhooksModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if imported, _ := core.ImportedNote.Get(ctx, req.Private); imported {
		state.leaveForeign(core.TextsOf(plan.URLs))
	}
	var planned *webhooks
	if seen, ok := webhooksNote.Get(ctx, req.Private); ok {
		planned = &seen
	}
	r.apply(ctx, client, plan, &state, planned, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

// Delete removes the URLs, whatever else has changed since the plan: others keep their present settings.
// The last URLs of a location can't be removed, and are turned off. URLs that another resource of the run
// has set, or that the creating half of a replacement will set, stay as they are.
func (r *webhooksResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state webhooksModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if imported, _ := core.ImportedNote.Get(ctx, req.Private); imported {
		return // nothing of it is ours yet
	}
	location := state.LocationID.ValueInt64()
	end, err := r.Session.Ledger.Alone(ctx, webhooksAt(location))
	if err != nil {
		resp.Diagnostics.Append(webhooksTask("Cannot take out the webhooks", location).Diagnostics(err)...)
		return
	}
	defer end()
	next, replaced := core.SuccessorNote.Get(ctx, req.Private)
	replaced = replaced && next.ID == state.identity().ImportText()
	var stays []string
	state.URLs = textSet(slices.DeleteFunc(core.TextsOf(state.URLs), func(u string) bool {
		m := webhookAt(location, u)
		if replaced && slices.Contains(next.Names, u) {
			stays = append(stays, u)
			return true
		}
		return r.Session.Ledger.IsSet(m) || slices.Contains(core.Kept(ctx, req.Private), m)
	}))
	if len(state.URLs.Elements()) > 0 {
		if done := r.withdraw(ctx, client, state, stays, resp); !done {
			return
		}
	}
	for _, u := range stays {
		r.Session.Ledger.HandOver(webhookAt(location, u), core.Handed{})
	}
}

// ImportState takes over no URL for good, because only the configuration says which of the location's URLs
// are ours. Read shows all of them, so that Terraform can generate a configuration, and the first plan decides.
func (r *webhooksResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadImportID[identityModel](ctx, req, resp, parseImport, importForm, importExample)
	if !ok {
		return
	}
	imported := importedWebhooks(id.location)
	if id.all {
		urls, diags := r.allAlike(ctx, id.location)
		resp.Diagnostics.Append(diags...)
		if diags.HasError() {
			return
		}
		imported.URLs = textSet(urls)
	} else {
		resp.Diagnostics.Append(core.ImportedNote.Set(ctx, resp.Private, true)...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

// allAlike returns the URLs of a location, if there are any and one resource can declare them all.
func (r *webhooksResource) allAlike(ctx context.Context, location int64) (urls []string, diags diag.Diagnostics) {
	client := r.Session.API(&diags)
	if diags.HasError() {
		return nil, diags
	}
	settings, err := client.Webhooks(ctx, location)
	if err != nil {
		return nil, webhooksTask("Cannot read the webhooks", location).Diagnostics(err)
	}
	all := webhooksIn(settings)
	urls = all.urls()
	for _, u := range urls {
		if !all[u].agrees(all[urls[0]]) {
			return nil, diag.Diagnostics{webhooksNotAlike(location, all.lines(urls))}
		}
	}
	if len(urls) == 0 {
		return nil, diag.Diagnostics{noWebhooks(location)}
	}
	return urls, nil
}

// webhooksNote is the note of all webhooks of a location, as a refresh found them.
const webhooksNote core.Note[webhooks] = "webhooks_seen"

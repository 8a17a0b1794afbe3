// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
)

// locationWebhooksResource manages some of a location's webhook URLs, and what they are sent. The
// API has one GET, and one POST that replaces everything at the location: it deletes URLs that it
// leaves out, sets the same events for all others, takes no condition, and can't leave a location
// without URLs. So what others have there is read before each POST and sent along, a POST that would
// change it is refused, and what was sent is read back. A POST whose outcome is open is settled by
// reading, not by a second one.
//
// What a plan for an existing resource was made for is in its private state, as Read left it: an
// update refuses to start from anything else. Terraform keeps nothing for a resource that is yet to
// be created, and plans it a second time when it applies. A create therefore decides anew, by the
// same rules: it can't change others' URLs unless the configuration names them.
type locationWebhooksResource struct {
	configuredResource
}

var (
	_ resource.ResourceWithConfigure   = (*locationWebhooksResource)(nil)
	_ resource.ResourceWithIdentity    = (*locationWebhooksResource)(nil)
	_ resource.ResourceWithImportState = (*locationWebhooksResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*locationWebhooksResource)(nil)
)

func newLocationWebhooksResource() resource.Resource {
	return &locationWebhooksResource{}
}

func (r *locationWebhooksResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_webhooks"
}

func (r *locationWebhooksResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"location_id": identityschema.Int64Attribute{RequiredForImport: true, Description: "Id of the location."},
		},
	}
}

func (r *locationWebhooksResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Webhook URLs of a location, and the events that they are sent. Only the URLs declared are " +
			"managed; others at the location stay as they are. Declare one such resource for a location. The provider needs a " +
			"`user_token`.",
		Attributes: map[string]schema.Attribute{
			"location_id": keyAttribute("Id of the location. Changing it takes the URLs out of the one location and puts them " +
				"into the other."),
			"urls": schema.SetAttribute{
				MarkdownDescription: fmt.Sprintf("URLs that are sent the events, https only. A location has at most %d, with those "+
					"of others. A URL that leaves the set is deleted. Spellings of one URL count as the same, in whichever Altegio gives it back.", altegio.MaxWebhookURLs),
				ElementType: types.StringType,
				Required:    true,
				Validators:  webhookURLs(),
			},
			"events": schema.SetAttribute{
				MarkdownDescription: "Kinds of events to send, by the API's names: `" + strings.Join(webhookEvents(), "`, `") +
					"`. Null in the state while the URLs do not have the same.",
				ElementType: types.StringType,
				Required:    true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(webhookEvents()...)),
				},
			},
			"self_sending": schema.BoolAttribute{
				MarkdownDescription: "Whether to send events also of what was changed through the API by oneself. Defaults to " +
					"`false`. Older servers do not tell it: then Terraform knows what it set last.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"active": schema.BoolAttribute{
				MarkdownDescription: "Whether anything is sent. Defaults to `true`.",
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(true),
			},
			"overwrite_other_urls": schema.SetAttribute{
				MarkdownDescription: "URLs of others whose events, `self_sending` and `active` may become those declared here. The " +
					"API cannot set them for some of a location's URLs only, so without this an apply that would change those of " +
					"others is refused. The URLs themselves are kept, also when this resource is destroyed.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.Set{setvalidator.NoNullValues()},
			},
			"other_urls": schema.MapNestedAttribute{
				MarkdownDescription: "URLs at the location that are not declared here, and what they are set to. Older servers tell " +
					"that of the first URL of a location only; it is shown for each.",
				Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"active": schema.BoolAttribute{MarkdownDescription: "Whether anything is sent.", Computed: true},
					"events": schema.SetAttribute{
						MarkdownDescription: "Kinds of events that are sent.", ElementType: types.StringType, Computed: true,
					},
					"self_sending": schema.BoolAttribute{
						MarkdownDescription: "Whether events are sent also of what was changed through the API by oneself, where the API " +
							"tells it.",
						Computed: true,
					},
				}},
			},
		},
	}
}

// ModifyPlan says what the plan means for the URLs of others, refuses what can't be done without changing
// them, and tells the ledger what the plan does.
func (r *locationWebhooksResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state *locationWebhooksModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if !req.Plan.Raw.IsNull() && req.Config.Raw.IsFullyKnown() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	p := r.conn.plan(ctx, req, resp)
	defer p.tell()
	if req.Plan.Raw.IsNull() {
		p.remove(state.removals(nil, true)...)
		resp.Diagnostics.Append(planWithdrawal(ctx, req)...)
		return
	}
	if plan == nil {
		return
	}
	if state == nil {
		p.succeed(successor{ID: plan.identity().importText(), Names: textsOf(plan.URLs)})
	}
	p.declare(plan.declarations(state)...)
	if state != nil && !state.LocationID.Equal(plan.LocationID) {
		p.remove(state.removals(nil, true)...)
		return // Terraform asks again for each half of a replacement
	}
	if state != nil {
		p.remove(state.removals(textsOf(plan.URLs), false)...)
	}
	if r.conn == nil || r.conn.client == nil || req.Plan.Raw.Equal(req.State.Raw) {
		return
	}
	location := plan.LocationID.ValueInt64()

	now, seen := webhooksNote.get(ctx, req.Private)
	if !seen || state == nil {
		settings, err := r.conn.client.Webhooks(ctx, location)
		if err != nil {
			resp.Diagnostics.Append(webhooksTask("Cannot read the webhooks", location).diagnostics(err)...)
			return
		}
		now = webhooksIn(settings)
	}
	ours := state
	if ours == nil {
		ours = r.replaced(location, now, r.conn.ledger.wasHeld)
	}
	write := plan.write(ours, now)
	resp.Diagnostics.Append(write.problems(location)...)
	if state == nil {
		if len(write.others) > 0 && !resp.Diagnostics.HasError() {
			resp.Diagnostics.Append(write.aboutOthers(location))
		}
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("other_urls"), write.othersAfter().mapValue())...)
	resp.Diagnostics.Append(webhooksNote.set(ctx, resp.Private, now)...)
}

// replaced is what the destroyed half of a replacement has left of what is at a location now; nil where
// it has left nothing, or there is none.
func (r *locationWebhooksResource) replaced(location int64, now webhooks, left func(matter) bool) *locationWebhooksModel {
	var ours []string
	for _, u := range now.urls() {
		if left(webhookAt(location, u)) {
			ours = append(ours, u)
		}
	}
	if len(ours) == 0 {
		return nil
	}
	return &locationWebhooksModel{URLs: textSet(ours)}
}

// planWithdrawal says what a destroy will find, as far as the last refresh knows.
func planWithdrawal(ctx context.Context, req resource.ModifyPlanRequest) (diags diag.Diagnostics) {
	var state locationWebhooksModel
	diags.Append(req.State.Get(ctx, &state)...)
	now, seen := webhooksNote.get(ctx, req.Private)
	if !seen || diags.HasError() {
		return diags
	}
	write, off := state.withdraw(now)
	switch {
	case len(write.refused) > 0:
		diags.Append(webhooksCannotLeave(state.LocationID.ValueInt64(), write.refused.lines(write.refused.urls())))
	case len(off) > 0:
		diags.Append(webhooksTurnedOff(state.LocationID.ValueInt64(), off))
	}
	return diags
}

func (w webhooksWrite) problems(location int64) (diags diag.Diagnostics) {
	for _, name := range w.unknown {
		diags.Append(webhooksNotKnown(location, name))
	}
	if len(w.urls)+len(w.others) > altegio.MaxWebhookURLs && w.needed {
		diags.Append(webhooksTooMany(location, w.urls, w.others.urls()))
	}
	if len(w.refused) > 0 {
		diags.Append(webhooksOfOthersDiffer(location, w.want.String(), w.refused.lines(w.refused.urls())))
	}
	return diags
}

func (w webhooksWrite) aboutOthers(location int64) diag.Diagnostic {
	kept := slices.DeleteFunc(w.others.urls(), func(u string) bool { return slices.Contains(w.overwritten, u) })
	return webhooksOfOthersKept(location, w.others.lines(kept), w.others.lines(w.overwritten))
}

func (r *locationWebhooksResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan locationWebhooksModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(clearPlanNotes(ctx, resp.Private)...)
	r.apply(ctx, client, plan, nil, nil, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

func (r *locationWebhooksResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state locationWebhooksModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	settings, err := client.Webhooks(ctx, state.LocationID.ValueInt64())
	if errors.Is(err, altegio.ErrGone) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(webhooksGone(state.LocationID.ValueInt64()))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(webhooksTask("Cannot read the webhooks", state.LocationID.ValueInt64()).diagnostics(err)...)
		return
	}
	now := webhooksIn(settings)
	resp.Diagnostics.Append(r.conn.noteRead(ctx, resp.Private, webhooksMatters(state.LocationID.ValueInt64(), textsOf(state.URLs))...)...)
	state.refresh(now)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(webhooksNote.set(ctx, resp.Private, now)...)
}

func (r *locationWebhooksResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state locationWebhooksModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var planned *webhooks
	if seen, ok := webhooksNote.get(ctx, req.Private); ok {
		planned = &seen
	}
	r.apply(ctx, client, plan, &state, planned, applied{&resp.State, resp.Identity, resp.Private, &resp.Diagnostics})
}

// apply makes a plan hold. What was there when the plan was made has to be there still; nil where that
// is not known. Without a state the resource is created.
func (r *locationWebhooksResource) apply(
	ctx context.Context, client *altegio.Client, plan locationWebhooksModel, state *locationWebhooksModel, planned *webhooks, to applied,
) {
	to.diags.Append(to.identity.Set(ctx, plan.identity())...)
	location := plan.LocationID.ValueInt64()
	end, err := r.conn.ledger.alone(ctx, webhooksAt(location))
	var settings altegio.WebhookSettings
	if err == nil {
		defer end()
		settings, err = client.Webhooks(ctx, location)
	}
	if err != nil {
		to.diags.Append(webhooksTask("Cannot set the webhooks", location).diagnostics(err)...)
		return
	}
	now := webhooksIn(settings)
	if planned != nil {
		if changes := planned.changes(now); len(changes) > 0 {
			to.diags.Append(webhooksChangedSincePlan(location, changes))
			return
		}
	}
	prior := state
	if state == nil {
		prior = r.replaced(location, now, func(m matter) bool { _, ok := r.conn.ledger.takeOver(m); return ok })
	}
	write := plan.write(prior, now)
	to.diags.Append(write.problems(location)...)
	if to.diags.HasError() {
		return
	}
	after, inDoubt, diags := write.send(ctx, client, location, settings)
	to.diags.Append(diags...)
	result := plan
	switch {
	case inDoubt:
		result.doubt(prior)
	case after == nil:
		return
	case diags.HasError() && prior != nil:
		// What was to leave is still ours, as is what was to come, where they are there.
		result = *prior
		result.LocationID, result.OverwriteOtherURLs = plan.LocationID, plan.OverwriteOtherURLs
		result.URLs = textSet(slices.Compact(slices.Sorted(slices.Values(append(textsOf(prior.URLs), textsOf(plan.URLs)...)))))
	}
	if after != nil {
		result.refresh(after)
		to.diags.Append(webhooksNote.set(ctx, to.private, after)...)
	}
	r.conn.ledger.haveSet(webhooksMatters(location, textsOf(result.URLs))...)
	if !diags.HasError() {
		result.keepNull(plan)
	} else if state == nil {
		if len(result.URLs.Elements()) == 0 {
			return // nothing of ours is there
		}
		to.diags.Append(createdInPart())
	}
	to.diags.Append(to.state.Set(ctx, result)...)
}

// Delete takes the URLs out, whatever else has changed since the plan: others keep what they have
// now. The last URLs of a location can't be taken out, and are turned off. What another resource of the
// run has set, or the creating half of a replacement will, stays as it is.
func (r *locationWebhooksResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state locationWebhooksModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	location := state.LocationID.ValueInt64()
	end, err := r.conn.ledger.alone(ctx, webhooksAt(location))
	if err != nil {
		resp.Diagnostics.Append(webhooksTask("Cannot take out the webhooks", location).diagnostics(err)...)
		return
	}
	defer end()
	next, replaced := successorNote.get(ctx, req.Private)
	replaced = replaced && next.ID == state.identity().importText()
	var stays []string
	state.URLs = textSet(slices.DeleteFunc(textsOf(state.URLs), func(u string) bool {
		m := webhookAt(location, u)
		if replaced && slices.Contains(next.Names, u) {
			stays = append(stays, u)
			return true
		}
		return r.conn.ledger.isSet(m) || isKept(ctx, req.Private, m)
	}))
	if len(state.URLs.Elements()) > 0 {
		if done := r.withdraw(ctx, client, state, stays, resp); !done {
			return
		}
	}
	for _, u := range stays {
		r.conn.ledger.handOver(webhookAt(location, u), "", false)
	}
}

// withdraw takes the URLs of a state out, but for those that stay for the creating half of a
// replacement, and reports whether that is done.
func (r *locationWebhooksResource) withdraw(
	ctx context.Context, client *altegio.Client, state locationWebhooksModel, stays []string, resp *resource.DeleteResponse,
) (done bool) {
	location := state.LocationID.ValueInt64()
	settings, err := client.Webhooks(ctx, location)
	if errors.Is(err, altegio.ErrGone) {
		return true
	}
	if err != nil {
		resp.Diagnostics.Append(webhooksTask("Cannot take out the webhooks", location).diagnostics(err)...)
		return false
	}
	write, off := state.withdraw(webhooksIn(settings))
	if len(write.refused) > 0 {
		resp.Diagnostics.Append(webhooksCannotLeave(location, write.refused.lines(write.refused.urls())))
		return false
	}
	after, inDoubt, diags := write.send(ctx, client, location, settings)
	resp.Diagnostics.Append(diags...)
	if !diags.HasError() {
		if len(off) > 0 {
			resp.Diagnostics.Append(webhooksTurnedOff(location, off))
		}
		return true
	}
	state.URLs = textSet(append(textsOf(state.URLs), stays...))
	switch {
	case inDoubt:
		state.doubt(nil)
	case after == nil:
		return false
	default:
		state.refresh(after)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	return false
}

// withdraw works out how our URLs go away, and which of them can only be turned off.
func (m locationWebhooksModel) withdraw(now webhooks) (w webhooksWrite, off []string) {
	now = now.spelledAs(slices.Concat(textsOf(m.URLs), textsOf(m.OverwriteOtherURLs)))
	w = webhooksWrite{others: maps.Clone(now), want: m.flags(), refused: make(webhooks)}
	var ours []string
	for _, u := range textsOf(m.URLs) {
		if _, there := now[u]; there {
			ours = append(ours, u)
			delete(w.others, u)
		}
	}
	switch {
	case len(ours) == 0:
		return w, nil
	case len(w.others) == 0:
		for _, u := range ours {
			w.needed = w.needed || now[u][flagActive]
		}
		maps.Copy(w.want, now[ours[0]])
		w.want[flagActive] = false
		w.urls = ours
		return w, ours
	}
	w.needed = true
	// What remains has to have the same, but for those that may change.
	mayChange := textsOf(m.OverwriteOtherURLs)
	keep := slices.DeleteFunc(w.others.urls(), func(u string) bool { return slices.Contains(mayChange, u) })
	maps.Copy(w.want, w.others[slices.Concat(keep, w.others.urls())[0]])
	if slices.ContainsFunc(keep, func(u string) bool { return !w.others[u].agrees(w.want) }) {
		for _, u := range keep {
			w.refused[u] = w.others[u]
		}
	}
	return w, nil
}

// ImportState takes over no URL yet: which of those at the location are ours, only the configuration
// can tell. Read finds them all among the others.
func (r *locationWebhooksResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	location, ok := readImportID[locationWebhooksIdentityModel](ctx, req, resp, parseLocationID, "location_id", "1001")
	if !ok {
		return
	}
	imported := importedWebhooks(location)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

// send writes, if that is needed, and returns what is there afterwards: as read back or, where that
// fails, as it was sent. After a failure it is nil, unless it was read; where neither the answer came nor
// anything could be read, the write is in doubt.
func (w webhooksWrite) send(
	ctx context.Context, client *altegio.Client, location int64, now altegio.WebhookSettings,
) (after webhooks, inDoubt bool, diags diag.Diagnostics) {
	if !w.needed {
		return webhooksIn(now), false, nil
	}
	err := client.SetWebhooks(ctx, location, w.settings(now))
	task := webhooksTask("Cannot set the webhooks", location)
	task.arguments = append(task.arguments, argument{"urls", w.urls}, argument{"events", w.want.events()})
	if err != nil && !mayHaveHappened(err) {
		diags.Append(task.diagnostics(err)...)
		return nil, false, diags
	}
	// Who cancels an apply still wants to know what it did.
	settings, readErr := client.Webhooks(context.WithoutCancel(ctx), location)
	after = webhooksIn(settings)
	differences := w.result().changes(after)
	switch {
	case readErr != nil && err != nil:
		diags.Append(task.diagnostics(err)...)
		return nil, true, diags
	case readErr != nil:
		diags.Append(webhooksNotReadBack(location, readErr))
		after = w.othersAfter()
		for _, u := range w.urls {
			after[u] = w.want
		}
		return after, false, diags
	case len(differences) == 0:
		return after, false, nil
	case err != nil:
		diags.Append(task.diagnostics(err)...)
		diags.Append(webhooksOutcome(location, differences))
	default:
		diags.Append(webhooksNotAsSet(location, differences))
	}
	return after, false, diags
}

// settings are those to send: the URLs in the API's order, and of the events those that are wanted
// or that the API knows, for an older server may not know them all.
func (w webhooksWrite) settings(now altegio.WebhookSettings) altegio.WebhookSettings {
	result := w.result()
	s := altegio.WebhookSettings{Active: w.want[flagActive], Events: make(map[string]bool)}
	for _, u := range now.URLs {
		if _, stays := result[u]; stays {
			s.URLs = append(s.URLs, u)
			delete(result, u)
		}
	}
	s.URLs = append(s.URLs, result.urls()...)
	for _, name := range altegio.WebhookEvents() {
		if _, told := now.Events[name]; told || w.want[name] {
			s.Events[name] = w.want[name]
		}
	}
	return s
}

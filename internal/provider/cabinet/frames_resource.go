// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// framesResource manages all tabs that an application declares: one POST replaces them, and one
// GET reads them. Locations where the application is installed keep those that they were connected with.
type framesResource struct {
	core.ConfiguredResource
}

var (
	_ resource.ResourceWithConfigure   = (*framesResource)(nil)
	_ resource.ResourceWithIdentity    = (*framesResource)(nil)
	_ resource.ResourceWithImportState = (*framesResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*framesResource)(nil)
)

// NewFramesResource returns altegio_application_frames.
func NewFramesResource() resource.Resource {
	return &framesResource{}
}

func (r *framesResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_application_frames"
}

func (r *framesResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = applicationIdentitySchema()
}

func (r *framesResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages all tabs (frames) that an application shows in the cards of employees, clients and " +
			"visits. A change applies to new installations only: locations where the application is already installed keep " +
			"their tabs." + cabinetNote,
		Attributes: map[string]schema.Attribute{
			"id":             schema.StringAttribute{MarkdownDescription: "`" + applicationIDForm + "`.", Computed: true},
			"partner_id":     core.KeyAttribute("Id of the developer account. See `altegio_developer_accounts`. Changing it replaces the frames."),
			"application_id": core.KeyAttribute("Id of the application. Changing it replaces the frames."),
			"frames": schema.MapNestedAttribute{
				MarkdownDescription: "The tabs, by the card that shows them: `employee`, `client` or `visit`. `{}` declares none.",
				Required:            true,
				Validators: []validator.Map{
					mapvalidator.NoNullValues(),
					mapvalidator.KeysAre(stringvalidator.OneOf(frameSlugs()...)),
				},
				NestedObject: schema.NestedAttributeObject{Validators: []validator.Object{neededInValidator{"title", "url"}}, Attributes: map[string]schema.Attribute{
					"title": schema.StringAttribute{
						MarkdownDescription: "Title of the tab, 3 to 100 characters. Required.",
						Optional:            true,
						Validators:          []validator.String{stringvalidator.UTF8LengthBetween(3, 100)},
					},
					"url": schema.StringAttribute{
						MarkdownDescription: "Page that the tab shows, an https URL. Required.",
						Optional:            true,
						Validators:          []validator.String{core.HttpsURLValidator{}},
					},
				}},
			},
		},
	}
}

func frameSlugs() (names []string) {
	for _, slug := range altegio.FrameSlugs() {
		names = append(names, string(slug))
	}
	return names
}

type framesModel struct {
	ID            types.String `tfsdk:"id"`
	PartnerID     types.Int64  `tfsdk:"partner_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Frames        types.Map    `tfsdk:"frames"`
}

var frameType = types.ObjectType{AttrTypes: map[string]attr.Type{"title": types.StringType, "url": types.StringType}}

func (m framesModel) applicationID() applicationID {
	return applicationID{m.PartnerID.ValueInt64(), m.ApplicationID.ValueInt64()}
}

func (m framesModel) identity() applicationIdentityModel {
	return applicationIdentityModel{m.PartnerID, m.ApplicationID}
}

func (m framesModel) matter() core.Matter {
	id := m.applicationID()
	return core.Matter{Kind: core.FramesMatter, Location: id.account, Application: id.application}
}

// wire returns the frames as they are sent, ordered by card.
func (m framesModel) wire() (frames []altegio.Frame) {
	elements := m.Frames.Elements()
	for _, slug := range slices.Sorted(maps.Keys(elements)) {
		tab := elements[slug].(types.Object).Attributes()
		frames = append(frames, altegio.Frame{
			Slug: altegio.FrameSlug(slug), Title: tab["title"].(types.String).ValueString(), URL: tab["url"].(types.String).ValueString(),
		})
	}
	return frames
}

func readFrames(frames []altegio.Frame) types.Map {
	values := make(map[string]attr.Value, len(frames))
	for _, f := range frames {
		values[string(f.Slug)] = types.ObjectValueMust(frameType.AttrTypes, map[string]attr.Value{
			"title": types.StringValue(f.Title), "url": types.StringValue(f.URL),
		})
	}
	return types.MapValueMust(frameType, values)
}

// ModifyPlan fills in the id, and refuses to create frames that already exist.
func (r *framesResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state framesModel
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
	p := r.Session.Plan(ctx, req, resp)
	defer p.Tell()
	id := plan.applicationID()
	known := !plan.PartnerID.IsUnknown() && !plan.ApplicationID.IsUnknown()
	if !creating && (destroying || known && id != state.applicationID()) {
		p.Remove(core.Removal{Matter: state.matter(), Value: state.Frames.String(), Leaves: "none", Destroyed: true})
	}
	if destroying || !known {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), id.String())...)
	if held := !creating && id == state.applicationID(); fullyKnownFrames(plan.Frames) {
		p.Declare(core.Declaration{Matter: plan.matter(), Value: plan.Frames.String(), Held: held, Changes: !plan.Frames.Equal(state.Frames)})
	}
	if !creating || r.Session == nil || r.Session.Client == nil {
		return
	}
	frames, err := r.Session.Client.ApplicationFrames(ctx, id.account, id.application)
	switch {
	case err != nil:
		resp.Diagnostics.Append(framesTask("Cannot read the frames of the application", id).Diagnostics(err)...)
	case len(frames) > 0:
		resp.Diagnostics.Append(framesExist(id, frames))
	}
}

func fullyKnownFrames(frames types.Map) bool {
	for _, element := range frames.Elements() {
		tab, ok := element.(types.Object)
		if !ok || tab.IsUnknown() || tab.Attributes()["title"].IsUnknown() || tab.Attributes()["url"].IsUnknown() {
			return false
		}
	}
	return !frames.IsUnknown()
}

func (r *framesResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan framesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	id := plan.applicationID()
	plan.ID = types.StringValue(id.String())
	frames, err := client.ApplicationFrames(ctx, id.account, id.application)
	switch {
	case err != nil:
		resp.Diagnostics.Append(framesTask("Cannot read the frames of the application", id).Diagnostics(err)...)
		return
	case len(frames) > 0:
		resp.Diagnostics.Append(framesExist(id, frames))
		return
	}
	r.set(ctx, client, plan, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

func (r *framesResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state framesModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	id := plan.applicationID()
	frames, err := client.ApplicationFrames(ctx, id.account, id.application)
	switch {
	case err != nil:
		resp.Diagnostics.Append(framesTask("Cannot read the frames of the application", id).Diagnostics(err)...)
		return
	case !readFrames(frames).Equal(state.Frames):
		resp.Diagnostics.Append(framesChangedMeanwhile(id))
		return
	}
	r.set(ctx, client, plan, core.Applied{State: &resp.State, Identity: resp.Identity, Private: resp.Private, Diags: &resp.Diagnostics})
}

// set carries out a plan. It then reads the frames of the application, whatever the answer was.
func (r *framesResource) set(ctx context.Context, client *altegio.Client, plan framesModel, to core.Applied) {
	id := plan.applicationID()
	err := client.SetApplicationFrames(ctx, id.account, id.application, plan.wire())
	if err != nil && !core.MayHaveHappened(err) {
		to.Diags.Append(framesTask("Cannot set the frames of the application", id).Diagnostics(err)...)
		return
	}
	frames, readErr := client.ApplicationFrames(ctx, id.account, id.application)
	switch {
	case err != nil && (readErr != nil || !readFrames(frames).Equal(plan.Frames)):
		to.Diags.Append(framesTask("Cannot set the frames of the application", id).Diagnostics(err)...)
		return
	case readErr != nil: // it was accepted, and the next refresh reads it
		to.Diags.Append(framesUnread(id, readErr))
	case !readFrames(frames).Equal(plan.Frames):
		to.Diags.Append(framesNotAsSet(id))
		return
	}
	to.Diags.Append(to.State.Set(ctx, plan)...)
	to.Diags.Append(to.Identity.Set(ctx, plan.identity())...)
}

func (r *framesResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state framesModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	id := state.applicationID()
	frames, err := client.ApplicationFrames(ctx, id.account, id.application)
	if err != nil {
		resp.Diagnostics.Append(framesTask("Cannot read the frames of the application", id).Diagnostics(err)...)
		return
	}
	state.Frames = readFrames(frames)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Delete deletes all frames, unless another resource declares them.
func (r *framesResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state framesModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() || slices.Contains(core.Kept(ctx, req.Private), state.matter()) {
		return
	}
	id := state.applicationID()
	err := client.SetApplicationFrames(ctx, id.account, id.application, nil)
	if err != nil && core.MayHaveHappened(err) {
		if frames, readErr := client.ApplicationFrames(ctx, id.account, id.application); readErr == nil && len(frames) == 0 {
			return
		}
	}
	if err != nil {
		resp.Diagnostics.Append(framesTask("Cannot delete the frames of the application", id).Diagnostics(err)...)
	}
}

func (r *framesResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadImportID[applicationIdentityModel](ctx, req, resp, parseApplicationID, applicationIDForm, applicationIDExample)
	if !ok {
		return
	}
	imported := framesModel{
		ID: types.StringValue(id.String()), PartnerID: types.Int64Value(id.account), ApplicationID: types.Int64Value(id.application),
		Frames: types.MapNull(frameType),
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
}

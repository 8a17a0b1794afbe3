// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// installationResource manages the installation of an application at a location. The owner
// begins it, and Create finishes it with one POST, then reads the status until it is active. Read
// reads the status. The API has no update: a finished installation takes no settings. So Update sends
// nothing, and a change of settings is an uninstallation and a new installation, for which the owner has to
// connect the application again. Delete uninstalls, but only if the state allows it.
type installationResource struct {
	core.ConfiguredResource
	// sleep waits between two readings of a status.
	sleep func(context.Context, time.Duration) error
}

var (
	_ resource.ResourceWithConfigure   = (*installationResource)(nil)
	_ resource.ResourceWithIdentity    = (*installationResource)(nil)
	_ resource.ResourceWithImportState = (*installationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*installationResource)(nil)
)

// NewResource returns altegio_location_application.
func NewResource() resource.Resource {
	return &installationResource{sleep: sleep}
}

const (
	// The vendor caches installations for about five minutes (API-45). With grant_access, two statuses can
	// lag one after the other: pending, and active.
	creationTimeout = 10 * time.Minute

	// doubtTimeout is how long to look for the effect of a request that had no answer. It is long enough
	// for a slow server to finish, and does not delay an apply for long if the server failed.
	doubtTimeout = time.Minute

	firstPoll   = 2 * time.Second
	longestPoll = 15 * time.Second
)

func (r *installationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_application"
}

func (r *installationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = core.ConnectionIdentitySchema()
}

func (r *installationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finishes the installation of an application that the owner of a location has connected, and " +
			"follows its status. Altegio takes the settings only at that moment: changing them later uninstalls the " +
			"application, and the owner has to connect it again. To read an installation without managing it, use the data " +
			"source of the same name.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + core.ConnectionIDForm + "`.",
				Computed:            true,
			},
			"location_id":    core.KeyAttribute("Id of the location. Changing it uninstalls the application there."),
			"application_id": core.KeyAttribute("Id of the application. Changing it uninstalls the application."),
			"channels": schema.SetAttribute{
				MarkdownDescription: "Notification channels that the application offers at the location from the start: " +
					"`sms`, `whatsapp` or both. Only for the categories Chat Bots and SMS Aggregators. Changing it replaces " +
					"the installation. To turn a channel on or off later, use `altegio_application_channel`.",
				ElementType: types.StringType,
				Optional:    true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(core.SlugNames()...)),
				},
			},
			"webhook_urls": schema.SetAttribute{
				MarkdownDescription: fmt.Sprintf("Webhook URLs that Altegio notifies of events at the location: at most %d "+
					"https URLs of at most %d characters each. Changing it replaces the installation.", altegio.MaxWebhookURLs, core.MaxWebhookURL),
				ElementType: types.StringType,
				Optional:    true,
				Validators:  core.WebhookURLs(),
			},
			"api_key_wo": schema.StringAttribute{
				MarkdownDescription: "API key that Altegio keeps for the application at the location. It is never in the " +
					"plan or the state. Requires Terraform 1.11, OpenTofu 1.11 or later.",
				Optional:  true,
				WriteOnly: true,
				Sensitive: true,
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.AlsoRequires(path.MatchRoot("api_key_wo_version")),
				},
			},
			"api_key_wo_version": schema.Int64Attribute{
				MarkdownDescription: "Version of the API key. Change it whenever you change `api_key_wo`, because Terraform " +
					"cannot see a change of a write-only argument. Changing it replaces the installation.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("api_key_wo"))},
			},
			"grant_access": schema.BoolAttribute{
				MarkdownDescription: "Whether to connect the application in the owner's name if it is not connected. " +
					"Requires the owner's `user_token` in the provider block. A private or fast-install application becomes " +
					"active immediately and takes no settings. Defaults to `false`: the owner clicks Connect in the marketplace.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"allow_uninstall": schema.BoolAttribute{
				MarkdownDescription: "Whether Terraform is allowed to uninstall the application when it destroys or " +
					"replaces the resource. Apply `true` before the plan that uninstalls. Defaults to `false`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "Status of the connection: `pending`, `active`, `freezed` (the API's spelling), or any " +
					"other status that the API returns. It also changes without Terraform, for example when a trial ends or " +
					"a payment comes in.",
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"connected_at": schema.StringAttribute{
				MarkdownDescription: "When the application was connected. The API does not say in which time zone.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"timeouts": timeoutsAttribute(ctx),
		},
	}
	maps.Copy(resp.Schema.Attributes, undocumentedSettings())
}

// timeoutsAttribute adds descriptions and a validator to the module's attribute.
func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{Create: true}).(schema.SingleNestedAttribute)
	attribute.MarkdownDescription = "Timeouts."
	create := attribute.Attributes["create"].(schema.StringAttribute)
	create.MarkdownDescription = fmt.Sprintf("How long a create can take, including the wait for the status `active`. A "+
		"duration such as `90s`. Defaults to `%s`, because Altegio's statuses lag behind by up to five minutes.",
		strings.TrimSuffix(creationTimeout.String(), "0s"))
	create.Validators = append(create.Validators, core.PositiveDurationValidator{})
	attribute.Attributes["create"] = create
	return attribute
}

// ModifyPlan fills in the id, plans replacements, and refuses to plan an uninstallation that the
// state does not allow, or after which nothing could be connected again: by the time that Delete
// could refuse, other things would have been applied.
func (r *installationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state installationModel
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
	known := !plan.LocationID.IsUnknown() && !plan.ApplicationID.IsUnknown()
	if !creating && (destroying || !known || plan.connectionID() != state.connectionID()) {
		p.Remove(core.Removal{Matter: state.connectionID().Matter(), Leaves: "uninstalled", Destroyed: true})
	}
	if destroying {
		if !state.AllowUninstall.ValueBool() {
			resp.Diagnostics.Append(uninstallRefused(state.connectionID(), "Destroying the resource"))
		}
		return
	}
	if known {
		r.Session.PlansInstallation(plan.connectionID())
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), plan.connectionID().String())...)
		if creating {
			p.Succeed("installation", core.Successor{ID: plan.connectionID().String(), Grants: plan.GrantAccess.ValueBool()}, []core.Matter{plan.connectionID().Matter()})
		}
		if text, ok := plan.settingsText(); ok {
			p.Declare(core.Declaration{
				Matter: plan.connectionID().Matter(), Value: text, Held: !creating && plan.connectionID() == state.connectionID(),
			})
		}
	}
	if known && !plan.GrantAccess.IsUnknown() && (creating || state.connectionID() != plan.connectionID()) {
		resp.Diagnostics.Append(r.Session.CheckInstallation(ctx, plan.connectionID(), plan.GrantAccess.ValueBool())...)
	}
	if creating {
		return
	}

	// A change of a key always replaces, even while the key is unknown.
	var replacing []string
	if !plan.LocationID.Equal(state.LocationID) {
		replacing = append(replacing, "location_id")
	}
	if !plan.ApplicationID.Equal(state.ApplicationID) {
		replacing = append(replacing, "application_id")
	}
	imported, _ := core.ImportedNote.Get(ctx, req.Private)
	// An unknown setting may turn out to be the same. If Terraform is allowed to uninstall, it plans a
	// replacement, as it does for other resources. Otherwise a replacement would be refused for no reason:
	// Terraform plans again when the setting is known, and then this code runs again.
	changed := state.changed(plan, !imported && state.AllowUninstall.ValueBool())
	switch {
	case !imported:
		for _, name := range changed {
			resp.RequiresReplace.Append(path.Root(name))
		}
		replacing = append(replacing, changed...)
	case len(replacing) == 0 && len(changed) > 0:
		resp.Diagnostics.Append(r.Session.Warn(ctx, foundSettings, state.connectionID().Matter())...)
	}
	if len(replacing) == 0 {
		return
	}
	id, cause := state.connectionID(), "Changing "+strings.Join(replacing, ", ")
	switch {
	case !state.AllowUninstall.ValueBool():
		resp.Diagnostics.Append(uninstallRefused(id, cause+" replaces the installation, which"))
	case plan.connectionID() != id || plan.GrantAccess.IsUnknown():
		// The new installation may already be pending elsewhere.
	case !plan.GrantAccess.ValueBool():
		resp.Diagnostics.Append(r.Session.Warn(ctx, foundConnectAgain, id.Matter())...)
	case r.lacksUserToken():
		resp.Diagnostics.Append(grantImpossible(id, cause+" replaces the installation, which"))
	}
}

// lacksUserToken reports whether it is known that there is no user token.
func (r *installationResource) lacksUserToken() bool {
	return r.Session != nil && r.Session.Client != nil && !r.Session.Client.HasUserToken()
}

func (r *installationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config installationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := plan.CreationTimeout.Create(ctx, creationTimeout)
	resp.Diagnostics.Append(diags...)
	a, diags := plan.activation(ctx, config)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Session.BeginCreate(ctx, resp.Private)...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	installation, granted, diags := r.begin(ctx, client, plan)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	if granted && installation.Status == altegio.StatusActive {
		if unsent := plan.declared(); len(unsent) > 0 {
			resp.Diagnostics.Append(activeByGrant(plan.connectionID(), unsent))
		}
	} else {
		installation, diags = r.finish(ctx, client, installation, a, plan.APIKeyVersion)
		resp.Diagnostics.Append(diags...)
		if resp.Diagnostics.HasError() {
			return
		}
	}
	plan.fill(installation)
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.connectionID().Identity())...)
}

func (r *installationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state installationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework requires one even for a resource that is
	// gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.connectionID().Identity())...)

	id := state.connectionID()
	installation, err := client.SharedInstallation(ctx, id.Location, id.Application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(r.Session.Uninstalled(ctx, id.Matter())...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(installationTask("Cannot read how the application is connected", id).Diagnostics(err)...)
		return
	}
	resp.Diagnostics.Append(r.Session.NoteRead(ctx, "installation", req.Private, resp.Private, core.Removal{Matter: id.Matter()})...)
	resp.Diagnostics.Append(r.Session.Ledger.SawInstallation(ctx, id.Matter(), state.ConnectedAt.ValueString(), installation.CreatedAt)...)
	if core.IsLaterInstallation(state.ConnectedAt.ValueString(), installation.CreatedAt) {
		if installation.Status == altegio.StatusPending {
			resp.State.RemoveResource(ctx) // a different installation, which Create has to finish
			resp.Diagnostics.Append(r.Session.Uninstalled(ctx, id.Matter())...)
			return
		}
		if len(state.declared()) > 0 {
			resp.Diagnostics.Append(r.Session.Warn(ctx, core.FoundReinstallation, id.Matter())...)
		}
	}
	state.fill(installation)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update records changes that need no request: ModifyPlan has made sure that there are no others.
func (r *installationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan installationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.connectionID().Identity())...)
}

// Delete repeats the checks of ModifyPlan, because a tainted resource, and one that is replaced by request,
// does not go through it.
func (r *installationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state installationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.connectionID()
	if slices.Contains(core.Kept(ctx, req.Private), id.Matter()) {
		return
	}
	if !state.AllowUninstall.ValueBool() {
		resp.Diagnostics.Append(uninstallRefused(id, "Destroying the resource"))
		return
	}
	next, _ := core.SuccessorNote.Get(ctx, req.Private)
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if next.Grants && next.ID == id.String() && r.lacksUserToken() {
		resp.Diagnostics.Append(grantImpossible(id, "Replacing the resource"))
		return
	}
	err := client.Uninstall(ctx, id.Location, id.Application)
	if err == nil || errors.Is(err, altegio.ErrNotInstalled) {
		return
	}
	if core.MayHaveHappened(err) {
		if _, err := client.Installation(ctx, id.Location, id.Application); errors.Is(err, altegio.ErrNotInstalled) {
			return
		}
	}
	t := installationTask("Cannot uninstall the application", id)
	t.Doubt = "Altegio may have uninstalled it although its answer is missing. Destroying again is safe: an application that is no longer installed counts as destroyed."
	resp.Diagnostics.Append(t.Diagnostics(err)...)
}

// ImportState adopts an installation as it is. Its settings can't be read.
func (r *installationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := core.ReadConnectionID(ctx, req, resp)
	if !ok {
		return
	}
	client := r.Session.API(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	installation, err := client.SharedInstallation(ctx, id.Location, id.Application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.Diagnostics.Append(nothingInstalled(id))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(installationTask("Cannot read how the application is connected", id).Diagnostics(err)...)
		return
	}
	if installation.Status == altegio.StatusPending {
		resp.Diagnostics.Append(r.Session.Warn(ctx, foundImportedPending, id.Matter())...)
	}
	imported := importedApplication(id)
	imported.fill(installation)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, id.Identity())...)
	resp.Diagnostics.Append(core.ImportedNote.Set(ctx, resp.Private, true)...)
}

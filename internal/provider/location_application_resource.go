// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// locationApplicationResource manages the installation of an application at a location. The owner
// begins it, and Create finishes it with one POST, then reads the status until it is active. Read
// reads the status. The API has no update: an installation that is finished takes no settings, so
// Update sends nothing, and a change of settings is an uninstallation and a new installation, for
// which the owner has to connect the application again. Delete uninstalls, and only where the state
// allows it.
type locationApplicationResource struct {
	configuredResource
	// sleep waits between two readings of a status.
	sleep func(context.Context, time.Duration) error
}

var (
	_ resource.ResourceWithConfigure   = (*locationApplicationResource)(nil)
	_ resource.ResourceWithIdentity    = (*locationApplicationResource)(nil)
	_ resource.ResourceWithImportState = (*locationApplicationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*locationApplicationResource)(nil)
)

func newLocationApplicationResource() resource.Resource {
	return &locationApplicationResource{sleep: sleep}
}

const (
	// The vendor caches installations for some five minutes. With grant_access two readings may lag
	// behind one after the other: that it is pending, and that it is active.
	creationTimeout = 10 * time.Minute

	// doubtTimeout is how long to look for the effect of a request that had no answer. A server that
	// is still at work is done by then, and one that failed does not hold up an apply for long.
	doubtTimeout = time.Minute

	firstPoll   = 2 * time.Second
	longestPoll = 15 * time.Second
)

func (r *locationApplicationResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_location_application"
}

func (r *locationApplicationResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = connectionIdentitySchema()
}

func (r *locationApplicationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finishes the installation of an application that the owner of a location has connected, and " +
			"follows its status. Its settings can be given only then: changing them uninstalls the application, after which " +
			"the owner has to connect it again. To look at an installation without managing it, use the data source of the same " +
			"name.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				MarkdownDescription: "`" + connectionIDForm + "`.",
				Computed:            true,
			},
			"location_id":    keyAttribute("Id of the location. Changing it uninstalls the application there."),
			"application_id": keyAttribute("Id of the application. Changing it uninstalls the application."),
			"channels": schema.SetAttribute{
				MarkdownDescription: "Notification channels that the application offers at the location from the start, of `sms` and " +
					"`whatsapp`; only for the categories Chat Bots and SMS Aggregators. Changing it replaces the installation. A " +
					"channel can be turned on and off later with `altegio_application_channel`.",
				ElementType: types.StringType,
				Optional:    true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1),
					setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(slugNames()...)),
				},
			},
			"webhook_urls": schema.SetAttribute{
				MarkdownDescription: fmt.Sprintf("URLs that are told of events at the location, at most %d, each with `https` and at "+
					"most %d characters. Changing it replaces the installation.", altegio.MaxWebhookURLs, maxWebhookURL),
				ElementType: types.StringType,
				Optional:    true,
				Validators:  webhookURLs(),
			},
			"api_key_wo": schema.StringAttribute{
				MarkdownDescription: "API key that Altegio keeps for the application at the location. It is never in the plan or the " +
					"state, and needs Terraform 1.11, OpenTofu 1.11 or later.",
				Optional:  true,
				WriteOnly: true,
				Sensitive: true,
				Validators: []validator.String{
					stringvalidator.LengthAtLeast(1),
					stringvalidator.AlsoRequires(path.MatchRoot("api_key_wo_version")),
				},
			},
			"api_key_wo_version": schema.Int64Attribute{
				MarkdownDescription: "Version of the API key, to be changed with it: Terraform does not see a change of " +
					"`api_key_wo` alone. Changing it replaces the installation.",
				Optional:   true,
				Validators: []validator.Int64{int64validator.AlsoRequires(path.MatchRoot("api_key_wo"))},
			},
			"grant_access": schema.BoolAttribute{
				MarkdownDescription: "Whether to connect the application in the owner's name where it is not connected, which takes the " +
					"owner's `user_token` in the provider block. A private or fast-install application is active at once then, " +
					"and takes no settings. Defaults to `false`: the owner clicks Connect in the marketplace.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"allow_uninstall": schema.BoolAttribute{
				MarkdownDescription: "Whether Terraform may uninstall the application, to destroy or to replace the resource. It has to " +
					"be applied before the plan that does so. Defaults to `false`.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(false),
			},
			"status": schema.StringAttribute{
				MarkdownDescription: "Status of the connection: `pending`, `active`, `freezed` (the API's spelling), or whatever the API " +
					"says. It also changes without Terraform, as when a trial ends or a payment comes in.",
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"connected_at": schema.StringAttribute{
				MarkdownDescription: "When the application was connected, in a time zone that the API does not tell.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"timeouts": timeoutsAttribute(ctx),
		},
	}
	maps.Copy(resp.Schema.Attributes, undocumentedSettings())
}

// timeoutsAttribute adds to the module's attribute what it lacks: descriptions, and a sense of time.
func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{Create: true}).(schema.SingleNestedAttribute)
	attribute.MarkdownDescription = "How long to wait."
	create := attribute.Attributes["create"].(schema.StringAttribute)
	create.MarkdownDescription = fmt.Sprintf("How long creating may take, the wait for the status `active` included, as a duration "+
		"such as `90s`. Defaults to `%s`, because Altegio's statuses lag behind by up to five minutes.",
		strings.TrimSuffix(creationTimeout.String(), "0s"))
	create.Validators = append(create.Validators, positiveDurationValidator{})
	attribute.Attributes["create"] = create
	return attribute
}

// ModifyPlan fills in the id, plans replacements, and refuses to plan an uninstallation that the
// state does not allow, or after which nothing could be connected again: by the time that Delete
// could refuse, other things would have been applied.
func (r *locationApplicationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state locationApplicationResourceModel
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
	p := r.conn.plan(ctx, req, resp)
	defer p.tell()
	known := !plan.LocationID.IsUnknown() && !plan.ApplicationID.IsUnknown()
	if !creating && (destroying || known && plan.connectionID() != state.connectionID()) {
		p.remove(removal{matter: state.connectionID().matter(), leaves: "uninstalled", destroyed: true})
	}
	if destroying {
		if !state.AllowUninstall.ValueBool() {
			resp.Diagnostics.Append(uninstallRefused(state.connectionID(), "Destroying the resource"))
		}
		return
	}
	if known {
		r.conn.plansInstallation(plan.connectionID())
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), plan.connectionID().String())...)
		if creating {
			p.succeed(successor{ID: plan.connectionID().String(), Grants: plan.GrantAccess.ValueBool()})
		}
		if text, ok := plan.settingsText(); ok {
			p.declare(declaration{
				matter: plan.connectionID().matter(), value: text, held: !creating && plan.connectionID() == state.connectionID(),
			})
		}
	}
	if creating {
		if known && !plan.GrantAccess.IsUnknown() {
			resp.Diagnostics.Append(r.conn.checkInstallation(ctx, plan.connectionID(), plan.GrantAccess.ValueBool())...)
		}
		return
	}

	// The keys replace by themselves, even while they are unknown.
	var replacing []string
	if !plan.LocationID.Equal(state.LocationID) {
		replacing = append(replacing, "location_id")
	}
	if !plan.ApplicationID.Equal(state.ApplicationID) {
		replacing = append(replacing, "application_id")
	}
	imported, _ := importedNote.get(ctx, req.Private)
	// A setting that is not known yet may turn out to be the same. Where Terraform may uninstall, it
	// replaces, as everywhere in Terraform. Elsewhere that would be refused for nothing: Terraform
	// plans once more when the setting is known, and gets here again.
	changed := state.changed(plan, !imported && state.AllowUninstall.ValueBool())
	switch {
	case !imported:
		for _, name := range changed {
			resp.RequiresReplace.Append(path.Root(name))
		}
		replacing = append(replacing, changed...)
	case len(replacing) == 0 && len(changed) > 0:
		resp.Diagnostics.Append(settingsNotTaken(state.connectionID(), changed))
	}
	if len(replacing) == 0 {
		return
	}
	id, cause := state.connectionID(), "Changing "+strings.Join(replacing, ", ")
	switch {
	case !state.AllowUninstall.ValueBool():
		resp.Diagnostics.Append(uninstallRefused(id, cause+" replaces the installation, which"))
	case plan.connectionID() != id || plan.GrantAccess.IsUnknown():
		// What is to be connected elsewhere may be pending there already.
	case !plan.GrantAccess.ValueBool():
		resp.Diagnostics.Append(connectAgain(id, cause))
	case r.lacksUserToken():
		resp.Diagnostics.Append(grantImpossible(id, cause+" replaces the installation, which"))
	}
}

// lacksUserToken reports whether it is known that there is no user token.
func (r *locationApplicationResource) lacksUserToken() bool {
	return r.conn != nil && r.conn.client != nil && !r.conn.client.HasUserToken()
}

func (r *locationApplicationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config locationApplicationResourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client := r.conn.api(&resp.Diagnostics)
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
	resp.Diagnostics.Append(clearPlanNotes(ctx, resp.Private)...)
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
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// begin returns the installation as the owner has begun it, or begins it in the owner's name.
func (r *locationApplicationResource) begin(
	ctx context.Context, client *altegio.Client, plan locationApplicationResourceModel,
) (installation *altegio.Installation, granted bool, diags diag.Diagnostics) {
	id := plan.connectionID()
	// Not what was read earlier in this run: the owner may have connected the application since.
	installation, err := client.Installation(ctx, id.location, id.application)
	switch {
	case err == nil:
		return installation, false, nil
	case !errors.Is(err, altegio.ErrNotInstalled):
		return nil, false, installationTask("Cannot read how the application is connected", id).diagnostics(err)
	case !plan.GrantAccess.ValueBool():
		return nil, false, diag.Diagnostics{notConnected(id)}
	}
	installed := func(i *altegio.Installation) bool { return i != nil }
	err = client.GrantAccess(ctx, id.location, id.application)
	if err != nil {
		if installation = r.inDoubt(ctx, client, id, err, installed); installation == nil {
			t := installationTask("Cannot connect the application", id)
			t.unauthorized = "Check partner_token and user_token in the provider block, or " + envPartnerToken + " and " + envUserToken +
				": the API does not accept them."
			t.forbidden = "The user_token is not that of an owner of the location who may manage its users, the application " +
				"belongs to another partner, or it is connected already although its status does not say so yet: apply again in " +
				"five minutes to tell which."
			t.notFound = "Check that the application and the location exist."
			return nil, false, t.diagnostics(err)
		}
		return installation, true, nil
	}
	installation, err = r.poll(ctx, client, id, installed)
	if installation == nil {
		return nil, false, diag.Diagnostics{notSeen(id, err)}
	}
	return installation, true, nil
}

// finish gives a pending installation its settings, and waits until it is active.
//
// Once the API has accepted them, nothing is an error any more. Terraform marks what a failed Create
// leaves in the state as tainted, and replaces it with the next apply. That would uninstall an
// application that works, or will in a minute; or, where that is not allowed, no plan would succeed
// until somebody untaints it. And what is left out of the state would be refused as already active.
// So it is in the state, with the status that was last read and a warning.
func (r *locationApplicationResource) finish(
	ctx context.Context, client *altegio.Client, installation *altegio.Installation, a altegio.Activation, apiKeyVersion types.Int64,
) (*altegio.Installation, diag.Diagnostics) {
	id := connectionID{a.LocationID, a.ApplicationID}
	if installation.Status != altegio.StatusPending {
		return nil, diag.Diagnostics{notPending(id, installation.Status)}
	}
	finished := func(i *altegio.Installation) bool {
		return i != nil && i.Status != "" && i.Status != altegio.StatusPending
	}
	if err := client.Activate(ctx, a); err != nil {
		// What is refused because somebody else was faster is refused as 403, like much else.
		if errors.Is(err, altegio.ErrForbidden) {
			if i, err := client.Installation(ctx, id.location, id.application); err == nil && finished(i) {
				return nil, diag.Diagnostics{notPending(id, i.Status)}
			}
		}
		if i := r.inDoubt(ctx, client, id, err, finished); i != nil {
			return i, nil
		}
		t := activationTask(a, apiKeyVersion)
		t.forbidden = "The application belongs to another partner, or the installation is active already although its status " +
			"does not say so yet: apply again in five minutes to tell which."
		return nil, t.diagnostics(err)
	}
	seen, err := r.poll(ctx, client, id, finished)
	if seen == nil {
		seen = installation
	}
	if err != nil {
		return seen, diag.Diagnostics{notActiveYet(id, seen.Status, err)}
	}
	return seen, nil
}

// inDoubt looks for the effect of a request that failed and may have had it all the same. It returns
// nil when there is none to be seen.
func (r *locationApplicationResource) inDoubt(
	ctx context.Context, client *altegio.Client, id connectionID, failure error, done func(*altegio.Installation) bool,
) *altegio.Installation {
	if !mayHaveHappened(failure) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, doubtTimeout)
	defer cancel()
	if i, err := r.poll(ctx, client, id, done); err == nil {
		return i
	}
	return nil
}

// poll reads the status until it is as it should be. When that does not come to pass, it returns an
// error along with what was read last; nil is an application that is not installed, or was not read.
func (r *locationApplicationResource) poll(
	ctx context.Context, client *altegio.Client, id connectionID, done func(*altegio.Installation) bool,
) (*altegio.Installation, error) {
	var last *altegio.Installation
	for wait := firstPoll; ; wait = min(2*wait, longestPoll) {
		i, err := client.Installation(ctx, id.location, id.application)
		if err != nil && !errors.Is(err, altegio.ErrNotInstalled) {
			return last, err
		}
		if last = i; done(i) {
			return i, nil
		}
		if err := r.sleep(ctx, wait); err != nil {
			return last, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (r *locationApplicationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state locationApplicationResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// An older Terraform sends no identity, and the framework wants one even of what is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)

	id := state.connectionID()
	installation, err := client.SharedInstallation(ctx, id.location, id.application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.Append(r.conn.uninstalled(ctx, id.matter())...)
		return
	}
	if err != nil {
		resp.Diagnostics.Append(installationTask("Cannot read how the application is connected", id).diagnostics(err)...)
		return
	}
	resp.Diagnostics.Append(r.conn.noteRead(ctx, resp.Private, id.matter())...)
	resp.Diagnostics.Append(r.conn.ledger.sawInstallation(ctx, id.matter(), installation.CreatedAt)...)
	if isLaterInstallation(state.ConnectedAt.ValueString(), installation.CreatedAt) {
		if installation.Status == altegio.StatusPending {
			resp.State.RemoveResource(ctx) // another installation than this, and Create is what it waits for
			resp.Diagnostics.Append(r.conn.uninstalled(ctx, id.matter())...)
			return
		}
		if len(state.declared()) > 0 {
			resp.Diagnostics.Append(r.conn.ledger.gather.say(ctx, []finding{{what: foundReinstallation, matter: id.matter()}})...)
		}
	}
	state.fill(installation)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update records what changes nothing at Altegio: ModifyPlan has seen to it that nothing else is left.
func (r *locationApplicationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan locationApplicationResourceModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Delete checks once more what ModifyPlan has: a tainted resource, and one that is to be replaced by
// request, come here without having been through it.
func (r *locationApplicationResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state locationApplicationResourceModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id := state.connectionID()
	if isKept(ctx, req.Private, id.matter()) {
		return
	}
	if !state.AllowUninstall.ValueBool() {
		resp.Diagnostics.Append(uninstallRefused(id, "Destroying the resource"))
		return
	}
	next, _ := successorNote.get(ctx, req.Private)
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if next.Grants && next.ID == id.String() && r.lacksUserToken() {
		resp.Diagnostics.Append(grantImpossible(id, "Replacing the resource"))
		return
	}
	err := client.Uninstall(ctx, id.location, id.application)
	if err == nil || errors.Is(err, altegio.ErrNotInstalled) {
		return
	}
	if mayHaveHappened(err) {
		if _, err := client.Installation(ctx, id.location, id.application); errors.Is(err, altegio.ErrNotInstalled) {
			return
		}
	}
	t := installationTask("Cannot uninstall the application", id)
	t.doubt = "It may have been done although the answer is missing. Destroying again is safe: what is no longer installed counts as destroyed."
	resp.Diagnostics.Append(t.diagnostics(err)...)
}

// ImportState adopts an installation as it is. Its settings can't be read.
func (r *locationApplicationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, ok := readImportID[connectionIdentityModel](ctx, req, resp, parseConnectionID, connectionIDForm, connectionIDExample)
	if !ok {
		return
	}
	client := r.conn.api(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	installation, err := client.SharedInstallation(ctx, id.location, id.application)
	if errors.Is(err, altegio.ErrNotInstalled) {
		resp.Diagnostics.Append(nothingInstalled(id))
		return
	}
	if err != nil {
		resp.Diagnostics.Append(installationTask("Cannot read how the application is connected", id).diagnostics(err)...)
		return
	}
	if installation.Status == altegio.StatusPending {
		resp.Diagnostics.Append(importedPending(id))
	}
	imported := importedApplication(id)
	imported.fill(installation)
	resp.Diagnostics.Append(resp.State.Set(ctx, imported)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, imported.identity())...)
	resp.Diagnostics.Append(importedNote.set(ctx, resp.Private, true)...)
}

// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type installationModel struct {
	ID               types.String   `tfsdk:"id"`
	LocationID       types.Int64    `tfsdk:"location_id"`
	ApplicationID    types.Int64    `tfsdk:"application_id"`
	Channels         types.Set      `tfsdk:"channels"`
	WebhookURLs      types.Set      `tfsdk:"webhook_urls"`
	APIKey           types.String   `tfsdk:"api_key_wo"`
	APIKeyVersion    types.Int64    `tfsdk:"api_key_wo_version"`
	ChatURL          types.String   `tfsdk:"chat_url"`
	TipsURL          types.String   `tfsdk:"tips_url"`
	Login            types.String   `tfsdk:"login_wo"`
	LoginVersion     types.Int64    `tfsdk:"login_wo_version"`
	SecretKey        types.String   `tfsdk:"secret_key_wo"`
	SecretKeyVersion types.Int64    `tfsdk:"secret_key_wo_version"`
	GrantAccess      types.Bool     `tfsdk:"grant_access"`
	AllowUninstall   types.Bool     `tfsdk:"allow_uninstall"`
	Status           types.String   `tfsdk:"status"`
	ConnectedAt      types.String   `tfsdk:"connected_at"`
	CreationTimeout  timeouts.Value `tfsdk:"timeouts"`
}

func (m installationModel) connectionID() core.ConnectionID {
	return core.ConnectionID{Location: m.LocationID.ValueInt64(), Application: m.ApplicationID.ValueInt64()}
}

// A setting is a value that an installation can only be given when it is finished.
type setting struct {
	name  string
	value attr.Value
}

// settings returns the settings, always in the same order. Secrets are represented by their versions.
func (m installationModel) settings() []setting {
	return []setting{
		{"channels", m.Channels},
		{"webhook_urls", m.WebhookURLs},
		{"api_key_wo_version", m.APIKeyVersion},
		{"chat_url", m.ChatURL},
		{"tips_url", m.TipsURL},
		{"login_wo_version", m.LoginVersion},
		{"secret_key_wo_version", m.SecretKeyVersion},
	}
}

// declared names the settings that have a value.
func (m installationModel) declared() []string {
	var names []string
	for _, s := range m.settings() {
		if !s.value.IsNull() {
			names = append(names, s.name)
		}
	}
	return names
}

// settingsText returns a text that is equal for equal settings; known is false if a setting is unknown.
func (m installationModel) settingsText() (text string, known bool) {
	var b strings.Builder
	for _, s := range m.settings() {
		if !core.FullyKnown(s.value) {
			return "", false
		}
		fmt.Fprintf(&b, "%s=%s ", s.name, s.value)
	}
	return b.String(), true
}

// changed names the settings that differ. With unknownToo, it also names those whose planned value is not
// known yet.
func (m installationModel) changed(plan installationModel, unknownToo bool) []string {
	var names []string
	planned := plan.settings()
	for i, s := range m.settings() {
		if !s.value.Equal(planned[i].value) && (unknownToo || core.FullyKnown(planned[i].value)) {
			names = append(names, s.name)
		}
	}
	return names
}

// activation returns the request to send. Only the configuration has the secrets.
func (m installationModel) activation(
	ctx context.Context, config installationModel,
) (altegio.Activation, diag.Diagnostics) {
	id := m.connectionID()
	a := altegio.Activation{
		LocationID: id.Location, ApplicationID: id.Application, APIKey: config.APIKey.ValueString(), ChatURL: m.ChatURL.ValueString(),
		TipsURL: m.TipsURL.ValueString(), Login: config.Login.ValueString(), SecretKey: config.SecretKey.ValueString(),
	}
	diags := m.Channels.ElementsAs(ctx, &a.Channels, false)
	diags.Append(m.WebhookURLs.ElementsAs(ctx, &a.WebhookURLs, false)...)
	return a, diags
}

// fill copies the answer of the API into the model; nil means that the application is not installed.
func (m *installationModel) fill(i *altegio.Installation) {
	m.ID = types.StringValue(m.connectionID().String())
	m.Status, m.ConnectedAt = types.StringNull(), types.StringNull()
	if i != nil {
		m.Status, m.ConnectedAt = core.TextOrNull(i.Status), core.TextOrNull(i.CreatedAt)
	}
}

// importedApplication returns the state of an installation after an import: only its identity is known.
func importedApplication(id core.ConnectionID) installationModel {
	return installationModel{
		ID:              types.StringValue(id.String()),
		LocationID:      types.Int64Value(id.Location),
		ApplicationID:   types.Int64Value(id.Application),
		Channels:        types.SetNull(types.StringType),
		WebhookURLs:     types.SetNull(types.StringType),
		GrantAccess:     types.BoolValue(false),
		AllowUninstall:  types.BoolValue(false),
		CreationTimeout: timeouts.Value{Object: types.ObjectNull(map[string]attr.Type{"create": types.StringType})},
	}
}

func activationTask(a altegio.Activation, apiKeyVersion types.Int64) core.Task {
	t := installationTask("Cannot finish the installation", core.ConnectionID{Location: a.LocationID, Application: a.ApplicationID})
	if len(a.Channels) > 0 {
		var names []string
		for _, slug := range a.Channels {
			names = append(names, string(slug))
		}
		t.Arguments = append(t.Arguments, core.Argument{Name: "channels", Value: names})
	}
	if len(a.WebhookURLs) > 0 {
		t.Arguments = append(t.Arguments, core.Argument{Name: "webhook_urls", Value: a.WebhookURLs})
	}
	if !apiKeyVersion.IsNull() {
		t.Arguments = append(t.Arguments, core.Argument{Name: "api_key_wo", Value: core.NotShown{}})
	}
	if a.ChatURL != "" {
		t.Arguments = append(t.Arguments, core.Argument{Name: "chat_url", Value: a.ChatURL})
	}
	if a.TipsURL != "" {
		t.Arguments = append(t.Arguments, core.Argument{Name: "tips_url", Value: a.TipsURL})
	}
	if a.Login != "" {
		t.Arguments = append(t.Arguments, core.Argument{Name: "login_wo", Value: core.NotShown{}})
	}
	if a.SecretKey != "" {
		t.Arguments = append(t.Arguments, core.Argument{Name: "secret_key_wo", Value: core.NotShown{}})
	}
	return t
}

// installationTask is a task for an installation, whose status shows whether it was done.
func installationTask(summary string, id core.ConnectionID) core.Task {
	return core.Task{
		Summary:   summary,
		Arguments: []core.Argument{{Name: "location_id", Value: id.Location}, {Name: "application_id", Value: id.Application}},
		Doubt: "Altegio may have done it although its answer is missing. Applying again is safe: the provider reads the status first, " +
			"which can lag behind by about five minutes.",
	}
}

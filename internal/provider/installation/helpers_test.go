// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const (
	testInstallation = providertest.InstallationType + ".test"

	apiKeySecret = "api-key-Secret+2f181e2a/5c22"
)

// An installations talks to the provider about installations, as a protocol does about channels.
type installations struct {
	*providertest.Protocol
	slept *providertest.VirtualSleep
}

func newInstallations(t *testing.T, fake *altegiotest.Server, more providertest.Args) *installations {
	t.Helper()
	slept := &providertest.VirtualSleep{}
	server, err := providerserver.NewProtocol6WithError(providertest.ImpatientProvider{Provider: provider.New("1.2.3-test")(), Sleep: slept.Sleep})()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	p := &installations{&providertest.Protocol{T: t, Server: server, Schema: schema}, slept}
	if fake != nil {
		providertest.ExpectNone(t, p.Configure(providertest.FakeArgs(fake, more)))
	}
	return p
}

func (p *installations) typ() tftypes.Type {
	return p.Schema.ResourceSchemas[providertest.InstallationType].ValueType()
}

func (p *installations) identity(a providertest.Args) *tfprotov6.ResourceIdentityData {
	p.T.Helper()
	if a == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: providertest.Encode(p.T, providertest.ConnectionIdentityType, a)}
}

func (p *installations) identityArgs(data *tfprotov6.ResourceIdentityData) providertest.Args {
	p.T.Helper()
	if data == nil {
		return nil
	}
	return providertest.Plain(p.T, providertest.ConnectionIdentityType, data.IdentityData)
}

// texts are the elements of a set of strings.
func texts(elements ...any) []tftypes.Value {
	values := make([]tftypes.Value, 0, len(elements))
	for _, e := range elements {
		if e == any(providertest.Unknown{}) {
			e = tftypes.UnknownValue
		}
		values = append(values, tftypes.NewValue(tftypes.String, e))
	}
	return values
}

// encodable turns what plain has decoded into what encode takes.
func encodable(a providertest.Args) providertest.Args {
	a = maps.Clone(a)
	for _, name := range []string{"channels", "webhook_urls"} {
		if items, ok := a[name].([]any); ok {
			a[name] = texts(items...)
		}
	}
	if object, ok := a["timeouts"].(providertest.Args); ok {
		a["timeouts"] = map[string]tftypes.Value{"create": tftypes.NewValue(tftypes.String, object["create"])}
	}
	return a
}

func createTimeout(d string) map[string]tftypes.Value {
	return map[string]tftypes.Value{"create": tftypes.NewValue(tftypes.String, d)}
}

func installationArgs(location, application int, more providertest.Args) providertest.Args {
	a := providertest.Args{"location_id": location, "application_id": application}
	maps.Copy(a, more)
	return a
}

// plan plans a configuration, nil for none, on top of a prior instance, as Terraform proposes it.
func (p *installations) plan(prior providertest.Instance, config providertest.Args) *tfprotov6.PlanResourceChangeResponse {
	p.T.Helper()
	if p.Block != nil {
		p.NextRun()
	}
	state := encodable(prior.State)
	proposed := maps.Clone(config)
	if proposed != nil {
		for _, secret := range []string{"api_key_wo", "login_wo", "secret_key_wo"} {
			delete(proposed, secret)
		}
		for _, computed := range []string{"id", "status", "connected_at", "grant_access", "allow_uninstall"} {
			if _, given := config[computed]; given {
				continue
			}
			proposed[computed] = providertest.Unknown{}
			if prior.State != nil {
				proposed[computed] = state[computed]
			}
		}
	}
	resp, err := p.Server.PlanResourceChange(p.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: providertest.InstallationType, PriorState: providertest.Encode(p.T, p.typ(), state), ProposedNewState: providertest.Encode(p.T, p.typ(), proposed),
		Config: providertest.Encode(p.T, p.typ(), config), PriorPrivate: prior.Private, PriorIdentity: p.identity(prior.Identity),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp
}

func (p *installations) applyWith(
	ctx context.Context, prior providertest.Instance, config providertest.Args, plan *tfprotov6.PlanResourceChangeResponse,
) (providertest.Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	resp, err := p.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: providertest.InstallationType, PriorState: providertest.Encode(p.T, p.typ(), encodable(prior.State)), PlannedState: plan.PlannedState,
		Config: providertest.Encode(p.T, p.typ(), config), PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return providertest.Instance{State: providertest.Plain(p.T, p.typ(), resp.NewState), Private: resp.Private, Identity: p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

// validate validates a configuration as a Terraform that knows write-only arguments.
func (p *installations) validate(config providertest.Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Server.ValidateResourceConfig(p.T.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: providertest.InstallationType, Config: providertest.Encode(p.T, p.typ(), config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// create plans and applies a configuration from nothing.
func (p *installations) create(config providertest.Args) (providertest.Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	plan := p.plan(providertest.Instance{}, config)
	providertest.ExpectNone(p.T, plan.Diagnostics)
	return p.applyWith(p.T.Context(), providertest.Instance{}, config, plan)
}

func (p *installations) mustCreate(config providertest.Args) providertest.Instance {
	p.T.Helper()
	created, diags := p.create(config)
	providertest.ExpectNone(p.T, diags)
	return created
}

// update plans and applies a change that replaces nothing, and returns what the plan said.
func (p *installations) update(prior providertest.Instance, config providertest.Args) (providertest.Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	plan := p.plan(prior, config)
	if len(plan.RequiresReplace) > 0 {
		p.T.Errorf("the change replaces because of %v", plan.RequiresReplace)
	}
	for _, d := range plan.Diagnostics {
		if d.Severity == providertest.IsError {
			p.T.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
	updated, diags := p.applyWith(p.T.Context(), prior, config, plan)
	providertest.ExpectNone(p.T, diags)
	return updated, plan.Diagnostics
}

func (p *installations) read(i providertest.Instance) (providertest.Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	resp, err := p.Server.ReadResource(p.T.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: providertest.InstallationType, CurrentState: providertest.Encode(p.T, p.typ(), encodable(i.State)), Private: i.Private, CurrentIdentity: p.identity(i.Identity),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return providertest.Instance{State: providertest.Plain(p.T, p.typ(), resp.NewState), Private: resp.Private, Identity: p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

func (p *installations) importState(id string, identity providertest.Args) (providertest.Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	imported, diags := p.ImportStateOf(providertest.InstallationType, id, p.identity(identity))
	if imported == nil {
		return providertest.Instance{}, diags
	}
	return providertest.Instance{State: providertest.Plain(p.T, p.typ(), imported.State), Private: imported.Private, Identity: p.identityArgs(imported.Identity)}, diags
}

// installed is the state of an installation without settings.
func installed(location, application int, status, connectedAt any, more providertest.Args) providertest.Args {
	a := providertest.Args{
		"id": fmt.Sprintf("%d/%d", location, application), "location_id": fmt.Sprint(location), "application_id": fmt.Sprint(application),
		"channels": nil, "webhook_urls": nil, "api_key_wo": nil, "api_key_wo_version": nil,
		"chat_url": nil, "tips_url": nil, "login_wo": nil, "login_wo_version": nil, "secret_key_wo": nil, "secret_key_wo_version": nil,
		"grant_access": false, "allow_uninstall": false, "status": status, "connected_at": connectedAt, "timeouts": nil,
	}
	maps.Copy(a, more)
	return a
}

const seededAt = "2026-01-15 09:30:00"

var (
	pendingIdentity = providertest.Args{"location_id": "1006", "application_id": "456"}
	// all are all settings, and allSent what is sent with them.
	all = providertest.Args{
		"channels": texts("whatsapp", "sms"), "webhook_urls": texts("https://a.test/hook?x=1&y=2", "https://b.test/"),
		"api_key_wo": apiKeySecret, "api_key_wo_version": 1,
	}
	allState = providertest.Args{
		"channels": []any{"whatsapp", "sms"}, "webhook_urls": []any{"https://a.test/hook?x=1&y=2", "https://b.test/"}, "api_key_wo_version": "1",
	}
	allSent = `{"salon_id":1006,"application_id":456,"api_key":"` + apiKeySecret + `",` +
		`"webhook_urls":["https://a.test/hook?x=1&y=2","https://b.test/"],"channels":["whatsapp","sms"]}`
)

func callbacks(fake *altegiotest.Server) []string {
	var bodies []string
	for _, r := range fake.RequestsFor(altegiotest.OpCallback) {
		bodies = append(bodies, string(r.Body))
	}
	return bodies
}

func installationBlock(location, application int, more ...string) string {
	return providertest.InstallationNamed("test", location, application, more...)
}

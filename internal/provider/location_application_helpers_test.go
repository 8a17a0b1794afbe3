// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	installationType = "altegio_location_application"
	testInstallation = installationType + ".test"

	apiKeySecret = "api-key-Secret+2f181e2a/5c22"
)

// A virtualSleep lets time pass without waiting for it.
type virtualSleep struct {
	mu    sync.Mutex
	waits []time.Duration
	// during is called with each wait, and what has passed before it.
	during func(passed time.Duration)
}

func (s *virtualSleep) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	passed := s.passed()
	if s.during != nil {
		s.during(passed)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(passed+d).After(deadline) {
		return context.DeadlineExceeded
	}
	s.waits = append(s.waits, d)
	return nil
}

func (s *virtualSleep) passed() (sum time.Duration) {
	for _, d := range s.waits {
		sum += d
	}
	return sum
}

// An impatientProvider is the provider, with a sleep of the test's own.
type impatientProvider struct {
	*altegioProvider
	sleep func(context.Context, time.Duration) error
}

func (p impatientProvider) Resources(ctx context.Context) []func() resource.Resource {
	constructors := p.altegioProvider.Resources(ctx)
	for i, construct := range constructors {
		constructors[i] = func() resource.Resource {
			r := construct()
			if l, ok := r.(*locationApplicationResource); ok {
				l.sleep = p.sleep
			}
			return r
		}
	}
	return constructors
}

// An installations talks to the provider about installations, as a protocol does about channels.
type installations struct {
	*protocol
	slept *virtualSleep
}

func newInstallations(t *testing.T, fake *altegiotest.Server, more args) *installations {
	t.Helper()
	slept := &virtualSleep{}
	server, err := providerserver.NewProtocol6WithError(impatientProvider{New("1.2.3-test")().(*altegioProvider), slept.sleep})()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	p := &installations{&protocol{t: t, server: server, schema: schema}, slept}
	if fake != nil {
		expectNone(t, p.configure(fakeArgs(fake, more)))
	}
	return p
}

var connectionIdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"location_id": tftypes.Number, "application_id": tftypes.Number,
}}

func (p *installations) typ() tftypes.Type {
	return p.schema.ResourceSchemas[installationType].ValueType()
}

func (p *installations) identity(a args) *tfprotov6.ResourceIdentityData {
	p.t.Helper()
	if a == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: encode(p.t, connectionIdentityType, a)}
}

func (p *installations) identityArgs(data *tfprotov6.ResourceIdentityData) args {
	p.t.Helper()
	if data == nil {
		return nil
	}
	return plain(p.t, connectionIdentityType, data.IdentityData)
}

// texts are the elements of a set of strings.
func texts(elements ...any) []tftypes.Value {
	values := make([]tftypes.Value, 0, len(elements))
	for _, e := range elements {
		if e == any(unknown{}) {
			e = tftypes.UnknownValue
		}
		values = append(values, tftypes.NewValue(tftypes.String, e))
	}
	return values
}

// encodable turns what plain has decoded into what encode takes.
func encodable(a args) args {
	a = maps.Clone(a)
	for _, name := range []string{"channels", "webhook_urls"} {
		if items, ok := a[name].([]any); ok {
			a[name] = texts(items...)
		}
	}
	if object, ok := a["timeouts"].(args); ok {
		a["timeouts"] = map[string]tftypes.Value{"create": tftypes.NewValue(tftypes.String, object["create"])}
	}
	return a
}

func createTimeout(d string) map[string]tftypes.Value {
	return map[string]tftypes.Value{"create": tftypes.NewValue(tftypes.String, d)}
}

func installationArgs(location, application int, more args) args {
	a := args{"location_id": location, "application_id": application}
	maps.Copy(a, more)
	return a
}

// plan plans a configuration, nil for none, on top of a prior instance, as Terraform proposes it.
func (p *installations) plan(prior instance, config args) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	if p.block != nil {
		p.nextRun()
	}
	state := encodable(prior.state)
	proposed := maps.Clone(config)
	if proposed != nil {
		for _, secret := range []string{"api_key_wo", "login_wo", "secret_key_wo"} {
			delete(proposed, secret)
		}
		for _, computed := range []string{"id", "status", "connected_at", "grant_access", "allow_uninstall"} {
			if _, given := config[computed]; given {
				continue
			}
			proposed[computed] = unknown{}
			if prior.state != nil {
				proposed[computed] = state[computed]
			}
		}
	}
	resp, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: installationType, PriorState: encode(p.t, p.typ(), state), ProposedNewState: encode(p.t, p.typ(), proposed),
		Config: encode(p.t, p.typ(), config), PriorPrivate: prior.private, PriorIdentity: p.identity(prior.identity),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

func (p *installations) applyWith(
	ctx context.Context, prior instance, config args, plan *tfprotov6.PlanResourceChangeResponse,
) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	resp, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: installationType, PriorState: encode(p.t, p.typ(), encodable(prior.state)), PlannedState: plan.PlannedState,
		Config: encode(p.t, p.typ(), config), PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return instance{plain(p.t, p.typ(), resp.NewState), resp.Private, p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

// validate validates a configuration as a Terraform that knows write-only arguments.
func (p *installations) validate(config args) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: installationType, Config: encode(p.t, p.typ(), config),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// create plans and applies a configuration from nothing.
func (p *installations) create(config args) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	plan := p.plan(instance{}, config)
	expectNone(p.t, plan.Diagnostics)
	return p.applyWith(p.t.Context(), instance{}, config, plan)
}

func (p *installations) mustCreate(config args) instance {
	p.t.Helper()
	created, diags := p.create(config)
	expectNone(p.t, diags)
	return created
}

// update plans and applies a change that replaces nothing, and returns what the plan said.
func (p *installations) update(prior instance, config args) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	plan := p.plan(prior, config)
	if len(plan.RequiresReplace) > 0 {
		p.t.Errorf("the change replaces because of %v", plan.RequiresReplace)
	}
	for _, d := range plan.Diagnostics {
		if d.Severity == isError {
			p.t.Fatalf("%s: %s", d.Summary, d.Detail)
		}
	}
	updated, diags := p.applyWith(p.t.Context(), prior, config, plan)
	expectNone(p.t, diags)
	return updated, plan.Diagnostics
}

func (p *installations) read(i instance) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	resp, err := p.server.ReadResource(p.t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: installationType, CurrentState: encode(p.t, p.typ(), encodable(i.state)), Private: i.private, CurrentIdentity: p.identity(i.identity),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return instance{plain(p.t, p.typ(), resp.NewState), resp.Private, p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

func (p *installations) importState(id string, identity args) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	imported, diags := p.importStateOf(installationType, id, p.identity(identity))
	if imported == nil {
		return instance{}, diags
	}
	return instance{plain(p.t, p.typ(), imported.State), imported.Private, p.identityArgs(imported.Identity)}, diags
}

// installed is the state of an installation without settings.
func installed(location, application int, status, connectedAt any, more args) args {
	a := args{
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
	pendingIdentity = args{"location_id": "1006", "application_id": "456"}
	// all are all settings, and allSent what is sent with them.
	all = args{
		"channels": texts("whatsapp", "sms"), "webhook_urls": texts("https://a.test/hook?x=1&y=2", "https://b.test/"),
		"api_key_wo": apiKeySecret, "api_key_wo_version": 1,
	}
	allState = args{
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

func installationNamed(name string, location, application int, more ...string) string {
	arguments := map[string]string{"location_id": fmt.Sprint(location), "application_id": fmt.Sprint(application)}
	for _, argument := range more {
		key, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return block(`resource "altegio_location_application" `+quoted(name), arguments)
}

func installationBlock(location, application int, more ...string) string {
	return installationNamed("test", location, application, more...)
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
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

func TestProtocol_finishAnInstallation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		shapes altegiotest.Shapes
		config args
		state  args
		body   string
	}{
		"all settings": {config: all, state: allState, body: allSent},
		"undocumented settings": {
			config: args{"chat_url": "https://a.test/chat", "tips_url": "https://a.test/tips", "login_wo": "a-login-7f3a9c", "login_wo_version": 1,
				"secret_key_wo": "a-key-7f3a9c", "secret_key_wo_version": 2},
			state: args{"chat_url": "https://a.test/chat", "tips_url": "https://a.test/tips", "login_wo_version": "1", "secret_key_wo_version": "2"},
			body: `{"salon_id":1006,"application_id":456,"chat_url":"https://a.test/chat","tips_url":"https://a.test/tips",` +
				`"login":"a-login-7f3a9c","secret_key":"a-key-7f3a9c"}`,
		},
		"none":   {body: `{"salon_id":1006,"application_id":456}`},
		"a body": {shapes: altegiotest.Shapes{UndocumentedBodies: true, Meta: "object", ExtraFields: true}, body: `{"salon_id":1006,"application_id":456}`},
		"one channel": {
			config: args{"channels": texts("sms"), "allow_uninstall": true}, state: args{"channels": []any{"sms"}, "allow_uninstall": true},
			body: `{"salon_id":1006,"application_id":456,"channels":["sms"]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(test.shapes))
			p := newInstallations(t, fake, nil)
			config := installationArgs(1006, 456, test.config)
			expectNone(t, p.validate(config))
			plan := p.plan(instance{}, config)
			expectNone(t, plan.Diagnostics)
			planned := installed(1006, 456, unknown{}, unknown{}, test.state)
			expectArgs(t, "the planned state", plain(t, p.typ(), plan.PlannedState), planned)
			nothingSent(fake).now(t)

			created, diags := p.applyWith(t.Context(), instance{}, config, plan)
			expectNone(t, diags)
			expectArgs(t, "the created state", created.state, installed(1006, 456, "active", seededAt, test.state))
			expectArgs(t, "the identity", created.identity, pendingIdentity)
			if got := callbacks(fake); !slices.Equal(got, []string{test.body}) {
				t.Errorf("%s was sent, want %s", got, test.body)
			}
			sent{fake, map[string]int{altegiotest.OpInstallation: 2, altegiotest.OpCallback: 1}}.now(t)
			if len(p.slept.waits) > 0 {
				t.Errorf("an installation that is active is waited for: %v", p.slept.waits)
			}

			same := p.plan(created, config)
			expectNone(t, same.Diagnostics)
			expectArgs(t, "the plan without changes", plain(t, p.typ(), same.PlannedState), created.state)
			if len(same.RequiresReplace) > 0 {
				t.Errorf("a plan without changes replaces: %v", same.RequiresReplace)
			}
			nothingSent(fake).now(t)
		})
	}
}

// A status that lags behind is waited for, at a growing interval.
func TestProtocol_installationLagsBehind(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]altegiotest.Fault{
		"pending":       {Body: `{"success":true,"data":{"connection_status":{"status":"pending","created_at":"` + seededAt + `"},"payments":[],"logs":[]},"meta":[]}`},
		"no status":     {Body: `{"success":true,"data":{"connection_status":null,"payments":[],"logs":[]},"meta":[]}`},
		"not installed": {Status: http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newInstallations(t, fake, nil)
			answer.Operation, answer.Skip, answer.Times = altegiotest.OpInstallation, 1, 6
			fake.Fail(answer)
			created := p.mustCreate(installationArgs(1006, 456, nil))
			expectArgs(t, "the state", created.state, installed(1006, 456, "active", seededAt, nil))
			s := time.Second
			if want := []time.Duration{2 * s, 4 * s, 8 * s, 15 * s, 15 * s, 15 * s}; !slices.Equal(p.slept.waits, want) {
				t.Errorf("it waits %v, want %v", p.slept.waits, want)
			}
			sent{fake, map[string]int{altegiotest.OpInstallation: 8, altegiotest.OpCallback: 1}}.now(t)
		})
	}
}

// Once the API has accepted the settings, the installation is in the state whatever comes, and what
// comes is no error: it would be replaced.
func TestProtocol_acceptedButNotActive(t *testing.T) {
	t.Parallel()
	const kept = `Installation is not active yet\nAltegio accepted the settings of application 456 at location 1006; its status, last read as "pending"`
	for name, test := range map[string]struct {
		during func(fake *altegiotest.Server, cancel context.CancelFunc)
		more   args
		text   string
		least  time.Duration
	}{
		"never": {text: kept + `.*Waiting for it ended: the time that timeouts.create allows is over\..*removed block`, least: creationTimeout - longestPoll},
		"never, with a timeout": {
			more: args{"timeouts": createTimeout("100s")}, text: kept + ".*timeouts.create", least: 100*time.Second - longestPoll,
		},
		"interrupted": {
			during: func(_ *altegiotest.Server, cancel context.CancelFunc) { cancel() }, text: kept + `.*Waiting for it ended: it was interrupted\.`,
		},
		"the status fails at once": {text: kept + `.*the status cannot be read: GET .*500 Internal Server Error`},
		"the status fails": {
			during: func(fake *altegiotest.Server, _ context.CancelFunc) {
				fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 500})
			},
			text: kept + `.*the status cannot be read: GET /marketplace/salon/1006/application/456: 500 Internal Server Error`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: http.StatusCreated, Empty: true})
			if name == "the status fails at once" {
				fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Skip: 1, Status: 500})
			}
			p := newInstallations(t, fake, nil)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.during != nil {
				p.slept.during = func(time.Duration) { test.during(fake, cancel) }
			}
			config := installationArgs(1006, 456, args{"channels": texts("sms")})
			maps.Copy(config, test.more)
			created, diags := p.applyWith(ctx, instance{}, config, p.plan(instance{}, config))
			expectOne(t, diags, isWarning, "", test.text)
			if created.state["status"] != "pending" || created.state["connected_at"] != seededAt || created.identity == nil {
				t.Errorf("the state is %v of %v", created.state, created.identity)
			}
			if got := p.slept.passed(); got < test.least {
				t.Errorf("it waits %v, want at least %v", got, test.least)
			}
			if got := fake.Count(altegiotest.OpCallback); got != 1 {
				t.Errorf("%d requests to finish it, want 1", got)
			}

			// What becomes active later is no change.
			fake.ClearFaults()
			fake.SetStatus(1006, 456, altegiotest.StatusActive)
			p = newInstallations(t, fake, nil)
			seen, diags := p.read(created)
			expectNone(t, diags)
			if seen.state["status"] != "active" {
				t.Errorf("the status is read as %v", seen.state["status"])
			}
			plan := p.plan(seen, config)
			expectNone(t, plan.Diagnostics)
			expectArgs(t, "the next plan", plain(t, p.typ(), plan.PlannedState), seen.state)
		})
	}
}

// An owner may connect the application while Terraform works on something else.
func TestProtocol_connectedDuringTheRun(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newInstallations(t, fake, nil)
	seen, diags := p.readDataSource("altegio_location_application", args{"location_id": 1008, "application_id": 456})
	expectNone(t, diags)
	if seen["installed"] != false {
		t.Fatalf("it is installed already: %v", seen)
	}
	fake.Install(1008, 456, altegiotest.StatusPending)
	if created := p.mustCreate(installationArgs(1008, 456, nil)); created.state["status"] != "active" {
		t.Errorf("the state is %v", created.state)
	}
}

// A request without an answer is not repeated: the status tells what became of it.
func TestProtocol_installationInDoubt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{
		"reset": {Drop: true}, "500": {Status: 500}, "page": {HTML: true}, "redirect": {Redirect: "https://elsewhere.test/"},
		"nonsense": {Body: `{"ok":1}`},
	} {
		for _, effect := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, with effect %t", name, effect), func(t *testing.T) {
				t.Parallel()
				fake := newFake(t)
				fault := fault // is shared with the subtest of the other effect
				fault.Operation, fault.AfterEffect = altegiotest.OpCallback, effect
				fake.Fail(fault)
				p := newInstallations(t, fake, nil)
				created, diags := p.create(installationArgs(1006, 456, all))
				if got := fake.Count(altegiotest.OpCallback); got != 1 {
					t.Errorf("%d requests to finish it, want 1", got)
				}
				if effect {
					expectNone(t, diags)
					expectArgs(t, "the state", created.state, installed(1006, 456, "active", seededAt, allState))
					return
				}
				expectOne(t, diags, isError, "", `Cannot finish the installation\nAsked for: location_id 1006, application_id 456, channels `+
					`"whatsapp", "sms", webhook_urls "\S+", "\S+", api_key_wo \(not shown\)\..*`+
					`It may have been done although the answer is missing\. Applying again is safe`)
				if strings.Contains(diags[0].Detail, apiKeySecret) {
					t.Errorf("the API key is shown: %s", diags[0].Detail)
				}
				if created.state != nil {
					t.Errorf("what is not installed is in the state: %v", created.state)
				}
				if got := p.slept.passed(); got < doubtTimeout-longestPoll || got > doubtTimeout {
					t.Errorf("the effect is looked for during %v, want about %v", got, doubtTimeout)
				}
				fake.ClearFaults()
				p.mustCreate(installationArgs(1006, 456, all))
			})
		}
	}

	// A server that is still at work is waited for.
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: 504})
	p := newInstallations(t, fake, nil)
	p.slept.during = func(passed time.Duration) {
		if passed > 20*time.Second {
			fake.SetStatus(1006, 456, altegiotest.StatusActive)
		}
	}
	if created := p.mustCreate(installationArgs(1006, 456, nil)); created.state["status"] != "active" {
		t.Errorf("the state is %v", created.state)
	}
}

// What can't be finished is told apart before anything is sent.
func TestProtocol_nothingToFinish(t *testing.T) {
	t.Parallel()
	const (
		importBlock = `To manage it as it is, import it:\n\timport \{\n\t\tto = altegio_location_application.NAME\n\t\tid = "1006/456"\n\t\}\n` +
			`or run terraform import altegio_location_application.NAME 1006/456`
	)
	for name, test := range map[string]struct {
		status string
		shapes altegiotest.Shapes
		text   string
	}{
		"not installed": {"uninstalled", altegiotest.Shapes{}, `Application is not connected at the location\nThe owner of location 1006 has to ` +
			`click Connect for application 456 in the marketplace first.*1 hour.*12 hours.*grant_access = true`},
		"uninstalled by status": {
			"uninstalled", altegiotest.Shapes{StatusAfterUninstall: "uninstalled"}, "Application is not connected at the location",
		},
		"active":         {"active", altegiotest.Shapes{}, `Application is already active at the location\n.*so this apply set nothing.*` + importBlock},
		"freezed":        {"freezed", altegiotest.Shapes{}, `Application is suspended at the location\n.*freezed.*A payment makes it active.*` + importBlock},
		"another status": {"archived", altegiotest.Shapes{}, `Installation is not pending\n.*its status is "archived".*` + importBlock},
		"no status": {
			"pending", altegiotest.Shapes{NullConnectionStatus: true}, `Installation is not pending\n.*Altegio does not say in which status.*` + importBlock,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(test.shapes))
			fake.SetStatus(1006, 456, test.status)
			p := newInstallations(t, fake, nil)
			none, diags := p.create(installationArgs(1006, 456, all))
			expectOne(t, diags, isError, "", test.text)
			if none.state != nil {
				t.Errorf("there is a state: %v", none.state)
			}
			sent{fake, gets(1)}.now(t)
		})
	}
}

func TestProtocol_finishingIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		at    string
		text  string
	}{
		"401": {altegiotest.Fault{Status: 401}, "", "401 Unauthorized.*Check partner_token"},
		"403": {altegiotest.Fault{Status: 403}, "application_id", "403 Forbidden.*belongs to another partner, or the installation is active already"},
		"404": {altegiotest.Fault{Status: 404}, "location_id", "404 Not Found"},
		"400": {
			altegiotest.Fault{Status: 400, Body: `{"success":false,"data":null,"meta":{"message":"Агрегатор не найден"}}`},
			"",
			"Altegio answered: 400 Bad Request: Агрегатор не найден",
		},
		"422 of channels": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"channels":["no"]}}}`},
			"channels", "422 Unprocessable Entity.*of channels it says: no",
		},
		"422 of webhook_urls": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":{"webhook_urls":["unreachable"]}}}`},
			"webhook_urls", "of webhook_urls it says: unreachable",
		},
		"422 of api_key": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":{"api_key":["` + apiKeySecret + ` is bad"]}}}`},
			"api_key_wo", `of api_key_wo it says: \[redacted\] is bad`,
		},
		"422 of the location": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":{"salon_id":["gone"]}}}`},
			"location_id", "of location_id it says: gone",
		},
		"422 of nothing in particular": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":["no luck"]}}`},
			"", "Altegio answered: 422 Unprocessable Entity: no luck",
		},
		"429": {altegiotest.Fault{Status: 429}, "", "429 Too Many Requests.*requests_per_minute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			test.fault.Operation = altegiotest.OpCallback
			fake.Fail(test.fault)
			p := newInstallations(t, fake, nil)
			none, diags := p.create(installationArgs(1006, 456, all))
			expectOne(t, diags, isError, test.at, `Cannot finish the installation\n.*`+test.text)
			if none.state != nil {
				t.Errorf("there is a state: %v", none.state)
			}
			if got := fake.Count(altegiotest.OpCallback); got != 1 {
				t.Errorf("%d requests to finish it, want 1", got)
			}
		})
	}

	// Somebody else was faster. The text of the refusal, which is localised, is of no consequence.
	for _, language := range []string{"en", "ru"} {
		fake := newFake(t, altegiotest.WithShapes(altegiotest.Shapes{Language: language}))
		fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Match: func(*http.Request, []byte) bool {
			fake.SetStatus(1006, 456, altegiotest.StatusActive)
			return false
		}})
		_, diags := newInstallations(t, fake, nil).create(installationArgs(1006, 456, nil))
		expectOne(t, diags, isError, "", "Application is already active at the location")
	}

	fake := newFake(t)
	_, diags := newInstallations(t, fake, nil).create(installationArgs(1001, 999, nil))
	expectOne(t, diags, isError, "application_id", "Cannot read how the application is connected.*belongs to another partner")
	fake.Install(1006, 458, altegiotest.StatusPending)
	_, diags = newInstallations(t, fake, nil).create(installationArgs(1006, 458, args{"channels": texts("sms")}))
	expectOne(t, diags, isError, "", "422 Unprocessable Entity: .*channels")
}

func TestProtocol_grantAccess(t *testing.T) {
	t.Parallel()
	owner := args{"user_token": altegiotest.DefaultUserToken}
	granting := func(location, application int, more args) args {
		config := installationArgs(location, application, args{"grant_access": true})
		maps.Copy(config, more)
		return config
	}
	count := func(installation, grant, callback int) map[string]int {
		counts := map[string]int{altegiotest.OpInstallation: installation, altegiotest.OpGrantAccess: grant, altegiotest.OpCallback: callback}
		maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
		return counts
	}
	fast := altegiotest.Application{ID: 470, Category: altegiotest.CategoryChatBots, FastInstall: true}

	for name, test := range map[string]struct {
		config   args
		provider args
		fault    altegiotest.Fault
		status   string // in the state, "" for none
		severity tfprotov6.DiagnosticSeverity
		at, text string // "" for no diagnostic
		requests map[string]int
	}{
		"then pending": {
			config: granting(1008, 456, args{"channels": texts("sms")}), provider: owner,
			status: "active", requests: count(3, 1, 1),
		},
		"where it is pending already": {
			config: granting(1006, 456, nil), provider: owner,
			status: "active", requests: count(2, 0, 1),
		},
		"where it is active already": {
			config: granting(1001, 456, nil), provider: owner,
			severity: isError, text: "Application is already active at the location", requests: count(1, 0, 0),
		},
		"then active": {
			config: granting(1008, 470, nil), provider: owner,
			status: "active", requests: count(2, 1, 0),
		},
		"then active, with settings": {
			config: granting(1008, 470, args{"channels": texts("sms"), "api_key_wo": apiKeySecret, "api_key_wo_version": 1}), provider: owner,
			status: "active", severity: isWarning, requests: count(2, 1, 0),
			text: `Settings were not sent\nApplication 470 became active at location 1008 as soon as access was granted.*had no effect: channels, api_key_wo_version\.`,
		},
		"without a user token": {
			config:   granting(1008, 456, nil),
			severity: isError, text: `Cannot connect the application\n.*Set user_token in the provider block, or ALTEGIO_USER_TOKEN`, requests: count(1, 0, 0),
		},
		"with a token that is not accepted": {
			config: granting(1008, 456, nil), provider: args{"user_token": "another"},
			severity: isError, text: "401 Unauthorized.*Check partner_token and user_token", requests: count(1, 1, 0),
		},
		"refused": {
			config: granting(1008, 456, nil), provider: owner, fault: altegiotest.Fault{Operation: altegiotest.OpGrantAccess, Status: 403},
			severity: isError, at: "application_id", text: "The user_token is not that of an owner.*connected already although its status does not say so yet: apply again in five minutes", requests: count(1, 1, 0),
		},
		"with no answer, but an effect": {
			config: granting(1008, 456, nil), provider: owner,
			fault:  altegiotest.Fault{Operation: altegiotest.OpGrantAccess, Drop: true, AfterEffect: true},
			status: "active", requests: count(3, 1, 1),
		},
		"with no answer and no effect": {
			config: granting(1008, 456, nil), provider: owner, fault: altegiotest.Fault{Operation: altegiotest.OpGrantAccess, Drop: true},
			severity: isError, text: "Cannot connect the application\n.*Applying again is safe", requests: count(8, 1, 0),
		},
		"which does not show": {
			config:   granting(1008, 456, args{"timeouts": createTimeout("1m")}),
			provider: owner, fault: altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 404},
			severity: isError, text: `Application is not connected yet\nAltegio granted.*timeouts.create allows is over\..*Apply again`, requests: count(8, 1, 0),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.AddApplication(fast)
			if test.fault.Operation != "" {
				fake.Fail(test.fault)
			}
			p := newInstallations(t, fake, test.provider)
			created, diags := p.create(test.config)
			if test.text == "" {
				expectNone(t, diags)
			} else {
				expectOne(t, diags, test.severity, test.at, test.text)
			}
			if status, _ := created.state["status"].(string); status != test.status {
				t.Errorf("the state is %v, want one with status %q", created.state, test.status)
			}
			sent{fake, test.requests}.now(t)
			if test.status != "" {
				seen, diags := p.read(created)
				expectNone(t, diags)
				plan := p.plan(seen, test.config)
				expectNone(t, plan.Diagnostics)
				expectArgs(t, "the next plan", plain(t, p.typ(), plan.PlannedState), seen.state)
			}
		})
	}
}

func TestProtocol_installationDrifts(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	run := func() *installations { return newInstallations(t, fake, nil) }
	config := installationArgs(1006, 456, all)
	created := run().mustCreate(config)

	for _, status := range []string{"freezed", "archived", "active"} {
		fake.SetStatus(1006, 456, status)
		p := run()
		seen, diags := p.read(created)
		expectNone(t, diags)
		expectArgs(t, "the state", seen.state, installed(1006, 456, status, seededAt, allState))
		expectArgs(t, "the identity", seen.identity, pendingIdentity)
		plan := p.plan(seen, config)
		expectNone(t, plan.Diagnostics)
		expectArgs(t, "the plan", plain(t, p.typ(), plan.PlannedState), seen.state)
		if len(plan.RequiresReplace) > 0 {
			t.Errorf("status %s replaces: %v", status, plan.RequiresReplace)
		}
	}

	// Connected anew and finished by somebody else: the settings are not those that were sent.
	fake.Install(1006, 456, altegiotest.StatusActive)
	anew, diags := run().read(created)
	expectOne(t, diags, isWarning, "", `Application was reinstalled\n.*installation of application 456 at 1 location: 1006\..*the state may no longer be right`)
	expectArgs(t, "the state", anew.state, installed(1006, 456, "active", fake.ConnectedAt(1006, 456), allState))
	anew, diags = run().read(anew)
	expectNone(t, diags)

	// Connected anew and waiting: that is for Create to finish.
	fake.Install(1006, 456, altegiotest.StatusPending)
	gone, diags := run().read(anew)
	expectOne(t, diags, isWarning, "", "Application is no longer installed")
	if gone.state != nil {
		t.Errorf("another installation is taken for this one: %v", gone.state)
	}
	again := run().mustCreate(config)
	if again.state["status"] != "active" || len(callbacks(fake)) != 2 {
		t.Errorf("the new installation is not finished: %v", again.state)
	}

	// A date that is missing, or of an answer that lags behind, proves nothing.
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Times: 1, Body: `{"success":true,"data":{"connection_status":` +
		`{"status":"pending","created_at":"2026-01-01 00:00:00"},"payments":[],"logs":[]},"meta":[]}`})
	if seen, _ := run().read(again); seen.state == nil {
		t.Error("an old answer takes the installation out of the state")
	}
	fake.SetShapes(altegiotest.Shapes{NullConnectionStatus: true})
	seen, diags := run().read(again)
	expectNone(t, diags)
	expectArgs(t, "the state", seen.state, installed(1006, 456, nil, nil, allState))

	for _, shapes := range []altegiotest.Shapes{{}, {StatusAfterUninstall: "uninstalled"}} {
		fake.SetShapes(shapes)
		fake.Uninstall(1006, 456)
		again.identity = nil // as of an older Terraform
		gone, diags := run().read(again)
		expectOne(t, diags, isWarning, "", "Application is no longer installed")
		if gone.state != nil {
			t.Errorf("an installation that is gone is still there: %v", gone.state)
		}
	}

	for _, fault := range []altegiotest.Fault{{Status: 500}, {Status: 403}, {Status: 404, HTML: true}, {Drop: true}} {
		fake.ClearFaults()
		fault.Operation = altegiotest.OpInstallation
		fake.Fail(fault)
		kept, diags := run().read(again)
		if len(diags) != 1 || diags[0].Summary != "Cannot read how the application is connected" || kept.state == nil {
			t.Errorf("%v gives %v and leaves %v", fault, diags, kept.state)
		}
	}
}

const refused = `Application would be uninstalled\n%s uninstalls application 456 from location 1006: .*only the owner of the location can ` +
	`connect it again\. The state does not allow that\..*set allow_uninstall = true and apply that first\..*removed block that has destroy = false\.`

func TestProtocol_changesOfAnInstallation(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newInstallations(t, fake, nil)
	created := p.mustCreate(installationArgs(1006, 456, all))
	fake.ResetJournal()

	// These concern nobody but Terraform.
	for _, more := range []args{
		{"grant_access": true}, {"allow_uninstall": true}, {"timeouts": createTimeout("3m")}, {"api_key_wo": "another-key"}, {},
	} {
		config := installationArgs(1006, 456, all)
		maps.Copy(config, more)
		updated, diags := p.update(created, config)
		expectNone(t, diags)
		want := installed(1006, 456, "active", seededAt, allState)
		for name, value := range more {
			switch name {
			case "timeouts":
				want[name] = args{"create": "3m"}
			case "api_key_wo":
			default:
				want[name] = value
			}
		}
		expectArgs(t, "the state", updated.state, want)
		expectArgs(t, "the identity", updated.identity, pendingIdentity)
	}
	nothingSent(fake).now(t)

	config := installationArgs(1006, 456, all)
	config["allow_uninstall"] = true
	allowed, _ := p.update(created, config)
	for name, test := range map[string]struct {
		change   args
		replaces []string
	}{
		"channels":                {args{"channels": texts("sms")}, []string{"channels"}},
		"no channels":             {args{"channels": nil}, []string{"channels"}},
		"webhook_urls":            {args{"webhook_urls": texts("https://a.test/")}, []string{"webhook_urls"}},
		"api_key_wo_version":      {args{"api_key_wo_version": 2}, []string{"api_key_wo_version"}},
		"several":                 {args{"channels": texts("sms"), "api_key_wo_version": 2}, []string{"channels", "api_key_wo_version"}},
		"location_id":             {args{"location_id": 1002}, []string{"location_id"}},
		"application_id":          {args{"application_id": 457}, []string{"application_id"}},
		"unknown location_id":     {args{"location_id": unknown{}}, []string{"location_id"}},
		"and allowing it at once": {args{"channels": texts("sms"), "allow_uninstall": true}, []string{"channels"}},
	} {
		config := installationArgs(1006, 456, all)
		maps.Copy(config, test.change)
		for prior, may := range map[*instance]bool{&created: false, &allowed: true} {
			plan := p.plan(*prior, config)
			var replaces []string
			for _, path := range plan.RequiresReplace {
				replaces = append(replaces, strings.Trim(strings.TrimPrefix(path.String(), "AttributeName"), `()"`))
			}
			slices.Sort(replaces)
			want := slices.Sorted(slices.Values(test.replaces))
			if !reflect.DeepEqual(replaces, want) {
				t.Errorf("%s: the change replaces because of %v, want %v", name, replaces, want)
			}
			switch elsewhere := test.change["location_id"] != nil || test.change["application_id"] != nil; {
			case may && !elsewhere:
				expectOne(t, plan.Diagnostics, isWarning, "", "Owner has to connect the application again\nChanging "+
					strings.Join(test.replaces, ", ")+" uninstalls application 456 from location 1006\\. .*fails until the owner")
			case may || want == nil:
				expectNone(t, plan.Diagnostics)
			default:
				expectOne(t, plan.Diagnostics, isError, "allow_uninstall",
					fmt.Sprintf(refused, "Changing "+strings.Join(test.replaces, ", ")+" replaces the installation, which"))
			}
		}
	}

	// What is not known yet replaces only where it may; elsewhere it is planned again once it is known.
	unsettled := installationArgs(1006, 456, args{
		"channels": unknown{}, "webhook_urls": texts("https://a.test/", unknown{}), "api_key_wo": unknown{}, "api_key_wo_version": unknown{},
	})
	plan := p.plan(created, unsettled)
	expectNone(t, plan.Diagnostics)
	if len(plan.RequiresReplace) > 0 {
		t.Errorf("what is not known replaces: %v", plan.RequiresReplace)
	}
	plan = p.plan(allowed, unsettled)
	expectOne(t, plan.Diagnostics, isWarning, "", "Owner has to connect the application again")
	if len(plan.RequiresReplace) != 3 {
		t.Errorf("what is not known, and may replace, replaces because of %v", plan.RequiresReplace)
	}
	nothingSent(fake).now(t)
}

const noToken = `Replacing needs a user token\n%s uninstalls application 456 from location 1006, and connects it again in the owner's name, ` +
	`which takes the owner's token\. The provider has none\..*Set user_token in the provider block, or ALTEGIO_USER_TOKEN.*Nothing was sent\.`

// A replacement that is to grant access again, and can't, must not uninstall first.
func TestProtocol_replacementWithoutUserToken(t *testing.T) {
	t.Parallel()
	owner := args{"user_token": altegiotest.DefaultUserToken}
	granting := func(more args) args {
		config := installationArgs(1006, 456, args{"grant_access": true, "allow_uninstall": true, "channels": texts("sms")})
		maps.Copy(config, more)
		return config
	}
	changed := args{"channels": texts("whatsapp")}
	for name, test := range map[string]struct {
		provider args
		change   args
		severity tfprotov6.DiagnosticSeverity
		at, text string // "" for no diagnostic
	}{
		"no token":               {nil, changed, isError, "grant_access", fmt.Sprintf(noToken, "Changing channels replaces the installation, which")},
		"a scheme and no token":  {args{"user_token": "User "}, changed, isError, "grant_access", "Replacing needs a user token"},
		"not known yet":          {nil, args{"channels": unknown{}}, isError, "grant_access", "Replacing needs a user token"},
		"a token":                {owner, changed, 0, "", ""},
		"a token not known yet":  {args{"user_token": unknown{}}, changed, 0, "", ""},
		"a provider not known":   {args{"partner_token": unknown{}}, changed, 0, "", ""},
		"grant not known yet":    {nil, args{"channels": texts("whatsapp"), "grant_access": unknown{}}, 0, "", ""},
		"no grant":               {nil, args{"channels": texts("whatsapp"), "grant_access": false}, isWarning, "", "Owner has to connect the application again"},
		"elsewhere":              {nil, args{"location_id": 1008}, 0, "", ""}, // where it may be pending
		"elsewhere, not granted": {nil, args{"application_id": 457, "grant_access": false}, 0, "", ""},
		"where not known":        {nil, args{"location_id": unknown{}}, 0, "", ""},
		"nothing":                {nil, nil, 0, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			created := newInstallations(t, fake, nil).mustCreate(granting(nil))
			fake.ResetJournal()
			plan := newInstallations(t, fake, test.provider).plan(created, granting(test.change))
			if test.text == "" {
				expectNone(t, plan.Diagnostics)
			} else {
				expectOne(t, plan.Diagnostics, test.severity, test.at, test.text)
			}
			nothingSent(fake).now(t)
		})
	}

	// Before the provider is configured nothing is claimed, and nothing of an imported installation,
	// which takes no settings.
	fake := newFake(t)
	created := newInstallations(t, fake, nil).mustCreate(granting(nil))
	expectNone(t, newInstallations(t, nil, nil).plan(created, granting(changed)).Diagnostics)

	// A tainted resource, and one that is to be replaced by request, is planned as if it were created;
	// the destroying half of that sees what is to be created.
	for name, test := range map[string]struct {
		config, provider args
		text             string
		uninstalled      int
	}{
		"no token":  {granting(nil), nil, fmt.Sprintf(noToken, "Replacing the resource"), 0},
		"a token":   {granting(nil), owner, "", 1},
		"no grant":  {granting(args{"grant_access": false}), nil, "", 1},
		"elsewhere": {granting(args{"location_id": 1008}), nil, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			created := newInstallations(t, fake, nil).mustCreate(granting(nil))
			p := newInstallations(t, fake, test.provider)
			plan := p.plan(instance{}, test.config)
			expectNone(t, plan.Diagnostics)
			destroying := *plan
			destroying.PlannedState = encode(t, p.typ(), nil)
			_, diags := p.applyWith(t.Context(), created, nil, &destroying)
			if test.text == "" {
				expectNone(t, diags)
			} else {
				expectOne(t, diags, isError, "grant_access", test.text)
			}
			if n := fake.Count(altegiotest.OpUninstall); n != test.uninstalled {
				t.Errorf("it was uninstalled %d times, want %d", n, test.uninstalled)
			}
		})
	}

	// What is there is destroyed without a token.
	p := newInstallations(t, fake, nil)
	plan := p.plan(created, nil)
	expectNone(t, plan.Diagnostics)
	_, diags := p.applyWith(t.Context(), created, nil, plan)
	expectNone(t, diags)
}

// The same by way of the command line.
func TestLocationApplicationResource_replacedWithoutUserToken(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	c := newCLI(t)
	const allowed, grant = "allow_uninstall = true", "grant_access = true"
	c.config(providerBlock(fake), installationBlock(1006, 456, allowed, grant, `channels = ["sms"]`))
	c.mustRun(apply...)
	fake.ResetJournal()
	for _, command := range []string{"taint", "untaint"} {
		c.mustRun(command, testInstallation)
		if command == "untaint" {
			expectText(t, c.mustFail(append(apply, "-replace="+testInstallation)...), "Replacing needs a user token")
			break
		}
		expectText(t, c.mustFail(apply...), "Replacing needs a user token")
	}
	c.config(providerBlock(fake), installationBlock(1006, 456, allowed, grant, `channels = ["whatsapp"]`))
	expectText(t, c.mustFail("plan", "-no-color"), "Replacing needs a user token", "Changing channels replaces")
	sent{fake, gets(3)}.now(t)
	c.config(providerBlock(fake, fmt.Sprintf("user_token = %q", altegiotest.DefaultUserToken)), installationBlock(1006, 456, allowed, grant, `channels = ["whatsapp"]`))
	c.mustRun(apply...)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	fake.ResetJournal()
	// A destroy of its own needs no token, whatever was planned when it was created.
	c.config(providerBlock(fake), installationBlock(1006, 456, allowed, grant, `channels = ["whatsapp"]`))
	c.mustRun("destroy", "-auto-approve", "-no-color")
	if n := fake.Count(altegiotest.OpUninstall); n != 1 {
		t.Errorf("it was uninstalled %d times, want 1", n)
	}
}

// Settings that come from another resource.
func TestLocationApplicationResource_unknownSettings(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.4.0", "1.6.0") // terraform_data
	fake := newFake(t)
	c := newCLI(t)
	config := func(slug string, version int, more ...string) {
		c.config(providerBlock(fake), fmt.Sprintf("resource \"terraform_data\" \"slug\" {\n  input = %q\n  triggers_replace = %d\n}\n", slug, version),
			installationBlock(1006, 456, append(more, "channels = [terraform_data.slug.output]")...))
	}
	config("sms", 1)
	c.mustRun(apply...)
	config("sms", 2)
	c.mustRun(apply...)
	config("whatsapp", 3)
	expectText(t, c.mustFail(apply...), "Application would be uninstalled", "Changing channels replaces")
	config("sms", 3, "allow_uninstall = true")
	c.mustRun(apply...)
	config("whatsapp", 4, "allow_uninstall = true")
	expectText(t, c.mustRun("plan", "-no-color"), "forces replacement")
	expectText(t, c.mustFail(apply...), "Application is not connected at the location")
	fake.Install(1006, 456, altegiotest.StatusPending)
	c.mustRun(apply...)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	if got, want := fake.Counts()[altegiotest.OpUninstall], 1; got != want || len(callbacks(fake)) != 2 {
		t.Errorf("it was uninstalled %d times, and finished with %v", got, callbacks(fake))
	}
}

func TestProtocol_destroyAnInstallation(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newInstallations(t, fake, nil)
	created := p.mustCreate(installationArgs(1006, 456, nil))
	fake.ResetJournal()
	plan := p.plan(created, nil)
	expectOne(t, plan.Diagnostics, isError, "allow_uninstall", fmt.Sprintf(refused, "Destroying the resource"))
	kept, diags := p.applyWith(t.Context(), created, nil, plan) // as of a tainted resource
	expectOne(t, diags, isError, "allow_uninstall", fmt.Sprintf(refused, "Destroying the resource"))
	expectArgs(t, "the state", kept.state, created.state)
	nothingSent(fake).now(t)

	uninstalls := func(n, status int) map[string]int {
		counts := map[string]int{altegiotest.OpUninstall: n, altegiotest.OpInstallation: status}
		maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
		return counts
	}
	for name, test := range map[string]struct {
		fault    altegiotest.Fault
		before   func(*altegiotest.Server)
		at, text string
		requests map[string]int
	}{
		"done":               {requests: uninstalls(1, 0)},
		"gone":               {before: func(f *altegiotest.Server) { f.Uninstall(1006, 456) }, requests: uninstalls(1, 0)},
		"done, not answered": {fault: altegiotest.Fault{Drop: true, AfterEffect: true}, requests: uninstalls(1, 1)},
		"done, but 500":      {fault: altegiotest.Fault{Status: 500, AfterEffect: true}, requests: uninstalls(1, 1)},
		"not answered":       {fault: altegiotest.Fault{Drop: true}, text: "Destroying again is safe", requests: uninstalls(1, 1)},
		"page":               {fault: altegiotest.Fault{HTML: true}, text: "HTML page.*Destroying again is safe", requests: uninstalls(1, 1)},
		"404 as a page":      {fault: altegiotest.Fault{HTML: true, Status: 404}, text: "404 Not Found", requests: uninstalls(1, 1)},
		"403":                {fault: altegiotest.Fault{Status: 403}, at: "application_id", text: "403 Forbidden.*another partner", requests: uninstalls(1, 0)},
		"401":                {fault: altegiotest.Fault{Status: 401}, text: "401 Unauthorized", requests: uninstalls(1, 0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newInstallations(t, fake, nil)
			created := p.mustCreate(installationArgs(1006, 456, args{"allow_uninstall": true}))
			if test.before != nil {
				test.before(fake)
			}
			test.fault.Operation = altegiotest.OpUninstall
			fake.Fail(test.fault)
			fake.ResetJournal()
			plan := p.plan(created, nil)
			expectNone(t, plan.Diagnostics)
			left, diags := p.applyWith(t.Context(), created, nil, plan)
			sent{fake, test.requests}.now(t)
			if test.text == "" {
				expectNone(t, diags)
				if left.state != nil {
					t.Errorf("there is left %v", left.state)
				}
				return
			}
			expectOne(t, diags, isError, test.at, `Cannot uninstall the application\n.*`+test.text)
			expectArgs(t, "the state", left.state, created.state)
		})
	}
}

// An imported installation has settings that Terraform never gave it. Declaring some neither
// replaces it nor sends anything.
func TestProtocol_importedInstallation(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newInstallations(t, fake, args{"user_token": altegiotest.DefaultUserToken})
	for name, i := range map[string]struct {
		id       string
		identity args
	}{
		"by id": {id: "1001/456"}, "by identity": {identity: args{"location_id": 1001, "application_id": 456}},
	} {
		imported, diags := p.importState(i.id, i.identity)
		expectNone(t, diags)
		want := installed(1001, 456, "active", "2022-06-27 12:20:02", nil)
		expectArgs(t, name+": the imported state", imported.state, want)
		expectArgs(t, name+": the identity", imported.identity, args{"location_id": "1001", "application_id": "456"})
		seen, diags := p.read(imported)
		expectNone(t, diags)
		expectArgs(t, name+": the state as read", seen.state, want)
		plan := p.plan(seen, installationArgs(1001, 456, nil))
		expectNone(t, plan.Diagnostics)
		expectArgs(t, name+": the plan without settings", plain(t, p.typ(), plan.PlannedState), want)
		if got := fake.Counts(); !maps.Equal(got, gets(1)) {
			t.Errorf("%s: the API received %v, want one question for the status", name, got)
		}

		allowed, diags := p.update(seen, installationArgs(1001, 456, args{"allow_uninstall": true}))
		expectNone(t, diags)
		plan = p.plan(allowed, installationArgs(1001, 456, args{"channels": unknown{}, "allow_uninstall": true}))
		expectNone(t, plan.Diagnostics)
		if len(plan.RequiresReplace) > 0 {
			t.Errorf("%s: what is not known replaces: %v", name, plan.RequiresReplace)
		}
		recorded, diags := p.update(seen, installationArgs(1001, 456, all))
		expectOne(t, diags, isWarning, "", `Settings are recorded and not sent\nApplication 456 at location 1001 was imported.*No request is `+
			`sent for channels, webhook_urls, api_key_wo_version\.`)
		expectArgs(t, name+": the recorded state", recorded.state, installed(1001, 456, "active", "2022-06-27 12:20:02", allState))

		// That stays so in later runs.
		seen, diags = p.read(recorded)
		expectNone(t, diags)
		same := p.plan(seen, installationArgs(1001, 456, all))
		expectNone(t, same.Diagnostics)
		changed, diags := p.update(seen, installationArgs(1001, 456, args{"channels": texts("sms"), "allow_uninstall": true}))
		expectOne(t, diags, isWarning, "", "No request is sent for channels, webhook_urls, api_key_wo_version")
		if got := fake.Counts(); !maps.Equal(got, gets(2)) {
			t.Errorf("%s: the API received %v, want a question for the status in each of two runs", name, got)
		}

		// A replacement is Terraform's own, and does not inherit that.
		moved := installationArgs(1006, 456, args{"channels": texts("whatsapp"), "allow_uninstall": true})
		plan = p.plan(changed, moved)
		expectNone(t, plan.Diagnostics)
		fresh := p.plan(instance{private: plan.PlannedPrivate}, moved)
		expectNone(t, fresh.Diagnostics)
		fake.Install(1006, 456, altegiotest.StatusPending)
		created, diags := p.applyWith(t.Context(), instance{}, moved, fresh)
		expectNone(t, diags)
		moved["channels"] = texts("sms")
		if plan := p.plan(created, moved); len(plan.RequiresReplace) != 1 {
			t.Errorf("%s: what replaces an imported installation counts as imported", name)
		}
		p = newInstallations(t, fake, nil)
		fake.ResetJournal()
	}
}

func TestProtocol_importOfAnInstallation(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newInstallations(t, fake, nil)
	freezed, diags := p.importState("1007/456", nil)
	expectNone(t, diags)
	expectArgs(t, "the state", freezed.state, installed(1007, 456, "freezed", seededAt, nil))
	pending, diags := p.importState("1006/456", nil)
	expectOne(t, diags, isWarning, "", `Installation is still pending\n.*importing sends nothing`)
	expectArgs(t, "the state", pending.state, installed(1006, 456, "pending", seededAt, nil))
	pending, diags = p.read(pending)
	expectNone(t, diags)
	expectArgs(t, "the state as read", pending.state, installed(1006, 456, "pending", seededAt, nil))
	sent{fake, gets(2)}.now(t)

	const form = `Its form is location_id/application_id, for example "1001/456"\.$`
	for _, test := range []struct {
		id       string
		identity args
		at, text string
	}{
		{id: "1008/456", text: `Nothing to import\nApplication 456 is not installed at location 1008\.`},
		{id: "1001/999", at: "application_id", text: `Cannot read how the application is connected\n.*another partner`},
		{id: "1001", text: `Invalid import id\nThe id "1001" cannot be used: it has 1 part instead of 2\. ` + form},
		{id: "1001/456/sms", text: form},
		{id: "0/456", text: form},
		{id: "", text: form},
		{identity: args{"location_id": -1, "application_id": 456}, text: `Invalid import identity\n.*location_id is "-1"`},
	} {
		imported, diags := p.importState(test.id, test.identity)
		expectOne(t, diags, isError, test.at, test.text)
		if imported.state != nil {
			t.Errorf("%q is imported: %v", test.id, imported.state)
		}
	}

	unready := newInstallations(t, fake, args{"partner_token": unknown{}})
	_, diags = unready.importState("1001/456", nil)
	expectOne(t, diags, isError, "partner_token", "Provider configuration is not known yet")
	_, diags = unready.create(installationArgs(1006, 456, nil))
	expectOne(t, diags, isError, "partner_token", "Provider configuration is not known yet")
	_, diags = unready.read(pending)
	expectOne(t, diags, isError, "partner_token", "Provider configuration is not known yet")
}

func TestProtocol_installationIsValidated(t *testing.T) {
	t.Parallel()
	p := newInstallations(t, nil, nil)
	url := func(length int) string { return "https://a.test/" + strings.Repeat("x", length-len("https://a.test/")) }
	var eleven []any
	for i := range 11 {
		eleven = append(eleven, fmt.Sprintf("https://a.test/%d", i))
	}
	for name, test := range map[string]struct {
		config args
		text   string
	}{
		"nothing":              {args{}, ""},
		"all":                  {all, ""},
		"ten URLs":             {args{"webhook_urls": texts(eleven[:10]...)}, ""},
		"eleven URLs":          {args{"webhook_urls": texts(eleven...)}, "at most 10"},
		"no URL":               {args{"webhook_urls": texts()}, "at least 1"},
		"http":                 {args{"webhook_urls": texts("http://a.test/")}, "must be an https URL"},
		"no host":              {args{"webhook_urls": texts("https:///x")}, "must be an https URL"},
		"a space":              {args{"webhook_urls": texts("https://a.test/x y")}, "must be an https URL"},
		"a long URL":           {args{"webhook_urls": texts(url(4096))}, ""},
		"too long a URL":       {args{"webhook_urls": texts(url(4097))}, "4096"},
		"null for a URL":       {args{"webhook_urls": texts(nil)}, "null"},
		"a channel of no kind": {args{"channels": texts("email")}, `"whatsapp"`},
		"no channel":           {args{"channels": texts()}, "at least 1"},
		"key without version":  {args{"api_key_wo": "x"}, `"api_key_wo_version" must be specified`},
		"version without key":  {args{"api_key_wo_version": 1}, `"api_key_wo" must be specified`},
		"chat without TLS":     {args{"chat_url": "http://a.test/chat"}, "must be an https URL"},
		"login alone":          {args{"login_wo": "x"}, `"login_wo_version" must be specified`},
		"secret key alone":     {args{"secret_key_wo": "x"}, `"secret_key_wo_version" must be specified`},
		"empty key":            {args{"api_key_wo": "", "api_key_wo_version": 1}, "at least 1"},
		"location 0":           {args{"location_id": 0}, "at least 1"},
		"no duration":          {args{"timeouts": createTimeout("soon")}, "decimal numbers"},
		"no time at all":       {args{"timeouts": createTimeout("0s")}, "a duration above zero"},
		"nothing is known": {args{
			"location_id": unknown{}, "application_id": unknown{}, "channels": unknown{}, "webhook_urls": texts(unknown{}), "api_key_wo": unknown{},
			"api_key_wo_version": unknown{}, "grant_access": unknown{}, "allow_uninstall": unknown{}, "timeouts": unknown{},
		}, ""},
	} {
		config := installationArgs(1006, 456, nil)
		maps.Copy(config, test.config)
		diags := p.validate(config)
		switch {
		case test.text == "":
			expectNone(t, diags)
		case len(diags) != 1 || !strings.Contains(diags[0].Detail, test.text):
			t.Errorf("%s gives %v, want %q", name, diags, test.text)
		}
		if name == "nothing is known" {
			expectNone(t, p.plan(instance{}, config).Diagnostics)
		}
	}
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

// The life of an installation under a real Terraform: what a user sees, and what is sent.
func TestLocationApplicationResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	config := func(more ...string) { c.config(providerBlock(fake), installationBlock(1006, 456, more...)) }
	unchanged := func() {
		t.Helper()
		fake.ResetJournal()
		c.mustRun("plan", "-detailed-exitcode", "-no-color")
		sent{fake, gets(1)}.now(t)
	}
	const channels, hooks = `channels = ["sms"]`, `webhook_urls = ["https://a.test/hook"]`

	config(channels, hooks)
	c.mustRun("plan", "-no-color")
	nothingSent(fake).now(t)
	c.mustRun(apply...)
	sent{fake, map[string]int{altegiotest.OpInstallation: 2, altegiotest.OpCallback: 1}}.now(t)
	if got := c.values(testInstallation); got["status"] != "active" || got["id"] != "1006/456" || got["connected_at"] != seededAt {
		t.Errorf("the state is %v", got)
	}
	if available, wasSet := fake.Channel(1006, 456, "sms"); !available || !wasSet || !slices.Equal(fake.WebhookURLs(1006, 456), []string{"https://a.test/hook"}) {
		t.Error("the settings have not arrived")
	}
	unchanged()
	fake.SetStatus(1006, 456, altegiotest.StatusFreezed)
	unchanged()
	fake.SetStatus(1006, 456, altegiotest.StatusActive)

	// Nothing uninstalls by accident.
	fake.ResetJournal()
	const wouldBe = "Application would be uninstalled"
	expectText(t, c.mustFail("destroy", "-auto-approve", "-no-color"), wouldBe, "Destroying the resource uninstalls")
	config(hooks, "allow_uninstall = true")
	expectText(t, c.mustFail("plan", "-no-color"), wouldBe, "Changing channels replaces the installation, which uninstalls")
	config(channels, hooks)
	c.mustRun("taint", "-no-color", testInstallation)
	expectText(t, c.mustFail(apply...), wouldBe)
	c.mustRun("untaint", "-no-color", testInstallation)
	if status, _ := fake.Status(1006, 456); status != "active" {
		t.Fatalf("the application is %s", status)
	}

	config(channels, hooks, "allow_uninstall = true", "grant_access = true", `timeouts = { create = "1m" }`)
	fake.ResetJournal()
	expectText(t, c.mustRun(apply...), "0 added, 1 changed, 0 destroyed")
	sent{fake, gets(1)}.now(t)
	unchanged()

	// A replacement uninstalls, and waits for the owner.
	config(hooks, "allow_uninstall = true")
	expectText(t, c.mustRun("plan", "-no-color"), "forces replacement", "1 to add, 0 to change, 1 to destroy")
	expectText(t, c.mustFail(apply...), "Application is not connected at the location", "click Connect")
	fake.Install(1006, 456, altegiotest.StatusPending)
	fake.ResetJournal()
	c.mustRun(apply...)
	if got, want := callbacks(fake), []string{`{"salon_id":1006,"application_id":456,"webhook_urls":["https://a.test/hook"]}`}; !slices.Equal(got, want) {
		t.Errorf("%v was sent, want %v", got, want)
	}
	unchanged()
	fake.ResetJournal()
	c.mustRun("destroy", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUninstall: 1}}.now(t)
	if _, installed := fake.Status(1006, 456); installed {
		t.Error("the application is still installed")
	}
}

// With the owner's token a replacement needs nobody.
func TestLocationApplicationResource_grant(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	owner := fmt.Sprintf("user_token = %q", altegiotest.DefaultUserToken)
	granting := func(more ...string) string {
		return installationBlock(1008, 456, append(more, "grant_access = true", "allow_uninstall = true")...)
	}
	c.config(providerBlock(fake), granting())
	expectText(t, c.mustFail(apply...), "Set user_token in the provider block")
	c.config(providerBlock(fake, owner), granting())
	c.mustRun(apply...)
	c.config(providerBlock(fake, owner), granting(`channels = ["whatsapp"]`))
	fake.ResetJournal()
	c.mustRun(apply...)
	sent{fake, map[string]int{
		altegiotest.OpInstallation: 4, altegiotest.OpUninstall: 1, altegiotest.OpGrantAccess: 1, altegiotest.OpCallback: 1,
	}}.now(t)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	c.mustRun("destroy", "-auto-approve", "-no-color")
}

func TestLocationApplicationResource_import(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.5.0", "1.6.0") // import blocks
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), installationBlock(1001, 456))
	expectText(t, c.mustFail(apply...), "Application is already active at the location", "terraform import altegio_location_application.NAME 1001/456")
	sent{fake, gets(1)}.now(t)

	importBlock := func(id string) string {
		return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", testInstallation, id)
	}
	c.config(providerBlock(fake), installationBlock(1008, 456), importBlock("1008/456"))
	expectText(t, c.mustFail("plan", "-no-color"), "Nothing to import", "Application 456 is not installed at location 1008")
	c.config(providerBlock(fake), installationBlock(1001, 456), importBlock("1001/456"))
	fake.ResetJournal()
	expectText(t, c.mustRun(apply...), "1 imported, 0 added, 0 changed, 0 destroyed")
	c.mustRun("plan", "-detailed-exitcode", "-no-color")

	c.config(providerBlock(fake), installationBlock(1001, 456, `channels = ["sms"]`))
	expectText(t, c.mustRun(apply...), "Settings are recorded and not sent", "0 added, 1 changed, 0 destroyed")
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	if got := slices.Collect(maps.Keys(fake.Counts())); !slices.Equal(got, []string{altegiotest.OpInstallation}) {
		t.Errorf("importing and recording sends %v", got)
	}
}

// What every refusal to uninstall advises.
func TestLocationApplicationResource_removed(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.7.0", "1.12.0")
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), installationBlock(1006, 456))
	c.mustRun(apply...)
	fake.ResetJournal()
	c.config(providerBlock(fake), fmt.Sprintf("removed {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", testInstallation))
	c.mustRun(apply...)
	if status, _ := fake.Status(1006, 456); status != "active" || c.values(testInstallation) != nil {
		t.Errorf("the application is %s, and the state has %v", status, c.values(testInstallation))
	}
	if got := fake.Count(altegiotest.OpUninstall); got != 0 {
		t.Errorf("%d requests to uninstall", got)
	}
}

// An apply that ends while it waits for the status. What was interrupted is in the state; what was
// killed is not, and the next apply tells how to get it there. Nothing is sent twice.
func TestLocationApplicationResource_cutOff(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"interrupted": syscall.SIGINT, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: http.StatusCreated, Empty: true})
			c := newCLI(t)
			c.config(providerBlock(fake), installationBlock(1006, 456, `channels = ["sms"]`))
			out := c.signal(signal, func() bool { return fake.Count(altegiotest.OpInstallation) > 1 }, apply...)
			fake.SetStatus(1006, 456, altegiotest.StatusActive)

			switch signal {
			case syscall.SIGINT:
				expectText(t, out, "Installation is not active yet", "Waiting for it ended: it was interrupted.")
				if got := c.values(testInstallation); got["status"] != "pending" {
					t.Errorf("the state is %v", got)
				}
			case syscall.SIGKILL:
				expectText(t, c.mustFail(apply...), "Application is already active", "terraform import altegio_location_application.NAME 1006/456")
				c.mustRun("import", "-no-color", testInstallation, "1006/456")
				expectText(t, c.mustRun(apply...), "Settings are recorded and not sent")
			}
			c.mustRun("plan", "-detailed-exitcode", "-no-color")
			c.mustRun(apply...)
			if got := c.values(testInstallation); got["status"] != "active" {
				t.Errorf("the state is %v", got)
			}
			if got := callbacks(fake); len(got) != 1 {
				t.Errorf("%v was sent, want one request", got)
			}
		})
	}
}

// The channel of the documentation waits for the application that it belongs to.
func TestLocationApplicationResource_channel(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	requireVersion(t, "1.2.0", "1.6.0") // preconditions
	dir := filepath.Join("resources", installationType)
	c.config(providerBlock(fake), readExample(t, dir, "resource.tf"), readExample(t, dir, "channel.tf"))
	c.mustRun(apply...)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	sent{fake, map[string]int{altegiotest.OpInstallation: 3, altegiotest.OpCallback: 1, altegiotest.OpUpdateChannel: 1}}.now(t)
}

// A key is in no plan, no state and no log.
func TestLocationApplicationResource_apiKey(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	run := newSecretRun(t, "TF_VAR_api_key="+apiKeySecret)
	run.write("providers.tf", providerBlock(fake))
	example := readExample(t, "resources", installationType, "api-key.tf")
	older := strings.Replace(example, "ephemeral = true", "sensitive = true", 1)
	if have, err := cliVersion(); err != nil {
		t.Fatal(err)
	} else if have.Segments()[1] < 11 {
		run.write("main.tf", older)
		expectText(t, run.mustFail("validate", "-no-color"), "WriteOnly Attribute Not Allowed")
		return
	}
	run.write("main.tf", example)
	talkative := `{"success":false,"data":null,"meta":{"message":"not ` + apiKeySecret + `","errors":{"api_key":["` + apiKeySecret + `"]}}}`
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: 422, Body: talkative, Times: 1})
	run.do(false, "apply", "-auto-approve")
	run.do(true, "plan", "-out=plan")
	run.do(true, "apply", "plan")
	run.do(true, "show")
	run.do(true, "plan", "-detailed-exitcode")
	if got := fake.APIKey(1006, 456); got != apiKeySecret {
		t.Errorf("the API key is %q", got)
	}
	run.write("main.tf", strings.Replace(example, "_version = 1", "_version = 2", 1))
	run.do(false, "plan")
	expectText(t, run.streams[len(run.streams)-1], "Changing api_key_wo_version replaces the installation")
	run.expectAbsent("the API key", apiKeySecret)
}

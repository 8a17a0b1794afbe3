// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A protocol talks to the provider as Terraform does, in this process. What it shows holds for every
// version of Terraform and OpenTofu, also for those that aren't installed here.
type protocol struct {
	t      *testing.T
	server tfprotov6.ProviderServer
	schema *tfprotov6.GetProviderSchemaResponse
	block  args // that it was last configured with
}

// args are the arguments of a block in Go's types; a number may be a string of digits, and
// unknown{} is a value that is known after apply.
type args map[string]any

type unknown struct{}

func newProtocol(t *testing.T) *protocol {
	t.Helper()
	server, err := Server("1.2.3-test")()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return &protocol{t: t, server: server, schema: schema}
}

// newConfiguredProtocol points the provider at the fake, with further arguments.
func newConfiguredProtocol(t *testing.T, fake *altegiotest.Server, more args) *protocol {
	t.Helper()
	p := newProtocol(t)
	expectNone(t, p.configure(fakeArgs(fake, more)))
	return p
}

func fakeArgs(fake *altegiotest.Server, more args) args {
	a := args{
		"partner_token": altegiotest.DefaultPartnerToken, "api_url": fake.APIURL(), "app_url": fake.AppURL(),
		"requests_per_second": 0, "requests_per_minute": 0, "max_retries": 0,
		"validate": false, // so that a test counts what it is about
	}
	maps.Copy(a, more)
	return a
}

func encode(t *testing.T, typ tftypes.Type, a args) *tfprotov6.DynamicValue {
	t.Helper()
	dv, err := tfprotov6.NewDynamicValue(typ, object(t, typ, a))
	if err != nil {
		t.Fatal(err)
	}
	return &dv
}

func object(t *testing.T, typ tftypes.Type, a args) tftypes.Value {
	t.Helper()
	if a == nil {
		return tftypes.NewValue(typ, nil)
	}
	attributes := typ.(tftypes.Object).AttributeTypes
	for name := range a {
		if attributes[name] == nil {
			t.Fatalf("there is no attribute %s", name)
		}
	}
	values := map[string]tftypes.Value{}
	for name, attribute := range attributes {
		values[name] = tftypes.NewValue(attribute, native(t, attribute, a[name]))
	}
	return tftypes.NewValue(typ, values)
}

// native turns a Go value into what tftypes makes a value of the type from.
func native(t *testing.T, typ tftypes.Type, v any) any {
	t.Helper()
	switch v := v.(type) {
	case unknown:
		return tftypes.UnknownValue
	case []any:
		var element tftypes.Type
		if set, ok := typ.(tftypes.Set); ok {
			element = set.ElementType
		} else {
			element = typ.(tftypes.List).ElementType
		}
		values := make([]tftypes.Value, 0, len(v))
		for _, item := range v {
			values = append(values, tftypes.NewValue(element, native(t, element, item)))
		}
		return values
	case args:
		return native(t, typ, map[string]any(v))
	case map[string]any:
		element := typ.(tftypes.Map).ElementType
		values := make(map[string]tftypes.Value, len(v))
		for key, item := range v {
			values[key] = tftypes.NewValue(element, native(t, element, item))
		}
		return values
	case string:
		if typ.Is(tftypes.Number) {
			f, _, err := big.ParseFloat(v, 10, terraformPrecision, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			return f
		}
	}
	return v
}

// plain decodes a value into args, with numbers as their digits.
func plain(t *testing.T, typ tftypes.Type, dv *tfprotov6.DynamicValue) args {
	t.Helper()
	if dv == nil {
		return nil
	}
	value, err := dv.Unmarshal(typ)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := plainValue(t, value).(args)
	return a
}

func plainValue(t *testing.T, v tftypes.Value) any {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case !v.IsKnown():
		return unknown{}
	case v.IsNull():
		return nil
	case v.Type().Is(tftypes.String):
		var s string
		must(v.As(&s))
		return s
	case v.Type().Is(tftypes.Number):
		var f big.Float
		must(v.As(&f))
		return f.Text('f', -1)
	case v.Type().Is(tftypes.Bool):
		var b bool
		must(v.As(&b))
		return b
	case v.Type().Is(tftypes.List{}), v.Type().Is(tftypes.Set{}):
		var list []tftypes.Value
		must(v.As(&list))
		items := make([]any, 0, len(list))
		for _, item := range list {
			items = append(items, plainValue(t, item))
		}
		return items
	default:
		var attributes map[string]tftypes.Value
		must(v.As(&attributes))
		a := args{}
		for name, value := range attributes {
			a[name] = plainValue(t, value)
		}
		return a
	}
}

func expectNone(t *testing.T, diags []*tfprotov6.Diagnostic) {
	t.Helper()
	for _, d := range diags {
		t.Fatalf("%s: %s\n%s", d.Severity, d.Summary, d.Detail)
	}
}

// expectOne checks that there is one diagnostic, what it is about and that its text matches.
func expectOne(t *testing.T, diags []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity, at, text string) {
	t.Helper()
	if len(diags) != 1 {
		t.Fatalf("%d diagnostics, want one on %q: %v", len(diags), at, diags)
	}
	expectDiagnostic(t, diags[0], severity, at, text)
}

func expectDiagnostic(t *testing.T, d *tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity, at, text string) {
	t.Helper()
	var path string
	if d.Attribute != nil {
		path = strings.ReplaceAll(d.Attribute.String(), "AttributeName", "")
	}
	if want := at; path != want && path != `("`+want+`")` {
		t.Errorf("it is about %q, want %q", path, want)
	}
	if d.Severity != severity {
		t.Errorf("it is of severity %s, want %s", d.Severity, severity)
	}
	if got := d.Summary + "\n" + d.Detail; !regexp.MustCompile("(?s)" + text).MatchString(got) {
		t.Errorf("it says\n%s\nwhich does not match\n%s", got, text)
	}
}

func (p *protocol) validateProvider(a args) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.server.ValidateProviderConfig(p.t.Context(), &tfprotov6.ValidateProviderConfigRequest{
		Config: encode(p.t, p.schema.Provider.ValueType(), a),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

func (p *protocol) configure(a args) []*tfprotov6.Diagnostic {
	p.t.Helper()
	p.block = a
	resp, err := p.server.ConfigureProvider(p.t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.99.0", Config: encode(p.t, p.schema.Provider.ValueType(), a),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// nextRun is what each plan and each apply begins with.
func (p *protocol) nextRun() {
	p.t.Helper()
	expectNone(p.t, p.configure(p.block))
}

func (p *protocol) validateResource(name string, a args) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.server.ValidateResourceConfig(p.t.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: name, Config: encode(p.t, p.schema.ResourceSchemas[name].ValueType(), a),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

func (p *protocol) validateDataSource(name string, a args) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.server.ValidateDataResourceConfig(p.t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: name, Config: encode(p.t, p.schema.DataSourceSchemas[name].ValueType(), a),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

func (p *protocol) readDataSource(name string, a args) (args, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	typ := p.schema.DataSourceSchemas[name].ValueType()
	resp, err := p.server.ReadDataSource(p.t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: encode(p.t, typ, a)})
	if err != nil {
		p.t.Fatal(err)
	}
	return plain(p.t, typ, resp.State), resp.Diagnostics
}

// An instance is what Terraform keeps of a resource between two runs.
type instance struct {
	state    args // nil: there is none
	private  []byte
	identity args // nil: none, as with a Terraform that does not know identities
}

const channelType = "altegio_application_channel"

// channelIdentityType is the type of a channel's identity.
var channelIdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"location_id": tftypes.Number, "application_id": tftypes.Number, "channel_slug": tftypes.String,
}}

func channelArgs(location, application int, slug string, available any) args {
	return args{"location_id": location, "application_id": application, "channel_slug": slug, "is_available": available}
}

func (p *protocol) channel() tftypes.Type { return p.schema.ResourceSchemas[channelType].ValueType() }

func (p *protocol) identity(a args) *tfprotov6.ResourceIdentityData {
	p.t.Helper()
	if a == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: encode(p.t, channelIdentityType, a)}
}

func (p *protocol) identityArgs(data *tfprotov6.ResourceIdentityData) args {
	p.t.Helper()
	if data == nil {
		return nil
	}
	return plain(p.t, channelIdentityType, data.IdentityData)
}

// plan plans a configuration, nil for none, on top of a prior instance, in a run of its own.
func (p *protocol) plan(prior instance, config args) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	if p.block != nil {
		p.nextRun()
	}
	proposed := maps.Clone(config)
	if proposed != nil {
		proposed["id"] = any(unknown{})
		if prior.state != nil {
			proposed["id"] = prior.state["id"]
		}
	}
	resp, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: channelType, PriorState: encode(p.t, p.channel(), prior.state), ProposedNewState: encode(p.t, p.channel(), proposed),
		Config: encode(p.t, p.channel(), config), PriorPrivate: prior.private, PriorIdentity: p.identity(prior.identity),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

// apply applies a plan. Even when it fails, there is a new instance.
func (p *protocol) apply(prior instance, config args, plan *tfprotov6.PlanResourceChangeResponse) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	return p.applyWith(p.t.Context(), prior, config, plan)
}

func (p *protocol) applyWith(
	ctx context.Context, prior instance, config args, plan *tfprotov6.PlanResourceChangeResponse,
) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	resp, err := p.server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: channelType, PriorState: encode(p.t, p.channel(), prior.state), PlannedState: plan.PlannedState,
		Config: encode(p.t, p.channel(), config), PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return instance{plain(p.t, p.channel(), resp.NewState), resp.Private, p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

// change plans and applies, and fails the test if that fails.
func (p *protocol) change(prior instance, config args) instance {
	p.t.Helper()
	plan := p.plan(prior, config)
	expectNone(p.t, plan.Diagnostics)
	got, diags := p.apply(prior, config, plan)
	expectNone(p.t, diags)
	return got
}

// read refreshes an instance in a run of its own.
func (p *protocol) read(i instance) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	if p.block != nil {
		p.nextRun()
	}
	return p.readWith(p.t.Context(), i)
}

func (p *protocol) readWith(ctx context.Context, i instance) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	resp, err := p.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: channelType, CurrentState: encode(p.t, p.channel(), i.state), Private: i.private, CurrentIdentity: p.identity(i.identity),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return instance{plain(p.t, p.channel(), resp.NewState), resp.Private, p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

func (p *protocol) importState(id string, identity args) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	imported, diags := p.importStateOf(channelType, id, p.identity(identity))
	if imported == nil {
		return instance{}, diags
	}
	return instance{plain(p.t, p.channel(), imported.State), imported.Private, p.identityArgs(imported.Identity)}, diags
}

// importStateOf returns nil when there is nothing imported.
func (p *protocol) importStateOf(typeName, id string, identity *tfprotov6.ResourceIdentityData) (*tfprotov6.ImportedResource, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	resp, err := p.server.ImportResourceState(p.t.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName, ID: id, Identity: identity,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if len(resp.ImportedResources) == 0 {
		return nil, resp.Diagnostics
	}
	return resp.ImportedResources[0], resp.Diagnostics
}

func expectArgs(t *testing.T, what string, got, want args) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s is\n  %v\nwant\n  %v", what, got, want)
	}
}

func TestProtocol_unknownConfiguration(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newProtocol(t)
	expectNone(t, p.configure(fakeArgs(fake, args{"partner_token": unknown{}, "max_retry_wait": unknown{}})))

	config := channelArgs(1001, 456, "sms", true)
	plan := p.plan(instance{}, config)
	expectNone(t, plan.Diagnostics)
	expectArgs(t, "the plan", plain(t, p.channel(), plan.PlannedState), channelState(true))

	const explanation = `Provider configuration is not known yet\nA request to Altegio is needed, but partner_token, max_retry_wait in ` +
		`the provider block will be known only after apply`
	errorSeverity := tfprotov6.DiagnosticSeverityError
	_, diags := p.readDataSource("altegio_location_application", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, errorSeverity, "partner_token", explanation)
	_, diags = p.readDataSource("altegio_payment_link", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, errorSeverity, "partner_token", explanation)

	there := instance{state: channelState(true), identity: smsIdentity}
	kept, diags := p.read(there)
	expectOne(t, diags, errorSeverity, "partner_token", explanation)
	expectArgs(t, "the state", kept.state, there.state)
	_, diags = p.apply(instance{}, config, plan)
	expectOne(t, diags, errorSeverity, "partner_token", explanation)

	imported, diags := p.importState("1001/456/sms", nil)
	expectNone(t, diags)
	expectArgs(t, "the imported state", imported.state, channelState(nil))
	nothingSent(fake).now(t)

	// The same configuration once everything is known, as when it is applied.
	expectNone(t, p.configure(fakeArgs(fake, nil)))
	if _, diags := p.apply(instance{}, config, plan); len(diags) > 0 {
		t.Errorf("applying the plan fails: %v", diags)
	}
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.now(t)
}

func TestProtocol_notConfigured(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	expectNone(t, p.validateResource(channelType, channelArgs(1001, 456, "sms", true)))
	expectNone(t, p.plan(instance{}, channelArgs(1001, 456, "sms", true)).Diagnostics)
	_, diags := p.read(instance{state: channelState(true)})
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Provider is not configured\nA request to Altegio was needed")
	_, diags = p.readDataSource("altegio_payment_link", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Provider is not configured")
}

func TestProtocol_userAgent(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	newConfiguredProtocol(t, fake, nil).change(instance{}, channelArgs(1001, 456, "sms", true))
	request := fake.Requests()[0]
	if got, want := request.Header.Get("User-Agent"), "terraform-provider-altegio/1.2.3-test Terraform/1.99.0"; got != want {
		t.Errorf("the User-Agent is %q, want %q", got, want)
	}
	if got, want := request.Header.Get("Authorization"), "Bearer "+altegiotest.DefaultPartnerToken; got != want {
		t.Errorf("the authorization is %q, want %q", got, want)
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

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

func channelState(available any) args {
	return args{
		"id": "1001/456/sms", "location_id": "1001", "application_id": "456", "channel_slug": "sms", "is_available": available,
	}
}

var smsIdentity = args{"location_id": "1001", "application_id": "456", "channel_slug": "sms"}

func TestProtocol_lifeOfAChannel(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	config := channelArgs(1001, 456, "sms", true)

	plan := p.plan(instance{}, config)
	expectNone(t, plan.Diagnostics)
	expectArgs(t, "the planned state", plain(t, p.channel(), plan.PlannedState), channelState(true))
	nothingSent(fake).now(t)

	created, diags := p.apply(instance{}, config, plan)
	expectNone(t, diags)
	expectArgs(t, "the created state", created.state, channelState(true))
	expectArgs(t, "the identity", created.identity, smsIdentity)
	if got, want := posted(fake), []string{body(1001, 456, "sms", true)}; !reflect.DeepEqual(got, want) {
		t.Errorf("creating sends %s, want %s", got, want)
	}
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.now(t)

	p.nextRun()
	seen, diags := p.read(created)
	expectNone(t, diags)
	expectArgs(t, "the state after a refresh", seen.state, channelState(true))
	expectArgs(t, "the identity after a refresh", seen.identity, smsIdentity)
	sent{fake, map[string]int{altegiotest.OpInstallation: 1}}.now(t)

	same := p.plan(seen, config)
	expectNone(t, same.Diagnostics)
	expectArgs(t, "the plan without changes", plain(t, p.channel(), same.PlannedState), seen.state)
	if len(same.RequiresReplace) > 0 {
		t.Errorf("a plan without changes replaces: %v", same.RequiresReplace)
	}
	nothingSent(fake).now(t)

	off := channelArgs(1001, 456, "sms", false)
	update := p.plan(seen, off)
	expectNone(t, update.Diagnostics)
	if len(update.RequiresReplace) > 0 {
		t.Errorf("changing is_available replaces: %v", update.RequiresReplace)
	}
	expectArgs(t, "the planned update", plain(t, p.channel(), update.PlannedState), channelState(false))
	changed, diags := p.apply(seen, off, update)
	expectNone(t, diags)
	expectArgs(t, "the updated state", changed.state, channelState(false))
	expectArgs(t, "the identity after an update", changed.identity, smsIdentity)
	if got, want := posted(fake), []string{body(1001, 456, "sms", false)}; !reflect.DeepEqual(got, want) {
		t.Errorf("updating sends %s, want %s", got, want)
	}
	sent{fake, posts(1)}.now(t)

	changed = p.change(changed, config)
	gone := p.change(changed, nil)
	if gone.state != nil {
		t.Errorf("after destroying there is %v", gone.state)
	}
	want := []string{body(1001, 456, "sms", true), body(1001, 456, "sms", false)}
	if got := posted(fake); !reflect.DeepEqual(got, want) {
		t.Errorf("destroying sends %s, want %s", got, want)
	}
	sent{fake, posts(2)}.now(t)
}

func TestProtocol_replacement(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	fake.ResetJournal()
	for name, test := range map[string]struct {
		config args
		id     any
	}{
		"location_id":    {channelArgs(1002, 456, "sms", true), "1002/456/sms"},
		"application_id": {channelArgs(1001, 457, "sms", true), "1001/457/sms"},
		"channel_slug":   {channelArgs(1001, 456, "whatsapp", true), "1001/456/whatsapp"},
		"unknown":        {args{"location_id": unknown{}, "application_id": 456, "channel_slug": "sms", "is_available": true}, unknown{}},
	} {
		plan := p.plan(created, test.config)
		expectNone(t, plan.Diagnostics)
		attribute := name
		if name == "unknown" {
			attribute = "location_id"
		}
		if len(plan.RequiresReplace) != 1 || plan.RequiresReplace[0].String() != `AttributeName("`+attribute+`")` {
			t.Errorf("%s: the change replaces because of %v", name, plan.RequiresReplace)
		}
		if got := plain(t, p.channel(), plan.PlannedState)["id"]; got != test.id {
			t.Errorf("%s: the planned id is %v, want %v", name, got, test.id)
		}
	}
	nothingSent(fake).now(t)
}

// An older Terraform sends no identity, and the framework wants one of whatever it reads.
func TestProtocol_withoutIdentity(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	config := channelArgs(1001, 456, "sms", true)
	forget := func(i instance) instance {
		i.identity = nil
		return i
	}
	created := forget(p.change(instance{}, config))
	seen, diags := p.read(created)
	expectNone(t, diags)
	changed := forget(p.change(forget(seen), channelArgs(1001, 456, "sms", false)))
	expectArgs(t, "the state", changed.state, channelState(false))

	fake.Uninstall(1001, 456)
	p = newConfiguredProtocol(t, fake, nil) // another run
	gone, diags := p.read(changed)
	expectOne(t, diags, isWarning, "", "Application is no longer installed")
	if gone.state != nil {
		t.Errorf("the channel of an application that is gone is still there: %v", gone.state)
	}
	if left := p.change(changed, nil); left.state != nil {
		t.Errorf("it can't be destroyed: %v", left.state)
	}
}

func TestProtocol_goneWithIdentity(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{
		"404":                          {},
		"404 with an object for meta":  {Meta: "object"},
		"404 without meta":             {Meta: "absent"},
		"200 with status uninstalled":  {StatusAfterUninstall: "uninstalled"},
		"in Russian, with more fields": {Language: "ru", ExtraFields: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(shapes))
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			fake.Uninstall(1001, 456)
			gone, diags := p.read(created)
			expectOne(t, diags, isWarning, "", "Application is no longer installed")
			if gone.state != nil {
				t.Errorf("the channel of an application that is gone is still there: %v", gone.state)
			}
		})
	}
}

// Whatever is not a clear answer leaves the state alone.
func TestProtocol_refreshFails(t *testing.T) {
	t.Parallel()
	const page = "(?s)Cannot read the installation of the channel.*the answer is an HTML page"
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		text  string
	}{
		"404 as a page":           {altegiotest.Fault{Status: 404, HTML: true}, page},
		"200 as a page":           {altegiotest.Fault{HTML: true}, page},
		"403":                     {altegiotest.Fault{Status: 403}, "Altegio answered: 403 Forbidden: Access denied.*another partner"},
		"401":                     {altegiotest.Fault{Status: 401}, "Altegio answered: 401 Unauthorized.*Check partner_token"},
		"422":                     {altegiotest.Fault{Status: 422}, "Altegio answered: 422 Unprocessable Entity"},
		"429":                     {altegiotest.Fault{Status: 429}, "429 Too Many Requests.*requests_per_minute"},
		"500":                     {altegiotest.Fault{Status: 500}, "500 Internal Server Error.*Try again later"},
		"410 is no 404":           {altegiotest.Fault{Status: 410}, "Altegio answered: 410 Gone"},
		"nothing":                 {altegiotest.Fault{Drop: true}, "Altegio did not answer"},
		"half":                    {altegiotest.Fault{Truncate: true}, "Altegio did not answer"},
		"an empty answer":         {altegiotest.Fault{Empty: true}, "the answer has no data"},
		"an empty 404":            {altegiotest.Fault{Empty: true, Status: 404}, "the answer is empty"},
		"a redirect":              {altegiotest.Fault{Redirect: "https://elsewhere.test/"}, "the server redirects to https://elsewhere.test/"},
		"another API's JSON":      {altegiotest.Fault{Status: 404, Body: `{"error":"no route"}`}, `has no "success"`},
		"broken JSON":             {altegiotest.Fault{Body: `{"success":true,"data":{`}, "broken or cut off"},
		"data of another kind":    {altegiotest.Fault{Body: `{"success":true,"data":"yes","meta":[]}`}, "the data are not as documented"},
		"success:false, for once": {altegiotest.Fault{Body: `{"success":false,"data":null,"meta":{"message":"Oh no"}}`}, "Altegio answered: 200 OK: Oh no"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			test.fault.Operation = altegiotest.OpInstallation
			fake.Fail(test.fault)
			kept, diags := p.read(created)
			at := ""
			if name == "403" {
				at = "application_id"
			}
			expectOne(t, diags, tfprotov6.DiagnosticSeverityError, at,
				`Cannot read the installation of the channel.*Asked for: location_id 1001, application_id 456, channel_slug "sms"\.`+
					`.*GET http://127.0.0.1\S*/marketplace/salon/1001/application/456\.`)
			expectDiagnostic(t, diags[0], tfprotov6.DiagnosticSeverityError, at, test.text)
			expectArgs(t, "the state", kept.state, channelState(true))
			if got := len(fake.RequestsFor(altegiotest.OpUpdateChannel)); got != 1 {
				t.Errorf("a refresh that fails sets channels: %d requests", got)
			}
		})
	}
}

func TestProtocol_cancelledRefresh(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	fake.ResetJournal()
	p.nextRun()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	kept, diags := p.readWith(ctx, created)
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Cannot read the installation.*Nothing was changed by this request")
	expectArgs(t, "the state", kept.state, channelState(true))
	nothingSent(fake).now(t)
}

// What is given up while it waits to be sent again may have been done the first time.
func TestProtocol_givenUpInDoubt(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Status: 503, AfterEffect: true, Header: http.Header{"Retry-After": {"50"}}})
	p := newConfiguredProtocol(t, fake, args{"max_retries": 3})
	config := channelArgs(1001, 456, "sms", true)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, diags := p.applyWith(ctx, instance{}, config, p.plan(instance{}, config))
	if len(diags) != 2 {
		t.Fatalf("got %v", diags)
	}
	expectDiagnostic(t, diags[0], isError, "", `The request was not sent again: cancelled: it would have to wait .*`+
		`The change may have been made although the answer is missing\. Applying again is safe: it sets the same value\.$`)
	expectDiagnostic(t, diags[1], isError, "", "Resource is created in part.*terraform untaint")
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.now(t)
}

func TestProtocol_reinstallation(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	config := channelArgs(1001, 456, "sms", true)
	// Each run has a provider of its own; what it learns travels in private state alone.
	run := func() *protocol { return newConfiguredProtocol(t, fake, nil) }

	created := run().change(instance{}, config)
	seen, diags := run().read(created)
	expectNone(t, diags)
	fake.SetStatus(1001, 456, altegiotest.StatusFreezed)
	still, diags := run().read(seen)
	expectNone(t, diags)
	expectArgs(t, "the state when nothing but the status changed", still.state, channelState(true))

	fake.Uninstall(1001, 456)
	fake.Install(1001, 456, altegiotest.StatusActive)
	fake.ResetJournal()
	p := run()
	anew, diags := p.read(still)
	expectOne(t, diags, isWarning, "", `Application was reinstalled\nThe application was uninstalled and connected again, and what Terraform `+
		`had set is gone:\n - channel 456/sms at 1 location: 1001\.\n\nThe plan sets it again\.`)
	expectArgs(t, "the state after a new installation", anew.state, channelState(nil))
	expectArgs(t, "the identity after a new installation", anew.identity, smsIdentity)
	plan := p.plan(anew, config)
	expectNone(t, plan.Diagnostics)
	if len(plan.RequiresReplace) > 0 {
		t.Errorf("a new installation replaces the channel: %v", plan.RequiresReplace)
	}
	expectArgs(t, "the plan after a new installation", plain(t, p.channel(), plan.PlannedState), channelState(true))
	sent{fake, map[string]int{altegiotest.OpInstallation: 1}}.now(t)

	again, diags := p.apply(anew, config, plan)
	expectNone(t, diags)
	sent{fake, posts(1)}.now(t)
	settled, diags := run().read(again)
	expectNone(t, diags)
	expectArgs(t, "the state once that is applied", settled.state, channelState(true))

	// A refresh that shows the loss, and is not followed by an apply, shows it again.
	fake.Install(1001, 456, altegiotest.StatusActive)
	for range 2 {
		lost, diags := run().read(settled)
		expectOne(t, diags, isWarning, "", "Application was reinstalled")
		expectArgs(t, "the state after yet another installation", lost.state, channelState(nil))
	}
	// One that is kept, as with apply -refresh-only, does not bring the value back.
	lost, _ := run().read(settled)
	lost, diags = run().read(lost)
	expectNone(t, diags)
	expectArgs(t, "the state that was kept", lost.state, channelState(nil))
}

func TestProtocol_strangePrivateState(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{"date": {}, "no date": {NullConnectionStatus: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(shapes))
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			for _, private := range []string{"", `{}`, `{"installed_at":"bnVsbA=="}`, `{"installed_at":"WzFd"}`, `{"installed_at":"eyJjcmVhdGVkX2F0Ijo0Mn0="}`} {
				created.private = []byte(private)
				kept, diags := p.read(created)
				expectNone(t, diags)
				expectArgs(t, "the state", kept.state, channelState(true))
			}
		})
	}
}

// An answer without a date neither proves nor disproves a new installation.
func TestProtocol_dateIsMissingForOnce(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	run := func() *protocol { return newConfiguredProtocol(t, fake, nil) }
	seen, diags := run().read(run().change(instance{}, channelArgs(1001, 456, "sms", true)))
	expectNone(t, diags)
	fake.SetShapes(altegiotest.Shapes{NullConnectionStatus: true})
	seen, diags = run().read(seen)
	expectNone(t, diags)
	expectArgs(t, "the state without a date", seen.state, channelState(true))
	fake.SetShapes(altegiotest.Shapes{})
	seen, diags = run().read(seen)
	expectNone(t, diags)
	expectArgs(t, "the state with the old date", seen.state, channelState(true))
	fake.Install(1001, 456, altegiotest.StatusActive)
	seen, diags = run().read(seen)
	expectOne(t, diags, isWarning, "", "Application was reinstalled")
	expectArgs(t, "the state with a new date", seen.state, channelState(nil))
}

func TestProtocol_import(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	config := channelArgs(1001, 456, "sms", true)
	for name, test := range map[string]struct {
		id       string
		identity args
	}{
		"by id":                     {id: "1001/456/sms"},
		"by identity":               {identity: args{"location_id": 1001, "application_id": 456, "channel_slug": "sms"}},
		"by id, of an older client": {id: "1001/456/sms"},
	} {
		fake.ResetJournal()
		imported, diags := p.importState(test.id, test.identity)
		expectNone(t, diags)
		expectArgs(t, name+": the imported state", imported.state, channelState(nil))
		expectArgs(t, name+": the imported identity", imported.identity, smsIdentity)
		nothingSent(fake).now(t)

		seen, diags := p.read(imported)
		expectNone(t, diags)
		expectArgs(t, name+": the state as read", seen.state, channelState(nil))
		fake.ResetJournal()
		plan := p.plan(seen, config)
		expectNone(t, plan.Diagnostics)
		expectArgs(t, name+": the plan after the import", plain(t, p.channel(), plan.PlannedState), channelState(true))
		nothingSent(fake).now(t)
		set, diags := p.apply(seen, config, plan)
		expectNone(t, diags)
		expectArgs(t, name+": the state after that", set.state, channelState(true))
		sent{fake, posts(1)}.now(t)
	}
}

func TestProtocol_importOfWhatIsNotThere(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	imported, diags := p.importState("1008/456/sms", nil)
	expectNone(t, diags)
	gone, diags := p.read(imported)
	expectOne(t, diags, isWarning, "", "Application is no longer installed")
	if gone.state != nil {
		t.Errorf("an application that is not installed is imported: %v", gone.state)
	}
	sent{fake, map[string]int{altegiotest.OpInstallation: 1}}.now(t)
}

func TestProtocol_importIsRefused(t *testing.T) {
	t.Parallel()
	p := newConfiguredProtocol(t, newFake(t), nil)
	const form = `Its form is location_id/application_id/channel_slug, with .*, for example "1001/456/sms/true"\.$`
	for _, test := range []struct {
		id       string
		identity args
		text     string
	}{
		{id: "1001", text: `Invalid import id\nThe id "1001" cannot be used: it has 1 part instead of 3 or 4\. ` + form},
		{id: "0/456/sms", text: `its location_id is "0"`},
		{id: "1001/456/email", text: `its channel_slug is "email", which is not one of "sms", "whatsapp"`},
		{identity: args{"location_id": 1001, "application_id": 456, "channel_slug": "email"}, text: `its channel_slug is "email"`},
		{identity: args{"location_id": -3, "application_id": 456, "channel_slug": "sms"}, text: `its location_id is "-3"`},
		{identity: args{"location_id": 1001, "application_id": 456}, text: `channel_slug`},
		{id: "", text: `Invalid import id\nThe id "" cannot be used: it has 1 part instead of 3 or 4\. ` + form},
	} {
		imported, diags := p.importState(test.id, test.identity)
		expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", test.text)
		if imported.state != nil {
			t.Errorf("%q %v is imported all the same: %v", test.id, test.identity, imported.state)
		}
	}
}

func TestProtocol_destroyWhenUninstalled(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 402, 403, 404, 409, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(altegiotest.Shapes{NotInstalledStatus: status}))
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			p.nextRun()
			seen, diags := p.read(created) // remembers, within the run, that it is installed
			expectNone(t, diags)
			fake.Uninstall(1001, 456)
			fake.ResetJournal()
			if left := p.change(seen, nil); left.state != nil {
				t.Errorf("it is still there: %v", left.state)
			}
			sent{fake, map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 1}}.now(t)
		})
	}
}

func TestProtocol_destroyFails(t *testing.T) {
	t.Parallel()
	const asked = `Cannot make the channel unavailable.*Asked for: location_id 1001, application_id 456, channel_slug "sms", is_available false\.`
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		at    string
		text  string
	}{
		"403 although it is installed": {altegiotest.Fault{Status: http.StatusForbidden}, "application_id", "403 Forbidden"},
		"404 although it is installed": {altegiotest.Fault{Status: http.StatusNotFound}, "application_id", "404 Not Found"},
		"401":                          {altegiotest.Fault{Status: http.StatusUnauthorized}, "", "Check partner_token"},
		"500":                          {altegiotest.Fault{Status: http.StatusInternalServerError}, "", "Applying again is safe"},
		"a page":                       {altegiotest.Fault{Status: http.StatusNotFound, HTML: true}, "", "HTML page"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newConfiguredProtocol(t, fake, nil)
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			fake.ResetJournal()
			test.fault.Operation = altegiotest.OpUpdateChannel
			fake.Fail(test.fault)
			plan := p.plan(created, nil)
			expectNone(t, plan.Diagnostics)
			kept, diags := p.apply(created, nil, plan)
			expectOne(t, diags, tfprotov6.DiagnosticSeverityError, test.at, asked+".*"+test.text)
			var left any = true
			if name == "500" || name == "a page" {
				left = nil // it may have been done
			}
			expectArgs(t, "the state", kept.state, channelState(left))
			// Only a refusal that may be for want of an installation makes it ask.
			if got, asks := fake.Count(altegiotest.OpInstallation), test.at != ""; (got == 1) != asks || got > 1 {
				t.Errorf("it asks %d times for the installation", got)
			}
		})
	}
}

// Where nobody can tell whether the application is still installed, the refusal stands.
func TestProtocol_destroyWithoutAClue(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	p.nextRun()
	fake.Uninstall(1001, 456)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusInternalServerError})
	kept, diags := p.apply(created, nil, p.plan(created, nil))
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "application_id", "Cannot make the channel unavailable.*404 Not Found")
	expectArgs(t, "the state", kept.state, channelState(true))
}

func TestProtocol_changeFails(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	fake.Fail(altegiotest.Fault{
		Operation: altegiotest.OpUpdateChannel, Status: 422,
		Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"salon_id":["is closed"],"channel_slug":["is off"]}}}`,
	})
	off := channelArgs(1001, 456, "sms", false)
	kept, diags := p.apply(created, off, p.plan(created, off))
	if len(diags) != 2 {
		t.Fatalf("%d diagnostics, want 2: %v", len(diags), diags)
	}
	expectDiagnostic(t, diags[0], tfprotov6.DiagnosticSeverityError, "channel_slug", "Cannot set the channel.*is_available false.*is off")
	expectDiagnostic(t, diags[1], tfprotov6.DiagnosticSeverityError, "location_id", "Cannot set the channel.*of location_id it says: is closed")
	expectArgs(t, "the state after an update that failed", kept.state, channelState(true))

	other := channelArgs(1002, 456, "sms", true)
	none, diags := p.apply(instance{}, other, p.plan(instance{}, other))
	if len(diags) != 2 || none.state != nil {
		t.Errorf("creating what is refused leaves %v and says %v", none.state, diags)
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

// State that an older version of Terraform wrote, or one of an older provider, is read as it is.
func TestProtocol_upgradeState(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	resp, err := p.server.UpgradeResourceState(t.Context(), &tfprotov6.UpgradeResourceStateRequest{
		TypeName: channelType, Version: p.schema.ResourceSchemas[channelType].Version,
		RawState: &tfprotov6.RawState{JSON: []byte(
			`{"id":"1001/456/sms","location_id":1001,"application_id":456,"channel_slug":"sms","is_available":true,"gone":1}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	expectNone(t, resp.Diagnostics)
	expectArgs(t, "the state", plain(t, p.channel(), resp.UpgradedState), channelState(true))
}

// What several resources and data sources ask of one location in one run is asked once, until a
// write of that run.
func TestProtocol_oneQuestionPerRun(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	sms := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	whatsapp := p.change(instance{}, channelArgs(1001, 456, "whatsapp", true))
	other := p.change(instance{}, channelArgs(1002, 456, "sms", true))
	p.nextRun()
	fake.ResetJournal()
	done := make(chan []*tfprotov6.Diagnostic)
	const rounds = 5
	for range rounds {
		for _, i := range []instance{sms, whatsapp, other} {
			go func() {
				_, diags := p.readWith(t.Context(), i)
				done <- diags
			}()
		}
		go func() {
			_, diags := p.readDataSource("altegio_location_application", args{"location_id": 1001, "application_id": 456})
			done <- diags
		}()
	}
	for range rounds * 4 {
		for _, d := range <-done {
			t.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	sent{fake, map[string]int{altegiotest.OpInstallation: 2}}.now(t)
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

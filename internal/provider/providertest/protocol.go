// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"context"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
)

// PlanFleet plans the sms channels of application 456; nil destroys them.
func (p *Protocol) PlanFleet(prior Instance, config Args) *tfprotov6.PlanResourceChangeResponse {
	p.T.Helper()
	typ := p.Schema.ResourceSchemas[FleetType].ValueType()
	proposed := maps.Clone(config)
	if proposed != nil {
		proposed["id"] = any(Unknown{})
		if prior.State != nil {
			proposed["id"] = prior.State["id"]
		}
	}
	resp, err := p.Server.PlanResourceChange(p.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: FleetType, PriorState: Encode(p.T, typ, prior.State), ProposedNewState: Encode(p.T, typ, proposed),
		Config: Encode(p.T, typ, config), PriorPrivate: prior.Private,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp
}

// ChangeFleet plans and applies the sms channels of application 456; nil destroys them.
func (p *Protocol) ChangeFleet(prior Instance, at map[string]any) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	typ := p.Schema.ResourceSchemas[FleetType].ValueType()
	config := FleetArgs(at)
	plan := p.PlanFleet(prior, config)
	if at == nil {
		ExpectOne(p.T, plan.Diagnostics, IsWarning, "", "Locations lose what they have")
	} else {
		ExpectNone(p.T, plan.Diagnostics)
	}
	resp, err := p.Server.ApplyResourceChange(p.T.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: FleetType, PriorState: Encode(p.T, typ, prior.State), PlannedState: plan.PlannedState,
		Config: Encode(p.T, typ, config), PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return Instance{State: Plain(p.T, typ, resp.NewState), Private: resp.Private}, resp.Diagnostics
}

// A Protocol talks to the provider as Terraform does, in this process. Its tests hold for every version of
// Terraform and OpenTofu, including those that are not installed here.
type Protocol struct {
	T      *testing.T
	Server tfprotov6.ProviderServer
	Schema *tfprotov6.GetProviderSchemaResponse
	Block  Args // of the last Configure
}

// Args are the arguments of a block in Go's types. A number can be a string of digits, and Unknown{} is a
// value that is known after apply.
type Args map[string]any

// Unknown is a value that is not known yet.
type Unknown struct{}

// NewProtocol serves the provider in the process, before it is configured.
func NewProtocol(t *testing.T) *Protocol {
	t.Helper()
	server, err := provider.Server("1.2.3-test")()
	if err != nil {
		t.Fatal(err)
	}
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return &Protocol{T: t, Server: server, Schema: schema}
}

// NewConfiguredProtocol points the provider at the fake, with further arguments.
func NewConfiguredProtocol(t *testing.T, fake *altegiotest.Server, more Args) *Protocol {
	t.Helper()
	p := NewProtocol(t)
	ExpectNone(t, p.Configure(FakeArgs(fake, more)))
	return p
}

// FakeArgs is ProviderBlock for Protocol.Configure.
func FakeArgs(fake *altegiotest.Server, more Args) Args {
	a := Args{
		"partner_token": altegiotest.DefaultPartnerToken, "api_url": fake.APIURL(), "app_url": fake.AppURL(),
		"requests_per_second": 0, "requests_per_minute": 0, "max_retries": 0,
		"validate": false, // so that a test counts only its own requests
	}
	maps.Copy(a, more)
	return a
}

// ValidateProvider validates the provider block.
func (p *Protocol) ValidateProvider(a Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Server.ValidateProviderConfig(p.T.Context(), &tfprotov6.ValidateProviderConfigRequest{
		Config: Encode(p.T, p.Schema.Provider.ValueType(), a),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// Configure configures the provider.
func (p *Protocol) Configure(a Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	p.Block = a
	resp, err := p.Server.ConfigureProvider(p.T.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion: "1.99.0", Config: Encode(p.T, p.Schema.Provider.ValueType(), a),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// NextRun configures the provider again, as each plan and each apply does.
func (p *Protocol) NextRun() {
	p.T.Helper()
	ExpectNone(p.T, p.Configure(p.Block))
}

// ValidateResource validates the configuration of a resource.
func (p *Protocol) ValidateResource(name string, a Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Server.ValidateResourceConfig(p.T.Context(), &tfprotov6.ValidateResourceConfigRequest{
		TypeName: name, Config: Encode(p.T, p.Schema.ResourceSchemas[name].ValueType(), a),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// ValidateDataSource validates the configuration of a data source.
func (p *Protocol) ValidateDataSource(name string, a Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Server.ValidateDataResourceConfig(p.T.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
		TypeName: name, Config: Encode(p.T, p.Schema.DataSourceSchemas[name].ValueType(), a),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// ReadDataSource reads a data source.
func (p *Protocol) ReadDataSource(name string, a Args) (Args, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	typ := p.Schema.DataSourceSchemas[name].ValueType()
	resp, err := p.Server.ReadDataSource(p.T.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: Encode(p.T, typ, a)})
	if err != nil {
		p.T.Fatal(err)
	}
	return Plain(p.T, typ, resp.State), resp.Diagnostics
}

// An Instance is what Terraform stores of a resource between two runs.
type Instance struct {
	State    Args // nil: there is none
	Private  []byte
	Identity Args // nil: none, as with a Terraform that does not know identities
}

// Channel is the type of a channel's state.
func (p *Protocol) Channel() tftypes.Type { return p.Schema.ResourceSchemas[ChannelType].ValueType() }

func (p *Protocol) identity(a Args) *tfprotov6.ResourceIdentityData {
	p.T.Helper()
	if a == nil {
		return nil
	}
	return &tfprotov6.ResourceIdentityData{IdentityData: Encode(p.T, ChannelIdentityType, a)}
}

func (p *Protocol) identityArgs(data *tfprotov6.ResourceIdentityData) Args {
	p.T.Helper()
	if data == nil {
		return nil
	}
	return Plain(p.T, ChannelIdentityType, data.IdentityData)
}

// Plan plans a configuration, nil for none, for a prior instance, in a separate run.
func (p *Protocol) Plan(prior Instance, config Args) *tfprotov6.PlanResourceChangeResponse {
	p.T.Helper()
	if p.Block != nil {
		p.NextRun()
	}
	proposed := maps.Clone(config)
	if proposed != nil {
		proposed["id"] = any(Unknown{})
		if prior.State != nil {
			proposed["id"] = prior.State["id"]
		}
	}
	resp, err := p.Server.PlanResourceChange(p.T.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: ChannelType, PriorState: Encode(p.T, p.Channel(), prior.State), ProposedNewState: Encode(p.T, p.Channel(), proposed),
		Config: Encode(p.T, p.Channel(), config), PriorPrivate: prior.Private, PriorIdentity: p.identity(prior.Identity),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp
}

// Apply applies a plan. It returns a new instance even if it fails.
func (p *Protocol) Apply(prior Instance, config Args, plan *tfprotov6.PlanResourceChangeResponse) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	return p.ApplyWith(p.T.Context(), prior, config, plan)
}

// ApplyWith is Apply with a context.
func (p *Protocol) ApplyWith(
	ctx context.Context, prior Instance, config Args, plan *tfprotov6.PlanResourceChangeResponse,
) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	resp, err := p.Server.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
		TypeName: ChannelType, PriorState: Encode(p.T, p.Channel(), prior.State), PlannedState: plan.PlannedState,
		Config: Encode(p.T, p.Channel(), config), PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return Instance{Plain(p.T, p.Channel(), resp.NewState), resp.Private, p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

// Change plans and applies, and fails the test if that fails.
func (p *Protocol) Change(prior Instance, config Args) Instance {
	p.T.Helper()
	plan := p.Plan(prior, config)
	ExpectNone(p.T, plan.Diagnostics)
	got, diags := p.Apply(prior, config, plan)
	ExpectNone(p.T, diags)
	return got
}

// Read refreshes an instance in a separate run.
func (p *Protocol) Read(i Instance) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	if p.Block != nil {
		p.NextRun()
	}
	return p.ReadWith(p.T.Context(), i)
}

// ReadWith is Read with a context.
func (p *Protocol) ReadWith(ctx context.Context, i Instance) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	resp, err := p.Server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: ChannelType, CurrentState: Encode(p.T, p.Channel(), i.State), Private: i.Private, CurrentIdentity: p.identity(i.Identity),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return Instance{Plain(p.T, p.Channel(), resp.NewState), resp.Private, p.identityArgs(resp.NewIdentity)}, resp.Diagnostics
}

// ImportState imports a channel by its id or its identity.
func (p *Protocol) ImportState(id string, identity Args) (Instance, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	imported, diags := p.ImportStateOf(ChannelType, id, p.identity(identity))
	if imported == nil {
		return Instance{}, diags
	}
	return Instance{Plain(p.T, p.Channel(), imported.State), imported.Private, p.identityArgs(imported.Identity)}, diags
}

// ImportStateOf returns nil if nothing was imported.
func (p *Protocol) ImportStateOf(typeName, id string, identity *tfprotov6.ResourceIdentityData) (*tfprotov6.ImportedResource, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	resp, err := p.Server.ImportResourceState(p.T.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: typeName, ID: id, Identity: identity,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	if len(resp.ImportedResources) == 0 {
		return nil, resp.Diagnostics
	}
	return resp.ImportedResources[0], resp.Diagnostics
}

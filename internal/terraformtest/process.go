// SPDX-License-Identifier: MPL-2.0

package terraformtest

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// A process is a provider as Terraform started it for one configuration in one walk.
type process struct {
	server  tfprotov6.ProviderServer
	ctx     context.Context // context of all calls: done when the provider is stopped or dead
	cancel  context.CancelFunc
	release Release
}

// processes are the processes of one walk, by alias.
type processes struct {
	provider *Provider
	config   func(alias string) cty.Value
	release  Release
	valid    bool // the provider block is already validated

	mu      sync.Mutex
	started map[string]*process
	said    Diagnostics
	over    bool // new calls get a context that is done
}

// get starts and configures a process once; it returns nil if that failed.
func (ps *processes) get(alias string, configure bool) *process {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p, ok := ps.started[alias]; ok {
		return p
	}
	server, err := ps.provider.start()
	must(err)
	p := &process{server: server, release: ps.release}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	if ps.over {
		p.cancel()
	}
	ps.started[alias] = p
	known := ps.provider.schemas()
	config := encode(ps.config(alias), known.provider.typ)
	addr := "provider"
	if alias != "" {
		addr += "." + alias
	}
	var said Diagnostics
	if !ps.valid {
		valid, err := server.ValidateProviderConfig(p.ctx, &tfprotov6.ValidateProviderConfigRequest{Config: config})
		said = diagnostics(addr, valid != nil, func() []*tfprotov6.Diagnostic { return valid.Diagnostics }, err)
	}
	if !said.HasErrors() && configure {
		done, err := server.ConfigureProvider(p.ctx, &tfprotov6.ConfigureProviderRequest{
			TerraformVersion: ps.release.String(), Config: config,
			ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{},
		})
		said = append(said, diagnostics(addr, done != nil, func() []*tfprotov6.Diagnostic { return done.Diagnostics }, err)...)
	}
	ps.said = append(ps.said, said...)
	if said.HasErrors() {
		ps.started[alias] = nil
		p.cancel()
	}
	return ps.started[alias]
}

// stop asks the processes to stop, as Terraform does when it is interrupted.
func (ps *processes) stop() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.over = true
	for _, p := range ps.started {
		if p != nil {
			_, _ = p.server.StopProvider(p.ctx, &tfprotov6.StopProviderRequest{})
			p.cancel()
		}
	}
}

// end releases the processes.
func (ps *processes) end() {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	ps.over = true
	for _, p := range ps.started {
		if p != nil {
			p.cancel()
		}
	}
}

func diagnostics(addr string, answered bool, said func() []*tfprotov6.Diagnostic, err error) Diagnostics {
	if err != nil {
		return Diagnostics{{Error: true, Summary: "Plugin error", Detail: err.Error(), Addr: addr}}
	}
	if !answered {
		return Diagnostics{{Error: true, Summary: "Plugin did not respond", Addr: addr}}
	}
	var list Diagnostics
	for _, d := range said() {
		list = append(list, Diagnostic{
			Error: d.Severity == tfprotov6.DiagnosticSeverityError, Summary: d.Summary, Detail: d.Detail,
			Addr: addr, Attribute: attributeString(d.Attribute),
		})
	}
	return list
}

func attributeString(path *tftypes.AttributePath) string {
	if path == nil {
		return ""
	}
	return pathString(ctyPath(path))
}

func (p *process) identity(s *schema, o *Object) *tfprotov6.ResourceIdentityData {
	if o == nil || p.release < Latest {
		return nil
	}
	return s.encodeIdentity(o.Identity)
}

func (p *process) validate(addr string, s *schema, config cty.Value) Diagnostics {
	resp, err := p.server.ValidateResourceConfig(p.ctx, &tfprotov6.ValidateResourceConfigRequest{
		TypeName: typeOf(addr), Config: encode(config, s.typ),
		ClientCapabilities: &tfprotov6.ValidateResourceConfigClientCapabilities{WriteOnlyAttributesAllowed: true},
	})
	return diagnostics(addr, resp != nil, func() []*tfprotov6.Diagnostic { return resp.Diagnostics }, err)
}

// read refreshes an object. It returns nil if the object is gone.
func (p *process) read(addr string, s *schema, o *Object) (*Object, Diagnostics) {
	resp, err := p.server.ReadResource(p.ctx, &tfprotov6.ReadResourceRequest{
		TypeName: typeOf(addr), CurrentState: encode(o.Value, s.typ), Private: o.Private, CurrentIdentity: p.identity(s, o),
		ClientCapabilities: &tfprotov6.ReadResourceClientCapabilities{},
	})
	said := diagnostics(addr, resp != nil, func() []*tfprotov6.Diagnostic { return resp.Diagnostics }, err)
	if said.HasErrors() {
		return o, said
	}
	value, err := decode(resp.NewState, s.typ)
	must(err)
	if !value.IsWhollyKnown() {
		return o, append(said, bug(addr, "Provider produced invalid object", "the refreshed state has unknown values"))
	}
	for _, problem := range writeOnlyReturned(s.attributes, value) {
		said = append(said, bug(addr, "Provider produced invalid object", addr+problem))
	}
	if said.HasErrors() {
		return o, said
	}
	if value.IsNull() {
		return nil, said
	}
	refreshed := *o
	refreshed.Value, refreshed.Private = value, resp.Private
	refreshed.Identity, err = s.decodeIdentity(resp.NewIdentity)
	must(err)
	return &refreshed, said
}

func (p *process) imported(s *schema, i Import) (*Object, Diagnostics) {
	req := &tfprotov6.ImportResourceStateRequest{
		TypeName: typeOf(i.To), ID: i.ID, ClientCapabilities: &tfprotov6.ImportResourceStateClientCapabilities{},
	}
	if i.Identity != nil {
		req.Identity = s.encodeIdentity(evaluator{}.object(s.identity, i.Identity))
	}
	resp, err := p.server.ImportResourceState(p.ctx, req)
	said := diagnostics(i.To, resp != nil, func() []*tfprotov6.Diagnostic { return resp.Diagnostics }, err)
	if said.HasErrors() {
		return nil, said
	}
	if len(resp.ImportedResources) != 1 {
		return nil, append(said, bug(i.To, "Import returned no resources", fmt.Sprint(len(resp.ImportedResources), " objects")))
	}
	one := resp.ImportedResources[0]
	value, err := decode(one.State, s.typ)
	must(err)
	identity, err := s.decodeIdentity(one.Identity)
	must(err)
	o, more := p.read(i.To, s, &Object{Value: value, Private: one.Private, Identity: identity})
	said = append(said, more...)
	if o == nil && !said.HasErrors() {
		said = append(said, Diagnostic{Error: true, Summary: "Cannot import non-existent remote object", Addr: i.To})
	}
	return o, said
}

func bug(addr, summary, detail string) Diagnostic {
	return Diagnostic{Error: true, Summary: summary, Detail: detail, Addr: addr}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A channel that moves from one resource to another in one apply is what the new one says, in
// whatever order Terraform works on the two.
func TestMoves(t *testing.T) {
	t.Parallel()
	fleet := func(name string, ids string) string {
		return strings.Replace(fleetBlock("available_at = "+ids), `"test"`, quoted(name), 1)
	}
	both := map[int64]bool{1001: true, 1002: true}
	for name, test := range map[string]struct {
		before, after []string
		want          map[int64]bool
		args          []string
	}{
		"a channel is renamed": {
			[]string{channelNamed("a", 1001, 456, "sms", true), channelNamed("c", 1002, 456, "sms", true)},
			[]string{channelNamed("b", 1001, 456, "sms", true), channelNamed("d", 1002, 456, "sms", true)},
			both, nil,
		},
		"a fleet is renamed": {
			[]string{fleet("a", "[1001, 1002]")}, []string{fleet("b", "[1001, 1002]")}, both, nil,
		},
		"locations change fleets": {
			[]string{fleet("a", "[1001]"), fleet("b", "[1002]")}, []string{fleet("a", "[1002]"), fleet("b", "[1001]")}, both, nil,
		},
		"a fleet becomes channels": {
			[]string{fleet("a", "[1001, 1002]")},
			[]string{channelNamed("a", 1001, 456, "sms", true), channelNamed("b", 1002, 456, "sms", true)},
			both, nil,
		},
		"channels become a fleet": {
			[]string{channelNamed("a", 1001, 456, "sms", true), channelNamed("b", 1002, 456, "sms", true)},
			[]string{fleet("a", "[1001, 1002]")},
			both, nil,
		},
		"a new channel is created before the old one is destroyed": {
			[]string{channelBlock(1001, 456, "sms", true)},
			[]string{strings.Replace(channelBlock(1001, 456, "sms", true), "}", "  lifecycle {\n    create_before_destroy = true\n  }\n}", 1)},
			map[int64]bool{1001: true},
			[]string{"-replace=" + testChannel},
		},
	} {
		// Whichever request is the slower one.
		for _, slow := range []string{"true", "false"} {
			t.Run(name+", slow "+slow, func(t *testing.T) {
				t.Parallel()
				fake := newFake(t)
				c := newCLI(t)
				c.config(append([]string{providerBlock(fake)}, test.before...)...)
				c.mustRun("apply", "-auto-approve", "-no-color")
				fake.Fail(altegiotest.Fault{
					Operation: altegiotest.OpUpdateChannel, Delay: 300 * time.Millisecond, Match: bodyHas(`"is_available":` + slow),
				})
				c.config(append([]string{providerBlock(fake)}, test.after...)...)
				c.mustRun(append([]string{"apply", "-auto-approve", "-no-color"}, test.args...)...)
				expectFake(t, fake, test.want)
			})
		}
	}
}

// planFleet plans the sms channels of application 456; nil destroys them.
func (p *protocol) planFleet(prior instance, config args) *tfprotov6.PlanResourceChangeResponse {
	p.t.Helper()
	typ := p.schema.ResourceSchemas[testFleetType].ValueType()
	proposed := maps.Clone(config)
	if proposed != nil {
		proposed["id"] = any(unknown{})
		if prior.state != nil {
			proposed["id"] = prior.state["id"]
		}
	}
	resp, err := p.server.PlanResourceChange(p.t.Context(), &tfprotov6.PlanResourceChangeRequest{
		TypeName: testFleetType, PriorState: encode(p.t, typ, prior.state), ProposedNewState: encode(p.t, typ, proposed),
		Config: encode(p.t, typ, config), PriorPrivate: prior.private,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp
}

func fleetArgs(at map[string]any) args {
	if at == nil {
		return nil
	}
	return args{"application_id": 456, "channel_slug": "sms", "availability": at}
}

// changeFleet plans and applies the sms channels of application 456; nil destroys them.
func (p *protocol) changeFleet(prior instance, at map[string]any) (instance, []*tfprotov6.Diagnostic) {
	p.t.Helper()
	typ := p.schema.ResourceSchemas[testFleetType].ValueType()
	config := fleetArgs(at)
	plan := p.planFleet(prior, config)
	if at == nil {
		expectOne(p.t, plan.Diagnostics, isWarning, "", "Locations lose what they have")
	} else {
		expectNone(p.t, plan.Diagnostics)
	}
	resp, err := p.server.ApplyResourceChange(p.t.Context(), &tfprotov6.ApplyResourceChangeRequest{
		TypeName: testFleetType, PriorState: encode(p.t, typ, prior.state), PlannedState: plan.PlannedState,
		Config: encode(p.t, typ, config), PlannedPrivate: plan.PlannedPrivate, PlannedIdentity: plan.PlannedIdentity,
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return instance{state: plain(p.t, typ, resp.NewState), private: resp.Private}, resp.Diagnostics
}

// A plan on top of an import says what it does not touch, and of nothing else that it is so.
func TestProtocol_planOfAnImportedFleet(t *testing.T) {
	t.Parallel()
	fake := newFake(t, altegiotest.WithSeed(altegiotest.Seed{
		Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
	}))
	ids := fake.AddLocations(3, 456)
	at := func(ids []int64) map[string]any {
		values := map[string]any{}
		for _, id := range ids {
			values[strconv.FormatInt(id, 10)] = true
		}
		return values
	}
	p := newConfiguredProtocol(t, fake, nil)
	typ := p.schema.ResourceSchemas[testFleetType].ValueType()
	imported := func(id string) instance {
		got, diags := p.importStateOf(testFleetType, id, nil)
		expectNone(t, diags)
		return instance{state: plain(t, typ, got.State), private: got.Private}
	}
	left := fmt.Sprintf(`Channel 456/sms is left as it is at 2 locations\n.*not declared by the configuration: %d, %d\.`, ids[1], ids[2])
	removed := func(n int) string { return fmt.Sprintf(`Locations lose what they have\n.* at %d locations: `, n) }
	for name, test := range map[string]struct {
		prior  instance
		config args
		text   string
	}{
		"some declared":       {imported("456/sms"), fleetArgs(at(ids[:1])), left},
		"all declared":        {imported("456/sms"), fleetArgs(at(ids)), ""},
		"values known":        {imported("456/sms/true"), fleetArgs(at(ids[:1])), removed(2)},
		"not known yet":       {imported("456/sms"), args{"application_id": 456, "channel_slug": "sms", "availability": unknown{}}, ""},
		"to be replaced":      {imported("456/whatsapp"), fleetArgs(at(ids[:1])), removed(3)},
		"to be destroyed":     {imported("456/sms"), nil, removed(3)},
		"by a lost answer":    {instance{state: imported("456/sms").state}, fleetArgs(at(ids[:1])), removed(2)}, // not imported
		"application unknown": {imported("456/sms"), args{"application_id": unknown{}, "channel_slug": "sms", "availability": at(ids[:1])}, ""},
	} {
		p.nextRun()
		diags := p.planFleet(test.prior, test.config).Diagnostics
		switch {
		case test.text != "":
			expectOne(t, diags, isWarning, "", test.text)
		case len(diags) > 0:
			t.Errorf("%s: the plan says %v", name, diags)
		}
	}
}

// The life of a fleet in this process, where the race detector sees it.
func TestProtocol_lifeOfAFleet(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(100, 456)
	p := newConfiguredProtocol(t, fake, nil)
	declared := map[string]any{}
	for _, id := range ids {
		declared[strconv.FormatInt(id, 10)] = true
	}
	heal := failAt(fake, altegiotest.Fault{Drop: true}, ids[:30]...)
	f, diags := p.changeFleet(instance{}, declared)
	if len(diags) != 3 || !strings.Contains(diags[1].Detail, "70 are done, 30 failed and 0 were not tried") {
		t.Errorf("got %v", diags)
	}
	heal()
	fake.ResetJournal()

	p.nextRun()
	f.state["id"] = "456/sms" // as if it had been an update, which is no replacement
	f, diags = p.changeFleet(f, declared)
	expectNone(t, diags)
	sent{fake, posts(30)}.now(t)

	p.nextRun()
	typ := p.schema.ResourceSchemas[testFleetType].ValueType()
	for _, id := range ids[:20] {
		fake.Uninstall(id, 456)
	}
	read, err := p.server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: testFleetType, CurrentState: encode(t, typ, f.state), Private: f.private,
	})
	if err != nil {
		t.Fatal(err)
	}
	expectOne(t, read.Diagnostics, tfprotov6.DiagnosticSeverityWarning, "", "no longer installed.*at 20 locations")
	f.state = plain(t, typ, read.NewState)
	if left := f.state["availability"].(args); len(left) != 80 {
		t.Errorf("the state has %d locations, want 80", len(left))
	}
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 20}}.now(t)

	p.nextRun()
	_, diags = p.changeFleet(f, nil)
	expectNone(t, diags)
	sent{fake, posts(80)}.now(t)
	for key, available := range fake.Channels() {
		if available {
			t.Errorf("%v is left available", key)
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// A channel that moves from one resource to another in one apply has the value of the new one, in either
// order.
func TestMoves(t *testing.T) {
	t.Parallel()
	fleet := func(name string, ids string) string {
		return strings.Replace(providertest.FleetBlock("available_at = "+ids), `"test"`, providertest.Quoted(name), 1)
	}
	both := map[int64]bool{1001: true, 1002: true}
	for name, test := range map[string]struct {
		before, after []string
		want          map[int64]bool
		args          []string
	}{
		"a channel is renamed": {
			[]string{providertest.ChannelNamed("a", 1001, 456, "sms", true), providertest.ChannelNamed("c", 1002, 456, "sms", true)},
			[]string{providertest.ChannelNamed("b", 1001, 456, "sms", true), providertest.ChannelNamed("d", 1002, 456, "sms", true)},
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
			[]string{providertest.ChannelNamed("a", 1001, 456, "sms", true), providertest.ChannelNamed("b", 1002, 456, "sms", true)},
			both, nil,
		},
		"channels become a fleet": {
			[]string{providertest.ChannelNamed("a", 1001, 456, "sms", true), providertest.ChannelNamed("b", 1002, 456, "sms", true)},
			[]string{fleet("a", "[1001, 1002]")},
			both, nil,
		},
		"a new channel is created before the old one is destroyed": {
			[]string{providertest.ChannelBlock(1001, 456, "sms", true)},
			[]string{strings.Replace(providertest.ChannelBlock(1001, 456, "sms", true), "}", "  lifecycle {\n    create_before_destroy = true\n  }\n}", 1)},
			map[int64]bool{1001: true},
			[]string{"-replace=" + testChannel},
		},
	} {
		// Whichever request is the slower one.
		for _, slow := range []string{"true", "false"} {
			t.Run(name+", slow "+slow, func(t *testing.T) {
				t.Parallel()
				fake := coretest.NewFake(t)
				c := providertest.NewInProcess(t)
				c.Config(append([]string{providertest.ProviderBlock(fake)}, test.before...)...)
				c.MustRun("apply", "-auto-approve", "-no-color")
				fake.Fail(altegiotest.Fault{
					Operation: altegiotest.OpUpdateChannel, Delay: 300 * time.Millisecond, Match: providertest.BodyHas(`"is_available":` + slow),
				})
				c.Config(append([]string{providertest.ProviderBlock(fake)}, test.after...)...)
				c.MustRun(append([]string{"apply", "-auto-approve", "-no-color"}, test.args...)...)
				providertest.ExpectFake(t, fake, test.want)
			})
		}
	}
}

// A plan after an import says what it does not touch, and only that.
func TestProtocol_planOfAnImportedFleet(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t, altegiotest.WithSeed(altegiotest.Seed{
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
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	typ := p.Schema.ResourceSchemas[providertest.FleetType].ValueType()
	imported := func(id string) providertest.Instance {
		got, diags := p.ImportStateOf(providertest.FleetType, id, nil)
		providertest.ExpectNone(t, diags)
		return providertest.Instance{State: providertest.Plain(t, typ, got.State), Private: got.Private}
	}
	left := fmt.Sprintf(`Import leaves what is not declared\n.*channel 456/sms at 2 locations: %d, %d\.`, ids[1], ids[2])
	removed := func(n int) string { return fmt.Sprintf(`Locations lose what they have\n.* at %d locations: `, n) }
	for name, test := range map[string]struct {
		prior  providertest.Instance
		config providertest.Args
		text   string
	}{
		"some declared":       {imported("456/sms"), providertest.FleetArgs(at(ids[:1])), left},
		"all declared":        {imported("456/sms"), providertest.FleetArgs(at(ids)), ""},
		"values known":        {imported("456/sms/true"), providertest.FleetArgs(at(ids[:1])), removed(2)},
		"not known yet":       {imported("456/sms"), providertest.Args{"application_id": 456, "channel_slug": "sms", "availability": providertest.Unknown{}}, ""},
		"to be replaced":      {imported("456/whatsapp"), providertest.FleetArgs(at(ids[:1])), removed(3)},
		"to be destroyed":     {imported("456/sms"), nil, removed(3)},
		"by a lost answer":    {providertest.Instance{State: imported("456/sms").State}, providertest.FleetArgs(at(ids[:1])), removed(2)}, // not imported
		"application unknown": {imported("456/sms"), providertest.Args{"application_id": providertest.Unknown{}, "channel_slug": "sms", "availability": at(ids[:1])}, removed(3)},
	} {
		p.NextRun()
		diags := p.PlanFleet(test.prior, test.config).Diagnostics
		switch {
		case test.text != "":
			providertest.ExpectOne(t, diags, providertest.IsWarning, "", test.text)
		case len(diags) > 0:
			t.Errorf("%s: the plan says %v", name, diags)
		}
	}
}

// The life of a fleet in this process, where the race detector sees it.
func TestProtocol_lifeOfAFleet(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(100, 456)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	declared := map[string]any{}
	for _, id := range ids {
		declared[strconv.FormatInt(id, 10)] = true
	}
	heal := providertest.FailAt(fake, altegiotest.Fault{Drop: true}, ids[:30]...)
	f, diags := p.ChangeFleet(providertest.Instance{}, declared)
	if len(diags) != 3 || !strings.Contains(diags[1].Detail, "70 are done, 30 failed and 0 were not tried") {
		t.Errorf("got %v", diags)
	}
	heal()
	fake.ResetJournal()

	p.NextRun()
	f.State["id"] = "456/sms" // as if it had been an update, which is no replacement
	f, diags = p.ChangeFleet(f, declared)
	providertest.ExpectNone(t, diags)
	coretest.Sent{Fake: fake, Want: posts(30)}.Now(t)

	p.NextRun()
	typ := p.Schema.ResourceSchemas[providertest.FleetType].ValueType()
	for _, id := range ids[:20] {
		fake.Uninstall(id, 456)
	}
	read, err := p.Server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{
		TypeName: providertest.FleetType, CurrentState: providertest.Encode(t, typ, f.State), Private: f.Private,
	})
	if err != nil {
		t.Fatal(err)
	}
	providertest.ExpectOne(t, read.Diagnostics, tfprotov6.DiagnosticSeverityWarning, "", "no longer installed.*at 20 locations")
	f.State = providertest.Plain(t, typ, read.NewState)
	if left := f.State["availability"].(providertest.Args); len(left) != 80 {
		t.Errorf("the state has %d locations, want 80", len(left))
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 20}}.Now(t)

	p.NextRun()
	_, diags = p.ChangeFleet(f, nil)
	providertest.ExpectNone(t, diags)
	coretest.Sent{Fake: fake, Want: posts(80)}.Now(t)
	for key, available := range fake.Channels() {
		if available {
			t.Errorf("%v is left available", key)
		}
	}
}

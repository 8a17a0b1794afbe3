// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// An imported installation has settings that Terraform never gave it. Declaring some neither
// replaces it nor sends anything.
func TestProtocol_importedInstallation(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := newInstallations(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
	for name, i := range map[string]struct {
		id       string
		identity providertest.Args
	}{
		"by id": {id: "1001/456"}, "by identity": {identity: providertest.Args{"location_id": 1001, "application_id": 456}},
	} {
		imported, diags := p.importState(i.id, i.identity)
		providertest.ExpectNone(t, diags)
		want := installed(1001, 456, "active", "2022-06-27 12:20:02", nil)
		providertest.ExpectArgs(t, name+": the imported state", imported.State, want)
		providertest.ExpectArgs(t, name+": the identity", imported.Identity, providertest.Args{"location_id": "1001", "application_id": "456"})
		seen, diags := p.read(imported)
		providertest.ExpectNone(t, diags)
		providertest.ExpectArgs(t, name+": the state as read", seen.State, want)
		plan := p.plan(seen, installationArgs(1001, 456, nil))
		providertest.ExpectNone(t, plan.Diagnostics)
		providertest.ExpectArgs(t, name+": the plan without settings", providertest.Plain(t, p.typ(), plan.PlannedState), want)
		if got := fake.Counts(); !maps.Equal(got, providertest.Gets(1)) {
			t.Errorf("%s: the API received %v, want one question for the status", name, got)
		}

		allowed, diags := p.update(seen, installationArgs(1001, 456, providertest.Args{"allow_uninstall": true}))
		providertest.ExpectNone(t, diags)
		plan = p.plan(allowed, installationArgs(1001, 456, providertest.Args{"channels": providertest.Unknown{}, "allow_uninstall": true}))
		providertest.ExpectNone(t, plan.Diagnostics)
		if len(plan.RequiresReplace) > 0 {
			t.Errorf("%s: what is not known replaces: %v", name, plan.RequiresReplace)
		}
		recorded, diags := p.update(seen, installationArgs(1001, 456, all))
		providertest.ExpectOne(t, diags, providertest.IsWarning, "", `Settings are recorded and not sent\n.*application 456 at 1 location: 1001\.`)
		providertest.ExpectArgs(t, name+": the recorded state", recorded.State, installed(1001, 456, "active", "2022-06-27 12:20:02", allState))

		// That stays so in later runs.
		seen, diags = p.read(recorded)
		providertest.ExpectNone(t, diags)
		same := p.plan(seen, installationArgs(1001, 456, all))
		providertest.ExpectNone(t, same.Diagnostics)
		changed, diags := p.update(seen, installationArgs(1001, 456, providertest.Args{"channels": texts("sms"), "allow_uninstall": true}))
		providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Settings are recorded and not sent")
		if got := fake.Counts(); !maps.Equal(got, providertest.Gets(2)) {
			t.Errorf("%s: the API received %v, want a question for the status in each of two runs", name, got)
		}

		// A replacement is Terraform's own, and does not inherit that.
		moved := installationArgs(1006, 456, providertest.Args{"channels": texts("whatsapp"), "allow_uninstall": true})
		plan = p.plan(changed, moved)
		providertest.ExpectNone(t, plan.Diagnostics)
		fresh := p.plan(providertest.Instance{Private: plan.PlannedPrivate}, moved)
		providertest.ExpectNone(t, fresh.Diagnostics)
		fake.Install(1006, 456, altegiotest.StatusPending)
		created, diags := p.applyWith(t.Context(), providertest.Instance{}, moved, fresh)
		providertest.ExpectNone(t, diags)
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
	fake := coretest.NewFake(t)
	p := newInstallations(t, fake, nil)
	freezed, diags := p.importState("1007/456", nil)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state", freezed.State, installed(1007, 456, "freezed", seededAt, nil))
	pending, diags := p.importState("1006/456", nil)
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", `Imported installations are still pending\nAn import sends nothing`)
	providertest.ExpectArgs(t, "the state", pending.State, installed(1006, 456, "pending", seededAt, nil))
	pending, diags = p.read(pending)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state as read", pending.State, installed(1006, 456, "pending", seededAt, nil))
	coretest.Sent{Fake: fake, Want: providertest.Gets(2)}.Now(t)

	const form = `Its form is location_id/application_id, for example "1001/456"\.$`
	for _, test := range []struct {
		id       string
		identity providertest.Args
		at, text string
	}{
		{id: "1008/456", text: `Nothing to import\nApplication 456 is not installed at location 1008\.`},
		{id: "1001/999", at: "application_id", text: `Cannot read how the application is connected: [^\n]+\n.*another partner`},
		{id: "1001", text: `Invalid import id: it has 1 part instead of 2\nThe id "1001" cannot be used: it has 1 part instead of 2\. ` + form},
		{id: "1001/456/sms", text: form},
		{id: "0/456", text: form},
		{id: "", text: form},
		{identity: providertest.Args{"location_id": -1, "application_id": 456}, text: `Invalid import identity: [^\n]+\n.*location_id is "-1"`},
	} {
		imported, diags := p.importState(test.id, test.identity)
		providertest.ExpectOne(t, diags, providertest.IsError, test.at, test.text)
		if imported.State != nil {
			t.Errorf("%q is imported: %v", test.id, imported.State)
		}
	}

	unready := newInstallations(t, fake, providertest.Args{"partner_token": providertest.Unknown{}})
	_, diags = unready.importState("1001/456", nil)
	providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Provider configuration is not known yet")
	_, diags = unready.create(installationArgs(1006, 456, nil))
	providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Provider configuration is not known yet")
	_, diags = unready.read(pending)
	providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Provider configuration is not known yet")
}

func TestLocationApplicationResource_import(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.5.0", "1.6.0") // import blocks
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), installationBlock(1001, 456))
	providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Application is already active at the location", "terraform import altegio_location_application.NAME 1001/456")
	coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)

	importBlock := func(id string) string {
		return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", testInstallation, id)
	}
	c.Config(providertest.ProviderBlock(fake), installationBlock(1008, 456), importBlock("1008/456"))
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Nothing to import", "Application 456 is not installed at location 1008")
	c.Config(providertest.ProviderBlock(fake), installationBlock(1001, 456), importBlock("1001/456"))
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun(providertest.Apply...), "1 imported, 0 added, 0 changed, 0 destroyed")
	c.MustRun("plan", "-detailed-exitcode", "-no-color")

	c.Config(providertest.ProviderBlock(fake), installationBlock(1001, 456, `channels = ["sms"]`))
	providertest.ExpectText(t, c.MustRun(providertest.Apply...), "Settings are recorded and not sent", "0 added, 1 changed, 0 destroyed")
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	if got := slices.Collect(maps.Keys(fake.Counts())); !slices.Equal(got, []string{altegiotest.OpInstallation}) {
		t.Errorf("importing and recording sends %v", got)
	}
}

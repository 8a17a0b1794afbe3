// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

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

func TestLocationApplicationResource_import(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.5.0", "1.6.0") // import blocks
	fake := newFake(t)
	c := newInProcess(t)
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

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

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
	c := newInProcess(t)
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
	c := newInProcess(t)
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
		"404 as a page":      {fault: altegiotest.Fault{HTML: true, Status: 404}, text: "404 Not Found", requests: uninstalls(1, 0)},
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

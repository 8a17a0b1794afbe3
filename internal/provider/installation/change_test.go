// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestProtocol_installationDrifts(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	run := func() *installations { return newInstallations(t, fake, nil) }
	config := installationArgs(1006, 456, all)
	created := run().mustCreate(config)

	for _, status := range []string{"freezed", "archived", "active"} {
		fake.SetStatus(1006, 456, status)
		p := run()
		seen, diags := p.read(created)
		providertest.ExpectNone(t, diags)
		providertest.ExpectArgs(t, "the state", seen.State, installed(1006, 456, status, seededAt, allState))
		providertest.ExpectArgs(t, "the identity", seen.Identity, pendingIdentity)
		plan := p.plan(seen, config)
		providertest.ExpectNone(t, plan.Diagnostics)
		providertest.ExpectArgs(t, "the plan", providertest.Plain(t, p.typ(), plan.PlannedState), seen.State)
		if len(plan.RequiresReplace) > 0 {
			t.Errorf("status %s replaces: %v", status, plan.RequiresReplace)
		}
	}

	// Connected again and finished by somebody else: the settings are not those that were sent.
	fake.Install(1006, 456, altegiotest.StatusActive)
	anew, diags := run().read(created)
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", `Application was reinstalled\n.*installation of application 456 at 1 location: 1006\..*they may differ from the state`)
	providertest.ExpectArgs(t, "the state", anew.State, installed(1006, 456, "active", fake.ConnectedAt(1006, 456), allState))
	anew, diags = run().read(anew)
	providertest.ExpectNone(t, diags)

	// Connected again and still pending: Create has to finish it.
	fake.Install(1006, 456, altegiotest.StatusPending)
	gone, diags := run().read(anew)
	providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Application is no longer installed")
	if gone.State != nil {
		t.Errorf("another installation is taken for this one: %v", gone.State)
	}
	again := run().mustCreate(config)
	if again.State["status"] != "active" || len(callbacks(fake)) != 2 {
		t.Errorf("the new installation is not finished: %v", again.State)
	}

	// A date that is missing, or of an answer that lags behind, proves nothing.
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Times: 1, Body: `{"success":true,"data":{"connection_status":` +
		`{"status":"pending","created_at":"2026-01-01 00:00:00"},"payments":[],"logs":[]},"meta":[]}`})
	if seen, _ := run().read(again); seen.State == nil {
		t.Error("an old answer takes the installation out of the state")
	}
	fake.SetShapes(altegiotest.Shapes{NullConnectionStatus: true})
	seen, diags := run().read(again)
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "the state", seen.State, installed(1006, 456, nil, nil, allState))

	for _, shapes := range []altegiotest.Shapes{{}, {StatusAfterUninstall: "uninstalled"}} {
		fake.SetShapes(shapes)
		fake.Uninstall(1006, 456)
		again.Identity = nil // as of an older Terraform
		gone, diags := run().read(again)
		providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Application is no longer installed")
		if gone.State != nil {
			t.Errorf("an installation that is gone is still there: %v", gone.State)
		}
	}

	for _, fault := range []altegiotest.Fault{{Status: 500}, {Status: 403}, {Status: 404, HTML: true}, {Drop: true}} {
		fake.ClearFaults()
		fault.Operation = altegiotest.OpInstallation
		fake.Fail(fault)
		kept, diags := run().read(again)
		if len(diags) != 1 || !strings.HasPrefix(diags[0].Summary, "Cannot read how the application is connected: ") || kept.State == nil {
			t.Errorf("%v gives %v and leaves %v", fault, diags, kept.State)
		}
	}
}

const refused = `Application would be uninstalled\n%s uninstalls application 456 from location 1006: .*only the owner of the location can ` +
	`connect it again\. The state does not allow that\..*set allow_uninstall = true and apply that first\..*removed block that has destroy = false\.`

func TestProtocol_changesOfAnInstallation(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := newInstallations(t, fake, nil)
	created := p.mustCreate(installationArgs(1006, 456, all))
	fake.ResetJournal()

	// These arguments only concern Terraform.
	for _, more := range []providertest.Args{
		{"grant_access": true}, {"allow_uninstall": true}, {"timeouts": createTimeout("3m")}, {"api_key_wo": "another-key"}, {},
	} {
		config := installationArgs(1006, 456, all)
		maps.Copy(config, more)
		updated, diags := p.update(created, config)
		providertest.ExpectNone(t, diags)
		want := installed(1006, 456, "active", seededAt, allState)
		for name, value := range more {
			switch name {
			case "timeouts":
				want[name] = providertest.Args{"create": "3m"}
			case "api_key_wo":
			default:
				want[name] = value
			}
		}
		providertest.ExpectArgs(t, "the state", updated.State, want)
		providertest.ExpectArgs(t, "the identity", updated.Identity, pendingIdentity)
	}
	coretest.NothingSent(fake).Now(t)

	config := installationArgs(1006, 456, all)
	config["allow_uninstall"] = true
	allowed, _ := p.update(created, config)
	for name, test := range map[string]struct {
		change   providertest.Args
		replaces []string
	}{
		"channels":                {providertest.Args{"channels": texts("sms")}, []string{"channels"}},
		"no channels":             {providertest.Args{"channels": nil}, []string{"channels"}},
		"webhook_urls":            {providertest.Args{"webhook_urls": texts("https://a.test/")}, []string{"webhook_urls"}},
		"api_key_wo_version":      {providertest.Args{"api_key_wo_version": 2}, []string{"api_key_wo_version"}},
		"several":                 {providertest.Args{"channels": texts("sms"), "api_key_wo_version": 2}, []string{"channels", "api_key_wo_version"}},
		"location_id":             {providertest.Args{"location_id": 1002}, []string{"location_id"}},
		"application_id":          {providertest.Args{"application_id": 457}, []string{"application_id"}},
		"unknown location_id":     {providertest.Args{"location_id": providertest.Unknown{}}, []string{"location_id"}},
		"and allowing it at once": {providertest.Args{"channels": texts("sms"), "allow_uninstall": true}, []string{"channels"}},
	} {
		config := installationArgs(1006, 456, all)
		maps.Copy(config, test.change)
		for prior, may := range map[*providertest.Instance]bool{&created: false, &allowed: true} {
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
				providertest.ExpectOne(t, plan.Diagnostics, providertest.IsWarning, "", "Owners have to connect the application again\n"+
					".*installation of application 456 at 1 location: 1006\\..*fails until the owner")
			case may || want == nil:
				providertest.ExpectNone(t, plan.Diagnostics)
			default:
				providertest.ExpectOne(t, plan.Diagnostics, providertest.IsError, "allow_uninstall",
					fmt.Sprintf(refused, "Changing "+strings.Join(test.replaces, ", ")+" replaces the installation, which"))
			}
		}
	}

	// An unknown setting plans a replacement only if that is allowed. Otherwise it is planned again when it
	// is known.
	unsettled := installationArgs(1006, 456, providertest.Args{
		"channels": providertest.Unknown{}, "webhook_urls": texts("https://a.test/", providertest.Unknown{}), "api_key_wo": providertest.Unknown{}, "api_key_wo_version": providertest.Unknown{},
	})
	plan := p.plan(created, unsettled)
	providertest.ExpectNone(t, plan.Diagnostics)
	if len(plan.RequiresReplace) > 0 {
		t.Errorf("what is not known replaces: %v", plan.RequiresReplace)
	}
	plan = p.plan(allowed, unsettled)
	providertest.ExpectOne(t, plan.Diagnostics, providertest.IsWarning, "", "Owners have to connect the application again")
	if len(plan.RequiresReplace) != 3 {
		t.Errorf("what is not known, and may replace, replaces because of %v", plan.RequiresReplace)
	}
	coretest.NothingSent(fake).Now(t)
}

const noToken = `Replacing needs a user token\n%s uninstalls application 456 from location 1006, and connects it again on behalf of the owner, ` +
	`which requires the owner's token\. The provider has none\..*Set user_token in the provider block, or ALTEGIO_USER_TOKEN.*Nothing was sent\.`

// A replacement that is to grant access again, and can't, must not uninstall first.
func TestProtocol_replacementWithoutUserToken(t *testing.T) {
	t.Parallel()
	owner := providertest.Args{"user_token": altegiotest.DefaultUserToken}
	granting := func(more providertest.Args) providertest.Args {
		config := installationArgs(1006, 456, providertest.Args{"grant_access": true, "allow_uninstall": true, "channels": texts("sms")})
		maps.Copy(config, more)
		return config
	}
	changed := providertest.Args{"channels": texts("whatsapp")}
	for name, test := range map[string]struct {
		provider providertest.Args
		change   providertest.Args
		severity tfprotov6.DiagnosticSeverity
		at, text string // "" for no diagnostic
	}{
		"no token":               {nil, changed, providertest.IsError, "grant_access", fmt.Sprintf(noToken, "Changing channels replaces the installation, which")},
		"a scheme and no token":  {providertest.Args{"user_token": "User "}, changed, providertest.IsError, "grant_access", "Replacing needs a user token"},
		"not known yet":          {nil, providertest.Args{"channels": providertest.Unknown{}}, providertest.IsError, "grant_access", "Replacing needs a user token"},
		"a token":                {owner, changed, 0, "", ""},
		"a token not known yet":  {providertest.Args{"user_token": providertest.Unknown{}}, changed, 0, "", ""},
		"a provider not known":   {providertest.Args{"partner_token": providertest.Unknown{}}, changed, 0, "", ""},
		"grant not known yet":    {nil, providertest.Args{"channels": texts("whatsapp"), "grant_access": providertest.Unknown{}}, 0, "", ""},
		"no grant":               {nil, providertest.Args{"channels": texts("whatsapp"), "grant_access": false}, providertest.IsWarning, "", "Owners have to connect the application again"},
		"elsewhere":              {nil, providertest.Args{"location_id": 1008}, 0, "", ""}, // where it may be pending
		"elsewhere, not granted": {nil, providertest.Args{"application_id": 457, "grant_access": false}, 0, "", ""},
		"where not known":        {nil, providertest.Args{"location_id": providertest.Unknown{}}, 0, "", ""},
		"nothing":                {nil, nil, 0, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			created := newInstallations(t, fake, nil).mustCreate(granting(nil))
			fake.ResetJournal()
			plan := newInstallations(t, fake, test.provider).plan(created, granting(test.change))
			if test.text == "" {
				providertest.ExpectNone(t, plan.Diagnostics)
			} else {
				providertest.ExpectOne(t, plan.Diagnostics, test.severity, test.at, test.text)
			}
			coretest.NothingSent(fake).Now(t)
		})
	}

	// Before the provider is configured nothing is claimed, and nothing of an imported installation,
	// which takes no settings.
	fake := coretest.NewFake(t)
	created := newInstallations(t, fake, nil).mustCreate(granting(nil))
	providertest.ExpectNone(t, newInstallations(t, nil, nil).plan(created, granting(changed)).Diagnostics)

	// A tainted resource, and one that is to be replaced by request, is planned as if it were created;
	// the destroying half of that sees what is to be created.
	for name, test := range map[string]struct {
		config, provider providertest.Args
		text             string
		uninstalled      int
	}{
		"no token":  {granting(nil), nil, fmt.Sprintf(noToken, "Replacing the resource"), 0},
		"a token":   {granting(nil), owner, "", 1},
		"no grant":  {granting(providertest.Args{"grant_access": false}), nil, "", 1},
		"elsewhere": {granting(providertest.Args{"location_id": 1008}), nil, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			created := newInstallations(t, fake, nil).mustCreate(granting(nil))
			p := newInstallations(t, fake, test.provider)
			plan := p.plan(providertest.Instance{}, test.config)
			providertest.ExpectNone(t, plan.Diagnostics)
			destroying := *plan
			destroying.PlannedState = providertest.Encode(t, p.typ(), nil)
			_, diags := p.applyWith(t.Context(), created, nil, &destroying)
			if test.text == "" {
				providertest.ExpectNone(t, diags)
			} else {
				providertest.ExpectOne(t, diags, providertest.IsError, "grant_access", test.text)
			}
			if n := fake.Count(altegiotest.OpUninstall); n != test.uninstalled {
				t.Errorf("it was uninstalled %d times, want %d", n, test.uninstalled)
			}
		})
	}

	// What is there is destroyed without a token.
	p := newInstallations(t, fake, nil)
	plan := p.plan(created, nil)
	providertest.ExpectNone(t, plan.Diagnostics)
	_, diags := p.applyWith(t.Context(), created, nil, plan)
	providertest.ExpectNone(t, diags)
}

// The same by way of the command line.
func TestLocationApplicationResource_replacedWithoutUserToken(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	const allowed, grant = "allow_uninstall = true", "grant_access = true"
	c.Config(providertest.ProviderBlock(fake), installationBlock(1006, 456, allowed, grant, `channels = ["sms"]`))
	c.MustRun(providertest.Apply...)
	fake.ResetJournal()
	for _, command := range []string{"taint", "untaint"} {
		c.MustRun(command, testInstallation)
		if command == "untaint" {
			providertest.ExpectText(t, c.MustFail(append(providertest.Apply, "-replace="+testInstallation)...), "Replacing needs a user token")
			break
		}
		providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Replacing needs a user token")
	}
	c.Config(providertest.ProviderBlock(fake), installationBlock(1006, 456, allowed, grant, `channels = ["whatsapp"]`))
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Replacing needs a user token", "Changing channels replaces")
	coretest.Sent{Fake: fake, Want: providertest.Gets(3)}.Now(t)
	c.Config(providertest.ProviderBlock(fake, fmt.Sprintf("user_token = %q", altegiotest.DefaultUserToken)), installationBlock(1006, 456, allowed, grant, `channels = ["whatsapp"]`))
	c.MustRun(providertest.Apply...)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	fake.ResetJournal()
	// A destroy of its own needs no token, whatever was planned when it was created.
	c.Config(providertest.ProviderBlock(fake), installationBlock(1006, 456, allowed, grant, `channels = ["whatsapp"]`))
	c.MustRun("destroy", "-auto-approve", "-no-color")
	if n := fake.Count(altegiotest.OpUninstall); n != 1 {
		t.Errorf("it was uninstalled %d times, want 1", n)
	}
}

// Settings that come from another resource.
func TestLocationApplicationResource_unknownSettings(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.4.0", "1.6.0") // terraform_data
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	config := func(slug string, version int, more ...string) {
		c.Config(providertest.ProviderBlock(fake), fmt.Sprintf("resource \"terraform_data\" \"slug\" {\n  input = %q\n  triggers_replace = %d\n}\n", slug, version),
			installationBlock(1006, 456, append(more, "channels = [terraform_data.slug.output]")...))
	}
	config("sms", 1)
	c.MustRun(providertest.Apply...)
	config("sms", 2)
	c.MustRun(providertest.Apply...)
	config("whatsapp", 3)
	providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Application would be uninstalled", "Changing channels replaces")
	config("sms", 3, "allow_uninstall = true")
	c.MustRun(providertest.Apply...)
	config("whatsapp", 4, "allow_uninstall = true")
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "forces replacement")
	providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Application is not connected at the location")
	fake.Install(1006, 456, altegiotest.StatusPending)
	c.MustRun(providertest.Apply...)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	if got, want := fake.Counts()[altegiotest.OpUninstall], 1; got != want || len(callbacks(fake)) != 2 {
		t.Errorf("it was uninstalled %d times, and finished with %v", got, callbacks(fake))
	}
}

func TestProtocol_destroyAnInstallation(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := newInstallations(t, fake, nil)
	created := p.mustCreate(installationArgs(1006, 456, nil))
	fake.ResetJournal()
	plan := p.plan(created, nil)
	providertest.ExpectOne(t, plan.Diagnostics, providertest.IsError, "allow_uninstall", fmt.Sprintf(refused, "Destroying the resource"))
	kept, diags := p.applyWith(t.Context(), created, nil, plan) // as of a tainted resource
	providertest.ExpectOne(t, diags, providertest.IsError, "allow_uninstall", fmt.Sprintf(refused, "Destroying the resource"))
	providertest.ExpectArgs(t, "the state", kept.State, created.State)
	coretest.NothingSent(fake).Now(t)

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
			fake := coretest.NewFake(t)
			p := newInstallations(t, fake, nil)
			created := p.mustCreate(installationArgs(1006, 456, providertest.Args{"allow_uninstall": true}))
			if test.before != nil {
				test.before(fake)
			}
			test.fault.Operation = altegiotest.OpUninstall
			fake.Fail(test.fault)
			fake.ResetJournal()
			plan := p.plan(created, nil)
			providertest.ExpectNone(t, plan.Diagnostics)
			left, diags := p.applyWith(t.Context(), created, nil, plan)
			coretest.Sent{Fake: fake, Want: test.requests}.Now(t)
			if test.text == "" {
				providertest.ExpectNone(t, diags)
				if left.State != nil {
					t.Errorf("there is left %v", left.State)
				}
				return
			}
			providertest.ExpectOne(t, diags, providertest.IsError, test.at, `Cannot uninstall the application: [^\n]+\n.*`+test.text)
			providertest.ExpectArgs(t, "the state", left.State, created.State)
		})
	}
}

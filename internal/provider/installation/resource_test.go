// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestProtocol_installationIsValidated(t *testing.T) {
	t.Parallel()
	p := newInstallations(t, nil, nil)
	url := func(length int) string { return "https://a.test/" + strings.Repeat("x", length-len("https://a.test/")) }
	var eleven []any
	for i := range 11 {
		eleven = append(eleven, fmt.Sprintf("https://a.test/%d", i))
	}
	for name, test := range map[string]struct {
		config providertest.Args
		text   string
	}{
		"nothing":              {providertest.Args{}, ""},
		"all":                  {all, ""},
		"ten URLs":             {providertest.Args{"webhook_urls": texts(eleven[:10]...)}, ""},
		"eleven URLs":          {providertest.Args{"webhook_urls": texts(eleven...)}, "at most 10"},
		"no URL":               {providertest.Args{"webhook_urls": texts()}, "at least 1"},
		"http":                 {providertest.Args{"webhook_urls": texts("http://a.test/")}, "must be an https URL"},
		"no host":              {providertest.Args{"webhook_urls": texts("https:///x")}, "must be an https URL"},
		"a space":              {providertest.Args{"webhook_urls": texts("https://a.test/x y")}, "must be an https URL"},
		"a long URL":           {providertest.Args{"webhook_urls": texts(url(4096))}, ""},
		"too long a URL":       {providertest.Args{"webhook_urls": texts(url(4097))}, "4096"},
		"null for a URL":       {providertest.Args{"webhook_urls": texts(nil)}, "null"},
		"a channel of no kind": {providertest.Args{"channels": texts("email")}, `"whatsapp"`},
		"no channel":           {providertest.Args{"channels": texts()}, "at least 1"},
		"key without version":  {providertest.Args{"api_key_wo": "x"}, `"api_key_wo_version" must be specified`},
		"version without key":  {providertest.Args{"api_key_wo_version": 1}, `"api_key_wo" must be specified`},
		"chat without TLS":     {providertest.Args{"chat_url": "http://a.test/chat"}, "must be an https URL"},
		"login alone":          {providertest.Args{"login_wo": "x"}, `"login_wo_version" must be specified`},
		"secret key alone":     {providertest.Args{"secret_key_wo": "x"}, `"secret_key_wo_version" must be specified`},
		"empty key":            {providertest.Args{"api_key_wo": "", "api_key_wo_version": 1}, "at least 1"},
		"location 0":           {providertest.Args{"location_id": 0}, "at least 1"},
		"no duration":          {providertest.Args{"timeouts": createTimeout("soon")}, "decimal numbers"},
		"no time at all":       {providertest.Args{"timeouts": createTimeout("0s")}, "a duration above zero"},
		"nothing is known": {providertest.Args{
			"location_id": providertest.Unknown{}, "application_id": providertest.Unknown{}, "channels": providertest.Unknown{}, "webhook_urls": texts(providertest.Unknown{}), "api_key_wo": providertest.Unknown{},
			"api_key_wo_version": providertest.Unknown{}, "grant_access": providertest.Unknown{}, "allow_uninstall": providertest.Unknown{}, "timeouts": providertest.Unknown{},
		}, ""},
	} {
		config := installationArgs(1006, 456, nil)
		maps.Copy(config, test.config)
		diags := p.validate(config)
		switch {
		case test.text == "":
			providertest.ExpectNone(t, diags)
		case len(diags) != 1 || !strings.Contains(diags[0].Detail, test.text):
			t.Errorf("%s gives %v, want %q", name, diags, test.text)
		}
		if name == "nothing is known" {
			providertest.ExpectNone(t, p.plan(providertest.Instance{}, config).Diagnostics)
		}
	}
}

// The life of an installation under a real Terraform: what a user sees, and what is sent.
func TestLocationApplicationResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	config := func(more ...string) {
		c.Config(providertest.ProviderBlock(fake), installationBlock(1006, 456, more...))
	}
	unchanged := func() {
		t.Helper()
		fake.ResetJournal()
		c.MustRun("plan", "-detailed-exitcode", "-no-color")
		coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
	}
	const channels, hooks = `channels = ["sms"]`, `webhook_urls = ["https://a.test/hook"]`

	config(channels, hooks)
	c.MustRun("plan", "-no-color")
	coretest.NothingSent(fake).Now(t)
	c.MustRun(providertest.Apply...)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 2, altegiotest.OpCallback: 1}}.Now(t)
	if got := c.Values(testInstallation); got["status"] != "active" || got["id"] != "1006/456" || got["connected_at"] != seededAt {
		t.Errorf("the state is %v", got)
	}
	if available, wasSet := fake.Channel(1006, 456, "sms"); !available || !wasSet || !slices.Equal(fake.WebhookURLs(1006, 456), []string{"https://a.test/hook"}) {
		t.Error("the settings have not arrived")
	}
	unchanged()
	fake.SetStatus(1006, 456, altegiotest.StatusFreezed)
	unchanged()
	fake.SetStatus(1006, 456, altegiotest.StatusActive)

	// Nothing uninstalls by accident.
	fake.ResetJournal()
	const wouldBe = "Application would be uninstalled"
	providertest.ExpectText(t, c.MustFail("destroy", "-auto-approve", "-no-color"), wouldBe, "Destroying the resource uninstalls")
	config(hooks, "allow_uninstall = true")
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), wouldBe, "Changing channels replaces the installation, which uninstalls")
	config(channels, hooks)
	c.MustRun("taint", "-no-color", testInstallation)
	providertest.ExpectText(t, c.MustFail(providertest.Apply...), wouldBe)
	c.MustRun("untaint", "-no-color", testInstallation)
	if status, _ := fake.Status(1006, 456); status != "active" {
		t.Fatalf("the application is %s", status)
	}

	config(channels, hooks, "allow_uninstall = true", "grant_access = true", `timeouts = { create = "1m" }`)
	fake.ResetJournal()
	providertest.ExpectText(t, c.MustRun(providertest.Apply...), "0 added, 1 changed, 0 destroyed")
	coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
	unchanged()

	// A replacement uninstalls, and waits for the owner.
	config(hooks, "allow_uninstall = true")
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "forces replacement", "1 to add, 0 to change, 1 to destroy")
	providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Application is not connected at the location", "click Connect")
	fake.Install(1006, 456, altegiotest.StatusPending)
	fake.ResetJournal()
	c.MustRun(providertest.Apply...)
	if got, want := callbacks(fake), []string{`{"salon_id":1006,"application_id":456,"webhook_urls":["https://a.test/hook"]}`}; !slices.Equal(got, want) {
		t.Errorf("%v was sent, want %v", got, want)
	}
	unchanged()
	fake.ResetJournal()
	c.MustRun("destroy", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUninstall: 1}}.Now(t)
	if _, installed := fake.Status(1006, 456); installed {
		t.Error("the application is still installed")
	}
}

// With the owner's token a replacement needs nobody.
func TestLocationApplicationResource_grant(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	owner := fmt.Sprintf("user_token = %q", altegiotest.DefaultUserToken)
	granting := func(more ...string) string {
		return installationBlock(1008, 456, append(more, "grant_access = true", "allow_uninstall = true")...)
	}
	c.Config(providertest.ProviderBlock(fake), granting())
	providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Set user_token in the provider block")
	c.Config(providertest.ProviderBlock(fake, owner), granting())
	c.MustRun(providertest.Apply...)
	c.Config(providertest.ProviderBlock(fake, owner), granting(`channels = ["whatsapp"]`))
	fake.ResetJournal()
	c.MustRun(providertest.Apply...)
	coretest.Sent{Fake: fake, Want: map[string]int{
		altegiotest.OpInstallation: 4, altegiotest.OpUninstall: 1, altegiotest.OpGrantAccess: 1, altegiotest.OpCallback: 1,
	}}.Now(t)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	c.MustRun("destroy", "-auto-approve", "-no-color")
}

// What every refusal to uninstall advises.
func TestLocationApplicationResource_removed(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	providertest.RequireVersion(t, "1.7.0", "1.12.0")
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), installationBlock(1006, 456))
	c.MustRun(providertest.Apply...)
	fake.ResetJournal()
	c.Config(providertest.ProviderBlock(fake), fmt.Sprintf("removed {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", testInstallation))
	c.MustRun(providertest.Apply...)
	if status, _ := fake.Status(1006, 456); status != "active" || c.Values(testInstallation) != nil {
		t.Errorf("the application is %s, and the state has %v", status, c.Values(testInstallation))
	}
	if got := fake.Count(altegiotest.OpUninstall); got != 0 {
		t.Errorf("%d requests to uninstall", got)
	}
}

// An apply that ends while it waits for the status. What was interrupted is in the state; what was
// killed is not, and the next apply tells how to get it there. Nothing is sent twice.
func TestLocationApplicationResource_cutOff(t *testing.T) {
	t.Parallel()
	for name, signal := range map[string]syscall.Signal{"interrupted": syscall.SIGINT, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: http.StatusCreated, Empty: true})
			c := providertest.NewCLI(t)
			c.Config(providertest.ProviderBlock(fake), installationBlock(1006, 456, `channels = ["sms"]`))
			out := c.Signal(signal, func() bool { return fake.Count(altegiotest.OpInstallation) > 1 }, providertest.Apply...)
			fake.SetStatus(1006, 456, altegiotest.StatusActive)

			switch signal {
			case syscall.SIGINT:
				providertest.ExpectText(t, out, "Installation is not active yet", "The provider stopped waiting: it was interrupted.")
				if got := c.Values(testInstallation); got["status"] != "pending" {
					t.Errorf("the state is %v", got)
				}
			case syscall.SIGKILL:
				providertest.ExpectText(t, c.MustFail(providertest.Apply...), "Application is already active", "terraform import altegio_location_application.NAME 1006/456")
				c.MustRun("import", "-no-color", testInstallation, "1006/456")
				providertest.ExpectText(t, c.MustRun(providertest.Apply...), "Settings are recorded and not sent")
			}
			c.MustRun("plan", "-detailed-exitcode", "-no-color")
			c.MustRun(providertest.Apply...)
			if got := c.Values(testInstallation); got["status"] != "active" {
				t.Errorf("the state is %v", got)
			}
			if got := callbacks(fake); len(got) != 1 {
				t.Errorf("%v was sent, want one request", got)
			}
		})
	}
}

// The channel of the documentation waits for the application that it belongs to.
func TestLocationApplicationResource_channel(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewCLI(t)
	providertest.RequireVersion(t, "1.2.0", "1.6.0") // preconditions
	dir := filepath.Join("resources", providertest.InstallationType)
	c.Config(providertest.ProviderBlock(fake), providertest.ReadExample(t, dir, "resource.tf"), providertest.ReadExample(t, dir, "channel.tf"))
	c.MustRun(providertest.Apply...)
	c.MustRun("plan", "-detailed-exitcode", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 3, altegiotest.OpCallback: 1, altegiotest.OpUpdateChannel: 1}}.Now(t)
}

// A key is in no plan, no state and no log.
func TestLocationApplicationResource_apiKey(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	run := providertest.NewSecretRun(t, "TF_VAR_api_key="+apiKeySecret)
	run.Write("providers.tf", providertest.ProviderBlock(fake))
	example := providertest.ReadExample(t, "resources", providertest.InstallationType, "api-key.tf")
	older := strings.Replace(example, "ephemeral = true", "sensitive = true", 1)
	if have, err := providertest.CLIVersion(); err != nil {
		t.Fatal(err)
	} else if have.Segments()[1] < 11 {
		run.Write("main.tf", older)
		providertest.ExpectText(t, run.MustFail("validate", "-no-color"), "WriteOnly Attribute Not Allowed")
		return
	}
	run.Write("main.tf", example)
	talkative := `{"success":false,"data":null,"meta":{"message":"not ` + apiKeySecret + `","errors":{"api_key":["` + apiKeySecret + `"]}}}`
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: 422, Body: talkative, Times: 1})
	run.Do(false, "apply", "-auto-approve")
	run.Do(true, "plan", "-out=plan")
	run.Do(true, "apply", "plan")
	run.Do(true, "show")
	run.Do(true, "plan", "-detailed-exitcode")
	if got := fake.APIKey(1006, 456); got != apiKeySecret {
		t.Errorf("the API key is %q", got)
	}
	run.Write("main.tf", strings.Replace(example, "_version = 1", "_version = 2", 1))
	run.Do(false, "plan")
	providertest.ExpectText(t, run.Streams[len(run.Streams)-1], "Changing api_key_wo_version replaces the installation")
	run.ExpectAbsent("the API key", apiKeySecret)
}

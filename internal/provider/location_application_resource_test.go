// SPDX-License-Identifier: MPL-2.0

package provider

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
		config args
		text   string
	}{
		"nothing":              {args{}, ""},
		"all":                  {all, ""},
		"ten URLs":             {args{"webhook_urls": texts(eleven[:10]...)}, ""},
		"eleven URLs":          {args{"webhook_urls": texts(eleven...)}, "at most 10"},
		"no URL":               {args{"webhook_urls": texts()}, "at least 1"},
		"http":                 {args{"webhook_urls": texts("http://a.test/")}, "must be an https URL"},
		"no host":              {args{"webhook_urls": texts("https:///x")}, "must be an https URL"},
		"a space":              {args{"webhook_urls": texts("https://a.test/x y")}, "must be an https URL"},
		"a long URL":           {args{"webhook_urls": texts(url(4096))}, ""},
		"too long a URL":       {args{"webhook_urls": texts(url(4097))}, "4096"},
		"null for a URL":       {args{"webhook_urls": texts(nil)}, "null"},
		"a channel of no kind": {args{"channels": texts("email")}, `"whatsapp"`},
		"no channel":           {args{"channels": texts()}, "at least 1"},
		"key without version":  {args{"api_key_wo": "x"}, `"api_key_wo_version" must be specified`},
		"version without key":  {args{"api_key_wo_version": 1}, `"api_key_wo" must be specified`},
		"chat without TLS":     {args{"chat_url": "http://a.test/chat"}, "must be an https URL"},
		"login alone":          {args{"login_wo": "x"}, `"login_wo_version" must be specified`},
		"secret key alone":     {args{"secret_key_wo": "x"}, `"secret_key_wo_version" must be specified`},
		"empty key":            {args{"api_key_wo": "", "api_key_wo_version": 1}, "at least 1"},
		"location 0":           {args{"location_id": 0}, "at least 1"},
		"no duration":          {args{"timeouts": createTimeout("soon")}, "decimal numbers"},
		"no time at all":       {args{"timeouts": createTimeout("0s")}, "a duration above zero"},
		"nothing is known": {args{
			"location_id": unknown{}, "application_id": unknown{}, "channels": unknown{}, "webhook_urls": texts(unknown{}), "api_key_wo": unknown{},
			"api_key_wo_version": unknown{}, "grant_access": unknown{}, "allow_uninstall": unknown{}, "timeouts": unknown{},
		}, ""},
	} {
		config := installationArgs(1006, 456, nil)
		maps.Copy(config, test.config)
		diags := p.validate(config)
		switch {
		case test.text == "":
			expectNone(t, diags)
		case len(diags) != 1 || !strings.Contains(diags[0].Detail, test.text):
			t.Errorf("%s gives %v, want %q", name, diags, test.text)
		}
		if name == "nothing is known" {
			expectNone(t, p.plan(instance{}, config).Diagnostics)
		}
	}
}

// The life of an installation under a real Terraform: what a user sees, and what is sent.
func TestLocationApplicationResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	config := func(more ...string) { c.config(providerBlock(fake), installationBlock(1006, 456, more...)) }
	unchanged := func() {
		t.Helper()
		fake.ResetJournal()
		c.mustRun("plan", "-detailed-exitcode", "-no-color")
		sent{fake, gets(1)}.now(t)
	}
	const channels, hooks = `channels = ["sms"]`, `webhook_urls = ["https://a.test/hook"]`

	config(channels, hooks)
	c.mustRun("plan", "-no-color")
	nothingSent(fake).now(t)
	c.mustRun(apply...)
	sent{fake, map[string]int{altegiotest.OpInstallation: 2, altegiotest.OpCallback: 1}}.now(t)
	if got := c.values(testInstallation); got["status"] != "active" || got["id"] != "1006/456" || got["connected_at"] != seededAt {
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
	expectText(t, c.mustFail("destroy", "-auto-approve", "-no-color"), wouldBe, "Destroying the resource uninstalls")
	config(hooks, "allow_uninstall = true")
	expectText(t, c.mustFail("plan", "-no-color"), wouldBe, "Changing channels replaces the installation, which uninstalls")
	config(channels, hooks)
	c.mustRun("taint", "-no-color", testInstallation)
	expectText(t, c.mustFail(apply...), wouldBe)
	c.mustRun("untaint", "-no-color", testInstallation)
	if status, _ := fake.Status(1006, 456); status != "active" {
		t.Fatalf("the application is %s", status)
	}

	config(channels, hooks, "allow_uninstall = true", "grant_access = true", `timeouts = { create = "1m" }`)
	fake.ResetJournal()
	expectText(t, c.mustRun(apply...), "0 added, 1 changed, 0 destroyed")
	sent{fake, gets(1)}.now(t)
	unchanged()

	// A replacement uninstalls, and waits for the owner.
	config(hooks, "allow_uninstall = true")
	expectText(t, c.mustRun("plan", "-no-color"), "forces replacement", "1 to add, 0 to change, 1 to destroy")
	expectText(t, c.mustFail(apply...), "Application is not connected at the location", "click Connect")
	fake.Install(1006, 456, altegiotest.StatusPending)
	fake.ResetJournal()
	c.mustRun(apply...)
	if got, want := callbacks(fake), []string{`{"salon_id":1006,"application_id":456,"webhook_urls":["https://a.test/hook"]}`}; !slices.Equal(got, want) {
		t.Errorf("%v was sent, want %v", got, want)
	}
	unchanged()
	fake.ResetJournal()
	c.mustRun("destroy", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUninstall: 1}}.now(t)
	if _, installed := fake.Status(1006, 456); installed {
		t.Error("the application is still installed")
	}
}

// With the owner's token a replacement needs nobody.
func TestLocationApplicationResource_grant(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	owner := fmt.Sprintf("user_token = %q", altegiotest.DefaultUserToken)
	granting := func(more ...string) string {
		return installationBlock(1008, 456, append(more, "grant_access = true", "allow_uninstall = true")...)
	}
	c.config(providerBlock(fake), granting())
	expectText(t, c.mustFail(apply...), "Set user_token in the provider block")
	c.config(providerBlock(fake, owner), granting())
	c.mustRun(apply...)
	c.config(providerBlock(fake, owner), granting(`channels = ["whatsapp"]`))
	fake.ResetJournal()
	c.mustRun(apply...)
	sent{fake, map[string]int{
		altegiotest.OpInstallation: 4, altegiotest.OpUninstall: 1, altegiotest.OpGrantAccess: 1, altegiotest.OpCallback: 1,
	}}.now(t)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	c.mustRun("destroy", "-auto-approve", "-no-color")
}

// What every refusal to uninstall advises.
func TestLocationApplicationResource_removed(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	requireVersion(t, "1.7.0", "1.12.0")
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), installationBlock(1006, 456))
	c.mustRun(apply...)
	fake.ResetJournal()
	c.config(providerBlock(fake), fmt.Sprintf("removed {\n  from = %s\n  lifecycle {\n    destroy = false\n  }\n}\n", testInstallation))
	c.mustRun(apply...)
	if status, _ := fake.Status(1006, 456); status != "active" || c.values(testInstallation) != nil {
		t.Errorf("the application is %s, and the state has %v", status, c.values(testInstallation))
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
			fake := newFake(t)
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: http.StatusCreated, Empty: true})
			c := newCLI(t)
			c.config(providerBlock(fake), installationBlock(1006, 456, `channels = ["sms"]`))
			out := c.signal(signal, func() bool { return fake.Count(altegiotest.OpInstallation) > 1 }, apply...)
			fake.SetStatus(1006, 456, altegiotest.StatusActive)

			switch signal {
			case syscall.SIGINT:
				expectText(t, out, "Installation is not active yet", "Waiting for it ended: it was interrupted.")
				if got := c.values(testInstallation); got["status"] != "pending" {
					t.Errorf("the state is %v", got)
				}
			case syscall.SIGKILL:
				expectText(t, c.mustFail(apply...), "Application is already active", "terraform import altegio_location_application.NAME 1006/456")
				c.mustRun("import", "-no-color", testInstallation, "1006/456")
				expectText(t, c.mustRun(apply...), "Settings are recorded and not sent")
			}
			c.mustRun("plan", "-detailed-exitcode", "-no-color")
			c.mustRun(apply...)
			if got := c.values(testInstallation); got["status"] != "active" {
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
	fake := newFake(t)
	c := newCLI(t)
	requireVersion(t, "1.2.0", "1.6.0") // preconditions
	dir := filepath.Join("resources", installationType)
	c.config(providerBlock(fake), readExample(t, dir, "resource.tf"), readExample(t, dir, "channel.tf"))
	c.mustRun(apply...)
	c.mustRun("plan", "-detailed-exitcode", "-no-color")
	sent{fake, map[string]int{altegiotest.OpInstallation: 3, altegiotest.OpCallback: 1, altegiotest.OpUpdateChannel: 1}}.now(t)
}

// A key is in no plan, no state and no log.
func TestLocationApplicationResource_apiKey(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	run := newSecretRun(t, "TF_VAR_api_key="+apiKeySecret)
	run.write("providers.tf", providerBlock(fake))
	example := readExample(t, "resources", installationType, "api-key.tf")
	older := strings.Replace(example, "ephemeral = true", "sensitive = true", 1)
	if have, err := cliVersion(); err != nil {
		t.Fatal(err)
	} else if have.Segments()[1] < 11 {
		run.write("main.tf", older)
		expectText(t, run.mustFail("validate", "-no-color"), "WriteOnly Attribute Not Allowed")
		return
	}
	run.write("main.tf", example)
	talkative := `{"success":false,"data":null,"meta":{"message":"not ` + apiKeySecret + `","errors":{"api_key":["` + apiKeySecret + `"]}}}`
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: 422, Body: talkative, Times: 1})
	run.do(false, "apply", "-auto-approve")
	run.do(true, "plan", "-out=plan")
	run.do(true, "apply", "plan")
	run.do(true, "show")
	run.do(true, "plan", "-detailed-exitcode")
	if got := fake.APIKey(1006, 456); got != apiKeySecret {
		t.Errorf("the API key is %q", got)
	}
	run.write("main.tf", strings.Replace(example, "_version = 1", "_version = 2", 1))
	run.do(false, "plan")
	expectText(t, run.streams[len(run.streams)-1], "Changing api_key_wo_version replaces the installation")
	run.expectAbsent("the API key", apiKeySecret)
}

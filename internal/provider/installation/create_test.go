// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/installation"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestProtocol_finishAnInstallation(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		shapes altegiotest.Shapes
		config providertest.Args
		state  providertest.Args
		body   string
	}{
		"all settings": {config: all, state: allState, body: allSent},
		"undocumented settings": {
			config: providertest.Args{
				"chat_url": "https://a.test/chat", "tips_url": "https://a.test/tips", "login_wo": "a-login-7f3a9c", "login_wo_version": 1,
				"secret_key_wo": "a-key-7f3a9c", "secret_key_wo_version": 2,
			},
			state: providertest.Args{"chat_url": "https://a.test/chat", "tips_url": "https://a.test/tips", "login_wo_version": "1", "secret_key_wo_version": "2"},
			body: `{"salon_id":1006,"application_id":456,"chat_url":"https://a.test/chat","tips_url":"https://a.test/tips",` +
				`"login":"a-login-7f3a9c","secret_key":"a-key-7f3a9c"}`,
		},
		"none":   {body: `{"salon_id":1006,"application_id":456}`},
		"a body": {shapes: altegiotest.Shapes{UndocumentedBodies: true, Meta: "object", ExtraFields: true}, body: `{"salon_id":1006,"application_id":456}`},
		"one channel": {
			config: providertest.Args{"channels": texts("sms"), "allow_uninstall": true}, state: providertest.Args{"channels": []any{"sms"}, "allow_uninstall": true},
			body: `{"salon_id":1006,"application_id":456,"channels":["sms"]}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(test.shapes))
			p := newInstallations(t, fake, nil)
			config := installationArgs(1006, 456, test.config)
			providertest.ExpectNone(t, p.validate(config))
			plan := p.plan(providertest.Instance{}, config)
			providertest.ExpectNone(t, plan.Diagnostics)
			planned := installed(1006, 456, providertest.Unknown{}, providertest.Unknown{}, test.state)
			providertest.ExpectArgs(t, "the planned state", providertest.Plain(t, p.typ(), plan.PlannedState), planned)
			coretest.NothingSent(fake).Now(t)

			created, diags := p.applyWith(t.Context(), providertest.Instance{}, config, plan)
			providertest.ExpectNone(t, diags)
			providertest.ExpectArgs(t, "the created state", created.State, installed(1006, 456, "active", seededAt, test.state))
			providertest.ExpectArgs(t, "the identity", created.Identity, pendingIdentity)
			if got := callbacks(fake); !slices.Equal(got, []string{test.body}) {
				t.Errorf("%s was sent, want %s", got, test.body)
			}
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 2, altegiotest.OpCallback: 1}}.Now(t)
			if len(p.slept.Waits) > 0 {
				t.Errorf("an installation that is active is waited for: %v", p.slept.Waits)
			}

			same := p.plan(created, config)
			providertest.ExpectNone(t, same.Diagnostics)
			providertest.ExpectArgs(t, "the plan without changes", providertest.Plain(t, p.typ(), same.PlannedState), created.State)
			if len(same.RequiresReplace) > 0 {
				t.Errorf("a plan without changes replaces: %v", same.RequiresReplace)
			}
			coretest.NothingSent(fake).Now(t)
		})
	}
}

// A status that lags behind is waited for, at a growing interval.
func TestProtocol_installationLagsBehind(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]altegiotest.Fault{
		"pending":       {Body: `{"success":true,"data":{"connection_status":{"status":"pending","created_at":"` + seededAt + `"},"payments":[],"logs":[]},"meta":[]}`},
		"no status":     {Body: `{"success":true,"data":{"connection_status":null,"payments":[],"logs":[]},"meta":[]}`},
		"not installed": {Status: http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			p := newInstallations(t, fake, nil)
			answer.Operation, answer.Skip, answer.Times = altegiotest.OpInstallation, 1, 6
			fake.Fail(answer)
			created := p.mustCreate(installationArgs(1006, 456, nil))
			providertest.ExpectArgs(t, "the state", created.State, installed(1006, 456, "active", seededAt, nil))
			s := time.Second
			if want := []time.Duration{2 * s, 4 * s, 8 * s, 15 * s, 15 * s, 15 * s}; !slices.Equal(p.slept.Waits, want) {
				t.Errorf("it waits %v, want %v", p.slept.Waits, want)
			}
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 8, altegiotest.OpCallback: 1}}.Now(t)
		})
	}
}

// Once the API has accepted the settings, the installation is in the state. Later problems are warnings,
// because after an error it would be replaced.
func TestProtocol_acceptedButNotActive(t *testing.T) {
	t.Parallel()
	const kept = `Installation is not active yet\nAltegio accepted the settings of application 456 at location 1006; its status, last read as "pending"`
	for name, test := range map[string]struct {
		during func(fake *altegiotest.Server, cancel context.CancelFunc)
		more   providertest.Args
		text   string
		least  time.Duration // of virtual time; the real time of a busy machine counts, too
	}{
		"never": {text: kept + `.*The provider stopped waiting: timeouts.create has expired\..*removed block`, least: installation.CreationTimeout - 2*installation.LongestPoll},
		"never, with a timeout": {
			more: providertest.Args{"timeouts": createTimeout("100s")}, text: kept + ".*timeouts.create", least: 100*time.Second - 2*installation.LongestPoll,
		},
		"interrupted": {
			during: func(_ *altegiotest.Server, cancel context.CancelFunc) { cancel() }, text: kept + `.*The provider stopped waiting: it was interrupted\.`,
		},
		"the status fails at once": {text: kept + `.*the status cannot be read: GET .*500 Internal Server Error`},
		"the status fails": {
			during: func(fake *altegiotest.Server, _ context.CancelFunc) {
				fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 500})
			},
			text: kept + `.*the status cannot be read: GET http://127\.0\.0\.1:\d+/marketplace/salon/1006/application/456: 500 Internal Server Error`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: http.StatusCreated, Empty: true})
			if name == "the status fails at once" {
				fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Skip: 1, Status: 500})
			}
			p := newInstallations(t, fake, nil)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if test.during != nil {
				p.slept.During = func(time.Duration) { test.during(fake, cancel) }
			}
			config := installationArgs(1006, 456, providertest.Args{"channels": texts("sms")})
			maps.Copy(config, test.more)
			created, diags := p.applyWith(ctx, providertest.Instance{}, config, p.plan(providertest.Instance{}, config))
			providertest.ExpectOne(t, diags, providertest.IsWarning, "", test.text)
			if created.State["status"] != "pending" || created.State["connected_at"] != seededAt || created.Identity == nil {
				t.Errorf("the state is %v of %v", created.State, created.Identity)
			}
			if got := p.slept.Passed(); got < test.least {
				t.Errorf("it waits %v, want at least %v", got, test.least)
			}
			if got := fake.Count(altegiotest.OpCallback); got != 1 {
				t.Errorf("%d requests to finish it, want 1", got)
			}

			// An installation that becomes active later is not a change.
			fake.ClearFaults()
			fake.SetStatus(1006, 456, altegiotest.StatusActive)
			p = newInstallations(t, fake, nil)
			seen, diags := p.read(created)
			providertest.ExpectNone(t, diags)
			if seen.State["status"] != "active" {
				t.Errorf("the status is read as %v", seen.State["status"])
			}
			plan := p.plan(seen, config)
			providertest.ExpectNone(t, plan.Diagnostics)
			providertest.ExpectArgs(t, "the next plan", providertest.Plain(t, p.typ(), plan.PlannedState), seen.State)
		})
	}
}

// An owner may connect the application while Terraform works on something else.
func TestProtocol_connectedDuringTheRun(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := newInstallations(t, fake, nil)
	seen, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1008, "application_id": 456})
	providertest.ExpectNone(t, diags)
	if seen["installed"] != false {
		t.Fatalf("it is installed already: %v", seen)
	}
	fake.Install(1008, 456, altegiotest.StatusPending)
	if created := p.mustCreate(installationArgs(1008, 456, nil)); created.State["status"] != "active" {
		t.Errorf("the state is %v", created.State)
	}
}

// A request without an answer is not repeated: the status tells what became of it.
func TestProtocol_installationInDoubt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{
		"reset": {Drop: true}, "500": {Status: 500}, "page": {HTML: true}, "redirect": {Redirect: "https://elsewhere.test/"},
		"nonsense": {Body: `{"ok":1}`},
	} {
		for _, effect := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, with effect %t", name, effect), func(t *testing.T) {
				t.Parallel()
				fake := coretest.NewFake(t)
				fault := fault // is shared with the subtest of the other effect
				fault.Operation, fault.AfterEffect = altegiotest.OpCallback, effect
				fake.Fail(fault)
				p := newInstallations(t, fake, nil)
				created, diags := p.create(installationArgs(1006, 456, all))
				if got := fake.Count(altegiotest.OpCallback); got != 1 {
					t.Errorf("%d requests to finish it, want 1", got)
				}
				if effect {
					providertest.ExpectNone(t, diags)
					providertest.ExpectArgs(t, "the state", created.State, installed(1006, 456, "active", seededAt, allState))
					return
				}
				providertest.ExpectOne(t, diags, providertest.IsError, "", `Cannot finish the installation: [^\n]+\nAsked for: location_id 1006, application_id 456, channels `+
					`"whatsapp", "sms", webhook_urls "\S+", "\S+", api_key_wo \(not shown\)\..*`+
					`Altegio may have done it although its answer is missing\. Applying again is safe`)
				if strings.Contains(diags[0].Detail, apiKeySecret) {
					t.Errorf("the API key is shown: %s", diags[0].Detail)
				}
				if created.State != nil {
					t.Errorf("what is not installed is in the state: %v", created.State)
				}
				if got := p.slept.Passed(); got < installation.DoubtTimeout-installation.LongestPoll || got > installation.DoubtTimeout {
					t.Errorf("the effect is looked for during %v, want about %v", got, installation.DoubtTimeout)
				}
				fake.ClearFaults()
				p.mustCreate(installationArgs(1006, 456, all))
			})
		}
	}

	// A server that is still at work is waited for.
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Status: 504})
	p := newInstallations(t, fake, nil)
	p.slept.During = func(passed time.Duration) {
		if passed > 20*time.Second {
			fake.SetStatus(1006, 456, altegiotest.StatusActive)
		}
	}
	if created := p.mustCreate(installationArgs(1006, 456, nil)); created.State["status"] != "active" {
		t.Errorf("the state is %v", created.State)
	}
}

// Installations that cannot be finished are distinguished before anything is sent.
func TestProtocol_nothingToFinish(t *testing.T) {
	t.Parallel()
	const (
		importBlock = `To manage it as it is, import it:\n\timport \{\n\t\tto = altegio_location_application.NAME\n\t\tid = "1006/456"\n\t\}\n` +
			`or run terraform import altegio_location_application.NAME 1006/456`
	)
	for name, test := range map[string]struct {
		status string
		shapes altegiotest.Shapes
		text   string
	}{
		"not installed": {"uninstalled", altegiotest.Shapes{}, `Application is not connected at the location\nThe owner of location 1006 has to ` +
			`click Connect for application 456 in the marketplace first.*1 hour.*12 hours.*grant_access = true`},
		"uninstalled by status": {
			"uninstalled", altegiotest.Shapes{StatusAfterUninstall: "uninstalled"}, "Application is not connected at the location",
		},
		"active":         {"active", altegiotest.Shapes{}, `Application is already active at the location\n.*so this apply set nothing.*` + importBlock},
		"freezed":        {"freezed", altegiotest.Shapes{}, `Application is suspended at the location\n.*freezed.*A payment makes it active.*` + importBlock},
		"another status": {"archived", altegiotest.Shapes{}, `Installation is not pending\n.*its status is "archived".*` + importBlock},
		"no status": {
			"pending", altegiotest.Shapes{NullConnectionStatus: true}, `Installation is not pending\n.*Altegio does not report its status.*` + importBlock,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(test.shapes))
			fake.SetStatus(1006, 456, test.status)
			p := newInstallations(t, fake, nil)
			none, diags := p.create(installationArgs(1006, 456, all))
			providertest.ExpectOne(t, diags, providertest.IsError, "", test.text)
			if none.State != nil {
				t.Errorf("there is a state: %v", none.State)
			}
			coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
		})
	}
}

func TestProtocol_finishingIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		at    string
		text  string
	}{
		"401": {altegiotest.Fault{Status: 401}, "", "401 Unauthorized.*Check partner_token"},
		"403": {altegiotest.Fault{Status: 403}, "application_id", "403 Forbidden.*belongs to another partner, or the installation is already active"},
		"404": {altegiotest.Fault{Status: 404}, "location_id", "404 Not Found"},
		"400": {
			altegiotest.Fault{Status: 400, Body: `{"success":false,"data":null,"meta":{"message":"Агрегатор не найден"}}`},
			"",
			"Altegio answered: 400 Bad Request: Агрегатор не найден",
		},
		"422 of channels": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"channels":["no"]}}}`},
			"channels", "422 Unprocessable Entity.*of channels it says: no",
		},
		"422 of webhook_urls": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":{"webhook_urls":["unreachable"]}}}`},
			"webhook_urls", "of webhook_urls it says: unreachable",
		},
		"422 of api_key": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":{"api_key":["` + apiKeySecret + ` is bad"]}}}`},
			"api_key_wo", `of api_key_wo it says: \[redacted\] is bad`,
		},
		"422 of the location": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":{"salon_id":["gone"]}}}`},
			"location_id", "of location_id it says: gone",
		},
		"422 of nothing in particular": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"errors":["no luck"]}}`},
			"", "Altegio answered: 422 Unprocessable Entity: no luck",
		},
		"429": {altegiotest.Fault{Status: 429}, "", "429 Too Many Requests.*requests_per_minute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			test.fault.Operation = altegiotest.OpCallback
			fake.Fail(test.fault)
			p := newInstallations(t, fake, nil)
			none, diags := p.create(installationArgs(1006, 456, all))
			providertest.ExpectOne(t, diags, providertest.IsError, test.at, `Cannot finish the installation: [^\n]+\n.*`+test.text)
			if none.State != nil {
				t.Errorf("there is a state: %v", none.State)
			}
			if got := fake.Count(altegiotest.OpCallback); got != 1 {
				t.Errorf("%d requests to finish it, want 1", got)
			}
		})
	}

	// Somebody else was faster. The text of the refusal, which is localised, is of no consequence.
	for _, language := range []string{"en", "ru"} {
		fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{Language: language}))
		fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Match: func(*http.Request, []byte) bool {
			fake.SetStatus(1006, 456, altegiotest.StatusActive)
			return false
		}})
		_, diags := newInstallations(t, fake, nil).create(installationArgs(1006, 456, nil))
		providertest.ExpectOne(t, diags, providertest.IsError, "", "Application is already active at the location")
	}

	fake := coretest.NewFake(t)
	_, diags := newInstallations(t, fake, nil).create(installationArgs(1001, 999, nil))
	providertest.ExpectOne(t, diags, providertest.IsError, "application_id", "Cannot read how the application is connected.*belongs to another partner")
	fake.Install(1006, 458, altegiotest.StatusPending)
	_, diags = newInstallations(t, fake, nil).create(installationArgs(1006, 458, providertest.Args{"channels": texts("sms")}))
	providertest.ExpectOne(t, diags, providertest.IsError, "", "422 Unprocessable Entity: .*channels")
}

func TestProtocol_grantAccess(t *testing.T) {
	t.Parallel()
	owner := providertest.Args{"user_token": altegiotest.DefaultUserToken}
	granting := func(location, application int, more providertest.Args) providertest.Args {
		config := installationArgs(location, application, providertest.Args{"grant_access": true})
		maps.Copy(config, more)
		return config
	}
	count := func(installation, grant, callback int) map[string]int {
		counts := map[string]int{altegiotest.OpInstallation: installation, altegiotest.OpGrantAccess: grant, altegiotest.OpCallback: callback}
		maps.DeleteFunc(counts, func(_ string, n int) bool { return n == 0 })
		return counts
	}
	fast := altegiotest.Application{ID: 4700, Category: altegiotest.CategoryChatBots, FastInstall: true}

	for name, test := range map[string]struct {
		config   providertest.Args
		provider providertest.Args
		fault    altegiotest.Fault
		status   string // in the state, "" for none
		severity tfprotov6.DiagnosticSeverity
		at, text string // "" for no diagnostic
		requests map[string]int
	}{
		"then pending": {
			config: granting(1008, 456, providertest.Args{"channels": texts("sms")}), provider: owner,
			status: "active", requests: count(3, 1, 1),
		},
		"where it is pending already": {
			config: granting(1006, 456, nil), provider: owner,
			status: "active", requests: count(2, 0, 1),
		},
		"where it is active already": {
			config: granting(1001, 456, nil), provider: owner,
			severity: providertest.IsError, text: "Application is already active at the location", requests: count(1, 0, 0),
		},
		"then active": {
			config: granting(1008, 4700, nil), provider: owner,
			status: "active", requests: count(2, 1, 0),
		},
		"then active, with settings": {
			config: granting(1008, 4700, providertest.Args{"channels": texts("sms"), "api_key_wo": apiKeySecret, "api_key_wo_version": 1}), provider: owner,
			status: "active", severity: providertest.IsWarning, requests: count(2, 1, 0),
			text: `Settings were not sent\nApplication 4700 became active at location 1008 as soon as access was granted.*so these were not sent: channels, api_key_wo_version\.`,
		},
		"without a user token": {
			config:   granting(1008, 456, nil),
			severity: providertest.IsError, text: `Cannot connect the application: [^\n]+\n.*Set user_token in the provider block, or ALTEGIO_USER_TOKEN`, requests: count(1, 0, 0),
		},
		"with a token that is not accepted": {
			config: granting(1008, 456, nil), provider: providertest.Args{"user_token": "another"},
			severity: providertest.IsError, text: "401 Unauthorized.*Check partner_token and user_token", requests: count(1, 1, 0),
		},
		"refused": {
			config: granting(1008, 456, nil), provider: owner, fault: altegiotest.Fault{Operation: altegiotest.OpGrantAccess, Status: 403},
			severity: providertest.IsError, at: "application_id", text: "Either user_token does not belong to an owner.*already connected although its status does not show it yet.*To find out, apply again in five minutes", requests: count(1, 1, 0),
		},
		"with no answer, but an effect": {
			config: granting(1008, 456, nil), provider: owner,
			fault:  altegiotest.Fault{Operation: altegiotest.OpGrantAccess, Drop: true, AfterEffect: true},
			status: "active", requests: count(3, 1, 1),
		},
		"with no answer and no effect": {
			config: granting(1008, 456, nil), provider: owner, fault: altegiotest.Fault{Operation: altegiotest.OpGrantAccess, Drop: true},
			severity: providertest.IsError, text: "Cannot connect the application: [^\n]+\n.*Applying again is safe", requests: count(8, 1, 0),
		},
		"which does not show": {
			config:   granting(1008, 456, providertest.Args{"timeouts": createTimeout("1m")}),
			provider: owner, fault: altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 404},
			severity: providertest.IsError, text: `Application is not connected yet\nAltegio granted.*timeouts.create has expired\..*Apply again`, requests: count(8, 1, 0),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.AddApplication(fast)
			if test.fault.Operation != "" {
				fake.Fail(test.fault)
			}
			p := newInstallations(t, fake, test.provider)
			created, diags := p.create(test.config)
			if test.text == "" {
				providertest.ExpectNone(t, diags)
			} else {
				providertest.ExpectOne(t, diags, test.severity, test.at, test.text)
			}
			if status, _ := created.State["status"].(string); status != test.status {
				t.Errorf("the state is %v, want one with status %q", created.State, test.status)
			}
			coretest.Sent{Fake: fake, Want: test.requests}.Now(t)
			if test.status != "" {
				seen, diags := p.read(created)
				providertest.ExpectNone(t, diags)
				plan := p.plan(seen, test.config)
				providertest.ExpectNone(t, plan.Diagnostics)
				providertest.ExpectArgs(t, "the next plan", providertest.Plain(t, p.typ(), plan.PlannedState), seen.State)
			}
		})
	}
}

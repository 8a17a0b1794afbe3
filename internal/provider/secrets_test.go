// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const (
	partnerSecret = "partner-Secret+7f3a/9c"
	userSecret    = "user-Secret+1b8d/4e"
)

const linkOutput = `
data "altegio_payment_link" "test" {
  location_id    = 1001
  application_id = 456
  discount       = 15.55
}

output "link" {
  value     = data.altegio_payment_link.test.url
  sensitive = true
}
`

func TestSecrets_ofARun(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env    []string
		block  string
		except []string // where Terraform itself keeps what a configuration says
	}{
		"from the environment": {
			env: []string{core.EnvPartnerToken + "=" + partnerSecret, core.EnvUserToken + "=" + userSecret},
		},
		"from variables": {
			env: []string{"TF_VAR_partner_token=" + partnerSecret, "TF_VAR_user_token=" + userSecret},
			block: "  partner_token = var.partner_token\n  user_token = \"User ${var.user_token}\"\n}\n\n" +
				"variable \"partner_token\" {\n  sensitive = true\n}\n\nvariable \"user_token\" {\n  sensitive = true\n",
			except: []string{"plan.out", "plan.out:tfplan"},
		},
		"in the block": {
			block:  fmt.Sprintf("  partner_token = %q\n  user_token = %q\n", partnerSecret, userSecret),
			except: []string{"main.tf", "plan.out", "plan.out:tfplan", "plan.out:main.tf"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithToken(partnerSecret), altegiotest.WithUserToken(userSecret))
			r := providertest.NewSecretRun(t, append(test.env, provider.EnvAPIURL+"="+fake.APIURL(), provider.EnvAppURL+"="+fake.AppURL())...)
			block := "provider \"altegio\" {\n  requests_per_second = 0\n  max_retries = 0\n" + test.block + "}\n"
			fleet := providertest.FleetBlock("available_at = [1001, 1002]", `channel_slug = "whatsapp"`)
			r.Config(block, providertest.ChannelBlock(1001, 456, "sms", true), fleet, providertest.ConnectionBlock("test", 1001, 456), linkOutput,
				providertest.WebhooksBlock("record", []string{coretest.URLA}))
			r.Do(true, "plan", "-input=false", "-out=plan.out")
			r.Do(true, "show", "plan.out")
			r.Do(true, "apply", "-input=false", "plan.out")
			r.Do(true, "plan", "-input=false", "-refresh-only")
			r.Do(true, "show")
			r.Do(true, "output")
			signature := r.LinkSignature("data.altegio_payment_link.test")
			r.Config(block, providertest.ChannelBlock(1001, 456, "sms", false), linkOutput)
			r.Do(true, "apply", "-input=false", "-auto-approve")
			r.Do(true, "destroy", "-input=false", "-auto-approve")

			if log := r.Files()["trace.log"]; !strings.Contains(log, "Altegio request done") || !strings.Contains(log, "/marketplace/application/payment_link") {
				t.Error("the log has no requests, so it proves nothing")
			}
			r.ExpectAbsent("the partner token", partnerSecret, test.except...)
			r.ExpectAbsent("the user token", userSecret, test.except...)
			r.ExpectAbsent("the signature", signature, "terraform.tfstate", "terraform.tfstate.backup", "plan.out", "plan.out:*")
		})
	}
}

// An API, or a proxy before it, can echo the request in its answer.
func TestSecrets_ofFailures(t *testing.T) {
	t.Parallel()
	const signature = "0123456789abcdef0123456789abcdef"
	const link = "https://alteg.io/appstore/payment/?salon_id=1001&sign=" + signature
	talkative := fmt.Sprintf("Bearer %s is unknown, see %s", partnerSecret, link)
	jsonError := fmt.Sprintf(`{"success":false,"data":{"url":%q},"meta":{"message":%q,"errors":{%q:[%q],"channel_slug":[%q]}}}`,
		link, talkative, talkative, talkative, talkative)
	html := http.Header{"Content-Type": {"text/html"}}
	page := "<html><head><title>" + talkative + "</title></head><body>" + talkative + "</body></html>"

	faults := []altegiotest.Fault{
		{Status: 403, Body: jsonError},
		{Status: 422, Body: jsonError},
		{Status: 500, Body: jsonError},
		{Status: 200, Body: jsonError},
		{Status: 200, Body: fmt.Sprintf(`{"success":true,"data":{"url":{"href":%q}},"meta":[]}`, link)},
		{Status: 200, Body: fmt.Sprintf(`{"success":true,"data":%q,"meta":[]}`, talkative)},
		{Status: 200, Body: jsonError[:len(jsonError)-9]},
		{Status: 502, Body: page, Header: html},
		{Status: 200, Body: page, Header: html},
		{Status: 200, Body: talkative, Header: http.Header{"Content-Type": {"text/" + partnerSecret}}},
		{Redirect: link + "&token=" + partnerSecret},
		{Redirect: "https://x.test/" + partnerSecret},
		{Drop: true},
		{Truncate: true},
		{Status: 418, Header: http.Header{"X-Token": {partnerSecret}}},
		{Status: 429, Body: jsonError}, // the last, since it slows down what follows
	}
	fake := coretest.NewFake(t, altegiotest.WithToken(partnerSecret))
	r := providertest.NewSecretRun(t, core.EnvPartnerToken+"="+partnerSecret, core.EnvUserToken+"="+userSecret, provider.EnvAPIURL+"="+fake.APIURL(), provider.EnvAppURL+"="+fake.APIURL())
	const provider = "provider \"altegio\" {\n  requests_per_second = 0\n  max_retries = 0\n}\n"

	// One run for all the faults: each request meets the next one. One host, so that none is asked about at
	// the other.
	var config strings.Builder
	config.WriteString(provider)
	for i := range faults {
		config.WriteString(providertest.ChannelNamed(fmt.Sprintf("c%d", i), 1001, 456, "sms", true))
		fmt.Fprintf(&config, "data \"altegio_payment_link\" \"l%d\" {\n  location_id = 1001\n  application_id = 456\n}\n", i)
	}
	fail := func(operation string) {
		fake.ClearFaults()
		for _, fault := range faults {
			fault.Operation, fault.Times = operation, 1
			fake.Fail(fault)
		}
	}
	r.Config(config.String())
	fail(altegiotest.OpPaymentLink)
	r.Do(false, "plan", "-input=false")
	ids := fake.AddLocations(len(faults), 456)
	r.Config(regexp.MustCompile(`(?m)^data (?:.*\n)*?}\n`).ReplaceAllString(config.String(), ""), providertest.FleetBlock(providertest.AvailableAt(ids)))
	fail(altegiotest.OpUpdateChannel)
	singles := []string{"apply", "-input=false", "-auto-approve"}
	for i := range faults {
		singles = append(singles, fmt.Sprintf("-target=altegio_application_channel.c%d", i))
	}
	r.Do(false, singles...)
	fake.ClearFaults()
	for i, fault := range faults {
		providertest.FailAt(fake, fault, ids[i])
	}
	r.Do(false, "apply", "-input=false", "-auto-approve", "-target="+providertest.FleetAddress)
	fail(altegiotest.OpInstallation)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 500})
	r.Do(false, "import", "-input=false", "altegio_application_channel.c0", "1001/456/sms")

	// An answer 401 ends a run, so each has its own.
	for _, fault := range []altegiotest.Fault{{Status: 401}, {Status: 401, Body: jsonError}} {
		fake.ClearFaults()
		fake.Fail(fault)
		r.Do(false, "import", "-input=false", "altegio_application_channel.c0", "1001/456/sms")
	}

	if got, want := len(fake.RequestsFor(altegiotest.OpUpdateChannel)), len(faults)+len(ids); got != want {
		t.Errorf("%d channels were set, want %d", got, want)
	}
	if got, want := len(fake.RequestsFor(altegiotest.OpPaymentLink)), len(faults); got < want {
		t.Errorf("%d links met a fault, want %d", got, want)
	}
	r.ExpectAbsent("the partner token", partnerSecret)
	r.ExpectAbsent("the user token", userSecret)
	r.ExpectAbsent("the signature", signature)
}

// A token that is refused, or unusable, is not shown along with its line of the configuration.
func TestSecrets_ofAnUnusableBlock(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	for name, token := range map[string]string{"refused": partnerSecret, "unusable": "partner secret 7f3a9c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := providertest.NewSecretRun(t, provider.EnvAPIURL+"="+fake.APIURL(), provider.EnvAppURL+"="+fake.AppURL())
			r.Config(fmt.Sprintf("provider \"altegio\" {\n  max_retries = 0\n  partner_token = %q\n  user_token = %q\n}\n", token, userSecret),
				providertest.ChannelBlock(1001, 456, "sms", true), providertest.ConnectionBlock("test", 1001, 456))
			r.Do(false, "plan", "-input=false")
			r.Do(false, "apply", "-input=false", "-auto-approve")
			r.ExpectAbsent("the partner token", token, "main.tf")
			r.ExpectAbsent("the user token", userSecret, "main.tf")
		})
	}
}

// Secrets in the answers of the Developer Cabinet appear nowhere.
func TestSecrets_ofTheCabinet(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	for name, shapes := range map[string]altegiotest.CabinetShapes{
		"plain": {}, "flat": {FlatPartnerSystem: true, CreateAnswers: "id", ExtraMembers: true, Catalog: "map"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.RequireVersion(t, "1.11.0", "1.11.0") // for what is write-only
			fake := coretest.NewFake(t, altegiotest.WithToken(partnerSecret), altegiotest.WithUserToken(userSecret))
			fake.SetShapes(altegiotest.Shapes{Cabinet: shapes})
			fake.SetStatus(1006, 456, altegiotest.StatusPending)
			r := providertest.NewSecretRun(t, core.EnvPartnerToken+"="+partnerSecret, core.EnvUserToken+"="+userSecret, provider.EnvAPIURL+"="+fake.APIURL(), provider.EnvAppURL+"="+fake.AppURL())
			const provider = "provider \"altegio\" {\n  requests_per_second = 0\n  max_retries = 0\n}\n"
			read := provider + `
				data "altegio_developer_accounts" "all" {}
				data "altegio_applications" "all" { partner_id = 11 }
				data "altegio_catalog_rights" "all" { partner_id = 11 }
				data "altegio_catalog_categories" "all" {}`
			card := func(title string) string {
				return fmt.Sprintf(`
					resource "altegio_application" "new" {
					  partner_id        = 11
					  slug              = "night_bot"
					  title             = %q
					  short_description = "Works at night"
					  category_id       = 31
					  country_ids       = [7]
					  full_description  = "All of it"
					  connect_instruction = "Press Connect."
					  abandon_on_destroy  = true
					}
					resource "altegio_application" "old" {
					  partner_id         = 11
					  abandon_on_destroy = true
					}
					resource "altegio_application_frames" "new" {
					  partner_id     = 11
					  application_id = altegio_application.new.application_id
					  frames         = { client = { title = %q, url = "https://bot.example" } }
					}
					resource "altegio_location_frame" "chat" {
					  location_id    = 1001
					  application_id = 456
					  type           = "chat"
					  url            = "https://bot.example/chat"
					}`, title, title)
			}
			r.Config(read, card("Night Bot"))
			r.Do(true, "import", "-input=false", "altegio_application.old", "11/456")
			r.Do(true, "apply", "-input=false", "-auto-approve")
			r.Config(read, card("Day Bot"))
			r.Do(true, "plan", "-input=false", "-out=plan.out")
			r.Do(true, "show", "-json", "plan.out")
			r.Do(true, "apply", "-input=false", "plan.out")
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpApplications, Truncate: true})
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAccounts, Truncate: true})
			r.Do(false, "plan", "-input=false")
			fake.ClearFaults()
			r.Do(true, "show")
			const login, key = "login-Secret+5d2e/1f", "key-Secret+9a4c/7b"
			r.Env = append(r.Env, "TF_VAR_login="+login, "TF_VAR_secret_key="+key)
			r.Config(read, card("Day Bot"), `
				variable "login" { sensitive = true }
				variable "secret_key" { sensitive = true }
				resource "altegio_location_application" "chat" {
				  location_id           = 1006
				  application_id        = 456
				  chat_url              = "https://bot.example/chat"
				  login_wo              = var.login
				  login_wo_version      = 1
				  secret_key_wo         = var.secret_key
				  secret_key_wo_version = 1
				  allow_uninstall       = true
				}`)
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpCallback, Times: 1, Status: 422, Body: fmt.Sprintf(
				`{"success":false,"meta":{"message":"%[1]s","errors":{"login":["%[1]s is odd"],"secret_key":["%[2]s is odd"]}}}`, login, key)})
			r.Do(false, "apply", "-input=false", "-auto-approve")
			r.Do(true, "apply", "-input=false", "-auto-approve")
			if got := fake.ActivationSettings(1006, 456); got.Login != login || got.SecretKey != key {
				t.Errorf("the settings are %v", got)
			}
			r.Do(true, "show")
			r.Do(true, "destroy", "-input=false", "-auto-approve")
			r.ExpectAbsent("the login", login)
			r.ExpectAbsent("the secret key", key)
			if log := r.Files()["trace.log"]; !strings.Contains(log, "/marketplace/developers/companies/11/applications") {
				t.Error("the log has no requests, so it proves nothing")
			}
			r.ExpectAbsent("the partner token", partnerSecret)
			r.ExpectAbsent("the user token", userSecret)
			r.ExpectAbsent("the other account's token", altegiotest.SecondPartnerToken)
			for _, id := range []int64{456, 457, 458, 459, fake.CardBySlug("night_bot")} {
				r.ExpectAbsent("the token of an application", fake.ApplicationToken(id))
			}
		})
	}
}

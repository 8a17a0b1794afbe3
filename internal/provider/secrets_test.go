// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"archive/zip"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// secretRun runs Terraform with every log that there is, and collects all that it leaves behind.
type secretRun struct {
	*cli
	streams []string
}

func newSecretRun(t *testing.T, env ...string) *secretRun {
	t.Helper()
	c := newCLI(t, env...)
	c.env = append(c.env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(c.dir, "trace.log"))
	return &secretRun{cli: c}
}

func (r *secretRun) do(ok bool, args ...string) {
	r.t.Helper()
	out, succeeded := r.run(append(args, "-no-color")...)
	r.streams = append(r.streams, out)
	if succeeded != ok {
		r.t.Errorf("%v succeeds: %t, want %t:\n%s", args, succeeded, ok, out)
	}
}

// expectAbsent checks that a secret is in no stream, nor in any file but those excepted.
func (r *secretRun) expectAbsent(what, secret string, except ...string) {
	r.t.Helper()
	if len(secret) < 8 {
		r.t.Fatalf("%s is no secret: %q", what, secret)
	}
	forms := []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))}
	look := func(where, text string) {
		for _, form := range forms {
			if i := strings.Index(text, form); i >= 0 {
				r.t.Errorf("%s is in %s: ...%s...", what, where, text[max(0, i-200):min(len(text), i+len(form)+50)])
				return
			}
		}
	}
	for i, stream := range r.streams {
		look(fmt.Sprintf("the output of command %d", i+1), stream)
	}
	for name, content := range r.files() {
		skip := false
		for _, pattern := range except {
			matched, _ := filepath.Match(pattern, name)
			skip = skip || matched
		}
		if !skip {
			look(name, content)
		}
	}
}

// files returns the content of every file in the directory, and of every file in a plan.
func (r *secretRun) files() map[string]string {
	r.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(r.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files[filepath.Base(path)] = string(content)
		if archive, err := zip.OpenReader(path); err == nil {
			defer archive.Close() //nolint:errcheck // it was only read
			for _, f := range archive.File {
				reader, err := f.Open()
				if err != nil {
					return err
				}
				content, err := io.ReadAll(reader)
				if err != nil {
					return err
				}
				files[filepath.Base(path)+":"+filepath.Base(f.Name)] = string(content)
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

const (
	partnerSecret = "partner-Secret+7f3a/9c"
	userSecret    = "user-Secret+1b8d/4e"
)

// linkSignature returns the signature of the link in the state.
func (r *secretRun) linkSignature(address string) string {
	r.t.Helper()
	link, _ := r.values(address)["url"].(string)
	match := regexp.MustCompile(`sign=([0-9a-f]+)`).FindStringSubmatch(link)
	if match == nil {
		r.t.Fatalf("the link has no signature: %q", link)
	}
	return match[1]
}

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
			env: []string{envPartnerToken + "=" + partnerSecret, envUserToken + "=" + userSecret},
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
			fake := newFake(t, altegiotest.WithToken(partnerSecret), altegiotest.WithUserToken(userSecret))
			r := newSecretRun(t, append(test.env, envAPIURL+"="+fake.APIURL(), envAppURL+"="+fake.AppURL())...)
			provider := "provider \"altegio\" {\n  requests_per_second = 0\n  max_retries = 0\n" + test.block + "}\n"
			fleet := fleetBlock("available_at = [1001, 1002]", `channel_slug = "whatsapp"`)
			r.config(provider, channelBlock(1001, 456, "sms", true), fleet, connectionBlock("test", 1001, 456), linkOutput,
				webhooksBlock("record", []string{urlA}))
			r.do(true, "plan", "-input=false", "-out=plan.out")
			r.do(true, "show", "plan.out")
			r.do(true, "apply", "-input=false", "plan.out")
			r.do(true, "plan", "-input=false", "-refresh-only")
			r.do(true, "show")
			r.do(true, "output")
			signature := r.linkSignature("data.altegio_payment_link.test")
			r.config(provider, channelBlock(1001, 456, "sms", false), linkOutput)
			r.do(true, "apply", "-input=false", "-auto-approve")
			r.do(true, "destroy", "-input=false", "-auto-approve")

			if log := r.files()["trace.log"]; !strings.Contains(log, "Altegio request done") || !strings.Contains(log, "/marketplace/application/payment_link") {
				t.Error("the log has no requests, so it proves nothing")
			}
			r.expectAbsent("the partner token", partnerSecret, test.except...)
			r.expectAbsent("the user token", userSecret, test.except...)
			r.expectAbsent("the signature", signature, "terraform.tfstate", "terraform.tfstate.backup", "plan.out", "plan.out:*")
		})
	}
}

// An API, or what stands before it, may repeat in its answer what it was sent.
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
	fake := newFake(t, altegiotest.WithToken(partnerSecret))
	r := newSecretRun(t, envPartnerToken+"="+partnerSecret, envUserToken+"="+userSecret, envAPIURL+"="+fake.APIURL(), envAppURL+"="+fake.APIURL())
	const provider = "provider \"altegio\" {\n  requests_per_second = 0\n  max_retries = 0\n}\n"

	// One run for all the faults: each request meets the next one. One host, lest some are asked about
	// at the other.
	var config strings.Builder
	config.WriteString(provider)
	for i := range faults {
		config.WriteString(channelNamed(fmt.Sprintf("c%d", i), 1001, 456, "sms", true))
		fmt.Fprintf(&config, "data \"altegio_payment_link\" \"l%d\" {\n  location_id = 1001\n  application_id = 456\n}\n", i)
	}
	fail := func(operation string) {
		fake.ClearFaults()
		for _, fault := range faults {
			fault.Operation, fault.Times = operation, 1
			fake.Fail(fault)
		}
	}
	r.config(config.String())
	fail(altegiotest.OpPaymentLink)
	r.do(false, "plan", "-input=false")
	ids := fake.AddLocations(len(faults), 456)
	r.config(regexp.MustCompile(`(?m)^data (?:.*\n)*?}\n`).ReplaceAllString(config.String(), ""), fleetBlock(availableAt(ids)))
	fail(altegiotest.OpUpdateChannel)
	singles := []string{"apply", "-input=false", "-auto-approve"}
	for i := range faults {
		singles = append(singles, fmt.Sprintf("-target=altegio_application_channel.c%d", i))
	}
	r.do(false, singles...)
	fake.ClearFaults()
	for i, fault := range faults {
		failAt(fake, fault, ids[i])
	}
	r.do(false, "apply", "-input=false", "-auto-approve", "-target="+testFleet)
	fail(altegiotest.OpInstallation)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 500})
	r.do(false, "import", "-input=false", "altegio_application_channel.c0", "1001/456/sms")

	// An answer 401 ends a run, so each has its own.
	for _, fault := range []altegiotest.Fault{{Status: 401}, {Status: 401, Body: jsonError}} {
		fake.ClearFaults()
		fake.Fail(fault)
		r.do(false, "import", "-input=false", "altegio_application_channel.c0", "1001/456/sms")
	}

	if got, want := len(fake.RequestsFor(altegiotest.OpUpdateChannel)), len(faults)+len(ids); got != want {
		t.Errorf("%d channels were set, want %d", got, want)
	}
	if got, want := len(fake.RequestsFor(altegiotest.OpPaymentLink)), len(faults); got < want {
		t.Errorf("%d links met a fault, want %d", got, want)
	}
	r.expectAbsent("the partner token", partnerSecret)
	r.expectAbsent("the user token", userSecret)
	r.expectAbsent("the signature", signature)
}

// A token that is refused, or unusable, is not shown along with its line of the configuration.
func TestSecrets_ofAnUnusableBlock(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	for name, token := range map[string]string{"refused": partnerSecret, "unusable": "partner secret 7f3a9c"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newSecretRun(t, envAPIURL+"="+fake.APIURL(), envAppURL+"="+fake.AppURL())
			r.config(fmt.Sprintf("provider \"altegio\" {\n  max_retries = 0\n  partner_token = %q\n  user_token = %q\n}\n", token, userSecret),
				channelBlock(1001, 456, "sms", true), connectionBlock("test", 1001, 456))
			r.do(false, "plan", "-input=false")
			r.do(false, "apply", "-input=false", "-auto-approve")
			r.expectAbsent("the partner token", token, "main.tf")
			r.expectAbsent("the user token", userSecret, "main.tf")
		})
	}
}

// What the Developer Cabinet answers with secrets in it leaves none of them behind.
func TestSecrets_ofTheCabinet(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.CabinetShapes{
		"plain": {}, "flat": {FlatPartnerSystem: true, CreateAnswers: "id", ExtraMembers: true, Catalog: "map"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireVersion(t, "1.11.0", "1.11.0") // for what is write-only
			fake := newFake(t, altegiotest.WithToken(partnerSecret), altegiotest.WithUserToken(userSecret))
			fake.SetShapes(altegiotest.Shapes{Cabinet: shapes})
			fake.SetStatus(1006, 456, altegiotest.StatusPending)
			r := newSecretRun(t, envPartnerToken+"="+partnerSecret, envUserToken+"="+userSecret, envAPIURL+"="+fake.APIURL(), envAppURL+"="+fake.AppURL())
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
			r.config(read, card("Night Bot"))
			r.do(true, "import", "-input=false", "altegio_application.old", "11/456")
			r.do(true, "apply", "-input=false", "-auto-approve")
			r.config(read, card("Day Bot"))
			r.do(true, "plan", "-input=false", "-out=plan.out")
			r.do(true, "show", "-json", "plan.out")
			r.do(true, "apply", "-input=false", "plan.out")
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpApplications, Truncate: true})
			fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAccounts, Truncate: true})
			r.do(false, "plan", "-input=false")
			fake.ClearFaults()
			r.do(true, "show")
			const login, key = "login-Secret+5d2e/1f", "key-Secret+9a4c/7b"
			r.env = append(r.env, "TF_VAR_login="+login, "TF_VAR_secret_key="+key)
			r.config(read, card("Day Bot"), `
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
			r.do(false, "apply", "-input=false", "-auto-approve")
			r.do(true, "apply", "-input=false", "-auto-approve")
			if got := fake.ActivationSettings(1006, 456); got.Login != login || got.SecretKey != key {
				t.Errorf("the settings are %v", got)
			}
			r.do(true, "show")
			r.do(true, "destroy", "-input=false", "-auto-approve")
			r.expectAbsent("the login", login)
			r.expectAbsent("the secret key", key)
			if log := r.files()["trace.log"]; !strings.Contains(log, "/marketplace/developers/companies/11/applications") {
				t.Error("the log has no requests, so it proves nothing")
			}
			r.expectAbsent("the partner token", partnerSecret)
			r.expectAbsent("the user token", userSecret)
			r.expectAbsent("the other account's token", altegiotest.SecondPartnerToken)
			for _, id := range []int64{456, 457, 458, 459, fake.CardBySlug("night_bot")} {
				r.expectAbsent("the token of an application", fake.ApplicationToken(id))
			}
		})
	}
}

// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const userToken = "user_token = " + `"` + altegiotest.DefaultUserToken + `"`

// A takeover is a way in which an application that exists comes under Terraform, with configuration that
// Terraform generates.
type takeover struct {
	terraform, opentofu string
	file, block         string
	generate            []string // the command, to which the name of a file is added
}

// importProvider is needed in the block of an import to generate configuration for, and refused afterwards: an
// alpha of Terraform 1.17 takes altegio for hashicorp/altegio without it.
const importProvider = "  provider = altegio\n"

var takeovers = map[string]takeover{
	"query": {"1.14.0", "", "bot.tfquery.hcl", `
list "altegio_application" "bot" {
  provider = altegio
  config {
    partner_id = 11
  }
}
`, []string{"query", "-no-color"}},
	"import by id": {"1.5.0", "1.6.0", "import.tf", `
import {
  to = altegio_application.bot_0
` + importProvider + `  id = "11/456"
}
`, []string{"plan", "-no-color"}},
	"import by identity": {"1.12.0", "1.12.0", "import.tf", `
import {
  to = altegio_application.bot_0
` + importProvider + `  identity = {
    partner_id     = 11
    application_id = 456
  }
}
`, []string{"plan", "-no-color"}},
}

// An application that exists is found, imported with configuration that nobody has to touch, changed by a
// word, and watched: what somebody else does is drift in the next plan, and refused between a plan and its
// apply.
func TestApplication_takenOver(t *testing.T) {
	t.Parallel()
	for name, way := range takeovers {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			c := providertest.NewCLI(t)
			providertest.RequireVersion(t, way.terraform, way.opentofu)
			fake := coretest.NewFake(t)
			c.Config(providertest.ProviderBlock(fake, userToken))
			c.Write(way.file, way.block)
			c.MustRun(append(way.generate, "-generate-config-out=applications.tf")...)
			if way.file == "import.tf" {
				c.Write(way.file, strings.Replace(way.block, importProvider, "", 1))
			}
			wrote := func() (requests []string) {
				for _, r := range fake.Requests() {
					if r.Method != "GET" {
						requests = append(requests, r.Operation)
					}
				}
				return requests
			}
			n := "1"
			if name == "query" {
				n = "4"
			}
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "Plan: "+n+" to import, 0 to add, 0 to change, 0 to destroy.")
			providertest.ExpectText(t, c.MustRun(providertest.Apply...), n+" imported, 0 added, 0 changed, 0 destroyed")
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes.")
			if got := wrote(); len(got) > 0 {
				t.Fatalf("taking over sends %v", got)
			}

			change := func(from, to string) {
				t.Helper()
				path := filepath.Join(c.Dir, "applications.tf")
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if strings.Count(string(text), from) != 1 {
					t.Fatalf("%q is not once in\n%s", from, text)
				}
				c.Write("applications.tf", strings.Replace(string(text), from, to, 1))
			}
			change(`"Answers your clients at night"`, `"Answers your clients by night"`)
			before := fake.Card(456)
			fake.ResetJournal()
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "Application is published", "the change to short_description reaches all its customers at once",
				`~ short_description = "Answers your clients at night" -> "Answers your clients by night"`, "0 to add, 1 to change, 0 to destroy.")
			providertest.ExpectText(t, c.MustRun(providertest.Apply...), "0 added, 1 changed, 0 destroyed")
			sent := fake.RequestsFor(altegiotest.OpApplicationUpdate)
			if got := wrote(); len(sent) != 1 || len(got) != 1 {
				t.Fatalf("one word sends %v", got)
			}
			for member, raw := range providertest.Members(t, sent[0].Body) {
				want := string(before[member])
				if member == "short_description" {
					want = `"Answers your clients by night"`
				}
				if string(raw) != want {
					t.Errorf("%s is sent as %s, want %s", member, raw, want)
				}
			}
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes.")

			// Somebody else is at the card.
			fake.EditCard(456, "price", `"free today"`)
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), `~ price = "free today" -> "from $5 a month"`, "1 to change")
			change(`"from $5 a month"`, `"free today"`)
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes.")
			change(`"Hello Bot"`, `"Hello World Bot"`)
			c.MustRun("plan", "-no-color", "-out=plan.tfplan")
			fake.EditCard(456, "questions", `[]`)
			fake.ResetJournal()
			providertest.ExpectText(t, c.MustFail("apply", "-no-color", "plan.tfplan"), "Application has changed since the plan",
				"Somebody else has changed questions of application 456 since Terraform read it. Nothing was sent")
			if got := wrote(); len(got) > 0 {
				t.Errorf("a refused apply sends %v", got)
			}
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), `~ title = "Hello Bot" -> "Hello World Bot"`, `+ question = "Does it speak French?"`)
			c.MustRun(providertest.Apply...)
			if card := fake.Card(456); string(card["title"]) != `"Hello World Bot"` || string(card["questions"]) == "[]" {
				t.Errorf("the card has %s, %s", card["title"], card["questions"])
			}
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes.")
		})
	}
}

const submission = `
action "altegio_submit_for_moderation" "bot" {
  config {
    partner_id     = 11
    application_id = 458
  }
}
`

// A submission is sent once, even if its answer is lost. What the account says about the moderation settles
// it, or the user is told to look.
func TestSubmitForModeration_invoked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault     altegiotest.Fault
		fails     bool
		said      []string
		submitted int
	}{
		"done": {said: []string{"Submitting application 458 (Clear Numbers).", "Application 458 is submitted. A moderator decides later.", "Actions: 1 invoked"}, submitted: 1},
		"lost answer": {
			fault: altegiotest.Fault{AfterEffect: true, Drop: true}, submitted: 1,
			said: []string{"It is not known whether the application was submitted. Reading its moderation.", "The moderation of application 458 has changed: it is submitted."},
		},
		"lost": {
			fault: altegiotest.Fault{Drop: true}, fails: true,
			said: []string{"Cannot submit the application", "The application may have been submitted although the answer is missing", "Check in the Developer Cabinet before you invoke the action again."},
		},
		"502":     {fault: altegiotest.Fault{Status: 502, HTML: true}, fails: true, said: []string{"Cannot submit the application", "The application may have been submitted although the answer is missing"}},
		"refused": {fault: altegiotest.Fault{Status: 403}, fails: true, said: []string{"Cannot submit the application", "403 Forbidden"}},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			t.Parallel()
			c := providertest.NewCLI(t)
			providertest.RequireVersion(t, "1.14.0", "")
			fake := coretest.NewFake(t)
			c.Config(providertest.ProviderBlock(fake, userToken, "max_retries=3"), submission)
			providertest.ExpectText(t, c.MustRun("plan", "-no-color", "-invoke=action.altegio_submit_for_moderation.bot"), "Actions: 1 to invoke")
			coretest.NothingSent(fake).Now(t)
			if test.fails || test.fault.Drop {
				test.fault.Operation = altegiotest.OpModerationStart
				fake.Fail(test.fault)
			}
			out, ok := c.Run("apply", "-auto-approve", "-no-color", "-invoke=action.altegio_submit_for_moderation.bot")
			if ok == test.fails {
				t.Errorf("it succeeds: %t", ok)
			}
			providertest.ExpectText(t, out, test.said...)
			if n := fake.Count(altegiotest.OpModerationStart); n != 1 || fake.Submissions(458) != test.submitted {
				t.Errorf("it is submitted %d times, in %d requests", fake.Submissions(458), n)
			}
		})
	}
}

// A card that changes can be submitted with the same apply, after the change and once.
func TestSubmitForModeration_triggered(t *testing.T) {
	t.Parallel()
	c := providertest.NewCLI(t)
	providertest.RequireVersion(t, "1.14.0", "")
	fake := coretest.NewFake(t)
	card := func(price string) string {
		return `
import {
  to = altegio_application.bot
  id = "11/458"
}

resource "altegio_application" "bot" {
  partner_id = 11
  price      = "` + price + `"
  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.altegio_submit_for_moderation.bot]
    }
  }
}
`
	}
	block := providertest.ProviderBlock(fake, userToken)
	c.Config(block, submission, card("Free"))
	c.MustRun(providertest.Apply...)
	if n := fake.Submissions(458); n != 0 {
		t.Errorf("an import submits %d times", n)
	}
	c.Config(block, submission, card("5 EUR"))
	providertest.ExpectText(t, c.MustRun(providertest.Apply...), "Application 458 is submitted.", "Actions: 1 invoked")
	providertest.ExpectText(t, c.MustRun(providertest.Apply...), "No changes.")
	if n := fake.Submissions(458); n != 1 {
		t.Errorf("a change submits %d times", n)
	}
}

// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

var (
	requiredProvider  = regexp.MustCompile(`(?s)altegio = \{\s*source\s*=.*?\}`)
	versionConstraint = regexp.MustCompile(`version\s*=\s*"~> 0\.1"`)
)

// TestExamples_version holds that every configuration that a user may copy names the versions it works with.
func TestExamples_version(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, name := range files(t, ".tf", ".tmpl", ".md", ".hcl") {
		if !strings.HasPrefix(name, "examples/") && !strings.HasPrefix(name, "templates/") && !strings.HasPrefix(name, "docs/") && name != "README.md" {
			continue
		}
		for _, block := range requiredProvider.FindAllString(read(t, name), -1) {
			seen++
			if !versionConstraint.MatchString(block) {
				t.Errorf("%s: no version constraint in\n%s", name, block)
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d required_providers were looked at", seen)
	}
}

// TestExamples_severalAccounts applies the configuration of the page with the same user behind both aliases.
func TestExamples_severalAccounts(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.copy("examples/guides/several-accounts")
	s.env = append(s.env, "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken,
		`TF_VAR_owner_tokens={"north":"`+altegiotest.DefaultUserToken+`","south":"`+altegiotest.DefaultUserToken+`"}`)
	s.must("terraform", "init", "-input=false", "-no-color")
	s.must("terraform", "apply", "-auto-approve", "-input=false", "-no-color")
	s.expectChanges("1001/sms=true")
	for _, location := range []int64{1001, 1002} {
		if hooks := s.fake.Webhooks(location); len(hooks) != 1 {
			t.Errorf("location %d has the webhooks %v", location, hooks)
		}
	}
	if out := s.must("terraform", "plan", "-input=false", "-no-color"); !strings.Contains(out, "No changes.") {
		t.Errorf("a second plan has changes:\n%s", out)
	}
}

// TestExamples_fake holds that the pages start the fake as it is.
func TestExamples_fake(t *testing.T) {
	t.Parallel()
	page, program := read(t, "templates/guides/testing-your-modules.md.tmpl"), read(t, "internal/cmd/altegio-fake/main.go")
	if !strings.Contains(page, "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken+"\n") {
		t.Error("the page has another token than the fake")
	}
	flags := regexp.MustCompile("[ `]-([a-z][a-z-]*)[ `]").FindAllStringSubmatch(page, -1)
	for _, flag := range flags {
		if !strings.Contains(program, `"`+flag[1]+`"`) {
			t.Errorf("the fake has no flag -%s", flag[1])
		}
	}
	if len(flags) < 3 {
		t.Errorf("only %d flags were looked at", len(flags))
	}
}

// TestExamples_shown fails for a directory of examples that no page shows or links to.
func TestExamples_shown(t *testing.T) {
	t.Parallel()
	var all strings.Builder
	for _, name := range files(t, ".tmpl", ".md") {
		all.WriteString(read(t, name))
	}
	for _, pattern := range []string{"guides/*", "ci/*", "modules/*", "policy/*"} {
		dirs, err := filepath.Glob(filepath.Join(root, "examples", filepath.FromSlash(pattern)))
		if err != nil || len(dirs) == 0 {
			t.Fatalf("examples/%s: %v, %v", pattern, dirs, err)
		}
		for _, dir := range dirs {
			if info, err := os.Stat(dir); err != nil || !info.IsDir() {
				continue
			}
			name := "examples/" + strings.TrimSuffix(pattern, "*") + filepath.Base(dir)
			if !strings.Contains(all.String(), name) {
				t.Errorf("no page shows %s", name)
			}
		}
	}
}

// TestExamples_discountInDoubt resolves a discount in doubt without access to the state, in both possible
// cases.
func TestExamples_discountInDoubt(t *testing.T) {
	t.Parallel()
	inDoubt := read(t, "examples/resources/altegio_application_discount/in-doubt.tf")
	withoutImport := regexp.MustCompile(`(?s)# Altegio shows.*?\n}\n`).ReplaceAllString(inDoubt, "")
	for name, test := range map[string]struct {
		then string
		sent int
		had  bool
	}{
		"given":     {inDoubt, 1, true},
		"not given": {withoutImport, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			s.requireVersion("1.7.0", "1.10.0")
			s.env = append(s.env, "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken)
			const discount = "\nresource \"altegio_application_discount\" \"partners\" {\n  application_id = 456\n  location_ids = [1001]\n  discount = 15.54\n}\n"
			s.write("main.tf", policyProvider+discount)
			s.must("terraform", "init", "-input=false", "-no-color")
			s.fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAddDiscount, Status: http.StatusBadGateway, AfterEffect: test.had})
			if out, code := s.run("terraform", "apply", "-auto-approve", "-input=false", "-no-color"); code == 0 || !strings.Contains(out, "Discount may have been given already") {
				t.Fatalf("the first apply: exit code %d\n%s", code, out)
			}
			s.fake.ClearFaults()
			if out, code := s.run("terraform", "plan", "-input=false", "-no-color"); code == 0 {
				t.Fatalf("a plan over a doubt succeeds:\n%s", out)
			}
			s.fake.ResetJournal()
			s.write("main.tf", policyProvider+test.then)
			s.must("terraform", "apply", "-auto-approve", "-input=false", "-no-color")
			sent := s.fake.RequestsFor(altegiotest.OpAddDiscount)
			if len(sent) != test.sent {
				t.Fatalf("%d requests give a discount, want %d", len(sent), test.sent)
			}
			if again := strings.Contains(string(sent[0].Body), "1001"); again == test.had {
				t.Errorf("the discount of 1001 was given before: %t, and is sent: %s", test.had, sent[0].Body)
			}
			s.write("main.tf", policyProvider+test.then[strings.Index(test.then, "resource \"altegio"):])
			if out := s.must("terraform", "plan", "-input=false", "-no-color"); !strings.Contains(out, "No changes.") {
				t.Errorf("a second plan has changes:\n%s", out)
			}
		})
	}
}

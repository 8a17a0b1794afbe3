// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// requireVersion skips the test where Terraform or OpenTofu is older.
func (s *shell) requireVersion(terraform, opentofu string) {
	s.t.Helper()
	var got struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal([]byte(s.must("terraform", "version", "-json")), &got); err != nil {
		s.t.Fatal(err)
	}
	needed := terraform
	if strings.Contains(s.must("terraform", "version"), "OpenTofu") {
		needed = opentofu
	}
	if version.Must(version.NewVersion(got.Version)).Core().LessThan(version.Must(version.NewVersion(needed))) {
		s.t.Skipf("%s is older than %s", got.Version, needed)
	}
}

func newModule(t *testing.T, name string) *shell {
	t.Helper()
	s := newShell(t)
	s.copy("examples/modules/" + name)
	s.must("terraform", "init", "-input=false", "-no-color")
	return s
}

// TestModules_mock runs the tests of the modules that need no Altegio.
func TestModules_mock(t *testing.T) {
	t.Parallel()
	for name, passed := range map[string]string{"rollout": "4 passed", "application": "2 passed"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newModule(t, name)
			s.requireVersion("1.7.0", "1.8.0")
			out := s.must("terraform", "test", "-no-color", "-filter=tests/mock.tftest.hcl")
			if !strings.Contains(out, "Success! "+passed+", 0 failed.") {
				t.Errorf("the tests say:\n%s", out)
			}
			if n := len(s.fake.Requests()); n > 0 {
				t.Errorf("with a mocked provider, Altegio received %d requests", n)
			}
		})
	}
}

// TestModules_fake runs the tests of the modules that need the fake.
func TestModules_fake(t *testing.T) {
	t.Parallel()
	for name, once := range map[string][]string{
		"rollout":     {altegiotest.OpCallback},                                           // finishes an installation
		"application": {altegiotest.OpApplicationCreate, altegiotest.OpApplicationUpdate}, // creates a draft, and changes it
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newModule(t, name)
			s.requireVersion("1.6.0", "1.6.0")
			s.fake.ResetJournal()
			s.env = append(s.env, "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken, "ALTEGIO_USER_TOKEN="+altegiotest.DefaultUserToken)
			out := s.must("terraform", "test", "-no-color", "-filter=tests/fake.tftest.hcl")
			if !strings.Contains(out, "Success! 2 passed, 0 failed.") {
				t.Errorf("the tests say:\n%s", out)
			}
			for _, operation := range once {
				if n := s.fake.Count(operation); n != 1 {
					t.Errorf("%d requests of %s were sent, want 1", n, operation)
				}
			}
		})
	}
}

// TestModules_lookUps overrides every data source that looks up a single object, in a test of a module.
func TestModules_lookUps(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.requireVersion("1.7.0", "1.8.0")
	lookUps := map[string]string{
		"altegio_country": `iso_code = "US"`, "altegio_city": `title = "Chicago"`, "altegio_catalog_category": `slug = "ai_bots"`,
		"altegio_catalog_channel": `slug = "sms"`, "altegio_application_tariff_option": "application_id = 456\n  title = \"Team\"",
	}
	config, mock, checks := `terraform {
  required_providers {
    altegio = { source = "altegio/altegio" }
  }
}
`, "", ""
	id := 700
	for name, arguments := range lookUps {
		id++
		config += fmt.Sprintf("data %q \"this\" {\n  %s\n}\noutput %q {\n  value = data.%s.this.id\n}\n", name, arguments, name, name)
		mock += fmt.Sprintf("  override_data {\n    target = data.%s.this\n    values = { id = %d }\n  }\n", name, id)
		checks += fmt.Sprintf("  assert {\n    condition     = output.%s == %d\n    error_message = \"It has another id.\"\n  }\n", name, id)
	}
	s.write("main.tf", config)
	s.write("tests/mock.tftest.hcl", "mock_provider \"altegio\" {\n"+mock+"}\n\nrun \"ids\" {\n  command = plan\n"+checks+"}\n")
	s.must("terraform", "init", "-input=false", "-no-color")
	if out := s.must("terraform", "test", "-no-color"); !strings.Contains(out, "Success! 1 passed, 0 failed.") {
		t.Errorf("the tests say:\n%s", out)
	}
}

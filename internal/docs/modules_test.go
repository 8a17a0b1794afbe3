// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"encoding/json"
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

func newModule(t *testing.T) *shell {
	t.Helper()
	s := newShell(t)
	s.copy("examples/modules/rollout")
	s.must("terraform", "init", "-input=false", "-no-color")
	return s
}

// TestModules_mock runs the module's tests that need no Altegio of any kind.
func TestModules_mock(t *testing.T) {
	t.Parallel()
	s := newModule(t)
	s.requireVersion("1.7.0", "1.8.0")
	out := s.must("terraform", "test", "-no-color", "-filter=tests/mock.tftest.hcl")
	if !strings.Contains(out, "Success! 4 passed, 0 failed.") {
		t.Errorf("the tests say:\n%s", out)
	}
	if n := len(s.fake.Requests()); n > 0 {
		t.Errorf("with a mocked provider, Altegio received %d requests", n)
	}
}

// TestModules_fake runs the module's tests that need the fake.
func TestModules_fake(t *testing.T) {
	t.Parallel()
	s := newModule(t)
	s.requireVersion("1.6.0", "1.6.0")
	s.fake.ResetJournal()
	s.env = append(s.env, "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken)
	out := s.must("terraform", "test", "-no-color", "-filter=tests/fake.tftest.hcl")
	if !strings.Contains(out, "Success! 2 passed, 0 failed.") {
		t.Errorf("the tests say:\n%s", out)
	}
	if n := s.fake.Count(altegiotest.OpCallback); n != 1 {
		t.Errorf("%d installations were finished, want 1", n)
	}
}

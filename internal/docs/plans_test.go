// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

var update = flag.Bool("update", false, "record the plans that the policy samples are tested with")

// plansDir has the plans that internal/tools/policy tests the policy samples with. It is a module of its
// own, so that OPA is no dependency of the provider, and so it needs no Terraform.
const plansDir = "internal/tools/policy/testdata"

const policyProvider = `terraform {
  required_providers {
    altegio = {
      source = "altegio/altegio"
    }
  }
}

provider "altegio" {
  requests_per_second = 0
  requests_per_minute = 0
  max_retries         = 0
}
`

func fleet(name, slug, values string) string {
	return "\nresource \"altegio_application_channels\" \"" + name + "\" {\n  application_id = 456\n  channel_slug = \"" + slug + "\"\n  " + values + "\n}\n"
}

func single(name, location, available string) string {
	return "\nresource \"altegio_application_channel\" \"" + name + "\" {\n  location_id = " + location + "\n  application_id = 456\n  channel_slug = \"sms\"\n  is_available = " + available + "\n}\n"
}

// plans are the configurations of the recorded plans: the one that is applied first, and the one that is
// planned then.
var plans = map[string]struct {
	first, then string
	// failing makes the first apply fail at a location.
	failing bool
	command []string
}{
	"create":       {then: fleet("sms", "sms", "available_at = [1001, 1002, 1003]") + single("one", "1004", "true")},
	"fleet_off":    {first: fleet("sms", "sms", "available_at = [1001, 1002, 1003]"), then: fleet("sms", "sms", "available_at = [1001]")},
	"map_off":      {first: fleet("sms", "sms", "availability = { 1001 = true, 1002 = true }"), then: fleet("sms", "sms", "availability = { 1001 = true, 1002 = false }")},
	"single_off":   {first: single("one", "1001", "true"), then: single("one", "1001", "false")},
	"moved":        {first: fleet("a", "sms", "available_at = [1001, 1002]"), then: fleet("a", "sms", "available_at = [1001]") + fleet("b", "sms", "available_at = [1002]")},
	"half_created": {first: fleet("sms", "sms", "available_at = [1001, 1002, 1003]"), then: fleet("sms", "sms", "available_at = [1001, 1002, 1003]"), failing: true},
	"other_slug":   {first: fleet("sms", "sms", "available_at = [1001, 1002]"), then: fleet("sms", "whatsapp", "available_at = [1001, 1002]")},
	"destroyed":    {first: fleet("sms", "sms", "available_at = [1001, 1002]"), then: ""},
	"forgotten":    {first: fleet("sms", "sms", "available_at = [1001, 1002]"), then: "\nremoved {\n  from = altegio_application_channels.sms\n  lifecycle {\n    destroy = false\n  }\n}\n"},
	"unknown": {
		first: fleet("sms", "sms", "available_at = [1001, 1002]"),
		then:  "resource \"terraform_data\" \"ids\" {\n  input = [1001]\n}\n" + fleet("sms", "sms", "available_at = terraform_data.ids.output"),
	},
}

// A recordedPlan is the part of terraform show -json that a policy uses.
type recordedPlan struct {
	FormatVersion   string           `json:"format_version"`
	ResourceChanges []recordedChange `json:"resource_changes"`
}

type recordedChange struct {
	Address      string         `json:"address"`
	Mode         string         `json:"mode"`
	Type         string         `json:"type"`
	ProviderName string         `json:"provider_name"`
	ActionReason string         `json:"action_reason,omitempty"`
	Change       map[string]any `json:"change"`
}

// TestPolicy_plans makes the recorded plans again, and fails when they no longer are what Terraform and this
// provider say. It compares what happens to which resource; the provider may gain attributes.
func TestPolicy_plans(t *testing.T) {
	t.Parallel()
	for name, test := range plans {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShell(t)
			s.env = append(s.env, "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken)
			s.write("main.tf", policyProvider+test.first)
			s.must("terraform", "init", "-input=false", "-no-color")
			if test.failing {
				s.fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Skip: 2, Status: http.StatusForbidden})
			}
			out, code := s.run("terraform", "apply", "-auto-approve", "-input=false", "-no-color")
			if (code != 0) != test.failing {
				t.Fatalf("the first apply: exit code %d\n%s", code, out)
			}
			s.fake.ClearFaults()
			s.write("main.tf", policyProvider+test.then)
			if out, code := s.run("terraform", "plan", "-input=false", "-no-color", "-out=plan.tfplan"); code != 0 {
				if name == "forgotten" {
					t.Skip("this one does not know removed blocks with a lifecycle")
				}
				t.Fatalf("the plan: exit code %d\n%s", code, out)
			}
			var got, want recordedPlan
			if err := json.Unmarshal([]byte(s.must("terraform", "show", "-json", "plan.tfplan")), &got); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(root, filepath.FromSlash(plansDir), name+".json")
			if *update {
				text, err := json.MarshalIndent(got, "", "  ")
				if err == nil {
					err = os.WriteFile(path, append(text, '\n'), 0o600)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := json.Unmarshal([]byte(read(t, plansDir+"/"+name+".json")), &want); err != nil {
				t.Fatal(err)
			}
			if got, want := got.outline(), want.outline(); !reflect.DeepEqual(got, want) {
				t.Errorf("the plan is %v, and %v is recorded: run go test ./internal/docs -run TestPolicy_plans -update", got, want)
			}
		})
	}
}

func (p recordedPlan) outline() map[string]any {
	found := map[string]any{}
	for _, change := range p.ResourceChanges {
		found[change.Address] = []any{change.ActionReason, change.Change["actions"]}
	}
	return found
}

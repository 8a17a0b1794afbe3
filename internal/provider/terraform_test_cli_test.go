// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// Since Terraform 1.14, terraform test has one process of the provider for all runs of a file and for the cleanup
// after them. Each run is a plan and an apply like any other.

// testedModule declares channels in three ways.
const testedModule = `
variable "fleet" {
  type    = list(number)
  default = []
}

variable "other" {
  type    = list(number)
  default = []
}

variable "singles" {
  type    = list(number)
  default = []
}

resource "altegio_application_channels" "fleet" {
  count = length(var.fleet) > 0 ? 1 : 0

  application_id = 456
  channel_slug   = "sms"
  available_at   = var.fleet
}

resource "altegio_application_channels" "other" {
  count = length(var.other) > 0 ? 1 : 0

  application_id = 456
  channel_slug   = "sms"
  available_at   = var.other
}

resource "altegio_application_channel" "single" {
  for_each = toset([for id in var.singles : tostring(id)])

  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
`

// testRuns writes a test file with a run for each of the declarations, which are variables.
func testRuns(declarations ...string) string {
	var b strings.Builder
	for i, declared := range declarations {
		fmt.Fprintf(&b, "run \"r%d\" {\n  variables {\n    %s\n  }\n}\n\n", i, strings.ReplaceAll(declared, "; ", "\n    "))
	}
	return b.String()
}

// After the cleanup nothing is on, whatever the runs have declared under which address.
func TestTerraformTest_cleanup(t *testing.T) {
	t.Parallel()
	enough := []string{"fleet to singles", "declared twice"} // where each run has a process of its own
	for name, runs := range map[string]string{
		"fleet to singles":             testRuns("fleet = [1001, 1002, 1003]", "fleet = [1003]; singles = [1001, 1002]"),
		"singles to fleet":             testRuns("singles = [1001, 1002]", "fleet = [1001, 1002, 1003]"),
		"there and back":               testRuns("fleet = [1001, 1002]", "singles = [1001, 1002]", "fleet = [1001, 1002]"),
		"fleet to fleet":               testRuns("fleet = [1001, 1002, 1003]", "other = [1002, 1003, 1004]", "fleet = [1001, 1002]; other = [1003]"),
		"declared twice":               testRuns("fleet = [1001, 1002]; singles = [1001]; other = [1002]", "fleet = [1001, 1002]; singles = [1001]; other = [1002]"),
		"declared twice, once":         testRuns("fleet = [1001, 1002]; singles = [1001, 1002]"),
		"less and less":                testRuns("fleet = [1001, 1002, 1003]; singles = [1001, 1002, 1003]", "fleet = [1001, 1002, 1003]; singles = [1001]", "fleet = [1002]"),
		"plans between":                strings.ReplaceAll(testRuns("fleet = [1001, 1002]", "singles = [1001, 1002, 1003]", "fleet = [1001]"), "run \"r1\" {\n", "run \"r1\" {\n  command = plan\n"),
		"a plan alone, then all":       strings.ReplaceAll(testRuns("singles = [1001, 1002]", "fleet = [1001, 1002]"), "run \"r0\" {\n", "run \"r0\" {\n  command = plan\n"),
		"declared twice, planned last": strings.ReplaceAll(testRuns("fleet = [1001, 1002]; singles = [1001]", "fleet = [1001, 1002]; singles = [1001]"), "run \"r1\" {\n", "run \"r1\" {\n  command = plan\n"),
		"moves, planned last":          strings.ReplaceAll(testRuns("fleet = [1001, 1002]", "singles = [1001, 1002]"), "run \"r1\" {\n", "run \"r1\" {\n  command = plan\n"),
		"states of their own": `
run "one" {
  state_key = "one"
  variables {
    fleet = [1001, 1002, 1003]
  }
}

run "two" {
  state_key = "two"
  variables {
    singles = [1001, 1002]
  }
}

run "three" {
  state_key = "three"
  variables {
    fleet = [1001, 1002]
  }
}
`,
		"one after another, changed": `
run "one" {
  state_key = "one"
  variables {
    fleet = [1001, 1002, 1003]
  }
}

run "two" {
  state_key = "two"
  variables {
    fleet = [1001]
    other = [1002]
  }
}

run "one_again" {
  state_key = "one"
  variables {
    singles = [1001, 1002]
  }
}
`,
		"parallel": `
test {
  parallel = true
}

run "one" {
  state_key = "one"
  variables {
    fleet = [1001, 1002, 1003]
  }
}

run "two" {
  state_key = "two"
  variables {
    singles = [1001, 1002, 1004]
  }
}

run "three" {
  state_key = "three"
  variables {
    other = [1001, 1002, 1005]
  }
}
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			c := providertest.NewCLI(t)
			providertest.RequireVersion(t, "1.7.0", "1.7.0")
			switch {
			case strings.Contains(runs, "state_key"):
				providertest.RequireVersion(t, "1.14.0", "")
			case !slices.Contains(enough, name):
				providertest.RequireVersion(t, "1.14.0", "1.7.0")
			}
			c.Config(testedModule)
			block := strings.Replace(providertest.ProviderBlock(fake), providertest.RequiredProviders, "", 1)
			c.Write("main.tftest.hcl", block+runs)
			out := c.MustRun("test", "-no-color")
			for location := int64(1001); location <= 1005; location++ {
				if on, _ := fake.Channel(location, 456, "sms"); on {
					t.Errorf("the channel is still on at location %d", location)
				}
			}
			if t.Failed() {
				t.Logf("%s\n%s", out, strings.Join(sentChannels(fake), "\n"))
			}
		})
	}
}

func sentChannels(fake *altegiotest.Server) []string {
	var sent []string
	for _, r := range fake.Requests() {
		if r.Operation == altegiotest.OpUpdateChannel {
			sent = append(sent, string(r.Body))
		}
	}
	return sent
}

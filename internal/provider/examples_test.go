// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const examplesDir = "../../examples"

// An exampleKind is a kind of thing that a provider offers, as tfplugindocs looks for its examples.
type exampleKind struct {
	dir, file string
	// needs is the version that the kind takes, of Terraform and of OpenTofu; "" is none.
	terraform, opentofu string
	// command runs the example.
	command []string
}

var apply = []string{"apply", "-input=false", "-auto-approve", "-no-color"}

var (
	resourceExample   = exampleKind{"resources", "resource.tf", "1.0.0", "1.6.0", apply}
	dataSourceExample = exampleKind{"data-sources", "data-source.tf", "1.0.0", "1.6.0", apply}
	ephemeralExample  = exampleKind{"ephemeral-resources", "ephemeral-resource.tf", "1.10.0", "1.11.0", apply}
	functionExample   = exampleKind{"functions", "function.tf", "1.8.0", "1.7.0", apply}
	actionExample     = exampleKind{"actions", "action.tf", "1.14.0", "", apply}
	listExample       = exampleKind{"list-resources", "list-resource.tfquery.hcl", "1.14.0", "", []string{"query", "-no-color"}}
)

// registered returns the names that need an example, by kind.
func registered(t *testing.T) map[*exampleKind][]string {
	t.Helper()
	p := newProtocol(t)
	names := map[*exampleKind][]string{}
	for name := range p.schema.ResourceSchemas {
		names[&resourceExample] = append(names[&resourceExample], name)
	}
	for name := range p.schema.DataSourceSchemas {
		names[&dataSourceExample] = append(names[&dataSourceExample], name)
	}
	for name := range p.schema.EphemeralResourceSchemas {
		names[&ephemeralExample] = append(names[&ephemeralExample], name)
	}
	for name := range p.schema.Functions {
		names[&functionExample] = append(names[&functionExample], name)
	}
	for name := range p.schema.ActionSchemas {
		names[&actionExample] = append(names[&actionExample], name)
	}
	for name := range p.schema.ListResourceSchemas {
		names[&listExample] = append(names[&listExample], name)
	}
	return names
}

func readExample(t *testing.T, parts ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{examplesDir}, parts...)...))
	if err != nil {
		t.Errorf("an example is missing: %v", err)
		return ""
	}
	if len(strings.TrimSpace(string(content))) == 0 {
		t.Errorf("the example %v is empty", parts)
	}
	return string(content)
}

// cliVersion is the version of the Terraform or OpenTofu at hand.
var cliVersion = sync.OnceValues(func() (*version.Version, error) {
	out, err := exec.Command(cliPath(), "version", "-json").Output()
	if err != nil {
		return nil, err
	}
	var v struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &v); err != nil {
		return nil, err
	}
	return version.NewVersion(v.Version)
})

// requireVersion skips a test that the command line at hand is too old for.
func requireVersion(t *testing.T, terraform, opentofu string) {
	t.Helper()
	have, err := cliVersion()
	if err != nil {
		t.Fatal(err)
	}
	needed := terraform
	if isOpenTofu() {
		needed = opentofu
	}
	if needed == "" || have.Core().LessThan(version.Must(version.NewVersion(needed))) {
		t.Skipf("%s does not know this kind: it takes Terraform %s or OpenTofu %q", have, terraform, opentofu)
	}
}

// newExample is a directory in which examples are run against a fake with the default seed.
func newExample(t *testing.T) (*cli, *altegiotest.Server) {
	t.Helper()
	fake := newFake(t)
	return newCLI(t,
		envPartnerToken+"="+altegiotest.DefaultPartnerToken, envUserToken+"="+altegiotest.DefaultUserToken,
		envAPIURL+"="+fake.APIURL(), envAppURL+"="+fake.AppURL()), fake
}

const examplesProvider = "provider \"altegio\" {\n  requests_per_second = 0\n  requests_per_minute = 0\n  max_retries = 0\n}\n\n"

// header declares the provider for an example that doesn't.
func header(example string) string {
	var b strings.Builder
	if !strings.Contains(example, "terraform {") {
		b.WriteString(requiredProviders)
	}
	if !strings.Contains(example, `provider "altegio"`) {
		b.WriteString(examplesProvider)
	}
	return b.String()
}

func TestExamples_ofTypes(t *testing.T) {
	t.Parallel()
	for kind, names := range registered(t) {
		for _, name := range names {
			t.Run(kind.dir+"/"+name, func(t *testing.T) {
				t.Parallel()
				example := readExample(t, kind.dir, name, kind.file)
				if t.Failed() {
					return
				}
				c, fake := newExample(t)
				requireVersion(t, kind.terraform, kind.opentofu)
				if kind == &listExample {
					c.write("main.tf", requiredProviders+examplesProvider)
					c.write("example.tfquery.hcl", example)
				} else {
					c.write("main.tf", header(example)+example)
				}
				command := kind.command
				if kind == &actionExample {
					command = append(slices.Clone(command), "-invoke="+invoked(t, example))
					c.env = append(c.env, "TF_VAR_crm_token=crm-token-12345")
				}
				c.mustRun(command...)
				if kind != &functionExample && len(fake.Requests()) == 0 {
					t.Error("the example asks nothing of the API")
				}
				if kind == &resourceExample {
					fake.ResetJournal()
					if out := c.mustRun("plan", "-input=false", "-no-color"); !strings.Contains(out, "No changes") {
						t.Errorf("a second plan has changes:\n%s", out)
					}
					for _, r := range fake.Requests() {
						if r.Method != "GET" {
							t.Errorf("a plan sends %s %s", r.Method, r.Path)
						}
					}
				}
			})
		}
	}
}

var invocation = regexp.MustCompile(`(?m)^# .*terraform apply -invoke=(action\.\w+\.\w+)$`)

// invoked returns the address of the action that the comment of an example says to invoke.
func invoked(t *testing.T, example string) string {
	t.Helper()
	match := invocation.FindStringSubmatch(example)
	if match == nil {
		t.Fatal("the example does not say how to invoke it")
	}
	return match[1]
}

func TestExamples_provider(t *testing.T) {
	t.Parallel()
	example := readExample(t, "provider", "provider.tf")
	c, _ := newExample(t)
	c.write("main.tf", header(example)+example+connectionBlock("test", 1001, 456))
	c.mustRun(apply...)
}

// imports tells, for each resource, how to write one that has a given id.
var imports = map[string]func(t *testing.T, name, id string) string{
	channelType: func(t *testing.T, name, text string) string {
		id, err := parseChannelID(text)
		if err != nil {
			t.Fatal(err)
		}
		return channelNamed(name, int(id.location), int(id.application), string(id.slug), true)
	},
	testFleetType: func(_ *testing.T, name, _ string) string {
		return strings.Replace(fleetBlock("available_at = [1001, 1002, 1003]"), `"test"`, quoted(name), 1)
	},
	testWebhooksType: func(_ *testing.T, name, _ string) string {
		return strings.Replace(webhooksBlock("record", []string{urlA}), `"test"`, quoted(name), 1)
	},
	installationType: func(t *testing.T, name, text string) string {
		id, err := parseConnectionID(text)
		if err != nil {
			t.Fatal(err)
		}
		return installationNamed(name, int(id.location), int(id.application))
	},
	testDiscountType: func(_ *testing.T, name, _ string) string {
		return discountNamed(name, []int64{1001, 1002}, "15.54")
	},
	applicationType: func(_ *testing.T, name, _ string) string {
		return fmt.Sprintf("resource %q %q {\n  partner_id = 11\n}\n", applicationType, name)
	},
	framesType: func(_ *testing.T, name, _ string) string {
		return fmt.Sprintf("resource %q %q {\n  partner_id = 11\n  application_id = 456\n  frames = {\n    client = {\n"+
			"      title = \"Dialogue\"\n      url = \"https://hello-bots.example/frame/client\"\n    }\n  }\n}\n", framesType, name)
	},
	panelType: func(_ *testing.T, name, _ string) string {
		return block(fmt.Sprintf("resource %q %q", panelType, name), map[string]string{
			"location_id": "1001", "application_id": "456", "type": quoted("chat"), "url": quoted("https://bot.example/chat"),
		})
	},
	testSenderNamesType: func(_ *testing.T, name, _ string) string {
		return strings.Replace(senderNamesBlock(1001, 457, "La Visage"), `"test"`, quoted(name), 1)
	},
}

var (
	importTarget   = regexp.MustCompile(`(?m)^\s*to\s*=\s*(\w+)\.(\w+)`)
	importID       = regexp.MustCompile(`(?m)^\s*id\s*=\s*"([^"]+)"`)
	importIdentity = regexp.MustCompile(`(?m)^\s*identity\s*=`)
	importCommand  = regexp.MustCompile(`(?m)^(?:terraform|tofu) import '?(\w+)\.(\w+)\S* '?([^'\s]+)'?$`)
)

func TestExamples_imports(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	for name := range p.schema.ResourceSchemas {
		declare := imports[name]
		if declare == nil {
			t.Errorf("%s: the map imports does not say how to write one", name)
			continue
		}
		command := importCommand.FindStringSubmatch(readExample(t, "resources", name, "import.sh"))
		byID := readExample(t, "resources", name, "import-by-string-id.tf")
		byIdentity := readExample(t, "resources", name, "import-by-identity.tf")
		id := importID.FindStringSubmatch(byID)
		if command == nil || id == nil || command[1] != name || command[3] != id[1] {
			t.Errorf("%s: the command and the block import different things, or none: %q, %q", name, command, id)
			continue
		}
		t.Run(name+"/command", func(t *testing.T) {
			t.Parallel()
			c, _ := newExample(t)
			c.config(examplesProvider, declare(t, command[2], command[3]))
			c.mustRun("import", "-input=false", "-no-color", command[1]+"."+command[2], command[3])
			if c.values(command[1]+"."+command[2]) == nil {
				t.Error("nothing is imported")
			}
		})
		for file, block := range map[string]string{"import-by-string-id.tf": byID, "import-by-identity.tf": byIdentity} {
			t.Run(name+"/"+file, func(t *testing.T) {
				t.Parallel()
				target := importTarget.FindStringSubmatch(block)
				if target == nil || target[1] != name || file == "import-by-identity.tf" && !importIdentity.MatchString(block) {
					t.Fatalf("this imports no %s:\n%s", name, block)
				}
				c, _ := newExample(t)
				if file == "import-by-identity.tf" {
					requireVersion(t, "1.12.0", "1.12.0")
				} else {
					requireVersion(t, "1.5.0", "1.6.0")
				}
				c.config(examplesProvider, declare(t, target[2], id[1]), block)
				if out := c.mustRun(apply...); !strings.Contains(out, "1 imported") {
					t.Errorf("nothing is imported:\n%s", out)
				}
			})
		}
	}
}

// TestExamples_strays fails for an example of what the provider does not have, as after a rename.
func TestExamples_strays(t *testing.T) {
	t.Parallel()
	names := registered(t)
	for _, kind := range []*exampleKind{&resourceExample, &dataSourceExample, &ephemeralExample, &functionExample, &actionExample, &listExample} {
		entries, err := os.ReadDir(filepath.Join(examplesDir, kind.dir))
		if err != nil {
			continue // there are none
		}
		for _, entry := range entries {
			if !slices.Contains(names[kind], entry.Name()) {
				t.Errorf("%s/%s is the example of nothing", kind.dir, entry.Name())
			}
		}
	}
}

// Identity is what import-by-identity.tf needs.
func TestExamples_identities(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	served, err := p.server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, identity := range served.IdentitySchemas {
		example := readExample(t, "resources", name, "import-by-identity.tf")
		for _, a := range identity.IdentityAttributes {
			if a.RequiredForImport && !regexp.MustCompile(fmt.Sprintf(`(?m)^\s*%s\s*=`, a.Name)).MatchString(example) {
				t.Errorf("%s: the example lacks %s, which an import needs", name, a.Name)
			}
		}
	}
}

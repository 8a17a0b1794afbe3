// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// An exampleKind is a kind of thing that a provider offers, as tfplugindocs looks for its examples.
type exampleKind struct {
	dir, file string
	// needs is the version that the kind takes, of Terraform and of OpenTofu; "" is none.
	terraform, opentofu string
	// command runs the example.
	command []string
}

var (
	resourceExample   = exampleKind{"resources", "resource.tf", "1.0.0", "1.6.0", providertest.Apply}
	dataSourceExample = exampleKind{"data-sources", "data-source.tf", "1.2.0", "1.6.0", providertest.Apply}
	ephemeralExample  = exampleKind{"ephemeral-resources", "ephemeral-resource.tf", "1.10.0", "1.11.0", providertest.Apply}
	functionExample   = exampleKind{"functions", "function.tf", "1.8.0", "1.7.0", providertest.Apply}
	actionExample     = exampleKind{"actions", "action.tf", "1.14.0", "", providertest.Apply}
	listExample       = exampleKind{"list-resources", "list-resource.tfquery.hcl", "1.14.0", "", []string{"query", "-no-color"}}
)

// registered returns the names that need an example, by kind.
func registered(t *testing.T) map[*exampleKind][]string {
	t.Helper()
	p := providertest.NewProtocol(t)
	names := map[*exampleKind][]string{}
	for name := range p.Schema.ResourceSchemas {
		names[&resourceExample] = append(names[&resourceExample], name)
	}
	for name := range p.Schema.DataSourceSchemas {
		names[&dataSourceExample] = append(names[&dataSourceExample], name)
	}
	for name := range p.Schema.EphemeralResourceSchemas {
		names[&ephemeralExample] = append(names[&ephemeralExample], name)
	}
	for name := range p.Schema.Functions {
		names[&functionExample] = append(names[&functionExample], name)
	}
	for name := range p.Schema.ActionSchemas {
		names[&actionExample] = append(names[&actionExample], name)
	}
	for name := range p.Schema.ListResourceSchemas {
		names[&listExample] = append(names[&listExample], name)
	}
	return names
}

// newExample is a directory in which examples are run against a fake with the default seed.
func newExample(t *testing.T) (*providertest.CLI, *altegiotest.Server) {
	t.Helper()
	fake := coretest.NewFake(t)
	return providertest.NewCLI(t,
		core.EnvPartnerToken+"="+altegiotest.DefaultPartnerToken, core.EnvUserToken+"="+altegiotest.DefaultUserToken,
		provider.EnvAPIURL+"="+fake.APIURL(), provider.EnvAppURL+"="+fake.AppURL()), fake
}

// header declares the provider for an example that doesn't.
func header(example string) string {
	var b strings.Builder
	if !strings.Contains(example, "terraform {") {
		b.WriteString(providertest.RequiredProviders)
	}
	if !strings.Contains(example, `provider "altegio"`) {
		b.WriteString(providertest.ExamplesProvider)
	}
	return b.String()
}

func TestExamples_ofTypes(t *testing.T) {
	t.Parallel()
	for kind, names := range registered(t) {
		for _, name := range names {
			t.Run(kind.dir+"/"+name, func(t *testing.T) {
				t.Parallel()
				example := providertest.ReadExample(t, kind.dir, name, kind.file)
				if t.Failed() {
					return
				}
				c, fake := newExample(t)
				providertest.RequireVersion(t, kind.terraform, kind.opentofu)
				if kind == &listExample {
					c.Write("main.tf", providertest.RequiredProviders+providertest.ExamplesProvider)
					c.Write("example.tfquery.hcl", example)
				} else {
					c.Write("main.tf", header(example)+example)
				}
				command := kind.command
				if kind == &actionExample {
					if !strings.Contains(example, "action_trigger") {
						command = append(slices.Clone(command), "-invoke="+invoked(t, example))
					}
					c.Env = append(c.Env, "TF_VAR_crm_token=crm-token-12345")
				}
				c.MustRun(command...)
				if kind != &functionExample && len(fake.Requests()) == 0 {
					t.Error("the example asks nothing of the API")
				}
				if kind == &resourceExample {
					fake.ResetJournal()
					if out := c.MustRun("plan", "-input=false", "-no-color"); !strings.Contains(out, "No changes") {
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
	example := providertest.ReadExample(t, "provider", "provider.tf")
	c, _ := newExample(t)
	c.Write("main.tf", header(example)+example+providertest.ConnectionBlock("test", 1001, 456))
	c.MustRun(providertest.Apply...)
}

// imports tells, for each resource, how to write one that has a given id.
var imports = map[string]func(t *testing.T, name, id string) string{
	providertest.ChannelType: func(t *testing.T, name, text string) string {
		var location, application int
		var slug string
		if _, err := fmt.Sscanf(text, "%d/%d/%s", &location, &application, &slug); err != nil {
			t.Fatal(err)
		}
		return providertest.ChannelNamed(name, location, application, slug, true)
	},
	providertest.FleetType: func(_ *testing.T, name, _ string) string {
		return strings.Replace(providertest.FleetBlock("available_at = [1001, 1002, 1003]"), `"test"`, providertest.Quoted(name), 1)
	},
	providertest.WebhooksType: func(_ *testing.T, name, _ string) string {
		return strings.Replace(providertest.WebhooksBlock("record", []string{coretest.URLA}), `"test"`, providertest.Quoted(name), 1)
	},
	providertest.InstallationType: func(t *testing.T, name, text string) string {
		var location, application int
		if _, err := fmt.Sscanf(text, "%d/%d", &location, &application); err != nil {
			t.Fatal(err)
		}
		return providertest.InstallationNamed(name, location, application)
	},
	providertest.DiscountType: func(_ *testing.T, name, _ string) string {
		return providertest.DiscountNamed(name, []int64{1001, 1002}, "15.54")
	},
	providertest.ApplicationType: func(_ *testing.T, name, _ string) string {
		return fmt.Sprintf("resource %q %q {\n  partner_id = 11\n}\n", providertest.ApplicationType, name)
	},
	providertest.FramesType: func(_ *testing.T, name, _ string) string {
		return fmt.Sprintf("resource %q %q {\n  partner_id = 11\n  application_id = 456\n  frames = {\n    client = {\n"+
			"      title = \"Dialogue\"\n      url = \"https://hello-bots.example/frame/client\"\n    }\n  }\n}\n", providertest.FramesType, name)
	},
	providertest.PanelType: func(_ *testing.T, name, _ string) string {
		return providertest.Block(fmt.Sprintf("resource %q %q", providertest.PanelType, name), map[string]string{
			"location_id": "1001", "application_id": "456", "type": providertest.Quoted("chat"), "url": providertest.Quoted("https://bot.example/chat"),
		})
	},
	providertest.SenderNamesType: func(_ *testing.T, name, _ string) string {
		return strings.Replace(providertest.SenderNamesBlock(1001, 457, "La Visage"), `"test"`, providertest.Quoted(name), 1)
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
	p := providertest.NewProtocol(t)
	for name := range p.Schema.ResourceSchemas {
		declare := imports[name]
		if declare == nil {
			t.Errorf("%s: the map imports does not say how to write one", name)
			continue
		}
		command := importCommand.FindStringSubmatch(providertest.ReadExample(t, "resources", name, "import.sh"))
		byID := providertest.ReadExample(t, "resources", name, "import-by-string-id.tf")
		byIdentity := providertest.ReadExample(t, "resources", name, "import-by-identity.tf")
		id := importID.FindStringSubmatch(byID)
		if command == nil || id == nil || command[1] != name || command[3] != id[1] {
			t.Errorf("%s: the command and the block import different things, or none: %q, %q", name, command, id)
			continue
		}
		t.Run(name+"/command", func(t *testing.T) {
			t.Parallel()
			c, _ := newExample(t)
			c.Config(providertest.ExamplesProvider, declare(t, command[2], command[3]))
			c.MustRun("import", "-input=false", "-no-color", command[1]+"."+command[2], command[3])
			if c.Values(command[1]+"."+command[2]) == nil {
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
					providertest.RequireVersion(t, "1.12.0", "1.12.0")
				} else {
					providertest.RequireVersion(t, "1.5.0", "1.6.0")
				}
				c.Config(providertest.ExamplesProvider, declare(t, target[2], id[1]), block)
				if out := c.MustRun(providertest.Apply...); !strings.Contains(out, "1 imported") {
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
		entries, err := os.ReadDir(filepath.Join(providertest.ExamplesDir, kind.dir))
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
	p := providertest.NewProtocol(t)
	served, err := p.Server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, identity := range served.IdentitySchemas {
		example := providertest.ReadExample(t, "resources", name, "import-by-identity.tf")
		for _, a := range identity.IdentityAttributes {
			if a.RequiredForImport && !regexp.MustCompile(fmt.Sprintf(`(?m)^\s*%s\s*=`, a.Name)).MatchString(example) {
				t.Errorf("%s: the example lacks %s, which an import needs", name, a.Name)
			}
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// envCLI, if set, makes tests that use NewInProcess run a real Terraform or OpenTofu.
const envCLI = "ALTEGIO_TEST_CLI"

// inProcess runs the commands of Terraform with terraformtest, on configurations in HCL, and prints
// diagnostics as Terraform does. Of a plan it shows the actions and the attributes that change.
type inProcess struct {
	t         *testing.T
	workspace *tf.Workspace
	text      string // the configuration
	file      string // the name of the file that it is in
	plans     map[string]*savedPlan
	created   map[string]string // source of each existing terraform_data
}

// A savedPlan is a plan, and the configuration that it was made from.
type savedPlan struct {
	*tf.Plan
	config *hclConfig
}

// NewInProcess returns a working directory for tests of what the provider does, not of what Terraform
// prints. It starts no program, unless envCLI is set.
func NewInProcess(t *testing.T) *CLI {
	t.Helper()
	if os.Getenv(envCLI) != "" {
		return NewCLI(t)
	}
	return &CLI{t: t, inProcess: &inProcess{
		t: t, workspace: tf.New(tf.NewProvider(Hasty), nil), file: "main.tf", plans: map[string]*savedPlan{}, created: map[string]string{},
	}}
}

// run runs a command as CLI.Run does.
func (p *inProcess) run(args ...string) (output string, ok bool) {
	p.t.Helper()
	var words []string
	flags, run := map[string]string{}, tf.Run{}
	for _, arg := range args[1:] {
		if !strings.HasPrefix(arg, "-") {
			words = append(words, arg)
			continue
		}
		name, value, _ := strings.Cut(arg, "=")
		flags[name] = value
		switch name {
		case "-no-color", "-auto-approve", "-input", "-out", "-detailed-exitcode", "-json":
		case "-replace":
			run.Replace = append(run.Replace, value)
		case "-refresh":
			run.NoRefresh = value == "false"
		case "-destroy":
			run.Destroy = true
		case "-refresh-only":
			run.RefreshOnly = true
		default:
			p.t.Fatalf("no flag %s in the process", arg)
		}
	}
	config := p.load()
	switch args[0] {
	case "plan":
		plan := &savedPlan{p.workspace.Plan(run), config}
		p.plans[flags["-out"]] = plan
		output = config.diagnostics(plan.Diagnostics) + p.planned(plan)
		_, exact := flags["-detailed-exitcode"]
		return output, plan.Err() == nil && (!exact || p.nothing(plan))
	case "apply", "destroy", "refresh":
		run.Destroy = run.Destroy || args[0] == "destroy"
		run.RefreshOnly = run.RefreshOnly || args[0] == "refresh"
		if len(words) == 0 {
			result := p.workspace.Apply(run)
			return p.applied(&savedPlan{result.Plan, config}, result, run)
		}
		plan := p.plans[words[0]]
		return p.applied(plan, plan.Apply(run), run)
	case "import":
		said := p.workspace.Import(words[0], words[1])
		return config.diagnostics(said), !said.HasErrors()
	case "taint":
		p.workspace.Taint(words[0])
	case "untaint":
		p.workspace.Untaint(words[0])
	case "state":
		if words[0] != "rm" {
			p.t.Fatalf("no command state %s in the process", words[0])
		}
		p.workspace.StateRm(words[1])
	case "show":
		return p.show(), true
	default:
		p.t.Fatalf("no command %s in the process", args[0])
	}
	return "", true
}

// applied prints the outcome of an apply.
func (p *inProcess) applied(plan *savedPlan, result *tf.Result, run tf.Run) (output string, ok bool) {
	output = plan.config.diagnostics(result.Diagnostics) + p.planned(plan)
	done := p.count(plan)
	if result.Applied {
		p.created = map[string]string{}
		if !run.Destroy {
			p.created = plan.config.data
		}
	}
	if result.Err() != nil {
		return output, false
	}
	imported := ""
	if done.imports > 0 {
		imported = fmt.Sprintf("%d imported, ", done.imports)
	}
	return output + fmt.Sprintf("\nApply complete! Resources: %s%d added, %d changed, %d destroyed.\n", imported, done.adds, done.changes, done.destroys), true
}

// A planCount is the number of objects for each action of a plan.
type planCount struct{ imports, adds, changes, destroys, others int }

func (p *inProcess) count(plan *savedPlan) (n planCount) {
	for _, c := range plan.Changes {
		if c.Importing {
			n.imports++
		}
		switch c.Action {
		case tf.Create:
			n.adds++
		case tf.Update:
			n.changes++
		case tf.Delete:
			n.destroys++
		case tf.DeleteThenCreate, tf.CreateThenDelete:
			n.adds++
			n.destroys++
		case tf.Forget:
			n.others++
		}
		if c.From != "" {
			n.others++
		}
	}
	return n
}

func (p *inProcess) nothing(plan *savedPlan) bool {
	return p.count(plan) == planCount{} && len(plan.config.pending) == 0
}

// planned prints a plan.
func (p *inProcess) planned(plan *savedPlan) string {
	if plan.Err() != nil {
		return ""
	}
	if p.nothing(plan) {
		return "\nNo changes. Your infrastructure matches the configuration.\n"
	}
	var b strings.Builder
	for _, c := range plan.Changes {
		text := map[tf.Action]string{
			tf.Create: "will be created", tf.Update: "will be updated in-place", tf.Delete: "will be destroyed",
			tf.DeleteThenCreate: "must be replaced", tf.CreateThenDelete: "must be replaced",
			tf.Forget: "will no longer be managed by Terraform, but will not be destroyed",
		}[c.Action]
		if o := p.workspace.Object(c.Addr); o != nil && o.Tainted && text == "must be replaced" {
			text = "is tainted, so must be replaced"
		}
		if text != "" {
			fmt.Fprintf(&b, "\n  # %s %s\n", c.Addr, text)
		}
		if c.Action == tf.Create || c.Action == tf.Update {
			changed(&b, c)
		}
		for _, attribute := range c.Replacing {
			fmt.Fprintf(&b, "      %s # forces replacement\n", attribute)
		}
	}
	n := p.count(plan)
	imports := ""
	if n.imports > 0 {
		imports = fmt.Sprintf("%d to import, ", n.imports)
	}
	fmt.Fprintf(&b, "\nPlan: %s%d to add, %d to change, %d to destroy.\n", imports, n.adds+len(plan.config.pending), n.changes, n.destroys)
	return b.String()
}

// changed prints the attributes that change.
func changed(b *strings.Builder, c *tf.Change) {
	for name := range c.After.Type().AttributeTypes() {
		before, after := cty.NullVal(cty.DynamicPseudoType), c.After.GetAttr(name)
		if !c.Before.IsNull() {
			before = c.Before.GetAttr(name)
		}
		switch {
		case before.IsNull() && after.IsKnown() && after.IsNull(), before.RawEquals(after):
		case before.IsNull():
			fmt.Fprintf(b, "      + %s\n", name)
		case after.IsKnown() && after.IsNull():
			fmt.Fprintf(b, "      - %s\n", name)
		default:
			fmt.Fprintf(b, "      ~ %s\n", name)
		}
	}
}

// show prints the state in the form of terraform show -json.
func (p *inProcess) show() string {
	p.t.Helper()
	type object struct {
		Address string          `json:"address"`
		Type    string          `json:"type"`
		Values  json.RawMessage `json:"values"`
	}
	objects := []object{}
	for _, addr := range p.workspace.Addresses() {
		o := p.workspace.Object(addr)
		if o == nil {
			continue
		}
		values, err := ctyjson.Marshal(o.Value, o.Value.Type())
		if err != nil {
			p.t.Fatal(err)
		}
		objects = append(objects, object{addr, TypeName(addr), values})
	}
	text, err := json.Marshal(map[string]any{"values": map[string]any{"root_module": map[string]any{"resources": objects}}})
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// diagnostics prints diagnostics as Terraform does.
func (c *hclConfig) diagnostics(said tf.Diagnostics) string {
	var b strings.Builder
	for _, d := range said {
		kind := "Warning"
		if d.Error {
			kind = "Error"
		}
		fmt.Fprintf(&b, "\n%s: %s\n", kind, d.Summary)
		if d.Addr != "" {
			fmt.Fprintf(&b, "\n  with %s,\n", d.Addr)
		}
		name, _, _ := strings.Cut(d.Attribute, "[")
		if line := c.line(d.Addr, name); line > 0 {
			lines := slices.Collect(strings.Lines(c.text))
			fmt.Fprintf(&b, "  on %s line %d:\n  %d: %s", c.file, line, line, lines[line-1])
		}
		fmt.Fprintf(&b, "\n%s\n", d.Detail)
	}
	return b.String()
}

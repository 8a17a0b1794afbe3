// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	ctyjson "github.com/zclconf/go-cty/cty/json"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// A cliStep is one command, after changes of the configuration and of the fake. It runs with terraformtest
// and with a real Terraform, each with its own fake.
type cliStep struct {
	config func(*tf.Config)
	world  func(*altegiotest.Server)
	run    tf.Run
	taint  string // terraform taint instead of an apply
	plan   bool   // a plan that is not applied
}

// seen is what a command did.
type seen struct {
	Actions     map[string]string
	Diagnostics []string
	State       []string
	Requests    []string
	Succeeded   bool
}

// envHarness, if set, runs all scenarios, which takes a minute.
const envHarness = "ALTEGIO_TEST_HARNESS"

// TestHarness_asTerraform runs the same steps through the harness and through a real Terraform: what is
// planned, said, sent and stored, private state included, is the same.
func TestHarness_asTerraform(t *testing.T) {
	t.Parallel()
	always := []string{"a replacement that fails", "what plans know"}
	for name, steps := range harnessScenarios() {
		if os.Getenv(envHarness) == "" && !slices.Contains(always, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := providertest.NewCLI(t)
			if have, err := providertest.CLIVersion(); err != nil || providertest.IsOpenTofu() || have.Segments()[0] != 1 || have.Segments()[1] != 11 {
				t.Skipf("the rules compared are those of Terraform 1.11, not of %v", have)
			}
			here, there := coretest.NewFake(t), coretest.NewFake(t)
			w := tf.New(tf.NewProvider(providertest.Hasty), providertest.HarnessBlock(here))
			w.Release = tf.V1_11
			other := tf.New(tf.NewProvider(providertest.Hasty), providertest.HarnessBlock(there))
			for i, step := range steps {
				for _, fake := range []*altegiotest.Server{here, there} {
					fake.ClearFaults()
					fake.ResetJournal()
					if step.world != nil {
						step.world(fake)
					}
				}
				if step.config != nil {
					step.config(&w.Config)
					step.config(&other.Config)
				}
				c.Config(providertest.RequiredProviders, other.ProviderHCL(), other.HCL())
				got, want := playHarness(t, w, here, step), playCLI(t, c, there, step)
				if !reflect.DeepEqual(got, want) {
					t.Errorf("step %d of\n%s\nthe harness:\n%s\nTerraform:\n%s", i+1, w.History(), pretty(got), pretty(want))
				}
			}
		})
	}
}

func pretty(v any) string {
	text, _ := json.MarshalIndent(v, "", "  ")
	return string(text)
}

func playHarness(t *testing.T, w *tf.Workspace, fake *altegiotest.Server, step cliStep) seen {
	t.Helper()
	s := seen{Actions: map[string]string{}, Succeeded: true}
	var said tf.Diagnostics
	switch plan := (*tf.Plan)(nil); {
	case step.taint != "":
		w.Taint(step.taint)
	default:
		plan = w.Plan(step.run)
		said = plan.Diagnostics
		if plan.Err() == nil {
			for addr, action := range plan.Actions() {
				s.Actions[addr] = string(action)
			}
			if !step.plan {
				said = append(said, plan.Apply(step.run).Diagnostics...)
			}
		}
	}
	s.Succeeded = said.Err() == nil
	for _, d := range said {
		severity := "warning"
		if d.Error {
			severity = "error"
		}
		s.Diagnostics = append(s.Diagnostics, diagnosticLine(fake, severity, d.Summary, d.Detail))
	}
	for _, addr := range w.Addresses() {
		add := func(o *tf.Object, deposed string) {
			if o != nil {
				encoded, err := ctyjson.Marshal(o.Value, o.Value.Type())
				if err != nil {
					t.Fatal(err)
				}
				s.State = append(s.State, objectLine(t, addr, deposed, o.Tainted, encoded, o.Private))
			}
		}
		add(w.Object(addr), "")
		for _, o := range w.Deposed(addr) {
			add(o, "deposed ")
		}
	}
	s.sort(fake)
	return s
}

func (s *seen) sort(fake *altegiotest.Server) {
	for _, r := range fake.Requests() {
		s.Requests = append(s.Requests, r.Method+" "+r.Path+" "+r.Query.Encode()+" "+string(r.Body))
	}
	slices.Sort(s.Requests)
	slices.Sort(s.Diagnostics)
	slices.Sort(s.State)
}

func objectLine(t *testing.T, addr, deposed string, tainted bool, attributes, private []byte) string {
	t.Helper()
	var values map[string]any
	decoder := json.NewDecoder(bytes.NewReader(attributes))
	decoder.UseNumber()
	if err := decoder.Decode(&values); err != nil {
		t.Fatal(err)
	}
	notes := map[string]json.RawMessage{}
	if len(private) > 0 {
		if err := json.Unmarshal(private, &notes); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"owner", "successor"} { // drawn at random
		if note := string(notes[name]); note != "" && note != providertest.Quoted("bnVsbA==") { // null
			notes[name] = json.RawMessage(`"an id"`)
		}
	}
	text, err := json.Marshal(map[string]any{"attributes": values, "tainted": tainted, "private": slices.Sorted(maps.Keys(notes)), "notes": notes})
	if err != nil {
		t.Fatal(err)
	}
	return deposed + addr + " " + string(text)
}

// diagnosticLine leaves out the details of Terraform's own diagnostics, and the address of the fake.
func diagnosticLine(fake *altegiotest.Server, severity, summary, detail string) string {
	for _, own := range []string{"Provider produced", "Instance cannot be destroyed", "Cannot import non-existent remote object"} {
		if strings.HasPrefix(summary, own) {
			detail = ""
		}
	}
	for _, address := range []string{fake.APIURL(), fake.AppURL()} {
		if at, err := url.Parse(address); err == nil {
			detail = strings.ReplaceAll(detail, at.Host, "the fake")
		}
	}
	return strings.Join([]string{severity, summary, detail}, " | ")
}

func playCLI(t *testing.T, c *providertest.CLI, fake *altegiotest.Server, step cliStep) seen {
	t.Helper()
	s := seen{Actions: map[string]string{}, Succeeded: true}
	switch {
	case step.taint != "":
		c.MustRun("taint", step.taint)
	default:
		out, ok := c.Run(append([]string{"plan", "-json", "-out=plan"}, cliFlags(step.run)...)...)
		s.Succeeded = ok
		s.read(t, fake, out)
		if ok {
			if strings.Contains(out, `"type":"planned_change"`) {
				s.actions(t, c)
			}
			if !step.plan {
				out, ok := c.Run("apply", "-json", fmt.Sprintf("-parallelism=%d", max(1, step.run.Parallelism)), "plan")
				s.Succeeded = ok
				s.read(t, fake, out)
			}
		}
	}
	s.states(t, c)
	s.sort(fake)
	return s
}

func cliFlags(run tf.Run) []string {
	var flags []string
	for _, flag := range []struct {
		on   bool
		text string
	}{{run.Destroy, "-destroy"}, {run.RefreshOnly, "-refresh-only"}, {run.NoRefresh, "-refresh=false"}} {
		if flag.on {
			flags = append(flags, flag.text)
		}
	}
	for _, addr := range run.Replace {
		flags = append(flags, "-replace="+addr)
	}
	for _, addr := range run.Target {
		flags = append(flags, "-target="+addr)
	}
	return flags
}

// read takes the diagnostics from the output of a command.
func (s *seen) read(t *testing.T, fake *altegiotest.Server, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		var message struct {
			Diagnostic *struct{ Severity, Summary, Detail string }
		}
		if err := json.Unmarshal([]byte(line), &message); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		d := message.Diagnostic
		if d == nil || d.Summary == "Provider development overrides are in effect" ||
			strings.HasPrefix(d.Summary, "Resource targeting is in effect") || strings.HasPrefix(d.Summary, "Applied changes may be incomplete") ||
			d.Summary == "Some objects will no longer be managed by Terraform" {
			continue
		}
		s.Diagnostics = append(s.Diagnostics, diagnosticLine(fake, d.Severity, d.Summary, d.Detail))
	}
}

func (s *seen) actions(t *testing.T, c *providertest.CLI) {
	t.Helper()
	var plan struct {
		Changes []struct {
			Address string
			Deposed string
			Change  struct{ Actions []string }
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal([]byte(c.MustRun("show", "-json", "plan")), &plan); err != nil {
		t.Fatal(err)
	}
	for _, change := range plan.Changes {
		action := strings.Join(change.Change.Actions, ",")
		if change.Deposed != "" {
			change.Address += " (deposed)"
		}
		if action != "no-op" && strings.HasPrefix(change.Address, "altegio") {
			s.Actions[change.Address] = action
		}
	}
}

func (s *seen) states(t *testing.T, c *providertest.CLI) {
	t.Helper()
	var state struct {
		Resources []struct {
			Type, Name string
			Instances  []struct {
				IndexKey   any `json:"index_key"`
				Status     string
				Deposed    string
				Attributes json.RawMessage
				Private    []byte
			}
		}
	}
	out, err := os.ReadFile(filepath.Join(c.Dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		err = json.Unmarshal(out, &state)
	}
	if err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			addr, deposed := r.Type+"."+r.Name, ""
			if i.IndexKey != nil {
				addr += fmt.Sprintf("[%#v]", i.IndexKey)
			}
			if i.Deposed != "" {
				deposed = "deposed "
			}
			if r.Type != "terraform_data" {
				s.State = append(s.State, objectLine(t, addr, deposed, i.Status == "tainted", i.Attributes, i.Private))
			}
		}
	}
}

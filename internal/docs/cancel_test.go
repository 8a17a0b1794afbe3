// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// TestCI_cancelled signals the process of the apply step, as a runner does with a cancelled job: it must be
// Terraform that hears it, so that the state records what was set and the next apply does the rest.
func TestCI_cancelled(t *testing.T) {
	t.Parallel()
	s, project := newProject(t)
	var workflow githubWorkflow
	if err := yaml.Unmarshal([]byte(read(t, "examples/ci/github-actions/terraform.yml")), &workflow); err != nil {
		t.Fatal(err)
	}
	steps := workflow.Jobs["apply"].Steps
	step := steps[len(steps)-1]
	if step.Name != "Apply" {
		t.Fatalf("the last step is %q", step.Name)
	}
	// More than are ever sent at once, and nothing that waits for a clock.
	const locations = 60
	var inventory strings.Builder
	for _, id := range s.fake.AddLocations(locations, 456) {
		fmt.Fprintf(&inventory, "\"%d\": { sms: true, whatsapp: true }\n", id)
	}
	project.write("locations.yaml", inventory.String())
	main := read(t, "examples/ci/configuration/main.tf")
	project.write("main.tf", strings.Replace(main, `request_timeout = "5s"`,
		"request_timeout = \"10m\"\n  requests_per_second = 0\n  requests_per_minute = 0", 1))
	project.env = append(project.env, "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken, "TF_IN_AUTOMATION=1", "TF_INPUT=0")
	project.must("terraform", "plan", "-no-color", "-out=plan.tfplan")

	// The job is cancelled while the first request is at Altegio, which answers once Terraform has heard it.
	started, interrupted, once := make(chan struct{}), make(chan struct{}), sync.Once{}
	cmd := exec.CommandContext(t.Context(), "bash", "-e", "-c", step.Run)
	remove := s.fake.Fail(altegiotest.Fault{
		Operation: altegiotest.OpUpdateChannel,
		Match: func(*http.Request, []byte) bool {
			once.Do(func() {
				<-started
				_ = cmd.Process.Signal(os.Interrupt)
			})
			<-interrupted
			return false
		},
	})
	cmd.Dir, cmd.Env = project.dir, project.env
	out := &watcher{text: "Interrupt received", seen: interrupted}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	close(started)
	if err := cmd.Wait(); err == nil {
		t.Errorf("a cancelled apply succeeds:\n%s", &out.all)
	}
	remove()
	done := len(s.changes())
	if done == 0 || done == 2*locations {
		t.Fatalf("%d requests were sent before the job was cancelled:\n%s", done, &out.all)
	}
	state, err := os.ReadFile(filepath.Join(s.dir, "state"))
	if err != nil || !bytes.Contains(state, []byte("altegio_application_channels")) {
		t.Fatalf("the state does not record what was set: %v\n%s", err, state)
	}
	project.must("terraform", "apply", "-auto-approve", "-no-color")
	if left := len(s.changes()); done+left != 2*locations {
		t.Errorf("the next apply sends %d requests after %d, of %d", left, done, 2*locations)
	}
}

// A watcher keeps what is written, and closes seen when it has the text.
type watcher struct {
	text string
	seen chan struct{}
	once sync.Once
	all  bytes.Buffer
}

func (w *watcher) Write(part []byte) (int, error) {
	n, err := w.all.Write(part)
	if strings.Contains(w.all.String(), w.text) {
		w.once.Do(func() { close(w.seen) })
	}
	return n, err
}

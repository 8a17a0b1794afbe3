// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// decode reads a YAML file of the repository, and fails for what the type has no field for.
func decode(t *testing.T, name string, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(read(t, name)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// newProject is the repository of a user: the configuration of the examples, committed on main.
func newProject(t *testing.T, programs ...string) (s *shell, project *shell) {
	t.Helper()
	s = newShell(t, append([]string{"bash", "git"}, programs...)...)
	project = s.in(filepath.Join(s.dir, "project"))
	if err := os.Mkdir(project.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	project.copy("examples/ci/configuration")
	project.write("backend_override.tf", "terraform {\n  backend \"local\" {\n    path = \""+filepath.ToSlash(filepath.Join(s.dir, "state"))+"\"\n  }\n}\n")
	project.write(".gitignore", ".terraform/\n.terraform-plugins/\n*.tfplan\n")
	project.must("terraform", "init", "-input=false", "-no-color")
	project.must("git", "init", "-q", "-b", "main")
	project.commit("Begin")
	return s, project
}

func (s *shell) commit(message string) {
	s.t.Helper()
	s.must("git", "add", "-A")
	s.must("git", "commit", "-q", "-m", message)
}

// checkout returns a fresh copy of a commit, as each job of a pipeline has one.
func (s *shell) checkout(project *shell, ref string) *shell {
	s.t.Helper()
	dir := s.t.TempDir()
	s.must("git", "clone", "-q", project.dir, dir)
	job := s.in(dir)
	job.must("git", "checkout", "-q", ref)
	return job
}

const (
	before = `"1001": { sms: true, whatsapp: true }
"1002": { sms: true, whatsapp: false }
"1003": { sms: true, whatsapp: false }
`
	after = `"1001": { sms: true, whatsapp: true }
"1002": { sms: true, whatsapp: true }
"1003": { sms: true, whatsapp: false }
`
)

var firstChanges = []string{"1001/sms=true", "1001/whatsapp=true", "1002/sms=true", "1002/whatsapp=false", "1003/sms=true", "1003/whatsapp=false"}

// pipeline plays a pipeline of any kind: what a pull request of a branch plans, what the merge applies, and
// what is refused.
func pipeline(t *testing.T, s, project *shell, plan, apply func(job *shell) (string, int)) {
	t.Helper()
	expect := func(what, out string, code, want int, texts ...string) {
		t.Helper()
		if code != want {
			t.Fatalf("%s: exit code %d, want %d\n%s", what, code, want, out)
		}
		for _, text := range texts {
			if !strings.Contains(strings.Join(strings.Fields(out), " "), text) {
				t.Errorf("%s: %q is not in the output:\n%s", what, text, out)
			}
		}
	}
	if read(t, "examples/ci/configuration/locations.yaml") != before {
		t.Fatal("the configuration has other locations than this test")
	}

	out, code := plan(s.checkout(project, "main"))
	expect("the first plan", out, code, 0, "2 to add")
	s.expectChanges()
	out, code = apply(s.checkout(project, "main"))
	expect("the first apply", out, code, 0, "2 added")
	s.expectChanges(firstChanges...)

	project.must("git", "checkout", "-q", "-b", "pilot")
	project.write("locations.yaml", after)
	project.commit("Offer WhatsApp at 1002")
	out, code = plan(s.checkout(project, "pilot"))
	expect("a plan", out, code, 0, "1 to change")
	s.expectChanges()

	// An apply between the plan and its own apply makes the plan stale.
	state := filepath.Join(s.dir, "state")
	kept, err := os.ReadFile(state)
	if err != nil {
		t.Fatal(err)
	}
	moved := regexp.MustCompile(`"serial": \d+`).ReplaceAll(kept, []byte(`"serial": 99`))
	if err := os.WriteFile(state, moved, 0o600); err != nil {
		t.Fatal(err)
	}
	out, code = apply(s.checkout(project, "pilot"))
	expect("a stale plan", out, code, 1, "Saved plan is stale")
	s.expectChanges()
	if err := os.WriteFile(state, kept, 0o600); err != nil {
		t.Fatal(err)
	}

	project.must("git", "checkout", "-q", "main")
	project.must("git", "merge", "-q", "--squash", "pilot")
	project.commit("Offer WhatsApp at 1002 (#1)")
	out, code = apply(s.checkout(project, "main"))
	expect("the apply", out, code, 0, "1 changed")
	s.expectChanges("1002/whatsapp=true")
}

// A githubWorkflow is the part of a workflow that the runner below knows. Its syntax is checked by
// actionlint.
type githubWorkflow struct {
	Env  map[string]string
	Jobs map[string]struct {
		Env   map[string]string
		Steps []struct {
			ID, Name, Uses, Run string
			Env, With           map[string]string
		}
	}
}

var expression = regexp.MustCompile(`\$\{\{ *(.*?) *\}\}`)

// github runs the steps of a job as GitHub's runner does. The actions that it uses are played, as far as
// there is something to play.
func (s *shell) github(file, job, artifacts string) (string, int) {
	s.t.Helper()
	var workflow githubWorkflow
	if err := yaml.Unmarshal([]byte(read(s.t, file)), &workflow); err != nil {
		s.t.Fatal(err)
	}
	if len(workflow.Jobs[job].Steps) == 0 {
		s.t.Fatalf("%s has no job %s", file, job)
	}
	outputs := filepath.Join(s.t.TempDir(), "outputs")
	values := map[string]string{
		"github.workspace":                                s.dir,
		"github.token":                                    "github-token",
		"secrets.ALTEGIO_PARTNER_TOKEN":                   altegiotest.DefaultPartnerToken,
		"toJSON(github.event.pull_request.labels.*.name)": "[\n  \"pilot\"\n]",
	}
	evaluate := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(match string) string {
			name := expression.FindStringSubmatch(match)[1]
			value, ok := values[name]
			if !ok {
				s.t.Fatalf("%s: the test does not know %s", file, name)
			}
			return value
		})
	}
	env := []string{"GITHUB_REPOSITORY=example/altegio-locations", "GITHUB_OUTPUT=" + outputs, "GITHUB_STEP_SUMMARY=" + filepath.Join(artifacts, "summary.md")}
	for _, set := range []map[string]string{workflow.Env, workflow.Jobs[job].Env} {
		for name, value := range set {
			env = append(env, name+"="+evaluate(value))
		}
	}
	var all strings.Builder
	for _, step := range workflow.Jobs[job].Steps {
		action, _, _ := strings.Cut(step.Uses, "@")
		switch action {
		case "":
			stepEnv := slices.Clone(env)
			for name, value := range step.Env {
				stepEnv = append(stepEnv, name+"="+evaluate(value))
			}
			out, code := s.in(s.dir, stepEnv...).run("bash", "-e", "-c", evaluate(step.Run))
			all.WriteString(out)
			if code != 0 {
				return all.String(), code
			}
			if text, err := os.ReadFile(outputs); err == nil && step.ID != "" {
				for line := range strings.Lines(string(text)) {
					name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
					values["steps."+step.ID+".outputs."+name] = value
				}
			}
		case "actions/upload-artifact":
			content, err := os.ReadFile(filepath.Join(s.dir, step.With["path"]))
			if err != nil {
				s.t.Fatal(err)
			}
			s.in(artifacts).write(filepath.Join(evaluate(step.With["name"]), step.With["path"]), string(content))
		case "actions/checkout", "actions/cache", "hashicorp/setup-terraform":
		default:
			s.t.Fatalf("%s: the test does not know %s", file, action)
		}
	}
	return all.String(), 0
}

func TestCI_gitHubActions(t *testing.T) {
	t.Parallel()
	const file = "examples/ci/github-actions/terraform.yml"
	s, project := newProject(t)
	artifacts := t.TempDir()
	// The answers of gh: the run that has stored the plan, or nothing; and its files.
	s.stub("gh", `case "$1 $2" in
"api repos/example/altegio-locations/actions/artifacts?name=plan-"*) name=${2##*name=}; if [ -e "`+artifacts+`/$name" ]; then echo 17; fi ;;
"run download") [ "$3 $4" = "17 --name" ]; cp "`+artifacts+`/$5"/* . ;;
*) echo "gh $*" >&2; exit 64 ;;
esac
`)
	// conftest is run as a container. What it says of plans is tested in internal/tools/policy.
	s.stub("docker", `[ "$1 $2 $3" = "run --rm --volume" ]; [ "$4" = "$PWD:/project" ]; [[ "$5" = openpolicyagent/conftest:v* ]]
shift 5; [ "$1 $2 $3 $4" = "test --policy policy --data" ]; grep -q '"labels"' "$5"; grep -q resource_changes "$6"`)
	pipeline(t, s, project,
		func(job *shell) (string, int) { return job.github(file, "plan", artifacts) },
		func(job *shell) (string, int) { return job.github(file, "apply", artifacts) })

	summary, err := os.ReadFile(filepath.Join(artifacts, "summary.md"))
	if err != nil || !strings.Contains(string(summary), "1 to change") {
		t.Errorf("the summary has no plan: %v\n%s", err, summary)
	}
	project.write("locations.yaml", strings.Replace(after, "sms: true", "sms: false", 1))
	project.commit("Nobody has planned this")
	out, code := s.checkout(project, "main").github(file, "apply", artifacts)
	if code == 0 || !strings.Contains(out, "No plan was made of these files") {
		t.Errorf("an apply without a plan: exit code %d\n%s", code, out)
	}
	s.expectChanges()
}

func TestCI_drift(t *testing.T) {
	t.Parallel()
	const file = "examples/ci/github-actions/drift.yml"
	s, project := newProject(t)
	token := "ALTEGIO_PARTNER_TOKEN=" + altegiotest.DefaultPartnerToken
	project.in(project.dir, token).must("terraform", "apply", "-auto-approve", "-input=false", "-no-color")
	for _, test := range []struct {
		arrange func()
		code    int
		text    string
	}{
		{func() {}, 0, "Altegio is as declared."},
		{func() { s.fake.Uninstall(1003, 456) }, 2, "Altegio is not as declared"},
		{func() { s.fake.Fail(altegiotest.Fault{Status: http.StatusForbidden}) }, 1, "The plan failed."},
	} {
		test.arrange()
		out, code := s.checkout(project, "main").github(file, "drift", t.TempDir())
		if code != test.code || !strings.Contains(out, test.text) {
			t.Errorf("exit code %d, want %d and %q:\n%s", code, test.code, test.text, out)
		}
	}
}

// A gitlabJob has the keywords that the example uses, and nothing else.
type gitlabJob struct {
	Extends, Stage, Timeout, Environment string
	ResourceGroup                        string `yaml:"resource_group"`
	Interruptible                        bool
	Rules                                []struct{ If string }
	Variables                            map[string]string
	BeforeScript                         []string `yaml:"before_script"`
	Script                               []string
	Cache                                struct {
		Key   struct{ Files []string }
		Paths []string
	}
}

type gitlabPipeline struct {
	Stages  []string
	Default struct {
		Image struct {
			Name       string
			Entrypoint []string
		}
	}
	Variables map[string]string
	Jobs      map[string]gitlabJob `yaml:",inline"`
}

func (s *shell) gitlab(file, name string, env ...string) (string, int) {
	s.t.Helper()
	var p gitlabPipeline
	decode(s.t, file, &p)
	job, ok := p.Jobs[name]
	if !ok || !slices.Contains(p.Stages, job.Stage) || len(job.Rules) == 0 || len(job.Script) == 0 {
		s.t.Fatalf("%s: %s is no job: %+v", file, name, job)
	}
	base, ok := p.Jobs[job.Extends]
	if !ok {
		s.t.Fatalf("%s: %s extends %q, which is not there", file, name, job.Extends)
	}
	variables := maps.Clone(p.Variables)
	maps.Copy(variables, job.Variables)
	for key, value := range variables {
		env = append(env, key+"="+strings.ReplaceAll(value, "$CI_PROJECT_DIR", s.dir))
	}
	script := append(slices.Clone(base.BeforeScript), job.Script...)
	return s.in(s.dir, env...).run("bash", "-e", "-c", strings.Join(script, "\n"))
}

func TestCI_gitLab(t *testing.T) {
	t.Parallel()
	const file = "examples/ci/gitlab/.gitlab-ci.yml"
	s, project := newProject(t, "curl")
	s.stub("apk", `[ "$1" = add ]`)
	var mu sync.Mutex
	packages := map[string][]byte{}
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch content, ok := packages[r.URL.Path]; {
		case r.Header.Get("JOB-TOKEN") != "job-token" || !strings.HasPrefix(r.URL.Path, "/api/v4/projects/7/packages/generic/plan/"):
			w.WriteHeader(http.StatusForbidden)
		case r.Method == http.MethodPut:
			packages[r.URL.Path], _ = io.ReadAll(r.Body)
			w.WriteHeader(http.StatusCreated)
		case !ok:
			w.WriteHeader(http.StatusNotFound)
		default:
			_, _ = w.Write(content)
		}
	}))
	t.Cleanup(registry.Close)
	env := []string{
		"CI_API_V4_URL=" + registry.URL + "/api/v4", "CI_PROJECT_ID=7", "CI_JOB_TOKEN=job-token",
		"ALTEGIO_PARTNER_TOKEN=" + altegiotest.DefaultPartnerToken,
	}
	pipeline(t, s, project,
		func(job *shell) (string, int) { return job.gitlab(file, "plan", env...) },
		func(job *shell) (string, int) { return job.gitlab(file, "apply", env...) })

	if out, code := s.checkout(project, "main").gitlab(file, "drift", env...); code != 0 {
		t.Errorf("drift where there is none: exit code %d\n%s", code, out)
	}
	s.fake.Uninstall(1003, 456)
	if out, code := s.checkout(project, "main").gitlab(file, "drift", env...); code != 2 {
		t.Errorf("drift: exit code %d\n%s", code, out)
	}
	project.write("locations.yaml", strings.Replace(after, "sms: true", "sms: false", 1))
	project.commit("Nobody has planned this")
	s.fake.ResetJournal()
	out, code := s.checkout(project, "main").gitlab(file, "apply", env...)
	if code == 0 || !strings.Contains(out, "No plan was made of these files") {
		t.Errorf("an apply without a plan: exit code %d\n%s", code, out)
	}
	s.expectChanges()
}

// An atlantisStep is a step of a custom workflow: a name, or a name with what it takes.
type atlantisStep struct {
	name, run string
	extra     []string
}

func (a *atlantisStep) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		a.name = node.Value
		return nil
	}
	var step map[string]yaml.Node
	if err := node.Decode(&step); err != nil {
		return err
	}
	for name, value := range step {
		a.name = name
		if name == "run" {
			return value.Decode(&a.run)
		}
		var arguments struct {
			ExtraArgs []string `yaml:"extra_args"`
		}
		if err := value.Decode(&arguments); err != nil {
			return err
		}
		a.extra = arguments.ExtraArgs
	}
	return nil
}

type atlantisServer struct {
	Repos []struct {
		ID                   string
		AllowedOverrides     []string `yaml:"allowed_overrides"`
		AllowCustomWorkflows bool     `yaml:"allow_custom_workflows"`
	}
	Workflows map[string]map[string]struct{ Steps []atlantisStep }
}

type atlantisRepository struct {
	Version   int
	Automerge bool
	Projects  []struct {
		Name, Dir, Workflow string
		TerraformVersion    string `yaml:"terraform_version"`
		Autoplan            struct {
			WhenModified []string `yaml:"when_modified"`
		}
		PlanRequirements  []string `yaml:"plan_requirements"`
		ApplyRequirements []string `yaml:"apply_requirements"`
	}
}

func TestCI_atlantis(t *testing.T) {
	t.Parallel()
	var server atlantisServer
	decode(t, "examples/ci/atlantis/repos.yaml", &server)
	var repository atlantisRepository
	decode(t, "examples/ci/atlantis/atlantis.yaml", &repository)
	if len(repository.Projects) != 1 || len(server.Repos) != 1 {
		t.Fatalf("%+v\n%+v", repository, server)
	}
	project := repository.Projects[0]
	if !slices.Contains(server.Repos[0].AllowedOverrides, "plan_requirements") || !slices.Contains(project.ApplyRequirements, "approved") {
		t.Errorf("what the repository asks for is not allowed, or nobody has to approve: %+v, %+v", server.Repos, project)
	}

	s, files := newProject(t)
	s.stub("conftest", `[ "$1 $2 $3" = "test --policy policy" ]; grep -q resource_changes "$4"`)
	plans := filepath.Join(s.dir, "default.tfplan")
	stage := func(name string) func(job *shell) (string, int) {
		return func(job *shell) (string, int) {
			steps := server.Workflows[project.Workflow][name].Steps
			if len(steps) == 0 {
				t.Fatalf("the workflow has no stage %s", name)
			}
			job = job.in(job.dir, "PLANFILE="+plans, "SHOWFILE="+plans+".json", "ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken)
			if name == "apply" { // in the directory of the plan, which is initialized
				job.must("terraform", "init", "-input=false", "-no-color")
			}
			var all strings.Builder
			for _, step := range steps {
				var command []string
				switch step.name {
				case "init":
					command = append([]string{"terraform", "init", "-input=false", "-no-color"}, step.extra...)
				case "plan":
					command = append([]string{"terraform", "plan", "-input=false", "-no-color", "-out=" + plans}, step.extra...)
				case "show":
					command = []string{"bash", "-ec", "terraform show -json " + plans + " > " + plans + ".json"}
				case "apply":
					command = append(append([]string{"terraform", "apply", "-input=false", "-no-color"}, step.extra...), plans)
				case "run":
					command = []string{"bash", "-ec", step.run}
				default:
					t.Fatalf("the test does not know the step %s", step.name)
				}
				out, code := job.run(command[0], command[1:]...)
				all.WriteString(out)
				if code != 0 {
					return all.String(), code
				}
			}
			return all.String(), 0
		}
	}
	pipeline(t, s, files, stage("plan"), stage("apply"))
}

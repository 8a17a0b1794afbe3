// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"go.uber.org/goleak"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// TestMain makes the tests independent of the machine: of tokens and URLs in its environment, of
// its Terraform configuration, and of whether its command line is Terraform's or OpenTofu's.
func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	for _, name := range []string{
		envPartnerToken, envUserToken, envAPIURL, envAppURL,
		"TF_LOG", "TF_LOG_PATH", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_ALTEGIO_HTTP",
		"TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_REATTACH_PROVIDERS",
	} {
		_ = os.Unsetenv(name)
	}
	dir, err := os.MkdirTemp("", "altegio-provider-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	shared.dir = dir
	config := filepath.Join(dir, "empty.tfrc")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	environment := map[string]string{
		"TF_CLI_CONFIG_FILE":        config,
		"CHECKPOINT_DISABLE":        "1",
		"TF_IN_AUTOMATION":          "1",
		"TF_ACC_PROVIDER_NAMESPACE": "altegio",
		"TF_ACC_TEMP_DIR":           dir,
		// Tests share nothing, and leave the user's cache directory alone.
		envSharedPace: "off",
	}
	if path := cliPath(); path != "" {
		environment["TF_ACC_TERRAFORM_PATH"] = path
		if isOpenTofu() {
			environment["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
		}
	}
	for name, value := range environment {
		_ = os.Setenv(name, value)
	}
	code := m.Run()
	if code == 0 {
		// What plugin-testing serves through go-plugin reads its standard output and error until the end.
		if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/hashicorp/go-plugin.copyChan")); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines are left:", err)
			return 1
		}
	}
	return code
}

// shared holds what is made once for all tests and never changes after that.
var shared struct{ dir string }

// cliPath is the Terraform or OpenTofu to test with, or "".
var cliPath = sync.OnceValue(func() string {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
})

var isOpenTofu = sync.OnceValue(func() bool {
	out, _ := exec.Command(cliPath(), "version").Output()
	return strings.Contains(string(out), "OpenTofu v") // after warnings, if there are any
})

// requireCLI skips a test that needs a Terraform or OpenTofu where there is none. With TF_ACC set,
// terraform-plugin-testing fetches one.
func requireCLI(t *testing.T) {
	t.Helper()
	if cliPath() == "" && os.Getenv("TF_ACC") == "" && os.Getenv("TF_ACC_TERRAFORM_VERSION") == "" {
		t.Skip("no terraform or tofu on PATH: set TF_ACC_TERRAFORM_PATH, or TF_ACC=1 to have one downloaded")
	}
}

// factories serves the provider as it is built, a new one for every command as in real life.
func factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){"altegio": Server("1.2.3-test")}
}

// newFake serves an Altegio of the test's own, with altegiotest.DefaultSeed unless options say
// otherwise.
func newFake(t *testing.T, options ...altegiotest.Option) *altegiotest.Server {
	t.Helper()
	fake := altegiotest.NewServer(options...)
	t.Cleanup(fake.Close)
	return fake
}

// providerBlock points the provider at a fake, without rate limits and retries, and says where the
// provider comes from: terraform-plugin-testing adds that to some configurations, not to those of an
// import. Further arguments override.
func providerBlock(fake *altegiotest.Server, more ...string) string {
	arguments := map[string]string{
		"partner_token":       quoted(altegiotest.DefaultPartnerToken),
		"api_url":             quoted(fake.APIURL()),
		"app_url":             quoted(fake.AppURL()),
		"requests_per_second": "0",
		"requests_per_minute": "0",
		"max_retries":         "0",
		"validate":            "false", // so that a test counts what it is about
	}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return requiredProviders + block(`provider "altegio"`, arguments)
}

const requiredProviders = `
terraform {
  required_providers {
    altegio = { source = "altegio/altegio" }
  }
}

`

// channelBlock declares altegio_application_channel.test.
func channelBlock(location, application int, slug string, available bool) string {
	return channelNamed("test", location, application, slug, available)
}

func channelNamed(name string, location, application int, slug string, available bool) string {
	return fmt.Sprintf(`
resource "altegio_application_channel" %q {
  location_id    = %d
  application_id = %d
  channel_slug   = %q
  is_available   = %t
}
`, name, location, application, slug, available)
}

func block(head string, arguments map[string]string) string {
	var b strings.Builder
	b.WriteString(head + " {\n")
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if arguments[name] != "" {
			fmt.Fprintf(&b, "  %s = %s\n", name, arguments[name])
		}
	}
	b.WriteString("}\n")
	return b.String()
}

func quoted(s string) string { return fmt.Sprintf("%q", s) }

// sent checks, at a point of a test, which requests the fake has received since the last such
// point. It is a check of a plan as well as of a state.
type sent struct {
	fake *altegiotest.Server
	want map[string]int
}

var (
	_ plancheck.PlanCheck   = sent{}
	_ statecheck.StateCheck = sent{}
)

func nothingSent(fake *altegiotest.Server) sent { return sent{fake: fake} }

func (s sent) check() error {
	got := s.fake.Counts()
	s.fake.ResetJournal()
	want := s.want
	if want == nil {
		want = map[string]int{}
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("the API received %v, want %v", got, want)
	}
	return nil
}

// CheckPlan implements plancheck.PlanCheck.
func (s sent) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = s.check()
}

// CheckState implements statecheck.StateCheck.
func (s sent) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = s.check()
}

func (s sent) now(t *testing.T) {
	t.Helper()
	if err := s.check(); err != nil {
		t.Error(err)
	}
}

// stateFunc is a check of anything, at a point where state is checked.
type stateFunc func() error

// CheckState implements statecheck.StateCheck.
func (f stateFunc) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = f()
}

// channelIs checks what a channel is set to at the fake.
func channelIs(fake *altegiotest.Server, location, application int64, slug string, want bool) stateFunc {
	return func() error {
		got, wasSet := fake.Channel(location, application, slug)
		if !wasSet || got != want {
			return fmt.Errorf("channel %d/%d/%s is %t (set: %t), want %t", location, application, slug, got, wasSet, want)
		}
		return nil
	}
}

// posted returns the bodies of the requests that set channels.
func posted(fake *altegiotest.Server) []string {
	var bodies []string
	for _, r := range fake.RequestsFor(altegiotest.OpUpdateChannel) {
		bodies = append(bodies, string(r.Body))
	}
	return bodies
}

func body(location, application int, slug string, available bool) string {
	return fmt.Sprintf(`{"salon_id":%d,"application_id":%d,"channel_slug":%q,"is_available":%t}`,
		location, application, slug, available)
}

// errorText matches a text in what Terraform prints, which breaks lines anywhere and draws a frame.
func errorText(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(strings.Join(words, `[\s│]+`))
}

// A cli runs the built provider under the real binary, for what terraform-plugin-testing does not
// show: the output, the logs, and what a single run of a command sends.
type cli struct {
	t   *testing.T
	dir string
	env []string

	inProcess *inProcess // runs the commands instead, if it is there
}

// builtProvider is the directory with the provider's binary.
var builtProvider = sync.OnceValues(func() (string, error) {
	build := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(shared.dir, "terraform-provider-altegio"), "../..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is released
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return shared.dir, nil
})

func newCLI(t *testing.T, env ...string) *cli {
	t.Helper()
	if cliPath() == "" {
		t.Skip("no terraform or tofu on PATH: set TF_ACC_TERRAFORM_PATH")
	}
	provider, err := builtProvider()
	if err != nil {
		t.Fatal(err)
	}
	c := &cli{t: t, dir: t.TempDir()}
	config := filepath.Join(c.dir, "cli.tfrc")
	c.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"altegio/altegio\" = %q\n  }\n}\n", provider))
	c.env = append(os.Environ(), append([]string{"TF_CLI_CONFIG_FILE=" + config}, env...)...)
	return c
}

func (c *cli) write(name, content string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// config writes the configuration, with the source of the provider if it does not say that itself.
func (c *cli) config(parts ...string) {
	c.t.Helper()
	config := strings.Join(parts, "\n")
	if !strings.Contains(config, requiredProviders) {
		config = requiredProviders + config
	}
	if c.inProcess != nil {
		c.inProcess.text = config
		return
	}
	c.write("main.tf", config)
}

// run runs a command, and returns all that it printed and whether it succeeded.
func (c *cli) run(args ...string) (output string, ok bool) {
	c.t.Helper()
	if c.inProcess != nil {
		return c.inProcess.run(args...)
	}
	cmd := exec.CommandContext(c.t.Context(), cliPath(), args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		c.t.Fatal(err)
	}
	return string(out), err == nil
}

func (c *cli) mustRun(args ...string) string {
	c.t.Helper()
	out, ok := c.run(args...)
	if !ok {
		c.t.Fatalf("%s fails:\n%s", strings.Join(args, " "), out)
	}
	return out
}

func (c *cli) mustFail(args ...string) string {
	c.t.Helper()
	out, ok := c.run(args...)
	if ok {
		c.t.Fatalf("%s succeeds:\n%s", strings.Join(args, " "), out)
	}
	return out
}

// values returns the attributes of a resource in the state, or nil if it isn't there.
func (c *cli) values(address string) map[string]any {
	c.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address string
					Values  map[string]any
				}
			} `json:"root_module"`
		}
	}
	out := c.mustRun("show", "-json")
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &state); err != nil {
		c.t.Fatalf("show -json: %v\n%s", err, out)
	}
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == address {
			return r.Values
		}
	}
	return nil
}

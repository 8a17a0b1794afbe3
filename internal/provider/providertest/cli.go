// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	version "github.com/hashicorp/go-version"
)

// InOrder matches texts in this order, with anything in between.
func InOrder(texts []string) *regexp.Regexp {
	var parts []string
	for _, text := range texts {
		parts = append(parts, ErrorText(text).String())
	}
	return regexp.MustCompile("(?s)" + strings.Join(parts, ".*"))
}

// ExpectText checks that Terraform's output contains each of the texts, wherever it breaks lines.
func ExpectText(t *testing.T, out string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !ErrorText(text).MatchString(out) {
			t.Errorf("%q is not in:\n%s", text, out)
		}
	}
}

// CLIVersion returns the version of the Terraform or OpenTofu to test with.
var CLIVersion = sync.OnceValues(func() (*version.Version, error) {
	out, err := exec.Command(CLIPath(), "version", "-json").Output()
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

// RequireVersion skips a test if the Terraform or OpenTofu is too old for it.
func RequireVersion(t *testing.T, terraform, opentofu string) {
	t.Helper()
	have, err := CLIVersion()
	if err != nil {
		t.Fatal(err)
	}
	needed := terraform
	if IsOpenTofu() {
		needed = opentofu
	}
	if needed == "" || have.Core().LessThan(version.Must(version.NewVersion(needed))) {
		t.Skipf("%s does not know this kind: it takes Terraform %s or OpenTofu %q", have, terraform, opentofu)
	}
}

// shared has the data that is made once for all tests and does not change after that.
var shared struct{ dir string }

// CLIPath returns the path of the Terraform or OpenTofu to test with, or "".
var CLIPath = sync.OnceValue(func() string {
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

// IsOpenTofu reports whether the command line to test with is OpenTofu's.
var IsOpenTofu = sync.OnceValue(func() bool {
	out, _ := exec.Command(CLIPath(), "version").Output()
	return strings.Contains(string(out), "OpenTofu v") // after warnings, if there are any
})

// RequireCLI skips a test if there is no Terraform or OpenTofu. With TF_ACC set, terraform-plugin-testing
// downloads one.
func RequireCLI(t *testing.T) {
	t.Helper()
	if CLIPath() == "" && os.Getenv("TF_ACC") == "" && os.Getenv("TF_ACC_TERRAFORM_VERSION") == "" {
		t.Skip("no terraform or tofu on PATH: set TF_ACC_TERRAFORM_PATH, or TF_ACC=1 to have one downloaded")
	}
}

// ErrorText matches a text in Terraform's output, which breaks lines anywhere and draws a frame.
func ErrorText(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(strings.Join(words, `[\s│]+`))
}

// A CLI runs the built provider under a real Terraform, to test what terraform-plugin-testing does not
// show: the output, the logs, and the requests of a single command.
type CLI struct {
	t   *testing.T
	Dir string
	Env []string

	inProcess *inProcess // runs the commands instead, if set
	printed   *printed   // by the command that Signal runs
}

// BuiltProvider is the directory with the provider's binary. go run keeps it in the build cache, so that
// the packages of a test run do not link it each for itself.
var BuiltProvider = sync.OnceValues(func() (string, error) {
	file := filepath.Join(shared.dir, "terraform-provider-altegio")
	copying, err := exec.LookPath("cp")
	if err != nil {
		copying = "/bin/cp" // there may be nothing but Go on PATH
	}
	build := exec.Command("go", "run", "-buildvcs=false", "-exec", copying, "github.com/altegio/terraform-provider-altegio", file)
	build.Env = append(os.Environ(), "CGO_ENABLED=0") // as it is released
	out, err := build.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	return shared.dir, nil
})

// NewCLI returns a CLI with its own directory. It skips the test if there is no Terraform.
func NewCLI(t *testing.T, env ...string) *CLI {
	t.Helper()
	if CLIPath() == "" {
		t.Skip("no terraform or tofu on PATH: set TF_ACC_TERRAFORM_PATH")
	}
	provider, err := BuiltProvider()
	if err != nil {
		t.Fatal(err)
	}
	c := &CLI{t: t, Dir: t.TempDir()}
	config := filepath.Join(c.Dir, "cli.tfrc")
	c.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"altegio/altegio\" = %q\n  }\n}\n", provider))
	c.Env = append(os.Environ(), append([]string{"TF_CLI_CONFIG_FILE=" + config}, env...)...)
	return c
}

// Write writes a file beside the configuration.
func (c *CLI) Write(name, content string) {
	c.t.Helper()
	if err := os.WriteFile(filepath.Join(c.Dir, name), []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// Config writes the configuration, and adds the source of the provider if it is missing.
func (c *CLI) Config(parts ...string) {
	c.t.Helper()
	config := strings.Join(parts, "\n")
	if !strings.Contains(config, RequiredProviders) {
		config = RequiredProviders + config
	}
	if c.inProcess != nil {
		c.inProcess.text = config
		return
	}
	c.Write("main.tf", config)
}

// Run runs a command, and returns its output and whether it succeeded.
func (c *CLI) Run(args ...string) (output string, ok bool) {
	c.t.Helper()
	if c.inProcess != nil {
		return c.inProcess.run(args...)
	}
	cmd := exec.CommandContext(c.t.Context(), CLIPath(), args...)
	cmd.Dir, cmd.Env = c.Dir, c.Env
	out, err := cmd.CombinedOutput()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		c.t.Fatal(err)
	}
	return string(out), err == nil
}

// MustRun runs a command that must succeed, and returns its output.
func (c *CLI) MustRun(args ...string) string {
	c.t.Helper()
	out, ok := c.Run(args...)
	if !ok {
		c.t.Fatalf("%s fails:\n%s", strings.Join(args, " "), out)
	}
	return out
}

// MustFail runs a command that must fail, and returns its output.
func (c *CLI) MustFail(args ...string) string {
	c.t.Helper()
	out, ok := c.Run(args...)
	if ok {
		c.t.Fatalf("%s succeeds:\n%s", strings.Join(args, " "), out)
	}
	return out
}

// Values returns the attributes of a resource in the state, or nil if it isn't there.
func (c *CLI) Values(address string) map[string]any {
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
	out := c.MustRun("show", "-json")
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

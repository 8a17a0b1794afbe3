// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// mirrorVersion is what the provider built from this tree calls itself where a configuration asks for a
// release. It must meet the version constraint of the examples.
const mirrorVersion = "0.1.0"

// built is removed when all tests have run.
var built string

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// mirror returns a CLI configuration by which the provider built from this tree is installed as if it had
// been published, and nothing is fetched.
var mirror = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "altegio-mirror-")
	if err != nil {
		return "", err
	}
	built = dir
	binary := "terraform-provider-altegio_v" + mirrorVersion
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	const namespace = "altegio/altegio"
	platform := runtime.GOOS + "_" + runtime.GOARCH
	packed := filepath.Join(dir, "registry.terraform.io", namespace, mirrorVersion, platform)
	build := exec.Command("go", "build", "-o", filepath.Join(packed, binary), ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	other := filepath.Join(dir, "registry.opentofu.org", namespace, mirrorVersion, platform)
	if err := os.CopyFS(other, os.DirFS(packed)); err != nil {
		return "", err
	}
	config := filepath.Join(dir, "cli.tfrc")
	text := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(dir))
	return config, os.WriteFile(config, []byte(text), 0o600)
})

// findCLI returns the Terraform or OpenTofu that tests run, "" if there is none.
func findCLI() string {
	for _, name := range []string{os.Getenv("TF_ACC_TERRAFORM_PATH"), "terraform", "tofu"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// A shell runs commands as a job of a pipeline does: with a Terraform, a provider and a fake Altegio, and
// nothing else of the environment than what commands need.
type shell struct {
	t    *testing.T
	fake *altegiotest.Server
	dir  string
	bin  string
	env  []string
}

// newShell skips the test where what a job needs is missing.
func newShell(t *testing.T, programs ...string) *shell {
	t.Helper()
	cli := findCLI()
	if cli == "" {
		t.Skip("no terraform or tofu here")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("no %s here", program)
		}
	}
	config, err := mirror()
	if err != nil {
		t.Fatal(err)
	}
	fake := altegiotest.NewServer()
	t.Cleanup(fake.Close)
	bin := t.TempDir()
	s := &shell{t: t, fake: fake, dir: t.TempDir(), bin: bin}
	// A pipeline says terraform, whichever of the two there is.
	if err := os.Symlink(cli, filepath.Join(bin, "terraform")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	home := t.TempDir()
	s.env = []string{
		"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH"),
		"HOME=" + home,
		"TMPDIR=" + os.TempDir(),
		"TF_CLI_CONFIG_FILE=" + config,
		"CHECKPOINT_DISABLE=1",
		"ALTEGIO_API_URL=" + fake.APIURL(),
		"ALTEGIO_APP_URL=" + fake.AppURL(),
		"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@example.com",
		"GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com",
	}
	return s
}

// stub puts a stand-in on PATH for a program that is not available here.
func (s *shell) stub(name, script string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.bin, name), []byte("#!/usr/bin/env bash\nset -euo pipefail\n"+script), 0o700); err != nil {
		s.t.Fatal(err)
	}
}

// in returns the same shell in another directory, with more of an environment.
func (s *shell) in(dir string, env ...string) *shell {
	copied := *s
	copied.dir = dir
	copied.env = append(slices.Clone(s.env), env...)
	return &copied
}

// run runs a program and returns its output and exit code.
func (s *shell) run(name string, args ...string) (string, int) {
	s.t.Helper()
	path := filepath.Join(s.bin, name)
	if _, err := os.Stat(path); err != nil {
		path = name
	}
	cmd := exec.CommandContext(s.t.Context(), path, args...)
	cmd.Dir, cmd.Env = s.dir, s.env
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		s.t.Fatalf("%s: %v", name, err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// must is run for what has to succeed.
func (s *shell) must(name string, args ...string) string {
	s.t.Helper()
	out, code := s.run(name, args...)
	if code != 0 {
		s.t.Fatalf("%s %s: exit code %d\n%s", name, strings.Join(args, " "), code, out)
	}
	return out
}

// write puts a file into the shell's directory.
func (s *shell) write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// copy puts a directory of the repository into the shell's.
func (s *shell) copy(name string) {
	s.t.Helper()
	if err := os.CopyFS(s.dir, os.DirFS(filepath.Join(root, filepath.FromSlash(name)))); err != nil {
		s.t.Fatal(err)
	}
}

// changes returns which channels were set since it was last called, sorted, such as "1001/sms=true".
func (s *shell) changes() []string {
	s.t.Helper()
	got := []string{}
	for _, request := range s.fake.RequestsFor(altegiotest.OpUpdateChannel) {
		var location, slug, available string
		for _, part := range strings.Split(strings.Trim(string(request.Body), "{}\n "), ",") {
			key, value, _ := strings.Cut(part, ":")
			switch value = strings.Trim(value, `" `); strings.Trim(key, `" `) {
			case "salon_id":
				location = value
			case "channel_slug":
				slug = value
			case "is_available":
				available = value
			}
		}
		got = append(got, location+"/"+slug+"="+available)
	}
	s.fake.ResetJournal()
	slices.Sort(got)
	return got
}

func (s *shell) expectChanges(want ...string) {
	s.t.Helper()
	if want == nil {
		want = []string{}
	}
	if got := s.changes(); !slices.Equal(got, want) {
		s.t.Errorf("Altegio received the changes %v, want %v", got, want)
	}
}

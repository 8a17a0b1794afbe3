// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A stage is the environment of the steps: a fake Altegio, and a CLI in its own directory with a provider
// built from this tree.
type stage struct {
	fake *altegiotest.Server
	cli  string
	dir  string
	env  []string
	out  io.Writer
	// verbose shows everything that the CLI prints, instead of only its result.
	verbose bool
	// refused is the location that Altegio refuses for a while.
	refused int64
}

func setUp(ctx context.Context, dir string, out io.Writer) (*stage, error) {
	root, err := repositoryRoot(ctx)
	if err != nil {
		return nil, err
	}
	plugins := filepath.Join(dir, "plugins")
	build := exec.CommandContext(ctx, "go", "build", "-o", plugins+string(filepath.Separator), ".")
	build.Dir = root
	if err := os.Mkdir(plugins, 0o700); err != nil {
		return nil, err
	}
	if output, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	cli, err := findCLI(ctx, dir, out)
	if err != nil {
		return nil, err
	}
	work := filepath.Join(dir, "configuration")
	if err := os.CopyFS(work, os.DirFS(filepath.Join(root, "examples", "demo"))); err != nil {
		return nil, fmt.Errorf("copying the configuration: %w", err)
	}
	config := filepath.Join(dir, "cli.tfrc")
	// OpenTofu looks up the same source at its own registry's host. The override applies to both.
	text := fmt.Sprintf(`provider_installation {
  dev_overrides {
    "altegio/altegio" = %q
  }
  direct {}
}
`, filepath.ToSlash(plugins))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	fake := altegiotest.NewServer()
	return &stage{
		fake: fake,
		cli:  cli,
		dir:  work,
		out:  out,
		env: append(neutral(os.Environ()),
			"TMPDIR="+dir, // where an interrupted CLI leaves the socket of its provider
			"TF_CLI_CONFIG_FILE="+config,
			"CHECKPOINT_DISABLE=1",
			"TF_IN_AUTOMATION=1",
			"TF_INPUT=0",
			"ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken,
			"ALTEGIO_USER_TOKEN="+altegiotest.DefaultUserToken,
			"ALTEGIO_API_URL="+fake.APIURL(),
			"ALTEGIO_APP_URL="+fake.AppURL(),
			"ALTEGIO_SHARED_PACE=off", // the user's cache directory is left alone
		),
	}, nil
}

// neutral removes variables from an environment that would make the CLI or the provider behave differently,
// such as TF_VAR_locations or TF_WORKSPACE. It keeps those for logs.
func neutral(environ []string) []string {
	var kept []string
	for _, setting := range environ {
		name, value, _ := strings.Cut(setting, "=")
		switch {
		case name == "TF_LOG_PATH" && value != "":
			// The CLI runs in a temporary directory, so relative paths would be wrong.
			if path, err := filepath.Abs(value); err == nil {
				setting = name + "=" + path
			}
		case strings.HasPrefix(name, "TF_LOG"):
		case strings.HasPrefix(name, "TF_"), strings.HasPrefix(name, "ALTEGIO_"):
			continue
		}
		kept = append(kept, setting)
	}
	return kept
}

func repositoryRoot(ctx context.Context) (string, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("looking for go.mod: %w", err)
	}
	return filepath.Dir(string(mod[:max(0, len(mod)-1)])), nil
}

// findCLI returns the Terraform or OpenTofu to run: the one TF_ACC_TERRAFORM_PATH names, one on
// PATH, or one installed below dir.
func findCLI(ctx context.Context, dir string, out io.Writer) (string, error) {
	if name := os.Getenv("TF_ACC_TERRAFORM_PATH"); name != "" {
		path, err := exec.LookPath(name)
		if err != nil {
			return "", fmt.Errorf("TF_ACC_TERRAFORM_PATH: %w", err)
		}
		return path, nil
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	fmt.Fprintln(out, "Neither terraform nor tofu is on PATH: installing Terraform for this run.")
	install := filepath.Join(dir, "terraform")
	if err := os.Mkdir(install, 0o700); err != nil {
		return "", err
	}
	installer := &releases.LatestVersion{Product: product.Terraform, InstallDir: install, Timeout: 5 * time.Minute}
	path, err := installer.Install(ctx)
	if err != nil {
		return "", fmt.Errorf("installing Terraform (put terraform or tofu on PATH instead): %w", err)
	}
	return path, nil
}

// The exit codes of plan -detailed-exitcode.
const (
	noChanges = 0
	changes   = 2
)

// terraform runs a command of the CLI, shows the relevant part of its output, and fails unless it ends with
// the wanted exit code.
func (s *stage) terraform(ctx context.Context, want int, command string, args ...string) error {
	line := "   $ " + strings.Join(append([]string{filepath.Base(s.cli), command}, args...), " ")
	output, err := s.command(ctx, command, append([]string{"-no-color"}, args...)...).CombinedOutput()
	if s.verbose {
		fmt.Fprintln(s.out, line)
		show(s.out, string(output))
	} else {
		fmt.Fprintln(s.out, strings.Join(append([]string{line}, shorten(outcomes(string(output)))...), "  ->  "))
	}
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		return fmt.Errorf("running %s: %w", command, err)
	}
	if code != want {
		return fmt.Errorf("%s ended with exit code %d instead of %d", command, code, want)
	}
	return nil
}

// shorten leaves out the plan of an apply that reports its result, and all errors except the first.
func shorten(lines []string) []string {
	for i, line := range lines {
		if strings.HasPrefix(line, "Apply complete!") || strings.HasPrefix(line, "Error: ") {
			return lines[i : i+1]
		}
	}
	return lines
}

// value returns an output of the configuration, and does not show it.
func (s *stage) value(ctx context.Context, output string) (string, error) {
	value, err := s.command(ctx, "output", "-no-color", "-json", output).Output()
	if err != nil {
		return "", fmt.Errorf("reading the output %s: %w", output, err)
	}
	return strings.TrimSpace(string(value)), nil
}

func (s *stage) command(ctx context.Context, command string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, s.cli, append([]string{command}, args...)...)
	cmd.Dir, cmd.Env = s.dir, s.env
	// SIGTERM gives the CLI time to write its state.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

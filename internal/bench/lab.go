// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const module = "github.com/altegio/terraform-provider-altegio"

// A lab has what a measurement needs: Terraform, both providers built, and a CLI configuration that finds
// them.
type lab struct {
	dir       string
	terraform string
	env       []string
}

func newLab(ctx context.Context, dir string) (*lab, error) {
	terraform := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if terraform == "" {
		var err error
		if terraform, err = exec.LookPath("terraform"); err != nil {
			return nil, errors.New("terraform is not on PATH, and TF_ACC_TERRAFORM_PATH is not set")
		}
	}
	l := &lab{dir: dir, terraform: terraform}
	for name, pkg := range map[string]string{"altegio": module, "floor": module + "/internal/bench/nullprovider"} {
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", l.program(name), pkg)
		if output, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", pkg, err, output)
		}
	}
	config := filepath.Join(dir, "cli.tfrc")
	text := fmt.Sprintf(`provider_installation {
  dev_overrides {
    "altegio/altegio" = %q
    "altegio/floor"   = %q
  }
  direct {}
}
`, filepath.Dir(l.program("altegio")), filepath.Dir(l.program("floor")))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	// The user's settings of Terraform and of the provider would distort the result.
	l.env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TF_") || strings.HasPrefix(variable, "ALTEGIO_")
	})
	l.env = append(l.env, "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		// The runs do not share the limits with runs of the user.
		"XDG_CACHE_HOME="+filepath.Join(dir, "cache"))
	return l, nil
}

// program returns the path of a provider's binary.
func (l *lab) program(provider string) string {
	return filepath.Join(l.dir, "plugins", provider, "terraform-provider-"+provider)
}

// about names the machine and the versions.
func (l *lab) about(ctx context.Context) string {
	firstLine := func(name string, args ...string) string {
		cmd := exec.CommandContext(ctx, name, args...)
		cmd.Env = l.env
		output, _ := cmd.Output()
		line, _, _ := strings.Cut(string(output), "\n")
		return line
	}
	return fmt.Sprintf("%s with %d cores (%s/%s), %s, %s, plugin framework %s, commit %s",
		processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH,
		firstLine(l.terraform, "version"), runtime.Version(),
		firstLine("go", "list", "-m", "-f", "{{.Version}}", "github.com/hashicorp/terraform-plugin-framework"),
		firstLine("git", "describe", "--always", "--dirty"))
}

func processor() string {
	file, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return "a machine"
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, _ := strings.Cut(lines.Text(), ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "a machine"
}

// A workspace is a directory with a configuration and the state of it.
type workspace struct {
	*lab
	subject subject
	dir     string
	env     []string
}

func (l *lab) workspace(s subject, fake *altegiotest.Server, ids []int64, lim limits) (*workspace, error) {
	dir, err := os.MkdirTemp(l.dir, "workspace-")
	if err != nil {
		return nil, err
	}
	variables, err := json.Marshal(map[string]any{"ids": ids})
	if err != nil {
		return nil, err
	}
	return &workspace{l, s, dir, l.env}, errors.Join(
		os.WriteFile(filepath.Join(dir, "main.tf"), []byte(s.configuration(fake, lim)), 0o600),
		os.WriteFile(filepath.Join(dir, "terraform.tfvars.json"), variables, 0o600),
	)
}

// run runs a command. The memory, and what the provider's processes take, are only measured if it is
// watched: looking every few milliseconds takes CPU that the requests of a race then lack.
func (w *workspace) run(ctx context.Context, command string, watched bool) (sample, error) {
	args := map[string][]string{
		create: {"apply", "-auto-approve"},
		// Fails if there are changes.
		plan:    {"plan", "-detailed-exitcode"},
		destroy: {"apply", "-destroy", "-auto-approve", "-refresh=false"},
	}[command]
	cmd := exec.CommandContext(ctx, w.terraform, append(args, "-no-color", "-input=false")...)
	cmd.Dir, cmd.Env = w.dir, w.env
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	stop := func() (memory int64, provider usage) { return 0, usage{} }
	if watched {
		program := ""
		if name := w.subject.provider(); name != "" {
			program = w.program(name)
		}
		stop = watch(cmd.Process.Pid, program)
	}
	err := cmd.Wait()
	s := sample{wall: time.Since(started)}
	s.memory, s.provider = stop()
	if err != nil {
		return s, fmt.Errorf("%s: %w\n%s", command, err, output.String())
	}
	// Terraform waits for its providers, so its usage includes theirs.
	used := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	s.cpu = time.Duration(used.Utime.Nano() + used.Stime.Nano())
	return s, nil
}

// measure creates n channels, plans without changes, and destroys. Without channels it only plans, which
// shows what starting a provider costs.
func (l *lab) measure(ctx context.Context, s subject, n int) (map[string]sample, error) {
	fake := newFake(altegiotest.WithoutJournal())
	defer fake.Close()
	w, err := l.workspace(s, fake, fake.AddLocations(n, application), limits{})
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(w.dir) //nolint:errcheck // the lab's directory is removed in the end
	samples := make(map[string]sample)
	for _, command := range commands {
		if n == 0 && command != plan {
			continue
		}
		fake.ResetJournal()
		measured, err := w.run(ctx, command, true)
		if err != nil {
			return nil, err
		}
		measured.requests = fake.Counts()
		samples[command] = measured
	}
	return samples, nil
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A subject is a provider that is measured.
type subject string

const (
	altegio subject = "altegio"
	floor   subject = "floor"
)

// A sample is one command of Terraform, measured.
type sample struct {
	subject  subject
	command  string // create, plan or destroy
	cpu      time.Duration
	wall     time.Duration
	memory   int64 // peak of the provider process, in bytes
	requests map[string]int
}

// A lab has what measuring needs: both providers built, and a CLI configuration that finds them.
type lab struct {
	terraform string
	plugins   string
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
	l := &lab{terraform: terraform, plugins: filepath.Join(dir, "plugins")}
	for name, pkg := range map[subject]string{
		altegio: "github.com/altegio/terraform-provider-altegio",
		floor:   "github.com/altegio/terraform-provider-altegio/internal/bench/nullprovider",
	} {
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w",
			"-o", filepath.Join(l.plugins, string(name), "terraform-provider-"+string(name)), pkg)
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
`, filepath.Join(l.plugins, string(altegio)), filepath.Join(l.plugins, string(floor)))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	l.env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"ALTEGIO_PARTNER_TOKEN="+altegiotest.DefaultPartnerToken)
	return l, nil
}

func (l *lab) about(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, l.terraform, "version")
	cmd.Env = l.env
	output, _ := cmd.Output()
	version, _, _ := strings.Cut(string(output), "\n")
	return fmt.Sprintf("%s, %s, %s/%s, %d cores", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}

const configuration = `terraform {
  required_providers {
    %[1]s = {
      source = "altegio/%[1]s"
    }
  }
}

variable "ids" {
  type = list(number)
}

resource "%[1]s_application_channel" "this" {
  count = length(var.ids)

  location_id    = var.ids[count.index]
  application_id = 456
  channel_slug   = "sms"
  is_available   = true
}
`

const limitsOff = `
provider "altegio" {
  api_url             = %q
  app_url             = %q
  requests_per_second = 0
  requests_per_minute = 0
}
`

// measure creates n channels, plans without changes, and destroys.
func (l *lab) measure(ctx context.Context, who subject, n int, dir string) ([]sample, error) {
	fake := altegiotest.NewServer()
	defer fake.Close()
	ids := fake.AddLocations(n, 456)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(configuration, who)
	if who == altegio {
		text += fmt.Sprintf(limitsOff, fake.APIURL(), fake.AppURL())
	}
	variables, err := json.Marshal(map[string]any{"ids": ids})
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, "main.tf"), []byte(text), 0o600),
		os.WriteFile(filepath.Join(dir, "terraform.tfvars.json"), variables, 0o600),
	)
	if err != nil {
		return nil, err
	}
	var samples []sample
	for _, command := range []struct {
		name string
		args []string
	}{
		{"create", []string{"apply", "-auto-approve", "-refresh=true"}},
		{"plan", []string{"plan", "-detailed-exitcode"}},
		{"destroy", []string{"apply", "-destroy", "-auto-approve", "-refresh=false"}},
	} {
		fake.ResetJournal()
		s, err := l.command(ctx, who, dir, command.args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", command.name, err)
		}
		s.subject, s.command, s.requests = who, command.name, make(map[string]int)
		for _, r := range fake.Requests() {
			s.requests[r.Operation]++
		}
		samples = append(samples, s)
	}
	return samples, nil
}

func (l *lab) command(ctx context.Context, who subject, dir string, args []string) (sample, error) {
	cmd := exec.CommandContext(ctx, l.terraform, append(args, "-no-color", "-input=false")...)
	cmd.Dir, cmd.Env = dir, l.env
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	memory := watchMemory(filepath.Join(l.plugins, string(who), "terraform-provider-"+string(who)))
	err := cmd.Wait()
	wall := time.Since(started)
	peak := memory()
	if err != nil {
		return sample{}, fmt.Errorf("%w\n%s", err, output.String())
	}
	// Terraform waits for its providers, so what it used includes what they used.
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{
		cpu:    time.Duration(usage.Utime.Nano() + usage.Stime.Nano()),
		wall:   wall,
		memory: peak,
	}, nil
}

// watchMemory looks for processes of a program until the returned function is called, which gives
// the most memory that one of them had resident, or 0 where /proc does not tell.
func watchMemory(program string) (stop func() int64) {
	done := make(chan struct{})
	var peak int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
			processes, _ := filepath.Glob("/proc/[0-9]*/exe")
			for _, link := range processes {
				if exe, err := os.Readlink(link); err == nil && exe == program {
					peak = max(peak, highWaterMark(filepath.Dir(link)))
				}
			}
		}
	})
	return func() int64 {
		close(done)
		wg.Wait()
		return peak
	}
}

func highWaterMark(process string) int64 {
	status, err := os.ReadFile(filepath.Join(process, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
			return kilobytes * 1024
		}
	}
	return 0
}

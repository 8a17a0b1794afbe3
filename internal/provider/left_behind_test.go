// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// A provider ignores SIGTERM while its Terraform exists, which stops it. A provider that a killed Terraform
// has left behind can be ended.
func TestProvider_leftBehind(t *testing.T) {
	t.Parallel()
	dir, err := providertest.BuiltProvider()
	if err != nil {
		t.Fatal(err)
	}
	// The shell stands for Terraform, and ends with its input.
	parent := exec.CommandContext(t.Context(), "/bin/sh", "-c", `"$0" & echo $!; read -r _`, filepath.Join(dir, "terraform-provider-altegio"))
	parent.Env = append(os.Environ(), "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", "PLUGIN_PROTOCOL_VERSIONS=6")
	input, err := parent.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	// The provider keeps this open until it ends. Wait would close it.
	output, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close() //nolint:errcheck // it is only read
	parent.Stdout = theirs
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirs.Close()
	lines := bufio.NewReader(output)
	first, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	if ready, err := lines.ReadString('\n'); err != nil || !strings.Contains(ready, "|grpc|") {
		t.Fatalf("the provider says %q, %v", ready, err)
	}
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(ended)
	}()
	terminate := func() {
		t.Helper()
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
	}

	terminate()
	select {
	case <-ended:
		t.Fatal("the provider ends while its Terraform is there")
	case <-time.After(time.Second):
	}
	_ = input.Close()
	_ = parent.Wait()
	terminate()
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Error("the provider outlives its Terraform and cannot be ended")
	}
}

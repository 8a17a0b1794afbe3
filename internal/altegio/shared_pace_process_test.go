// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
)

const lockHolderVariable = "ALTEGIO_TEST_LOCK_HOLDER"

// runAsLockHolder locks a file until the process is killed.
func runAsLockHolder() {
	file := os.Getenv(lockHolderVariable)
	if file == "" {
		return
	}
	fmt.Println(flock.New(file).TryLock())
	time.Sleep(time.Hour)
}

// A lock is gone with the process that held it. Until then, others do not wait for it for long.
func TestSharedPacer_KilledWithTheLock(t *testing.T) {
	t.Parallel()
	pacers, said, file := sharedPacers(t, 1, 5, 200)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	holder := exec.CommandContext(t.Context(), os.Args[0]) //nolint:gosec // itself
	holder.Env = append(os.Environ(), lockHolderVariable+"="+file)
	output, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(output).ReadString('\n')
	if want := "true <nil>\n"; err != nil || line != want {
		t.Fatalf("it says %q, %v, want %q", line, err, want)
	}
	inVirtualTime(t, func(t *testing.T) { send(t, pacers[0], 30, 10, none, none) })
	said.only(t, "another process does not let go of it")

	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = holder.Wait() // it was killed
	next := &problems{}
	p := next.sharedPacer(filepath.Dir(file), 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		send(t, p, 30, 10, none, none)
		synctest.Wait()
	})
	next.only(t, "")
	if l := readLog(t, file); len(l.sent)+len(l.underway) != 30 {
		t.Errorf("the file has %d requests and %d underway, want 30", len(l.sent), len(l.underway))
	}
}

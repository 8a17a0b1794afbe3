// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A usage is the usage of the provider's processes: Terraform starts one for each phase of a command.
type usage struct {
	cpu    time.Duration // sum
	memory int64         // highest resident memory of one of them, in bytes
}

// watch observes a process, and those of its children that run a program, until the returned function is
// called. That returns the highest resident memory of the process itself, and the usage of the children.
// Without /proc it sees nothing.
func watch(parent int, program string) (stop func() (memory int64, children usage)) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	var memory int64
	seen := make(map[string]usage) // by process
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
			// The system's figure at the end is the maximum of the process and its children.
			memory = max(memory, highWaterMark(filepath.Join("/proc", strconv.Itoa(parent))))
			for _, pid := range children(parent) {
				process := filepath.Join("/proc", pid)
				// A child that has not started the program yet still looks like its parent.
				if exe, err := os.Readlink(filepath.Join(process, "exe")); err == nil && exe == program {
					seen[pid] = usage{max(seen[pid].cpu, cpuTime(process)), max(seen[pid].memory, highWaterMark(process))}
				}
			}
		}
	})
	return func() (int64, usage) {
		close(done)
		wg.Wait()
		var all usage
		for _, u := range seen {
			all.cpu += u.cpu
			all.memory = max(all.memory, u.memory)
		}
		return memory, all
	}
}

func children(parent int) (pids []string) {
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	for _, list := range lists {
		text, _ := os.ReadFile(list) // a thread that has ended has no such file
		pids = append(pids, strings.Fields(string(text))...)
	}
	return pids
}

// cpuTime returns the sum of the threads' times: the time of the process itself is in hundredths of a
// second.
func cpuTime(process string) (total time.Duration) {
	threads, _ := filepath.Glob(filepath.Join(process, "task", "*", "schedstat"))
	for _, thread := range threads {
		text, _ := os.ReadFile(thread)
		onCPU, _, _ := strings.Cut(string(text), " ")
		nanoseconds, _ := strconv.ParseInt(onCPU, 10, 64)
		total += time.Duration(nanoseconds)
	}
	return total
}

func highWaterMark(process string) int64 {
	status, err := os.ReadFile(filepath.Join(process, "status"))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kilobytes, _ := strconv.ParseInt(fields[1], 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
)

// A cost is the result of a Go benchmark of the client or the provider, for one call.
type cost struct {
	benchmark, nanoseconds, bytes, allocations string
}

var benchmarkLine = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+\d+\s+([\d.]+) ns/op\s+(\d+) B/op\s+(\d+) allocs/op$`)

func readCosts(output string) (costs []cost) {
	for _, m := range benchmarkLine.FindAllStringSubmatch(output, -1) {
		costs = append(costs, cost{m[1], m[2], m[3], m[4]})
	}
	return costs
}

func clientCosts(ctx context.Context) ([]cost, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-p", "1",
		module+"/internal/altegio", module+"/internal/provider", "-run", "^$", "-bench", ".", "-benchmem")
	output, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test: %w\n%s", err, output)
	}
	return readCosts(string(output)), nil
}

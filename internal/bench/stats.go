// SPDX-License-Identifier: MPL-2.0

package main

import (
	"maps"
	"slices"
	"time"
)

// The commands that are measured.
const (
	create  = "create"
	plan    = "plan" // without changes
	destroy = "destroy"
)

var commands = []string{create, plan, destroy}

// A key says what was measured.
type key struct {
	subject subject
	n       int // channels
	command string
}

// A sample is one command of Terraform, measured.
type sample struct {
	cpu      time.Duration // of Terraform and its providers
	wall     time.Duration
	memory   int64 // peak of Terraform, in bytes
	provider usage
	requests map[string]int // by operation
}

func (s sample) total() (n int) {
	for _, count := range s.requests {
		n += count
	}
	return n
}

// sends reports whether these are the requests: so many of each operation, not counting the listings that
// check a plan.
func (s sample) sends(want map[string]int, channels int) bool {
	got := maps.Clone(s.requests)
	if got["locations"] > 2*((channels+999)/1000+2) {
		return false
	}
	delete(got, "locations")
	maps.DeleteFunc(got, func(_ string, n int) bool { return n == 0 })
	return maps.Equal(got, want)
}

// The figures of a sample. Memory is in bytes, the rest in seconds.
type metric func(sample) float64

var (
	cpu            metric = func(s sample) float64 { return s.cpu.Seconds() }
	wall           metric = func(s sample) float64 { return s.wall.Seconds() }
	memory         metric = func(s sample) float64 { return float64(s.memory) }
	providerCPU    metric = func(s sample) float64 { return s.provider.cpu.Seconds() }
	providerMemory metric = func(s sample) float64 { return float64(s.provider.memory) }
)

// results holds the samples of each measurement.
type results map[key][]sample

func (r results) median(k key, of metric) float64 {
	values := make([]float64, 0, len(r[k]))
	for _, s := range r[k] {
		values = append(values, of(s))
	}
	return median(values)
}

// ratio returns the ratio of the medians of two subjects, for the same command and number of channels.
func (r results) ratio(k key, to subject, of metric) float64 {
	floor := k
	floor.subject = to
	return r.median(k, of) / r.median(floor, of)
}

// requests returns the requests of the run that sent the most, because a goal applies to every run.
func (r results) requests(k key) sample {
	return slices.MaxFunc(r[k], func(a, b sample) int { return a.total() - b.total() })
}

// median returns 0 for no values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	values = slices.Sorted(slices.Values(values))
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"math"
	"strconv"
)

// The goals of the provider.
const (
	maxCPU            = 1.15 // ratio to the floor
	maxWriteCPU       = 1.30 // the same for a create and a destroy, see channelGoals
	maxFleetRequests  = 12   // for a plan of 10,000 channels
	fewSingles        = 100  // single channels, whose plan takes more CPU than that of a fleet of any size
	maxProviderMemory = 100 << 20
	maxSlowness       = 1.05 // ratio to the time that the limits allow
	minUtilisation    = 0.97 // share of the limits that runs on one machine use
	minApart          = 0.90 // share of the limits that runs on several machines use
	maxUnfair         = 1.10 // time of the slowest run on one machine, as a ratio to the mean
	maxSharedCPU      = 1.02 // CPU of a request with the file that runs share, as a ratio to one without
)

// A goal is a goal and its result.
type goal struct {
	text     string
	measured string
	met      bool
	// outOfReach says that Terraform without a provider misses the goal, so no provider could meet it.
	outOfReach bool
}

func (g goal) String() string {
	mark := "met"
	switch {
	case g.met:
	case g.outOfReach:
		mark = "**missed**, as by Terraform without a provider"
	default:
		mark = "**missed**"
	}
	return fmt.Sprintf("- %s: %s, %s\n", g.text, g.measured, mark)
}

func (r report) startGoals() []goal {
	start := r.results.ratio(key{single, 0, plan}, floor, cpu)
	return []goal{{
		text:     fmt.Sprintf("CPU before the first request within %.2f of the floor", maxCPU),
		measured: fmt.Sprintf("%.2f", start),
		met:      start <= maxCPU,
	}}
}

// channelGoals allow creates and destroys more than plans: the floor sends no requests, and has no notes in
// its private state, which Terraform writes for all channels after each change.
func (r report) channelGoals() []goal {
	worst, worstWrite, exact := 0.0, 0.0, true
	for _, n := range r.options.channels {
		for _, command := range commands {
			k := key{single, n, command}
			if ratio := r.results.ratio(k, floor, cpu); command == plan {
				worst = max(worst, ratio)
			} else {
				worstWrite = max(worstWrite, ratio)
			}
			want := map[string]int{"update_channel": n}
			switch command { // each channel has its own location, whose installation is read
			case create:
				want["installation"] = n
			case plan:
				want = map[string]int{"installation": n}
			}
			exact = exact && r.results.requests(k).sends(want, n)
		}
	}
	return []goal{
		{
			text:     fmt.Sprintf("CPU of a plan within %.2f of the floor, for every number", maxCPU),
			measured: fmt.Sprintf("%.2f at most", worst),
			met:      worst <= maxCPU,
		},
		{
			text:     fmt.Sprintf("CPU of a create and a destroy within %.2f of the floor, for every number", maxWriteCPU),
			measured: fmt.Sprintf("%.2f at most", worstWrite),
			met:      worstWrite <= maxWriteCPU,
		},
		{
			text:     "a request for each channel to create and to destroy, one for each location to create and to plan, and listings",
			measured: yes(exact),
			met:      exact,
		},
	}
}

func (r report) fleetGoals() []goal {
	sizes := r.options.fleets
	smallest, largest := sizes[0], sizes[len(sizes)-1]
	planned := key{fleet, largest, plan}
	requests := r.results.requests(planned).total()
	singles := r.results.median(key{single, fewSingles, plan}, cpu)
	fleetCPU := r.results.median(planned, cpu) / singles
	floorCPU := r.results.median(key{floorFleet, largest, plan}, cpu) / singles
	dataCPU := r.results.median(key{dataFleet, largest, plan}, cpu) / singles
	mostMemory, exact, rise := 0.0, true, 0.0
	for _, n := range sizes {
		for _, command := range commands {
			k := key{fleet, n, command}
			mostMemory = max(mostMemory, r.results.median(k, providerMemory))
			rise = max(rise, r.perChannel(k, smallest))
			if command != plan {
				exact = exact && r.results.requests(k).sends(map[string]int{"update_channel": n}, n)
			}
		}
	}
	return []goal{
		{
			text:     fmt.Sprintf("at most %d requests to plan %d channels without changes", maxFleetRequests, largest),
			measured: strconv.Itoa(requests),
			met:      requests <= maxFleetRequests,
		},
		{
			text: fmt.Sprintf("less CPU for that than for a plan of %d single ones", fewSingles),
			measured: fmt.Sprintf("%.2f of it, where a provider that does nothing takes %.2f, and `terraform_data` with the same map %.2f",
				fleetCPU, floorCPU, dataCPU),
			met:        fleetCPU < 1,
			outOfReach: dataCPU >= 1,
		},
		{
			text:     fmt.Sprintf("less than %d MB for the provider", maxProviderMemory>>20),
			measured: megabytes(mostMemory),
			met:      mostMemory < maxProviderMemory,
		},
		{
			text:     "as many requests as channels to create and to destroy, and listings",
			measured: yes(exact),
			met:      exact,
		},
		{
			text:     fmt.Sprintf("CPU for each channel does not rise from %d to %d", smallest, largest),
			measured: fmt.Sprintf("%.2f of it at most", rise),
			met:      rise <= 1.05,
		},
	}
}

// perChannel returns the CPU per channel, as a ratio to that of a smaller number of channels.
func (r report) perChannel(k key, smaller int) float64 {
	small := k
	small.n = smaller
	return (r.results.median(k, cpu) / float64(k.n)) / (r.results.median(small, cpu) / float64(smaller))
}

func (r report) limitGoals() (goals []goal) {
	for _, o := range r.outcomes {
		used := 1 / o.slowness()
		utilisation := fmt.Sprintf("%.1f %%", math.Floor(1000*used)/10)
		switch {
		case o.apart: // plan and apply of one run know nothing of each other either
			goals = append(goals, goal{
				text:     fmt.Sprintf("no failure, and at least %.0f %% of the limits used, by %s", 100*minApart, o.what()),
				measured: "none, and " + utilisation,
				met:      o.set == o.channels() && used >= minApart,
			})
		case o.runs == 1:
			goals = append(goals, goal{
				text:     fmt.Sprintf("no 429, and no more than %.2f of the time that the limits allow, for %d channels of %s", maxSlowness, o.each, o.name()),
				measured: fmt.Sprintf("%d and %.3f", o.refused, o.slowness()),
				met:      o.refused == 0 && o.slowness() <= maxSlowness,
			})
		default:
			goals = append(goals, goal{
				text: fmt.Sprintf("no 429, no failure, at least %.0f %% of the limits used, and none more than %.2f times slower than the mean, by %d runs on one machine",
					100*minUtilisation, maxUnfair, o.runs),
				measured: fmt.Sprintf("%d, none, %s, and %.2f", o.refused, utilisation, o.slowest),
				met:      o.refused == 0 && o.set == o.channels() && used >= minUtilisation && o.slowest <= maxUnfair,
			})
		}
	}
	if shared := r.sharedCPU(); shared > 0 {
		goals = append(goals, goal{
			text:     fmt.Sprintf("CPU for a request within %.2f of what it takes without the file that runs share", maxSharedCPU),
			measured: fmt.Sprintf("%.3f", shared),
			met:      shared <= maxSharedCPU,
		})
	}
	return goals
}

// sharedCPU returns the CPU of a request of a single run, as a ratio to one without the file; 0 if not
// measured.
func (r report) sharedCPU() float64 {
	var with, without float64
	for _, o := range r.outcomes {
		switch {
		case o.subject != single:
		case o.apart:
			without = o.cpuPerRequest()
		default:
			with = o.cpuPerRequest()
		}
	}
	if without == 0 {
		return 0
	}
	return with / without
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

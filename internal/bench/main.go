// SPDX-License-Identifier: MPL-2.0

// Command bench measures the provider with a real Terraform against the fake Altegio, in turn with a
// provider that does nothing (nullprovider), and writes the results into its README.md and chart.svg. CPU
// and wall time are ratios to that floor, because absolute times say more about a machine than about a
// provider. It fails if a goal is missed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The parts that can be chosen.
const (
	partStart    = "start"
	partChannels = "channels"
	partFleets   = "fleets"
	partLimits   = "limits"
	partClient   = "client"
)

var parts = []string{partStart, partChannels, partFleets, partLimits, partClient}

// options are the options of the command line.
type options struct {
	only          []string
	channels      []int // sizes of the part channels
	fleets        []int // sizes of the part fleets
	compare       int   // number of instances to compare with a fleet of that size
	limited       int   // channels of the fleet for the part limits
	runs          int
	readme, chart string
}

func (o options) has(part string) bool { return slices.Contains(o.only, part) }

func main() {
	o, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	if err == nil {
		err = run(ctx, o)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", strings.Join(parts, ","), "`parts` to measure, separated by commas")
	channels := flags.String("channels", "10,100,1000", "`numbers` of channels that are managed one by one")
	fleets := flags.String("fleets", "100,1000,10000", "`numbers` of channels that are managed as one resource")
	flags.IntVar(&o.compare, "compare", 1000, "`number` of channels at which all ways to manage them are compared")
	flags.IntVar(&o.limited, "limited", 10000, "`number` of channels of the fleet that is created within limits")
	flags.IntVar(&o.runs, "runs", 3, "`runs` of each measurement; the median counts")
	flags.StringVar(&o.readme, "readme", "internal/bench/README.md", "`file` to write the tables into; empty for none")
	flags.StringVar(&o.chart, "chart", "internal/bench/chart.svg", "`file` to write the chart to; empty for none")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if o.only = strings.Split(*only, ","); slices.ContainsFunc(o.only, func(p string) bool { return !slices.Contains(parts, p) }) {
		return o, fmt.Errorf("-only: %q: the parts are %s", *only, strings.Join(parts, ", "))
	}
	if o.channels, err = numbers(*channels); err != nil {
		return o, fmt.Errorf("-channels: %w", err)
	}
	if o.fleets, err = numbers(*fleets); err != nil {
		return o, fmt.Errorf("-fleets: %w", err)
	}
	if o.runs < 1 || o.compare < 1 || o.limited < 1 {
		return o, errors.New("-runs, -compare and -limited must be positive")
	}
	return o, nil
}

func numbers(text string) (list []int, err error) {
	for _, s := range strings.Split(text, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is not a number of channels", s)
		}
		list = append(list, n)
	}
	slices.Sort(list)
	return list, nil
}

func run(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "altegio-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if dir, err = filepath.EvalSymlinks(dir); err != nil { // /proc has none
		return err
	}
	l, err := newLab(ctx, dir)
	if err != nil {
		return err
	}
	r := report{options: o, about: l.about(ctx), date: time.Now().Format(time.DateOnly)}
	if r.results, err = l.measureAll(ctx, o); err != nil {
		return err
	}
	// What was measured is published even if something after it fails.
	failed := func(part string, err error) error {
		r.options.only = slices.DeleteFunc(slices.Clone(r.options.only), func(p string) bool { return p == part })
		return fmt.Errorf("%s: %w", part, err)
	}
	var errs error
	if o.has(partLimits) {
		fmt.Fprintln(os.Stderr, "runs against limits")
		if r.outcomes, err = l.races(ctx, o.races()); err != nil {
			errs = errors.Join(errs, failed(partLimits, err))
		}
	}
	if o.has(partClient) {
		fmt.Fprintln(os.Stderr, "the client")
		if r.costs, err = clientCosts(ctx); err != nil {
			errs = errors.Join(errs, failed(partClient, err))
		}
	}
	return errors.Join(errs, r.publish())
}

// measurements returns what the chosen parts need, by the number of channels.
func (o options) measurements() map[int][]subject {
	list := make(map[int][]subject)
	add := func(n int, subjects ...subject) {
		for _, s := range subjects {
			if !slices.Contains(list[n], s) {
				list[n] = append(list[n], s)
			}
		}
	}
	if o.has(partStart) {
		add(0, single, floor)
	}
	if o.has(partChannels) {
		for _, n := range o.channels {
			add(n, single, floor)
		}
	}
	if o.has(partFleets) {
		for _, n := range o.fleets {
			add(n, fleet, floorFleet, dataFleet)
		}
		add(fewSingles, single)
		add(o.compare, single, listing, floor, data, fleet, floorFleet, dataFleet)
	}
	return list
}

// Short commands are measured more often, because chance is a larger part of their time.
const (
	fewChannels  = 100
	repeatsOfFew = 5
)

func (l *lab) measureAll(ctx context.Context, o options) (results, error) {
	r := make(results)
	list := o.measurements()
	for _, n := range slices.Sorted(maps.Keys(list)) {
		runs := o.runs
		if n <= fewChannels {
			runs *= repeatsOfFew
		}
		for i := range runs {
			// In turn, so that a machine that slows down affects all.
			for _, s := range list[n] {
				fmt.Fprintf(os.Stderr, "%d of %s, run %d of %d\n", n, s, i+1, runs)
				samples, err := l.measure(ctx, s, n)
				if err != nil {
					return nil, fmt.Errorf("%d of %s: %w", n, s, err)
				}
				for command, measured := range samples {
					k := key{s, n, command}
					r[k] = append(r[k], measured)
				}
			}
		}
	}
	return r, nil
}

// races returns the races: single runs with and without the shared file, a fleet at ten times the
// documented limits, and runs that share an address: in one apply, on one machine, and on several.
func (o options) races() []race {
	documented, tenfold := limits{5, 200}, limits{50, 2000}
	each := min(140, o.limited)
	return []race{
		{subject: single, runs: 1, each: min(300, o.limited), limits: documented, repeats: o.runs},
		{subject: single, runs: 1, each: min(300, o.limited), limits: documented, repeats: o.runs, apart: true},
		{subject: fleet, runs: 1, each: o.limited, limits: tenfold},
		{subject: aliases, runs: 1, each: min(300, o.limited), limits: documented},
		// Long enough that the end, when some runs have finished, does not matter much.
		{subject: fleet, runs: 8, each: each, limits: documented},
		{subject: fleet, runs: 8, each: each, limits: documented, apart: true},
	}
}

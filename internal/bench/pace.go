// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A race is a number of runs at once against one fake that enforces limits; each run creates a number of
// channels. Provider and fake have the same limits.
type race struct {
	subject subject
	runs    int
	each    int // channels of one run
	limits  limits
	apart   bool // the runs do not share a pace, as on different machines
	repeats int  // number of repetitions, one after the other
}

func (r race) name() string {
	name := "`" + string(r.subject) + "`"
	if r.apart {
		name += ", each for itself"
	}
	return name
}

func (r race) what() string { return fmt.Sprintf("%d x %d %s", r.runs, r.each, r.name()) }

func (r race) channels() int { return r.runs * r.each }

// An outcome is the result of a race.
type outcome struct {
	race
	accepted int
	set      int           // channels, by accepted requests
	refused  int           // with 429
	took     time.Duration // from the first accepted request to the last
	slowest  float64       // the time of the slowest run, as a ratio to the mean
	cpu      time.Duration // of all runs, Terraform included
}

// cpuPerRequest is in seconds.
func (o outcome) cpuPerRequest() float64 { return o.cpu.Seconds() / float64(max(o.accepted, 1)) }

// slowness returns the time as a ratio to the shortest time that the limits allow.
func (o outcome) slowness() float64 {
	return o.took.Seconds() / shortest(o.accepted, o.limits).Seconds()
}

// shortest returns the shortest time from the first to the last of n requests, if no one-second or
// one-minute window contains more than the limit.
func shortest(n int, l limits) time.Duration {
	if n == 0 {
		return 0
	}
	at := make([]time.Duration, n)
	for i := range at {
		if i >= l.perSecond {
			at[i] = max(at[i], at[i-l.perSecond]+time.Second)
		}
		if i >= l.perMinute {
			at[i] = max(at[i], at[i-l.perMinute]+time.Minute)
		}
	}
	return at[n-1]
}

// race runs all applies at once. It fails if one of them fails.
func (l *lab) race(ctx context.Context, r race) (outcome, error) {
	fake := newFake(altegiotest.WithLimits(altegiotest.Limits{
		PerSecond: r.limits.perSecond, PerMinute: r.limits.perMinute,
	}))
	defer fake.Close()
	type finish struct {
		sample
		err error
	}
	finishes := make(chan finish, r.runs)
	for range r.runs {
		w, err := l.workspace(r.subject, fake, fake.AddLocations(r.each, application), r.limits)
		if err != nil {
			return outcome{}, err
		}
		if r.apart {
			w.env = append(slices.Clone(w.env), "ALTEGIO_SHARED_PACE=off")
		}
		go func() {
			s, err := w.run(ctx, create, false)
			finishes <- finish{s, err}
		}()
	}
	var samples []sample
	var failed error
	for range r.runs {
		f := <-finishes
		samples, failed = append(samples, f.sample), cmp.Or(f.err, failed)
	}
	if failed != nil {
		return outcome{}, failed
	}
	o, err := judge(r, fake.Requests())
	o.slowest, o.cpu = compare(samples)
	return o, err
}

// compare returns the time of the slowest sample as a ratio to the mean, and the CPU of all.
func compare(samples []sample) (slowest float64, cpu time.Duration) {
	var all, longest time.Duration
	for _, s := range samples {
		all += s.wall
		longest = max(longest, s.wall)
		cpu += s.cpu
	}
	return longest.Seconds() * float64(len(samples)) / all.Seconds(), cpu
}

// repeat runs a race as often as it says. It returns the worst result, and the median of the CPU.
func (l *lab) repeat(ctx context.Context, r race) (worst outcome, err error) {
	var cpus []float64
	for range max(r.repeats, 1) {
		o, err := l.race(ctx, r)
		if err != nil {
			return o, err
		}
		cpus = append(cpus, float64(o.cpu))
		if o.took > worst.took {
			worst.accepted, worst.set, worst.took = o.accepted, o.set, o.took
		}
		worst.refused, worst.slowest = max(worst.refused, o.refused), max(worst.slowest, o.slowest)
	}
	worst.race, worst.cpu = r, time.Duration(median(cpus))
	return worst, nil
}

// judge evaluates the requests that the fake received.
func judge(r race, requests []altegiotest.Request) (outcome, error) {
	o := outcome{race: r}
	var first, last time.Time
	for _, request := range requests {
		switch code := request.StatusCode; {
		case code == http.StatusTooManyRequests:
			o.refused++
			continue
		case code == http.StatusOK:
		case code == http.StatusUnprocessableEntity && request.Operation == altegiotest.OpLocations:
			// The client asks for page 0 too, which a fake that counts from 1 refuses.
		default:
			return o, fmt.Errorf("%s was answered %d", request.Operation, request.StatusCode)
		}
		if o.accepted == 0 {
			first = request.At
		}
		o.accepted++
		if request.Operation == altegiotest.OpUpdateChannel {
			o.set++
		}
		last = request.At
	}
	o.took = last.Sub(first)
	return o, nil
}

const startsApart = 20 * time.Second

// races runs several races at once, because they wait most of the time.
func (l *lab) races(ctx context.Context, list []race) ([]outcome, error) {
	outcomes, errs := make([]outcome, len(list)), make([]error, len(list))
	var wg sync.WaitGroup
	for i, r := range list {
		wg.Go(func() {
			// Starting takes much CPU, which the others would lack.
			time.Sleep(time.Duration(i) * startsApart)
			outcomes[i], errs[i] = l.repeat(ctx, r)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%d x %d of %s: %w", list[i].runs, list[i].each, list[i].subject, err)
		}
	}
	return outcomes, nil
}

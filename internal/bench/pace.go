// SPDX-License-Identifier: MPL-2.0

package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A race is a number of runs at once, each of which creates a number of channels, against one fake
// that enforces limits. Provider and fake have the same.
type race struct {
	subject subject
	runs    int
	each    int // channels of one run
	limits  limits
}

func (r race) channels() int { return r.runs * r.each }

// An outcome is what became of a race.
type outcome struct {
	race
	accepted int
	refused  int           // with 429
	took     time.Duration // from the first request that was let in to the last
}

// slowness is how much longer it took than the limits allow.
func (o outcome) slowness() float64 {
	return o.took.Seconds() / shortest(o.accepted, o.limits).Seconds()
}

// shortest is the least time between the first and the last of n requests, if no second and no
// minute, wherever they are taken to begin, may see more requests than the limits.
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

// race has all runs apply at once. It fails when one of them does.
func (l *lab) race(ctx context.Context, r race) (outcome, error) {
	fake := altegiotest.NewServer(altegiotest.WithLimits(altegiotest.Limits{
		PerSecond: r.limits.perSecond, PerMinute: r.limits.perMinute,
	}))
	defer fake.Close()
	errs := make(chan error, r.runs)
	for range r.runs {
		w, err := l.workspace(r.subject, fake, fake.AddLocations(r.each, application), r.limits)
		if err != nil {
			return outcome{}, err
		}
		go func() {
			_, err := w.run(ctx, create)
			errs <- err
		}()
	}
	var failed error
	for range r.runs {
		if err := <-errs; err != nil {
			failed = err
		}
	}
	if failed != nil {
		return outcome{}, failed
	}
	return judge(r, fake.Requests())
}

// judge reads what the fake wrote down.
func judge(r race, requests []altegiotest.Request) (outcome, error) {
	o := outcome{race: r}
	var first, last time.Time
	for _, request := range requests {
		switch request.StatusCode {
		case http.StatusTooManyRequests:
			o.refused++
			continue
		case http.StatusOK:
		default:
			return o, fmt.Errorf("%s was answered %d", request.Operation, request.StatusCode)
		}
		if o.accepted == 0 {
			first = request.At
		}
		o.accepted++
		last = request.At
	}
	o.took = last.Sub(first)
	return o, nil
}

// races runs several at once: they wait most of the time.
func (l *lab) races(ctx context.Context, list []race) ([]outcome, error) {
	outcomes, errs := make([]outcome, len(list)), make([]error, len(list))
	var wg sync.WaitGroup
	for i, r := range list {
		wg.Go(func() { outcomes[i], errs[i] = l.race(ctx, r) })
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%d x %d of %s: %w", list[i].runs, list[i].each, list[i].subject, err)
		}
	}
	return outcomes, nil
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"slices"
	"testing"
	"time"
)

// A rule is one way in which servers count a limit. They count accepted requests. Times do not go back.
type rule interface {
	ok(at time.Time) bool
	count(at time.Time)
}

// slidingWindow allows limit requests in any interval of length period.
type slidingWindow struct {
	limit  int
	period time.Duration
	log    []time.Time
}

func (w *slidingWindow) ok(at time.Time) bool {
	return len(w.log) < w.limit || at.Sub(w.log[len(w.log)-w.limit]) >= w.period
}
func (w *slidingWindow) count(at time.Time) { w.log = append(w.log, at) }

// fixedWindow starts to count again every period, first after offset.
type fixedWindow struct {
	limit          int
	period, offset time.Duration
	n              int
	index          int64
}

func (w *fixedWindow) at(at time.Time) int64 {
	return (at.UnixNano() + int64(w.offset)) / int64(w.period)
}
func (w *fixedWindow) ok(at time.Time) bool { return w.at(at) != w.index || w.n < w.limit }
func (w *fixedWindow) count(at time.Time) {
	if index := w.at(at); index != w.index {
		w.index, w.n = index, 0
	}
	w.n++
}

// bucket holds up to limit tokens and gets limit of them per period.
type bucket struct {
	limit  int
	period time.Duration
	tokens float64
	last   time.Time
}

func (b *bucket) at(at time.Time) float64 {
	if b.last.IsZero() {
		return float64(b.limit)
	}
	return min(float64(b.limit), b.tokens+float64(b.limit)*float64(at.Sub(b.last))/float64(b.period))
}
func (b *bucket) ok(at time.Time) bool { return b.at(at) >= 1-1e-9 }
func (b *bucket) count(at time.Time)   { b.tokens, b.last = max(0, b.at(at)-1), at }

// both is a server that counts by several rules at once.
type both []rule

func (b both) ok(at time.Time) bool {
	for _, r := range b {
		if !r.ok(at) {
			return false
		}
	}
	return true
}

func (b both) count(at time.Time) {
	for _, r := range b {
		r.count(at)
	}
}

func (b both) admit(at time.Time) bool {
	ok := b.ok(at)
	if ok {
		b.count(at)
	}
	return ok
}

// documentedLimits are 5 a second and 200 a minute in each reading.
func documentedLimits() map[string]func() both {
	return map[string]func() both{
		"sliding": func() both {
			return both{&slidingWindow{limit: 5, period: time.Second}, &slidingWindow{limit: 200, period: time.Minute}}
		},
		"bucket": func() both {
			return both{&bucket{limit: 5, period: time.Second}, &bucket{limit: 200, period: time.Minute}}
		},
		"fixed": func() both {
			return both{&fixedWindow{limit: 5, period: time.Second}, &fixedWindow{limit: 200, period: time.Minute}}
		},
	}
}

// checkLimits fails the test when any reading of the limits would have refused an arrival.
func checkLimits(t testing.TB, arrivals []time.Time, perSecond, perMinute int) {
	t.Helper()
	arrivals = slices.Clone(arrivals)
	slices.SortFunc(arrivals, time.Time.Compare)
	rules := map[string]rule{}
	for limit, period := range map[int]time.Duration{perSecond: time.Second, -perMinute: time.Minute} {
		limit = max(limit, -limit)
		if limit == 0 {
			continue
		}
		rules["sliding "+period.String()] = &slidingWindow{limit: limit, period: period}
		rules["bucket "+period.String()] = &bucket{limit: limit, period: period}
		for i := range 20 {
			offset := period * time.Duration(i) / 20
			rules["fixed "+period.String()+" at "+offset.String()] = &fixedWindow{limit: limit, period: period, offset: offset}
		}
	}
	for name, r := range rules {
		for i, at := range arrivals {
			if !r.ok(at) {
				t.Errorf("%s: request %d of %d, %s after the first, is one too many", name, i+1, len(arrivals), at.Sub(arrivals[0]))
				break
			}
			r.count(at)
		}
	}
}

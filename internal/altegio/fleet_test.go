// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A fleet is a number of processes behind one IP address that do not know about each other, and a server
// that counts accepted requests.
type fleet struct {
	processes, requests, workers int
	server                       func() both
	// pacer returns the Pacer of each process; nil for the documented limits.
	pacer func() *Pacer
	// retryAfter is the header of an answer 429; nil sends none.
	retryAfter func(server both, now time.Time) string
	// countRefused makes the server count refused requests too.
	countRefused bool
}

type fleetResult struct {
	failed   []error
	first    time.Time // when the first was let in
	took     time.Duration
	accepted int
	rejected int
	// most is how often a single request was answered 429.
	most int
}

func (f fleet) run(t *testing.T) (result fleetResult) {
	t.Helper()
	var mu sync.Mutex
	server := f.server()
	var last time.Time
	p := newPipeNet(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		time.Sleep(rand.N(20 * time.Millisecond)) // the way there
		mu.Lock()
		ok := server.admit(time.Now())
		header := ""
		if ok {
			result.accepted++
			last = time.Now()
			if result.first.IsZero() {
				result.first = last
			}
		} else {
			result.rejected++
			if f.countRefused {
				server.count(time.Now())
			}
			if f.retryAfter != nil {
				header = f.retryAfter(server, time.Now())
			}
		}
		mu.Unlock()
		time.Sleep(50*time.Millisecond + rand.N(100*time.Millisecond))
		if ok {
			answer(200, updated)(w, r)
			return
		}
		if header != "" {
			w.Header().Set("Retry-After", header)
		}
		answer(429, `{"success":false,"meta":{"message":"Too many requests"}}`)(w, r)
	}))
	var wg sync.WaitGroup
	for range f.processes {
		counts := &limitedCounter{byPath: map[string]int{}}
		options := []Option{WithObserver(counts)}
		if f.pacer != nil {
			options = append(options, WithPacer(f.pacer()))
		}
		c := p.client(t, options...)
		jobs := make(chan int, f.requests)
		for i := range f.requests {
			jobs <- i
		}
		close(jobs)
		// Runs do not begin in the same millisecond.
		start := rand.N(10 * time.Second)
		for range f.workers {
			wg.Go(func() {
				time.Sleep(start)
				for i := range jobs {
					_, err := c.do(t.Context(), request{
						operation: "op", method: http.MethodPost, base: c.apiURL, path: fmt.Sprint("/", i), body: struct{}{}, repeatable: true,
					})
					if err != nil {
						mu.Lock()
						result.failed = append(result.failed, err)
						mu.Unlock()
					}
				}
			})
		}
		defer func() {
			for _, n := range counts.byPath {
				result.most = max(result.most, n)
			}
		}()
	}
	wg.Wait()
	result.took = last.Sub(result.first)
	return result
}

type limitedCounter struct {
	noObserver
	mu     sync.Mutex
	byPath map[string]int
}

func (l *limitedCounter) Done(_ context.Context, e ResponseEvent) {
	if e.StatusCode == http.StatusTooManyRequests {
		l.mu.Lock()
		l.byPath[e.Path]++
		l.mu.Unlock()
	}
}

// optimum returns how long a single sender takes that knows the server's counts.
func optimum(began time.Time, n int, server both) time.Duration {
	now := began
	for range n {
		for !server.admit(now) {
			now = now.Add(time.Millisecond)
		}
	}
	return now.Sub(began)
}

// honest says in how many seconds a request would be let in.
func honest(server both, now time.Time) string {
	for s := 1; ; s++ {
		if server.ok(now.Add(time.Duration(s) * time.Second)) {
			return strconv.Itoa(s)
		}
	}
}

// Some runs behind one address, a server without a Retry-After and with several: nothing fails, and
// many runs use what the limits allow.
func TestFleet(t *testing.T) {
	t.Parallel()
	repeats := 2
	fleets := []fleet{
		{processes: 4, requests: 100, workers: 10},
		{processes: 8, requests: 250, workers: 10},
		{processes: 24, requests: 60, workers: 10},
	}
	if testing.Short() || raceDetector {
		repeats, fleets = 1, fleets[:1]
	}
	for reading, server := range documentedLimits() {
		for _, h := range []struct {
			name       string
			retryAfter func(both, time.Time) string
		}{
			{"no Retry-After", nil},
			{"honest Retry-After", honest},
			{"Retry-After of a second", func(both, time.Time) string { return "1" }},
		} {
			for _, f := range fleets {
				f.server, f.retryAfter = server, h.retryAfter
				t.Run(fmt.Sprintf("%d runs, %s, %s", f.processes, reading, h.name), func(t *testing.T) {
					t.Parallel()
					for range repeats {
						synctest.Test(t, func(t *testing.T) {
							result := f.run(t)
							total := f.processes * f.requests
							if len(result.failed) > 0 || result.accepted != total {
								t.Errorf("%d of %d requests failed, the first with %v", len(result.failed), total, result.failed[0])
							}
							best := optimum(result.first, total, server())
							utilisation := 100 * float64(best) / float64(result.took)
							t.Logf("%s, the optimum %s: %.1f %%; %d answers 429, at most %d for a request",
								result.took.Round(time.Second), best.Round(time.Second), utilisation, result.rejected, result.most)
							if f.processes == 8 && utilisation < 90 {
								t.Errorf("the fleet used %.1f %% of what the limits allow, want 90 %%", utilisation)
							}
						})
					}
				})
			}
		}
	}
}

// A server that counts refused requests too is slower, but nothing fails.
func TestFleet_RefusalsCount(t *testing.T) {
	t.Parallel()
	for reading, server := range documentedLimits() {
		t.Run(reading, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := fleet{processes: 4, requests: 100, workers: 10, server: server, countRefused: true}
				result := f.run(t)
				if len(result.failed) > 0 || result.accepted != 400 {
					t.Errorf("%d requests failed, the first with %v", len(result.failed), result.failed[0])
				}
			})
		})
	}
}

// Alone behind its address, a client gets no 429 at all, in whatever way the server counts.
func TestFleet_OfOne(t *testing.T) {
	t.Parallel()
	for reading, server := range documentedLimits() {
		t.Run(reading, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := fleet{processes: 1, requests: 300, workers: 10, server: server}
				result := f.run(t)
				best := optimum(result.first, 300, both{&slidingWindow{limit: 5, period: time.Second}, &slidingWindow{limit: 200, period: time.Minute}})
				if result.rejected != 0 || len(result.failed) != 0 || result.took > best*105/100 {
					t.Errorf("%d answers 429, %d failures, %s; want none, in 1.05 x %s at most",
						result.rejected, len(result.failed), result.took, best)
				}
			})
		})
	}
}

// A plan that asks for the status at 2,000 locations, ten at a time, takes what the limits allow: ten
// minutes.
func TestFleet_Nightly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := fleet{processes: 1, requests: 2000, workers: 10, server: documentedLimits()["sliding"]}
		result := f.run(t)
		if result.rejected != 0 || len(result.failed) != 0 || result.took > 10*time.Minute {
			t.Errorf("%d answers 429, %d failures, %s; want none, in ten minutes at most", result.rejected, len(result.failed), result.took)
		}
	})
}

// The same with limits that are ten times as high, if enough requests are in flight to use them: ten, at a
// tenth of a second each, take half a second to send the first fifty.
func TestFleet_OfOneTenfold(t *testing.T) {
	t.Parallel()
	sliding := func() both {
		return both{&slidingWindow{limit: 50, period: time.Second}, &slidingWindow{limit: 2000, period: time.Minute}}
	}
	for _, requests := range []int{1000, 3000} {
		t.Run(strconv.Itoa(requests), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := fleet{
					processes: 1, requests: requests, workers: 100, server: sliding,
					pacer: func() *Pacer { return NewPacer(50, 2000) },
				}
				result := f.run(t)
				best := optimum(result.first, requests, sliding())
				if result.rejected != 0 || len(result.failed) != 0 || result.took > best*105/100 {
					t.Errorf("%d answers 429, %d failures, %s; want none, in 1.05 x %s at most",
						result.rejected, len(result.failed), result.took, best)
				}
			})
		})
	}
}

// On one machine, several runs get no 429 either, in whatever way the server counts.
func TestFleet_OnOneMachine(t *testing.T) {
	t.Parallel()
	for reading, server := range documentedLimits() {
		t.Run(reading, func(t *testing.T) {
			t.Parallel()
			said, dir := &problems{}, t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				f := fleet{
					processes: 4, requests: 75, workers: 10, server: server,
					pacer: func() *Pacer { return said.sharedPacer(dir, 5, 200) },
				}
				result := f.run(t)
				if result.rejected != 0 || len(result.failed) != 0 || result.accepted != 300 {
					t.Errorf("%d answers 429, %d failures, %d let in; want 300 and nothing else",
						result.rejected, len(result.failed), result.accepted)
				}
			})
			said.only(t, "")
		})
	}
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// send takes n turns of a Pacer with a number of workers. Every request is on the wire after a
// dial, and arrives after another delay; the arrivals are returned in their order.
func send(t testing.TB, p *Pacer, n, workers int, dial, delay func() time.Duration) []time.Time {
	var mu sync.Mutex
	var arrivals []time.Time
	var wg sync.WaitGroup
	jobs := make(chan struct{}, n)
	for range n {
		jobs <- struct{}{}
	}
	close(jobs)
	for range workers {
		wg.Go(func() {
			for range jobs {
				release, err := p.acquire(t.Context(), time.Now(), time.Time{}, noWaiting)
				if err != nil {
					t.Error(err)
					return
				}
				time.Sleep(dial())
				release()
				time.Sleep(delay())
				mu.Lock()
				arrivals = append(arrivals, time.Now())
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.SortFunc(arrivals, time.Time.Compare)
	return arrivals
}

func (p *Pacer) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.queue)
}

// checkIdle fails the test when something of the past holds a place in a Pacer.
func checkIdle(t testing.TB, p *Pacer) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.queue) != 0 || p.underway != 0 || p.turn {
		t.Errorf("%d waiting, %d underway, a turn: %t", len(p.queue), p.underway, p.turn)
	}
}

func none() time.Duration { return 0 }

func upTo(d time.Duration) func() time.Duration {
	return func() time.Duration { return rand.N(d) }
}

func TestPacer_KeepsEveryReading(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		n, workers           int
		perSecond, perMinute int
		dial, delay          func() time.Duration
	}{
		"documented limits":    {1000, 10, 5, 200, none, none},
		"one worker":           {450, 1, 5, 200, none, none},
		"1000 workers":         {1000, 1000, 5, 200, none, none},
		"some latency":         {1000, 10, 5, 200, none, upTo(25 * time.Millisecond)},
		"some dialling":        {1000, 10, 5, 200, upTo(150 * time.Millisecond), upTo(25 * time.Millisecond)},
		"only a second":        {200, 10, 5, 0, none, none},
		"only a minute":        {700, 10, 0, 200, none, none},
		"one a second":         {50, 10, 1, 0, none, none},
		"one a minute":         {5, 10, 0, 1, none, none},
		"slow dialling":        {300, 20, 5, 200, upTo(9 * time.Second), upTo(25 * time.Millisecond)},
		"slow, one a second":   {50, 20, 1, 200, upTo(9 * time.Second), none},
		"slow, only a minute":  {300, 20, 0, 100, upTo(9 * time.Second), none},
		"more than the minute": {300, 10, 50, 20, upTo(100 * time.Millisecond), none},
		"now and then slow": {600, 20, 5, 200, func() time.Duration {
			if rand.N(20) == 0 {
				return 2*time.Second + rand.N(20*time.Second)
			}
			return 0
		}, none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				arrivals := send(t, NewPacer(float64(tc.perSecond), float64(tc.perMinute)), tc.n, tc.workers, tc.dial, tc.delay)
				if len(arrivals) != tc.n {
					t.Fatalf("%d requests, want %d", len(arrivals), tc.n)
				}
				checkLimits(t, arrivals, tc.perSecond, tc.perMinute)
			})
		})
	}
}

// The checks above must find violations of the limits.
func TestCheckLimits(t *testing.T) {
	t.Parallel()
	broken := &recorder{}
	start := time.Unix(1_000_000, 0)
	var arrivals []time.Time
	for i := range 6 {
		arrivals = append(arrivals, start.Add(time.Duration(i)*199*time.Millisecond))
	}
	checkLimits(broken, arrivals, 5, 200)
	if !broken.failed {
		t.Error("six in less than a second were not found")
	}
}

type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Helper()               {}
func (r *recorder) Errorf(string, ...any) { r.failed = true }

// 300 requests: 200 in the first minute, and the rest as soon as a sliding minute lets them.
func TestPacer_IsFast(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 10, 300} {
		synctest.Test(t, func(t *testing.T) {
			arrivals := send(t, NewPacer(5, 200), 300, workers, none, none)
			const optimum = 80 * time.Second
			if took := arrivals[len(arrivals)-1].Sub(arrivals[0]); took > optimum*105/100 {
				t.Errorf("%d workers took %s, want at most 1.05 x %s", workers, took, optimum)
			}
		})
	}
}

func TestPacer_Off(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		arrivals := send(t, NewPacer(0, 0), 5000, 10, none, none)
		if took := arrivals[len(arrivals)-1].Sub(arrivals[0]); took != 0 {
			t.Errorf("without limits it took %s", took)
		}
	})
}

// A dial that is stuck holds the others up for maxTurn and no longer.
func TestPacer_StuckDial(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(5, 200)
		began := time.Now()
		stuck, err := p.acquire(t.Context(), time.Now(), time.Time{}, noWaiting)
		if err != nil {
			t.Fatal(err)
		}
		var arrivals []time.Time
		for range 4 {
			release, err := p.acquire(t.Context(), time.Now(), time.Time{}, noWaiting)
			if err != nil {
				t.Fatal(err)
			}
			release()
			arrivals = append(arrivals, time.Now())
		}
		if got := time.Since(began); got != maxTurn || got > 5*time.Second {
			t.Errorf("others waited %s, want %s", got, maxTurn)
		}
		// The stuck one may arrive now, so a fifth may not.
		arrived := make(chan time.Time, 1)
		time.AfterFunc(500*time.Millisecond, func() {
			stuck()
			arrived <- time.Now()
		})
		arrivals = append(arrivals, send(t, p, 20, 5, none, none)...)
		arrivals = append(arrivals, <-arrived)
		stuck() // again, without effect
		checkIdle(t, p)
		checkLimits(t, arrivals, 5, 200)
	})
}

func TestPacer_OnePauseForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(0, 0)
		// Ten requests are underway, and all are answered 429 within a few milliseconds.
		var sentAt []time.Time
		for range 10 {
			release, err := p.acquire(t.Context(), time.Now(), time.Time{}, noWaiting)
			if err != nil {
				t.Fatal(err)
			}
			release()
			sentAt = append(sentAt, time.Now())
		}
		began := time.Now()
		for _, at := range sentAt {
			time.Sleep(3 * time.Millisecond)
			p.limited(at, 0, false, time.Minute)
		}
		if p.streak != 1 || p.rules.spacing != firstSpacing {
			t.Errorf("ten answers are %d pauses with a spacing of %s, want one with %s", p.streak, p.rules.spacing, firstSpacing)
		}
		if pause := p.rules.pausedUntil.Sub(began); pause < firstPause/2 || pause > firstPause+10*time.Millisecond {
			t.Errorf("the pause takes %s, want about %s", pause, firstPause)
		}
		until := p.rules.pausedUntil
		arrivals := send(t, p, 10, 10, none, none)
		if arrivals[0].Before(until) {
			t.Errorf("a request left %s before the pause ended", until.Sub(arrivals[0]))
		}
		for i := 1; i < len(arrivals); i++ {
			if gap := arrivals[i].Sub(arrivals[i-1]); gap < firstSpacing {
				t.Errorf("after the pause, two requests are %s apart", gap)
			}
		}

		// Answers that are not 429 bring the old pace back.
		for range 100 {
			p.answered()
		}
		arrivals = send(t, p, 10, 10, none, none)
		if took := arrivals[9].Sub(arrivals[0]); took != 0 || p.streak != 0 {
			t.Errorf("after it recovered, ten requests took %s", took)
		}
	})
}

func TestPacer_PausesGrowAndAreCapped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(0, 0)
		for i := range 40 {
			time.Sleep(time.Hour)
			p.limited(time.Now(), 0, false, 7*time.Second)
			full := min(maxPause, firstPause<<min(i, 10))
			if pause := time.Until(p.rules.pausedUntil); pause < min(full/2, 7*time.Second) || pause > min(full, 7*time.Second) {
				t.Errorf("pause %d takes %s, want between half and all of %s, 7s at most", i+1, pause, full)
			}
			if p.rules.spacing > maxSpacing {
				t.Errorf("the spacing grows to %s", p.rules.spacing)
			}
		}
	})
}

// Processes that were stopped together do not come back together.
func TestPacer_PausesDiffer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, asked := range []time.Duration{0, 20 * time.Second} {
			pauses := make(map[time.Duration]struct{})
			for range 20 {
				p := NewPacer(0, 0)
				p.limited(time.Now(), asked, asked > 0, time.Minute)
				pauses[time.Until(p.rules.pausedUntil)] = struct{}{}
			}
			if len(pauses) < 10 {
				t.Errorf("20 processes that are asked to wait %s come back at %d moments", asked, len(pauses))
			}
		}
	})
}

// A pause that the server asks for applies to all requests.
func TestPacer_RetryAfterForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(0, 0)
		began := time.Now()
		first, second := began, began
		time.Sleep(time.Millisecond)
		p.limited(first, 10*time.Second, true, time.Minute)
		if pause := time.Until(p.rules.pausedUntil); pause < 10*time.Second || pause > 11*time.Second {
			t.Errorf("paused for %s, want 10s and a little", pause)
		}
		// Another answer to the same volley asks for more.
		p.limited(second, 30*time.Second, true, time.Minute)
		if pause := time.Until(p.rules.pausedUntil); pause != 30*time.Second {
			t.Errorf("paused for %s, want 30s", pause)
		}
		// And one for less, which changes nothing.
		p.limited(second, time.Second, true, time.Minute)
		until := p.rules.pausedUntil
		for _, at := range send(t, p, 5, 5, none, none) {
			if at.Before(until) {
				t.Errorf("a request left %s early", until.Sub(at))
			}
		}
		if waited := time.Since(began); waited < 30*time.Second {
			t.Errorf("waited %s", waited)
		}
		p.limited(time.Now(), 10*time.Hour, true, time.Minute)
		if pause := time.Until(p.rules.pausedUntil); pause > time.Minute {
			t.Errorf("paused for %s, want at most the cap", pause)
		}
	})
}

func TestPacer_CancellationEndsWaits(t *testing.T) {
	t.Parallel()
	cause := errors.New("interrupted by the user")
	for name, arrange := range map[string]func(t *testing.T, p *Pacer) (notBefore time.Time){
		"in a pause": func(_ *testing.T, p *Pacer) time.Time {
			p.limited(time.Now(), time.Minute, true, time.Minute)
			return time.Time{}
		},
		"for the limit": func(t *testing.T, p *Pacer) time.Time {
			send(t, p, 200, 1, none, none)
			return time.Time{}
		},
		"for a retry": func(_ *testing.T, _ *Pacer) time.Time { return time.Now().Add(time.Hour) },
		"in the queue": func(t *testing.T, p *Pacer) time.Time {
			// One is at its turn for a minute, and others are in front.
			p.limited(time.Now(), time.Minute, true, time.Minute)
			for range 20 {
				go func() {
					ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 100*time.Second)
					defer cancel()
					if release, err := p.acquire(ctx, time.Now(), time.Time{}, noWaiting); err == nil {
						release()
					}
				}()
			}
			synctest.Wait()
			return time.Time{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := NewPacer(5, 200)
				notBefore := arrange(t, p)
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(3*time.Second, func() { cancel(cause) })
				began, before := time.Now(), p.waiting()
				release, err := p.acquire(ctx, time.Now(), notBefore, noWaiting)
				if release != nil || !errors.Is(err, cause) || !errors.As(err, new(*waitError)) {
					t.Errorf("got %v", err)
				}
				if waited := time.Since(began); waited != 3*time.Second {
					t.Errorf("it waited %s, want to the moment of its cancellation", waited)
				}
				if n := p.waiting(); n > before {
					t.Errorf("%d are waiting, want %d: its place is not free", n, before)
				}
				// Others go on.
				p.mu.Lock()
				p.rules.pausedUntil = time.Time{}
				p.mu.Unlock()
				time.Sleep(2 * time.Minute)
				send(t, p, 3, 3, none, none)
				checkIdle(t, p)
			})
		})
	}
}

func TestPacer_AlreadyCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := NewPacer(5, 200)
	for range 100 { // select chooses at random
		if release, err := p.acquire(ctx, time.Now(), time.Time{}, noWaiting); err == nil {
			release()
			t.Fatal("a request was sent for a caller who had gone")
		}
	}
	checkIdle(t, p)
	if len(p.sent) != 0 {
		t.Errorf("%d sent", len(p.sent))
	}
}

// A leavingContext ends without telling anybody, as one does that ends at the moment when a turn comes.
type leavingContext struct {
	context.Context
	left atomic.Bool
}

func (c *leavingContext) Err() error {
	if c.left.Load() {
		return context.Canceled
	}
	return nil
}

// When the turn comes, the caller is asked again.
func TestPacer_CancelledAsTheTurnComes(t *testing.T) {
	t.Parallel()
	for name, pacer := range map[string]func(t *testing.T) *Pacer{
		"alone": func(*testing.T) *Pacer { return NewPacer(5, 200) },
		"shared": func(t *testing.T) *Pacer {
			pacers, _, _ := sharedPacers(t, 1, 5, 200)
			return pacers[0]
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pacer(t)
			synctest.Test(t, func(t *testing.T) {
				release, err := p.acquire(t.Context(), time.Now(), time.Time{}, noWaiting)
				if err != nil {
					t.Fatal(err)
				}
				ctx := &leavingContext{Context: context.WithoutCancel(t.Context())}
				var got error
				var wg sync.WaitGroup
				wg.Go(func() {
					_, got = p.acquire(ctx, time.Now(), time.Time{}, noWaiting)
				})
				synctest.Wait()
				ctx.left.Store(true)
				release()
				wg.Wait()
				if !errors.As(got, new(*waitError)) {
					t.Errorf("got %v, want that it was not sent", got)
				}
				checkIdle(t, p)
				if len(p.sent) != 1 {
					t.Errorf("%d sent, want the one before it", len(p.sent))
				}
			})
		})
	}
}

// A wait that would outlast the deadline fails before it begins, and says so.
func TestPacer_DeadlineTooShort(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		arrange func(t *testing.T, p *Pacer) (notBefore time.Time)
		want    string
	}{
		"pause": {func(_ *testing.T, p *Pacer) time.Time {
			p.limited(time.Now(), time.Minute, true, time.Minute)
			return time.Time{}
		}, "it would have to wait 1m0s for "},
		"minute": {func(t *testing.T, p *Pacer) time.Time {
			send(t, p, 200, 1, none, none)
			return time.Time{}
		}, "for the rate limit, and only 10s are left"},
		"retry": {func(*testing.T, *Pacer) time.Time {
			return time.Now().Add(20 * time.Second)
		}, "it would have to wait 20s for retrying, and only 10s are left"},
		"queue": {func(t *testing.T, p *Pacer) time.Time {
			for range 100 {
				go func() {
					if release, err := p.acquire(context.WithoutCancel(t.Context()), time.Now(), time.Time{}, noWaiting); err == nil {
						release()
					}
				}()
			}
			synctest.Wait()
			return time.Time{}
		}, "for the rate limit, and only 10s are left"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := NewPacer(5, 200)
				notBefore := tc.arrange(t, p)
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				began, before := time.Now(), p.waiting()
				release, err := p.acquire(ctx, time.Now(), notBefore, noWaiting)
				if release != nil || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got %v, want an error that says %q", err, tc.want)
				}
				if waited := time.Since(began); waited != 0 {
					t.Errorf("it waited %s first", waited)
				}
				if n := p.waiting(); n != before {
					t.Errorf("%d are waiting, want %d", n, before)
				}
				time.Sleep(time.Hour) // let the others end
			})
		})
	}
}

// A wait that fits is not refused: 50 in front take 10 seconds, not a minute.
func TestPacer_DeadlineLongEnough(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(5, 200)
		var wg sync.WaitGroup
		ctx, cancel := context.WithTimeout(t.Context(), 11*time.Second)
		defer cancel()
		for range 55 {
			wg.Go(func() {
				release, err := p.acquire(ctx, time.Now(), time.Time{}, noWaiting)
				if err != nil {
					t.Error(err)
					return
				}
				release()
			})
		}
		wg.Wait()
		if _, err := p.acquire(ctx, time.Now(), time.Time{}, noWaiting); err == nil {
			t.Error("a request that does not fit was let go")
		}
	})
}

func TestPacer_SaysWhyItWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(0, 2)
		var said []string
		waiting := func(d time.Duration, reason string) { said = append(said, d.String()+" "+reason) }
		for range 3 {
			release, err := p.acquire(t.Context(), time.Now(), time.Time{}, waiting)
			if err != nil {
				t.Fatal(err)
			}
			release()
		}
		p.limited(time.Now(), 90*time.Second, true, 90*time.Second)
		release, err := p.acquire(t.Context(), time.Now(), time.Time{}, waiting)
		if err != nil {
			t.Fatal(err)
		}
		release()
		if len(said) != 2 || said[0] != "1m0.3s the rate limit" || !strings.Contains(said[1], "a pause after an answer 429") {
			t.Errorf("got %q", said)
		}
	})
}

// The log holds what the limits need, however many requests there are.
func TestPacer_MemoryIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(5, 200)
		send(t, p, 5000, 10, none, none)
		if len(p.sent) > 400 || cap(p.sent) > 1000 {
			t.Errorf("the log has %d entries, and room for %d", len(p.sent), cap(p.sent))
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(0, 0)
		send(t, p, 5000, 10, none, none)
		if len(p.sent) > 2 {
			t.Errorf("without limits, the log has %d entries", len(p.sent))
		}
	})
}

// The oldest request is sent first, so that no other overtakes a refused one.
func TestPacer_OldestFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(0, 0)
		p.limited(time.Now(), time.Minute, true, time.Minute)
		now := time.Now()
		var mu sync.Mutex
		var order []int
		var wg sync.WaitGroup
		for _, age := range []int{0, 1, 5, 3, 9, 3} { // the first has its turn already
			wg.Go(func() {
				release, err := p.acquire(t.Context(), now.Add(-time.Duration(age)*time.Second), time.Time{}, noWaiting)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				order = append(order, age)
				mu.Unlock()
				release()
			})
			synctest.Wait()
		}
		wg.Wait()
		if want := []int{0, 9, 5, 3, 3, 1}; !slices.Equal(order, want) {
			t.Errorf("requests went in the order of age %d, want %d", order, want)
		}
	})
}

// The request whose turn it is is sent first, although it does not wait in the queue any more.
func TestPacer_DeadlineBehindTheTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPacer(0, 1)
		send(t, p, 1, 1, none, none)
		go send(t, p, 1, 1, none, none) // goes in a minute
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		began := time.Now()
		_, err := p.acquire(ctx, time.Now(), time.Time{}, noWaiting)
		if err == nil || time.Since(began) != 0 || !strings.Contains(err.Error(), "wait 2m0.6s") {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
		time.Sleep(time.Hour)
	})
}

// A fractional limit holds over time, and no second contains more than the limit rounded up.
func TestPacer_fractions(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		perSecond, perMinute float64
		n                    int
		atLeast, atMost      time.Duration
	}{
		"half a second":        {0.5, 0, 11, 20 * time.Second, 21 * time.Second},
		"two and a half":       {2.5, 0, 31, 12 * time.Second, 13 * time.Second},
		"half a minute":        {0, 0.5, 3, 4 * time.Minute, 4*time.Minute + 2*time.Second},
		"a share of an eighth": {0.625, 25, 51, 2 * time.Minute, 3 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				arrivals := send(t, NewPacer(tc.perSecond, tc.perMinute), tc.n, 4, none, none)
				if took := arrivals[len(arrivals)-1].Sub(arrivals[0]); took < tc.atLeast || took > tc.atMost {
					t.Errorf("%d requests took %s, want %s to %s", tc.n, took, tc.atLeast, tc.atMost)
				}
			})
		})
	}
}

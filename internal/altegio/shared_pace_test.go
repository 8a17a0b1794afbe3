// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
)

const (
	testAPI = "https://api.test/api/v1"
	testApp = "https://app.test"
)

// problems are what pacers say of their file.
type problems struct {
	mu   sync.Mutex
	said []string
}

func (p *problems) say(_ context.Context, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.said = append(p.said, why)
}

// only fails the test unless one problem was reported, or none where want is "".
func (p *problems) only(t *testing.T, want string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if want == "" && len(p.said) != 0 || want != "" && (len(p.said) != 1 || !strings.Contains(p.said[0], want)) {
		t.Errorf("reported: %q, want %q once", p.said, want)
	}
}

func (p *problems) sharedPacer(dir string, perSecond, perMinute int) *Pacer {
	pacer := NewSharedPacer(float64(perSecond), float64(perMinute), SharedPace{Dir: dir, BaseURLs: []string{testAPI, testApp}, Problem: p.say})
	if pacer.shared != nil {
		// Whatever disk the tests run on.
		pacer.shared.remote = func(string) (bool, error) { return false, nil }
	}
	return pacer
}

// A process is a Pacer of its own, as far as others can tell.
func sharedPacers(t *testing.T, n, perSecond, perMinute int) (pacers []*Pacer, said *problems, file string) {
	t.Helper()
	said, dir := &problems{}, filepath.Join(t.TempDir(), "altegio")
	for range n {
		pacers = append(pacers, said.sharedPacer(dir, perSecond, perMinute))
	}
	file, err := paceFile(dir, []string{testAPI, testApp})
	if err != nil {
		t.Fatal(err)
	}
	return pacers, said, file
}

// inVirtualTime runs f in a bubble, which ends when the file has everything that was sent.
func inVirtualTime(t *testing.T, f func(*testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(t)
		time.Sleep(lockPatience)
	})
}

// sendAll has each of several processes send n requests, and returns when they arrived, and when each
// process was done.
func sendAll(t *testing.T, pacers []*Pacer, n, workers int, dial, delay func() time.Duration) (arrivals []time.Time, done []time.Time) {
	done = make([]time.Time, len(pacers))
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i, p := range pacers {
		wg.Go(func() {
			own := send(t, p, n, workers, dial, delay)
			mu.Lock()
			defer mu.Unlock()
			arrivals = append(arrivals, own...)
			done[i] = own[len(own)-1]
		})
	}
	wg.Wait()
	slices.SortFunc(arrivals, time.Time.Compare)
	return arrivals, done
}

// Together, processes keep to the limits in every reading.
func TestSharedPacer_KeepsEveryReading(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		processes, n, workers int
		perSecond, perMinute  int
		dial, delay           func() time.Duration
	}{
		"two aliases":         {2, 150, 10, 5, 200, none, upTo(25 * time.Millisecond)},
		"eight runs":          {8, 60, 10, 5, 200, upTo(15 * time.Millisecond), upTo(25 * time.Millisecond)},
		"slow dialling":       {3, 60, 10, 5, 200, upTo(9 * time.Second), upTo(25 * time.Millisecond)},
		"one a second":        {4, 15, 3, 1, 0, upTo(50 * time.Millisecond), none},
		"only a minute":       {4, 40, 3, 0, 60, none, none},
		"many and few":        {24, 10, 2, 5, 200, upTo(200 * time.Millisecond), none},
		"tenfold":             {4, 300, 50, 50, 2000, none, upTo(25 * time.Millisecond)},
		"one process":         {1, 450, 10, 5, 200, none, none},
		"one worker for each": {5, 60, 1, 5, 200, none, upTo(25 * time.Millisecond)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pacers, said, _ := sharedPacers(t, tc.processes, tc.perSecond, tc.perMinute)
			inVirtualTime(t, func(t *testing.T) {
				arrivals, _ := sendAll(t, pacers, tc.n, tc.workers, tc.dial, tc.delay)
				if len(arrivals) != tc.processes*tc.n {
					t.Fatalf("%d requests, want %d", len(arrivals), tc.processes*tc.n)
				}
				checkLimits(t, arrivals, tc.perSecond, tc.perMinute)
				for _, p := range pacers {
					checkIdle(t, p)
				}
			})
			said.only(t, "")
		})
	}
}

// Eight runs use what the limits allow, and none waits for longer than the others.
func TestSharedPacer_IsFastAndFair(t *testing.T) {
	t.Parallel()
	pacers, said, _ := sharedPacers(t, 8, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		began := time.Now()
		arrivals, done := sendAll(t, pacers, 140, 10, none, upTo(5*time.Millisecond))
		best := optimum(arrivals[0], len(arrivals), both{
			&slidingWindow{limit: 5, period: time.Second}, &slidingWindow{limit: 200, period: time.Minute},
		})
		// With the machine idle it is 98 %: how often the lock is tried in vain depends on it, and each
		// time costs virtual time.
		if used := best.Seconds() / arrivals[len(arrivals)-1].Sub(arrivals[0]).Seconds(); used < 0.95 {
			t.Errorf("they used %.1f %% of what the limits allow, want 95 %%", 100*used)
		}
		var mean time.Duration
		for _, at := range done {
			mean += at.Sub(began) / time.Duration(len(done))
		}
		for i, at := range done {
			if took := at.Sub(began); took > mean*11/10 {
				t.Errorf("run %d took %s, and the mean is %s", i, took, mean)
			}
		}
	})
	said.only(t, "")
}

// One that has much to do does not keep one that has little waiting.
func TestSharedPacer_NobodyStarves(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string][2][2]int{
		"the same limits":       {{5, 200}, {5, 200}},
		"a lower limit":         {{5, 200}, {1, 30}},
		"no limit for a second": {{5, 200}, {0, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said, dir := &problems{}, t.TempDir()
			busy := said.sharedPacer(dir, limits[0][0], limits[0][1])
			late := said.sharedPacer(dir, limits[1][0], limits[1][1])
			inVirtualTime(t, func(t *testing.T) {
				var wg sync.WaitGroup
				var arrivals []time.Time
				wg.Go(func() { arrivals = send(t, busy, 900, 10, none, none) })
				time.Sleep(2 * time.Minute)
				began := time.Now()
				own := send(t, late, 20, 10, none, none)
				// Until the minute has room, and then one after the other in turn.
				if took := own[len(own)-1].Sub(began); took > 90*time.Second {
					t.Errorf("20 requests took %s next to a busy run", took)
				}
				wg.Wait()
				checkLimits(t, append(arrivals, own...), 5, 200)
				checkLimits(t, own, limits[1][0], limits[1][1])
			})
			said.only(t, "")
		})
	}
}

// A run that comes after another one, as an apply after a plan, counts what that one sent.
func TestSharedPacer_OneAfterTheOther(t *testing.T) {
	t.Parallel()
	pacers, said, _ := sharedPacers(t, 4, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		var arrivals []time.Time
		for _, p := range pacers {
			arrivals = append(arrivals, send(t, p, 120, 10, none, none)...)
			time.Sleep(rand.N(time.Second))
		}
		checkLimits(t, arrivals, 5, 200)
	})
	said.only(t, "")
}

// A process can end right after its last answer. By then, the file has its last request as sent. As one in
// flight, it would take a place from others until it counts as lost.
func TestSharedPacer_EndsAfterItsLastRequest(t *testing.T) {
	t.Parallel()
	pacers, said, file := sharedPacers(t, 1, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		send(t, pacers[0], 7, 3, none, none)
		synctest.Wait()
		if l := readLog(t, file); len(l.underway) != 0 || len(l.sent) != 7 {
			t.Errorf("%d are underway and %d were sent, want 0 and 7", len(l.underway), len(l.sent))
		}
	})
	said.only(t, "")
}

// A pause after an answer 429 holds for all processes, and only the time that it was asked for.
func TestSharedPacer_OnePauseForAll(t *testing.T) {
	t.Parallel()
	pacers, said, _ := sharedPacers(t, 3, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		began := time.Now()
		pacers[0].limited(began.Add(time.Millisecond), 20*time.Second, true, time.Minute)
		time.Sleep(flushDelay)
		synctest.Wait()
		arrivals, _ := sendAll(t, pacers, 5, 5, none, none)
		if first := arrivals[0].Sub(began); first < 20*time.Second || first > 23*time.Second {
			t.Errorf("the first request left %s after an answer that asked for 20s", first)
		}
		for i := 1; i < len(arrivals); i++ {
			if gap := arrivals[i].Sub(arrivals[i-1]); gap < firstSpacing {
				t.Errorf("after the pause, two requests are %s apart", gap)
			}
		}
		for i, p := range pacers {
			if p.streak != 1 || p.rules.spacing != firstSpacing {
				t.Errorf("process %d has %d pauses and a spacing of %s, want one and %s", i, p.streak, p.rules.spacing, firstSpacing)
			}
		}
		// Only a process that allows a long wait waits that long.
		pacers[0].limited(time.Now().Add(time.Millisecond), time.Hour, true, time.Hour)
		time.Sleep(flushDelay)
		synctest.Wait()
		began = time.Now()
		own := send(t, pacers[1], 1, 1, none, none)
		if waited := own[0].Sub(began); waited < maxSharedPause-time.Second || waited > maxSharedPause+time.Second {
			t.Errorf("a pause of an hour held another process up for %s, want %s", waited, maxSharedPause)
		}
	})
	said.only(t, "")
}

func TestSharedPacer_SaysWhyItWaits(t *testing.T) {
	t.Parallel()
	pacers, _, _ := sharedPacers(t, 2, 0, 2)
	inVirtualTime(t, func(t *testing.T) {
		send(t, pacers[0], 2, 1, none, none)
		time.Sleep(flushDelay)
		synctest.Wait()
		var said []string
		release, err := pacers[1].acquire(t.Context(), time.Now(), time.Time{}, func(d time.Duration, reason string) {
			said = append(said, d.Round(time.Second).String()+" "+reason)
		})
		if err != nil {
			t.Fatal(err)
		}
		release()
		if want := "1m0s the rate limit, which other runs on this machine use too"; len(said) != 1 || said[0] != want {
			t.Errorf("got %q, want %q", said, want)
		}
	})
}

// A wait for others ends with the caller, and his place goes to the next.
func TestSharedPacer_CancellationEndsWaits(t *testing.T) {
	t.Parallel()
	cause := errors.New("interrupted by the user")
	for name, arrange := range map[string]func(t *testing.T, others *Pacer, file string) (end func()){
		"for the limit": func(t *testing.T, others *Pacer, _ string) func() {
			send(t, others, 200, 10, none, none)
			return func() {}
		},
		"in a pause": func(_ *testing.T, others *Pacer, _ string) func() {
			others.limited(time.Now().Add(time.Millisecond), time.Minute, true, time.Minute)
			return func() {}
		},
		"for the file": func(t *testing.T, others *Pacer, file string) func() {
			send(t, others, 1, 1, none, none)
			time.Sleep(time.Second)
			synctest.Wait()
			lock := flock.New(file)
			if ok, err := lock.TryLock(); !ok {
				t.Fatal(err)
			}
			return func() { _ = lock.Unlock() }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pacers, said, file := sharedPacers(t, 2, 5, 200)
			inVirtualTime(t, func(t *testing.T) {
				end := arrange(t, pacers[0], file)
				time.Sleep(flushDelay)
				synctest.Wait()
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(500*time.Millisecond, func() { cancel(cause) })
				began := time.Now()
				if _, err := pacers[1].acquire(ctx, time.Now(), time.Time{}, noWaiting); !errors.Is(err, cause) {
					t.Errorf("got %v", err)
				}
				if waited := time.Since(began); waited != 500*time.Millisecond {
					t.Errorf("it waited %s, want to the moment of its cancellation", waited)
				}
				end()
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				checkIdle(t, pacers[1])
				if l := readLog(t, file); len(l.queue) != 0 || len(l.underway) != 0 {
					t.Errorf("%d wait and %d are underway, want none", len(l.queue), len(l.underway))
				}
			})
			said.only(t, "")
		})
	}
}

// Many that end at once leave nothing behind.
func TestSharedPacer_AllCancelledAtOnce(t *testing.T) {
	t.Parallel()
	pacers, said, file := sharedPacers(t, 2, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 1000 {
			wg.Go(func() {
				if release, err := pacers[i%2].acquire(ctx, time.Now(), time.Time{}, noWaiting); err == nil {
					release()
				}
			})
		}
		time.Sleep(10500 * time.Millisecond)
		cancel()
		wg.Wait()
		time.Sleep(time.Second)
		synctest.Wait()
		for _, p := range pacers {
			checkIdle(t, p)
		}
		if l := readLog(t, file); len(l.queue) != 0 || len(l.underway) != 0 || len(l.sent) > 55 {
			t.Errorf("%d wait, %d are underway and %d were sent", len(l.queue), len(l.underway), len(l.sent))
		}
	})
	said.only(t, "")
}

// A wait that others make too long fails before it begins.
func TestSharedPacer_DeadlineTooShort(t *testing.T) {
	t.Parallel()
	pacers, _, _ := sharedPacers(t, 2, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		send(t, pacers[0], 200, 10, none, none)
		time.Sleep(flushDelay)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		began := time.Now()
		_, err := pacers[1].acquire(ctx, time.Now(), time.Time{}, noWaiting)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "which other runs on this machine use too, and only 5s are left") {
			t.Errorf("got %v", err)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("it waited %s first", waited)
		}
	})
}

// A request that is stuck on its way is counted for as long as that lasts, and one whose process was
// killed is not.
func TestSharedPacer_StuckAndKilled(t *testing.T) {
	t.Parallel()
	for name, killed := range map[string]bool{"stuck": false, "killed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pacers, said, file := sharedPacers(t, 2, 5, 200)
			inVirtualTime(t, func(t *testing.T) {
				release, err := pacers[0].acquire(t.Context(), time.Now(), time.Time{}, noWaiting)
				if err != nil {
					t.Fatal(err)
				}
				if killed {
					kill(pacers[0])
				}
				time.Sleep(20 * time.Second)
				send(t, pacers[1], 1, 1, none, none)
				time.Sleep(flushDelay) // that one is in the file then
				synctest.Wait()
				want := 1
				if killed {
					want = 0
				}
				if l := readLog(t, file); len(l.underway) != want {
					t.Errorf("%d are underway, want %d", len(l.underway), want)
				}
				release()
				time.Sleep(time.Second)
				synctest.Wait()
				if l := readLog(t, file); !killed && (len(l.underway) != 0 || len(l.sent) != 2) {
					t.Errorf("%d are underway and %d were sent, want 0 and 2", len(l.underway), len(l.sent))
				}
			})
			said.only(t, "")
		})
	}
}

// A process that is killed while it waits costs its turn and nothing else.
func TestSharedPacer_KilledWhileWaiting(t *testing.T) {
	t.Parallel()
	pacers, said, _ := sharedPacers(t, 4, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		send(t, pacers[0], 200, 10, none, none)
		time.Sleep(flushDelay)
		ctx, cancel := context.WithCancel(t.Context())
		for _, p := range pacers[1:3] {
			go func() {
				_, _ = p.acquire(ctx, time.Now(), time.Time{}, noWaiting)
			}()
		}
		synctest.Wait()
		time.Sleep(time.Second)
		for _, p := range pacers[1:3] {
			kill(p)
		}
		cancel()
		began := time.Now()
		own := send(t, pacers[3], 10, 5, none, none)
		if took := own[9].Sub(began); took > 30*time.Second {
			t.Errorf("next to two that were killed, it took %s", took)
		}
	})
	said.only(t, "")
}

// kill has a process say nothing any more.
func kill(p *Pacer) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	p.shared.off = true
}

func readLog(t *testing.T, file string) paceLog {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	buf, err := readPaceFile(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	var l paceLog
	if err := l.decode(buf); err != nil {
		t.Fatal(err)
	}
	return l
}

// An attempt at the file that was given up is logged with the reason, and not with what a context says.
func TestSharedPacer_SaysWhyItGaveUp(t *testing.T) {
	t.Parallel()
	pacers, _, _ := sharedPacers(t, 1, 5, 200)
	shared, nothing := pacers[0].shared, func(time.Time, int64) {}
	if err := shared.use(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(errPatience)
	if err := shared.underLock(ended, nothing); !errors.Is(err, errPatience) {
		t.Errorf("waiting for another process: %v", err)
	}
	if err := shared.busy.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	defer shared.busy.Release(1)
	if err := shared.use(ended, nothing); !errors.Is(err, errPatience) {
		t.Errorf("waiting for this process: %v", err)
	}
}

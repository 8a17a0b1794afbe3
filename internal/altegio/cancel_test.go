// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var errUserLeft = errors.New("interrupt received")

func cancelAfter(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(d, func() { cancel(errUserLeft) })
	return ctx
}

func TestCancel_ReadInFlight(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan struct{})
		c, j, _ := inMemory(t, func(_ http.ResponseWriter, r *http.Request) {
			<-r.Context().Done()
			close(gone)
		})
		began := time.Now()
		_, err := c.Installation(cancelAfter(t, 3*time.Second), 1, 2)
		if e := asError(t, err); e.Kind != KindCancelled || !errors.Is(err, errUserLeft) || e.MayHaveHappened() {
			t.Errorf("got %v", err)
		}
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("it took %s, want to the moment of the cancellation", took)
		}
		<-gone // the server was told
		j.only(t)
	})
}

// A write in flight is waited for, and its outcome returned.
func TestCancel_WriteInFlight(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		kind    Kind // "" is success
		took    time.Duration
	}{
		"success": {answer(200, updated), "", 10 * time.Second},
		"refusal": {answer(403, `{"success":false}`), KindRefused, 10 * time.Second},
		// The user has gone, so it is not repeated.
		"502":     {answer(502, ""), KindServerError, 10 * time.Second},
		"429":     {answer(429, ""), KindRateLimited, 10 * time.Second},
		"dropped": {func(w http.ResponseWriter, _ *http.Request) { drop(w) }, KindInterrupted, 10 * time.Second},
		// The request timeout still holds.
		"stuck": {stall, KindTimeout, DefaultRequestTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(10 * time.Second)
					tc.handler(w, r)
				})
				began := time.Now()
				err := c.SetChannel(cancelAfter(t, 3*time.Second), Channel{})
				if took := time.Since(began); took != tc.took {
					t.Errorf("it took %s, want %s", took, tc.took)
				}
				if tc.kind == "" && err != nil {
					t.Errorf("got %v, want success", err)
				}
				if tc.kind != "" {
					if e := asError(t, err); e.Kind != tc.kind {
						t.Errorf("got %s: %v, want %s", e.Kind, err, tc.kind)
					}
				}
				j.only(t)
			})
		})
	}
}

func TestCancel_WaitingWrite(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]struct {
		handler http.HandlerFunc
		first   bool // another request is sent first
		sent    int
		doubt   bool
	}{
		"for the limit":       {answer(200, updated), true, 1, false},
		"in a pause":          {withHeader("Retry-After", "40", answer(429, "")), false, 1, false},
		"for a repetition":    {withHeader("Retry-After", "40", answer(503, "")), false, 1, true},
		"after a lost answer": {func(w http.ResponseWriter, _ *http.Request) { drop(w) }, false, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, j, _ := inMemory(t, arrange.handler, WithPacer(NewPacer(0, 1)))
				if arrange.first {
					_ = c.SetChannel(t.Context(), Channel{})
				}
				began := time.Now()
				err := c.SetChannel(cancelAfter(t, 3*time.Second), Channel{})
				e := asError(t, err)
				if e.Kind != KindCancelled || !errors.Is(err, errUserLeft) || e.MayHaveHappened() != arrange.doubt {
					t.Errorf("got %s, may have happened: %t: %v", e.Kind, e.MayHaveHappened(), err)
				}
				if took := time.Since(began); took != 3*time.Second {
					t.Errorf("it took %s, want to the moment of the cancellation", took)
				}
				if n := len(j.requests()); n != arrange.sent {
					t.Errorf("%d requests, want %d", n, arrange.sent)
				}
			})
		})
	}
}

func TestCancel_BeforeAnything(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(200, updated))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := clientOf(t, s)
	err := c.SetChannel(ctx, Channel{})
	if e := asError(t, err); e.Kind != KindCancelled || e.Attempts != 0 || e.MayHaveHappened() ||
		err.Error() != "POST "+s.URL+"/marketplace/application/update_channel: cancelled: before it was sent" {
		t.Errorf("got %v", err)
	}
	if _, err := c.PaymentLink(ctx, PaymentLinkRequest{}); asError(t, err).Kind != KindCancelled {
		t.Errorf("got %v", err)
	}
	if n := len(j.requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	t.Run("in flight", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c, _, _ := inMemory(t, stall)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			began := time.Now()
			_, err := c.Installation(ctx, 1, 2)
			if e := asError(t, err); e.Kind != KindCancelled || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 5*time.Second {
				t.Errorf("got %v after %s", err, time.Since(began))
			}
		})
	})
	t.Run("shorter than the pause", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			c, j, _ := inMemory(t, withHeader("Retry-After", "40", answer(429, "")))
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			began := time.Now()
			err := c.SetChannel(ctx, Channel{})
			e := asError(t, err)
			if e.Kind != KindCancelled || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 0 ||
				!strings.Contains(e.Error(), "it would have to wait 4") {
				t.Errorf("got %v after %s", err, time.Since(began))
			}
			j.only(t)
		})
	})
}

// Cancelling at any moment, over both protocols: for the race detector and for leaks.
func TestCancel_AtAnyMoment(t *testing.T) {
	t.Parallel()
	for _, h2 := range []bool{false, true} {
		s := httptest.NewUnstartedServer(answer(200, installed))
		s.EnableHTTP2 = h2
		s.Config.ErrorLog = quiet()
		s.StartTLS()
		t.Cleanup(s.Close)
		c := clientOf(t, s, WithTLSConfig(s.Client().Transport.(*http.Transport).TLSClientConfig), WithMaxRetries(3))
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 100 {
					ctx, cancel := context.WithTimeout(t.Context(), rand.N(500*time.Microsecond))
					_, err := c.Installation(ctx, 1, 2)
					if err != nil && asError(t, err).Kind != KindCancelled {
						t.Error(err)
					}
					if err := c.SetChannel(ctx, Channel{}); err != nil && asError(t, err).Kind != KindCancelled {
						t.Error(err)
					}
					cancel()
				}
			})
		}
		wg.Wait()
		checkIdle(t, c.pacer)
	}
}

// leavingObserver ends the context when an attempt is done and is about to be repeated.
type leavingObserver struct {
	noObserver
	leave func()
}

func (o leavingObserver) Done(context.Context, ResponseEvent) { o.leave() }

func TestCancel_JustBeforeRepetition(t *testing.T) {
	t.Parallel()
	for range 20 { // select chooses at random
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			c, j, _ := inMemory(t, func(w http.ResponseWriter, _ *http.Request) { drop(w) },
				WithObserver(leavingObserver{leave: func() { cancel(errUserLeft) }}))
			err := c.SetChannel(ctx, Channel{})
			if e := asError(t, err); e.Kind != KindCancelled || !errors.Is(err, errUserLeft) || !e.MayHaveHappened() {
				t.Errorf("got %s: %v", e.Kind, err)
			}
			j.only(t)
		})
	}
}

// A thousand callers, most of them waiting for their turn, some in flight, end at once. Each gets an error,
// nothing is left behind, and the next request works. For the race detector.
func TestCancel_AThousandAtOnce(t *testing.T) {
	t.Parallel()
	for name, pacer := range map[string]func(t *testing.T) *Pacer{
		"alone":  func(*testing.T) *Pacer { return NewPacer(50, 200) },
		"shared": func(t *testing.T) *Pacer { pacers, _, _ := sharedPacers(t, 1, 50, 200); return pacers[0] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := pacer(t)
			synctest.Test(t, func(t *testing.T) {
				c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(2 * time.Second)
					if r.Method == http.MethodGet {
						answer(200, installed)(w, r)
						return
					}
					answer(200, updated)(w, r)
				}, WithPacer(p))
				ctx := cancelAfter(t, 3500*time.Millisecond)
				var cancelled, done atomic.Int64
				var wg sync.WaitGroup
				for i := range int64(1000) {
					wg.Go(func() {
						var err error
						switch i % 3 {
						case 0:
							err = c.SetChannel(ctx, Channel{LocationID: i})
						case 1:
							_, err = c.Installation(ctx, i, 2)
						default:
							_, err = c.SharedInstallation(ctx, i%50, 2)
						}
						switch {
						case err == nil:
							done.Add(1)
						case errors.Is(err, KindCancelled) && errors.Is(err, errUserLeft):
							cancelled.Add(1)
						default:
							t.Error(err)
						}
					})
				}
				wg.Wait()
				if done.Load() == 0 || cancelled.Load() < 500 || len(j.requests()) > 300 {
					t.Errorf("%d done, %d cancelled, %d requests", done.Load(), cancelled.Load(), len(j.requests()))
				}
				checkIdle(t, c.pacer)
				if n := len(c.run.calls); n != 0 {
					t.Errorf("%d calls are still known", n)
				}
				if err := c.SetChannel(t.Context(), Channel{}); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

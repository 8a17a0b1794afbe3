// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// If every answer is 429, all waiting calls fail together when the time limit of the run is reached,
// however many there are. New calls fail at once, for a while.
func TestRun_NothingBut429(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{"no Retry-After": "", "Retry-After": "30"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limited := true
				var mu sync.Mutex
				c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					defer mu.Unlock()
					if !limited {
						answer(200, updated)(w, r)
						return
					}
					if header != "" {
						w.Header().Set("Retry-After", header)
					}
					answer(429, "")(w, r)
				}, WithPacer(NewPacer(5, 200)), WithRateLimitTimeout(2*time.Minute))
				began := time.Now()
				var wg sync.WaitGroup
				for i := range 50 {
					wg.Go(func() {
						time.Sleep(time.Duration(i) * time.Second)
						err := c.SetChannel(t.Context(), Channel{LocationID: int64(i)})
						if e := asError(t, err); !errors.Is(err, ErrNothingBut429) || e.MayHaveHappened() ||
							!strings.Contains(e.Reason(), "the API has answered nothing else for 2m0s") {
							t.Errorf("got %v", err)
						}
					})
				}
				wg.Wait()
				// The last pause may have begun just before.
				if took := time.Since(began); took < 2*time.Minute || took > 2*time.Minute+35*time.Second {
					t.Errorf("it took %s", took)
				}
				sent := len(j.requests())
				began = time.Now()
				if e := asError(t, c.SetChannel(t.Context(), Channel{})); e.Kind != KindRateLimited || e.Attempts != 0 || time.Since(began) != 0 {
					t.Errorf("a new one: %v", e)
				}
				if n := len(j.requests()); n != sent {
					t.Errorf("%d requests after the end", n-sent)
				}
				time.Sleep(lookAgain)
				limited = false
				if err := c.SetChannel(t.Context(), Channel{}); err != nil {
					t.Errorf("a minute later: %v", err)
				}
			})
		})
	}
}

// The time limit for answers 429 can be longer than that for all other retries of a request.
func TestRun_LongPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := inMemory(t, answer(429, ""), WithPacer(NewPacer(5, 200)), WithRateLimitTimeout(20*time.Minute))
		began := time.Now()
		err := c.SetChannel(t.Context(), Channel{LocationID: 1})
		if took := time.Since(began); !errors.Is(err, ErrNothingBut429) || took < 20*time.Minute {
			t.Errorf("after %s: %v", took, err)
		}
	})
}

// The time limit applies to answers that are all 429: one other answer restarts it, and so does a time
// without requests.
func TestRun_PatienceBeginsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if n++; n%2 == 1 {
				answer(429, "")(w, r)
				return
			}
			answer(200, updated)(w, r)
		}, WithRateLimitTimeout(10*time.Second))
		for range 20 {
			if err := c.SetChannel(t.Context(), Channel{}); err != nil {
				t.Fatal(err)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, answer(429, ""), WithRateLimitTimeout(10*time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_ = c.SetChannel(ctx, Channel{})
		time.Sleep(time.Hour)
		before := len(j.requests())
		if e := asError(t, c.SetChannel(t.Context(), Channel{})); e.Kind != KindRateLimited || len(j.requests())-before < 3 {
			t.Errorf("%d requests: %v", len(j.requests())-before, e)
		}
	})
}

// Another answer restarts the time limit while calls are under way all the time, too.
func TestRun_PatienceBeginsAgainInBetween(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int64
		c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet:
				time.Sleep(time.Minute)
				answer(200, installed)(w, r)
			case n.Add(1)%2 == 1:
				answer(429, "")(w, r)
			default:
				answer(200, updated)(w, r)
			}
		}, WithRateLimitTimeout(10*time.Second), WithRequestTimeout(2*time.Minute))
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Installation(t.Context(), 1, 2); err != nil {
				t.Error(err)
			}
		})
		for began := time.Now(); time.Since(began) < 50*time.Second; {
			if err := c.SetChannel(t.Context(), Channel{}); err != nil {
				t.Error(err)
				break
			}
		}
		wg.Wait()
	})
}

// A call that is answered while the others fail keeps its answer.
func TestRun_AnswersUnderWayAreKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				time.Sleep(20 * time.Second)
				answer(200, installed)(w, r)
				return
			}
			answer(429, "")(w, r)
		}, WithRateLimitTimeout(10*time.Second))
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := c.Installation(t.Context(), 1, 2); err != nil {
				t.Error(err)
			}
		})
		if e := asError(t, c.SetChannel(t.Context(), Channel{})); e.Kind != KindRateLimited {
			t.Error(e)
		}
		wg.Wait()
	})
}

// After an answer 401 nothing more is sent with the same token, neither by calls that wait nor by new
// ones; and only one of them says it in full.
func TestRun_TokenRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, answer(401, `{"success":false,"meta":{"message":"Authentication needed."}}`),
			WithPacer(NewPacer(5, 200)), WithUserToken("user-1"))
		var mu sync.Mutex
		full := 0
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				err := c.SetChannel(t.Context(), Channel{LocationID: int64(i)})
				if !errors.Is(err, ErrUnauthorized) || asError(t, err).MayHaveHappened() {
					t.Errorf("got %v", err)
				}
				mu.Lock()
				defer mu.Unlock()
				if asError(t, err).Claim() {
					full++
				}
			})
		}
		wg.Wait()
		if n := len(j.requests()); n > 5 || full != 1 {
			t.Errorf("%d requests, %d full errors", n, full)
		}
		before := len(j.requests())
		_, err := c.Webhooks(t.Context(), 1) // with the same partner token, and another
		if !errors.Is(err, KindTokenRefused) || asError(t, err).Claim() || len(j.requests()) != before {
			t.Errorf("got %v", err)
		}
	})
}

// A refused user token does not affect the partner token.
func TestRun_UserTokenRefused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.Header.Get("Authorization"), "User") {
				answer(401, `{"success":false,"meta":[]}`)(w, r)
				return
			}
			answer(200, updated)(w, r)
		}, WithUserToken("user-1"))
		for range 2 {
			if _, err := c.Webhooks(t.Context(), 1); !errors.Is(err, ErrUnauthorized) {
				t.Error(err)
			}
		}
		if err := c.SetChannel(t.Context(), Channel{}); err != nil {
			t.Error(err)
		}
		if n := len(j.requests()); n != 2 {
			t.Errorf("%d requests, want one of each", n)
		}
	})
}

// A page that says 401 is a proxy's, and says nothing of the token.
func TestRun_PageIsNoRefusal(t *testing.T) {
	t.Parallel()
	s, j := serve(t, answer(401, "<html>log in</html>"))
	c := clientOf(t, s)
	for range 2 {
		_ = c.SetChannel(t.Context(), Channel{})
	}
	if n := len(j.requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

// A thousand calls that are cancelled at once.
func TestRun_ManyCancelled(t *testing.T) {
	t.Parallel()
	s, _ := serve(t, answer(200, updated))
	c := clientOf(t, s, WithPacer(NewPacer(100, 0)), WithMaxRetries(3))
	ctx, cancel := context.WithCancelCause(t.Context())
	var wg sync.WaitGroup
	started := make(chan struct{}, 1000)
	for range 1000 {
		wg.Go(func() {
			started <- struct{}{}
			if err := c.SetChannel(ctx, Channel{}); err != nil && (asError(t, err).Kind != KindCancelled || !errors.Is(err, errUserLeft)) {
				t.Error(err)
			}
		})
	}
	for range 1000 {
		<-started
	}
	cancel(errUserLeft)
	wg.Wait()
	checkIdle(t, c.pacer)
	if len(c.run.calls) != 0 {
		t.Errorf("%d calls are left", len(c.run.calls))
	}
}

// A caller that waits is notified, also about whether the reason is an answer 429.
func TestWaiting_Told(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		log := &eventLog{}
		first := true
		c, _, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				withHeader("Retry-After", "40", answer(429, ""))(w, r)
				return
			}
			answer(200, updated)(w, r)
		}, WithPacer(NewPacer(0, 2)), WithObserver(log), WithMaxRetries(1))
		for range 2 {
			if err := c.SetChannel(t.Context(), Channel{}); err != nil {
				t.Fatal(err)
			}
		}
		if w := log.waiting; len(w) != 2 || !w[0].Limited || w[0].Attempt != 2 || w[0].Wait < 40*time.Second || w[1].Limited || w[1].Attempt != 1 {
			t.Errorf("told of %+v", w)
		}
	})
}

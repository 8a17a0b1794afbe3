// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// installationServer answers after a second, and channels at once.
func installationServer(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		answer(200, updated)(w, r)
		return
	}
	time.Sleep(time.Second)
	answer(200, installed)(w, r)
}

func gets(j *journal) (n int) {
	for _, r := range j.requests() {
		if r.Method == http.MethodGet {
			n++
		}
	}
	return n
}

func TestShared_OneRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, installationServer)
		ask := func() {
			if i, err := c.SharedInstallation(t.Context(), 1, 2); err != nil || i.Status != StatusActive {
				t.Errorf("got %v, %v", i, err)
			}
		}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(ask)
		}
		wg.Wait()
		ask() // later too
		if n := gets(j); n != 1 {
			t.Errorf("51 calls made %d requests, want 1", n)
		}
		// Other keys are separate.
		for _, key := range [][2]int64{{2, 1}, {1, 3}, {12, 0}, {1, 20}} {
			if _, err := c.SharedInstallation(t.Context(), key[0], key[1]); err != nil {
				t.Error(err)
			}
		}
		if n := gets(j); n != 5 {
			t.Errorf("%d requests, want 5", n)
		}
		// Installation always sends a request.
		if _, err := c.Installation(t.Context(), 1, 2); err != nil || gets(j) != 6 {
			t.Errorf("%d requests, %v", gets(j), err)
		}
	})
}

// Whatever may change an installation makes the next call ask again, also when it failed.
func TestShared_WritesForget(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]func(ctx context.Context, c *Client) error{
		"SetChannel": func(ctx context.Context, c *Client) error {
			return c.SetChannel(ctx, Channel{LocationID: 1, ApplicationID: 2})
		},
		"Activate": func(ctx context.Context, c *Client) error {
			return c.Activate(ctx, Activation{LocationID: 1, ApplicationID: 2})
		},
		"Uninstall":   func(ctx context.Context, c *Client) error { return c.Uninstall(ctx, 1, 2) },
		"GrantAccess": func(ctx context.Context, c *Client) error { return c.GrantAccess(ctx, 1, 2) },
		"ReportPayment": func(ctx context.Context, c *Client) error {
			_, _ = c.ReportPayment(ctx, PaymentReport{LocationID: 1, ApplicationID: 2, Sum: "1"})
			return nil
		},
	} {
		for _, fails := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " fails: ", fails), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
						if fails && r.Method == http.MethodPost {
							drop(w)
							return
						}
						installationServer(w, r)
					}, WithMaxRetries(0), WithUserToken("u"))
					for round := 1; round <= 2; round++ {
						want := round
						if name == "SetChannel" && !fails {
							want = 1 // it is installed, or the channel would have been refused
						}
						for range 2 {
							if _, err := c.SharedInstallation(t.Context(), 1, 2); err != nil {
								t.Fatal(err)
							}
						}
						if n := gets(j); n != want {
							t.Errorf("%d requests, want %d", n, want)
						}
						if err := write(t.Context(), c); (err != nil) != fails && name != "ReportPayment" {
							t.Errorf("got %v", err)
						}
					}
					// A write elsewhere changes nothing here.
					_, _ = c.SharedInstallation(t.Context(), 1, 2)
					before := gets(j)
					_ = c.SetChannel(t.Context(), Channel{LocationID: 7, ApplicationID: 2})
					c.installations.known[installationKey{1, 2}] = sharedAnswer[*Installation]{value: &Installation{}}
					_, _ = c.SharedInstallation(t.Context(), 1, 2)
					if n := gets(j); n != before {
						t.Errorf("%d requests, want %d", n, before)
					}
				})
			})
		}
	}
}

// A read that is on its way while something is written may have been answered before the write.
func TestShared_ReadDuringWrite(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, installationServer)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = c.SharedInstallation(t.Context(), 1, 2) })
		time.Sleep(500 * time.Millisecond)
		if err := c.Activate(t.Context(), Activation{LocationID: 1, ApplicationID: 2}); err != nil {
			t.Fatal(err)
		}
		// This one may not join the read from before the write.
		began := time.Now()
		if _, err := c.SharedInstallation(t.Context(), 1, 2); err != nil || time.Since(began) != time.Second {
			t.Errorf("got %v after %s, want an answer of its own", err, time.Since(began))
		}
		wg.Wait()
		if n := gets(j); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, installationServer)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = c.SharedInstallation(t.Context(), 1, 2) })
		time.Sleep(500 * time.Millisecond)
		_ = c.Activate(t.Context(), Activation{LocationID: 1, ApplicationID: 2})
		wg.Wait()
		_, _ = c.SharedInstallation(t.Context(), 1, 2)
		if n := gets(j); n != 2 {
			t.Errorf("the answer from before the write was remembered: %d requests, want 2", n)
		}
	})
	// A read that begins while the write is under way and is answered before it ends.
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				time.Sleep(5 * time.Second)
			}
			installationServer(w, r)
		})
		var wg sync.WaitGroup
		wg.Go(func() { _ = c.Activate(t.Context(), Activation{LocationID: 1, ApplicationID: 2}) })
		time.Sleep(time.Second)
		_, _ = c.SharedInstallation(t.Context(), 1, 2)
		wg.Wait()
		_, _ = c.SharedInstallation(t.Context(), 1, 2)
		if n := gets(j); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	})
}

func TestShared_WhatIsRemembered(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault http.HandlerFunc
		want  int // requests of three calls
	}{
		"not installed": {answer(404, `{"success":false,"data":null,"meta":[]}`), 1},
		"uninstalled":   {answer(200, strings.Replace(installed, "active", "uninstalled", 1)), 1},
		"403":           {answer(403, `{"success":false,"data":null,"meta":[]}`), 3},
		"404 HTML":      {answer(404, `<html>`), 3},
		"500":           {answer(500, ``), 3},
		"200 HTML":      {answer(200, `<html>`), 3},
		"dropped":       {func(w http.ResponseWriter, _ *http.Request) { drop(w) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, j, _ := inMemory(t, tc.fault, WithMaxRetries(0))
				for range 3 {
					_, err := c.SharedInstallation(t.Context(), 1, 2)
					if errors.Is(err, ErrNotInstalled) != (tc.want == 1) {
						t.Errorf("got %v", err)
					}
				}
				if n := gets(j); n != tc.want {
					t.Errorf("%d requests, want %d", n, tc.want)
				}
			})
		})
	}
}

// A caller whose context ends gets an error at once, and nobody else does.
func TestShared_CancelledCaller(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(ctx context.Context) (context.Context, context.CancelFunc){
		"cancelled": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(500*time.Millisecond, cancel)
			return ctx, cancel
		},
		"cancelled with a cause": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancelCause(ctx)
			time.AfterFunc(500*time.Millisecond, func() { cancel(errors.New("the user left")) })
			return ctx, func() { cancel(nil) }
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, 500*time.Millisecond)
		},
	} {
		for _, first := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, first: %t", name, first), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					c, j, _ := inMemory(t, installationServer)
					var wg sync.WaitGroup
					other := func() {
						if _, err := c.SharedInstallation(t.Context(), 1, 2); err != nil {
							t.Errorf("another caller failed with %v", err)
						}
					}
					leaver := func() {
						ctx, cancel := end(t.Context())
						defer cancel()
						began := time.Now()
						_, err := c.SharedInstallation(ctx, 1, 2)
						if e := asError(t, err); e.Kind != KindCancelled || !errors.Is(err, context.Cause(ctx)) {
							t.Errorf("got %v", err)
						}
						if took := time.Since(began); took != 500*time.Millisecond {
							t.Errorf("it took %s to leave", took)
						}
					}
					if first {
						wg.Go(leaver)
						synctest.Wait()
					}
					for range 5 {
						wg.Go(other)
					}
					synctest.Wait()
					if !first {
						wg.Go(leaver)
					}
					wg.Wait()
					want := 1
					if first {
						want = 2
					}
					if n := gets(j); n != want {
						t.Errorf("%d requests, want %d", n, want)
					}
				})
			})
		}
	}
}

// A caller whose own deadline is too short for the limits fails, instead of trying for ever.
func TestShared_OwnDeadlineTooShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pacer := NewPacer(0, 1)
		c, j, _ := inMemory(t, installationServer, WithPacer(pacer))
		_, _ = c.SharedInstallation(t.Context(), 1, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := c.SharedInstallation(ctx, 1, 2)
		if e := asError(t, err); e.Kind != KindCancelled || !strings.Contains(e.Error(), "it would have to wait") {
			t.Errorf("got %v", err)
		}
		if n := gets(j); n != 1 {
			t.Errorf("%d requests", n)
		}
	})
}

func TestShared_MemoryIsBounded(t *testing.T) {
	t.Parallel()
	var s shared[int, int]
	for i := range maxRemembered + 1000 {
		got, err := s.get(t.Context(), i, func(context.Context) (int, error) { return -i, nil })
		if err != nil || got != -i {
			t.Fatalf("got %d, %v", got, err)
		}
	}
	if n := len(s.known); n != maxRemembered {
		t.Errorf("%d answers are remembered, want %d", n, maxRemembered)
	}
	s.forget(maxRemembered + 999) // the last one is there, whatever was dropped
	if n := len(s.known); n != maxRemembered-1 {
		t.Errorf("%d answers are remembered, want %d", n, maxRemembered-1)
	}
}

func TestSharedLocationIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, j, _ := inMemory(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				answer(200, updated)(w, r)
				return
			}
			time.Sleep(time.Second)
			answer(200, `{"success":true,"data":[{"id":"5"},{"id":7}],"meta":[]}`)(w, r)
		}, WithUserToken("u"))
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				ids, err := c.SharedLocationIDs(t.Context(), 2)
				if _, ok := ids[5]; err != nil || len(ids) != 2 || !ok {
					t.Errorf("got %v, %v", ids, err)
				}
			})
		}
		wg.Wait()
		if n := gets(j); n != 3 {
			t.Errorf("%d requests, want the 3 of one listing", n)
		}
		_ = c.Uninstall(t.Context(), 5, 2)
		_, _ = c.SharedLocationIDs(t.Context(), 2)
		_ = c.SetChannel(t.Context(), Channel{LocationID: 7, ApplicationID: 2}) // connects nothing
		_, _ = c.SharedLocationIDs(t.Context(), 2)
		if n := gets(j); n != 6 {
			t.Errorf("%d requests, want the 6 of two listings", n)
		}
	})
}

// A caller that looked for an answer before it was remembered, and joins after that, must not ask again.
func TestShared_lateCaller(t *testing.T) {
	t.Parallel()
	for range 20_000 {
		var s shared[int, int]
		var asked atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				_, _ = s.get(t.Context(), 1, func(context.Context) (int, error) {
					asked.Add(1)
					return 1, nil
				})
			})
		}
		wg.Wait()
		if n := asked.Load(); n != 1 {
			t.Fatalf("four callers asked %d times", n)
		}
	}
}

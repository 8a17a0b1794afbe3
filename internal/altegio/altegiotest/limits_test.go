// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A burst says how many of 20 requests are accepted, some time after the start.
type burst struct {
	at       time.Duration
	accepted int
}

func TestLimits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		limits altegiotest.Limits
		start  time.Duration // after a whole minute
		bursts []burst
	}{
		"none": {
			altegiotest.Limits{},
			0,
			[]burst{{0, 20}, {0, 20}},
		},
		"sliding": {
			altegiotest.Limits{PerSecond: 5},
			0,
			[]burst{{0, 5}, {999 * time.Millisecond, 0}, {time.Second, 5}, {1999 * time.Millisecond, 0}, {2 * time.Second, 5}},
		},
		"sliding across a boundary": {
			altegiotest.Limits{PerSecond: 5},
			900 * time.Millisecond,
			[]burst{{0, 5}, {100 * time.Millisecond, 0}, {time.Second, 5}},
		},
		"sliding, both limits": {
			altegiotest.Limits{PerSecond: 5, PerMinute: 12},
			0,
			[]burst{{0, 5}, {time.Second, 5}, {2 * time.Second, 2}, {3 * time.Second, 0}, {time.Minute, 5}, {61 * time.Second, 5}, {62 * time.Second, 2}},
		},
		"fixed": {
			altegiotest.Limits{PerSecond: 5, PerMinuteWindow: altegiotest.Fixed},
			0,
			[]burst{{0, 5}, {999 * time.Millisecond, 0}, {time.Second, 5}},
		},
		"fixed, across a boundary": {
			altegiotest.Limits{PerSecond: 5, PerMinuteWindow: altegiotest.Fixed},
			900 * time.Millisecond,
			[]burst{{0, 5}, {100 * time.Millisecond, 5}, {time.Second, 0}, {1100 * time.Millisecond, 5}},
		},
		"fixed, both limits": {
			altegiotest.Limits{PerSecond: 5, PerMinute: 7, PerMinuteWindow: altegiotest.Fixed},
			58 * time.Second,
			[]burst{{0, 5}, {time.Second, 2}, {2 * time.Second, 5}, {3 * time.Second, 2}, {4 * time.Second, 0}},
		},
		"bucket": {
			altegiotest.Limits{PerSecond: 5, PerMinuteWindow: altegiotest.Bucket},
			0,
			[]burst{{0, 5}, {199 * time.Millisecond, 0}, {200 * time.Millisecond, 1}, {600 * time.Millisecond, 2}, {10 * time.Second, 5}},
		},
		"bucket, both limits": {
			altegiotest.Limits{PerSecond: 5, PerMinute: 6, PerMinuteWindow: altegiotest.Bucket},
			0,
			[]burst{{0, 5}, {time.Second, 1}, {9 * time.Second, 0}, {10 * time.Second, 1}},
		},
		"faster": {
			altegiotest.Limits{PerMinute: 5, Scale: 60},
			0,
			[]burst{{0, 5}, {999 * time.Millisecond, 0}, {time.Second, 5}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			start := clock.Now().Add(tt.start)
			x := newTester(t, altegiotest.WithClock(clock.Now), altegiotest.WithLimits(tt.limits))
			for _, b := range tt.bursts {
				clock.set(start.Add(b.at))
				accepted := 0
				for range 20 {
					if x.get("/countries").status == 200 {
						accepted++
					}
				}
				if accepted != b.accepted {
					t.Errorf("after %s: %d accepted, want %d", b.at, accepted, b.accepted)
				}
			}
		})
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	clock := newClock()
	x := newTester(t, altegiotest.WithClock(clock.Now), altegiotest.WithLimits(altegiotest.Limits{PerMinute: 1, RetryAfter: "7"}))
	x.get("/nothing").wantStatus(t, 404)
	got := x.post(channelPath, channelBody)
	got.want(t, 429, message("Too many requests."))
	if value := got.header.Get("Retry-After"); value != "7" {
		t.Errorf("Retry-After %q", value)
	}
	if _, wasSet := x.Channel(1001, 456, "sms"); wasSet {
		t.Error("a rejected request had an effect")
	}
	if got := x.RequestsFor(altegiotest.OpUpdateChannel); len(got) != 1 || got[0].StatusCode != 429 {
		t.Errorf("journal: %+v", got)
	}
	x.SetLimits(altegiotest.Limits{PerMinute: 1})
	x.get(statusPath).wantStatus(t, 200)
	if got := x.get(statusPath); got.status != 429 || len(got.header.Values("Retry-After")) != 0 {
		t.Errorf("got %d %v", got.status, got.header)
	}
}

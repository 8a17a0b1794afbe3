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
		"a second": {
			altegiotest.Limits{PerSecond: 5},
			0,
			[]burst{{0, 5}, {999 * time.Millisecond, 0}, {time.Second, 5}, {1999 * time.Millisecond, 0}, {2 * time.Second, 5}},
		},
		"across a boundary": {
			altegiotest.Limits{PerSecond: 5},
			900 * time.Millisecond,
			[]burst{{0, 5}, {100 * time.Millisecond, 0}, {time.Second, 5}},
		},
		"both limits": {
			altegiotest.Limits{PerSecond: 5, PerMinute: 12},
			0,
			[]burst{{0, 5}, {time.Second, 5}, {2 * time.Second, 2}, {3 * time.Second, 0}, {time.Minute, 5}, {61 * time.Second, 5}, {62 * time.Second, 2}},
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
	x := newTester(t, altegiotest.WithClock(clock.Now), altegiotest.WithLimits(altegiotest.Limits{PerMinute: 1}))
	x.get("/nothing").wantStatus(t, 404)
	got := x.post(channelPath, channelBody)
	got.want(t, 429, message("Too many requests."))
	if _, wasSet := x.Channel(1001, 456, "sms"); wasSet {
		t.Error("a rejected request had an effect")
	}
	if got := x.RequestsFor(altegiotest.OpUpdateChannel); len(got) != 1 || got[0].StatusCode != 429 {
		t.Errorf("journal: %+v", got)
	}
}

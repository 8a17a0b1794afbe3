// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"net"
	"sync"
	"time"
)

// Limits are the rate limits of a server. Both apply to each remote IP address, in every window of a
// second and of a minute: how the vendor counts is not documented (API-8), and this is the strictest
// way. A rejected request does not count.
type Limits struct {
	PerSecond int // requests in a second; 0 for no such limit
	PerMinute int // requests in a minute; 0 for no such limit
}

type limiter struct {
	mu      sync.Mutex
	limits  Limits
	clients map[string][]*window // by IP address
}

// newLimiter returns a limiter that has not counted anything.
func newLimiter(limits Limits) *limiter {
	return &limiter{limits: limits, clients: map[string][]*window{}}
}

// allow reports whether a request from the address is within the limits, and counts it if so.
func (l *limiter) allow(remoteAddr string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ip, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		ip = remoteAddr
	}
	windows, ok := l.clients[ip]
	if !ok {
		windows = l.limits.windows()
		l.clients[ip] = windows
	}
	for _, w := range windows {
		if !w.allows(now) {
			return false
		}
	}
	for _, w := range windows {
		w.count(now)
	}
	return true
}

func (l Limits) windows() []*window {
	var windows []*window
	if l.PerSecond > 0 {
		windows = append(windows, &window{period: time.Second, accepted: make([]time.Time, l.PerSecond)})
	}
	if l.PerMinute > 0 {
		windows = append(windows, &window{period: time.Minute, accepted: make([]time.Time, l.PerMinute)})
	}
	return windows
}

// A window counts the requests of one client against one limit. It remembers the times of as many
// requests as the limit allows, in a ring.
type window struct {
	period   time.Duration
	accepted []time.Time
	oldest   int
}

func (w *window) allows(now time.Time) bool {
	oldest := w.accepted[w.oldest]
	return oldest.IsZero() || now.Sub(oldest) >= w.period
}

func (w *window) count(now time.Time) {
	w.accepted[w.oldest] = now
	w.oldest = (w.oldest + 1) % len(w.accepted)
}

// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"net"
	"sync"
	"time"
)

// A Window is a way of counting requests against a limit.
type Window int

// The vendor publishes the numbers, not the way of counting (API-8). A client has to live with each.
const (
	// Sliding accepts a request if fewer than the limit were accepted in the time just before it.
	Sliding Window = iota
	// Fixed counts within whole seconds and whole minutes of the clock, so that twice the limit
	// fits around a boundary.
	Fixed
	// Bucket is a token bucket that holds the limit, is full at the start and refills evenly.
	Bucket
)

// Limits are the rate limits of a server. They hold for each remote IP address, and both at once.
// A rejected request doesn't count.
type Limits struct {
	PerSecond int // requests in a second; 0 for no such limit
	PerMinute int // requests in a minute; 0 for no such limit

	// PerMinuteWindow says how requests are counted, against both limits.
	PerMinuteWindow Window

	// Scale makes time run faster for the limits: a minute takes time.Minute/Scale. 0 means 1.
	Scale float64

	// RetryAfter is the value of the Retry-After header in a 429; "" for no header.
	RetryAfter string
}

type limiter struct {
	mu      sync.Mutex
	limits  Limits
	clients map[string][]counter // by IP address
}

// A counter counts the requests of one client against one limit.
type counter interface {
	allows(now time.Time) bool
	count(now time.Time) // only after allows returned true for the same time
}

func (l *limiter) configure(limits Limits) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.limits = limits
	l.clients = map[string][]counter{}
}

func (l *limiter) retryAfter() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.limits.RetryAfter
}

// allow reports whether a request from the address is within the limits, and counts it if so.
func (l *limiter) allow(remoteAddr string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.limits.PerSecond <= 0 && l.limits.PerMinute <= 0 {
		return true
	}
	ip, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		ip = remoteAddr
	}
	counters, ok := l.clients[ip]
	if !ok {
		counters = l.limits.counters(now)
		l.clients[ip] = counters
	}
	for _, c := range counters {
		if !c.allows(now) {
			return false
		}
	}
	for _, c := range counters {
		c.count(now)
	}
	return true
}

func (l Limits) counters(now time.Time) []counter {
	scale := l.Scale
	if scale <= 0 {
		scale = 1
	}
	var counters []counter
	add := func(limit int, period time.Duration) {
		if limit <= 0 {
			return
		}
		period = time.Duration(float64(period) / scale)
		switch l.PerMinuteWindow {
		case Fixed:
			counters = append(counters, &fixedCounter{limit: limit, period: period})
		case Bucket:
			counters = append(counters, &bucketCounter{limit: limit, period: period, tokens: float64(limit), filled: now})
		default:
			counters = append(counters, &slidingCounter{period: period, accepted: make([]time.Time, limit)})
		}
	}
	add(l.PerSecond, time.Second)
	add(l.PerMinute, time.Minute)
	return counters
}

// A slidingCounter remembers the times of as many requests as the limit allows, in a ring.
type slidingCounter struct {
	period   time.Duration
	accepted []time.Time
	oldest   int
}

func (c *slidingCounter) allows(now time.Time) bool {
	oldest := c.accepted[c.oldest]
	return oldest.IsZero() || now.Sub(oldest) >= c.period
}

func (c *slidingCounter) count(now time.Time) {
	c.accepted[c.oldest] = now
	c.oldest = (c.oldest + 1) % len(c.accepted)
}

type fixedCounter struct {
	limit    int
	period   time.Duration
	start    time.Time
	accepted int
}

func (c *fixedCounter) allows(now time.Time) bool {
	return !now.Truncate(c.period).Equal(c.start) || c.accepted < c.limit
}

func (c *fixedCounter) count(now time.Time) {
	if start := now.Truncate(c.period); !start.Equal(c.start) {
		c.start, c.accepted = start, 0
	}
	c.accepted++
}

type bucketCounter struct {
	limit  int
	period time.Duration
	tokens float64
	filled time.Time
}

func (c *bucketCounter) allows(now time.Time) bool {
	gained := float64(c.limit) * float64(now.Sub(c.filled)) / float64(c.period)
	c.tokens = min(float64(c.limit), c.tokens+gained)
	c.filled = now
	// A whole token that arrives in many small gains may come out a rounding error short.
	return c.tokens >= 1-1e-9
}

func (c *bucketCounter) count(time.Time) {
	c.tokens--
}

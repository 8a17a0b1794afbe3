// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// A Pacer keeps requests within a limit per second and a limit per minute. It is safe for concurrent use.
// Everything in a process that calls the API should share one.
//
// It keeps a log of the last requests, and sends the next one when no one-second or one-minute window would
// contain too many. That is the strictest reading of the limits: it also satisfies fixed windows and a
// token bucket. A token bucket (golang.org/x/time/rate) of 200 a minute could send 400 within one minute.
//
// The log belongs to the process. With NewSharedPacer, the processes of a machine share one.
type Pacer struct {
	keep   int         // size of the log
	shared *sharedPace // the log of all processes, or nil

	mu         sync.Mutex
	rules      rules
	queue      []*waiter   // waiting requests, oldest first
	turn       bool        // a request has the turn
	deciding   bool        // and cannot be sent yet
	sent       []time.Time // the log, oldest first
	underway   int         // requests in flight that are not in the log yet
	pauseBegan time.Time
	streak     int // pauses since the last answer that was not 429
}

// rules say when a request can be sent.
type rules struct {
	windows     []window
	pausedUntil time.Time
	spacing     time.Duration // minimum time between two requests, for a while after a 429
}

// A history returns when the n-th last request was sent; false if there were fewer.
type history func(n int) (at time.Time, ok bool)

func historyOf(log []time.Time) history {
	return func(n int) (time.Time, bool) {
		if n > len(log) {
			return time.Time{}, false
		}
		return log[len(log)-n], true
	}
}

// A waiter is a request that waits for its turn. The oldest is sent first, so after a pause the refused
// request is sent again, and not one that came later. It collects all refusals until the server accepts
// something, but those are few. In the order of arrival, requests would pass the refusals around, and some
// would be refused for longer than their time limit.
type waiter struct {
	since time.Time
	ready chan struct{} // closed when its turn comes
}

// A window allows a number of requests in any interval of its length.
type window struct {
	limit  int
	period time.Duration
}

const (
	// Requests that are sent a second apart can arrive slightly less than a second apart.
	secondGuard = 30 * time.Millisecond
	minuteGuard = 300 * time.Millisecond

	// A turn ends when its request is on the wire. A request that is stuck before that does not hold up the
	// others for longer than this.
	maxTurn = 2 * time.Second
	// recheck is how often to check whether stuck requests have moved, if they could fill a limit.
	recheck = 100 * time.Millisecond

	// A refusal costs the server little, and a limit is full for a minute at most. So pauses are short: a
	// long pause leaves unused what other clients behind the same address do not need.
	firstPause   = time.Second
	maxPause     = 5 * time.Second // unless the server asks for more
	firstSpacing = 300 * time.Millisecond
	maxSpacing   = time.Second
)

// Why a request waits.
const (
	theRateLimit  = "the rate limit"
	theSlowerPace = "a slower pace after an answer 429"
	thePause      = "a pause after an answer 429"
)

// NewPacer returns a Pacer for both limits; 0 turns a limit off. A limit with a fraction holds over a
// longer time: 0.5 a second is one request every two seconds.
func NewPacer(requestsPerSecond, requestsPerMinute float64) *Pacer {
	return &Pacer{
		keep:  int(math.Ceil(max(requestsPerSecond, requestsPerMinute, 1))),
		rules: rules{windows: windowsFor(requestsPerSecond, requestsPerMinute)},
	}
}

func windowsFor(requestsPerSecond, requestsPerMinute float64) (windows []window) {
	if requestsPerSecond > 0 {
		windows = append(windows, windowFor(requestsPerSecond, time.Second+secondGuard))
	}
	if requestsPerMinute > 0 {
		windows = append(windows, windowFor(requestsPerMinute, time.Minute+minuteGuard))
	}
	return windows
}

// windowFor rounds a limit up to whole requests, and extends the period in proportion.
func windowFor(limit float64, period time.Duration) window {
	whole := math.Ceil(limit)
	return window{int(whole), time.Duration(float64(period) * (whole / limit))}
}

// A waitError says that a wait ended, or did not begin, because of the caller's context.
type waitError struct {
	text string
	err  error
}

func (e *waitError) Error() string { return e.text }
func (e *waitError) Unwrap() error { return e.err }

// acquire waits until a request can be sent, but not before the given time. since is when the request was
// first wanted. The caller sends it, and calls release when it is on the wire or has failed; further calls
// of release do nothing. If ctx ends, or would end before the wait does, acquire returns a *waitError.
func (p *Pacer) acquire(
	ctx context.Context, since, notBefore time.Time, waiting func(d time.Duration, reason string),
) (release func(), err error) {
	if err := p.sleep(ctx, notBefore, "retrying", waiting); err != nil {
		return nil, err
	}
	w, err := p.join(ctx, since)
	if err != nil {
		return nil, err
	}
	select {
	case <-w.ready:
	case <-ctx.Done():
		p.leave(w)
		return nil, cancelled(ctx)
	}
	var place *place // its place among all processes
	if p.shared != nil {
		place = p.shared.newPlace()
	}
	for {
		p.mu.Lock()
		now := time.Now()
		current := p.rules
		at, reason := current.earliest(historyOf(p.sent), p.underway, now)
		if !at.After(now) && ctx.Err() == nil && (place == nil || place.granted) {
			release := p.take(place)
			p.mu.Unlock()
			return release, nil
		}
		p.mu.Unlock()
		switch {
		case place == nil:
		case !at.After(now):
			at, reason = p.askOthers(ctx, place, current)
		case place.granted: // a pause came meanwhile
			place.leave()
		}
		if err := p.sleep(ctx, at, reason, waiting); err != nil {
			if place != nil {
				place.leave()
			}
			p.endTurn()
			return nil, err
		}
	}
}

// join takes a place in the queue, unless its turn comes after the caller's deadline.
func (p *Pacer) join(ctx context.Context, since time.Time) (*waiter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	place := len(p.queue)
	for place > 0 && p.queue[place-1].since.After(since) {
		place--
	}
	if deadline, ok := ctx.Deadline(); ok {
		ahead := place
		if p.deciding {
			ahead++
		}
		now := time.Now()
		log, at := slices.Clone(p.sent), now
		for range p.underway {
			log = append(log, now)
		}
		for range ahead + 1 {
			at, _ = p.rules.earliest(historyOf(log), 0, at)
			log = append(log, at)
		}
		if at.After(deadline) {
			return nil, tooLong(at.Sub(now), deadline.Sub(now), theRateLimit)
		}
	}
	w := &waiter{since: since, ready: make(chan struct{})}
	p.queue = slices.Insert(p.queue, place, w)
	if !p.turn {
		p.nextTurn()
	}
	return w, nil
}

// leave gives up a place in the queue, or the turn if it has just come.
func (p *Pacer) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.queue, w); i >= 0 {
		p.queue = slices.Delete(p.queue, i, i+1)
		return
	}
	p.nextTurn()
}

func (p *Pacer) endTurn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.nextTurn()
}

// nextTurn is called with the lock held.
func (p *Pacer) nextTurn() {
	p.turn, p.deciding = len(p.queue) > 0, len(p.queue) > 0
	if p.turn {
		close(p.queue[0].ready)
		p.queue = slices.Delete(p.queue, 0, 1)
	}
}

// earliest returns when the next request can be sent, given the requests before it and the number of
// requests in flight, which can reach the server at any moment.
func (r rules) earliest(sent history, underway int, now time.Time) (at time.Time, reason string) {
	at = now
	later := func(t time.Time, why string) {
		if t.After(at) {
			at, reason = t, why
		}
	}
	for _, w := range r.windows {
		room := w.limit - underway
		if room <= 0 {
			later(now.Add(recheck), "requests that are stuck")
		} else if nth, ok := sent(room); ok {
			later(nth.Add(w.period), theRateLimit)
		}
	}
	if r.spacing > 0 {
		if last, ok := sent(1); ok {
			later(last.Add(r.spacing), theSlowerPace)
		}
	}
	later(r.pausedUntil, thePause)
	return at, reason
}

// take lets a request be sent. It returns a function that ends its turn and logs it: the time on the wire
// counts, because dialling can take longer than the guards allow for.
func (p *Pacer) take(place *place) (release func()) {
	p.underway++
	p.deciding = false
	var turn, log sync.Once
	giveUp := time.AfterFunc(maxTurn, func() { turn.Do(p.endTurn) })
	return func() {
		log.Do(func() {
			now := time.Now()
			p.mu.Lock()
			p.underway--
			if len(p.sent) >= 2*p.keep {
				p.sent = append(p.sent[:0], p.sent[len(p.sent)-p.keep:]...)
			}
			p.sent = append(p.sent, now)
			last := len(p.queue) == 0
			p.mu.Unlock()
			if place != nil {
				place.sent(now, last)
			}
			giveUp.Stop()
			turn.Do(p.endTurn)
		})
	}
}

// limited records an answer 429 to a request that was sent at the given time. It pauses every request, for
// as long as the server asks if it does, and slows the pace. Answers to requests that were in flight when
// the pause began belong to the same pause.
func (p *Pacer) limited(sentAt time.Time, asked time.Duration, known bool, longest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	extend := func(d time.Duration) {
		p.pauseUntil(now.Add(d))
		if p.shared != nil {
			p.shared.pause(p.pauseBegan, p.rules.pausedUntil)
		}
	}
	if !sentAt.After(p.pauseBegan) {
		if known {
			extend(asked)
		}
		return
	}
	p.beginPause(now)
	// The jitter keeps processes that pause together from continuing together. The backoff is for a server
	// that keeps asking for a second although that is too short.
	backoff := min(maxPause, firstPause<<min(p.streak-1, 10))
	backoff = backoff/2 + rand.N(backoff/2+1)
	if known {
		backoff = max(backoff, asked+rand.N(asked/10+1))
	}
	extend(min(longest, backoff))
}

// beginPause is called with the lock held, and so is pauseUntil.
func (p *Pacer) beginPause(began time.Time) {
	p.streak++
	p.pauseBegan = began
	p.rules.spacing = min(maxSpacing, max(2*p.rules.spacing, firstSpacing))
}

func (p *Pacer) pauseUntil(until time.Time) {
	if until.After(p.rules.pausedUntil) {
		p.rules.pausedUntil = until
	}
}

// answered records an answer other than 429: the pace recovers.
func (p *Pacer) answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streak = 0
	if p.rules.spacing = p.rules.spacing * 8 / 10; p.rules.spacing < 20*time.Millisecond {
		p.rules.spacing = 0
	}
}

// sleep waits until a time, unless ctx ends or would end before.
func (p *Pacer) sleep(ctx context.Context, until time.Time, reason string, waiting func(time.Duration, string)) error {
	if ctx.Err() != nil {
		return cancelled(ctx)
	}
	d := time.Until(until)
	if d <= 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		return tooLong(d, time.Until(deadline), reason)
	}
	if d >= noticeableWait {
		waiting(d, reason)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return cancelled(ctx)
	}
}

func cancelled(ctx context.Context) error {
	return &waitError{"before it was sent", context.Cause(ctx)}
}

func tooLong(wait, left time.Duration, reason string) error {
	return &waitError{
		fmt.Sprintf("it would have to wait %s for %s, and only %s are left",
			wait.Round(time.Millisecond), reason, left.Round(time.Millisecond)),
		context.DeadlineExceeded,
	}
}

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

// A Pacer holds requests to a number a second and a number a minute at once. It is safe for
// concurrent use, and meant to be shared by everything in a process that calls the API.
//
// It keeps a log of the last requests, and lets the next one go when no second and no minute would
// see too many, wherever they are taken to begin. That is the strictest reading of the limits: who
// keeps to it keeps to fixed windows and to a token bucket as well, whereas a token bucket
// (golang.org/x/time/rate) of 200 a minute may let 400 go within one minute.
//
// The log is that of the process. With NewSharedPacer, the processes of a machine have one together.
type Pacer struct {
	keep   int         // how many requests the log must hold
	shared *sharedPace // what the processes of this machine share; nil for nothing

	mu         sync.Mutex
	rules      rules
	queue      []*waiter   // those that wait for their turn, by age
	turn       bool        // somebody has it
	deciding   bool        // and has not been let go yet
	sent       []time.Time // the log, oldest first
	underway   int         // requests that were let go and are not in the log yet
	pauseBegan time.Time
	streak     int // pauses since the last answer that was not 429
}

// rules say when a request may go.
type rules struct {
	windows     []window
	pausedUntil time.Time
	spacing     time.Duration // at least this long between two requests, for a while after a 429
}

// A history tells when the last request but n-1 was sent; false when there were not as many.
type history func(n int) (at time.Time, ok bool)

func historyOf(log []time.Time) history {
	return func(n int) (time.Time, bool) {
		if n > len(log) {
			return time.Time{}, false
		}
		return log[len(log)-n], true
	}
}

// A waiter is a request that waits for its turn. The oldest is sent first, so that one that was refused is
// what is sent after the pause, and not what came meanwhile: it bears all refusals until the server lets
// something in again, but they are few then. In the order of arrival, requests would pass the refusals
// around, and some would be refused for longer than they have patience.
type waiter struct {
	since time.Time
	ready chan struct{} // closed when it is its turn
}

// A window allows a number of requests in any interval of its length.
type window struct {
	limit  int
	period time.Duration
}

const (
	// Requests that leave a second apart may arrive a little less than that apart.
	secondGuard = 30 * time.Millisecond
	minuteGuard = 300 * time.Millisecond

	// A turn is over when its request is on the wire; one that is stuck on its way there does not
	// hold the others up for longer than this.
	maxTurn = 2 * time.Second
	// recheck is how often one looks whether those that are stuck have moved, when they could fill
	// a limit.
	recheck = 100 * time.Millisecond

	// A refusal costs the server little and a limit at most its minute, so one looks again often: who
	// stays away for long leaves unused what others behind the same address do not need.
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

// windowFor rounds a limit up to whole requests, and makes their time as much longer.
func windowFor(limit float64, period time.Duration) window {
	whole := math.Ceil(limit)
	return window{int(whole), time.Duration(float64(period) * (whole / limit))}
}

// A waitError is a wait that ended, or did not begin, because of the caller's context.
type waitError struct {
	text string
	err  error
}

func (e *waitError) Error() string { return e.text }
func (e *waitError) Unwrap() error { return e.err }

// acquire waits until a request may be sent, not before the given time. Since is when it was first
// wanted. The caller sends it and calls release when it is on the wire, or has failed; calling it
// again does nothing. When ctx ends, or would end before the wait does, acquire returns a
// *waitError.
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
	var place *place // among the requests of other processes
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
		case place.granted: // and a pause came
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

// join takes a place in the queue, unless its turn is further off than the caller's deadline.
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

// leave gives up a place in the queue, or the turn where it has just come.
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

// earliest returns when the next request may go, given those that were sent before it, and how many
// others are underway, which may reach the server at any moment.
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

// take lets a request leave, and returns the release of its turn, which logs it: what counts is
// when it was on the wire, for dialling may take longer than the guards allow for.
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
			p.mu.Unlock()
			if place != nil {
				place.sent(now)
			}
			giveUp.Stop()
			turn.Do(p.endTurn)
		})
	}
}

// limited takes note of an answer 429 to a request that was sent at the given time. It pauses every
// request, for as long as the server asked for where it did, and slows the pace. Answers to
// requests that were under way when the pause began belong to the same pause.
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
	// Processes that were stopped together should not come back together. And a server that goes on
	// asking for a second does not know how long it takes.
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

// answered takes note of an answer that is not 429: the pace recovers.
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

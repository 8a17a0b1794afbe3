package altegio

import (
	"context"
	"fmt"
	"math/rand/v2"
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
type Pacer struct {
	windows []window
	keep    int           // how many requests the log must hold
	turn    chan struct{} // held by the one caller that may send next

	mu          sync.Mutex
	sent        []*time.Time // the log, oldest first
	waiting     int
	pauseBegan  time.Time
	pausedUntil time.Time
	streak      int           // pauses since the last answer that was not 429
	spacing     time.Duration // at least this long between two requests, for a while after a 429
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

	firstPause   = time.Second
	firstSpacing = 300 * time.Millisecond
	maxSpacing   = 5 * time.Second
)

// NewPacer returns a Pacer for both limits; 0 turns a limit off.
func NewPacer(requestsPerSecond, requestsPerMinute int) *Pacer {
	p := &Pacer{turn: make(chan struct{}, 1)}
	if requestsPerSecond > 0 {
		p.windows = append(p.windows, window{requestsPerSecond, time.Second + secondGuard})
	}
	if requestsPerMinute > 0 {
		p.windows = append(p.windows, window{requestsPerMinute, time.Minute + minuteGuard})
	}
	p.keep = max(requestsPerSecond, requestsPerMinute, 1)
	return p
}

// A waitError is a wait that ended, or did not begin, because of the caller's context.
type waitError struct {
	text string
	err  error
}

func (e *waitError) Error() string { return e.text }
func (e *waitError) Unwrap() error { return e.err }

// acquire waits until a request may be sent, not before the given time. The caller sends it and
// calls release when it is on the wire, or has failed; calling it again does nothing. When ctx ends,
// or would end before the wait does, acquire returns a *waitError.
func (p *Pacer) acquire(
	ctx context.Context, notBefore time.Time, waiting func(d time.Duration, reason string),
) (release func(), err error) {
	if err := p.sleep(ctx, notBefore, "retrying", waiting); err != nil {
		return nil, err
	}
	if err := p.queue(ctx); err != nil {
		return nil, err
	}
	select {
	case p.turn <- struct{}{}:
		p.leaveQueue()
	case <-ctx.Done():
		p.leaveQueue()
		return nil, cancelled(ctx)
	}
	for {
		p.mu.Lock()
		now := time.Now()
		at, reason := p.earliest(p.sent, now)
		if !at.After(now) && ctx.Err() == nil {
			release := p.take(now)
			p.mu.Unlock()
			return release, nil
		}
		p.mu.Unlock()
		if err := p.sleep(ctx, at, reason, waiting); err != nil {
			<-p.turn
			return nil, err
		}
	}
}

// queue joins the queue, unless its end is further off than the caller's deadline.
func (p *Pacer) queue(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if deadline, ok := ctx.Deadline(); ok {
		now := time.Now()
		log, at := p.sent, now
		for range p.waiting + 1 {
			at, _ = p.earliest(log, at)
			log = append(log[:len(log):len(log)], &at)
		}
		if at.After(deadline) {
			return tooLong(at.Sub(now), deadline.Sub(now), "the rate limit")
		}
	}
	p.waiting++
	return nil
}

func (p *Pacer) leaveQueue() {
	p.mu.Lock()
	p.waiting--
	p.mu.Unlock()
}

// earliest returns when the next request may go, given the log of those before it.
func (p *Pacer) earliest(log []*time.Time, now time.Time) (at time.Time, reason string) {
	at = now
	later := func(t time.Time, why string) {
		if t.After(at) {
			at, reason = t, why
		}
	}
	for _, w := range p.windows {
		if len(log) >= w.limit {
			later(log[len(log)-w.limit].Add(w.period), "the rate limit")
		}
	}
	if p.spacing > 0 && len(log) > 0 {
		later(log[len(log)-1].Add(p.spacing), "a slower pace after an answer 429")
	}
	later(p.pausedUntil, "a pause after an answer 429")
	return at, reason
}

// take logs a request that leaves now, and returns the release of its turn. What counts in the log
// is when the request was on the wire: dialling may take longer than the guards allow for.
func (p *Pacer) take(now time.Time) (release func()) {
	entry := &now
	p.sent = append(p.sent, entry)
	if len(p.sent) > 2*p.keep {
		p.sent = append([]*time.Time(nil), p.sent[len(p.sent)-p.keep:]...)
	}
	var endTurn, log sync.Once
	giveUp := time.AfterFunc(maxTurn, func() { endTurn.Do(func() { <-p.turn }) })
	return func() {
		log.Do(func() {
			p.mu.Lock()
			*entry = time.Now()
			for i := len(p.sent) - 1; i > 0 && p.sent[i].Before(*p.sent[i-1]); i-- {
				p.sent[i], p.sent[i-1] = p.sent[i-1], p.sent[i]
			}
			p.mu.Unlock()
			giveUp.Stop()
			endTurn.Do(func() { <-p.turn })
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
		if until := now.Add(d); until.After(p.pausedUntil) {
			p.pausedUntil = until
		}
	}
	if !sentAt.After(p.pauseBegan) {
		if known {
			extend(asked)
		}
		return
	}
	p.streak++
	p.pauseBegan = now
	backoff := min(longest, maxBackoff, firstPause<<min(p.streak-1, 10))
	// Processes that were stopped together should not come back together.
	backoff = backoff/2 + rand.N(backoff/2+1)
	if known && asked > 0 {
		extend(min(longest, asked+rand.N(asked/10+1)))
	} else {
		extend(backoff)
	}
	p.spacing = min(maxSpacing, max(2*p.spacing, firstSpacing))
}

// answered takes note of an answer that is not 429: the pace recovers.
func (p *Pacer) answered() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.streak = 0
	if p.spacing = p.spacing * 9 / 10; p.spacing < 20*time.Millisecond {
		p.spacing = 0
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
	return &waitError{"cancelled before it was sent", context.Cause(ctx)}
}

func tooLong(wait, left time.Duration, reason string) error {
	return &waitError{
		fmt.Sprintf("not sent: it would have to wait %s for %s, and only %s are left",
			wait.Round(time.Millisecond), reason, left.Round(time.Millisecond)),
		context.DeadlineExceeded,
	}
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"time"
)

// A place is that of a request among those of all processes.
type place struct {
	pace    *sharedPace
	id      int64 // 0 when the file does not know it
	granted bool
	alive   *time.Timer
}

func (s *sharedPace) newPlace() *place { return &place{pace: s} }

// leave gives the place up.
func (p *place) leave() {
	p.stop()
	if p.id != 0 {
		p.pace.change(paceChange{id: p.id}, 0)
	}
	p.id, p.granted = 0, false
}

// sent notes when the request was on the wire.
func (p *place) sent(at time.Time) {
	p.stop()
	p.pace.change(paceChange{id: p.id, sent: at}, flushDelay)
}

// grant notes that the request may be sent. If that takes long, others must not take it for lost.
func (p *place) grant() {
	p.granted = true
	s := p.pace
	s.mu.Lock()
	defer s.mu.Unlock()
	p.alive = time.AfterFunc(signOfLife, p.tell)
}

func (p *place) tell() {
	s := p.pace
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.alive != nil {
		s.changeLocked(paceChange{id: p.id, alive: true}, 0)
		p.alive.Reset(signOfLife)
	}
}

func (p *place) stop() {
	s := p.pace
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.alive != nil {
		p.alive.Stop()
		p.alive = nil
	}
}

// An answerOfOthers is when a request may go, as far as other processes are concerned.
type answerOfOthers struct {
	granted               bool
	id                    int64
	at                    time.Time // when otherwise
	reason                string
	pauseBegan, pauseEnds time.Time
	err                   error
}

// askOthers asks whether a request may go that the process itself would let go, and when otherwise.
func (p *Pacer) askOthers(ctx context.Context, place *place, r rules) (at time.Time, reason string) {
	s := p.shared
	answer := s.ask(ctx, place.id, r)
	if why := s.toReport(); why != "" && s.report != nil {
		s.report(ctx, why)
	}
	now := time.Now()
	if answer.err != nil {
		// Either the caller has gone, which he notices, or there is nobody to ask.
		place.id, place.granted = 0, ctx.Err() == nil
		return now, ""
	}
	place.id = answer.id
	p.mu.Lock()
	// The same pause comes back with what the clocks differ by.
	if answer.pauseEnds.After(now) && answer.pauseBegan.Sub(p.pauseBegan) > clockTolerance {
		p.beginPause(answer.pauseBegan)
		p.pauseUntil(answer.pauseEnds)
	}
	p.mu.Unlock()
	if answer.granted {
		place.grant()
	}
	if answer.reason == theRateLimit {
		// The process itself would let it go.
		answer.reason += ", which other runs on this machine use too"
	}
	return answer.at, answer.reason
}

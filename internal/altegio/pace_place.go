// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"time"
)

// A place is the place of a request among those of all processes.
type place struct {
	pace    *sharedPace
	id      int64 // 0 if it is not in the file
	granted bool
	alive   *time.Timer
}

func (s *sharedPace) newPlace() *place { return &place{pace: s} }

// leave gives up the place.
func (p *place) leave() {
	p.stop()
	if p.id != 0 {
		p.pace.change(paceChange{id: p.id}, 0)
	}
	p.id, p.granted = 0, false
}

// sent records when the request was on the wire. After the last one, at once: the process may be about to
// end.
func (p *place) sent(at time.Time, last bool) {
	p.stop()
	delay := flushDelay
	if last {
		delay = 0
	}
	p.pace.change(paceChange{id: p.id, sent: at}, delay)
}

// grant records that the request can be sent. If sending takes long, it gives signs of life, so that other
// processes do not consider it lost.
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

// An answerOfOthers says when a request can be sent as far as other processes are concerned.
type answerOfOthers struct {
	granted               bool
	id                    int64
	at                    time.Time // if not: when
	reason                string
	pauseBegan, pauseEnds time.Time
	err                   error
}

// askOthers asks whether a request that the process itself allows can be sent, and if not, when.
func (p *Pacer) askOthers(ctx context.Context, place *place, r rules) (at time.Time, reason string) {
	s := p.shared
	answer := s.ask(ctx, place.id, r)
	if why := s.toReport(); why != "" && s.report != nil {
		s.report(ctx, why)
	}
	now := time.Now()
	if answer.err != nil {
		// Either the caller's context has ended, which the caller notices, or the file is not used.
		place.id, place.granted = 0, ctx.Err() == nil
		return now, ""
	}
	place.id = answer.id
	p.mu.Lock()
	// The pause of this process comes back, with the difference between the clocks.
	if answer.pauseEnds.After(now) && answer.pauseBegan.Sub(p.pauseBegan) > clockTolerance {
		p.beginPause(answer.pauseBegan)
		p.pauseUntil(answer.pauseEnds)
	}
	p.mu.Unlock()
	if answer.granted {
		place.grant()
	}
	if answer.reason == theRateLimit {
		// Only other processes make it wait.
		answer.reason += ", which other runs on this machine use too"
	}
	return answer.at, answer.reason
}

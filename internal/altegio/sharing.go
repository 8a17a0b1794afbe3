// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"

	"golang.org/x/sync/singleflight"
)

// shared remembers the API's answers by key, for the life of a client, and lets concurrent callers share
// one request. Failures are not remembered. The zero value is ready for use.
type shared[K comparable, V any] struct {
	group singleflight.Group
	mu    sync.Mutex
	seed  maphash.Seed
	known map[K]sharedAnswer[V]
	// writes counts writes by a hash of the key. An answer is remembered only if no write was counted
	// during its request. A collision only costs another request.
	writes [256]uint64
}

// A sharedAnswer is a value, or that the application is not installed.
type sharedAnswer[V any] struct {
	value V
	err   error
}

// maxRemembered limits the memory of a run: beyond it, arbitrary answers are dropped and requested again
// when needed.
const maxRemembered = 20_000

func (s *shared[K, V]) get(ctx context.Context, key K, ask func(context.Context) (V, error)) (V, error) {
	for {
		s.mu.Lock()
		known, ok := s.known[key]
		writes := *s.counter(key)
		s.mu.Unlock()
		if ok {
			return known.value, known.err
		}
		// The count of writes is part of the name, so a read after a write does not join a request from
		// before it.
		mine := false
		flight := s.group.DoChan(fmt.Sprintf("%v/%d", key, writes), func() (any, error) {
			mine = true
			// Another request may have finished since the lookup above.
			if known, ok := s.answered(key, writes); ok {
				return known.value, known.err
			}
			value, err := ask(ctx)
			if err == nil || errors.Is(err, ErrNotInstalled) {
				s.remember(key, writes, sharedAnswer[V]{value, err})
			}
			return value, err
		})
		var zero V
		select {
		case <-ctx.Done():
			return zero, &Error{Kind: KindCancelled, Err: context.Cause(ctx)}
		case r := <-flight:
			switch {
			case r.Err == nil:
				return r.Val.(V), nil
			case !mine && isCancelled(r.Err) && ctx.Err() == nil:
				continue // it was another caller's context that ended
			}
			return zero, r.Err
		}
	}
}

// answered returns the answer that is remembered for a key, if nothing was written since writes were
// counted.
func (s *shared[K, V]) answered(key K, writes uint64) (sharedAnswer[V], bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.known[key]
	return known, ok && *s.counter(key) == writes
}

// renew sends a request even if an answer is remembered, and remembers the new one.
func (s *shared[K, V]) renew(ctx context.Context, key K, ask func(context.Context) (V, error)) (V, error) {
	s.mu.Lock()
	writes := *s.counter(key)
	s.mu.Unlock()
	value, err := ask(ctx)
	if err == nil || errors.Is(err, ErrNotInstalled) {
		s.remember(key, writes, sharedAnswer[V]{value, err})
	}
	return value, err
}

// peek returns the answer that is remembered for a key, without a request.
func (s *shared[K, V]) peek(key K) (V, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.known[key]
	return known.value, ok && known.err == nil
}

func isCancelled(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == KindCancelled
}

// counter is called with the lock held.
func (s *shared[K, V]) counter(key K) *uint64 {
	if s.known == nil {
		s.known, s.seed = make(map[K]sharedAnswer[V]), maphash.MakeSeed()
	}
	return &s.writes[maphash.Comparable(s.seed, key)%uint64(len(s.writes))]
}

func (s *shared[K, V]) remember(key K, writes uint64, a sharedAnswer[V]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if *s.counter(key) != writes {
		return
	}
	for k := range s.known {
		if len(s.known) < maxRemembered {
			break
		}
		delete(s.known, k)
	}
	s.known[key] = a
}

// forget makes the next get of a key send a request.
func (s *shared[K, V]) forget(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*s.counter(key)++
	delete(s.known, key)
}

// forgetAll makes the next get of every key ask the API.
func (s *shared[K, V]) forgetAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.writes {
		s.writes[i]++
	}
	clear(s.known)
}

// Forget makes the next call of every method that shares answers ask the API.
func (c *Client) Forget() {
	c.installations.forgetAll()
	c.listings.forgetAll()
	c.applications.forgetAll()
}

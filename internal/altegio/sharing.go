package altegio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"

	"golang.org/x/sync/singleflight"
)

// sharedInstallations remembers, for the life of a client, what the API said of installations, and
// lets callers that ask at the same moment share one request.
type sharedInstallations struct {
	group singleflight.Group
	mu    sync.Mutex
	known map[installationKey]installationAnswer
	// writes counts writes by a hash of the key. An answer is remembered only if no write was
	// counted while it was asked for; a collision costs one more request, nothing else.
	writes [256]uint64
}

type installationKey struct{ location, application int64 }

type installationAnswer struct {
	installation *Installation
	err          error // ErrNotInstalled is an answer too
}

// maxRemembered bounds the memory of a run: past it, arbitrary answers are dropped and asked for
// again when needed.
const maxRemembered = 20_000

func (k installationKey) slot() int {
	return int(uint64(k.location*31+k.application) % 256)
}

func (s *sharedInstallations) get(
	ctx context.Context, locationID, applicationID int64,
	ask func(ctx context.Context, locationID, applicationID int64) (*Installation, error),
) (*Installation, error) {
	key := installationKey{locationID, applicationID}
	for {
		s.mu.Lock()
		answer, ok := s.known[key]
		writes := s.writes[key.slot()]
		s.mu.Unlock()
		if ok {
			return answer.installation, answer.err
		}
		// The count of writes in the name keeps a read after a write from joining a request that
		// was made before it.
		name := fmt.Sprintf("%d/%d/%d", locationID, applicationID, writes)
		flight := s.group.DoChan(name, func() (any, error) {
			installation, err := ask(ctx, locationID, applicationID)
			if err == nil || errors.Is(err, ErrNotInstalled) {
				s.remember(key, writes, installationAnswer{installation, err})
			}
			return installation, err
		})
		select {
		case <-ctx.Done():
			return nil, &Error{
				Kind: KindCancelled, Operation: "get_marketplace_integration_status",
				Method: http.MethodGet, Path: installationPath(locationID, applicationID), Err: context.Cause(ctx),
			}
		case r := <-flight:
			if r.Err == nil {
				return r.Val.(*Installation), nil
			}
			if errors.Is(r.Err, context.Canceled) && ctx.Err() == nil {
				continue // it was the other caller that was cancelled
			}
			return nil, r.Err
		}
	}
}

func (s *sharedInstallations) remember(key installationKey, writes uint64, answer installationAnswer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writes[key.slot()] != writes {
		return
	}
	if s.known == nil {
		s.known = make(map[installationKey]installationAnswer)
	}
	for k := range s.known {
		if len(s.known) < maxRemembered {
			break
		}
		delete(s.known, k)
	}
	s.known[key] = answer
}

// forget makes the next get of an installation ask the API.
func (s *sharedInstallations) forget(locationID, applicationID int64) {
	key := installationKey{locationID, applicationID}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes[key.slot()]++
	delete(s.known, key)
}

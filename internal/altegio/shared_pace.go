// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"golang.org/x/sync/semaphore"
)

// A SharedPace says which processes share the limits: those of one user on one machine that call the same
// hosts. They share a small file with the times of their requests.
//
// Nothing depends on that file: if it cannot be used, a process continues with its own log.
type SharedPace struct {
	// Dir is the directory of the file. It is created if it does not exist, and must belong to the user. ""
	// means the directory altegio in the user's cache directory.
	Dir string
	// BaseURLs are the base URLs of the client. Their hosts determine the file.
	BaseURLs []string
	// Problem is called at most once, when a request is about to be sent without the file, with the context
	// of that request and the reason. It may be nil.
	Problem func(ctx context.Context, why string)
}

// NewSharedPacer returns a Pacer that shares both limits with other processes; 0 turns a limit off. Without
// any limit, nothing is shared.
//
// If processes have different limits, each stays within its own, and all together within the largest.
func NewSharedPacer(requestsPerSecond, requestsPerMinute float64, with SharedPace) *Pacer {
	p := NewPacer(requestsPerSecond, requestsPerMinute)
	if len(p.rules.windows) == 0 {
		return p
	}
	perMinute := requestsPerMinute
	if perMinute == 0 {
		perMinute = requestsPerSecond * 60
	}
	p.shared = newSharedPace(with)
	p.shared.own = p.recent
	if perMinute > maxShared {
		p.shared.off = true
		p.shared.say(fmt.Errorf("a limit of more than %d requests a minute is too much for the file", maxShared))
	}
	return p
}

// recent returns the log of the process.
func (p *Pacer) recent() []time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// A sharedPace is the file as one process uses it. Changes are written with the next question, or a moment
// later if there is none.
type sharedPace struct {
	file   func() (string, error)
	report func(ctx context.Context, why string)
	own    func() []time.Time         // log of this process
	wall   func(time.Time) int64      // the wall clock
	remote func(string) (bool, error) // whether a file is on another machine
	off    bool                       // permanently

	// busy guards the fields below. A system call that never returns does not release it, and nobody waits
	// for it then.
	busy     *semaphore.Weighted
	lock     *flock.Flock
	log      paceLog
	buf      []byte
	lastTime time.Time // when the file was last used
	lastWall int64     // and the wall clock at that time

	mu       sync.Mutex
	pending  []paceChange
	dropped  int // changes removed from the front of pending so far
	applied  int // number of changes, including dropped, in the log that is being written
	flushing bool
	failing  bool
	tryAgain time.Time // when to try the file again, if failing
	problem  string    // problem to report
	said     bool
}

// A paceChange is what happened to a request, or a pause.
type paceChange struct {
	id    int64     // 0 for a request that is not in the file
	alive bool      // it is still underway
	sent  time.Time // zero if it was not sent

	pauseBegan, pauseEnds time.Time
}

const (
	// flushDelay is how long a change waits for a question to be written with.
	flushDelay = 10 * time.Millisecond
	// lockPatience is how long to wait for the lock. Other processes hold it for less than a millisecond,
	// unless they were stopped meanwhile.
	lockPatience  = 2 * time.Second
	lockPoll      = 2 * time.Millisecond
	laterPatience = 50 * time.Millisecond // if it has failed before
	// retryFile is when to try a file again that could not be used.
	retryFile = 10 * time.Second
	// signOfLife is how often a stuck request records that it is still in flight.
	signOfLife = time.Second
)

func newSharedPace(with SharedPace) *sharedPace {
	return &sharedPace{
		file:   func() (string, error) { return paceFile(with.Dir, with.BaseURLs) },
		report: with.Problem,
		wall:   time.Time.UnixNano,
		remote: isRemote,
		busy:   semaphore.NewWeighted(1),
	}
}

func (s *sharedPace) ask(ctx context.Context, id int64, r rules) answerOfOthers {
	limited, cancel, ok := s.patience(ctx)
	if !ok {
		return answerOfOthers{err: errLeftAlone}
	}
	defer cancel()
	result := make(chan answerOfOthers, 1)
	go func() {
		var a answerOfOthers
		a.err = s.use(limited, func(now time.Time, wall int64) {
			a.id, a.at, a.reason = s.log.ask(id, r, now, wall)
			a.granted = !a.at.After(now)
			a.pauseBegan = now.Add(time.Duration(s.log.pause[0] - wall))
			a.pauseEnds = now.Add(time.Duration(s.log.pause[1] - wall))
		})
		result <- a
	}()
	var a answerOfOthers
	select {
	case a = <-result:
	case <-limited.Done():
		a.err = context.Cause(limited)
		go func() { // a system call may never end
			if late := <-result; late.err == nil {
				s.change(paceChange{id: late.id}, 0)
			}
		}()
	}
	if a.err != nil && ctx.Err() == nil {
		s.failed(a.err)
	}
	return a
}

var (
	errLeftAlone = errors.New("the file is left alone for a while")
	errPatience  = errors.New("another process does not let go of it, or the disk does not answer")
)

// patience returns a context for one use of the file; false if the file is not used for now.
func (s *sharedPace) patience(ctx context.Context) (context.Context, context.CancelFunc, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	patience := lockPatience
	if s.failing {
		patience = laterPatience
	}
	if s.off || s.failing && time.Now().Before(s.tryAgain) {
		return nil, nil, false
	}
	limited, cancel := context.WithTimeoutCause(ctx, patience, errPatience)
	return limited, cancel, true
}

// use calls f with the log, under the lock. f can change the log.
func (s *sharedPace) use(ctx context.Context, f func(now time.Time, wall int64)) error {
	if err := s.busy.Acquire(ctx, 1); err != nil {
		return context.Cause(ctx)
	}
	defer s.busy.Release(1)
	if s.lock == nil {
		path, err := s.file()
		if err != nil {
			return err
		}
		if err := preparePaceFile(path, s.remote); err != nil {
			return err
		}
		s.lock = flock.New(path)
	}
	err := s.underLock(ctx, f)
	if err != nil && ctx.Err() == nil {
		s.lock = nil // check everything again the next time
	}
	return err
}

func (s *sharedPace) underLock(ctx context.Context, f func(now time.Time, wall int64)) (err error) {
	if _, err := s.lock.TryLockContext(ctx, lockPoll); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	defer func() { err = errors.Join(err, s.lock.Unlock()) }()
	file, err := os.OpenFile(s.lock.Path(), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	if s.buf, err = readPaceFile(file, s.buf); err != nil {
		return err
	}
	damaged := s.log.decode(s.buf)
	if damaged != nil {
		s.log = paceLog{}
		s.say(fmt.Errorf("%w, and is started again", damaged))
	}
	now := time.Now()
	wall := s.wall(now)
	if !s.lastTime.IsZero() {
		if before := s.lastWall + int64(now.Sub(s.lastTime)); wall-before > int64(clockTolerance) {
			s.log.putForward(s.lastWall, before, wall)
		}
	}
	s.lastTime, s.lastWall = now, wall
	s.log.settle(wall)
	s.apply(now, wall, damaged != nil || len(s.buf) == 0)
	f(now, wall)
	s.buf = s.log.encode(s.buf[:0])
	if _, err := file.WriteAt(s.buf, paceFileOffset); err != nil {
		return err
	}
	s.succeeded()
	return nil
}

// apply adds the changes of this process to the log, or everything that it knows if the log is new.
func (s *sharedPace) apply(now time.Time, wall int64, isNew bool) {
	known := func(at time.Time) int64 { return wall - int64(now.Sub(at)) }
	if isNew {
		for _, at := range s.own() {
			s.log.add(known(at))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.applied = s.dropped + len(s.pending)
	for _, c := range s.pending {
		switch {
		case !c.pauseEnds.IsZero():
			s.log.pause[0] = max(s.log.pause[0], known(c.pauseBegan))
			s.log.pause[1] = max(s.log.pause[1], known(c.pauseEnds))
		case c.alive:
			s.log.alive(c.id, wall)
		default:
			s.log.remove(c.id)
			if !c.sent.IsZero() && !isNew {
				s.log.add(known(c.sent))
			}
		}
	}
}

// pause tells other processes about a pause after an answer 429.
func (s *sharedPace) pause(began, ends time.Time) {
	s.change(paceChange{pauseBegan: began, pauseEnds: ends}, 0)
}

// change writes a change with the next question, or after a delay.
func (s *sharedPace) change(c paceChange, delay time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changeLocked(c, delay)
}

func (s *sharedPace) changeLocked(c paceChange, delay time.Duration) {
	if s.off {
		return
	}
	s.pending = append(s.pending, c)
	switch {
	case s.failing:
		// Written when the file can be used again.
	case delay == 0:
		go s.flush()
	case !s.flushing:
		s.flushing = true
		time.AfterFunc(delay, s.flush)
	}
}

func (s *sharedPace) flush() {
	s.mu.Lock()
	s.flushing = false
	empty := len(s.pending) == 0
	s.mu.Unlock()
	if empty {
		return
	}
	limited, cancel, ok := s.patience(context.Background())
	if !ok {
		return
	}
	defer cancel()
	if err := s.use(limited, func(time.Time, int64) {}); err != nil {
		s.failed(err)
	}
}

func (s *sharedPace) succeeded() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = false
	s.drop(s.applied - s.dropped)
}

func (s *sharedPace) failed(err error) {
	s.say(err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing, s.tryAgain = true, time.Now().Add(retryFile)
	// Late changes are useful only as long as their requests count.
	old := slices.IndexFunc(s.pending, func(c paceChange) bool { return time.Since(c.sent) < horizon })
	if old < 0 {
		old = len(s.pending)
	}
	s.drop(old)
}

// drop is called with the lock held.
func (s *sharedPace) drop(n int) {
	if n > 0 {
		s.pending = slices.Delete(s.pending, 0, n)
		s.dropped += n
	}
}

// say reports a problem, unless one was reported before.
func (s *sharedPace) say(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.said {
		s.said, s.problem = true, err.Error()
	}
}

// toReport returns a problem, once.
func (s *sharedPace) toReport() (problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	problem, s.problem = s.problem, ""
	return problem
}

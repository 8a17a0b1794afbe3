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

// A SharedPace says which processes keep to the limits together: those of one user on one machine
// that call the same hosts. They share a small file with the times of their requests.
//
// Nothing depends on that file: whatever is wrong with it, a process goes on with what it knows itself.
type SharedPace struct {
	// Dir is the directory of the file. It is made if it does not exist, and must belong to the
	// user. "" means the directory altegio in the user's cache directory.
	Dir string
	// BaseURLs are those of the client. Their hosts say which file it is.
	BaseURLs []string
	// Problem is called once at most, when a request is about to be sent without looking at the
	// file, with the context of that request and a text that says why. It may be nil.
	Problem func(ctx context.Context, why string)
}

// NewSharedPacer returns a Pacer that keeps to both limits together with other processes; 0 turns a
// limit off. Without any limit there is nothing to share.
//
// Where processes have different limits, each keeps to its own, and all together to the largest.
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

// A sharedPace is the file, as one process uses it. What a process has to say is written along with
// its next question, or a moment later if there is none.
type sharedPace struct {
	file   func() (string, error)
	report func(ctx context.Context, why string)
	own    func() []time.Time         // what this process has sent
	wall   func(time.Time) int64      // the wall clock
	remote func(string) (bool, error) // whether a file is on another machine
	off    bool                       // for good

	// busy holds who uses what follows. It is not given back by a system call that never returns,
	// and nobody else waits for it then.
	busy     *semaphore.Weighted
	lock     *flock.Flock
	log      paceLog
	buf      []byte
	lastTime time.Time // when the file was last used
	lastWall int64     // and what the wall clock showed

	mu       sync.Mutex
	pending  []paceChange
	dropped  int // how many were taken off the front of pending so far
	applied  int // up to where, counted so, they are in the log that is being written
	flushing bool
	failing  bool
	tryAgain time.Time // until when the file is left alone, if failing
	problem  string    // what is to be reported
	said     bool
}

// A paceChange is what became of a request, or a pause.
type paceChange struct {
	id    int64     // 0 for a request that the file does not know
	alive bool      // it is still underway
	sent  time.Time // zero for not at all

	pauseBegan, pauseEnds time.Time
}

const (
	// flushDelay is how long a change waits for a question that it can be written with.
	flushDelay = 10 * time.Millisecond
	// lockPatience is for how long one waits for others to let go of the file. They hold it for
	// less than a millisecond, unless they were stopped in the middle.
	lockPatience  = 2 * time.Second
	lockPoll      = 2 * time.Millisecond
	laterPatience = 50 * time.Millisecond // when it has failed before
	// retryFile is after what time one looks again at a file that could not be used.
	retryFile = 10 * time.Second
	// signOfLife is how often a request that is stuck says that it is still underway.
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

// patience returns a context for one use of the file; false when it should be left alone.
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

// use has f look at the log and change it, while no other process does.
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
		s.lock = nil // look at everything again, the next time
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

// apply puts into the log what this process has to say, or all that it knows where the log is new.
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

// pause tells others of a pause after an answer 429.
func (s *sharedPace) pause(began, ends time.Time) {
	s.change(paceChange{pauseBegan: began, pauseEnds: ends}, 0)
}

// change has a change written along with the next question, or after a delay.
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
		// It is written when the file can be used again.
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
	// What is written late is of use only as long as it matters.
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

// say has a problem reported, unless one was before.
func (s *sharedPace) say(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.said {
		s.said, s.problem = true, err.Error()
	}
}

// toReport returns a problem once.
func (s *sharedPace) toReport() (problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	problem, s.problem = s.problem, ""
	return problem
}

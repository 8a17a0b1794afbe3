// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"time"
)

// A paceLog is the data that the processes of a machine share: when requests were sent, which are in
// flight, which wait and until when, and the pause after an answer 429. Times are nanoseconds of the wall
// clock, the only clock that processes have in common.
//
// Waiting requests are in a queue, so none is passed over. Each has the time at which it can be sent if all
// requests before it are, and asks again at that time. A request whose process has died holds nobody up:
// when its time is over, it counts as sent.
type paceLog struct {
	// adjusted is when entries were last moved because the clock had been set forward.
	adjusted int64
	// limits are the largest limits of all processes, per second and per minute.
	limits [2]sharedLimit
	pause  [2]int64 // begin and end of the last pause

	sent     []int64 // oldest first
	underway []paceEntry
	queue    []paceEntry
}

// A sharedLimit is a limit of the process that allows most. Each process keeps its own requests within its
// own limits, and all together stay within this one. Otherwise a process with a lower limit would find it
// used up forever.
type sharedLimit struct{ requests, seen int64 }

// A paceEntry is a request that has not been sent. Its id is the time when it was added, and is unique.
type paceEntry struct {
	id int64
	// at is when a request in the queue can be sent, or when a request in flight last gave a sign of life.
	at int64
}

const (
	// horizon is how long a request counts.
	horizon = time.Minute + minuteGuard + time.Second
	// silence is how long an entry without a sign of life is kept: then its process is considered dead.
	silence = 3 * time.Second
	// maxSharedPause is the longest pause that other processes join. A process with a longer max_retry_wait
	// makes the rest of its pause alone.
	maxSharedPause = DefaultMaxRetryWait
	// clockTolerance is how far the wall clock can deviate from the process's own clock.
	clockTolerance = 100 * time.Millisecond
	// maxShared is the largest limit per minute for which a file is used. The file is read and written as a
	// whole.
	maxShared = 10_000
)

// settle makes the log plausible at a given time. It removes entries that are over, and entries from the
// future, which were written before the clock was set back.
func (l *paceLog) settle(now int64) {
	if length := l.pause[1] - l.pause[0]; l.pause[0] > now {
		l.pause = [2]int64{now, now + length}
	}
	l.pause[1] = min(l.pause[1], now+int64(maxSharedPause))
	for i := range l.limits {
		if l.limits[i].seen > now || l.limits[i].seen < now-int64(horizon) {
			l.limits[i] = sharedLimit{}
		}
	}
	l.underway = slices.DeleteFunc(l.underway, func(e paceEntry) bool {
		gone := e.at < now-int64(silence)
		if gone {
			l.add(e.at) // it may have been sent
		}
		return gone
	})
	for i := range l.underway {
		l.underway[i].at = min(l.underway[i].at, now)
	}
	l.queue = slices.DeleteFunc(l.queue, func(e paceEntry) bool {
		return e.at < now-int64(silence) || e.id > now+int64(clockTolerance)
	})
	for i := len(l.sent) - 1; i >= 0 && l.sent[i] > now; i-- {
		l.sent[i] = now
	}
	first, _ := slices.BinarySearch(l.sent, now-int64(horizon))
	l.sent = slices.Delete(l.sent, 0, max(first, len(l.sent)-maxShared))
}

// putForward moves the entries that were written before the clock was set forward, unless another process
// has done so after since. before is the time that the clock would show otherwise.
func (l *paceLog) putForward(since, before, now int64) {
	if l.adjusted > since {
		return
	}
	by := now - before
	move := func(at *int64) {
		if *at <= before {
			*at += by
		}
	}
	for i := range l.sent {
		move(&l.sent[i])
	}
	for i := range l.underway {
		move(&l.underway[i].at)
	}
	for i := range l.queue {
		move(&l.queue[i].at)
	}
	if l.pause[0] <= before {
		l.pause[0] += by
		l.pause[1] += by
	}
	slices.Sort(l.sent)
	l.adjusted = now
}

// add adds a request that was sent.
func (l *paceLog) add(at int64) {
	i := len(l.sent)
	for i > 0 && l.sent[i-1] > at {
		i--
	}
	l.sent = slices.Insert(l.sent, i, at)
}

// remove removes a request from whichever list it is in.
func (l *paceLog) remove(id int64) {
	is := func(e paceEntry) bool { return e.id == id }
	l.underway = slices.DeleteFunc(l.underway, is)
	l.queue = slices.DeleteFunc(l.queue, is)
}

// alive records a sign of life of a request in flight.
func (l *paceLog) alive(id, now int64) {
	l.remove(id)
	l.underway = append(l.underway, paceEntry{id, now})
}

// newID returns an id that no entry has.
func (l *paceLog) newID(now int64) int64 {
	id := now
	taken := func(e paceEntry) bool { return e.id == id }
	for slices.ContainsFunc(l.underway, taken) || slices.ContainsFunc(l.queue, taken) {
		id++
	}
	return id
}

// ask lets a request be sent, or returns when it can be. The id is 0 for a request that has not asked
// before.
func (l *paceLog) ask(id int64, r rules, now time.Time, wall int64) (newID int64, at time.Time, reason string) {
	local := func(at int64) time.Time { return now.Add(time.Duration(at - wall)) }
	place := slices.IndexFunc(l.queue, func(e paceEntry) bool { return e.id == id })
	ahead := l.queue
	if place >= 0 {
		ahead = l.queue[:place]
	}
	before := slices.Clone(l.sent)
	for _, e := range ahead {
		before = append(before, e.at)
	}
	slices.Sort(before)

	r.windows = l.common(r.windows, wall)
	if until := local(l.pause[1]); until.After(r.pausedUntil) {
		r.pausedUntil = until
	}
	at, reason = r.earliest(func(n int) (time.Time, bool) {
		if n > len(before) {
			return time.Time{}, false
		}
		return local(before[len(before)-n]), true
	}, len(l.underway), now)
	if r.spacing > 0 {
		for _, e := range l.underway {
			if next := local(e.id).Add(r.spacing); next.After(at) {
				at, reason = next, theSlowerPace
			}
		}
	}
	switch {
	case !at.After(now):
		l.remove(id)
		id = l.newID(wall)
		l.alive(id, wall)
	case place >= 0:
		l.queue[place].at = wall + int64(at.Sub(now))
	default:
		id = l.newID(wall)
		l.queue = append(l.queue, paceEntry{id, wall + int64(at.Sub(now))})
	}
	return id, at, reason
}

// common returns the windows that all processes together stay within.
func (l *paceLog) common(own []window, now int64) []window {
	own = slices.Clone(own)
	for i := range own {
		limit := &l.limits[0]
		if own[i].period > time.Minute {
			limit = &l.limits[1]
		}
		if requests := int64(own[i].limit); requests >= limit.requests {
			*limit = sharedLimit{requests, now}
		}
		own[i].limit = int(limit.requests)
	}
	return own
}

// The file begins with a byte for the lock: Windows does not let others read a locked byte.
const (
	paceFileOffset = 16
	paceFileMagic  = 0x3165636150676c41 // "AlgPace1"
	paceFileHeader = 12                 // numbers of eight bytes
	maxPaceFile    = 8 * (paceFileHeader + 5*maxShared)
)

var errPaceFile = errors.New("the file has something else in it")

// encode appends the log to buf.
func (l *paceLog) encode(buf []byte) []byte {
	start := len(buf)
	put := func(n int64) { buf = binary.LittleEndian.AppendUint64(buf, uint64(n)) } //nolint:gosec // decode reverses the conversion
	put(paceFileMagic)
	put(0) // the checksum
	put(l.adjusted)
	for _, limit := range l.limits {
		put(limit.requests)
		put(limit.seen)
	}
	put(l.pause[0])
	put(l.pause[1])
	sent := l.sent[max(0, len(l.sent)-maxShared):]
	put(int64(len(sent)))
	put(int64(len(l.underway)))
	put(int64(len(l.queue)))
	for _, at := range sent {
		put(at)
	}
	for _, list := range [][]paceEntry{l.underway, l.queue} {
		for _, e := range list {
			put(e.id)
			put(e.at)
		}
	}
	binary.LittleEndian.PutUint64(buf[start+8:], uint64(crc32.ChecksumIEEE(buf[start+16:])))
	return buf
}

// decode reads the log from a file, and ignores the rest of it. An empty file is an empty log.
func (l *paceLog) decode(buf []byte) error {
	if len(buf) == 0 {
		*l = paceLog{}
		return nil
	}
	next := func() int64 {
		n := int64(binary.LittleEndian.Uint64(buf)) //nolint:gosec // encode writes it this way
		buf = buf[8:]
		return n
	}
	if len(buf) < 8*paceFileHeader || next() != paceFileMagic {
		return errPaceFile
	}
	sum, summed := next(), buf
	l.adjusted = next()
	for i := range l.limits {
		l.limits[i] = sharedLimit{next(), next()}
	}
	l.pause = [2]int64{next(), next()}
	sent, underway, queue := next(), next(), next()
	for _, n := range []int64{sent, underway, queue} {
		if n < 0 || n > maxShared {
			return errPaceFile
		}
	}
	rest := 8 * int(sent+2*underway+2*queue)
	if len(buf) < rest || int64(crc32.ChecksumIEEE(summed[:len(summed)-len(buf)+rest])) != sum {
		return errPaceFile
	}
	l.sent = l.sent[:0]
	for range sent {
		l.sent = append(l.sent, next())
	}
	read := func(list []paceEntry, n int64) []paceEntry {
		list = list[:0]
		for range n {
			list = append(list, paceEntry{next(), next()})
		}
		return list
	}
	l.underway, l.queue = read(l.underway, underway), read(l.queue, queue)
	return nil
}

// readPaceFile reads into buf, which grows as needed, at most up to the largest size of a log.
func readPaceFile(r io.ReaderAt, buf []byte) ([]byte, error) {
	buf = buf[:cap(buf)]
	for {
		n, err := r.ReadAt(buf, paceFileOffset)
		switch {
		case errors.Is(err, io.EOF), err == nil && n >= maxPaceFile:
			return buf[:n], nil
		case err != nil:
			return nil, err
		}
		buf = make([]byte, max(4096, 2*len(buf)))
	}
}

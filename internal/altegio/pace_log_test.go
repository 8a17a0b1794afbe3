// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"
)

// A file that was changed, or written in part, is refused: none of it is taken for times.
func TestPaceLog_Damaged(t *testing.T) {
	t.Parallel()
	l := paceLog{
		adjusted: 7, limits: [2]sharedLimit{{5, 1}, {200, 2}}, pause: [2]int64{3, 4},
		sent: []int64{1, 2, 3}, underway: []paceEntry{{4, 4}}, queue: []paceEntry{{5, 9}, {6, 10}},
	}
	whole := l.encode(nil)
	for i := range whole {
		for _, flip := range []byte{1, 0x80, 0xff} {
			damaged := slices.Clone(whole)
			damaged[i] ^= flip
			if err := new(paceLog).decode(damaged); !errors.Is(err, errPaceFile) {
				t.Errorf("with byte %d changed by %#x: %v", i, flip, err)
			}
		}
	}
	for n := 1; n < len(whole); n++ {
		if err := new(paceLog).decode(whole[:n]); !errors.Is(err, errPaceFile) {
			t.Errorf("of %d bytes: %v", n, err)
		}
	}
	// A shorter log may leave the end of a longer one behind it.
	var read paceLog
	if err := read.decode(append(slices.Clone(whole), whole...)); err != nil || len(read.queue) != 2 {
		t.Errorf("with more behind it: %v, %v", read, err)
	}
}

// second returns a time of the log, in seconds after an arbitrary one.
func second(n float64) int64 {
	const begin = 1_000_000 * int64(time.Second)
	return begin + int64(math.Round(n*float64(time.Second)))
}

func timesOf(entries []paceEntry) (at []int64) {
	for _, e := range entries {
		at = append(at, e.at)
	}
	return at
}

// Requests wait in the order in which they came, and one that asks again keeps its place.
func TestPaceLog_Queue(t *testing.T) {
	t.Parallel()
	r := rules{windows: []window{{1, time.Second}}}
	now := time.Now()
	l := paceLog{sent: []int64{second(0)}}
	ask := func(id int64, wall float64) (newID, at int64) {
		id, until, _ := l.ask(id, r, now, second(wall))
		return id, second(wall) + int64(until.Sub(now))
	}
	one, at1 := ask(0, 0.1)
	two, at2 := ask(0, 0.2)
	three, at3 := ask(0, 0.3)
	if at1 != second(1) || at2 != second(2) || at3 != second(3) {
		t.Errorf("they wait until %d, %d and %d", at1, at2, at3)
	}
	if _, at := ask(two, 0.4); at != second(2) {
		t.Errorf("asked again, the second waits until %d", at)
	}
	if len(l.queue) != 3 || l.queue[0].id != one || l.queue[1].id != two || l.queue[2].id != three {
		t.Errorf("the queue is %v", l.queue)
	}
	if _, at := ask(one, 1); at != second(1) || len(l.underway) != 1 || len(l.queue) != 2 {
		t.Errorf("the first can be sent at %d; %d are underway, and %d wait", at, len(l.underway), len(l.queue))
	}
}

// A clock that was set back leaves entries in the future. None of them holds a request up for longer than
// it would have.
func TestPaceLog_ClockSetBack(t *testing.T) {
	t.Parallel()
	l := paceLog{
		sent: []int64{second(-5), second(90), second(100)}, pause: [2]int64{second(99), second(109)},
		underway: []paceEntry{{second(100), second(100)}}, queue: []paceEntry{{second(100), second(101)}},
		limits: [2]sharedLimit{{9, second(100)}, {300, second(-1)}},
	}
	l.settle(second(0))
	if want := []int64{second(-5), second(0), second(0)}; !slices.Equal(l.sent, want) {
		t.Errorf("sent are %v, want %v", l.sent, want)
	}
	if l.pause != [2]int64{second(0), second(10)} {
		t.Errorf("the pause is %v", l.pause)
	}
	if len(l.underway) != 1 || l.underway[0].at != second(0) || len(l.queue) != 0 {
		t.Errorf("%v are underway, and %v wait", l.underway, l.queue)
	}
	if l.limits[0].requests != 0 || l.limits[1].requests != 300 {
		t.Errorf("the limits are %v", l.limits)
	}
}

// When the clock is set forward, everything from before moves with it, once.
func TestPaceLog_ClockSetForward(t *testing.T) {
	t.Parallel()
	l := paceLog{
		sent: []int64{second(0), second(9), second(12.5)}, pause: [2]int64{second(8), second(18)},
		underway: []paceEntry{{second(9), second(9)}}, queue: []paceEntry{{second(9), second(10)}},
	}
	// By 2 seconds. Another process wrote an entry after that, and a third one notices it too.
	for range 2 {
		l.putForward(second(10), second(11), second(13))
	}
	if want := []int64{second(2), second(11), second(12.5)}; !slices.Equal(l.sent, want) {
		t.Errorf("sent are %v, want %v", l.sent, want)
	}
	if l.pause != [2]int64{second(10), second(20)} {
		t.Errorf("the pause is %v", l.pause)
	}
	if !slices.Equal(timesOf(l.underway), []int64{second(11)}) || !slices.Equal(timesOf(l.queue), []int64{second(12)}) {
		t.Errorf("%v are underway, and %v wait", l.underway, l.queue)
	}
}

// A process that was killed with a request underway may have sent it, and one that was killed while it waited
// has not.
func TestPaceLog_Killed(t *testing.T) {
	t.Parallel()
	l := paceLog{
		underway: []paceEntry{{second(-10), second(-8)}, {second(-9), second(-1)}},
		queue:    []paceEntry{{second(-10), second(-8)}, {second(-9), second(-1)}, {second(-8), second(5)}},
	}
	l.settle(second(0))
	if !slices.Equal(l.sent, []int64{second(-8)}) || !slices.Equal(timesOf(l.underway), []int64{second(-1)}) {
		t.Errorf("sent are %v, and underway %v", l.sent, l.underway)
	}
	if !slices.Equal(timesOf(l.queue), []int64{second(-1), second(5)}) {
		t.Errorf("%v wait", l.queue)
	}
}

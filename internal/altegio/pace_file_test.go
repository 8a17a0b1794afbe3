// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofrs/flock"
)

// If the file cannot be used, requests follow the process's own log, and that is reported once.
func TestSharedPacer_FileCannotBeHad(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		arrange func(t *testing.T, p *Pacer, file string)
		want    string
	}{
		"no cache directory": {func(_ *testing.T, p *Pacer, _ string) {
			p.shared.file = func() (string, error) { return "", errors.New("neither $XDG_CACHE_HOME nor $HOME are defined") }
		}, "neither"},
		"directory cannot be made": {func(t *testing.T, _ *Pacer, file string) {
			write(t, filepath.Dir(file), "")
		}, "not a directory"},
		"read-only home": {func(t *testing.T, p *Pacer, file string) {
			home := filepath.Dir(filepath.Dir(file))
			if err := os.Chmod(home, 0o500); err != nil { //nolint:gosec // a directory
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.Chmod(home, 0o700) }) //nolint:gosec // a directory
			if os.WriteFile(filepath.Join(home, "x"), nil, 0o600) != nil {
				return
			}
			// Rights do not hold for this user, but nobody can make a directory here.
			if _, err := os.Stat("/proc/self"); err != nil {
				t.Skip(err)
			}
			p.shared.file = func() (string, error) { return "/proc/self/altegio/pace", nil }
		}, "mkdir "},
		"directory is a link": {func(t *testing.T, _ *Pacer, file string) {
			if err := os.Symlink(t.TempDir(), filepath.Dir(file)); err != nil {
				t.Skip(err)
			}
		}, "is not a directory"},
		"file is a directory": {func(t *testing.T, _ *Pacer, file string) {
			if err := os.MkdirAll(file, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "is not a regular file"},
		"directory of another user": {func(t *testing.T, _ *Pacer, file string) {
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(filepath.Dir(file), os.Getuid()+1, -1); err != nil {
				t.Skip(err) // only root may give something away
			}
		}, "belongs to another user"},
		"file of another user": {func(t *testing.T, _ *Pacer, file string) {
			write(t, file, "")
			if err := os.Chown(file, os.Getuid()+1, -1); err != nil {
				t.Skip(err)
			}
		}, "belongs to another user"},
		"file cannot be opened": {func(t *testing.T, _ *Pacer, file string) {
			write(t, file, "")
			if err := os.Chmod(file, 0o400); err != nil {
				t.Fatal(err)
			}
			if f, err := os.OpenFile(file, os.O_RDWR, 0); err == nil {
				_ = f.Close()
				t.Skip("rights do not hold for this user")
			}
		}, "permission denied"},
		"network file system": {func(_ *testing.T, p *Pacer, _ string) {
			p.shared.remote = func(string) (bool, error) { return true, nil }
		}, "is on a network file system"},
		"locked for ever": {func(t *testing.T, _ *Pacer, file string) {
			write(t, file, "")
			lock := flock.New(file)
			if ok, err := lock.TryLock(); !ok {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = lock.Unlock() })
		}, "another process does not let go of it"},
		"text": {func(t *testing.T, _ *Pacer, file string) {
			write(t, file, strings.Repeat("not times\n", 100))
		}, "has something else in it, and is started again"},
		"short": {func(t *testing.T, _ *Pacer, file string) {
			write(t, file, strings.Repeat("x", paceFileOffset+1))
		}, "has something else in it, and is started again"},
		"too many for a file": {func(_ *testing.T, _ *Pacer, _ string) {}, "requests a minute is too much"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			perSecond := 5
			if strings.HasPrefix(name, "too many") {
				perSecond = maxShared
			}
			pacers, said, file := sharedPacers(t, 1, perSecond, 0)
			tc.arrange(t, pacers[0], file)
			inVirtualTime(t, func(t *testing.T) {
				began := time.Now()
				arrivals := send(t, pacers[0], 300, 10, none, none)
				checkLimits(t, arrivals, perSecond, 0)
				// In a minute, it looks at the file a few times, and waits for it once.
				if took := arrivals[299].Sub(began); took > 65*time.Second {
					t.Errorf("it took %s", took)
				}
				checkIdle(t, pacers[0])
				shared := pacers[0].shared
				shared.mu.Lock()
				defer shared.mu.Unlock()
				if n := len(shared.pending); n > 300 {
					t.Errorf("%d changes wait to be written", n)
				}
			})
			said.only(t, tc.want)
		})
	}
}

// A disk that never answers holds nobody up for long.
func TestSharedPacer_DiskHangs(t *testing.T) {
	t.Parallel()
	pacers, said, file := sharedPacers(t, 1, 5, 200)
	inVirtualTime(t, func(t *testing.T) {
		answers := make(chan struct{})
		defer close(answers)
		p := pacers[0]
		p.shared.file = func() (string, error) {
			<-answers
			return file, nil
		}
		arrivals := send(t, p, 100, 10, none, none)
		checkLimits(t, arrivals, 5, 200)
		if took := arrivals[99].Sub(arrivals[0]); took > 25*time.Second {
			t.Errorf("100 requests took %s", took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Millisecond, cancel)
		began := time.Now()
		if _, err := p.acquire(ctx, time.Now(), began.Add(time.Hour), noWaiting); err == nil || time.Since(began) != time.Millisecond {
			t.Errorf("got %v after %s", err, time.Since(began))
		}
	})
	said.only(t, "the disk does not answer")
}

// A file that could not be used for a while is used again, with all that was sent meanwhile.
func TestSharedPacer_FileComesBack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil func(file string) (mend func() error, err error)
		want  string
	}{
		"lock": {func(file string) (func() error, error) {
			lock := flock.New(file)
			_, err := lock.TryLock()
			return lock.Unlock, err
		}, "another process"},
		"deleted": {func(file string) (func() error, error) {
			return func() error { return nil }, os.RemoveAll(filepath.Dir(file))
		}, "no such file"},
		"garbage": {func(file string) (func() error, error) {
			return func() error { return nil }, os.WriteFile(file, []byte(strings.Repeat("garbage", 100)), 0o600)
		}, "something else"},
		"emptied": {func(file string) (func() error, error) {
			return func() error { return nil }, os.Truncate(file, 0)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pacers, said, file := sharedPacers(t, 2, 5, 200)
			inVirtualTime(t, func(t *testing.T) {
				send(t, pacers[0], 3, 3, none, none)
				time.Sleep(time.Second)
				synctest.Wait()
				mend, err := tc.spoil(file)
				if err != nil {
					t.Fatal(err)
				}
				send(t, pacers[0], 20, 10, none, none)
				if err := mend(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(retryFile)
				send(t, pacers[0], 1, 1, none, none)
				time.Sleep(time.Second)
				synctest.Wait()
				if l := readLog(t, file); len(l.sent) != 24 || len(l.underway) != 0 || len(l.queue) != 0 {
					t.Errorf("the file has %d requests, %d underway, %d waiting; want 24", len(l.sent), len(l.underway), len(l.queue))
				}
				began := time.Now()
				if own := send(t, pacers[1], 190, 10, none, none); own[189].Sub(began) < 30*time.Second {
					t.Errorf("190 requests after 24 took %s", own[189].Sub(began))
				}
			})
			said.only(t, tc.want)
		})
	}
}

// The wall clock may be set. Requests go on, at most a minute later, and within the limits that the
// process itself can see.
func TestSharedPacer_ClockJumps(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{
		-24 * time.Hour, -time.Minute, -10 * time.Second, -200 * time.Millisecond,
		200 * time.Millisecond, 10 * time.Second, time.Minute, 24 * time.Hour,
	} {
		t.Run(fmt.Sprint(jump), func(t *testing.T) {
			t.Parallel()
			pacers, said, _ := sharedPacers(t, 3, 5, 200)
			inVirtualTime(t, func(t *testing.T) {
				start := time.Now()
				for _, p := range pacers {
					p.shared.wall = func(at time.Time) int64 {
						if at.Sub(start) > 20*time.Second {
							at = at.Add(jump)
						}
						return at.UnixNano()
					}
				}
				arrivals, _ := sendAll(t, pacers, 100, 10, none, none)
				checkLimits(t, arrivals, 5, 200)
				most := 85 * time.Second
				if jump < 0 {
					// What was sent before counts as if it was sent then.
					most += horizon
				}
				if took := arrivals[len(arrivals)-1].Sub(arrivals[0]); took > most {
					t.Errorf("300 requests took %s, want %s at most", took, most)
				}
			})
			said.only(t, "")
		})
	}
}

// Other users cannot read the file, and its name reveals nothing.
func TestSharedPacer_FileIsPrivate(t *testing.T) {
	t.Parallel()
	if !hasRights {
		t.Skip("no rights here")
	}
	for _, exists := range []bool{false, true} {
		pacers, said, file := sharedPacers(t, 1, 5, 200)
		dir := filepath.Dir(file)
		if exists {
			for _, err := range []error{
				os.MkdirAll(dir, 0o700), os.Chmod(dir, 0o777), //nolint:gosec // too much, to be mended
				os.WriteFile(file, nil, 0o600), os.Chmod(file, 0o666), //nolint:gosec // too much, to be mended
			} {
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		inVirtualTime(t, func(t *testing.T) { send(t, pacers[0], 3, 1, none, none) })
		for path, want := range map[string]os.FileMode{dir: 0o700, file: 0o600} {
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != want {
				t.Errorf("%s has %v, %v, want %v", path, info.Mode(), err, want)
			}
		}
		said.only(t, "")
		if strings.Contains(file, "api.test") {
			t.Errorf("%s names the host", file)
		}
	}
}

func TestNewSharedPacer_WithoutLimits(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	inVirtualTime(t, func(t *testing.T) {
		send(t, (&problems{}).sharedPacer(dir, 0, 0), 10, 2, none, none)
	})
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("without limits there is a directory: %v", err)
	}
}

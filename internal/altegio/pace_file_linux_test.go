// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// The types are those of statfs(2).
func TestIsRemote(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fileSystem uint32
		want       bool
	}{
		"nfs": {0x6969, true}, "cifs": {0xff534d42, true}, "smb2": {0xfe534d42, true}, "smb": {0x517b, true}, "afs": {0x5346414f, true},
		"9p": {0x01021997, true}, "ceph": {0x00c36400, true}, "fuse": {0x65735546, true}, "ocfs2": {0x7461636f, true},
		"ext4": {0xef53, false}, "xfs": {0x58465342, false}, "btrfs": {0x9123683e, false}, "tmpfs": {0x01021994, false},
		"overlayfs": {0x794c7630, false}, "zfs": {0x2fc12fc1, false},
	} {
		got, err := isRemoteIn("here", func(dir string, stat *unix.Statfs_t) error {
			if dir != "here" {
				t.Errorf("asked about %s", dir)
			}
			setTo(&stat.Type, tc.fileSystem)
			return nil
		})
		if got != tc.want || err != nil {
			t.Errorf("%s: %t, %v, want %t", name, got, err, tc.want)
		}
	}
}

// setTo sets a field whose type depends on the platform.
func setTo[T ~int32 | ~int64 | ~uint32](to *T, n uint32) { *to = T(n) } //nolint:gosec // as the system does

// A pacer asks the system about its own directory.
func TestIsRemote_Asked(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing")
	if _, err := newSharedPace(SharedPace{}).remote(missing); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

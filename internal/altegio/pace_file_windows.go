// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"io/fs"
	"path/filepath"
	"strings"

	"golang.org/x/sys/windows"
)

// hasRights: Windows has access control lists instead, which a file inherits. The user's cache
// directory is closed to others.
const hasRights = false

func isOwn(fs.FileInfo) bool { return true }

// isRemote reports whether a directory is on another machine, where locks may not hold.
func isRemote(dir string) (bool, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false, err
	}
	volume := filepath.VolumeName(dir)
	if strings.HasPrefix(volume, `\\`) {
		return true, nil
	}
	root, err := windows.UTF16PtrFromString(volume + `\`)
	if err != nil {
		return false, err
	}
	return windows.GetDriveType(root) == windows.DRIVE_REMOTE, nil
}

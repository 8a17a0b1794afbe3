// SPDX-License-Identifier: MPL-2.0

//go:build darwin || freebsd

package altegio

import "golang.org/x/sys/unix"

// isRemote reports whether a directory is on another machine, where locks may not hold.
func isRemote(dir string) (bool, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return false, err
	}
	return stat.Flags&unix.MNT_LOCAL == 0, nil
}

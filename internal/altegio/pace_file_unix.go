// SPDX-License-Identifier: MPL-2.0

//go:build unix

package altegio

import (
	"io/fs"
	"os"
	"syscall"
)

// hasRights says that a file has rights for its owner, its group and others.
const hasRights = true

func isOwn(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"slices"

	"golang.org/x/sys/unix"
)

// remoteTypes are file systems whose files are, or can be, on another machine. Locks there work on one
// machine only, or not at all, or are as slow as the network.
var remoteTypes = []uint32{
	unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC,
	unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC, unix.CODA_SUPER_MAGIC, unix.NCP_SUPER_MAGIC,
	unix.V9FS_MAGIC, unix.CEPH_SUPER_MAGIC, unix.FUSE_SUPER_MAGIC, unix.OCFS2_SUPER_MAGIC,
	0x0bd00bd0, // Lustre
	0x47504653, // GPFS
	0x01161970, // GFS2
	0x786f4256, // shared folders of VirtualBox
}

// isRemote reports whether a directory is on another machine, where locks may not hold.
func isRemote(dir string) (bool, error) { return isRemoteIn(dir, unix.Statfs) }

func isRemoteIn(dir string, statfs func(string, *unix.Statfs_t) error) (bool, error) {
	var stat unix.Statfs_t
	if err := statfs(dir, &stat); err != nil {
		return false, err
	}
	return slices.Contains(remoteTypes, uint32(stat.Type)), nil //nolint:gosec // the type of Type depends on the platform
}

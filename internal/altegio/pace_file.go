// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// forgottenFile is how long an unused file is kept. There is one file for each set of hosts, and the
// servers of tests have a different port each time.
const forgottenFile = 7 * 24 * time.Hour

const paceFilePrefix = "pace-"

// paceFile returns the path of the file for processes that call the same hosts. Its name reveals nothing.
func paceFile(dir string, baseURLs []string) (string, error) {
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(cache, "altegio")
	}
	hosts := make([]string, 0, len(baseURLs))
	for _, base := range baseURLs {
		u, err := url.Parse(base)
		if err != nil {
			return "", errors.New("a base URL is not a URL") // its text may contain a password
		}
		port := map[string]string{"http": "80", "https": "443"}[u.Scheme]
		hosts = append(hosts, strings.ToLower(u.Hostname())+":"+cmp.Or(u.Port(), port))
	}
	slices.Sort(hosts)
	sum := sha256.Sum256([]byte(strings.Join(slices.Compact(hosts), " ")))
	return filepath.Join(dir, paceFilePrefix+hex.EncodeToString(sum[:8])), nil
}

// preparePaceFile creates the directory, and fails unless only the user can write there.
func preparePaceFile(path string, remote func(string) (bool, error)) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := checkPrivate(dir, fs.ModeDir, 0o700); err != nil {
		return err
	}
	switch away, err := remote(dir); {
	case err != nil:
		return err
	case away:
		return fmt.Errorf("%s is on a network file system", dir)
	}
	err := checkPrivate(path, 0, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		removeForgotten(dir)
		return nil
	}
	return err
}

// checkPrivate fails unless a path has a type and belongs to the user. It removes the rights of others.
func checkPrivate(path string, kind, rights fs.FileMode) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case info.Mode().Type() != kind && kind == fs.ModeDir:
		return fmt.Errorf("%s is not a directory", path)
	case info.Mode().Type() != kind:
		return fmt.Errorf("%s is not a regular file", path)
	case !isOwn(info):
		return fmt.Errorf("%s belongs to another user", path)
	case info.Mode().Perm()&^rights != 0 && hasRights:
		return os.Chmod(path, rights)
	}
	return nil
}

// removeForgotten deletes files that have not been used for long. A failure only costs space.
func removeForgotten(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, entry := range entries {
		info, err := entry.Info()
		if err == nil && strings.HasPrefix(entry.Name(), paceFilePrefix) && time.Since(info.ModTime()) > forgottenFile {
			_ = os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

// Package docs_test checks the pages, examples, workflows and policies of this repository: everything that
// is not Go code, and that no compiler checks.
package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// root is the repository, seen from this directory.
const root = "../.."

// read returns a file of the repository, by its slash-separated path.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(content), "\r\n", "\n")
}

// exists says whether the repository has a file or a directory of that slash-separated path.
func exists(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

// files returns the slash-separated paths of the repository's files with one of the extensions, without
// what is built, downloaded or left by a run. No extension is all files.
func files(t *testing.T, extensions ...string) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", ".terraform", "bin", "dist"}, entry.Name()):
			return fs.SkipDir
		case entry.Type().IsRegular() && (len(extensions) == 0 || slices.Contains(extensions, path.Ext(name))):
			found = append(found, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatalf("the repository has no files with %v", extensions)
	}
	return found
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"archive/zip"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// SecretRun runs Terraform with all logs, and collects everything that it writes.
type SecretRun struct {
	*CLI
	Streams []string
}

// NewSecretRun returns one with all logs on.
func NewSecretRun(t *testing.T, env ...string) *SecretRun {
	t.Helper()
	c := NewCLI(t, env...)
	c.Env = append(c.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(c.Dir, "trace.log"))
	return &SecretRun{CLI: c}
}

// Do runs a command that must succeed, or must fail.
func (r *SecretRun) Do(ok bool, args ...string) {
	r.t.Helper()
	out, succeeded := r.Run(append(args, "-no-color")...)
	r.Streams = append(r.Streams, out)
	if succeeded != ok {
		r.t.Errorf("%v succeeds: %t, want %t:\n%s", args, succeeded, ok, out)
	}
}

// ExpectAbsent checks that a secret is in no output, and in no file except the given ones.
func (r *SecretRun) ExpectAbsent(what, secret string, except ...string) {
	r.t.Helper()
	if len(secret) < 8 {
		r.t.Fatalf("%s is no secret: %q", what, secret)
	}
	forms := []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))}
	look := func(where, text string) {
		for _, form := range forms {
			if i := strings.Index(text, form); i >= 0 {
				r.t.Errorf("%s is in %s: ...%s...", what, where, text[max(0, i-200):min(len(text), i+len(form)+50)])
				return
			}
		}
	}
	for i, stream := range r.Streams {
		look(fmt.Sprintf("the output of command %d", i+1), stream)
	}
	for name, content := range r.Files() {
		skip := false
		for _, pattern := range except {
			matched, _ := filepath.Match(pattern, name)
			skip = skip || matched
		}
		if !skip {
			look(name, content)
		}
	}
}

// Files returns the content of every file in the directory, and of every file in a plan.
func (r *SecretRun) Files() map[string]string {
	r.t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(r.Dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files[filepath.Base(path)] = string(content)
		if archive, err := zip.OpenReader(path); err == nil {
			defer archive.Close() //nolint:errcheck // it was only read
			for _, f := range archive.File {
				reader, err := f.Open()
				if err != nil {
					return err
				}
				content, err := io.ReadAll(reader)
				if err != nil {
					return err
				}
				files[filepath.Base(path)+":"+filepath.Base(f.Name)] = string(content)
			}
		}
		return nil
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return files
}

// LinkSignature returns the signature of the link in the state.
func (r *SecretRun) LinkSignature(address string) string {
	r.t.Helper()
	link, _ := r.Values(address)["url"].(string)
	match := regexp.MustCompile(`sign=([0-9a-f]+)`).FindStringSubmatch(link)
	if match == nil {
		r.t.Fatalf("the link has no signature: %q", link)
	}
	return match[1]
}

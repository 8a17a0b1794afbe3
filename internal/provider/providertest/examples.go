// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ExamplesDir is the directory with the examples.
var ExamplesDir = filepath.Join(repository(), "examples")

// repository is the directory with go.mod: tests run in the directory of their package.
func repository() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	panic("no go.mod above the package")
}

// Apply is the command that applies a configuration without a question.
var Apply = []string{"apply", "-input=false", "-auto-approve", "-no-color"}

// ReadExample returns a file of the examples.
func ReadExample(t *testing.T, parts ...string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(append([]string{ExamplesDir}, parts...)...))
	if err != nil {
		t.Errorf("an example is missing: %v", err)
		return ""
	}
	if len(strings.TrimSpace(string(content))) == 0 {
		t.Errorf("the example %v is empty", parts)
	}
	return string(content)
}

// ExamplesProvider is the provider block before an example: no limits, no retries, the rest from the environment.
const ExamplesProvider = "provider \"altegio\" {\n  requests_per_second = 0\n  requests_per_minute = 0\n  max_retries = 0\n}\n\n"

// Guide writes files of a guide's configuration, without the limits of the API.
func (c *CLI) Guide(name string, files ...string) {
	c.t.Helper()
	for _, file := range files {
		content := ReadExample(c.t, "guides", name, file)
		// Generic providers are not available here. Terraform decides what happens to their resources, so a
		// built-in one does instead.
		content = strings.NewReplacer(`resource "restapi_object"`, `resource "terraform_data"`, "restapi_object.", "terraform_data.").Replace(content)
		c.Write(file, strings.Replace(content, "provider \"altegio\" {}\n", ExamplesProvider, 1))
	}
}

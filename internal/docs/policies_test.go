// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestPolicies holds the files that a repository of its kind is expected to have, and what they must say.
func TestPolicies(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][]string{
		".github/SECURITY.md":                  {"security/advisories/new", "gh attestation verify"},
		".github/CODEOWNERS":                   {"* @", "/.github/"},
		".github/pull_request_template.md":     {"CHANGELOG.md", "make ci"},
		".github/ISSUE_TEMPLATE/bug.yml":       {"terraform version"},
		".github/ISSUE_TEMPLATE/feature.yml":   {"What you want to do"},
		".github/ISSUE_TEMPLATE/config.yml":    {"security/advisories/new"},
		".github/workflows/codeql.yml":         {"codeql-action/analyze"},
		".github/workflows/scheduled.yml":      {"schedule:", "make vuln", "latest", "setup-opentofu"},
		".github/workflows/release.yml":        {"environment: release", "needs: test", "attest-build-provenance", "SHA256SUMS"},
		".goreleaser.yml":                      {"prerelease: auto", "sboms:"},
		"LICENSE":                              {"Mozilla Public License Version 2.0"},
		"terraform-registry-manifest.json":     {`"6.0"`},
		"examples/ci/github-actions/drift.yml": {"-detailed-exitcode"},
	} {
		content := read(t, name)
		for _, text := range texts {
			if !strings.Contains(content, text) {
				t.Errorf("%s does not have %q", name, text)
			}
		}
	}
}

// TestPolicies_topLevel keeps the top of the repository to what a reader has to see first.
func TestPolicies_topLevel(t *testing.T) {
	t.Parallel()
	allowed := []string{
		".ci", ".github", ".gitignore", ".golangci.yml", ".goreleaser.yml", "CHANGELOG.md", "CONTRIBUTING.md", "GNUmakefile",
		"LICENSE", "README.md", "docs", "examples", "go.mod", "go.sum", "internal", "main.go", "templates", "terraform-registry-manifest.json",
	}
	for _, name := range files(t) {
		top, _, _ := strings.Cut(name, "/")
		if !slices.Contains(allowed, top) && top != "coverage.out" && top != "dev.tfrc" && top != "crash.log" && !strings.HasPrefix(top, "terraform-provider-altegio") && top != ".git" {
			t.Errorf("%s is at the top of the repository", top)
		}
	}
}

// TestPolicies_actions holds that every action is pinned to a commit, with its version for people, that
// none gets more rights than it needs, and that no job runs for ever.
func TestPolicies_actions(t *testing.T) {
	t.Parallel()
	uses := regexp.MustCompile(`(?m)uses: *(\S+)(.*)$`)
	pinned := regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)
	commits := map[string]string{}
	seen := 0
	for _, name := range files(t, ".yml") {
		if !strings.HasPrefix(name, ".github/workflows/") && !strings.HasPrefix(name, "examples/ci/github-actions/") {
			continue
		}
		content := read(t, name)
		for _, match := range uses.FindAllStringSubmatch(content, -1) {
			seen++
			if !pinned.MatchString(match[1]) || !strings.HasPrefix(match[2], " # v") {
				t.Errorf("%s: %s is not pinned to a commit that a comment gives the version of", name, match[1])
			}
			action, commit, _ := strings.Cut(match[1], "@")
			if other, ok := commits[action]; ok && other != commit {
				t.Errorf("%s: %s is pinned to another commit elsewhere", name, action)
			}
			commits[action] = commit
		}
		var workflow struct {
			Permissions map[string]string
			Jobs        map[string]struct {
				Timeout int `yaml:"timeout-minutes"`
			}
		}
		if err := yaml.Unmarshal([]byte(content), &workflow); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(workflow.Permissions) != 1 || workflow.Permissions["contents"] != "read" {
			t.Errorf("%s: the permissions of all jobs are %v", name, workflow.Permissions)
		}
		for job, settings := range workflow.Jobs {
			if settings.Timeout == 0 {
				t.Errorf("%s: the job %s has no timeout", name, job)
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d actions were looked at", seen)
	}
}

// TestPolicies_release holds what the registries look for among the files of a release: archives by name,
// and sums that name the archives of the provider and the manifest.
func TestPolicies_release(t *testing.T) {
	t.Parallel()
	var config struct {
		ProjectName string `yaml:"project_name"`
		Archives    []struct {
			ID           string
			IDs          []string `yaml:"ids"`
			Formats      []string
			NameTemplate string `yaml:"name_template"`
		}
		Checksum struct {
			NameTemplate string `yaml:"name_template"`
			IDs          []string
			ExtraFiles   []struct {
				NameTemplate string `yaml:"name_template"`
			} `yaml:"extra_files"`
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, ".goreleaser.yml")), &config); err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("{{ .ProjectName }}", config.ProjectName, "{{ .Version }}", "1.2.3", "{{ .Os }}", "linux", "{{ .Arch }}", "amd64")
	registry := regexp.MustCompile(`^terraform-provider-altegio_[^_]+_[a-z0-9]+_[a-z0-9]+$`)
	for _, archive := range config.Archives {
		name, ours := fill.Replace(archive.NameTemplate), archive.ID == "provider"
		if registry.MatchString(name) != ours || strings.HasPrefix(name, "terraform-provider-") != ours || !slices.Equal(archive.Formats, []string{"zip"}) {
			t.Errorf("a registry takes %s for the provider: %t", name, registry.MatchString(name))
		}
	}
	if len(config.Archives) != 2 {
		t.Errorf("there are %d kinds of archives", len(config.Archives))
	}
	if got := fill.Replace(config.Checksum.NameTemplate); got != "terraform-provider-altegio_1.2.3_SHA256SUMS" || !slices.Equal(config.Checksum.IDs, []string{"provider"}) ||
		len(config.Checksum.ExtraFiles) != 1 || fill.Replace(config.Checksum.ExtraFiles[0].NameTemplate) != "terraform-provider-altegio_1.2.3_manifest.json" {
		t.Errorf("the sums are %s, of %+v", got, config.Checksum)
	}
}

// TestPolicies_headers holds that every Go file says under which licence it is, above its package comment.
func TestPolicies_headers(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, ".go") {
		if !strings.HasPrefix(read(t, name), "// SPDX-License-Identifier: MPL-2.0\n\n") {
			t.Errorf("%s does not begin with the licence's identifier: run make headers", name)
		}
	}
}

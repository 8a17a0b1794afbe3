// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// TestPromises_otherProcesses holds that the page of each resource says that the resources of other provider
// configurations are not known, and how to move something between them.
func TestPromises_otherProcesses(t *testing.T) {
	t.Parallel()
	// A destroy of these fails.
	exempt := []string{"application.md"}
	checkPages(t, "docs/resources/", exempt, "Other provider configurations", "separate processes that do not know about each other")
}

// TestPromises_killed holds that the page of everything that is not safe to repeat says what to do after
// Terraform was killed.
func TestPromises_killed(t *testing.T) {
	t.Parallel()
	// These can be carried out twice.
	exempt := []string{"set_up_voip.md", "uninstall_application.md"}
	checkPages(t, "docs/actions/", exempt, "killed", "next apply", "Look ")
	for _, text := range []string{"killed", "look in Altegio before the next apply"} {
		if !strings.Contains(read(t, "docs/resources/application_discount.md"), text) {
			t.Errorf("the page of discounts lacks %q", text)
		}
	}
}

func checkPages(t *testing.T, dir string, exempt []string, texts ...string) {
	t.Helper()
	checked := 0
	for _, name := range files(t, ".md") {
		if !strings.HasPrefix(name, dir) || slices.Contains(exempt, path.Base(name)) {
			continue
		}
		checked++
		page := read(t, name)
		for _, text := range texts {
			if !strings.Contains(page, text) {
				t.Errorf("%s lacks %q", name, text)
			}
		}
	}
	if checked < 3 {
		t.Errorf("only %d pages were found", checked)
	}
}

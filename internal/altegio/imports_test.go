// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"os/exec"
	"strings"
	"testing"
)

// This package is usable by any Go program, so nothing of Terraform is reachable from it; and a
// fake that shared code with the client would prove nothing.
func TestImports(t *testing.T) {
	t.Parallel()
	deps := func(pkg string, flags ...string) []string {
		out, err := exec.CommandContext(t.Context(), "go", append(append([]string{"list", "-deps"}, flags...), pkg)...).Output() //nolint:gosec // constants
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		return strings.Fields(string(out))
	}
	const self = "github.com/altegio/terraform-provider-altegio/internal/altegio"
	for _, dep := range deps("./...") {
		if strings.HasPrefix(dep, "github.com/hashicorp/terraform-") || strings.Contains(dep, "terraform-provider-altegio/internal/provider") {
			t.Errorf("%s is reachable", dep)
		}
	}
	found := false
	for _, dep := range deps("./altegiotest", "-test") {
		dep, _, _ = strings.Cut(dep, " ")
		found = found || dep == self+"/altegiotest"
		if dep == self {
			t.Error("altegiotest imports the client that it tests")
		}
	}
	if !found {
		t.Error("altegiotest was not looked at")
	}
}

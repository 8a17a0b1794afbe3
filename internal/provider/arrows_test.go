// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Imports point from the provider to its subjects to core. No subject imports another, not even in tests,
// and only external tests import the whole provider.
func TestPackages_arrows(t *testing.T) {
	t.Parallel()
	const here = "github.com/altegio/terraform-provider-altegio/internal/provider"
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	packages := make(map[string]bool)
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		own := filepath.Dir(name)
		packages[own] = true
		test := strings.HasSuffix(name, "_test.go")
		outside := strings.HasSuffix(file.Name.Name, "_test")
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if path != here && !strings.HasPrefix(path, here+"/") {
				continue
			}
			imported := strings.TrimPrefix(strings.TrimPrefix(path, here), "/")
			allowed := false
			switch imported {
			case "core":
				allowed = own != "coretest"
			case "coretest":
				allowed = test || own == "providertest"
			case "", "providertest":
				allowed = outside || own == "providertest"
			case own:
				allowed = outside
			}
			if !allowed {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
	if len(packages) < 9 {
		t.Errorf("only these are found: %v", packages)
	}
}

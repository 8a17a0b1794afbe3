// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
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

// What core exports, several packages need: what one subject needs is its own, and what only core needs is not
// exported, unless it is the type of something. The provider block is not counted: it makes what all subjects get.
func TestCore_isShared(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	block, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	const core, provider = "core", "."
	users := make(map[string][]string) // packages, by name
	exported := make(map[string]bool)  // whether it is a type
	for _, name := range append(files, block...) {
		own := filepath.Dir(name)
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(own, "test") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		declared := make(map[*ast.Ident]bool)
		if own == core {
			for _, name := range namesDeclared(file, exported) {
				declared[name] = true
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			var used *ast.Ident
			switch n := n.(type) {
			case *ast.Ident:
				if own == core && !declared[n] {
					used = n
				}
			case *ast.SelectorExpr:
				if of, ok := n.X.(*ast.Ident); ok && of.Name == core {
					used = n.Sel
				}
			}
			if used != nil && !slices.Contains(users[used.Name], own) {
				users[used.Name] = append(users[used.Name], own)
			}
			return true
		})
	}
	if len(exported) < 30 {
		t.Errorf("only these are found: %v", exported)
	}
	for name, isType := range exported {
		by := users[name]
		if len(by) == 0 || len(by) == 1 && by[0] != provider && (by[0] != core || !isType) {
			t.Errorf("core.%s is used by %q alone", name, by)
		}
	}
}

// namesDeclared returns what declares names in a file: at the top, the names of methods, and the receivers. It adds
// the exported ones at the top, and whether each is a type.
func namesDeclared(file *ast.File, exported map[string]bool) (all []*ast.Ident) {
	declare := func(name *ast.Ident, isType bool) {
		all = append(all, name)
		if name.IsExported() {
			exported[name.Name] = isType
		}
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				declare(d.Name, false)
				continue
			}
			all = append(all, d.Name)
			ast.Inspect(d.Recv, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					all = append(all, name)
				}
				return true
			})
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					declare(s.Name, true)
				case *ast.ValueSpec:
					for _, name := range s.Names {
						declare(name, false)
					}
				}
			}
		}
	}
	return all
}

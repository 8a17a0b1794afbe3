// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The guide explains every summary of an error or a warning that is written down as a text. Those of
// tasks ("Cannot set the channel") say what failed, and the guide explains what was answered.
func TestDiagnostics_inGuide(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/guides/limits-retries-and-errors.md")
	if err != nil {
		t.Fatal(err)
	}
	summaries := diagnosticSummaries(t)
	if len(summaries) < 40 {
		t.Errorf("only these are found: %q", summaries)
	}
	for _, summary := range summaries {
		// Between the verbs stands what does not change.
		for _, part := range regexp.MustCompile(`%[a-z]`).Split(summary, -1) {
			if !strings.Contains(string(page), strings.TrimSpace(part)) {
				t.Errorf("the guide does not have %q", summary)
				break
			}
		}
	}
}

// diagnosticSummaries returns the texts that calls which make a diagnostic have for its summary.
func diagnosticSummaries(t *testing.T) (summaries []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	below, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, below...)
	makes := regexp.MustCompile(`^(New|Add)(Attribute)?(Error|Warning)(Diagnostic)?$`)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			made, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !makes.MatchString(made.Sel.Name) {
				return true
			}
			args := call.Args
			if strings.Contains(made.Sel.Name, "Attribute") {
				args = args[1:]
			}
			summary := args[0]
			if format, ok := summary.(*ast.CallExpr); ok && len(format.Args) > 0 {
				summary = format.Args[0]
			}
			if text, ok := summary.(*ast.BasicLit); ok {
				unquoted, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				summaries = append(summaries, unquoted)
			}
			return true
		})
	}
	return summaries
}

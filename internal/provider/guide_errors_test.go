// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The guide explains every summary of an error or a warning that is written down as a text: what could
// not be done ("Cannot set the channel") and why ("the token is not accepted"), and all others.
func TestDiagnostics_inGuide(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/guides/limits-retries-and-errors.md")
	if err != nil {
		t.Fatal(err)
	}
	summaries, tasks, causes := diagnosticSummaries(t)
	if len(summaries) < 40 || len(tasks) < 20 || len(causes) < 25 {
		t.Errorf("only these are found: %q, %q, %q", summaries, tasks, causes)
	}
	for _, text := range append(tasks, causes...) {
		if strings.HasPrefix(text, ", and ") {
			continue // it ends other causes
		}
		if quoted := "`" + strings.TrimSpace(strings.Trim(text, ",(: ")); !strings.Contains(string(page), quoted) {
			t.Errorf("the guide does not have %s`", quoted)
		}
	}
	for _, summary := range summaries {
		// The parts between the formatting verbs are constant.
		for _, part := range regexp.MustCompile(`%[a-z]`).Split(summary, -1) {
			if !strings.Contains(string(page), strings.TrimSpace(part)) {
				t.Errorf("the guide does not have %q", summary)
				break
			}
		}
	}
}

// diagnosticSummaries returns the texts that calls which make a diagnostic have for its summary, those
// that tasks have, and the causes that are added to them.
func diagnosticSummaries(t *testing.T) (summaries, tasks, causes []string) {
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
			switch n := n.(type) {
			case *ast.CompositeLit:
				if kind := found(n); kind != nil {
					summaries = append(summaries, texts(t, kind)...)
				}
			case *ast.KeyValueExpr:
				switch key, _ := n.Key.(*ast.Ident); {
				case key == nil:
				case key.Name == "Cause":
					causes = append(causes, texts(t, n.Value)...)
				case key.Name == "Summary":
					tasks = append(tasks, cannots(texts(t, n.Value))...)
				}
			case *ast.AssignStmt:
				if to, ok := n.Lhs[0].(*ast.SelectorExpr); ok && to.Sel.Name == "Summary" {
					tasks = append(tasks, cannots(texts(t, n.Rhs[0]))...)
				}
			case *ast.FuncDecl:
				if n.Name.Name == "cause" {
					ast.Inspect(n.Body, func(n ast.Node) bool {
						if back, ok := n.(*ast.ReturnStmt); ok {
							causes = append(causes, texts(t, back.Results[0])...)
						}
						return true
					})
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); ok && strings.HasSuffix(name.Name, "Task") && len(call.Args) > 0 {
				tasks = append(tasks, cannots(texts(t, call.Args[0]))...)
			}
			made, ok := call.Fun.(*ast.SelectorExpr)
			if ok && strings.HasSuffix(made.Sel.Name, "Task") && len(call.Args) > 0 {
				tasks = append(tasks, cannots(texts(t, call.Args[0]))...)
			}
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
				summaries = append(summaries, texts(t, text)...)
			}
			return true
		})
	}
	return summaries, tasks, causes
}

// found returns the summary of a core.FoundKind, nil if the literal is something else.
func found(n *ast.CompositeLit) ast.Expr {
	typ, _ := n.Type.(*ast.Ident)
	if of, ok := n.Type.(*ast.SelectorExpr); ok {
		typ = of.Sel
	}
	if typ == nil || typ.Name != "FoundKind" {
		return nil
	}
	for _, e := range n.Elts {
		if pair, ok := e.(*ast.KeyValueExpr); ok && pair.Key.(*ast.Ident).Name == "Summary" {
			return pair.Value
		}
	}
	return nil
}

// cannots returns those texts that say what could not be done, which no description of a function does.
func cannots(texts []string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return !strings.HasPrefix(text, "Cannot ") })
}

// texts returns those parts of an expression that are texts of more than a word.
func texts(t *testing.T, expression ast.Expr) (all []string) {
	t.Helper()
	ast.Inspect(expression, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			unquoted, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			// The parts between the formatting verbs are constant.
			if first, _, _ := strings.Cut(unquoted, "%"); strings.Contains(strings.TrimSpace(first), " ") {
				all = append(all, first)
			}
		}
		return true
	})
	return all
}

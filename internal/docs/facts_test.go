// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	factNumber    = regexp.MustCompile(`API-\d+`)
	factRow       = regexp.MustCompile(`(?m)^\| (API-\d+) \| (.+) \| (.+) \|$`)
	undocumented  = regexp.MustCompile(`(?i)not\s+documented|undocumented|not\s+document\b|n't\s+document\b`)
	sourceName    = regexp.MustCompile(`\b(D1|D200|Y|SUP|HUB|AI2|HT|RB|T1|public notes|inference|unknown)\b`)
	commentMarker = regexp.MustCompile(`(?m)^\s*//\s?`)
)

// TestFacts_numbers holds that the facts are numbered without a gap, each with a source.
func TestFacts_numbers(t *testing.T) {
	t.Parallel()
	rows := factRow.FindAllStringSubmatch(read(t, "internal/altegio/API.md"), -1)
	if len(rows) < 50 {
		t.Fatalf("API.md has %d facts", len(rows))
	}
	for i, row := range rows {
		if want := fmt.Sprintf("API-%d", i+1); row[1] != want {
			t.Errorf("%s stands where %s should: %s", row[1], want, row[2])
		}
		if !sourceName.MatchString(row[3]) {
			t.Errorf("%s has no source that the page explains: %s", row[1], row[3])
		}
	}
}

// TestFacts_cited holds that whatever a comment calls undocumented has the number of a fact, so that a
// reader finds out who says so, and that every number is that of a fact.
func TestFacts_cited(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, row := range factRow.FindAllStringSubmatch(read(t, "internal/altegio/API.md"), -1) {
		known[row[1]] = true
	}
	cited := 0
	for _, name := range files(t, ".go") {
		if strings.HasPrefix(name, "internal/docs/") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, filepath.Join(root, filepath.FromSlash(name)), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		identifiers := map[string]bool{}
		ast.Inspect(file, func(node ast.Node) bool {
			if id, ok := node.(*ast.Ident); ok {
				identifiers[id.Name] = true
			}
			return true
		})
		for _, group := range file.Comments {
			var text strings.Builder
			for _, comment := range group.List {
				text.WriteString(commentMarker.ReplaceAllString(comment.Text, "") + "\n")
			}
			words := text.String()
			for id := range identifiers {
				if undocumented.MatchString(id) {
					words = strings.ReplaceAll(words, id, "")
				}
			}
			numbers := factNumber.FindAllString(words, -1)
			for _, number := range numbers {
				cited++
				if !known[number] {
					t.Errorf("%s: %s is no fact of API.md", set.Position(group.Pos()), number)
				}
			}
			if undocumented.MatchString(words) && len(numbers) == 0 {
				t.Errorf("%s: this is said to be undocumented, without the number of a fact:\n%s", set.Position(group.Pos()), words)
			}
		}
	}
	if cited == 0 {
		t.Error("no comment cites a fact")
	}
}

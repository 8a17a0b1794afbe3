// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// foreign are phrases that a reader of English has to read twice, with what to write instead.
var foreign = map[*regexp.Regexp]string{
	regexp.MustCompile(`(?i)\banew\b`):                                                              "again",
	regexp.MustCompile(`(?i)\blest\b`):                                                              "so that ... not",
	regexp.MustCompile(`(?i)\bamiss\b`):                                                             "say what goes wrong",
	regexp.MustCompile(`(?i)\bfor want of\b`):                                                       "because there is no",
	regexp.MustCompile(`(?i)\bof two minds\b`):                                                      "contradicts itself",
	regexp.MustCompile(`(?i)\bsees? to it\b`):                                                       "makes sure",
	regexp.MustCompile(`(?i)\b(has|have|is|are) yet to\b`):                                          "does not ... yet",
	regexp.MustCompile(`(?i)\bof whom\b`):                                                           "whose",
	regexp.MustCompile(`(?i)\bof which (is|are|nothing|nobody|none|no|only|it|the|every|that)\b`):   "a new sentence",
	regexp.MustCompile(`(?i)\bmay not [^.]*\benough\b`):                                             "say what happens",
	regexp.MustCompile(`(?i)\bfrom (a|one|two|ten|\d+) [^.]{0,30} on\b`):                            "more than",
	regexp.MustCompile(`(?i)\bfrom (when|which|there|the (first|next|second|last)( \w+)?) on\b`):    "since, beginning with",
	regexp.MustCompile(`(?i)\b(simply|just) (do|run|set|add|use|write)\b`):                          "leave it out",
	regexp.MustCompile(`, for (it|they|there|nothing|which|a write) (is|are|was|has|have|can|may)`): "because",
	regexp.MustCompile(`(?i)\b(goes|go) first\b`):                                                   "overrides, is sent first",
	regexp.MustCompile(`(?i)\bwhat(ever)? (becomes?|comes) of\b`):                                   "what happens to",
	regexp.MustCompile(`(?i)\bto be had\b`):                                                         "available",
	regexp.MustCompile(`(?i)\bbut for\b`):                                                           "except",
	regexp.MustCompile(`(?i)\bgoes by (what|the state)\b`):                                          "uses",
	regexp.MustCompile(`(?i)\b(with|by|of|to) the latter\b`):                                        "name it",
	regexp.MustCompile(`(?i)\bis for (it|the \w+|\w+) to (say|decide|do|tell|know|finish)\b`):       "who acts is the subject",
	regexp.MustCompile(`(?i)\b(is|are) warned of\b`):                                                "warns about",
	regexp.MustCompile(`(?i)\b(is|are|been) told of\b`):                                             "hears about",
	regexp.MustCompile(`(?i)\bknow(s)? of each other\b`):                                            "know about each other",
	regexp.MustCompile(`(?i)\bwhoever's\b`):                                                         "even somebody else's",
	regexp.MustCompile(`\bWho (is|has|gives|calls|cancels|reads|asks|destroys|creates)\b`):          "whoever, a user who",
	regexp.MustCompile(`(?i)\b(what|which|whom)\b[^.,;:]{0,40}\b(is|are|was) about([.,:;)]| and )`): "name the thing",
	regexp.MustCompile(`\bNeeded\.`):                                                                "Required.",
	regexp.MustCompile(`(?i)\bcome to its end\b`):                                                   "completed",
}

var quotedMessage = regexp.MustCompile("`[^`\n]*`")

// TestEnglish looks for these phrases in the pages that people write. It leaves alone the messages that
// a page quotes.
func TestEnglish(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, ".md", ".tmpl", ".yml", ".yaml", ".tf", ".hcl", ".rego", ".sentinel") {
		if strings.HasPrefix(name, "docs/") || strings.HasPrefix(name, "internal/bench/") {
			continue // generated, and measured
		}
		expectEnglish(t, name, quotedMessage.ReplaceAllString(fence.ReplaceAllString(read(t, name), ""), ""))
	}
}

// TestEnglish_Go looks for these phrases in the comments of the Go code and, outside of tests, in its
// texts: descriptions, messages and logs.
func TestEnglish_Go(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, ".go") {
		if name == "internal/docs/english_test.go" {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, read(t, name), parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		at := func(node ast.Node) string { return fmt.Sprintf("%s:%d", name, set.Position(node.Pos()).Line) }
		for _, comment := range file.Comments {
			expectEnglish(t, at(comment), strings.ReplaceAll(comment.Text(), "\n", " "))
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if expression, ok := node.(ast.Expr); ok {
				text, whole := literal(expression)
				expectEnglish(t, at(node), text)
				return !whole
			}
			return true
		})
	}
}

// literal returns the text of a string, or of several that are joined, and whether that is all there is
// in the expression.
func literal(expression ast.Expr) (text string, whole bool) {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ = strconv.Unquote(e.Value)
		}
		return text, true
	case *ast.BinaryExpr:
		left, leftWhole := literal(e.X)
		right, rightWhole := literal(e.Y)
		return left + right, leftWhole && rightWhole
	}
	return "", false
}

func expectEnglish(t *testing.T, where, text string) {
	t.Helper()
	for phrase, instead := range foreign {
		for _, match := range phrase.FindAllString(text, -1) {
			t.Errorf("%s: %q: %s", where, match, instead)
		}
	}
}

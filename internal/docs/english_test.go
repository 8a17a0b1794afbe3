// SPDX-License-Identifier: MPL-2.0

package docs_test

import (
	"regexp"
	"strings"
	"testing"
)

// foreign are turns of phrase that a reader of English has to read twice, with what to write instead.
var foreign = map[*regexp.Regexp]string{
	regexp.MustCompile(`(?i)\banew\b`):                                     "again",
	regexp.MustCompile(`(?i)\blest\b`):                                     "so that ... not",
	regexp.MustCompile(`(?i)\bfor want of\b`):                              "because there is no",
	regexp.MustCompile(`(?i)\bof two minds\b`):                             "contradicts itself",
	regexp.MustCompile(`(?i)\bsees? to it that\b`):                         "makes sure that",
	regexp.MustCompile(`(?i)\b(has|have|is|are) yet to\b`):                 "does not ... yet",
	regexp.MustCompile(`(?i)\bof whom\b`):                                  "whose",
	regexp.MustCompile(`(?i)\bmay not [^.]*\benough\b`):                    "say what happens",
	regexp.MustCompile(`(?i)\bfrom (a|one|two|ten|\d+) [^.]{0,30} on\b`):   "more than",
	regexp.MustCompile(`(?i)\b(simply|just) (do|run|set|add|use|write)\b`): "leave it out",
	regexp.MustCompile(`, for (it|they|there|nothing|which|a write)\b`):    "because",
	regexp.MustCompile(`(?i)\bgoes first\b`):                               "overrides",
}

var quotedMessage = regexp.MustCompile("`[^`\n]*`")

// TestEnglish looks for them in the pages that people write; messages that a page quotes are left alone.
func TestEnglish(t *testing.T) {
	t.Parallel()
	for _, name := range files(t, ".md", ".tmpl") {
		if strings.HasPrefix(name, "docs/") || strings.HasPrefix(name, "internal/bench/") || name == "CONTRIBUTING.md" {
			continue // generated, measured, and the page that names them
		}
		text := quotedMessage.ReplaceAllString(fence.ReplaceAllString(read(t, name), ""), "")
		for phrase, instead := range foreign {
			for _, match := range phrase.FindAllString(text, -1) {
				t.Errorf("%s: %q: %s", name, match, instead)
			}
		}
	}
}

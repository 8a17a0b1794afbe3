// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

var (
	// What the CLI says about development builds with every command. The length is bounded, so
	// that a wording of another version is shown rather than whatever follows it hidden.
	overridesWarning = regexp.MustCompile(`(?s)Warning: Provider development overrides are in effect.{1,800}?published\s+releases\.\n`)

	dataSourceProgress = regexp.MustCompile(`^data\.\S+: (Reading\.\.\.|Read complete after )`)
)

// outcome is what a command of the CLI comes to.
var outcome = regexp.MustCompile(`(?m)^(?:│ )?((?:Plan: |No changes\.|Apply complete! |Error: ).*)$`)

// outcomes returns the lines of the CLI's output that say what it comes to.
func outcomes(output string) []string {
	var found []string
	for _, match := range outcome.FindAllStringSubmatch(output, -1) {
		line, _, _ := strings.Cut(match[1], " Your infrastructure")
		found = append(found, line)
	}
	return found
}

// show prints the CLI's output without what it says about development builds and the progress of
// data sources, and without runs of blank lines. Everything else is shown, errors above all.
func show(w io.Writer, output string) {
	blank := true
	for line := range strings.Lines(overridesWarning.ReplaceAllString(output, "")) {
		line = strings.TrimRight(line, " \r\n")
		if dataSourceProgress.MatchString(line) || line == "" && blank {
			continue
		}
		blank = line == ""
		fmt.Fprintln(w, strings.TrimRight("  "+line, " "))
	}
}

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

// outcome matches the line with the result of a command.
var outcome = regexp.MustCompile(`(?m)^(?:│ )?((?:Plan: |No changes\.|Apply complete! |Error: ).*)$`)

// outcomes returns the lines of the CLI's output with its result.
func outcomes(output string) []string {
	var found []string
	for _, match := range outcome.FindAllStringSubmatch(output, -1) {
		line, _, _ := strings.Cut(match[1], " Your infrastructure")
		found = append(found, line)
	}
	return found
}

// show prints the CLI's output without the warning about development builds, the progress of data sources
// and repeated blank lines. Everything else is shown, especially errors.
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

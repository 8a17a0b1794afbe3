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

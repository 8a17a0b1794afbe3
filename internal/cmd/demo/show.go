package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// show prints the CLI's output without what it says about development builds with every command,
// and without runs of blank lines. Errors are always shown.
func show(w io.Writer, output []byte) {
	scanner := bufio.NewScanner(bytes.NewReader(output))
	scanner.Buffer(nil, 1<<20)
	blank, skipping := true, false
	for scanner.Scan() {
		line := strings.TrimRight(scanner.Text(), " ")
		switch {
		case strings.Contains(line, "development overrides are in effect"):
			skipping = true
		case skipping && (line == "╵" || strings.HasPrefix(line, "releases.")):
			skipping = false
			continue
		}
		if skipping || line == "" && blank {
			continue
		}
		blank = line == ""
		fmt.Fprintf(w, "  %s\n", line)
	}
}

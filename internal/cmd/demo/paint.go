// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"os"
	"regexp"
	"strings"
)

// A kind is the kind of a line of the demo, which decides its colour.
type kind int

const (
	plain kind = iota
	title
	received
	command
	failure
)

var titleLine = regexp.MustCompile(`^\d+\. `)

func kindOf(line string) kind {
	switch text := strings.TrimSpace(line); {
	case titleLine.MatchString(line):
		return title
	case strings.HasPrefix(text, "=> "):
		return received
	case strings.HasPrefix(text, "$ "):
		return command
	case strings.HasPrefix(text, "Error: "):
		return failure
	default:
		return plain
	}
}

// A painter colours whole lines on a terminal, and leaves them as they are elsewhere.
type painter struct {
	w      io.Writer
	colour bool
	rest   []byte
}

var ansi = map[kind]string{title: "\x1b[1m", received: "\x1b[32m", command: "\x1b[36m", failure: "\x1b[31m"}

func (p *painter) Write(text []byte) (int, error) {
	if !p.colour {
		return p.w.Write(text)
	}
	p.rest = append(p.rest, text...)
	for {
		line, rest, found := bytes.Cut(p.rest, []byte("\n"))
		if !found {
			return len(text), nil
		}
		painted := string(line)
		if start := ansi[kindOf(painted)]; start != "" {
			painted = start + painted + "\x1b[0m"
		}
		if _, err := fmt.Fprintln(p.w, painted); err != nil {
			return 0, err
		}
		p.rest = rest
	}
}

// isTerminal says whether colours are wanted: on a terminal, unless NO_COLOR is set.
func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
}

var fills = map[kind]string{plain: "#c9d1d9", title: "#ffffff", received: "#7ee787", command: "#79c0ff", failure: "#ff7b72"}

// svg draws what the demo printed as a terminal shows it.
func svg(text string) []byte {
	const lineHeight, charWidth, margin = 19, 7.9, 18
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	widest := 0
	for _, line := range lines {
		widest = max(widest, len([]rune(line)))
	}
	width, height := int(float64(widest)*charWidth)+2*margin, len(lines)*lineHeight+2*margin
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%[1]d\" height=\"%[2]d\" viewBox=\"0 0 %[1]d %[2]d\" role=\"img\">\n<title>What make demo prints</title>\n", width, height)
	fmt.Fprintf(&b, "<rect width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#0d1117\"/>\n<g font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"13\" xml:space=\"preserve\">\n", width, height)
	for i, line := range lines {
		if line == "" {
			continue
		}
		k, weight := kindOf(line), ""
		if k == title {
			weight = ` font-weight="bold"`
		}
		fmt.Fprintf(&b, "<text x=\"%d\" y=\"%d\" fill=\"%s\"%s>%s</text>\n", margin, margin+lineHeight*(i+1)-6, fills[k], weight, html.EscapeString(line))
	}
	b.WriteString("</g>\n</svg>\n")
	return []byte(b.String())
}

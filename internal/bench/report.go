// SPDX-License-Identifier: MPL-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// A report has all results of one run of the program.
type report struct {
	options  options
	about    string // the machine and the versions
	date     string
	results  results
	outcomes []outcome
	costs    []cost
}

// publish prints the tables, writes them to the files in the options, and fails if a goal was missed.
func (r report) publish() error {
	sections, missed := r.sections()
	for _, part := range r.options.only {
		fmt.Printf("%s\n\n%s\n", part, sections[part])
	}
	if r.options.readme != "" {
		text, err := os.ReadFile(r.options.readme)
		if err != nil {
			return err
		}
		updated, err := replaceSections(string(text), sections)
		if err != nil {
			return fmt.Errorf("%s: %w", r.options.readme, err)
		}
		if err := os.WriteFile(r.options.readme, []byte(updated), 0o644); err != nil { //nolint:gosec // it is for everybody
			return err
		}
	}
	if r.options.chart != "" && r.options.has(partChannels) && r.options.has(partFleets) {
		if err := os.WriteFile(r.options.chart, []byte(r.chart()), 0o644); err != nil { //nolint:gosec // it is for everybody
			return err
		}
	}
	if len(missed) > 0 {
		return errors.New("missed:\n" + strings.Join(missed, ""))
	}
	return nil
}

// sections returns the text of each measured part, and the missed goals that could have been met.
func (r report) sections() (text map[string]string, missed []string) {
	text = make(map[string]string)
	for _, part := range r.options.only {
		var table string
		var goals []goal
		switch part {
		case partStart:
			table, goals = r.startTable(), r.startGoals()
		case partChannels:
			table, goals = r.channelTable(), r.channelGoals()
		case partFleets:
			table, goals = r.waysTable()+"\n"+r.fleetTable(), r.fleetGoals()
		case partLimits:
			table, goals = r.limitTable(), r.limitGoals()
		case partClient:
			table = r.clientTable()
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%s, %s.\n\n%s", r.date, r.about, table)
		if len(goals) > 0 {
			b.WriteString("\nGoals:\n\n")
		}
		for _, g := range goals {
			b.WriteString(g.String())
			if !g.met && !g.outOfReach {
				missed = append(missed, g.String())
			}
		}
		text[part] = b.String()
	}
	return text, missed
}

// replaceSections replaces the text between the markers of each section.
func replaceSections(text string, sections map[string]string) (string, error) {
	for name, section := range sections {
		begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
		before, rest, found := strings.Cut(text, begin)
		_, after, closed := strings.Cut(rest, end)
		if !found || !closed {
			return "", fmt.Errorf("it has no markers %q and %q", strings.TrimSpace(begin), end)
		}
		text = before + begin + "\n" + section + "\n" + end + after
	}
	return text, nil
}

func (r report) startTable() string {
	k := key{single, 0, plan}
	return tableOf(
		[]string{"CPU / floor", "provider's CPU / floor", "wall / floor", "provider memory", "floor's memory"},
		[][]string{{
			r.ratio(k, floor, cpu), r.ratio(k, floor, providerCPU), r.ratio(k, floor, wall),
			r.memory(k, providerMemory), r.memory(key{floor, 0, plan}, providerMemory),
		}})
}

func (r report) channelTable() string {
	var rows [][]string
	for _, n := range r.options.channels {
		for _, command := range commands {
			k := key{single, n, command}
			rows = append(rows, []string{
				strconv.Itoa(n), command,
				r.ratio(k, floor, cpu), r.ratio(k, floor, wall), r.ratio(k, floor, providerCPU),
				r.memory(k, providerMemory), r.memory(key{floor, n, command}, providerMemory),
				byOperation(r.results.requests(k).requests),
			})
		}
	}
	return tableOf([]string{
		"channels", "command", "CPU / floor", "wall / floor", "provider's CPU / floor", "provider memory", "floor's memory", "requests",
	}, rows)
}

// waysTable compares the ways to manage the same number of channels.
func (r report) waysTable() string {
	var rows [][]string
	n := r.options.compare
	for _, s := range []subject{single, listing, fleet, floor, floorFleet, data, dataFleet} {
		for _, command := range commands {
			k := key{s, n, command}
			rows = append(rows, []string{
				"`" + string(s) + "`", command,
				r.ratio(k, floor, cpu), r.ratio(k, data, cpu), r.memory(k, providerMemory), r.memory(k, memory),
				byOperation(r.results.requests(k).requests),
			})
		}
	}
	return tableOf([]string{
		fmt.Sprintf("%d channels as", n), "command",
		"CPU / `" + string(floor) + "`", "CPU / `" + string(data) + "`", "provider memory", "Terraform's memory", "requests",
	}, rows)
}

func (r report) fleetTable() string {
	var rows [][]string
	for _, n := range r.options.fleets {
		for _, command := range commands {
			k := key{fleet, n, command}
			rows = append(rows, []string{
				strconv.Itoa(n), command,
				r.ratio(k, floorFleet, cpu), r.ratio(k, floorFleet, providerCPU), r.ratio(k, dataFleet, cpu),
				fmt.Sprintf("%.3f", r.perChannel(k, r.options.fleets[0])),
				r.memory(k, providerMemory), r.memory(key{floorFleet, n, command}, providerMemory),
				byOperation(r.results.requests(k).requests),
			})
		}
	}
	return tableOf([]string{
		"channels in one resource", "command", "CPU / floor", "provider's CPU / floor", "CPU / `terraform_data`",
		fmt.Sprintf("CPU of a channel / that of %d", r.options.fleets[0]), "provider memory", "floor's memory", "requests",
	}, rows)
}

func (r report) limitTable() string {
	var rows [][]string
	for _, o := range r.outcomes {
		rows = append(rows, []string{
			o.what(),
			fmt.Sprintf("%d a second, %d a minute", o.limits.perSecond, o.limits.perMinute),
			strconv.Itoa(o.accepted), strconv.Itoa(o.refused),
			fmt.Sprintf("%.3f", o.slowness()), fmt.Sprintf("%.1f %%", 100/o.slowness()),
			fmt.Sprintf("%.2f", o.slowest),
		})
	}
	return tableOf([]string{"create", "limits", "requests", "answers 429", "time / shortest", "limits used", "slowest run / mean"}, rows)
}

func (r report) clientTable() string {
	var rows [][]string
	for _, c := range r.costs {
		rows = append(rows, []string{c.benchmark, c.allocations, c.bytes, c.nanoseconds})
	}
	return tableOf([]string{"call", "allocations", "bytes", "ns"}, rows)
}

func (r report) ratio(k key, to subject, of metric) string {
	return fmt.Sprintf("%.2f", r.results.ratio(k, to, of))
}

func (r report) memory(k key, of metric) string { return megabytes(r.results.median(k, of)) }

func megabytes(bytes float64) string {
	if bytes == 0 {
		return "-" // no process, or not available on this system
	}
	return fmt.Sprintf("%.0f MB", bytes/(1<<20))
}

func byOperation(requests map[string]int) string {
	var list []string
	for _, operation := range slices.Sorted(maps.Keys(requests)) {
		list = append(list, fmt.Sprintf("%d %s", requests[operation], operation))
	}
	return cmp.Or(strings.Join(list, ", "), "none")
}

// tableOf renders Markdown.
func tableOf(head []string, rows [][]string) string {
	var b strings.Builder
	line := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	line(head)
	line(slices.Repeat([]string{"---"}, len(head)))
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

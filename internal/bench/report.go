package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A row is what was measured of one command with one number of channels.
type row struct {
	n        int
	command  string
	cpu      float64 // ratio to the floor
	wall     float64 // ratio to the floor
	memory   int64   // peak of the provider, in bytes
	floor    int64   // peak of the floor, in bytes
	requests map[string]int
}

func medians(n int, samples []sample) []row {
	var rows []row
	for _, command := range []string{"create", "plan", "destroy"} {
		of := func(who subject) (list []sample) {
			for _, s := range samples {
				if s.subject == who && s.command == command {
					list = append(list, s)
				}
			}
			return list
		}
		ours, floors := of(altegio), of(floor)
		cpu := func(s sample) float64 { return s.cpu.Seconds() }
		wall := func(s sample) float64 { return s.wall.Seconds() }
		memory := func(s sample) float64 { return float64(s.memory) }
		rows = append(rows, row{
			n: n, command: command,
			cpu:      median(ours, cpu) / median(floors, cpu),
			wall:     median(ours, wall) / median(floors, wall),
			memory:   int64(median(ours, memory)),
			floor:    int64(median(floors, memory)),
			requests: ours[0].requests,
		})
	}
	return rows
}

func median(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, 0, len(samples))
	for _, s := range samples {
		values = append(values, of(s))
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

func table(rows []row) string {
	var b strings.Builder
	b.WriteString("| channels | command | CPU / floor | wall / floor | provider memory | floor's memory | requests |\n")
	b.WriteString("| ---: | --- | ---: | ---: | ---: | ---: | --- |\n")
	for _, r := range rows {
		fmt.Fprintf(&b, "| %d | %s | %.2f | %.2f | %d MB | %d MB | %s |\n",
			r.n, r.command, r.cpu, r.wall, r.memory>>20, r.floor>>20, requests(r.requests))
	}
	return b.String()
}

func requests(byOperation map[string]int) string {
	var parts []string
	for _, operation := range slices.Sorted(maps.Keys(byOperation)) {
		parts = append(parts, fmt.Sprintf("%d %s", byOperation[operation], operation))
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// draw makes a chart of the CPU ratio and of the requests per channel.
func draw(rows []row) string {
	const (
		left, top, width, bar, gap = 130, 56, 360, 16, 10
		scale                      = width / 1.5 // 1.5 floors, or requests a channel, across
	)
	height := top + len(rows)*(2*bar+gap) + 40
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">`+"\n",
		left+width+70, height)
	b.WriteString(`<rect width="100%" height="100%" fill="#fff"/>` + "\n")
	fmt.Fprintf(&b, `<text x="%d" y="20" font-size="14">CPU against a provider that does nothing, and requests per channel</text>`+"\n", 12)
	fmt.Fprintf(&b, `<rect x="%d" y="30" width="10" height="10" fill="#3b6fb5"/><text x="%d" y="39">CPU ratio</text>`+"\n", left, left+14)
	fmt.Fprintf(&b, `<rect x="%d" y="30" width="10" height="10" fill="#e09f3e"/><text x="%d" y="39">requests / channel</text>`+"\n", left+90, left+104)
	y := top
	for _, r := range rows {
		total := 0
		for _, n := range r.requests {
			total += n
		}
		perChannel := float64(total) / float64(r.n)
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s of %d</text>`+"\n", left-8, y+bar+4, r.command, r.n)
		for i, v := range []struct {
			value float64
			color string
		}{{r.cpu, "#3b6fb5"}, {perChannel, "#e09f3e"}} {
			w := min(v.value*scale, width)
			fmt.Fprintf(&b, `<rect x="%d" y="%d" width="%.0f" height="%d" fill="%s"/><text x="%.0f" y="%d">%.2f</text>`+"\n",
				left, y+i*bar, w, bar-2, v.color, left+w+5, y+i*bar+bar-5, v.value)
		}
		y += 2*bar + gap
	}
	fmt.Fprintf(&b, `<line x1="%.0f" y1="%d" x2="%.0f" y2="%d" stroke="#888" stroke-dasharray="3 3"/>`+"\n",
		left+scale, top-6, left+scale, y)
	fmt.Fprintf(&b, `<text x="%.0f" y="%d" text-anchor="middle" fill="#555">1.0</text>`+"\n</svg>\n", left+scale, y+14)
	return b.String()
}

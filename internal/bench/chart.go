// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The chart has its own background, so it is readable on any page, and follows the reader's preference for
// light or dark.
const chartStyle = `<style>
text { font: 12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328 }
.title { font-size: 14px; font-weight: 600 }
.quiet { fill: #59636e }
.end { text-anchor: end }
.middle { text-anchor: middle }
.card { fill: #ffffff; stroke: #d1d9e0 }
.axis { stroke: #818b98; stroke-width: 1 }
.goal { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 4 }
.goaltext { fill: #cf222e }
.create { fill: #0a5fb8 }
.plan { fill: #3f9ae0 }
.destroy { fill: #9ccbf2 }
.on-create { fill: #ffffff }
.on-plan, .on-destroy { fill: #1f2328 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc }
.quiet { fill: #9198a1 }
.card { fill: #0d1117; stroke: #3d444d }
.axis { stroke: #656c76 }
.goal { stroke: #ff7b72 }
.goaltext { fill: #ff7b72 }
.create { fill: #1f6feb }
.plan { fill: #58a6ff }
.destroy { fill: #a5d6ff }
.on-create { fill: #ffffff }
.on-plan, .on-destroy { fill: #0d1117 }
}
</style>
`

const (
	chartWidth, chartHeight = 860, 340
	panelTop, panelBottom   = 78, 278
	cpuLeft, cpuWidth       = 48, 392
	countsLeft, countsWidth = 490, 300 // the widest bar
)

// A canvas is the inside of an SVG.
type canvas struct{ strings.Builder }

func (c *canvas) text(x, y float64, class, text string) {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(text)
	fmt.Fprintf(c, `<text x="%.1f" y="%.1f" class="%s">%s</text>`+"\n", x, y, class, text)
}

func (c *canvas) bar(x, y, width, height float64, class string) {
	fmt.Fprintf(c, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="2" class="%s"/>`+"\n", x, y, width, height, class)
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(c, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`+"\n", x1, y1, x2, y2, class)
}

// chart draws the CPU against the floor, and the requests of each way to manage channels.
func (r report) chart() string {
	c := &canvas{}
	fmt.Fprintf(c, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img">`+"\n",
		chartWidth, chartHeight)
	c.WriteString("<title>CPU time against a provider that does nothing, and requests to the API</title>\n" + chartStyle)
	fmt.Fprintf(c, `<rect x="0.5" y="0.5" width="%d" height="%d" rx="8" class="card"/>`+"\n", chartWidth-1, chartHeight-1)
	r.drawCPU(c)
	r.drawRequests(c)
	c.text(24, chartHeight-14, "quiet", r.date+". Medians; how they were measured is in internal/bench.")
	c.WriteString("</svg>\n")
	return c.String()
}

func (r report) drawCPU(c *canvas) {
	c.text(24, 32, "title", "CPU against a provider that does nothing")
	x := 24.0
	for _, command := range commands {
		c.bar(x, 45, 10, 10, command)
		c.text(x+15, 54, "quiet", command)
		x += 78
	}

	most := maxCPU
	for _, n := range r.options.channels {
		for _, command := range commands {
			most = max(most, r.results.ratio(key{single, n, command}, floor, cpu))
		}
	}
	y := func(ratio float64) float64 { return panelBottom - (panelBottom-panelTop)*ratio/(1.1*most) }
	const right = cpuLeft + cpuWidth
	group := float64(cpuWidth) / float64(len(r.options.channels))
	width := min(30, group/4)
	for i, n := range r.options.channels {
		center := cpuLeft + group*(float64(i)+0.5)
		for j, command := range commands {
			ratio := r.results.ratio(key{single, n, command}, floor, cpu)
			left := center + width*(float64(j)-1.5)
			c.bar(left+1, y(ratio), width-2, panelBottom-y(ratio), command)
			c.text(left+width/2, y(0)-6, "middle on-"+command, fmt.Sprintf("%.2f", ratio))
		}
		c.text(center, panelBottom+18, "middle", fmt.Sprintf("%d channels", n))
	}
	for _, ratio := range []float64{0, 0.5, 1} {
		c.text(cpuLeft-8, y(ratio)+4, "quiet end", fmt.Sprintf("%.1f", ratio))
	}
	c.line(cpuLeft, y(0), right, y(0), "axis")
	c.line(cpuLeft, y(1), right, y(1), "axis")
	c.line(cpuLeft, y(maxCPU), right, y(maxCPU), "goal")
	c.line(right-136, 50, right-112, 50, "goal") // the key of the line: next to the line, bars would hide it
	c.text(right, 54, "goaltext end", fmt.Sprintf("goal: at most %.2f", maxCPU))
}

func (r report) drawRequests(c *canvas) {
	c.text(countsLeft, 32, "title", "Requests")
	c.text(countsLeft, 54, "quiet", "logarithmic")
	n, largest := r.options.compare, slices.Max(r.options.fleets)
	type count struct {
		text  string
		key   key
		class string
	}
	counts := []count{
		{fmt.Sprintf("create %d channels, in any way", n), key{single, n, create}, create},
		{fmt.Sprintf("plan %d without changes", n), key{single, n, plan}, plan},
		{`the same with refresh = "listing"`, key{listing, n, plan}, plan},
		{fmt.Sprintf("plan %d as one resource", largest), key{fleet, largest, plan}, plan},
	}
	decades := 1.0
	for _, row := range counts {
		decades = max(decades, math.Log10(float64(r.results.requests(row.key).total())))
	}
	step := float64(panelBottom-panelTop) / float64(len(counts))
	for i, row := range counts {
		requests := r.results.requests(row.key).total()
		// A single request also gets a bar.
		width := countsWidth * (math.Log10(float64(max(requests, 1))) + 0.1) / (decades + 0.1)
		y := panelTop + step*float64(i)
		c.text(countsLeft, y+12, "", row.text)
		c.bar(countsLeft, y+18, width, 18, row.class)
		c.text(countsLeft+width+8, y+32, "", strconv.Itoa(requests))
	}
}

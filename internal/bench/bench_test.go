// SPDX-License-Identifier: MPL-2.0

package main

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		values []float64
		want   float64
	}{
		{nil, 0},
		{[]float64{3}, 3},
		{[]float64{9, 1, 2}, 2},
		{[]float64{4, 1, 3, 2}, 2.5},
	} {
		if got := median(tt.values); got != tt.want {
			t.Errorf("the median of %v is %v, want %v", tt.values, got, tt.want)
		}
	}
}

func TestShortest(t *testing.T) {
	t.Parallel()
	documented := limits{5, 200}
	for _, tt := range []struct {
		n    int
		l    limits
		want time.Duration
	}{
		{0, documented, 0},
		{5, documented, 0},
		{6, documented, time.Second},
		{200, documented, 39 * time.Second},
		{201, documented, time.Minute},
		{300, documented, 79 * time.Second},
		{401, documented, 2 * time.Minute},
		{10000, limits{50, 2000}, 4*time.Minute + 39*time.Second},
	} {
		if got := shortest(tt.n, tt.l); got != tt.want {
			t.Errorf("%d requests within %v take %s, want %s", tt.n, tt.l, got, tt.want)
		}
	}
}

func TestJudge(t *testing.T) {
	t.Parallel()
	at := func(seconds, status int) altegiotest.Request {
		return altegiotest.Request{At: time.Unix(int64(seconds), 0), StatusCode: status}
	}
	r := race{subject: fleet, runs: 2, each: 3, limits: limits{perSecond: 1, perMinute: 60}}
	requests := []altegiotest.Request{at(0, 429), at(1, 200), at(2, 200), at(3, 429), at(5, 200), at(9, 429)}
	o, err := judge(r, requests)
	if err != nil || o.accepted != 3 || o.refused != 3 || o.took != 4*time.Second || o.slowness() != 2 {
		t.Errorf("it is %+v with slowness %v, %v", o, o.slowness(), err)
	}
	if _, err := judge(r, []altegiotest.Request{at(0, http.StatusNotFound)}); err == nil {
		t.Error("an answer 404 is a success")
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	slowest, cpu := compare([]sample{
		{wall: time.Second, cpu: time.Second}, {wall: 2 * time.Second, cpu: time.Second}, {wall: 3 * time.Second, cpu: time.Second},
	})
	if slowest != 1.5 || cpu != 3*time.Second {
		t.Errorf("the slowest took %v of the mean, and all %s of CPU, want 1.5 and 3s", slowest, cpu)
	}
}

func TestReadCosts(t *testing.T) {
	t.Parallel()
	got := readCosts(`goos: linux
BenchmarkSetChannel-2           	   77692	     17117 ns/op	    7371 B/op	      89 allocs/op
BenchmarkSharedInstallation     	15387532	        78.83 ns/op	      32 B/op	       1 allocs/op
PASS
`)
	want := []cost{{"SetChannel", "17117", "7371", "89"}, {"SharedInstallation", "78.83", "32", "1"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-only", "channels,limits", "-channels", "100,10"})
	if err != nil || !slices.Equal(o.channels, []int{10, 100}) || !o.has(partLimits) || o.has(partFleets) {
		t.Errorf("got %+v, %v", o, err)
	}
	for _, args := range [][]string{{"-only", "nothing"}, {"-channels", "0"}, {"-fleets", "many"}, {"-runs", "0"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}

// What several parts need is measured once.
func TestMeasurements(t *testing.T) {
	t.Parallel()
	o := options{only: parts, channels: []int{100}, fleets: []int{100}, compare: 100}
	list := o.measurements()
	if len(list) != 2 || len(list[100]) != 7 || !slices.Equal(list[0], []subject{single, floor}) {
		t.Errorf("got %v", list)
	}
	o.only = []string{partLimits, partClient}
	if list = o.measurements(); len(list) != 0 {
		t.Errorf("got %v", list)
	}
}

// measured is a report of figures that meet all goals, with the floor at 100 s for each channel.
func measured() report {
	o := options{only: parts, channels: []int{10, 1000}, fleets: []int{100, 10000}, compare: 1000}
	r := report{options: o, date: "2026-01-02", about: "a machine", results: make(results), costs: []cost{{"SetChannel", "1", "2", "3"}}}
	for n, subjects := range o.measurements() {
		for _, s := range subjects {
			for _, command := range commands {
				seconds, requests := 100*max(n, 1), map[string]int{}
				if s.provider() == "altegio" {
					seconds, requests = 101*max(n, 1), map[string]int{"update_channel": n}
				}
				if s == single && n > 0 {
					switch command {
					case create:
						requests = map[string]int{"update_channel": n, "installation": n, "locations": 6}
					case plan:
						requests = map[string]int{"installation": n}
					}
				}
				if s == fleet && command == plan {
					requests = map[string]int{"locations": n/1000 + 2}
				}
				if s == fleet || s == floorFleet || s == dataFleet {
					seconds = n / 10
				}
				r.results[key{s, n, command}] = []sample{{cpu: time.Duration(seconds) * time.Second, requests: requests}}
			}
		}
	}
	for _, race := range o.races() {
		race.each = 100
		n := race.channels()
		r.outcomes = append(r.outcomes, outcome{race: race, accepted: n, set: n, took: shortest(n, race.limits), slowest: 1, cpu: time.Second})
	}
	return r
}

func TestGoals(t *testing.T) {
	t.Parallel()
	r := measured()
	sections, missed := r.sections()
	if len(missed) > 0 {
		t.Errorf("missed: %v", missed)
	}
	if row := "| 1000 | create | 1.01 |"; !strings.Contains(sections[partChannels], row) {
		t.Errorf("there is no row %q in\n%s", row, sections[partChannels])
	}

	for name, spoil := range map[string]func(report){
		"before the first request": func(r report) { r.results[key{single, 0, plan}][0].cpu *= 2 },
		"CPU of a plan":            func(r report) { r.results[key{single, 10, plan}][0].cpu *= 2 },
		"CPU of a create":          func(r report) { r.results[key{single, 10, destroy}][0].cpu *= 2 },
		"a request for each":       func(r report) { r.results[key{single, 10, create}][0].requests["installation"] = 11 },
		"one for each location":    func(r report) { r.results[key{single, 10, create}][0].requests["locations"] = 7 },
		"as many requests":         func(r report) { r.results[key{fleet, 100, create}][0].requests["installation"] = 1 },
		"at most 12 requests":      func(r report) { r.results[key{fleet, 10000, plan}][0].requests["locations"] = 13 },
		"less CPU for that":        func(r report) { r.results[key{fleet, 10000, plan}][0].cpu *= 20 },
		"less than 100 MB":         func(r report) { r.results[key{fleet, 10000, create}][0].provider.memory = 100 << 20 },
		"CPU for each channel":     func(r report) { r.results[key{fleet, 10000, destroy}][0].cpu *= 2 },
		"no 429, and no more than": func(r report) { r.outcomes[0].refused = 1 },
		"of two aliases":           func(r report) { r.outcomes[3].refused = 1 },
		"no 429, no failure":       func(r report) { r.outcomes[4].refused = 1 },
		"at least 97 %":            func(r report) { r.outcomes[4].took = r.outcomes[4].took * 100 / 96 },
		"slower than the mean":     func(r report) { r.outcomes[4].slowest = 1.2 },
		"no failure, and at least": func(r report) { r.outcomes[5].took = r.outcomes[5].took * 10 / 8 },
		"CPU for a request":        func(r report) { r.outcomes[0].cpu *= 2 },
	} {
		r := measured()
		spoil(r)
		if _, missed := r.sections(); !slices.ContainsFunc(missed, func(text string) bool { return strings.Contains(text, name) }) {
			t.Errorf("the goal %q is met whatever is measured; missed: %v", name, missed)
		}
	}

	// What Terraform misses without a provider is shown, and fails nothing.
	r = measured()
	r.results[key{single, fewSingles, plan}][0].cpu /= 20
	sections, missed = r.sections()
	if len(missed) > 0 || !strings.Contains(sections[partFleets], "**missed**, as by Terraform without a provider") {
		t.Errorf("missed: %v, in\n%s", missed, sections[partFleets])
	}
}

func TestChart(t *testing.T) {
	t.Parallel()
	chart := measured().chart()
	for _, text := range []string{">1.01<", ">12<", "10 channels", "prefers-color-scheme: dark"} {
		if !strings.Contains(chart, text) {
			t.Errorf("the chart does not say %q", text)
		}
	}
	for decoder := xml.NewDecoder(strings.NewReader(chart)); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestReplaceSections(t *testing.T) {
	t.Parallel()
	text := "a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n"
	got, err := replaceSections(text, map[string]string{"x": "new\n"})
	if want := "a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nb\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := replaceSections(text, map[string]string{"y": "new\n"}); err == nil {
		t.Error("a section without markers is lost silently")
	}
}

// The page has a place for each part.
func TestReadme(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	sections, _ := measured().sections()
	if _, err := replaceSections(string(text), sections); err != nil || len(sections) != len(parts) {
		t.Errorf("%d sections, %v", len(sections), err)
	}
}

// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"
)

// A World is one possible behaviour of the API where its documentation says nothing or contradicts itself.
// Each field is one unknown. The zero value is what the newest documentation says or, where it says
// nothing, what a new Server does. [World.Shapes] makes a server behave like this. [Worlds] returns a
// selection of worlds, for tests that must pass in all of them.
type World struct {
	Hosts           Hosts
	OtherHost       Ignorance
	PageBase        PageBase
	PageSize        PageSize
	PageBeyond      PageBeyond
	Listed          Listed
	Lists           Lists
	Numbers         Numbers
	EmptyMeta       EmptyMeta
	EmptyObject     EmptyObject
	FieldErrors     FieldErrors
	Bodies          Bodies
	Language        Language
	Uninstalled     Uninstalled
	Refusal         Refusal
	StatusCache     StatusCache
	Details         Details
	SenderNames     SenderNames
	WebhookSettings WebhookSettings
	WebhookURLs     WebhookURLs
}

// The unknowns. The values of each have the order of their names in dimensions.
type (
	PageBase        int // the number of the first page: 1, 1 with 0 taken for it, 1 with 0 failing, 0
	PageSize        int // how many rows a page has: as many as asked for, 2, all that there are
	PageBeyond      int // what comes after the last page: nothing, the last page again, any page is the first
	Listed          int // which installations are listed: all, active ones
	Lists           int // the location list is an array, an object with numbers for keys
	Numbers         int // ids and flags in lists are numbers, strings
	EmptyMeta       int // an empty meta is [], {}, absent
	EmptyObject     int // empty data are {}, []
	FieldErrors     int // errors are an object for update_channel alone, an array for all, an object for all
	Bodies          int // successes have the documented bodies, none at all, one everywhere
	Language        int // messages are English, Russian
	Uninstalled     int // after an uninstallation the status is answered 404, 200 with "uninstalled"
	Refusal         int // a write to a location without the application is refused as documented or usual, with 403, 404, 422, 200
	StatusCache     int // the status is what it is, what it was up to five minutes ago
	Details         int // an installation has the documented fields, more of them
	SenderNames     int // sender names replace those before, are added
	WebhookSettings int // webhook settings are those of a new server, of an old one, flags are booleans
	WebhookURLs     int // webhook URLs read back as sent, with a slash, escaped, in lower case
)

// dimensions has the values of each field of World, by their numbers.
var dimensions = []struct {
	field  string
	values []string
}{
	{"Hosts", []string{"both", "api", "app"}},
	{"OtherHost", []string{"404 JSON", "404 HTML", "405", "redirect"}},
	{"PageBase", []string{"1", "1 clamped", "1 failing", "0"}},
	{"PageSize", []string{"as asked", "2", "all"}},
	{"PageBeyond", []string{"empty", "last page", "first page"}},
	{"Listed", []string{"all", "active"}},
	{"Lists", []string{"arrays", "objects"}},
	{"Numbers", []string{"numbers", "strings"}},
	{"EmptyMeta", []string{"[]", "{}", "absent"}},
	{"EmptyObject", []string{"{}", "[]"}},
	{"FieldErrors", []string{"as documented", "array", "object"}},
	{"Bodies", []string{"as documented", "none", "everywhere"}},
	{"Language", []string{"en", "ru"}},
	{"Uninstalled", []string{"404", "200"}},
	{"Refusal", []string{"as usual", "403", "404", "422", "200"}},
	{"StatusCache", []string{"none", "5m"}},
	{"Details", []string{"documented", "more"}},
	{"SenderNames", []string{"replace", "append"}},
	{"WebhookSettings", []string{"new", "old", "booleans"}},
	{"WebhookURLs", []string{"as sent", "slash", "escaped", "lowercase"}},
}

// String names what differs from the zero World, such as "PageBase=0 Numbers=strings".
func (w World) String() string {
	var parts []string
	for _, d := range dimensions {
		if n := reflect.ValueOf(w).FieldByName(d.field).Int(); n != 0 {
			parts = append(parts, fmt.Sprintf("%s=%s", d.field, d.values[n]))
		}
	}
	if parts == nil {
		return "as documented"
	}
	return strings.Join(parts, " ")
}

// Shapes returns the shapes of answers in the world.
func (w World) Shapes() Shapes {
	return Shapes{
		Hosts:                w.Hosts,
		Ignorance:            w.OtherHost,
		PageBase:             []string{"", "clamped", "failing", "zero"}[w.PageBase],
		MaxPage:              []int{0, 2, 0}[w.PageSize],
		IgnoreCount:          w.PageSize == 2,
		RepeatLastPage:       w.PageBeyond == 1,
		IgnorePage:           w.PageBeyond == 2,
		ListActiveOnly:       w.Listed == 1,
		ListsAsObjects:       w.Lists == 1,
		NumbersAsStrings:     w.Numbers == 1,
		Meta:                 []string{"array", "object", "absent"}[w.EmptyMeta],
		EmptyAsArray:         w.EmptyObject == 1,
		ErrorsAsArray:        w.FieldErrors == 1,
		ErrorsAsObject:       w.FieldErrors == 2,
		NoBodies:             w.Bodies == 1,
		UndocumentedBodies:   w.Bodies == 2,
		Language:             []string{"en", "ru"}[w.Language],
		StatusAfterUninstall: []string{"", StatusUninstalled}[w.Uninstalled],
		NotInstalledStatus: []int{
			0, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusOK,
		}[w.Refusal],
		StatusCache:         []time.Duration{0, 5 * time.Minute}[w.StatusCache],
		ExtraFields:         w.Details == 1,
		SenderNamesAppend:   w.SenderNames == 1,
		LegacyHooks:         w.WebhookSettings == 1,
		HookFlagsAsBooleans: w.WebhookSettings == 2,
		WebhookSpelling:     []string{"", "slash", "escaped", "lowercase"}[w.WebhookURLs],
	}
}

// Worlds returns a selection of worlds in which every pair of values of any two unknowns occurs at least
// once. It is always the same. It begins with the zero World, followed by each value of each unknown alone,
// so that a failed test shows which value is responsible.
func Worlds() []World {
	sizes := make([]int, 0, len(dimensions))
	for _, d := range dimensions {
		sizes = append(sizes, len(d.values))
	}
	worlds := []World{{}}
	add := func(set func(field string, i int) int) {
		var w World
		for i, d := range dimensions {
			reflect.ValueOf(&w).Elem().FieldByName(d.field).SetInt(int64(set(d.field, i)))
		}
		worlds = append(worlds, w)
	}
	for i, size := range sizes {
		for value := 1; value < size; value++ {
			add(func(_ string, j int) int {
				if i == j {
					return value
				}
				return 0
			})
		}
	}
	for _, row := range pairwise(sizes) {
		add(func(_ string, i int) int { return row[i] })
	}
	return worlds
}

// pairwise returns rows of values, each below its size, so that every pair of values of any two columns
// occurs in a row. It builds one row after the other, and takes for each column the value that adds most
// new pairs.
func pairwise(sizes []int) [][]int {
	type pair struct{ column, value, other, otherValue int }
	open := make(map[pair]struct{})
	for a, size := range sizes {
		for b := a + 1; b < len(sizes); b++ {
			for x := range size {
				for y := range sizes[b] {
					open[pair{a, x, b, y}] = struct{}{}
				}
			}
		}
	}
	isOpen := func(a, x, b, y int) bool {
		if a > b {
			a, x, b, y = b, y, a, x
		}
		_, ok := open[pair{a, x, b, y}]
		return ok
	}
	var rows [][]int
	for len(open) > 0 {
		row := make([]int, len(sizes))
		done := make([]bool, len(sizes))
		// Each row starts with a pair that is still missing, so it adds at least one.
		first := func() pair {
			for a := range sizes {
				for b := a + 1; b < len(sizes); b++ {
					for x := range sizes[a] {
						for y := range sizes[b] {
							if isOpen(a, x, b, y) {
								return pair{a, x, b, y}
							}
						}
					}
				}
			}
			panic("altegiotest: no pair is open")
		}()
		row[first.column], done[first.column] = first.value, true
		row[first.other], done[first.other] = first.otherValue, true
		for c := range sizes {
			if done[c] {
				continue
			}
			best := -1
			for v := range sizes[c] {
				meets := 0
				for other := range sizes {
					if done[other] && isOpen(c, v, other, row[other]) {
						meets++
					}
				}
				if meets > best {
					best, row[c] = meets, v
				}
			}
			done[c] = true
		}
		for a := range sizes {
			for b := a + 1; b < len(sizes); b++ {
				delete(open, pair{a, row[a], b, row[b]})
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"reflect"
	"testing"
)

// Every field of World is an unknown with names for its values, and every value shows in the shapes.
func TestWorld_Dimensions(t *testing.T) {
	t.Parallel()
	typ := reflect.TypeFor[World]()
	if typ.NumField() != len(dimensions) {
		t.Fatalf("World has %d fields, and dimensions %d", typ.NumField(), len(dimensions))
	}
	seen := map[string]string{}
	for i, d := range dimensions {
		if typ.Field(i).Name != d.field {
			t.Fatalf("field %d is %s, and dimensions have %s", i, typ.Field(i).Name, d.field)
		}
		for value := 1; value < len(d.values); value++ {
			var w World
			reflect.ValueOf(&w).Elem().Field(i).SetInt(int64(value))
			if reflect.DeepEqual(w.Shapes(), World{}.Shapes()) {
				t.Errorf("%s makes no difference", w)
			}
			if want := d.field + "=" + d.values[value]; w.String() != want || seen[want] != "" {
				t.Errorf("it is called %q, want %q", w, want)
			}
			seen[w.String()] = d.field
		}
	}
	if got := (World{}).String(); got != "as documented" {
		t.Errorf("the zero World is %q", got)
	}
}

func TestWorlds(t *testing.T) {
	t.Parallel()
	worlds := Worlds()
	if worlds[0] != (World{}) || !reflect.DeepEqual(worlds, Worlds()) {
		t.Error("the selection is not the same each time")
	}
	alone := 0
	for _, d := range dimensions {
		alone += len(d.values) - 1
	}
	if n := len(worlds) - 1 - alone; n < 20 || n > 40 {
		t.Errorf("%d worlds besides %d that differ in one point", n, alone)
	}
	checkPairs(t, "worlds", sizesOf(), func(yield func([]int)) {
		for _, w := range worlds {
			var row []int
			for i := range dimensions {
				row = append(row, int(reflect.ValueOf(w).Field(i).Int()))
			}
			yield(row)
		}
	})
}

func sizesOf() (sizes []int) {
	for _, d := range dimensions {
		sizes = append(sizes, len(d.values))
	}
	return sizes
}

func TestPairwise(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		sizes []int
		most  int
	}{
		{[]int{2, 2}, 4},
		{[]int{3, 5}, 15},
		{[]int{2, 2, 2, 2, 2, 2}, 9},
		{[]int{1, 1, 4}, 4},
		{[]int{5, 4, 3, 2, 1}, 24},
	} {
		rows := pairwise(tc.sizes)
		if len(rows) > tc.most {
			t.Errorf("%v: %d rows, want %d at most", tc.sizes, len(rows), tc.most)
		}
		checkPairs(t, "pairwise", tc.sizes, func(yield func([]int)) {
			for _, row := range rows {
				yield(row)
			}
		})
	}
}

// checkPairs counts independently which pairs of values occur.
func checkPairs(t *testing.T, what string, sizes []int, rows func(func([]int))) {
	t.Helper()
	met := map[[4]int]bool{}
	rows(func(row []int) {
		for a := range row {
			if row[a] < 0 || row[a] >= sizes[a] {
				t.Fatalf("%s: %v is out of range", what, row)
			}
			for b := range row {
				met[[4]int{a, row[a], b, row[b]}] = true
			}
		}
	})
	for a := range sizes {
		for b := range sizes {
			for x := range sizes[a] {
				for y := range sizes[b] {
					if a != b && !met[[4]int{a, x, b, y}] {
						t.Errorf("%s: %d of column %d never meets %d of column %d", what, x, a, y, b)
					}
				}
			}
		}
	}
}

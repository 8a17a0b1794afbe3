// SPDX-License-Identifier: MPL-2.0

package core

import (
	"strconv"
)

// UniqueBy indexes entries by a key. A key that is empty, or that several entries share, is left
// out: to choose one of them would be to guess.
func UniqueBy[T any](entries []T, key func(T) string) map[string]T {
	index, times := make(map[string]T), make(map[string]int)
	for _, entry := range entries {
		k := key(entry)
		index[k] = entry
		times[k]++
	}
	for k, n := range times {
		if k == "" || n > 1 {
			delete(index, k)
		}
	}
	return index
}

// IDKey is an id as the key of a map. HCL turns the number 7 in an index into the same.
func IDKey(id int64) string { return strconv.FormatInt(id, 10) }

// ByIDText describes a map by id: of what, and an id as an example.
const ByIDText = "The %s by id, such as `by_id[%s]`."

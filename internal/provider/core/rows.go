// SPDX-License-Identifier: MPL-2.0

package core

import (
	"strconv"
)

// UniqueBy indexes entries by a key. It leaves out keys that are empty or that several entries share,
// because choosing one of these would be a guess.
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

// IDKey returns an id as the key of a map. HCL converts the number 7 in an index to the same key.
func IDKey(id int64) string { return strconv.FormatInt(id, 10) }

// ByIDText is the description of a map by id. It takes the name of the entries, and an id as an example.
const ByIDText = "The %s by id, such as `by_id[%s]`."

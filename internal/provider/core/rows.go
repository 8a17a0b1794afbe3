// SPDX-License-Identifier: MPL-2.0

package core

import "fmt"

// UniqueBy indexes entries by a key: an id or a text. It leaves out keys that are empty or that several entries
// share, because choosing one of these would be a guess. HCL converts the number 7 in an index to the key "7".
func UniqueBy[T any, Key int64 | string](entries []T, key func(T) Key) map[string]T {
	index, times := make(map[string]T), make(map[string]int)
	for _, entry := range entries {
		k := fmt.Sprint(key(entry))
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

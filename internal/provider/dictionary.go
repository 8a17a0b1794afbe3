// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strconv"
)

// The data sources for the API's dictionaries give each of them as a list, and as maps to look an
// entry up in.

// uniqueBy indexes entries by a key. A key that is empty, or that several entries share, is left
// out: to choose one of them would be to guess.
func uniqueBy[T any](entries []T, key func(T) string) map[string]T {
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

// idKey is an id as the key of a map. HCL turns the number 7 in an index into the same.
func idKey(id int64) string { return strconv.FormatInt(id, 10) }

// The descriptions of the maps.
const (
	byIDText    = "The %s by id, such as `by_id[%s]`."
	byTitleText = "The %s by title, such as `by_title[\"%s\"]`. Titles are in the language in which the API answers, and " +
		"upper and lower case matter. A title that several entries have is left out."
)

func dictionaryTask(name string, arguments ...argument) task {
	return task{
		summary:   "Cannot read the dictionary of " + name,
		arguments: append([]argument{{"dictionary", name}}, arguments...),
		forbidden: "The token has no access to this dictionary. The vendor's own client sends a user token with it: set " +
			"user_token in the provider block, or " + envUserToken + ".",
		notFound: "Check api_url in the provider block: there is no such dictionary at that URL.",
	}
}

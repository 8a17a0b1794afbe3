// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"strconv"
	"testing"
)

func FuzzParseLocationID(f *testing.F) {
	for _, seed := range []string{"1001", "1", "", "0", "-1", "+1", "01", "1.0", " 1", "1e3", "9223372036854775807", "9223372036854775808"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id, err := parseLocationID(text); err == nil && (id < 1 || strconv.FormatInt(id, 10) != text) {
			t.Errorf("%q is read as %d", text, id)
		}
	})
}

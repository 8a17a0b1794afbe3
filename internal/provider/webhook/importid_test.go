// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"strconv"
	"testing"
)

func FuzzParseImport(f *testing.F) {
	for _, seed := range []string{
		"1001", "1", "", "0", "-1", "+1", "01", "1.0", " 1", "1e3", "9223372036854775807", "9223372036854775808",
		"1001/all", "/all", "1001/all/all", "1001/ALL", "1001/456",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := parseImport(text)
		if err != nil {
			return
		}
		want := strconv.FormatInt(id.location, 10)
		if id.all {
			want += "/all"
		}
		if id.location < 1 || want != text {
			t.Errorf("%q is read as %+v", text, id)
		}
	})
}

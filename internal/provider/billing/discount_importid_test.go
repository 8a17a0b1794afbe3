// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// FuzzParseDiscountImport holds that an accepted id says what discount which locations have, exactly.
func FuzzParseDiscountImport(f *testing.F) {
	for _, seed := range []string{
		"456", "456/15.5/1001", "456/0/1001,1002", "456/15.50/1002,1001,1001", "456/1e2/1", "456/-1/1", "456/+1/1", "456/.5/1", "456/0x1/1",
		"456/NaN/1", "456/1/", "456/1/,", "456/1/01", "456/1", "456//1", "456/1/1/1", "", "/", "0/1/1", "456/1e999999999/1", "456/1/9223372036854775808",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := parseDiscountImport(text)
		if err != nil {
			if err.Error() == "" || strings.ContainsAny(err.Error(), "\n\r\x00") {
				t.Errorf("the error of %q is %q, which is no line of text", text, err)
			}
			return
		}
		parts := strings.Split(text, "/")
		if id.application < 1 || strconv.FormatInt(id.application, 10) != parts[0] {
			t.Errorf("%q is read as application %d", text, id.application)
		}
		if len(parts) == 1 {
			if len(id.locations) > 0 || !id.discount.IsNull() {
				t.Errorf("%q is read as %+v", text, id)
			}
			return
		}
		written, ok := new(big.Rat).SetString(parts[1])
		read, exact := new(big.Rat).SetString(string(decimalFromNumber(id.discount)))
		if !ok || !exact || written.Cmp(read) != 0 || read.Sign() < 0 {
			t.Errorf("%q is read as discount %s", text, id.discount)
		}
		if len(id.locations) == 0 || !slices.IsSorted(id.locations) || id.locations[0] < 1 {
			t.Errorf("%q is read as locations %v", text, id.locations)
		}
		for _, location := range strings.Split(parts[2], ",") {
			n, _ := strconv.ParseInt(location, 10, 64)
			if _, ok := slices.BinarySearch(id.locations, n); !ok {
				t.Errorf("%q is read as locations %v, without %s", text, id.locations, location)
			}
		}
	})
}

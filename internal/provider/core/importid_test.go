// SPDX-License-Identifier: MPL-2.0

package core

import (
	"testing"
)

// FuzzParseConnectionID is FuzzParseChannelID for ids without a channel.
func FuzzParseConnectionID(f *testing.F) {
	for _, seed := range []string{"1001/456", "1/1", "", "/", "//", "0/1", "01/1", "1/+1", "1/9223372036854775808", "1/1/sms", " 1/1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := parseConnectionID(text)
		if err == nil && (id.String() != text || id.Location < 1 || id.Application < 1) {
			t.Errorf("%q is read as %#v", text, id)
		}
	})
}

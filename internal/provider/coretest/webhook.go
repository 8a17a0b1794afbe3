// SPDX-License-Identifier: MPL-2.0

package coretest

import (
	"testing"
)

// Now checks it here.
func (f StateFunc) Now(t *testing.T) {
	t.Helper()
	if err := f(); err != nil {
		t.Error(err)
	}
}

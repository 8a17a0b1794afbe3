// SPDX-License-Identifier: MPL-2.0

package coretest

import (
	"testing"
)

// Now runs the check.
func (f StateFunc) Now(t *testing.T) {
	t.Helper()
	if err := f(); err != nil {
		t.Error(err)
	}
}

// SPDX-License-Identifier: MPL-2.0

package core

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestNumberFromDecimal(t *testing.T) {
	t.Parallel()
	for _, decimal := range []altegio.Decimal{"1523.12", "990", "0", "-0.1", "0.30000000000000000001", "123456789012345678901.23"} {
		got, err := NumberFromDecimal(decimal)
		if err != nil {
			t.Errorf("%s: %v", decimal, err)
			continue
		}
		if !got.Equal(coretest.Number(t, string(decimal))) {
			t.Errorf("%s does not equal the same number in a configuration", decimal)
		}
	}
	if got, err := NumberFromDecimal(""); err != nil || !got.IsNull() {
		t.Errorf("no amount is %v, %v; want null", got, err)
	}
	if _, err := NumberFromDecimal("a lot"); err == nil {
		t.Error("a text passes for an amount")
	}
}

func TestTextOrNull(t *testing.T) {
	t.Parallel()
	if got := TextOrNull(""); !got.IsNull() {
		t.Errorf("what the API did not say is %v, want null", got)
	}
	if got := TextOrNull("2022-06-27 12:20:02"); got.ValueString() != "2022-06-27 12:20:02" {
		t.Errorf("a date became %v", got)
	}
}

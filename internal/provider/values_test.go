// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// number reads a number as Terraform does.
func number(t *testing.T, text string) types.Number {
	t.Helper()
	f, _, err := big.ParseFloat(text, 10, terraformPrecision, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return types.NumberValue(f)
}

func TestDecimalFromNumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]altegio.Decimal{
		"15.55": "15.55", "15.550": "15.55", "15.5": "15.5", "0": "0", "0.1": "0.1", "100": "100", "100.00": "100",
		"33.333333333333333333333333333333": "33.333333333333333333333333333333", "1e-7": "0.0000001", "1e2": "100",
	} {
		if got := decimalFromNumber(number(t, text)); got != want {
			t.Errorf("%s is sent as %q, want %q", text, got, want)
		}
	}
	if got := decimalFromNumber(types.NumberNull()); got != "" {
		t.Errorf("null is sent as %q, want nothing", got)
	}
	if got := decimalFromNumber(types.NumberUnknown()); got != "" {
		t.Errorf("unknown is sent as %q, want nothing", got)
	}
}

func TestNumberFromDecimal(t *testing.T) {
	t.Parallel()
	for _, decimal := range []altegio.Decimal{"1523.12", "990", "0", "-0.1", "0.30000000000000000001", "123456789012345678901.23"} {
		got, err := numberFromDecimal(decimal)
		if err != nil {
			t.Errorf("%s: %v", decimal, err)
			continue
		}
		if !got.Equal(number(t, string(decimal))) {
			t.Errorf("%s does not equal the same number in a configuration", decimal)
		}
		if back := decimalFromNumber(got); back != decimal {
			t.Errorf("%s comes back as %s", decimal, back)
		}
	}
	if got, err := numberFromDecimal(""); err != nil || !got.IsNull() {
		t.Errorf("no amount is %v, %v; want null", got, err)
	}
	if _, err := numberFromDecimal("a lot"); err == nil {
		t.Error("a text passes for an amount")
	}
}

func TestTextOrNull(t *testing.T) {
	t.Parallel()
	if got := textOrNull(""); !got.IsNull() {
		t.Errorf("what the API did not say is %v, want null", got)
	}
	if got := textOrNull("2022-06-27 12:20:02"); got.ValueString() != "2022-06-27 12:20:02" {
		t.Errorf("a date became %v", got)
	}
}

// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestAmountOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]altegio.Decimal{
		"15.55": "15.55", "15.550": "15.55", "15.5": "15.5", "0": "0", "0.1": "0.1", "100": "100", "100.00": "100", "1e2": "100",
		"1523.1234": "1523.1234", "0.0001": "0.0001", "-0.5": "-0.5", "-0": "0", "1e14": "100000000000000",
		"15.5500000001": "15.55", "15.5499999999": "15.55", "99.9999999999": "100", "-0.0000000009": "0", "1e-10": "0", "1e-999999": "0",
	} {
		if got, err := amountOf(coretest.Number(t, text).ValueBigFloat()); got != want || err != nil {
			t.Errorf("%s is sent as %q, want %q: %v", text, got, want, err)
		}
	}
	for text, want := range map[string]error{
		"33.333333333333333333333333333333": errAmountInexact, "1e-7": errAmountInexact, "15.55001": errAmountInexact,
		"15.550000002": errAmountInexact, "15.549999998": errAmountInexact, "0.00005": errAmountInexact,
		"1e16": errAmountTooLarge, "-1e16": errAmountTooLarge, "1e9999999": errAmountTooLarge,
	} {
		if got, err := amountOf(coretest.Number(t, text).ValueBigFloat()); got != "" || !errors.Is(err, want) {
			t.Errorf("%s: got %q, %v, want %v", text, got, err, want)
		}
	}
	// What binary arithmetic makes of 990.99 * 1.2, and of the double next to 0.1 + 0.2.
	product := new(big.Float).SetPrec(coretest.ConfigPrecision).Mul(coretest.Number(t, "990.99").ValueBigFloat(), coretest.Number(t, "1.2").ValueBigFloat())
	for want, n := range map[altegio.Decimal]*big.Float{
		"1189.188": product, "0.3": new(big.Float).SetFloat64(0.1 + 0.2),
		"33.33": new(big.Float).SetPrec(coretest.ConfigPrecision).Quo(coretest.Number(t, "99.99").ValueBigFloat(), coretest.Number(t, "3").ValueBigFloat()),
	} {
		if got, err := amountOf(n); got != want || err != nil {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	for _, n := range []types.Number{types.NumberNull(), types.NumberUnknown(), types.NumberValue(new(big.Float).SetInf(false))} {
		if got := decimalFromNumber(n); got != "" {
			t.Errorf("%s is sent as %q, want nothing", n, got)
		}
	}
}

func TestAmountValidator_descriptions(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"value must be a percentage between 0 and 100, with at most 4 decimals": amountValidator{most: 100}.MarkdownDescription(t.Context()),
		"value must be at least 0, with at most 4 decimals":                     amountValidator{}.MarkdownDescription(t.Context()),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Terraform gives a validator numbers whose text alone would take hours.
func TestAmountValidator_huge(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"1e9999999", "-1e9999999", "1e400000000"} {
		diags := checkAmount(t.Context(), path.Root("discount"), coretest.Number(t, text), amountValidator{})
		if len(diags) != 1 || !strings.Contains(diags[0].Detail(), "larger than any amount") {
			t.Errorf("%s: %v", text, diags)
		}
	}
	if diags := checkAmount(t.Context(), path.Root("discount"), coretest.Number(t, "1e-9999999"), amountValidator{}); len(diags) > 0 {
		t.Errorf("next to nothing is no amount: %v", diags)
	}
}

// Every number is an amount or refused, and an amount is next to the number.
func FuzzAmount(f *testing.F) {
	for _, x := range []float64{0, 0.1, 15.55, 990.99 * 1.2, -1e-10, 1e15, 1e300, 5e-324, 33.333} {
		f.Add(x)
	}
	f.Fuzz(func(t *testing.T, x float64) {
		if math.IsNaN(x) {
			return
		}
		n := new(big.Float).SetFloat64(x)
		decimal, err := amountOf(n)
		if err != nil {
			if decimal != "" {
				t.Errorf("%v is %q and %v", x, decimal, err)
			}
			return
		}
		if _, err := altegio.ParseDecimal(string(decimal)); err != nil {
			t.Errorf("%v is sent as %q", x, decimal)
		}
		back, _ := new(big.Float).SetString(string(decimal))
		if distance := new(big.Float).Sub(n, back); distance.Abs(distance).Cmp(big.NewFloat(1.0001e-9)) > 0 {
			t.Errorf("%v is sent as %q", x, decimal)
		}
		if _, fraction, _ := strings.Cut(string(decimal), "."); len(fraction) > amountDecimals || strings.HasSuffix(fraction, "0") {
			t.Errorf("%v is sent as %q", x, decimal)
		}
	})
}

// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Discounts and sums are decimals, and Terraform computes in binary: 990.99 * 1.2 has 156 digits.
// A number that is closer to a decimal of amountDecimals places than any calculation error counts as that
// decimal. Any other number is refused, because nobody means to pay it.
const (
	amountDecimals = 4
	// amountBits bounds amounts to below 2^50, about 1.1e15, before anything is done with their
	// digits: the text of 1e9999999 takes hours.
	amountBits = 50
)

var (
	errAmountTooLarge = errors.New("it is larger than any amount")
	errAmountInexact  = fmt.Errorf("it has more than %d decimals", amountDecimals)

	amountUnit = big.NewRat(1e4, 1)
	amountSlip = big.NewRat(1, 1e5) // 1e-9, in units
)

// amountOf returns the decimal that a number stands for.
func amountOf(n *big.Float) (altegio.Decimal, error) {
	exponent := n.MantExp(nil)
	switch {
	case n.IsInf() || exponent > amountBits:
		return "", errAmountTooLarge
	case exponent < -amountBits: // far less than the slip, and its exact value may have millions of digits
		return "0", nil
	}
	exact, _ := n.Rat(nil)
	units := new(big.Rat).Mul(exact, amountUnit)
	whole, _ := new(big.Float).SetPrec(n.Prec() + 64).SetRat(units).Int(nil)
	for _, candidate := range []int64{-1, 0, 1} {
		nearest := new(big.Rat).SetInt(new(big.Int).Add(whole, big.NewInt(candidate)))
		distance := new(big.Rat).Sub(units, nearest)
		if distance.Abs(distance).Cmp(amountSlip) < 0 {
			text := nearest.Quo(nearest, amountUnit).FloatString(amountDecimals)
			text = strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
			return altegio.Decimal(text), nil
		}
	}
	return "", errAmountInexact
}

// decimalFromNumber returns the amount that a number stands for, as it was written; "" for a number that
// checkAmount rejects.
func decimalFromNumber(n types.Number) altegio.Decimal {
	if n.IsNull() || n.IsUnknown() {
		return ""
	}
	decimal, _ := amountOf(n.ValueBigFloat())
	return decimal
}

// amountValidator accepts amounts of 0 and more, up to a maximum unless that is 0.
type amountValidator struct{ most int64 }

func (v amountValidator) Description(context.Context) string {
	return fmt.Sprintf("value must be %s, with at most %d decimals", v.bounds(), amountDecimals)
}

func (v amountValidator) bounds() string {
	if v.most > 0 {
		return fmt.Sprintf("a percentage between 0 and %d", v.most)
	}
	return "at least 0"
}

func (v amountValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v amountValidator) ValidateNumber(ctx context.Context, req validator.NumberRequest, resp *validator.NumberResponse) {
	resp.Diagnostics.Append(checkAmount(ctx, req.Path, req.ConfigValue, v)...)
}

// checkAmount says what is wrong with an amount. Terraform validates known values in the plan; a value that
// becomes known in the apply has to be checked then.
func checkAmount(ctx context.Context, at path.Path, value types.Number, v amountValidator) (diags diag.Diagnostics) {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	n := value.ValueBigFloat()
	decimal, err := amountOf(n)
	summary := "Invalid number"
	if v.most > 0 {
		summary = "Invalid percentage"
	}
	switch {
	case errors.Is(err, errAmountInexact):
		diags.AddAttributeError(at, summary, fmt.Sprintf(
			"Attribute %s %s, got: %s. Round a calculated amount, for example to two decimals: tonumber(format(\"%%.2f\", x)).",
			at, v.Description(ctx), shortNumber(n)))
	case err != nil:
		diags.AddAttributeError(at, summary, fmt.Sprintf("Attribute %s %s, and %s.", at, v.Description(ctx), err))
	case decimal[0] == '-' || v.most > 0 && n.Cmp(new(big.Float).SetInt64(v.most)) > 0 && decimal != altegio.Decimal(strconv.FormatInt(v.most, 10)):
		diags.AddAttributeError(at, summary, fmt.Sprintf("Attribute %s value must be %s, got: %s", at, v.bounds(), decimal))
	}
	return diags
}

// shortNumber is a number of no more than amountBits, for people to recognise.
func shortNumber(n *big.Float) string { return n.Text('g', 17) }

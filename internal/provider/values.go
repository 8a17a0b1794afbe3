// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// terraformPrecision is that of Terraform's own numbers, in bits; with any other, equal decimals
// would compare as different.
const terraformPrecision = 512

// decimalFromNumber returns the amount that a number stands for, which is what was written. What
// checkAmount refuses is none.
func decimalFromNumber(n types.Number) altegio.Decimal {
	if n.IsNull() || n.IsUnknown() {
		return ""
	}
	decimal, _ := amountOf(n.ValueBigFloat())
	return decimal
}

// numberFromDecimal is the reverse; the empty decimal is null.
func numberFromDecimal(d altegio.Decimal) (types.Number, error) {
	if d == "" {
		return types.NumberNull(), nil
	}
	f, _, err := big.ParseFloat(string(d), 10, terraformPrecision, big.ToNearestEven)
	if err != nil {
		return types.NumberNull(), err
	}
	return types.NumberValue(f), nil
}

// textOrNull returns null for what the API did not say.
func textOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// idOrNull returns null for 0, which is nobody's id.
func idOrNull(id int64) types.Int64 {
	if id == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(id)
}

// idSet returns the ids of a list in which the order does not matter, each once and in order; known
// is false while any of it is not.
func idSet(list types.List) (ids []int64, known bool) {
	if list.IsUnknown() {
		return nil, false
	}
	for _, element := range list.Elements() {
		if element.IsUnknown() {
			return nil, false
		}
		ids = append(ids, element.(types.Int64).ValueInt64())
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}

func idList(ids []int64) types.List {
	values := make([]attr.Value, 0, len(ids))
	for _, id := range ids {
		values = append(values, types.Int64Value(id))
	}
	return types.ListValueMust(types.Int64Type, values)
}

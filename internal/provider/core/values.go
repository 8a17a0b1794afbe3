// SPDX-License-Identifier: MPL-2.0

package core

import (
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// FullyKnown reports whether a value contains no unknown value at any depth.
func FullyKnown(value attr.Value) bool {
	if set, ok := value.(types.Set); ok {
		for _, element := range set.Elements() {
			if element.IsUnknown() {
				return false
			}
		}
	}
	return !value.IsUnknown()
}

// TextsOf returns the texts of a fully known set, in order.
func TextsOf(set types.Set) []string {
	var texts []string
	for _, element := range set.Elements() {
		if text, ok := element.(types.String); ok {
			texts = append(texts, text.ValueString())
		}
	}
	slices.Sort(texts)
	return texts
}

// terraformPrecision is the precision of Terraform's numbers in bits. With another one, equal decimals
// would differ.
const terraformPrecision = 512

// NumberFromDecimal returns the number that equals a decimal in a configuration. The empty decimal is null. It
// fails for a text that is no decimal.
func NumberFromDecimal(d altegio.Decimal) (types.Number, error) {
	if d == "" {
		return types.NumberNull(), nil
	}
	f, _, err := big.ParseFloat(string(d), 10, terraformPrecision, big.ToNearestEven)
	if err != nil {
		return types.NumberNull(), err
	}
	return types.NumberValue(f), nil
}

// TextOrNull returns null for a text that the API did not send.
func TextOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// IDOrNull returns null for 0, which is never an id.
func IDOrNull(id int64) types.Int64 {
	if id == 0 {
		return types.Int64Null()
	}
	return types.Int64Value(id)
}

// IDSet returns the ids of a list whose order does not matter, each once and in order; known is false while
// any of them is unknown.
func IDSet(list types.List) (ids []int64, known bool) {
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

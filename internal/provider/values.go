package provider

import (
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// terraformPrecision is that of Terraform's own numbers, in bits; with any other, equal decimals
// would compare as different.
const terraformPrecision = 512

// decimalFromNumber returns the shortest decimal that is the number, which is what was written.
func decimalFromNumber(n types.Number) altegio.Decimal {
	if n.IsNull() || n.IsUnknown() {
		return ""
	}
	return altegio.Decimal(n.ValueBigFloat().Text('f', -1))
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

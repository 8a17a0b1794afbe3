// SPDX-License-Identifier: MPL-2.0

package coretest

import (
	"math/big"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// copied matches an import block in a text, and the colon before it.
var copied = regexp.MustCompile(`:\n\nimport \{\n(  .*\n)+\}`)

const (
	// URLA is a webhook URL.
	URLA = "https://a.example/hook"
	// URLB is another webhook URL.
	URLB = "https://b.example/hook"
)

// ConfigPrecision is the precision of Terraform's numbers, in bits.
const ConfigPrecision = 512

// Number reads a number as Terraform does.
func Number(t *testing.T, text string) types.Number {
	t.Helper()
	f, _, err := big.ParseFloat(text, 10, ConfigPrecision, big.ToNearestEven)
	if err != nil {
		t.Fatal(err)
	}
	return types.NumberValue(f)
}

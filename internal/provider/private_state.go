// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// privateState is that of a request or of its answer, whose type the framework does not export.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// importedKey is the private key that says of a resource that it has what it was set to before its
// import, of which nothing is known.
const importedKey = "imported"

func wasImported(ctx context.Context, private privateState) (bool, diag.Diagnostics) {
	note, diags := private.GetKey(ctx, importedKey)
	return string(note) == "true", diags
}

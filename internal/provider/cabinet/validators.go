// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// neededInValidator accepts objects that have a value for each of the names. The framework's Required
// treats the values of an unknown object as missing.
type neededInValidator []string

func (neededInValidator) Description(context.Context) string {
	return "an element must have all required values"
}

func (v neededInValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v neededInValidator) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	for _, name := range v {
		if req.ConfigValue.Attributes()[name].IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path.AtName(name), "Missing value", fmt.Sprintf(
				"Set a value for %s.", req.Path.AtName(name)))
		}
	}
}

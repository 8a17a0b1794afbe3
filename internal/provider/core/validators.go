// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// PositiveDurationValidator accepts durations above zero.
type PositiveDurationValidator struct{}

// Description implements validator.String.
func (PositiveDurationValidator) Description(context.Context) string {
	return `value must be a duration above zero, such as "30s" or "2m"`
}

// MarkdownDescription implements validator.String.
func (v PositiveDurationValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// ValidateString implements validator.String.
func (v PositiveDurationValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	d, err := time.ParseDuration(req.ConfigValue.ValueString())
	if err == nil && d <= 0 { // the type reports a value that does not parse
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", fmt.Sprintf(
			"Attribute %s %s, got: %q", req.Path, v.Description(ctx), req.ConfigValue.ValueString()))
	}
}

// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// dateTimeValidator accepts dates in the API's only form, and none before the date at the path notBefore,
// if there is one.
type dateTimeValidator struct{ notBefore path.Path }

func (dateTimeValidator) Description(context.Context) string {
	return `value must be a date and time of the form "2006-01-02 15:04:05"`
}

func (v dateTimeValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v dateTimeValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	text := req.ConfigValue.ValueString()
	if !isDateTime(text) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid date", fmt.Sprintf(
			"Attribute %s %s, got: %q", req.Path, v.Description(ctx), text))
		return
	}
	if len(v.notBefore.Steps()) == 0 {
		return
	}
	var earliest types.String
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, v.notBefore, &earliest)...)
	// Texts in this form sort like dates. Null and unknown values are "" here.
	if from := earliest.ValueString(); isDateTime(from) && text < from {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid period", fmt.Sprintf(
			"Attribute %s must not be before %s, which is %q, got: %q", req.Path, v.notBefore, from, text))
	}
}

// isDateTime accepts only the canonical form, because time.Parse is lenient.
func isDateTime(s string) bool {
	t, err := time.Parse(time.DateTime, s)
	return err == nil && t.Format(time.DateTime) == s
}

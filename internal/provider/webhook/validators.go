// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// knownEventsValidator explains a null, which is in a configuration that Terraform has generated if the URLs of
// the location have different events. That a null is an error says the framework.
type knownEventsValidator struct{}

func (knownEventsValidator) Description(context.Context) string { return "the events must be known" }

func (v knownEventsValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (knownEventsValidator) ValidateSet(_ context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	if req.ConfigValue.IsNull() {
		resp.Diagnostics.Append(webhooksWithoutEvents(req.Path))
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// baseURLValidator accepts the base URLs that altegio.ParseBaseURL accepts, and warns if tokens would be
// sent without encryption.
type baseURLValidator struct{}

func (baseURLValidator) Description(context.Context) string {
	return "value must be an absolute http or https URL"
}

func (v baseURLValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (baseURLValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	resp.Diagnostics.Append(checkBaseURL(req.Path, "", req.ConfigValue.ValueString())...)
}

// checkBaseURL checks a base URL from the configuration or, if env is set, from that environment variable.
func checkBaseURL(at path.Path, env, value string) diag.Diagnostics {
	var diags diag.Diagnostics
	source := at.String()
	if env != "" {
		source += " (from " + env + ")"
	}
	u, err := altegio.ParseBaseURL(value)
	if err != nil {
		example := altegio.DefaultAPIURL
		if at.Equal(path.Root("app_url")) {
			example = altegio.DefaultAppURL
		}
		diags.AddAttributeError(at, "Invalid base URL", fmt.Sprintf(
			"The value of %s cannot be used: %s. An absolute http or https URL without credentials, query and fragment is "+
				"expected, such as %q.", source, err, example))
		return diags
	}
	ip := net.ParseIP(u.Hostname())
	loopback := ip != nil && ip.IsLoopback() || strings.EqualFold(u.Hostname(), "localhost")
	if u.Scheme == "http" && !loopback {
		diags.AddAttributeWarning(at, "Tokens are sent without encryption", fmt.Sprintf(
			"The value of %s is an http URL, so anybody on the network path to %s can read the tokens. Use https.",
			source, u.Host))
	}
	return diags
}

// rateValidator accepts the limits that a pacer supports, and 0 for none.
type rateValidator struct{}

func (rateValidator) Description(context.Context) string {
	return fmt.Sprintf("value must be 0, for no limit, or between %v and %d", minRequests, maxRequests)
}

func (v rateValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v rateValidator) ValidateFloat64(ctx context.Context, req validator.Float64Request, resp *validator.Float64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if rate := req.ConfigValue.ValueFloat64(); rate != 0 && (rate < minRequests || rate > maxRequests) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid limit", fmt.Sprintf(
			"Attribute %s %s, got: %v.", req.Path, v.Description(ctx), rate))
	}
}

func durationSetting(value timetypes.GoDuration, fallback time.Duration) (time.Duration, diag.Diagnostics) {
	if value.IsNull() {
		return fallback, nil
	}
	return value.ValueGoDuration()
}

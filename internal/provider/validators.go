// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// baseURLValidator accepts base URLs as altegio.ParseBaseURL does, and warns of tokens sent in the
// clear.
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

// checkBaseURL checks a base URL from the configuration or, when env is given, from that variable.
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
			"The value of %s is a plain http URL, so everyone between here and %s can read the tokens. Use https.",
			source, u.Host))
	}
	return diags
}

// rateValidator accepts the limits that a pacer can keep to, and 0 for none.
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

// positiveDurationValidator accepts durations above zero.
type positiveDurationValidator struct{}

func (positiveDurationValidator) Description(context.Context) string {
	return `value must be a duration above zero, such as "30s" or "2m"`
}

func (v positiveDurationValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (v positiveDurationValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	d, err := time.ParseDuration(req.ConfigValue.ValueString())
	if err == nil && d <= 0 { // what does not parse is the type's to report
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid duration", fmt.Sprintf(
			"Attribute %s %s, got: %q", req.Path, v.Description(ctx), req.ConfigValue.ValueString()))
	}
}

func durationSetting(value timetypes.GoDuration, fallback time.Duration) (time.Duration, diag.Diagnostics) {
	if value.IsNull() {
		return fallback, nil
	}
	return value.ValueGoDuration()
}

// senderNameValidator accepts the sender names that the vendor's own client does. The rule of the
// server itself is not published.
type senderNameValidator struct{}

func (senderNameValidator) Description(context.Context) string {
	return `a sender name has at least one character, does not contain "altegio" and is not "ag", in any case, and has no ` +
		`Russian letters`
}

func (v senderNameValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// russianLetters are those that the rule means, which leaves out ё.
var russianLetters = regexp.MustCompile(`[А-Яа-я]`)

func (v senderNameValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	name := req.ConfigValue.ValueString()
	lower := strings.ToLower(name)
	if name == "" || strings.Contains(lower, "altegio") || lower == "ag" || russianLetters.MatchString(name) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid sender name", fmt.Sprintf(
			"Altegio does not take %q: %s.", name, v.Description(ctx)))
	}
}

// availabilityValidator accepts maps of true and false by location id.
type availabilityValidator struct{}

func (availabilityValidator) Description(context.Context) string {
	return "keys must be location ids, whole numbers from 1, and values must be true or false"
}

func (v availabilityValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (availabilityValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	elements := req.ConfigValue.Elements()
	var invalid, missing []string
	for _, key := range slices.Sorted(maps.Keys(elements)) {
		if _, err := parseID("key", key); err != nil {
			invalid = append(invalid, strconv.Quote(key))
		} else if elements[key].IsNull() {
			missing = append(missing, key)
		}
	}
	// Not at the keys: Terraform panics where one is written as a number.
	if n := len(invalid); n > 0 {
		resp.Diagnostics.AddAttributeError(req.Path, plural(n, "Invalid location id", "Invalid location ids"), fmt.Sprintf("In %s, %s.",
			req.Path, plural(n, fmt.Sprintf("a key is %s, which is not a location id: a whole number from 1", invalid[0]),
				fmt.Sprintf("%d keys are not location ids, whole numbers from 1: %s", n, firstOf(invalid)))))
	}
	if n := len(missing); n > 0 {
		resp.Diagnostics.AddAttributeError(req.Path, plural(n, "Missing value", "Missing values"), fmt.Sprintf(
			"In %s, %s. Give true or false, or leave %s out.", req.Path,
			plural(n, fmt.Sprintf("the value for location %s is null", missing[0]),
				fmt.Sprintf("the values for %d locations are null: %s", n, firstOf(missing))), plural(n, "the location", "them")))
	}
}

// dateTimeValidator accepts dates in the API's only form, and none before that at notBefore, if
// there is one.
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
	// Texts of this form are in the order of what they mean. Null and unknown are "" here.
	if from := earliest.ValueString(); isDateTime(from) && text < from {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid period", fmt.Sprintf(
			"Attribute %s must not be before %s, which is %q, got: %q", req.Path, v.notBefore, from, text))
	}
}

// isDateTime takes nothing that would not be written in the same way: time.Parse is lenient.
func isDateTime(s string) bool {
	t, err := time.Parse(time.DateTime, s)
	return err == nil && t.Format(time.DateTime) == s
}

// neededInValidator accepts objects that have a value for each of the names. The framework's own Required
// takes what an object that is not known yet has for missing.
type neededInValidator []string

func (neededInValidator) Description(context.Context) string {
	return "an element must have all that it needs"
}

func (v neededInValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v neededInValidator) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	for _, name := range v {
		if req.ConfigValue.Attributes()[name].IsNull() {
			resp.Diagnostics.AddAttributeError(req.Path.AtName(name), "Missing value", fmt.Sprintf(
				"Give a value for %s.", req.Path.AtName(name)))
		}
	}
}

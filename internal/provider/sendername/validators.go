// SPDX-License-Identifier: MPL-2.0

package sendername

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

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

// russianLetters are the letters that the rule forbids. It does not forbid ё.
var russianLetters = regexp.MustCompile(`[А-Яа-я]`)

func (v senderNameValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	name := req.ConfigValue.ValueString()
	lower := strings.ToLower(name)
	if name == "" || strings.Contains(lower, "altegio") || lower == "ag" || russianLetters.MatchString(name) {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid sender name", fmt.Sprintf(
			"Altegio does not accept %q: %s.", name, v.Description(ctx)))
	}
}

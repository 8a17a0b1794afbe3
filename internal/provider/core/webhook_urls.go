// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// MaxWebhookURL is the longest URL that the vendor's own client sends, in characters.
const MaxWebhookURL = 4096

// WebhookURLs accepts the URLs that can receive events of a location.
func WebhookURLs() []validator.Set {
	return []validator.Set{
		setvalidator.SizeBetween(1, altegio.MaxWebhookURLs),
		setvalidator.NoNullValues(),
		setvalidator.ValueStringsAre(
			HttpsURLValidator{},
			stringvalidator.UTF8LengthAtMost(MaxWebhookURL),
		),
		webhookSpellingsValidator{},
	}
}

// HttpsURLValidator accepts https URLs with a host.
type HttpsURLValidator struct {
	OrEmpty bool // accepts "", too
}

// Description implements validator.Describer.
func (v HttpsURLValidator) Description(context.Context) string {
	if v.OrEmpty {
		return "must be an https URL, or empty"
	}
	return "must be an https URL"
}

// MarkdownDescription implements validator.Describer.
func (v HttpsURLValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

// ValidateString implements validator.String.
func (v HttpsURLValidator) ValidateString(ctx context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if v.OrEmpty && req.ConfigValue.ValueString() == "" {
		return
	}
	if problem := httpsURLProblem(req.ConfigValue.ValueString()); problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid URL", fmt.Sprintf(
			"Attribute %s %s, got: %q: %s", req.Path, v.Description(ctx), req.ConfigValue.ValueString(), Sentence(problem)))
	}
}

// httpsURLProblem returns in a few words why a URL cannot be used, "" if it can.
func httpsURLProblem(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || unicode.IsSpace(r) }) {
		return "it has a space or an invisible character"
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return "it cannot be read as a URL"
	case !strings.EqualFold(u.Scheme, "https"):
		return "it does not begin with https://"
	case u.Hostname() == "":
		return "it has no host"
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "its port is not one"
		}
	}
	return ""
}

// WebhookForm returns the common form of all spellings of a webhook URL. Whether Altegio returns a URL as
// it was sent is not known; other APIs put the host into lower case, escape an ampersand as in HTML, or add
// a slash. The form is compared, never sent.
func WebhookForm(text string) string {
	u, err := url.Parse(strings.ReplaceAll(text, "&amp;", "&"))
	if err != nil {
		return text
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme == "https" {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u.String()
}

// webhookSpellingsValidator refuses a URL that is given twice in different spellings.
type webhookSpellingsValidator struct{}

func (webhookSpellingsValidator) Description(context.Context) string {
	return "no two URLs may differ only in the case of the host, the port 443, a slash at the end or &amp; for &"
}

func (v webhookSpellingsValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (v webhookSpellingsValidator) ValidateSet(ctx context.Context, req validator.SetRequest, resp *validator.SetResponse) {
	known := make(map[string]string)
	for _, u := range TextsOf(req.ConfigValue) {
		form := WebhookForm(u)
		if other, ok := known[form]; ok && u != "" {
			resp.Diagnostics.AddAttributeError(req.Path, "Webhook URL given twice", fmt.Sprintf(
				"In %s, Altegio may treat %q and %q as the same URL: %s. Remove one of them.", req.Path, other, u, v.Description(ctx)))
		}
		known[form] = u
	}
}

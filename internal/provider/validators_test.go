// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

const (
	isError   = tfprotov6.DiagnosticSeverityError
	isWarning = tfprotov6.DiagnosticSeverityWarning
)

// TestValidators_provider shows every message about an argument of the provider block. Each names the
// argument and what is accepted.
func TestValidators_provider(t *testing.T) {
	t.Parallel()
	const baseURL = "Invalid base URL\nThe value of api_url cannot be used: .*absolute http or https URL without credentials, query and fragment"
	p := newProtocol(t)
	for name, test := range map[string]struct {
		args     args
		severity tfprotov6.DiagnosticSeverity
		at, text string
	}{
		"nothing":                  {args: args{}},
		"everything":               {args: args{"partner_token": "x", "user_token": "y", "api_url": "https://a.test/api", "app_url": "https://b.test", "requests_per_second": 5, "requests_per_minute": 200, "max_retries": 3, "max_retry_wait": "1m30s", "request_timeout": "500ms"}},
		"unknown":                  {args: args{"partner_token": unknown{}, "user_token": unknown{}, "api_url": unknown{}, "app_url": unknown{}, "requests_per_second": unknown{}, "requests_per_minute": unknown{}, "max_retries": unknown{}, "max_retry_wait": unknown{}, "request_timeout": unknown{}}},
		"limits off":               {args: args{"requests_per_second": 0, "requests_per_minute": 0, "max_retries": 0}},
		"api_url relative":         {args{"api_url": "/api/v1"}, isError, "api_url", baseURL},
		"api_url ftp":              {args{"api_url": "ftp://api.alteg.io"}, isError, "api_url", baseURL},
		"api_url with credentials": {args{"api_url": "https://me:pw@api.alteg.io"}, isError, "api_url", baseURL},
		"api_url plain":            {args{"api_url": "http://api.alteg.io"}, isWarning, "api_url", "Tokens are sent without encryption\nThe value of api_url is a plain http URL.*Use https"},
		"api_url plain, loopback":  {args: args{"api_url": "http://127.0.0.1:8080"}},
		"app_url relative":         {args{"app_url": "app.alteg.io"}, isError, "app_url", `The value of app_url cannot be used.*such as "https://app\.alteg\.io"`},
		"app_url plain":            {args{"app_url": "http://app.alteg.io"}, isWarning, "app_url", "The value of app_url is a plain http URL"},
		"requests_per_second":      {args{"requests_per_second": -1}, isError, "requests_per_second", "Attribute requests_per_second value must be between 0 and 1000000, got: -1"},
		"requests_per_minute":      {args{"requests_per_minute": -1}, isError, "requests_per_minute", "Attribute requests_per_minute value must be between 0 and 1000000, got: -1"},
		"too many requests":        {args{"requests_per_minute": "9223372036854775807"}, isError, "requests_per_minute", "got: 9223372036854775807"},
		"half a request":           {args{"requests_per_second": "0.5"}, isError, "requests_per_second", "0.5"},
		"max_retries negative":     {args{"max_retries": -1}, isError, "max_retries", "Attribute max_retries value must be between 0 and 100, got: -1"},
		"max_retries too large":    {args{"max_retries": 101}, isError, "max_retries", "between 0 and 100, got: 101"},
		"request_timeout zero":     {args{"request_timeout": "0s"}, isError, "request_timeout", `Invalid duration\nAttribute request_timeout value must be a duration above zero, such as "30s" or "2m", got: "0s"`},
		"request_timeout negative": {args{"request_timeout": "-5s"}, isError, "request_timeout", `duration above zero.*got: "-5s"`},
		"request_timeout garbage":  {args{"request_timeout": "soon"}, isError, "request_timeout", `(?i)duration.*soon`},
		"request_timeout unitless": {args{"request_timeout": "30"}, isError, "request_timeout", `(?i)duration.*30`},
		"request_timeout empty":    {args{"request_timeout": ""}, isError, "request_timeout", `(?i)duration`},
		"max_retry_wait zero":      {args{"max_retry_wait": "0"}, isError, "max_retry_wait", `above zero.*got: "0"`},
		"max_retry_wait garbage":   {args{"max_retry_wait": "1 minute"}, isError, "max_retry_wait", `(?i)duration.*1 minute`},
	} {
		diags := p.validateProvider(test.args)
		if test.text == "" {
			for _, d := range diags {
				t.Errorf("%s: %s\n%s", name, d.Summary, d.Detail)
			}
			continue
		}
		t.Run(name, func(t *testing.T) { expectOne(t, diags, test.severity, test.at, test.text) })
	}
}

func TestValidators_arguments(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	channel := func(more args) []*tfprotov6.Diagnostic {
		a := channelArgs(1001, 456, "sms", true)
		maps.Copy(a, more)
		return p.validateResource(channelType, a)
	}
	link := func(more args) []*tfprotov6.Diagnostic {
		a := args{"location_id": 1001, "application_id": 456}
		maps.Copy(a, more)
		return p.validateDataSource("altegio_payment_link", a)
	}
	connection := func(more args) []*tfprotov6.Diagnostic {
		a := args{"location_id": 1001, "application_id": 456}
		maps.Copy(a, more)
		return p.validateDataSource("altegio_location_application", a)
	}
	const slugs = `Attribute channel_slug value must be one of: \["sms" "whatsapp"\], got: `
	for name, test := range map[string]struct {
		validate func(args) []*tfprotov6.Diagnostic
		args     args
		at, text string
	}{
		"channel":                   {validate: channel},
		"channel, unknown":          {validate: channel, args: args{"location_id": unknown{}, "application_id": unknown{}, "channel_slug": unknown{}, "is_available": unknown{}}},
		"channel, location 0":       {channel, args{"location_id": 0}, "location_id", "Attribute location_id value must be at least 1, got: 0"},
		"channel, location -1":      {channel, args{"location_id": -1}, "location_id", "Attribute location_id value must be at least 1, got: -1"},
		"channel, location 1.5":     {channel, args{"location_id": "1.5"}, "location_id", "1.5"},
		"channel, application 0":    {channel, args{"application_id": 0}, "application_id", "Attribute application_id value must be at least 1, got: 0"},
		"channel, application -1":   {channel, args{"application_id": -1}, "application_id", "Attribute application_id value must be at least 1, got: -1"},
		"channel, slug with a typo": {channel, args{"channel_slug": "watsapp"}, "channel_slug", slugs + `"watsapp"`},
		"channel, slug in capitals": {channel, args{"channel_slug": "SMS"}, "channel_slug", slugs + `"SMS"`},
		"channel, empty slug":       {channel, args{"channel_slug": ""}, "channel_slug", slugs + `""`},
		"link":                      {validate: link, args: args{"discount": "15.55", "tariff_option_id": 123}},
		"link, unknown":             {validate: link, args: args{"location_id": unknown{}, "application_id": unknown{}, "discount": unknown{}, "tariff_option_id": unknown{}}},
		"link, no discount":         {validate: link, args: args{"discount": 0}},
		"link, full discount":       {validate: link, args: args{"discount": "100.000"}},
		"link, location 0":          {link, args{"location_id": 0}, "location_id", "Attribute location_id value must be at least 1, got: 0"},
		"link, application -1":      {link, args{"application_id": -1}, "application_id", "Attribute application_id value must be at least 1, got: -1"},
		"link, discount -1":         {link, args{"discount": -1}, "discount", "Invalid percentage\nAttribute discount value must be a percentage between 0 and 100, got: -1$"},
		"link, discount 100.5":      {link, args{"discount": "100.5"}, "discount", "percentage between 0 and 100, got: 100.5$"},
		"link, above 100":           {link, args{"discount": "100.0001"}, "discount", "got: 100.0001$"},
		"link, below 0":             {link, args{"discount": "-0.0001"}, "discount", "got: -0.0001$"},
		"link, calculated":          {link, args{"discount": "33.333333333333333"}, "discount", `with at most 4 decimals, got: 33.33333333333333\d*. Round what is calculated, .*: tonumber\(format\("%.2f", x\)\)`},
		"link, huge":                {link, args{"discount": "1e16"}, "discount", "it is larger than any amount"},
		"link, option 0":            {link, args{"tariff_option_id": 0}, "tariff_option_id", "Attribute tariff_option_id value must be at least 1, got: 0"},
		"connection":                {validate: connection},
		"connection, unknown":       {validate: connection, args: args{"location_id": unknown{}, "application_id": unknown{}}},
		"connection, location 0":    {connection, args{"location_id": 0}, "location_id", "Attribute location_id value must be at least 1, got: 0"},
		"connection, application":   {connection, args{"application_id": -7}, "application_id", "Attribute application_id value must be at least 1, got: -7"},
	} {
		diags := test.validate(test.args)
		if test.text == "" {
			for _, d := range diags {
				t.Errorf("%s: %s\n%s", name, d.Summary, d.Detail)
			}
			continue
		}
		t.Run(name, func(t *testing.T) { expectOne(t, diags, isError, test.at, test.text) })
	}
}

// All that is wrong is said at once.
func TestValidators_allAtOnce(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	if got := len(p.validateResource(channelType, channelArgs(0, -1, "fax", true))); got != 3 {
		t.Errorf("%d messages about three arguments", got)
	}
	if got := len(p.validateProvider(args{"api_url": "x", "app_url": "y", "max_retries": -1, "request_timeout": "z"})); got != 4 {
		t.Errorf("%d messages about four arguments", got)
	}
}

func TestValidators_descriptions(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	for want, got := range map[string]string{
		"value must be an absolute http or https URL":                           baseURLValidator{}.MarkdownDescription(ctx),
		`value must be a duration above zero, such as "30s" or "2m"`:            positiveDurationValidator{}.MarkdownDescription(ctx),
		"value must be a percentage between 0 and 100, with at most 4 decimals": amountValidator{most: 100}.MarkdownDescription(ctx),
		"value must be at least 0, with at most 4 decimals":                     amountValidator{}.MarkdownDescription(ctx),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

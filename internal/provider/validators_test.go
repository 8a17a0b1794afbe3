// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// TestValidators_provider shows every message about an argument of the provider block. Each names the
// argument and what is accepted.
func TestValidators_provider(t *testing.T) {
	t.Parallel()
	const baseURL = "Invalid base URL\nThe value of api_url cannot be used: .*absolute http or https URL without credentials, query and fragment"
	p := providertest.NewProtocol(t)
	for name, test := range map[string]struct {
		args     providertest.Args
		severity tfprotov6.DiagnosticSeverity
		at, text string
	}{
		"nothing":                  {args: providertest.Args{}},
		"everything":               {args: providertest.Args{"partner_token": "x", "user_token": "y", "api_url": "https://a.test/api", "app_url": "https://b.test", "requests_per_second": 5, "requests_per_minute": 200, "max_retries": 3, "max_retry_wait": "1m30s", "request_timeout": "500ms"}},
		"unknown":                  {args: providertest.Args{"partner_token": providertest.Unknown{}, "user_token": providertest.Unknown{}, "api_url": providertest.Unknown{}, "app_url": providertest.Unknown{}, "requests_per_second": providertest.Unknown{}, "requests_per_minute": providertest.Unknown{}, "max_retries": providertest.Unknown{}, "max_retry_wait": providertest.Unknown{}, "request_timeout": providertest.Unknown{}}},
		"limits off":               {args: providertest.Args{"requests_per_second": 0, "requests_per_minute": 0, "max_retries": 0}},
		"api_url relative":         {providertest.Args{"api_url": "/api/v1"}, providertest.IsError, "api_url", baseURL},
		"api_url ftp":              {providertest.Args{"api_url": "ftp://api.alteg.io"}, providertest.IsError, "api_url", baseURL},
		"api_url with credentials": {providertest.Args{"api_url": "https://me:pw@api.alteg.io"}, providertest.IsError, "api_url", baseURL},
		"api_url plain":            {providertest.Args{"api_url": "http://api.alteg.io"}, providertest.IsWarning, "api_url", "Tokens are sent without encryption\nThe value of api_url is an http URL.*Use https"},
		"api_url plain, loopback":  {args: providertest.Args{"api_url": "http://127.0.0.1:8080"}},
		"app_url relative":         {providertest.Args{"app_url": "app.alteg.io"}, providertest.IsError, "app_url", `The value of app_url cannot be used.*such as "https://app\.alteg\.io"`},
		"app_url plain":            {providertest.Args{"app_url": "http://app.alteg.io"}, providertest.IsWarning, "app_url", "The value of app_url is an http URL"},
		"requests_per_second":      {providertest.Args{"requests_per_second": -1}, providertest.IsError, "requests_per_second", "Attribute requests_per_second value must be 0, for no limit, or between 0.1 and 1000000, got: -1."},
		"requests_per_minute":      {providertest.Args{"requests_per_minute": -1}, providertest.IsError, "requests_per_minute", "Attribute requests_per_minute value must be 0, for no limit, or between 0.1 and 1000000, got: -1."},
		"too many requests":        {providertest.Args{"requests_per_minute": "9223372036854775807"}, providertest.IsError, "requests_per_minute", `got: 9.223372036854776e\+18`},
		"half a request":           {args: providertest.Args{"requests_per_second": "0.5", "requests_per_minute": "12.5"}},
		"hardly a request":         {providertest.Args{"requests_per_second": "0.05"}, providertest.IsError, "requests_per_second", "between 0.1 and 1000000, got: 0.05"},
		"max_retries negative":     {providertest.Args{"max_retries": -1}, providertest.IsError, "max_retries", "Attribute max_retries value must be between 0 and 100, got: -1"},
		"max_retries too large":    {providertest.Args{"max_retries": 101}, providertest.IsError, "max_retries", "between 0 and 100, got: 101"},
		"request_timeout zero":     {providertest.Args{"request_timeout": "0s"}, providertest.IsError, "request_timeout", `Invalid duration\nAttribute request_timeout value must be a duration above zero, such as "30s" or "2m", got: "0s"`},
		"request_timeout negative": {providertest.Args{"request_timeout": "-5s"}, providertest.IsError, "request_timeout", `duration above zero.*got: "-5s"`},
		"request_timeout garbage":  {providertest.Args{"request_timeout": "soon"}, providertest.IsError, "request_timeout", `(?i)duration.*soon`},
		"request_timeout unitless": {providertest.Args{"request_timeout": "30"}, providertest.IsError, "request_timeout", `(?i)duration.*30`},
		"request_timeout empty":    {providertest.Args{"request_timeout": ""}, providertest.IsError, "request_timeout", `(?i)duration`},
		"max_retry_wait zero":      {providertest.Args{"max_retry_wait": "0"}, providertest.IsError, "max_retry_wait", `above zero.*got: "0"`},
		"max_retry_wait garbage":   {providertest.Args{"max_retry_wait": "1 minute"}, providertest.IsError, "max_retry_wait", `(?i)duration.*1 minute`},
	} {
		diags := p.ValidateProvider(test.args)
		if test.text == "" {
			for _, d := range diags {
				t.Errorf("%s: %s\n%s", name, d.Summary, d.Detail)
			}
			continue
		}
		t.Run(name, func(t *testing.T) { providertest.ExpectOne(t, diags, test.severity, test.at, test.text) })
	}
}

func TestValidators_arguments(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	channel := func(more providertest.Args) []*tfprotov6.Diagnostic {
		a := providertest.ChannelArgs(1001, 456, "sms", true)
		maps.Copy(a, more)
		return p.ValidateResource(providertest.ChannelType, a)
	}
	link := func(more providertest.Args) []*tfprotov6.Diagnostic {
		a := providertest.Args{"location_id": 1001, "application_id": 456}
		maps.Copy(a, more)
		return p.ValidateDataSource("altegio_payment_link", a)
	}
	connection := func(more providertest.Args) []*tfprotov6.Diagnostic {
		a := providertest.Args{"location_id": 1001, "application_id": 456}
		maps.Copy(a, more)
		return p.ValidateDataSource("altegio_location_application", a)
	}
	const slugs = `Attribute channel_slug value must be one of: \["sms" "whatsapp"\], got: `
	for name, test := range map[string]struct {
		validate func(providertest.Args) []*tfprotov6.Diagnostic
		args     providertest.Args
		at, text string
	}{
		"channel":                   {validate: channel},
		"channel, unknown":          {validate: channel, args: providertest.Args{"location_id": providertest.Unknown{}, "application_id": providertest.Unknown{}, "channel_slug": providertest.Unknown{}, "is_available": providertest.Unknown{}}},
		"channel, location 0":       {channel, providertest.Args{"location_id": 0}, "location_id", "Attribute location_id value must be at least 1, got: 0"},
		"channel, location -1":      {channel, providertest.Args{"location_id": -1}, "location_id", "Attribute location_id value must be at least 1, got: -1"},
		"channel, location 1.5":     {channel, providertest.Args{"location_id": "1.5"}, "location_id", "1.5"},
		"channel, application 0":    {channel, providertest.Args{"application_id": 0}, "application_id", "Attribute application_id value must be at least 1, got: 0"},
		"channel, application -1":   {channel, providertest.Args{"application_id": -1}, "application_id", "Attribute application_id value must be at least 1, got: -1"},
		"channel, slug with a typo": {channel, providertest.Args{"channel_slug": "watsapp"}, "channel_slug", slugs + `"watsapp"`},
		"channel, slug in capitals": {channel, providertest.Args{"channel_slug": "SMS"}, "channel_slug", slugs + `"SMS"`},
		"channel, empty slug":       {channel, providertest.Args{"channel_slug": ""}, "channel_slug", slugs + `""`},
		"link":                      {validate: link, args: providertest.Args{"discount": "15.55", "tariff_option_id": 123}},
		"link, unknown":             {validate: link, args: providertest.Args{"location_id": providertest.Unknown{}, "application_id": providertest.Unknown{}, "discount": providertest.Unknown{}, "tariff_option_id": providertest.Unknown{}}},
		"link, no discount":         {validate: link, args: providertest.Args{"discount": 0}},
		"link, full discount":       {validate: link, args: providertest.Args{"discount": "100.000"}},
		"link, location 0":          {link, providertest.Args{"location_id": 0}, "location_id", "Attribute location_id value must be at least 1, got: 0"},
		"link, application -1":      {link, providertest.Args{"application_id": -1}, "application_id", "Attribute application_id value must be at least 1, got: -1"},
		"link, discount -1":         {link, providertest.Args{"discount": -1}, "discount", "Invalid percentage\nAttribute discount value must be a percentage between 0 and 100, got: -1$"},
		"link, discount 100.5":      {link, providertest.Args{"discount": "100.5"}, "discount", "percentage between 0 and 100, got: 100.5$"},
		"link, above 100":           {link, providertest.Args{"discount": "100.0001"}, "discount", "got: 100.0001$"},
		"link, below 0":             {link, providertest.Args{"discount": "-0.0001"}, "discount", "got: -0.0001$"},
		"link, calculated":          {link, providertest.Args{"discount": "33.333333333333333"}, "discount", `with at most 4 decimals, got: 33.33333333333333\d*. Round a calculated amount, .*: tonumber\(format\("%.2f", x\)\)`},
		"link, huge":                {link, providertest.Args{"discount": "1e16"}, "discount", "it is larger than any amount"},
		"link, option 0":            {link, providertest.Args{"tariff_option_id": 0}, "tariff_option_id", "Attribute tariff_option_id value must be at least 1, got: 0"},
		"connection":                {validate: connection},
		"connection, unknown":       {validate: connection, args: providertest.Args{"location_id": providertest.Unknown{}, "application_id": providertest.Unknown{}}},
		"connection, location 0":    {connection, providertest.Args{"location_id": 0}, "location_id", "Attribute location_id value must be at least 1, got: 0"},
		"connection, application":   {connection, providertest.Args{"application_id": -7}, "application_id", "Attribute application_id value must be at least 1, got: -7"},
	} {
		diags := test.validate(test.args)
		if test.text == "" {
			for _, d := range diags {
				t.Errorf("%s: %s\n%s", name, d.Summary, d.Detail)
			}
			continue
		}
		t.Run(name, func(t *testing.T) { providertest.ExpectOne(t, diags, providertest.IsError, test.at, test.text) })
	}
}

// All errors are reported at once.
func TestValidators_allAtOnce(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	if got := len(p.ValidateResource(providertest.ChannelType, providertest.ChannelArgs(0, -1, "fax", true))); got != 3 {
		t.Errorf("%d messages about three arguments", got)
	}
	if got := len(p.ValidateProvider(providertest.Args{"api_url": "x", "app_url": "y", "max_retries": -1, "request_timeout": "z"})); got != 4 {
		t.Errorf("%d messages about four arguments", got)
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func TestCheckBaseURL(t *testing.T) {
	t.Parallel()
	const expected = " An absolute http or https URL without credentials, query and fragment is expected, such as " +
		`"https://api.alteg.io/api/v1".`
	unusable := func(source, problem string) []coretest.Said {
		return []coretest.Said{{At: "api_url", Summary: "Invalid base URL", Detail: "The value of " + source + " cannot be used: " + problem + "." + expected}}
	}
	plain := func(host string) []coretest.Said {
		return []coretest.Said{{At: "api_url", Summary: "Tokens are sent without encryption", Detail: "The value of api_url is an http URL, so anybody on the " +
			"network path to " + host + " can read the tokens. Use https."}}
	}
	for name, test := range map[string]struct {
		env, value string
		want       []coretest.Said
	}{
		"https":               {value: "https://api.alteg.io/api/v1"},
		"trailing slash":      {value: "https://app.alteg.io/"},
		"capitals":            {value: "HTTPS://APP.ALTEG.IO"},
		"loopback name":       {value: "http://localhost:8080"},
		"loopback Name":       {value: "http://LocalHost:8080"},
		"loopback IPv4":       {value: "http://127.0.0.1:8080/api/v1"},
		"other loopback IPv4": {value: "http://127.8.9.1"},
		"loopback IPv6":       {value: "http://[::1]:8080"},
		"plain":               {value: "http://altegio.test:81/api", want: plain("altegio.test:81")},
		"plain, nearly":       {value: "http://localhost.evil.test", want: plain("localhost.evil.test")},
		"plain, address":      {value: "http://10.0.0.1", want: plain("10.0.0.1")},
		"empty":               {want: unusable("api_url", "not an absolute http or https URL")},
		"relative":            {value: "api/v1", want: unusable("api_url", "not an absolute http or https URL")},
		"no scheme":           {value: "//api.alteg.io", want: unusable("api_url", "not an absolute http or https URL")},
		"host alone":          {value: "api.alteg.io", want: unusable("api_url", "not an absolute http or https URL")},
		"no host":             {value: "https:///api/v1", want: unusable("api_url", "not an absolute http or https URL")},
		"port alone":          {value: "https://:443", want: unusable("api_url", "not an absolute http or https URL")},
		"ftp":                 {value: "ftp://api.alteg.io", want: unusable("api_url", "not an absolute http or https URL")},
		"credentials":         {value: "https://me:pa55word@api.alteg.io", want: unusable("api_url", "a base URL must not contain a user name or password")},
		"query":               {value: "https://api.alteg.io?v=1", want: unusable("api_url", "a base URL must not have a query or a fragment")},
		"question mark":       {value: "https://api.alteg.io?", want: unusable("api_url", "a base URL must not have a query or a fragment")},
		"fragment":            {value: "https://api.alteg.io#v1", want: unusable("api_url", "a base URL must not have a query or a fragment")},
		"no URL":              {value: "https://me:pa55word@api alteg io", want: unusable("api_url", "not a URL")},
		"from a variable":     {env: provider.EnvAPIURL, value: "x", want: unusable("api_url (from ALTEGIO_API_URL)", "not an absolute http or https URL")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := provider.CheckBaseURL(path.Root("api_url"), test.env, test.value)
			coretest.CompareSaid(t, got, test.want...)
			for _, d := range got {
				if strings.Contains(d.Detail(), "pa55word") {
					t.Errorf("the password is shown: %s", d.Detail())
				}
			}
		})
	}
}

func TestBaseURL_description(t *testing.T) {
	t.Parallel()
	got := provider.BaseURLValidator{}.MarkdownDescription(t.Context())
	if want := "value must be an absolute http or https URL"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

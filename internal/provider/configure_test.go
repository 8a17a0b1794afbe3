// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// The tests that set the environment run one after the other, before those that are parallel.

func TestConfigure_missingToken(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]args{
		"nothing": {}, "empty": {"partner_token": ""}, "space": {"partner_token": "  "}, // the last two override the environment
		"scheme alone": {"partner_token": "Bearer "}, "user token alone": {"user_token": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := newProtocol(t).configure(a)
			if name == "empty" || name == "space" {
				expectOne(t, diags, isError, "partner_token", "Empty partner token\npartner_token in the provider block is an empty string")
				return
			}
			expectOne(t, diags, isError, "partner_token",
				"Missing partner token\nSet partner_token in the provider block, or the environment variable ALTEGIO_PARTNER_TOKEN")
		})
	}
}

// The longest wait that is allowed is shorter than what the server asks for and than what is left of
// the caller's time, which a longer wait would not begin.
func TestConfigure_maxRetryWait(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 429, Times: 1, Header: http.Header{"Retry-After": {"3600"}}})
	p := newConfiguredProtocol(t, fake, args{"max_retries": 1, "max_retry_wait": "10ms"})
	channel := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, diags := p.readWith(ctx, channel)
	expectNone(t, diags)
}

func TestConfigure_unusableToken(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]args{
		"line break": {"partner_token": "se\ncret"},
		"space":      {"partner_token": "se cret"},
		"letter":     {"partner_token": "sécret"},
		"user token": {"partner_token": "x", "user_token": "se\tcret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := newProtocol(t).configure(a)
			expectOne(t, diags, isError, "", "Unusable provider configuration\nCannot set up the API client: the (partner|user) token has a "+
				"space, a line break or another character that can't be part of a token. Check partner_token and user_token")
			if strings.Contains(diags[0].Detail, "cret") {
				t.Errorf("the token is shown: %s", diags[0].Detail)
			}
		})
	}
}

func TestConfigure_bearer(t *testing.T) {
	t.Parallel()
	for _, token := range []string{
		"Bearer " + altegiotest.DefaultPartnerToken, "bearer " + altegiotest.DefaultPartnerToken, " " + altegiotest.DefaultPartnerToken + "\n",
		"Bearer Bearer " + altegiotest.DefaultPartnerToken,
	} {
		fake := newFake(t)
		p := newConfiguredProtocol(t, fake, args{"partner_token": token})
		_, diags := p.readDataSource("altegio_location_application", args{"location_id": 1001, "application_id": 456})
		expectNone(t, diags)
	}
}

func TestConfigure_baseURLs(t *testing.T) {
	t.Parallel()
	for name, suffixes := range map[string][2]string{
		"as given":             {"/api/v1", ""},
		"with slashes":         {"/api/v1/", "/"},
		"api_url like app_url": {"", ""},
		"the vendor's mock":    {"/_mock/en/developers/openapi", "/_mock/en/developers/openapi/"},
		"app_url like api_url": {"/api/v1", "/api/v1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			p := newConfiguredProtocol(t, fake, args{"api_url": fake.URL() + suffixes[0], "app_url": fake.URL() + suffixes[1]})
			created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
			_, diags := p.read(created)
			expectNone(t, diags)
			sent{fake, map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 2}}.now(t)
		})
	}
}

// Each operation goes to the host that the vendor documents for it.
func TestConfigure_twoHosts(t *testing.T) {
	t.Parallel()
	api, app := newFake(t), newFake(t)
	p := newConfiguredProtocol(t, api, args{"app_url": app.AppURL()})
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	_, diags := p.read(created)
	expectNone(t, diags)
	_, diags = p.readDataSource("altegio_payment_link", args{"location_id": 1001, "application_id": 456})
	expectNone(t, diags)
	sent{api, map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpPaymentLink: 1}}.now(t)
	sent{app, map[string]int{altegiotest.OpInstallation: 2}}.now(t)
}

func TestConfigure_unreachable(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.Close()
	p := newConfiguredProtocol(t, fake, nil)
	config := channelArgs(1001, 456, "sms", true)
	plan := p.plan(instance{}, config)
	none, diags := p.apply(instance{}, config, plan)
	expectOne(t, diags, isError, "", "Cannot set the channel\n.*The request did not reach Altegio: .*connection refused.*"+
		"Check the host, which api_url and app_url in the provider block set")
	if none.state != nil {
		t.Errorf("it was created all the same: %v", none.state)
	}
}

func TestConfigure_timeout(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Delay: time.Minute})
	p := newConfiguredProtocol(t, fake, args{"request_timeout": "50ms"})
	_, diags := p.readDataSource("altegio_location_application", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, isError, "", "Altegio did not answer: no complete answer within 50ms")
}

func TestConfigure_retries(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Status: 503, Times: 1})
	newConfiguredProtocol(t, fake, args{"max_retries": 1, "max_retry_wait": "1ms"}).change(instance{}, channelArgs(1001, 456, "sms", true))
	sent{fake, map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 2}}.now(t)

	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 503})
	p := newConfiguredProtocol(t, fake, args{"max_retries": 2, "max_retry_wait": "1ms"})
	_, diags := p.readDataSource("altegio_location_application", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, isError, "", `503 Service Unavailable.*It was tried 3 times over [0-9.a-z]+; this is how the last attempt ended\.`)
	sent{fake, map[string]int{altegiotest.OpInstallation: 3}}.now(t)
}

func TestConfigure_environment(t *testing.T) {
	fake := newFake(t)
	t.Setenv(envPartnerToken, altegiotest.DefaultPartnerToken)
	t.Setenv(envAPIURL, fake.APIURL())
	t.Setenv(envAppURL, fake.AppURL())
	p := newProtocol(t)
	expectNone(t, p.configure(args{}))
	created := p.change(instance{}, channelArgs(1001, 456, "sms", true))
	_, diags := p.read(created)
	expectNone(t, diags)
	sent{fake, map[string]int{altegiotest.OpLocations: listing, altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 2}}.now(t)

	// An argument of the block comes first.
	other := newFake(t, altegiotest.WithToken("another-token"))
	p = newProtocol(t)
	expectNone(t, p.configure(args{"partner_token": "another-token", "api_url": other.APIURL(), "app_url": other.AppURL()}))
	p.change(instance{}, channelArgs(1001, 456, "sms", true))
	sent{other, map[string]int{altegiotest.OpLocations: listing, altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.now(t)
	nothingSent(fake).now(t)
}

// What is wrong with the block and the environment is said at once.
func TestConfigure_environmentIsWrong(t *testing.T) {
	t.Setenv(envAPIURL, "api.alteg.io")
	t.Setenv(envAppURL, "http://app.alteg.io")
	t.Setenv(envSharedPace, "yes")
	diags := newProtocol(t).configure(args{})
	if len(diags) != 4 {
		t.Fatalf("%d diagnostics, want 4: %v", len(diags), diags)
	}
	byPath := map[string]*tfprotov6.Diagnostic{}
	for _, d := range diags {
		byPath[d.Summary] = d
	}
	expectDiagnostic(t, byPath["Missing partner token"], isError, "partner_token", "ALTEGIO_PARTNER_TOKEN")
	expectDiagnostic(t, byPath["Invalid environment variable"], isError, "", `The value "yes" of ALTEGIO_SHARED_PACE`)
	expectDiagnostic(t, byPath["Invalid base URL"], isError, "api_url", `The value of api_url \(from ALTEGIO_API_URL\) cannot be used`)
	expectDiagnostic(t, byPath["Tokens are sent without encryption"], isWarning, "app_url", `The value of app_url \(from ALTEGIO_APP_URL\) is a plain http URL`)
}

// However often Terraform configures the provider in a process, the limits are counted once.
func TestConfigure_onePacer(t *testing.T) {
	t.Parallel()
	var known pacers
	documented := pace{perSecond: 5, perMinute: 200, apiURL: altegio.DefaultAPIURL, appURL: altegio.DefaultAppURL}
	slower := documented
	slower.perSecond = 1
	elsewhere := documented
	elsewhere.apiURL = "https://localhost/api"
	first := known.get(documented)
	if known.get(documented) != first {
		t.Error("two configurations with the same limits do not share a pacer")
	}
	if known.get(slower) == first || known.get(elsewhere) == first {
		t.Error("two configurations with different limits or hosts share a pacer")
	}
}

// What processes share is in the user's cache directory, unless it is switched off.
func TestConfigure_sharedPace(t *testing.T) {
	for _, tc := range []struct {
		value string
		args  args
		files int
	}{
		{"", args{"requests_per_second": 5, "requests_per_minute": 200}, 1},
		{"On", args{"requests_per_second": 5, "requests_per_minute": 0}, 1},
		{" off", args{"requests_per_second": 5, "requests_per_minute": 200}, 0},
		{"", args{"requests_per_second": 0, "requests_per_minute": 0}, 0},
	} {
		cache := t.TempDir()
		for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
			t.Setenv(name, cache)
		}
		t.Setenv(envSharedPace, tc.value)
		fake := newFake(t)
		p := newConfiguredProtocol(t, fake, tc.args)
		p.change(instance{}, channelArgs(1001, 456, "sms", true))
		files := 0
		if err := filepath.WalkDir(cache, func(_ string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() {
				files++
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if files != tc.files {
			t.Errorf("with %q and %v there are %d files, want %d", tc.value, tc.args, files, tc.files)
		}
	}
}

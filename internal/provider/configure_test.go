// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"context"
	"io/fs"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// The tests that set the environment run one after the other, before those that are parallel.

func TestConfigure_missingToken(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]providertest.Args{
		"nothing": {}, "empty": {"partner_token": ""}, "space": {"partner_token": "  "}, // the last two override the environment
		"scheme alone": {"partner_token": "Bearer "}, "user token alone": {"user_token": "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := providertest.NewProtocol(t).Configure(a)
			if name == "empty" || name == "space" {
				providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Empty partner token\npartner_token in the provider block is an empty string")
				return
			}
			providertest.ExpectOne(t, diags, providertest.IsError, "partner_token",
				"Missing partner token\nSet partner_token in the provider block, or the environment variable ALTEGIO_PARTNER_TOKEN")
		})
	}
}

// max_retry_wait is shorter than the wait that the server asks for, and than the caller's remaining time.
func TestConfigure_maxRetryWait(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 429, Times: 1, Header: http.Header{"Retry-After": {"3600"}}})
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"max_retries": 1, "max_retry_wait": "10ms"})
	channel := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	_, diags := p.ReadWith(ctx, channel)
	providertest.ExpectNone(t, diags)
}

// rate_limit_timeout ends a run that is answered nothing but 429, and the error says after what time.
func TestConfigure_rateLimitTimeout(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Status: http.StatusTooManyRequests})
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"max_retries": 1, "max_retry_wait": "1ms", "rate_limit_timeout": "20ms"})
	_, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "the rate limit is used up.*the API has answered nothing else for 20ms.*rate_limit_timeout sets how long a run waits")
	if n := len(fake.Requests()); n < 2 {
		t.Errorf("%d requests, want more than one", n)
	}
}

func TestConfigure_unusableToken(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]providertest.Args{
		"line break": {"partner_token": "se\ncret"},
		"space":      {"partner_token": "se cret"},
		"letter":     {"partner_token": "sécret"},
		"user token": {"partner_token": "x", "user_token": "se\tcret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := providertest.NewProtocol(t).Configure(a)
			providertest.ExpectOne(t, diags, providertest.IsError, "", "Unusable provider configuration: the (partner|user) token has a space[^\n]+\nCannot set up the API client: the (partner|user) token has a "+
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
		fake := coretest.NewFake(t)
		p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"partner_token": token})
		_, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1001, "application_id": 456})
		providertest.ExpectNone(t, diags)
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
			fake := coretest.NewFake(t)
			p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"api_url": fake.URL() + suffixes[0], "app_url": fake.URL() + suffixes[1]})
			created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
			_, diags := p.Read(created)
			providertest.ExpectNone(t, diags)
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 2}}.Now(t)
		})
	}
}

// Each operation goes to the host that the vendor documents for it.
func TestConfigure_twoHosts(t *testing.T) {
	t.Parallel()
	api, app := coretest.NewFake(t), coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, api, providertest.Args{"app_url": app.AppURL()})
	created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	_, diags := p.Read(created)
	providertest.ExpectNone(t, diags)
	_, diags = p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectNone(t, diags)
	coretest.Sent{Fake: api, Want: map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpPaymentLink: 1}}.Now(t)
	coretest.Sent{Fake: app, Want: map[string]int{altegiotest.OpInstallation: 2}}.Now(t)
}

func TestConfigure_unreachable(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Close()
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	config := providertest.ChannelArgs(1001, 456, "sms", true)
	plan := p.Plan(providertest.Instance{}, config)
	none, diags := p.Apply(providertest.Instance{}, config, plan)
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot set the channel: [^\n]+\n.*The request did not reach Altegio: .*connection refused.*"+
		"Check the host, which api_url and app_url in the provider block set")
	if none.State != nil {
		t.Errorf("it was created all the same: %v", none.State)
	}
}

func TestConfigure_timeout(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Delay: time.Minute})
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"request_timeout": "50ms"})
	_, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "Altegio did not answer: no complete answer within 50ms")
}

func TestConfigure_retries(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Status: 503, Times: 1})
	providertest.NewConfiguredProtocol(t, fake, providertest.Args{"max_retries": 1, "max_retry_wait": "1ms"}).Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 2}}.Now(t)

	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 503})
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"max_retries": 2, "max_retry_wait": "1ms"})
	_, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "", `503 Service Unavailable.*The provider made 3 attempts over [0-9.a-z]+\. This is the outcome of the last one\.`)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 3}}.Now(t)
}

func TestConfigure_environment(t *testing.T) {
	fake := coretest.NewFake(t)
	// Variables that were read from files end in a line break.
	t.Setenv(core.EnvPartnerToken, altegiotest.DefaultPartnerToken+"\n")
	t.Setenv(provider.EnvAPIURL, fake.APIURL()+"\n")
	t.Setenv(provider.EnvAppURL, " "+fake.AppURL()+"\r\n")
	p := providertest.NewProtocol(t)
	providertest.ExpectNone(t, p.Configure(providertest.Args{}))
	created := p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	_, diags := p.Read(created)
	providertest.ExpectNone(t, diags)
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: listing, altegiotest.OpUpdateChannel: 1, altegiotest.OpInstallation: 2}}.Now(t)

	// An argument of the block overrides the environment, even an empty one.
	providertest.ExpectOne(t, providertest.NewProtocol(t).Configure(providertest.Args{"partner_token": ""}), providertest.IsError, "partner_token",
		"Empty partner token\npartner_token in the provider block is an empty string, which overrides the environment variable "+core.EnvPartnerToken)
	other := coretest.NewFake(t, altegiotest.WithToken("another-token"))
	p = providertest.NewProtocol(t)
	providertest.ExpectNone(t, p.Configure(providertest.Args{"partner_token": "another-token", "api_url": other.APIURL(), "app_url": other.AppURL()}))
	p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
	coretest.Sent{Fake: other, Want: map[string]int{altegiotest.OpLocations: listing, altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1}}.Now(t)
	coretest.NothingSent(fake).Now(t)
}

// ALTEGIO_REFRESH overrides the argument.
func TestConfigure_refreshOfTheRun(t *testing.T) {
	for _, test := range []struct {
		env      string
		block    any
		statuses int
	}{
		{"", nil, 0},
		{"", "status", 2},
		{" Status ", nil, 2},
		{"status", "listing", 2},
		{"listing", "status", 0},
	} {
		t.Setenv(provider.EnvRefresh, "")
		r := newPlanRig(t, tf.Attrs{"refresh": test.block})
		fleet := fleetRes("a", only(1001, 1002))
		r.MustApply(t, fleet)
		t.Setenv(provider.EnvRefresh, test.env)
		if plan := r.PlanAll(t, fleet); len(plan.Diagnostics) > 0 || len(plan.Actions()) > 0 {
			t.Errorf("%+v: the plan has %v and says %v", test, plan.Actions(), plan.Diagnostics)
		}
		want := map[string]int{altegiotest.OpInstallation: test.statuses}
		if test.statuses == 0 {
			want = map[string]int{altegiotest.OpLocations: listing}
		}
		r.ExpectCounts(t, want)
	}
	t.Setenv(provider.EnvRefresh, "never")
	diags := providertest.NewProtocol(t).Configure(providertest.Args{"partner_token": "x"})
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Invalid environment variable\nThe value "never" of ALTEGIO_REFRESH cannot be used.*"status".*"listing"`)
}

// All problems of the block and the environment are reported at once.
func TestConfigure_environmentIsWrong(t *testing.T) {
	t.Setenv(provider.EnvAPIURL, "api.alteg.io")
	t.Setenv(provider.EnvAppURL, "http://app.alteg.io")
	t.Setenv(provider.EnvSharedPace, "yes")
	diags := providertest.NewProtocol(t).Configure(providertest.Args{})
	if len(diags) != 4 {
		t.Fatalf("%d diagnostics, want 4: %v", len(diags), diags)
	}
	byPath := map[string]*tfprotov6.Diagnostic{}
	for _, d := range diags {
		byPath[d.Summary] = d
	}
	providertest.ExpectDiagnostic(t, byPath["Missing partner token"], providertest.IsError, "partner_token", "ALTEGIO_PARTNER_TOKEN")
	providertest.ExpectDiagnostic(t, byPath["Invalid environment variable"], providertest.IsError, "", `The value "yes" of ALTEGIO_SHARED_PACE`)
	providertest.ExpectDiagnostic(t, byPath["Invalid base URL"], providertest.IsError, "api_url", `The value of api_url \(from ALTEGIO_API_URL\) cannot be used`)
	providertest.ExpectDiagnostic(t, byPath["Tokens are sent without encryption"], providertest.IsWarning, "app_url", `The value of app_url \(from ALTEGIO_APP_URL\) is an http URL`)
}

// The addition to the User-Agent comes last, and never breaks a request.
func TestConfigure_userAgent(t *testing.T) {
	const own = "terraform-provider-altegio/1.2.3-test Terraform/1.99.0"
	for added, want := range map[string]string{
		"":                          own,
		"  ":                        own,
		"nightly/42 (eu, \"west\")": own + ` nightly/42 (eu, "west")`,
		"\tnightly \n":              own + " nightly",
	} {
		t.Setenv(provider.EnvUserAgent, added)
		fake := coretest.NewFake(t)
		p := providertest.NewConfiguredProtocol(t, fake, nil)
		p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
		if got := fake.Requests()[0].Header.Get("User-Agent"); got != want {
			t.Errorf("with %q the User-Agent is %q, want %q", added, got, want)
		}
	}
	for _, control := range []string{"\nX-Other: 1", "\r", "\x1b[31m", "\x7f"} { // the environment can't have a 0
		t.Setenv(provider.EnvUserAgent, "a"+control+"b")
		fake := coretest.NewFake(t)
		diags := providertest.NewProtocol(t).Configure(providertest.Args{
			"partner_token": altegiotest.DefaultPartnerToken, "api_url": fake.APIURL(), "app_url": fake.AppURL(),
		})
		providertest.ExpectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "Invalid environment variable\nThe value of TF_APPEND_USER_AGENT")
	}
}

// The shared file is in the user's cache directory, unless sharing is off.
func TestConfigure_sharedPace(t *testing.T) {
	for _, tc := range []struct {
		value string
		args  providertest.Args
		files int
	}{
		{"", providertest.Args{"requests_per_second": 5, "requests_per_minute": 200}, 1},
		{"On", providertest.Args{"requests_per_second": 5, "requests_per_minute": 0}, 1},
		{" off", providertest.Args{"requests_per_second": 5, "requests_per_minute": 200}, 0},
		{"", providertest.Args{"requests_per_second": 0, "requests_per_minute": 0}, 0},
	} {
		cache := t.TempDir()
		for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
			t.Setenv(name, cache)
		}
		t.Setenv(provider.EnvSharedPace, tc.value)
		fake := coretest.NewFake(t)
		p := providertest.NewConfiguredProtocol(t, fake, tc.args)
		p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
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

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"golang.org/x/net/http/httpguts"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// The environment variables that stand in for arguments of the provider block, besides those for the tokens in
// package core. EnvRefresh even overrides its argument, for one run.
const (
	EnvAPIURL  = "ALTEGIO_API_URL"
	EnvAppURL  = "ALTEGIO_APP_URL"
	EnvRefresh = "ALTEGIO_REFRESH"
)

// EnvSharedPace makes a run stay within the limits on its own ("off") instead of sharing them with others
// on the same machine ("on").
const EnvSharedPace = "ALTEGIO_SHARED_PACE"

// EnvUserAgent is added to the User-Agent. Providers of other vendors use the same variable.
const EnvUserAgent = "TF_APPEND_USER_AGENT"

// The values of the refresh argument.
const (
	refreshStatus  = "status"
	refreshListing = "listing"
)

// maxRequests is higher than any sensible limit, and low enough for a log of all requests.
const maxRequests = 1_000_000

// minRequests is lower than any sensible share of a limit, and high enough for waits to end.
const minRequests = 0.1

// Configure implements provider.Provider. It reports all problems of the block at once.
func (p *altegioProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	refresh := cmp.Or(strings.ToLower(strings.TrimSpace(os.Getenv(EnvRefresh))), config.Refresh.ValueString())
	if refresh != "" && refresh != refreshStatus && refresh != refreshListing {
		resp.Diagnostics.Append(invalidRefresh(os.Getenv(EnvRefresh)))
	}
	conn := core.NewSession(p.activity, p.moment, config.Validate.IsNull() || config.Validate.ValueBool())
	conn.Unknown = unknownArguments(config)
	conn.Listing, conn.EachStatus = refresh == refreshListing, refresh == refreshStatus
	conn.InFlight = p.inFlight
	resp.ResourceData, resp.DataSourceData = conn, conn
	resp.EphemeralResourceData, resp.ListResourceData, resp.ActionData = conn, conn, conn
	if len(conn.Unknown) > 0 {
		// An unknown value comes from another resource of the same plan. Most plans need no request; the
		// others fail where they need one.
		return
	}

	partnerToken := stringSetting(config.PartnerToken, core.EnvPartnerToken)
	switch strings.ToLower(strings.TrimSpace(partnerToken)) {
	case "", "bearer": // "Bearer ${var.token}" with an empty variable
		resp.Diagnostics.Append(missingPartnerToken(!config.PartnerToken.IsNull() && strings.TrimSpace(partnerToken) == ""))
	}
	requestTimeout, diags := durationSetting(config.RequestTimeout, altegio.DefaultRequestTimeout)
	resp.Diagnostics.Append(diags...)
	rateLimitTimeout, diags := durationSetting(config.RateLimitTimeout, altegio.DefaultRateLimitTimeout)
	resp.Diagnostics.Append(diags...)
	maxRetryWait, diags := durationSetting(config.MaxRetryWait, altegio.DefaultMaxRetryWait)
	resp.Diagnostics.Append(diags...)
	apiURL := stringSetting(config.APIURL, EnvAPIURL)
	appURL := stringSetting(config.AppURL, EnvAppURL)
	if config.APIURL.IsNull() && apiURL != "" {
		resp.Diagnostics.Append(checkBaseURL(path.Root("api_url"), EnvAPIURL, apiURL)...)
	}
	if config.AppURL.IsNull() && appURL != "" {
		resp.Diagnostics.Append(checkBaseURL(path.Root("app_url"), EnvAppURL, appURL)...)
	}
	resp.Diagnostics.Append(oneBaseURL(apiURL, appURL)...)
	isShared, ok := sharesPace(os.Getenv(EnvSharedPace))
	if !ok {
		resp.Diagnostics.Append(invalidSharedPace(os.Getenv(EnvSharedPace)))
	}
	userAgent, ok := p.userAgent(req.TerraformVersion, os.Getenv(EnvUserAgent))
	if !ok {
		resp.Diagnostics.Append(invalidUserAgent())
	}
	if resp.Diagnostics.HasError() {
		return
	}

	// The client has defaults for everything that is not set. If the user sets only one base URL, no
	// request goes to a second host.
	var bases []altegio.Option
	if apiURL != "" {
		bases = append(bases, altegio.WithAPIURL(apiURL))
	}
	if appURL != "" {
		bases = append(bases, altegio.WithAppURL(appURL))
	}
	client, err := altegio.New(partnerToken, append(bases,
		altegio.WithUserToken(stringSetting(config.UserToken, core.EnvUserToken)),
		altegio.WithHosts(&p.hosts),
		altegio.WithUserAgent(userAgent),
		altegio.WithPacer(p.pacers.get(pace{
			perSecond: rateSetting(config.RequestsPerSecond, altegio.DefaultRequestsPerSecond),
			perMinute: rateSetting(config.RequestsPerMinute, altegio.DefaultRequestsPerMinute),
			apiURL:    cmp.Or(apiURL, altegio.DefaultAPIURL), appURL: cmp.Or(appURL, altegio.DefaultAppURL), isShared: isShared,
		})),
		altegio.WithMaxRetries(int(intSetting(config.MaxRetries, altegio.DefaultMaxRetries))),
		altegio.WithMaxRetryWait(maxRetryWait),
		altegio.WithRequestTimeout(requestTimeout),
		altegio.WithRateLimitTimeout(rateLimitTimeout),
		altegio.WithObserver(apiLog{}),
	)...)
	if err != nil {
		resp.Diagnostics.Append(unusableConfiguration(err))
		return
	}
	conn.Client = client
}

func unknownArguments(config providerModel) []string {
	var names []string
	for _, argument := range []struct {
		name  string
		value attr.Value
	}{
		{"partner_token", config.PartnerToken},
		{"user_token", config.UserToken},
		{"api_url", config.APIURL},
		{"app_url", config.AppURL},
		{"requests_per_second", config.RequestsPerSecond},
		{"requests_per_minute", config.RequestsPerMinute},
		{"max_retries", config.MaxRetries},
		{"max_retry_wait", config.MaxRetryWait},
		{"request_timeout", config.RequestTimeout},
		{"rate_limit_timeout", config.RateLimitTimeout},
		{"refresh", config.Refresh},
		{"validate", config.Validate},
	} {
		if argument.value.IsUnknown() {
			names = append(names, argument.name)
		}
	}
	return names
}

func stringSetting(value types.String, env string) string {
	if !value.IsNull() {
		return value.ValueString()
	}
	return strings.TrimSpace(os.Getenv(env))
}

func intSetting(value types.Int64, fallback int64) int64 {
	if value.IsNull() {
		return fallback
	}
	return value.ValueInt64()
}

func rateSetting(value types.Float64, fallback float64) float64 {
	if value.IsNull() {
		return fallback
	}
	return value.ValueFloat64()
}

// userAgent names the provider, followed by the user's addition; ok is false if a header can't contain
// that.
func (p *altegioProvider) userAgent(terraform, added string) (agent string, ok bool) {
	agent = fmt.Sprintf("terraform-provider-altegio/%s Terraform/%s", p.version, terraform)
	if added = strings.TrimSpace(added); added != "" {
		agent += " " + added
	}
	return agent, httpguts.ValidHeaderFieldValue(agent)
}

// sharesPace reads ALTEGIO_SHARED_PACE; ok is false if it is neither on nor off.
func sharesPace(value string) (shares, ok bool) {
	switch strings.ToLower(strings.TrimSpace(value)) {
	case "", "on":
		return true, true
	case "off":
		return false, true
	}
	return false, false
}

// A pace is the limits of a pacer.
type pace struct {
	perSecond, perMinute float64
	apiURL, appURL       string
	isShared             bool // with other processes
}

// pacers keeps one pacer for each pace for as long as the process lives: Terraform may configure a
// provider more than once in a process, but the vendor counts per IP address.
type pacers struct {
	mu    sync.Mutex
	known map[pace]*altegio.Pacer
}

func (p *pacers) get(wanted pace) *altegio.Pacer {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = make(map[pace]*altegio.Pacer)
	}
	if p.known[wanted] == nil {
		p.known[wanted] = wanted.pacer()
	}
	return p.known[wanted]
}

func (p pace) pacer() *altegio.Pacer {
	if !p.isShared {
		return altegio.NewPacer(p.perSecond, p.perMinute)
	}
	return altegio.NewSharedPacer(p.perSecond, p.perMinute, altegio.SharedPace{
		BaseURLs: []string{p.apiURL, p.appURL},
		Problem:  logPaceProblem,
	})
}

// SPDX-License-Identifier: MPL-2.0

// Package provider defines what a partner can configure in the Altegio marketplace with Terraform. It has
// the provider block, the registration of all types, and the server. The types that a user can write in HCL
// are in the packages below it, one for each subject; package altegio calls the API.
package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/billing"
	"github.com/altegio/terraform-provider-altegio/internal/provider/cabinet"
	"github.com/altegio/terraform-provider-altegio/internal/provider/catalog"
	"github.com/altegio/terraform-provider-altegio/internal/provider/channel"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/installation"
	"github.com/altegio/terraform-provider-altegio/internal/provider/sendername"
	"github.com/altegio/terraform-provider-altegio/internal/provider/telephony"
	"github.com/altegio/terraform-provider-altegio/internal/provider/webhook"
)

// altegioProvider is the provider block: who is calling, where, and at what pace.
type altegioProvider struct {
	version string
	pacers  pacers
	// activity counts the running requests of Terraform. moment is how long none must be running before a
	// combined warning is shown.
	activity *core.Activity
	moment   time.Duration
	// inFlight is how many requests a resource of many locations sends at once.
	inFlight int
	hosts    altegio.Hosts // which host knows an operation, for the life of the process
}

var (
	_ provider.Provider                       = (*altegioProvider)(nil)
	_ provider.ProviderWithActions            = (*altegioProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*altegioProvider)(nil)
	_ provider.ProviderWithFunctions          = (*altegioProvider)(nil)
	_ provider.ProviderWithListResources      = (*altegioProvider)(nil)
)

// New returns a constructor of the provider. The version is part of the User-Agent.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return newProvider(version) }
}

func newProvider(version string) *altegioProvider {
	return &altegioProvider{version: version, activity: new(core.Activity), moment: gatherMoment, inFlight: core.InFlight}
}

type providerModel struct {
	PartnerToken      types.String         `tfsdk:"partner_token"`
	UserToken         types.String         `tfsdk:"user_token"`
	APIURL            types.String         `tfsdk:"api_url"`
	AppURL            types.String         `tfsdk:"app_url"`
	RequestsPerSecond types.Float64        `tfsdk:"requests_per_second"`
	RequestsPerMinute types.Float64        `tfsdk:"requests_per_minute"`
	MaxRetries        types.Int64          `tfsdk:"max_retries"`
	MaxRetryWait      timetypes.GoDuration `tfsdk:"max_retry_wait"`
	RequestTimeout    timetypes.GoDuration `tfsdk:"request_timeout"`
	RateLimitTimeout  timetypes.GoDuration `tfsdk:"rate_limit_timeout"`
	Refresh           types.String         `tfsdk:"refresh"`
	Validate          types.Bool           `tfsdk:"validate"`
}

func (p *altegioProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "altegio"
	resp.Version = p.version
}

func (p *altegioProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Configures what a partner's applications offer at locations in the " +
			"[Altegio](https://alteg.io) marketplace.",
		Attributes: map[string]schema.Attribute{
			"partner_token": schema.StringAttribute{
				MarkdownDescription: "Token of the marketplace partner who owns the applications. A leading `Bearer ` is " +
					"removed. Defaults to the environment variable `" + core.EnvPartnerToken + "`; one of the two is required.",
				Optional:  true,
				Sensitive: true,
			},
			"user_token": schema.StringAttribute{
				MarkdownDescription: "Token of a user who owns the locations or has access to the Developer Cabinet. Only " +
					"operations on behalf of such a user need it, and the provider sends it only with those. Defaults to " +
					"the environment variable `" + core.EnvUserToken + "`.",
				Optional:  true,
				Sensitive: true,
			},
			"api_url": schema.StringAttribute{
				MarkdownDescription: "Base URL for channels, discounts, payment links, tariffs, webhooks, telephony, " +
					"dictionaries, granting access and the Developer Cabinet. The provider appends the path of the " +
					"operation to it, such as `/marketplace/...`. Defaults to the environment variable `" + EnvAPIURL + "`, then to `" + altegio.DefaultAPIURL + "`.",
				Optional:   true,
				Validators: []validator.String{baseURLValidator{}},
			},
			"app_url": schema.StringAttribute{
				MarkdownDescription: "Base URL for installations, connected locations, sender names, payments, refunds and " +
					"panels. The provider appends `/marketplace/...` to it. Defaults to the environment variable `" + EnvAppURL + "`, then to `" + altegio.DefaultAppURL + "`.",
				Optional:   true,
				Validators: []validator.String{baseURLValidator{}},
			},
			"requests_per_second": schema.Float64Attribute{
				MarkdownDescription: fmt.Sprintf("Maximum number of requests in any second, shared by all runs of a user on one machine. "+
					"Defaults to `%d`, the vendor's limit per IP address. Fractions are allowed. `0` turns the limit off, "+
					"for a private endpoint.", altegio.DefaultRequestsPerSecond),
				Optional:   true,
				Validators: []validator.Float64{rateValidator{}},
			},
			"requests_per_minute": schema.Float64Attribute{
				MarkdownDescription: fmt.Sprintf("Maximum number of requests in any minute, shared by all runs of a user on one machine. "+
					"Defaults to `%d`, the vendor's limit per IP address. Fractions are allowed. `0` turns the limit off, "+
					"for a private endpoint.", altegio.DefaultRequestsPerMinute),
				Optional:   true,
				Validators: []validator.Float64{rateValidator{}},
			},
			"max_retries": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How often a failed request is repeated, if repeating it is safe. Defaults to "+
					"`%d`; `0` turns retries off. A 429 response does not count as a failure: see `rate_limit_timeout`.", altegio.DefaultMaxRetries),
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(0, 100)},
			},
			"max_retry_wait": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("Longest wait between two attempts at a request, even if the API asks for "+
					"a longer one. A duration such as `90s`. Defaults to `%s`.", altegio.DefaultMaxRetryWait),
				CustomType: timetypes.GoDurationType{},
				Optional:   true,
				Validators: []validator.String{core.PositiveDurationValidator{}},
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("How long one attempt at a request can take, without the wait for the rate "+
					"limits. A duration such as `45s`. Defaults to `%s`.", altegio.DefaultRequestTimeout),
				CustomType: timetypes.GoDurationType{},
				Optional:   true,
				Validators: []validator.String{core.PositiveDurationValidator{}},
			},
			"rate_limit_timeout": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("How long a run keeps trying while Altegio answers every request with 429. "+
					"A duration such as `10m`. Any other response restarts the clock. When the time is up, all waiting "+
					"requests fail at once. Defaults to `%s`.", altegio.DefaultRateLimitTimeout),
				CustomType: timetypes.GoDurationType{},
				Optional:   true,
				Validators: []validator.String{core.PositiveDurationValidator{}},
			},
			"refresh": schema.StringAttribute{
				MarkdownDescription: "How a plan checks whether an application is still installed where channels are declared. " +
					"`" + refreshStatus + "` sends one request per location and also notices when the application was " +
					"reinstalled. `" + refreshListing + "` fetches the listing of connected locations, with one request per " +
					"1,000 locations plus two, and asks only for locations that are not in it. It does not notice a " +
					"reinstallation. By default, `altegio_application_channel` uses the status, and `altegio_application_channels` " +
					"the listing. `" + EnvRefresh + "` in the environment overrides this argument.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(refreshStatus, refreshListing)},
			},
			"validate": schema.BoolAttribute{
				MarkdownDescription: "Whether a plan that creates something checks in advance for what would make the apply " +
					"fail: a token that is not accepted, an application of another partner, or a location without the " +
					"application. The check fetches the listing of connected locations, and the status of each location " +
					"that is not in it. It also runs with `-refresh=false`, which a provider cannot see. Defaults to " +
					"`true`. Set it to `false` to plan without a network.",
				Optional: true,
			},
		},
	}
}

func (p *altegioProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		cabinet.NewResource,
		cabinet.NewFramesResource,
		channel.NewResource,
		channel.NewFleetResource,
		webhook.NewResource,
		installation.NewResource,
		cabinet.NewPanelResource,
		billing.NewDiscountResource,
		sendername.NewResource,
	}
}

func (p *altegioProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		installation.NewLocationsDataSource,
		billing.NewTariffOptionDataSource,
		billing.NewTariffsDataSource,
		cabinet.NewApplicationsDataSource,
		catalog.NewBusinessGroupsDataSource,
		catalog.NewCategoriesDataSource,
		catalog.NewCategoryDataSource,
		catalog.NewChannelDataSource,
		catalog.NewChannelsDataSource,
		catalog.NewFunctionalitiesDataSource,
		catalog.NewRightsDataSource,
		catalog.NewCitiesDataSource,
		catalog.NewCityDataSource,
		catalog.NewCountriesDataSource,
		catalog.NewCountryDataSource,
		cabinet.NewAccountsDataSource,
		installation.NewDataSource,
		webhook.NewDataSource,
		billing.NewLinkDataSource,
	}
}

// Actions implements provider.ProviderWithActions.
func (p *altegioProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{
		billing.NewRefundAction,
		billing.NewReportAction,
		telephony.NewVoIPAction,
		cabinet.NewModerationAction,
		installation.NewUninstallAction,
	}
}

// EphemeralResources implements provider.ProviderWithEphemeralResources.
func (p *altegioProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		billing.NewLinkEphemeralResource,
	}
}

// ListResources implements provider.ProviderWithListResources.
func (p *altegioProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{
		cabinet.NewListResource,
		channel.NewListResource,
		installation.NewListResource,
	}
}

// Functions implements provider.ProviderWithFunctions.
func (p *altegioProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		channel.NewIDFunction,
		channel.NewParseIDFunction,
	}
}

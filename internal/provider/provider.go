// SPDX-License-Identifier: MPL-2.0

// Package provider declares to Terraform what a partner can configure in the Altegio marketplace.
// It is the provider block, the list of all that there is, and the server. The things that a user can
// write in HCL are in the packages below it, one for each subject; package altegio does the calling.
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
	// activity is what Terraform has under way, and moment how long nothing has to be under way for a
	// warning that is gathered to be given.
	activity *core.Activity
	moment   time.Duration
	// core.InFlight is how many requests a resource of many locations sends at once.
	inFlight int
	hosts    altegio.Hosts // what was found out about them, for as long as the process lives
}

var (
	_ provider.Provider                       = (*altegioProvider)(nil)
	_ provider.ProviderWithActions            = (*altegioProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*altegioProvider)(nil)
	_ provider.ProviderWithFunctions          = (*altegioProvider)(nil)
	_ provider.ProviderWithListResources      = (*altegioProvider)(nil)
)

// New returns a constructor of the provider. The version goes into the User-Agent.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return newProvider(version) }
}

func newProvider(version string) *altegioProvider {
	return &altegioProvider{version: version, activity: new(core.Activity), moment: core.GatherMoment, inFlight: core.InFlight}
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
					"dropped. Defaults to the environment variable `" + core.EnvPartnerToken + "`; one of the two is required.",
				Optional:  true,
				Sensitive: true,
			},
			"user_token": schema.StringAttribute{
				MarkdownDescription: "Token of a user who owns the locations, or has access to the Developer Cabinet. Only " +
					"operations that act for such a user need it, and it is sent with no others. Defaults to the environment variable `" + core.EnvUserToken + "`.",
				Optional:  true,
				Sensitive: true,
			},
			"api_url": schema.StringAttribute{
				MarkdownDescription: "Base URL of channels, discounts, payment links, tariffs, webhooks, telephony, " +
					"dictionaries and the granting of access, to which `/marketplace/...` and the like are appended. Defaults to the environment variable `" + core.EnvAPIURL + "`, then to `" + altegio.DefaultAPIURL + "`.",
				Optional:   true,
				Validators: []validator.String{baseURLValidator{}},
			},
			"app_url": schema.StringAttribute{
				MarkdownDescription: "Base URL of installations, connected locations, sender names, payments and " +
					"refunds, to which `/marketplace/...` is appended. Defaults to the environment variable `" + core.EnvAppURL + "`, then to `" + altegio.DefaultAppURL + "`.",
				Optional:   true,
				Validators: []validator.String{baseURLValidator{}},
			},
			"requests_per_second": schema.Float64Attribute{
				MarkdownDescription: fmt.Sprintf("Most requests in any second, of all runs of a user on one machine together. "+
					"Defaults to `%d`, the vendor's limit per IP address. A share of it may have a fraction. `0` turns the limit off, for a private endpoint.", altegio.DefaultRequestsPerSecond),
				Optional:   true,
				Validators: []validator.Float64{rateValidator{}},
			},
			"requests_per_minute": schema.Float64Attribute{
				MarkdownDescription: fmt.Sprintf("Most requests in any minute, of all runs of a user on one machine together. "+
					"Defaults to `%d`, the vendor's limit per IP address. A share of it may have a fraction. `0` turns the limit off, for a private endpoint.", altegio.DefaultRequestsPerMinute),
				Optional:   true,
				Validators: []validator.Float64{rateValidator{}},
			},
			"max_retries": schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How often a failed request is sent again where that is safe. Defaults to "+
					"`%d`; `0` turns retries off. Answers 429 do not count, see `rate_limit_timeout`.", altegio.DefaultMaxRetries),
				Optional:   true,
				Validators: []validator.Int64{int64validator.Between(0, 100)},
			},
			"max_retry_wait": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("Longest wait between two attempts at a request, even if the API asks for "+
					"a longer one, as a duration such as `90s`. Defaults to `%s`.", altegio.DefaultMaxRetryWait),
				CustomType: timetypes.GoDurationType{},
				Optional:   true,
				Validators: []validator.String{core.PositiveDurationValidator{}},
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("How long one attempt at a request may take, as a duration such as `45s`. "+
					"Waiting for the rate limits does not count. Defaults to `%s`.", altegio.DefaultRequestTimeout),
				CustomType: timetypes.GoDurationType{},
				Optional:   true,
				Validators: []validator.String{core.PositiveDurationValidator{}},
			},
			"rate_limit_timeout": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("How long a run goes on when Altegio answers nothing but 429, as a duration "+
					"such as `10m`. After that everything that waits fails at once. Any other answer, to whatever request, "+
					"begins it anew. Defaults to `%s`.", altegio.DefaultRateLimitTimeout),
				CustomType: timetypes.GoDurationType{},
				Optional:   true,
				Validators: []validator.String{core.PositiveDurationValidator{}},
			},
			"refresh": schema.StringAttribute{
				MarkdownDescription: "How a plan finds out whether applications are still installed where channels are declared. " +
					"`" + core.RefreshStatus + "` asks for each location, and also notices that the application was reinstalled " +
					"there. `" + core.RefreshListing + "` takes the listing of connected locations, one request per thousand and two " +
					"more, and asks only for those that it lacks; a reinstallation goes unnoticed. If it is not set, " +
					"`altegio_application_channel` asks for each location, and `altegio_application_channels` takes the listing. " +
					"`" + core.EnvRefresh + "` in the environment overrides it for one run.",
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(core.RefreshStatus, core.RefreshListing)},
			},
			"validate": schema.BoolAttribute{
				MarkdownDescription: "Whether a plan that creates something asks Altegio what the apply would be refused: a token that is not " +
					"accepted, an application of another partner, and locations that do not have the application. It takes the listing of " +
					"connected locations, and the status of each location that it lacks. Defaults to `true`; set `false` to plan " +
					"without a network. A provider cannot see `-refresh=false`, so this holds with it, too.",
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

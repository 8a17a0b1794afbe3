// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// The environment variables that stand in for the tokens in the provider block.
const (
	EnvPartnerToken = "ALTEGIO_PARTNER_TOKEN" //nolint:gosec // a name, not a token
	EnvUserToken    = "ALTEGIO_USER_TOKEN"    //nolint:gosec // a name, not a token
)

// Session is what Configure passes to resources and data sources: a client or, if some arguments are not
// known yet, their names.
type Session struct {
	Client  *altegio.Client
	Unknown []string
	// Listing says that plans use the listing of connected locations instead of asking for each location:
	// the refresh argument.
	Listing bool
	// EachStatus says that fleets also read the status of each location, which they do only if refresh is
	// set.
	EachStatus bool
	// Ledger is what the resources of this run know about each other.
	Ledger *Ledger
	// InFlight is how many locations a resource works on at once.
	InFlight int
	// preflight checks plans; nil where the validate argument turns that off.
	preflight *preflight
}

// NewSession returns a session without a client, for one provider configuration and run. A combined warning
// waits until activity has counted no other request for a moment. validate says whether plans are checked.
func NewSession(activity *Activity, moment time.Duration, validate bool) *Session {
	gather := newGatherer(activity, moment)
	c := &Session{Ledger: newLedger(gather), InFlight: InFlight}
	if validate {
		c.preflight = newPreflight()
		gather.isMoot = c.preflight.isMoot
	}
	activity.configure(c.another)
	return c
}

// API returns the client. If there is none, it returns nil and adds an error: either the provider block
// depends on unknown values, or Terraform has not configured the provider, because it calls some methods
// before that. The caller must return then.
func (c *Session) API(diags *diag.Diagnostics) *altegio.Client {
	switch {
	case c == nil:
		diags.Append(notConfigured())
		return nil
	case c.Client == nil:
		diags.Append(configurationUnknown(c.Unknown))
		return nil
	}
	return c.Client
}

// ConfiguredResource is embedded by resources and list resources. Session is nil before Configure;
// Session.API explains that to the user.
type ConfiguredResource struct{ Session *Session }

// Configure implements resource.ResourceWithConfigure and list.ListResourceWithConfigure.
func (r *ConfiguredResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.Session, _ = req.ProviderData.(*Session)
}

// ConfiguredDataSource is ConfiguredResource for data sources.
type ConfiguredDataSource struct{ Session *Session }

// Configure implements datasource.DataSourceWithConfigure.
func (d *ConfiguredDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.Session, _ = req.ProviderData.(*Session)
}

// ConfiguredAction is ConfiguredResource for actions.
type ConfiguredAction struct{ Session *Session }

// Configure implements action.ActionWithConfigure.
func (a *ConfiguredAction) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.Session, _ = req.ProviderData.(*Session)
}

// another begins another plan in the same process, after so many applies.
func (c *Session) another(applies uint64) {
	c.Ledger.another(applies)
	if c.preflight != nil {
		c.preflight.another()
	}
	if c.Client != nil {
		c.Client.Forget()
	}
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// An Activation finishes an installation that the owner of a location has begun.
type Activation struct {
	LocationID    int64
	ApplicationID int64
	// APIKey is the key that Altegio sends to the application; a secret. "" sends none.
	APIKey string
	// WebhookURLs are registered for events of the location; an empty list sends none.
	WebhookURLs []string
	// Channels are the channels that the application offers; an empty list sends none.
	Channels []ChannelSlug
	// ChatURL is an https page for the location's chat, and replaces any chat that is there. TipsURL is an
	// https page for tips. "" sends none. The vendor's own client sends these and the fields below; its
	// documentation does not have them.
	ChatURL string
	TipsURL string
	// Login and SecretKey are secrets of the integration. No vendor source shows how they are used. ""
	// sends none.
	Login     string
	SecretKey string
}

// Activate finishes a pending installation. If the application is already active there, the API answers 403
// and ignores the settings. A call with an unknown outcome is not repeated: read the Installation
// (marketplace_notification_settings_callback).
func (c *Client) Activate(ctx context.Context, a Activation) error {
	defer c.forgetInstallation(a.LocationID, a.ApplicationID)
	_, err := c.do(ctx, request{
		operation: "marketplace_notification_settings_callback",
		method:    http.MethodPost,
		base:      c.appURL,
		path:      "/marketplace/partner/callback",
		body: struct {
			SalonID       int64         `json:"salon_id"`
			ApplicationID int64         `json:"application_id"`
			APIKey        string        `json:"api_key,omitempty"`
			WebhookURLs   []string      `json:"webhook_urls,omitempty"`
			Channels      []ChannelSlug `json:"channels,omitempty"`
			ChatURL       string        `json:"chat_url,omitempty"`
			TipsURL       string        `json:"tips_url,omitempty"`
			Login         string        `json:"login,omitempty"`
			SecretKey     string        `json:"secret_key,omitempty"`
		}{a.LocationID, a.ApplicationID, a.APIKey, a.WebhookURLs, a.Channels, a.ChatURL, a.TipsURL, a.Login, a.SecretKey},
		secrets: []string{a.APIKey, a.Login, a.SecretKey},
	})
	return err
}

// GrantAccess begins an installation in the name of the location's owner. It becomes pending, or active for
// private and fast-install applications (API-49). It needs a user token
// (company/{location_id}/marketplace/applications/{application_id}/grant_access; not in the vendor's
// documentation).
func (c *Client) GrantAccess(ctx context.Context, locationID, applicationID int64) error {
	defer c.forgetInstallation(locationID, applicationID)
	_, err := c.do(ctx, request{
		operation: "grant_access",
		method:    http.MethodPost,
		base:      c.apiURL,
		path: "/company/" + strconv.FormatInt(locationID, 10) +
			"/marketplace/applications/" + strconv.FormatInt(applicationID, 10) + "/grant_access",
		asUser: true,
	})
	return err
}

// Uninstall disconnects an application from a location and deletes its settings there. Only the owner can
// connect it again (API-53). The error is ErrNotInstalled if it is not installed
// (uninstall_marketplace_app).
func (c *Client) Uninstall(ctx context.Context, locationID, applicationID int64) error {
	defer c.forgetInstallation(locationID, applicationID)
	_, err := c.do(ctx, request{
		operation: "uninstall_marketplace_app",
		method:    http.MethodPost,
		base:      c.appURL,
		path:      installationPath(locationID, applicationID) + "/uninstall",
	})
	if errors.Is(err, ErrGone) {
		return &notInstalledError{err: err}
	}
	return err
}

// A PaymentReport is a payment that the partner received. Dates have the form "2006-01-02 15:04:05".
type PaymentReport struct {
	LocationID    int64
	ApplicationID int64
	Sum           Decimal
	CurrencyISO   string
	PaymentDate   string
	PeriodFrom    string // inclusive
	PeriodTo      string // inclusive
}

// ReportPayment reports a payment and returns its id, which a refund needs; 0 if the API returns none.
// Every call creates another payment, so a call with an unknown outcome is not repeated
// (marketplace_notification_payment_callback).
func (c *Client) ReportPayment(ctx context.Context, p PaymentReport) (id int64, err error) {
	defer c.forgetInstallation(p.LocationID, p.ApplicationID)
	got, err := c.do(ctx, request{
		operation: "marketplace_notification_payment_callback",
		method:    http.MethodPost,
		base:      c.appURL,
		path:      "/marketplace/partner/payment",
		body: struct {
			SalonID       int64   `json:"salon_id"`
			ApplicationID int64   `json:"application_id"`
			CurrencyISO   string  `json:"currency_iso"`
			PaymentSum    Decimal `json:"payment_sum"`
			PaymentDate   string  `json:"payment_date"`
			PeriodFrom    string  `json:"period_from"`
			PeriodTo      string  `json:"period_to"`
		}{p.LocationID, p.ApplicationID, p.CurrencyISO, p.Sum, p.PaymentDate, p.PeriodFrom, p.PeriodTo},
	})
	if err != nil {
		return 0, err
	}
	var paid struct {
		ID wireInt `json:"id"`
	}
	// The payment is reported, whatever the form of the data.
	_ = json.Unmarshal(got.data, &paid)
	return int64(paid.ID), nil
}

// RefundPayment reports that a payment was refunded. The API ends an active subscription within an hour
// (API-60). A call with an unknown outcome is not repeated (marketplace_payment_refund_callback).
func (c *Client) RefundPayment(ctx context.Context, paymentID int64) error {
	_, err := c.do(ctx, request{
		operation: "marketplace_payment_refund_callback",
		method:    http.MethodPost,
		base:      c.appURL,
		path:      "/marketplace/partner/payment/refund/" + strconv.FormatInt(paymentID, 10),
	})
	return err
}

// SetSenderNames sets all SMS sender names that an application offers a location. Whether the API replaces
// the earlier names or adds to them is not documented (API-56). The names cannot be read back or removed
// (set_marketplace_notification_short_names).
func (c *Client) SetSenderNames(ctx context.Context, locationID, applicationID int64, names []string) error {
	_, err := c.do(ctx, request{
		operation: "set_marketplace_notification_short_names",
		method:    http.MethodPost,
		base:      c.appURL,
		path:      "/marketplace/partner/short_names",
		body: struct {
			SalonID       int64    `json:"salon_id"`
			ApplicationID int64    `json:"application_id"`
			ShortNames    []string `json:"short_names"`
		}{locationID, applicationID, names},
	})
	return err
}

// SetUpVoIP turns the telephony integration of the CRM that the token belongs to on or off. The API accepts
// the command and carries it out later. Its state cannot be read (voip_integration, command setup).
func (c *Client) SetUpVoIP(ctx context.Context, crmToken string, enable bool) error {
	kind := "disable"
	if enable {
		kind = "enable"
	}
	_, err := c.do(ctx, request{
		operation: "voip_integration",
		method:    http.MethodPost,
		base:      c.apiURL,
		path:      "/voip/integration",
		body: struct {
			Command  string `json:"command"`
			CRMToken string `json:"crm_token"`
			Type     string `json:"type"`
		}{"setup", crmToken, kind},
		secrets: []string{crmToken},
	})
	return err
}

// forgetInstallation is called after a call that may have changed whether an application is connected.
func (c *Client) forgetInstallation(locationID, applicationID int64) {
	c.installations.forget(installationKey{locationID, applicationID})
	c.listings.forget(applicationID)
}

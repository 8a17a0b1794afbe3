// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"net/http"
)

// A ChannelSlug names a notification channel.
type ChannelSlug string

// The channels that the API knows for a marketplace application.
const (
	ChannelSMS      ChannelSlug = "sms"
	ChannelWhatsApp ChannelSlug = "whatsapp"
)

// ChannelSlugs lists every channel that the API accepts.
func ChannelSlugs() []ChannelSlug {
	return []ChannelSlug{ChannelSMS, ChannelWhatsApp}
}

// A Channel says whether an application offers a notification channel at a location.
type Channel struct {
	LocationID    int64
	ApplicationID int64
	Slug          ChannelSlug
	IsAvailable   bool
}

// SetChannel makes a notification channel available or unavailable at a location. Only applications of the
// categories Chat Bots and SMS Aggregators have channels. The API has no way to read the value (API-23).
// The call is absolute, so a failed one is repeated. A success with an empty body is not documented, and is
// reported to the Observer as NoticeUnconfirmed (update_channel).
func (c *Client) SetChannel(ctx context.Context, channel Channel) error {
	err := c.confirm(ctx, request{
		operation: "update_channel",
		method:    http.MethodPost,
		base:      c.apiURL,
		path:      "/marketplace/application/update_channel",
		body: struct {
			SalonID       int64       `json:"salon_id"`
			ApplicationID int64       `json:"application_id"`
			ChannelSlug   ChannelSlug `json:"channel_slug"`
			IsAvailable   bool        `json:"is_available"`
		}{channel.LocationID, channel.ApplicationID, channel.Slug, channel.IsAvailable},
		repeatable: true,
		disputed:   true,
	})
	if err != nil {
		// The reason may be that the application is no longer installed.
		c.installations.forget(installationKey{channel.LocationID, channel.ApplicationID})
	}
	return err
}

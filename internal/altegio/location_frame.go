// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"net/http"
)

// A LocationFrameType names a panel in the sidebar of a location.
type LocationFrameType string

// The panels that the API accepts. Only the chat is known to work.
const (
	LocationFrameChat        LocationFrameType = "chat"
	LocationFrameWaitingList LocationFrameType = "waiting_list"
	LocationFrameTaskTracker LocationFrameType = "task_tracker"
)

// LocationFrameTypes lists every panel that the API accepts.
func LocationFrameTypes() []LocationFrameType {
	return []LocationFrameType{LocationFrameChat, LocationFrameWaitingList, LocationFrameTaskTracker}
}

// A LocationFrame is a panel of an application in the sidebar of a location.
type LocationFrame struct {
	LocationID    int64
	ApplicationID int64
	Type          LocationFrameType
	URL           string // https; "" for none
}

// SetLocationFrame sets a panel of a location, or removes it. A success does not prove that the panel is
// shown: a location has one chat, and if another application has it, the API does nothing and returns the
// same answer. The API has no way to read a panel. Whether a second call does the same as the first is not
// known, so a call with an unknown outcome is not repeated (POST /marketplace/application/install_frame;
// not in the vendor's documentation).
func (c *Client) SetLocationFrame(ctx context.Context, frame LocationFrame) error {
	defer c.installations.forget(installationKey{frame.LocationID, frame.ApplicationID})
	var url *string
	if frame.URL != "" {
		url = &frame.URL
	}
	_, err := c.do(ctx, request{
		operation: "install_frame",
		method:    http.MethodPost,
		base:      c.appURL,
		path:      "/marketplace/application/install_frame",
		body: struct {
			SalonID       int64             `json:"salon_id"`
			ApplicationID int64             `json:"application_id"`
			Type          LocationFrameType `json:"type"`
			URL           *string           `json:"url"`
		}{frame.LocationID, frame.ApplicationID, frame.Type, url},
	})
	return err
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"net/http"
)

// ModerationInstructions tell the vendor's moderators how to try an application. Each is "" or has 3 to
// 1000 characters; nil if the API does not return it.
type ModerationInstructions struct {
	Connect *string // how a location connects it
	Payment *string // how a location pays for it
}

// Instructions returns the instructions of the application's moderation. Their names in the answer are
// assumed to be those of the request, because no vendor source shows them (API-75).
func (a *Application) Instructions() ModerationInstructions {
	var read struct {
		Connect *cardText `json:"connect_instruction"`
		Payment *cardText `json:"payment_instruction"`
	}
	if json.Unmarshal(a.Moderation, &read) != nil {
		return ModerationInstructions{}
	}
	return ModerationInstructions{(*string)(read.Connect), (*string)(read.Payment)}
}

// SetModerationInstructions replaces both instructions; nil is sent as "". The call is absolute, so a
// failed one is repeated. It needs a user token (PUT
// /marketplace/developers/companies/{partner_id}/applications/{application_id}/moderation; not in the
// vendor's documentation).
func (c *Client) SetModerationInstructions(ctx context.Context, accountID, applicationID int64, i ModerationInstructions) error {
	body := struct {
		Connect string `json:"connect_instruction"`
		Payment string `json:"payment_instruction"`
	}{}
	if i.Connect != nil {
		body.Connect = *i.Connect
	}
	if i.Payment != nil {
		body.Payment = *i.Payment
	}
	defer c.applications.forget(accountID)
	_, err := c.do(ctx, request{
		operation: "developers_application_moderation", method: http.MethodPut, base: c.apiURL,
		path: applicationPath(accountID, applicationID) + "/moderation", asUser: true, repeatable: true, body: body,
	})
	return err
}

// StartModeration submits an application to the vendor's moderators, who decide later. A call with an
// unknown outcome is not repeated; the application's Moderation may show what happened. It needs a user
// token (POST
// /marketplace/developers/companies/{partner_id}/applications/{application_id}/moderation/start; not in the
// vendor's documentation).
func (c *Client) StartModeration(ctx context.Context, accountID, applicationID int64) error {
	defer c.applications.forget(accountID)
	_, err := c.do(ctx, request{
		operation: "developers_application_moderation_start", method: http.MethodPost, base: c.apiURL,
		path: applicationPath(accountID, applicationID) + "/moderation/start", asUser: true,
	})
	return err
}

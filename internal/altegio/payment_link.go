// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"net/url"
	"strconv"
)

// A PaymentLinkRequest describes a payment link.
type PaymentLinkRequest struct {
	LocationID    int64
	ApplicationID int64
	// Discount is in percent, 0 to 100; empty sends none.
	Discount Decimal
	// TariffOptionID selects an option of a tariff, see Tariffs; 0 sends none.
	TariffOptionID int64
}

// PaymentLink returns a signed URL where a location pays for the application. Whoever has it gets the
// discount, so treat it as a secret. The API answers 404 if the application is not installed at the
// location or has no tariff (payment_link).
func (c *Client) PaymentLink(ctx context.Context, r PaymentLinkRequest) (string, error) {
	query := url.Values{
		"salon_id":       {strconv.FormatInt(r.LocationID, 10)},
		"application_id": {strconv.FormatInt(r.ApplicationID, 10)},
	}
	if r.Discount != "" {
		query.Set("discount", string(r.Discount))
	}
	if r.TariffOptionID != 0 {
		query.Set("tariff_option_id", strconv.FormatInt(r.TariffOptionID, 10))
	}
	request := request{
		operation: "payment_link",
		base:      c.apiURL,
		path:      "/marketplace/application/payment_link",
		query:     query,
		disputed:  true,
	}
	link, err := get[struct {
		URL string `json:"url"`
	}](ctx, c, request)
	if err != nil {
		return "", err
	}
	if link.URL == "" {
		return "", request.unexpected(0, "the answer has no url")
	}
	return link.URL, nil
}

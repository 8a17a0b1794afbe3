// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"strconv"
)

// A DeveloperAccount is a partner's account in the Developer Cabinet. Texts are "" where the API did
// not say.
type DeveloperAccount struct {
	ID               int64 // the partner id of every operation on the account's applications
	Title            string
	Name             string
	Description      string
	CompanyName      string
	RegNumber        string
	LegalType        string // llc, cjsc, jsc, ie, np, le or a newer one
	CountryID        int64  // 0 when the API did not say
	Phone            string
	Email            string
	WebsiteURL       string
	PrivacyPolicyURL string
}

// DeveloperAccounts lists the developer accounts of the user. The answer contains the partner token of
// each, which is not decoded. It needs a user token (GET /marketplace/developers/companies; not in the
// vendor's documentation).
func (c *Client) DeveloperAccounts(ctx context.Context) ([]DeveloperAccount, error) {
	// Only members that are named here are read: partner_system has a token.
	type account struct {
		ID               wireInt  `json:"id"`
		Title            wireText `json:"title"`
		Name             wireText `json:"name"`
		Description      wireText `json:"description"`
		CompanyName      wireText `json:"company_name"`
		RegNumber        wireText `json:"reg_number"`
		LegalType        wireText `json:"legal_type"`
		CountryID        wireInt  `json:"country_id"`
		Phone            wireText `json:"phone"`
		Email            wireText `json:"email"`
		WebsiteURL       wireText `json:"website_url"`
		PrivacyPolicyURL wireText `json:"privacy_policy_url"`
	}
	r := request{
		operation: "developers_companies", base: c.apiURL, path: developersPath, asUser: true, maxAnswer: maxDictionary,
	}
	rows, err := get[wireList[account]](ctx, c, r)
	if err == nil {
		err = requireIDs(r, "a developer account", rows, func(a account) wireInt { return a.ID })
	}
	if err != nil {
		return nil, err
	}
	accounts := make([]DeveloperAccount, 0, len(rows))
	for _, a := range rows {
		accounts = append(accounts, DeveloperAccount{
			ID: int64(a.ID), Title: string(a.Title), Name: string(a.Name), Description: string(a.Description),
			CompanyName: string(a.CompanyName), RegNumber: string(a.RegNumber), LegalType: string(a.LegalType),
			CountryID: int64(a.CountryID), Phone: string(a.Phone), Email: string(a.Email), WebsiteURL: string(a.WebsiteURL),
			PrivacyPolicyURL: string(a.PrivacyPolicyURL),
		})
	}
	return accounts, nil
}

const developersPath = "/marketplace/developers/companies"

func applicationsPath(accountID int64) string {
	return developersPath + "/" + strconv.FormatInt(accountID, 10) + "/applications"
}

func applicationPath(accountID, applicationID int64) string {
	return applicationsPath(accountID) + "/" + strconv.FormatInt(applicationID, 10)
}

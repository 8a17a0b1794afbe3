// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"net/url"
	"strconv"
)

// A Country as the API knows it.
type Country struct {
	ID            int64
	Title         string
	FullTitle     string
	ISOCode       string // two letters
	PhoneCode     string
	PhoneTemplate string
	PhoneExample  string
	Currency      string // a symbol
	Exchange      Decimal
	LangID        int64
	GroupType     string
	IsEU          bool
}

// Countries lists all countries (countries).
func (c *Client) Countries(ctx context.Context) ([]Country, error) {
	type country struct {
		ID            wireInt  `json:"id"`
		Title         wireText `json:"title"`
		FullTitle     wireText `json:"full_title"`
		ISOCode       wireText `json:"iso_code"`
		PhoneCode     wireText `json:"phone_code"`
		PhoneTemplate wireText `json:"phone_template"`
		PhoneExample  wireText `json:"phone_example"`
		Currency      wireText `json:"currency"`
		Exchange      Decimal  `json:"exchange"`
		LangID        wireInt  `json:"lang_id"`
		GroupType     wireText `json:"group_type"`
		IsEU          wireBool `json:"is_eu"`
	}
	r := request{operation: "countries", base: c.apiURL, path: "/countries", maxAnswer: maxDictionary}
	rows, err := get[[]country](ctx, c, r)
	if err == nil {
		err = requireIDs(r, "a country", rows, func(c country) wireInt { return c.ID })
	}
	if err != nil {
		return nil, err
	}
	countries := make([]Country, 0, len(rows))
	for _, r := range rows {
		countries = append(countries, Country{
			ID: int64(r.ID), Title: string(r.Title), FullTitle: string(r.FullTitle), ISOCode: string(r.ISOCode),
			PhoneCode: string(r.PhoneCode), PhoneTemplate: string(r.PhoneTemplate), PhoneExample: string(r.PhoneExample),
			Currency: string(r.Currency), Exchange: r.Exchange, LangID: int64(r.LangID), GroupType: string(r.GroupType),
			IsEU: bool(r.IsEU),
		})
	}
	return countries, nil
}

// A City as the API knows it.
type City struct {
	ID        int64
	CountryID int64
	Title     string
}

// Cities lists cities: all, or those of a country, together with that of a location. 0 leaves a
// filter out (cities).
func (c *Client) Cities(ctx context.Context, countryID, locationID int64) ([]City, error) {
	query := url.Values{}
	if countryID != 0 {
		query.Set("country_id", strconv.FormatInt(countryID, 10))
	}
	if locationID != 0 {
		query.Set("company_id", strconv.FormatInt(locationID, 10))
	}
	type city struct {
		ID        wireInt  `json:"id"`
		CountryID wireInt  `json:"country_id"`
		Title     wireText `json:"title"`
	}
	r := request{operation: "cities", base: c.apiURL, path: "/cities", query: query, maxAnswer: maxDictionary}
	rows, err := get[[]city](ctx, c, r)
	if err == nil {
		err = requireIDs(r, "a city", rows, func(c city) wireInt { return c.ID })
	}
	if err != nil {
		return nil, err
	}
	cities := make([]City, 0, len(rows))
	for _, r := range rows {
		cities = append(cities, City{ID: int64(r.ID), CountryID: int64(r.CountryID), Title: string(r.Title)})
	}
	return cities, nil
}

// A BusinessGroup is a group of kinds of business.
type BusinessGroup struct {
	ID         int64
	Title      string
	Image      string
	ImageSmall string
	Types      []BusinessType
}

// A BusinessType is a kind of business.
type BusinessType struct {
	ID    int64
	Title string
}

// BusinessGroups lists all groups of kinds of business. The vendor's documentation
// contradicts itself on whether it needs a user token (API-69); one is sent when the client has it
// (references/business_groups_with_types).
func (c *Client) BusinessGroups(ctx context.Context) ([]BusinessGroup, error) {
	type kind struct {
		ID    wireInt  `json:"id"`
		Title wireText `json:"title"`
	}
	type group struct {
		ID         wireInt  `json:"id"`
		Title      wireText `json:"title"`
		Image      wireText `json:"image"`
		ImageSmall wireText `json:"image_small"`
		Types      []kind   `json:"types"`
	}
	r := request{
		operation: "business_groups_with_types", base: c.apiURL, path: "/references/business_groups_with_types",
		asUser: c.userToken != "", maxAnswer: maxDictionary,
	}
	rows, err := get[[]group](ctx, c, r)
	if err == nil {
		err = requireIDs(r, "a business group", rows, func(g group) wireInt { return g.ID })
	}
	if err != nil {
		return nil, err
	}
	groups := make([]BusinessGroup, 0, len(rows))
	for _, row := range rows {
		if err := requireIDs(r, "a kind of business", row.Types, func(k kind) wireInt { return k.ID }); err != nil {
			return nil, err
		}
		group := BusinessGroup{ID: int64(row.ID), Title: string(row.Title), Image: string(row.Image), ImageSmall: string(row.ImageSmall)}
		for _, t := range row.Types {
			group.Types = append(group.Types, BusinessType{ID: int64(t.ID), Title: string(t.Title)})
		}
		groups = append(groups, group)
	}
	return groups, nil
}

const maxDictionary = 16 << 20

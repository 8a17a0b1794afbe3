// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"net/url"
	"strconv"
)

// A Country is a country in the API's dictionary.
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
	r := request{operation: "countries", base: c.apiURL, path: "/countries", maxAnswer: maxDictionary}
	return getRows(ctx, c, r, (*Country).set, func(c *Country) int64 { return c.ID })
}

func (c *Country) set(f field) error {
	switch string(f.name) {
	case "id":
		return f.id(&c.ID)
	case "title":
		return f.text(&c.Title)
	case "full_title":
		return f.text(&c.FullTitle)
	case "iso_code":
		return f.text(&c.ISOCode)
	case "phone_code":
		return f.text(&c.PhoneCode)
	case "phone_template":
		return f.text(&c.PhoneTemplate)
	case "phone_example":
		return f.text(&c.PhoneExample)
	case "currency":
		return f.text(&c.Currency)
	case "exchange":
		return f.decimal(&c.Exchange)
	case "lang_id":
		return f.integer(&c.LangID)
	case "group_type":
		return f.text(&c.GroupType)
	case "is_eu":
		return f.flag(&c.IsEU)
	}
	return nil
}

// A City is a city in the API's dictionary.
type City struct {
	ID        int64
	CountryID int64
	Title     string
}

// Cities lists all cities, or those of a country, and also the city of a location. 0 means no filter
// (cities).
func (c *Client) Cities(ctx context.Context, countryID, locationID int64) ([]City, error) {
	query := url.Values{}
	if countryID != 0 {
		query.Set("country_id", strconv.FormatInt(countryID, 10))
	}
	if locationID != 0 {
		query.Set("company_id", strconv.FormatInt(locationID, 10))
	}
	r := request{operation: "cities", base: c.apiURL, path: "/cities", query: query, maxAnswer: maxDictionary}
	return getRows(ctx, c, r, (*City).set, func(c *City) int64 { return c.ID })
}

func (c *City) set(f field) error {
	switch string(f.name) {
	case "id":
		return f.id(&c.ID)
	case "country_id":
		return f.integer(&c.CountryID)
	case "title":
		return f.text(&c.Title)
	}
	return nil
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

// BusinessGroups lists all groups of kinds of business. The vendor's documentation contradicts itself on
// whether it needs a user token (API-69); it is sent if the client has one
// (references/business_groups_with_types).
func (c *Client) BusinessGroups(ctx context.Context) ([]BusinessGroup, error) {
	r := request{
		operation: "business_groups_with_types", base: c.apiURL, path: "/references/business_groups_with_types",
		asUser: c.userToken != "", maxAnswer: maxDictionary,
	}
	return getRows(ctx, c, r, (*BusinessGroup).set, func(g *BusinessGroup) int64 { return g.ID })
}

func (g *BusinessGroup) set(f field) (err error) {
	switch string(f.name) {
	case "id":
		return f.id(&g.ID)
	case "title":
		return f.text(&g.Title)
	case "image":
		return f.text(&g.Image)
	case "image_small":
		return f.text(&g.ImageSmall)
	case "types":
		g.Types, err = readRows(f.json, (*BusinessType).set, func(t *BusinessType) int64 { return t.ID })
	}
	return err
}

func (t *BusinessType) set(f field) error {
	switch string(f.name) {
	case "id":
		return f.id(&t.ID)
	case "title":
		return f.text(&t.Title)
	}
	return nil
}

const maxDictionary = 16 << 20

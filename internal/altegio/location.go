// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// A Location is a place of business that an application is connected to. What the API did not say
// is empty. It says nothing of the status of the connection.
type Location struct {
	ID                    int64
	Title                 string
	PublicTitle           string
	ShortDescr            string // what kind of business it is
	Description           string // HTML
	Logo                  string // URL
	Active                bool
	Phone                 string
	Phones                []string
	Email                 string
	CountryID             int64
	Country               string
	CityID                int64
	City                  string
	Address               string
	CoordinateLat         Decimal // degrees
	CoordinateLon         Decimal // degrees
	Timezone              Decimal // hours east of UTC
	TimezoneName          string  // such as "America/New_York"
	Schedule              string
	PhoneConfirmation     bool
	ActiveStaffCount      int64
	NextSlot              string
	AppIOS                string
	AppAndroid            string
	CurrencyShortTitle    string // a symbol, not an ISO code
	RemindsSMSDisabled    bool
	RemindsSMSDefault     int64
	GroupPriority         int64
	BookformGroupPriority int64
	Photos                []string // URLs
	CompanyPhotos         []string // URLs
	BookingWidgetPromo    string   // JSON of undocumented content (API-30), "" when the API gave none
}

type wireLocation struct {
	ID                    wireInt         `json:"id"`
	Title                 wireText        `json:"title"`
	PublicTitle           wireText        `json:"public_title"`
	ShortDescr            wireText        `json:"short_descr"`
	Description           wireText        `json:"description"`
	Logo                  wireText        `json:"logo"`
	Active                wireBool        `json:"active"`
	Phone                 wireText        `json:"phone"`
	Phones                wireTexts       `json:"phones"`
	Email                 wireText        `json:"email"`
	CountryID             wireInt         `json:"country_id"`
	Country               wireText        `json:"country"`
	CityID                wireInt         `json:"city_id"`
	City                  wireText        `json:"city"`
	Address               wireText        `json:"address"`
	CoordinateLat         Decimal         `json:"coordinate_lat"`
	CoordinateLon         Decimal         `json:"coordinate_lon"`
	Timezone              Decimal         `json:"timezone"`
	TimezoneName          wireText        `json:"timezone_name"`
	Schedule              wireText        `json:"schedule"`
	PhoneConfirmation     wireBool        `json:"phone_confirmation"`
	ActiveStaffCount      wireInt         `json:"active_staff_count"`
	NextSlot              wireText        `json:"next_slot"`
	AppIOS                wireText        `json:"app_ios"`
	AppAndroid            wireText        `json:"app_android"`
	CurrencyShortTitle    wireText        `json:"currency_short_title"`
	RemindsSMSDisabled    wireBool        `json:"reminds_sms_disabled"`
	RemindsSMSDefault     wireInt         `json:"reminds_sms_default"`
	GroupPriority         wireInt         `json:"group_priority"`
	BookformGroupPriority wireInt         `json:"bookform_group_priority"`
	Photos                wireTexts       `json:"photos"`
	CompanyPhotos         wireTexts       `json:"company_photos"`
	BookingWidgetPromo    json.RawMessage `json:"booking_widget_promo"`
}

func (w wireLocation) location() Location {
	l := Location{
		ID: int64(w.ID), Title: string(w.Title), PublicTitle: string(w.PublicTitle),
		ShortDescr: string(w.ShortDescr), Description: string(w.Description), Logo: string(w.Logo),
		Active: bool(w.Active), Phone: string(w.Phone), Phones: w.Phones, Email: string(w.Email),
		CountryID: int64(w.CountryID), Country: string(w.Country), CityID: int64(w.CityID), City: string(w.City),
		Address: string(w.Address), CoordinateLat: w.CoordinateLat, CoordinateLon: w.CoordinateLon,
		Timezone: w.Timezone, TimezoneName: string(w.TimezoneName), Schedule: string(w.Schedule),
		PhoneConfirmation: bool(w.PhoneConfirmation), ActiveStaffCount: int64(w.ActiveStaffCount),
		NextSlot: string(w.NextSlot), AppIOS: string(w.AppIOS), AppAndroid: string(w.AppAndroid),
		CurrencyShortTitle: string(w.CurrencyShortTitle), RemindsSMSDisabled: bool(w.RemindsSMSDisabled),
		RemindsSMSDefault: int64(w.RemindsSMSDefault), GroupPriority: int64(w.GroupPriority),
		BookformGroupPriority: int64(w.BookformGroupPriority), Photos: w.Photos, CompanyPhotos: w.CompanyPhotos,
	}
	if promo := string(w.BookingWidgetPromo); promo != "null" {
		l.BookingWidgetPromo = promo
	}
	return l
}

const (
	locationsPerPage = 1000 // the most that the API gives
	maxListingPage   = 64 << 20
)

// Locations iterates over the locations that an application is connected to, in the API's order,
// each once. Pages are asked for as they are needed, and the iteration ends with the first error.
// The API neither says how many there are nor which statuses it lists
// (list_marketplace_app_locations).
func (c *Client) Locations(ctx context.Context, applicationID int64) iter.Seq2[Location, error] {
	return func(yield func(Location, error) bool) {
		for row, err := range listLocations(ctx, c, applicationID, func(w wireLocation) wireInt { return w.ID }) {
			if !yield(row.location(), err) {
				return
			}
		}
	}
}

// listLocations decodes as much of each location as T holds.
func listLocations[T any](ctx context.Context, c *Client, applicationID int64, id func(T) wireInt) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		seen := make(map[wireInt]struct{})
		for page := 1; ; page++ {
			r := request{
				operation: "list_marketplace_app_locations",
				base:      c.appURL,
				path:      "/marketplace/application/" + strconv.FormatInt(applicationID, 10) + "/salons",
				query: url.Values{
					"page":  {strconv.Itoa(page)},
					"count": {strconv.Itoa(locationsPerPage)},
				},
				maxAnswer: maxListingPage,
			}
			rows, err := get[[]T](ctx, c, r)
			if err == nil {
				err = requireIDs(r, "a location", rows, id)
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			before := len(seen)
			for _, row := range rows {
				if _, ok := seen[id(row)]; ok {
					continue
				}
				seen[id(row)] = struct{}{}
				if !yield(row, nil) {
					return
				}
			}
			// A server that ignores the page would go on for ever.
			if len(rows) < locationsPerPage || len(seen) == before {
				return
			}
		}
	}
}

// SharedLocationIDs returns the ids of the locations that an application is connected to, listed
// once in the life of the client: later calls, and calls made at the same moment, get the same set,
// which must not be changed. A call of this client that connects or disconnects the application
// makes the next one list again. Failures are not remembered.
func (c *Client) SharedLocationIDs(ctx context.Context, applicationID int64) (map[int64]struct{}, error) {
	return c.listings.get(ctx, applicationID, func(ctx context.Context) (map[int64]struct{}, error) {
		type row struct {
			ID wireInt `json:"id"`
		}
		ids := make(map[int64]struct{})
		for location, err := range listLocations(ctx, c, applicationID, func(r row) wireInt { return r.ID }) {
			if err != nil {
				return nil, err
			}
			ids[int64(location.ID)] = struct{}{}
		}
		return ids, nil
	})
}

// A Tariff is a price list of an application.
type Tariff struct {
	ID      int64
	Title   string
	Options []TariffOption
}

// A TariffOption is what a location can choose in a tariff.
type TariffOption struct {
	ID                 int64
	Title              string
	OverallPrice       Decimal
	CurrencyISO        string
	DurationInMonths   int64
	FreePeriodInMonths int64
	StaffAmount        int64 // the most team members it is for
}

// Tariffs lists an application's tariffs. They can't be changed through the API
// (marketplace_partner_applications_tariffs_list).
func (c *Client) Tariffs(ctx context.Context, applicationID int64) ([]Tariff, error) {
	type option struct {
		ID                 wireInt  `json:"id"`
		Title              wireText `json:"title"`
		OverallPrice       Decimal  `json:"overall_price"`
		CurrencyISO        wireText `json:"currency_iso"`
		DurationInMonths   wireInt  `json:"duration_in_months"`
		FreePeriodInMonths wireInt  `json:"free_period_in_months"`
		StaffAmount        wireInt  `json:"staff_amount"`
	}
	type tariff struct {
		ID      wireInt  `json:"id"`
		Title   wireText `json:"title"`
		Options []option `json:"options"`
	}
	r := request{
		operation: "marketplace_partner_applications_tariffs_list",
		base:      c.apiURL,
		path:      "/marketplace/application/" + strconv.FormatInt(applicationID, 10) + "/tariffs",
	}
	rows, err := get[[]tariff](ctx, c, r)
	if err == nil {
		err = requireIDs(r, "a tariff", rows, func(t tariff) wireInt { return t.ID })
	}
	if err != nil {
		return nil, err
	}
	tariffs := make([]Tariff, 0, len(rows))
	for _, row := range rows {
		if err := requireIDs(r, "an option of a tariff", row.Options, func(o option) wireInt { return o.ID }); err != nil {
			return nil, err
		}
		tariff := Tariff{ID: int64(row.ID), Title: string(row.Title)}
		for _, o := range row.Options {
			tariff.Options = append(tariff.Options, TariffOption{
				ID: int64(o.ID), Title: string(o.Title), OverallPrice: o.OverallPrice, CurrencyISO: string(o.CurrencyISO),
				DurationInMonths: int64(o.DurationInMonths), FreePeriodInMonths: int64(o.FreePeriodInMonths),
				StaffAmount: int64(o.StaffAmount),
			})
		}
		tariffs = append(tariffs, tariff)
	}
	return tariffs, nil
}

// MaxDiscountLocations is the most locations that one SetDiscount takes.
const MaxDiscountLocations = 1000

// SetDiscount sets the payment discount of an application for locations, at most
// MaxDiscountLocations of them. The unit is "percentage or fixed amount depending on
// configuration", and neither its lifetime, nor the effect of 0, nor that of a repeated call is
// documented; it can't be read back. A call whose outcome is open is not repeated
// (marketplace_partner_application_add_discount).
func (c *Client) SetDiscount(ctx context.Context, applicationID int64, locationIDs []int64, discount Decimal) error {
	_, err := c.do(ctx, request{
		operation: "marketplace_partner_application_add_discount",
		method:    http.MethodPost,
		base:      c.apiURL,
		path:      "/marketplace/application/add_discount",
		body: struct {
			SalonIDs      []int64 `json:"salon_ids"`
			ApplicationID int64   `json:"application_id"`
			Discount      Decimal `json:"discount"`
		}{locationIDs, applicationID, discount},
	})
	return err
}

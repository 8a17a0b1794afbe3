// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"iter"
	"net/http"
	"strconv"
)

// A Location is a place of business that an application is connected to. A field that the API does not
// return is empty. The status of the connection is not included.
type Location struct {
	ID                    int64
	Title                 string
	PublicTitle           string
	ShortDescr            string // kind of business
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

	// Unread has the API's names of the fields that could not be read, and are empty for that reason. An
	// Observer gets the reasons.
	Unread []string
}

func (l *Location) set(f field) error {
	switch string(f.name) {
	case "id":
		return f.id(&l.ID)
	case "title":
		return f.text(&l.Title)
	case "public_title":
		return f.text(&l.PublicTitle)
	case "short_descr":
		return f.text(&l.ShortDescr)
	case "description":
		return f.text(&l.Description)
	case "logo":
		return f.text(&l.Logo)
	case "active":
		return f.flag(&l.Active)
	case "phone":
		return f.text(&l.Phone)
	case "phones":
		return f.texts(&l.Phones)
	case "email":
		return f.text(&l.Email)
	case "country_id":
		return f.integer(&l.CountryID)
	case "country":
		return f.text(&l.Country)
	case "city_id":
		return f.integer(&l.CityID)
	case "city":
		return f.text(&l.City)
	case "address":
		return f.text(&l.Address)
	case "coordinate_lat":
		return f.decimal(&l.CoordinateLat)
	case "coordinate_lon":
		return f.decimal(&l.CoordinateLon)
	case "timezone":
		return f.decimal(&l.Timezone)
	case "timezone_name":
		return f.text(&l.TimezoneName)
	case "schedule":
		return f.text(&l.Schedule)
	case "phone_confirmation":
		return f.flag(&l.PhoneConfirmation)
	case "active_staff_count":
		return f.integer(&l.ActiveStaffCount)
	case "next_slot":
		return f.text(&l.NextSlot)
	case "app_ios":
		return f.text(&l.AppIOS)
	case "app_android":
		return f.text(&l.AppAndroid)
	case "currency_short_title":
		return f.text(&l.CurrencyShortTitle)
	case "reminds_sms_disabled":
		return f.flag(&l.RemindsSMSDisabled)
	case "reminds_sms_default":
		return f.integer(&l.RemindsSMSDefault)
	case "group_priority":
		return f.integer(&l.GroupPriority)
	case "bookform_group_priority":
		return f.integer(&l.BookformGroupPriority)
	case "photos":
		return f.texts(&l.Photos)
	case "company_photos":
		return f.texts(&l.CompanyPhotos)
	case "booking_widget_promo":
		if string(f.json) != "null" {
			l.BookingWidgetPromo = string(f.json)
		}
	}
	return nil
}

// Locations iterates over the locations that an application is connected to, each once, in no particular
// order. It requests pages as they are needed, and ends with the first error. It also fails if the listing
// is not reliable, because the server ignores the page number, or does not end. The API returns neither the
// number of locations nor their statuses (list_marketplace_app_locations).
func (c *Client) Locations(ctx context.Context, applicationID int64) iter.Seq2[Location, error] {
	return listLocations(ctx, c, applicationID, endOfListings)
}

func listLocations(ctx context.Context, c *Client, applicationID int64, end listingEnd) iter.Seq2[Location, error] {
	return list(ctx, c, applicationID, lister[Location]{
		set:    (*Location).set,
		id:     func(l *Location) int64 { return l.ID },
		unread: func(l *Location, field string) { l.Unread = append(l.Unread, field) },
		end:    end,
	})
}

// SharedLocationIDs returns the ids of the locations that an application is connected to. It lists them
// once in the life of the client: later and concurrent calls return the same set, which must not be
// changed. After a call that connects or disconnects the application, the next call lists them again. It
// fails as Locations does, and failures are not remembered.
func (c *Client) SharedLocationIDs(ctx context.Context, applicationID int64) (map[int64]struct{}, error) {
	return c.listings.get(ctx, applicationID, func(ctx context.Context) (map[int64]struct{}, error) {
		ids := make(map[int64]struct{})
		for id, err := range list(ctx, c, applicationID, lister[int64]{
			set: func(id *int64, f field) error {
				if string(f.name) == "id" {
					return f.id(id)
				}
				return nil
			},
			id:  func(id *int64) int64 { return *id },
			end: endOfListings,
		}) {
			if err != nil {
				return nil, err
			}
			ids[id] = struct{}{}
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

// A TariffOption is an option of a tariff that a location can choose.
type TariffOption struct {
	ID                 int64
	Title              string
	OverallPrice       Decimal
	CurrencyISO        string
	DurationInMonths   int64
	FreePeriodInMonths int64
	StaffAmount        int64 // maximum number of team members
}

// Tariffs lists an application's tariffs. The API has no way to change them
// (marketplace_partner_applications_tariffs_list).
func (c *Client) Tariffs(ctx context.Context, applicationID int64) ([]Tariff, error) {
	return getRows(ctx, c, request{
		operation: "marketplace_partner_applications_tariffs_list",
		base:      c.apiURL,
		path:      "/marketplace/application/" + strconv.FormatInt(applicationID, 10) + "/tariffs",
		disputed:  true,
	}, (*Tariff).set, func(t *Tariff) int64 { return t.ID })
}

func (t *Tariff) set(f field) (err error) {
	switch string(f.name) {
	case "id":
		return f.id(&t.ID)
	case "title":
		return f.text(&t.Title)
	case "options":
		t.Options, err = readRows(f.json, (*TariffOption).set, func(o *TariffOption) int64 { return o.ID })
	}
	return err
}

func (o *TariffOption) set(f field) error {
	switch string(f.name) {
	case "id":
		return f.id(&o.ID)
	case "title":
		return f.text(&o.Title)
	case "overall_price":
		return f.decimal(&o.OverallPrice)
	case "currency_iso":
		return f.text(&o.CurrencyISO)
	case "duration_in_months":
		return f.integer(&o.DurationInMonths)
	case "free_period_in_months":
		return f.integer(&o.FreePeriodInMonths)
	case "staff_amount":
		return f.integer(&o.StaffAmount)
	}
	return nil
}

// MaxDiscountLocations is the maximum number of locations in one SetDiscount.
const MaxDiscountLocations = 1000

// SetDiscount sets the payment discount of an application for locations, at most MaxDiscountLocations of
// them. The unit is "percentage or fixed amount depending on configuration". How long it lasts, and what a
// 0 or a second call does, is not documented (API-39). It cannot be read back. A call with an unknown
// outcome is not repeated. A success with an empty body is reported to the Observer as NoticeUnconfirmed
// (marketplace_partner_application_add_discount).
func (c *Client) SetDiscount(ctx context.Context, applicationID int64, locationIDs []int64, discount Decimal) error {
	return c.confirm(ctx, request{
		operation: "marketplace_partner_application_add_discount",
		method:    http.MethodPost,
		base:      c.apiURL,
		path:      "/marketplace/application/add_discount",
		body: struct {
			SalonIDs      []int64 `json:"salon_ids"`
			ApplicationID int64   `json:"application_id"`
			Discount      Decimal `json:"discount"`
		}{locationIDs, applicationID, discount},
		disputed: true,
	})
}

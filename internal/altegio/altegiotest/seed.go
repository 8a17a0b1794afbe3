// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// The categories of applications that have notification channels. The API's own slugs for them are
// not published; these are the fake's.
const (
	CategoryChatBots       = "chat_bots"
	CategorySMSAggregators = "sms_aggregators"
)

// The statuses of an installation. The API may know more; [Server.SetStatus] takes any.
const (
	StatusPending     = "pending"
	StatusActive      = "active"
	StatusFreezed     = "freezed" // the API's spelling
	StatusUninstalled = "uninstalled"
)

// dateLayout is the format of every date in the API. It has no zone; the fake uses UTC.
const dateLayout = time.DateTime

// A Seed is the world that a server starts with.
type Seed struct {
	Applications   []Application   `json:"applications"`
	Locations      []Location      `json:"locations"`
	Installations  []Installation  `json:"installations"`
	Webhooks       []LocationHooks `json:"webhooks"`
	Countries      []Country       `json:"countries"`
	Cities         []City          `json:"cities"`
	BusinessGroups []BusinessGroup `json:"business_groups"`

	// The Developer Cabinet.
	Accounts []DeveloperAccount `json:"accounts"`
	Cards    []Card             `json:"cards"`
	Catalog  Catalog            `json:"catalog"`
}

// An Application is an application of the marketplace.
type Application struct {
	ID       int64    `json:"id"`
	Title    string   `json:"title"`
	Category string   `json:"category"` // one of the Category constants, or any other
	Tariffs  []Tariff `json:"tariffs"`  // payment links exist only for an application with tariffs

	// Foreign marks the application of another partner, to which the token gives no access.
	Foreign bool `json:"foreign"`

	// FastInstall marks an application that is active as soon as its owner grants access.
	FastInstall bool `json:"fast_install"`
}

// A Tariff is a price list of an application.
type Tariff struct {
	ID      int64          `json:"id"`
	Title   string         `json:"title"`
	Options []TariffOption `json:"options"`
}

// A TariffOption is one price of a tariff.
type TariffOption struct {
	ID                 int64       `json:"id"`
	Title              string      `json:"title"`
	OverallPrice       json.Number `json:"overall_price"`
	DurationInMonths   int64       `json:"duration_in_months"`
	CurrencyISO        string      `json:"currency_iso"`
	StaffAmount        int64       `json:"staff_amount"`
	FreePeriodInMonths int64       `json:"free_period_in_months"`
}

// A Location is a business location, which older texts call a salon or a company.
type Location struct {
	ID                 int64       `json:"id"`
	Title              string      `json:"title"`
	PublicTitle        string      `json:"public_title"` // Title if empty
	ShortDescription   string      `json:"short_descr"`
	Inactive           bool        `json:"inactive"`
	Phone              string      `json:"phone"`
	Email              string      `json:"email"`
	CountryID          int64       `json:"country_id"`
	Country            string      `json:"country"`
	CityID             int64       `json:"city_id"`
	City               string      `json:"city"`
	Timezone           json.Number `json:"timezone"` // hours from UTC
	TimezoneName       string      `json:"timezone_name"`
	Address            string      `json:"address"`
	CoordinateLat      json.Number `json:"coordinate_lat"` // degrees
	CoordinateLon      json.Number `json:"coordinate_lon"` // degrees
	ActiveStaffCount   int64       `json:"active_staff_count"`
	CurrencyShortTitle string      `json:"currency_short_title"` // a symbol
	Description        string      `json:"description"`
}

// An Installation is the link between an application and a location, with what was set for it.
type Installation struct {
	LocationID    int64           `json:"location_id"`
	ApplicationID int64           `json:"application_id"`
	Status        string          `json:"status"`
	CreatedAt     string          `json:"created_at"` // "2006-01-02 15:04:05"; the time of the start if empty
	Channels      map[string]bool `json:"channels"`   // by slug
	SenderNames   []string        `json:"sender_names"`
	Discount      json.Number     `json:"discount"` // "" if none was given
	APIKey        string          `json:"api_key"`
	WebhookURLs   []string        `json:"webhook_urls"`
	Payments      []Payment       `json:"payments"`
	Logs          []LogEntry      `json:"logs"` // those of an installation at CreatedAt if empty
}

// A Payment is what a location paid for an application. Dates are "2006-01-02 15:04:05".
type Payment struct {
	ID          int64       `json:"id"`
	Sum         json.Number `json:"payment_sum"` // as exact as it was given
	CurrencyISO string      `json:"currency_iso"`
	Date        string      `json:"payment_date"`
	PeriodFrom  string      `json:"period_from"`
	PeriodTo    string      `json:"period_to"`
	IsRefunded  bool        `json:"is_refunded"`
	RefundedAt  string      `json:"refunded_at"`
}

// A LogEntry is a change of an installation's status. ChangedAt is "2006-01-02 15:04:05".
type LogEntry struct {
	ChangedAt  string `json:"changed_at"`
	StatusFrom string `json:"status_from"`
	StatusTo   string `json:"status_to"`
	Source     string `json:"source"` // "marketplace" or "partner_api"
}

// LocationHooks are the event notifications of a location.
type LocationHooks struct {
	LocationID int64     `json:"location_id"`
	Hooks      []Webhook `json:"hooks"`
}

// A Webhook is a URL that is notified of events at a location.
type Webhook struct {
	URL         string          `json:"url"`
	Active      bool            `json:"active"`
	Flags       map[string]bool `json:"flags"`        // by the name of the kind of object, such as "record"
	SelfSending bool            `json:"self_sending"` // also notify of what the application did itself
}

// A Country is an entry of the dictionary of countries.
type Country struct {
	ID            int64       `json:"id"`
	Title         string      `json:"title"`
	FullTitle     string      `json:"full_title"`
	ISOCode       string      `json:"iso_code"` // two letters
	PhoneCode     string      `json:"phone_code"`
	PhoneTemplate string      `json:"phone_template"`
	PhoneExample  string      `json:"phone_example"`
	Currency      string      `json:"currency"` // a symbol
	Exchange      json.Number `json:"exchange"`
	LangID        int64       `json:"lang_id"`
	GroupType     int64       `json:"group_type"`
	IsEU          bool        `json:"is_eu"`
}

// A City is an entry of the dictionary of cities.
type City struct {
	ID        int64  `json:"id"`
	CountryID int64  `json:"country_id"`
	Title     string `json:"title"`
}

// A BusinessGroup is an entry of the dictionary of kinds of business.
type BusinessGroup struct {
	ID         int64          `json:"id"`
	Title      string         `json:"title"`
	Image      string         `json:"image"`
	ImageSmall string         `json:"image_small"`
	Types      []BusinessType `json:"types"`
}

// A BusinessType is a kind of business within its group.
type BusinessType struct {
	ID              int64  `json:"id"`
	Title           string `json:"title"`
	BusinessGroupID int64  `json:"business_group_id"`
}

// LoadSeed reads a seed as JSON. It refuses unknown fields, ids that aren't positive or not unique,
// malformed dates, and references to applications or locations that the seed doesn't have.
func LoadSeed(r io.Reader) (Seed, error) {
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	var seed Seed
	if err := decoder.Decode(&seed); err != nil {
		return Seed{}, fmt.Errorf("reading the seed: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Seed{}, errors.New("reading the seed: more follows the first JSON value")
	}
	if _, err := newWorld(seed, time.Now); err != nil {
		return Seed{}, err
	}
	return seed, nil
}

// DefaultSeed returns a small world. Of the partner's applications, 456 is a chat bot (at locations
// 1001 to 1005 active, 1006 pending, 1007 freezed), 457 an SMS aggregator (1001 to 1003), 458 has no
// channels by its category (1001), and 459 is a chat bot without tariffs (1001). 999 belongs to
// another partner (1001). Locations 1008 to 1010 have no application. No channel has been set.
//
// In the Developer Cabinet account 11 has 456 and 457, which are published, and 458 and 459, which are
// drafts. Account 12, with the token [SecondPartnerToken], has the draft 470, which is installed nowhere.
func DefaultSeed() Seed {
	active := func(location, application int64) Installation {
		return Installation{
			LocationID: location, ApplicationID: application,
			Status: StatusActive, CreatedAt: "2026-01-15 09:30:00",
		}
	}
	first := active(1001, 456)
	first.CreatedAt = "2022-06-27 12:20:02"
	first.Logs = []LogEntry{
		{ChangedAt: "2022-06-27 12:20:02", StatusFrom: StatusUninstalled, StatusTo: StatusPending, Source: "marketplace"},
		{ChangedAt: "2022-06-27 12:25:40", StatusFrom: StatusPending, StatusTo: StatusActive, Source: "partner_api"},
	}
	first.Payments = []Payment{
		{
			ID: 1523, Sum: "1523.12", CurrencyISO: "USD", Date: "2022-07-01 10:10:00",
			PeriodFrom: "2022-07-01 00:00:00", PeriodTo: "2022-07-31 23:59:59",
		},
		{
			ID: 1524, Sum: "990.99", CurrencyISO: "USD", Date: "2022-08-01 10:10:00",
			PeriodFrom: "2022-08-01 00:00:00", PeriodTo: "2022-08-31 23:59:59",
			IsRefunded: true, RefundedAt: "2022-08-03 20:51:40",
		},
	}
	trial := active(1002, 456)
	trial.Payments = []Payment{{
		ID: 1530, Sum: "0", CurrencyISO: "USD", Date: "2026-01-15 09:30:00",
		PeriodFrom: "2026-01-15 00:00:00", PeriodTo: "2026-01-28 23:59:59",
	}}
	pending := active(1006, 456)
	pending.Status = StatusPending
	freezed := active(1007, 456)
	freezed.Status = StatusFreezed

	return Seed{
		Applications: []Application{
			{ID: 456, Title: "Hello Bot", Category: CategoryChatBots, Tariffs: defaultTariffs(89, 123)},
			{ID: 457, Title: "Quick SMS", Category: CategorySMSAggregators, Tariffs: defaultTariffs(90, 131)},
			{ID: 458, Title: "Clear Numbers", Category: "analytics", Tariffs: defaultTariffs(91, 141)},
			{ID: 459, Title: "Free Bot", Category: CategoryChatBots},
			{ID: 470, Title: "Second Bot", Category: CategoryChatBots},
			{ID: 999, Title: "Somebody Else's Bot", Category: CategoryChatBots, Tariffs: defaultTariffs(99, 199), Foreign: true},
		},
		Locations: defaultLocations(),
		Installations: []Installation{
			first, trial, active(1003, 456), active(1004, 456), active(1005, 456), pending, freezed,
			active(1001, 457), active(1002, 457), active(1003, 457),
			active(1001, 458),
			active(1001, 459),
			active(1001, 999),
		},
		Countries: []Country{
			{
				ID: 7, Title: "USA", FullTitle: "United States of America", ISOCode: "US", PhoneCode: "1",
				PhoneTemplate: "+1 ### ###-####", PhoneExample: "+1 315 555-0175", Currency: "$", Exchange: "1", LangID: 2, GroupType: 1,
			},
			{
				ID: 56, Title: "France", FullTitle: "French Republic", ISOCode: "FR", PhoneCode: "33",
				PhoneTemplate: "+33 # ## ## ## ##", PhoneExample: "+33 1 99 00 12 34", Currency: "€", Exchange: "1.08", LangID: 5, GroupType: 2, IsEU: true,
			},
		},
		Cities: []City{
			{ID: 181, CountryID: 7, Title: "New York"},
			{ID: 182, CountryID: 7, Title: "Chicago"},
			{ID: 901, CountryID: 56, Title: "Paris"},
			{ID: 902, CountryID: 56, Title: "Lyon"},
		},
		Accounts: defaultAccounts(),
		Cards:    defaultCards(),
		Catalog:  defaultCatalog(),
		BusinessGroups: []BusinessGroup{
			{ID: 1, Title: "Beauty", Image: "https://assets.example/beauty.png", ImageSmall: "https://assets.example/beauty-small.png", Types: []BusinessType{
				{ID: 1, Title: "Beauty salon", BusinessGroupID: 1},
				{ID: 2, Title: "Barbershop", BusinessGroupID: 1},
			}},
			{ID: 2, Title: "Health", Image: "https://assets.example/health.png", ImageSmall: "https://assets.example/health-small.png", Types: []BusinessType{
				{ID: 11, Title: "Dental clinic", BusinessGroupID: 2},
			}},
		},
	}
}

func defaultTariffs(id, firstOption int64) []Tariff {
	return []Tariff{
		{ID: id, Title: "1 month", Options: []TariffOption{
			{ID: firstOption, Title: "Solo professional", OverallPrice: "500", DurationInMonths: 1, CurrencyISO: "USD", StaffAmount: 1},
			{ID: firstOption + 1, Title: "Team", OverallPrice: "1499.50", DurationInMonths: 1, CurrencyISO: "USD", StaffAmount: 10, FreePeriodInMonths: 1},
		}},
	}
}

func defaultLocations() []Location {
	newYork := Location{
		CountryID: 7, Country: "United States", CityID: 181, City: "New York",
		Timezone: "-5", TimezoneName: "America/New_York", CoordinateLat: "40.73061", CoordinateLon: "-73.935242", CurrencyShortTitle: "$",
	}
	chicago := Location{
		CountryID: 7, Country: "United States", CityID: 182, City: "Chicago",
		Timezone: "-6", TimezoneName: "America/Chicago", CoordinateLat: "41.878113", CoordinateLon: "-87.629799", CurrencyShortTitle: "$",
	}
	paris := Location{
		CountryID: 56, Country: "France", CityID: 901, City: "Paris",
		Timezone: "1", TimezoneName: "Europe/Paris", CoordinateLat: "48.856613", CoordinateLon: "2.352222", CurrencyShortTitle: "€",
	}
	at := func(base Location, id int64, title, kind, address string) Location {
		base.ID, base.Title, base.ShortDescription, base.Address = id, title, kind, address
		base.PublicTitle = title
		base.Phone = fmt.Sprintf("+1315555%04d", id%10000)
		base.Email = fmt.Sprintf("location-%d@example.com", id)
		base.ActiveStaffCount = 2
		return base
	}
	locations := []Location{
		at(newYork, 1001, "La Visage", "Beauty salon", "12 Mercer Street"),
		at(newYork, 1002, "Brooklyn Barbers", "Barbershop", "401 Atlantic Avenue"),
		at(newYork, 1003, "Upper West Dental", "Dental clinic", "2109 Broadway"),
		at(chicago, 1004, "Lakeside Nails", "Nail studio", "77 West Wacker Drive"),
		at(chicago, 1005, "North Loop Yoga", "Yoga studio", "1500 North Halsted Street"),
		at(paris, 1006, "Chez Mathilde", "Hair salon", "18 rue des Martyrs"),
		at(paris, 1007, "Atelier Opéra", "Hair salon", "3 rue de la Paix"),
		at(paris, 1008, "Studio Bastille", "Massage", "40 rue de Lappe"),
		at(newYork, 1009, "Harlem Cuts", "Barbershop", "253 West 125th Street"),
		at(chicago, 1010, "Second Shift Spa", "Spa", "900 West Randolph Street"),
	}
	locations[0].PublicTitle = "La Visage Beauty"
	locations[9].Inactive = true
	return locations
}

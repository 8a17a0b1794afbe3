// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// This file has the operations on an application as a whole, and on one installation.

// updateChannel sets a channel. Only for applications of two categories; what others are told
// isn't documented, and is 403 here.
func (s *Server) updateChannel(c *call) answer {
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	k := linkKey{location: f.id("salon_id"), application: f.id("application_id")}
	slug := f.text("channel_slug")
	if !f.failed("channel_slug") && !isChannelSlug(slug) {
		f.fail("channel_slug", isWrongValue)
	}
	available := f.boolean("is_available")
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, true)
	}

	application, owned := s.owned(k.application)
	if !owned || !application.hasChannels() {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	l := s.world.installed(k)
	if l == nil {
		return c.shapes.refuseUninstalled(http.StatusNotFound, true)
	}
	s.world.setChannel(l, slug, available)
	return c.shapes.empty()
}

// linkSecret signs payment links, so that identical requests give identical links.
const linkSecret = "altegiotest payment links"

// paymentLink returns a payment link. Without a tariff, the answer is the same 404 as without an
// installation (API-35).
func (s *Server) paymentLink(c *call) answer {
	q := queryForm{values: c.request.URL.Query()}
	k := linkKey{location: q.id("salon_id", true), application: q.id("application_id", true)}
	discount := q.percent("discount")
	option := q.id("tariff_option_id", false)
	if q.problems != nil {
		return c.shapes.invalid(q.problems, false)
	}

	application, owned := s.owned(k.application)
	switch {
	case !owned:
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	case s.world.installed(k) == nil, len(application.Tariffs) == 0, option != 0 && !application.hasTariffOption(option):
		return c.shapes.fail(http.StatusNotFound, msgError)
	}

	var query strings.Builder
	fmt.Fprintf(&query, "salon_id=%d&application_id=%d", k.location, k.application)
	if discount != "" {
		query.WriteString("&discount=" + discount)
	}
	if option != 0 {
		fmt.Fprintf(&query, "&tariff_option_id=%d", option)
	}
	query.WriteString("&source=api")
	mac := hmac.New(sha256.New, []byte(linkSecret))
	mac.Write([]byte(query.String()))
	link := "https://alteg.io/appstore/payment/?" + query.String() + "&sign=" + hex.EncodeToString(mac.Sum(nil))
	return c.shapes.ok(struct {
		URL string `json:"url"`
	}{link})
}

// installation gives status, payments and log of an installation.
func (s *Server) installation(c *call) answer {
	k := linkKey{location: c.ids[0], application: c.ids[1]}
	if _, owned := s.owned(k.application); !owned {
		return c.shapes.fail(http.StatusForbidden, msgNoApplication)
	}
	l := s.world.seen(k, c.shapes.StatusCache)
	if l == nil || l.status == "" || !l.installed && c.shapes.StatusAfterUninstall == "" {
		return c.shapes.notInstalled()
	}

	type connectionStatus struct {
		Status    string `json:"status"`
		CreatedAt string `json:"created_at"`
	}
	type payment struct {
		ID          int64       `json:"id"`
		Sum         json.Number `json:"payment_sum"`
		CurrencyISO *string     `json:"currency_iso,omitempty"`
		Date        string      `json:"payment_date"`
		IsRefunded  bool        `json:"is_refunded"`
		RefundedAt  *string     `json:"refunded_at,omitempty"`
		PeriodFrom  string      `json:"period_from"`
		PeriodTo    string      `json:"period_to"`
	}
	type log struct {
		ChangedAt  string `json:"changed_at"`
		StatusFrom string `json:"status_from"`
		StatusTo   string `json:"status_to"`
		Source     string `json:"source"`
	}
	type specialSettings struct {
		ChatURL *string `json:"chat_url"`
	}
	data := struct {
		Logs             []log             `json:"logs"`
		Payments         []payment         `json:"payments"`
		ConnectionStatus *connectionStatus `json:"connection_status"`
		SpecialSettings  *specialSettings  `json:"special_settings,omitempty"`
	}{
		Logs:     make([]log, 0, len(l.logs)),
		Payments: make([]payment, 0, len(l.payments)),
	}
	if !c.shapes.NullConnectionStatus {
		status := l.status
		if !l.installed {
			status = c.shapes.StatusAfterUninstall
		}
		data.ConnectionStatus = &connectionStatus{status, l.createdAt.Format(dateLayout)}
	}
	for _, entry := range l.logs {
		data.Logs = append(data.Logs, log(entry))
	}
	for _, p := range l.payments {
		row := payment{
			ID: p.ID, Sum: p.Sum, Date: p.Date, IsRefunded: p.IsRefunded,
			PeriodFrom: p.PeriodFrom, PeriodTo: p.PeriodTo,
		}
		if c.shapes.ExtraFields {
			row.CurrencyISO = &p.CurrencyISO
			if p.RefundedAt != "" {
				row.RefundedAt = &p.RefundedAt
			}
		}
		data.Payments = append(data.Payments, row)
	}
	if c.shapes.ExtraFields {
		data.SpecialSettings = &specialSettings{}
	}
	return c.shapes.ok(data)
}

// uninstall ends an installation. A body is tolerated, because public clients send one.
func (s *Server) uninstall(c *call) answer {
	k := linkKey{location: c.ids[0], application: c.ids[1]}
	if _, owned := s.owned(k.application); !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	if s.world.installed(k) == nil {
		return c.shapes.notInstalled()
	}
	s.world.uninstall(k, "partner_api")
	return c.shapes.ok(nil)
}

// locations lists where an application is installed, whatever the status: which statuses the API
// lists isn't documented, and rows have none. How it counts pages isn't either, see [Shapes].
func (s *Server) locations(c *call) answer {
	q := queryForm{values: c.request.URL.Query()}
	number, count := q.page("page", c.shapes.PageBase), q.id("count", true)
	if count > 1000 {
		q.problems = append(q.problems, problem{"count", isWrongValue})
	}
	if q.problems != nil {
		return c.shapes.invalid(q.problems, false)
	}
	if _, owned := s.owned(c.ids[0]); !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	if number < 0 {
		return c.shapes.fail(http.StatusInternalServerError, msgError)
	}
	forBooking := c.request.URL.Query().Get("forBooking") == "1"
	ids := s.world.installedAt[c.ids[0]]
	if c.shapes.ListActiveOnly {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool {
			return s.world.links[linkKey{id, c.ids[0]}].status != StatusActive
		})
	}
	from, to := c.shapes.pageBounds(number, count, int64(len(ids)))
	rows := make([]locationRow, 0, to-from)
	for i := from; i < to; i++ {
		location := plainLocation(1_000_000_000 + i)
		if i < int64(len(ids)) {
			location = s.world.locationsByID[ids[i]]
		}
		rows = append(rows, location.row(c.shapes, forBooking))
	}
	return c.shapes.ok(asList(c.shapes, rows))
}

// pageBounds returns which of total rows a page has. The first page is number 0.
func (s Shapes) pageBounds(number, count, total int64) (from, to int64) {
	if s.MaxPage > 0 {
		count = min(count, int64(s.MaxPage))
	}
	switch {
	case s.IgnoreCount:
		if number > 0 && !s.IgnorePage {
			return 0, 0
		}
		return 0, total
	case s.IgnorePage:
		number = 0
	case s.RepeatLastPage && total > 0:
		number = min(number, (total-1)/count)
	}
	if s.EndlessPages {
		total = math.MaxInt64
	}
	from = total
	if number <= total/count { // keeps a huge page number from overflowing
		from = number * count
	}
	return from, min(total-from, count) + from
}

// asList returns rows in the form that lists have.
func asList[T any](s Shapes, rows []T) any {
	if !s.ListsAsObjects || len(rows) == 0 {
		return rows
	}
	byKey := make(map[string]T, len(rows))
	for i, row := range rows {
		byKey[strconv.Itoa(i)] = row
	}
	return byKey
}

type locationRow struct {
	ID                    any         `json:"id"`
	Title                 string      `json:"title"`
	PublicTitle           string      `json:"public_title"`
	ShortDescr            string      `json:"short_descr"`
	Logo                  string      `json:"logo"`
	Active                any         `json:"active"`
	Phone                 string      `json:"phone"`
	Phones                []string    `json:"phones"`
	Email                 string      `json:"email"`
	CountryID             int64       `json:"country_id"`
	Schedule              string      `json:"schedule"`
	Country               string      `json:"country"`
	CityID                int64       `json:"city_id"`
	City                  string      `json:"city"`
	Timezone              json.Number `json:"timezone"`
	TimezoneName          string      `json:"timezone_name"`
	Address               string      `json:"address"`
	CoordinateLat         any         `json:"coordinate_lat"`
	CoordinateLon         any         `json:"coordinate_lon"`
	PhoneConfirmation     bool        `json:"phone_confirmation"`
	ActiveStaffCount      int64       `json:"active_staff_count"`
	NextSlot              string      `json:"next_slot,omitempty"`
	AppIOS                string      `json:"app_ios"`
	AppAndroid            string      `json:"app_android"`
	CurrencyShortTitle    string      `json:"currency_short_title"`
	RemindsSMSDisabled    bool        `json:"reminds_sms_disabled"`
	RemindsSMSDefault     int64       `json:"reminds_sms_default"`
	GroupPriority         int64       `json:"group_priority"`
	BookformGroupPriority int64       `json:"bookform_group_priority"`
	Description           string      `json:"description"`
	Photos                []string    `json:"photos"`
	CompanyPhotos         []string    `json:"company_photos"`
	BookingWidgetPromo    any         `json:"booking_widget_promo"`
}

func (l Location) row(shapes Shapes, forBooking bool) locationRow {
	active := int64(1)
	if l.Inactive {
		active = 0
	}
	row := locationRow{
		ID: shapes.integer(l.ID), Title: l.Title, PublicTitle: l.PublicTitle, ShortDescr: l.ShortDescription,
		Logo:   "https://assets.example/logo-" + strconv.FormatInt(l.ID, 10) + ".png",
		Active: shapes.integer(active), Phone: l.Phone, Phones: []string{}, Email: l.Email,
		CountryID: l.CountryID, Country: l.Country, CityID: l.CityID, City: l.City,
		Timezone: l.Timezone, TimezoneName: l.TimezoneName, Address: l.Address,
		CoordinateLat: shapes.number(l.CoordinateLat), CoordinateLon: shapes.number(l.CoordinateLon),
		ActiveStaffCount: l.ActiveStaffCount, CurrencyShortTitle: l.CurrencyShortTitle,
		RemindsSMSDefault: 1, GroupPriority: 900, Description: l.Description,
		Photos: []string{}, CompanyPhotos: []string{},
	}
	if l.Phone != "" {
		row.Phones = append(row.Phones, l.Phone)
	}
	if forBooking {
		row.NextSlot = "2026-03-23T10:10:00-05:00"
	}
	return row
}

// tariffs lists the prices of an application.
func (s *Server) tariffs(c *call) answer {
	application, owned := s.owned(c.ids[0])
	if !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	type option struct {
		ID                 int64       `json:"id"`
		Title              string      `json:"title"`
		OverallPrice       json.Number `json:"overall_price"`
		DurationInMonths   int64       `json:"duration_in_months"`
		CurrencyISO        string      `json:"currency_iso"`
		StaffAmount        int64       `json:"staff_amount"`
		FreePeriodInMonths int64       `json:"free_period_in_months"`
	}
	type tariff struct {
		ID      int64    `json:"id"`
		Title   string   `json:"title"`
		Options []option `json:"options"`
	}
	rows := make([]tariff, 0, len(application.Tariffs))
	for _, t := range application.Tariffs {
		row := tariff{ID: t.ID, Title: t.Title, Options: make([]option, 0, len(t.Options))}
		for _, o := range t.Options {
			row.Options = append(row.Options, option(o))
		}
		rows = append(rows, row)
	}
	return c.shapes.ok(rows)
}

// addDiscount gives locations a discount. That a second one replaces the first, and that all
// locations must have the application, isn't documented.
func (s *Server) addDiscount(c *call) answer {
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	salons := f.ids("salon_ids")
	if !f.failed("salon_ids") && len(salons) == 0 {
		f.fail("salon_ids", isRequired)
	}
	id := f.id("application_id")
	discount := f.amount("discount")
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, false)
	}
	if !s.world.hasApplication(id) {
		return c.shapes.fail(http.StatusNotFound, msgAppNotFound)
	}
	if _, owned := s.owned(id); !owned {
		return c.shapes.fail(http.StatusForbidden, msgNoApplication)
	}
	for _, salon := range salons {
		if s.world.installed(linkKey{salon, id}) == nil {
			return c.shapes.refuseUninstalled(http.StatusNotFound, false)
		}
	}
	for _, salon := range salons {
		s.world.links[linkKey{salon, id}].discount = discount.String()
	}
	return c.shapes.empty()
}

// owned returns an application of the calling partner. An unknown one and one of another partner look the
// same.
func (s *Server) owned(applicationID int64) (Application, bool) {
	application, ok := s.world.applications[applicationID]
	return application, ok && !application.Foreign && s.world.tokenOf(applicationID) == s.world.caller
}

func (a Application) hasChannels() bool {
	return a.Category == CategoryChatBots || a.Category == CategorySMSAggregators
}

func (a Application) hasTariffOption(id int64) bool {
	return slices.ContainsFunc(a.Tariffs, func(t Tariff) bool {
		return slices.ContainsFunc(t.Options, func(o TariffOption) bool { return o.ID == id })
	})
}

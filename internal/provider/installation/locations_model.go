// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type locationsModel struct {
	ApplicationID types.Int64     `tfsdk:"application_id"`
	CountryID     types.Int64     `tfsdk:"country_id"`
	CityID        types.Int64     `tfsdk:"city_id"`
	Title         types.String    `tfsdk:"title"`
	IDs           []int64         `tfsdk:"ids"`
	Locations     []locationModel `tfsdk:"locations"`
}

// wants reports whether a location passes the filters.
func (m locationsModel) wants(l altegio.Location) bool {
	switch {
	case !m.CountryID.IsNull() && m.CountryID.ValueInt64() != l.CountryID:
		return false
	case !m.CityID.IsNull() && m.CityID.ValueInt64() != l.CityID:
		return false
	default:
		return strings.Contains(strings.ToLower(l.Title), strings.ToLower(m.Title.ValueString()))
	}
}

// cannotFilter returns the filter that cannot be decided for a location, because the API's value can't be
// read, or "".
func (m locationsModel) cannotFilter(l altegio.Location) string {
	for name, filter := range map[string]attr.Value{"country_id": m.CountryID, "city_id": m.CityID, "title": m.Title} {
		if !filter.IsNull() && slices.Contains(l.Unread, name) {
			return name
		}
	}
	return ""
}

type locationModel struct {
	ID                    int64        `tfsdk:"id"`
	Title                 types.String `tfsdk:"title"`
	PublicTitle           types.String `tfsdk:"public_title"`
	ShortDescr            types.String `tfsdk:"short_descr"`
	Description           types.String `tfsdk:"description"`
	Logo                  types.String `tfsdk:"logo"`
	Active                bool         `tfsdk:"active"`
	Phone                 types.String `tfsdk:"phone"`
	Phones                []string     `tfsdk:"phones"`
	Email                 types.String `tfsdk:"email"`
	CountryID             types.Int64  `tfsdk:"country_id"`
	Country               types.String `tfsdk:"country"`
	CityID                types.Int64  `tfsdk:"city_id"`
	City                  types.String `tfsdk:"city"`
	Address               types.String `tfsdk:"address"`
	CoordinateLat         types.Number `tfsdk:"coordinate_lat"`
	CoordinateLon         types.Number `tfsdk:"coordinate_lon"`
	Timezone              types.Number `tfsdk:"timezone"`
	TimezoneName          types.String `tfsdk:"timezone_name"`
	Schedule              types.String `tfsdk:"schedule"`
	PhoneConfirmation     bool         `tfsdk:"phone_confirmation"`
	ActiveStaffCount      int64        `tfsdk:"active_staff_count"`
	NextSlot              types.String `tfsdk:"next_slot"`
	AppIOS                types.String `tfsdk:"app_ios"`
	AppAndroid            types.String `tfsdk:"app_android"`
	CurrencyShortTitle    types.String `tfsdk:"currency_short_title"`
	RemindsSMSDisabled    bool         `tfsdk:"reminds_sms_disabled"`
	RemindsSMSDefault     int64        `tfsdk:"reminds_sms_default"`
	GroupPriority         int64        `tfsdk:"group_priority"`
	BookformGroupPriority int64        `tfsdk:"bookform_group_priority"`
	Photos                []string     `tfsdk:"photos"`
	CompanyPhotos         []string     `tfsdk:"company_photos"`
	BookingWidgetPromo    types.String `tfsdk:"booking_widget_promo"`
}

func newLocationModel(l altegio.Location) (m locationModel, diags diag.Diagnostics) {
	m = locationModel{
		ID: l.ID, Title: core.TextOrNull(l.Title), PublicTitle: core.TextOrNull(l.PublicTitle),
		ShortDescr: core.TextOrNull(l.ShortDescr), Description: core.TextOrNull(l.Description), Logo: core.TextOrNull(l.Logo),
		Active: l.Active, Phone: core.TextOrNull(l.Phone), Phones: textList(l.Phones), Email: core.TextOrNull(l.Email),
		CountryID: core.IDOrNull(l.CountryID), Country: core.TextOrNull(l.Country), CityID: core.IDOrNull(l.CityID),
		City: core.TextOrNull(l.City), Address: core.TextOrNull(l.Address), TimezoneName: core.TextOrNull(l.TimezoneName),
		Schedule: core.TextOrNull(l.Schedule), PhoneConfirmation: l.PhoneConfirmation,
		ActiveStaffCount: l.ActiveStaffCount, NextSlot: core.TextOrNull(l.NextSlot), AppIOS: core.TextOrNull(l.AppIOS),
		AppAndroid: core.TextOrNull(l.AppAndroid), CurrencyShortTitle: core.TextOrNull(l.CurrencyShortTitle),
		RemindsSMSDisabled: l.RemindsSMSDisabled, RemindsSMSDefault: l.RemindsSMSDefault,
		GroupPriority: l.GroupPriority, BookformGroupPriority: l.BookformGroupPriority,
		Photos: textList(l.Photos), CompanyPhotos: textList(l.CompanyPhotos),
		BookingWidgetPromo: core.TextOrNull(l.BookingWidgetPromo),
	}
	for _, number := range []struct {
		to   *types.Number
		from altegio.Decimal
	}{
		{&m.CoordinateLat, l.CoordinateLat}, {&m.CoordinateLon, l.CoordinateLon}, {&m.Timezone, l.Timezone},
	} {
		var err error
		if *number.to, err = core.NumberFromDecimal(number.from); err != nil {
			diags.AddError("Cannot read a location", err.Error())
		}
	}
	return m, diags
}

// textList returns an empty list instead of none, so that HCL can iterate over it.
func textList(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

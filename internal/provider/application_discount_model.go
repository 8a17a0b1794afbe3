// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

type applicationDiscountModel struct {
	ID             types.String `tfsdk:"id"`
	ApplicationID  types.Int64  `tfsdk:"application_id"`
	LocationIDs    types.List   `tfsdk:"location_ids"`
	Discount       types.Number `tfsdk:"discount"`
	ResetOnDestroy types.Bool   `tfsdk:"reset_on_destroy"`
	Unsettled      types.Map    `tfsdk:"unsettled"`
}

type applicationDiscountIdentityModel struct {
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

func (i applicationDiscountIdentityModel) importText() string {
	return strconv.FormatInt(i.ApplicationID.ValueInt64(), 10)
}

func (m applicationDiscountModel) identity() applicationDiscountIdentityModel {
	return applicationDiscountIdentityModel{m.ApplicationID}
}

// declared returns the locations, in order, and the discount; known is false while any of it is not.
func (m applicationDiscountModel) declared() (locations []int64, discount altegio.Decimal, known bool) {
	locations, known = idSet(m.LocationIDs)
	return locations, decimalFromNumber(m.Discount), known && !m.Discount.IsUnknown()
}

// held returns what a state says.
func (m applicationDiscountModel) held() discounts {
	held := make(discounts)
	locations, discount, _ := m.declared()
	for _, location := range locations {
		held[location] = discount
	}
	for key, value := range m.Unsettled.Elements() {
		if location, err := parseID("location id", key); err == nil {
			held[location] = decimalFromNumber(value.(types.Number))
		}
	}
	return held
}

// settle makes a declaration that was not carried out completely say what is held: at which
// locations the declared discount is, or else the one before, and which have another.
func (m *applicationDiscountModel) settle(held discounts, before types.Number) {
	given := decimalFromNumber(m.Discount)
	has := func(discount altegio.Decimal) bool {
		return slices.Contains(slices.Collect(maps.Values(held)), discount)
	}
	if earlier := decimalFromNumber(before); !has(given) && earlier != "" && has(earlier) {
		m.Discount, given = before, earlier
	}
	var locations []int64
	unsettled := make(map[string]attr.Value)
	for location, discount := range held {
		if discount == given {
			locations = append(locations, location)
			continue
		}
		number, err := numberFromDecimal(discount)
		if err != nil { // it was made from a number
			number = types.NumberNull()
		}
		unsettled[strconv.FormatInt(location, 10)] = number
	}
	slices.Sort(locations)
	m.LocationIDs = idList(locations)
	m.Unsettled = types.MapNull(types.NumberType)
	if len(unsettled) > 0 {
		m.Unsettled = types.MapValueMust(types.NumberType, unsettled)
	}
}

// importedDiscount is the state of a discount of which is known what the id of the import says.
func importedDiscount(id discountImport) applicationDiscountModel {
	m := applicationDiscountModel{
		ID:             types.StringValue(strconv.FormatInt(id.application, 10)),
		ApplicationID:  types.Int64Value(id.application),
		LocationIDs:    types.ListNull(types.Int64Type),
		Discount:       id.discount,
		ResetOnDestroy: types.BoolValue(false),
		Unsettled:      types.MapNull(types.NumberType),
	}
	if len(id.locations) > 0 {
		m.LocationIDs = idList(id.locations)
	}
	return m
}

// noDiscount is what a location is sent that is to have none. It is the one discount that may be
// sent twice, whether the API replaces discounts or adds them up.
const noDiscount altegio.Decimal = "0"

// discounts is what locations were given last. Of the empty decimal nobody knows whether it was
// given: the answer was lost.
type discounts map[int64]altegio.Decimal

// leaving returns those that are not declared, in order.
func (d discounts) leaving(declared []int64) []int64 {
	var ids []int64
	for location := range d {
		if _, stays := slices.BinarySearch(declared, location); !stays {
			ids = append(ids, location)
		}
	}
	slices.Sort(ids)
	return ids
}

// inDoubt returns those of the declared locations, in order, that can't be sent the discount because
// they may have it already.
func (d discounts) inDoubt(declared []int64, discount altegio.Decimal) []int64 {
	var ids []int64
	for _, location := range declared {
		if given, ok := d[location]; ok && given == "" && discount != noDiscount {
			ids = append(ids, location)
		}
	}
	return ids
}

// A discountCall is one request.
type discountCall struct {
	locations []int64
	discount  altegio.Decimal
	// leaves says that the locations are no longer declared.
	leaves bool
}

// calls returns the requests that are left for the declared discount to hold and, with reset, for
// the locations that leave to have none.
func (d discounts) calls(declared []int64, discount altegio.Decimal, reset bool) []discountCall {
	var differ, left []int64
	for _, location := range declared {
		if given, ok := d[location]; !ok || given != discount {
			differ = append(differ, location)
		}
	}
	for _, location := range d.leaving(declared) {
		if reset && d[location] != noDiscount {
			left = append(left, location)
		}
	}
	var calls []discountCall
	for locations := range slices.Chunk(differ, altegio.MaxDiscountLocations) {
		calls = append(calls, discountCall{locations: locations, discount: discount})
	}
	for locations := range slices.Chunk(left, altegio.MaxDiscountLocations) {
		calls = append(calls, discountCall{locations: locations, discount: noDiscount, leaves: true})
	}
	return calls
}

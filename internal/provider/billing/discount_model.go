// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type discountModel struct {
	ID             types.String `tfsdk:"id"`
	ApplicationID  types.Int64  `tfsdk:"application_id"`
	LocationIDs    types.List   `tfsdk:"location_ids"`
	Discount       types.Number `tfsdk:"discount"`
	ResetOnDestroy types.Bool   `tfsdk:"reset_on_destroy"`
	Discounts      types.Map    `tfsdk:"discounts"`
}

type discountIdentityModel struct {
	ApplicationID types.Int64 `tfsdk:"application_id"`
}

func (i discountIdentityModel) ImportText() string {
	return strconv.FormatInt(i.ApplicationID.ValueInt64(), 10)
}

func (m discountModel) identity() discountIdentityModel {
	return discountIdentityModel{m.ApplicationID}
}

// declared returns the locations, in order, and the discount; known is false while any of them is unknown.
func (m discountModel) declared() (locations []int64, discount altegio.Decimal, known bool) {
	locations, known = core.IDSet(m.LocationIDs)
	return locations, decimalFromNumber(m.Discount), known && !m.Discount.IsUnknown()
}

// held returns the discounts that a state records as sent. Right after an import, these are in its
// arguments.
func (m discountModel) held() discounts {
	held := make(discounts)
	if m.Discounts.IsNull() {
		locations, discount, _ := m.declared()
		for _, location := range locations {
			held[location] = discount
		}
		return held
	}
	for key, value := range m.Discounts.Elements() {
		if location, err := core.ParseID("location id", key); err == nil {
			held[location] = decimalFromNumber(value.(types.Number))
		}
	}
	return held
}

// planned returns the value of discounts after the declaration is applied.
func (m discountModel) planned() types.Map {
	locations, _, known := m.declared()
	if !known {
		return types.MapUnknown(types.NumberType)
	}
	values := make(map[string]attr.Value, len(locations))
	for _, location := range locations {
		values[strconv.FormatInt(location, 10)] = m.Discount
	}
	return types.MapValueMust(types.NumberType, values)
}

// importedDiscount is the state of a discount after an import: only what the import id says is known.
func importedDiscount(id discountImport) discountModel {
	m := discountModel{
		ID:             types.StringValue(strconv.FormatInt(id.application, 10)),
		ApplicationID:  types.Int64Value(id.application),
		LocationIDs:    types.ListNull(types.Int64Type),
		Discount:       id.discount,
		ResetOnDestroy: types.BoolValue(false),
		Discounts:      types.MapNull(types.NumberType),
	}
	if len(id.locations) > 0 {
		m.LocationIDs = idList(id.locations)
		m.Discounts = m.planned()
	}
	return m
}

func idList(ids []int64) types.List {
	values := make([]attr.Value, 0, len(ids))
	for _, id := range ids {
		values = append(values, types.Int64Value(id))
	}
	return types.ListValueMust(types.Int64Type, values)
}

// discounts are the discounts that were last sent, by location. The empty decimal means that nobody knows
// whether the discount was given, because the answer was lost.
type discounts map[int64]altegio.Decimal

// mapValue returns the attribute discounts.
func (d discounts) mapValue() types.Map {
	values := make(map[string]attr.Value, len(d))
	for location, discount := range d {
		number, err := core.NumberFromDecimal(discount)
		if err != nil { // it was made from a number
			number = types.NumberNull()
		}
		values[strconv.FormatInt(location, 10)] = number
	}
	return types.MapValueMust(types.NumberType, values)
}

// leaving returns the locations that are not declared, in order.
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

// joining returns the declared locations that have no discount yet.
func (d discounts) joining(declared []int64) []int64 {
	return slices.DeleteFunc(slices.Clone(declared), func(location int64) bool {
		_, had := d[location]
		return had
	})
}

// discountAt returns the matter of a location's discount.
func discountAt(application, location int64) core.Matter {
	return core.Matter{Kind: core.DiscountMatter, Location: location, Application: application}
}

func discountsAt(application int64, locations []int64) []core.Matter {
	all := make([]core.Matter, 0, len(locations))
	for _, location := range locations {
		all = append(all, discountAt(application, location))
	}
	return all
}

// declarations returns the declarations of a plan, for the ledger.
func (d discounts) declarations(application int64, declared []int64, discount altegio.Decimal) []core.Declaration {
	all := make([]core.Declaration, 0, len(declared))
	for _, location := range declared {
		given, held := d[location]
		all = append(all, core.Declaration{
			Matter: discountAt(application, location), Value: string(discount), Held: held, Changes: given != discount,
		})
	}
	return all
}

// removals returns the discounts that a plan ends or forgets, for the ledger.
func (d discounts) removals(application int64, declared []int64, reset types.Bool, destroyed bool) []core.Removal {
	var all []core.Removal
	for _, location := range d.leaving(declared) {
		r := core.Removal{Matter: discountAt(application, location), Value: string(d[location]), Destroyed: destroyed}
		if reset.ValueBool() && d[location] != core.NoDiscount {
			r.Leaves = string(core.NoDiscount)
		}
		all = append(all, r)
	}
	return all
}

// drop removes the locations that are left to other resources.
func (d discounts) drop(application int64, kept []core.Matter) {
	for _, m := range kept {
		if m == discountAt(application, m.Location) {
			delete(d, m.Location)
		}
	}
}

// inDoubt returns, in order, the declared locations that must not be sent the discount because they may
// already have it.
func (d discounts) inDoubt(declared []int64, discount altegio.Decimal) []int64 {
	var ids []int64
	for _, location := range declared {
		if given, ok := d[location]; ok && given == "" && discount != core.NoDiscount {
			ids = append(ids, location)
		}
	}
	return ids
}

// batch is the number of locations of a request. The tests lower it, because Terraform and the framework take
// long for lists of thousands.
var batch = altegio.MaxDiscountLocations

// A discountCall is one request.
type discountCall struct {
	locations []int64
	discount  altegio.Decimal
	// leaves says that the locations are no longer declared.
	leaves bool
}

// calls returns the requests that give the declared discount and, with reset, end the discount of the
// locations that leave.
func (d discounts) calls(declared []int64, discount altegio.Decimal, reset bool) []discountCall {
	var differ, left []int64
	for _, location := range declared {
		if given, ok := d[location]; !ok || given != discount {
			differ = append(differ, location)
		}
	}
	for _, location := range d.leaving(declared) {
		if reset && d[location] != core.NoDiscount {
			left = append(left, location)
		}
	}
	var calls []discountCall
	for locations := range slices.Chunk(differ, batch) {
		calls = append(calls, discountCall{locations: locations, discount: discount})
	}
	for locations := range slices.Chunk(left, batch) {
		calls = append(calls, discountCall{locations: locations, discount: core.NoDiscount, leaves: true})
	}
	return calls
}

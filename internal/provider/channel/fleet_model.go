// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type fleetModel struct {
	ID            types.String `tfsdk:"id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
	Availability  types.Map    `tfsdk:"availability"`
	AvailableAt   types.List   `tfsdk:"available_at"`
	MaxTurnedOff  types.Int64  `tfsdk:"max_turned_off"`
}

type fleetIdentityModel struct {
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
}

func (i fleetIdentityModel) ImportText() string {
	return fleetID{i.ApplicationID.ValueInt64(), altegio.ChannelSlug(i.ChannelSlug.ValueString())}.String()
}

func (m fleetModel) fleetID() fleetID {
	return fleetID{m.ApplicationID.ValueInt64(), altegio.ChannelSlug(m.ChannelSlug.ValueString())}
}

func (m fleetModel) identity() fleetIdentityModel {
	return fleetIdentityModel{m.ApplicationID, m.ChannelSlug}
}

// declared returns the value that the configuration declares for each location, in either of its two forms;
// unknown while any part of it is.
func (m fleetModel) declared() types.Map {
	if m.AvailableAt.IsNull() {
		if slices.ContainsFunc(slices.Collect(maps.Values(m.Availability.Elements())), attr.Value.IsUnknown) {
			return types.MapUnknown(types.BoolType)
		}
		return m.Availability
	}
	if m.AvailableAt.IsUnknown() {
		return types.MapUnknown(types.BoolType)
	}
	elements := m.AvailableAt.Elements()
	values := make(map[string]attr.Value, len(elements))
	for _, element := range elements {
		id := element.(types.Int64)
		if id.IsUnknown() {
			return types.MapUnknown(types.BoolType)
		}
		values[strconv.FormatInt(id.ValueInt64(), 10)] = types.BoolValue(true)
	}
	return types.MapValueMust(types.BoolType, values)
}

// availability is the value of each channel, by location. Null means that the value is not known: the
// channel was imported, or a request to set it had no answer.
type availability map[int64]types.Bool

// availabilityOf reads a map whose keys a plan has validated.
func availabilityOf(m types.Map) availability {
	elements := m.Elements()
	at := make(availability, len(elements))
	for key, value := range elements {
		if id, err := core.ParseID("location id", key); err == nil {
			at[id] = value.(types.Bool)
		}
	}
	return at
}

func (at availability) mapValue() types.Map {
	values := make(map[string]attr.Value, len(at))
	for id, value := range at {
		values[strconv.FormatInt(id, 10)] = value
	}
	return types.MapValueMust(types.BoolType, values)
}

// declarations returns the declarations of a plan, for the ledger. A null declares nothing.
func (at availability) declarations(id fleetID, before availability) []core.Declaration {
	var all []core.Declaration
	for location, value := range at {
		if value.IsNull() {
			continue
		}
		was, held := before[location]
		all = append(all, core.Declaration{
			Matter: id.matter(location), Value: availableText(value), Held: held, Changes: !was.Equal(value), Unknown: held && was.IsNull(),
		})
	}
	return all
}

// joining returns the locations that a plan adds, in order.
func (at availability) joining(before availability) []int64 {
	var joining []int64
	for _, location := range at.locations() {
		if _, had := before[location]; !had && !at[location].IsNull() {
			joining = append(joining, location)
		}
	}
	return joining
}

// removals returns the removals of a plan, for the ledger.
func (at availability) removals(id fleetID, declared availability, destroyed bool) []core.Removal {
	var all []core.Removal
	for location, value := range at {
		if _, stays := declared[location]; !stays && mayBeAvailable(value) {
			all = append(all, core.Removal{Matter: id.matter(location), Value: availableText(value), Leaves: "false", Destroyed: destroyed})
		}
	}
	return all
}

func (at availability) matters(id fleetID) []core.Matter {
	all := make([]core.Matter, 0, len(at))
	for _, location := range at.locations() {
		all = append(all, id.matter(location))
	}
	return all
}

// held returns what a refresh reports to the ledger. Right after an import, the values that are not known are
// those that Terraform has never set.
func (at availability) held(id fleetID, imported bool) []core.Removal {
	all := make([]core.Removal, 0, len(at))
	for location, value := range at {
		r := core.Removal{Matter: id.matter(location), Value: availableText(value), Foreign: imported && value.IsNull()}
		if mayBeAvailable(value) {
			r.Leaves = "false"
		}
		all = append(all, r)
	}
	return all
}

// drop removes the locations that other resources keep.
func (at availability) drop(id fleetID, kept []core.Matter) {
	for _, m := range kept {
		if m == id.matter(m.Location) {
			delete(at, m.Location)
		}
	}
}

func (id fleetID) matter(location int64) core.Matter {
	return channelID{location, id.application, id.slug}.matter()
}

func (id fleetID) matters(locations []int64) []core.Matter {
	all := make([]core.Matter, 0, len(locations))
	for _, location := range locations {
		all = append(all, id.matter(location))
	}
	return all
}

// availableValue is the reverse of availableText.
func availableValue(text string) types.Bool {
	if text == "" {
		return types.BoolNull()
	}
	return types.BoolValue(text == "true")
}

// dropForeign removes and returns, in order, the locations that an import found and that are not declared:
// Terraform never set a value there.
func (at availability) dropForeign(declared availability) []int64 {
	var dropped []int64
	for location, value := range at {
		if _, ours := declared[location]; !ours && value.IsNull() {
			dropped = append(dropped, location)
			delete(at, location)
		}
	}
	slices.Sort(dropped)
	return dropped
}

// locations returns the ids in order.
func (at availability) locations() []int64 {
	return slices.Sorted(maps.Keys(at))
}

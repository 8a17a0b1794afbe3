// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// What a plan takes away from locations is said in a warning of its own: in a long plan, a location that
// goes is one line among many.

// A connectedness says whether the application is connected where something is taken away.
type connectedness int

const (
	connectionUnknown connectedness = iota
	stillConnected
	notConnectedAnyMore
)

// connectedness returns how to tell where an application is connected. It asks for the listing, which a
// refresh has asked for already, unless plans are not to ask.
func (c *connection) connectedness(ctx context.Context, application int64) func(location int64) connectedness {
	unknown := func(int64) connectedness { return connectionUnknown }
	if c == nil || c.client == nil || c.preflight == nil {
		return unknown
	}
	connected, err := c.client.SharedLocationIDs(ctx, application)
	if err != nil {
		return unknown
	}
	return func(location int64) connectedness {
		if _, ok := connected[location]; ok {
			return stillConnected
		}
		if _, ok := c.client.KnownInstallation(location, application); ok {
			return stillConnected // which statuses the listing has is not documented (API-29)
		}
		return notConnectedAnyMore
	}
}

// turnsOff warns of what a plan takes away, and returns at how many locations of it the application is
// connected, or may be.
func (c *connection) turnsOff(ctx context.Context, application int64, matters []matter) (connected int, diags diag.Diagnostics) {
	if c == nil || len(matters) == 0 {
		return len(matters), nil
	}
	at := c.connectedness(ctx, application)
	found := make([]finding, 0, len(matters))
	for _, m := range matters {
		f := finding{what: foundTurnedOff, matter: m, connection: at(m.Location)}
		if f.connection != notConnectedAnyMore {
			connected++
		}
		found = append(found, f)
	}
	return connected, c.ledger.gather.say(ctx, found)
}

// turnedOff returns what a fleet no longer makes available, in order. What is kept for another resource
// stays available.
func (at availability) turnedOff(id fleetID, declared availability, kept []matter) []matter {
	var off []matter
	for _, location := range at.locations() {
		value, stays := declared[location]
		m := id.matter(location)
		isOff := stays && !value.IsNull() && !value.ValueBool() || !stays && !slices.Contains(kept, m)
		if isOff && mayBeAvailable(at[location]) {
			off = append(off, m)
		}
	}
	return off
}

// checkTurnedOff warns of the locations at which the plan of a fleet makes its channel unavailable, and
// refuses more of them than either limit allows: the one that was applied last holds until another is
// applied, and a lower one holds at once.
func (r *applicationChannelsResource) checkTurnedOff(
	ctx context.Context, id fleetID, off []matter, applied, planned types.Int64,
) diag.Diagnostics {
	if len(off) == 0 {
		return nil
	}
	connected, diags := r.conn.turnsOff(ctx, id.application, off)
	limit := applied
	if !planned.IsNull() && !planned.IsUnknown() && (limit.IsNull() || planned.ValueInt64() < limit.ValueInt64()) {
		limit = planned
	}
	if !limit.IsNull() && int64(connected) > limit.ValueInt64() {
		diags.Append(tooManyTurnedOff(id, connected, limit.ValueInt64(), locationsOf(off)))
	}
	return diags
}

// dropsNames warns of sender names that a location no longer has.
func (c *connection) dropsNames(ctx context.Context, id connectionID, before, after []string) diag.Diagnostics {
	var found []finding
	for _, name := range before {
		if !slices.Contains(after, name) {
			m := matter{Kind: senderNameMatter, Location: id.location, Application: id.application, Name: name}
			found = append(found, finding{what: foundTurnedOff, matter: m})
		}
	}
	if c == nil {
		return nil
	}
	return c.ledger.gather.say(ctx, found)
}

func locationsOf(matters []matter) []int64 {
	locations := make([]int64, 0, len(matters))
	for _, m := range matters {
		locations = append(locations, m.Location)
	}
	return locations
}

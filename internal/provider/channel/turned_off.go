// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// turnedOff returns the locations where a fleet no longer makes its channel available, in order. Channels
// that are kept for another resource stay available.
func (at availability) turnedOff(id fleetID, declared availability, kept []core.Matter) []core.Matter {
	var off []core.Matter
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

// checkTurnedOff warns about the locations where the plan of a fleet makes its channel unavailable, and
// refuses more of them than either limit allows: the limit that was last applied, and a lower planned one.
func (r *fleetResource) checkTurnedOff(
	ctx context.Context, id fleetID, off []core.Matter, applied, planned types.Int64,
) diag.Diagnostics {
	if len(off) == 0 {
		return nil
	}
	connected, diags := r.Session.TurnsOff(ctx, id.application, off)
	limit := applied
	if !planned.IsNull() && !planned.IsUnknown() && (limit.IsNull() || planned.ValueInt64() < limit.ValueInt64()) {
		limit = planned
	}
	if !limit.IsNull() && int64(connected) > limit.ValueInt64() {
		locations := make([]int64, 0, len(off))
		for _, m := range off {
			locations = append(locations, m.Location)
		}
		diags.Append(tooManyTurnedOff(id, connected, limit.ValueInt64(), locations))
	}
	return diags
}

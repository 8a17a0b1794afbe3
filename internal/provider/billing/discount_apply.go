// SPDX-License-Identifier: MPL-2.0

package billing

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// apply carries out a declaration. It keeps held up to date, even when it fails, and reports whether it
// succeeded. It hands over locations that leave without a reset: a resource of the same run that declares
// the same discount there does not send it again. The same goes for the discounts of the destroyed half of
// a replacement.
func (r *discountResource) apply(
	ctx context.Context, client *altegio.Client, m discountModel, held discounts, diags *diag.Diagnostics,
) (complete bool) {
	ledger := r.Session.Ledger
	application := m.ApplicationID.ValueInt64()
	declared, discount, _ := m.declared()
	if m.Discount.IsNull() && len(declared) > 0 {
		diags.Append(discountNotKnown(application))
		return false
	}
	claim := ledger.Claim(discountsAt(application, declared)...)
	defer claim.Close()
	given := make(discounts) // and to be given again
	defer func() {
		for location, last := range given {
			if _, sent := held[location]; !sent {
				held[location] = last
			}
		}
	}()
	for _, location := range declared {
		if _, ours := held[location]; !ours {
			left, ok := ledger.TakeOver(discountAt(application, location))
			switch {
			case ok && left.Again:
				given[location] = altegio.Decimal(left.Value)
			case ok:
				held[location] = altegio.Decimal(left.Value)
			}
			if ok { // the state keeps it from now on, even if it cannot be changed
				claim.Settle(discountAt(application, location), true)
			}
		}
		if last, ok := held[location]; ok && last == discount {
			claim.Settle(discountAt(application, location), true)
		}
	}
	if ids := held.inDoubt(declared, discount); len(ids) > 0 { // taken over just now: the plan did not know
		diags.Append(discountInDoubt(application, ids))
		return false
	}
	if !m.ResetOnDestroy.ValueBool() {
		for _, location := range held.leaving(declared) {
			ledger.HandOver(discountAt(application, location), core.Handed{Value: string(held[location])})
		}
	}

	calls := held.calls(declared, discount, m.ResetOnDestroy.ValueBool())
	for i, call := range calls {
		sent, err := r.send(ctx, client, application, call, claim)
		if err == nil {
			for _, location := range call.locations {
				held[location] = call.discount
				if call.leaves {
					delete(held, location)
				}
			}
			continue
		}
		failed := call
		failed.locations = sent
		diags.Append(discountTask(application, failed).Diagnostics(err)...)
		if core.MayHaveHappened(err) {
			for _, location := range sent {
				held[location] = ""
			}
			if call.discount != core.NoDiscount {
				diags.Append(discountInDoubt(application, call.locations))
			}
		}
		if len(calls) > 1 {
			diags.Append(discountIncomplete(application, calls, i))
		}
		return false
	}
	return r.forget(ctx, application, held, held.leaving(declared), diags)
}

// forget removes locations that leave without a reset. It keeps those that another resource of the run
// failed to take over: otherwise the next apply would give them the same discount again.
func (r *discountResource) forget(
	ctx context.Context, application int64, held discounts, leaving []int64, diags *diag.Diagnostics,
) (complete bool) {
	var matters []core.Matter
	for _, location := range leaving {
		if held[location] != core.NoDiscount {
			matters = append(matters, discountAt(application, location))
		}
	}
	ownerless, err := r.Session.Ledger.Forget(ctx, matters...)
	if err != nil {
		diags.Append(discountNotHandedOver(application, leaving, "The apply ended before it was known whether another resource took it over"))
		return false
	}
	var kept []int64
	for _, location := range leaving {
		if slices.Contains(ownerless, discountAt(application, location)) {
			kept = append(kept, location)
		} else {
			delete(held, location)
		}
	}
	if len(kept) > 0 {
		diags.Append(discountNotHandedOver(application, kept, "The resource that was to take it over failed"))
	}
	return len(kept) == 0
}

// send makes a call, and returns the locations of the last request. Locations that get a discount from
// another resource of the run are not reset.
func (r *discountResource) send(
	ctx context.Context, client *altegio.Client, application int64, call discountCall, claim *core.Claim,
) (sent []int64, err error) {
	if !call.leaves {
		for _, location := range call.locations {
			if err := claim.Ready(ctx, discountAt(application, location)); err != nil {
				return call.locations, err
			}
		}
		err := client.SetDiscount(ctx, application, call.locations, call.discount)
		for _, location := range call.locations {
			claim.Settle(discountAt(application, location), err == nil || core.MayHaveHappened(err))
		}
		return call.locations, err
	}
	claim.Close()
	taken, done, err := r.Session.Ledger.Release(ctx, discountsAt(application, call.locations)...)
	if err != nil {
		return call.locations, err
	}
	defer done()
	left := call
	left.locations = nil
	for _, m := range taken {
		left.locations = append(left.locations, m.Location)
	}
	if len(left.locations) == 0 {
		return nil, nil
	}
	return r.sendDiscount(ctx, client, application, left)
}

func discountTask(application int64, call discountCall) core.Task {
	t := core.Task{
		Summary: "Cannot set the discount",
		Arguments: []core.Argument{
			{Name: "application_id", Value: application},
			{Name: "location_ids", Value: call.locations},
			{Name: "discount", Value: call.discount},
		},
		Forbidden: core.Refusal{
			Cause: "no access to the application, or to one of the locations",
			Advice: "The application belongs to another partner, or the account of the token has no access to it. If the application " +
				"is correct, compare location_ids with the locations in the data source altegio_application_locations.",
		},
		NotFound: core.Refusal{
			Cause: "no such application, or not at one of the locations",
			Advice: "Altegio does not know the application, or one of the locations does not have it: compare location_ids with " +
				"the locations in the data source altegio_application_locations.",
		},
		Repeatable: call.discount == core.NoDiscount,
	}
	if call.leaves {
		t.Summary = "Cannot reset the discount"
	}
	return t
}

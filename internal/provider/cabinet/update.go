// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// An update sends changes, and finds out the result.
type update struct {
	client    *altegio.Client
	id        applicationID
	before    *altegio.Application
	card      altegio.ApplicationCard
	changed   []string // the attributes, for messages
	plan      applicationModel
	sendsCard bool

	failed bool // nothing was done, or the outcome is unknown
}

// run returns the application after the update, or nil if it is not known.
func (u *update) run(ctx context.Context) (after *altegio.Application, diags diag.Diagnostics) {
	instructions, sendsInstructions := u.instructions()
	if !u.sendsCard && !sendsInstructions {
		return u.before, nil
	}
	t := applicationTask("Cannot update the application", u.id, u.changed)
	sent := false
	if u.sendsCard {
		if err := u.client.UpdateApplication(ctx, u.before, u.card); err != nil && !u.cardHolds(ctx, err) {
			u.failed = true
			return nil, t.Diagnostics(err)
		}
		sent = true
	}
	var err error
	if sendsInstructions {
		err = u.client.SetModerationInstructions(ctx, u.id.account, u.id.application, instructions)
		if err != nil && !core.MayHaveHappened(err) && !sent {
			u.failed = true
			return nil, t.Diagnostics(err)
		}
	}
	after, readErr := readApplication(ctx, u.client, u.id.account, u.id.application)
	switch {
	case err != nil && (readErr != nil || after == nil):
		u.failed = true
		return nil, t.Diagnostics(err)
	case readErr != nil:
		return nil, applicationUnread(u.id, readErr)
	case after == nil:
		return nil, diag.Diagnostics{applicationNotListed(u.id)}
	}
	outcome := altegio.CompareApplications(u.before, after, u.card)
	if sendsInstructions {
		u.compareInstructions(&outcome, after, instructions)
	}
	if err != nil && (!core.MayHaveHappened(err) || len(outcome.NotSet) > 0) {
		return after, t.Diagnostics(err)
	}
	return after, applicationOutcome(u.id, outcome)
}

// cardHolds reads the application after a failed update, to find out whether it had its effect.
func (u *update) cardHolds(ctx context.Context, failure error) bool {
	if !core.MayHaveHappened(failure) {
		return false
	}
	after, err := readApplication(ctx, u.client, u.id.account, u.id.application)
	return err == nil && after != nil && len(altegio.CompareApplications(u.before, after, u.card).NotSet) == 0
}

// instructions returns the wanted instructions, and whether they have to be sent.
func (u *update) instructions() (altegio.ModerationInstructions, bool) {
	is := u.before.Instructions()
	want := is
	for planned, to := range map[*types.String]**string{&u.plan.ConnectInstruction: &want.Connect, &u.plan.PaymentInstruction: &want.Payment} {
		if !planned.IsNull() && !planned.IsUnknown() {
			*to = planned.ValueStringPointer()
		}
	}
	return want, textOf(want.Connect) != textOf(is.Connect) || textOf(want.Payment) != textOf(is.Payment)
}

// compareInstructions removes the wanted changes from the list of unexpected ones.
func (u *update) compareInstructions(c *altegio.ApplicationComparison, after *altegio.Application, want altegio.ModerationInstructions) {
	c.Moved = slices.DeleteFunc(c.Moved, func(m altegio.MemberChange) bool {
		return m.Name == "connect_instruction" || m.Name == "payment_instruction"
	})
	was, is := u.before.Instructions(), after.Instructions()
	if textOf(is.Connect) != textOf(want.Connect) {
		c.NotSet = append(c.NotSet, altegio.MemberChange{Name: "connect_instruction", Before: textOf(was.Connect), After: textOf(is.Connect)})
	}
	if textOf(is.Payment) != textOf(want.Payment) {
		c.NotSet = append(c.NotSet, altegio.MemberChange{Name: "payment_instruction", Before: textOf(was.Payment), After: textOf(is.Payment)})
	}
}

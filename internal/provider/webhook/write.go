// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// A webhooksWrite is the wanted result of a write, and its effect on the URLs of others.
type webhooksWrite struct {
	urls   []string // ours
	want   webhookFlags
	others webhooks // as they are now
	// overwritten are the URLs of others that the write changes. refused are those that it must not change:
	// URLs of others, or our own that were never taken over.
	overwritten []string
	refused     webhooks
	needed      bool
	// unknown are the arguments that are null in the plan and whose current value our URLs at the location
	// do not show.
	unknown []string
}

// write works out how to get from the present webhooks to the plan. Without a state, no existing URL is
// ours yet.
func (m webhooksModel) write(state *webhooksModel, now webhooks) webhooksWrite {
	var prior webhooksModel
	if state != nil {
		prior = *state
	}
	now = now.spelledAs(slices.Concat(core.TextsOf(m.URLs), core.TextsOf(prior.URLs), core.TextsOf(m.OverwriteOtherURLs)))
	w := webhooksWrite{urls: core.TextsOf(m.URLs), others: maps.Clone(now), refused: make(webhooks)}
	w.want, w.unknown = m.wanted(now)
	for _, u := range core.TextsOf(prior.URLs) {
		if _, there := now[u]; there && !slices.Contains(w.urls, u) {
			w.needed = true
		}
		delete(w.others, u)
	}
	told := make(map[string]bool)
	for _, u := range w.urls {
		delete(w.others, u)
		flags, there := now[u]
		w.needed = w.needed || !there || !flags.agrees(w.want)
		for name := range flags {
			told[name] = true
		}
	}
	for name, on := range prior.flags() { // settings that are not returned: use those last set
		w.needed = w.needed || !told[name] && w.want[name] != on
	}
	if !w.needed {
		return w
	}

	overwritable := core.TextsOf(m.OverwriteOtherURLs)
	for u, flags := range now {
		_, others := w.others[u]
		taken := slices.Contains(w.urls, u) && (state != nil || !flags[flagActive])
		switch leaves := !others && !slices.Contains(w.urls, u); {
		case flags.agrees(w.want) || taken || leaves:
		case slices.Contains(overwritable, u):
			if others {
				w.overwritten = append(w.overwritten, u)
			}
		default:
			w.refused[u] = flags
		}
	}
	slices.Sort(w.overwritten)
	return w
}

// result returns the webhooks after the write.
func (w webhooksWrite) result() webhooks {
	all := maps.Clone(w.others)
	for _, u := range w.urls {
		all[u] = w.want
	}
	if w.needed {
		for u := range all {
			all[u] = w.want
		}
	}
	return all
}

// othersAfter returns other_urls after the write: the new value of each flag that is known now.
func (w webhooksWrite) othersAfter() webhooks {
	after := maps.Clone(w.others)
	for _, u := range w.overwritten {
		flags := make(webhookFlags)
		for name := range w.others[u] {
			flags[name] = w.want[name]
		}
		after[u] = flags
	}
	return after
}

func (w webhooksWrite) problems(location int64) (diags diag.Diagnostics) {
	for _, name := range w.unknown {
		diags.Append(webhooksNotKnown(location, name))
	}
	if len(w.urls)+len(w.others) > altegio.MaxWebhookURLs && w.needed {
		diags.Append(webhooksTooMany(location, w.urls, w.others.urls()))
	}
	if len(w.refused) > 0 {
		diags.Append(webhooksOfOthersDiffer(location, w.want.String(), w.refused.lines(w.refused.urls())))
	}
	return diags
}

// othersKept returns the URLs of others that stay as they are.
func (w webhooksWrite) othersKept() []string {
	return slices.DeleteFunc(w.others.urls(), func(u string) bool { return slices.Contains(w.overwritten, u) })
}

// apply carries out a plan. The webhooks must be as they were when the plan was made; nil means that this
// is not known. Without a state, the resource is created.
func (r *webhooksResource) apply(
	ctx context.Context, client *altegio.Client, plan webhooksModel, state *webhooksModel, planned *webhooks, to core.Applied,
) {
	to.Diags.Append(to.Identity.Set(ctx, plan.identity())...)
	location := plan.LocationID.ValueInt64()
	end, err := r.Session.Ledger.Alone(ctx, webhooksAt(location))
	var settings altegio.WebhookSettings
	if err == nil {
		defer end()
		settings, err = client.Webhooks(ctx, location)
	}
	if err != nil {
		to.Diags.Append(webhooksTask("Cannot set the webhooks", location).Diagnostics(err)...)
		return
	}
	now := webhooksIn(settings)
	if planned != nil {
		if changes := planned.changes(now); len(changes) > 0 {
			to.Diags.Append(webhooksChangedSincePlan(location, changes))
			return
		}
	}
	prior := state
	if state == nil {
		prior = r.replaced(plan, now, func(m core.Matter) bool { _, ok := r.Session.Ledger.TakeOver(m); return ok })
	}
	write := plan.write(prior, now)
	to.Diags.Append(write.problems(location)...)
	if to.Diags.HasError() {
		return
	}
	after, inDoubt, diags := write.send(ctx, client, location, settings)
	to.Diags.Append(diags...)
	result := plan
	switch {
	case inDoubt:
		result.doubt(prior)
	case after == nil:
		return
	case diags.HasError() && prior != nil:
		// URLs that were to leave are still ours. So are new URLs, if they are there.
		result = *prior
		result.LocationID, result.OverwriteOtherURLs = plan.LocationID, plan.OverwriteOtherURLs
		result.URLs = textSet(slices.Compact(slices.Sorted(slices.Values(append(core.TextsOf(prior.URLs), core.TextsOf(plan.URLs)...)))))
	}
	if after != nil {
		result.refresh(after)
		to.Diags.Append(webhooksNote.Set(ctx, to.Private, after)...)
	}
	r.Session.Ledger.HaveSet(webhooksMatters(location, core.TextsOf(result.URLs))...)
	if !diags.HasError() {
		result.keepNull(plan)
	} else if state == nil {
		if len(result.URLs.Elements()) == 0 {
			return // nothing of ours is there
		}
		to.Diags.Append(core.CreatedInPart())
	}
	to.Diags.Append(core.ImportedNote.Clear(ctx, to.Private)...) // what is not ours has left the state
	to.Diags.Append(to.State.Set(ctx, result)...)
}

// withdraw removes the URLs of a state, except those that stay for the creating half of a replacement, and
// reports whether that is done.
func (r *webhooksResource) withdraw(
	ctx context.Context, client *altegio.Client, state webhooksModel, stays []string, resp *resource.DeleteResponse,
) (done bool) {
	location := state.LocationID.ValueInt64()
	settings, err := client.Webhooks(ctx, location)
	if errors.Is(err, altegio.ErrGone) {
		return true
	}
	if err != nil {
		resp.Diagnostics.Append(webhooksTask("Cannot take out the webhooks", location).Diagnostics(err)...)
		return false
	}
	write, off := state.withdraw(webhooksIn(settings))
	if len(write.refused) > 0 {
		resp.Diagnostics.Append(webhooksCannotLeave(location, write.refused.lines(write.refused.urls())))
		return false
	}
	after, inDoubt, diags := write.send(ctx, client, location, settings)
	resp.Diagnostics.Append(diags...)
	if !diags.HasError() {
		resp.Diagnostics.Append(r.Session.Warn(ctx, foundOff, shownURLs(location, off)...)...)
		return true
	}
	state.URLs = textSet(append(core.TextsOf(state.URLs), stays...))
	switch {
	case inDoubt:
		state.doubt(nil)
	case after == nil:
		return false
	default:
		state.refresh(after)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	return false
}

// withdraw works out how to remove our URLs, and which of them can only be turned off.
func (m webhooksModel) withdraw(now webhooks) (w webhooksWrite, off []string) {
	now = now.spelledAs(slices.Concat(core.TextsOf(m.URLs), core.TextsOf(m.OverwriteOtherURLs)))
	w = webhooksWrite{others: maps.Clone(now), want: m.flags(), refused: make(webhooks)}
	var ours []string
	for _, u := range core.TextsOf(m.URLs) {
		if _, there := now[u]; there {
			ours = append(ours, u)
			delete(w.others, u)
		}
	}
	switch {
	case len(ours) == 0:
		return w, nil
	case len(w.others) == 0:
		for _, u := range ours {
			w.needed = w.needed || now[u][flagActive]
		}
		maps.Copy(w.want, now[ours[0]])
		w.want[flagActive] = false
		w.urls = ours
		return w, ours
	}
	w.needed = true
	// The remaining URLs must have the same settings, except those that are allowed to change.
	mayChange := core.TextsOf(m.OverwriteOtherURLs)
	keep := slices.DeleteFunc(w.others.urls(), func(u string) bool { return slices.Contains(mayChange, u) })
	maps.Copy(w.want, w.others[slices.Concat(keep, w.others.urls())[0]])
	if slices.ContainsFunc(keep, func(u string) bool { return !w.others[u].agrees(w.want) }) {
		for _, u := range keep {
			w.refused[u] = w.others[u]
		}
	}
	return w, nil
}

// send writes if necessary, and returns the webhooks afterwards: as read back or, if that fails, as they
// were sent. After a failure they are nil, unless they were read. The write is in doubt if neither the
// answer came nor a read worked.
func (w webhooksWrite) send(
	ctx context.Context, client *altegio.Client, location int64, now altegio.WebhookSettings,
) (after webhooks, inDoubt bool, diags diag.Diagnostics) {
	if !w.needed {
		return webhooksIn(now), false, nil
	}
	err := client.SetWebhooks(ctx, location, w.settings(now))
	task := webhooksTask("Cannot set the webhooks", location)
	task.Arguments = append(task.Arguments, core.Argument{Name: "urls", Value: w.urls}, core.Argument{Name: "events", Value: w.want.events()})
	if err != nil && !core.MayHaveHappened(err) {
		diags.Append(task.Diagnostics(err)...)
		return nil, false, diags
	}
	// A cancelled apply still has to report what it did.
	settings, readErr := client.Webhooks(context.WithoutCancel(ctx), location)
	after = webhooksIn(settings)
	differences := w.result().changes(after)
	switch {
	case readErr != nil && err != nil:
		diags.Append(task.Diagnostics(err)...)
		return nil, true, diags
	case readErr != nil:
		diags.Append(webhooksNotReadBack(location, readErr))
		after = w.othersAfter()
		for _, u := range w.urls {
			after[u] = w.want
		}
		return after, false, diags
	case len(differences) == 0:
		return after, false, nil
	case err != nil:
		diags.Append(task.Diagnostics(err)...)
		diags.Append(webhooksOutcome(location, differences))
	default:
		diags.Append(webhooksNotAsSet(location, differences))
	}
	return after, false, diags
}

// settings returns the settings to send: the URLs in the API's order, and the events that are wanted or
// that the API knows, because an older server may not know all of them.
func (w webhooksWrite) settings(now altegio.WebhookSettings) altegio.WebhookSettings {
	result := w.result()
	s := altegio.WebhookSettings{Active: w.want[flagActive], Events: make(map[string]bool)}
	for _, u := range now.URLs {
		if _, stays := result[u]; stays {
			s.URLs = append(s.URLs, u)
			delete(result, u)
		}
	}
	s.URLs = append(s.URLs, result.urls()...)
	for _, name := range altegio.WebhookEvents() {
		if _, told := now.Events[name]; told || w.want[name] {
			s.Events[name] = w.want[name]
		}
	}
	return s
}

// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type webhooksModel struct {
	LocationID         types.Int64 `tfsdk:"location_id"`
	URLs               types.Set   `tfsdk:"urls"`
	Events             types.Set   `tfsdk:"events"`
	SelfSending        types.Bool  `tfsdk:"self_sending"`
	Active             types.Bool  `tfsdk:"active"`
	OverwriteOtherURLs types.Set   `tfsdk:"overwrite_other_urls"`
	OtherURLs          types.Map   `tfsdk:"other_urls"`
}

type identityModel struct {
	LocationID types.Int64 `tfsdk:"location_id"`
}

func (i identityModel) ImportText() string {
	return strconv.FormatInt(i.LocationID.ValueInt64(), 10)
}

func (m webhooksModel) identity() identityModel {
	return identityModel{m.LocationID}
}

// importedWebhooks returns the state of a location's webhooks after an import: none of the URLs are ours
// yet.
func importedWebhooks(location int64) webhooksModel {
	return webhooksModel{
		LocationID:         types.Int64Value(location),
		URLs:               types.SetNull(types.StringType),
		Events:             types.SetNull(types.StringType),
		OverwriteOtherURLs: types.SetNull(types.StringType),
		OtherURLs:          types.MapNull(webhookSettingsType),
	}
}

// webhookFlags are the settings of a URL, by the API's names: active, self_sending and the events. A flag
// that the API does not return is absent.
type webhookFlags map[string]bool

const (
	flagActive      = "active"
	flagSelfSending = "self_sending"
)

// webhookEvents returns the names of the events that a user can choose.
func webhookEvents() []string {
	return slices.DeleteFunc(altegio.WebhookEvents(), func(name string) bool { return name == flagSelfSending })
}

// webhooks are the URLs of a location with their settings.
type webhooks map[string]webhookFlags

// webhooksIn returns the webhooks in settings. An older server returns settings only for all URLs together
// or for the first: then every URL gets those, because its last write set them for all.
func webhooksIn(s altegio.WebhookSettings) webhooks {
	all := make(webhooks, len(s.URLs))
	for _, u := range s.URLs {
		flags := webhookFlags{flagActive: s.Active}
		events, told := s.URLEvents[u]
		if !told {
			events = s.Events
		}
		maps.Copy(flags, events)
		if active, told := s.URLActive[u]; told {
			flags[flagActive] = active
		}
		all[u] = flags
	}
	return all
}

func (w webhooks) urls() []string { return slices.Sorted(maps.Keys(w)) }

// agrees reports whether no known flag differs from the wanted one.
func (f webhookFlags) agrees(want webhookFlags) bool {
	for name, on := range f {
		if want[name] != on {
			return false
		}
	}
	return true
}

func (f webhookFlags) events() []string {
	var on []string
	for _, name := range webhookEvents() {
		if f[name] {
			on = append(on, name)
		}
	}
	return on
}

func (f webhookFlags) String() string {
	text := fmt.Sprintf("active = %t, events = [%s]", f[flagActive], core.QuotedList(f.events()))
	if on, told := f[flagSelfSending]; told {
		text += fmt.Sprintf(", self_sending = %t", on)
	}
	return text
}

// lines describes some of the URLs, one per line.
func (w webhooks) lines(urls []string) []string {
	var lines []string
	for _, u := range urls {
		lines = append(lines, fmt.Sprintf("%s: %s", altegio.Printable(u), w[u]))
	}
	return lines
}

// changes describes how other webhooks differ, as far as both are known.
func (w webhooks) changes(other webhooks) []string {
	var lines []string
	other = other.spelledAs(w.urls())
	for _, u := range w.urls() {
		now, ok := other[u]
		if !ok {
			lines = append(lines, altegio.Printable(u)+" is missing")
			continue
		}
		for name := range now {
			if before, told := w[u][name]; told && before != now[name] {
				lines = append(lines, fmt.Sprintf("%s has %s, not %s", altegio.Printable(u), now, w[u]))
				break
			}
		}
	}
	for _, u := range other.urls() {
		if _, ok := w[u]; !ok {
			lines = append(lines, altegio.Printable(u)+" is new")
		}
	}
	return lines
}

// flags returns all flags that the model has for its URLs.
func (m webhooksModel) flags() webhookFlags {
	flags := webhookFlags{flagActive: m.Active.ValueBool(), flagSelfSending: m.SelfSending.ValueBool()}
	on := core.TextsOf(m.Events)
	for _, name := range webhookEvents() {
		flags[name] = slices.Contains(on, name)
	}
	return flags
}

// wanted returns the flags to send. A flag that is null in the plan, because its changes are ignored, is
// sent as it is now; if our URLs do not have it, or disagree, it is unknown.
func (m webhooksModel) wanted(now webhooks) (want webhookFlags, unknown []string) {
	want = m.flags()
	there := webhooksModel{URLs: m.URLs}
	there.refresh(now)
	current := there.flags()
	if m.Active.IsNull() {
		want[flagActive] = current[flagActive]
		if there.Active.IsNull() {
			unknown = append(unknown, "active")
		}
	}
	if m.SelfSending.IsNull() {
		want[flagSelfSending] = current[flagSelfSending]
		if there.SelfSending.IsNull() {
			unknown = append(unknown, "self_sending")
		}
	}
	if m.Events.IsNull() {
		for _, name := range webhookEvents() {
			want[name] = current[name]
		}
		if there.Events.IsNull() {
			unknown = append(unknown, "events")
		}
	}
	return want, unknown
}

// refresh copies the webhooks at the location into the model. A URL of ours that is missing leaves urls. A
// setting that our URLs disagree on, for example after a change made elsewhere, becomes null. A setting
// that the API does not return stays.
func (m *webhooksModel) refresh(now webhooks) {
	var ours []string
	now = now.spelledAs(core.TextsOf(m.URLs))
	others := maps.Clone(now)
	for _, u := range core.TextsOf(m.URLs) {
		if _, ok := now[u]; ok {
			ours = append(ours, u)
			delete(others, u)
		}
	}
	m.URLs = textSet(ours)
	m.OtherURLs = others.mapValue()
	common := m.flags()
	disputed := make(map[string]bool)
	for i, u := range ours {
		for name, on := range now[u] {
			disputed[name] = disputed[name] || i > 0 && common[name] != on
			common[name] = on
		}
	}
	m.Active, m.SelfSending, m.Events = types.BoolNull(), types.BoolNull(), types.SetNull(types.StringType)
	if len(ours) == 0 {
		return
	}
	if !disputed[flagActive] {
		m.Active = types.BoolValue(common[flagActive])
	}
	if !disputed[flagSelfSending] {
		m.SelfSending = types.BoolValue(common[flagSelfSending])
	}
	if !slices.ContainsFunc(webhookEvents(), func(name string) bool { return disputed[name] }) {
		m.Events = textSet(common.events())
	}
}

// showAll makes the state show all webhooks at the location. Which of them are of others is not known before a
// plan, and null. So the first plan always has a change, which ends the import.
func (m *webhooksModel) showAll(now webhooks) {
	m.URLs = textSet(now.urls())
	m.refresh(now)
	m.OtherURLs = types.MapNull(webhookSettingsType)
}

// leaveForeign removes from urls, and returns in order, those that are not declared, in any spelling.
func (m *webhooksModel) leaveForeign(declared []string) (left []string) {
	found := make(webhooks)
	for _, u := range core.TextsOf(m.URLs) {
		found[u] = nil
	}
	var ours []string
	for _, u := range found.spelledAs(declared).urls() {
		if slices.Contains(declared, u) {
			ours = append(ours, u)
		} else {
			left = append(left, u)
		}
	}
	m.URLs = textSet(ours)
	return left
}

// doubt marks the settings in the state as not known. It keeps the old URLs and those of the plan, because
// all of them may be there.
func (m *webhooksModel) doubt(before *webhooksModel) {
	if before != nil {
		m.URLs = textSet(slices.Compact(slices.Sorted(slices.Values(append(core.TextsOf(m.URLs), core.TextsOf(before.URLs)...)))))
	}
	m.Active, m.SelfSending, m.Events = types.BoolNull(), types.BoolNull(), types.SetNull(types.StringType)
	m.OtherURLs = types.MapNull(webhookSettingsType)
}

// keepNull sets settings back to null that were null in a plan: their changes are ignored, and Terraform
// requires the planned value. The next refresh reads them.
func (m *webhooksModel) keepNull(plan webhooksModel) {
	if plan.Active.IsNull() {
		m.Active = plan.Active
	}
	if plan.SelfSending.IsNull() {
		m.SelfSending = plan.SelfSending
	}
	if plan.Events.IsNull() {
		m.Events = plan.Events
	}
	if plan.URLs.IsNull() {
		m.URLs = plan.URLs
	}
}

// webhookSettings is all webhooks of a location together.
const webhookSettings core.MatterKind = "webhook settings"

// webhookAt returns the matter of a URL of a location, in any spelling. webhooksAt returns that of all
// settings, which the API changes together.
func webhookAt(location int64, url string) core.Matter {
	return core.Matter{Kind: core.WebhookMatter, Location: location, Name: core.WebhookForm(url)}
}

func webhooksAt(location int64) core.Matter {
	return core.Matter{Kind: webhookSettings, Location: location}
}

func webhooksMatters(location int64, urls []string) []core.Matter {
	all := make([]core.Matter, 0, len(urls))
	for _, u := range urls {
		all = append(all, webhookAt(location, u))
	}
	return all
}

// declarations returns the declarations of a plan, for the ledger: each URL, and the settings of all URLs
// of the location.
func (m webhooksModel) declarations(state *webhooksModel) []core.Declaration {
	location := m.LocationID.ValueInt64()
	var before []string
	if state != nil && state.LocationID.Equal(m.LocationID) {
		before = core.TextsOf(state.URLs)
	}
	var all []core.Declaration
	for _, u := range core.TextsOf(m.URLs) {
		all = append(all, core.Declaration{Matter: webhookAt(location, u), Value: "declared", Held: slices.Contains(before, u)})
	}
	if !m.Events.IsNull() && !m.Active.IsNull() && !m.SelfSending.IsNull() {
		all = append(all, core.Declaration{Matter: webhooksAt(location), Value: m.flags().String(), Held: before != nil})
	}
	return all
}

// removals returns the removals of a plan, for the ledger.
func (m webhooksModel) removals(declared []string, destroyed bool) []core.Removal {
	var all []core.Removal
	for _, u := range core.TextsOf(m.URLs) {
		if !slices.Contains(declared, u) {
			all = append(all, core.Removal{Matter: webhookAt(m.LocationID.ValueInt64(), u), Leaves: "deleted", Destroyed: destroyed})
		}
	}
	return all
}

var webhookSettingsType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"active":       types.BoolType,
	"events":       types.SetType{ElemType: types.StringType},
	"self_sending": types.BoolType,
}}

func (w webhooks) mapValue() types.Map {
	elements := make(map[string]attr.Value, len(w))
	for u, flags := range w {
		elements[u] = types.ObjectValueMust(webhookSettingsType.AttrTypes, map[string]attr.Value{
			"active":       types.BoolValue(flags[flagActive]),
			"events":       textSet(flags.events()),
			"self_sending": flags.selfSending(),
		})
	}
	return types.MapValueMust(webhookSettingsType, elements)
}

// selfSending returns null if the API does not return it, as on older servers.
func (f webhookFlags) selfSending() types.Bool {
	if on, told := f[flagSelfSending]; told {
		return types.BoolValue(on)
	}
	return types.BoolNull()
}

func textSet(texts []string) types.Set {
	elements := make([]attr.Value, 0, len(texts))
	for _, text := range texts {
		elements = append(elements, types.StringValue(text))
	}
	return types.SetValueMust(types.StringType, elements)
}

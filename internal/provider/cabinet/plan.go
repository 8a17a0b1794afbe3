// SPDX-License-Identifier: MPL-2.0

package cabinet

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// This file works out the plan of an application: what stays, what changes, and what is sent.

// kept returns the plan of an update that keeps every attribute that is not in the configuration, as far as
// it is known.
func (m applicationModel) kept(config, state applicationModel) applicationModel {
	var card altegio.ApplicationCard
	given, before := config.bindings(new(altegio.ApplicationCard)), state.bindings(&card)
	for i, b := range m.bindings(&card) {
		if given[i].value().IsNull() {
			before[i].send()
			_ = b.read(before[i].value()) // it was read into the state in the same way
		}
	}
	if config.PromoMaterials.IsNull() {
		m.PromoMaterials = state.PromoMaterials // with the files that they came from
	}
	if config.ConnectInstruction.IsNull() {
		m.ConnectInstruction = state.ConnectInstruction
	}
	if config.PaymentInstruction.IsNull() {
		m.PaymentInstruction = state.PaymentInstruction
	}
	m.ID, m.ApplicationID, m.CreatedAt = state.ID, state.ApplicationID, state.CreatedAt
	m.IconURL, m.InfoURL, m.ReviewURL = state.IconURL, state.InfoURL, state.ReviewURL
	m.Status, m.ModeratedAt, m.IsPublished = state.Status, state.ModeratedAt, state.IsPublished
	if len(m.changes(state)) > 0 { // the vendor may moderate or publish it meanwhile
		m.Status, m.ModeratedAt, m.IsPublished = types.StringUnknown(), types.StringUnknown(), types.BoolUnknown()
	}
	if m.sendsIcon(state) {
		m.IconURL = types.StringUnknown()
	}
	return m
}

// changes returns the attributes that a plan sends, or may send once their values are known.
func (m applicationModel) changes(state applicationModel) (changed []string) {
	before := state.bindings(new(altegio.ApplicationCard))
	for i, b := range m.bindings(new(altegio.ApplicationCard)) {
		if value := b.value(); !value.IsNull() && !value.Equal(before[i].value()) {
			changed = append(changed, b.name)
		}
	}
	return append(changed, m.changesBesides(state)...)
}

// changesBesides returns those that are not members of the card.
func (m applicationModel) changesBesides(state applicationModel) (changed []string) {
	if m.changesInstruction(m.ConnectInstruction, state.ConnectInstruction) {
		changed = append(changed, "connect_instruction")
	}
	if m.changesInstruction(m.PaymentInstruction, state.PaymentInstruction) {
		changed = append(changed, "payment_instruction")
	}
	if m.sendsIcon(state) {
		changed = append(changed, "icon_source")
	}
	return changed
}

func (applicationModel) changesInstruction(planned, is types.String) bool {
	return !planned.IsNull() && !planned.Equal(is)
}

// checkIdentity fails if a plan would change the application into another one.
func (m applicationModel) checkIdentity(state applicationModel) (diags diag.Diagnostics) {
	if !m.Slug.IsUnknown() && !m.Slug.IsNull() && state.Slug.ValueString() != "" && !m.Slug.Equal(state.Slug) {
		diags.Append(slugCannotChange(state.Slug.ValueString(), m.Slug.ValueString()))
	}
	if !m.PartnerID.IsUnknown() && !m.PartnerID.Equal(state.PartnerID) {
		diags.Append(accountCannotChange(state.PartnerID.ValueInt64(), m.PartnerID.ValueInt64()))
	}
	return diags
}

// customersSee warns about changes of a published application, which customers see.
func (m applicationModel) customersSee(state applicationModel) (diags diag.Diagnostics) {
	changed := m.changes(state)
	if !state.IsPublished.ValueBool() || len(changed) == 0 {
		return nil
	}
	diags.Append(applicationIsPublished(state.applicationID(), state.Title.ValueString(), changed))
	var rights []string
	for slug, value := range m.Permissions.Elements() {
		if isRight(value) && !isRight(state.Permissions.Elements()[slug]) {
			rights = append(rights, slug)
		}
	}
	if len(rights) > 0 {
		diags.Append(applicationAsksForMore(state.applicationID(), rights))
	}
	return diags
}

func isRight(value attr.Value) bool {
	number, ok := value.(types.Number)
	return ok && (number.IsUnknown() || !number.IsNull() && number.ValueBigFloat().Sign() != 0)
}

// declared returns a text that is equal for equal configurations. known is false if part of the
// configuration is unknown.
func (m applicationModel) declared() (text string, known bool) {
	var b strings.Builder
	known = true
	say := func(name string, value attr.Value) {
		if value.IsNull() {
			return
		}
		text := value.String()
		known = known && !strings.Contains(text, attr.UnknownValueString)
		b.WriteString(name + " = " + text + "\n")
	}
	for _, binding := range m.bindings(new(altegio.ApplicationCard)) {
		say(binding.name, binding.value())
	}
	say("connect_instruction", m.ConnectInstruction)
	say("payment_instruction", m.PaymentInstruction)
	say("icon_source_hash", m.IconSourceHash)
	return b.String(), known
}

// send returns what a plan has to send: a card with only the values that differ from the state, and the
// names of all attributes that differ.
func (m applicationModel) send(state applicationModel) (card altegio.ApplicationCard, changed []string, diags diag.Diagnostics) {
	for name, at := range m.pictureFiles(state) {
		if _, err := pictureDataURL(name); err != nil {
			diags.Append(unusablePicture(at, err))
		}
	}
	if diags.HasError() {
		return card, nil, diags
	}
	before := state.bindings(new(altegio.ApplicationCard))
	for i, b := range m.bindings(&card) {
		value := b.value()
		if value.IsNull() || value.IsUnknown() || value.Equal(before[i].value()) {
			continue
		}
		b.send()
		changed = append(changed, b.name)
	}
	if m.sendsIcon(state) {
		var err error
		if card.IconData, err = pictureDataURL(m.IconSource.ValueString()); err != nil {
			diags.Append(unusablePicture(path.Root("icon_source"), err))
		}
	}
	for _, name := range m.changesBesides(state) {
		unknown := name == "connect_instruction" && m.ConnectInstruction.IsUnknown() ||
			name == "payment_instruction" && m.PaymentInstruction.IsUnknown()
		if !unknown {
			changed = append(changed, name)
		}
	}
	return card, changed, diags
}

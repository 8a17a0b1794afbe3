// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// This file has developer accounts and their applications, as the vendor's own client uses them.

// accounts lists the accounts of the user, each with its partner token.
func (s *Server) accounts(c *call) answer {
	type account struct {
		ID            any    `json:"id"`
		Title         string `json:"title"`
		Name          string `json:"name"`
		Description   string `json:"description"`
		Phone         string `json:"phone"`
		Email         string `json:"email"`
		WebsiteURL    string `json:"website_url"`
		LegalType     string `json:"legal_type"`
		CountryID     any    `json:"country_id"`
		PartnerSystem any    `json:"partner_system"`
	}
	rows := []account{}
	for _, a := range s.world.cabinet.accounts {
		if a.Foreign {
			continue
		}
		token := a.Token
		if token == "" {
			token = s.world.partnerToken
		}
		system := any(map[string]any{"data": map[string]string{"token": token}})
		if c.shapes.Cabinet.FlatPartnerSystem {
			system = map[string]string{"token": token}
		}
		rows = append(rows, account{
			ID: c.shapes.integer(a.ID), Title: a.Title, Name: a.Title, Email: a.Email, LegalType: "llc",
			CountryID: c.shapes.integer(a.CountryID), PartnerSystem: system,
		})
	}
	return c.shapes.ok(rows)
}

// account checks the account in the path: an unknown one gets 404, another user's 403.
func (s *Server) account(c *call) (refusal answer, ok bool) {
	for _, a := range s.world.cabinet.accounts {
		switch {
		case a.ID != c.ids[0]:
		case a.Foreign:
			return c.shapes.fail(http.StatusForbidden, msgAccessDenied), false
		default:
			return answer{}, true
		}
	}
	return c.shapes.noSuch(), false
}

// cardOf returns the card in the path.
func (s *Server) cardOf(c *call) (card *card, refusal answer) {
	if refusal, ok := s.account(c); !ok {
		return nil, refusal
	}
	if card = s.world.cabinet.cards[c.ids[1]]; card == nil || card.account != c.ids[0] {
		return nil, c.shapes.noSuch()
	}
	return card, answer{}
}

// applications lists the applications of an account, by id.
func (s *Server) applications(c *call) answer {
	if refusal, ok := s.account(c); !ok {
		return refusal
	}
	rows := []json.RawMessage{}
	for _, id := range slices.Sorted(maps.Keys(s.world.cabinet.cards)) {
		if card := s.world.cabinet.cards[id]; card.account == c.ids[0] {
			rows = append(rows, s.world.record(card, c.shapes))
		}
	}
	return c.shapes.ok(rows)
}

// record returns an application as it is listed: first the members that can be written, then the others.
func (w *world) record(c *card, shapes Shapes) json.RawMessage {
	var b bytes.Buffer
	add := func(name string, value any) {
		raw, ok := value.(json.RawMessage)
		if !ok {
			raw = encodeJSON(value)
		}
		if b.Len() == 0 {
			b.WriteByte('{')
		} else {
			b.WriteByte(',')
		}
		b.Write(encodeJSON(name))
		b.WriteByte(':')
		b.Write(raw)
	}
	orNull := func(text string) any {
		if text == "" {
			return nil
		}
		return text
	}
	add("id", shapes.integer(c.id))
	add("marketplace_partner_id", shapes.integer(c.account))
	add("icon", orNull(c.icon))
	for _, rule := range memberRules {
		add(rule.name, shapes.member(rule, c.members[rule.name]))
	}
	add("application_token", applicationToken(c.id))
	add("system_user_id", shapes.integer(9_000_000+c.id))
	add("short_links", map[string]string{
		"info": fmt.Sprintf("https://altegio.example/a/%d", c.id), "review": fmt.Sprintf("https://altegio.example/r/%d", c.id),
	})
	add("created_at", c.createdAt)
	add("moderated_at", orNull(c.moderatedAt))
	switch {
	case c.moderated:
		add("moderation", struct {
			Connect string `json:"connect_instruction"`
			Payment string `json:"payment_instruction"`
			Started any    `json:"started_at"`
		}{c.connect, c.payment, orNull(c.startedAt)})
	case shapes.Cabinet.EmptyArrays:
		add("moderation", []object{})
	default:
		add("moderation", nil)
	}
	status := int64(1)
	if c.moderatedAt != "" {
		status = 2
	}
	add("status", shapes.integer(status))
	for _, name := range slices.Sorted(maps.Keys(c.extra)) {
		add(name, c.extra[name])
	}
	if shapes.Cabinet.ExtraMembers {
		add("installs_count", shapes.integer(int64(len(w.installedAt[c.id]))))
		if _, own := c.extra["awards"]; !own {
			add("awards", []string{"Best of 2024"})
		}
	}
	b.WriteByte('}')
	return b.Bytes()
}

// member returns a member in the form that answers have.
func (s Shapes) member(rule memberRule, raw json.RawMessage) json.RawMessage {
	switch {
	case s.Cabinet.EmptyArrays && string(raw) == "{}":
		return json.RawMessage("[]")
	case s.Cabinet.AbsoluteURLs && rule.name == "promo_materials":
		return bytes.ReplaceAll(raw, []byte(`"content":"/`), []byte(`"content":"https://assets.example/`))
	case !s.NumbersAsStrings:
		return raw
	case rule.name == "category_id" || rule.name == "trial_duration":
		return json.RawMessage(strconv.Quote(string(raw)))
	case rule.blank == "false":
		if string(raw) == "true" {
			return json.RawMessage(`"1"`)
		}
		return json.RawMessage(`"0"`)
	case rule.name == "country_ids" || rule.name == "channels":
		var numbers []json.Number
		_ = json.Unmarshal(raw, &numbers) // a value of another type, from EditCard, stays as it is
		texts := make([]string, 0, len(numbers))
		for _, n := range numbers {
			texts = append(texts, n.String())
		}
		return encodeJSON(texts)
	}
	return raw
}

// applicationToken is the secret of an application.
func applicationToken(id int64) string { return fmt.Sprintf("application-token-%d-5e1fc0", id) }

// createApplication adds a draft.
func (s *Server) createApplication(c *call) answer {
	if refusal, ok := s.account(c); !ok {
		return refusal
	}
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	id := int64(1)
	for known := range s.world.applications {
		id = max(id, known+1)
	}
	created := &card{
		account: c.ids[0], id: id, extra: map[string]json.RawMessage{}, createdAt: s.world.now().Format(dateLayout),
	}
	if problems := s.write(c, f, created, true); problems != nil {
		return c.shapes.invalid(problems, true)
	}
	s.world.cabinet.cards[id] = created
	if c.shapes.Cabinet.CreateAnswers == "id" {
		return c.shapes.wrote(http.StatusCreated, map[string]any{"id": c.shapes.integer(id)})
	}
	return c.shapes.wrote(http.StatusCreated, s.world.record(created, c.shapes))
}

// updateApplication replaces a card: what is left out becomes blank.
func (s *Server) updateApplication(c *call) answer {
	card, refusal := s.cardOf(c)
	if card == nil {
		return refusal
	}
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	if problems := s.write(c, f, card, false); problems != nil {
		return c.shapes.invalid(problems, true)
	}
	if c.shapes.Cabinet.Remoderates {
		card.moderatedAt = ""
	}
	if c.shapes.Cabinet.CorruptsExtra {
		card.extra["awards"] = json.RawMessage("[]")
	}
	return c.shapes.wrote(http.StatusOK, s.world.record(card, c.shapes))
}

// write reads a card from a form, and changes the card only if the form is valid.
func (s *Server) write(c *call, f *form, to *card, creates bool) []problem {
	read := &cardForm{form: f, world: s.world, shapes: c.shapes, card: to, uploads: to.uploads}
	members := read.readMembers(creates)
	icon := read.icon()
	if problems := f.finish(); problems != nil {
		return problems
	}
	to.members, to.icon, to.uploads = members, icon, read.uploads
	s.world.followCard(to)
	return nil
}

// followCard copies the changes of a card to the application that is installed at locations.
func (w *world) followCard(c *card) {
	application := w.applications[c.id]
	application.ID, application.Title = c.id, c.text("title")
	var category int64
	_ = json.Unmarshal(c.members["category_id"], &category) // 0 if it is something else
	if entry, known := findEntry(w.cabinet.catalog.Categories, category); known {
		application.Category = entry.Slug
	}
	w.applications[c.id] = application
}

func findEntry(entries []CatalogEntry, id int64) (CatalogEntry, bool) {
	for _, e := range entries {
		if e.ID == id {
			return e, true
		}
		if below, known := findEntry(e.Children, id); known {
			return below, true
		}
	}
	return CatalogEntry{}, false
}

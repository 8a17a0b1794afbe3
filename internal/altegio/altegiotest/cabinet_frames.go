// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"net/http"
	"slices"
)

// This file has the moderation and the frames of an application, the panels of a location, and the
// dictionaries of the catalogue.

// moderate replaces both instructions.
func (s *Server) moderate(c *call) answer {
	card, refusal := s.cardOf(c)
	if card == nil {
		return refusal
	}
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	texts := map[string]string{}
	for _, name := range []string{"connect_instruction", "payment_instruction"} {
		texts[name] = f.text(name)
		if texts[name] != "" {
			(&cardForm{form: f}).checkLength(name, texts[name], 3, 1000)
		}
	}
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, true)
	}
	card.moderated, card.connect, card.payment = true, texts["connect_instruction"], texts["payment_instruction"]
	return c.shapes.wrote(http.StatusOK, object{})
}

// startModeration submits an application. A person decides later, see [Server.EditCard].
func (s *Server) startModeration(c *call) answer {
	card, refusal := s.cardOf(c)
	if card == nil {
		return refusal
	}
	card.submissions++
	card.moderated, card.startedAt = true, s.world.now().Format(dateLayout)
	return c.shapes.wrote(http.StatusOK, object{})
}

// framesGet lists what an application declares.
func (s *Server) framesGet(c *call) answer {
	card, refusal := s.cardOf(c)
	if card == nil {
		return refusal
	}
	return c.shapes.ok(append([]Frame{}, card.frames...))
}

// framesSet replaces what an application declares. Locations keep what they have.
func (s *Server) framesSet(c *call) answer {
	card, refusal := s.cardOf(c)
	if card == nil {
		return refusal
	}
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	var frames []Frame
	if raw, ok := f.need("frames"); ok {
		frames = decodeList[Frame](f, "frames", raw)
	}
	seen := map[string]bool{}
	for _, frame := range frames {
		(&cardForm{form: f}).checkLength("frames", frame.Title, 3, 100)
		known := slices.Contains([]string{"employee", "client", "visit"}, frame.Slug)
		if (!known || seen[frame.Slug] || !isHTTPS(frame.URL)) && !f.failed("frames") {
			f.fail("frames", isWrongValue)
		}
		seen[frame.Slug] = true
	}
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, true)
	}
	card.frames = frames
	return c.shapes.wrote(http.StatusOK, append([]Frame{}, frames...))
}

// A Panel is what an application shows in the sidebar of a location.
type Panel struct {
	LocationID    int64  `json:"location_id"`
	ApplicationID int64  `json:"application_id"`
	Type          string `json:"type"` // chat, waiting_list or task_tracker
	URL           string `json:"url"`
}

// installFrame sets or removes a panel. There is room for one chat; whether there is room for one of each
// of the others is not known. The answer does not say whether the panel was set.
func (s *Server) installFrame(c *call) answer {
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	panel := Panel{LocationID: f.id("salon_id"), ApplicationID: f.id("application_id"), Type: f.text("type")}
	if !f.failed("type") && !slices.Contains([]string{"chat", "waiting_list", "task_tracker"}, panel.Type) {
		f.fail("type", isWrongValue)
	}
	if raw, ok := f.need("url"); ok && string(raw) != "null" {
		if panel.URL = decodeInto[string](f, "url", raw); !isHTTPS(panel.URL) && !f.failed("url") {
			f.fail("url", isWrongValue)
		}
	}
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, true)
	}
	if _, owned := s.owned(panel.ApplicationID); !owned {
		return c.shapes.fail(http.StatusForbidden, msgNoApplication)
	}
	if l := s.world.installed(linkKey{panel.LocationID, panel.ApplicationID}); l == nil {
		return c.shapes.notInstalled()
	}
	if panel.URL == "" {
		s.world.removePanels(func(p Panel) bool { return p.place() == panel.place() && p.ApplicationID == panel.ApplicationID })
	} else {
		s.world.installPanel(panel, c.shapes.Cabinet.Panel)
	}
	return c.shapes.wrote(http.StatusOK, object{})
}

type panelPlace struct {
	location int64
	kind     string
}

func (p Panel) place() panelPlace { return panelPlace{p.LocationID, p.Type} }

func (w *world) removePanels(gone func(Panel) bool) {
	w.cabinet.panels = slices.DeleteFunc(w.cabinet.panels, gone)
}

// installPanel sets a panel if there is room for it.
func (w *world) installPanel(panel Panel, rule string) {
	i := slices.IndexFunc(w.cabinet.panels, func(p Panel) bool { return p.place() == panel.place() })
	switch {
	case i < 0:
		w.cabinet.panels = append(w.cabinet.panels, panel)
	case rule == "replace", rule == "" && w.cabinet.panels[i].ApplicationID == panel.ApplicationID:
		w.cabinet.panels[i] = panel
	}
}

// rights lists the permissions that an application can ask for.
func (s *Server) rights(c *call) answer {
	if refusal, ok := s.account(c); !ok {
		return refusal
	}
	return c.shapes.ok(c.shapes.catalog(s.world.cabinet.catalog.Rights))
}

func (s *Server) catalogCategories(c *call) answer {
	return c.shapes.ok(c.shapes.catalog(s.world.cabinet.catalog.Categories))
}

func (s *Server) catalogChannels(c *call) answer {
	return c.shapes.ok(c.shapes.catalog(s.world.cabinet.catalog.Channels))
}

func (s *Server) catalogFunctionalities(c *call) answer {
	entries := s.world.cabinet.catalog.Functionalities
	if c.shapes.Cabinet.Catalog != "slugs" {
		return c.shapes.ok(c.shapes.catalog(entries))
	}
	slugs := make([]string, 0, len(entries))
	for _, e := range entries {
		slugs = append(slugs, e.Slug)
	}
	return c.shapes.ok(slugs)
}

// catalog returns a dictionary in the form that the shapes ask for. No form is documented (API-76).
func (s Shapes) catalog(entries []CatalogEntry) any {
	rows := make([]map[string]any, 0, len(entries))
	byKey := map[string]any{}
	for _, e := range entries {
		row := map[string]any{"slug": e.Slug, "title": e.Title}
		key := e.Slug
		if e.ID != 0 {
			row["id"] = s.integer(e.ID)
		}
		if len(e.Children) > 0 {
			row["children"] = s.catalog(e.Children)
		}
		rows = append(rows, row)
		byKey[key] = row
	}
	if s.Cabinet.Catalog == "map" {
		return byKey
	}
	return rows
}

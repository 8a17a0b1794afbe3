// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// The methods of this file look at the Developer Cabinet and change it behind the client's back, as
// another user of it or the vendor would.

// Card returns an application as it is listed, by the API's names, in the shapes in force. It is nil if
// the Developer Cabinet doesn't have it.
func (s *Server) Card(applicationID int64) map[string]json.RawMessage {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.world.cabinet.cards[applicationID]
	if c == nil {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(s.world.record(c, s.shapes), &members); err != nil {
		panic("altegiotest: " + err.Error()) // it consists of valid JSON
	}
	return members
}

// CardBySlug returns the id of the application with the slug, or 0.
func (s *Server) CardBySlug(slug string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, c := range s.world.cabinet.cards {
		if c.text("slug") == slug {
			return id
		}
	}
	return 0
}

// EditCard gives a member of a card a value, as JSON, without any check. A name that is none of a card's
// becomes a member that the API doesn't document (API-77); icon and moderated_at are texts or null, and
// moderated_at is what publishes an application. EditCard panics if the application isn't in the Developer Cabinet, or the value is no JSON.
func (s *Server) EditCard(applicationID int64, member, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.mustHaveCard("EditCard", applicationID)
	if !json.Valid([]byte(value)) {
		panic(fmt.Sprintf("altegiotest: EditCard: %s is no JSON", value))
	}
	var text string
	_ = json.Unmarshal([]byte(value), &text) // "" for null
	switch {
	case member == "icon":
		c.icon = text
	case member == "moderated_at":
		c.moderatedAt = text
	case slices.ContainsFunc(memberRules, func(rule memberRule) bool { return rule.name == member }):
		members := maps.Clone(c.members)
		members[member] = json.RawMessage(value)
		c.members = members
		s.world.followCard(c)
	default:
		c.extra[member] = json.RawMessage(value)
	}
}

// SetInstructions sets both instructions for the moderators. It panics if the application isn't in the
// Developer Cabinet.
func (s *Server) SetInstructions(applicationID int64, connect, payment string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.mustHaveCard("SetInstructions", applicationID)
	c.moderated, c.connect, c.payment = true, connect, payment
}

// Submissions returns how often an application was submitted to the moderators.
func (s *Server) Submissions(applicationID int64) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.world.cabinet.cards[applicationID]; c != nil {
		return c.submissions
	}
	return 0
}

// DeleteCard deletes an application from the Developer Cabinet, as only the vendor can. What is installed
// at locations stays.
func (s *Server) DeleteCard(applicationID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.world.cabinet.cards, applicationID)
}

// AddCard adds an application to the Developer Cabinet, and to the marketplace if it isn't there. It
// panics where a seed with it would be refused.
func (s *Server) AddCard(c Card) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.world.hasApplication(c.ApplicationID) {
		s.world.applications[c.ApplicationID] = Application{ID: c.ApplicationID}
	}
	if err := s.world.addCard(c); err != nil {
		panic("altegiotest: AddCard: " + err.Error())
	}
	s.world.followCard(s.world.cabinet.cards[c.ApplicationID])
}

// Frames returns the frames that an application declares, in the order given, or nil.
func (s *Server) Frames(applicationID int64) []Frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.world.cabinet.cards[applicationID]; c != nil {
		return slices.Clone(c.frames)
	}
	return nil
}

// SetFrames replaces the frames that an application declares. It panics if the application isn't in the
// Developer Cabinet.
func (s *Server) SetFrames(applicationID int64, frames []Frame) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mustHaveCard("SetFrames", applicationID).frames = slices.Clone(frames)
}

// Panels returns the panels of a location, of all applications.
func (s *Server) Panels(locationID int64) []Panel {
	s.mu.Lock()
	defer s.mu.Unlock()
	var panels []Panel
	for _, p := range s.world.cabinet.panels {
		if p.LocationID == locationID {
			panels = append(panels, p)
		}
	}
	return panels
}

// SetPanel sets a panel, and replaces any that is there.
func (s *Server) SetPanel(panel Panel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.installPanel(panel, "replace")
}

// ActivationSettings are settings of a callback that only the vendor's own client sends.
type ActivationSettings struct {
	ChatURL   string
	TipsURL   string
	Login     string
	SecretKey string
}

// ActivationSettings returns these settings of the last callback.
func (s *Server) ActivationSettings(locationID, applicationID int64) ActivationSettings {
	return s.peek(locationID, applicationID).activation
}

// ApplicationToken returns the secret of an application in the listing, so that tests can search for it.
func (s *Server) ApplicationToken(applicationID int64) string { return applicationToken(applicationID) }

func (s *Server) mustHaveCard(method string, applicationID int64) *card {
	c := s.world.cabinet.cards[applicationID]
	if c == nil {
		panic(fmt.Sprintf("altegiotest: %s: application %d isn't in the Developer Cabinet", method, applicationID))
	}
	return c
}

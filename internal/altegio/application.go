// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// An Application is the record of an application in the Developer Cabinet. An update has to send every
// member back, so the members are kept in the bytes in which they were read (see Client.UpdateApplication).
// Of unknown members, only whether they are empty is kept. The application's token is in the answer too; it
// is neither decoded nor kept.
type Application struct {
	AccountID int64 // the developer account
	ID        int64

	IconURL   string // a hosted picture, "" when there is none
	InfoURL   string // the short link to the application's page, "" when the API did not say
	ReviewURL string // the short link to its reviews, "" when the API did not say
	Status    string // "" when the API did not say
	CreatedAt string // the API's text
	// ModeratedAt is when the application was published, as the API's text; "" for a draft.
	ModeratedAt string
	// Moderation is the API's text about the moderation, as it was read; nil when there is none. Its shape
	// is not documented (API-75).
	Moderation json.RawMessage

	members []applicationMember // the members of an ApplicationCard, in the order of the answer
	others  map[string]bool     // whether a member of unknown meaning is empty
}

type applicationMember struct {
	name string
	raw  json.RawMessage
}

// setMember sets the value of a member in place, or appends the member. If a member occurs twice, the last
// value counts, as in encoding/json.
func setMember(members []applicationMember, name string, raw json.RawMessage) []applicationMember {
	for i := range members {
		if members[i].name == name {
			members[i].raw = raw
			return members
		}
	}
	return append(members, applicationMember{name, raw})
}

// Published reports whether the application is in the marketplace.
func (a *Application) Published() bool { return a.ModeratedAt != "" }

// Card returns the fields of the record that an ApplicationCard has. A field is nil if its member is
// missing, and empty if the member is null. The error names the members that are not as documented; their
// fields are nil.
func (a *Application) Card() (ApplicationCard, error) {
	var card ApplicationCard
	var problems []string
	for _, field := range card.fields() {
		raw, ok := a.member(field.name)
		if !ok {
			continue
		}
		if err := field.read(raw); err != nil {
			problems = append(problems, field.name+": "+jsonProblem(err))
		}
	}
	if problems != nil {
		return card, fmt.Errorf("application %d is not as documented: %s", a.ID, Printable(strings.Join(problems, "; ")))
	}
	return card, nil
}

// Slug is the application's natural key. It is set when the application is created.
func (a *Application) Slug() string { return a.text("slug") }

// Title is the application's name in the marketplace.
func (a *Application) Title() string { return a.text("title") }

func (a *Application) text(name string) string {
	var text cardText
	if raw, ok := a.member(name); !ok || json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return string(text)
}

func (a *Application) member(name string) (json.RawMessage, bool) {
	i := slices.IndexFunc(a.members, func(m applicationMember) bool { return m.name == name })
	if i < 0 {
		return nil, false
	}
	return a.members[i].raw, true
}

// Applications lists the applications of a developer account. The API has no way to read a single one. It
// needs a user token (GET /marketplace/developers/companies/{partner_id}/applications; not in the vendor's
// documentation).
func (c *Client) Applications(ctx context.Context, accountID int64) ([]*Application, error) {
	r := request{
		operation: "developers_applications", base: c.apiURL, path: applicationsPath(accountID), asUser: true,
		maxAnswer: maxDictionary,
	}
	rows, err := get[wireList[wireApplication]](ctx, c, r)
	if err == nil {
		err = requireIDs(r, "an application", rows, func(a wireApplication) wireInt { return wireInt(a.ID) })
	}
	if err != nil {
		return nil, err
	}
	applications := make([]*Application, 0, len(rows))
	for _, row := range rows {
		a := Application(row)
		a.AccountID = accountID
		applications = append(applications, &a)
	}
	return applications, nil
}

// SharedApplications is like Applications, but sends one request per account in the life of the client:
// later and concurrent calls return the same applications, which must not be changed. After a write to an
// application of the account, the next call sends a request again. Failures are not remembered.
func (c *Client) SharedApplications(ctx context.Context, accountID int64) ([]*Application, error) {
	return c.applications.get(ctx, accountID, func(ctx context.Context) ([]*Application, error) {
		return c.Applications(ctx, accountID)
	})
}

// wireApplication reads a record member by member: encoding/json would take "Title" for "title", and
// what is sent back must be what was read.
type wireApplication Application

func (a *wireApplication) UnmarshalJSON(b []byte) error {
	a.others = map[string]bool{}
	if jsonKind(b) != "an object" {
		return fmt.Errorf("an object is expected, not %s", jsonKind(b))
	}
	return eachMember(b, func(f field) error {
		if string(f.name) == "application_token" {
			return nil // a secret: it is not even read
		}
		return a.readMember(string(f.name), bytes.Clone(f.json))
	})
}

func (a *wireApplication) readMember(name string, raw json.RawMessage) error {
	text := func(to *string) {
		var t cardText
		if json.Unmarshal(raw, &t) == nil {
			*to = string(t)
		}
	}
	switch name {
	case "id":
		var id wireInt
		if err := json.Unmarshal(raw, &id); err != nil {
			return fmt.Errorf("id: %w", err)
		}
		a.ID = int64(id)
	case "icon":
		text(&a.IconURL)
	case "status":
		text(&a.Status)
	case "created_at":
		text(&a.CreatedAt)
	case "moderated_at":
		// A value that cannot be read must not make the application look unpublished.
		if a.ModeratedAt = ""; !emptyJSON(raw) {
			a.ModeratedAt = string(raw)
			text(&a.ModeratedAt)
		}
	case "moderation":
		if a.Moderation = nil; !emptyJSON(raw) {
			a.Moderation = raw
		}
	case "short_links":
		var links emptyArrayOr[struct {
			Info   wireText `json:"info"`
			Review wireText `json:"review"`
		}]
		if json.Unmarshal(raw, &links) == nil {
			a.InfoURL, a.ReviewURL = string(links.value.Info), string(links.value.Review)
		}
	case "system_user_id", "marketplace_partner_id":
	default:
		if !isCardMember(name) {
			a.others[name] = emptyJSON(raw)
			return nil
		}
		a.members = setMember(a.members, name, raw)
	}
	return nil
}

// emptyJSON reports whether a value is null, or an empty text, list or object.
func emptyJSON(raw []byte) bool {
	return slices.Contains([]string{"", "null", `""`, "[]", "{}"}, string(bytes.Join(bytes.Fields(raw), nil)))
}

// requireIDs fails if a row has no id, because nothing can refer to such a row.
func requireIDs[T any](r request, what string, rows []T, id func(T) wireInt) error {
	for _, row := range rows {
		if id(row) <= 0 {
			return r.unexpected(0, what+" has no id")
		}
	}
	return nil
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// A MemberChange is a member of a record before and after an update, as JSON; "" if the member is missing.
// Its name is that of the API.
type MemberChange struct {
	Name   string
	Before string
	After  string
}

// An ApplicationComparison lists the effects of an update that were not requested.
type ApplicationComparison struct {
	// NotSet are the requested members that do not have the requested value.
	NotSet []MemberChange
	// Moved are the members of the card, and connect_instruction and payment_instruction, that changed
	// without a request.
	Moved []MemberChange
	// Emptied are the names of other members that had a value before and are empty or gone now, sorted.
	Emptied []string
	// Unpublished reports that the application is no longer published, so it has to be moderated again.
	Unpublished bool
}

// CompareApplications compares an application before and after an update. Values that mean the same are
// equal: 7 is "7", sets have no order, a permission of 0 is none, pictures are compared by their paths, and
// a missing member equals null, 0, false or an empty value. A new picture is only checked for its place.
func CompareApplications(before, after *Application, asked ApplicationCard) ApplicationComparison {
	var c ApplicationComparison
	for _, field := range asked.fields() {
		was, _ := before.member(field.name)
		is, _ := after.member(field.name)
		change := MemberChange{field.name, string(was), string(is)}
		want, err := field.write()
		switch {
		case err != nil, want == nil:
			if meaning(field.name, was) != meaning(field.name, is) {
				c.Moved = append(c.Moved, change)
			}
		case !field.holds(want, is):
			c.NotSet = append(c.NotSet, change)
		}
	}
	was, is := before.instructions(), after.instructions()
	for i, text := range was {
		if is[i].text != text.text {
			c.Moved = append(c.Moved, MemberChange{text.name, text.text, is[i].text})
		}
	}
	if before.IconURL != "" && after.IconURL == "" {
		c.Emptied = append(c.Emptied, "icon")
	}
	for name, empty := range before.others {
		if nowEmpty, told := after.others[name]; !empty && (nowEmpty || !told) {
			c.Emptied = append(c.Emptied, name)
		}
	}
	slices.Sort(c.Emptied)
	c.Unpublished = before.Published() && !after.Published()
	return c
}

// meaning returns the text by which members are compared, "" for a value without content.
func meaning(name string, raw json.RawMessage) string {
	if raw == nil || emptyJSON(raw) {
		return ""
	}
	text := canonical(name, raw)
	if text == "0" || text == "false" || emptyJSON([]byte(text)) {
		return ""
	}
	return text
}

// holds reports whether a member has the requested value.
func (f cardField) holds(want, is json.RawMessage) bool {
	if meaning(f.name, want) == meaning(f.name, is) {
		return true
	}
	asked, ok := f.to.(*[]PromoMaterial)
	if !ok {
		return false
	}
	var got []PromoMaterial
	if (cardField{f.name, &got}).read(is) != nil || len(got) != len(*asked) {
		return false
	}
	for i, p := range *asked { // the path of a new picture is not known in advance
		if got[i].Type != p.Type || got[i].Content == "" || !p.isUpload() && got[i].path() != p.path() {
			return false
		}
	}
	return true
}

type instruction struct{ name, text string }

// instructions returns both instructions as JSON; "" for one that the answer does not contain.
func (a *Application) instructions() []instruction {
	i := a.Instructions()
	both := []instruction{{"connect_instruction", `""`}, {"payment_instruction", `""`}}
	for n, text := range []*string{i.Connect, i.Payment} {
		if text != nil {
			b, _ := encode(*text) // a text can always be encoded
			both[n].text = string(b)
		}
	}
	return both
}

// Digests returns a short digest of each non-empty member of the card and of both instructions, by the
// API's name. Equal values have equal digests (see CompareApplications). Digests that are stored at one
// reading show at the next what has changed since, without storing the values.
func (a *Application) Digests() map[string]string {
	digests := map[string]string{}
	note := func(name, text string) {
		sum := sha256.Sum256([]byte(text))
		digests[name] = hex.EncodeToString(sum[:8])
	}
	for _, m := range a.members {
		if text := meaning(m.name, m.raw); text != "" {
			note(m.name, text)
		}
	}
	for _, text := range a.instructions() {
		note(text.name, text.text)
	}
	return digests
}

// ChangedSince returns the names of the members whose digests have changed, sorted.
func (a *Application) ChangedSince(digests map[string]string) []string {
	var changed []string
	now := a.Digests()
	both := maps.Clone(now)
	maps.Copy(both, digests)
	for name := range both {
		if now[name] != digests[name] {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
)

// A MemberChange is a member of a record, by the API's name of it, before and after an update, as JSON;
// "" where the answer lacks it.
type MemberChange struct {
	Name   string
	Before string
	After  string
}

// An ApplicationComparison is what an update did besides what it was asked for.
type ApplicationComparison struct {
	// NotSet are members that were asked for and do not have the value.
	NotSet []MemberChange
	// Moved are members of the card, connect_instruction and payment_instruction that changed without
	// being asked for.
	Moved []MemberChange
	// Emptied are the names of other members that were there and now are empty or gone, sorted.
	Emptied []string
	// Unpublished says that the application was published and no longer is: it has to be moderated again.
	Unpublished bool
}

// CompareApplications compares an application before and after an update. Values of equal meaning are
// equal: 7 is "7", sets have no order, a permission of 0 is none, pictures are compared by their path, and
// a member that is left out, null, 0, false or empty says nothing. Of a new picture only its place can be
// compared.
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

// meaning is what members are compared by, "" for one that says nothing.
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

// holds reports whether a member has the value that was asked for.
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
	for i, p := range *asked { // a new picture has a path that nobody knew before
		if got[i].Type != p.Type || got[i].Content == "" || !p.isUpload() && got[i].path() != p.path() {
			return false
		}
	}
	return true
}

type instruction struct{ name, text string }

// instructions are both as JSON; one that the API does not tell is "".
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

// Digests gives a short digest of each member of the card that says something and of both instructions, by
// the API's name of it, in which equal values are equal (see CompareApplications). Noted at a reading, they say at the
// next one what others have changed, without keeping the values.
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

// ChangedSince names the members whose digest is another one than it was, in the order of their names.
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

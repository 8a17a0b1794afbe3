// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Whatever card is read, an update of one member sends every other one bit for bit (white space between
// values aside), and nothing else.
func FuzzUpdateApplication(f *testing.F) {
	f.Add([]byte(wholeRow), uint8(0), "New")
	f.Add([]byte(`{"id":1,"title":"\ud800","price":1e400,"permissions":{"a":1,"a":2,"\u0061":"3","":null},"questions":[[],{"question":5}]}`), uint8(8), "7")
	f.Add([]byte(`{"id":"1","TITLE":"x","title":null,"country_ids":{"1":5,"0":" 5 "},"channels":[1,1,{}],"application_token":{"x":["`+rowSecret+`"]}}`), uint8(3), "")
	f.Add([]byte(`{"promo_materials":[{"type":"image","content":"a/b"},{"type":"image","content":"//h/a/b","Content":"z"}],"functionalities":["b","a"]}`), uint8(20), "x")
	f.Fuzz(func(t *testing.T, row []byte, which uint8, value string) {
		if json.Valid(row) {
			checkUpdate(t, row, which, value)
		}
	})
}

// The same for cards that are generated member by member, so that all of them can be read.
func TestUpdateApplication_AnyCard(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scalar := rapid.OneOf(
			rapid.SampledFrom([]string{"null", "true", "false", `""`, "0", "1", `"1"`, "-1", "1.50", "1e3", "12345678901234567890123", `"\ud800"`, `"a\/b \u2028<&>"`}),
			rapid.Map(rapid.String(), func(s string) string { b, _ := json.Marshal(s); return string(b) }),
		)
		name := rapid.OneOf(rapid.SampledFrom([]string{`"type"`, `"content"`, `"question"`, `"answer"`, `"id"`, `"Content"`}), rapid.Map(rapid.StringN(0, 5, -1), func(s string) string {
			b, _ := json.Marshal(s)
			return string(b)
		}))
		var value func(depth int) *rapid.Generator[string]
		value = func(depth int) *rapid.Generator[string] {
			if depth == 0 {
				return scalar
			}
			list := rapid.Map(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[string] { return value(depth - 1) }), 0, 3),
				func(items []string) string { return "[" + strings.Join(items, " , ") + "]" })
			object := rapid.Custom(func(t *rapid.T) string {
				var members []string
				for range rapid.IntRange(0, 3).Draw(t, "members") {
					members = append(members, name.Draw(t, "name")+":"+value(depth-1).Draw(t, "value"))
				}
				return "{" + strings.Join(members, ",") + "}"
			})
			return rapid.OneOf(scalar, list, object)
		}
		names := []string{"icon", "application_token", "status", "moderated_at", "moderation", "short_links", "Title", "newer"}
		for _, field := range new(ApplicationCard).fields() {
			names = append(names, field.name)
		}
		row := []string{`"id":5`}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom(names), 0, 40).Draw(t, "names") {
			row = append(row, `"`+name+`":`+value(2).Draw(t, name))
		}
		checkUpdate(t, []byte("{"+strings.Join(row, ",")+"}"), rapid.Uint8().Draw(t, "which"), rapid.String().Draw(t, "new"))
	})
}

// reporter is a *testing.T or a *rapid.T.
type reporter interface {
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func checkUpdate(t reporter, row []byte, which uint8, value string) {
	var wire wireApplication
	if json.Unmarshal(row, &wire) != nil {
		return
	}
	read := Application(wire)
	var changes ApplicationCard
	fields := changes.fields()
	changed := fields[int(which)%len(fields)].name
	setOne(fields[int(which)%len(fields)], value)

	// A missing member must be set for an update, and is not in the row.
	given := map[string]bool{changed: true}
	for _, field := range fields {
		if _, ok := read.member(field.name); !ok && field.name != changed {
			given[field.name] = true
			setOne(field, "given")
		}
	}
	body, err := applicationUpdate(&read, changes)
	if err != nil {
		t.Fatalf("%v", err)
	}
	sent, err := encode(body)
	if err != nil {
		t.Fatalf("%s can't be sent: %v", body, err)
	}
	var want, got map[string]json.RawMessage
	if json.Unmarshal(row, &want) != nil || json.Unmarshal(sent, &got) != nil {
		t.Fatalf("%s or %s is no object", row, sent)
	}
	for name, raw := range got {
		switch {
		case !isCardMember(name):
			t.Errorf("%s is sent", name)
		case !given[name] && !bytes.Equal(compact(t, raw), compact(t, want[name])):
			t.Errorf("%s: sent %s, read %s", name, raw, want[name])
		}
	}
	for _, field := range fields {
		if _, ok := got[field.name]; !ok {
			t.Errorf("%s is not sent", field.name)
		}
	}
	if n := strings.Count(string(sent), rowSecret); n > 0 && !strings.Contains(strings.Join(values(want), ""), rowSecret) {
		t.Errorf("the token is sent: %s", sent)
	}

	// An update with the requested effect compares as done, and one without effect as unchanged.
	var done wireApplication
	if err := json.Unmarshal(sent, &done); err != nil {
		t.Fatalf("%v", err)
	}
	after := Application(done)
	after.others, after.IconURL, after.ModeratedAt, after.Moderation = read.others, read.IconURL, read.ModeratedAt, read.Moderation
	if c := CompareApplications(&read, &after, changes); len(c.NotSet)+len(c.Moved)+len(c.Emptied) > 0 || c.Unpublished {
		t.Errorf("%s became %s: %+v", row, sent, c)
	}
	if since := read.ChangedSince(read.Digests()); len(since) > 0 {
		t.Errorf("%s changed by themselves", since)
	}
	_, _ = read.Card()
	_ = fmt.Sprint(read.Instructions(), read.Title())
}

func values(members map[string]json.RawMessage) (texts []string) {
	for name, raw := range members {
		if name != "application_token" {
			texts = append(texts, string(raw))
		}
	}
	return texts
}

func compact(t reporter, raw json.RawMessage) []byte {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		t.Fatalf("%v", err)
	}
	return b.Bytes()
}

// setOne gives a field a value.
func setOne(field cardField, value string) {
	value = strings.ToValidUTF8(value, "")
	switch to := field.to.(type) {
	case **string:
		*to = &value
	case **int64:
		*to = ptr(int64(len(value)))
	case **bool:
		*to = ptr(len(value)%2 == 0)
	case *[]int64:
		*to = []int64{int64(len(value)), 5}
	case *[]string:
		*to = []string{value}
	case *[]PromoMaterial:
		*to = []PromoMaterial{{"video", value}}
	case *[]Question:
		*to = []Question{{value, "answer"}}
	case *map[string]Decimal:
		*to = map[string]Decimal{value: "1"}
	default:
		panic(field.name)
	}
}

// Every field of a card has a member, and there is no other list of them.
func TestApplicationCard_Fields(t *testing.T) {
	t.Parallel()
	documented := strings.Fields("title short_description category_id country_ids website_url price trial_duration channels permissions callback_url " +
		"registration_redirect_url is_personal_data_access_needed is_multiple_salons_allowed is_iframe slug is_nonpublic nonpublic_webhook_url " +
		"monetization_type full_description features_description promo_materials questions functionalities")
	var names []string
	for _, field := range new(ApplicationCard).fields() {
		names = append(names, field.name)
		setOne(field, "x")
		raw, err := field.write()
		if err != nil || raw == nil {
			t.Errorf("%s: %s, %v", field.name, raw, err)
		}
		var again ApplicationCard
		for _, f := range again.fields() {
			if f.name == field.name {
				if err := f.read(raw); err != nil {
					t.Errorf("%s: %s: %v", f.name, raw, err)
				}
				if text, err := f.write(); err != nil || !bytes.Equal(text, raw) {
					t.Errorf("%s: %s is read as %s, %v", f.name, raw, text, err)
				}
			}
		}
	}
	if !slices.Equal(names, documented) {
		t.Errorf("got %q, want %q", names, documented)
	}
}

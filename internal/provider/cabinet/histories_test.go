// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// A choice is a value of a member of the card, as a configuration has it and as the Cabinet does. The
// instructions for the moderators are members here as well.
type choice struct {
	attr any
	raw  string
}

var choices = map[string][]choice{
	"title":                 {{"Hello Bot", `"Hello Bot"`}, {"Day Bot", `"Day Bot"`}, {"Night Bot", `"Night \u0042ot"`}},
	"price":                 {{"", `""`}, {"5 EUR", `"5 EUR"`}},
	"country_ids":           {{[]any{7}, `[7]`}, {[]any{7, 56}, `[56,7]`}, {[]any{7, 56}, `[7,56]`}},
	"trial_duration":        {{0, "0"}, {14, "14"}},
	"permissions":           {{map[string]any{"a": 1}, `{"b":0,"a":1}`}, {map[string]any{"a": 1, "b": 0}, `{"a":1}`}, {map[string]any{"a": 1, "b": -1}, `{"b":-1,"a":1}`}, {map[string]any{}, "{}"}},
	"is_iframe":             {{true, "true"}, {false, "false"}},
	"nonpublic_webhook_url": {{"", "null"}, {"https://bot.example/hook", `"https://bot.example/hook"`}},
	"full_description":      {{"", `""`}, {"All of it", `"All of it"`}},
	"features_description":  {{[]any{}, "[]"}, {[]any{"One", "Two"}, `["One","Two"]`}},
	"questions":             {{[]any{}, "[]"}, {[]any{map[string]any{"question": "Why not?", "answer": "Yes."}}, `[{"question":"Why not?","answer":"Yes."}]`}},
	"functionalities":       {{[]any{"chat"}, `["chat"]`}, {[]any{"chat", "tasks"}, `["tasks","chat"]`}},
	"connect_instruction":   {{"", `""`}, {"Press Connect.", `"Press Connect."`}},
	"payment_instruction":   {{"", `""`}, {"Pay by card.", `"Pay by card."`}},
}

// meaningOf is the value of a member, in a form in which equal ones are equal.
func meaningOf(member string, raw json.RawMessage) any {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		panic(fmt.Sprintf("%s: %s: %v", member, raw, err))
	}
	switch value := value.(type) {
	case nil:
		return ""
	case []any:
		if member == "permissions" { // PHP's empty object
			return map[string]any{}
		}
		if member == "country_ids" || member == "functionalities" {
			slices.SortFunc(value, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
		}
	case map[string]any:
		maps.DeleteFunc(value, func(_ string, v any) bool { return v == 0.0 })
	}
	return value
}

// A cardPlayer plays one history: a configuration that manages some of the card and is changed, and
// somebody else who edits the card.
type cardPlayer struct {
	*rapid.T
	providertest.Rig
	managed map[string]choice
}

func (p *cardPlayer) fail(format string, args ...any) {
	p.Helper()
	p.Fatalf("%s\n\n%s", fmt.Sprintf(format, args...), p.History())
}

// held is the card, with the instructions.
func (p *cardPlayer) held() map[string]json.RawMessage {
	card := p.Fake.Card(456)
	for _, name := range []string{"connect_instruction", "payment_instruction"} {
		card[name] = json.RawMessage(`""`)
	}
	var moderation map[string]json.RawMessage
	if json.Unmarshal(card["moderation"], &moderation) == nil {
		for name, raw := range moderation {
			if _, ok := choices[name]; ok && string(raw) != "null" {
				card[name] = raw
			}
		}
	}
	maps.DeleteFunc(card, func(name string, _ json.RawMessage) bool { _, ok := choices[name]; return !ok })
	return card
}

func (p *cardPlayer) draw(label string) (string, choice) {
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(choices))).Draw(p.T, label)
	return name, rapid.SampledFrom(choices[name]).Draw(p.T, "value")
}

// configure changes what is declared.
func (p *cardPlayer) configure() {
	for range rapid.IntRange(0, 3).Draw(p.T, "changes") {
		name, value := p.draw("declares")
		if rapid.IntRange(0, 3).Draw(p.T, "drops") == 0 {
			delete(p.managed, name)
		} else {
			p.managed[name] = value
		}
	}
	attrs := tf.Attrs{}
	for name, value := range p.managed {
		attrs[name] = value.attr
	}
	p.Config.Resources = []tf.Resource{bot(attrs)}
}

// outsider edits the card, and reports whether it means something else now.
func (p *cardPlayer) outsider() bool {
	before := p.held()
	for range rapid.IntRange(0, 2).Draw(p.T, "edits") {
		name, value := p.draw("edits")
		switch name {
		case "connect_instruction", "payment_instruction":
			now := p.held()
			now[name] = json.RawMessage(value.raw)
			text := func(name string) string { return meaningOf(name, now[name]).(string) }
			p.Fake.SetInstructions(456, text("connect_instruction"), text("payment_instruction"))
		default:
			p.Fake.EditCard(456, name, value.raw)
		}
	}
	after := p.held()
	for name := range before {
		if !reflect.DeepEqual(meaningOf(name, before[name]), meaningOf(name, after[name])) {
			return true
		}
	}
	return false
}

// differs returns the members of a card that are not as declared.
func (p *cardPlayer) differs(card map[string]json.RawMessage) (names []string) {
	for name, value := range p.managed {
		if !reflect.DeepEqual(meaningOf(name, card[name]), meaningOf(name, json.RawMessage(value.raw))) {
			names = append(names, name)
		}
	}
	return names
}

// untouched fails if anything changed that is not declared, or was as declared already: in the card, or in
// the requests, bit for bit.
func (p *cardPlayer) untouched(before map[string]json.RawMessage) {
	p.Helper()
	asked := p.differs(before)
	sent := []map[string]json.RawMessage{p.held()}
	for _, update := range p.Fake.RequestsFor(altegiotest.OpApplicationUpdate) {
		var body map[string]json.RawMessage
		if err := json.Unmarshal(update.Body, &body); err != nil {
			p.fail("%v", err)
		}
		sent = append(sent, body)
	}
	for _, members := range sent {
		for name, raw := range members {
			if was, ok := before[name]; ok && !slices.Contains(asked, name) && string(raw) != string(was) {
				p.fail("%s was %s, and is %s, and nobody asked for it", name, was, raw)
			}
		}
	}
}

// apply plans and applies, with edits in between.
func (p *cardPlayer) apply() {
	p.Fake.ResetJournal()
	run := tf.Run{NoRefresh: rapid.IntRange(0, 3).Draw(p.T, "refresh") == 0}
	plan := p.Plan(run)
	if err := plan.Err(); err != nil {
		p.fail("the plan fails: %v", err)
	}
	if writes := p.Written(); len(writes) > 0 {
		p.fail("a plan sends %v", writes)
	}
	planned := len(plan.Actions()) > 0
	// A right that is declared as 0 is planned where the state does not have it, though it says nothing new.
	_, mayBeForm := p.managed["permissions"]
	if read := p.differs(p.held()); !run.NoRefresh && planned != (len(read) > 0) && (!planned || !mayBeForm) {
		p.fail("the plan is %v, and not as declared are %v", plan.Actions(), read)
	}
	moved := p.outsider()
	lost := rapid.SampledFrom([]string{"", "", "", "before", "after"}).Draw(p.T, "lost")
	if lost != "" {
		for _, operation := range []string{altegiotest.OpApplicationUpdate, altegiotest.OpModeration} {
			p.Fake.Fail(altegiotest.Fault{Operation: operation, AfterEffect: lost == "after", Drop: true, Times: 1})
		}
	}
	before := p.held()
	result := plan.Apply()
	p.Fake.ClearFaults()
	p.untouched(before)
	said := result.Diagnostics.Errors().String()
	refused := strings.Contains(said, "Application has changed since the plan")
	switch {
	case refused && len(p.Written()) > 0:
		p.fail("it is refused, and sends %v", p.Written())
	case run.NoRefresh: // what the state has may be older than the card
	case refused != (planned && moved):
		p.fail("planned: %t, edited meanwhile: %t, refused: %t", planned, moved, refused)
	case lost != "before" && !refused && said != "":
		p.fail("the apply fails: %s", said)
	}
	if said == "" && planned && len(p.differs(p.held())) > 0 {
		p.fail("after the apply, %v are not as declared", p.differs(p.held()))
	}
}

// Somebody else edits the card, before a plan or between the plan and its apply: declared values are right
// in the end, others stay as edited, bit for bit, and no edit is overwritten unseen.
func TestApplication_histories(t *testing.T) {
	t.Parallel()
	provider := tf.NewProvider(providertest.Hasty)
	rapid.Check(t, func(t *rapid.T) {
		fake := altegiotest.NewServer()
		defer fake.Close()
		p := &cardPlayer{T: t, Rig: providertest.Rig{Workspace: tf.New(provider, providertest.HarnessBlock(fake)), Fake: fake}, managed: map[string]choice{}}
		if rapid.Bool().Draw(t, "old Terraform") {
			p.Release = tf.V1_11
		}
		fake.SetShapes(altegiotest.Shapes{Cabinet: altegiotest.CabinetShapes{
			EmptyAnswers: rapid.Bool().Draw(t, "empty answers"), EmptyArrays: rapid.Bool().Draw(t, "empty arrays"),
			ExtraMembers: rapid.Bool().Draw(t, "extra members"), KeepsOmitted: rapid.Bool().Draw(t, "keeps omitted"),
		}})
		p.Config.Resources = []tf.Resource{bot(nil)}
		if err := p.Import(applicationAddr, "11/456").Err(); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 5).Draw(t, "steps") {
			p.configure()
			p.outsider()
			p.apply()
		}
		before := p.held()
		p.Fake.ResetJournal()
		if err := p.Apply().Err(); err != nil {
			p.fail("%v", err)
		}
		p.untouched(before)
		if differs := p.differs(p.held()); len(differs) > 0 {
			p.fail("in the end, %v are not as declared", differs)
		}
		if err := p.Settled(); err != nil {
			p.fail("%v", err)
		}
	})
}

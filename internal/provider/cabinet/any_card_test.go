// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// A memberKind is a member of a card: the values that it can have when something other than this provider
// wrote them, and those that a configuration can have.
type memberKind struct {
	name  string
	raw   *rapid.Generator[string]
	given []any
}

func quoted(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// rawList is a list of the values, with a null and an empty object in its place now and then.
func rawList(item *rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.Map(rapid.SliceOfN(item, 0, 4), func(items []string) string { return "[" + strings.Join(items, ",") + "]" }),
		rapid.SampledFrom([]string{"null", "[]", "{}"}),
	)
}

func rawObject(members map[string]*rapid.Generator[string]) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var parts []string
		for _, name := range []string{"type", "content", "question", "answer", "id"} {
			if value := members[name]; value != nil {
				parts = append(parts, quoted(name)+":"+value.Draw(t, name))
			}
		}
		return "{" + strings.Join(parts, ",") + "}"
	})
}

// memberKinds are all members of a card. They include values that an old version of the vendor's pages may
// have left behind: empty texts where the API requires one now, URLs that are not https, numbers as texts.
func memberKinds() []memberKind {
	any1 := rapid.OneOf(
		rapid.Map(rapid.String(), quoted),
		rapid.SampledFrom([]string{`""`, "null", `"ab"`, `"a\/b\u00e9\u2028<&> \ud83d\ude00"`, `"  spaces  "`, `"line\nline"`, "12", `"${x} %{y}"`}),
	)
	number := rapid.OneOf(
		rapid.Map(rapid.Int64Range(0, 1<<53), func(n int64) string { return strconv.FormatInt(n, 10) }),
		rapid.SampledFrom([]string{"0", `"31"`, "null", `""`, "-1"}),
	)
	url := rapid.SampledFrom([]string{`""`, "null", `"https://bot.example/a?b=1&c=2"`, `"http://bot.example"`, `"bot.example"`, `"https:\/\/bot.example"`})
	flag := rapid.SampledFrom([]string{"true", "false", "1", "0", `"1"`, `"0"`, "null"})
	id := rapid.SampledFrom([]string{"7", "56", "7", `"9"`, "1", "0"})
	permission := rapid.SampledFrom([]string{"1", "0", "-1", "9007199254740993", "123456789012345678901234567890", `"3"`, "true", "null", "2.0"})
	permissions := rapid.OneOf(rapid.Custom(func(t *rapid.T) string {
		var parts []string
		for _, slug := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"records_read", "days", "a b", "", "é", "0"}), 0, 4, rapid.ID[string]).Draw(t, "slugs") {
			parts = append(parts, quoted(slug)+":"+permission.Draw(t, "permission"))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}), rapid.SampledFrom([]string{"null", "[]", "{}"}))
	promo := rawList(rawObject(map[string]*rapid.Generator[string]{
		"type":    rapid.SampledFrom([]string{`"image"`, `"video"`}),
		"content": rapid.SampledFrom([]string{`"/uploads/1.png"`, `"https://assets.example/uploads/1.png"`, `"uploads\/1.png"`, `"dQw4w9WgXcQ"`, `"x base64 y"`, `""`}),
	}))
	questions := rawList(rawObject(map[string]*rapid.Generator[string]{"id": rapid.SampledFrom([]string{"5", `"5"`}), "question": any1, "answer": any1}))
	words := rapid.SampledFrom([]string{`"chat"`, `"tasks"`, `"something_new"`, `"chat"`, `"a\/b"`})
	urls := []any{"https://new.example/x", ""}
	flags := []any{true, false}
	ids := []any{[]any{7}, []any{56, 3}}
	return []memberKind{
		{"title", any1, []any{"New words"}},
		{"short_description", any1, []any{"New words"}},
		{"category_id", number, []any{4}},
		{"country_ids", rawList(id), ids},
		{"website_url", url, urls},
		{"price", any1, []any{"7 EUR", ""}},
		{"trial_duration", number, []any{21, 0}},
		{"channels", rawList(id), append(ids, []any{})},
		{"permissions", permissions, []any{map[string]any{"records_read": 1, "days": 0}, map[string]any{}}},
		{"callback_url", url, urls},
		{"registration_redirect_url", url, urls},
		{"is_personal_data_access_needed", flag, flags},
		{"is_multiple_salons_allowed", flag, flags},
		{"is_iframe", flag, flags},
		{"is_nonpublic", flag, flags},
		{"nonpublic_webhook_url", url, urls},
		{"monetization_type", rapid.SampledFrom([]string{`"free"`, `"paid"`, `"freemium"`, `""`, "null", `"subscription"`}), []any{"paid"}},
		{"full_description", any1, []any{"New words", ""}},
		{"features_description", rawList(any1), []any{[]any{"One", "Two"}, []any{}}},
		{"promo_materials", promo, []any{[]any{map[string]any{"type": "video", "content": "new"}}, []any{}}},
		{"questions", questions, []any{[]any{map[string]any{"question": "What is new?", "answer": "This."}}, []any{}}},
		{"functionalities", rawList(words), []any{[]any{"chat", "rfm"}, []any{}}},
	}
}

// Any card can be imported with an empty plan, and an update of one attribute sends everything else back
// bit for bit.
func TestApplication_anyCard(t *testing.T) {
	t.Parallel()
	kinds := memberKinds()
	provider := tf.NewProvider(providertest.Hasty)
	rapid.Check(t, func(t *rapid.T) {
		fake := altegiotest.NewServer()
		defer fake.Close()
		r := providertest.Rig{Workspace: tf.New(provider, providertest.HarnessBlock(fake)), Fake: fake}
		for _, kind := range kinds {
			if rapid.IntRange(0, 2).Draw(t, "has its own "+kind.name) > 0 {
				fake.EditCard(456, kind.name, kind.raw.Draw(t, kind.name))
			}
		}
		r.Config.Resources = []tf.Resource{bot(nil)}
		if err := r.Import(applicationAddr, "11/456").Err(); err != nil {
			t.Fatalf("%v\n%s", err, r.History())
		}
		if err := r.Settled(); err != nil {
			t.Fatalf("%v\n%s", err, r.History())
		}

		kind := rapid.SampledFrom(kinds).Draw(t, "changed")
		r.Config.Resources[0].Attrs[kind.name] = rapid.SampledFrom(kind.given).Draw(t, "to")
		before := fake.Card(456)
		r.Fake.ResetJournal()
		result := r.Apply(tf.Run{})
		if err := result.Plan.Err(); err != nil {
			t.Fatalf("%v\n%s", err, r.History())
		}
		updates := fake.RequestsFor(altegiotest.OpApplicationUpdate)
		if changes := len(result.Plan.Actions()); len(updates) != changes || len(r.Written()) != changes {
			t.Fatalf("a plan of %d changes sends %v\n%s", changes, r.Written(), r.History())
		}
		for _, update := range updates {
			var sent map[string]json.RawMessage
			if err := json.Unmarshal(update.Body, &sent); err != nil {
				t.Fatal(err)
			}
			if len(sent) != len(kinds)+1 { // and the slug
				t.Errorf("%d members are sent: %s", len(sent), update.Body)
			}
			for member, raw := range sent {
				if member != kind.name && string(raw) != string(before[member]) {
					t.Errorf("%s is sent as %s, and was read as %s", member, raw, before[member])
				}
			}
			if update.StatusCode == 200 {
				if err := result.Err(); err != nil {
					t.Fatalf("%v\n%s", err, r.History())
				}
				if err := r.Settled(); err != nil {
					t.Fatalf("%v\n%s", err, r.History())
				}
			} else if result.Err() == nil {
				t.Fatalf("%d is no error\n%s", update.StatusCode, r.History())
			}
		}
	})
}

// Whatever card is found, its generated configuration is accepted, and its plan is empty.
func TestApplicationListResource_anyCard(t *testing.T) {
	t.Parallel()
	kinds := memberKinds()
	provider := tf.NewProvider(providertest.Hasty)
	fake := coretest.NewFake(t)
	schema := providertest.NewProtocol(t).Schema.ResourceSchemas[providertest.ApplicationType]
	inConfiguration := map[string]bool{}
	for _, a := range schema.Block.Attributes {
		inConfiguration[a.Name] = a.Optional || a.Required
	}
	rapid.Check(t, func(rt *rapid.T) {
		for _, kind := range kinds {
			fake.EditCard(456, kind.name, kind.raw.Draw(rt, kind.name))
		}
		fake.SetInstructions(456, rapid.SampledFrom([]string{"", "ab", "Press Connect.", strings.Repeat("x", 1001)}).Draw(rt, "instruction"), "")
		p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
		all, diags := p.ListAll(providertest.ApplicationType, providertest.Args{"partner_id": 11}, 1)
		providertest.ExpectNone(t, diags)
		attrs := tf.Attrs{}
		for name, value := range all[0].State {
			if value != nil && inConfiguration[name] {
				attrs[name] = value
			}
		}
		r := providertest.Rig{Workspace: tf.New(provider, providertest.HarnessBlock(fake)), Fake: fake}
		r.Config.Resources = []tf.Resource{{Addr: applicationAddr, Attrs: attrs}}
		r.Config.Imports = []tf.Import{{To: applicationAddr, ID: fmt.Sprint(all[0].State["id"])}}
		plan := r.Plan()
		if err := plan.Err(); err != nil {
			rt.Fatalf("%v\n%s", err, r.History())
		}
		if change := plan.Change(applicationAddr); !change.Importing || !change.Before.RawEquals(change.After) {
			rt.Fatalf("it plans\n%#v\nwant\n%#v", change.After, change.Before)
		}
	})
}

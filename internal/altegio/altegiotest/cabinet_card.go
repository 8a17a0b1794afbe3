// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// A memberRule says which values the API accepts for a member of a card.
type memberRule struct {
	name       string
	blank      string // the value if it was never set, or if an update left it out
	required   bool
	updateOnly bool
	// read checks the value and returns what is stored.
	read func(f *cardForm, name string, raw json.RawMessage) json.RawMessage
}

// memberRules are the members that can be written. No others are accepted, except icon, and status, which
// the API ignores.
var memberRules = []memberRule{
	{name: "title", blank: `""`, required: true, read: textOf(3)},
	{name: "short_description", blank: `""`, required: true, read: textOf(3)},
	{name: "category_id", blank: "0", required: true, read: wholeNumber(1)},
	{name: "country_ids", blank: "[]", required: true, read: numberList(1)},
	{name: "website_url", blank: `""`, read: httpsURL},
	{name: "price", blank: `""`, read: textOf(0)},
	{name: "trial_duration", blank: "0", read: wholeNumber(0)},
	{name: "channels", blank: "[]", read: numberList(0)},
	{name: "permissions", blank: "{}", read: readPermissions},
	{name: "callback_url", blank: `""`, read: httpsURL},
	{name: "registration_redirect_url", blank: `""`, read: httpsURL},
	{name: "is_personal_data_access_needed", blank: "false", read: readFlag},
	{name: "is_multiple_salons_allowed", blank: "false", read: readFlag},
	{name: "is_iframe", blank: "false", read: readFlag},
	{name: "slug", blank: `""`, required: true, read: readSlug},
	{name: "is_nonpublic", blank: "false", read: readFlag},
	{name: "nonpublic_webhook_url", blank: "null", read: readWebhookURL},
	{name: "monetization_type", blank: `"free"`, read: readMonetization},
	{name: "full_description", blank: `""`, updateOnly: true, read: textOf(0)},
	{name: "features_description", blank: "[]", updateOnly: true, read: textList},
	{name: "promo_materials", blank: "[]", updateOnly: true, read: readPromo},
	{name: "questions", blank: "[]", updateOnly: true, read: readQuestions},
	{name: "functionalities", blank: "[]", updateOnly: true, read: readFunctionalities},
}

func blankMembers() map[string]json.RawMessage {
	members := make(map[string]json.RawMessage, len(memberRules))
	for _, rule := range memberRules {
		members[rule.name] = json.RawMessage(rule.blank)
	}
	return members
}

// A cardForm reads the body of a creation or an update.
type cardForm struct {
	*form
	world  *world
	shapes Shapes
	card   *card
	// uploads counts the pictures of this card, so that each has its own path.
	uploads int
}

// readMembers returns the card's members after the write, and records problems.
func (f *cardForm) readMembers(creates bool) map[string]json.RawMessage {
	members := blankMembers()
	for _, rule := range memberRules {
		if creates && rule.updateOnly {
			continue
		}
		raw, given := f.take(rule.name)
		switch {
		case given:
			members[rule.name] = rule.read(f, rule.name, bytes.Clone(raw))
		case !creates && f.shapes.Cabinet.KeepsOmitted:
			members[rule.name] = f.card.members[rule.name]
		case rule.required:
			f.fail(rule.name, isRequired)
		}
	}
	f.take("status") // part of the vendor's type, and ignored
	return members
}

var dataURL = regexp.MustCompile(`^data:image/[-+.\w]+;(name=[^;]*;)?base64,[A-Za-z0-9+/=]*$`)

// icon returns the card's new icon. A value that is not a data URL is also decoded, and stored as a corrupt
// picture (API-72).
func (f *cardForm) icon() string {
	raw, given := f.take("icon")
	if !given {
		return f.card.icon
	}
	text := decodeInto[string](f.form, "icon", raw)
	return "https://assets.example/marketplace/icons/" + f.upload(text)
}

// upload returns the name of a stored picture.
func (f *cardForm) upload(content string) string {
	f.uploads++
	kind := "picture"
	if !dataURL.MatchString(content) {
		kind = "corrupt"
	}
	sum := sha256.Sum256([]byte(content))
	return fmt.Sprintf("%d-%s-%d-%s.png", f.card.id, kind, f.uploads, hex.EncodeToString(sum[:4]))
}

func textOf(least int) func(*cardForm, string, json.RawMessage) json.RawMessage {
	return func(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
		f.checkLength(name, decodeInto[string](f.form, name, raw), least, 0)
		return raw
	}
}

func (f *cardForm) checkLength(name, text string, least, most int) {
	if n := utf8.RuneCountInString(text); !f.failed(name) && (n < least || most > 0 && n > most) {
		f.fail(name, isWrongValue)
	}
}

// number removes the quotes from a number that the API returned as a text.
func (f *cardForm) number(raw json.RawMessage) json.RawMessage {
	if f.shapes.NumbersAsStrings && wholeText.Match(bytes.Trim(raw, `"`)) {
		return bytes.Trim(raw, `"`)
	}
	return raw
}

var wholeText = regexp.MustCompile(`^-?(0|[1-9]\d*)$`)

func wholeNumber(least int64) func(*cardForm, string, json.RawMessage) json.RawMessage {
	return func(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
		raw = f.number(raw)
		if n := decodeInto[int64](f.form, name, raw); n < least && !f.failed(name) {
			f.fail(name, isWrongValue)
		}
		return raw
	}
}

func numberList(least int) func(*cardForm, string, json.RawMessage) json.RawMessage {
	return func(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
		items := decodeInto[[]json.RawMessage](f.form, name, raw)
		for i, item := range items {
			items[i] = f.number(item)
			f.checkID(name, decodeInto[int64](f.form, name, items[i]))
		}
		if len(items) < least && !f.failed(name) {
			f.fail(name, isWrongValue)
		}
		if f.failed(name) {
			return raw
		}
		return encodeJSON(items)
	}
}

// readPermissions keeps the order of the slugs and numbers of any size.
func readPermissions(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	if string(raw) == "[]" {
		return json.RawMessage("{}") // PHP's empty object
	}
	for _, number := range decodeInto[map[string]json.RawMessage](f.form, name, raw) {
		if !wholeText.Match(number) && !f.failed(name) {
			f.fail(name, isWrongType)
		}
	}
	return raw
}

func readFlag(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	if f.shapes.NumbersAsStrings {
		if flag, ok := map[string]string{`"1"`: "true", `"0"`: "false"}[string(raw)]; ok {
			return json.RawMessage(flag)
		}
	}
	decodeInto[bool](f.form, name, raw)
	return raw
}

func httpsURL(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	if text := decodeInto[string](f.form, name, raw); text != "" && !isHTTPS(text) {
		f.fail(name, isWrongValue)
	}
	return raw
}

func isHTTPS(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != ""
}

// readWebhookURL accepts null for none, but not an empty text.
func readWebhookURL(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	if string(raw) != "null" && !isHTTPS(decodeInto[string](f.form, name, raw)) && !f.failed(name) {
		f.fail(name, isWrongValue)
	}
	return raw
}

var slugText = regexp.MustCompile(`^[A-Za-z0-9_]{3,200}$`)

func readSlug(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	slug := decodeInto[string](f.form, name, raw)
	if !slugText.MatchString(slug) && !f.failed(name) {
		f.fail(name, isWrongValue)
	}
	for _, other := range f.world.cabinet.cards {
		if other != f.card && other.text("slug") == slug && !f.failed(name) {
			f.fail(name, isTaken)
		}
	}
	return raw
}

const isTaken = "This value is taken"

func readMonetization(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	switch decodeInto[string](f.form, name, raw) {
	case "free", "paid", "freemium":
	default:
		if !f.failed(name) {
			f.fail(name, isWrongValue)
		}
	}
	return raw
}

func textList(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	decodeList[string](f.form, name, raw)
	return raw
}

// readPromo stores new pictures, and turns the URLs of old ones into paths.
func readPromo(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	type material struct {
		Type    string `json:"type"`
		Content string `json:"content"`
	}
	list := decodeList[material](f.form, name, raw)
	for i, m := range list {
		u, err := url.Parse(m.Content)
		switch {
		case m.Type != "image" && m.Type != "video", m.Content == "":
			f.fail(name, isWrongValue)
		case m.Type == "video":
		case strings.Contains(m.Content, "base64"):
			list[i].Content = "/uploads/promo/" + f.upload(m.Content)
		case err == nil && u.Host != "":
			list[i].Content = u.Path
		}
	}
	if f.failed(name) {
		return raw
	}
	return encodeJSON(list)
}

func readQuestions(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	type question struct {
		Question string `json:"question"`
		Answer   string `json:"answer"`
	}
	for _, q := range decodeList[question](f.form, name, raw) {
		f.checkLength(name, q.Question, 3, 100)
		f.checkLength(name, q.Answer, 3, 1000)
	}
	return raw
}

func readFunctionalities(f *cardForm, name string, raw json.RawMessage) json.RawMessage {
	for _, slug := range decodeList[string](f.form, name, raw) {
		known := slices.ContainsFunc(f.world.cabinet.catalog.Functionalities, func(e CatalogEntry) bool { return e.Slug == slug })
		if !known && !f.failed(name) {
			f.fail(name, isWrongValue)
		}
	}
	return raw
}

// encodeJSON is json.Marshal without escapes, of plain data.
func encodeJSON(v any) json.RawMessage {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("altegiotest: " + err.Error())
	}
	return bytes.TrimSpace(buffer.Bytes())
}

func (c *card) text(name string) string {
	var text string
	_ = json.Unmarshal(c.members[name], &text) // "" if it is something else
	return text
}

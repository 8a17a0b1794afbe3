// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// An ApplicationCard has the values of an application that its account can change. In an update, nil keeps
// a field as it is, and an empty value clears it.
type ApplicationCard struct {
	Title            *string // at least 3 characters
	ShortDescription *string // at least 3 characters
	CategoryID       *int64  // of Client.CatalogCategories
	CountryIDs       []int64 // a set of at least one, of Client.Countries
	WebsiteURL       *string // https or ""
	Price            *string // for people to read
	TrialDuration    *int64  // days
	Channels         []int64 // a set, of Client.CatalogChannels
	// Permissions are whole numbers by slug: mostly 0 or 1, sometimes ids or numbers of days, where -1
	// means no limit. If set, the map is complete: a slug that is left out becomes 0.
	Permissions                map[string]Decimal
	CallbackURL                *string // https or ""
	RegistrationRedirectURL    *string // https or ""
	IsPersonalDataAccessNeeded *bool
	IsMultipleSalonsAllowed    *bool
	IsIframe                   *bool
	Slug                       *string // 3 to 200 of A-Z, a-z, 0-9 and _
	IsNonpublic                *bool
	NonpublicWebhookURL        *string // https; "" is sent as null
	MonetizationType           *string // free, paid or freemium
	// The fields below are sent only in updates, because the API does not accept them for a new
	// application.
	FullDescription     *string
	FeaturesDescription []string
	PromoMaterials      []PromoMaterial
	Questions           []Question
	Functionalities     []string // a set, of Client.CatalogFunctionalities

	// IconData is a new picture as a data URL ("data:image/png;base64,..."); "" keeps the old one. It also
	// becomes the picture of the application's system user. It cannot be read back: the API returns a URL.
	IconData string
}

// A PromoMaterial is a picture or a video on an application's page.
type PromoMaterial struct {
	Type string `json:"type"` // image or video
	// Content is the URL of an image, which the API turns into a path, a data URL with a new image, or a
	// reference to a video.
	Content string `json:"content"`
}

// A Question is one of the frequently asked questions on an application's page.
type Question struct {
	Question string `json:"question"` // 3 to 100 characters
	Answer   string `json:"answer"`   // 3 to 1000 characters
}

// A cardField connects a member of the API to a field of a card.
type cardField struct {
	name string
	to   any // a pointer to the field
}

// updateOnly is the number of fields, at the end of the list, that a new application is created without.
const updateOnly = 5

// fields lists every member that an update sends back, with its field. The API clears members that an
// update omits, and corrupts some others that are sent back, so this list must be exact.
func (c *ApplicationCard) fields() []cardField {
	return []cardField{
		{"title", &c.Title},
		{"short_description", &c.ShortDescription},
		{"category_id", &c.CategoryID},
		{"country_ids", &c.CountryIDs},
		{"website_url", &c.WebsiteURL},
		{"price", &c.Price},
		{"trial_duration", &c.TrialDuration},
		{"channels", &c.Channels},
		{"permissions", &c.Permissions},
		{"callback_url", &c.CallbackURL},
		{"registration_redirect_url", &c.RegistrationRedirectURL},
		{"is_personal_data_access_needed", &c.IsPersonalDataAccessNeeded},
		{"is_multiple_salons_allowed", &c.IsMultipleSalonsAllowed},
		{"is_iframe", &c.IsIframe},
		{"slug", &c.Slug},
		{"is_nonpublic", &c.IsNonpublic},
		{"nonpublic_webhook_url", &c.NonpublicWebhookURL},
		{"monetization_type", &c.MonetizationType},
		{"full_description", &c.FullDescription},
		{"features_description", &c.FeaturesDescription},
		{"promo_materials", &c.PromoMaterials},
		{"questions", &c.Questions},
		{"functionalities", &c.Functionalities},
	}
}

func isCardMember(name string) bool {
	return slices.ContainsFunc(new(ApplicationCard).fields(), func(f cardField) bool { return f.name == name })
}

// cardText is a text that keeps its white space, unlike wireText.
type cardText string

func (t *cardText) UnmarshalJSON(b []byte) error {
	if jsonKind(b) == "a string" {
		return json.Unmarshal(b, (*string)(t))
	}
	s, err := scalarText(b)
	*t = cardText(s)
	return err
}

// cardNumber is a number of any size, or a flag as 1 or 0.
type cardNumber struct{ Decimal }

func (n *cardNumber) UnmarshalJSON(b []byte) error {
	switch string(bytes.TrimSpace(b)) {
	case "true", `"true"`:
		n.Decimal = "1"
		return nil
	case "false", `"false"`, "null", `""`:
		n.Decimal = "0"
		return nil
	}
	return n.Decimal.UnmarshalJSON(b)
}

// read sets the field to a value from the API. null means empty.
func (f cardField) read(raw json.RawMessage) error {
	switch to := f.to.(type) {
	case **string:
		return readScalar(raw, to, func(t cardText) string { return string(t) })
	case **int64:
		return readScalar(raw, to, func(i wireInt) int64 { return int64(i) })
	case **bool:
		return readScalar(raw, to, func(b wireBool) bool { return bool(b) })
	case *[]int64:
		return readCardRows(raw, to, func(i wireInt) int64 { return int64(i) })
	case *[]string:
		return readCardRows(raw, to, func(t cardText) string { return string(t) })
	case *[]PromoMaterial:
		type row struct{ Type, Content cardText }
		return readCardRows(raw, to, func(r row) PromoMaterial { return PromoMaterial{string(r.Type), string(r.Content)} })
	case *[]Question:
		type row struct{ Question, Answer cardText }
		return readCardRows(raw, to, func(r row) Question { return Question{string(r.Question), string(r.Answer)} })
	case *map[string]Decimal:
		var read emptyArrayOr[map[string]cardNumber]
		if err := json.Unmarshal(raw, &read); err != nil {
			return err
		}
		*to = make(map[string]Decimal, len(read.value))
		for slug, number := range read.value {
			(*to)[slug] = number.Decimal
		}
		return nil
	default:
		return fmt.Errorf("%s: a field of type %T", f.name, f.to)
	}
}

func readScalar[W, T any](raw json.RawMessage, to **T, convert func(W) T) error {
	var wire W
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	value := convert(wire)
	*to = &value
	return nil
}

func readCardRows[W, T any](raw json.RawMessage, to *[]T, convert func(W) T) error {
	var wire wireList[W]
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*to = make([]T, 0, len(wire))
	for _, w := range wire {
		*to = append(*to, convert(w))
	}
	return nil
}

// write returns the field in the form that the API accepts, or nil if the field is not set.
func (f cardField) write() (json.RawMessage, error) {
	given := false
	switch to := f.to.(type) {
	case **string:
		given = *to != nil
		if given && **to == "" && f.name == "nonpublic_webhook_url" {
			return json.RawMessage("null"), nil
		}
	case **int64:
		given = *to != nil
	case **bool:
		given = *to != nil
	case *[]int64:
		given = *to != nil
	case *[]string:
		given = *to != nil
	case *[]PromoMaterial:
		given = *to != nil
	case *[]Question:
		given = *to != nil
	case *map[string]Decimal:
		given = *to != nil
	}
	if !given {
		return nil, nil
	}
	return encode(f.to)
}

// isSet reports whether the member is a set, whose order has no meaning.
func (f cardField) isSet() bool {
	return f.name == "country_ids" || f.name == "channels" || f.name == "functionalities"
}

// canonical returns a value in a form that is the same for equal values: 7 is "7", sets are sorted,
// permissions of 0 are left out, a picture is its path, and null is empty.
func canonical(name string, raw json.RawMessage) string {
	var card ApplicationCard
	fields := card.fields()
	i := slices.IndexFunc(fields, func(f cardField) bool { return f.name == name })
	if i < 0 || fields[i].read(raw) != nil {
		var compact bytes.Buffer
		if json.Compact(&compact, raw) != nil {
			return string(raw)
		}
		return compact.String()
	}
	switch to := fields[i].to.(type) {
	case *[]int64:
		slices.Sort(*to)
		*to = slices.Compact(*to)
	case *[]string:
		if fields[i].isSet() {
			slices.Sort(*to)
			*to = slices.Compact(*to)
		}
	case *[]PromoMaterial:
		for j, p := range *to {
			(*to)[j].Content = p.path()
		}
	case *map[string]Decimal:
		for slug, number := range *to {
			if (*to)[slug] = number.normal(); (*to)[slug] == "0" {
				delete(*to, slug)
			}
		}
	}
	text, err := encode(fields[i].to)
	if err != nil {
		return string(raw)
	}
	return string(text)
}

// normal returns the same number without zeros at either end of its digits: 17 is 17e0 and 2.50 is 25e-1.
// Its cost depends on the length of the text and not on the exponent.
func (d Decimal) normal() Decimal {
	digits, exponentText, _ := strings.Cut(strings.ToLower(string(d)), "e")
	exponent, _ := strconv.Atoi(cmp.Or(exponentText, "0")) // a Decimal is a number
	digits, negative := strings.CutPrefix(digits, "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	exponent -= len(fraction)
	digits = strings.TrimLeft(whole+fraction, "0")
	short := strings.TrimRight(digits, "0")
	if short == "" {
		return "0"
	}
	exponent += len(digits) - len(short)
	if negative {
		short = "-" + short
	}
	return Decimal(short + "e" + strconv.Itoa(exponent))
}

// path returns the text by which materials are compared. The API turns the URL of a picture into a path.
func (p PromoMaterial) path() string {
	if u, err := url.Parse(p.Content); err == nil && p.Type != "video" && !p.isUpload() && u.Path != "" {
		return strings.TrimPrefix(u.Path, "/")
	}
	return p.Content
}

// Same reports whether both are the same material. For a picture, its URL and its path are the same.
func (p PromoMaterial) Same(other PromoMaterial) bool {
	return p.Type == other.Type && p.path() == other.path()
}

// isUpload reports whether the API treats the content as a new picture.
func (p PromoMaterial) isUpload() bool {
	return p.Type != "video" && strings.Contains(p.Content, "base64")
}

var imageDataURL = regexp.MustCompile(`^data:image/[-+.\w]+;(name=[^;]*;)?base64,`)

// check rejects content that the API would store as a corrupt picture.
func (c *ApplicationCard) check() error {
	if c.IconData != "" && !imageDataURL.MatchString(c.IconData) {
		return errors.New("the icon is not a data URL of a picture, and the API would store it as a corrupt one")
	}
	for i, p := range c.PromoMaterials {
		if p.isUpload() && !imageDataURL.MatchString(p.Content) {
			return fmt.Errorf(`the content of promo material %d contains "base64" and is not a data URL of a picture, and the API would store it as a corrupt one`, i+1)
		}
	}
	return nil
}

// replace sets a member to a new value. Parts that do not change keep the bytes that were read: elements of
// a list, and the order of sets and permissions.
func isList(raw json.RawMessage, to *[]json.RawMessage) bool { return json.Unmarshal(raw, to) == nil }

func (f cardField) replace(old, want json.RawMessage) (json.RawMessage, error) {
	if canonical(f.name, old) == canonical(f.name, want) {
		return old, nil
	}
	if permissions, ok := f.to.(*map[string]Decimal); ok {
		return replacePermissions(old, *permissions)
	}
	var was, will []json.RawMessage
	if !isList(old, &was) || !isList(want, &will) {
		return want, nil
	}
	key := func(row json.RawMessage) string {
		return canonical(f.name, slices.Concat([]byte("["), row, []byte("]")))
	}
	for i, row := range will {
		if j := slices.IndexFunc(was, func(w json.RawMessage) bool { return key(w) == key(row) }); j >= 0 {
			will[i] = was[j]
		}
	}
	if f.isSet() {
		place := func(row json.RawMessage) int {
			j := slices.IndexFunc(was, func(w json.RawMessage) bool { return key(w) == key(row) })
			return (j + len(was) + 1) % (len(was) + 1) // new elements come last
		}
		slices.SortStableFunc(will, func(a, b json.RawMessage) int { return cmp.Compare(place(a), place(b)) })
	}
	return encode(will)
}

func replacePermissions(old json.RawMessage, want map[string]Decimal) (json.RawMessage, error) {
	members, err := orderedMembers(old)
	if err != nil {
		members = nil // it was [] or null, or cannot be kept
	}
	seen := map[string]bool{}
	for i, m := range members {
		seen[m.name] = true
		number := cmp.Or(want[m.name], "0")
		var was cardNumber
		if json.Unmarshal(m.raw, &was) != nil || was.normal() != number.normal() {
			members[i].raw = json.RawMessage(number)
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(want)) {
		if !seen[slug] {
			members = append(members, applicationMember{slug, json.RawMessage(cmp.Or(want[slug], "0"))})
		}
	}
	return encodeMembers(members)
}

func orderedMembers(raw json.RawMessage) (members []applicationMember, err error) {
	if jsonKind(raw) != "an object" {
		return nil, fmt.Errorf("an object is expected, not %s", jsonKind(raw))
	}
	err = eachMember(raw, func(f field) error {
		members = setMember(members, string(f.name), bytes.Clone(f.json))
		return nil
	})
	return members, err
}

// encodeMembers returns an object with the members in their order. It fails if a value is not valid JSON.
func encodeMembers(members []applicationMember) (json.RawMessage, error) {
	var object bytes.Buffer
	object.WriteByte('{')
	for i, m := range members {
		name, err := encode(m.name)
		if err != nil {
			return nil, err
		}
		if !json.Valid(m.raw) {
			return nil, fmt.Errorf("%s: %q is no JSON", m.name, m.raw)
		}
		if i > 0 {
			object.WriteByte(',')
		}
		object.Write(name)
		object.WriteByte(':')
		object.Write(m.raw)
	}
	object.WriteByte('}')
	return object.Bytes(), nil
}

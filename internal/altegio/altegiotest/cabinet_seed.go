// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// A DeveloperAccount is a partner's account in the Developer Cabinet.
type DeveloperAccount struct {
	ID        int64  `json:"id"`
	Title     string `json:"title"`
	Email     string `json:"email"`
	CountryID int64  `json:"country_id"`

	// Token is the account's partner token; "" for the one that the server was made with. A request
	// with it acts for the account's applications.
	Token string `json:"token"`

	// Foreign marks the account of another user, to which the user token gives no access.
	Foreign bool `json:"foreign"`
}

// A Card is what the Developer Cabinet keeps of an application.
type Card struct {
	AccountID     int64 `json:"account_id"`
	ApplicationID int64 `json:"application_id"`

	// Members are those of the card that are not blank, as JSON, by the API's names. Extra are
	// members that the API does not document (API-77); they are answered, and no update touches them.
	Members map[string]json.RawMessage `json:"members"`
	Extra   map[string]json.RawMessage `json:"extra"`

	Icon        string `json:"icon"`         // a URL, "" for none
	CreatedAt   string `json:"created_at"`   // "2006-01-02 15:04:05"; the time of the start if empty
	ModeratedAt string `json:"moderated_at"` // likewise; "" for a draft

	ConnectInstruction string  `json:"connect_instruction"`
	PaymentInstruction string  `json:"payment_instruction"`
	Frames             []Frame `json:"frames"`
}

// A Frame is a tab that an application declares.
type Frame struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Slug  string `json:"slug"` // employee, client or visit
}

// A CatalogEntry is a row of a dictionary of the catalogue, with the rows below it.
type CatalogEntry struct {
	ID       int64          `json:"id"`
	Slug     string         `json:"slug"`
	Title    string         `json:"title"`
	Children []CatalogEntry `json:"children"`
}

// A Catalog is all dictionaries of the catalogue.
type Catalog struct {
	Categories      []CatalogEntry `json:"categories"`
	Channels        []CatalogEntry `json:"channels"`
	Functionalities []CatalogEntry `json:"functionalities"`
	Rights          []CatalogEntry `json:"rights"`
}

// cabinet is the Developer Cabinet's part of the world.
type cabinet struct {
	accounts []DeveloperAccount
	cards    map[int64]*card // by application
	panels   []Panel
	catalog  Catalog
}

// A card is the current state of a Card.
type card struct {
	account, id          int64
	members, extra       map[string]json.RawMessage
	icon                 string
	createdAt            string
	moderatedAt          string
	moderated            bool // whether there is a moderation at all
	connect, payment     string
	startedAt            string // of the last submission
	submissions, uploads int
	frames               []Frame
}

func (w *world) seedCabinet(seed Seed) error {
	w.cabinet = cabinet{accounts: slices.Clone(seed.Accounts), cards: map[int64]*card{}, catalog: seed.Catalog}
	seen := map[int64]bool{}
	for _, account := range seed.Accounts {
		if account.ID <= 0 || seen[account.ID] {
			return fmt.Errorf("seed: account id %d is not positive or not unique", account.ID)
		}
		seen[account.ID] = true
	}
	for _, s := range seed.Cards {
		if err := w.addCard(s); err != nil {
			return fmt.Errorf("seed: card of application %d: %w", s.ApplicationID, err)
		}
	}
	return nil
}

func (w *world) addCard(s Card) error {
	switch {
	case !slices.ContainsFunc(w.cabinet.accounts, func(a DeveloperAccount) bool { return a.ID == s.AccountID }):
		return fmt.Errorf("unknown account %d", s.AccountID)
	case !w.hasApplication(s.ApplicationID):
		return errors.New("unknown application")
	case w.cabinet.cards[s.ApplicationID] != nil:
		return errors.New("it appears twice")
	}
	c := &card{
		account: s.AccountID, id: s.ApplicationID, members: blankMembers(), extra: map[string]json.RawMessage{}, icon: s.Icon,
		createdAt: s.CreatedAt, moderatedAt: s.ModeratedAt, connect: s.ConnectInstruction, payment: s.PaymentInstruction,
		frames: slices.Clone(s.Frames),
	}
	c.moderated = c.connect != "" || c.payment != ""
	maps.Copy(c.extra, s.Extra)
	if c.createdAt == "" {
		c.createdAt = w.now().Format(dateLayout)
	}
	for name, raw := range s.Members {
		if _, known := c.members[name]; !known || !json.Valid(raw) {
			return fmt.Errorf("%s is not a member of a card, or no JSON", name)
		}
		c.members[name] = raw
	}
	for _, other := range w.cabinet.cards {
		if other.text("slug") == c.text("slug") {
			return fmt.Errorf("the slug %q is not unique", c.text("slug"))
		}
	}
	w.cabinet.cards[s.ApplicationID] = c
	return nil
}

// partnerTokens returns all tokens that a request can have.
func (w *world) partnerTokens() []string {
	tokens := []string{w.partnerToken}
	for _, account := range w.cabinet.accounts {
		if account.Token != "" {
			tokens = append(tokens, account.Token)
		}
	}
	return tokens
}

// tokenOf returns the token that acts for an application.
func (w *world) tokenOf(applicationID int64) string {
	if c := w.cabinet.cards[applicationID]; c != nil {
		for _, account := range w.cabinet.accounts {
			if account.ID == c.account && account.Token != "" {
				return account.Token
			}
		}
	}
	return w.partnerToken
}

// SecondPartnerToken is the token of the second account of [DefaultSeed].
const SecondPartnerToken = "test-partner-token-second-77d0e2"

func defaultAccounts() []DeveloperAccount {
	return []DeveloperAccount{
		{ID: 11, Title: "Hello Bots", Email: "dev@hello-bots.example", CountryID: 7},
		{ID: 12, Title: "Second Brand", Email: "dev@second-brand.example", CountryID: 56, Token: SecondPartnerToken},
	}
}

func defaultCards() []Card {
	raw := func(members map[string]string) map[string]json.RawMessage {
		m := make(map[string]json.RawMessage, len(members))
		for name, text := range members {
			m[name] = json.RawMessage(text)
		}
		return m
	}
	plain := func(account, application int64, slug, title string, category int) Card {
		return Card{
			AccountID: account, ApplicationID: application, CreatedAt: "2021-03-01 09:00:00",
			Icon: fmt.Sprintf("https://assets.example/marketplace/icons/%d.png", application),
			Members: raw(map[string]string{
				"title": fmt.Sprintf("%q", title), "slug": fmt.Sprintf("%q", slug), "short_description": `"An application"`,
				"category_id": strconv.Itoa(category), "country_ids": "[7]", "price": `"Free"`, "monetization_type": `"free"`,
			}),
		}
	}
	published := Card{
		AccountID: 11, ApplicationID: 456, CreatedAt: "2021-03-01 09:00:00", ModeratedAt: "2021-04-12 15:30:00",
		Icon: "https://assets.example/marketplace/icons/456.png",
		Members: raw(map[string]string{
			"title": `"Hello Bot"`, "short_description": `"Answers your clients at night"`, "category_id": "31", "country_ids": "[56,7]",
			"website_url": `"https://hello-bots.example"`, "price": `"from $5 a month"`, "trial_duration": "14", "channels": "[2,1]",
			"permissions":  `{"records_read":1,"records_write":0,"clients_read":1,"history_days":-1,"default_resource":9007199254740993}`,
			"callback_url": `"https://hello-bots.example/callback"`, "registration_redirect_url": `"https://hello-bots.example/welcome?from=altegio&step=1"`,
			"is_personal_data_access_needed": "true", "is_multiple_salons_allowed": "true", "slug": `"hello_bot"`, "monetization_type": `"freemium"`,
			"full_description": `"Hello Bot writes to your clients.\nIt never sleeps & <never> shouts."`, "features_description": `["Confirms visits","Fills gaps"]`,
			"promo_materials": `[{"type":"image","content":"/uploads/promo/456/1.png"},{"type":"video","content":"https://video.example/456"}]`,
			"questions":       `[{"question":"Does it speak French?","answer":"It does."}]`, "functionalities": `["chat","mass_sendings"]`,
		}),
		ConnectInstruction: "Press Connect and scan the code.",
		Frames:             []Frame{{Title: "Dialogue", URL: "https://hello-bots.example/frame/client", Slug: "client"}},
	}
	sms := plain(11, 457, "quick_sms", "Quick SMS", 32)
	sms.ModeratedAt = "2021-05-02 11:00:00"
	return []Card{
		published, sms, plain(11, 458, "clear_numbers", "Clear Numbers", 4), plain(11, 459, "free_bot", "Free Bot", 31),
		plain(12, 470, "second_bot", "Second Bot", 31),
	}
}

func defaultCatalog() Catalog {
	entry := func(id int64, slug, title string, below ...CatalogEntry) CatalogEntry {
		return CatalogEntry{ID: id, Slug: slug, Title: title, Children: below}
	}
	functionalities := []string{
		"chat", "mass_sendings", "service_sendings", "cascades", "approving", "returns", "rfm", "maps_reviews", "interceptor", "analytics", "tasks",
	}
	catalog := Catalog{
		Categories: []CatalogEntry{
			entry(3, "communication", "Communication", entry(31, CategoryChatBots, "Chat Bots"), entry(32, CategorySMSAggregators, "SMS Aggregators")),
			entry(4, "analytics", "Analytics"),
			entry(5, "ai_bots", "AI Bots"),
		},
		Channels: []CatalogEntry{entry(1, "sms", "SMS"), entry(2, "whatsapp", "WhatsApp"), entry(3, "telegram", "Telegram")},
		Rights: []CatalogEntry{
			entry(0, "records", "Appointments", entry(0, "records_read", "See appointments"), entry(0, "records_write", "Change appointments")),
			entry(0, "clients", "Clients", entry(0, "clients_read", "See clients"), entry(0, "clients_phones", "See phone numbers")),
			entry(0, "history_days", "Days of history"),
		},
	}
	for i, slug := range functionalities {
		catalog.Functionalities = append(catalog.Functionalities, entry(int64(i+1), slug, "Functionality "+slug))
	}
	return catalog
}

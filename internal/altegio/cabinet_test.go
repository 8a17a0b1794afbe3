// SPDX-License-Identifier: MPL-2.0

package altegio_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func cabinetOf(t *testing.T, options ...altegiotest.Option) (*altegio.Client, *altegiotest.Server) {
	t.Helper()
	server := altegiotest.NewServer(options...)
	t.Cleanup(server.Close)
	client, err := altegio.New(altegiotest.DefaultPartnerToken, altegio.WithAPIURL(server.APIURL()), altegio.WithAppURL(server.AppURL()),
		altegio.WithUserToken(altegiotest.DefaultUserToken), altegio.WithPacer(altegio.NewPacer(0, 0)), altegio.WithMaxRetries(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client, server
}

func application(t *testing.T, c *altegio.Client, id int64) *altegio.Application {
	t.Helper()
	all, err := c.Applications(t.Context(), 11)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(a *altegio.Application) bool { return a.ID == id })
	if i < 0 {
		t.Fatalf("no application %d in %v", id, all)
	}
	return all[i]
}

func of[T any](v T) *T { return &v }

// shapes are the possible answers of the Developer Cabinet. Nobody knows which one it gives.
var shapes = map[string]altegiotest.Shapes{
	"likeliest":   {},
	"as strings":  {NumbersAsStrings: true, Meta: "object", Cabinet: altegiotest.CabinetShapes{FlatPartnerSystem: true, CreateAnswers: "id"}},
	"PHP":         {Cabinet: altegiotest.CabinetShapes{EmptyArrays: true, EmptyAnswers: true, Catalog: "map"}},
	"newer":       {Cabinet: altegiotest.CabinetShapes{ExtraMembers: true, AbsoluteURLs: true, Catalog: "slugs"}},
	"keeps":       {Cabinet: altegiotest.CabinetShapes{KeepsOmitted: true}},
	"remoderates": {Cabinet: altegiotest.CabinetShapes{Remoderates: true, ExtraMembers: true, CorruptsExtra: true}},
}

// A changed word is one PUT that differs from the card only in that word, and changes nothing else.
func TestCabinet_OneWord(t *testing.T) {
	t.Parallel()
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := cabinetOf(t, altegiotest.WithShapes(shape))
			read, before := application(t, client, 456), server.Card(456)
			changes := altegio.ApplicationCard{Title: of("Hi Bot")}
			if err := client.UpdateApplication(t.Context(), read, changes); err != nil {
				t.Fatal(err)
			}
			sent := server.RequestsFor(altegiotest.OpApplicationUpdate)
			if len(sent) != 1 {
				t.Fatalf("%d updates", len(sent))
			}
			var body map[string]json.RawMessage
			if err := json.Unmarshal(sent[0].Body, &body); err != nil {
				t.Fatal(err)
			}
			for member, raw := range body {
				want := before[member]
				if member == "title" {
					want = json.RawMessage(`"Hi Bot"`)
				}
				if !bytes.Equal(raw, want) {
					t.Errorf("%s: sent %s, read %s", member, raw, want)
				}
			}
			after := application(t, client, 456)
			got := altegio.CompareApplications(read, after, changes)
			want := altegio.ApplicationComparison{}
			if shape.Cabinet.Remoderates {
				want = altegio.ApplicationComparison{Emptied: []string{"awards"}, Unpublished: true}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("compared: %+v, want %+v", got, want)
			}
			if changed := after.ChangedSince(read.Digests()); !slices.Equal(changed, []string{"title"}) {
				t.Errorf("changed since: %s", changed)
			}
			now := server.Card(456)
			for member := range before {
				moves := member == "title" || shape.Cabinet.Remoderates && slices.Contains([]string{"awards", "moderated_at", "status"}, member)
				if !moves && !bytes.Equal(now[member], before[member]) {
					t.Errorf("%s moved from %s to %s", member, before[member], now[member])
				}
			}
		})
	}
}

// Whatever the answer to a creation, the application is found, and values that only an update accepts are
// set.
func TestCabinet_Create(t *testing.T) {
	t.Parallel()
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := cabinetOf(t, altegiotest.WithShapes(shape))
			card := altegio.ApplicationCard{
				Title: of("New Bot"), ShortDescription: of("A new one"), CategoryID: of(int64(31)), CountryIDs: []int64{7}, WebsiteURL: of(""), Price: of("Free"),
				TrialDuration: of(int64(3)), Channels: []int64{}, Permissions: map[string]altegio.Decimal{"a": "1"}, CallbackURL: of(""), RegistrationRedirectURL: of(""),
				IsPersonalDataAccessNeeded: of(false), IsMultipleSalonsAllowed: of(true), IsIframe: of(false), Slug: of("new_bot"), IsNonpublic: of(true),
				NonpublicWebhookURL: of(""), MonetizationType: of("free"), FullDescription: of("Long"), FeaturesDescription: []string{"One"},
				PromoMaterials: []altegio.PromoMaterial{{Type: "image", Content: "data:image/png;base64,AAAA"}},
				Questions:      []altegio.Question{{Question: "Why?", Answer: "So."}}, Functionalities: []string{"chat"}, IconData: "data:image/png;base64,AAAA",
			}
			created, err := client.CreateApplication(t.Context(), 11, card)
			if err != nil {
				t.Fatal(err)
			}
			if created.ID != server.CardBySlug("new_bot") || created.Published() {
				t.Errorf("created %+v", created)
			}
			card.IconData = ""
			if err := client.UpdateApplication(t.Context(), created, card); err != nil {
				t.Fatal(err)
			}
			after := application(t, client, created.ID)
			if got := altegio.CompareApplications(created, after, card); len(got.NotSet)+len(got.Moved) > 0 {
				t.Errorf("compared: %+v", got)
			}
			if strings.Contains(after.IconURL, "corrupt") || !strings.Contains(after.IconURL, "picture") {
				t.Errorf("icon %s", after.IconURL)
			}
			_, err = client.CreateApplication(t.Context(), 11, card)
			var exists *altegio.ApplicationExistsError
			if !errors.As(err, &exists) || exists.Application.ID != created.ID {
				t.Errorf("created twice: %v", err)
			}
			if n := server.Count(altegiotest.OpApplicationCreate); n != 1 {
				t.Errorf("%d creations", n)
			}
		})
	}
}

func TestCabinet_Rest(t *testing.T) {
	t.Parallel()
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			client, server := cabinetOf(t, altegiotest.WithShapes(shape))
			accounts, err := client.DeveloperAccounts(ctx)
			if err != nil || len(accounts) != 2 || accounts[1].ID != 12 || accounts[1].Title != "Second Brand" {
				t.Errorf("accounts %+v, %v", accounts, err)
			}
			frames := []altegio.Frame{{Slug: altegio.FrameVisit, Title: "Visit", URL: "https://a.example"}}
			if err := client.SetApplicationFrames(ctx, 11, 459, frames); err != nil {
				t.Error(err)
			}
			if got, err := client.ApplicationFrames(ctx, 11, 459); err != nil || !slices.Equal(got, frames) {
				t.Errorf("frames %+v, %v", got, err)
			}
			if got, err := client.ApplicationFrames(ctx, 11, 458); err != nil || len(got) != 0 {
				t.Errorf("frames %+v, %v", got, err)
			}
			before := application(t, client, 459)
			if before.Instructions().Connect != nil {
				t.Errorf("instructions %+v", before.Instructions())
			}
			if err := client.SetModerationInstructions(ctx, 11, 459, altegio.ModerationInstructions{Connect: of("Press it")}); err != nil {
				t.Error(err)
			}
			if err := client.StartModeration(ctx, 11, 459); err != nil || server.Submissions(459) != 1 {
				t.Errorf("%d submissions, %v", server.Submissions(459), err)
			}
			after := application(t, client, 459)
			if got := after.Instructions(); got.Connect == nil || *got.Connect != "Press it" || got.Payment == nil || *got.Payment != "" {
				t.Errorf("instructions %+v", got)
			}
			if got := altegio.CompareApplications(before, after, altegio.ApplicationCard{}).Moved; len(got) != 1 || got[0].Name != "connect_instruction" {
				t.Errorf("moved: %+v", got)
			}
			panel := altegio.LocationFrame{LocationID: 1001, ApplicationID: 456, Type: altegio.LocationFrameChat, URL: "https://a.example"}
			if err := client.SetLocationFrame(ctx, panel); err != nil || len(server.Panels(1001)) != 1 {
				t.Errorf("panels %+v, %v", server.Panels(1001), err)
			}
			for what, ask := range map[string]func() (altegio.Catalog, error){
				"categories":      func() (altegio.Catalog, error) { return client.CatalogCategories(ctx) },
				"channels":        func() (altegio.Catalog, error) { return client.CatalogChannels(ctx) },
				"functionalities": func() (altegio.Catalog, error) { return client.CatalogFunctionalities(ctx) },
				"rights":          func() (altegio.Catalog, error) { return client.AvailableRights(ctx, 11) },
			} {
				got, err := ask()
				slugs := map[string]bool{}
				for _, e := range got.Entries {
					slugs[e.Slug] = true
				}
				want := map[string]string{"categories": "chat_bots", "channels": "whatsapp", "functionalities": "tasks", "rights": "clients_phones"}[what]
				if err != nil || !slugs[want] {
					t.Errorf("%s: no %s in %+v, %v", what, want, got.Entries, err)
				}
			}
			for _, text := range []string{fmt.Sprintf("%+v %+v", accounts, *after), string(after.Moderation)} {
				if strings.Contains(text, server.ApplicationToken(459)) || strings.Contains(text, altegiotest.SecondPartnerToken) {
					t.Errorf("a token is in %s", text)
				}
			}
		})
	}
}

// An unknown account, or another user's, differs from one without applications.
func TestCabinet_NoAccount(t *testing.T) {
	t.Parallel()
	seed := altegiotest.DefaultSeed()
	seed.Accounts = append(seed.Accounts, altegiotest.DeveloperAccount{ID: 13, Foreign: true}, altegiotest.DeveloperAccount{ID: 14})
	client, _ := cabinetOf(t, altegiotest.WithSeed(seed))
	if _, err := client.SharedApplications(t.Context(), 13); !errors.Is(err, altegio.ErrForbidden) {
		t.Errorf("another user's: %v", err)
	}
	if _, err := client.SharedApplications(t.Context(), 99); !errors.Is(err, altegio.ErrGone) {
		t.Errorf("none: %v", err)
	}
	if all, err := client.SharedApplications(t.Context(), 14); err != nil || len(all) != 0 {
		t.Errorf("empty: %v, %v", all, err)
	}
}

// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"errors"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// Nobody can ask the live API, so the client must work in every world that the documentation allows: an
// installation from its beginning to its end, in a selection in which every pair of values of any two
// unknowns occurs.
func TestWorlds(t *testing.T) {
	t.Parallel()
	for _, w := range altegiotest.Worlds() {
		w.Hosts, w.OtherHost = 0, 0
		t.Run(w.String(), func(t *testing.T) {
			t.Parallel()
			l := newLifecycle(t, w)
			l.before()
			l.connect()
			l.configure()
			l.pay()
			l.list()
			l.end()
		})
	}
}

const (
	worldLocation    = 1008
	worldApplication = 457
)

// A lifecycle is that of one installation in one world.
type lifecycle struct {
	*testing.T
	world altegiotest.World
	fake  *altegiotest.Server
	c     *Client
	log   *eventLog
	later atomic.Int64 // how far the server's clock is ahead
}

func newLifecycle(t *testing.T, w altegiotest.World) *lifecycle {
	l := &lifecycle{T: t, world: w, log: &eventLog{}}
	l.fake = altegiotest.NewServer(altegiotest.WithShapes(w.Shapes()), altegiotest.WithClock(func() time.Time {
		return time.Now().Add(time.Duration(l.later.Load()))
	}))
	t.Cleanup(l.fake.Close)
	l.c = clientOfFake(t, l.fake, WithObserver(l.log))
	return l
}

// ok fails the test because of an error, and lets pass what the API remembers of a status.
func (l *lifecycle) ok(what string, err error) {
	l.Helper()
	l.later.Add(int64(6 * time.Minute))
	if err != nil {
		l.Fatalf("%s: %v", what, err)
	}
}

func (l *lifecycle) installation() (*Installation, error) {
	return l.c.Installation(l.Context(), worldLocation, worldApplication)
}

// refused is a refusal from which nobody could conclude that something has happened.
func (l *lifecycle) refused(what string, err error) {
	l.Helper()
	if e := asError(l, err); e.Kind != KindRefused || e.MayHaveHappened() {
		l.Errorf("%s: %v", what, err)
	}
}

func (l *lifecycle) before() {
	if _, err := l.installation(); !errors.Is(err, ErrNotInstalled) {
		l.Errorf("before the installation: %v", err)
	}
	l.refused("a channel of what is not installed", l.c.SetChannel(l.Context(), l.channel(true)))
	l.refused("names of what is not installed", l.c.SetSenderNames(l.Context(), worldLocation, worldApplication, []string{"A"}))
	l.refused("a discount for what is not installed", l.c.SetDiscount(l.Context(), worldApplication, []int64{worldLocation}, "5"))
	l.refused("activating what nobody granted", l.c.Activate(l.Context(), Activation{LocationID: worldLocation, ApplicationID: worldApplication}))
	_, err := l.c.ReportPayment(l.Context(), worldPayment)
	l.refused("a payment for what is not installed", err)
}

func (l *lifecycle) connect() {
	l.ok("granting", l.c.GrantAccess(l.Context(), worldLocation, worldApplication))
	i, err := l.installation()
	l.ok("reading", err)
	if i.Status != StatusPending {
		l.Errorf("the status is %s", i.Status)
	}
	l.ok("activating", l.c.Activate(l.Context(), Activation{
		LocationID: worldLocation, ApplicationID: worldApplication, WebhookURLs: []string{"https://Hooks.test/a?b=1&c=2"},
	}))
	i, err = l.installation()
	l.ok("reading", err)
	if i.Status != StatusActive || i.CreatedAt != l.fake.ConnectedAt(worldLocation, worldApplication) || len(i.Logs) != 2 || i.Incomplete != nil {
		l.Errorf("got %+v", i)
	}
	err = l.c.Activate(l.Context(), Activation{LocationID: worldLocation, ApplicationID: worldApplication})
	if !errors.Is(err, ErrForbidden) {
		l.Errorf("activating twice: %v", err)
	}
}

func (l *lifecycle) channel(available bool) Channel {
	return Channel{LocationID: worldLocation, ApplicationID: worldApplication, Slug: ChannelSMS, IsAvailable: available}
}

func (l *lifecycle) configure() {
	for _, available := range []bool{true, false, true} {
		l.ok("setting a channel", l.c.SetChannel(l.Context(), l.channel(available)))
		if got, set := l.fake.Channel(worldLocation, worldApplication, "sms"); !set || got != available {
			l.Errorf("the channel is %t, %t", got, set)
		}
	}
	l.ok("setting names", l.c.SetSenderNames(l.Context(), worldLocation, worldApplication, []string{"A", "B"}))
	l.ok("setting names", l.c.SetSenderNames(l.Context(), worldLocation, worldApplication, []string{"B", "C"}))
	if got := l.fake.SenderNames(worldLocation, worldApplication); !slices.Contains(got, "B") || !slices.Contains(got, "C") {
		l.Errorf("the names are %v", got)
	}
	l.ok("giving a discount", l.c.SetDiscount(l.Context(), worldApplication, []int64{worldLocation}, "15.50"))
	if got, _ := l.fake.Discount(worldLocation, worldApplication); got != "15.50" {
		l.Errorf("the discount is %s", got)
	}
	unconfirmed := map[string]int{}
	for _, n := range l.log.noticed {
		unconfirmed[n.Operation]++
	}
	want := map[string]int{}
	if l.world.Bodies == 1 {
		want = map[string]int{"update_channel": 3, "marketplace_partner_application_add_discount": 1}
	}
	if !maps.Equal(unconfirmed, want) {
		l.Errorf("noticed %v, want %v", unconfirmed, want)
	}

	settings, err := l.c.Webhooks(l.Context(), worldLocation)
	l.ok("reading webhooks", err)
	if len(settings.URLs) != 1 || !settings.Active || !settings.Events["record"] {
		l.Errorf("the webhooks are %+v", settings)
	}
	l.ok("setting webhooks", l.c.SetWebhooks(l.Context(), worldLocation, WebhookSettings{
		Active: true, URLs: []string{"https://a.test", "https://b.test"}, Events: map[string]bool{"record": true, "client": false},
	}))
	settings, err = l.c.Webhooks(l.Context(), worldLocation)
	l.ok("reading webhooks", err)
	if len(settings.URLs) != 2 || !settings.Events["record"] || settings.Events["client"] {
		l.Errorf("the webhooks are %+v", settings)
	}

	tariffs, err := l.c.Tariffs(l.Context(), worldApplication)
	l.ok("listing tariffs", err)
	if len(tariffs) != 1 || len(tariffs[0].Options) != 2 || !tariffs[0].Options[1].OverallPrice.Equal("1499.5") {
		l.Errorf("the tariffs are %+v", tariffs)
	}
	if link, err := l.c.PaymentLink(l.Context(), PaymentLinkRequest{LocationID: worldLocation, ApplicationID: worldApplication}); err != nil || link == "" {
		l.Errorf("the link is %q, %v", link, err)
	}
	countries, err := l.c.Countries(l.Context())
	l.ok("listing countries", err)
	if len(countries) != 2 || countries[1].ID != 56 || !countries[1].IsEU {
		l.Errorf("the countries are %+v", countries)
	}
}

var worldPayment = PaymentReport{
	LocationID: worldLocation, ApplicationID: worldApplication, Sum: "990.99", CurrencyISO: "EUR",
	PaymentDate: "2026-01-31 10:10:00", PeriodFrom: "2026-02-01 00:00:00", PeriodTo: "2026-02-28 23:59:59",
}

func (l *lifecycle) pay() {
	id, err := l.c.ReportPayment(l.Context(), worldPayment)
	l.ok("reporting a payment", err)
	l.ok("refunding it", l.c.RefundPayment(l.Context(), id))
	l.refused("refunding it again", l.c.RefundPayment(l.Context(), id))
	i, err := l.installation()
	l.ok("reading", err)
	if len(i.Payments) != 1 || i.Payments[0].ID != id || i.Payments[0].Sum != "990.99" || !i.Payments[0].IsRefunded {
		l.Errorf("the payments are %+v", i.Payments)
	}
}

func (l *lifecycle) list() {
	if l.world.PageSize == 1 && l.world.PageBeyond == 2 {
		return // short pages of a server that ignores which is asked for look like a whole listing
	}
	l.fake.SetStatus(1003, worldApplication, altegiotest.StatusFreezed)
	want := []int64{1001, 1002, 1003, worldLocation}
	if l.world.Listed == 1 {
		want = []int64{1001, 1002, worldLocation}
	}
	locations, err := collect(l.Context(), l.c, worldApplication)
	l.ok("listing", err)
	var got []int64
	for _, location := range locations {
		got = append(got, location.ID)
		if location.Title == "" || !location.Active || location.CountryID == 0 || location.Unread != nil {
			l.Errorf("got %+v", location)
		}
	}
	shared, err := l.c.SharedLocationIDs(l.Context(), worldApplication)
	l.ok("listing", err)
	slices.Sort(got)
	if !slices.Equal(got, want) || !slices.Equal(slices.Sorted(maps.Keys(shared)), want) {
		l.Errorf("listed are %v and %v, want %v", got, shared, want)
	}
}

func (l *lifecycle) end() {
	l.ok("uninstalling", l.c.Uninstall(l.Context(), worldLocation, worldApplication))
	if status, installed := l.fake.Status(worldLocation, worldApplication); installed {
		l.Errorf("it is %s", status)
	}
	if _, err := l.installation(); !errors.Is(err, ErrNotInstalled) {
		l.Errorf("after the uninstallation: %v", err)
	}
	if err := l.c.Uninstall(l.Context(), worldLocation, worldApplication); !errors.Is(err, ErrNotInstalled) {
		l.Errorf("uninstalling twice: %v", err)
	}
	l.refused("a channel of what was uninstalled", l.c.SetChannel(l.Context(), l.channel(true)))
	if n := len(l.fake.Channels()); n > 0 {
		l.Errorf("%d channels are left", n)
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// Whichever host knows the operations about which the documents disagree, an apply works, and what was
// found out holds when Terraform configures the provider again.
func TestHosts_found(t *testing.T) {
	t.Parallel()
	for hosts, want := range map[altegiotest.Hosts]int{
		altegiotest.BothHosts: 2, altegiotest.OnlyAPIHost: 2, altegiotest.OnlyAppHost: 3,
	} {
		fake := newFake(t)
		fake.SetHosts(hosts, altegiotest.NotFoundPage)
		p := newConfiguredProtocol(t, fake, nil)
		p.change(instance{}, channelArgs(1001, 456, "sms", true))
		expectNone(t, p.configure(fakeArgs(fake, nil)))
		p.change(instance{}, channelArgs(1002, 456, "sms", true))
		if got := fake.Count(altegiotest.OpUpdateChannel); got != want {
			t.Errorf("%d: %d requests, want %d", hosts, got, want)
		}
	}
}

// Where neither knows the operation, the error has what both said.
func TestHosts_neither(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.SetHosts(altegiotest.NoHost, altegiotest.NotAllowed)
	p := newConfiguredProtocol(t, fake, nil)
	_, diags := p.readDataSource("altegio_payment_link", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, isError, "", `405 Method Not Allowed.* at 127\.0\.0\.1:\d+; and 405 Method Not Allowed.* at `+
		`127\.0\.0\.1:\d+: neither host knows the operation`)
}

// A base URL that was set alone is obeyed, and warned of.
func TestHosts_oneSet(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.SetHosts(altegiotest.OnlyAppHost, altegiotest.NotFoundPage)
	p := newProtocol(t)
	given := fakeArgs(fake, nil)
	delete(given, "app_url")
	expectOne(t, p.configure(given), isWarning, "api_url", `To http://127\.0\.0\.1:\d+/api/v1 go: channels.* To https://app\.alteg\.io, `+
		`which is the default, go: installations`)
	_, diags := p.readDataSource("altegio_payment_link", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, isError, "", "404 Not Found")
	if got := len(fake.Requests()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

// A token that is not accepted is explained once, whatever asks for what.
func TestTokenRefused_once(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, args{"partner_token": "another"})
	_, diags := p.readDataSource("altegio_payment_link", args{"location_id": 1001, "application_id": 456})
	expectOne(t, diags, isError, "", "401 Unauthorized.*Check partner_token")
	for _, location := range []int{1001, 1002} {
		_, diags = p.readDataSource("altegio_payment_link", args{"location_id": location, "application_id": 456})
		expectOne(t, diags, isError, "", "Cannot get the payment link\nAltegio does not accept the token. Another error of this run says so in full")
		if strings.Contains(diags[0].Detail, "\n") {
			t.Errorf("it says more than a line: %s", diags[0].Detail)
		}
	}
	if got := fake.Requests(); len(got) != 1 || got[0].StatusCode != http.StatusUnauthorized {
		t.Errorf("%d requests, want 1", len(got))
	}
}

// A location's owner chooses its title, and a terminal shows it.
func TestLocationName_printable(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Salon": "Salon (7777)",
		"Salon\x1b[2J\nError: \u202elost\x1b]0;x\x07": "Salon[2J Error: lost]0;x (7777)",
		"\u200b": "Location 7777",
		"":       "Location 7777",
	} {
		if got := locationName(altegio.Location{ID: 7777, Title: title}); got != want {
			t.Errorf("%q becomes %q, want %q", title, got, want)
		}
	}
}

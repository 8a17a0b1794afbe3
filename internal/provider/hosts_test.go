// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// Whichever host knows the disputed operations, an apply works, and Terraform can configure the provider
// again without asking again.
func TestHosts_found(t *testing.T) {
	t.Parallel()
	for hosts, want := range map[altegiotest.Hosts]int{
		altegiotest.BothHosts: 2, altegiotest.OnlyAPIHost: 2, altegiotest.OnlyAppHost: 3,
	} {
		fake := coretest.NewFake(t)
		fake.SetHosts(hosts, altegiotest.NotFoundPage)
		p := providertest.NewConfiguredProtocol(t, fake, nil)
		p.Change(providertest.Instance{}, providertest.ChannelArgs(1001, 456, "sms", true))
		providertest.ExpectNone(t, p.Configure(providertest.FakeArgs(fake, nil)))
		p.Change(providertest.Instance{}, providertest.ChannelArgs(1002, 456, "sms", true))
		if got := fake.Count(altegiotest.OpUpdateChannel); got != want {
			t.Errorf("%d: %d requests, want %d", hosts, got, want)
		}
	}
}

// If neither knows the operation, the error has both answers.
func TestHosts_neither(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetHosts(altegiotest.NoHost, altegiotest.NotAllowed)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	_, diags := p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "", `405 Method Not Allowed.* at 127\.0\.0\.1:\d+; and 405 Method Not Allowed.* at `+
		`127\.0\.0\.1:\d+: neither host knows the operation`)
}

// If only one base URL is set, it is used, with a warning.
func TestHosts_oneSet(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.SetHosts(altegiotest.OnlyAppHost, altegiotest.NotFoundPage)
	p := providertest.NewProtocol(t)
	given := providertest.FakeArgs(fake, nil)
	delete(given, "app_url")
	providertest.ExpectOne(t, p.Configure(given), providertest.IsWarning, "api_url", `Requests to http://127\.0\.0\.1:\d+/api/v1: channels.* Requests to https://app\.alteg\.io, `+
		`the default: installations`)
	_, diags := p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "404 Not Found")
	if got := len(fake.Requests()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

// A refused token is explained once, whatever the requests.
func TestTokenRefused_once(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"partner_token": "another"})
	_, diags := p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": 1001, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "", "401 Unauthorized.*Check partner_token")
	for _, location := range []int{1001, 1002} {
		_, diags = p.ReadDataSource("altegio_payment_link", providertest.Args{"location_id": location, "application_id": 456})
		providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot get the payment link: [^\n]+\nAltegio does not accept the token. Another error of this run gives the details")
		if strings.Contains(diags[0].Detail, "\n") {
			t.Errorf("it says more than a line: %s", diags[0].Detail)
		}
	}
	if got := fake.Requests(); len(got) != 1 || got[0].StatusCode != http.StatusUnauthorized {
		t.Errorf("%d requests, want 1", len(got))
	}
}

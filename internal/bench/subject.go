// SPDX-License-Identifier: MPL-2.0

package main

import (
	"fmt"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// A subject is a way to manage a number of channels.
type subject string

const (
	single  subject = "altegio_application_channel"
	listing subject = `altegio_application_channel, refresh = "listing"`
	fleet   subject = "altegio_application_channels"
	aliases subject = "altegio_application_channels of two aliases"

	// The same with a provider that does nothing (nullprovider).
	floor      subject = "floor_application_channel"
	floorFleet subject = "floor_application_channels"

	// Built into Terraform, without a process of its own.
	data      subject = "terraform_data"
	dataFleet subject = "terraform_data with a map"
)

// provider returns the local name of the subject's provider, "" for what Terraform has built in.
func (s subject) provider() string {
	switch s {
	case single, listing, fleet, aliases:
		return "altegio"
	case floor, floorFleet:
		return "floor"
	}
	return ""
}

// limits are the limits in the provider block; 0 means none.
type limits struct{ perSecond, perMinute int }

// configuration declares a channel at each location of var.ids. It uses count: with as many keys of a
// for_each, Terraform takes many times as long, which would hide what a provider adds.
func (s subject) configuration(fake *altegiotest.Server, l limits) string {
	text := `variable "ids" {
  type = list(number)
}
`
	if name := s.provider(); name != "" {
		text += fmt.Sprintf(`
terraform {
  required_providers {
    %[1]s = { source = "altegio/%[1]s" }
  }
}
`, name)
	}
	switch s {
	case single, fleet:
		text += providerBlock("", "", fake, l)
	case listing:
		text += providerBlock("", "listing", fake, l)
	case aliases:
		for i := range 2 {
			text += providerBlock(fmt.Sprintf("  alias               = \"a%d\"\n", i), "", fake, l)
		}
	}
	switch s {
	case fleet, floorFleet:
		text += fmt.Sprintf(`
resource "%s_application_channels" "this" {
  application_id = %d
  channel_slug   = "sms"
  availability   = { for id in var.ids : id => true }
}
`, s.provider(), application)
	case aliases:
		for i := range 2 {
			text += fmt.Sprintf(`
resource "altegio_application_channels" "a%[1]d" {
  provider       = altegio.a%[1]d
  application_id = %[2]d
  channel_slug   = "sms"
  availability   = { for i, id in var.ids : id => true if i %% 2 == %[1]d }
}
`, i, application)
		}
	case single, listing, floor:
		text += fmt.Sprintf(`
resource "%s_application_channel" "this" {
  count = length(var.ids)

  location_id    = var.ids[count.index]
  application_id = %d
  channel_slug   = "sms"
  is_available   = true
}
`, s.provider(), application)
	case data:
		text += `
resource "terraform_data" "this" {
  count = length(var.ids)

  input = var.ids[count.index]
}
`
	case dataFleet:
		text += `
resource "terraform_data" "this" {
  input = tomap({ for id in var.ids : id => true })
}
`
	}
	return text
}

// providerBlock returns a provider block; refresh has its default if it is "".
func providerBlock(alias, refresh string, fake *altegiotest.Server, l limits) string {
	if refresh != "" {
		refresh = fmt.Sprintf("  refresh             = %q\n", refresh)
	}
	return fmt.Sprintf(`
provider "altegio" {
%s  partner_token       = %q
  api_url             = %q
  app_url             = %q
  requests_per_second = %d
  requests_per_minute = %d
%s}
`, alias, altegiotest.DefaultPartnerToken, fake.APIURL(), fake.AppURL(), l.perSecond, l.perMinute, refresh)
}

// application has channels, and is connected only where a measurement connects it.
const application = 456

func newFake(options ...altegiotest.Option) *altegiotest.Server {
	seed := altegiotest.Seed{Applications: []altegiotest.Application{
		{ID: application, Title: "Bot", Category: altegiotest.CategoryChatBots},
	}}
	return altegiotest.NewServer(append(options, altegiotest.WithSeed(seed))...)
}

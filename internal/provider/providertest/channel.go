// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

// Created returns the requests that creating n channels takes, each at its own location.
func Created(n int) map[string]int {
	return map[string]int{altegiotest.OpUpdateChannel: n, altegiotest.OpInstallation: n}
}

// Gets returns n reads of an installation.
func Gets(n int) map[string]int { return map[string]int{altegiotest.OpInstallation: n} }

// ChannelType is the type of a channel on its own.
const ChannelType = "altegio_application_channel"

// ChannelIdentityType is the type of a channel's identity.
var ChannelIdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"location_id": tftypes.Number, "application_id": tftypes.Number, "channel_slug": tftypes.String,
}}

// ChannelArgs is the configuration of an altegio_application_channel.
func ChannelArgs(location, application int, slug string, available any) Args {
	return Args{"location_id": location, "application_id": application, "channel_slug": slug, "is_available": available}
}

// ChannelBlock declares altegio_application_channel.test.
func ChannelBlock(location, application int, slug string, available bool) string {
	return ChannelNamed("test", location, application, slug, available)
}

// ChannelNamed is ChannelBlock for another name than test.
func ChannelNamed(name string, location, application int, slug string, available bool) string {
	return fmt.Sprintf(`
resource "altegio_application_channel" %q {
  location_id    = %d
  application_id = %d
  channel_slug   = %q
  is_available   = %t
}
`, name, location, application, slug, available)
}

// ChannelIs checks the value of a channel at the fake.
func ChannelIs(fake *altegiotest.Server, location, application int64, slug string, want bool) coretest.StateFunc {
	return func() error {
		got, wasSet := fake.Channel(location, application, slug)
		if !wasSet || got != want {
			return fmt.Errorf("channel %d/%d/%s is %t (set: %t), want %t", location, application, slug, got, wasSet, want)
		}
		return nil
	}
}

// Posted returns the bodies of the requests that set channels.
func Posted(fake *altegiotest.Server) []string {
	var bodies []string
	for _, r := range fake.RequestsFor(altegiotest.OpUpdateChannel) {
		bodies = append(bodies, string(r.Body))
	}
	return bodies
}

// Body is the body of a request that sets a channel.
func Body(location, application int, slug string, available bool) string {
	return fmt.Sprintf(`{"salon_id":%d,"application_id":%d,"channel_slug":%q,"is_available":%t}`,
		location, application, slug, available)
}

// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// aSingleAndAFleet declare a channel each, whose requests differ in the channel.
func aSingleAndAFleet() string {
	return providertest.ChannelBlock(1001, 456, "sms", true) + providertest.FleetBlock("available_at = [1001]", `channel_slug = "whatsapp"`)
}

// failBoth has the requests of both meet a fault.
func failBoth(fake *altegiotest.Server, fault altegiotest.Fault) {
	for _, slug := range []string{"sms", "whatsapp"} {
		fault.Operation, fault.Match = altegiotest.OpUpdateChannel, providertest.BodyHas(slug)
		fake.Fail(fault)
	}
}

// stateIsFake checks that the state holds what the fake holds, no less and no more.
func stateIsFake(t *testing.T, c *providertest.CLI, fake *altegiotest.Server) {
	t.Helper()
	want := make(map[string]bool)
	for key, available := range fake.Channels() {
		want[fmt.Sprintf("%d/%d/%s", key.LocationID, key.ApplicationID, key.Slug)] = available
	}
	if got := c.Channels(); !maps.Equal(got, want) {
		t.Errorf("the state holds %v, the fake %v", got, want)
	}
}

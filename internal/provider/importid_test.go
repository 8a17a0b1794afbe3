// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// An identity is no id: an error names the part that the user gave.
func TestProtocol_importByWrongIdentity(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	fleetIdentity := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"application_id": tftypes.Number, "channel_slug": tftypes.String}}
	discountIdentity := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"application_id": tftypes.Number}}
	for name, test := range map[string]struct {
		typeName string
		identity tftypes.Type
		values   providertest.Args
		problem  string
	}{
		"no slug":        {providertest.ChannelType, providertest.ChannelIdentityType, providertest.Args{"location_id": 1001, "application_id": 456}, `its channel_slug is null`},
		"empty slug":     {providertest.ChannelType, providertest.ChannelIdentityType, providertest.Args{"location_id": 1001, "application_id": 456, "channel_slug": ""}, `its channel_slug is "", which is not one of "sms", "whatsapp"`},
		"no location":    {providertest.ChannelType, providertest.ChannelIdentityType, providertest.Args{"application_id": 456, "channel_slug": "sms"}, `its location_id is null`},
		"nothing":        {providertest.ChannelType, providertest.ChannelIdentityType, providertest.Args{}, `its application_id is null`},
		"zero":           {providertest.ChannelType, providertest.ChannelIdentityType, providertest.Args{"location_id": 0, "application_id": 456, "channel_slug": "sms"}, `its location_id is "0", which is not a whole number from 1`},
		"slash":          {providertest.ChannelType, providertest.ChannelIdentityType, providertest.Args{"location_id": 1001, "application_id": 456, "channel_slug": "sms/"}, `its channel_slug is "sms/", which is not one of "sms", "whatsapp"`},
		"slash of fleet": {providertest.FleetType, fleetIdentity, providertest.Args{"application_id": 456, "channel_slug": "sms/true"}, `its channel_slug is "sms/true", which is not one of "sms", "whatsapp"`},
		"fleet":          {providertest.FleetType, fleetIdentity, providertest.Args{"application_id": 456, "channel_slug": "email"}, `its channel_slug is "email", which is not one of "sms", "whatsapp"`},
		"discount":       {providertest.DiscountType, discountIdentity, providertest.Args{"application_id": -1}, `its application_id is "-1", which is not a whole number from 1`},
		"installation":   {providertest.InstallationType, providertest.ConnectionIdentityType, providertest.Args{"location_id": 1001}, `its application_id is null`},
	} {
		_, diags := p.ImportStateOf(test.typeName, "", &tfprotov6.ResourceIdentityData{IdentityData: providertest.Encode(t, test.identity, test.values)})
		if len(diags) != 1 || diags[0].Summary != "Invalid import identity: "+test.problem || diags[0].Detail != "The identity cannot be used: "+test.problem+"." {
			t.Errorf("%s: it says %v, want that %s", name, diags, test.problem)
		}
	}
	coretest.NothingSent(fake).Now(t)
}

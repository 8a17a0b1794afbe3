// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// However many channels are set, one warning in a run says that nothing confirms them.
func TestNotices_unconfirmed(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{NoBodies: true}))
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	var said int
	for location := 1001; location <= 1004; location++ {
		config := providertest.ChannelArgs(location, 456, "sms", true)
		_, diags := p.Apply(providertest.Instance{}, config, p.Plan(providertest.Instance{}, config))
		for _, d := range diags {
			providertest.ExpectDiagnostic(t, d, providertest.IsWarning, "", "Altegio did not confirm a change\nThe request was POST /marketplace/application/update_channel at 127.0.0.1.*the answer is empty")
			said++
		}
		if on, _ := fake.Channel(int64(location), 456, "sms"); !on {
			t.Errorf("the channel at %d is off", location)
		}
	}
	if said != 1 {
		t.Errorf("it was said %d times", said)
	}

	// The documented answer, and one where none is documented, are nothing to talk about.
	fake = coretest.NewFake(t)
	p = providertest.NewConfiguredProtocol(t, fake, nil)
	config := providertest.ChannelArgs(1001, 456, "sms", true)
	_, diags := p.Apply(providertest.Instance{}, config, p.Plan(providertest.Instance{}, config))
	providertest.ExpectNone(t, diags)
}

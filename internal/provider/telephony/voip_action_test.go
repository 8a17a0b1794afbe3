// SPDX-License-Identifier: MPL-2.0

package telephony_test

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestSetUpVoIPAction(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for _, enable := range []bool{true, false} {
		onOrOff, kind := "off", "disable"
		if enable {
			onOrOff, kind = "on", "enable"
		}
		said, diags := p.Invoke(providertest.SetUpVoIPType, providertest.Args{"crm_token": "crm-token-12345", "enable": enable})
		providertest.ExpectNone(t, diags)
		providertest.ExpectSaid(t, said, "Turning the telephony integration "+onOrOff+".",
			"Altegio accepted the command to turn the telephony integration "+onOrOff+", and will carry it out later.")
		if enabled, wasSet := fake.VoIP("crm-token-12345"); enabled != enable || !wasSet {
			t.Errorf("the integration is on: %t", enabled)
		}
		if got, want := string(fake.Requests()[0].Body), `{"command":"setup","crm_token":"crm-token-12345","type":"`+kind+`"}`; got != want {
			t.Errorf("it sends %s, want %s", got, want)
		}
		coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpVoIP: 1}}.Now(t)
	}
	if attribute := p.Schema.ActionSchemas[providertest.SetUpVoIPType].Schema.Block.Attributes[0]; attribute.Name != "crm_token" || !attribute.WriteOnly || !attribute.Required {
		t.Errorf("crm_token is %+v", attribute)
	}
}

// Terraform 1.16 and later hand over nothing where they were given an ephemeral value.
func TestSetUpVoIPAction_withheld(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	_, diags := p.Invoke(providertest.SetUpVoIPType, providertest.Args{"crm_token": nil, "enable": true})
	providertest.ExpectOne(t, diags, providertest.IsError, "crm_token", "Terraform did not hand over crm_token\n.*Nothing was sent.*action_trigger")
	coretest.NothingSent(fake).Now(t)
	_, diags = p.Invoke(providertest.SetUpVoIPType, providertest.Args{"crm_token": "x", "enable": nil})
	providertest.ExpectOne(t, diags, providertest.IsError, "enable", "Missing Configuration for Required Attribute")
}

func TestSetUpVoIPAction_errors(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpVoIP, Status: 422, Body: `{"success":false,"data":null,"meta":{
		"message":"crm-token-12345 is wrong","errors":{"crm_token":["crm-token-12345 is not a token"]}}}`})
	_, diags := p.Invoke(providertest.SetUpVoIPType, providertest.AllActions[providertest.SetUpVoIPType])
	providertest.ExpectOne(t, diags, providertest.IsError, "crm_token", `Cannot set up the telephony integration: Altegio refuses crm_token: \[redacted\] is not a token
Asked for: crm_token \(not shown\), enable true\..*of crm_token it says: \[redacted\] is not a token`)
}

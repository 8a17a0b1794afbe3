// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// The plugin library drops what an action says after the provider was stopped, so stopping has to
// wait until all is said.
func TestServer_stopWaitsForActions(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpPayment, Delay: 300 * time.Millisecond, AfterEffect: true})
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	told, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		<-told
		for fake.Count(altegiotest.OpPayment) == 0 {
			time.Sleep(time.Millisecond)
		}
		p.Stop()
	}()
	stream, err := p.Actions().InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: providertest.ReportPaymentType, Config: providertest.Encode(t, p.ActionType(providertest.ReportPaymentType), providertest.PaymentArgs),
	})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for event := range stream.Events {
		select {
		case <-stopped:
			t.Error("the provider stopped before the action")
		default:
		}
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			if said = append(said, event.Message); len(said) == 1 {
				close(told)
			}
		case tfprotov6.CompletedInvokeActionEventType:
			// A progress message now makes Terraform panic.
			providertest.ExpectOne(t, event.Diagnostics, providertest.IsWarning, "", "An action ended after the interrupt\nPayment 1531 is reported. Keep this id")
		}
	}
	providertest.ExpectSaid(t, said, providertest.Reporting)
	<-stopped
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1}}.Now(t)
}

// Requests that are not in flight yet are not sent.
func TestServer_stoppedActions(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken})
	p.Stop()
	for action, config := range providertest.AllActions {
		said, diags := p.Invoke(action, config)
		providertest.ExpectSaid(t, said)
		if len(diags) != 2 {
			t.Fatalf("%s: %v", action, diags)
		}
		providertest.ExpectDiagnostic(t, diags[0], providertest.IsError, "", "The request was not sent: .*Nothing was changed by this request")
		providertest.ExpectDiagnostic(t, diags[1], providertest.IsWarning, "", "An action ended after the interrupt")
	}
	coretest.NothingSent(fake).Now(t)
}

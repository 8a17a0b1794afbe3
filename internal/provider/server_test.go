// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func (p *protocol) stop() {
	p.t.Helper()
	if _, err := p.server.StopProvider(p.t.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		p.t.Error(err)
	}
}

// The plugin library drops what an action says after the provider was stopped, so stopping has to
// wait until all is said.
func TestServer_stopWaitsForActions(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpPayment, Delay: 300 * time.Millisecond, AfterEffect: true})
	p := newConfiguredProtocol(t, fake, nil)
	told, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		<-told
		for fake.Count(altegiotest.OpPayment) == 0 {
			time.Sleep(time.Millisecond)
		}
		p.stop()
	}()
	stream, err := p.actions().InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: reportPaymentType, Config: encode(t, p.actionType(reportPaymentType), paymentArgs),
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
			// Progress that Terraform is told of now makes it panic.
			expectOne(t, event.Diagnostics, isWarning, "", "An action ended after the interrupt\nPayment 1531 is reported. Keep this id")
		}
	}
	expectSaid(t, said, reporting)
	<-stopped
	sent{fake, map[string]int{altegiotest.OpPayment: 1}}.now(t)
}

// What is not on its way yet is not sent any more.
func TestServer_stoppedActions(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, args{"user_token": altegiotest.DefaultUserToken})
	p.stop()
	for action, config := range allActions {
		said, diags := p.invoke(action, config)
		expectSaid(t, said)
		if len(diags) != 2 {
			t.Fatalf("%s: %v", action, diags)
		}
		expectDiagnostic(t, diags[0], isError, "", "The request was not sent: .*Nothing was changed by this request")
		expectDiagnostic(t, diags[1], isWarning, "", "An action ended after the interrupt")
	}
	nothingSent(fake).now(t)
}

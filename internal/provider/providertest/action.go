// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Actions returns the server for actions.
func (p *Protocol) Actions() tfprotov6.ActionServer { return p.Server.(tfprotov6.ActionServer) }

// ActionType is the type of an action's configuration.
func (p *Protocol) ActionType(name string) tftypes.Type {
	return p.Schema.ActionSchemas[name].Schema.ValueType()
}

// ValidateAction validates the configuration of an action.
func (p *Protocol) ValidateAction(name string, a Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Actions().ValidateActionConfig(p.T.Context(), &tfprotov6.ValidateActionConfigRequest{
		ActionType: name, Config: Encode(p.T, p.ActionType(name), a),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// PlanAction plans an action.
func (p *Protocol) PlanAction(name string, a Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Actions().PlanAction(p.T.Context(), &tfprotov6.PlanActionRequest{
		ActionType: name, Config: Encode(p.T, p.ActionType(name), a),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// Invoke invokes an action, and returns its progress messages.
func (p *Protocol) Invoke(name string, a Args) (said []string, diags []*tfprotov6.Diagnostic) {
	p.T.Helper()
	stream, err := p.Actions().InvokeAction(p.T.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: name, Config: Encode(p.T, p.ActionType(name), a),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	completed := false
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			said = append(said, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			completed, diags = true, event.Diagnostics
		}
	}
	if !completed {
		p.T.Error("the action does not complete")
	}
	return said, diags
}

// ExpectSaid compares the progress of an action.
func ExpectSaid(t *testing.T, said []string, want ...string) {
	t.Helper()
	if !slices.Equal(said, want) {
		t.Errorf("it says\n  %s\nwant\n  %s", strings.Join(said, "\n  "), strings.Join(want, "\n  "))
	}
}

// With returns a copy of the arguments with some replaced by others.
func With(a, others Args) Args {
	a = maps.Clone(a)
	maps.Copy(a, others)
	return a
}

// AllActions has arguments for each action that are valid.
var AllActions = map[string]Args{
	ReportPaymentType:        PaymentArgs,
	RefundPaymentType:        {"payment_id": 1523},
	UninstallApplicationType: {"location_id": 1001, "application_id": 456},
	SetUpVoIPType:            {"crm_token": "crm-token-12345", "enable": true},
	ModerationType:           {"partner_id": 11, "application_id": 458},
}

// RefundPaymentType is the type of the action that refunds a payment.
const RefundPaymentType = "altegio_refund_payment"

// ReportPaymentType is the type of the action that reports a payment.
const ReportPaymentType = "altegio_report_payment"

// PaymentArgs is the configuration of an altegio_report_payment.
var PaymentArgs = Args{
	"location_id": 1001, "application_id": 456, "payment_sum": "990.99", "currency_iso": "EUR",
	"payment_date": "2026-01-31 10:10:00", "period_from": "2026-02-01 00:00:00", "period_to": "2026-02-28 23:59:59",
}

const (
	// Reporting is the first progress of the action with PaymentArgs.
	Reporting = "Reporting the payment of 990.99 EUR by location 1001 for application 456."

	// ThePayment is how the payment of PaymentArgs is named to a user.
	ThePayment = "payment 1531 of 990.99, paid 2026-01-31 10:10:00 for 2026-02-01 00:00:00 to 2026-02-28 23:59:59"
)

// Stop asks the provider to stop, as Terraform does when it is interrupted.
func (p *Protocol) Stop() {
	p.T.Helper()
	if _, err := p.Server.StopProvider(p.T.Context(), &tfprotov6.StopProviderRequest{}); err != nil {
		p.T.Error(err)
	}
}

// SetUpVoIPType is the type of the action that sets up telephony.
const SetUpVoIPType = "altegio_set_up_voip"

// ModerationType is the type of the action that submits an application for moderation.
const ModerationType = "altegio_submit_for_moderation"

// UninstallApplicationType is the type of the action that uninstalls an application.
const UninstallApplicationType = "altegio_uninstall_application"

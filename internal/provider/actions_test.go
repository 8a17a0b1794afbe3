// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func (p *protocol) actions() tfprotov6.ActionServer { return p.server.(tfprotov6.ActionServer) }

func (p *protocol) actionType(name string) tftypes.Type {
	return p.schema.ActionSchemas[name].Schema.ValueType()
}

func (p *protocol) validateAction(name string, a args) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.actions().ValidateActionConfig(p.t.Context(), &tfprotov6.ValidateActionConfigRequest{
		ActionType: name, Config: encode(p.t, p.actionType(name), a),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

func (p *protocol) planAction(name string, a args) []*tfprotov6.Diagnostic {
	p.t.Helper()
	resp, err := p.actions().PlanAction(p.t.Context(), &tfprotov6.PlanActionRequest{
		ActionType: name, Config: encode(p.t, p.actionType(name), a),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return resp.Diagnostics
}

// invoke invokes an action, and returns what it says while it is at it.
func (p *protocol) invoke(name string, a args) (said []string, diags []*tfprotov6.Diagnostic) {
	p.t.Helper()
	stream, err := p.actions().InvokeAction(p.t.Context(), &tfprotov6.InvokeActionRequest{
		ActionType: name, Config: encode(p.t, p.actionType(name), a),
	})
	if err != nil {
		p.t.Fatal(err)
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
		p.t.Error("the action does not complete")
	}
	return said, diags
}

func expectSaid(t *testing.T, said []string, want ...string) {
	t.Helper()
	if !slices.Equal(said, want) {
		t.Errorf("it says\n  %s\nwant\n  %s", strings.Join(said, "\n  "), strings.Join(want, "\n  "))
	}
}

// with returns arguments some of which are others.
func with(a, others args) args {
	a = maps.Clone(a)
	maps.Copy(a, others)
	return a
}

// allActions has arguments for each action that are valid.
var allActions = map[string]args{
	reportPaymentType:        paymentArgs,
	refundPaymentType:        {"payment_id": 1523},
	uninstallApplicationType: {"location_id": 1001, "application_id": 456},
	setUpVoIPType:            {"crm_token": "crm-token-12345", "enable": true},
	moderationType:           {"partner_id": 11, "application_id": 458},
}

// Terraform validates an action before it knows variables, and plans it before it knows what comes
// of the apply. Whenever an argument is seen first, it is checked.
func TestActions_argumentsAreCheckedWhenever(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	if got, want := slices.Sorted(maps.Keys(p.schema.ActionSchemas)), slices.Sorted(maps.Keys(allActions)); !slices.Equal(got, want) {
		t.Fatalf("the actions are %v, want %v", got, want)
	}
	check := func(action string, config args, at, text string) {
		t.Helper()
		expectOne(t, p.validateAction(action, config), isError, at, text)
		expectOne(t, p.planAction(action, config), isError, at, text)
		said, diags := p.invoke(action, config)
		expectOne(t, diags, isError, at, text)
		expectSaid(t, said)
	}
	for action, valid := range allActions {
		everythingUnknown := args{}
		for name := range valid {
			check(action, with(valid, args{name: nil}), name, "Missing Configuration for Required Attribute")
			everythingUnknown[name] = unknown{}
		}
		for _, config := range []args{valid, everythingUnknown} {
			expectNone(t, p.validateAction(action, config))
			expectNone(t, p.planAction(action, config))
		}
	}
	const date = `must be a date and time of the form "2006-01-02 15:04:05"`
	for _, test := range []struct {
		action, at string
		value      any
		text       string
	}{
		{reportPaymentType, "location_id", 0, "at least 1"},
		{reportPaymentType, "application_id", -1, "at least 1"},
		{reportPaymentType, "payment_sum", "-0.01", "Invalid number\nAttribute payment_sum value must be at least 0, got: -0.01"},
		{reportPaymentType, "payment_sum", "10.00001", "Invalid number\nAttribute payment_sum .*Round what is calculated"},
		{reportPaymentType, "payment_sum", "1e16", "larger than any amount"},
		{reportPaymentType, "currency_iso", "eur", "three upper-case letters"},
		{reportPaymentType, "currency_iso", "EURO", "three upper-case letters"},
		{reportPaymentType, "currency_iso", "EUR\n", "three upper-case letters"},
		{reportPaymentType, "currency_iso", "", "three upper-case letters"},
		{reportPaymentType, "payment_date", "2026-01-31", date},
		{reportPaymentType, "payment_date", "2026-01-31T10:10:00Z", date},
		{reportPaymentType, "payment_date", "2026-01-31 9:10:00", date},
		{reportPaymentType, "payment_date", "2026-01-31 10:10:00.5", date},
		{reportPaymentType, "payment_date", " 2026-01-31 10:10:00", date},
		{reportPaymentType, "period_from", "2026-02-30 00:00:00", date},
		{reportPaymentType, "period_to", "2026-02-28 24:00:00", date},
		{reportPaymentType, "period_to", "2026-01-31 23:59:59", `period_to must not be before period_from, which is "2026-02-01 00:00:00", got: "2026-01-31 23:59:59"`},
		{refundPaymentType, "payment_id", 0, "at least 1"},
		{uninstallApplicationType, "location_id", 0, "at least 1"},
		{uninstallApplicationType, "application_id", 0, "at least 1"},
		{setUpVoIPType, "crm_token", "", "length must be at least 1"},
	} {
		check(test.action, with(allActions[test.action], args{test.at: test.value}), test.at, test.text)
	}
	for _, config := range []args{{"period_from": unknown{}}, {"period_to": unknown{}}, {"period_to": "2026-02-01 00:00:00"}, {"payment_sum": 0}} {
		expectNone(t, p.planAction(reportPaymentType, with(paymentArgs, config)))
	}
	nothingSent(fake).now(t)
}

func TestActions_needTheProviderBlock(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	unfinished := newConfiguredProtocol(t, fake, args{"partner_token": unknown{}})
	for action, config := range allActions {
		said, diags := newProtocol(t).invoke(action, config)
		expectOne(t, diags, isError, "", "Provider is not configured")
		expectSaid(t, said)
		said, diags = unfinished.invoke(action, config)
		expectOne(t, diags, isError, "partner_token", "Provider configuration is not known yet")
		expectSaid(t, said)
	}
	nothingSent(fake).now(t)
}

// What the API certainly did not do is reported as such, and asked about no further.
func TestActions_refused(t *testing.T) {
	t.Parallel()
	operations := map[string]string{
		reportPaymentType: altegiotest.OpPayment, refundPaymentType: altegiotest.OpRefund,
		uninstallApplicationType: altegiotest.OpUninstall, setUpVoIPType: altegiotest.OpVoIP,
	}
	for action, operation := range operations {
		id := "" // what is to blame for 403
		if _, ok := allActions[action]["application_id"]; ok {
			id = "application_id"
		}
		for name, test := range map[string]struct {
			fault    altegiotest.Fault
			at, text string
		}{
			"401":               {altegiotest.Fault{Status: 401}, "", "401 Unauthorized.*Check partner_token"},
			"403":               {altegiotest.Fault{Status: 403}, id, "403 Forbidden.*(belongs to another partner|of another partner|no access)"},
			"422 without field": {altegiotest.Fault{Status: 422}, "", "422 Unprocessable Entity"},
			"429":               {altegiotest.Fault{Status: 429}, "", "429 Too Many Requests.*requests_per_minute"},
			"success false":     {altegiotest.Fault{Body: `{"success":false,"meta":{"message":"Aggregator not found"}}`}, "", "Aggregator not found"},
		} {
			t.Run(action+" "+name, func(t *testing.T) {
				t.Parallel()
				fake := newFake(t)
				test.fault.Operation = operation
				fake.Fail(test.fault)
				_, diags := newConfiguredProtocol(t, fake, nil).invoke(action, allActions[action])
				expectOne(t, diags, isError, test.at, test.text)
				if strings.Contains(diags[0].Detail, "may have been") || strings.Contains(diags[0].Detail, "crm-token-12345") {
					t.Errorf("it says %s", diags[0].Detail)
				}
				sent{fake, map[string]int{operation: 1}}.now(t)
			})
		}
	}
}

// What may have happened is never tried again, however many retries are allowed.
func TestActions_neverRepeated(t *testing.T) {
	t.Parallel()
	lost := map[string]altegiotest.Fault{
		"dropped before the effect": {Drop: true},
		"dropped after the effect":  {Drop: true, AfterEffect: true},
		"500":                       {Status: 500},
		"502 as a page":             {Status: 502, HTML: true},
		"a page":                    {HTML: true, AfterEffect: true},
		"half an answer":            {Truncate: true},
		"redirected":                {Redirect: "https://elsewhere.example/"},
	}
	for action, test := range map[string]struct{ operation, text string }{
		reportPaymentType:        {altegiotest.OpPayment, "(?i)do not report it again|report it again only if it is still not there"},
		refundPaymentType:        {altegiotest.OpRefund, "The refund may have been reported although the answer is missing. Do not report it again"},
		uninstallApplicationType: {altegiotest.OpUninstall, `Altegio still shows it as installed, with the status "active"`},
		setUpVoIPType:            {altegiotest.OpVoIP, "Altegio may have accepted the command"},
	} {
		for name, fault := range lost {
			t.Run(action+" "+name, func(t *testing.T) {
				t.Parallel()
				fake := newFake(t)
				fault.Operation = test.operation
				fake.Fail(fault)
				p := newConfiguredProtocol(t, fake, args{"max_retries": 3})
				_, diags := p.invoke(action, allActions[action])
				if _, installed := fake.Status(1001, 456); !installed {
					expectNone(t, diags) // it is seen to be done
				} else {
					expectOne(t, diags, isError, "", test.text)
				}
				if n := fake.Count(test.operation); n != 1 {
					t.Errorf("it was sent %d times", n)
				}
			})
		}
	}
}

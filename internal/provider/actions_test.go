// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// Terraform validates an action before it knows variables, and plans it before it knows the results of the
// apply. The provider checks an argument as soon as it is known.
func TestActions_argumentsAreCheckedWhenever(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	if got, want := slices.Sorted(maps.Keys(p.Schema.ActionSchemas)), slices.Sorted(maps.Keys(providertest.AllActions)); !slices.Equal(got, want) {
		t.Fatalf("the actions are %v, want %v", got, want)
	}
	check := func(action string, config providertest.Args, at, text string) {
		t.Helper()
		providertest.ExpectOne(t, p.ValidateAction(action, config), providertest.IsError, at, text)
		providertest.ExpectOne(t, p.PlanAction(action, config), providertest.IsError, at, text)
		said, diags := p.Invoke(action, config)
		providertest.ExpectOne(t, diags, providertest.IsError, at, text)
		providertest.ExpectSaid(t, said)
	}
	for action, valid := range providertest.AllActions {
		everythingUnknown := providertest.Args{}
		for name := range valid {
			const missing = "Missing Configuration for Required Attribute"
			if name == "crm_token" { // Terraform may lose it between the plan and the invocation
				without := providertest.With(valid, providertest.Args{name: nil})
				providertest.ExpectOne(t, p.ValidateAction(action, without), providertest.IsError, name, missing)
				providertest.ExpectOne(t, p.PlanAction(action, without), providertest.IsError, name, missing)
				_, diags := p.Invoke(action, without)
				providertest.ExpectOne(t, diags, providertest.IsError, name, "Terraform did not hand over crm_token")
			} else {
				check(action, providertest.With(valid, providertest.Args{name: nil}), name, missing)
			}
			everythingUnknown[name] = providertest.Unknown{}
		}
		for _, config := range []providertest.Args{valid, everythingUnknown} {
			providertest.ExpectNone(t, p.ValidateAction(action, config))
			providertest.ExpectNone(t, p.PlanAction(action, config))
		}
	}
	const date = `must be a date and time of the form "2006-01-02 15:04:05"`
	for _, test := range []struct {
		action, at string
		value      any
		text       string
	}{
		{providertest.ReportPaymentType, "location_id", 0, "at least 1"},
		{providertest.ReportPaymentType, "application_id", -1, "at least 1"},
		{providertest.ReportPaymentType, "payment_sum", "-0.01", "Invalid number\nAttribute payment_sum value must be at least 0, got: -0.01"},
		{providertest.ReportPaymentType, "payment_sum", "10.00001", "Invalid number\nAttribute payment_sum .*Round a calculated amount"},
		{providertest.ReportPaymentType, "payment_sum", "1e16", "larger than any amount"},
		{providertest.ReportPaymentType, "currency_iso", "eur", "three upper-case letters"},
		{providertest.ReportPaymentType, "currency_iso", "EURO", "three upper-case letters"},
		{providertest.ReportPaymentType, "currency_iso", "EUR\n", "three upper-case letters"},
		{providertest.ReportPaymentType, "currency_iso", "", "three upper-case letters"},
		{providertest.ReportPaymentType, "payment_date", "2026-01-31", date},
		{providertest.ReportPaymentType, "payment_date", "2026-01-31T10:10:00Z", date},
		{providertest.ReportPaymentType, "payment_date", "2026-01-31 9:10:00", date},
		{providertest.ReportPaymentType, "payment_date", "2026-01-31 10:10:00.5", date},
		{providertest.ReportPaymentType, "payment_date", " 2026-01-31 10:10:00", date},
		{providertest.ReportPaymentType, "period_from", "2026-02-30 00:00:00", date},
		{providertest.ReportPaymentType, "period_to", "2026-02-28 24:00:00", date},
		{providertest.ReportPaymentType, "period_to", "2026-01-31 23:59:59", `period_to must not be before period_from, which is "2026-02-01 00:00:00", got: "2026-01-31 23:59:59"`},
		{providertest.RefundPaymentType, "payment_id", 0, "at least 1"},
		{providertest.UninstallApplicationType, "location_id", 0, "at least 1"},
		{providertest.UninstallApplicationType, "application_id", 0, "at least 1"},
		{providertest.SetUpVoIPType, "crm_token", "", "length must be at least 1"},
	} {
		check(test.action, providertest.With(providertest.AllActions[test.action], providertest.Args{test.at: test.value}), test.at, test.text)
	}
	for _, config := range []providertest.Args{{"period_from": providertest.Unknown{}}, {"period_to": providertest.Unknown{}}, {"period_to": "2026-02-01 00:00:00"}, {"payment_sum": 0}} {
		providertest.ExpectNone(t, p.PlanAction(providertest.ReportPaymentType, providertest.With(providertest.PaymentArgs, config)))
	}
	coretest.NothingSent(fake).Now(t)
}

func TestActions_needTheProviderBlock(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	unfinished := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"partner_token": providertest.Unknown{}})
	for action, config := range providertest.AllActions {
		said, diags := providertest.NewProtocol(t).Invoke(action, config)
		providertest.ExpectOne(t, diags, providertest.IsError, "", "Provider is not configured")
		providertest.ExpectSaid(t, said)
		said, diags = unfinished.Invoke(action, config)
		providertest.ExpectOne(t, diags, providertest.IsError, "partner_token", "Provider configuration is not known yet")
		providertest.ExpectSaid(t, said)
	}
	coretest.NothingSent(fake).Now(t)
}

// A request that certainly had no effect is reported as such, and nothing further is asked.
func TestActions_refused(t *testing.T) {
	t.Parallel()
	operations := map[string]string{
		providertest.ReportPaymentType: altegiotest.OpPayment, providertest.RefundPaymentType: altegiotest.OpRefund,
		providertest.UninstallApplicationType: altegiotest.OpUninstall, providertest.SetUpVoIPType: altegiotest.OpVoIP,
	}
	for action, operation := range operations {
		id := "" // argument to blame for 403
		if _, ok := providertest.AllActions[action]["application_id"]; ok {
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
				fake := coretest.NewFake(t)
				test.fault.Operation = operation
				fake.Fail(test.fault)
				_, diags := providertest.NewConfiguredProtocol(t, fake, nil).Invoke(action, providertest.AllActions[action])
				providertest.ExpectOne(t, diags, providertest.IsError, test.at, test.text)
				if strings.Contains(diags[0].Detail, "may have been") || strings.Contains(diags[0].Detail, "crm-token-12345") {
					t.Errorf("it says %s", diags[0].Detail)
				}
				coretest.Sent{Fake: fake, Want: map[string]int{operation: 1}}.Now(t)
			})
		}
	}
}

// A request that may have had its effect is never repeated, however many retries are allowed.
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
		providertest.ReportPaymentType:        {altegiotest.OpPayment, "(?i)do not report it again|do not report the payment again|report it again only if it is still missing"},
		providertest.RefundPaymentType:        {altegiotest.OpRefund, "The refund may have been reported although the answer is missing. Do not report it again"},
		providertest.UninstallApplicationType: {altegiotest.OpUninstall, `Altegio still shows the application as installed, with the status "active"`},
		providertest.SetUpVoIPType:            {altegiotest.OpVoIP, "Altegio may have accepted the command"},
	} {
		for name, fault := range lost {
			t.Run(action+" "+name, func(t *testing.T) {
				t.Parallel()
				fake := coretest.NewFake(t)
				fault.Operation = test.operation
				fake.Fail(fault)
				p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"max_retries": 3})
				_, diags := p.Invoke(action, providertest.AllActions[action])
				if _, installed := fake.Status(1001, 456); !installed {
					providertest.ExpectNone(t, diags) // a read shows that it is done
				} else {
					providertest.ExpectOne(t, diags, providertest.IsError, "", test.text)
				}
				if n := fake.Count(test.operation); n != 1 {
					t.Errorf("it was sent %d times", n)
				}
			})
		}
	}
}

// A user who waits for an action is told why. For resources, Terraform has no way to show it.
func TestActions_waiting(t *testing.T) {
	t.Parallel()
	for action, config := range providertest.AllActions {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			fake.Fail(altegiotest.Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}, Times: 1})
			p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"user_token": altegiotest.DefaultUserToken, "max_retries": 1})
			said, _ := p.Invoke(action, config)
			if !slices.ContainsFunc(said, func(line string) bool {
				return strings.HasPrefix(line, "Waiting ") && strings.HasSuffix(line, "s because of a pause after an answer 429.")
			}) {
				t.Errorf("said is %q", said)
			}
		})
	}
}

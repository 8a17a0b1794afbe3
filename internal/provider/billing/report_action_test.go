// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const askAfterAll = "It is not known whether the payment was reported. Reading the payments of the installation."

func TestReportPaymentAction_reports(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for sum, want := range map[string]string{
		"990.99": "990.99", "990.990": "990.99", "0": "0", "0.1": "0.1", "1000000": "1000000",
		"123456789012.3456": "123456789012.3456", "990.98999999999999": "990.99",
	} {
		fake.ResetJournal()
		said, diags := p.Invoke(providertest.ReportPaymentType, providertest.With(providertest.PaymentArgs, providertest.Args{"payment_sum": sum}))
		providertest.ExpectNone(t, diags)
		payments := fake.Payments(1001, 456)
		if len(said) != 2 || !strings.HasPrefix(said[1], "Payment 15") || !strings.HasSuffix(said[1], " is reported. Keep this id: a refund needs it.") {
			t.Errorf("it says %q", said)
		}
		if got := payments[len(payments)-1]; got.Sum.String() != want || got.CurrencyISO != "EUR" || got.Date != "2026-01-31 10:10:00" ||
			got.PeriodFrom != "2026-02-01 00:00:00" || got.PeriodTo != "2026-02-28 23:59:59" {
			t.Errorf("the payment is %+v", got)
		}
		if got, want := string(fake.Requests()[0].Body), `{"salon_id":1001,"application_id":456,"currency_iso":"EUR","payment_sum":`+want+
			`,"payment_date":"2026-01-31 10:10:00","period_from":"2026-02-01 00:00:00","period_to":"2026-02-28 23:59:59"}`; got != want {
			t.Errorf("it sends %s, want %s", got, want)
		}
		coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1}}.Now(t)
	}
	fake.ResetJournal()

	// Every invocation is another payment.
	before := len(fake.Payments(1002, 456))
	for range 2 {
		_, diags := p.Invoke(providertest.ReportPaymentType, providertest.With(providertest.PaymentArgs, providertest.Args{"location_id": 1002}))
		providertest.ExpectNone(t, diags)
	}
	if n := len(fake.Payments(1002, 456)) - before; n != 2 {
		t.Errorf("two invocations report %d payments", n)
	}
}

// A payment brings back what was suspended, and a data source of the same run sees that.
func TestReportPaymentAction_bringsBack(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	connection := providertest.Args{"location_id": 1007, "application_id": 456}
	if seen, _ := p.ReadDataSource("altegio_location_application", connection); seen["status"] != "freezed" {
		t.Fatalf("the location is %v", seen["status"])
	}
	_, diags := p.Invoke(providertest.ReportPaymentType, providertest.With(providertest.PaymentArgs, providertest.Args{"location_id": 1007}))
	providertest.ExpectNone(t, diags)
	if seen, _ := p.ReadDataSource("altegio_location_application", connection); seen["status"] != "active" {
		t.Errorf("after the payment the location is %v", seen["status"])
	}
}

func TestReportPaymentAction_fieldErrors(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	_, diags := p.Invoke(providertest.ReportPaymentType, providertest.With(providertest.PaymentArgs, providertest.Args{"location_id": 1008}))
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Cannot report the payment: Altegio refuses it: [^\n]+
Asked for: location_id 1008, application_id 456, payment_sum 990.99, currency_iso "EUR", payment_date "2026-01-31 10:10:00", `+
		`period_from "2026-02-01 00:00:00", period_to "2026-02-28 23:59:59"\.
The request was POST http://.*/marketplace/partner/payment\..*422 Unprocessable Entity.*salon_id: Application isn't installed\..*
Check that the application is installed at the location\.`)
	for _, field := range []string{"payment_sum", "currency_iso", "payment_date", "period_from", "period_to", "application_id"} {
		remove := fake.Fail(altegiotest.Fault{
			Operation: altegiotest.OpPayment, Status: 422,
			Body: `{"success":false,"data":null,"meta":{"message":"An error has occurred.","errors":{"` + field + `":["No."]}}}`,
		})
		_, diags := p.Invoke(providertest.ReportPaymentType, providertest.PaymentArgs)
		providertest.ExpectOne(t, diags, providertest.IsError, field, "of "+field+" it says: No.")
		remove()
	}
}

// The API is known to leave out its "success". It refuses all the same, and nothing is in doubt.
func TestReportPaymentAction_bareRefusal(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{
		Operation: altegiotest.OpPayment, Status: 422, Body: `{"meta":{"message":"An error has occurred.","errors":["payment_sum: bad"]}}`,
	})
	messages, diags := providertest.NewConfiguredProtocol(t, fake, nil).Invoke(providertest.ReportPaymentType, providertest.PaymentArgs)
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Altegio answered: 422 Unprocessable Entity: An error has occurred\.: payment_sum: bad`)
	if text := fmt.Sprint(messages, diags[0].Detail); strings.Contains(text, "not known") || strings.Contains(text, "may have") {
		t.Errorf("it is in doubt: %s", text)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1}}.Now(t)
}

// When the answer is lost, the user learns whether the payment is there.
func TestReportPaymentAction_lostAnswer(t *testing.T) {
	t.Parallel()
	dropped := altegiotest.Fault{Operation: altegiotest.OpPayment, Drop: true, AfterEffect: true}
	for name, test := range map[string]struct {
		prepare func(*altegiotest.Server)
		fault   altegiotest.Fault
		text    string
	}{
		"it is there": {nil, dropped, "Altegio did not answer.*\n\nAltegio has " + providertest.ThePayment +
			`\. Unless that is an earlier payment, this one is reported: do not report it again\. A refund needs its id\.$`},
		"it is not there": {
			nil,
			altegiotest.Fault{Operation: altegiotest.OpPayment, Drop: true},
			"It is not among the payments of the installation, but Altegio may show it late: check again in a few minutes",
		},
		"an earlier one is there too": {
			func(fake *altegiotest.Server) {
				fake.AddPayment(1001, 456, altegiotest.Payment{
					ID: 77, Sum: "990.990", CurrencyISO: "EUR", IsRefunded: true,
					Date: "2026-01-31 10:10:00", PeriodFrom: "2026-02-01 00:00:00", PeriodTo: "2026-02-28 23:59:59",
				})
			}, dropped,
			"Altegio has payment 77 of 990.990, paid 2026-01-31 10:10:00 for 2026-02-01 00:00:00 to 2026-02-28 23:59:59 and refunded; " + providertest.ThePayment,
		},
		"only others are there": {
			func(fake *altegiotest.Server) {
				like := altegiotest.Payment{
					Sum: "990.99", CurrencyISO: "EUR",
					Date: "2026-01-31 10:10:00", PeriodFrom: "2026-02-01 00:00:00", PeriodTo: "2026-02-28 23:59:59",
				}
				for _, change := range []func(*altegiotest.Payment){
					func(p *altegiotest.Payment) { p.Sum = "990.98" },
					func(p *altegiotest.Payment) { p.Date = "2026-01-31 10:10:01" },
					func(p *altegiotest.Payment) { p.PeriodFrom = "2026-02-02 00:00:00" },
					func(p *altegiotest.Payment) { p.PeriodTo = "2026-02-27 23:59:59" },
				} {
					other := like
					change(&other)
					fake.AddPayment(1001, 456, other)
				}
			},
			altegiotest.Fault{Operation: altegiotest.OpPayment, Status: 500},
			"500 Internal Server Error.*It is not among the payments of the installation",
		},
		"nobody can tell": {
			func(fake *altegiotest.Server) {
				fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 503})
			}, dropped,
			"The payments could not be read: .*503 Service Unavailable.* Do not report the payment again before you know",
		},
		"not installed": {
			func(fake *altegiotest.Server) { fake.Uninstall(1001, 456) },
			altegiotest.Fault{Operation: altegiotest.OpPayment, HTML: true},
			"could not be read: the application is not installed at the location",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			if test.prepare != nil {
				test.prepare(fake)
			}
			fake.Fail(test.fault)
			said, diags := providertest.NewConfiguredProtocol(t, fake, nil).Invoke(providertest.ReportPaymentType, providertest.PaymentArgs)
			providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot report the payment: [^\n]+\n.*"+test.text)
			providertest.ExpectSaid(t, said, providertest.Reporting, askAfterAll)
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1, altegiotest.OpInstallation: 1}}.Now(t)
		})
	}
}

// The API does not always tell the currency of a payment.
func TestReportPaymentAction_lostAnswerAndCurrency(t *testing.T) {
	t.Parallel()
	for currency, text := range map[string]string{
		``: "Altegio has payment 88 of 990.9900, ", `,"currency_iso":null`: "Altegio has payment 88", `,"currency_iso":"EUR"`: "Altegio has payment 88",
		`,"currency_iso":"USD"`: "It is not among the payments of the installation",
	} {
		fake := coretest.NewFake(t)
		fake.Fail(altegiotest.Fault{Operation: altegiotest.OpPayment, Drop: true})
		fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Body: `{"success":true,"data":{"connection_status":{"status":"active"},"payments":[
			{"id":"88","payment_sum":"990.9900","payment_date":"2026-01-31 10:10:00","period_from":"2026-02-01 00:00:00","period_to":"2026-02-28 23:59:59"` + currency + `}]}}`})
		_, diags := providertest.NewConfiguredProtocol(t, fake, nil).Invoke(providertest.ReportPaymentType, providertest.PaymentArgs)
		providertest.ExpectOne(t, diags, providertest.IsError, "", text)
	}
}

func TestReportPaymentAction_answerWithoutID(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  altegiotest.Fault
		lookUp int
		text   string
	}{
		"no id":         {altegiotest.Fault{Body: `{"success":true,"data":{}}`, AfterEffect: true}, 200, "Altegio has " + providertest.ThePayment + `\.$`},
		"an empty list": {altegiotest.Fault{Body: `{"success":true,"data":[]}`, AfterEffect: true}, 200, "Altegio has " + providertest.ThePayment},
		"no data":       {altegiotest.Fault{Body: `{"success":true,"data":null}`, AfterEffect: true}, 200, "Altegio has " + providertest.ThePayment},
		"nothing":       {altegiotest.Fault{Empty: true, AfterEffect: true}, 200, "Altegio has " + providertest.ThePayment},
		"shown late":    {altegiotest.Fault{Body: `{"success":true,"data":{}}`}, 200, `It may be shown later\. Do not report the payment again\.`},
		"nobody can tell": {
			altegiotest.Fault{Body: `{"success":true,"data":{}}`, AfterEffect: true},
			500,
			`The payments of the installation could not be read either: .* Do not report the payment again\.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			test.fault.Operation = altegiotest.OpPayment
			fake.Fail(test.fault)
			if test.lookUp != 200 {
				fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: test.lookUp})
			}
			said, diags := providertest.NewConfiguredProtocol(t, fake, nil).Invoke(providertest.ReportPaymentType, providertest.PaymentArgs)
			providertest.ExpectOne(t, diags, providertest.IsWarning, "", "Id of the reported payment is not known\nAltegio answered that the payment is reported, but not which id it has.*"+test.text)
			providertest.ExpectSaid(t, said, providertest.Reporting, "The payment is reported, but the answer lacks its id. Reading the payments of the installation.")
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1, altegiotest.OpInstallation: 1}}.Now(t)
		})
	}
}

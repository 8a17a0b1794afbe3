// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"math/big"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// expectConnection checks what the data source says, but payments and log.
func expectConnection(name string, installed bool, status, connectedAt knownvalue.Check) []statecheck.StateCheck {
	value := func(attribute string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.altegio_location_application."+name, tfjsonpath.New(attribute), want)
	}
	return []statecheck.StateCheck{
		value("installed", knownvalue.Bool(installed)), value("status", status), value("connected_at", connectedAt),
	}
}

func TestLocationApplicationDataSource_statuses(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	fake.SetStatus(1005, 456, "archived_by_vendor")
	fake.Uninstall(1004, 456)
	is := knownvalue.StringExact
	var checks []statecheck.StateCheck
	for _, expected := range [][]statecheck.StateCheck{
		expectConnection("active", true, is("active"), is("2022-06-27 12:20:02")),
		expectConnection("pending", true, is("pending"), is("2026-01-15 09:30:00")),
		expectConnection("freezed", true, is("freezed"), is("2026-01-15 09:30:00")),
		expectConnection("other", true, is("archived_by_vendor"), is("2026-01-15 09:30:00")),
		expectConnection("never", false, is("uninstalled"), knownvalue.Null()),
		expectConnection("formerly", false, is("uninstalled"), knownvalue.Null()),
	} {
		checks = append(checks, expected...)
	}
	for _, name := range []string{"payments", "logs"} {
		checks = append(checks, statecheck.ExpectKnownValue("data.altegio_location_application.never", tfjsonpath.New(name), knownvalue.ListSizeExact(0)))
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{{
			Config: providertest.ProviderBlock(fake) + providertest.ConnectionBlock("active", 1001, 456) + providertest.ConnectionBlock("pending", 1006, 456) +
				providertest.ConnectionBlock("freezed", 1007, 456) + providertest.ConnectionBlock("other", 1005, 456) + providertest.ConnectionBlock("never", 1008, 456) +
				providertest.ConnectionBlock("formerly", 1004, 456),
			ConfigStateChecks: append(checks, coretest.Sent{Fake: fake, Want: providertest.Gets(6)}),
		}},
	})
}

func TestLocationApplicationDataSource_paymentsAndLog(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{ExtraFields: true}))
	fake.AddPayment(1001, 456, altegiotest.Payment{
		ID: 1600, Sum: "123456789012345678.010000000000000001", Date: "2026-02-30 25:61:00", PeriodFrom: "2026-02-01 00:00:00", PeriodTo: "",
	})
	exactly := func(digits string) knownvalue.Check {
		f, _, err := big.ParseFloat(digits, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		return knownvalue.NumberExact(f)
	}
	is := knownvalue.StringExact
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		Steps: []resource.TestStep{{
			Config: providertest.ProviderBlock(fake) + providertest.ConnectionBlock("test", 1001, 456) + `
output "digits" {
  value = join(" ", [for p in data.altegio_location_application.test.payments : tostring(p.payment_sum)])
}

output "equals_what_one_writes" {
  value = data.altegio_location_application.test.payments[0].payment_sum == 1523.12
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.altegio_location_application.test", tfjsonpath.New("payments"), knownvalue.ListExact([]knownvalue.Check{
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"id": knownvalue.Int64Exact(1523), "payment_sum": exactly("1523.12"), "currency_iso": is("USD"),
						"payment_date": is("2022-07-01 10:10:00"), "period_from": is("2022-07-01 00:00:00"), "period_to": is("2022-07-31 23:59:59"),
						"is_refunded": knownvalue.Bool(false), "refunded_at": knownvalue.Null(),
					}),
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"id": knownvalue.Int64Exact(1524), "payment_sum": exactly("990.99"), "currency_iso": is("USD"),
						"payment_date": is("2022-08-01 10:10:00"), "period_from": is("2022-08-01 00:00:00"), "period_to": is("2022-08-31 23:59:59"),
						"is_refunded": knownvalue.Bool(true), "refunded_at": is("2022-08-03 20:51:40"),
					}),
					knownvalue.ObjectPartial(map[string]knownvalue.Check{
						"id": knownvalue.Int64Exact(1600), "payment_sum": exactly("123456789012345678.010000000000000001"),
						"currency_iso": knownvalue.Null(), "payment_date": is("2026-02-30 25:61:00"), "period_to": knownvalue.Null(),
					}),
				})),
				statecheck.ExpectKnownValue("data.altegio_location_application.test", tfjsonpath.New("logs"), knownvalue.ListExact([]knownvalue.Check{
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"changed_at": is("2022-06-27 12:20:02"), "status_from": is("uninstalled"), "status_to": is("pending"), "source": is("marketplace"),
					}),
					knownvalue.ObjectExact(map[string]knownvalue.Check{
						"changed_at": is("2022-06-27 12:25:40"), "status_from": is("pending"), "status_to": is("active"), "source": is("partner_api"),
					}),
				})),
				statecheck.ExpectKnownOutputValue("digits", is("1523.12 990.99 123456789012345678.010000000000000001")),
				statecheck.ExpectKnownOutputValue("equals_what_one_writes", knownvalue.Bool(true)),
			},
		}},
	})
}

// Every form of the answer gives the same result.
func TestLocationApplicationDataSource_shapes(t *testing.T) {
	t.Parallel()
	for name, shapes := range map[string]altegiotest.Shapes{
		"documented":         {},
		"uninstalled as 200": {StatusAfterUninstall: "uninstalled"},
		"meta object":        {Meta: "object", NumbersAsStrings: true},
		"meta absent":        {Meta: "absent", Language: "ru", ExtraFields: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(shapes))
			fake.Uninstall(1002, 456)
			p := providertest.NewConfiguredProtocol(t, fake, nil)
			there, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1003, "application_id": 456})
			providertest.ExpectNone(t, diags)
			providertest.ExpectArgs(t, "what is installed", there, providertest.Args{
				"location_id": "1003", "application_id": "456", "installed": true, "status": "active", "connected_at": "2026-01-15 09:30:00",
				"payments": []any{},
				"logs": []any{
					providertest.Args{"changed_at": "2026-01-15 09:30:00", "status_from": "uninstalled", "status_to": "pending", "source": "marketplace"},
					providertest.Args{"changed_at": "2026-01-15 09:30:00", "status_from": "pending", "status_to": "active", "source": "partner_api"},
				},
			})
			gone, diags := p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1002, "application_id": 456})
			providertest.ExpectNone(t, diags)
			providertest.ExpectArgs(t, "what is not installed", gone, providertest.Args{
				"location_id": "1002", "application_id": "456", "installed": false, "status": "uninstalled", "connected_at": nil,
				"payments": []any{}, "logs": []any{},
			})
			coretest.Sent{Fake: fake, Want: providertest.Gets(2)}.Now(t)
		})
	}
}

func TestLocationApplicationDataSource_noStatus(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{
		"null":    {},
		"array":   {Body: `{"success":true,"data":{"connection_status":[],"payments":[],"logs":[]},"meta":[]}`},
		"absent":  {Body: `{"success":true,"data":{"payments":[],"logs":[]}}`},
		"nothing": {Body: `{"success":true,"data":{},"meta":{}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{NullConnectionStatus: true}))
			fake.Fail(fault)
			got, diags := providertest.NewConfiguredProtocol(t, fake, nil).ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1002, "application_id": 456})
			providertest.ExpectNone(t, diags)
			if got["installed"] != true || got["status"] != nil || got["connected_at"] != nil {
				t.Errorf("it says %v", got)
			}
		})
	}
}

// PHP renders an empty list as an object now and then, and numbers as strings.
func TestLocationApplicationDataSource_looseTypes(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Body: `{"success":1,"data":{"connection_status":{"status":"active","created_at":"2022-06-27 12:20:02"},
		"payments":[{"id":"7","payment_sum":"15.50","payment_date":null,"is_refunded":"1"}],"logs":null},"meta":[]}`})
	got, diags := providertest.NewConfiguredProtocol(t, fake, nil).ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1002, "application_id": 456})
	providertest.ExpectNone(t, diags)
	providertest.ExpectArgs(t, "it", got, providertest.Args{
		"location_id": "1002", "application_id": "456", "installed": true, "status": "active", "connected_at": "2022-06-27 12:20:02",
		"payments": []any{providertest.Args{
			"id": "7", "payment_sum": "15.5", "currency_iso": nil, "payment_date": nil, "period_from": nil, "period_to": nil,
			"is_refunded": true, "refunded_at": nil,
		}},
		"logs": []any{},
	})
}

// A payment that cannot be read is reported only if payments are read.
func TestLocationApplicationDataSource_oddPayments(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	channel := p.Change(providertest.Instance{}, providertest.ChannelArgs(1002, 456, "sms", true))
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Body: `{"success":true,"data":{
		"connection_status":{"status":"active","created_at":"2022-06-27 12:20:02"},
		"payments":[{"id":7,"payment_sum":"1 523,12"}],"logs":[]},"meta":[]}`})
	p.NextRun()
	_, diags := p.Read(channel)
	providertest.ExpectNone(t, diags)
	_, diags = p.ReadDataSource("altegio_location_application", providertest.Args{"location_id": 1002, "application_id": 456})
	providertest.ExpectOne(t, diags, providertest.IsError, "", `Cannot read how the application is connected.*the payments are not as documented: row 1: payment_sum: "1 523,12" is not a decimal number`)
}

func TestLocationApplicationDataSource_refused(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	for name, test := range map[string]struct {
		provider []string
		fault    altegiotest.Fault
		location int
		app      int
		texts    []string
	}{
		"foreign application": {location: 1001, app: 999, texts: []string{
			"Cannot read how the application is connected", "with data.altegio_location_application.test", "application_id = 999",
			"Asked for: location_id 1001, application_id 999.", "Altegio answered: 403 Forbidden: No access to application.",
			"The application belongs to another partner, or the account of the token has no access to it.",
		}},
		"wrong token":  {provider: []string{`partner_token = "wrong"`}, location: 1001, app: 456, texts: []string{"401 Unauthorized", "Check partner_token in the provider block"}},
		"404 as HTML":  {fault: altegiotest.Fault{Status: 404, HTML: true}, location: 1001, app: 456, texts: []string{"the answer is an HTML page, not JSON", "check api_url and app_url in the provider block"}},
		"server error": {fault: altegiotest.Fault{Status: 500}, location: 1001, app: 456, texts: []string{"500 Internal Server Error", "Try again later."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			if test.fault.Status != 0 {
				fake.Fail(test.fault)
			}
			resource.UnitTest(t, resource.TestCase{
				ProtoV6ProviderFactories: providertest.Factories(),
				Steps: []resource.TestStep{{
					Config:      providertest.ProviderBlock(fake, test.provider...) + providertest.ConnectionBlock("test", test.location, test.app),
					ExpectError: providertest.InOrder(test.texts),
				}},
			})
			coretest.Sent{Fake: fake, Want: providertest.Gets(1)}.Now(t)
		})
	}
}

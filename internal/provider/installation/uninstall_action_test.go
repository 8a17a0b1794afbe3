// SPDX-License-Identifier: MPL-2.0

package installation_test

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const uninstalling = "Uninstalling application 456 from location 1001."

func TestUninstallApplicationAction(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	config := providertest.Args{"location_id": 1001, "application_id": 456}
	said, diags := p.Invoke(providertest.UninstallApplicationType, config)
	providertest.ExpectNone(t, diags)
	providertest.ExpectSaid(t, said, uninstalling, "Application 456 is uninstalled from location 1001.")
	if status, installed := fake.Status(1001, 456); installed {
		t.Errorf("the application is %s", status)
	}
	if _, installed := fake.Status(1001, 457); !installed {
		t.Error("another application is gone too")
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUninstall: 1}}.Now(t)

	said, diags = p.Invoke(providertest.UninstallApplicationType, config)
	providertest.ExpectNone(t, diags)
	providertest.ExpectSaid(t, said, uninstalling, "Application 456 is not installed at location 1001: there was nothing to do.")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUninstall: 1}}.Now(t)
}

func TestUninstallApplicationAction_lostAnswer(t *testing.T) {
	t.Parallel()
	const asking = "It is not known whether the application was uninstalled. Reading its status."
	for name, test := range map[string]struct {
		fault, lookUp altegiotest.Fault
		text          string // "" for none
	}{
		"done":       {altegiotest.Fault{Drop: true, AfterEffect: true}, altegiotest.Fault{}, ""},
		"not done":   {altegiotest.Fault{Status: 500}, altegiotest.Fault{}, `Altegio still shows the application as installed, with the status "active", but may show a change late\.`},
		"who knows?": {altegiotest.Fault{Drop: true, AfterEffect: true}, altegiotest.Fault{Status: 500}, "The status of the installation could not be read: .*500"},
		"a page for a 404": {
			altegiotest.Fault{Drop: true},
			altegiotest.Fault{Status: 404, HTML: true},
			"The status of the installation could not be read",
		},
		"done, with a status": {
			altegiotest.Fault{Drop: true},
			altegiotest.Fault{Body: `{"success":true,"data":{"connection_status":{"status":"uninstalled"},"payments":[],"logs":[]}}`},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			test.fault.Operation, test.lookUp.Operation = altegiotest.OpUninstall, altegiotest.OpInstallation
			fake.Fail(test.fault)
			fake.Fail(test.lookUp)
			said, diags := providertest.NewConfiguredProtocol(t, fake, nil).Invoke(providertest.UninstallApplicationType, providertest.AllActions[providertest.UninstallApplicationType])
			if test.text == "" {
				providertest.ExpectNone(t, diags)
				providertest.ExpectSaid(t, said, uninstalling, asking, "Application 456 is no longer installed at location 1001.")
			} else {
				providertest.ExpectOne(t, diags, providertest.IsError, "", "Cannot uninstall the application: [^\n]+\nAsked for: location_id 1001, application_id 456.*"+test.text)
				providertest.ExpectSaid(t, said, uninstalling, asking)
			}
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUninstall: 1, altegiotest.OpInstallation: 1}}.Now(t)
		})
	}
}

func TestUninstallApplicationAction_foreign(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	_, diags := providertest.NewConfiguredProtocol(t, fake, nil).Invoke(providertest.UninstallApplicationType, providertest.Args{"location_id": 1001, "application_id": 999})
	providertest.ExpectOne(t, diags, providertest.IsError, "application_id", "403 Forbidden.*The application belongs to another partner")
	if _, installed := fake.Status(1001, 999); !installed {
		t.Error("the application is gone")
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const uninstallApplicationType = "altegio_uninstall_application"

const uninstalling = "Uninstalling application 456 from location 1001."

func TestUninstallApplicationAction(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	config := args{"location_id": 1001, "application_id": 456}
	said, diags := p.invoke(uninstallApplicationType, config)
	expectNone(t, diags)
	expectSaid(t, said, uninstalling, "Application 456 is uninstalled from location 1001.")
	if status, installed := fake.Status(1001, 456); installed {
		t.Errorf("the application is %s", status)
	}
	if _, installed := fake.Status(1001, 457); !installed {
		t.Error("another application is gone too")
	}
	sent{fake, map[string]int{altegiotest.OpUninstall: 1}}.now(t)

	said, diags = p.invoke(uninstallApplicationType, config)
	expectNone(t, diags)
	expectSaid(t, said, uninstalling, "Application 456 is not installed at location 1001: there was nothing to do.")
	sent{fake, map[string]int{altegiotest.OpUninstall: 1}}.now(t)
}

func TestUninstallApplicationAction_lostAnswer(t *testing.T) {
	t.Parallel()
	const asking = "It is not known whether the application was uninstalled. Asking for the installation."
	for name, test := range map[string]struct {
		fault, lookUp altegiotest.Fault
		text          string // "" for none
	}{
		"done":       {altegiotest.Fault{Drop: true, AfterEffect: true}, altegiotest.Fault{}, ""},
		"not done":   {altegiotest.Fault{Status: 500}, altegiotest.Fault{}, `Altegio still shows it as installed, with the status "active", but may be late with that\.`},
		"who knows?": {altegiotest.Fault{Drop: true, AfterEffect: true}, altegiotest.Fault{Status: 500}, "Whether the application is still installed could not be asked for: .*500"},
		"a page for a 404": {
			altegiotest.Fault{Drop: true},
			altegiotest.Fault{Status: 404, HTML: true},
			"Whether the application is still installed could not be asked for",
		},
		"done, with a status": {
			altegiotest.Fault{Drop: true},
			altegiotest.Fault{Body: `{"success":true,"data":{"connection_status":{"status":"uninstalled"},"payments":[],"logs":[]}}`},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			test.fault.Operation, test.lookUp.Operation = altegiotest.OpUninstall, altegiotest.OpInstallation
			fake.Fail(test.fault)
			fake.Fail(test.lookUp)
			said, diags := newConfiguredProtocol(t, fake, nil).invoke(uninstallApplicationType, allActions[uninstallApplicationType])
			if test.text == "" {
				expectNone(t, diags)
				expectSaid(t, said, uninstalling, asking, "Application 456 is no longer installed at location 1001.")
			} else {
				expectOne(t, diags, isError, "", "Cannot uninstall the application\nAsked for: location_id 1001, application_id 456.*"+test.text)
				expectSaid(t, said, uninstalling, asking)
			}
			sent{fake, map[string]int{altegiotest.OpUninstall: 1, altegiotest.OpInstallation: 1}}.now(t)
		})
	}
}

func TestUninstallApplicationAction_foreign(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	_, diags := newConfiguredProtocol(t, fake, nil).invoke(uninstallApplicationType, args{"location_id": 1001, "application_id": 999})
	expectOne(t, diags, isError, "application_id", "403 Forbidden.*The application belongs to another partner")
	if _, installed := fake.Status(1001, 999); !installed {
		t.Error("the application is gone")
	}
}

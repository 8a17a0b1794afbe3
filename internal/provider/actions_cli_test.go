// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// newActionCLI runs a Terraform that has actions.
func newActionCLI(t *testing.T, env ...string) *providertest.CLI {
	t.Helper()
	c := providertest.NewCLI(t, env...)
	providertest.RequireVersion(t, "1.14.0", "")
	return c
}

const paymentAction = `
action "altegio_report_payment" "test" {
  config {
    location_id    = 1001
    application_id = 456
    payment_sum    = 990.99
    currency_iso   = "EUR"
    payment_date   = "2026-01-31 10:10:00"
    period_from    = "2026-02-01 00:00:00"
    period_to      = "2026-02-28 23:59:59"
  }
}
`

func expectOutput(t *testing.T, out string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !providertest.ErrorText(text).MatchString(out) {
			t.Errorf("the output lacks %q:\n%s", text, out)
		}
	}
}

// Nothing happens unless the action is invoked, and a plan that would invoke it asks nothing.
func TestActions_invoked(t *testing.T) {
	t.Parallel()
	c := newActionCLI(t)
	fake := coretest.NewFake(t)
	c.Config(providertest.ProviderBlock(fake), paymentAction, `
action "altegio_refund_payment" "test" {
  config {
    payment_id = 1531
  }
}

action "altegio_uninstall_application" "test" {
  config {
    location_id    = 1001
    application_id = 456
  }
}
`)
	c.MustRun("apply", "-auto-approve", "-no-color")
	expectOutput(t, c.MustRun("plan", "-no-color", "-invoke=action.altegio_report_payment.test"),
		"Actions: 1 to invoke", "payment_sum = 990.99")
	coretest.NothingSent(fake).Now(t)

	expectOutput(t, c.MustRun("apply", "-auto-approve", "-no-color", "-invoke=action.altegio_report_payment.test"),
		"Reporting the payment of 990.99 EUR by location 1001 for application 456.",
		"Payment 1531 is reported. Keep this id: a refund needs it.", "Actions: 1 invoked")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1}}.Now(t)

	expectOutput(t, c.MustRun("apply", "-auto-approve", "-no-color", "-invoke=action.altegio_refund_payment.test"),
		"Payment 1531 is reported as refunded.")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpRefund: 1}}.Now(t)
	if payments := fake.Payments(1001, 456); payments[len(payments)-1].ID != 1531 || !payments[len(payments)-1].IsRefunded {
		t.Errorf("the payments are %+v", payments)
	}
	expectOutput(t, c.MustFail("apply", "-auto-approve", "-no-color", "-invoke=action.altegio_refund_payment.test"),
		"Cannot report the refund", "Either there is no such payment, or it is already refunded.")
	fake.ResetJournal()

	expectOutput(t, c.MustRun("apply", "-auto-approve", "-no-color", "-invoke=action.altegio_uninstall_application.test"),
		"Application 456 is uninstalled from location 1001.")
	expectOutput(t, c.MustRun("apply", "-auto-approve", "-no-color", "-invoke=action.altegio_uninstall_application.test"),
		"Application 456 is not installed at location 1001: there was nothing to do.")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUninstall: 2}}.Now(t)
}

// An action that a resource triggers happens with the resource, and not again.
func TestActions_triggered(t *testing.T) {
	t.Parallel()
	c := newActionCLI(t)
	fake := coretest.NewFake(t)
	channel := strings.Replace(providertest.ChannelBlock(1001, 456, "sms", true), "}\n", `
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.altegio_report_payment.test]
    }
  }
}
`, 1)
	c.Config(providertest.ProviderBlock(fake), paymentAction, channel)
	expectOutput(t, c.MustRun("apply", "-auto-approve", "-no-color"), "Payment 1531 is reported.", "1 added", "Actions: 1 invoked")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1, altegiotest.OpUpdateChannel: 1, altegiotest.OpPayment: 1}}.Now(t)
	expectOutput(t, c.MustRun("apply", "-auto-approve", "-no-color"), "No changes.")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpInstallation: 1}}.Now(t)
}

// The list of payments in the documentation reports each added payment.
func TestActions_triggeredByAList(t *testing.T) {
	t.Parallel()
	newActionCLI(t)
	c, fake := newExample(t)
	example := providertest.ReadExample(t, "actions", providertest.ReportPaymentType, "triggered.tf")
	last := strings.Index(example, `    "2026-03"`)
	shorter := example[:last] + example[last+strings.Index(example[last:], "\n")+1:]
	for _, config := range []string{shorter, example} {
		c.Write("main.tf", header(config)+config)
		c.MustRun(providertest.Apply...)
		coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1}}.Now(t)
	}
	expectOutput(t, c.MustRun(providertest.Apply...), "No changes.")
	coretest.NothingSent(fake).Now(t)
}

// A failed action leaves the resource that triggered it as it is, and is not repeated: a person decides
// about a payment.
func TestActions_triggeredAndLost(t *testing.T) {
	t.Parallel()
	c := newActionCLI(t)
	fake := coretest.NewFake(t)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpPayment, Drop: true, AfterEffect: true})
	channel := strings.Replace(providertest.ChannelBlock(1001, 456, "sms", true), "}\n", `
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.altegio_report_payment.test]
    }
  }
}
`, 1)
	c.Config(providertest.ProviderBlock(fake, "max_retries = 3"), paymentAction, channel)
	expectOutput(t, c.MustFail("apply", "-auto-approve", "-no-color"), "Cannot report the payment", "Altegio did not answer",
		"It is not known whether the payment was reported.", "Altegio has "+providertest.ThePayment+". Unless that is an earlier payment, this one is reported")
	// The channel asks which installation it is set at, and the action for the payments.
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpUpdateChannel: 1, altegiotest.OpPayment: 1, altegiotest.OpInstallation: 2}}.Now(t)
	expectOutput(t, c.MustRun("apply", "-auto-approve", "-no-color"), "No changes.")
	if n := len(fake.Payments(1001, 456)); n != 3 {
		t.Errorf("there are %d payments, want the new one and two of before", n)
	}
}

// Terraform does not validate variables elsewhere, and results of an apply not at all.
func TestActions_checkedBeforeSending(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ value, declaration, command, trigger string }{
		"a variable": {
			value: "var.sum", declaration: "variable \"sum\" {\n  type = number\n}\n", command: "plan -invoke=action.altegio_report_payment.test",
		},
		"known after apply": {
			value: "terraform_data.sum.output", declaration: `
resource "terraform_data" "sum" {
  input = -1
}

resource "terraform_data" "trigger" {
  input = terraform_data.sum.output

  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.altegio_report_payment.test]
    }
  }
}
`, command: "apply -auto-approve",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newActionCLI(t, "TF_VAR_sum=-1")
			fake := coretest.NewFake(t)
			c.Config(providertest.ProviderBlock(fake), strings.Replace(paymentAction, "990.99", test.value, 1), test.declaration)
			out := c.MustFail(append(strings.Fields(test.command), "-no-color")...)
			expectOutput(t, out, "Attribute payment_sum value must be at least 0, got: -1")
			coretest.NothingSent(fake).Now(t)
		})
	}
}

const voipAction = `
action "altegio_set_up_voip" "test" {
  config {
    crm_token = var.crm_token
    enable    = true
  }
}

resource "terraform_data" "trigger" {
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.altegio_set_up_voip.test]
    }
  }
}

variable "crm_token" {
  type      = string
  sensitive = true
`

const crmSecret = "crm-Secret+5e2c/7d"

// The token of an ephemeral variable is in no file, log or output, whether the command succeeds or not.
// Terraform writes the token of any other variable into the plan.
func TestSecrets_ofVoIP(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		variable string
		except   []string
	}{
		"ephemeral":      {variable: "  ephemeral = true\n}\n"},
		"only sensitive": {"}\n", []string{"plan.out", "plan.out:tfplan"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newActionCLI(t)
			fake := coretest.NewFake(t)
			r := providertest.NewSecretRun(t, "TF_VAR_crm_token="+crmSecret)
			r.Config(providertest.ProviderBlock(fake), voipAction+test.variable)
			r.Do(true, "plan", "-input=false", "-out=plan.out")
			r.Do(true, "show", "plan.out")
			r.Do(true, "show", "-json", "plan.out")
			r.Do(true, "apply", "-input=false", "plan.out")
			r.Do(true, "show", "-json")
			if enabled, wasSet := fake.VoIP(crmSecret); !enabled || !wasSet {
				t.Error("the integration is not on")
			}
			for _, fault := range []altegiotest.Fault{
				{Status: 401},
				{Status: 500, Body: crmSecret},
				{HTML: true},
				{Truncate: true},
				{Drop: true},
				{Body: `{"success":false,"meta":{"message":"` + crmSecret + `","errors":{"crm_token":["` + crmSecret + `"]}}}`, Status: 422},
				{Redirect: "https://x.test/" + crmSecret},
			} {
				fault.Operation = altegiotest.OpVoIP
				remove := fake.Fail(fault)
				r.Do(false, "apply", "-input=false", "-auto-approve", "-invoke=action.altegio_set_up_voip.test")
				remove()
			}
			log, err := os.ReadFile(filepath.Join(r.Dir, "trace.log"))
			if err != nil || !strings.Contains(string(log), "/voip/integration") {
				t.Errorf("the log has no requests, so it proves nothing: %v", err)
			}
			inPlan := strings.Contains(r.Files()["plan.out:tfplan"], crmSecret)
			if wanted := test.except != nil; inPlan != wanted {
				t.Errorf("the token is in the plan: %t", inPlan)
			}
			if test.except != nil {
				// show -json prints what a plan has of variables.
				r.Streams = append(r.Streams[:2], r.Streams[3:]...)
			}
			r.ExpectAbsent("the CRM token", crmSecret, test.except...)
		})
	}
}

// Ctrl-C while a payment is in flight: it is waited for, and its outcome is not lost.
func TestActions_interrupted(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		texts []string
	}{
		"answered": {altegiotest.Fault{}, []string{"Payment 1531 is reported."}},
		"lost": {altegiotest.Fault{Drop: true}, []string{
			"Cannot report the payment", "Whether the payment is there could not be asked for",
			"Do not report it again before you have checked.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newActionCLI(t)
			fake := coretest.NewFake(t)
			test.fault.Operation, test.fault.Delay, test.fault.AfterEffect = altegiotest.OpPayment, 2*time.Second, true
			fake.Fail(test.fault)
			c.Config(providertest.ProviderBlock(fake, "max_retries = 3"), paymentAction)
			// Terraform panics where it has not yet taken note of what the action said before the interrupt.
			out := c.Interrupt(func() bool {
				return fake.Count(altegiotest.OpPayment) == 1 && strings.Contains(c.Printed(), "Reporting the payment")
			},
				"apply", "-auto-approve", "-no-color", "-invoke=action.altegio_report_payment.test")
			expectOutput(t, out, test.texts...)
			if strings.Contains(out, "panic") {
				t.Errorf("Terraform panics:\n%s", out)
			}
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpPayment: 1}}.Now(t)
		})
	}
}

// Terraform 1.16 and later pass no ephemeral value to an action that -invoke runs, and the provider says what
// to do.
func TestActions_ephemeralInvoked(t *testing.T) {
	t.Parallel()
	c := newActionCLI(t, "TF_VAR_crm_token="+crmSecret)
	providertest.RequireVersion(t, "1.16.0", "")
	fake := coretest.NewFake(t)
	c.Config(providertest.ProviderBlock(fake), voipAction+"  ephemeral = true\n}\n")
	expectOutput(t, c.MustFail(append(slices.Clone(providertest.Apply), "-invoke=action.altegio_set_up_voip.test")...),
		"Terraform did not hand over crm_token", "Trigger the action from a resource")
	coretest.NothingSent(fake).Now(t)
	c.MustRun(providertest.Apply...)
	if enabled, wasSet := fake.VoIP(crmSecret); !enabled || !wasSet {
		t.Error("triggered, the action does not turn the integration on")
	}
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// RunSteps runs the steps of a test as terraform-plugin-testing does: a plan and its checks, its apply and
// the checks of the state, a plan without a refresh and one with it, which must be empty, and a destroy at
// the end. It starts no program, unless envCLI is set. Steps that import need a real Terraform.
func RunSteps(t *testing.T, steps ...resource.TestStep) {
	t.Helper()
	if os.Getenv(envCLI) != "" {
		RequireCLI(t)
		resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
		return
	}
	p := NewInProcess(t).inProcess
	p.file = "terraform_plugin_test.tf"
	for i, step := range steps {
		if step.PreConfig != nil {
			step.PreConfig()
		}
		p.text = step.Config
		err := p.step(step)
		switch {
		case step.ExpectError != nil && (err == nil || !step.ExpectError.MatchString(err.Error())):
			t.Fatalf("step %d: want an error that matches %s, got: %v", i+1, step.ExpectError, err)
		case step.ExpectError == nil && err != nil:
			t.Fatalf("step %d: %v", i+1, err)
		}
		if step.PostApplyFunc != nil {
			step.PostApplyFunc()
		}
	}
	if out, ok := p.run("destroy", "-refresh=false"); !ok {
		t.Fatalf("the destroy fails:\n%s", out)
	}
}

func (p *inProcess) step(step resource.TestStep) error {
	p.t.Helper()
	if !step.PlanOnly {
		if err := p.plan(step.ConfigPlanChecks.PreApply); err != nil {
			return err
		}
		if out, ok := p.run("apply", "saved"); !ok {
			return errors.New(out)
		}
		for _, check := range step.ConfigStateChecks {
			var resp statecheck.CheckStateResponse
			check.CheckState(p.t.Context(), statecheck.CheckStateRequest{State: p.state()}, &resp)
			if resp.Error != nil {
				return resp.Error
			}
		}
	}
	if err := p.plan(step.ConfigPlanChecks.PostApplyPreRefresh, "-refresh=false"); err != nil {
		return err
	}
	if !step.ExpectNonEmptyPlan && !p.nothing(p.plans["saved"]) {
		return errors.New("the plan without a refresh is not empty:\n" + p.planned(p.plans["saved"]))
	}
	if err := p.plan(step.ConfigPlanChecks.PostApplyPostRefresh); err != nil {
		return err
	}
	if p.nothing(p.plans["saved"]) == step.ExpectNonEmptyPlan {
		return errors.New("what is planned after a refresh:\n" + p.planned(p.plans["saved"]))
	}
	return nil
}

func (p *inProcess) plan(checks []plancheck.PlanCheck, flags ...string) error {
	p.t.Helper()
	if out, ok := p.run(append([]string{"plan", "-out=saved"}, flags...)...); !ok {
		return errors.New(out)
	}
	for _, check := range checks {
		var resp plancheck.CheckPlanResponse
		check.CheckPlan(p.t.Context(), plancheck.CheckPlanRequest{Plan: p.shownPlan()}, &resp)
		if resp.Error != nil {
			return resp.Error
		}
	}
	return nil
}

// shownPlan returns the saved plan in the form of terraform show -json.
func (p *inProcess) shownPlan() *tfjson.Plan {
	p.t.Helper()
	plan := &tfjson.Plan{}
	for _, c := range p.plans["saved"].Changes {
		change := &tfjson.Change{Before: p.shown(c.Before), After: p.shown(cty.UnknownAsNull(c.After))}
		for _, action := range strings.Split(string(c.Action), ",") {
			change.Actions = append(change.Actions, tfjson.Action(action))
		}
		unknown := map[string]any{}
		if !c.After.IsNull() {
			for name, value := range c.After.AsValueMap() {
				if !value.IsWhollyKnown() {
					unknown[name] = true
				}
			}
		}
		change.AfterUnknown = unknown
		plan.ResourceChanges = append(plan.ResourceChanges, &tfjson.ResourceChange{
			Address: c.Addr, Mode: tfjson.ManagedResourceMode, Type: TypeName(c.Addr), Change: change,
		})
	}
	return plan
}

// state returns the state in the form of terraform show -json.
func (p *inProcess) state() *tfjson.State {
	p.t.Helper()
	module := &tfjson.StateModule{}
	for _, addr := range p.workspace.Addresses() {
		if o := p.workspace.Object(addr); o != nil {
			values, _ := p.shown(o.Value).(map[string]any)
			module.Resources = append(module.Resources, &tfjson.StateResource{
				Address: addr, Mode: tfjson.ManagedResourceMode, Type: TypeName(addr), AttributeValues: values, Tainted: o.Tainted,
			})
		}
	}
	return &tfjson.State{Values: &tfjson.StateValues{RootModule: module}}
}

// shown returns a value as it is read from JSON.
func (p *inProcess) shown(v cty.Value) any {
	p.t.Helper()
	text, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		p.t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		p.t.Fatal(err)
	}
	return value
}

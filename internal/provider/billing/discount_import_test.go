// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestApplicationDiscountResource_import(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	declared := discountBlock([]int64{1002, 1001}, "15.54")
	c.Config(providertest.ProviderBlock(fake), declared)
	c.MustRun("import", "-no-color", providertest.DiscountAddress, "456/15.540/1001,1002,1001")
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	expectSent(t, fake)

	// What the id says is less than what is declared.
	c.MustRun("state", "rm", providertest.DiscountAddress)
	c.MustRun("import", "-no-color", providertest.DiscountAddress, "456/15.54/1001,1003")
	providertest.ExpectText(t, c.MustRun(providertest.AutoApply...), "discount of application 456 at 1 location: 1003.")
	expectSent(t, fake, discountSent{[]int64{1002}, "15.54"})

	// It says nothing.
	c.MustRun("state", "rm", providertest.DiscountAddress)
	c.MustRun("import", "-no-color", providertest.DiscountAddress, "456")
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "0 to add, 1 to change, 0 to destroy", "+ discount", "+ location_ids")
	expectSent(t, fake)
	c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{[]int64{1001, 1002}, "15.54"})
}

func TestApplicationDiscountResource_importIsRefused(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	p := providertest.NewConfiguredProtocol(t, fake, nil)
	for id, text := range map[string]string{
		"":                   `application_id is ""`,
		"x":                  `application_id is "x"`,
		"456/10":             "2 parts instead of 1 or 3",
		"456/10/1001/1":      "4 parts instead of 1 or 3",
		"0/10/1001":          `application_id is "0"`,
		"456//1001":          `discount is "", which is not a number from 0`,
		"456/-1/1001":        `discount is "-1"`,
		"456/-0/1001":        `discount is "-0"`,
		"456/10%/1001":       `discount is "10%"`,
		"456/Inf/1001":       `discount is "Inf"`,
		"456/0x10/1001":      `discount is "0x10"`,
		"456/10/":            `location_id is ""`,
		"456/10/1001,":       `location_id is ""`,
		"456/10/1001, 1002":  `location_id is " 1002"`,
		"456/10/[1001,1002]": `location_id is "\[1001"`,
	} {
		_, diags := p.ImportStateOf(providertest.DiscountType, id, nil)
		providertest.ExpectOne(t, diags, providertest.IsError, "", text+`.*for example "456/15.54/1001,1002"`)
	}
	coretest.NothingSent(fake).Now(t)
}

func TestApplicationDiscountResource_identity(t *testing.T) {
	t.Parallel()
	providertest.RequireCLI(t)
	fake := coretest.NewFake(t)
	value := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(providertest.DiscountAddress, tfjsonpath.New(name), want)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: providertest.Factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providertest.ProviderBlock(fake) + discountBlock([]int64{1001, 1002}, "15.54"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(providertest.DiscountAddress, plancheck.ResourceActionCreate), coretest.NothingSent(fake)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), coretest.NothingSent(fake)},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					value("id", knownvalue.StringExact("456")),
					value("location_ids", knownvalue.ListExact([]knownvalue.Check{knownvalue.Int64Exact(1001), knownvalue.Int64Exact(1002)})),
					value("discount", knownvalue.Float64Exact(15.54)),
					value("reset_on_destroy", knownvalue.Bool(false)),
					value("discounts", knownvalue.MapSizeExact(2)),
					statecheck.ExpectIdentity(providertest.DiscountAddress, map[string]knownvalue.Check{"application_id": knownvalue.Int64Exact(456)}),
					coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpAddDiscount: 1}},
				},
			},
			{
				ResourceName:       providertest.DiscountAddress,
				ImportState:        true,
				ImportStateKind:    resource.ImportBlockWithResourceIdentity,
				ExpectNonEmptyPlan: true, // what is imported is not known, and so is set
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(providertest.DiscountAddress, plancheck.ResourceActionUpdate), coretest.NothingSent(fake),
				}},
			},
			{
				ResourceName:    providertest.DiscountAddress,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithID,
				ImportStateId:   "456/15.54/1001,1002",
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(providertest.DiscountAddress, plancheck.ResourceActionNoop), coretest.NothingSent(fake),
				}},
			},
		},
	})
}

// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestApplicationDiscountResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(25, 456)
	c := providertest.NewInProcess(t)

	// In any order, and with one twice.
	shuffled := append(slices.Clone(ids[1:]), ids[0], ids[0])
	c.Config(providertest.ProviderBlock(fake), discountBlock(shuffled, "15.5"))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "+ discount", "+ id", "+ reset_on_destroy", "1 to add")
	expectSent(t, fake)
	c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{ids[:10], "15.5"}, discountSent{ids[10:20], "15.5"}, discountSent{ids[20:], "15.5"})
	expectDiscounts(t, fake, allAt(ids, "15.5"))
	c.ExpectDiscount(&providertest.DiscountState{Discount: "15.5", IDs: shuffled, Complete: true})

	// Neither time nor another order makes a difference.
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "15.50"))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
	expectSent(t, fake)

	// New locations are sent, and nothing else.
	c.Config(providertest.ProviderBlock(fake), discountBlock(append([]int64{1002, 1001}, ids...), "15.5"))
	c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{[]int64{1001, 1002}, "15.5"})

	// Another number goes to all; it may be above 100.
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids[:11], "990.5"))
	out := c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{ids[:10], "990.5"}, discountSent{ids[10:11], "990.5"})
	providertest.ExpectText(t, out, "Discounts stay", "discount of application 456 at 16 locations: 1001, 1002, 1022", "No request is sent,")
	expectDiscounts(t, fake, map[int64]string{1001: "15.5", ids[10]: "990.5", ids[11]: "15.5"})

	// reset_on_destroy alone sends nothing.
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids[:11], "990.5", resets))
	providertest.ExpectText(t, c.MustRun(providertest.AutoApply...), "~ reset_on_destroy")
	expectSent(t, fake)
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids[:10], "990.5", resets))
	if out := c.MustRun(providertest.AutoApply...); strings.Contains(out, "Warning: Discount") {
		t.Errorf("a reset warns:\n%s", out)
	}
	expectSent(t, fake, discountSent{ids[10:11], "0"})
	out = c.MustRun("destroy", "-auto-approve", "-no-color")
	if strings.Contains(out, "Warning: Discount") {
		t.Errorf("a reset warns:\n%s", out)
	}
	expectSent(t, fake, discountSent{ids[:10], "0"})
}

// Without reset_on_destroy, nothing is sent for what is no longer declared.
func TestApplicationDiscountResource_leftAsItIs(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002, 1003}, "15.54"))
	c.MustRun(providertest.AutoApply...)
	fake.ResetJournal()
	const stays = "discount of application 456 at "

	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1003}, "15.54"))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color", "-out=plan"), "Discounts stay", stays+"1 location: 1002.")
	providertest.ExpectText(t, c.MustRun("apply", "-no-color", "plan"), stays+"1 location: 1002.")
	c.ExpectDiscount(&providertest.DiscountState{Discount: "15.54", IDs: []int64{1001, 1003}, Complete: true})

	providertest.ExpectText(t, c.MustRun("plan", "-destroy", "-no-color", "-out=plan"), stays+"2 locations: 1001, 1003.")
	providertest.ExpectText(t, c.MustRun("apply", "-no-color", "plan"), stays+"2 locations: 1001, 1003.")
	expectSent(t, fake)
	expectDiscounts(t, fake, allAt([]int64{1001, 1002, 1003}, "15.54"))
}

// A location that moves from one discount to another ends with the other, in either order.
func TestApplicationDiscountResource_moved(t *testing.T) {
	t.Parallel()
	for _, names := range [][2]string{{"a", "b"}, {"b", "a"}} {
		for _, order := range []string{"", "depends_on"} {
			for _, slow := range []string{"0", "20"} {
				t.Run(names[0]+order+", slow "+slow, func(t *testing.T) {
					t.Parallel()
					fake := coretest.NewFake(t)
					c := providertest.NewInProcess(t)
					depends := ""
					if order != "" { // the one that gives comes first
						depends = "depends_on = [altegio_application_discount." + names[1] + "]"
					}
					c.Config(providertest.ProviderBlock(fake), providertest.DiscountNamed(names[0], []int64{1001, 1002}, "10", resets, depends),
						providertest.DiscountNamed(names[1], []int64{1003}, "20", resets))
					c.MustRun(providertest.AutoApply...)
					fake.ResetJournal()
					fake.Fail(altegiotest.Fault{
						Operation: altegiotest.OpAddDiscount, Delay: 300 * time.Millisecond, Match: providertest.BodyHas(`"discount":` + slow + "}"),
					})
					c.Config(providertest.ProviderBlock(fake), providertest.DiscountNamed(names[0], []int64{1001}, "10", resets, depends),
						providertest.DiscountNamed(names[1], []int64{1002, 1003}, "20", resets))
					c.MustRun("apply", "-auto-approve", "-no-color")
					expectDiscounts(t, fake, map[int64]string{1001: "10", 1002: "20", 1003: "20"})
					if order != "" {
						expectSent(t, fake, discountSent{[]int64{1002}, "20"})
					}
					providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
				})
			}
		}
	}
}

func TestApplicationDiscountResource_replaced(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{false, true} {
		t.Run(fmt.Sprint(first), func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			c := providertest.NewInProcess(t)
			declare := func(ids []int64, more ...string) {
				text := discountBlock(ids, "10", append(more, resets)...)
				if first {
					text = strings.Replace(text, "}", createFirst+"}", 1)
				}
				c.Config(providertest.ProviderBlock(fake), text)
			}
			declare([]int64{1001, 1002})
			c.MustRun(providertest.AutoApply...)
			fake.ResetJournal()

			// A replacement that the user asks for sends all again.
			c.MustRun("apply", "-auto-approve", "-no-color", "-replace="+providertest.DiscountAddress)
			expectSent(t, fake, discountSent{[]int64{1001, 1002}, "10"})

			// Another application is another discount.
			declare([]int64{1001}, "application_id = 457")
			c.MustRun(providertest.AutoApply...)
			want := []discountSent{{[]int64{1001, 1002}, "0"}, {[]int64{1001}, "10"}}
			if first {
				slices.Reverse(want)
			}
			expectSent(t, fake, want...)
		})
	}
}

// An application that changes leaves the discount of the old one, and the plan says so.
func TestApplicationDiscountResource_otherApplication(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002}, "10"))
	c.MustRun(providertest.AutoApply...)
	fake.ResetJournal()
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001}, "10", "application_id = 457"))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color", "-out=plan"), "discount of application 456 at 2 locations: 1001, 1002.")
	providertest.ExpectText(t, c.MustRun("apply", "-no-color", "plan"), "discount of application 456 at 2 locations: 1001, 1002.")
	expectSent(t, fake, discountSent{[]int64{1001}, "10"})
	expectDiscounts(t, fake, map[int64]string{1001: "10", 1002: "10"})
}

// Locations whose application is gone do not keep the others from being reset.
func TestApplicationDiscountResource_uninstalled(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithShapes(altegiotest.Shapes{NotInstalledStatus: status}))
			c := providertest.NewInProcess(t)
			// At one host, so that the refusal is not asked about at the other.
			provider := providertest.ProviderBlock(fake, "app_url="+providertest.Quoted(fake.APIURL()))
			c.Config(provider, discountBlock([]int64{1001, 1002, 1003}, "10", resets))
			c.MustRun(providertest.AutoApply...)
			fake.Uninstall(1002, 456)
			c.Config(provider, discountBlock([]int64{1001}, "10", resets))
			c.MustRun(providertest.AutoApply...)
			expectDiscounts(t, fake, map[int64]string{1001: "10", 1003: "0"})

			fake.Uninstall(1001, 456)
			fake.ResetJournal()
			c.MustRun("destroy", "-auto-approve", "-no-color")
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpAddDiscount: 1, altegiotest.OpLocations: 3, altegiotest.OpInstallation: 1}}.Now(t)
		})
	}
}

func TestApplicationDiscountResource_overlap(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002}, "10"), providertest.DiscountNamed("other", []int64{1002, 1003}, "12"),
		providertest.DiscountNamed("elsewhere", []int64{1002}, "10", "application_id = 457"))
	out := c.MustRun("plan", "-no-color")
	providertest.ExpectText(t, out, "Resources contradict each other", "discount of application 456 at 1 location: 1002.")
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002}, "10"), providertest.DiscountNamed("other", []int64{1002, 1003}, "10"))
	out = c.MustRun(providertest.AutoApply...) + c.MustRun("plan", "-no-color", "-replace="+providertest.DiscountAddress)
	if strings.Contains(out, "contradict") {
		t.Errorf("they agree:\n%s", out)
	}
}

func TestApplicationDiscountResource_unknownValues(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{
		{"location_ids = [1001, terraform_data.id.output]"},
		{"location_ids = range(1001, terraform_data.id.output + 1)"},
		{"discount = terraform_data.id.output - 990"},
		{"application_id = terraform_data.id.output - 546"},
		{"reset_on_destroy = terraform_data.id.output == 1002"},
	} {
		t.Run(arguments[0], func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			c := providertest.NewInProcess(t)
			known := "resource \"terraform_data\" \"id\" {\n  input = 1002\n}\n"
			c.Config(providertest.ProviderBlock(fake), known, discountBlock([]int64{1001, 1002}, "12", arguments...))
			c.MustRun(providertest.AutoApply...)
			expectSent(t, fake, discountSent{[]int64{1001, 1002}, "12"})
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
			// Unknown in a change, too.
			c.Config(providertest.ProviderBlock(fake), strings.Replace(known, "input", "triggers_replace = 1\n  input", 1),
				discountBlock([]int64{1001, 1002}, "12", arguments...))
			c.MustRun(providertest.AutoApply...)
			if arguments[0][:4] != "appl" { // which replaces
				expectSent(t, fake)
			}
		})
	}
}

// What an incomplete create holds is kept even where the plan to replace it does not know the
// locations yet.
func TestApplicationDiscountResource_unknownReplacement(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(11, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "20", resets))
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusForbidden})
	c.MustFail(providertest.AutoApply...)
	fake.ResetJournal()
	c.Config(providertest.ProviderBlock(fake), fmt.Sprintf("resource \"terraform_data\" \"n\" {\n  input = %d\n}\n", ids[0]),
		discountBlock(nil, "20", resets, `location_ids = [for i in range(11) : terraform_data.n.output + i]`))
	c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{ids[10:], "20"})
	c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: ids, Complete: true})
}

func TestApplicationDiscountResource_validate(t *testing.T) {
	t.Parallel()
	p := providertest.NewProtocol(t)
	with := func(more providertest.Args) providertest.Args {
		all := providertest.Args{"application_id": 456, "location_ids": []any{1001}, "discount": 10}
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		config   providertest.Args
		at, text string
	}{
		"valid":         {config: with(nil)},
		"nothing":       {config: with(providertest.Args{"discount": "0"})},
		"above 100":     {config: with(providertest.Args{"discount": "1500.5"})},
		"unknown":       {config: with(providertest.Args{"discount": providertest.Unknown{}, "location_ids": providertest.Unknown{}, "application_id": providertest.Unknown{}, "reset_on_destroy": providertest.Unknown{}})},
		"unknown id":    {config: with(providertest.Args{"location_ids": []any{providertest.Unknown{}}})},
		"negative":      {with(providertest.Args{"discount": "-0.01"}), "discount", "Invalid number\nAttribute discount value must be at least 0, got: -0.01$"},
		"calculated":    {with(providertest.Args{"discount": "33.33333"}), "discount", `at least 0, with at most 4 decimals, got: 33\.33333\d*\. Round .*format`},
		"huge":          {with(providertest.Args{"discount": "1e16"}), "discount", "larger than any amount"},
		"no locations":  {with(providertest.Args{"location_ids": []any{}}), "location_ids", "at least 1"},
		"location 0":    {with(providertest.Args{"location_ids": []any{1001, 0}}), `("location_ids").ElementKeyInt(1)`, "at least 1"},
		"null location": {with(providertest.Args{"location_ids": []any{nil}}), "location_ids", "(?i)null"},
		"application":   {with(providertest.Args{"application_id": 0}), "application_id", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) {
			diags := p.ValidateResource(providertest.DiscountType, test.config)
			if test.text == "" {
				providertest.ExpectNone(t, diags)
			} else {
				providertest.ExpectOne(t, diags, providertest.IsError, test.at, test.text)
			}
		})
	}
}

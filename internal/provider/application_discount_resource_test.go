// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func TestApplicationDiscountResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(2500, 456)
	c := newCLI(t)

	// In any order, and with one twice.
	shuffled := append(slices.Clone(ids[1:]), ids[0], ids[0])
	c.config(providerBlock(fake), discountBlock(shuffled, "15.54"))
	expectText(t, c.mustRun("plan", "-no-color"), "+ discount", "= 15.54", "+ id", `= "456"`, "+ reset_on_destroy = false")
	expectSent(t, fake)
	c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{ids[:1000], "15.54"}, discountSent{ids[1000:2000], "15.54"}, discountSent{ids[2000:], "15.54"})
	expectDiscounts(t, fake, allAt(ids, "15.54"))
	c.expectDiscount(&discountState{discount: "15.54", ids: shuffled, complete: true})

	// Neither time nor another order makes a difference.
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	c.config(providerBlock(fake), discountBlock(ids, "15.540"))
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	expectSent(t, fake)

	// What comes is sent, and nothing else.
	c.config(providerBlock(fake), discountBlock(append([]int64{1002, 1001}, ids...), "15.54"))
	c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{[]int64{1001, 1002}, "15.54"})

	// Another number goes to all; it may be above 100.
	c.config(providerBlock(fake), discountBlock(ids[:1001], "990.99"))
	out := c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{ids[:1000], "990.99"}, discountSent{ids[1000:1001], "990.99"})
	expectText(t, out, "Discount stays at 1501 locations", "1001, 1002, 2012", "and 1481 more. No request is sent,")
	expectDiscounts(t, fake, map[int64]string{1001: "15.54", ids[1000]: "990.99", ids[1001]: "15.54"})

	// That they are to be reset some day is nothing to send today.
	c.config(providerBlock(fake), discountBlock(ids[:1001], "990.99", resets))
	expectText(t, c.mustRun(autoApply...), "~ reset_on_destroy = false -> true")
	expectSent(t, fake)
	c.config(providerBlock(fake), discountBlock(ids[:1000], "990.99", resets))
	if out := c.mustRun(autoApply...); strings.Contains(out, "Warning: Discount") {
		t.Errorf("a reset warns:\n%s", out)
	}
	expectSent(t, fake, discountSent{ids[1000:1001], "0"})
	out = c.mustRun("destroy", "-auto-approve", "-no-color")
	if strings.Contains(out, "Warning: Discount") {
		t.Errorf("a reset warns:\n%s", out)
	}
	expectSent(t, fake, discountSent{ids[:1000], "0"})
}

// Without reset_on_destroy, nothing is sent for what is no longer declared.
func TestApplicationDiscountResource_leftAsItIs(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	c.config(providerBlock(fake), discountBlock([]int64{1001, 1002, 1003}, "10"))
	c.mustRun(autoApply...)
	fake.ResetJournal()
	const stays = "Unless another resource gives one there, the discount of application 456 stays as it is at "

	c.config(providerBlock(fake), discountBlock([]int64{1001, 1003}, "10"))
	expectText(t, c.mustRun("plan", "-no-color", "-out=plan"), "Discount stays at 1 location", stays+"location 1002.")
	expectText(t, c.mustRun("apply", "-no-color", "plan"), stays+"location 1002.")
	c.expectDiscount(&discountState{discount: "10", ids: []int64{1001, 1003}, complete: true})

	expectText(t, c.mustRun("plan", "-destroy", "-no-color", "-out=plan"), stays+"locations 1001, 1003.")
	expectText(t, c.mustRun("apply", "-no-color", "plan"), stays+"locations 1001, 1003.")
	expectSent(t, fake)
	expectDiscounts(t, fake, allAt([]int64{1001, 1002, 1003}, "10"))
}

// A location that moves from one discount to another keeps the other, whichever is applied first.
func TestApplicationDiscountResource_moved(t *testing.T) {
	t.Parallel()
	for _, names := range [][2]string{{"a", "b"}, {"b", "a"}} {
		for _, order := range []string{"", "depends_on"} {
			for _, slow := range []string{"0", "20"} {
				t.Run(names[0]+order+", slow "+slow, func(t *testing.T) {
					t.Parallel()
					fake := newFake(t)
					c := newInProcess(t)
					depends := ""
					if order != "" { // the one that gives comes first
						depends = "depends_on = [altegio_application_discount." + names[1] + "]"
					}
					c.config(providerBlock(fake), discountNamed(names[0], []int64{1001, 1002}, "10", resets, depends),
						discountNamed(names[1], []int64{1003}, "20", resets))
					c.mustRun(autoApply...)
					fake.ResetJournal()
					fake.Fail(altegiotest.Fault{
						Operation: altegiotest.OpAddDiscount, Delay: 300 * time.Millisecond, Match: bodyHas(`"discount":` + slow + "}"),
					})
					c.config(providerBlock(fake), discountNamed(names[0], []int64{1001}, "10", resets, depends),
						discountNamed(names[1], []int64{1002, 1003}, "20", resets))
					c.mustRun("apply", "-auto-approve", "-no-color")
					expectDiscounts(t, fake, map[int64]string{1001: "10", 1002: "20", 1003: "20"})
					if order != "" {
						expectSent(t, fake, discountSent{[]int64{1002}, "20"})
					}
					expectText(t, c.mustRun("plan", "-no-color"), "No changes")
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
			fake := newFake(t)
			c := newInProcess(t)
			declare := func(ids []int64, more ...string) {
				text := discountBlock(ids, "10", append(more, resets)...)
				if first {
					text = strings.Replace(text, "}", createFirst+"}", 1)
				}
				c.config(providerBlock(fake), text)
			}
			declare([]int64{1001, 1002})
			c.mustRun(autoApply...)
			fake.ResetJournal()

			// A replacement that the user asks for sends all again.
			c.mustRun("apply", "-auto-approve", "-no-color", "-replace="+testDiscount)
			expectSent(t, fake, discountSent{[]int64{1001, 1002}, "10"})

			// Another application is another discount.
			declare([]int64{1001}, "application_id = 457")
			c.mustRun(autoApply...)
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
	fake := newFake(t)
	c := newInProcess(t)
	c.config(providerBlock(fake), discountBlock([]int64{1001, 1002}, "10"))
	c.mustRun(autoApply...)
	fake.ResetJournal()
	c.config(providerBlock(fake), discountBlock([]int64{1001}, "10", "application_id = 457"))
	expectText(t, c.mustRun("plan", "-no-color", "-out=plan"), "the discount of application 456 stays as it is at locations 1001, 1002.")
	expectText(t, c.mustRun("apply", "-no-color", "plan"), "the discount of application 456 stays as it is at locations 1001, 1002.")
	expectSent(t, fake, discountSent{[]int64{1001}, "10"})
	expectDiscounts(t, fake, map[int64]string{1001: "10", 1002: "10"})
}

// Locations whose application is gone do not keep the others from being reset.
func TestApplicationDiscountResource_uninstalled(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 404, 422} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithShapes(altegiotest.Shapes{NotInstalledStatus: status}))
			c := newInProcess(t)
			// At one host, lest the refusal be asked about at the other.
			provider := providerBlock(fake, "app_url="+quoted(fake.APIURL()))
			c.config(provider, discountBlock([]int64{1001, 1002, 1003}, "10", resets))
			c.mustRun(autoApply...)
			fake.Uninstall(1002, 456)
			c.config(provider, discountBlock([]int64{1001}, "10", resets))
			c.mustRun(autoApply...)
			expectDiscounts(t, fake, map[int64]string{1001: "10", 1003: "0"})

			fake.Uninstall(1001, 456)
			fake.ResetJournal()
			c.mustRun("destroy", "-auto-approve", "-no-color")
			sent{fake, map[string]int{altegiotest.OpAddDiscount: 1, altegiotest.OpLocations: 3, altegiotest.OpInstallation: 1}}.now(t)
		})
	}
}

func TestApplicationDiscountResource_overlap(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	c.config(providerBlock(fake), discountBlock([]int64{1001, 1002}, "10"), discountNamed("other", []int64{1002, 1003}, "12"),
		discountNamed("elsewhere", []int64{1002}, "10", "application_id = 457"))
	out := c.mustRun("plan", "-no-color")
	expectText(t, out, "Resources contradict each other", "discount of application 456 at 1 location: 1002.")
	c.config(providerBlock(fake), discountBlock([]int64{1001, 1002}, "10"), discountNamed("other", []int64{1002, 1003}, "10"))
	out = c.mustRun(autoApply...) + c.mustRun("plan", "-no-color", "-replace="+testDiscount)
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
			fake := newFake(t)
			c := newInProcess(t)
			known := "resource \"terraform_data\" \"id\" {\n  input = 1002\n}\n"
			c.config(providerBlock(fake), known, discountBlock([]int64{1001, 1002}, "12", arguments...))
			c.mustRun(autoApply...)
			expectSent(t, fake, discountSent{[]int64{1001, 1002}, "12"})
			expectText(t, c.mustRun("plan", "-no-color"), "No changes")
			// Unknown in a change, too.
			c.config(providerBlock(fake), strings.Replace(known, "input", "triggers_replace = 1\n  input", 1),
				discountBlock([]int64{1001, 1002}, "12", arguments...))
			c.mustRun(autoApply...)
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
	fake := newFake(t)
	ids := fake.AddLocations(1100, 456)
	c := newInProcess(t)
	c.config(providerBlock(fake), discountBlock(ids, "20", resets))
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusForbidden})
	c.mustFail(autoApply...)
	fake.ResetJournal()
	c.config(providerBlock(fake), fmt.Sprintf("resource \"terraform_data\" \"n\" {\n  input = %d\n}\n", ids[0]),
		discountBlock(nil, "20", resets, `location_ids = [for i in concat(range(1000), range(1000, 1100)) : terraform_data.n.output + i]`))
	c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{ids[1000:], "20"})
	c.expectDiscount(&discountState{discount: "20", ids: ids, complete: true})
}

func TestApplicationDiscountResource_validate(t *testing.T) {
	t.Parallel()
	p := newProtocol(t)
	with := func(more args) args {
		all := args{"application_id": 456, "location_ids": []any{1001}, "discount": 10}
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		config   args
		at, text string
	}{
		"valid":         {config: with(nil)},
		"nothing":       {config: with(args{"discount": "0"})},
		"above 100":     {config: with(args{"discount": "1500.5"})},
		"unknown":       {config: with(args{"discount": unknown{}, "location_ids": unknown{}, "application_id": unknown{}, "reset_on_destroy": unknown{}})},
		"unknown id":    {config: with(args{"location_ids": []any{unknown{}}})},
		"negative":      {with(args{"discount": "-0.01"}), "discount", "Invalid number\nAttribute discount value must be at least 0, got: -0.01$"},
		"calculated":    {with(args{"discount": "33.33333"}), "discount", `at least 0, with at most 4 decimals, got: 33\.33333\d*\. Round .*format`},
		"huge":          {with(args{"discount": "1e16"}), "discount", "larger than any amount"},
		"no locations":  {with(args{"location_ids": []any{}}), "location_ids", "at least 1"},
		"location 0":    {with(args{"location_ids": []any{1001, 0}}), `("location_ids").ElementKeyInt(1)`, "at least 1"},
		"null location": {with(args{"location_ids": []any{nil}}), "location_ids", "(?i)null"},
		"application":   {with(args{"application_id": 0}), "application_id", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) {
			diags := p.validateResource(testDiscountType, test.config)
			if test.text == "" {
				expectNone(t, diags)
			} else {
				expectOne(t, diags, isError, test.at, test.text)
			}
		})
	}
}

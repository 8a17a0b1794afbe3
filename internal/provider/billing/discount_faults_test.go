// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// A create that fails half way keeps what it did. Terraform calls it tainted and replaces it, which
// must neither undo what was done nor send it twice.
func TestApplicationDiscountResource_createFails(t *testing.T) {
	t.Parallel()
	for _, reset := range []string{"reset_on_destroy = false", resets} {
		t.Run(reset, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			ids := fake.AddLocations(45, 456)
			c := providertest.NewInProcess(t)
			c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "20", reset))
			failCall(fake, 2, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
			out := c.MustFail(providertest.AutoApply...)
			providertest.ExpectText(t, out, "Cannot set the discount", "Discount of application 456 is not applied everywhere",
				"Of 45 locations to send, in 5 requests, 20 are done, 10 failed and 15 were not tried.")
			fake.ResetJournal()
			c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: ids[:20]})

			// One failed, two are done and no longer wanted, and one was never tried.
			want := slices.Concat(ids[2:20], ids[20:40])
			c.Config(providertest.ProviderBlock(fake), discountBlock(want, "20", reset))
			out = c.MustRun("plan", "-no-color", "-out=plan")
			providertest.ExpectText(t, out, "is tainted, so")
			if strings.Contains(out, "Warning: Discount") {
				t.Errorf("the plan warns:\n%s", out)
			}
			expectSent(t, fake)
			out = c.MustRun("apply", "-no-color", "plan")
			rest := []discountSent{{ids[20:30], "20"}, {ids[30:40], "20"}}
			if reset == resets {
				expectSent(t, fake, append([]discountSent{{ids[:2], "0"}}, rest...)...)
			} else {
				providertest.ExpectText(t, out, "Discounts stay", fmt.Sprintf("discount of application 456 at 2 locations: %d, %d.", ids[0], ids[1]))
				expectSent(t, fake, rest...)
			}
			c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: want, Complete: true})
			providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
		})
	}
}

// A replacement that fails in its destroying half, or again in its creating half, loses nothing.
func TestApplicationDiscountResource_createFailsAgain(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(30, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "20", resets))
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusForbidden})
	c.MustFail(providertest.AutoApply...)
	c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: ids[:10]})

	c.Config(providertest.ProviderBlock(fake), discountBlock(ids[1:], "20", resets))
	fake.ClearFaults()
	failCall(fake, 0, altegiotest.Fault{Status: http.StatusForbidden})
	providertest.ExpectText(t, c.MustFail(providertest.AutoApply...), "Cannot reset the discount")
	c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: ids[:10]})

	fake.ClearFaults()
	failCall(fake, 2, altegiotest.Fault{Status: http.StatusForbidden})
	fake.ResetJournal()
	c.MustFail(providertest.AutoApply...)
	expectSent(t, fake, discountSent{ids[:1], "0"}, discountSent{ids[10:20], "20"}, discountSent{ids[20:], "20"})
	c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: ids[1:20]})

	// What is tainted is destroyed like any other.
	c.MustRun("destroy", "-auto-approve", "-no-color")
	expectSent(t, fake, discountSent{ids[1:11], "0"}, discountSent{ids[11:20], "0"})
}

// If nothing was done, there is nothing to replace.
func TestApplicationDiscountResource_createRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		texts []string
	}{
		"401": {altegiotest.Fault{Status: 401}, []string{"Check partner_token"}},
		"403": {altegiotest.Fault{Status: 403}, []string{"belongs to another partner", "altegio_application_locations"}},
		"404": {altegiotest.Fault{Status: 404}, []string{"does not know the application, or one of the locations does not have it"}},
		"422": {
			altegiotest.Fault{Status: 422, Body: `{"success":false,"data":null,"meta":{"message":"Error.","errors":{"salon_ids":["are odd"],"discount":["is high"]}}}`},
			[]string{"of location_ids it says: are odd", "of discount it says: is high", "discount         = 15.54"},
		},
		"429": {altegiotest.Fault{Status: 429}, []string{"requests_per_minute"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			c := providertest.NewInProcess(t)
			// At one host, so that the refusal is not asked about at the other.
			c.Config(providertest.ProviderBlock(fake, "app_url="+providertest.Quoted(fake.APIURL())), discountBlock([]int64{1001, 1002}, "15.54"))
			failCall(fake, 0, test.fault)
			out := c.MustFail(providertest.AutoApply...)
			providertest.ExpectText(t, out, append(test.texts, "Cannot set the discount",
				"Asked for: application_id 456, location_ids 1001, 1002, discount 15.54.")...)
			if strings.Contains(out, "not applied everywhere") {
				t.Errorf("one request is counted:\n%s", out)
			}
			c.ExpectDiscount(nil)
			fake.ResetJournal()
			providertest.ExpectText(t, c.MustRun(providertest.AutoApply...), "1 added, 0 changed, 0 destroyed")
			expectSent(t, fake, discountSent{[]int64{1001, 1002}, "15.54"})
		})
	}
}

// A change that fails half way leaves some locations with the old number, and the state knows which.
func TestApplicationDiscountResource_changeFails(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(25, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "10", resets))
	c.MustRun(providertest.AutoApply...)
	fake.ResetJournal()

	// Nothing was done: the state is as before.
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids[1:], "15.5", resets))
	failCall(fake, 0, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
	c.MustFail(providertest.AutoApply...)
	c.ExpectDiscount(&providertest.DiscountState{Discount: "10", IDs: ids, Complete: true})

	fake.ClearFaults()
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
	c.MustFail(providertest.AutoApply...)
	fake.ResetJournal()
	c.ExpectDiscount(&providertest.DiscountState{
		Discount: "15.5", IDs: ids[1:11], Complete: true,
		Unsettled: allAt(append(ids[:1:1], ids[11:]...), "10"),
	})

	providertest.ExpectText(t, c.MustRun(providertest.AutoApply...), "0 added, 1 changed, 0 destroyed")
	expectSent(t, fake, discountSent{ids[11:21], "15.5"}, discountSent{ids[21:], "15.5"}, discountSent{ids[:1], "0"})
	c.ExpectDiscount(&providertest.DiscountState{Discount: "15.5", IDs: ids[1:], Complete: true})
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")

	// A destroy that fails half way keeps the rest.
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusForbidden})
	c.MustFail("destroy", "-auto-approve", "-no-color")
	c.ExpectDiscount(&providertest.DiscountState{Discount: "15.5", IDs: ids[11:], Complete: true})
	fake.ResetJournal()
	c.MustRun("destroy", "-auto-approve", "-no-color")
	expectSent(t, fake, discountSent{ids[11:21], "0"}, discountSent{ids[21:], "0"})
	expectDiscounts(t, fake, allAt(ids, "0"))
}

// Back to the old number, only those that have the new one need it.
func TestApplicationDiscountResource_changedBack(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(15, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "10"))
	c.MustRun(providertest.AutoApply...)
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "15"))
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
	c.MustFail(providertest.AutoApply...)
	fake.ResetJournal()
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "10"))
	c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{ids[:10], "10"})
	c.ExpectDiscount(&providertest.DiscountState{Discount: "10", IDs: ids, Complete: true})
}

// When the answer to a request is lost, nothing is sent to its locations again before somebody has
// looked: a second discount might add to the first.
func TestApplicationDiscountResource_inDoubt(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]altegiotest.Fault{
		"500":              {Status: http.StatusInternalServerError},
		"a page":           {HTML: true},
		"lost":             {Drop: true, AfterEffect: true},
		"cut off":          {Truncate: true},
		"too late, undone": {Delay: 3 * time.Second},
		"redirect":         {Redirect: "https://elsewhere.test/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			ids := fake.AddLocations(12, 456)
			c := providertest.NewInProcess(t)
			provider := providertest.ProviderBlock(fake, "max_retries = 3", `request_timeout = "1s"`)
			c.Config(provider, discountBlock(ids, "20", resets))
			failCall(fake, 1, fault)
			const refusal = "Discount may have been given already"
			texts := []string{
				refusal, "A request to give 2 locations the discount of application 456 failed, and it may have been carried out",
				"application_id/discount/location_id,location_id.",
			}
			providertest.ExpectText(t, c.MustFail(providertest.AutoApply...), append(texts, "2 failed and 0 were not tried")...)
			expectSent(t, fake, discountSent{ids[:10], "20"}, discountSent{ids[10:], "20"})
			want := &providertest.DiscountState{Discount: "20", IDs: ids[:10], Unsettled: allAt(ids[10:], "")}
			c.ExpectDiscount(want)

			providertest.ExpectText(t, c.MustFail("plan", "-no-color"), texts...)
			providertest.ExpectText(t, c.MustFail(providertest.AutoApply...), texts...)
			// A replacement, whose plan does not see the state, gets no further.
			providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color", "-refresh=false"), texts...)
			expectSent(t, fake)
			c.ExpectDiscount(want)

			// The user has looked: half of them have it.
			c.MustRun("state", "rm", providertest.DiscountAddress)
			var list []string
			for _, id := range ids[:11] {
				list = append(list, strconv.FormatInt(id, 10))
			}
			c.MustRun("import", "-no-color", providertest.DiscountAddress, "456/20/"+strings.Join(list, ","))
			c.MustRun(providertest.AutoApply...)
			expectSent(t, fake, discountSent{ids[11:], "20"})
			c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: ids, Complete: true})
		})
	}
}

// A destroy plans the configuration first, and so is refused as well. The text says what ends it.
func TestApplicationDiscountResource_destroyInDoubt(t *testing.T) {
	t.Parallel()
	for _, tainted := range []bool{false, true} {
		for _, way := range []string{"configuration", "refresh", "state"} {
			t.Run(fmt.Sprint(way, tainted), func(t *testing.T) {
				t.Parallel()
				fake := coretest.NewFake(t)
				c := providertest.NewInProcess(t)
				if !tainted {
					c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002}, "10"))
					c.MustRun(providertest.AutoApply...)
				}
				c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002}, "15"))
				failCall(fake, 0, altegiotest.Fault{Drop: true, AfterEffect: true})
				c.MustFail(providertest.AutoApply...)
				fake.ResetJournal()
				providertest.ExpectText(t, c.MustFail("destroy", "-auto-approve", "-no-color"), "Discount may have been given already",
					"To destroy the resource, remove it from the configuration")
				const stays = "discount of application 456 at 2 locations: 1001, 1002."
				switch way {
				case "configuration":
					c.Config(providertest.ProviderBlock(fake))
					providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "Discounts stay", stays)
					providertest.ExpectText(t, c.MustRun(providertest.AutoApply...), stays)
				case "refresh":
					providertest.ExpectText(t, c.MustRun("destroy", "-auto-approve", "-no-color", "-refresh=false"), stays)
				case "state":
					c.MustRun("state", "rm", providertest.DiscountAddress)
				}
				c.ExpectDiscount(nil)
				expectSent(t, fake)
			})
		}
	}
}

// A location in doubt can leave. Terraform plans to replace a tainted resource without its state, so the
// plan cannot show what leaves; the apply does.
func TestApplicationDiscountResource_leavesInDoubt(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002}, "15"))
	failCall(fake, 0, altegiotest.Fault{Drop: true, AfterEffect: true})
	c.MustFail(providertest.AutoApply...)
	fake.ResetJournal()
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1003}, "15"))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color", "-out=plan"), "is tainted, so")
	providertest.ExpectText(t, c.MustRun("apply", "-no-color", "plan"), "Discounts stay", "discount of application 456 at 2 locations: 1001, 1002.")
	expectSent(t, fake, discountSent{[]int64{1003}, "15"})
	c.ExpectDiscount(&providertest.DiscountState{Discount: "15", IDs: []int64{1003}, Complete: true})
}

// The same for a change. A location that must not have the discount is not in doubt: a 0 can be sent twice.
func TestApplicationDiscountResource_changeInDoubt(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002, 1003}, "10", resets))
	c.MustRun(providertest.AutoApply...)
	lost := altegiotest.Fault{Drop: true, AfterEffect: true}

	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001, 1002, 1003}, "15", resets))
	failCall(fake, 0, lost)
	c.MustFail(providertest.AutoApply...)
	fake.ResetJournal()
	doubt := &providertest.DiscountState{Discount: "15", Unsettled: allAt([]int64{1001, 1002, 1003}, ""), Complete: true}
	c.ExpectDiscount(doubt)
	for _, args := range [][]string{
		{"plan"}, {"plan", "-refresh=false"}, {"apply", "-auto-approve"}, {"apply", "-auto-approve", "-replace=" + providertest.DiscountAddress},
	} {
		providertest.ExpectText(t, c.MustFail(append(args, "-no-color")...), "Discount may have been given already", "1001, 1002, 1003.")
	}
	expectSent(t, fake)

	// Nor can another resource send it, if Terraform plans that after it has read this one.
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001}, "0", resets),
		providertest.DiscountNamed("other", []int64{1002}, "15", "depends_on = ["+providertest.DiscountAddress+"]"))
	providertest.ExpectText(t, c.MustFail("plan", "-no-color"), "Discount may have been given already", "1002.")

	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001}, "0", resets))
	failCall(fake, 1, lost)
	providertest.ExpectText(t, c.MustFail(providertest.AutoApply...), "Cannot reset the discount", "Applying again is safe")
	expectSent(t, fake, discountSent{[]int64{1001}, "0"}, discountSent{[]int64{1002, 1003}, "0"})
	c.ExpectDiscount(&providertest.DiscountState{Discount: "0", IDs: []int64{1001}, Unsettled: allAt([]int64{1002, 1003}, ""), Complete: true})
	c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{[]int64{1002, 1003}, "0"})
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
}

// A cancelled apply ends after the request in flight. The provider of a release sends 1000 locations with each.
func TestApplicationDiscountResource_interrupted(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t, altegiotest.WithLatency(time.Second))
	ids := fake.AddLocations(2001, 456)
	c := providertest.NewCLI(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock(ids, "20"))
	out := c.Interrupt(func() bool { return fake.Count(altegiotest.OpAddDiscount) >= 2 }, providertest.AutoApply...)
	providertest.ExpectText(t, out, "2000 are done, 1 failed and 0 were not tried", "The request was not sent")
	expectSent(t, fake, discountSent{ids[:1000], "20"}, discountSent{ids[1000:2000], "20"})
	c.ExpectDiscount(&providertest.DiscountState{Discount: "20", IDs: ids[:2000]})
	c.MustRun(providertest.AutoApply...)
	expectSent(t, fake, discountSent{ids[2000:], "20"})
}

// An index in a refusal counts the locations of the refused request.
func TestApplicationDiscountResource_restRefused(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	// At one host, so that the refusal is not asked about at the other.
	c.Config(providertest.ProviderBlock(fake, "app_url="+providertest.Quoted(fake.APIURL())), discountBlock([]int64{1001, 1002, 1003}, "10", resets))
	c.MustRun(providertest.AutoApply...)
	fake.Uninstall(1001, 456)
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusUnprocessableEntity, Body: `{"success":false,"meta":{"errors":{"salon_ids.0":["is odd"]}}}`})
	providertest.ExpectText(t, c.MustFail("destroy", "-auto-approve", "-no-color"), "location_ids 1002, 1003, discount 0.", "it says: 1002: is odd.")
}

// A refusal for another reason stays an error, even if the reason cannot be read.
func TestApplicationDiscountResource_resetRefused(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), discountBlock([]int64{1001}, "10", resets))
	c.MustRun(providertest.AutoApply...)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAddDiscount, Status: http.StatusForbidden})
	for _, operation := range []string{"", altegiotest.OpLocations} {
		if operation != "" {
			fake.Fail(altegiotest.Fault{Operation: operation, Status: http.StatusInternalServerError})
		}
		providertest.ExpectText(t, c.MustFail("destroy", "-auto-approve", "-no-color"), "Cannot reset the discount", "403 Forbidden")
		c.ExpectDiscount(&providertest.DiscountState{Discount: "10", IDs: []int64{1001}, Complete: true})
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	testDiscountType = "altegio_application_discount"
	testDiscount     = testDiscountType + ".test"
)

func discountBlock(ids []int64, discount string, more ...string) string {
	return discountNamed("test", ids, discount, more...)
}

func discountNamed(name string, ids []int64, discount string, more ...string) string {
	list, _ := json.Marshal(ids)
	arguments := map[string]string{"application_id": "456", "location_ids": string(list), "discount": discount}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return block(fmt.Sprintf(`resource "altegio_application_discount" %q`, name), arguments)
}

const (
	resets = "reset_on_destroy = true"
	// createFirst stands in for a lifecycle block, which is no argument.
	createFirst = "lifecycle {\n    create_before_destroy = true\n  }\n"
)

// A discountSent is a request as the fake received it.
type discountSent struct {
	ids      []int64
	discount string
}

// discountsSent returns what the fake received since the last call.
func discountsSent(t *testing.T, fake *altegiotest.Server) []discountSent {
	t.Helper()
	var all []discountSent
	for _, r := range fake.Requests() {
		if r.Operation != altegiotest.OpAddDiscount {
			t.Errorf("%s %s was sent", r.Method, r.Path)
			continue
		}
		var body struct {
			SalonIDs      []int64     `json:"salon_ids"`
			ApplicationID int64       `json:"application_id"`
			Discount      json.Number `json:"discount"`
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Error(err)
		}
		all = append(all, discountSent{body.SalonIDs, body.Discount.String()})
	}
	fake.ResetJournal()
	return all
}

func expectSent(t *testing.T, fake *altegiotest.Server, want ...discountSent) {
	t.Helper()
	got := discountsSent(t, fake)
	if len(got) == 0 && len(want) == 0 || reflect.DeepEqual(got, want) {
		return
	}
	short := func(all []discountSent) (texts []string) {
		for _, s := range all {
			texts = append(texts, fmt.Sprintf("%s to %d: %s", s.discount, len(s.ids), someOf(s.ids)))
		}
		return texts
	}
	t.Errorf("the API received\n  %q\nwant\n  %q", short(got), short(want))
}

// discountState is a discount in the state.
type discountState struct {
	discount  string
	ids       []int64
	unsettled map[int64]string // "" is null
	complete  bool
}

// held is what the state says of each location.
func (s *discountState) held() map[int64]string {
	if s == nil {
		return nil
	}
	held := maps.Clone(s.unsettled)
	if held == nil {
		held = make(map[int64]string)
	}
	for _, id := range s.ids {
		held[id] = s.discount
	}
	return held
}

func (c *cli) expectDiscount(want *discountState) {
	c.t.Helper()
	values := c.values(testDiscount)
	if want == nil || values == nil {
		if want != nil || values != nil {
			c.t.Errorf("the state holds %v, want %+v", values, want)
		}
		return
	}
	if complete := values["id"] != nil; complete != want.complete {
		c.t.Errorf("complete: %t, want %t", complete, want.complete)
	}
	got := make(map[int64]string)
	for key, value := range values["discounts"].(map[string]any) {
		id, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			c.t.Fatal(err)
		}
		got[id] = ""
		if value != nil {
			got[id] = fmt.Sprint(value)
		}
	}
	if held := want.held(); !maps.Equal(got, held) {
		c.t.Errorf("the state holds %v, want %v", got, held)
	}
}

func allAt(ids []int64, discount string) map[int64]string {
	at := make(map[int64]string)
	for _, id := range ids {
		at[id] = discount
	}
	return at
}

// expectDiscounts checks what the fake holds; "" is no discount.
func expectDiscounts(t *testing.T, fake *altegiotest.Server, want map[int64]string) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if got, _ := fake.Discount(id, 456); got != want[id] {
			t.Errorf("location %d has discount %q, want %q", id, got, want[id])
		}
	}
}

// failCall has the fake fail one of the next calls, counted from 0.
func failCall(fake *altegiotest.Server, n int, fault altegiotest.Fault) func() {
	fault.Operation, fault.Skip, fault.Times = altegiotest.OpAddDiscount, n, 1
	return fake.Fail(fault)
}

var autoApply = []string{"apply", "-auto-approve", "-no-color"}

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
	c := newCLI(t)
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

// A create that fails half way keeps what it did. Terraform calls it tainted and replaces it, which
// must neither undo what was done nor send it twice.
func TestApplicationDiscountResource_createFails(t *testing.T) {
	t.Parallel()
	for _, reset := range []string{"reset_on_destroy = false", resets} {
		t.Run(reset, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			ids := fake.AddLocations(4500, 456)
			c := newCLI(t)
			c.config(providerBlock(fake), discountBlock(ids, "20", reset))
			failCall(fake, 2, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
			out := c.mustFail(autoApply...)
			expectText(t, out, "Cannot set the discount", "Discount of application 456 is not applied everywhere",
				"Of 4500 locations to send, in 5 requests, 2000 are done, 1000 failed and 1500 were not tried.")
			fake.ResetJournal()
			c.expectDiscount(&discountState{discount: "20", ids: ids[:2000]})

			// One that failed, two that are done and no longer wanted, and one that was never tried.
			want := slices.Concat(ids[2:2000], ids[2000:4000])
			c.config(providerBlock(fake), discountBlock(want, "20", reset))
			out = c.mustRun("plan", "-no-color", "-out=plan")
			expectText(t, out, "is tainted, so")
			if strings.Contains(out, "Warning: Discount") {
				t.Errorf("the plan warns:\n%s", out)
			}
			expectSent(t, fake)
			out = c.mustRun("apply", "-no-color", "plan")
			rest := []discountSent{{ids[2000:3000], "20"}, {ids[3000:4000], "20"}}
			if reset == resets {
				expectSent(t, fake, append([]discountSent{{ids[:2], "0"}}, rest...)...)
			} else {
				expectText(t, out, "Discount stays at 2 locations", fmt.Sprintf("stays as it is at locations %d, %d.", ids[0], ids[1]))
				expectSent(t, fake, rest...)
			}
			c.expectDiscount(&discountState{discount: "20", ids: want, complete: true})
			expectText(t, c.mustRun("plan", "-no-color"), "No changes")
		})
	}
}

// A replacement that fails in its destroying half, or again in its creating half, loses nothing.
func TestApplicationDiscountResource_createFailsAgain(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(3000, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), discountBlock(ids, "20", resets))
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusForbidden})
	c.mustFail(autoApply...)
	c.expectDiscount(&discountState{discount: "20", ids: ids[:1000]})

	c.config(providerBlock(fake), discountBlock(ids[1:], "20", resets))
	fake.ClearFaults()
	failCall(fake, 0, altegiotest.Fault{Status: http.StatusForbidden})
	expectText(t, c.mustFail(autoApply...), "Cannot reset the discount")
	c.expectDiscount(&discountState{discount: "20", ids: ids[:1000]})

	fake.ClearFaults()
	failCall(fake, 2, altegiotest.Fault{Status: http.StatusForbidden})
	fake.ResetJournal()
	c.mustFail(autoApply...)
	expectSent(t, fake, discountSent{ids[:1], "0"}, discountSent{ids[1000:2000], "20"}, discountSent{ids[2000:], "20"})
	c.expectDiscount(&discountState{discount: "20", ids: ids[1:2000]})

	// What is tainted is destroyed like any other.
	c.mustRun("destroy", "-auto-approve", "-no-color")
	expectSent(t, fake, discountSent{ids[1:1001], "0"}, discountSent{ids[1001:2000], "0"})
}

// Where nothing was done, nothing is there to be replaced.
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
			fake := newFake(t)
			c := newCLI(t)
			c.config(providerBlock(fake), discountBlock([]int64{1001, 1002}, "15.54"))
			failCall(fake, 0, test.fault)
			out := c.mustFail(autoApply...)
			expectText(t, out, append(test.texts, "Cannot set the discount",
				"Asked for: application_id 456, location_ids 1001, 1002, discount 15.54.")...)
			if strings.Contains(out, "not applied everywhere") {
				t.Errorf("one request is counted:\n%s", out)
			}
			c.expectDiscount(nil)
			fake.ResetJournal()
			expectText(t, c.mustRun(autoApply...), "1 added, 0 changed, 0 destroyed")
			expectSent(t, fake, discountSent{[]int64{1001, 1002}, "15.54"})
		})
	}
}

// A change that fails half way leaves some locations with the old number, and the state knows which.
func TestApplicationDiscountResource_changeFails(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(2500, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), discountBlock(ids, "10", resets))
	c.mustRun(autoApply...)
	fake.ResetJournal()

	// Nothing was done: the state is as before.
	c.config(providerBlock(fake), discountBlock(ids[1:], "15.5", resets))
	failCall(fake, 0, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
	c.mustFail(autoApply...)
	c.expectDiscount(&discountState{discount: "10", ids: ids, complete: true})

	fake.ClearFaults()
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
	c.mustFail(autoApply...)
	fake.ResetJournal()
	c.expectDiscount(&discountState{
		discount: "15.5", ids: ids[1:1001], complete: true,
		unsettled: allAt(append(ids[:1:1], ids[1001:]...), "10"),
	})

	expectText(t, c.mustRun(autoApply...), "0 added, 1 changed, 0 destroyed")
	expectSent(t, fake, discountSent{ids[1001:2001], "15.5"}, discountSent{ids[2001:], "15.5"}, discountSent{ids[:1], "0"})
	c.expectDiscount(&discountState{discount: "15.5", ids: ids[1:], complete: true})
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")

	// A destroy that fails half way keeps the rest.
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusForbidden})
	c.mustFail("destroy", "-auto-approve", "-no-color")
	c.expectDiscount(&discountState{discount: "15.5", ids: ids[1001:], complete: true})
	fake.ResetJournal()
	c.mustRun("destroy", "-auto-approve", "-no-color")
	expectSent(t, fake, discountSent{ids[1001:2001], "0"}, discountSent{ids[2001:], "0"})
	expectDiscounts(t, fake, allAt(ids, "0"))
}

// Back to the old number, only those that have the new one need it.
func TestApplicationDiscountResource_changedBack(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(1500, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), discountBlock(ids, "10"))
	c.mustRun(autoApply...)
	c.config(providerBlock(fake), discountBlock(ids, "15"))
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusUnprocessableEntity})
	c.mustFail(autoApply...)
	fake.ResetJournal()
	c.config(providerBlock(fake), discountBlock(ids, "10"))
	c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{ids[:1000], "10"})
	c.expectDiscount(&discountState{discount: "10", ids: ids, complete: true})
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
			fake := newFake(t)
			ids := fake.AddLocations(1200, 456)
			c := newCLI(t)
			provider := providerBlock(fake, "max_retries = 3", `request_timeout = "1s"`)
			c.config(provider, discountBlock(ids, "20", resets))
			failCall(fake, 1, fault)
			const refusal = "Discount may have been given already"
			texts := []string{
				refusal, "A request to give 200 locations the discount of application 456 failed in a way that leaves open",
				"and 180 more", "application_id/discount/location_id,location_id.",
			}
			expectText(t, c.mustFail(autoApply...), append(texts, "200 failed and 0 were not tried")...)
			expectSent(t, fake, discountSent{ids[:1000], "20"}, discountSent{ids[1000:], "20"})
			want := &discountState{discount: "20", ids: ids[:1000], unsettled: allAt(ids[1000:], "")}
			c.expectDiscount(want)

			expectText(t, c.mustFail("plan", "-no-color"), texts...)
			expectText(t, c.mustFail(autoApply...), texts...)
			// A plan that does not look at the state of what it replaces gets no further.
			expectText(t, c.mustFail("apply", "-auto-approve", "-no-color", "-refresh=false"), texts...)
			expectSent(t, fake)
			c.expectDiscount(want)

			// The user has looked: half of them have it.
			c.mustRun("state", "rm", testDiscount)
			var list []string
			for _, id := range ids[:1100] {
				list = append(list, strconv.FormatInt(id, 10))
			}
			c.mustRun("import", "-no-color", testDiscount, "456/20/"+strings.Join(list, ","))
			c.mustRun(autoApply...)
			expectSent(t, fake, discountSent{ids[1100:], "20"})
			c.expectDiscount(&discountState{discount: "20", ids: ids, complete: true})
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
				fake := newFake(t)
				c := newCLI(t)
				if !tainted {
					c.config(providerBlock(fake), discountBlock([]int64{1001, 1002}, "10"))
					c.mustRun(autoApply...)
				}
				c.config(providerBlock(fake), discountBlock([]int64{1001, 1002}, "15"))
				failCall(fake, 0, altegiotest.Fault{Drop: true, AfterEffect: true})
				c.mustFail(autoApply...)
				fake.ResetJournal()
				expectText(t, c.mustFail("destroy", "-auto-approve", "-no-color"), "Discount may have been given already",
					"To destroy the resource, take it out of the configuration")
				const stays = "stays as it is at locations 1001, 1002."
				switch way {
				case "configuration":
					c.config(providerBlock(fake))
					expectText(t, c.mustRun("plan", "-no-color"), "Discount stays at 2 locations", stays)
					expectText(t, c.mustRun(autoApply...), stays)
				case "refresh":
					expectText(t, c.mustRun("destroy", "-auto-approve", "-no-color", "-refresh=false"), stays)
				case "state":
					c.mustRun("state", "rm", testDiscount)
				}
				c.expectDiscount(nil)
				expectSent(t, fake)
			})
		}
	}
}

// What is in doubt may leave. Terraform plans to replace a tainted resource without its state, so that
// the plan can't tell what leaves; the apply does.
func TestApplicationDiscountResource_leavesInDoubt(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), discountBlock([]int64{1001, 1002}, "15"))
	failCall(fake, 0, altegiotest.Fault{Drop: true, AfterEffect: true})
	c.mustFail(autoApply...)
	fake.ResetJournal()
	c.config(providerBlock(fake), discountBlock([]int64{1003}, "15"))
	expectText(t, c.mustRun("plan", "-no-color", "-out=plan"), "is tainted, so")
	expectText(t, c.mustRun("apply", "-no-color", "plan"), "Discount stays at 2 locations", "stays as it is at locations 1001, 1002.")
	expectSent(t, fake, discountSent{[]int64{1003}, "15"})
	c.expectDiscount(&discountState{discount: "15", ids: []int64{1003}, complete: true})
}

// The same of a change. What is not to have the discount is no matter of doubt: a 0 may be sent twice.
func TestApplicationDiscountResource_changeInDoubt(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), discountBlock([]int64{1001, 1002, 1003}, "10", resets))
	c.mustRun(autoApply...)
	lost := altegiotest.Fault{Drop: true, AfterEffect: true}

	c.config(providerBlock(fake), discountBlock([]int64{1001, 1002, 1003}, "15", resets))
	failCall(fake, 0, lost)
	c.mustFail(autoApply...)
	fake.ResetJournal()
	doubt := &discountState{discount: "15", unsettled: allAt([]int64{1001, 1002, 1003}, ""), complete: true}
	c.expectDiscount(doubt)
	for _, args := range [][]string{
		{"plan"}, {"plan", "-refresh=false"}, {"apply", "-auto-approve"}, {"apply", "-auto-approve", "-replace=" + testDiscount},
	} {
		expectText(t, c.mustFail(append(args, "-no-color")...), "Discount may have been given already", "1001, 1002, 1003.")
	}
	expectSent(t, fake)

	// Nor may another resource send it, where Terraform plans that after it has read this one.
	c.config(providerBlock(fake), discountBlock([]int64{1001}, "0", resets),
		discountNamed("other", []int64{1002}, "15", "depends_on = ["+testDiscount+"]"))
	expectText(t, c.mustFail("plan", "-no-color"), "Discount may have been given already", "1002.")

	c.config(providerBlock(fake), discountBlock([]int64{1001}, "0", resets))
	failCall(fake, 1, lost)
	expectText(t, c.mustFail(autoApply...), "Cannot reset the discount", "Applying again is safe")
	expectSent(t, fake, discountSent{[]int64{1001}, "0"}, discountSent{[]int64{1002, 1003}, "0"})
	c.expectDiscount(&discountState{discount: "0", ids: []int64{1001}, unsettled: allAt([]int64{1002, 1003}, ""), complete: true})
	c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{[]int64{1002, 1003}, "0"})
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
}

// Cancelled, an apply ends with the request that is on its way.
func TestApplicationDiscountResource_interrupted(t *testing.T) {
	t.Parallel()
	fake := newFake(t, altegiotest.WithLatency(time.Second))
	ids := fake.AddLocations(3000, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), discountBlock(ids, "20"))
	out := c.interrupt(func() bool { return fake.Count(altegiotest.OpAddDiscount) >= 2 }, autoApply...)
	expectText(t, out, "2000 are done, 1000 failed and 0 were not tried", "The request was not sent")
	expectSent(t, fake, discountSent{ids[:1000], "20"}, discountSent{ids[1000:2000], "20"})
	c.expectDiscount(&discountState{discount: "20", ids: ids[:2000]})
	c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{ids[2000:], "20"})
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
					c := newCLI(t)
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
			c := newCLI(t)
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
	c := newCLI(t)
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
			c := newCLI(t)
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

// What an index in a refusal counts is the locations of the request that was refused.
func TestApplicationDiscountResource_restRefused(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	// At one host, lest the refusal be asked about at the other.
	c.config(providerBlock(fake, "app_url="+quoted(fake.APIURL())), discountBlock([]int64{1001, 1002, 1003}, "10", resets))
	c.mustRun(autoApply...)
	fake.Uninstall(1001, 456)
	failCall(fake, 1, altegiotest.Fault{Status: http.StatusUnprocessableEntity, Body: `{"success":false,"meta":{"errors":{"salon_ids.0":["is odd"]}}}`})
	expectText(t, c.mustFail("destroy", "-auto-approve", "-no-color"), "location_ids 1002, 1003, discount 0.", "it says: 1002: is odd.")
}

// A refusal for another reason stands, also where the reason can't be had.
func TestApplicationDiscountResource_resetRefused(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), discountBlock([]int64{1001}, "10", resets))
	c.mustRun(autoApply...)
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpAddDiscount, Status: http.StatusForbidden})
	for _, operation := range []string{"", altegiotest.OpLocations} {
		if operation != "" {
			fake.Fail(altegiotest.Fault{Operation: operation, Status: http.StatusInternalServerError})
		}
		expectText(t, c.mustFail("destroy", "-auto-approve", "-no-color"), "Cannot reset the discount", "403 Forbidden")
		c.expectDiscount(&discountState{discount: "10", ids: []int64{1001}, complete: true})
	}
}

func TestApplicationDiscountResource_overlap(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
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
			c := newCLI(t)
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
	c := newCLI(t)
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

func TestApplicationDiscountResource_import(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	declared := discountBlock([]int64{1002, 1001}, "15.54")
	c.config(providerBlock(fake), declared)
	c.mustRun("import", "-no-color", testDiscount, "456/15.540/1001,1002,1001")
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	expectSent(t, fake)

	// What the id says is less than what is declared.
	c.mustRun("state", "rm", testDiscount)
	c.mustRun("import", "-no-color", testDiscount, "456/15.54/1001,1003")
	expectText(t, c.mustRun(autoApply...), "stays as it is at location 1003.")
	expectSent(t, fake, discountSent{[]int64{1002}, "15.54"})

	// It says nothing.
	c.mustRun("state", "rm", testDiscount)
	c.mustRun("import", "-no-color", testDiscount, "456")
	expectText(t, c.mustRun("plan", "-no-color"), "0 to add, 1 to change, 0 to destroy", "+ discount", "+ location_ids")
	expectSent(t, fake)
	c.mustRun(autoApply...)
	expectSent(t, fake, discountSent{[]int64{1001, 1002}, "15.54"})
}

func TestApplicationDiscountResource_importIsRefused(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
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
		_, diags := p.importStateOf(testDiscountType, id, nil)
		expectOne(t, diags, isError, "", text+`.*for example "456/15.54/1001,1002"`)
	}
	nothingSent(fake).now(t)
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

func TestApplicationDiscountResource_identity(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	value := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(testDiscount, tfjsonpath.New(name), want)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providerBlock(fake) + discountBlock([]int64{1001, 1002}, "15.54"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(testDiscount, plancheck.ResourceActionCreate), nothingSent(fake)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan(), nothingSent(fake)},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					value("id", knownvalue.StringExact("456")),
					value("location_ids", knownvalue.ListExact([]knownvalue.Check{knownvalue.Int64Exact(1001), knownvalue.Int64Exact(1002)})),
					value("discount", knownvalue.Float64Exact(15.54)),
					value("reset_on_destroy", knownvalue.Bool(false)),
					value("discounts", knownvalue.MapSizeExact(2)),
					statecheck.ExpectIdentity(testDiscount, map[string]knownvalue.Check{"application_id": knownvalue.Int64Exact(456)}),
					sent{fake, map[string]int{altegiotest.OpAddDiscount: 1}},
				},
			},
			{
				ResourceName:       testDiscount,
				ImportState:        true,
				ImportStateKind:    resource.ImportBlockWithResourceIdentity,
				ExpectNonEmptyPlan: true, // what is imported is not known, and so is set
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testDiscount, plancheck.ResourceActionUpdate), nothingSent(fake),
				}},
			},
			{
				ResourceName:    testDiscount,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithID,
				ImportStateId:   "456/15.54/1001,1002",
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testDiscount, plancheck.ResourceActionNoop), nothingSent(fake),
				}},
			},
		},
	})
}

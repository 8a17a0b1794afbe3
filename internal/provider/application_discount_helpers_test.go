// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

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

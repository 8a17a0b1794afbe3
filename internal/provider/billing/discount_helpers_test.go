// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func discountBlock(ids []int64, discount string, more ...string) string {
	return providertest.DiscountNamed("test", ids, discount, more...)
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
			texts = append(texts, fmt.Sprintf("%s to %d: %s", s.discount, len(s.ids), core.SomeOf(s.ids)))
		}
		return texts
	}
	t.Errorf("the API received\n  %q\nwant\n  %q", short(got), short(want))
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

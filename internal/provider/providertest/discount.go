// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

const (
	// DiscountType is the type of discounts.
	DiscountType = "altegio_application_discount"
	// DiscountAddress is the discount that most tests declare.
	DiscountAddress = DiscountType + ".test"
)

// DiscountNamed declares an altegio_application_discount.
func DiscountNamed(name string, ids []int64, discount string, more ...string) string {
	list, _ := json.Marshal(ids)
	arguments := map[string]string{"application_id": "456", "location_ids": string(list), "discount": discount}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return Block(fmt.Sprintf(`resource "altegio_application_discount" %q`, name), arguments)
}

// DiscountState is a discount in the state.
type DiscountState struct {
	Discount  string
	IDs       []int64
	Unsettled map[int64]string // "" is null
	Complete  bool
}

// held returns the value in the state for each location.
func (s *DiscountState) held() map[int64]string {
	if s == nil {
		return nil
	}
	held := maps.Clone(s.Unsettled)
	if held == nil {
		held = make(map[int64]string)
	}
	for _, id := range s.IDs {
		held[id] = s.Discount
	}
	return held
}

// ExpectDiscount compares DiscountAddress in the state.
func (c *CLI) ExpectDiscount(want *DiscountState) {
	c.t.Helper()
	values := c.Values(DiscountAddress)
	if want == nil || values == nil {
		if want != nil || values != nil {
			c.t.Errorf("the state holds %v, want %+v", values, want)
		}
		return
	}
	if complete := values["id"] != nil; complete != want.Complete {
		c.t.Errorf("complete: %t, want %t", complete, want.Complete)
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

// AutoApply is the command that applies a configuration without a question.
var AutoApply = []string{"apply", "-auto-approve", "-no-color"}

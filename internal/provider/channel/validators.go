// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// availabilityValidator accepts maps of true and false by location id.
type availabilityValidator struct{}

func (availabilityValidator) Description(context.Context) string {
	return "keys must be location ids, whole numbers from 1, and values must be true or false"
}

func (v availabilityValidator) MarkdownDescription(ctx context.Context) string {
	return v.Description(ctx)
}

func (availabilityValidator) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	elements := req.ConfigValue.Elements()
	var invalid, missing []string
	for _, key := range slices.Sorted(maps.Keys(elements)) {
		if _, err := core.ParseID("key", key); err != nil {
			invalid = append(invalid, strconv.Quote(key))
		} else if elements[key].IsNull() {
			missing = append(missing, key)
		}
	}
	// Not at the keys: Terraform panics where one is written as a number.
	if n := len(invalid); n > 0 {
		resp.Diagnostics.AddAttributeError(req.Path, core.Plural(n, "Invalid location id", "Invalid location ids"), fmt.Sprintf("In %s, %s.",
			req.Path, core.Plural(n, fmt.Sprintf("a key is %s, which is not a location id: a whole number from 1", invalid[0]),
				fmt.Sprintf("%d keys are not location ids, whole numbers from 1: %s", n, core.SomeOf(invalid)))))
	}
	if n := len(missing); n > 0 {
		resp.Diagnostics.AddAttributeError(req.Path, core.Plural(n, "Missing value", "Missing values"), fmt.Sprintf(
			"In %s, %s. Set true or false, or leave %s out.", req.Path,
			core.Plural(n, fmt.Sprintf("the value for location %s is null", missing[0]),
				fmt.Sprintf("the values for %d locations are null: %s", n, core.SomeOf(missing))), core.Plural(n, "the location", "them")))
	}
}

// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"encoding/json"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func availabilityArgument(at map[int64]bool) string {
	object, _ := json.Marshal(at)
	return "availability = " + string(object)
}

var listings = map[string]int{altegiotest.OpLocations: 3}

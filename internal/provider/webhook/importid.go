// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// parseLocationID reads the id of a location. The error is a sentence for the user.
func parseLocationID(s string) (int64, error) { return core.ParseID("location_id", s) }

// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

const (
	importForm    = "location_id or location_id/all"
	importExample = "1001"

	// takeAll ends the id of an import that takes over every URL of the location. After an import without it,
	// the configuration decides which are taken over.
	takeAll = "/all"
)

// An importID says what an import takes over.
type importID struct {
	location int64
	all      bool // all URLs of the location are ours
}

// parseImport reads the id of an import. The error is a sentence for the user.
func parseImport(s string) (importID, error) {
	text, all := strings.CutSuffix(s, takeAll)
	location, err := core.ParseID("location_id", text)
	return importID{location, all}, err
}

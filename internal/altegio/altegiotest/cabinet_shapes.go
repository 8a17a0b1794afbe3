// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"net/http"
)

// CabinetShapes selects how the Developer Cabinet behaves where that is not known. The zero value is the
// most likely behaviour.
type CabinetShapes struct {
	// CreateAnswers is what creating an application returns: "" for the application, "id" for only its id.
	CreateAnswers string

	// EmptyAnswers returns an empty body for every write.
	EmptyAnswers bool

	// FlatPartnerSystem puts an account's token into partner_system itself, not into its data.
	FlatPartnerSystem bool

	// EmptyArrays returns [] for every empty object, as PHP does: permissions, and a missing moderation.
	EmptyArrays bool

	// ExtraMembers adds undocumented members to applications (API-77): awards, and installs_count, which
	// changes by itself.
	ExtraMembers bool

	// CorruptsExtra empties awards with every update.
	CorruptsExtra bool

	// Remoderates unpublishes a published application when it is updated.
	Remoderates bool

	// KeepsOmitted keeps the values that an update leaves out: the vendor's client says that omission
	// may clear them.
	KeepsOmitted bool

	// AbsoluteURLs returns promotional pictures as URLs, not as paths.
	AbsoluteURLs bool

	// Panel is what happens if there is no room for a panel: "" keeps another application's panel and
	// replaces one of the same application, "nothing" keeps both, "replace" replaces both. The answer is
	// the same.
	Panel string

	// Catalog is the shape of dictionaries: "" for lists of rows, "map" for objects by id or slug,
	// "slugs" for functionalities as a list of slugs.
	Catalog string
}

// wrote is the answer to a write.
func (s Shapes) wrote(status int, data any) answer {
	if s.Cabinet.EmptyAnswers {
		return answer{status: status}
	}
	a := s.ok(data)
	a.status = status
	return a
}

// noSuch is the answer if the path names something that does not exist.
func (s Shapes) noSuch() answer {
	return s.fail(http.StatusNotFound, msgNotFound)
}

const msgNotFound = "Not found"

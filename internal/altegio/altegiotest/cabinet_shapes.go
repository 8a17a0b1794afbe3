// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"net/http"
)

// CabinetShapes chooses between what the Developer Cabinet may do where nobody has seen or said what it
// does. The zero value is the likeliest.
type CabinetShapes struct {
	// CreateAnswers is what the creation of an application answers: "" for the application, "id" for
	// its id alone.
	CreateAnswers string

	// EmptyAnswers gives an empty body for every write.
	EmptyAnswers bool

	// FlatPartnerSystem puts an account's token into partner_system itself, not into its data.
	FlatPartnerSystem bool

	// EmptyArrays gives [] for every empty object, as PHP does: permissions, and a moderation that
	// there is none of.
	EmptyArrays bool

	// ExtraMembers adds undocumented members to applications (API-77): installs_count, which moves by
	// itself, and awards.
	ExtraMembers bool

	// CorruptsExtra empties awards with every update, as a server may that is sent an older form.
	CorruptsExtra bool

	// Remoderates takes a published application out of the marketplace when it is updated.
	Remoderates bool

	// KeepsOmitted keeps the values that an update leaves out: the vendor's client says that omission
	// may clear them.
	KeepsOmitted bool

	// AbsoluteURLs gives promotional pictures as URLs, not as paths.
	AbsoluteURLs bool

	// Panel is what happens to a panel whose place is taken: "" leaves another application's and
	// replaces one of the same application, "nothing" leaves both, "replace" replaces both. The
	// answer is the same.
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

// noSuch is the answer where the path names what is not there.
func (s Shapes) noSuch() answer {
	return s.fail(http.StatusNotFound, msgNotFound)
}

const msgNotFound = "Not found"

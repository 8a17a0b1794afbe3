// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// fleetID is the identity of an application's channel at all its locations. As a text it is
// application_id/channel_slug.
type fleetID struct {
	application int64
	slug        altegio.ChannelSlug
}

func (id fleetID) String() string {
	return fmt.Sprintf("%d/%s", id.application, id.slug)
}

const (
	fleetIDForm     = "application_id/channel_slug"
	fleetIDExample  = "456/sms"
	fleetImportForm = fleetIDForm + ", followed by /true, /false or /{...} if the values are known"
)

// A fleetImport is the content of an import id: the channels and, optionally, their values. If it has
// values, either everywhere is not null, or at is not nil.
type fleetImport struct {
	fleetID
	everywhere *bool
	at         map[int64]bool
}

// parseFleetImport reads the id of an import. The error is a sentence for the user.
func parseFleetImport(s string) (fleetImport, error) {
	parts := strings.SplitN(s, "/", 3)
	if len(parts) < 2 {
		return fleetImport{}, core.WrongParts(len(parts), "2 or 3")
	}
	application, err := core.ParseID("application_id", parts[0])
	if err != nil {
		return fleetImport{}, err
	}
	slug, err := core.ParseSlug(parts[1])
	if err != nil {
		return fleetImport{}, err
	}
	imported := fleetImport{fleetID: fleetID{application, slug}}
	if len(parts) == 2 {
		return imported, nil
	}
	var everywhere *bool
	if json.Unmarshal([]byte(parts[2]), &everywhere) == nil && everywhere != nil {
		imported.everywhere = everywhere
		return imported, nil
	}
	var values map[string]*bool
	if err := json.Unmarshal([]byte(parts[2]), &values); err != nil || values == nil {
		return fleetImport{}, fmt.Errorf("its third part is neither true, nor false, nor a JSON object of those by location id")
	}
	imported.at = make(map[int64]bool, len(values))
	for key, value := range values {
		location, err := core.ParseID("location id", key)
		if err != nil {
			return fleetImport{}, err
		}
		if value == nil {
			return fleetImport{}, fmt.Errorf("it gives null for location %d instead of true or false", location)
		}
		imported.at[location] = *value
	}
	return imported, nil
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// privateState is that of a request or of its answer, whose type the framework does not export.
type privateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// A note is something that a resource keeps in its private state, under a key of that name. Terraform
// stores it with the resource, hands the one of a plan to the apply of that plan, and shows it to
// nobody.
type note[T any] string

// The notes of all resources. A name stands for one shape, whichever resource has it.
const (
	// importedNote says that the resource has been in this state since its import, so that its value
	// is not known.
	importedNote note[bool] = "imported"
	// installationNote is when the installation that a resource last saw was created.
	installationNote note[string] = "installed_at"
	// installationsNote is installationNote for a resource of many locations.
	installationsNote note[map[int64]string] = "installed_at_by_location"
	// ownerNote tells one resource from another in the ledger.
	ownerNote note[string] = "owner"
	// successorNote is what a plan to create declares. Terraform hands it to the destroying half of a
	// replacement.
	successorNote note[successor] = "successor"
	// keptNote is what the plan of a removal leaves alone, because other resources declare it.
	keptNote note[[]matter] = "kept"
	// sharedNote is what a refresh found that another object in the state has, too, which was read
	// before: of several objects with the same, one is never told.
	sharedNote note[[]matter] = "shared"
	// webhooksNote is what a refresh saw of all webhooks of a location.
	webhooksNote note[webhooks] = "webhooks_seen"
	// cardNote is what a reading saw of an application: digests by member.
	cardNote note[map[string]string] = "card_seen"
)

// A successor is what the creating half of a replacement declares.
type successor struct {
	// ID is that of the resource.
	ID string `json:"id"`
	// Locations are those of a resource that has many; nil while they are not known.
	Locations []int64 `json:"locations,omitempty"`
	// Names are what else it declares, where that has names.
	Names []string `json:"names,omitempty"`
	// Grants says that creating may need the token of an owner.
	Grants bool `json:"grants,omitempty"`
}

// get returns what was noted, and false where nothing was, or nothing that can be read.
func (n note[T]) get(ctx context.Context, private privateState) (T, bool) {
	var value *T
	text, _ := private.GetKey(ctx, string(n)) // fails for names that the framework keeps for itself
	if len(text) == 0 || json.Unmarshal(text, &value) != nil || value == nil {
		var none T
		return none, false
	}
	return *value, true
}

func (n note[T]) set(ctx context.Context, private privateState, value T) diag.Diagnostics {
	text, err := json.Marshal(value)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Cannot keep a note", "The note "+string(n)+": "+err.Error())}
	}
	return private.SetKey(ctx, string(n), text)
}

// clear takes the note away. The framework has no way to remove a key.
func (n note[T]) clear(ctx context.Context, private privateState) diag.Diagnostics {
	return private.SetKey(ctx, string(n), []byte("null"))
}

// ownerOf returns what tells the resource of a plan from others, and notes it for the second plan that
// Terraform makes of a replacement.
func ownerOf(ctx context.Context, before, after privateState) (string, diag.Diagnostics) {
	if owner, ok := ownerNote.get(ctx, before); ok {
		return owner, nil
	}
	owner := rand.Text()
	return owner, ownerNote.set(ctx, after, owner)
}

// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// PrivateState is the private state of a request or of its answer, whose type the framework does not
// export.
type PrivateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// A Note is something that a resource keeps in its private state, under a key of that name. Terraform
// stores it with the resource, passes the notes of a plan to the apply of that plan, and shows them to
// nobody.
type Note[T any] string

// The notes of several resources. A name stands for one shape, whichever resource has it.
const (
	// ImportedNote marks a resource whose value has been unknown since its import.
	ImportedNote Note[bool] = "imported"
	// InstallationNote is when the installation that a resource last saw was created.
	InstallationNote Note[string] = "installed_at"
	// ownerNote identifies a resource in the ledger.
	ownerNote Note[string] = "owner"
	// SuccessorNote is what a plan to create declares. Terraform passes it to the destroying half of a
	// replacement.
	SuccessorNote Note[Successor] = "successor"
	// keptNote lists the matters that a removal leaves alone, because other resources declare them.
	keptNote Note[[]Matter] = "kept"
	// sharedNote lists the matters of a resource that another object in the state, which was read earlier,
	// also has. Of several objects with the same matter, one never gets this note.
	sharedNote Note[[]Matter] = "shared"
)

// A Successor is what the creating half of a replacement declares.
type Successor struct {
	// ID is the id of the resource.
	ID string `json:"id"`
	// Locations are the locations of a resource that has many; nil while they are not known.
	Locations []int64 `json:"locations,omitempty"`
	// Names are the names of other things that it declares, if any.
	Names []string `json:"names,omitempty"`
	// Grants says that the create may need the token of an owner.
	Grants bool `json:"grants,omitempty"`
}

// Get returns the noted value, and false if there is none, or none that can be read.
func (n Note[T]) Get(ctx context.Context, private PrivateState) (T, bool) {
	var value *T
	text, _ := private.GetKey(ctx, string(n)) // fails only for names reserved by the framework
	if len(text) == 0 || json.Unmarshal(text, &value) != nil || value == nil {
		var none T
		return none, false
	}
	return *value, true
}

// Set notes a value in the private state of an answer. An empty list is no note.
func (n Note[T]) Set(ctx context.Context, private PrivateState, value T) diag.Diagnostics {
	text, err := json.Marshal(value)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Cannot keep a note", "The note "+string(n)+": "+err.Error())}
	}
	if string(text) == "null" {
		return n.Clear(ctx, private)
	}
	return private.SetKey(ctx, string(n), text)
}

// Clear takes the note away. The framework has no way to remove a key, so one that was there stays, with
// null. One that was not there is not added: Terraform writes the whole state after each change, and private
// state is part of that.
func (n Note[T]) Clear(ctx context.Context, private PrivateState) diag.Diagnostics {
	if text, _ := private.GetKey(ctx, string(n)); len(text) == 0 {
		return nil
	}
	return private.SetKey(ctx, string(n), []byte("null"))
}

// Kept returns the matters that a removal leaves alone, because its plan found other resources that declare them.
func Kept(ctx context.Context, private PrivateState) []Matter {
	kept, _ := keptNote.Get(ctx, private)
	return kept
}

// newOwner returns a key that no other resource of a run has.
func newOwner() string { return rand.Text()[:12] } // of five bits each

// ownerOf returns a key that distinguishes the resource of a plan from others, and notes it for the second
// plan that Terraform makes of a replacement.
func ownerOf(ctx context.Context, before, after PrivateState) (string, diag.Diagnostics) {
	if owner, ok := ownerNote.Get(ctx, before); ok {
		return owner, nil
	}
	owner := newOwner()
	return owner, ownerNote.Set(ctx, after, owner)
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"encoding/json"
	"strings"
	"testing"

	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// FramesType is the type of an application's frames.
const FramesType = "altegio_application_frames"

// ApplicationType is the type of applications.
const ApplicationType = "altegio_application"

// Expect applies and looks for a text in the errors, or for none.
func (r Rig) Expect(t *testing.T, errorText string, run ...tf.Run) *tf.Result {
	t.Helper()
	r.Fake.ResetJournal()
	result := r.Apply(run...)
	said := result.Diagnostics.Errors().String() + result.Plan.Diagnostics.Errors().String()
	switch {
	case errorText == "" && said != "":
		t.Fatalf("%s\n%s", said, r.History())
	case errorText != "" && !strings.Contains(said, errorText):
		t.Fatalf("%q is not said:\n%s\n%s", errorText, said, r.History())
	}
	return result
}

// Members writes the members of an object.
func Members(t *testing.T, raw []byte) map[string]json.RawMessage {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

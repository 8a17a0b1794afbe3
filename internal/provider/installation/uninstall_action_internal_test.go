// SPDX-License-Identifier: MPL-2.0

package installation

import (
	"errors"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Messages about an installation after a lost answer.
func TestStillInstalled(t *testing.T) {
	t.Parallel()
	fallen := errors.New("the sky has fallen")
	for _, test := range []struct{ got, want string }{
		{stillInstalled(&altegio.Installation{Status: "active"}, nil), `Altegio still shows the application as installed, with the status "active", ` +
			"but may show a change late. Check again in a few minutes, and invoke the action again if it is still installed."},
		{stillInstalled(nil, fallen), "The status of the installation could not be read: the sky has fallen. Check in Altegio, and invoke the action " +
			"again if the application is still installed."},
	} {
		if test.got != test.want {
			t.Errorf("it says\n  %s\nwant\n  %s", test.got, test.want)
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// PanelType is the type of panels.
const PanelType = "altegio_location_frame"

// Bodies returns the bodies that the fake received.
func (r Rig) Bodies() (bodies []string) {
	for _, request := range r.Fake.RequestsFor(altegiotest.OpInstallFrame) {
		bodies = append(bodies, string(request.Body))
	}
	return bodies
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// PanelType is the type of panels.
const PanelType = "altegio_location_frame"

// Bodies are what the fake was sent.
func (r Rig) Bodies() (bodies []string) {
	for _, request := range r.Fake.RequestsFor(altegiotest.OpInstallFrame) {
		bodies = append(bodies, string(request.Body))
	}
	return bodies
}

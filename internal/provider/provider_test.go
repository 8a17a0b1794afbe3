// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

var (
	_ plancheck.PlanCheck   = coretest.Sent{}
	_ statecheck.StateCheck = coretest.Sent{}
)

// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

const testChannel = "altegio_application_channel.test"

func posts(n int) map[string]int { return map[string]int{altegiotest.OpUpdateChannel: n} }

func expectChannel(location, application int64, slug string, available bool) []statecheck.StateCheck {
	value := func(name string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(testChannel, tfjsonpath.New(name), want)
	}
	return []statecheck.StateCheck{
		value("id", knownvalue.StringExact(fmt.Sprintf("%d/%d/%s", location, application, slug))),
		value("location_id", knownvalue.Int64Exact(location)),
		value("application_id", knownvalue.Int64Exact(application)),
		value("channel_slug", knownvalue.StringExact(slug)),
		value("is_available", knownvalue.Bool(available)),
	}
}

// expectAction checks what is planned for the channel, and what that took.
func expectAction(action plancheck.ResourceActionType, requests coretest.Sent) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{
		PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(testChannel, action), requests},
	}
}

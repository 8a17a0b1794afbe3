// SPDX-License-Identifier: MPL-2.0

package webhook_test

import (
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

const (
	testWebhooks = providertest.WebhooksType + ".test"

	urlOther = "https://other.example/hook"
	urlThird = "https://third.example/hook"
)

func ownerBlock(fake *altegiotest.Server) string {
	return providertest.ProviderBlock(fake, "user_token = "+providertest.Quoted(altegiotest.DefaultUserToken))
}

// hook is a URL at the fake; "off" and "self" among the words are no events.
func hook(url, words string) altegiotest.Webhook {
	h := altegiotest.Webhook{URL: url, Active: true, Flags: map[string]bool{}}
	for _, word := range strings.Fields(words) {
		switch word {
		case "off":
			h.Active = false
		case "self":
			h.SelfSending = true
		default:
			h.Flags[word] = true
		}
	}
	return h
}

// hooksAre checks what the fake has at location 1001, in any order.
func hooksAre(fake *altegiotest.Server, want ...altegiotest.Webhook) coretest.StateFunc {
	return func() error {
		have := make(map[string]altegiotest.Webhook)
		for _, h := range fake.Webhooks(1001) {
			maps.DeleteFunc(h.Flags, func(_ string, on bool) bool { return !on })
			have[h.URL] = h
		}
		wanted := make(map[string]altegiotest.Webhook)
		for _, h := range want {
			wanted[h.URL] = h
		}
		if !reflect.DeepEqual(have, wanted) {
			return fmt.Errorf("the fake has\n%v\nwant\n%v", have, wanted)
		}
		return nil
	}
}

// hookCalls are the requests of a run.
func hookCalls(gets, posts int) map[string]int {
	calls := map[string]int{}
	if gets > 0 {
		calls[altegiotest.OpHooksGet] = gets
	}
	if posts > 0 {
		calls[altegiotest.OpHooksSet] = posts
	}
	return calls
}

func textSetExact(texts ...string) knownvalue.Check {
	var checks []knownvalue.Check
	for _, text := range texts {
		checks = append(checks, knownvalue.StringExact(text))
	}
	return knownvalue.SetExact(checks)
}

func webhooksValue(name string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(testWebhooks, tfjsonpath.New(name), want)
}

func settings(active bool, selfSending knownvalue.Check, events ...string) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"active": knownvalue.Bool(active), "events": textSetExact(events...), "self_sending": selfSending,
	})
}

func expectWebhooksAction(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: append([]plancheck.PlanCheck{plancheck.ExpectResourceAction(testWebhooks, action)}, more...)}
}

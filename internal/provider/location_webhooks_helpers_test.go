// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	testWebhooksType = "altegio_location_webhooks"
	testWebhooks     = testWebhooksType + ".test"

	urlA     = "https://a.example/hook"
	urlB     = "https://b.example/hook"
	urlOther = "https://other.example/hook"
	urlThird = "https://third.example/hook"
)

// webhooksBlock declares altegio_location_webhooks.test at location 1001.
func webhooksBlock(events string, urls []string, more ...string) string {
	arguments := map[string]string{"location_id": "1001", "events": listOf(strings.Fields(events)...), "urls": listOf(urls...)}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return block(`resource "altegio_location_webhooks" "test"`, arguments)
}

func listOf(texts ...string) string {
	text, _ := json.Marshal(append([]string{}, texts...))
	return string(text)
}

func ownerBlock(fake *altegiotest.Server) string {
	return providerBlock(fake, "user_token = "+quoted(altegiotest.DefaultUserToken))
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
func hooksAre(fake *altegiotest.Server, want ...altegiotest.Webhook) stateFunc {
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

func (f stateFunc) now(t *testing.T) {
	t.Helper()
	if err := f(); err != nil {
		t.Error(err)
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

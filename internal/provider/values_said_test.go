// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"fmt"
	"strings"
	"testing"

	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// Errors about values that can't be used, at the place where the user wrote them.
func TestValues_said(t *testing.T) {
	t.Parallel()
	channel := func(id any) tf.Resource {
		c := channelRes("a", 1001, 456, true)
		c.Attrs["location_id"] = id
		return c
	}
	bad, missing := make(map[string]any), make(map[string]any)
	for i := range 200 {
		bad[fmt.Sprintf("x%03d", i)] = true
		missing[fmt.Sprint(1001+i)] = nil
	}
	fleet := func(at map[string]any) tf.Resource {
		f := fleetRes("a", nil)
		f.Attrs["availability"] = at
		return f
	}
	waiting := newcomers(1001)["installation"]
	waiting.Attrs["timeouts"] = map[string]any{"create": "30"}
	for name, test := range map[string]struct {
		block    tf.Attrs
		resource tf.Resource
		at       string
		says     string
	}{
		"fraction":           {nil, channel(1.5), "location_id", "Invalid number|Attribute location_id must be a whole number, got: 1.5."},
		"too large":          {nil, channel(1e30), "location_id", "Invalid number|Attribute location_id must be a whole number of at most 19 digits, got: 1e+30."},
		"fraction in a list": {nil, discountRes("a", 10, 1001, 1.5), "location_ids", "Invalid number|Attribute location_ids must be a whole number, got: 1.5."},
		"fraction of a limit": {
			nil, limited(fleetRes("a", only(1001)), 0.5), "max_turned_off", "Invalid number|Attribute max_turned_off must be a whole number, got: 0.5.",
		},
		"fraction in the block": {tf.Attrs{"max_retries": 1.5}, channel(1001), "max_retries", "Invalid number|Attribute max_retries must be a whole number, got: 1.5."},
		"no unit in the block": {
			tf.Attrs{"request_timeout": "30"},
			channel(1001), "request_timeout",
			`Invalid duration|Attribute request_timeout value must be a duration with a unit, such as "30s" or "2m", got: "30".`,
		},
		"no unit": {
			nil, waiting, "timeouts.create", `Invalid duration|Attribute timeouts.create value must be a duration with a unit, such as "30s" or "2m", got: "30".`,
		},
		"200 keys": {nil, fleet(bad), "availability", `Invalid location ids|In availability, 200 keys are not location ids, whole numbers from 1: "x000", `},
		"200 nulls": {
			nil, fleet(missing), "availability", `Missing values|In availability, the values for 200 locations are null: 1001, 1002, `,
		},
		"too slow": {tf.Attrs{"requests_per_second": 0.001}, channel(1001), "requests_per_second", "Invalid limit|Attribute requests_per_second value must be 0, for no limit, or between 0.1 and 1000000, got: 0.001."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newPlanRig(t, test.block)
			said := r.PlanAll(t, test.resource).Diagnostics
			if len(said) != 1 || !said[0].Error {
				t.Fatalf("the plan says %v, want one error", said)
			}
			if text := said[0].Summary + "|" + said[0].Detail; said[0].Attribute != test.at || !strings.HasPrefix(text, test.says) {
				t.Errorf("at %q: %s", said[0].Attribute, text)
			}
		})
	}
	for name, block := range map[string]tf.Attrs{
		"a second": {"requests_per_second": 0.5}, "a minute": {"requests_per_minute": 12.5},
	} {
		r := newPlanRig(t, block)
		if said := r.PlanAll(t, channel(1001)).Diagnostics; len(said) > 0 {
			t.Errorf("a fraction of requests %s is refused: %v", name, said)
		}
	}
}

// An import with the value of a channel sends nothing.
func TestImport_channelWithItsValue(t *testing.T) {
	t.Parallel()
	for _, value := range []bool{true, false} {
		r := newPlanRig(t)
		r.Config.Resources = []tf.Resource{channelRes("a", 1001, 456, value)}
		r.Config.Imports = []tf.Import{{To: "altegio_application_channel.a", ID: fmt.Sprintf("1001/456/sms/%t", value)}}
		result := r.Apply()
		if err := result.Err(); err != nil || len(result.Plan.Actions()) > 0 || len(r.Written()) > 0 {
			t.Errorf("%v, the plan has %v, sent %v", err, result.Plan.Actions(), r.Written())
		}
		if got := r.Object("altegio_application_channel.a").Attr("is_available"); got != value {
			t.Errorf("is_available is %v", got)
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const (
	testFleetType = "altegio_application_channels"
	testFleet     = testFleetType + ".test"
)

// fleetBlock declares altegio_application_channels.test.
func fleetBlock(more ...string) string {
	arguments := map[string]string{"application_id": "456", "channel_slug": `"sms"`}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return block(`resource "altegio_application_channels" "test"`, arguments)
}

func availableAt(ids []int64) string {
	list, _ := json.Marshal(ids)
	return "available_at = " + string(list)
}

func availabilityArgument(at map[int64]bool) string {
	object, _ := json.Marshal(at)
	return "availability = " + string(object)
}

func everywhere(ids []int64, value bool) map[int64]bool {
	at := make(map[int64]bool)
	for _, id := range ids {
		at[id] = value
	}
	return at
}

// fleet returns the availability in the state; what is null is left out, and counted.
func (c *cli) fleet() (at map[int64]bool, unknown int) {
	c.t.Helper()
	values, _ := c.values(testFleet)["availability"].(map[string]any)
	at = make(map[int64]bool)
	for key, value := range values {
		id, err := strconv.ParseInt(key, 10, 64)
		if err != nil {
			c.t.Fatal(err)
		}
		if value == nil {
			unknown++
		} else {
			at[id] = value.(bool)
		}
	}
	return at, unknown
}

func (c *cli) expectFleet(want map[int64]bool) {
	c.t.Helper()
	if got, unknown := c.fleet(); !maps.Equal(got, want) || unknown > 0 {
		c.t.Errorf("the state holds %v and %d unknown values, want %v", got, unknown, want)
	}
}

// fleetOf returns what the fake holds of application 456 and channel sms.
func fleetOf(fake *altegiotest.Server) map[int64]bool {
	at := make(map[int64]bool)
	for key, available := range fake.Channels() {
		if key.ApplicationID == 456 && key.Slug == "sms" {
			at[key.LocationID] = available
		}
	}
	return at
}

func expectFake(t *testing.T, fake *altegiotest.Server, want map[int64]bool) {
	t.Helper()
	if got := fleetOf(fake); !maps.Equal(got, want) {
		t.Errorf("the fake holds %v, want %v", got, want)
	}
}

func expectText(t *testing.T, out string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !errorText(text).MatchString(out) {
			t.Errorf("%q is not in:\n%s", text, out)
		}
	}
}

// failAt has the fake refuse to set channels of some locations.
func failAt(fake *altegiotest.Server, fault altegiotest.Fault, ids ...int64) func() {
	fault.Operation = altegiotest.OpUpdateChannel
	fault.Match = func(_ *http.Request, body []byte) bool {
		var request struct {
			SalonID int64 `json:"salon_id"`
		}
		_ = json.Unmarshal(body, &request)
		return slices.Contains(ids, request.SalonID)
	}
	return fake.Fail(fault)
}

// bodyHas matches requests by a text in their body.
func bodyHas(text string) func(*http.Request, []byte) bool {
	return func(_ *http.Request, body []byte) bool { return bytes.Contains(body, []byte(text)) }
}

var listings = map[string]int{altegiotest.OpLocations: 3}

// SPDX-License-Identifier: MPL-2.0

package providertest

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
	// FleetType is the type of fleets.
	FleetType = "altegio_application_channels"
	// FleetAddress is the fleet that most tests declare.
	FleetAddress = FleetType + ".test"
)

// FleetBlock declares altegio_application_channels.test.
func FleetBlock(more ...string) string {
	arguments := map[string]string{"application_id": "456", "channel_slug": `"sms"`}
	for _, argument := range more {
		name, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return Block(`resource "altegio_application_channels" "test"`, arguments)
}

// AvailableAt writes the argument available_at.
func AvailableAt(ids []int64) string {
	list, _ := json.Marshal(ids)
	return "available_at = " + string(list)
}

// Everywhere returns a map with the same value for each location.
func Everywhere(ids []int64, value bool) map[int64]bool {
	at := make(map[int64]bool)
	for _, id := range ids {
		at[id] = value
	}
	return at
}

// Fleet returns the availability in the state. Nulls are left out and counted.
func (c *CLI) Fleet() (at map[int64]bool, unknown int) {
	c.t.Helper()
	values, _ := c.Values(FleetAddress)["availability"].(map[string]any)
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

// ExpectFleet compares FleetAddress in the state, and expects all values to be known.
func (c *CLI) ExpectFleet(want map[int64]bool) {
	c.t.Helper()
	if got, unknown := c.Fleet(); !maps.Equal(got, want) || unknown > 0 {
		c.t.Errorf("the state holds %v and %d unknown values, want %v", got, unknown, want)
	}
}

// FleetOf returns the values at the fake for application 456 and channel sms.
func FleetOf(fake *altegiotest.Server) map[int64]bool {
	at := make(map[int64]bool)
	for key, available := range fake.Channels() {
		if key.ApplicationID == 456 && key.Slug == "sms" {
			at[key.LocationID] = available
		}
	}
	return at
}

// ExpectFake compares the values of the fleet at the fake.
func ExpectFake(t *testing.T, fake *altegiotest.Server, want map[int64]bool) {
	t.Helper()
	if got := FleetOf(fake); !maps.Equal(got, want) {
		t.Errorf("the fake holds %v, want %v", got, want)
	}
}

// FailAt makes the fake refuse to set channels of some locations.
func FailAt(fake *altegiotest.Server, fault altegiotest.Fault, ids ...int64) func() {
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

// BodyHas matches requests by a text in their body.
func BodyHas(text string) func(*http.Request, []byte) bool {
	return func(_ *http.Request, body []byte) bool { return bytes.Contains(body, []byte(text)) }
}

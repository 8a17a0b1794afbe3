// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// application is the application in the demo's configuration and in the fake.
const application = 456

// declared is the first configuration of the demo: the part of examples/demo that is applied.
const declared = `resource "altegio_application_channel" "this" {
  for_each       = local.channels          # "1001/sms", "1001/whatsapp", "1002/sms", ...
  location_id    = each.value.location_id
  application_id = 456
  channel_slug   = each.value.slug
  is_available   = each.value.is_available
}
`

// A step shows one thing that a platform team does.
type step struct {
	title string
	run   func(ctx context.Context, s *stage) error
}

var steps = []step{
	{"Declare five channels at three locations, and apply: one request each. Plan again: nothing is sent.", firstApply},
	{"Change one value: one update, one request.", changeChannel},
	{"Import a channel that is already in use, with a saved plan.", importChannel},
	{"An owner uninstalls the application and connects it again: the channel is set again.", uninstalledElsewhere},
	{"Add a fleet of 20 locations as one resource. Altegio refuses one of them.", fleetFails},
	{"Apply again: Terraform calls it a replacement, and only that one location is sent.", fleetFinishes},
	{"Import the application itself, and change a word of its card: everything else is sent back unchanged.", changeWord},
}

func firstApply(ctx context.Context, s *stage) error {
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	channels := []string{
		"1001/456/sms=true", "1001/456/whatsapp=true", "1002/456/sms=true", "1002/456/whatsapp=false", "1003/456/sms=true",
	}
	if err := s.received(channels...); err != nil {
		return err
	}
	if err := s.holds(channels...); err != nil {
		return err
	}
	if err := s.linkAndStatus(ctx); err != nil {
		return err
	}
	return secondPlan(ctx, s)
}

// linkAndStatus checks the outputs of the first apply.
func (s *stage) linkAndStatus(ctx context.Context) error {
	link, err := s.value(ctx, "payment_link")
	if err != nil {
		return err
	}
	if !strings.Contains(link, "discount=15.55") || !strings.Contains(link, "sign=") {
		return errors.New("the payment link is not signed, or not for a discount of 15.55")
	}
	status, err := s.value(ctx, "status")
	if err != nil {
		return err
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(status), &got); err != nil {
		return fmt.Errorf("reading the output status: %w", err)
	}
	if want := map[string]string{"1001": "active", "1002": "active", "1003": "active"}; !maps.Equal(got, want) {
		return fmt.Errorf("the output status is %v instead of %v", got, want)
	}
	return nil
}

func secondPlan(ctx context.Context, s *stage) error {
	if err := s.terraform(ctx, noChanges, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	if asked := s.fake.Count(altegiotest.OpInstallation); asked != 3 {
		return fmt.Errorf("the status of an installation was asked for %d times, not once for each of 3 locations", asked)
	}
	return s.received()
}

func changeChannel(ctx context.Context, s *stage) error {
	err := s.write("terraform.tfvars", `locations = {
  "1001" = { sms = true, whatsapp = true }
  "1002" = { sms = true, whatsapp = true }
  "1003" = { sms = true }
}
`)
	if err != nil {
		return err
	}
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	if err := s.received("1002/456/whatsapp=true"); err != nil {
		return err
	}
	return s.holds("1001/456/sms=true", "1001/456/whatsapp=true", "1002/456/sms=true", "1002/456/whatsapp=true", "1003/456/sms=true")
}

func uninstalledElsewhere(ctx context.Context, s *stage) error {
	s.fake.Uninstall(1003, application)
	s.fake.Install(1003, application, altegiotest.StatusActive)
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	if err := s.received("1003/456/sms=true"); err != nil {
		return err
	}
	return s.holds("1001/456/sms=true", "1001/456/whatsapp=true", "1002/456/sms=true", "1002/456/whatsapp=true", "1003/456/sms=true",
		"1004/456/sms=true")
}

func importChannel(ctx context.Context, s *stage) error {
	s.fake.SetChannel(1004, application, "sms", true)
	err := s.write("terraform.tfvars", `locations = {
  "1001" = { sms = true, whatsapp = true }
  "1002" = { sms = true, whatsapp = true }
  "1003" = { sms = true }
  "1004" = { sms = true }
}
`)
	if err != nil {
		return err
	}
	err = s.write("import.tf", `import {
  to = altegio_application_channel.this["1004/sms"]
  id = "1004/456/sms"
}
`)
	if err != nil {
		return err
	}
	if err := s.terraform(ctx, changes, "plan", "-detailed-exitcode", "-out=import.tfplan"); err != nil {
		return err
	}
	if n := len(s.fake.RequestsFor(altegiotest.OpUpdateChannel)); n > 0 {
		return fmt.Errorf("the plan of an import sends %d changes", n)
	}
	if err := s.terraform(ctx, 0, "apply", "import.tfplan"); err != nil {
		return err
	}
	if err := s.received("1004/456/sms=true"); err != nil {
		return err
	}
	return os.Remove(filepath.Join(s.dir, "import.tf"))
}

// fleetFails adds a fleet, and makes Altegio refuse the last of its locations.
func fleetFails(ctx context.Context, s *stage) error {
	ids := s.fake.AddLocations(20, application)
	s.refused = ids[len(ids)-1]
	s.fake.Fail(altegiotest.Fault{
		Operation: altegiotest.OpUpdateChannel, Status: http.StatusUnprocessableEntity,
		Match: func(_ *http.Request, body []byte) bool {
			return strings.Contains(string(body), fmt.Sprintf(`"salon_id":%d,`, s.refused))
		},
	})
	err := s.write("fleet.tf", fmt.Sprintf(`resource "altegio_application_channels" "whatsapp" {
  application_id = 456
  channel_slug   = "whatsapp"
  available_at   = range(%d, %d)
}
`, ids[0], s.refused+1))
	if err != nil {
		return err
	}
	if err := s.terraform(ctx, 1, "apply", "-auto-approve"); err != nil {
		return err
	}
	s.fake.ClearFaults()
	return s.receivedAtMany(19)
}

func fleetFinishes(ctx context.Context, s *stage) error {
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	if err := s.received(fmt.Sprintf("%d/456/whatsapp=true", s.refused)); err != nil {
		return err
	}
	on := 0
	for _, available := range s.fake.Channels() {
		if available {
			on++
		}
	}
	if on != 26 {
		return fmt.Errorf("%d channels are available at the end, not 26", on)
	}
	fmt.Fprintln(s.out, "   => Altegio has 26 channels available, as declared.")
	return nil
}

// changeWord imports an application with a declared word that differs from its card.
func changeWord(ctx context.Context, s *stage) error {
	err := s.write("application.tf", `import {
  to = altegio_application.bot
  id = "11/456"
}

resource "altegio_application" "bot" {
  partner_id = 11
  title      = "Hello World Bot"
}
`)
	if err != nil {
		return err
	}
	before := s.fake.Card(application)
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	updates := s.fake.RequestsFor(altegiotest.OpApplicationUpdate)
	if len(updates) != 1 {
		return fmt.Errorf("the fake received %d updates of the application instead of 1", len(updates))
	}
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(updates[0].Body, &sent); err != nil {
		return fmt.Errorf("reading what the fake received: %w", err)
	}
	for member, raw := range sent {
		if changed := !bytes.Equal(raw, before[member]); changed != (member == "title") {
			return fmt.Errorf("the update has %s of %s, and the card had %s", raw, member, before[member])
		}
	}
	fmt.Fprintf(s.out, "   => Altegio received one update: title is %s, and %d other members are unchanged.\n", sent["title"], len(sent)-1)
	return s.terraform(ctx, noChanges, "plan", "-detailed-exitcode")
}

// write puts a file next to the configuration.
func (s *stage) write(name, text string) error {
	return os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600)
}

// received checks which channels were set since the last check, and their values, in any order. Then it
// forgets all requests.
func (s *stage) received(want ...string) error {
	got := make([]string, 0, len(want))
	for _, request := range s.fake.RequestsFor(altegiotest.OpUpdateChannel) {
		var change struct {
			Location    int64  `json:"salon_id"`
			Application int64  `json:"application_id"`
			Slug        string `json:"channel_slug"`
			Available   bool   `json:"is_available"`
		}
		if err := json.Unmarshal(request.Body, &change); err != nil {
			return fmt.Errorf("reading what the fake received: %w", err)
		}
		got = append(got, fmt.Sprintf("%d/%d/%s=%t", change.Location, change.Application, change.Slug, change.Available))
	}
	s.fake.ResetJournal()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("the fake received the changes %v instead of %v", got, want)
	}
	switch len(got) {
	case 0:
		fmt.Fprintln(s.out, "   => Altegio received no change.")
	case 1:
		fmt.Fprintf(s.out, "   => Altegio received %s.\n", got[0])
	default:
		fmt.Fprintf(s.out, "   => Altegio received %d changes, from %s to %s.\n", len(got), got[0], got[len(got)-1])
	}
	return nil
}

// receivedAtMany checks how many changes succeeded since the last check, and forgets all requests.
func (s *stage) receivedAtMany(want int) error {
	done := 0
	for _, request := range s.fake.RequestsFor(altegiotest.OpUpdateChannel) {
		if request.StatusCode == http.StatusOK {
			done++
		}
	}
	s.fake.ResetJournal()
	if done != want {
		return fmt.Errorf("the fake accepted %d changes instead of %d", done, want)
	}
	fmt.Fprintf(s.out, "   => Altegio received %d changes, and they are in the state.\n", done)
	return nil
}

// holds checks that the fake's channels are those wanted, and no others.
func (s *stage) holds(want ...string) error {
	var got []string
	for key, available := range s.fake.Channels() {
		got = append(got, fmt.Sprintf("%d/%d/%s=%t", key.LocationID, key.ApplicationID, key.Slug, available))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		return fmt.Errorf("the fake holds %v instead of %v", got, want)
	}
	return nil
}

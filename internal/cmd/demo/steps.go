package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// application is that of the demo's configuration, as the fake's world has it.
const application = 456

// A step shows one thing that a platform team does.
type step struct {
	title string
	shows string
	run   func(ctx context.Context, s *stage) error
}

var steps = []step{
	{
		"First apply",
		"Five channels at three locations are set, with one request each.",
		firstApply,
	},
	{
		"Second plan",
		"Nothing has changed, so nothing is planned, and nothing is sent but one question for each location.",
		secondPlan,
	},
	{
		"A channel changes",
		"One value in the configuration changes: one update in place, one request.",
		changeChannel,
	},
	{
		"Uninstalled behind Terraform's back",
		"The owner of location 1003 uninstalls the application: the plan wants its channel back. It is connected anew, and apply sets it again.",
		uninstalledElsewhere,
	},
	{
		"Import",
		"A channel in use at location 1004 is taken over with an import block. Its value cannot be read, so the plan, saved and then applied, sets what is declared.",
		importChannel,
	},
	{
		"Destroy",
		"Every channel under Terraform is made unavailable.",
		destroy,
	},
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
	return s.linkAndStatus(ctx)
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
	if err := s.terraform(ctx, changes, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	if err := s.received(); err != nil {
		return err
	}
	s.fake.Install(1003, application, altegiotest.StatusActive)
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	if err := s.received("1003/456/sms=true"); err != nil {
		return err
	}
	return s.holds("1001/456/sms=true", "1001/456/whatsapp=true", "1002/456/sms=true", "1002/456/whatsapp=true", "1003/456/sms=true")
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
	if err := s.received(); err != nil {
		return err
	}
	if err := s.terraform(ctx, 0, "apply", "import.tfplan"); err != nil {
		return err
	}
	if err := s.received("1004/456/sms=true"); err != nil {
		return err
	}
	if err := s.terraform(ctx, noChanges, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	return s.received()
}

func destroy(ctx context.Context, s *stage) error {
	if err := os.Remove(filepath.Join(s.dir, "import.tf")); err != nil {
		return err
	}
	if err := s.terraform(ctx, 0, "destroy", "-auto-approve"); err != nil {
		return err
	}
	channels := []string{
		"1001/456/sms=false", "1001/456/whatsapp=false", "1002/456/sms=false", "1002/456/whatsapp=false",
		"1003/456/sms=false", "1004/456/sms=false",
	}
	if err := s.received(channels...); err != nil {
		return err
	}
	return s.holds(channels...)
}

// write puts a file next to the configuration.
func (s *stage) write(name, text string) error {
	return os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600)
}

// received checks which channels were set since it was last asked, and to what, whatever the order.
// Then it forgets all requests.
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
	if len(got) == 0 {
		fmt.Fprintln(s.out, "  => Altegio received no change.")
		return nil
	}
	fmt.Fprintf(s.out, "  => Altegio received %d change(s): %s\n", len(got), strings.Join(got, ", "))
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

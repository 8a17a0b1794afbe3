package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
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
		"A channel that is in use at location 1004 is taken over with an import block, and set to what is declared: its value cannot be read.",
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
	if err := s.sent(5); err != nil {
		return err
	}
	return s.holds(map[string]bool{
		"1001/sms": true, "1001/whatsapp": true, "1002/sms": true, "1002/whatsapp": false, "1003/sms": true,
	})
}

func secondPlan(ctx context.Context, s *stage) error {
	if err := s.terraform(ctx, noChanges, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	if asked := s.fake.Count(altegiotest.OpInstallation); asked != 3 {
		return fmt.Errorf("the status of an installation was asked for %d times, not once for each of 3 locations", asked)
	}
	return s.sent(0)
}

func changeChannel(ctx context.Context, s *stage) error {
	err := s.configure(`locations = {
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
	if err := s.sent(1); err != nil {
		return err
	}
	return s.holds(map[string]bool{
		"1001/sms": true, "1001/whatsapp": true, "1002/sms": true, "1002/whatsapp": true, "1003/sms": true,
	})
}

func uninstalledElsewhere(ctx context.Context, s *stage) error {
	s.fake.Uninstall(1003, application)
	if err := s.terraform(ctx, changes, "plan", "-detailed-exitcode"); err != nil {
		return err
	}
	if err := s.sent(0); err != nil {
		return err
	}
	s.fake.Install(1003, application, "active")
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	if err := s.sent(1); err != nil {
		return err
	}
	return s.holds(map[string]bool{
		"1001/sms": true, "1001/whatsapp": true, "1002/sms": true, "1002/whatsapp": true, "1003/sms": true,
	})
}

func importChannel(ctx context.Context, s *stage) error {
	s.fake.SetChannel(1004, application, "sms", true)
	err := s.configure(`locations = {
  "1001" = { sms = true, whatsapp = true }
  "1002" = { sms = true, whatsapp = true }
  "1003" = { sms = true }
  "1004" = { sms = true }
}
`)
	if err != nil {
		return err
	}
	block := `import {
  to = altegio_application_channel.this["1004/sms"]
  id = "1004/456/sms"
}
`
	if err := os.WriteFile(filepath.Join(s.dir, "import.tf"), []byte(block), 0o600); err != nil {
		return err
	}
	if err := s.terraform(ctx, 0, "apply", "-auto-approve"); err != nil {
		return err
	}
	if err := s.sent(1); err != nil {
		return err
	}
	return s.terraform(ctx, noChanges, "plan", "-detailed-exitcode")
}

func destroy(ctx context.Context, s *stage) error {
	if err := os.Remove(filepath.Join(s.dir, "import.tf")); err != nil {
		return err
	}
	if err := s.terraform(ctx, 0, "destroy", "-auto-approve"); err != nil {
		return err
	}
	if err := s.sent(6); err != nil {
		return err
	}
	return s.holds(map[string]bool{
		"1001/sms": false, "1001/whatsapp": false, "1002/sms": false, "1002/whatsapp": false,
		"1003/sms": false, "1004/sms": false,
	})
}

// configure sets the variables of the configuration.
func (s *stage) configure(variables string) error {
	return os.WriteFile(filepath.Join(s.dir, "terraform.tfvars"), []byte(variables), 0o600)
}

// sent checks how many channels were set since it was last asked, and forgets all requests.
func (s *stage) sent(want int) error {
	got := s.fake.Count(altegiotest.OpUpdateChannel)
	s.fake.ResetJournal()
	fmt.Fprintf(s.out, "  => Altegio received %d change(s).\n", got)
	if got != want {
		return fmt.Errorf("%d changes were sent instead of %d", got, want)
	}
	return nil
}

// holds checks that the fake's channels, named location/slug, are those wanted.
func (s *stage) holds(want map[string]bool) error {
	got := make(map[string]bool)
	for key := range want {
		location, slug, _ := strings.Cut(key, "/")
		var id int64
		if _, err := fmt.Sscan(location, &id); err != nil {
			return err
		}
		if available, set := s.fake.Channel(id, application, slug); set {
			got[key] = available
		}
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("Altegio holds %v instead of %v", got, want)
	}
	return nil
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ConnectionBlock reads an altegio_location_application.
func ConnectionBlock(name string, location, application int) string {
	return fmt.Sprintf(`
data "altegio_location_application" %q {
  location_id    = %d
  application_id = %d
}
`, name, location, application)
}

// InstallationType is the type of installations.
const InstallationType = "altegio_location_application"

// A VirtualSleep lets time pass without waiting.
type VirtualSleep struct {
	mu    sync.Mutex
	Waits []time.Duration
	// During is called in each wait, with the time that passed before it.
	During func(passed time.Duration)
}

// Sleep returns at once, as if d had passed, and fails as a sleep until the deadline of ctx would.
func (s *VirtualSleep) Sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	passed := s.Passed()
	if s.During != nil {
		s.During(passed)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Now().Add(passed+d).After(deadline) {
		return context.DeadlineExceeded
	}
	s.Waits = append(s.Waits, d)
	return nil
}

// Passed returns the sum of all waits.
func (s *VirtualSleep) Passed() (sum time.Duration) {
	for _, d := range s.Waits {
		sum += d
	}
	return sum
}

// An ImpatientProvider is the provider with a test's sleep function.
type ImpatientProvider struct {
	framework.Provider
	Sleep func(context.Context, time.Duration) error
}

// Resources implements provider.Provider.
func (p ImpatientProvider) Resources(ctx context.Context) []func() resource.Resource {
	constructors := p.Provider.Resources(ctx)
	for i, construct := range constructors {
		constructors[i] = func() resource.Resource {
			r := construct()
			setSleep(r, p.Sleep)
			return r
		}
	}
	return constructors
}

// ConnectionIdentityType is the type of the identity of resources that belong to an application at a
// location.
var ConnectionIdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{
	"location_id": tftypes.Number, "application_id": tftypes.Number,
}}

// InstallationNamed declares an altegio_location_application.
func InstallationNamed(name string, location, application int, more ...string) string {
	arguments := map[string]string{"location_id": fmt.Sprint(location), "application_id": fmt.Sprint(application)}
	for _, argument := range more {
		key, value, _ := strings.Cut(argument, "=")
		arguments[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return Block(`resource "altegio_location_application" `+Quoted(name), arguments)
}

// setSleep makes an installation wait with sleep.
func setSleep(r resource.Resource, sleep func(context.Context, time.Duration) error) {
	if l, ok := r.(interface {
		SleepWith(func(context.Context, time.Duration) error)
	}); ok {
		l.SleepWith(sleep)
	}
}

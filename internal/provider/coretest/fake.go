// SPDX-License-Identifier: MPL-2.0

package coretest

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// NewFake serves a fake Altegio for one test, with altegiotest.DefaultSeed unless options change that.
func NewFake(t *testing.T, options ...altegiotest.Option) *altegiotest.Server {
	t.Helper()
	fake := altegiotest.NewServer(options...)
	t.Cleanup(fake.Close)
	return fake
}

// Sent checks which requests the fake has received since the last check. It can check a plan or a state.
type Sent struct {
	Fake *altegiotest.Server
	Want map[string]int
}

// NothingSent checks that the fake has received nothing.
func NothingSent(fake *altegiotest.Server) Sent { return Sent{Fake: fake} }

func (s Sent) check() error {
	got := s.Fake.Counts()
	s.Fake.ResetJournal()
	want := s.Want
	if want == nil {
		want = map[string]int{}
	}
	if !maps.Equal(got, want) {
		return fmt.Errorf("the API received %v, want %v", got, want)
	}
	return nil
}

// CheckPlan implements plancheck.PlanCheck.
func (s Sent) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = s.check()
}

// CheckState implements statecheck.StateCheck.
func (s Sent) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = s.check()
}

// Now runs the check.
func (s Sent) Now(t *testing.T) {
	t.Helper()
	if err := s.check(); err != nil {
		t.Error(err)
	}
}

// StateFunc is an arbitrary check that runs where state is checked.
type StateFunc func() error

// CheckState implements statecheck.StateCheck.
func (f StateFunc) CheckState(_ context.Context, _ statecheck.CheckStateRequest, resp *statecheck.CheckStateResponse) {
	resp.Error = f()
}

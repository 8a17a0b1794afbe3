// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	tf "github.com/altegio/terraform-provider-altegio/internal/terraformtest"
)

// HarnessBlock is the provider block for a fake.
func HarnessBlock(fake *altegiotest.Server) tf.Attrs {
	return tf.Attrs(FakeArgs(fake, Args{"user_token": altegiotest.DefaultUserToken, "validate": true}))
}

// TypeName is the resource type of an address.
func TypeName(addr string) string {
	typ, _, _ := strings.Cut(addr, ".")
	return typ
}

// PlanAll plans a configuration with only these resources.
func (r Rig) PlanAll(t *testing.T, resources ...tf.Resource) *tf.Plan {
	t.Helper()
	r.Config.Resources = resources
	r.Fake.ResetJournal()
	return r.Plan()
}

// ExpectCounts fails the test unless the fake received so many requests of each operation since the last look.
func (r Rig) ExpectCounts(t *testing.T, want map[string]int) {
	t.Helper()
	if got := r.Fake.Counts(); !maps.Equal(got, want) {
		t.Errorf("asked %v, want %v", got, want)
	}
}

// A Specimen is an example of a resource type, for the rules that apply to all types.
type Specimen struct {
	Typ    string
	Attrs  tf.Attrs
	Change tf.Attrs // attributes that an update in place changes, with other values; nil if none can be
	Other  tf.Attrs // attributes of a resource about something else
	Writes []string // the operations that change something

	ID       string   // of an import, "" if there is none
	Identity tf.Attrs // the same as an identity
	Before   func(*altegiotest.Server)
	Unread   []string // the attributes that can't be read

	// Held is what Altegio has for the resource.
	Held    func(*altegiotest.Server) any
	Keeps   bool   // a destroy changes nothing
	Money   bool   // is not sent again automatically when it is in doubt
	Nothing any    // what Altegio has after a destroy
	Refused string // the error of a plan for a rename without a moved block, where it refuses that
	// Warns is the summary of the warning of every plan that sends something.
	Warns string
	// Forget removes what a destroy leaves, if it prevents another create.
	Forget func(*altegiotest.Server)
}

// Resource is the specimen as a resource, with more or other attributes.
func (s Specimen) Resource(name string, more ...tf.Attrs) tf.Resource {
	attrs := maps.Clone(s.Attrs)
	for _, m := range more {
		maps.Copy(attrs, m)
	}
	return tf.Resource{Addr: s.Typ + "." + name, Attrs: attrs}
}

// Hasty serves the provider without the wait for further findings, and with one request at a time, so that
// every run is reproducible.
func Hasty() (tfprotov6.ProviderServer, error) {
	return provider.ServerWith("1.2.3-test", provider.Options{InFlight: 1})()
}

// A Rig is a workspace and its fake.
type Rig struct {
	*tf.Workspace
	Fake   *altegiotest.Server
	Forget func(*altegiotest.Server)
}

// Fresh returns an empty workspace with the same fake.
func (r Rig) Fresh() Rig {
	return Rig{tf.New(tf.NewProvider(Hasty), HarnessBlock(r.Fake)), r.Fake, r.Forget}
}

// Must applies, and fails on an error.
func (r Rig) Must(resources ...tf.Resource) error {
	r.Config.Resources = resources
	r.Fake.ResetJournal()
	if err := r.Apply(tf.Run{Parallelism: 1}).Err(); err != nil {
		return fmt.Errorf("the apply fails: %w", err)
	}
	if len(resources) == 0 && r.Forget != nil {
		r.Forget(r.Fake)
	}
	return nil
}

// Reordered applies a new order of a list. Only after a refresh does the provider know that a plan can keep
// the old order; without one, the plan has the new order, and its apply sends nothing.
func (r Rig) Reordered() error {
	r.Fake.ResetJournal()
	result := r.Apply(tf.Run{NoRefresh: true})
	if writes := r.Written(); len(writes) > 0 {
		return fmt.Errorf("another order sends %v", writes)
	}
	return result.Err()
}

// Settled fails unless a plan has nothing to do and an apply sends nothing.
func (r Rig) Settled() error {
	for _, run := range []tf.Run{{}, {NoRefresh: true}} {
		r.Fake.ResetJournal()
		result := r.Apply(run)
		if err := result.Err(); err != nil {
			return err
		}
		if actions := result.Plan.Actions(); len(actions) > 0 {
			return fmt.Errorf("the plan is not empty: %v", actions)
		}
		if writes := r.Written(); len(writes) > 0 {
			return fmt.Errorf("an empty plan sends %v", writes)
		}
	}
	return nil
}

// Written returns the requests since the last step that change something.
func (r Rig) Written() []string {
	var writes []string
	for _, request := range r.Fake.Requests() {
		if request.Method != http.MethodGet {
			writes = append(writes, request.Operation+" "+request.Path+" "+string(request.Body))
		}
	}
	return writes
}

// Lose drops the answers of operations after their effect.
func (r Rig) Lose(operations []string) {
	for _, operation := range operations {
		r.Fake.Fail(altegiotest.Fault{Operation: operation, AfterEffect: true, Drop: true})
	}
}

// Holds compares the data of the fake with the wanted data.
func (r Rig) Holds(s Specimen, want any) error {
	if got := s.Held(r.Fake); !reflect.DeepEqual(got, want) {
		return fmt.Errorf("held are %v, want %v", got, want)
	}
	return nil
}

// Back declares what was declared before a lost response. Unless it is money, it is sent again.
func (r Rig) Back(s Specimen, held any) error {
	r.Fake.ClearFaults()
	r.Config.Resources = []tf.Resource{s.Resource("a")}
	for _, run := range []tf.Run{{NoRefresh: true}, {}} {
		if plan := r.Plan(run); len(plan.Actions()) == 0 && len(plan.Diagnostics) == 0 && !reflect.DeepEqual(held, s.Held(r.Fake)) {
			return fmt.Errorf("the plan is empty, and Altegio holds %v", s.Held(r.Fake))
		}
	}
	if s.Money {
		return nil
	}
	return errors.Join(r.Must(s.Resource("a")), r.Holds(s, held), r.Settled())
}

// SentOff returns the number of requests that make a channel unavailable at a location.
func (r Rig) SentOff(location int) int {
	return len(slices.DeleteFunc(r.Written(), func(w string) bool {
		return !strings.Contains(w, fmt.Sprintf(`"salon_id":%d,`, location)) || !strings.Contains(w, `"is_available":false`)
	}))
}

// ApplyAll applies a configuration with only these resources.
func (r Rig) ApplyAll(t *testing.T, resources ...tf.Resource) *tf.Result {
	t.Helper()
	r.Config.Resources = resources
	r.Fake.ResetJournal()
	return r.Apply()
}

// MustApply is ApplyAll, which must not fail.
func (r Rig) MustApply(t *testing.T, resources ...tf.Resource) *tf.Result {
	t.Helper()
	result := r.ApplyAll(t, resources...)
	if err := result.Err(); err != nil {
		t.Fatalf("%v\n%s", err, r.History())
	}
	return result
}

// ExpectChannels compares the channels at the fake, and expects an empty plan.
func (r Rig) ExpectChannels(t *testing.T, want map[int64]bool) {
	t.Helper()
	for location, available := range want {
		if got, _ := r.Fake.Channel(location, 456, "sms"); got != available {
			t.Errorf("channel %d is %t, want %t\n%s", location, got, available, r.History())
		}
	}
	if plan := r.Plan(); plan.Err() != nil || len(plan.Actions()) > 0 {
		t.Errorf("the plan is not empty: %v, %v\n%s", plan.Actions(), plan.Err(), r.History())
	}
}

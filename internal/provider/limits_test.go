// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// Ctrl-C in the middle of an apply: requests in flight are waited for and recorded in the state, nothing
// more is sent, and the next apply does the rest.
func TestInterruptedApply(t *testing.T) {
	t.Parallel()
	const channels = 30
	fake := coretest.NewFake(t, altegiotest.WithLatency(300*time.Millisecond))
	ids := fake.AddLocations(channels, 456)
	c := providertest.NewCLI(t)
	c.Config(providertest.ProviderBlock(fake, "requests_per_second = 5", "requests_per_minute = 200"), providertest.Many(ids))

	c.Interrupt(func() bool { return fake.Count(altegiotest.OpUpdateChannel) >= 7 }, "apply", "-auto-approve", "-no-color")
	done := len(fake.Channels())
	if done < 7 || done >= channels {
		t.Fatalf("%d of %d channels were set: the apply was not interrupted half way", done, channels)
	}
	stateIsFake(t, c, fake)

	fake.ResetJournal()
	c.MustRun("apply", "-auto-approve", "-no-color", "-refresh=false")
	coretest.Sent{Fake: fake, Want: providertest.Created(channels - done)}.Now(t)
	stateIsFake(t, c, fake)
}

// Ctrl-C while everything waits: the waiting ends, nothing more is sent, and the state has what was
// applied. Otherwise the second request would follow after a minute.
func TestInterruptedWait(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		limit string // "" is what the first channel takes
		fault altegiotest.Fault
	}{
		"for the limit": {"", altegiotest.Fault{}},
		"in a pause":    {"requests_per_minute = 0", altegiotest.Fault{Skip: 1, Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"60"}}}},
		"for a retry":   {"requests_per_minute = 0", altegiotest.Fault{Skip: 1, Status: http.StatusServiceUnavailable, Header: http.Header{"Retry-After": {"60"}}}},
	} {
		for kind, config := range map[string]string{
			"channels": providertest.ChannelNamed("a", 1001, 456, "sms", true) + strings.Replace(providertest.ChannelNamed("b", 1002, 456, "sms", true),
				"}", "  depends_on = [altegio_application_channel.a]\n}", 1),
			"a fleet": providertest.FleetBlock("available_at = [1001, 1002]"),
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				fake := coretest.NewFake(t)
				limit, fault := test.limit, test.fault
				fault.Operation = altegiotest.OpUpdateChannel
				fake.Fail(fault)
				switch {
				case limit == "" && kind == "channels":
					limit = "requests_per_minute = 2" // a question about the installation comes first
				case limit == "":
					limit = "requests_per_minute = 1"
				}
				c := providertest.NewCLI(t, "TF_LOG_PROVIDER=INFO", "TF_LOG_PATH=trace.log")
				c.Config(providertest.ProviderBlock(fake, limit, "max_retries = 4"), config)
				waits := func() bool {
					log, _ := os.ReadFile(filepath.Join(c.Dir, "trace.log"))
					return bytes.Contains(log, []byte("Waiting before an Altegio request"))
				}
				c.Interrupt(waits, "apply", "-auto-approve", "-no-color")
				if n := fake.Count(altegiotest.OpUpdateChannel); n > 2 {
					t.Errorf("%d requests were sent: the wait did not end", n)
				}
				if got, want := c.Channels(), map[string]bool{"1001/456/sms": true}; kind == "channels" && !maps.Equal(got, want) {
					t.Errorf("the state holds %v, want %v", got, want)
				}
				if kind == "a fleet" {
					got, _ := c.Fleet()
					if !maps.Equal(got, providertest.FleetOf(fake)) || len(got) != 1 {
						t.Errorf("the state holds %v, the fake %v", got, providertest.FleetOf(fake))
					}
				}
			})
		}
	}
}

// envLimits, if set, runs the tests that wait as long as the limits of the API require.
const envLimits = "ALTEGIO_TEST_LIMITS"

func requireLimits(t *testing.T) {
	t.Helper()
	if os.Getenv(envLimits) == "" {
		t.Skip("waits for real: set " + envLimits + ", as make test-limits does")
	}
}

// With the documented limits, the API rarely answers 429. The client's tests check in virtual time that it
// never does, and that 300 channels take at most 1.05 of the shortest time; internal/bench measures it.
// This machine may be busy.
func TestLimits_Kept(t *testing.T) {
	t.Parallel()
	requireLimits(t)
	const channels = 300
	fake := coretest.NewFake(t, altegiotest.WithLimits(altegiotest.Limits{PerSecond: 5, PerMinute: 200}))
	ids := fake.AddLocations(channels, 456)
	c := providertest.NewCLI(t)
	c.Config(providertest.ProviderBlock(fake, "requests_per_second = 5", "requests_per_minute = 200", "max_retries = 4"), providertest.Many(ids))
	c.MustRun("apply", "-auto-approve", "-no-color")
	requests := fake.Requests()
	refused := 0
	for _, r := range requests {
		if r.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused > channels/10 {
		t.Errorf("%d of %d requests were one too many", refused, len(requests))
	}
	stateIsFake(t, c, fake)
}

// Runs that share an IP address share the limit without knowing about each other: none fails, and the state
// has a refused request like any other. Every second run declares a fleet. internal/bench and the tests of
// internal/altegio show how much of the limit they use.
func TestLimits_ParallelRuns(t *testing.T) {
	t.Parallel()
	requireLimits(t)
	for _, test := range []struct{ runs, channels int }{{4, 100}, {8, 12}} {
		t.Run(fmt.Sprintf("%d of %d", test.runs, test.channels), func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithLimits(altegiotest.Limits{PerSecond: 5, PerMinute: 200}))
			outputs := make(chan string, test.runs)
			var all []int64
			for i := range test.runs {
				ids := fake.AddLocations(test.channels, 456)
				all = append(all, ids...)
				declared := providertest.Many(ids)
				if i%2 == 1 {
					declared = providertest.FleetBlock(providertest.AvailableAt(ids))
				}
				c := providertest.NewCLI(t)
				c.Config(providertest.ProviderBlock(fake, "requests_per_second = 5", "requests_per_minute = 200", "max_retries = 4"), declared)
				go func() {
					out, ok := c.Run("apply", "-auto-approve", "-no-color")
					if ok {
						out = ""
					}
					outputs <- out
				}()
			}
			for range test.runs {
				if out := <-outputs; out != "" {
					t.Errorf("a run failed:\n%s", out)
				}
			}
			providertest.ExpectFake(t, fake, providertest.Everywhere(all, true))
			accepted := 0
			for _, r := range fake.Requests() {
				if r.Operation == altegiotest.OpUpdateChannel && r.StatusCode != http.StatusTooManyRequests {
					accepted++
				}
			}
			if accepted != len(all) {
				t.Errorf("%d requests were let in for %d channels", accepted, len(all))
			}
		})
	}
}

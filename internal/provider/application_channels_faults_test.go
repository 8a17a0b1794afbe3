// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// What fails at some locations does not keep the others from being set, is said once, and is all
// that is left to do. Terraform calls what was not created completely tainted, and replaces it: that
// must neither make a channel unavailable in between nor set one twice.
func TestApplicationChannelsResource_someFail(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(60, 456)
	uninstalled, broken, fine := ids[:25], ids[25:28], ids[28:]
	for _, id := range uninstalled {
		fake.Uninstall(id, 456)
	}
	heal := failAt(fake, altegiotest.Fault{Status: http.StatusInternalServerError}, broken...)
	c := newCLI(t)
	// At one host, lest what is not installed be asked about at the other.
	c.config(providerBlock(fake, "app_url="+quoted(fake.APIURL())), fleetBlock(availableAt(ids)))
	out := c.mustFail("apply", "-auto-approve", "-no-color")
	sent{fake, posts(60)}.now(t)
	if n := strings.Count(out, "\nError: "); n != 4 {
		t.Errorf("%d errors, want one for each of two kinds of failure, one that sums up, and one that says how to go on:\n%s", n, out)
	}
	expectText(t, out,
		"Cannot set the channel at 25 locations", "Cannot set the channel at 3 locations",
		"locations 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023, 1024, 1025, "+
			"1026, 1027, 1028, 1029, 1030 and 5 more.",
		"locations 1036, 1037, 1038.",
		"Of 60 locations to change, 32 are done, 28 failed and 0 were not tried.")
	if got, unknown := c.fleet(); !maps.Equal(got, everywhere(fine, true)) || unknown != len(broken) {
		t.Errorf("the state holds %v and %d unknown values, want %v and %d", got, unknown, fine, len(broken))
	}
	expectFake(t, fake, everywhere(fine, true))

	heal()
	for _, id := range uninstalled {
		fake.Install(id, 456, altegiotest.StatusActive)
	}
	out = c.mustRun("plan", "-no-color", "-out=plan")
	expectText(t, out, "(32 unchanged elements hidden)", `+ "1011" = true`, `~ "1036" = null -> true`)
	fake.ResetJournal()
	c.mustRun("apply", "-no-color", "plan")
	sent{fake, posts(28)}.now(t)
	c.expectFleet(everywhere(ids, true))
	expectFake(t, fake, everywhere(ids, true))
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
}

// A change that fails at some locations is no replacement, and the rest of it stays to be done.
func TestApplicationChannelsResource_changeFails(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(6, 456)
	c := newInProcess(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[:4])))
	c.mustRun("apply", "-auto-approve", "-no-color")

	// Two leave and two come; one of each is refused.
	want := everywhere(ids[2:], true)
	heal := failAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, ids[0], ids[4])
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[2:])))
	expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), "Cannot set the channel at 2 locations",
		"Of 4 locations to change, 2 are done, 2 failed and 0 were not tried.")
	partly := maps.Clone(want)
	partly[ids[0]] = true
	delete(partly, ids[4])
	c.expectFleet(partly)

	heal()
	fake.ResetJournal()
	out := c.mustRun("apply", "-auto-approve", "-no-color")
	expectText(t, out, "will be updated in-place", "0 to add, 1 to change, 0 to destroy")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 2}}.now(t)
	c.expectFleet(want)

	// So does a destroy.
	heal = failAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, ids[5])
	expectText(t, c.mustFail("destroy", "-auto-approve", "-no-color"), "Of 4 locations to change, 3 are done, 1 failed")
	c.expectFleet(everywhere(ids[5:], true))
	heal()
	fake.ResetJournal()
	c.mustRun("destroy", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 1}}.now(t)
	expectFake(t, fake, everywhere(ids, false))
}

// An apply that gets nowhere stops before it has tried every location.
func TestApplicationChannelsResource_givesUp(t *testing.T) {
	t.Parallel()
	const locations = 300
	for name, test := range map[string]struct {
		fault altegiotest.Fault
		block []string
		most  int // locations tried
		texts []string
	}{
		"token":   {altegiotest.Fault{Status: http.StatusUnauthorized}, nil, inFlight, []string{"Check partner_token"}},
		"server":  {altegiotest.Fault{Status: http.StatusBadGateway}, nil, failuresInARow + inFlight, []string{"502 Bad Gateway"}},
		"foreign": {altegiotest.Fault{Status: http.StatusForbidden}, nil, failuresInARow + inFlight, []string{"belongs to another partner"}},
		"slug": {
			altegiotest.Fault{Status: http.StatusUnprocessableEntity, Body: `{"success":false,"meta":{"errors":{"channel_slug":["is unknown"]}}}`},
			nil, failuresInARow + inFlight,
			[]string{"of channel_slug it says: is unknown"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := newFake(t)
			ids := fake.AddLocations(locations, 456)
			fake.Fail(test.fault)
			c := newInProcess(t)
			c.config(providerBlock(fake, test.block...), fleetBlock(availableAt(ids)))
			out := c.mustFail("apply", "-auto-approve", "-no-color")
			expectText(t, out, test.texts...)
			if tried := fake.Count(altegiotest.OpUpdateChannel); tried > test.most {
				t.Errorf("%d locations were tried, want at most %d", tried, test.most)
			}
			if strings.Contains(out, "and 0 were not tried") {
				t.Errorf("nothing is left:\n%s", out)
			}
		})
	}
}

// Requests of a fleet do not wait for each other's answers.
func TestApplicationChannelsResource_severalInFlight(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	target, err := url.Parse(fake.URL())
	if err != nil {
		t.Fatal(err)
	}
	forward := httputil.NewSingleHostReverseProxy(target)
	var arrived atomic.Int64
	together := make(chan struct{})
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			// The first is not answered before there is a second.
			if arrived.Add(1) == 2 {
				close(together)
			}
			select {
			case <-together:
			case <-time.After(20 * time.Second):
				t.Error("one request waits for the answer to another")
			}
		}
		forward.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	p := newConfiguredProtocol(t, fake, args{"api_url": strings.Replace(fake.APIURL(), fake.URL(), front.URL, 1)})
	_, diags := p.changeFleet(instance{}, map[string]any{"1001": true, "1002": true, "1003": true})
	expectNone(t, diags)
	expectFake(t, fake, map[int64]bool{1001: true, 1002: true, 1003: true})
}

// With the network gone half way, what was done is in the state, and the next apply does the rest.
func TestApplicationChannelsResource_networkOut(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(200, 456)
	proxy, cut := cuttingProxy(t, fake.URL(), 60)
	c := newInProcess(t)
	through := func(base string) string { return strings.Replace(base, fake.URL(), proxy, 1) }
	c.config(providerBlock(fake, "api_url="+quoted(through(fake.APIURL())), "app_url="+quoted(through(fake.AppURL()))), fleetBlock(availableAt(ids)))
	out := c.mustFail("apply", "-auto-approve", "-no-color")
	if !cut() {
		t.Fatal("the network was not cut")
	}
	// It is not tried at every location.
	if !regexp.MustCompile(`and\s+[1-9]\d*\s+were\s+not\s+tried\.`).MatchString(out) {
		t.Errorf("it goes on without a network:\n%s", out)
	}
	if tried := strings.Count(out, "\nError: "); tried > 4 {
		t.Errorf("%d errors:\n%s", tried, out)
	}
	// What the fake holds is in the state, as set or, where the answer was lost, as unknown.
	done := fleetOf(fake)
	got, unknown := c.fleet()
	for id := range got {
		if !done[id] {
			t.Errorf("location %d is in the state, not in the fake", id)
		}
	}
	if missing := len(done) - len(got); missing < 0 || missing > unknown {
		t.Errorf("the fake has %d channels, the state %d and %d unknown", len(done), len(got), unknown)
	}

	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	fake.ResetJournal()
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: len(ids) - len(got)}}.now(t)
	expectFake(t, fake, everywhere(ids, true))
}

// Ctrl-C, or the end of a job's time, in the middle of a fleet: what was set is in the state, and the
// next apply does the rest and no more.
func TestApplicationChannelsResource_interrupted(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			fake := newFake(t, altegiotest.WithLatency(100*time.Millisecond))
			ids := fake.AddLocations(150, 456)
			c := newCLI(t)
			c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
			out := c.signal(signal, func() bool { return fake.Count(altegiotest.OpUpdateChannel) >= 30 }, "apply", "-auto-approve", "-no-color")
			done := fleetOf(fake)
			if len(done) < 30 || len(done) == len(ids) {
				t.Fatalf("%d of %d channels were set: the apply was not interrupted half way", len(done), len(ids))
			}
			expectText(t, out, "Of 150 locations to change,", "0 failed and")
			c.expectFleet(done)

			fake.ResetJournal()
			c.mustRun("apply", "-auto-approve", "-no-color")
			sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: len(ids) - len(done)}}.now(t)
			c.expectFleet(everywhere(ids, true))
			expectFake(t, fake, everywhere(ids, true))
		})
	}
}

// A request whose answer was lost is made up for by the next apply, whatever is declared by then: a
// location that was leaving goes on to leave.
func TestApplicationChannelsResource_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		first, second map[int64]bool // the change whose answer is lost at 1001, and what is declared next
		sends         bool           // the second apply sends something
	}{
		"leaves, and stays away":     {map[int64]bool{1002: true}, map[int64]bool{1002: true}, false},
		"leaves, and comes back":     {map[int64]bool{1002: true}, map[int64]bool{1001: true, 1002: true}, true},
		"is set, and stays":          {map[int64]bool{1001: false, 1002: true}, map[int64]bool{1001: false, 1002: true}, false},
		"is set, and leaves":         {map[int64]bool{1001: false, 1002: true}, map[int64]bool{1002: true}, false},
		"is set, and is set anew":    {map[int64]bool{1001: false, 1002: true}, map[int64]bool{1001: true, 1002: true}, true},
		"another one leaves as well": {map[int64]bool{1001: false}, map[int64]bool{1001: true}, true},
	} {
		for _, hadEffect := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, effect %t", name, hadEffect), func(t *testing.T) {
				t.Parallel()
				fake := newFake(t)
				c := newInProcess(t)
				c.config(providerBlock(fake), fleetBlock("available_at = [1001, 1002]"))
				c.mustRun("apply", "-auto-approve", "-no-color")

				heal := failAt(fake, altegiotest.Fault{Drop: true, AfterEffect: hadEffect}, 1001)
				c.config(providerBlock(fake), fleetBlock(availabilityArgument(test.first)))
				expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), "Altegio did not answer", "Applying again is safe")
				if _, unknown := c.fleet(); unknown != 1 {
					t.Errorf("the state has %d unknown values, want that of 1001", unknown)
				}
				heal()
				fake.ResetJournal()
				c.config(providerBlock(fake), fleetBlock(availabilityArgument(test.second)))
				c.mustRun("apply", "-auto-approve", "-no-color")
				want := body(1001, 456, "sms", test.sends)
				if got := posted(fake); !slices.Equal(got, []string{want}) {
					t.Errorf("sent %s, want %s", got, want)
				}
				c.expectFleet(test.second)
				expectText(t, c.mustRun("plan", "-no-color"), "No changes")
			})
		}
	}
}

// What a replacement that the user asks for could not set is neither taken for set nor forgotten.
func TestApplicationChannelsResource_replacementFails(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newInProcess(t)
	c.config(providerBlock(fake), fleetBlock("available_at = [1001, 1002, 1003]"))
	c.mustRun("apply", "-auto-approve", "-no-color")
	heal := failAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, 1002)
	expectText(t, c.mustFail("apply", "-auto-approve", "-no-color", "-replace="+testFleet),
		"Of 3 locations to change, 2 are done, 1 failed and 0 were not tried.")
	if got, unknown := c.fleet(); !maps.Equal(got, map[int64]bool{1001: true, 1003: true}) || unknown != 1 {
		t.Errorf("the state holds %v and %d unknown values", got, unknown)
	}
	heal()
	fake.ResetJournal()
	c.mustRun("destroy", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.now(t)
	expectFake(t, fake, map[int64]bool{1001: false, 1002: false, 1003: false})
}

// A destroy makes unavailable what was only imported too; where that fails, nothing is taken for set.
func TestApplicationChannelsResource_destroyOfImportFails(t *testing.T) {
	t.Parallel()
	fake := newFake(t, altegiotest.WithSeed(altegiotest.Seed{
		Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
	}))
	ids := fake.AddLocations(3, 456)
	c := newInProcess(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("import", "-no-color", testFleet, "456/sms")
	heal := failAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, ids[0])
	c.mustFail("destroy", "-auto-approve", "-no-color")
	if got, unknown := c.fleet(); len(got) != 0 || unknown != 1 {
		t.Errorf("the state holds %v and %d unknown values, want one of the latter", got, unknown)
	}
	heal()
	fake.ResetJournal()
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.now(t)
	expectFake(t, fake, everywhere(ids, true))
}

// Progress is in the log, in few lines.
func TestApplicationChannelsResource_progress(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(2*progressEvery+20, 456)
	c := newCLI(t, "TF_LOG_PROVIDER=INFO")
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	out := c.mustRun("apply", "-auto-approve", "-no-color")
	var got []string
	for _, line := range regexp.MustCompile("Setting channels:.*").FindAllString(out, -1) {
		done, left := regexp.MustCompile(`\bdone=(\d+)`).FindString(line), regexp.MustCompile(`\bleft=(\d+)`).FindString(line)
		got = append(got, done+" "+left)
	}
	if want := []string{"done=50 left=70", "done=100 left=20", "done=120 left=0"}; !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q:\n%s", got, want, out)
	}
}

// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

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

func TestApplicationChannelsResource_lifecycle(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(30, 456)
	c := newCLI(t)

	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, posts(30)}.now(t)
	expectFake(t, fake, everywhere(ids, true))
	c.expectFleet(everywhere(ids, true))
	if id := c.values(testFleet)["id"]; id != "456/sms" {
		t.Errorf("id is %v", id)
	}

	out := c.mustRun("plan", "-no-color", "-detailed-exitcode")
	expectText(t, out, "No changes")
	sent{fake, listings}.now(t)

	slices.Reverse(ids)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("plan", "-no-color", "-detailed-exitcode")
	sent{fake, listings}.now(t)

	// The same in its other form is no change for the API.
	want := everywhere(ids, true)
	c.config(providerBlock(fake), fleetBlock(availabilityArgument(want)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, listings}.now(t)

	// One changes, one leaves, one comes.
	want[ids[0]] = false
	delete(want, ids[1])
	want[1001] = true
	c.config(providerBlock(fake), fleetBlock(availabilityArgument(want)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.now(t)
	c.expectFleet(want)
	want[ids[1]] = false
	expectFake(t, fake, want)

	// What is known not to be available already needs no request.
	c.mustRun("destroy", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 29}}.now(t)
	ids = append(ids, 1001)
	expectFake(t, fake, everywhere(ids, false))
}

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
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
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
	c := newCLI(t)
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
			c := newCLI(t)
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
	c := newCLI(t)
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
				c := newCLI(t)
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
	c := newCLI(t)
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
	c := newCLI(t)
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

// Where the application is gone, refresh says so once and takes the locations out, so that the plan
// has them again. What the listing lacks is asked for before that.
func TestApplicationChannelsResource_uninstalled(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(40, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	for _, id := range ids[:22] {
		fake.Uninstall(id, 456)
	}
	fake.ResetJournal()
	out := c.mustRun("plan", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpInstallation: 22}}.now(t)
	if n := strings.Count(out, "Warning: Application"); n != 1 {
		t.Errorf("%d warnings, want 1", n)
	}
	expectText(t, out, "Application is no longer installed", "channel 456/sms at 22 locations: 1011, 1012,", "1030 and 2 more.",
		`+ "1011"`, "(18 unchanged elements hidden)", "0 to add, 1 to change, 0 to destroy")

	// Those that are no longer declared need no request.
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[22:])))
	c.mustRun("apply", "-auto-approve", "-no-color")
	if n := fake.Count(altegiotest.OpUpdateChannel); n != 0 {
		t.Errorf("%d channels were set, want none", n)
	}
	c.expectFleet(everywhere(ids[22:], true))

	// A destroy succeeds where the application went away unseen.
	fake.Uninstall(ids[39], 456)
	c.mustRun("destroy", "-auto-approve", "-no-color", "-refresh=false")
	expectFake(t, fake, everywhere(ids[22:39], false))
}

// A location that the listing lacks, but that has the application, stays. One whose status can't be
// had leaves the state as it was.
func TestApplicationChannelsResource_unlisted(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	const locations = 5 * inFlight
	ids := fake.AddLocations(locations, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	removeListing := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Body: `{"success":true,"data":[],"meta":[]}`})
	fake.ResetJournal()
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
	sent{fake, map[string]int{altegiotest.OpLocations: 2, altegiotest.OpInstallation: locations}}.now(t)

	removeStatus := fake.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: http.StatusInternalServerError})
	out := c.mustFail("plan", "-no-color")
	if n := strings.Count(out, "\nError: "); n != 1 {
		t.Errorf("%d errors, want 1:\n%s", n, out)
	}
	expectText(t, out, "Cannot read the installation of the channel")
	if n := fake.Count(altegiotest.OpInstallation); n >= 2*inFlight {
		t.Errorf("%d locations were asked for after the first had failed", n)
	}
	removeListing()
	removeStatus()
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpLocations, Status: http.StatusServiceUnavailable})
	expectText(t, c.mustFail("plan", "-no-color"), "Cannot list the locations of the application")
	fake.ClearFaults()
	c.expectFleet(everywhere(ids, true))
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")
}

// An import takes the connected locations. What they are set to is not known, and so the first apply
// sets what is declared; one that isn't declared is none of Terraform's business.
func TestApplicationChannelsResource_import(t *testing.T) {
	t.Parallel()
	fake := newFake(t, altegiotest.WithSeed(altegiotest.Seed{
		Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
	}))
	ids := fake.AddLocations(4, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[:3])), `
import {
  to = altegio_application_channels.test
  id = "456/sms"
}
`)
	// The plan shows what leaves the state like what is removed, so it says that it is not.
	out := c.mustRun("plan", "-no-color")
	expectText(t, out, fmt.Sprintf(`- "%d" = null -> null`, ids[3]),
		"Channel 456/sms is left as it is at 1 location", fmt.Sprintf("not declared by the configuration: %d.", ids[3]))
	sent{fake, map[string]int{altegiotest.OpLocations: 3}}.now(t)

	out = c.mustRun("apply", "-auto-approve", "-no-color")
	expectText(t, out, "1 imported, 0 added, 1 changed, 0 destroyed",
		"Channel 456/sms is left as it is at 1 location", fmt.Sprintf("not declared by the configuration: %d.", ids[3]))
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.now(t)
	c.expectFleet(everywhere(ids[:3], true))
	expectText(t, c.mustRun("plan", "-no-color"), "No changes")

	// It is none of its business either where the first apply fails, and that is said all the same.
	failAt(fake, altegiotest.Fault{Drop: true}, ids[0])
	c.mustRun("state", "rm", testFleet)
	fake.ResetJournal()
	out = c.mustFail("apply", "-auto-approve", "-no-color")
	expectText(t, out, "Channel 456/sms is left as it is at 1 location", "Of 3 locations to change, 2 are done, 1 failed")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.now(t)
	if got, unknown := c.fleet(); len(got) != 2 || unknown != 1 {
		t.Errorf("the state holds %v and %d unknown values", got, unknown)
	}
}

// Nor does replacing an import concern what is not declared.
func TestApplicationChannelsResource_importReplaced(t *testing.T) {
	t.Parallel()
	fake := newFake(t, altegiotest.WithSeed(altegiotest.Seed{
		Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
	}))
	ids := fake.AddLocations(3, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	c.mustRun("state", "rm", testFleet)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[:2])))
	c.mustRun("import", "-no-color", testFleet, "456/sms")
	fake.ResetJournal()
	out := c.mustRun("apply", "-auto-approve", "-no-color", "-replace="+testFleet)
	expectText(t, out, "Channel 456/sms is left as it is at 1 location")
	if n := len(posted(fake)); n != 2 {
		t.Errorf("%d requests set a channel, want 2", n)
	}
	expectFake(t, fake, everywhere(ids, true))
	c.expectFleet(everywhere(ids[:2], true))

	// It is an import no more: what is lost now is Terraform's to take away.
	failAt(fake, altegiotest.Fault{Drop: true}, ids[1])
	c.config(providerBlock(fake), fleetBlock(availabilityArgument(map[int64]bool{ids[0]: true, ids[1]: false})))
	c.mustFail("apply", "-auto-approve", "-no-color")
	fake.ClearFaults()
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[:1])))
	c.mustRun("apply", "-auto-approve", "-no-color")
	expectFake(t, fake, map[int64]bool{ids[0]: true, ids[1]: false, ids[2]: true})
}

// A fleet of channels that were managed one by one moves without a request that changes anything.
func TestApplicationChannelsResource_moveFromSingle(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{
		"as declared": `"456/sms/${jsonencode(local.availability)}"`,
		"all true":    `"456/sms/true"`,
		"by command":  "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if id != "" && cliPath() != "" {
				requireVersion(t, "1.7.0", "1.10.0") // for removed with a lifecycle
			}
			fake := newFake(t, altegiotest.WithSeed(altegiotest.Seed{
				Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
			}))
			ids := fake.AddLocations(12, 456)
			want := everywhere(ids, true)
			if name == "as declared" {
				want[ids[3]] = false
				delete(want, ids[4])
			}
			object, _ := json.Marshal(want)
			locals := fmt.Sprintf("\nlocals {\n  availability = %s\n}\n", object)
			c := newCLI(t)
			c.config(providerBlock(fake), locals, `
resource "altegio_application_channel" "sms" {
  for_each       = local.availability
  location_id    = each.key
  application_id = 456
  channel_slug   = "sms"
  is_available   = each.value
}
`)
			c.mustRun("apply", "-auto-approve", "-no-color")
			before := fleetOf(fake)
			fake.ResetJournal()

			moved := fmt.Sprintf(`
removed {
  from = altegio_application_channel.sms
  lifecycle {
    destroy = false
  }
}

import {
  to = altegio_application_channels.test
  id = %s
}
`, id)
			if id == "" {
				c.mustRun("state", "rm", "altegio_application_channel.sms")
				moved = ""
			}
			c.config(providerBlock(fake), locals, fleetBlock("availability = local.availability"), moved)
			if id == "" {
				c.mustRun("import", "-no-color", testFleet, "456/sms/"+string(object))
			}
			out := c.mustRun("apply", "-auto-approve", "-no-color")
			if n := fake.Count(altegiotest.OpUpdateChannel); n != 0 {
				t.Errorf("the move set %d channels, want none:\n%s", n, out)
			}
			if strings.Contains(out, "Destroying makes") || strings.Contains(out, "declared twice") {
				t.Errorf("the move warns:\n%s", out)
			}
			expectFake(t, fake, before)
			c.expectFleet(want)
			expectText(t, c.mustRun("plan", "-no-color"), "No changes")
		})
	}
}

func TestApplicationChannelsResource_importIsRefused(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	p := newConfiguredProtocol(t, fake, nil)
	for id, text := range map[string]string{
		"":                       "1 part instead of 2 or 3",
		"456":                    "1 part instead of 2 or 3",
		"0/sms":                  `application_id is "0"`,
		"456/email":              `channel_slug is "email"`,
		"456/sms/":               "neither true, nor false, nor a JSON object",
		"456/sms/null":           "neither true, nor false, nor a JSON object",
		"456/sms/yes":            "neither true, nor false, nor a JSON object",
		`456/sms/{"x":true}`:     `location id is "x"`,
		`456/sms/{"1001":null}`:  "null for location 1001",
		`456/sms/{"1001":1}`:     "neither true, nor false, nor a JSON object",
		`456/sms/{"1001":true}x`: "neither true, nor false, nor a JSON object",
	} {
		_, diags := p.importStateOf(testFleetType, id, nil)
		expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", text)
	}
	if n := len(fake.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	fake.AddApplication(altegiotest.Application{ID: 4242, Category: altegiotest.CategoryChatBots})
	_, diags := p.importStateOf(testFleetType, "4242/sms", nil)
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "", "not connected to any location")
	_, diags = p.importStateOf(testFleetType, "31337/sms", nil)
	expectOne(t, diags, tfprotov6.DiagnosticSeverityError, "application_id", "Cannot list the locations")
}

func TestApplicationChannelsResource_identity(t *testing.T) {
	t.Parallel()
	requireCLI(t)
	fake := newFake(t)
	ids := fake.AddLocations(3, 456)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: factories(),
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []resource.TestStep{
			{
				Config: providerBlock(fake) + fleetBlock(availableAt(ids)),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(testFleet, map[string]knownvalue.Check{
						"application_id": knownvalue.Int64Exact(456), "channel_slug": knownvalue.StringExact("sms"),
					}),
				},
			},
			{
				PreConfig:          fake.ResetJournal,
				ResourceName:       testFleet,
				ImportState:        true,
				ImportStateKind:    resource.ImportBlockWithResourceIdentity,
				ExpectNonEmptyPlan: true, // what is imported is not known, and so is set
				ImportPlanChecks: resource.ImportPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(testFleet, plancheck.ResourceActionUpdate), sent{fake, listings},
				}},
			},
		},
	})
}

// What replaces a fleet takes over from it what it can, and makes the rest unavailable.
func TestApplicationChannelsResource_replaced(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	ids := fake.AddLocations(5, 456)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock(availableAt(ids)))
	c.mustRun("apply", "-auto-approve", "-no-color")
	fake.ResetJournal()

	// A replacement that the user asks for sets everything again, and nothing is off in between.
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[1:])))
	c.mustRun("apply", "-auto-approve", "-no-color", "-replace="+testFleet)
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 5}}.now(t)
	want := everywhere(ids, true)
	want[ids[0]] = false
	expectFake(t, fake, want)
	c.expectFleet(everywhere(ids[1:], true))

	// Also when the new one is created first.
	c.config(providerBlock(fake), strings.Replace(fleetBlock(availableAt(ids[1:])), "}", "  lifecycle {\n    create_before_destroy = true\n  }\n}", 1))
	c.mustRun("apply", "-auto-approve", "-no-color", "-replace="+testFleet)
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 4}}.now(t)
	expectFake(t, fake, want)

	// Another channel is another fleet.
	c.config(providerBlock(fake), fleetBlock(availableAt(ids[1:]), `channel_slug = "whatsapp"`))
	c.mustRun("apply", "-auto-approve", "-no-color")
	sent{fake, map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 8}}.now(t)
	expectFake(t, fake, everywhere(ids, false))
	c.mustRun("destroy", "-auto-approve", "-no-color")
	for key, available := range fake.Channels() {
		if available {
			t.Errorf("%v is left available", key)
		}
	}
}

// A channel that is declared both ways, or moved without a removed block, is warned of.
func TestApplicationChannelsResource_overlap(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	fleet := fleetBlock("available_at = [1001, 1002]")
	c.config(providerBlock(fake), fleet, channelBlock(1001, 456, "sms", false), channelNamed("other", 1001, 456, "whatsapp", true))
	out := c.mustRun("plan", "-no-color")
	expectText(t, out, "Resources contradict each other", "channel 456/sms at 1 location: 1001.")
	if strings.Contains(out, "whatsapp at") {
		t.Errorf("another channel is warned of:\n%s", out)
	}

	c.config(providerBlock(fake), channelBlock(1001, 456, "sms", true))
	c.mustRun("apply", "-auto-approve", "-no-color")
	c.config(providerBlock(fake), fleet)
	expectText(t, c.mustRun("apply", "-auto-approve", "-no-color"), "Resources move without a moved block", "channel 456/sms at 1 location: 1001.")
	expectFake(t, fake, map[int64]bool{1001: true, 1002: true})
}

func TestApplicationChannelsResource_unknownValues(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	for _, argument := range []string{
		`available_at = [1001, terraform_data.id.output]`,
		`availability = { 1001 = true, (terraform_data.id.output) = true }`,
		`availability = { 1001 = true, 1002 = terraform_data.id.output == 1002 }`,
	} {
		c.config(providerBlock(fake), "resource \"terraform_data\" \"id\" {\n  input = 1002\n}\n", fleetBlock(argument))
		c.mustRun("apply", "-auto-approve", "-no-color")
		sent{fake, posts(2)}.now(t)
		c.expectFleet(map[int64]bool{1001: true, 1002: true})
		c.mustRun("destroy", "-auto-approve", "-no-color")
		fake.ResetJournal()
	}

	// What turns out to be no location id is refused before anything is sent.
	c.config(providerBlock(fake), "resource \"terraform_data\" \"id\" {\n  input = \"01002\"\n}\n",
		fleetBlock(`availability = { 1001 = true, (terraform_data.id.output) = true }`))
	expectText(t, c.mustFail("apply", "-auto-approve", "-no-color"), `a key is "01002", which is not a location id`)
	nothingSent(fake).now(t)
}

// Terraform panics over an error at the key of a map, where the key is written as a number.
func TestApplicationChannelsResource_nullAtNumber(t *testing.T) {
	t.Parallel()
	fake := newFake(t)
	c := newCLI(t)
	c.config(providerBlock(fake), fleetBlock("availability = { 1001 = true, 1002 = null }"))
	expectText(t, c.mustFail("plan", "-no-color"), "Error: Missing value", "the value for location 1002 is null")
	nothingSent(fake).now(t)
}

func TestApplicationChannelsResource_validate(t *testing.T) {
	t.Parallel()
	p := newConfiguredProtocol(t, newFake(t), nil)
	valid := args{"application_id": 456, "channel_slug": "sms"}
	with := func(more args) args {
		all := maps.Clone(valid)
		maps.Copy(all, more)
		return all
	}
	for name, test := range map[string]struct {
		config args
		at     string
		text   string
	}{
		"neither":     {with(nil), "", "Exactly one of these"},
		"id":          {with(args{"availability": map[string]any{"x1": true}}), "availability", `"x1", which is not a location id`},
		"one form":    {with(args{"availability": map[string]any{"01001": true, "1001": false}}), "availability", `"01001", which is not a location id`},
		"zero":        {with(args{"availability": map[string]any{"0": true}}), "availability", `"0", which is not a location id`},
		"null":        {with(args{"availability": map[string]any{"1001": nil}}), "availability", "the value for location 1001 is null"},
		"list":        {with(args{"available_at": []any{1001, 0}}), `("available_at").ElementKeyInt(1)`, "at least 1"},
		"slug":        {with(args{"available_at": []any{1001}, "channel_slug": "email"}), "channel_slug", "sms"},
		"application": {with(args{"available_at": []any{1001}, "application_id": 0}), "application_id", "at least 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expectOne(t, p.validateResource(testFleetType, test.config), tfprotov6.DiagnosticSeverityError, test.at, test.text)
		})
	}
	expectNone(t, p.validateResource(testFleetType, with(args{"available_at": []any{}})))
}

// SPDX-License-Identifier: MPL-2.0

package channel_test

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
	"github.com/altegio/terraform-provider-altegio/internal/provider/channel"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// A failure at some locations does not stop the others, is reported once, and only the rest remains to be
// done. Terraform marks a resource that was not created completely as tainted, and replaces it: that must
// neither make a channel unavailable in between nor set one twice.
func TestApplicationChannelsResource_someFail(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(60, 456)
	uninstalled, broken, fine := ids[:25], ids[25:28], ids[28:]
	for _, id := range uninstalled {
		fake.Uninstall(id, 456)
	}
	heal := providertest.FailAt(fake, altegiotest.Fault{Status: http.StatusInternalServerError}, broken...)
	c := providertest.NewCLI(t)
	// At one host, so that a 404 is not asked about at the other.
	c.Config(providertest.ProviderBlock(fake, "app_url="+providertest.Quoted(fake.APIURL())), providertest.FleetBlock(providertest.AvailableAt(ids)))
	out := c.MustFail("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: posts(60)}.Now(t)
	if n := strings.Count(out, "\nError: "); n != 4 {
		t.Errorf("%d errors, want one for each of two kinds of failure, one that sums up, and one that says how to go on:\n%s", n, out)
	}
	providertest.ExpectText(t, out,
		"Cannot set the channel at 25 locations", "Cannot set the channel at 3 locations",
		"locations 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1023, 1024, 1025, "+
			"1026, 1027, 1028, 1029, 1030 and 5 more.",
		"locations 1036, 1037, 1038.",
		"Of 60 locations to change, 32 are done, 28 failed and 0 were not tried.")
	if got, unknown := c.Fleet(); !maps.Equal(got, providertest.Everywhere(fine, true)) || unknown != len(broken) {
		t.Errorf("the state holds %v and %d unknown values, want %v and %d", got, unknown, fine, len(broken))
	}
	providertest.ExpectFake(t, fake, providertest.Everywhere(fine, true))

	heal()
	for _, id := range uninstalled {
		fake.Install(id, 456, altegiotest.StatusActive)
	}
	out = c.MustRun("plan", "-no-color", "-out=plan")
	providertest.ExpectText(t, out, "(32 unchanged elements hidden)", `+ "1011" = true`, `~ "1036" = null -> true`)
	fake.ResetJournal()
	c.MustRun("apply", "-no-color", "plan")
	coretest.Sent{Fake: fake, Want: posts(28)}.Now(t)
	c.ExpectFleet(providertest.Everywhere(ids, true))
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, true))
	providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
}

// A change that fails at some locations is no replacement, and the rest of it stays to be done.
func TestApplicationChannelsResource_changeFails(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(6, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[:4])))
	c.MustRun("apply", "-auto-approve", "-no-color")

	// Two leave and two come; one of each is refused.
	want := providertest.Everywhere(ids[2:], true)
	heal := providertest.FailAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, ids[0], ids[4])
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids[2:])))
	providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color"), "Cannot set the channel at 2 locations",
		"Of 4 locations to change, 2 are done, 2 failed and 0 were not tried.")
	partly := maps.Clone(want)
	partly[ids[0]] = true
	delete(partly, ids[4])
	c.ExpectFleet(partly)

	heal()
	fake.ResetJournal()
	out := c.MustRun("apply", "-auto-approve", "-no-color")
	providertest.ExpectText(t, out, "will be updated in-place", "0 to add, 1 to change, 0 to destroy")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 2}}.Now(t)
	c.ExpectFleet(want)

	// So does a destroy.
	heal = providertest.FailAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, ids[5])
	providertest.ExpectText(t, c.MustFail("destroy", "-auto-approve", "-no-color"), "Of 4 locations to change, 3 are done, 1 failed")
	c.ExpectFleet(providertest.Everywhere(ids[5:], true))
	heal()
	fake.ResetJournal()
	c.MustRun("destroy", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 1}}.Now(t)
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, false))
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
		"token":   {altegiotest.Fault{Status: http.StatusUnauthorized}, nil, core.InFlight, []string{"Check partner_token"}},
		"server":  {altegiotest.Fault{Status: http.StatusBadGateway}, nil, channel.FailuresInARow + core.InFlight, []string{"502 Bad Gateway"}},
		"foreign": {altegiotest.Fault{Status: http.StatusForbidden}, nil, channel.FailuresInARow + core.InFlight, []string{"belongs to another partner"}},
		"slug": {
			altegiotest.Fault{Status: http.StatusUnprocessableEntity, Body: `{"success":false,"meta":{"errors":{"channel_slug":["is unknown"]}}}`},
			nil, channel.FailuresInARow + core.InFlight,
			[]string{"of channel_slug it says: is unknown"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t)
			ids := fake.AddLocations(locations, 456)
			fake.Fail(test.fault)
			c := providertest.NewInProcess(t)
			c.Config(providertest.ProviderBlock(fake, test.block...), providertest.FleetBlock(providertest.AvailableAt(ids)))
			out := c.MustFail("apply", "-auto-approve", "-no-color")
			providertest.ExpectText(t, out, test.texts...)
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
	fake := coretest.NewFake(t)
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
	p := providertest.NewConfiguredProtocol(t, fake, providertest.Args{"api_url": strings.Replace(fake.APIURL(), fake.URL(), front.URL, 1)})
	_, diags := p.ChangeFleet(providertest.Instance{}, map[string]any{"1001": true, "1002": true, "1003": true})
	providertest.ExpectNone(t, diags)
	providertest.ExpectFake(t, fake, map[int64]bool{1001: true, 1002: true, 1003: true})
}

// With the network gone half way, what was done is in the state, and the next apply does the rest.
func TestApplicationChannelsResource_networkOut(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(200, 456)
	proxy, cut := providertest.CuttingProxy(t, fake.URL(), 60)
	c := providertest.NewInProcess(t)
	through := func(base string) string { return strings.Replace(base, fake.URL(), proxy, 1) }
	c.Config(providertest.ProviderBlock(fake, "api_url="+providertest.Quoted(through(fake.APIURL())), "app_url="+providertest.Quoted(through(fake.AppURL()))), providertest.FleetBlock(providertest.AvailableAt(ids)))
	out := c.MustFail("apply", "-auto-approve", "-no-color")
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
	// The state has the values of the fake: as set or, if the answer was lost, as unknown.
	done := providertest.FleetOf(fake)
	got, unknown := c.Fleet()
	for id := range got {
		if !done[id] {
			t.Errorf("location %d is in the state, not in the fake", id)
		}
	}
	if missing := len(done) - len(got); missing < 0 || missing > unknown {
		t.Errorf("the fake has %d channels, the state %d and %d unknown", len(done), len(got), unknown)
	}

	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	fake.ResetJournal()
	c.MustRun("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: len(ids) - len(got)}}.Now(t)
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, true))
}

// Ctrl-C, or the end of a job's time, in the middle of a fleet: what was set is in the state, and the
// next apply does the rest and no more.
func TestApplicationChannelsResource_interrupted(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			fake := coretest.NewFake(t, altegiotest.WithLatency(100*time.Millisecond))
			ids := fake.AddLocations(150, 456)
			c := providertest.NewCLI(t)
			c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
			out := c.Signal(signal, func() bool { return fake.Count(altegiotest.OpUpdateChannel) >= 30 }, "apply", "-auto-approve", "-no-color")
			done := providertest.FleetOf(fake)
			if len(done) < 30 || len(done) == len(ids) {
				t.Fatalf("%d of %d channels were set: the apply was not interrupted half way", len(done), len(ids))
			}
			providertest.ExpectText(t, out, "Of 150 locations to change,", "0 failed and")
			c.ExpectFleet(done)

			fake.ResetJournal()
			c.MustRun("apply", "-auto-approve", "-no-color")
			coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: len(ids) - len(done)}}.Now(t)
			c.ExpectFleet(providertest.Everywhere(ids, true))
			providertest.ExpectFake(t, fake, providertest.Everywhere(ids, true))
		})
	}
}

// The next apply repeats a request whose answer was lost, with the value that is declared then: a location
// that was leaving still leaves.
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
				fake := coretest.NewFake(t)
				c := providertest.NewInProcess(t)
				c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock("available_at = [1001, 1002]"))
				c.MustRun("apply", "-auto-approve", "-no-color")

				heal := providertest.FailAt(fake, altegiotest.Fault{Drop: true, AfterEffect: hadEffect}, 1001)
				c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(availabilityArgument(test.first)))
				providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color"), "Altegio did not answer", "Applying again is safe")
				if _, unknown := c.Fleet(); unknown != 1 {
					t.Errorf("the state has %d unknown values, want that of 1001", unknown)
				}
				heal()
				fake.ResetJournal()
				c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(availabilityArgument(test.second)))
				c.MustRun("apply", "-auto-approve", "-no-color")
				want := providertest.Body(1001, 456, "sms", test.sends)
				if got := providertest.Posted(fake); !slices.Equal(got, []string{want}) {
					t.Errorf("sent %s, want %s", got, want)
				}
				c.ExpectFleet(test.second)
				providertest.ExpectText(t, c.MustRun("plan", "-no-color"), "No changes")
			})
		}
	}
}

// A value that a requested replacement could not set is neither recorded as set nor forgotten.
func TestApplicationChannelsResource_replacementFails(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock("available_at = [1001, 1002, 1003]"))
	c.MustRun("apply", "-auto-approve", "-no-color")
	heal := providertest.FailAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, 1002)
	providertest.ExpectText(t, c.MustFail("apply", "-auto-approve", "-no-color", "-replace="+providertest.FleetAddress),
		"Of 3 locations to change, 2 are done, 1 failed and 0 were not tried.")
	if got, unknown := c.Fleet(); !maps.Equal(got, map[int64]bool{1001: true, 1003: true}) || unknown != 1 {
		t.Errorf("the state holds %v and %d unknown values", got, unknown)
	}
	heal()
	fake.ResetJournal()
	c.MustRun("destroy", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.Now(t)
	providertest.ExpectFake(t, fake, map[int64]bool{1001: false, 1002: false, 1003: false})
}

// A destroy also makes imported channels unavailable. If that fails, nothing is recorded as set.
func TestApplicationChannelsResource_destroyOfImportFails(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t, altegiotest.WithSeed(altegiotest.Seed{
		Applications: []altegiotest.Application{{ID: 456, Title: "Bot", Category: altegiotest.CategoryChatBots}},
	}))
	ids := fake.AddLocations(3, 456)
	c := providertest.NewInProcess(t)
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	c.MustRun("import", "-no-color", providertest.FleetAddress, "456/sms")
	heal := providertest.FailAt(fake, altegiotest.Fault{Status: http.StatusUnprocessableEntity}, ids[0])
	c.MustFail("destroy", "-auto-approve", "-no-color")
	if got, unknown := c.Fleet(); len(got) != 0 || unknown != 1 {
		t.Errorf("the state holds %v and %d unknown values, want one of the latter", got, unknown)
	}
	heal()
	fake.ResetJournal()
	c.MustRun("apply", "-auto-approve", "-no-color")
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpLocations: 3, altegiotest.OpUpdateChannel: 3}}.Now(t)
	providertest.ExpectFake(t, fake, providertest.Everywhere(ids, true))
}

// Progress is in the log, in few lines.
func TestApplicationChannelsResource_progress(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	ids := fake.AddLocations(2*channel.ProgressEvery+20, 456)
	c := providertest.NewCLI(t, "TF_LOG_PROVIDER=INFO")
	c.Config(providertest.ProviderBlock(fake), providertest.FleetBlock(providertest.AvailableAt(ids)))
	out := c.MustRun("apply", "-auto-approve", "-no-color")
	var got []string
	for _, line := range regexp.MustCompile("Setting channels:.*").FindAllString(out, -1) {
		done, left := regexp.MustCompile(`\bdone=(\d+)`).FindString(line), regexp.MustCompile(`\bleft=(\d+)`).FindString(line)
		got = append(got, done+" "+left)
	}
	if want := []string{"done=50 left=70", "done=100 left=20", "done=120 left=0"}; !slices.Equal(got, want) {
		t.Errorf("the log says %q, want %q:\n%s", got, want, out)
	}
}

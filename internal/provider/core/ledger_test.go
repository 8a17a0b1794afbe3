// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

func newTestLedger() *Ledger { return newLedger(newGatherer(new(Activity), 0)) }

var smsAt1001 = Matter{ChannelMatter, 1001, 456, "sms"}

func TestLedger_claimWaitsForARelease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newTestLedger()
		taken, done, err := l.Release(t.Context(), smsAt1001)
		if err != nil || len(taken) != 1 {
			t.Fatalf("got %v, %v", taken, err)
		}
		c := l.Claim(smsAt1001)
		defer c.Close()
		cancelled, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.Ready(cancelled, smsAt1001); err == nil {
			t.Error("who is cancelled goes on")
		}
		time.AfterFunc(2*time.Second, done)
		began := time.Now()
		if err := c.Ready(t.Context(), smsAt1001); err != nil || time.Since(began) != 2*time.Second {
			t.Errorf("it waits %s, want to the end of the other request: %v", time.Since(began), err)
		}
		if other, _, _ := l.Release(t.Context(), Matter{ChannelMatter, 1001, 456, "whatsapp"}); len(other) != 1 {
			t.Error("another channel is not released")
		}
	})
}

// A claimed matter is taken away only if the claim is given up.
func TestLedger_releaseWaitsForClaims(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settle func(*Claim)
		taken  int
	}{
		"set":      {func(c *Claim) { c.Settle(smsAt1001, true) }, 0},
		"refused":  {func(c *Claim) { c.Settle(smsAt1001, false) }, 1},
		"untried":  {func(c *Claim) { c.Close() }, 1},
		"set once": {func(c *Claim) { c.Settle(smsAt1001, true); c.Settle(smsAt1001, false) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newTestLedger()
				c := l.Claim(smsAt1001, smsAt1001)
				time.AfterFunc(time.Second, func() { test.settle(c) })
				cancelled, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				if _, _, err := l.Release(cancelled, smsAt1001); err == nil {
					t.Error("it did not wait")
				}
				began := time.Now()
				taken, done, err := l.Release(t.Context(), smsAt1001)
				if err != nil || len(taken) != test.taken || time.Since(began) > time.Second {
					t.Errorf("got %v, %v after %s, want %d", taken, err, time.Since(began), test.taken)
				}
				done()
			})
		})
	}
}

// Two resources that swap locations wait for each other's sets, and never for each other's waiting.
func TestLedger_noDeadlock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newTestLedger()
		at := func(location int64) Matter { return Matter{Kind: DiscountMatter, Location: location, Application: 456} }
		sets := map[int64]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, r := range []struct{ sets, leaves []Matter }{
			{[]Matter{at(1), at(2)}, []Matter{at(3), at(4)}},
			{[]Matter{at(4), at(3)}, []Matter{at(2), at(1)}},
		} {
			wg.Go(func() {
				c := l.Claim(r.sets...)
				defer c.Close()
				for _, m := range r.sets {
					if err := c.Ready(t.Context(), m); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Second)
					c.Settle(m, true)
				}
				taken, done, err := l.Release(t.Context(), r.leaves...)
				if err != nil {
					t.Error(err)
					return
				}
				defer done()
				mu.Lock()
				defer mu.Unlock()
				for _, m := range taken {
					sets[m.Location]++
				}
			})
		}
		wg.Wait()
		if len(sets) > 0 {
			t.Errorf("what moved was taken away: %v", sets)
		}
	})
}

func TestLedger_handOver(t *testing.T) {
	t.Parallel()
	l := newTestLedger()
	l.HandOver(smsAt1001, Handed{Value: "true", Untold: true})
	l.HandOver(Matter{ChannelMatter, 1002, 456, "sms"}, Handed{Value: "", Untold: true})
	l.HandOver(Matter{ChannelMatter, 1003, 456, "sms"}, Handed{Value: "true"})
	l.HandOver(Matter{ChannelMatter, 1001, 456, "whatsapp"}, Handed{Value: "true", Untold: true})
	if left, ok := l.TakeOver(smsAt1001); !ok || left.Value != "true" {
		t.Errorf("got %+v, %t", left, ok)
	}
	if _, ok := l.TakeOver(smsAt1001); ok {
		t.Error("it is taken over twice")
	}
	rest := l.TakeOverRest(ChannelMatter, 456, "sms")
	if len(rest) != 1 || rest[Matter{ChannelMatter, 1002, 456, "sms"}] != "" {
		t.Errorf("got %v, want what an untold resource left of this channel", rest)
	}
	if rest := l.TakeOverRest(ChannelMatter, 456, "sms"); len(rest) != 0 {
		t.Errorf("the rest is taken over twice: %v", rest)
	}
}

// A plan that declares and one that removes, in both orders.
func TestLedger_plan(t *testing.T) {
	t.Parallel()
	removed := func(destroyed bool) Removal {
		return Removal{Matter: smsAt1001, Value: "true", Leaves: "false", Destroyed: destroyed}
	}
	declared := func(value string, held, changes bool) Declaration {
		return Declaration{Matter: smsAt1001, Value: value, Held: held, Changes: changes}
	}
	const loss, move, twice, keeps = "takes away", "moved block", "given twice", "keeps what is removed"
	for name, test := range map[string]struct {
		r                          Removal
		d                          Declaration
		kept                       bool
		declaredFirst, removedLast string // the warning in this order, and in the other
	}{
		"destroyed, another has it": {removed(true), declared("true", true, false), true, keeps, loss},
		"left, another has it":      {removed(false), declared("true", true, false), false, loss, loss},
		"left, and read in another": {
			Removal{Matter: smsAt1001, Value: "true", Leaves: "false", shared: true}, declared("true", true, false), true, keeps, "",
		},
		"left, another sets it":         {removed(false), declared("true", true, true), false, "", ""},
		"renamed":                       {removed(true), declared("true", false, true), false, move, move},
		"moves":                         {removed(false), declared("true", false, true), false, move, move},
		"ends up the same":              {removed(false), declared("false", true, false), false, "", ""},
		"renamed and off":               {removed(true), declared("false", false, true), false, "", ""},
		"a discount is renamed":         {Removal{Matter: smsAt1001, Value: "10"}, declared("10", false, true), false, twice, twice},
		"a discount is another's":       {Removal{Matter: smsAt1001, Value: "10"}, declared("12", false, true), false, "", ""},
		"a discount that two have":      {Removal{Matter: smsAt1001, Value: "10", Destroyed: true}, declared("10", true, false), false, "", ""},
		"a discount that two have ends": {Removal{Matter: smsAt1001, Value: "10", Leaves: "0", Destroyed: true}, declared("10", true, false), true, keeps, loss},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect := func(order string, diags diag.Diagnostics, want string) {
				t.Helper()
				switch {
				case want == "" && len(diags) > 0, want != "" && len(diags) != 1:
					t.Errorf("%s: got %v, want %q", order, diags, want)
				case want != "" && !regexp.MustCompile(want+`(?s).*1001`).MatchString(diags[0].Summary()+diags[0].Detail()):
					t.Errorf("%s: it says %q, %q, want %q", order, diags[0].Summary(), diags[0].Detail(), want)
				}
			}
			l := newTestLedger()
			expect("first", l.declare(t.Context(), "a", []Declaration{test.d}), "")
			kept, diags := l.remove(t.Context(), "b", []Removal{test.r})
			if slices.Contains(kept, smsAt1001) != test.kept {
				t.Errorf("kept %v, want %t", kept, test.kept)
			}
			expect("declared first", diags, test.declaredFirst)

			l = newTestLedger()
			kept, diags = l.remove(t.Context(), "b", []Removal{test.r})
			if len(kept) > 0 != test.r.shared {
				t.Errorf("kept %v before anybody declared it", kept)
			}
			if !test.r.shared {
				expect("first", diags, "")
			}
			expect("removed first", l.declare(t.Context(), "a", []Declaration{test.d}), test.removedLast)
		})
	}
}

func TestLedger_disagreement(t *testing.T) {
	t.Parallel()
	l := newTestLedger()
	on := []Declaration{{Matter: smsAt1001, Value: "true"}}
	off := []Declaration{{Matter: smsAt1001, Value: "false"}}
	if diags := slices.Concat(l.declare(t.Context(), "a", on), l.declare(t.Context(), "b", on)); len(diags) > 0 {
		t.Errorf("two that agree are warned of: %v", diags)
	}
	if diags := l.declare(t.Context(), "c", []Declaration{{Matter: Matter{ChannelMatter, 1001, 456, "whatsapp"}, Value: "false"}}); len(diags) > 0 {
		t.Errorf("another channel is warned of: %v", diags)
	}
	l = newTestLedger()
	if diags := slices.Concat(l.declare(t.Context(), "a", on), l.declare(t.Context(), "a", off)); len(diags) > 0 {
		t.Errorf("one that is planned twice is warned of: %v", diags)
	}
	diags := l.declare(t.Context(), "b", on)
	if len(diags) != 1 || !strings.Contains(diags[0].Detail(), "channel 456/sms at 1 location: 1001.") {
		t.Errorf("got %v", diags)
	}
	if diags := l.declare(t.Context(), "c", on); len(diags) > 0 {
		t.Errorf("a location is named twice: %v", diags)
	}
}

// moment is as long as a run waits.
const moment = 300 * time.Millisecond

// A finding of hundreds of resources is one warning, however long Terraform takes and whatever else it does
// meanwhile.
func TestGatherer_flood(t *testing.T) {
	t.Parallel()
	for name, parallelism := range map[string]int{"by the CLI's default": 10, "two at a time": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := new(Activity)
				g := newGatherer(a, moment)
				var mu sync.Mutex
				var all diag.Diagnostics
				var wg sync.WaitGroup
				slots := make(chan struct{}, parallelism)
				for i := range int64(300) {
					wg.Go(func() {
						slots <- struct{}{}
						defer func() { <-slots }()
						defer a.Begin()()
						time.Sleep(time.Second) // reads its status
						diags := g.say(t.Context(), []finding{{what: foundMove, matter: Matter{ChannelMatter, 1001 + i, 456, "sms"}}})
						mu.Lock()
						defer mu.Unlock()
						all.Append(diags...)
					})
				}
				wg.Wait()
				if len(all) == 0 || len(all) > 3 {
					t.Fatalf("%d warnings, want one to three", len(all))
				}
				if want := "at 300 locations"; len(all) == 1 && !strings.Contains(all[0].Detail(), want) {
					t.Errorf("it says %q, want %q", all[0].Detail(), want)
				}
			})
		})
	}
}

// If nothing else is ever running, as with -parallelism=1, the wait ends.
func TestGatherer_alone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := new(Activity)
		g := newGatherer(a, moment)
		began := time.Now()
		for i := range int64(100) {
			end := a.Begin()
			if diags := g.say(t.Context(), []finding{{what: foundMove, matter: Matter{ChannelMatter, 1001 + i, 456, "sms"}}}); len(diags) != 1 {
				t.Fatalf("got %v", diags)
			}
			end()
		}
		if took := time.Since(began); took > enoughAlone*moment {
			t.Errorf("it waited for %s in all", took)
		}
	})
}

// Terraform drops the warnings of the second plan of a replacement: others must not leave theirs to it.
func TestGatherer_unheard(t *testing.T) {
	t.Parallel()
	g := newGatherer(new(Activity), 0)
	one := []finding{{what: foundKept, matter: smsAt1001}}
	if diags := g.say(Unheard(t.Context()), one); len(diags) > 0 {
		t.Errorf("unheard, it says %v", diags)
	}
	if diags := g.say(t.Context(), one); len(diags) != 1 {
		t.Errorf("after that, it says %v", diags)
	}
}

// An apply is not held up until everything else is done.
func TestGatherer_inAnApply(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		activity := new(Activity)
		g := newGatherer(activity, time.Second)
		activity.configure(nil)
		activity.Apply()
		defer activity.Begin()()
		defer activity.Begin()()
		began := time.Now()
		if diags := g.say(t.Context(), []finding{{what: foundKept, matter: smsAt1001}}); len(diags) != 1 {
			t.Errorf("it says %v", diags)
		}
		if took := time.Since(began); took != time.Second { // of virtual time
			t.Errorf("it waited for %s", took)
		}
	})
}

func TestGatherer_sentences(t *testing.T) {
	t.Parallel()
	kinds := []*FoundKind{
		foundDisagreement, foundLoss, foundKept, foundKeptUnseen, foundMove, foundRepetition, FoundReinstallation, foundUntoldReinstallation,
		foundUninstallation, foundUnlisted, foundUnconnected, foundPending, foundFreezed, foundUnbegun, foundUnchecked, foundTurnedOff,
		FoundForeign,
	}
	source, err := os.ReadFile("gather_diagnostics.go")
	if n := strings.Count(string(source), "&FoundKind{"); err != nil || n != len(kinds) {
		t.Errorf("there are %d kinds, and %d are checked: %v", n, len(kinds), err)
	}
	for _, what := range kinds {
		for _, m := range []Matter{
			smsAt1001,
			{Kind: DiscountMatter, Location: 1001, Application: 456},
			{Kind: "sender names", Location: 1001, Application: 456},
			{Kind: WebhookMatter, Location: 1001, Name: "https://bot.example.com"},
			{Kind: "webhook settings", Location: 1001},
			ConnectionID{1001, 456}.Matter(),
		} {
			where := fmt.Sprint(m.Location)
			if what == foundUnchecked { // of the whole application
				m.Kind = uncheckedMatter
				where = fmt.Sprint(m.Application)
			}
			diags := warnings([]finding{{what: what, matter: m}})
			coretest.CheckForm(t, diags)
			if len(diags) != 1 || !strings.Contains(diags[0].Detail(), where) {
				t.Errorf("%s, %v: got %v", what.Summary, m, diags)
			}
		}
	}
}

// privateOf is a private state with the note of an owner, as the framework writes it.
func privateOf(owner string) []byte {
	note, _ := json.Marshal(owner)
	private, _ := json.Marshal(map[string][]byte{string(ownerNote): note})
	return private
}

// A process that plans again, as under terraform test, forgets what it has set. What is under way stays, and so
// does what was planned since the last apply.
func TestLedger_anotherPlan(t *testing.T) {
	t.Parallel()
	const creates, destroys = true, true
	set := func(a *Activity, owner string) { a.Apply()(privateOf(owner)) }
	plan := func(a *Activity, owner string, creates, destroys, replaces bool) {
		a.Plan(privateOf(owner), creates, destroys)(replaces)
	}
	for name, test := range map[string]struct {
		before, next func(*Activity)
		another      bool
	}{
		"a read":                        {nil, func(a *Activity) { a.Refresh(privateOf("b")) }, false},
		"a read after an apply":         {func(a *Activity) { set(a, "a") }, func(a *Activity) { a.Refresh(privateOf("b")) }, true},
		"read twice":                    {func(a *Activity) { a.Refresh(privateOf("a")) }, func(a *Activity) { a.Refresh(privateOf("a")) }, true},
		"two reads of what has no note": {func(a *Activity) { a.Refresh(nil) }, func(a *Activity) { a.Refresh(nil) }, false},
		"planned after it was set":      {func(a *Activity) { set(a, "a") }, func(a *Activity) { plan(a, "a", false, false, false) }, true},
		"another is planned":            {func(a *Activity) { set(a, "a") }, func(a *Activity) { plan(a, "b", false, false, false) }, false},
		"planned to stay, then to go":   {func(a *Activity) { plan(a, "a", false, false, false) }, func(a *Activity) { plan(a, "a", false, destroys, false) }, true},
		"planned to stay, twice":        {func(a *Activity) { plan(a, "a", false, false, false) }, func(a *Activity) { plan(a, "a", false, false, false) }, false},
		"a deposed object goes":         {func(a *Activity) { set(a, "b") }, func(a *Activity) { plan(a, "a", false, destroys, false) }, false},
		"a replacement":                 {func(a *Activity) { plan(a, "a", false, false, true) }, func(a *Activity) { plan(a, "a", false, destroys, false) }, false},
		"a replacement that is asked for": {func(a *Activity) {
			plan(a, "a", false, false, false)
			plan(a, "a", creates, false, false)
		}, func(a *Activity) { plan(a, "a", false, destroys, false) }, false},
	} {
		activity := new(Activity)
		l := newLedger(newGatherer(activity, 0))
		activity.configure(l.another)
		done, pending := Matter{Kind: ChannelMatter, Location: 1}, Matter{Kind: ChannelMatter, Location: 2}
		claim := l.Claim(done, pending)
		claim.Settle(done, true)
		if test.before != nil {
			test.before(activity)
		}
		test.next(activity)
		if l.IsSet(done) == test.another {
			t.Errorf("%s: it begins another plan: %t", name, !test.another)
		}
		if claim.Settle(pending, true); !l.IsSet(pending) {
			t.Errorf("%s: it has forgotten what was under way", name)
		}
		claim.Close()
	}
}

// A creation is planned before anything is read: it belongs to the plan that the first read begins.
func TestLedger_anotherPlanBeginsWithACreation(t *testing.T) {
	t.Parallel()
	activity := new(Activity)
	l := newLedger(newGatherer(activity, 0))
	activity.configure(l.another)
	declare := func(owner string, location int64) {
		l.declare(t.Context(), owner, []Declaration{{Matter: Matter{Kind: ChannelMatter, Location: location}, Value: "true"}})
	}
	declare("old", 1)
	activity.Apply()(privateOf("old"))
	declare("new", 2)
	activity.Refresh(privateOf("old"))
	for location, want := range map[int64]int{1: 0, 2: 1} {
		if got := len(l.entry(Matter{Kind: ChannelMatter, Location: location}).declarations); got != want {
			t.Errorf("%d declarations at location %d, want %d", got, location, want)
		}
	}
}

// What an earlier plan in the same process declared does not contradict a creation, although that is planned
// before the first read.
func TestLedger_anotherPlanContradictsNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, same := range []bool{true, false} {
			activity := new(Activity)
			l := newLedger(newGatherer(activity, moment))
			activity.configure(l.another)
			declare := func(owner, value string) diag.Diagnostics {
				return l.declare(t.Context(), owner, []Declaration{{Matter: smsAt1001, Value: value}})
			}
			declare("old", "true")
			if !same {
				activity.Apply()(privateOf("old"))
			}
			said := make(chan diag.Diagnostics)
			go func() { said <- declare("new", "false") }()
			synctest.Wait()
			activity.Refresh(privateOf("old"))
			if diags := <-said; (len(diags) > 0) != same {
				t.Errorf("in the same plan %t, it says %v", same, diags)
			}
		}
	})
}

// A note that another resource has a channel is believed if this plan finds one. Otherwise the warning says that
// the note may be outdated.
func TestLedger_keptByANote(t *testing.T) {
	t.Parallel()
	removal := []Removal{{Matter: smsAt1001, Value: "true", Leaves: "false", Destroyed: true, shared: true}}
	for name, test := range map[string]struct {
		before func(*Ledger)
		want   *FoundKind
	}{
		"read by itself":      {func(l *Ledger) { l.read("a", smsAt1001, false) }, foundKeptUnseen},
		"another is read":     {func(l *Ledger) { l.read("b", smsAt1001, false) }, foundKept},
		"both are read":       {func(l *Ledger) { l.read("a", smsAt1001, false); l.read("b", smsAt1001, false) }, foundKept},
		"an apply reads none": {func(*Ledger) {}, foundKept},
		"another declares it": {func(l *Ledger) {
			l.read("a", smsAt1001, false)
			l.declare(t.Context(), "b", []Declaration{{Matter: smsAt1001, Value: "true", Held: true}})
		}, foundKept},
	} {
		l := newTestLedger()
		test.before(l)
		kept, diags := l.remove(t.Context(), "a", removal)
		if len(kept) != 1 || len(diags) != 1 || diags[0].Summary() != test.want.Summary {
			t.Errorf("%s: it keeps %v and says %v, want %q", name, kept, diags, test.want.Summary)
		}
	}
}

// What an object loses in this plan, as far as that is known when it is read, keeps on nothing of another.
func TestLedger_readOfWhatGoes(t *testing.T) {
	t.Parallel()
	for _, declares := range []bool{true, false} {
		l := newTestLedger()
		l.plansState("a")
		if declares {
			l.declare(t.Context(), "a", []Declaration{{Matter: smsAt1001, Value: "true", Held: true}})
		}
		l.read("a", smsAt1001, false)
		if shared := l.read("b", smsAt1001, false); shared != declares {
			t.Errorf("the other object declares it: %t, and it is shared: %t", declares, shared)
		}
	}
}

// A reinstallation is noticed in either order: the resource whose channel it removed finds out, or the
// resource that reads the installation warns.
func TestLedger_reinstallation(t *testing.T) {
	t.Parallel()
	installation := ConnectionID{Location: 1001, Application: 456}.Matter()
	const before, after = "2026-01-01 10:00:00", "2026-02-01 10:00:00"
	for _, test := range []struct {
		set, before, seen string
		reinstalled       bool
	}{
		{before, "", after, true},
		{before, "", before, false},
		{after, "", before, false},
		{"", "", after, false},
		{"", after, after, false},
		{"", before, after, true},
	} {
		l := newTestLedger()
		if diags := l.SawInstallation(t.Context(), installation, test.before, test.seen); len(diags) > 0 {
			t.Errorf("%v: read first, it says %v", test, diags)
		}
		if got := l.Expect(installation, smsAt1001, test.set); got != test.reinstalled {
			t.Errorf("%v: read first, a reinstallation is %t", test, got)
		}
		l = newTestLedger()
		if l.Expect(installation, smsAt1001, test.set) {
			t.Errorf("%v: a reinstallation that nobody has read", test)
		}
		if diags := l.SawInstallation(t.Context(), installation, test.before, test.seen); (len(diags) == 1) != test.reinstalled {
			t.Errorf("%v: read later, it says %v", test, diags)
		}
	}
}

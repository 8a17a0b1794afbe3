// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

func newTestLedger() *ledger { return newLedger(newGatherer(new(activity), 0)) }

var smsAt1001 = channelID{1001, 456, "sms"}.matter()

func TestLedger_claimWaitsForARelease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newTestLedger()
		taken, done, err := l.release(t.Context(), smsAt1001)
		if err != nil || len(taken) != 1 {
			t.Fatalf("got %v, %v", taken, err)
		}
		c := l.claim(smsAt1001)
		defer c.close()
		cancelled, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := c.ready(cancelled, smsAt1001); err == nil {
			t.Error("who is cancelled goes on")
		}
		time.AfterFunc(2*time.Second, done)
		began := time.Now()
		if err := c.ready(t.Context(), smsAt1001); err != nil || time.Since(began) != 2*time.Second {
			t.Errorf("it waits %s, want to the end of the other request: %v", time.Since(began), err)
		}
		if other, _, _ := l.release(t.Context(), channelID{1001, 456, "whatsapp"}.matter()); len(other) != 1 {
			t.Error("another channel is not released")
		}
	})
}

// What is claimed is taken away only if the claim is given up.
func TestLedger_releaseWaitsForClaims(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		settle func(*claim)
		taken  int
	}{
		"set":      {func(c *claim) { c.settle(smsAt1001, true) }, 0},
		"refused":  {func(c *claim) { c.settle(smsAt1001, false) }, 1},
		"untried":  {func(c *claim) { c.close() }, 1},
		"set once": {func(c *claim) { c.settle(smsAt1001, true); c.settle(smsAt1001, false) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newTestLedger()
				c := l.claim(smsAt1001, smsAt1001)
				time.AfterFunc(time.Second, func() { test.settle(c) })
				cancelled, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				if _, _, err := l.release(cancelled, smsAt1001); err == nil {
					t.Error("it did not wait")
				}
				began := time.Now()
				taken, done, err := l.release(t.Context(), smsAt1001)
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
		at := func(location int64) matter { return discountAt(456, location) }
		sets := map[int64]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, r := range []struct{ sets, leaves []matter }{
			{[]matter{at(1), at(2)}, []matter{at(3), at(4)}},
			{[]matter{at(4), at(3)}, []matter{at(2), at(1)}},
		} {
			wg.Go(func() {
				c := l.claim(r.sets...)
				defer c.close()
				for _, m := range r.sets {
					if err := c.ready(t.Context(), m); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Second)
					c.settle(m, true)
				}
				taken, done, err := l.release(t.Context(), r.leaves...)
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
	l.handOver(smsAt1001, "true", true)
	l.handOver(channelID{1002, 456, "sms"}.matter(), "", true)
	l.handOver(channelID{1003, 456, "sms"}.matter(), "true", false)
	l.handOver(channelID{1001, 456, "whatsapp"}.matter(), "true", true)
	if value, ok := l.takeOver(smsAt1001); !ok || value != "true" {
		t.Errorf("got %q, %t", value, ok)
	}
	if _, ok := l.takeOver(smsAt1001); ok {
		t.Error("it is taken over twice")
	}
	rest := l.takeOverRest(channelMatter, 456, "sms")
	if len(rest) != 1 || rest[channelID{1002, 456, "sms"}.matter()] != "" {
		t.Errorf("got %v, want what an untold resource left of this channel", rest)
	}
	if rest := l.takeOverRest(channelMatter, 456, "sms"); len(rest) != 0 {
		t.Errorf("the rest is taken over twice: %v", rest)
	}
}

// A plan that declares and one that removes, in both orders.
func TestLedger_plan(t *testing.T) {
	t.Parallel()
	removed := func(destroyed bool) removal {
		return removal{matter: smsAt1001, value: "true", leaves: "false", destroyed: destroyed}
	}
	declared := func(value string, held, changes bool) declaration {
		return declaration{matter: smsAt1001, value: value, held: held, changes: changes}
	}
	const loss, move, twice, keeps = "takes away", "moved block", "given twice", "keeps what is removed"
	for name, test := range map[string]struct {
		r                          removal
		d                          declaration
		kept                       bool
		declaredFirst, removedLast string // what is warned of in this order, and in the other
	}{
		"destroyed, another has it": {removed(true), declared("true", true, false), true, keeps, loss},
		"left, another has it":      {removed(false), declared("true", true, false), false, loss, loss},
		"left, and read in another": {
			removal{matter: smsAt1001, value: "true", leaves: "false", shared: true}, declared("true", true, false), true, keeps, "",
		},
		"left, another sets it":         {removed(false), declared("true", true, true), false, "", ""},
		"renamed":                       {removed(true), declared("true", false, true), false, move, move},
		"moves":                         {removed(false), declared("true", false, true), false, move, move},
		"ends up the same":              {removed(false), declared("false", true, false), false, "", ""},
		"renamed and off":               {removed(true), declared("false", false, true), false, "", ""},
		"a discount is renamed":         {removal{matter: smsAt1001, value: "10"}, declared("10", false, true), false, twice, twice},
		"a discount is another's":       {removal{matter: smsAt1001, value: "10"}, declared("12", false, true), false, "", ""},
		"a discount that two have":      {removal{matter: smsAt1001, value: "10", destroyed: true}, declared("10", true, false), false, "", ""},
		"a discount that two have ends": {removal{matter: smsAt1001, value: "10", leaves: "0", destroyed: true}, declared("10", true, false), true, keeps, loss},
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
			expect("first", l.declare(t.Context(), "a", []declaration{test.d}), "")
			kept, diags := l.remove(t.Context(), "b", []removal{test.r})
			if slices.Contains(kept, smsAt1001) != test.kept {
				t.Errorf("kept %v, want %t", kept, test.kept)
			}
			expect("declared first", diags, test.declaredFirst)

			l = newTestLedger()
			kept, diags = l.remove(t.Context(), "b", []removal{test.r})
			if len(kept) > 0 != test.r.shared {
				t.Errorf("kept %v before anybody declared it", kept)
			}
			if !test.r.shared {
				expect("first", diags, "")
			}
			expect("removed first", l.declare(t.Context(), "a", []declaration{test.d}), test.removedLast)
		})
	}
}

func TestLedger_disagreement(t *testing.T) {
	t.Parallel()
	l := newTestLedger()
	on := []declaration{{matter: smsAt1001, value: "true"}}
	off := []declaration{{matter: smsAt1001, value: "false"}}
	if diags := slices.Concat(l.declare(t.Context(), "a", on), l.declare(t.Context(), "b", on)); len(diags) > 0 {
		t.Errorf("two that agree are warned of: %v", diags)
	}
	if diags := l.declare(t.Context(), "c", []declaration{{matter: channelID{1001, 456, "whatsapp"}.matter(), value: "false"}}); len(diags) > 0 {
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

// What hundreds of resources have in common is one warning, however long Terraform takes over them and
// whatever else it does meanwhile.
func TestGatherer_flood(t *testing.T) {
	t.Parallel()
	for name, parallelism := range map[string]int{"by the CLI's default": 10, "two at a time": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := new(activity)
				g := newGatherer(a, gatherMoment)
				var mu sync.Mutex
				var all diag.Diagnostics
				var wg sync.WaitGroup
				slots := make(chan struct{}, parallelism)
				for i := range int64(300) {
					wg.Go(func() {
						slots <- struct{}{}
						defer func() { <-slots }()
						defer a.begin()()
						time.Sleep(time.Second) // reads its status
						diags := g.say(t.Context(), []finding{{what: foundMove, matter: channelID{1001 + i, 456, "sms"}.matter()}})
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

// Where nothing else is ever under way, as with -parallelism=1, waiting ends.
func TestGatherer_alone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := new(activity)
		g := newGatherer(a, gatherMoment)
		began := time.Now()
		for i := range int64(100) {
			end := a.begin()
			if diags := g.say(t.Context(), []finding{{what: foundMove, matter: channelID{1001 + i, 456, "sms"}.matter()}}); len(diags) != 1 {
				t.Fatalf("got %v", diags)
			}
			end()
		}
		if took := time.Since(began); took > enoughAlone*gatherMoment {
			t.Errorf("it waited for %s in all", took)
		}
	})
}

func TestGatherer_sentences(t *testing.T) {
	t.Parallel()
	for what := foundDisagreement; what < endOfFound; what++ {
		for _, m := range []matter{
			smsAt1001, discountAt(456, 1001),
			{Kind: senderNamesMatter, Location: 1001, Application: 456},
			webhookAt(1001, "https://bot.example.com"), webhooksAt(1001), connectionID{1001, 456}.matter(),
		} {
			diags := warnings(map[finding]struct{}{{what: what, matter: m}: {}})
			checkForm(t, diags)
			where := fmt.Sprint(m.Location)
			if what == foundUnchecked { // of the whole application
				where = fmt.Sprint(m.Application)
			}
			if len(diags) != 1 || !strings.Contains(diags[0].Detail(), where) {
				t.Errorf("%d, %v: got %v", what, m, diags)
			}
		}
	}
}

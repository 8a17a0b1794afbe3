// SPDX-License-Identifier: MPL-2.0

package core

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// A finding is something to warn about that many resources of a run can have in common.
type finding struct {
	what   *FoundKind
	matter Matter
	// connection says whether the application is connected there, for foundTurnedOff.
	connection connectedness
	// owner is who removes what is kept, for foundKept.
	owner string
	// tainted is the owner whose replacement the finding is about, if its object is tainted.
	tainted string
}

// A FoundKind is a kind of finding, and the warning that reports all findings of the kind in a run.
type FoundKind struct {
	Summary string
	// Intro introduces the list of what was found. Advice follows the list, and says what to do.
	Intro, Advice string
	// More has the advice that is added if matters of a kind are in the list.
	More map[MatterKind]string
}

// A gatherer combines the equal findings of many resources of a run into one warning. Terraform plans
// resources one by one and never says which is the last. So the first one with a finding waits until
// nothing else is running, and also reports what the others find by then.
type gatherer struct {
	activity *Activity
	// moment is how long nothing must happen before the run counts as ended.
	moment time.Duration
	// isMoot reports whether a finding has become superfluous before it is reported; nil if none ever is.
	isMoot func(finding) bool
	// revise returns a finding of the ledger as it is to be reported, and whether it is; nil if nothing
	// changes.
	revise func(finding) (finding, bool)

	mu      sync.Mutex
	found   map[finding]struct{}
	told    map[finding]struct{}
	waiting bool
	// alone counts consecutive waits that brought no other finding, as when Terraform works on one resource
	// at a time.
	alone int
}

// enoughAlone is the number of waits without other findings after which the gatherer no longer waits.
const enoughAlone = 3

// newGatherer returns a gatherer for a run. It waits as long as activity counts other requests, and up to
// moment for the first one.
func newGatherer(activity *Activity, moment time.Duration) *gatherer {
	return &gatherer{
		activity: activity, moment: moment,
		found: make(map[finding]struct{}), told: make(map[finding]struct{}),
	}
}

type unheardKey struct{}

// Unheard returns the context of the second plan of a replacement. Terraform shows no warning of that, because
// the first plan warned of the same: combined warnings must not end up there.
func Unheard(ctx context.Context) context.Context { return context.WithValue(ctx, unheardKey{}, true) }

// say warns about findings, each once in a run. It may wait for the findings of others, or leave the
// warning to a caller that already waits.
func (g *gatherer) say(ctx context.Context, found []finding) diag.Diagnostics {
	if unheard, _ := ctx.Value(unheardKey{}).(bool); unheard {
		return nil
	}
	g.mu.Lock()
	news := false
	for _, f := range found {
		if f.what == foundMove && f.matter.Kind == installationMatter {
			continue // refused
		}
		if _, told := g.told[f]; !told {
			g.found[f], g.told[f] = struct{}{}, struct{}{}
			news = true
		}
	}
	if !news || g.waiting {
		g.mu.Unlock()
		return nil
	}
	g.waiting = true
	wait := g.alone < enoughAlone
	mine := len(g.found)
	g.mu.Unlock()

	if wait {
		g.wait(ctx)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = false
	if len(g.found) > mine {
		g.alone = 0
	} else {
		g.alone++
	}
	all := g.found
	g.found = make(map[finding]struct{})
	var last []finding
	for f := range all {
		ok := g.isMoot == nil || !g.isMoot(f)
		if ok && g.revise != nil {
			f, ok = g.revise(f)
		}
		if ok {
			last = append(last, f)
		}
	}
	return warnings(last)
}

// Warn warns about something that was found of matters, once in a run for each. It may wait for what other resources
// find, or leave the warning to one that already waits. Without a session, it does nothing.
func (c *Session) Warn(ctx context.Context, what *FoundKind, matters ...Matter) diag.Diagnostics {
	if c == nil {
		return nil
	}
	found := make([]finding, 0, len(matters))
	for _, m := range matters {
		found = append(found, finding{what: what, matter: m})
	}
	return c.Ledger.gather.say(ctx, found)
}

// another forgets what was told: another plan tells it again.
func (g *gatherer) another() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.told, g.alone = make(map[finding]struct{}), 0
}

// wait returns when only the caller has been running for a moment, or its context ends. In an apply, it waits
// for one moment: what was done is not in the state before the request ends.
func (g *gatherer) wait(ctx context.Context) {
	_, before := g.activity.now()
	for {
		timer := time.NewTimer(g.moment)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		count, changes := g.activity.now()
		if count <= 1 && changes == before || g.activity.isApplying() {
			return
		}
		before = changes
	}
}

// A foundGroup is a finding about one application, with all its locations.
type foundGroup struct {
	kind        MatterKind
	application int64
	name        string
	locations   []int64
	// asked counts the locations where it is known whether the application is connected, and connected
	// those where it is.
	connected, asked int
}

// String describes the group in one line.
func (g *foundGroup) String() string {
	what := string(g.kind)
	switch {
	case g.kind == uncheckedMatter:
		return fmt.Sprintf("application %d: %s", g.application, g.name)
	case g.kind == senderNameMatter:
		what = fmt.Sprintf("sender name %q of application %d", g.name, g.application)
	case g.kind == WebhookMatter:
		what = fmt.Sprintf("webhook %q", altegio.Printable(g.name)) // it can have secrets
	case g.kind == ApplicationMatter:
		return fmt.Sprintf("application %q of account %s", g.name, SomeOf(g.locations))
	case g.kind == FramesMatter:
		return fmt.Sprintf("frames of application %d of account %s", g.application, SomeOf(g.locations))
	case g.name != "":
		what = fmt.Sprintf("%s %d/%s", what, g.application, g.name)
	case g.application != 0:
		what = fmt.Sprintf("%s of application %d", what, g.application)
	}
	what = fmt.Sprintf("%s at %s: %s", what, CountLocations(len(g.locations)), SomeOf(g.locations))
	if g.asked == len(g.locations) {
		what += fmt.Sprintf(" (%d still connected)", g.connected)
	}
	return what
}

// warning returns the warning about all findings of the kind.
func (k *FoundKind) warning(found ...finding) diag.Diagnostic {
	groups := make(map[Matter]*foundGroup)
	advice := []string{k.Advice}
	for _, f := range found {
		key := Matter{Kind: f.matter.Kind, Application: f.matter.Application, Name: f.matter.Name}
		g := groups[key]
		if g == nil {
			g = &foundGroup{kind: key.Kind, application: key.Application, name: key.Name}
			groups[key] = g
		}
		g.locations = append(g.locations, f.matter.Location)
		switch f.connection {
		case stillConnected:
			g.connected++
			g.asked++
		case notConnectedAnyMore:
			g.asked++
		}
	}
	list := slices.SortedFunc(maps.Values(groups), func(a, b *foundGroup) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.application, b.application), strings.Compare(a.name, b.name))
	})
	var lines []string
	for i, g := range list {
		slices.Sort(g.locations)
		g.locations = slices.Compact(g.locations)
		lines = append(lines, g.String())
		if more := k.More[g.kind]; more != "" && (i == 0 || list[i-1].kind != g.kind) {
			advice = append(advice, more)
		}
	}
	return diag.NewWarningDiagnostic(k.Summary, Paragraphs(Bulleted(k.Intro, lines), strings.Join(advice, " ")))
}

// warnings makes one warning for each kind of finding.
func warnings(found []finding) (diags diag.Diagnostics) {
	kinds := make(map[*FoundKind][]finding)
	for _, f := range found {
		kinds[f.what] = append(kinds[f.what], f)
	}
	for _, kind := range slices.SortedFunc(maps.Keys(kinds), func(a, b *FoundKind) int { return strings.Compare(a.Summary, b.Summary) }) {
		diags.Append(kind.warning(kinds[kind]...))
	}
	return diags
}

// SPDX-License-Identifier: MPL-2.0

package provider

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
)

// A finding is something to warn of that many resources of a run may have in common.
type finding struct {
	what   foundKind
	matter matter
	// connection says whether the application is connected there, for foundTurnedOff.
	connection connectedness
}

type foundKind int

const (
	// foundDisagreement: two resources declare different values.
	foundDisagreement foundKind = iota + 1
	// foundLoss: what one resource removes is taken away from another that stays as it is.
	foundLoss
	// foundKept: what one resource removes is left alone, because another has it.
	foundKept
	// foundMove: what one resource removes another begins to declare.
	foundMove
	// foundRepetition: what one resource forgets, or declares, too, another is about to send again.
	foundRepetition
	// foundReinstallation: the application was uninstalled and installed again.
	foundReinstallation
	// foundUninstallation: the application is no longer installed.
	foundUninstallation
	// foundUntoldReinstallation: as foundReinstallation, noticed after the plan of a resource was made.
	foundUntoldReinstallation
	// foundPanel: a panel is about to be sent, and whether it is shown then nobody can tell.
	foundPanel
	// foundUnlisted: the listing of connected locations lacks one whose status is active.
	foundUnlisted
	// foundUnconnected: something is planned where the application is not connected.
	foundUnconnected
	// foundPending: as foundUnconnected, where the installation is pending.
	foundPending
	// foundFreezed: as foundUnconnected, where the installation is suspended.
	foundFreezed
	// foundUnbegun: an installation is planned whose owner has not begun it.
	foundUnbegun
	// foundUnchecked: whether the application is connected could not be asked, for the reason that the
	// matter has as its name.
	foundUnchecked
	// foundTurnedOff: something is taken away from a location.
	foundTurnedOff
	endOfFound
)

// activity counts the requests of Terraform under way that may find something.
type activity struct {
	mu    sync.Mutex
	count int
	// changes counts how often a request began or ended: between two of them, nothing is under way for
	// an instant.
	changes uint64
	// applying says that something was applied since the provider was configured.
	applying bool
}

// configure begins the count of a new plan or apply.
func (a *activity) configure() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.applying = false
}

func (a *activity) apply() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.applying = true
}

func (a *activity) isApplying() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.applying
}

func (a *activity) begin() (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.count++
	a.changes++
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.count--
		a.changes++
	}
}

func (a *activity) now() (count int, changes uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count, a.changes
}

// A gatherer makes one warning of what many resources of a run have in common. Terraform asks for them
// one by one and never says which is the last. So the first that finds something waits until nothing
// else is under way, and speaks for those that find something meanwhile.
type gatherer struct {
	activity *activity
	// moment is how long nothing has to happen for the run to count as ended.
	moment time.Duration
	// isMoot reports whether what was found has become superfluous by the time that it is told; nil if
	// nothing ever is.
	isMoot func(finding) bool

	mu      sync.Mutex
	found   map[finding]struct{}
	told    map[finding]struct{}
	waiting bool
	// alone counts in a row how often it was in vain to wait, as where Terraform works on one resource
	// at a time.
	alone int
}

// gatherMoment is longer than Terraform takes between two requests, unless it has much to do.
const gatherMoment = 300 * time.Millisecond

// enoughAlone is after how many waits in vain there is none any more.
const enoughAlone = 3

func newGatherer(activity *activity, moment time.Duration) *gatherer {
	return &gatherer{
		activity: activity, moment: moment,
		found: make(map[finding]struct{}), told: make(map[finding]struct{}),
	}
}

// say warns of what was found, each finding once in a run. It may wait until others have found what
// they will, or leave the warning to one who waits already.
func (g *gatherer) say(ctx context.Context, found []finding) diag.Diagnostics {
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
	if g.isMoot != nil {
		maps.DeleteFunc(all, func(f finding, _ struct{}) bool { return g.isMoot(f) })
	}
	return warnings(all)
}

// wait returns when nothing but the caller has been under way for a moment, or its context ends.
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
		if count <= 1 && changes == before {
			return
		}
		before = changes
	}
}

// A foundGroup is where something was found of one application.
type foundGroup struct {
	kind        matterKind
	application int64
	name        string
	locations   []int64
	// connected counts those where the application is still connected, and asked those of which that is
	// known.
	connected, asked int
}

// String describes the group in one line.
func (g foundGroup) String() string {
	what := string(g.kind)
	switch {
	case g.kind == senderNameMatter:
		return fmt.Sprintf("sender name %q of application %d at %s", g.name, g.application, locationsText(g.locations))
	case g.kind == webhookMatter:
		return fmt.Sprintf("webhook %q at %s", g.name, locationsText(g.locations))
	case g.kind == applicationMatter:
		return fmt.Sprintf("application %q of account %s", g.name, someOf(g.locations))
	case g.kind == framesMatter:
		return fmt.Sprintf("frames of application %d of account %s", g.application, someOf(g.locations))
	case g.name != "":
		what = fmt.Sprintf("%s %d/%s", what, g.application, g.name)
	case g.application != 0:
		what = fmt.Sprintf("%s of application %d", what, g.application)
	}
	return fmt.Sprintf("%s at %s", what, locationsText(g.locations))
}

// locationsText counts locations, and lists the first of them.
func locationsText(ids []int64) string {
	return fmt.Sprintf("%s: %s", countLocations(len(ids)), someOf(ids))
}

// warnings makes one warning for each kind of what was found.
func warnings(found map[finding]struct{}) diag.Diagnostics {
	groups := make(map[foundKind]map[matter]*foundGroup)
	for f := range found {
		if groups[f.what] == nil {
			groups[f.what] = make(map[matter]*foundGroup)
		}
		key := matter{Kind: f.matter.Kind, Application: f.matter.Application, Name: f.matter.Name}
		g := groups[f.what][key]
		if g == nil {
			g = &foundGroup{kind: key.Kind, application: key.Application, name: key.Name}
			groups[f.what][key] = g
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
	var diags diag.Diagnostics
	for what := foundDisagreement; what < endOfFound; what++ {
		var list []foundGroup
		for _, g := range groups[what] {
			slices.Sort(g.locations)
			list = append(list, *g)
		}
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b foundGroup) int {
			return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.application, b.application), strings.Compare(a.name, b.name))
		})
		diags.Append(foundWarning(what, list))
	}
	return diags
}

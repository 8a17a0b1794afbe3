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
)

// A Finding is something to warn about that many resources of a run can have in common.
type Finding struct {
	What   FoundKind
	Matter Matter
	// connection says whether the application is connected there, for foundTurnedOff.
	connection connectedness
	// tainted is the owner whose replacement the finding is about, if its object is tainted.
	tainted string
}

// A FoundKind is the kind of a finding.
type FoundKind int

const (
	// foundDisagreement: two resources declare different values.
	foundDisagreement FoundKind = iota + 1
	// foundLoss says that one resource removes something that another, unchanged one declares.
	foundLoss
	// foundKept says that one resource removes something that stays, because another has it.
	foundKept
	// foundMove says that one resource removes something that another starts to declare.
	foundMove
	// foundRepetition says that a resource will send something again that another one declares, or just
	// forgot.
	foundRepetition
	// FoundReinstallation says that the application was uninstalled and installed again.
	FoundReinstallation
	// foundUninstallation says that the application is no longer installed.
	foundUninstallation
	// FoundGone says that Altegio no longer knows the location.
	FoundGone
	// foundUntoldReinstallation: as FoundReinstallation, noticed after the plan of a resource was made.
	foundUntoldReinstallation
	// FoundPanel says that a panel will be sent, and that nobody can tell whether it will be shown.
	FoundPanel
	// foundUnlisted says that the listing of connected locations lacks one whose status is active.
	foundUnlisted
	// foundUnconnected says that something is planned where the application is not connected.
	foundUnconnected
	// foundPending: as foundUnconnected, where the installation is pending.
	foundPending
	// foundFreezed: as foundUnconnected, where the installation is suspended.
	foundFreezed
	// foundUnbegun says that an installation is planned whose owner has not begun it.
	foundUnbegun
	// foundUnchecked: the provider could not read whether the application is connected. The name of the
	// matter is the reason.
	foundUnchecked
	// foundTurnedOff says that something is removed from a location.
	foundTurnedOff
	// FoundForeign says that an import has found something that nobody declares.
	FoundForeign
	endOfFound
)

// A Gatherer combines the equal findings of many resources of a run into one warning. Terraform plans
// resources one by one and never says which is the last. So the first one with a finding waits until
// nothing else is running, and also reports what the others find by then.
type Gatherer struct {
	activity *Activity
	// moment is how long nothing must happen before the run counts as ended.
	moment time.Duration
	// IsMoot reports whether a finding has become superfluous before it is reported; nil if none ever is.
	IsMoot func(Finding) bool
	// isUntrue reports whether a finding of the ledger has turned out to be wrong; nil if none ever does.
	isUntrue func(Finding) bool

	mu      sync.Mutex
	found   map[Finding]struct{}
	told    map[Finding]struct{}
	waiting bool
	// alone counts consecutive waits that brought no other finding, as when Terraform works on one resource
	// at a time.
	alone int
}

// GatherMoment is longer than Terraform takes between two requests, unless it is busy.
const GatherMoment = 300 * time.Millisecond

// enoughAlone is the number of waits without other findings after which the Gatherer no longer waits.
const enoughAlone = 3

// NewGatherer returns a Gatherer for a run. It waits as long as activity counts other requests, and up to
// moment for the first one.
func NewGatherer(activity *Activity, moment time.Duration) *Gatherer {
	return &Gatherer{
		activity: activity, moment: moment,
		found: make(map[Finding]struct{}), told: make(map[Finding]struct{}),
	}
}

// Say warns about findings, each once in a run. It may wait for the findings of others, or leave the
// warning to a caller that already waits.
func (g *Gatherer) Say(ctx context.Context, found []Finding) diag.Diagnostics {
	g.mu.Lock()
	news := false
	for _, f := range found {
		if f.What == foundMove && f.Matter.Kind == installationMatter {
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
	g.found = make(map[Finding]struct{})
	maps.DeleteFunc(all, func(f Finding, _ struct{}) bool {
		return g.IsMoot != nil && g.IsMoot(f) || g.isUntrue != nil && g.isUntrue(f)
	})
	return warnings(all)
}

// another forgets what was told: another plan tells it again.
func (g *Gatherer) another() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.told, g.alone = make(map[Finding]struct{}), 0
}

// wait returns when only the caller has been running for a moment, or its context ends.
func (g *Gatherer) wait(ctx context.Context) {
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

// A FoundGroup is a finding about one application, with all its locations.
type FoundGroup struct {
	Kind        MatterKind
	Application int64
	Name        string
	Locations   []int64
	// asked counts the locations where it is known whether the application is connected, and connected
	// those where it is.
	connected, asked int
}

// String describes the group in one line.
func (g FoundGroup) String() string {
	what := string(g.Kind)
	switch {
	case g.Kind == senderNameMatter:
		return fmt.Sprintf("sender name %q of application %d at %s", g.Name, g.Application, locationsText(g.Locations))
	case g.Kind == WebhookMatter:
		return fmt.Sprintf("webhook %q at %s", g.Name, locationsText(g.Locations))
	case g.Kind == ApplicationMatter:
		return fmt.Sprintf("application %q of account %s", g.Name, SomeOf(g.Locations))
	case g.Kind == FramesMatter:
		return fmt.Sprintf("frames of application %d of account %s", g.Application, SomeOf(g.Locations))
	case g.Name != "":
		what = fmt.Sprintf("%s %d/%s", what, g.Application, g.Name)
	case g.Application != 0:
		what = fmt.Sprintf("%s of application %d", what, g.Application)
	}
	return fmt.Sprintf("%s at %s", what, locationsText(g.Locations))
}

// locationsText counts locations, and lists the first of them.
func locationsText(ids []int64) string {
	return fmt.Sprintf("%s: %s", CountLocations(len(ids)), SomeOf(ids))
}

// warnings makes one warning for each kind of finding.
func warnings(found map[Finding]struct{}) diag.Diagnostics {
	groups := make(map[FoundKind]map[Matter]*FoundGroup)
	for f := range found {
		if groups[f.What] == nil {
			groups[f.What] = make(map[Matter]*FoundGroup)
		}
		key := Matter{Kind: f.Matter.Kind, Application: f.Matter.Application, Name: f.Matter.Name}
		g := groups[f.What][key]
		if g == nil {
			g = &FoundGroup{Kind: key.Kind, Application: key.Application, Name: key.Name}
			groups[f.What][key] = g
		}
		g.Locations = append(g.Locations, f.Matter.Location)
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
		var list []FoundGroup
		for _, g := range groups[what] {
			slices.Sort(g.Locations)
			g.Locations = slices.Compact(g.Locations)
			list = append(list, *g)
		}
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b FoundGroup) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Application, b.Application), strings.Compare(a.Name, b.Name))
		})
		diags.Append(FoundWarning(what, list))
	}
	return diags
}

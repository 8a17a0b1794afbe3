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

// A Finding is something to warn of that many resources of a run may have in common.
type Finding struct {
	What   FoundKind
	Matter Matter
	// connection says whether the application is connected there, for foundTurnedOff.
	connection connectedness
	// tainted is whose replacement the finding is about, if the object is tainted as it seems.
	tainted string
}

// A FoundKind is what a finding warns of.
type FoundKind int

const (
	// foundDisagreement: two resources declare different values.
	foundDisagreement FoundKind = iota + 1
	// foundLoss says that what one resource removes is taken away from another that stays as it is.
	foundLoss
	// foundKept says that what one resource removes is left alone, because another has it.
	foundKept
	// foundMove says that what one resource removes another begins to declare.
	foundMove
	// foundRepetition says that what one resource forgets, or declares, too, another is about to send again.
	foundRepetition
	// FoundReinstallation says that the application was uninstalled and installed again.
	FoundReinstallation
	// foundUninstallation says that the application is no longer installed.
	foundUninstallation
	// FoundGone says that Altegio does not know the location any more.
	FoundGone
	// foundUntoldReinstallation: as FoundReinstallation, noticed after the plan of a resource was made.
	foundUntoldReinstallation
	// FoundPanel says that a panel is about to be sent, and whether it is shown then nobody can tell.
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
	// foundUnchecked: whether the application is connected could not be asked, for the reason that the
	// matter has as its name.
	foundUnchecked
	// foundTurnedOff says that something is taken away from a location.
	foundTurnedOff
	endOfFound
)

// Activity counts the requests of Terraform under way that may find something.
type Activity struct {
	mu    sync.Mutex
	count int
	// changes counts how often a request began or ended: between two of them, nothing is under way for
	// an instant.
	changes uint64
	// applying says that something was applied since the provider was configured.
	applying bool
	// applied says that something was applied since the last plan began, and another is what the ledger
	// does then.
	applied bool
	another func()
}

// Configure begins the count of a new plan or apply. another is called when yet another plan begins.
func (a *Activity) Configure(another func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.applying, a.applied, a.another = false, false, another
}

// Apply notes that an apply has begun to change things: after that, nothing counts as found by a plan.
func (a *Activity) Apply() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.applying, a.applied = true, true
}

// Refresh notes that Terraform reads a resource, which it does only when it plans. Where something was
// applied before, another plan begins: terraform test has one process for all runs of a file since Terraform
// 1.14, where every plan and every apply had one of its own.
func (a *Activity) Refresh() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.applied && a.another != nil {
		a.another()
	}
	a.applied = false
}

func (a *Activity) isApplying() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.applying
}

// Begin counts a request of Terraform that may find something, until end is called.
func (a *Activity) Begin() (end func()) {
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

func (a *Activity) now() (count int, changes uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.count, a.changes
}

// A Gatherer makes one warning of what many resources of a run have in common. Terraform asks for them
// one by one and never says which is the last. So the first that finds something waits until nothing
// else is under way, and speaks for those that find something meanwhile.
type Gatherer struct {
	activity *Activity
	// moment is how long nothing has to happen for the run to count as ended.
	moment time.Duration
	// IsMoot reports whether what was found has become superfluous by the time that it is told; nil if
	// nothing ever is.
	IsMoot func(Finding) bool
	// isUntrue is the same for what the ledger found; nil where there is none.
	isUntrue func(Finding) bool

	mu      sync.Mutex
	found   map[Finding]struct{}
	told    map[Finding]struct{}
	waiting bool
	// alone counts in a row how often it was in vain to wait, as where Terraform works on one resource
	// at a time.
	alone int
}

// GatherMoment is longer than Terraform takes between two requests, unless it has much to do.
const GatherMoment = 300 * time.Millisecond

// enoughAlone is after how many waits in vain there is none any more.
const enoughAlone = 3

// NewGatherer returns one for a run. It waits for others as long as activity says that there are some, and up to moment
// for the first.
func NewGatherer(activity *Activity, moment time.Duration) *Gatherer {
	return &Gatherer{
		activity: activity, moment: moment,
		found: make(map[Finding]struct{}), told: make(map[Finding]struct{}),
	}
}

// Say warns of what was found, each finding once in a run. It may wait until others have found what
// they will, or leave the warning to one who waits already.
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

// wait returns when nothing but the caller has been under way for a moment, or its context ends.
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

// A FoundGroup is where something was found of one application.
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

// warnings makes one warning for each kind of what was found.
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

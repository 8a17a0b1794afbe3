// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// A ChannelKey names a notification channel of an application at a location.
type ChannelKey struct {
	LocationID    int64
	ApplicationID int64
	Slug          string
}

type linkKey struct {
	location    int64
	application int64
}

// A link is everything between an application and a location. It outlives an installation, because
// payments and logs do.
type link struct {
	installed bool
	status    string
	createdAt time.Time
	settings
	payments []Payment
	logs     []LogEntry
}

// settings are what an uninstallation deletes.
type settings struct {
	channels    map[string]bool
	senderNames []string
	discount    string
	apiKey      string
	webhookURLs []string
	activation  ActivationSettings
}

type paymentRef struct {
	link  linkKey
	index int
}

type world struct {
	clock         func() time.Time
	applications  map[int64]Application
	locationsByID map[int64]Location
	links         map[linkKey]*link
	installedAt   map[int64][]int64 // by application: locations in ascending order
	payments      map[int64]paymentRef
	hooks         map[int64][]Webhook // by location
	voip          map[string]bool     // by CRM token
	countries     []Country
	cities        []City
	groups        []BusinessGroup
	cached        map[linkKey]cachedLink
	lastPayment   int64
	lastLocation  int64
	cabinet       cabinet

	partnerToken string // the server's own
	caller       string // the partner token of the request under way
}

func newWorld(seed Seed, clock func() time.Time) (*world, error) {
	w := &world{
		clock:         clock,
		applications:  map[int64]Application{},
		locationsByID: map[int64]Location{},
		links:         map[linkKey]*link{},
		installedAt:   map[int64][]int64{},
		payments:      map[int64]paymentRef{},
		hooks:         map[int64][]Webhook{},
		voip:          map[string]bool{},
		countries:     slices.Clone(seed.Countries),
		cities:        slices.Clone(seed.Cities),
		groups:        slices.Clone(seed.BusinessGroups),
	}
	for _, application := range seed.Applications {
		if _, taken := w.applications[application.ID]; taken || application.ID <= 0 {
			return nil, fmt.Errorf("seed: application id %d is not positive or not unique", application.ID)
		}
		w.applications[application.ID] = application
	}
	if err := w.seedCabinet(seed); err != nil {
		return nil, err
	}
	for _, location := range seed.Locations {
		if _, taken := w.locationsByID[location.ID]; taken || location.ID <= 0 {
			return nil, fmt.Errorf("seed: location id %d is not positive or not unique", location.ID)
		}
		w.addLocation(location)
	}
	for _, installation := range seed.Installations {
		if err := w.seedInstallation(installation); err != nil {
			return nil, err
		}
	}
	for _, l := range seed.Webhooks {
		if _, known := w.locationsByID[l.LocationID]; !known {
			return nil, fmt.Errorf("seed: webhooks of unknown location %d", l.LocationID)
		}
		if _, taken := w.hooks[l.LocationID]; taken {
			return nil, fmt.Errorf("seed: webhooks of location %d appear twice", l.LocationID)
		}
		w.hooks[l.LocationID] = cloneHooks(l.Hooks)
	}
	return w, nil
}

func (w *world) seedInstallation(seed Installation) error {
	k := linkKey{seed.LocationID, seed.ApplicationID}
	fail := func(format string, args ...any) error {
		return fmt.Errorf("seed: installation of application %d at location %d: %s",
			k.application, k.location, fmt.Sprintf(format, args...))
	}
	switch _, knownLocation := w.locationsByID[k.location]; {
	case !knownLocation:
		return fail("unknown location")
	case !w.hasApplication(k.application):
		return fail("unknown application")
	case w.links[k] != nil:
		return fail("it appears twice")
	case seed.Status == "":
		return fail("no status")
	}
	createdAt := w.now()
	if seed.CreatedAt != "" {
		parsed, err := time.Parse(dateLayout, seed.CreatedAt)
		if err != nil {
			return fail("created_at %q is not a date like %q", seed.CreatedAt, dateLayout)
		}
		createdAt = parsed
	}
	for slug := range seed.Channels {
		if !isChannelSlug(slug) {
			return fail("unknown channel %q", slug)
		}
	}
	for _, payment := range seed.Payments {
		if _, taken := w.payments[payment.ID]; taken || payment.ID <= 0 {
			return fail("payment id %d is not positive or not unique", payment.ID)
		}
		w.addPayment(k, payment)
	}
	l := w.link(k)
	l.logs = slices.Clone(seed.Logs)
	if len(l.logs) == 0 {
		l.logs = installationLog(createdAt, seed.Status)
	}
	l.status, l.createdAt = seed.Status, createdAt
	if seed.Status == StatusUninstalled {
		return nil
	}
	l.settings = settings{
		channels:    maps.Clone(seed.Channels),
		senderNames: slices.Clone(seed.SenderNames),
		discount:    seed.Discount.String(),
		apiKey:      seed.APIKey,
		webhookURLs: slices.Clone(seed.WebhookURLs),
	}
	w.markInstalled(k, l)
	return nil
}

func (w *world) now() time.Time {
	return w.clock().UTC().Truncate(time.Second)
}

func (w *world) hasApplication(id int64) bool {
	_, ok := w.applications[id]
	return ok
}

func (w *world) addLocation(location Location) {
	if location.PublicTitle == "" {
		location.PublicTitle = location.Title
	}
	for _, number := range []*json.Number{&location.Timezone, &location.CoordinateLat, &location.CoordinateLon} {
		if *number == "" {
			*number = "0"
		}
	}
	w.locationsByID[location.ID] = location
	w.lastLocation = max(w.lastLocation, location.ID)
}

// link returns the link for the key, and makes an empty one if there was none.
func (w *world) link(k linkKey) *link {
	l, ok := w.links[k]
	if !ok {
		l = &link{}
		w.links[k] = l
	}
	return l
}

// installed returns the link of an application that is installed at the location, or nil.
func (w *world) installed(k linkKey) *link {
	if l := w.links[k]; l != nil && l.installed {
		return l
	}
	return nil
}

// A cachedLink is the state of a link at an earlier time.
type cachedLink struct {
	link  *link // a copy, or nil
	until time.Time
}

// seen returns the link as the API shows it: the current one or, within the time of the cache, an earlier
// one.
func (w *world) seen(k linkKey, cache time.Duration) *link {
	if cache <= 0 {
		return w.links[k]
	}
	now := w.clock()
	if known, ok := w.cached[k]; ok && now.Before(known.until) {
		return known.link
	}
	var copied *link
	if l := w.links[k]; l != nil {
		snapshot := *l
		copied = &snapshot
	}
	if w.cached == nil {
		w.cached = map[linkKey]cachedLink{}
	}
	w.cached[k] = cachedLink{copied, now.Add(cache)}
	return copied
}

func (w *world) markInstalled(k linkKey, l *link) {
	l.installed = true
	ids := w.installedAt[k.application]
	if i, found := slices.BinarySearch(ids, k.location); !found {
		w.installedAt[k.application] = slices.Insert(ids, i, k.location)
	}
}

// install starts a new installation: nothing that was set before survives.
func (w *world) install(k linkKey, status string) {
	l := w.link(k)
	w.uninstall(k, "marketplace")
	createdAt := w.now()
	// Dates have whole seconds. Two installations must differ even within one, because the date
	// is all that tells them apart.
	if !createdAt.After(l.createdAt) {
		createdAt = l.createdAt.Add(time.Second)
	}
	l.status, l.createdAt = status, createdAt
	l.logs = append(l.logs, installationLog(createdAt, status)...)
	w.markInstalled(k, l)
}

// uninstall ends the installation, if there is one, and deletes its settings.
func (w *world) uninstall(k linkKey, source string) {
	l := w.installed(k)
	if l == nil {
		return
	}
	w.setStatus(l, StatusUninstalled, source)
	l.installed = false
	w.hooks[k.location] = slices.DeleteFunc(w.hooks[k.location], func(hook Webhook) bool {
		return slices.Contains(l.webhookURLs, hook.URL)
	})
	w.removePanels(func(p Panel) bool { return p.LocationID == k.location && p.ApplicationID == k.application })
	l.settings = settings{}
	ids := w.installedAt[k.application]
	if i, found := slices.BinarySearch(ids, k.location); found {
		w.installedAt[k.application] = slices.Delete(ids, i, i+1)
	}
}

func (w *world) setStatus(l *link, status, source string) {
	l.logs = append(l.logs, LogEntry{
		ChangedAt:  w.now().Format(dateLayout),
		StatusFrom: l.status,
		StatusTo:   status,
		Source:     source,
	})
	l.status = status
}

func (w *world) setChannel(l *link, slug string, available bool) {
	if l.channels == nil {
		l.channels = map[string]bool{}
	}
	l.channels[slug] = available
}

func (w *world) addPayment(k linkKey, payment Payment) int64 {
	if payment.ID == 0 {
		payment.ID = w.lastPayment + 1
	}
	w.lastPayment = max(w.lastPayment, payment.ID)
	l := w.link(k)
	w.payments[payment.ID] = paymentRef{link: k, index: len(l.payments)}
	l.payments = append(l.payments, payment)
	return payment.ID
}

// installationLog returns the log of an installation that reached the status from nothing.
func installationLog(at time.Time, status string) []LogEntry {
	path := []string{StatusUninstalled, StatusPending, StatusActive, status}
	switch status {
	case StatusPending, StatusActive:
		path = path[:slices.Index(path, status)+1]
	}
	var logs []LogEntry
	for i := 1; i < len(path); i++ {
		entry := LogEntry{ChangedAt: at.Format(dateLayout), StatusFrom: path[i-1], StatusTo: path[i], Source: "marketplace"}
		if path[i] == StatusActive {
			entry.Source = "partner_api"
		}
		logs = append(logs, entry)
	}
	return logs
}

func isChannelSlug(slug string) bool {
	return slug == "sms" || slug == "whatsapp"
}

func cloneHooks(hooks []Webhook) []Webhook {
	clone := slices.Clone(hooks)
	for i := range clone {
		clone[i].Flags = maps.Clone(clone[i].Flags)
	}
	return clone
}

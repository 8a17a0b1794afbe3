// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"fmt"
	"maps"
	"slices"
)

// The methods of this file look at the world and change it behind the client's back, as the owner
// of a location or the vendor would. None of them appears in the journal.

// Install installs the application at the location with the status. If it is installed already, Install
// starts a new installation: its date is later than that of every earlier one, its settings are empty, and
// its log continues. It adds a location that does not exist, and panics if the application does not exist.
func (s *Server) Install(locationID, applicationID int64, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.world.hasApplication(applicationID) {
		panic(fmt.Sprintf("altegiotest: Install: there is no application %d", applicationID))
	}
	if _, known := s.world.locationsByID[locationID]; !known {
		s.world.addLocation(plainLocation(locationID))
	}
	s.world.install(linkKey{locationID, applicationID}, status)
}

// Uninstall ends the installation and deletes its settings. Its payments and its log remain, and
// reappear with the next installation. Uninstall does nothing if there is no installation.
func (s *Server) Uninstall(locationID, applicationID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.uninstall(linkKey{locationID, applicationID}, "marketplace")
}

// SetStatus changes the status of an installation, and keeps its date and settings. Any text will
// do, but [StatusUninstalled] is the same as Uninstall. SetStatus panics if the application isn't
// installed at the location.
func (s *Server) SetStatus(locationID, applicationID int64, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := linkKey{locationID, applicationID}
	l := s.mustBeInstalled("SetStatus", k)
	if status == StatusUninstalled {
		s.world.uninstall(k, "marketplace")
		return
	}
	s.world.setStatus(l, status, "marketplace")
}

// Status returns the status of an installation, and whether there is one. After an uninstallation it
// returns [StatusUninstalled] and false.
func (s *Server) Status(locationID, applicationID int64) (status string, installed bool) {
	l := s.peek(locationID, applicationID)
	return l.status, l.installed
}

// ConnectedAt returns the date of the last installation, as "2006-01-02 15:04:05", or "" if there
// never was one.
func (s *Server) ConnectedAt(locationID, applicationID int64) string {
	l := s.peek(locationID, applicationID)
	if l.createdAt.IsZero() {
		return ""
	}
	return l.createdAt.Format(dateLayout)
}

// Channel returns the value of a notification channel, and whether it was set since the application was
// installed.
func (s *Server) Channel(locationID, applicationID int64, slug string) (available, wasSet bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.world.links[linkKey{locationID, applicationID}]; l != nil {
		available, wasSet = l.channels[slug]
	}
	return available, wasSet
}

// Channels returns every notification channel that was set where the application is still
// installed.
func (s *Server) Channels() map[ChannelKey]bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	channels := map[ChannelKey]bool{}
	for k, l := range s.world.links {
		for slug, available := range l.channels {
			channels[ChannelKey{k.location, k.application, slug}] = available
		}
	}
	return channels
}

// SetChannel sets a notification channel. It panics if the application isn't installed at the
// location.
func (s *Server) SetChannel(locationID, applicationID int64, slug string, available bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.mustBeInstalled("SetChannel", linkKey{locationID, applicationID})
	s.world.setChannel(l, slug, available)
}

// SenderNames returns the sender names that were last set, in the order given, or nil.
func (s *Server) SenderNames(locationID, applicationID int64) []string {
	return slices.Clone(s.peek(locationID, applicationID).senderNames)
}

// Discount returns the discount that was last given to the location, as the text of the number that
// was sent, and whether there was one.
func (s *Server) Discount(locationID, applicationID int64) (string, bool) {
	discount := s.peek(locationID, applicationID).discount
	return discount, discount != ""
}

// APIKey returns the API key that the last callback gave, or "".
func (s *Server) APIKey(locationID, applicationID int64) string {
	return s.peek(locationID, applicationID).apiKey
}

// WebhookURLs returns the webhook URLs that the last callback gave, or nil. See [Server.Webhooks] for
// those in force at the location.
func (s *Server) WebhookURLs(locationID, applicationID int64) []string {
	return slices.Clone(s.peek(locationID, applicationID).webhookURLs)
}

// Payments returns the payments of a location for an application, the oldest first. They outlive
// the installation.
func (s *Server) Payments(locationID, applicationID int64) []Payment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.world.links[linkKey{locationID, applicationID}]; l != nil {
		return slices.Clone(l.payments)
	}
	return nil
}

// AddPayment records a payment, without an effect on the status, and returns its id: the payment's
// own, or a new one if that is 0. It panics if the id is taken, or if the application isn't
// installed at the location.
func (s *Server) AddPayment(locationID, applicationID int64, payment Payment) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := linkKey{locationID, applicationID}
	s.mustBeInstalled("AddPayment", k)
	if _, taken := s.world.payments[payment.ID]; taken {
		panic(fmt.Sprintf("altegiotest: AddPayment: there is a payment %d already", payment.ID))
	}
	if payment.Sum == "" {
		payment.Sum = "0"
	}
	return s.world.addPayment(k, payment)
}

// Logs returns the changes of status of an application at a location, the oldest first. They outlive
// the installation.
func (s *Server) Logs(locationID, applicationID int64) []LogEntry {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.world.links[linkKey{locationID, applicationID}]; l != nil {
		return slices.Clone(l.logs)
	}
	return nil
}

// Webhooks returns the event notifications of a location, whichever application set them.
func (s *Server) Webhooks(locationID int64) []Webhook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return cloneHooks(s.world.hooks[locationID])
}

// SetWebhooks replaces the event notifications of a location. They can have different settings.
func (s *Server) SetWebhooks(locationID int64, hooks []Webhook) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.hooks[locationID] = cloneHooks(hooks)
}

// VoIP returns whether telephony was last enabled for the CRM token, and whether it was ever enabled or
// disabled.
func (s *Server) VoIP(crmToken string) (enabled, wasSet bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	enabled, wasSet = s.world.voip[crmToken]
	return enabled, wasSet
}

// AddApplication adds an application, or replaces the one with its id.
func (s *Server) AddApplication(application Application) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.applications[application.ID] = application
}

// AddLocation adds a location, or replaces the one with its id.
func (s *Server) AddLocation(location Location) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.world.addLocation(location)
}

// AddLocations adds n locations where the application is active, and returns their ids in ascending
// order. It panics if the application doesn't exist.
func (s *Server) AddLocations(n int, applicationID int64) []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.world.hasApplication(applicationID) {
		panic(fmt.Sprintf("altegiotest: AddLocations: there is no application %d", applicationID))
	}
	ids := make([]int64, 0, n)
	for range n {
		id := s.world.lastLocation + 1
		s.world.addLocation(plainLocation(id))
		s.world.install(linkKey{id, applicationID}, StatusActive)
		ids = append(ids, id)
	}
	return ids
}

func (s *Server) mustBeInstalled(method string, k linkKey) *link {
	l := s.world.installed(k)
	if l == nil {
		panic(fmt.Sprintf("altegiotest: %s: application %d isn't installed at location %d", method, k.application, k.location))
	}
	return l
}

// peek returns a copy of a link that is safe to read without the lock, or an empty one.
func (s *Server) peek(locationID, applicationID int64) link {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, ok := s.world.links[linkKey{locationID, applicationID}]
	if !ok {
		return link{}
	}
	// Only the map is changed in place. Slices are replaced or appended to.
	snapshot := *l
	snapshot.channels = maps.Clone(l.channels)
	return snapshot
}

func plainLocation(id int64) Location {
	return Location{
		ID:                 id,
		Title:              fmt.Sprintf("Location %d", id),
		ShortDescription:   "Beauty salon",
		Phone:              fmt.Sprintf("+1315%07d", id%10_000_000),
		Email:              fmt.Sprintf("location-%d@example.com", id),
		CountryID:          7,
		Country:            "United States",
		CityID:             181,
		City:               "New York",
		Timezone:           "-5",
		TimezoneName:       "America/New_York",
		CoordinateLat:      "40.73061",
		CoordinateLon:      "-73.935242",
		ActiveStaffCount:   2,
		CurrencyShortTitle: "$",
	}
}

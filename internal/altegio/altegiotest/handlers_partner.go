// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// This file has the operations of a partner on an installation, and the owner's grant before it.

// callback finishes a pending installation. An active installation is refused, and keeps its settings
// (API-46).
func (s *Server) callback(c *call) answer {
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	k := linkKey{location: f.id("salon_id"), application: f.id("application_id")}
	apiKey := f.apiKey()
	urls := f.optionalTexts("webhook_urls")
	f.checkURLs("webhook_urls", urls, false)
	channels := f.optionalTexts("channels")
	for _, slug := range channels {
		if !isChannelSlug(slug) && !f.failed("channels") {
			f.fail("channels", isWrongValue)
		}
	}
	activation := f.activationSettings()
	application, owned := s.owned(k.application)
	if owned && len(channels) > 0 && !application.hasChannels() {
		f.fail("channels", isWrongValue)
	}
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, false)
	}
	if !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	l := s.world.installed(k)
	switch {
	case l == nil:
		return c.shapes.refuseUninstalled(http.StatusUnprocessableEntity, false)
	case l.status != StatusPending:
		return c.shapes.fail(http.StatusForbidden, msgAlreadyInstalled)
	}

	l.apiKey, l.webhookURLs, l.activation = apiKey, urls, activation
	if activation.ChatURL != "" { // it replaces the chat of any application
		s.world.installPanel(Panel{k.location, k.application, "chat", activation.ChatURL}, "replace")
	}
	for _, slug := range channels {
		s.world.setChannel(l, slug, true)
	}
	s.world.registerHooks(k.location, urls)
	s.world.setStatus(l, StatusActive, "partner_api")
	return c.shapes.done(http.StatusCreated)
}

// activationSettings reads the settings that only the vendor's own client sends.
func (f *form) activationSettings() ActivationSettings {
	a := ActivationSettings{
		ChatURL: f.optionalText("chat_url"), TipsURL: f.optionalText("tips_url"),
		Login: f.optionalText("login"), SecretKey: f.optionalText("secret_key"),
	}
	for _, u := range []struct{ field, text string }{{"chat_url", a.ChatURL}, {"tips_url", a.TipsURL}} {
		if u.text != "" && !isHTTPS(u.text) {
			f.fail(u.field, isWrongValue)
		}
	}
	return a
}

// apiKey reads a field that the documentation types as a number and shows as a UUID.
func (f *form) apiKey() string {
	raw, ok := f.take("api_key")
	if !ok {
		return ""
	}
	if strings.HasPrefix(string(raw), `"`) {
		return decodeInto[string](f, "api_key", raw)
	}
	decodeInto[float64](f, "api_key", raw)
	return string(raw)
}

// checkURLs enforces the known rules of the server: at most 10 URLs, no two alike.
func (f *form) checkURLs(field string, urls []string, required bool) {
	if f.failed(field) {
		return
	}
	seen := map[string]bool{}
	for _, text := range urls {
		u, err := url.Parse(text)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || seen[text] {
			f.fail(field, isWrongValue)
			return
		}
		seen[text] = true
	}
	if len(urls) > 10 {
		f.fail(field, isWrongValue)
	}
	if required && len(urls) == 0 {
		f.fail(field, isRequired)
	}
}

// payment records a payment, which makes a freezed installation active again. A repetition records another
// one.
func (s *Server) payment(c *call) answer {
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	k := linkKey{location: f.id("salon_id"), application: f.id("application_id")}
	payment := Payment{
		CurrencyISO: f.text("currency_iso"),
		Sum:         f.amount("payment_sum"),
		Date:        f.date("payment_date"),
		PeriodFrom:  f.date("period_from"),
		PeriodTo:    f.date("period_to"),
	}
	if !f.failed("currency_iso") && !currencyCode.MatchString(payment.CurrencyISO) {
		f.fail("currency_iso", isWrongValue)
	}
	if !f.failed("period_from") && !f.failed("period_to") && payment.PeriodTo < payment.PeriodFrom {
		f.fail("period_to", isWrongValue)
	}
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, false)
	}
	if _, owned := s.owned(k.application); !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	l := s.world.installed(k)
	if l == nil {
		return c.shapes.refuseUninstalled(http.StatusUnprocessableEntity, false)
	}
	id := s.world.addPayment(k, payment)
	if l.status == StatusFreezed {
		s.world.setStatus(l, StatusActive, "partner_api")
	}
	a := c.shapes.ok(struct {
		ID int64 `json:"id"`
	}{id})
	a.envelope.Meta = nil // the one documented success without meta
	return a
}

var currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)

func (f *form) date(field string) string {
	text := f.text(field)
	if _, err := time.Parse(dateLayout, text); err != nil && !f.failed(field) {
		f.fail(field, isWrongValue)
	}
	return text
}

// refund marks a payment as refunded. A second refund, and a payment that doesn't exist, are 422
// here: no 404 is documented.
func (s *Server) refund(c *call) answer {
	ref, known := s.world.payments[c.ids[0]]
	if !known {
		return c.shapes.invalid([]problem{{"payment_id", isWrongValue}}, false)
	}
	if _, owned := s.owned(ref.link.application); !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	payment := &s.world.links[ref.link].payments[ref.index]
	if payment.IsRefunded {
		return c.shapes.invalid([]problem{{"payment_id", isWrongValue}}, false)
	}
	payment.IsRefunded = true
	payment.RefundedAt = s.world.now().Format(dateLayout)
	return c.shapes.done(http.StatusOK)
}

// shortNames replaces the sender names, as the support articles read, or adds to them, see [Shapes].
func (s *Server) shortNames(c *call) answer {
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	k := linkKey{location: f.id("salon_id"), application: f.id("application_id")}
	names := f.texts("short_names")
	if !f.failed("short_names") && !validSenderNames(names) {
		f.fail("short_names", isWrongValue)
	}
	application, owned := s.owned(k.application)
	if owned && application.Category != CategorySMSAggregators {
		f.fail("application_id", isWrongValue)
	}
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, false)
	}
	if !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	l := s.world.installed(k)
	if l == nil {
		return c.shapes.refuseUninstalled(http.StatusUnprocessableEntity, false)
	}
	if c.shapes.SenderNamesAppend {
		for _, name := range names {
			if !slices.Contains(l.senderNames, name) {
				l.senderNames = append(slices.Clip(l.senderNames), name)
			}
		}
	} else {
		l.senderNames = names
	}
	return c.shapes.done(http.StatusCreated)
}

// validSenderNames leaves out the rules of the vendor's own client about words and letters (API-58),
// because the example in the documentation breaks them.
func validSenderNames(names []string) bool {
	return len(names) > 0 && len(names) <= 20 && !slices.Contains(names, "")
}

// grantAccess is the owner's consent, with which an installation begins. Its answer isn't
// documented. An installation that is pending already stays as it is.
func (s *Server) grantAccess(c *call) answer {
	k := linkKey{location: c.ids[0], application: c.ids[1]}
	application, owned := s.owned(k.application)
	if !owned {
		return c.shapes.fail(http.StatusForbidden, msgAccessDenied)
	}
	if _, known := s.world.locationsByID[k.location]; !known {
		return c.shapes.notInstalled()
	}
	l := s.world.installed(k)
	switch {
	case l == nil && application.FastInstall:
		s.world.install(k, StatusActive)
	case l == nil:
		s.world.install(k, StatusPending)
	case l.status != StatusPending:
		return c.shapes.fail(http.StatusForbidden, msgAlreadyInstalled)
	}
	return c.shapes.ok(object{})
}

// voip connects telephony. The answer only says that the command was accepted.
func (s *Server) voip(c *call) answer {
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	command := f.text("command")
	token := f.text("crm_token")
	switch command {
	case "setup":
		kind := f.text("type")
		if !f.failed("type") && kind != "enable" && kind != "disable" {
			f.fail("type", isWrongValue)
		}
		if problems := f.finish(); problems != nil {
			return c.shapes.invalid(problems, false)
		}
		s.world.voip[token] = kind == "enable"
	case "history", "event":
		// The many other fields do not matter here.
		if f.problems != nil {
			return c.shapes.invalid(f.problems, false)
		}
	default:
		f.fail("command", isWrongValue)
		return c.shapes.invalid(f.problems, false)
	}
	return answer{
		status:   http.StatusAccepted,
		envelope: &envelope{Success: true, Meta: failure{Message: "Accepted"}},
	}
}

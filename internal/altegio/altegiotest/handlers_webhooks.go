// SPDX-License-Identifier: MPL-2.0

package altegiotest

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// hookFlags are the kinds of objects in webhook settings, as documented.
var hookFlags = []string{
	"salon", "service_category", "service", "good", "master", "client", "record",
	"goods_operations_sale", "goods_operations_receipt", "goods_operations_consumable",
	"goods_operations_stolen", "goods_operations_move", "finances_operation",
}

// extraHookFlags are accepted, but not documented (API-66).
var extraHookFlags = []string{"loyalty_card", "schedule"}

// newHookFlags are missing on older servers.
var newHookFlags = []string{"good", "schedule"}

// hooksGet returns the webhook settings of a location. Without any URL, it returns an empty one (API-64).
func (s *Server) hooksGet(c *call) answer {
	if _, known := s.world.locationsByID[c.ids[0]]; !known {
		return c.shapes.notInstalled()
	}
	return c.shapes.ok(s.hookSettings(c))
}

// hooksSet replaces the webhook settings of a location as a whole, including those of other
// applications. A list of URLs can't be empty, so settings can be turned off but not removed.
func (s *Server) hooksSet(c *call) answer {
	if _, known := s.world.locationsByID[c.ids[0]]; !known {
		return c.shapes.notInstalled()
	}
	f, ok := parseForm(c.body)
	if !ok {
		return c.shapes.fail(http.StatusBadRequest, msgBadFormat)
	}
	active := f.flag("active", true)
	urls := f.texts("urls")
	f.checkURLs("urls", urls, true)
	flags := map[string]bool{}
	for _, name := range slices.Concat(hookFlags, extraHookFlags) {
		if f.flag(name, false) {
			flags[name] = true
		}
	}
	selfSending := f.flag("self_sending", false)
	if problems := f.finish(); problems != nil {
		return c.shapes.invalid(problems, false)
	}

	hooks := make([]Webhook, 0, len(urls))
	for _, u := range urls {
		hooks = append(hooks, Webhook{URL: u, Active: active, Flags: maps.Clone(flags), SelfSending: selfSending})
	}
	s.world.hooks[c.ids[0]] = hooks
	a := c.shapes.ok(s.hookSettings(c))
	a.status = http.StatusCreated
	return a
}

// hookSettings returns settings in the form of an answer. The flags at the top are those of the first URL.
func (s *Server) hookSettings(c *call) map[string]any {
	hooks := s.world.hooks[c.ids[0]]
	if len(hooks) == 0 {
		hooks = []Webhook{{}}
	}
	data := hooks[0].flags(c.shapes)
	urls := make([]string, 0, len(hooks))
	perURL := make([]map[string]any, 0, len(hooks))
	for _, hook := range hooks {
		urls = append(urls, c.shapes.spelled(hook.URL))
		if hook.URL != "" {
			settings := hook.flags(c.shapes)
			settings["url"] = c.shapes.spelled(hook.URL)
			perURL = append(perURL, settings)
		}
	}
	data["urls"] = urls
	if !c.shapes.LegacyHooks {
		data["company_id"] = c.ids[0]
		data["url_settings"] = perURL
	}
	return data
}

// spelled returns a webhook URL as the shapes return it.
func (s Shapes) spelled(text string) string {
	switch s.WebhookSpelling {
	case "slash":
		if text != "" && !strings.HasSuffix(text, "/") && !strings.Contains(text, "?") {
			return text + "/"
		}
	case "escaped":
		return strings.ReplaceAll(text, "&", "&amp;")
	case "lowercase":
		if u, err := url.Parse(text); err == nil {
			u.Host = strings.ToLower(u.Host)
			return u.String()
		}
	}
	return text
}

func (h Webhook) flags(shapes Shapes) map[string]any {
	flag := func(on bool) any {
		switch {
		case shapes.HookFlagsAsBooleans:
			return on
		case on:
			return 1
		default:
			return 0
		}
	}
	data := map[string]any{"active": flag(h.Active)}
	for _, name := range slices.Concat(hookFlags, extraHookFlags) {
		if shapes.LegacyHooks && slices.Contains(newHookFlags, name) {
			continue
		}
		data[name] = flag(h.Flags[name])
	}
	if !shapes.LegacyHooks {
		data["self_sending"] = flag(h.SelfSending)
	}
	return data
}

// registerHooks adds the URLs of a callback to the settings of a location, for every kind of
// object.
func (w *world) registerHooks(location int64, urls []string) {
	for _, u := range urls {
		if slices.ContainsFunc(w.hooks[location], func(hook Webhook) bool { return hook.URL == u }) {
			continue
		}
		flags := map[string]bool{}
		for _, name := range slices.Concat(hookFlags, extraHookFlags) {
			flags[name] = true
		}
		w.hooks[location] = append(w.hooks[location], Webhook{URL: u, Active: true, Flags: flags})
	}
}

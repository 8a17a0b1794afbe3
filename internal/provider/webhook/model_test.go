// SPDX-License-Identifier: MPL-2.0

package webhook

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
)

// webhooksOf is a resource's model: its URLs, and its events in words.
func webhooksOf(events string, urls ...string) webhooksModel {
	m := importedWebhooks(1001)
	m.URLs = textSet(urls)
	m.Events = textSet(strings.Fields(events))
	m.SelfSending, m.Active = types.BoolValue(false), types.BoolValue(true)
	return m
}

func (m webhooksModel) overwriting(urls ...string) webhooksModel {
	m.OverwriteOtherURLs = textSet(urls)
	return m
}

func (m webhooksModel) off() webhooksModel {
	m.Active = types.BoolValue(false)
	return m
}

func (m webhooksModel) toSelf() webhooksModel {
	m.SelfSending = types.BoolValue(true)
	return m
}

// sentTo returns the settings of a URL from a newer server; "off" and "self" are not events.
func sentTo(words string) webhookFlags {
	m := webhooksOf(strings.NewReplacer("off", "", "self", "").Replace(words))
	m.Active = types.BoolValue(!strings.Contains(words, "off"))
	m.SelfSending = types.BoolValue(strings.Contains(words, "self"))
	return m.flags()
}

// toldByOlder returns the settings of a URL from an older server.
func toldByOlder(words string) webhookFlags {
	flags := sentTo(words)
	for _, name := range []string{"good", "schedule", flagSelfSending} {
		delete(flags, name)
	}
	return flags
}

func TestWebhooksIn(t *testing.T) {
	t.Parallel()
	newer := webhooksIn(altegio.WebhookSettings{
		Active: true, URLs: []string{"a", "b", "c"}, Events: map[string]bool{"record": true},
		URLEvents: map[string]map[string]bool{"a": {"record": true}, "b": {"record": false, "self_sending": true}},
		URLActive: map[string]bool{"b": false},
	})
	want := webhooks{
		"a": {"active": true, "record": true},
		"b": {"active": false, "record": false, "self_sending": true},
		"c": {"active": true, "record": true}, // not told apart
	}
	if !reflect.DeepEqual(newer, want) {
		t.Errorf("got %v, want %v", newer, want)
	}
}

func TestLocationWebhooksModel_write(t *testing.T) {
	t.Parallel()
	ours := func() *webhooksModel { m := webhooksOf("record", "a"); return &m }
	for name, test := range map[string]struct {
		plan   webhooksModel
		state  *webhooksModel
		now    webhooks
		needed bool
		others string
		// overwritten and refused among those there are.
		overwritten, refused string
	}{
		"new":                            {plan: webhooksOf("record", "a"), now: webhooks{}, needed: true},
		"new, beside the same":           {plan: webhooksOf("record", "a"), now: webhooks{"x": sentTo("record")}, needed: true, others: "x"},
		"new, beside others":             {plan: webhooksOf("record", "a"), now: webhooks{"x": sentTo("client"), "y": sentTo("record")}, needed: true, others: "x y", refused: "x"},
		"new, beside one that is off":    {plan: webhooksOf("record", "a"), now: webhooks{"x": sentTo("record off")}, needed: true, others: "x", refused: "x"},
		"new, beside one sent to itself": {plan: webhooksOf("record", "a"), now: webhooks{"x": sentTo("record self")}, needed: true, others: "x", refused: "x"},
		"new, overwriting":               {plan: webhooksOf("record", "a").overwriting("x", "z"), now: webhooks{"x": sentTo("client"), "y": sentTo("record")}, needed: true, others: "x y", overwritten: "x"},
		"new, overwriting one of two":    {plan: webhooksOf("record", "a").overwriting("x"), now: webhooks{"x": sentTo("client"), "y": sentTo("client")}, needed: true, others: "x y", overwritten: "x", refused: "y"},
		"there already":                  {plan: webhooksOf("record", "a"), now: webhooks{"a": sentTo("record"), "x": sentTo("client")}, others: "x"},
		"there with other events":        {plan: webhooksOf("record", "a"), now: webhooks{"a": sentTo("client")}, needed: true, refused: "a"},
		"there, may be overwritten":      {plan: webhooksOf("record", "a").overwriting("a"), now: webhooks{"a": sentTo("client")}, needed: true},
		"there, turned off":              {plan: webhooksOf("record", "a"), now: webhooks{"a": sentTo("client off")}, needed: true},
		"there, older, self_sending":     {plan: webhooksOf("record", "a").toSelf(), now: webhooks{"a": toldByOlder("record")}, needed: true},
		"there, older":                   {plan: webhooksOf("record", "a"), now: webhooks{"a": toldByOlder("record")}},
		"unchanged":                      {plan: webhooksOf("record", "a"), state: ours(), now: webhooks{"a": sentTo("record"), "x": sentTo("client")}, others: "x"},
		"unchanged, may overwrite":       {plan: webhooksOf("record", "a").overwriting("x"), state: ours(), now: webhooks{"a": sentTo("record"), "x": sentTo("client")}, others: "x"},
		"unchanged, older":               {plan: webhooksOf("record", "a"), state: ours(), now: webhooks{"a": toldByOlder("record")}},
		"other events":                   {plan: webhooksOf("client", "a"), state: ours(), now: webhooks{"a": sentTo("record")}, needed: true},
		"other events, beside the same":  {plan: webhooksOf("client", "a"), state: ours(), now: webhooks{"a": sentTo("record"), "x": sentTo("record")}, needed: true, others: "x", refused: "x"},
		"older, good":                    {plan: webhooksOf("record good", "a"), state: ours(), now: webhooks{"a": toldByOlder("record"), "x": toldByOlder("record")}, needed: true, others: "x"},
		"one more":                       {plan: webhooksOf("record", "a", "b"), state: ours(), now: webhooks{"a": sentTo("record")}, needed: true},
		"one more, taken over":           {plan: webhooksOf("record", "a", "b"), state: ours(), now: webhooks{"a": sentTo("record"), "b": sentTo("client"), "x": sentTo("record")}, needed: true, others: "x"},
		"one for another":                {plan: webhooksOf("record", "b"), state: ours(), now: webhooks{"a": sentTo("record"), "x": sentTo("record")}, needed: true, others: "x"},
		"one for another, beside others": {plan: webhooksOf("record", "b"), state: ours(), now: webhooks{"a": sentTo("record"), "x": sentTo("client")}, needed: true, others: "x", refused: "x"},
		"one for one there":              {plan: webhooksOf("record", "b"), state: ours(), now: webhooks{"a": sentTo("client"), "b": sentTo("record")}, needed: true},
		"gone meanwhile":                 {plan: webhooksOf("record", "a"), state: ours(), now: webhooks{"x": sentTo("record")}, needed: true, others: "x"},
		"turned off":                     {plan: webhooksOf("record", "a").off(), state: ours(), now: webhooks{"a": sentTo("record"), "x": sentTo("record")}, needed: true, others: "x", refused: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := test.plan.write(test.state, test.now)
			got := fmt.Sprint(w.needed, " others ", w.others.urls(), " overwritten ", w.overwritten, " refused ", w.refused.urls())
			want := fmt.Sprint(test.needed, " others ", strings.Fields(test.others), " overwritten ", strings.Fields(test.overwritten), " refused ", strings.Fields(test.refused))
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if len(w.refused) > 0 || !w.needed {
				return
			}
			// Whatever is sent, others lose no URL and, unless they are named, no setting.
			result := w.result()
			for _, u := range w.others.urls() {
				if result[u] == nil || !slices.Contains(w.overwritten, u) && !test.now[u].agrees(result[u]) {
					t.Errorf("%s was %s and becomes %s", u, test.now[u], result[u])
				}
			}
			for u := range result {
				if !slices.Contains(w.urls, u) && w.others[u] == nil {
					t.Errorf("%s is neither ours nor of others", u)
				}
			}
		})
	}
}

func TestLocationWebhooksModel_refresh(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before webhooksModel
		now    webhooks
		want   string // urls, events, self_sending, active, others
	}{
		"same":                     {webhooksOf("record", "a"), webhooks{"a": sentTo("record"), "x": sentTo("client")}, `["a"] ["record"] false true [x]`},
		"other events":             {webhooksOf("record", "a"), webhooks{"a": sentTo("client self off")}, `["a"] ["client"] true false []`},
		"one of two gone":          {webhooksOf("record", "a", "b"), webhooks{"b": sentTo("record")}, `["b"] ["record"] false true []`},
		"all gone":                 {webhooksOf("record", "a"), webhooks{"x": sentTo("record")}, `[] <null> <null> <null> [x]`},
		"nothing there":            {webhooksOf("record", "a"), webhooks{}, `[] <null> <null> <null> []`},
		"imported":                 {importedWebhooks(1001), webhooks{"a": sentTo("record")}, `[] <null> <null> <null> [a]`},
		"not agreed on events":     {webhooksOf("record", "a", "b"), webhooks{"a": sentTo("record"), "b": sentTo("client")}, `["a","b"] <null> false true []`},
		"not agreed on the rest":   {webhooksOf("record", "a", "b"), webhooks{"a": sentTo("record"), "b": sentTo("record off self")}, `["a","b"] ["record"] <null> <null> []`},
		"older keeps what was set": {webhooksOf("record good", "a").toSelf(), webhooks{"a": toldByOlder("record")}, `["a"] ["good","record"] true true []`},
		"older, other events":      {webhooksOf("record good", "a"), webhooks{"a": toldByOlder("client")}, `["a"] ["client","good"] false true []`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := test.before
			for range 2 { // the second time changes nothing
				m.refresh(test.now)
				var others []string
				for u := range m.OtherURLs.Elements() {
					others = append(others, u)
				}
				if got := fmt.Sprint(m.URLs, " ", m.Events, " ", m.SelfSending, " ", m.Active, " ", others); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
			}
		})
	}
}

func TestLocationWebhooksModel_withdraw(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		state  webhooksModel
		now    webhooks
		needed bool
		off    string
		result webhooks // what is told afterwards; nil is refused
	}{
		"gone already":          {state: webhooksOf("record", "a"), now: webhooks{"x": sentTo("client")}, result: webhooks{"x": sentTo("client")}},
		"nothing there":         {state: webhooksOf("record", "a"), now: webhooks{}, result: webhooks{}},
		"others stay":           {state: webhooksOf("record", "a"), now: webhooks{"a": sentTo("record"), "x": sentTo("client"), "y": sentTo("client")}, needed: true, result: webhooks{"x": sentTo("client"), "y": sentTo("client")}},
		"others, one off":       {state: webhooksOf("record", "a"), now: webhooks{"a": sentTo("record"), "x": sentTo("client off self")}, needed: true, result: webhooks{"x": sentTo("client off self")}},
		"others at odds":        {state: webhooksOf("record", "a"), now: webhooks{"a": sentTo("record"), "x": sentTo("client"), "y": sentTo("record")}, needed: true},
		"one may change":        {state: webhooksOf("record", "a").overwriting("x"), now: webhooks{"a": sentTo("record"), "x": sentTo("client"), "y": sentTo("salon")}, needed: true, result: webhooks{"x": sentTo("salon"), "y": sentTo("salon")}},
		"all may change":        {state: webhooksOf("record", "a").overwriting("x", "y"), now: webhooks{"a": sentTo("record"), "x": sentTo("client"), "y": sentTo("salon")}, needed: true, result: webhooks{"x": sentTo("client"), "y": sentTo("client")}},
		"last":                  {state: webhooksOf("record", "a", "b"), now: webhooks{"a": sentTo("record self"), "b": sentTo("record self")}, needed: true, off: "a b", result: webhooks{"a": sentTo("record self off"), "b": sentTo("record self off")}},
		"last, off already":     {state: webhooksOf("record", "a"), now: webhooks{"a": sentTo("record off")}, off: "a", result: webhooks{"a": sentTo("record off")}},
		"what older can't tell": {state: webhooksOf("record good", "a").toSelf(), now: webhooks{"a": toldByOlder("record"), "x": toldByOlder("record")}, needed: true, result: webhooks{"x": sentTo("record good self")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, off := test.state.withdraw(test.now)
			if got := strings.Join(off, " "); w.needed != test.needed || got != test.off {
				t.Errorf("needed: %t, off: %q, want %t, %q", w.needed, got, test.needed, test.off)
			}
			if refused := len(w.refused) > 0; refused != (test.result == nil) {
				t.Fatalf("refused for %v", w.refused.urls())
			}
			if test.result == nil || !w.needed {
				return
			}
			if got := w.result(); !reflect.DeepEqual(got, test.result) {
				t.Errorf("results in %v, want %v", got, test.result)
			}
		})
	}
}

func TestWebhooksWrite_settings(t *testing.T) {
	t.Parallel()
	now := altegio.WebhookSettings{
		Active: true, URLs: []string{"x", "c", "gone", "y"}, Events: map[string]bool{"record": true, "client": true},
	}
	state := webhooksOf("record client", "c", "gone")
	w := webhooksOf("record good", "c", "b", "a").overwriting("x", "y").write(&state, webhooksIn(now))
	got := w.settings(now)
	want := altegio.WebhookSettings{
		Active: true, URLs: []string{"x", "c", "y", "a", "b"}, Events: map[string]bool{"record": true, "client": false, "good": true},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("it sends\n%+v\nwant\n%+v", got, want)
	}
}

func TestWebhooks_changes(t *testing.T) {
	t.Parallel()
	before := webhooks{"a": sentTo("record"), "b": sentTo("record"), "c": sentTo("record"), "d": sentTo("good")}
	after := webhooks{"a": sentTo("record"), "b": sentTo("client off"), "d": toldByOlder(""), "e": sentTo("")}
	want := []string{
		`b has active = false, events = ["client"], self_sending = false, not active = true, events = ["record"], self_sending = false`,
		"c is missing",
		"e is new",
	}
	if got := before.changes(after); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A user who cancels an apply during a write still learns its outcome.
func TestWebhooksWrite_cancelled(t *testing.T) {
	t.Parallel()
	fake := coretest.NewFake(t)
	client, err := altegio.New(altegiotest.DefaultPartnerToken, altegio.WithUserToken(altegiotest.DefaultUserToken),
		altegio.WithAPIURL(fake.APIURL()), altegio.WithMaxRetries(0), altegio.WithPacer(altegio.NewPacer(0, 0)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	ctx, cancel := context.WithCancel(t.Context())
	fake.Fail(altegiotest.Fault{Operation: altegiotest.OpHooksSet, Match: func(*http.Request, []byte) bool {
		cancel()
		return false
	}})
	w := webhooksOf("record", coretest.URLA).write(nil, webhooks{})
	after, _, diags := w.send(ctx, client, 1001, altegio.WebhookSettings{})
	if len(diags) > 0 || !after[coretest.URLA]["record"] || len(after) != 1 {
		t.Errorf("it returns %v, %v", after, diags)
	}
	coretest.Sent{Fake: fake, Want: map[string]int{altegiotest.OpHooksSet: 1, altegiotest.OpHooksGet: 1}}.Now(t)
}

// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func probeFake(t *testing.T, fake *altegiotest.Server, more ...string) (code int, out string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), append([]string{
		"-api-url", fake.APIURL(), "-app-url", fake.AppURL(), "-application", "456", "-location", "1001", "-pause", "0",
	}, more...), func(string) string { return "Bearer " + altegiotest.DefaultPartnerToken }, http.DefaultTransport, &stdout, &stderr)
	out = stdout.String() + stderr.String()
	for _, secret := range []string{altegiotest.DefaultPartnerToken, "La Visage", "1001", "456", "sign="} {
		if strings.Contains(out, secret) {
			t.Errorf("it shows %q:\n%s", secret, out)
		}
	}
	return code, out
}

// differing are the facts that the table marks.
func differing(out string) (facts []string) {
	for line := range strings.Lines(out) {
		if rest, ok := strings.CutPrefix(line, "!"); ok {
			name, _, _ := strings.Cut(strings.TrimSpace(rest), "  ")
			facts = append(facts, name)
		}
	}
	return facts
}

func TestProbe(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		world altegiotest.World
		want  string // what differs
	}{
		"as documented":        {altegiotest.World{}, ""},
		"numbers as strings":   {altegiotest.World{Numbers: 1}, "listing, an id is a"},
		"pages from 0":         {altegiotest.World{PageBase: 3}, "listing, page 0"},
		"page 0 fails":         {altegiotest.World{PageBase: 2}, "listing, page 0"},
		"page 0 is the first":  {altegiotest.World{PageBase: 1}, ""},
		"pages ignored":        {altegiotest.World{PageBeyond: 2}, "listing, the page is heeded|listing, a page beyond the last"},
		"count ignored":        {altegiotest.World{PageSize: 2}, "listing, rows of count=1"},
		"the one host only":    {altegiotest.World{Hosts: 1, OtherHost: 1}, ""},
		"the other host":       {altegiotest.World{Hosts: 2, OtherHost: 1}, "tariffs at api-url|payment link at api-url"},
		"the other, redirects": {altegiotest.World{Hosts: 2, OtherHost: 3}, "tariffs at api-url|payment link at api-url"},
		"the other, 404 JSON":  {altegiotest.World{Hosts: 2}, "tariffs at api-url"}, // a link can be answered 404 anywhere
		"no meta, in Russian":  {altegiotest.World{EmptyMeta: 2, Language: 1}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := altegiotest.NewServer(altegiotest.WithShapes(tc.world.Shapes()))
			defer fake.Close()
			code, out := probeFake(t, fake)
			if got := strings.Join(differing(out), "|"); got != tc.want || (code == 0) != (tc.want == "") {
				t.Errorf("it exits with %d, and differing are %q, want %q:\n%s", code, got, tc.want, out)
			}
			for _, r := range fake.Requests() {
				if r.Method != "GET" {
					t.Errorf("it sends %s %s", r.Method, r.Path)
				}
			}
		})
	}
}

func TestProbe_Usage(t *testing.T) {
	t.Parallel()
	token := func(string) string { return "t" }
	for _, tc := range []struct {
		arguments []string
		getenv    func(string) string
		want      string
	}{
		{[]string{"-application", "1", "-location", "2"}, func(string) string { return "" }, "ALTEGIO_PARTNER_TOKEN is not set"},
		{[]string{"-application", "1"}, token, "-application and -location are needed"},
		{[]string{"-application", "1", "-location", "2", "-write", "sms"}, token, "-write takes a channel"},
		{[]string{"-application", "1", "-location", "2", "-api-url", "nowhere"}, token, "cannot be read"},
		{[]string{"-nonsense"}, token, "not defined"},
	} {
		var stderr bytes.Buffer
		if code := run(t.Context(), tc.arguments, tc.getenv, http.DefaultTransport, &stderr, &stderr); code != 2 || !strings.Contains(stderr.String(), tc.want) {
			t.Errorf("%q: %d, %s", tc.arguments, code, stderr.String())
		}
	}
}

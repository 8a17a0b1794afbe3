// SPDX-License-Identifier: MPL-2.0

package core

import (
	"strings"
	"testing"
)

func TestHttpsURLValidator_problem(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"https://a.test", "HTTPS://A.test/x?y=1&z=2#f", "https://a.test:8443/", "https://[::1]:443/x", "https://user@a.test/", "https://ä.test/ü",
	} {
		if problem := httpsURLProblem(good); problem != "" {
			t.Errorf("%q: %s", good, problem)
		}
	}
	for bad, want := range map[string]string{
		"http://a.test": "https", "a.test": "https", "": "https", "https://": "no host", "https:///x": "no host", "https://@/": "no host",
		"https://:443/": "no host", "https://[::1": "cannot be read", "https://a.test:99999999/": "port", "https://a.test:0/": "port",
		"https://a.test/\x1b[31m": "an invisible character", "https://a.test/x y": "space", "https://a.test/\u202e": "an invisible character",
		"https://a.test/\n": "space", "https://a.test:x/": "cannot be read", "https://%zz/": "cannot be read",
	} {
		if problem := httpsURLProblem(bad); !strings.Contains(problem, want) {
			t.Errorf("%q: %q, want %q", bad, problem, want)
		}
	}
}

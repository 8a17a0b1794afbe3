// SPDX-License-Identifier: MPL-2.0

package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// start runs the command and returns the base URL it printed, the lines that it prints after the
// greeting, and a function that stops it.
func start(t *testing.T, args ...string) (url string, logged <-chan string, greeting string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), writer, io.Discard)
		_ = writer.CloseWithError(io.EOF)
		ended <- err
	}()

	scanner := bufio.NewScanner(reader)
	var text strings.Builder
	for scanner.Scan() {
		text.WriteString(scanner.Text() + "\n")
		if strings.HasPrefix(scanner.Text(), "curl ") {
			scanner.Scan() // the empty line
			break
		}
	}
	match := regexp.MustCompile(`ALTEGIO_APP_URL=(http://\S+)`).FindStringSubmatch(text.String())
	if match == nil {
		cancel()
		t.Fatalf("no ALTEGIO_APP_URL in what was printed: %q, %v", text.String(), <-ended)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
	}()
	stop = func() error { cancel(); return <-ended }
	t.Cleanup(cancel)
	return match[1], lines, text.String(), stop
}

func get(t *testing.T, url, authorization string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/vnd.api.v2+json")
	req.Header.Set("Authorization", authorization)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport, Timeout: 30 * time.Second}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestRun(t *testing.T) {
	t.Parallel()
	url, logged, greeting, stop := start(t, "-token", "a-token", "-user-token", "owner-token", "-seed", "testdata/seed.json", "-requests-per-minute", "2")

	for _, want := range []string{
		"export ALTEGIO_API_URL=" + url + "/api/v1\n",
		"export ALTEGIO_APP_URL=" + url + "\n",
		"export ALTEGIO_PARTNER_TOKEN=a-token\n",
		"export ALTEGIO_USER_TOKEN=owner-token\n",
		url + "/marketplace/salon/2001/application/456",
	} {
		if !strings.Contains(greeting, want) {
			t.Errorf("%q isn't in the greeting:\n%s", want, greeting)
		}
	}

	if status, body := get(t, url+"/marketplace/salon/2001/application/456?x=y", "Bearer a-token"); status != 200 || !strings.Contains(body, `"status":"active"`) {
		t.Errorf("installation of the seed: %d %s", status, body)
	}
	if got, want := <-logged, "GET /marketplace/salon/2001/application/456 200"; got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
	if status, body := get(t, url+"/api/v1/countries", "Bearer other"); status != 401 {
		t.Errorf("wrong token: %d %s", status, body)
	}
	if status, body := get(t, url+"/api/v1/countries", "Bearer a-token"); status != 429 {
		t.Errorf("third request of the minute: %d %s", status, body)
	}

	if err := stop(); err != nil {
		t.Errorf("after the end of its context: %v", err)
	}
	for line := range logged {
		if strings.Contains(line, "a-token") {
			t.Errorf("the token is logged: %q", line)
		}
	}
}

func TestRunQuiet(t *testing.T) {
	t.Parallel()
	url, logged, _, stop := start(t, "-quiet")
	if status, _ := get(t, url+"/nothing", ""); status != 404 {
		t.Errorf("unknown path: %d", status)
	}
	if err := stop(); err != nil {
		t.Errorf("after the end of its context: %v", err)
	}
	for line := range logged {
		t.Errorf("logged %q", line)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want string
	}{
		"every interface": {[]string{"-addr", ":8080"}, "not a loopback address"},
		"an address":      {[]string{"-addr", "192.0.2.1:8080"}, "not a loopback address"},
		"a host name":     {[]string{"-addr", "example.com:8080"}, "not a loopback address"},
		"no port":         {[]string{"-addr", "127.0.0.1"}, "missing port"},
		"no seed file":    {[]string{"-seed", "testdata/none.json"}, "none.json"},
		"no seed":         {[]string{"-seed", "main.go"}, "main.go: reading the seed"},
		"an argument":     {[]string{"serve"}, `unexpected argument "serve"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), tt.args, io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestRunHelp(t *testing.T) {
	t.Parallel()
	var usage strings.Builder
	if err := run(t.Context(), []string{"-h"}, io.Discard, &usage); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(usage.String(), "-requests-per-second") {
		t.Errorf("usage: %s", usage.String())
	}
}

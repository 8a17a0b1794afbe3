// SPDX-License-Identifier: MPL-2.0

package altegiotest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

func (x *tester) wantChannelSet(t *testing.T, want bool) {
	t.Helper()
	if _, wasSet := x.Channel(1001, 456, "sms"); wasSet != want {
		t.Errorf("channel set: %t, want %t", wasSet, want)
	}
}

func TestFaultAnswers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault       altegiotest.Fault
		status      int
		body        string
		contentType string
		effect      bool
	}{
		"status": {
			altegiotest.Fault{Status: 500},
			500, message("An error has occurred."), "application/json", false,
		},
		"status 401": {altegiotest.Fault{Status: 401}, 401, message("Authentication needed."), "application/json", false},
		"status 403": {altegiotest.Fault{Status: 403}, 403, message("Access denied."), "application/json", false},
		"status 404": {altegiotest.Fault{Status: 404}, 404, noMessage, "application/json", false},
		"status 429": {altegiotest.Fault{Status: 429}, 429, message("Too many requests."), "application/json", false},
		"status 200": {altegiotest.Fault{Status: 200}, 200, message("An error has occurred."), "application/json", false},
		"status after the effect": {
			altegiotest.Fault{Status: 502, AfterEffect: true},
			502, message("An error has occurred."), "application/json", true,
		},
		"body": {
			altegiotest.Fault{Body: `{"success":false}`},
			200, `{"success":false}`, "application/json", false,
		},
		"body and header": {
			altegiotest.Fault{Status: 503, Body: "busy", Header: http.Header{"Content-Type": {"text/plain"}}},
			503, "busy", "text/plain", false,
		},
		"empty": {
			altegiotest.Fault{Status: 500, Empty: true},
			500, "", "", false,
		},
		"page": {
			altegiotest.Fault{HTML: true},
			200, "<!DOCTYPE html>\n<html><head><title>200 OK</title></head><body><h1>200 OK</h1></body></html>\n", "text/html; charset=UTF-8", false,
		},
		"page after the effect": {
			altegiotest.Fault{HTML: true, Status: 502, AfterEffect: true},
			502, "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n", "text/html; charset=UTF-8", true,
		},
		"header only": {
			altegiotest.Fault{Header: http.Header{"X-Extra": {"yes"}}},
			200, emptySuccess, "application/json", true,
		},
		"nothing": {
			altegiotest.Fault{},
			200, emptySuccess, "application/json", true,
		},
		"effect and nothing": {
			altegiotest.Fault{AfterEffect: true},
			200, emptySuccess, "application/json", true,
		},
		"short delay": {
			altegiotest.Fault{Delay: time.Millisecond},
			200, emptySuccess, "application/json", true,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTester(t)
			x.Fail(tt.fault)
			got := x.post(channelPath, channelBody)
			got.want(t, tt.status, tt.body)
			if contentType := got.header.Get("Content-Type"); contentType != tt.contentType {
				t.Errorf("Content-Type %q, want %q", contentType, tt.contentType)
			}
			for name := range tt.fault.Header {
				if got.header.Get(name) != tt.fault.Header.Get(name) {
					t.Errorf("%s is %q", name, got.header.Get(name))
				}
			}
			x.wantChannelSet(t, tt.effect)
		})
	}
}

func TestFaultRedirect(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.Fail(altegiotest.Fault{Redirect: "https://elsewhere.example/", Times: 1})
	x.Fail(altegiotest.Fault{Redirect: "/login", Status: 307})
	got := x.post(channelPath, channelBody)
	got.wantStatus(t, 302)
	if location := got.header.Get("Location"); location != "https://elsewhere.example/" {
		t.Errorf("to %q", location)
	}
	got = x.post(channelPath, channelBody)
	got.wantStatus(t, 307)
	if location := got.header.Get("Location"); location != "/login" {
		t.Errorf("to %q", location)
	}
	x.wantChannelSet(t, false)
}

func TestFaultDrop(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		options []altegiotest.Option
		fault   altegiotest.Fault
		effect  bool
	}{
		"before the effect":   {nil, altegiotest.Fault{Drop: true}, false},
		"after the effect":    {nil, altegiotest.Fault{Drop: true, AfterEffect: true}, true},
		"before, with HTTP/2": {[]altegiotest.Option{altegiotest.WithTLS()}, altegiotest.Fault{Drop: true}, false},
		"after, with HTTP/2":  {[]altegiotest.Option{altegiotest.WithTLS()}, altegiotest.Fault{Drop: true, AfterEffect: true}, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTester(t, tt.options...)
			x.Fail(tt.fault)
			got, err := x.try(x.request("POST", channelPath, channelBody))
			if err == nil {
				t.Errorf("answered with %d %s", got.status, got.body)
			}
			x.wantChannelSet(t, tt.effect)
			if journal := x.Requests(); len(journal) != 1 || journal[0].StatusCode != 0 {
				t.Errorf("journal: %+v", journal)
			}
		})
	}
}

func TestFaultTruncate(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.Fail(altegiotest.Fault{Truncate: true})
	got, err := x.try(x.request("POST", channelPath, channelBody))
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("failed with %v", err)
	}
	if got.status != 200 || got.body != emptySuccess[:len(emptySuccess)/2] {
		t.Errorf("got %d %s", got.status, got.body)
	}
	x.wantChannelSet(t, true)
	if _, err := x.try(x.request("POST", "/marketplace/partner/callback", `{"salon_id":1006,"application_id":456}`)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("an empty body failed with %v", err)
	}
}

func TestFaultDelay(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]bool{"before the effect": false, "after the effect": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTester(t)
			reached := make(chan struct{})
			x.Fail(altegiotest.Fault{
				Delay:       time.Hour,
				AfterEffect: after,
				Match:       func(*http.Request, []byte) bool { close(reached); return true },
			})
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-reached; cancel() }()
			if _, err := x.try(x.request("POST", channelPath, channelBody).WithContext(ctx)); !errors.Is(err, context.Canceled) {
				t.Errorf("failed with %v", err)
			}
			x.Close() // waits for the request to end
			x.wantChannelSet(t, after)
		})
	}
}

func TestCloseEndsDelays(t *testing.T) {
	t.Parallel()
	x := newTester(t, altegiotest.WithLatency(time.Hour))
	failed := make(chan error)
	go func() {
		_, err := x.try(x.request("POST", channelPath, channelBody))
		failed <- err
	}()
	for x.Count(altegiotest.OpUpdateChannel) == 0 {
		time.Sleep(time.Millisecond)
	}
	x.Close()
	if err := <-failed; err == nil {
		t.Error("a delayed request was answered")
	}
	x.wantChannelSet(t, false)
}

func TestFaultSelection(t *testing.T) {
	t.Parallel()
	x := newTester(t)
	x.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Skip: 1, Times: 2, Status: 500})
	x.Fail(altegiotest.Fault{Operation: altegiotest.OpUpdateChannel, Status: 503, Times: 1, Match: func(r *http.Request, body []byte) bool {
		return r.Method == http.MethodPost && strings.Contains(string(body), "whatsapp")
	}})
	remove := x.Fail(altegiotest.Fault{Operation: altegiotest.OpInstallation, Status: 502})

	whatsapp := strings.Replace(channelBody, "sms", "whatsapp", 1)
	for i, want := range []struct {
		body   string
		status int
	}{
		{channelBody, 200}, // the one that the first fault skips
		{channelBody, 500},
		{whatsapp, 500}, // the first fault comes first
		{channelBody, 200},
		{whatsapp, 503},
		{whatsapp, 200},
	} {
		if got := x.post(channelPath, want.body); got.status != want.status {
			t.Errorf("request %d: %d, want %d", i+1, got.status, want.status)
		}
	}

	x.get(statusPath).wantStatus(t, 502)
	remove()
	remove()
	x.get(statusPath).wantStatus(t, 200)

	x.Fail(altegiotest.Fault{Status: 418})
	x.get("/nothing").wantStatus(t, 418)
	x.ClearFaults()
	x.get(statusPath).wantStatus(t, 200)
}

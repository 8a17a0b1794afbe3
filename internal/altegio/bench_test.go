// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// newInPlace returns a client that is answered without a network, so that only its own work is
// counted. It has no limits, but keeps the log of them.
func newInPlace(t testing.TB, answer string) *Client {
	c, err := New(testToken, WithPacer(NewPacer(1000, 0)))
	if err != nil {
		t.Fatal(err)
	}
	c.pacer.rules.windows[0].period = 0 // nobody waits
	c.next = inPlace(answer)
	return c
}

type inPlace string

// RoundTrip implements http.RoundTripper. Pages but the first are empty.
func (a inPlace) RoundTrip(r *http.Request) (*http.Response, error) {
	body := string(a)
	if query := r.URL.RawQuery; strings.Contains(query, "page=") && !strings.Contains(query, "page=1") {
		body = `{"success":true,"data":[],"meta":[]}`
	}
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func BenchmarkSetChannel(b *testing.B) {
	c := newInPlace(b, updated)
	b.ReportAllocs()
	for b.Loop() {
		if err := c.SetChannel(b.Context(), Channel{LocationID: 1, ApplicationID: 2, Slug: ChannelSMS}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInstallation(b *testing.B) {
	c := newInPlace(b, installed)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Installation(b.Context(), 1, 2); err != nil {
			b.Fatal(err)
		}
	}
}

// The answer that all channels of a location share.
func BenchmarkSharedInstallation(b *testing.B) {
	c := newInPlace(b, installed)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.SharedInstallation(b.Context(), 1, 2); err != nil {
			b.Fatal(err)
		}
	}
}

// locationsPage is a page of locations as full as the fake gives them.
func locationsPage(b testing.TB, n int) string {
	s := altegiotest.NewServer()
	defer s.Close()
	s.AddLocations(n, 456)
	req, err := http.NewRequestWithContext(b.Context(), http.MethodGet,
		fmt.Sprintf("%s/marketplace/application/456/salons?page=1&count=%d", s.AppURL(), n), nil)
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+altegiotest.DefaultPartnerToken)
	req.Header.Set("Accept", mediaType)
	resp, err := s.Client().Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // it has been read
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return string(page)
}

// One less than a full page. An empty one after it and an empty page 0 belong to the listing.
const listed = locationsPerPage - 1

func BenchmarkLocations999(b *testing.B) {
	c := newInPlace(b, locationsPage(b, listed))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range c.Locations(b.Context(), 456) {
			if n++; err != nil {
				b.Fatal(err)
			}
		}
		if n != listed {
			b.Fatalf("%d locations", n)
		}
	}
}

// What refreshing a fleet needs of the same answer.
func BenchmarkSharedLocationIDs999(b *testing.B) {
	c := newInPlace(b, locationsPage(b, listed))
	b.ReportAllocs()
	for b.Loop() {
		c.listings.forget(456)
		if ids, err := c.SharedLocationIDs(b.Context(), 456); err != nil || len(ids) != listed {
			b.Fatalf("%d locations, %v", len(ids), err)
		}
	}
}

func BenchmarkPacer(b *testing.B) {
	p := NewPacer(5, 200)
	for i := range p.rules.windows {
		p.rules.windows[i].period = 0 // everything except the waiting
	}
	b.ReportAllocs()
	for b.Loop() {
		release, err := p.acquire(b.Context(), time.Time{}, time.Time{}, noWaiting)
		if err != nil {
			b.Fatal(err)
		}
		release()
	}
}

func inUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // objects finalised by the first one
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc) //nolint:gosec // no heap is that large
}

// The cost of a request does not depend on the number of earlier ones.
func TestAllocations_DoNotGrow(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts everything
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	c := newInPlace(t, updated)
	ctx := context.Background()
	var id int64
	set := func() {
		id++
		if err := c.SetChannel(ctx, Channel{LocationID: id, ApplicationID: 2, Slug: ChannelSMS}); err != nil {
			t.Fatal(err)
		}
	}
	for range 100 {
		set()
	}
	early := testing.AllocsPerRun(100, set)
	for range 3000 { // the pacer's log is as long as it gets
		set()
	}
	before := inUse()
	for range 5000 {
		set()
	}
	// Less than a pointer for each.
	if grown := inUse() - before; grown > 5000*8 {
		t.Errorf("5000 requests leave %d bytes in memory", grown)
	}
	late := testing.AllocsPerRun(100, set)
	if late > early*1.05+1 {
		t.Errorf("a request allocates %.0f times after 100 requests and %.0f times after 5000", early, late)
	}
	if early > 60 {
		t.Errorf("a request allocates %.0f times", early)
	}
	if n := len(c.installations.known); n != 0 {
		t.Errorf("writes left %d answers in memory", n)
	}
}

// A page of locations is read without an allocation for each member of each row.
func TestAllocations_Listing(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts everything
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	c := newInPlace(t, locationsPage(t, listed))
	n := testing.AllocsPerRun(3, func() {
		for _, err := range c.Locations(context.Background(), 456) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if n > 30_000 {
		t.Errorf("a page of %d locations takes %.0f allocations", listed, n)
	}
}

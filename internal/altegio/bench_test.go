package altegio

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// newFake starts a fake Altegio, with a client of it that has no limits.
func newFake(t testing.TB, options ...Option) (*altegiotest.Server, *Client) {
	s := altegiotest.NewServer(altegiotest.WithoutJournal())
	t.Cleanup(s.Close)
	c, err := New(altegiotest.DefaultPartnerToken, append([]Option{
		WithAPIURL(s.APIURL()), WithAppURL(s.AppURL()), unpaced(),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return s, c
}

// The fake's world, see altegiotest.DefaultSeed.
const fakeLocation, fakeApplication = 1001, 456

func BenchmarkSetChannel(b *testing.B) {
	_, c := newFake(b)
	channel := Channel{LocationID: fakeLocation, ApplicationID: fakeApplication, Slug: ChannelSMS, IsAvailable: true}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.SetChannel(b.Context(), channel); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSharedInstallation(b *testing.B) {
	_, c := newFake(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.SharedInstallation(b.Context(), fakeLocation, fakeApplication); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPacer(b *testing.B) {
	p := NewPacer(5, 200)
	for i := range p.windows {
		p.windows[i].period = 0 // all is done but the waiting
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

// inPlace answers without a network, so that only the client's allocations are counted.
type inPlace string

func (a inPlace) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader([]byte(a)))}, nil
}

// What a request costs does not depend on how many there were before.
func TestAllocations_DoNotGrow(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts everything
	if raceDetector {
		t.Skip("the race detector allocates")
	}
	c, err := New(testToken, WithPacer(NewPacer(1000, 0)))
	if err != nil {
		t.Fatal(err)
	}
	c.pacer.windows[0].period = 0 // the log is kept, and nobody waits
	c.http.HTTPClient.Transport.(*attempter).next = inPlace(updated)
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
	for range 5000 {
		set()
	}
	late := testing.AllocsPerRun(100, set)
	if late > early*1.05+1 {
		t.Errorf("a request allocates %.0f times after 100 requests and %.0f times after 5000", early, late)
	}
	if early > 120 {
		t.Errorf("a request allocates %.0f times", early)
	}
	if n := len(c.installations.known); n != 0 {
		t.Errorf("writes left %d answers in memory", n)
	}
}

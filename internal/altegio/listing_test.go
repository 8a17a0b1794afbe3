// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

const listedApplication = 500

// listingFake is a fake at which so many locations have the application listedApplication.
func listingFake(t testing.TB, n int, shapes altegiotest.Shapes) (*altegiotest.Server, []int64) {
	t.Helper()
	fake := altegiotest.NewServer(altegiotest.WithShapes(shapes))
	t.Cleanup(fake.Close)
	fake.AddApplication(altegiotest.Application{ID: listedApplication, Category: altegiotest.CategoryChatBots})
	return fake, fake.AddLocations(n, listedApplication)
}

func clientOfFake(t testing.TB, fake *altegiotest.Server, options ...Option) *Client {
	t.Helper()
	c, err := New(altegiotest.DefaultPartnerToken, append([]Option{
		WithAPIURL(fake.APIURL()), WithAppURL(fake.AppURL()), unpaced(), WithMaxRetries(0),
		WithUserToken(altegiotest.DefaultUserToken),
	}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	c.transport.Proxy = nil
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// However a server counts pages, the listing is whole, or it is an error: never short.
func TestLocations_Pages(t *testing.T) {
	t.Parallel()
	const ignored = "cannot be trusted: the server ignores the page"
	for name, tc := range map[string]struct {
		n        int
		shapes   altegiotest.Shapes
		requests int
		problem  string
	}{
		"none":              {0, altegiotest.Shapes{}, 2, ""},
		"short":             {7, altegiotest.Shapes{}, 3, ""},
		"one less":          {999, altegiotest.Shapes{}, 3, ""},
		"full":              {1000, altegiotest.Shapes{}, 3, ""},
		"several":           {2500, altegiotest.Shapes{}, 5, ""},
		"ten thousand":      {10_000, altegiotest.Shapes{}, 12, ""},
		"from 0, none":      {0, altegiotest.Shapes{PageBase: "zero"}, 2, ""},
		"from 0, short":     {800, altegiotest.Shapes{PageBase: "zero"}, 2, ""},
		"from 0, full":      {1000, altegiotest.Shapes{PageBase: "zero"}, 2, ""},
		"from 0, more":      {1001, altegiotest.Shapes{PageBase: "zero"}, 3, ""},
		"from 0, several":   {2500, altegiotest.Shapes{PageBase: "zero"}, 4, ""},
		"clamped, short":    {800, altegiotest.Shapes{PageBase: "clamped"}, 3, ""},
		"clamped, several":  {2500, altegiotest.Shapes{PageBase: "clamped"}, 5, ""},
		"page 0 fails":      {800, altegiotest.Shapes{PageBase: "failing"}, 4, ""},
		"capped":            {30, altegiotest.Shapes{MaxPage: 10}, 5, ""},
		"capped unevenly":   {33, altegiotest.Shapes{MaxPage: 10}, 6, ""},
		"capped, from 0":    {30, altegiotest.Shapes{MaxPage: 10, PageBase: "zero"}, 4, ""},
		"ignored, short":    {999, altegiotest.Shapes{IgnorePage: true}, 3, ""},
		"ignored, full":     {1000, altegiotest.Shapes{IgnorePage: true}, 3, ignored},
		"ignored":           {2500, altegiotest.Shapes{IgnorePage: true}, 3, ignored},
		"repeated, short":   {999, altegiotest.Shapes{RepeatLastPage: true}, 3, ""},
		"repeated, full":    {1000, altegiotest.Shapes{RepeatLastPage: true}, 4, ""},
		"repeated":          {2500, altegiotest.Shapes{RepeatLastPage: true}, 5, ""},
		"repeated, in full": {3000, altegiotest.Shapes{RepeatLastPage: true}, 6, ""},
		"repeated, from 0":  {2000, altegiotest.Shapes{RepeatLastPage: true, PageBase: "zero"}, 4, ""},
		"repeated, capped":  {30, altegiotest.Shapes{RepeatLastPage: true, MaxPage: 10}, 5, ""},
		"not counted":       {2500, altegiotest.Shapes{IgnoreCount: true}, 1, ""},
		"not counted, short": {
			800, altegiotest.Shapes{IgnoreCount: true, IgnorePage: true}, 3, "",
		},
		"not counted, from 0": {2500, altegiotest.Shapes{IgnoreCount: true, PageBase: "zero"}, 2, ""},
		"as objects":          {1500, altegiotest.Shapes{ListsAsObjects: true}, 4, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, ids := listingFake(t, tc.n, tc.shapes)
			c := clientOfFake(t, fake)
			all, err := collect(t.Context(), c, listedApplication)
			if n := fake.Count(altegiotest.OpLocations); n != tc.requests {
				t.Errorf("%d requests, want %d", n, tc.requests)
			}
			shared, sharedErr := map[int64]struct{}{}, err
			if tc.n <= 3000 || err != nil {
				shared, sharedErr = c.SharedLocationIDs(t.Context(), listedApplication)
			} else {
				for _, l := range all {
					shared[l.ID] = struct{}{}
				}
			}
			if tc.problem != "" {
				for _, err := range []error{err, sharedErr} {
					if e := asError(t, err); e.Kind != KindUnexpectedAnswer || !strings.Contains(e.Message, tc.problem) {
						t.Errorf("got %v, want %q", err, tc.problem)
					}
				}
				return
			}
			if err != nil || sharedErr != nil {
				t.Fatal(err, sharedErr)
			}
			got := make([]int64, 0, len(all))
			for _, l := range all {
				got = append(got, l.ID)
			}
			slices.Sort(got)
			if !slices.Equal(got, ids) || len(shared) != len(ids) {
				t.Errorf("%d locations, %d ids, want %d", len(got), len(shared), len(ids))
			}
		})
	}
}

// pages answers with so many locations, as many a page as are asked for.
func pages(n int, row func(id int) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		count, _ := strconv.Atoi(r.URL.Query().Get("count"))
		var rows []string
		for id := (page-1)*count + 1; page > 0 && id <= min(page*count, n); id++ {
			rows = append(rows, row(id))
		}
		answer(200, `{"success":true,"data":[`+strings.Join(rows, ",")+`],"meta":[]}`)(w, r)
	}
}

func TestLocations_OddPages(t *testing.T) {
	t.Parallel()
	plain := func(id int) string { return fmt.Sprintf(`{"id":%d}`, id) }
	for name, tc := range map[string]struct {
		handler        http.HandlerFunc
		want, requests int
		problem        string
	}{
		"each row twice":              {pages(1500, func(id int) string { return plain((id + 1) / 2) }), 750, 4, ""},
		"larger than other answers":   {pages(1000, func(id int) string { return fmt.Sprintf(`{"id":%d,"title":"%02000d"}`, id, id) }), 1000, 3, ""},
		"one row for ever":            {answer(200, `{"success":true,"data":[{"id":7}],"meta":[]}`), 1, 3, ""},
		"a full page of one for ever": {answer(200, `{"success":true,"data":[`+strings.TrimSuffix(strings.Repeat(`{"id":7},`, 1000), ",")+`],"meta":[]}`), 1, 3, "cannot be trusted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, j := serve(t, tc.handler)
			all, err := collect(t.Context(), clientOf(t, s), 2)
			if (err == nil) != (tc.problem == "") || err != nil && !strings.Contains(err.Error(), tc.problem) {
				t.Errorf("got %v, want %q", err, tc.problem)
			}
			if len(all) != tc.want || len(j.requests()) != tc.requests {
				t.Errorf("got %d locations with %d requests, want %d with %d", len(all), len(j.requests()), tc.want, tc.requests)
			}
		})
	}
}

// A failure of page 0 is ignored only if page 0 is known to come before the first one.
func TestLocations_PageZeroFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		n       int
		base    string
		times   int
		want    int // -1: an error
		request int
	}{
		"from 1":                    {1500, "", 0, 1500, 5},
		"from 1, none":              {0, "", 0, -1, 4},
		"from 0":                    {1500, "zero", 0, -1, 5},
		"from 0, short":             {800, "zero", 0, -1, 4},
		"from 0, once":              {1500, "zero", 1, 1500, 5},
		"from 0, short, once":       {800, "zero", 1, 800, 4},
		"from 0, exactly one, once": {1, "zero", 1, 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := listingFake(t, tc.n, altegiotest.Shapes{PageBase: tc.base})
			fake.Fail(altegiotest.Fault{
				Operation: altegiotest.OpLocations, Status: 500, Times: tc.times,
				Match: func(r *http.Request, _ []byte) bool { return r.URL.Query().Get("page") == "0" },
			})
			all, err := collect(t.Context(), clientOfFake(t, fake), listedApplication)
			switch {
			case tc.want < 0:
				if e := asError(t, err); e.Kind != KindServerError {
					t.Errorf("got %v", err)
				}
			case err != nil || len(all) != tc.want:
				t.Errorf("%d locations, want %d: %v", len(all), tc.want, err)
			}
			if n := fake.Count(altegiotest.OpLocations); n != tc.request {
				t.Errorf("%d requests, want %d", n, tc.request)
			}
		})
	}
}

// A listing that never ends is given up, whichever bound is met first, and is an error.
func TestLocations_Endless(t *testing.T) {
	t.Parallel()
	if endOfListings.pages > 1000 || endOfListings.rows > 100_000 || endOfListings.bytes > 256<<20 {
		t.Errorf("the end is far away: %+v", endOfListings)
	}
	for name, tc := range map[string]struct {
		end      listingEnd
		requests int
	}{
		"pages": {listingEnd{3, 1 << 40, 1 << 40}, 3},
		"rows":  {listingEnd{1 << 40, 150, 1 << 40}, 2},
		"bytes": {listingEnd{1 << 40, 1 << 40, 150_000}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, _ := listingFake(t, 30, altegiotest.Shapes{EndlessPages: true, MaxPage: 100})
			var err error
			n := 0
			for _, err = range listLocations(t.Context(), clientOfFake(t, fake), listedApplication, tc.end) {
				n++
			}
			if e := asError(t, err); e.Kind != KindUnexpectedAnswer || !strings.Contains(e.Message, "the listing does not end: ") {
				t.Errorf("got %v", err)
			}
			if fake.Count(altegiotest.OpLocations) != tc.requests || n != tc.requests*100+1 {
				t.Errorf("%d requests, %d results", fake.Count(altegiotest.OpLocations), n)
			}
		})
	}
}

// Whoever has enough asks for no further page.
func TestLocations_StopEarly(t *testing.T) {
	t.Parallel()
	fake, _ := listingFake(t, 1500, altegiotest.Shapes{})
	for _, err := range clientOfFake(t, fake).Locations(t.Context(), listedApplication) {
		if err != nil {
			t.Error(err)
		}
		break
	}
	if n := fake.Count(altegiotest.OpLocations); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// A field that cannot be read is named with its row, and does not affect the others.
func TestLocations_OddFields(t *testing.T) {
	t.Parallel()
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		data := `[]`
		if r.URL.Query().Get("page") == "1" {
			data = `[{"id":5,"title":"A","timezone":"-5"},{"id":"6","title":["x"],"timezone":"UTC\u001b[31m","city_id":{}},{"id":7,"city_id":[]}]`
		}
		answer(200, `{"success":true,"data":`+data+`,"meta":[]}`)(w, r)
	})
	log := &eventLog{}
	c := clientOf(t, s, WithObserver(log))
	all, err := collect(t.Context(), c, 2)
	if err != nil || len(all) != 3 {
		t.Fatalf("got %v, %v", all, err)
	}
	if all[0].Title != "A" || all[0].Timezone != "-5" || all[0].Unread != nil {
		t.Errorf("got %+v", all[0])
	}
	if l := all[1]; l.ID != 6 || l.Title != "" || l.Timezone != "" || !slices.Equal(l.Unread, []string{"title", "timezone", "city_id"}) {
		t.Errorf("got %+v", l)
	}
	if l := all[2]; !slices.Equal(l.Unread, []string{"city_id"}) {
		t.Errorf("got %+v", l)
	}
	want := Notice{
		Kind: NoticeUnreadable, Operation: "list_marketplace_app_locations", Method: "GET", Host: c.appURL.Host,
		Path: "/marketplace/application/2/salons",
		Text: "row 2: title: a single value is expected, not an array (and 3 more)",
	}
	if len(log.noticed) != 1 || log.noticed[0] != want {
		t.Errorf("got %+v, want %+v", log.noticed, want)
	}
	if ids, err := c.SharedLocationIDs(t.Context(), 2); err != nil || len(ids) != 3 {
		t.Errorf("got %v, %v", ids, err)
	}
	if len(log.noticed) != 1 {
		t.Errorf("who reads ids alone is told %v", log.noticed[1:])
	}
}

// Every list of the API is read in the same way.
func TestRows_OddFields(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		data, want string
		ask        func(context.Context, *Client) error
	}{
		"tariffs": {
			`[{"id":1,"options":[{"id":2,"overall_price":"much"}]}]`, `row 1: options: row 1: overall_price: "much" is not a decimal number`,
			func(ctx context.Context, c *Client) error { _, err := c.Tariffs(ctx, 1); return err },
		},
		"countries": {
			`[{"id":1},{"id":2,"exchange":1e400}]`, `row 2: exchange: "1e400" is out of the range of amounts`,
			func(ctx context.Context, c *Client) error { _, err := c.Countries(ctx); return err },
		},
		"cities": {
			`[{"id":1,"country_id":"x"}]`, `row 1: country_id: "x" is not a whole number`,
			func(ctx context.Context, c *Client) error { _, err := c.Cities(ctx, 0, 0); return err },
		},
		"business groups": {
			`[{"id":1,"types":[{"id":1},{"id":2,"title":{}}]}]`, `row 1: types: row 2: title: a single value is expected, not an object`,
			func(ctx context.Context, c *Client) error { _, err := c.BusinessGroups(ctx); return err },
		},
	} {
		s, _ := serve(t, answer(200, `{"success":true,"data":`+tc.data+`,"meta":[]}`))
		log := &eventLog{}
		if err := tc.ask(t.Context(), clientOf(t, s, WithObserver(log))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(log.noticed) != 1 || log.noticed[0].Text != tc.want || log.noticed[0].Kind != NoticeUnreadable {
			t.Errorf("%s: got %+v, want %q", name, log.noticed, tc.want)
		}
	}
}

// A listing is what encoding/json makes of it, or an error; nothing hangs and nothing panics.
func FuzzListing(f *testing.F) {
	for _, s := range []string{
		`[]`, `{}`, `null`, `[{"id":1},{"id":"2","title":" x\u0041"}]`, `{"0":{"id":1},"7":{"id":2}}`, `{"a":{"id":1}}`,
		`[{"id":1,"tit\u006ce":"y","phones":["1",2,null],"active":"1"}]`, `[{"id":1e999999}]`, `[{"id":1,"timezone":1e999999}]`,
		`[ { "id" : 1 , "phones" : { "1" : "a" } } ]`, `[{"id":1,"title":"\"]}"},{"id":2,"photos":[[]]}]`, `[1,[2],"x"]`, `[{]`, `["`,
		`[{"id":1,"id":2}]`, `[{"id":1,"title":"` + "\xff" + `"}]`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, list []byte) {
		rows, err := readRows(list, (*Location).set, func(l *Location) int64 { return l.ID })
		var odd oddities
		if err != nil && !errors.As(err, &odd) {
			if rows != nil {
				t.Errorf("%d rows and %v", len(rows), err)
			}
			return
		}
		var want []struct {
			ID    wireInt         `json:"id"`
			Title json.RawMessage `json:"title"`
		}
		if !json.Valid(list) || json.Unmarshal(list, &want) != nil {
			return // an object, say
		}
		if len(rows) != len(want) {
			t.Fatalf("%d rows, want %d", len(rows), len(want))
		}
		for i, row := range rows {
			if row.ID <= 0 {
				t.Errorf("row %d has the id %d", i, row.ID)
			}
		}
	})
}

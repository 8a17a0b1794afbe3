// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// How the listing counts its pages is not documented (API-27, API-28): from 1 or from 0, with how many rows
// at most, and what it returns after the last page. A listing that is silently incomplete would turn off or
// destroy what is connected. So pages are requested until one is empty or has nothing new, page 0 is
// requested too, and the rows are combined by id.
const (
	locationsPerPage = 1000 // the largest page that the API allows
	maxListingPage   = 64 << 20
)

// A listingEnd is where the client gives up on a listing that does not end.
type listingEnd struct {
	pages, rows, bytes int
}

var endOfListings = listingEnd{pages: 1000, rows: 100_000, bytes: 256 << 20}

// A lister reads the pages of one listing. T has the members of a row that are wanted.
type lister[T any] struct {
	client *Client
	path   string
	set    func(*T, field) error
	id     func(*T) int64
	unread func(*T, string) // is called for a field that could not be read
	end    listingEnd

	seen  map[int64]struct{}
	first int64 // the id of the first row of page 1, 0 when it is empty
	pages int
	bytes int
}

// list iterates over the locations that an application is connected to, each once.
func list[T any](ctx context.Context, c *Client, applicationID int64, l lister[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		l := l // an iterator can be used twice
		l.client, l.seen = c, make(map[int64]struct{})
		l.path = "/marketplace/application/" + strconv.FormatInt(applicationID, 10) + "/salons"
		more := true
		err := l.run(ctx, func(row T) bool {
			more = yield(row, nil)
			return more
		})
		if err != nil && more {
			var none T
			yield(none, err)
		}
	}
}

// run ends early, without an error, when yield returns false.
func (l *lister[T]) run(ctx context.Context, yield func(T) bool) error {
	for page := 1; ; page++ {
		rows, err := l.ask(ctx, page, locationsPerPage, true)
		if err != nil {
			return err
		}
		if page == 1 && len(rows) > 0 {
			l.first = l.id(&rows[0])
		}
		fresh, goOn := l.add(rows, yield)
		switch {
		case !goOn:
			return nil
		case len(rows) > locationsPerPage:
			return nil // the server ignores count, and has returned all
		case len(rows) == 0, fresh == 0 && len(rows) < locationsPerPage:
			return l.before(ctx, yield)
		case fresh == 0:
			if err := l.checkPages(ctx); err != nil {
				return err
			}
			return l.before(ctx, yield)
		}
		if err := l.checkEnd(page); err != nil {
			return err
		}
	}
}

// before reads page 0. If pages count from 1, the server refuses it, repeats the first page, or fails
// because its query gets a negative offset.
func (l *lister[T]) before(ctx context.Context, yield func(T) bool) error {
	rows, err := l.ask(ctx, 0, locationsPerPage, false)
	var e *Error
	if err != nil && errors.As(err, &e) {
		switch e.Kind {
		case KindRefused:
			return nil
		case KindServerError, KindUnexpectedAnswer, KindRedirect, KindInterrupted, KindTimeout:
			if l.countsFromOne(ctx) {
				return nil
			}
			rows, err = l.ask(ctx, 0, locationsPerPage, true)
		}
	}
	if err != nil {
		return err
	}
	l.add(rows, yield)
	return nil
}

// countsFromOne reports whether the first row of page 1 does not depend on the size of the pages, which
// means that no page comes before it.
func (l *lister[T]) countsFromOne(ctx context.Context) bool {
	rows, err := l.ask(ctx, 1, 1, true)
	return err == nil && len(rows) > 0 && l.id(&rows[0]) == l.first
}

// checkPages is called after a full page without new rows. It fails unless the server repeats its last
// page: otherwise the server ignores the page number, and there may be more rows.
func (l *lister[T]) checkPages(ctx context.Context) error {
	rows, err := l.ask(ctx, 2, 1, true)
	if err != nil {
		return err
	}
	if len(rows) > 0 && l.id(&rows[0]) != l.first {
		return nil
	}
	return l.request(2, locationsPerPage).unexpected(0, fmt.Sprintf(
		"the listing cannot be trusted: the server ignores the page, and gives the same %d locations for each", len(l.seen)))
}

func (l *lister[T]) checkEnd(page int) error {
	if l.pages < l.end.pages && len(l.seen) < l.end.rows && l.bytes < l.end.bytes {
		return nil
	}
	return l.request(page, locationsPerPage).unexpected(0, fmt.Sprintf(
		"the listing does not end: %d pages with %d locations (%d MB) came, and there are more", l.pages, len(l.seen), l.bytes>>20))
}

// add yields the new rows. It returns how many there were, and whether to continue.
func (l *lister[T]) add(rows []T, yield func(T) bool) (fresh int, goOn bool) {
	for _, row := range rows {
		id := l.id(&row)
		if _, ok := l.seen[id]; ok {
			continue
		}
		l.seen[id] = struct{}{}
		fresh++
		if !yield(row) {
			return fresh, false
		}
	}
	return fresh, true
}

func (l *lister[T]) request(page, count int) request {
	return request{
		operation: "list_marketplace_app_locations",
		method:    http.MethodGet,
		base:      l.client.appURL,
		path:      l.path,
		query:     url.Values{"page": {strconv.Itoa(page)}, "count": {strconv.Itoa(count)}},
		maxAnswer: maxListingPage,
	}
}

func (l *lister[T]) ask(ctx context.Context, page, count int, repeatable bool) ([]T, error) {
	r := l.request(page, count)
	r.repeatable = repeatable
	rows, odd, size, err := fetchRows(ctx, l.client, r, l.set, l.id)
	if l.unread != nil {
		for _, o := range odd {
			l.unread(&rows[o.row], o.field)
		}
	}
	l.pages++
	l.bytes += size
	return rows, err
}

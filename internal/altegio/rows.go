// SPDX-License-Identifier: MPL-2.0

package altegio

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
)

// This file reads lists of objects: row by row, only the wanted members. Errors name the row and the member
// that is not as documented. encoding/json does not name them, and takes four times as long for a page of
// locations.

// id reads a member that is needed to refer to the row.
func (f field) id(to *int64) (err error) {
	if *to, err = readInt(f.json); err != nil {
		return &vitalError{err}
	}
	return nil
}

func (f field) integer(to *int64) (err error)   { *to, err = readInt(f.json); return err }
func (f field) text(to *string) (err error)     { *to, err = scalarText(f.json); return err }
func (f field) flag(to *bool) (err error)       { *to, err = readFlag(f.json); return err }
func (f field) decimal(to *Decimal) (err error) { *to, err = readDecimal(f.json); return err }
func (f field) texts(to *[]string) (err error)  { *to, err = readTexts(f.json); return err }

// A vitalError is a problem with a member that makes the whole list useless.
type vitalError struct{ err error }

func (e *vitalError) Error() string { return e.err.Error() }
func (e *vitalError) Unwrap() error { return e.err }

// An oddity is a member of a row that could not be read, and that is not needed to use the list.
type oddity struct {
	row     int // from 0
	field   string
	problem string
}

func (o oddity) String() string { return fmt.Sprintf("row %d: %s: %s", o.row+1, o.field, o.problem) }

// oddities are returned as an error together with the rows. The fields that could not be read are empty.
type oddities []oddity

func (o oddities) Error() string {
	text := o[0].String()
	if len(o) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(o)-1)
	}
	return text
}

// readRows reads a list of objects. set stores a member, and id returns the id of a row. If the error is of
// type oddities, the rows can be used.
func readRows[T any](list []byte, set func(*T, field) error, id func(*T) int64) ([]T, error) {
	rows := []T{}
	var odd oddities
	err := eachElementAt(list, func(b []byte, i int) (end int, err error) {
		number := len(rows) + 1
		if i < len(b) && b[i] != '{' {
			if end = skipValue(b, i, 2); end < 0 {
				return -1, errBrokenJSON
			}
			return -1, fmt.Errorf("row %d: an object is expected, not %s", number, jsonKind(b[i:end]))
		}
		var row T
		end, err = walkObject(b, i, 2, func(f field) error {
			err := set(&row, f)
			if err == nil {
				return nil
			}
			var nested oddities
			var vital *vitalError
			switch {
			case errors.As(err, &nested):
				for _, o := range nested {
					o.field = fmt.Sprintf("%s: row %d: %s", f.name, o.row+1, o.field)
					o.row = len(rows)
					odd = append(odd, o)
				}
			case errors.As(err, &vital):
				return fmt.Errorf("%s: %w", f.name, err)
			default:
				odd = append(odd, oddity{len(rows), string(f.name), err.Error()})
			}
			return nil
		})
		if err != nil {
			return -1, fmt.Errorf("row %d: %w", number, err)
		}
		if id != nil && id(&row) <= 0 {
			return -1, fmt.Errorf("row %d has no id", number)
		}
		if len(rows) == 0 {
			rows = make([]T, 0, min(1+(len(b)-i)/(end-i), locationsPerPage)) // the right number if all rows have the same size
		}
		rows = append(rows, row)
		return end, nil
	})
	switch {
	case err != nil:
		return nil, &vitalError{err}
	case len(odd) > 0:
		return rows, odd
	}
	return rows, nil
}

// getRows carries out a GET whose data is a list, and reports oddities to the observer.
func getRows[T any](ctx context.Context, c *Client, r request, set func(*T, field) error, id func(*T) int64) ([]T, error) {
	r.method, r.repeatable = http.MethodGet, true
	rows, _, _, err := fetchRows(ctx, c, r, set, id)
	return rows, err
}

// fetchRows also returns the oddities, and the size of the data in bytes.
func fetchRows[T any](ctx context.Context, c *Client, r request, set func(*T, field) error, id func(*T) int64) (rows []T, odd oddities, size int, err error) {
	got, err := c.do(ctx, r)
	if err != nil {
		return nil, nil, 0, err
	}
	data := got.data
	if len(data) == 0 || string(data) == "null" {
		return nil, nil, 0, r.unexpected(got.status, "the answer has no data")
	}
	if string(bytes.TrimSpace(data)) == "{}" {
		// PHP never renders an empty list like this, and treating it as one could turn a fleet off.
		return nil, nil, 0, r.unexpected(got.status, "the data are not as documented: a list is expected, not an empty object")
	}
	rows, err = readRows(data, set, id)
	if err != nil && !errors.As(err, &odd) {
		return nil, nil, 0, r.unexpected(got.status, "the data are not as documented: "+c.tidy(err.Error()))
	}
	if odd != nil {
		c.notice(ctx, r, NoticeUnreadable, c.tidy(odd.Error()))
	}
	return rows, odd, len(data), nil
}

// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"context"
	"net/http"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// Which failures end an apply that gets nowhere, and after how many in a row.
func TestFleetApply_gaveUp(t *testing.T) {
	t.Parallel()
	refused := func(status int, fields ...string) error {
		e := &altegio.Error{Kind: altegio.KindRefused, Method: http.MethodPost, StatusCode: status}
		for _, field := range fields {
			e.Fields = append(e.Fields, altegio.FieldError{Field: field, Messages: []string{"is wrong"}})
		}
		return e
	}
	for name, test := range map[string]struct {
		before, err error // once, and then again and again
		after       int   // 0: never
		whole       error // about the application
	}{
		"token":                     {err: refused(401), after: 1},
		"another partner":           {err: refused(403), after: forbiddenInARow, whole: refused(403)},
		"some locations":            {err: refused(403)},
		"server":                    {err: &altegio.Error{Kind: altegio.KindServerError, StatusCode: 502}, after: failuresInARow},
		"network":                   {err: &altegio.Error{Kind: altegio.KindUnreachable}, after: unreachableInARow},
		"not installed":             {err: refused(404)},
		"the location":              {err: refused(422, "salon_id")},
		"nothing in particular":     {err: refused(422)},
		"the channel":               {err: refused(422, "channel_slug"), after: failuresInARow},
		"the application":           {err: refused(400, "application_id.0"), after: failuresInARow},
		"the value":                 {err: refused(422, "is_available"), after: failuresInARow},
		"the location, the channel": {err: refused(422, "channel_slug", "salon_id"), after: failuresInARow},
		"one location first":        {before: refused(404), err: refused(403), after: forbiddenInARow, whole: refused(401)},
		"token, refused before":     {err: &altegio.Error{Kind: altegio.KindTokenRefused}, after: 1},
		"another reason first":      {before: &altegio.Error{Kind: altegio.KindTimeout}, err: refused(403), after: forbiddenInARow, whole: refused(401)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &fleetApply{
				at: availability{}, inARow: map[altegio.Kind]int{}, askWhole: func(context.Context) error { return test.whole },
			}
			if test.before != nil {
				a.record(t.Context(), fleetChange{location: 1}, test.before)
			}
			after := 0
			for n := 1; n <= 2*failuresInARow && after == 0; n++ {
				if a.record(t.Context(), fleetChange{location: int64(n)}, test.err); a.stopped() {
					after = n
				}
			}
			if after != test.after {
				t.Errorf("it gives up after %d failures, want %d", after, test.after)
			}
		})
	}
}

// What counts is failures in a row: one success, and it begins again.
func TestFleetApply_successBetweenFailures(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err   error
		after int
	}{
		{&altegio.Error{Kind: altegio.KindUnreachable}, unreachableInARow},
		{&altegio.Error{Kind: altegio.KindServerError, StatusCode: 502}, failuresInARow},
	} {
		a := &fleetApply{at: availability{}, inARow: map[altegio.Kind]int{}}
		for range 3 {
			for n := range test.after - 1 {
				a.record(t.Context(), fleetChange{location: int64(n)}, test.err)
			}
			a.record(t.Context(), fleetChange{location: 1}, nil)
		}
		if a.stopped() {
			t.Errorf("%v: it gives up although it gets somewhere", test.err)
		}
	}
}

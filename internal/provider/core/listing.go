// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"golang.org/x/sync/errgroup"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// InFlight is how many requests of one resource are sent at a time.
const InFlight = 10

// NotInstalledAt returns the locations that do not have the application, in order. Which statuses the
// listing leaves out is not documented (API-29), so it reads the status of each location. One error
// explains all failures: that of asking, with the first location.
func (c *Session) NotInstalledAt(
	ctx context.Context, client *altegio.Client, application int64, asking Task, locations []int64,
) ([]int64, diag.Diagnostics) {
	var (
		mu    sync.Mutex
		gone  []int64
		diags diag.Diagnostics
		group errgroup.Group
	)
	group.SetLimit(c.InFlight)
	for _, location := range locations {
		group.Go(func() error {
			mu.Lock()
			failed := diags.HasError()
			mu.Unlock()
			if failed {
				return nil
			}
			_, err := client.SharedInstallation(ctx, location, application)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, altegio.ErrNotInstalled):
				gone = append(gone, location)
			case err != nil && !diags.HasError(): // one error is enough
				t := asking
				t.Arguments = append(slices.Clip(t.Arguments), Argument{"location_id", location})
				diags.Append(t.Diagnostics(err)...)
			}
			return err
		})
	}
	_ = group.Wait() // errors are in the diagnostics
	slices.Sort(gone)
	return gone, diags
}

// List resources find everything through the listing of the locations that an application is connected to.

// Listed streams the results for locations, up to the limit of a query. It requests pages as needed, and
// none after the limit. An error is the last result. The function at gets the id of a location, and its name for
// people.
func Listed(
	limit int64,
	applicationID int64,
	locations iter.Seq2[altegio.Location, error],
	at func(location int64, name string) iter.Seq[list.ListResult],
) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		if limit < 1 {
			return
		}
		for location, err := range locations {
			if err != nil {
				push(list.ListResult{Diagnostics: LocationsTask(applicationID).Diagnostics(err)})
				return
			}
			for result := range at(location.ID, locationName(location)) {
				if limit--; !push(result) || limit == 0 {
					return
				}
			}
		}
	}
}

// LocationsTask is the task of listing the locations that an application is connected to.
func LocationsTask(applicationID int64) Task {
	return Task{
		Summary:   "Cannot list the locations of the application",
		Arguments: []Argument{{"application_id", applicationID}},
		NotFound: Refusal{
			Cause:  "there is no such application",
			Advice: "Check that the application exists.",
		},
	}
}

// locationName names a location for people.
func locationName(l altegio.Location) string {
	title := altegio.Printable(l.Title) // chosen by its owner
	if title == "" {
		return fmt.Sprintf("Location %d", l.ID)
	}
	return fmt.Sprintf("%s (%d)", title, l.ID)
}

// Unlisted warns about locations that are missing from the listing although their status is active, because
// of a proxy or a bug.
func (c *Session) Unlisted(ctx context.Context, client *altegio.Client, application int64, locations ...int64) diag.Diagnostics {
	var found []finding
	for _, location := range locations {
		if i, ok := client.KnownInstallation(location, application); ok && i.Status == altegio.StatusActive {
			found = append(found, finding{what: foundUnlisted, matter: ConnectionID{location, application}.Matter()})
		}
	}
	return c.Ledger.gather.say(ctx, found)
}

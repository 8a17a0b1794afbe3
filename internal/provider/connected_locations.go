// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
)

// The API tells where an application is connected, and everything that can be listed is found
// that way.

// listed streams what is found at locations, up to the limit of a query. Locations come from the API
// a page at a time: with the limit reached, no further page is asked for. An error is the last
// result.
func listed(
	limit int64,
	applicationID int64,
	locations iter.Seq2[altegio.Location, error],
	at func(altegio.Location) iter.Seq[list.ListResult],
) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		if limit < 1 {
			return
		}
		for location, err := range locations {
			if err != nil {
				push(list.ListResult{Diagnostics: locationsTask(applicationID).diagnostics(err)})
				return
			}
			for result := range at(location) {
				if limit--; !push(result) || limit == 0 {
					return
				}
			}
		}
	}
}

func locationsTask(applicationID int64) task {
	return task{
		summary:   "Cannot list the locations of the application",
		arguments: []argument{{"application_id", applicationID}},
		notFound:  "Check that the application exists.",
	}
}

// locationName tells a person which location it is.
func locationName(l altegio.Location) string {
	title := altegio.Printable(l.Title) // its owner chose it
	if title == "" {
		return fmt.Sprintf("Location %d", l.ID)
	}
	return fmt.Sprintf("%s (%d)", title, l.ID)
}

// unlisted warns of those locations that the listing lacks although their status, which was read, is
// active: a proxy or a bug has made it short.
func (c *connection) unlisted(ctx context.Context, client *altegio.Client, application int64, locations ...int64) diag.Diagnostics {
	var found []finding
	for _, location := range locations {
		if i, ok := client.KnownInstallation(location, application); ok && i.Status == altegio.StatusActive {
			found = append(found, finding{what: foundUnlisted, matter: connectionID{location, application}.matter()})
		}
	}
	return c.ledger.gather.say(ctx, found)
}

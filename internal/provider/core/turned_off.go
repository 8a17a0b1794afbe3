// SPDX-License-Identifier: MPL-2.0

package core

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// A separate warning says what a plan takes away from locations, because in a long plan a location that
// leaves is one line among many.

// A connectedness says whether the application is connected where something is taken away.
type connectedness int

const (
	connectionUnknown connectedness = iota
	stillConnected
	notConnectedAnyMore
)

// connectedness returns a function that returns whether an application is connected at a location. It uses
// the listing, which a refresh has already read, unless plans must not read it.
func (c *Session) connectedness(ctx context.Context, application int64) func(location int64) connectedness {
	unknown := func(int64) connectedness { return connectionUnknown }
	if c == nil || c.Client == nil || c.preflight == nil {
		return unknown
	}
	a := c.preflight.application(application)
	if c.preflight.isUnlisted(a) {
		return unknown
	}
	connected, err := c.Client.SharedLocationIDs(ctx, application)
	if err != nil {
		if ctx.Err() == nil {
			c.preflight.cannotList(a)
		}
		return unknown
	}
	return func(location int64) connectedness {
		if _, ok := connected[location]; ok {
			return stillConnected
		}
		if _, ok := c.Client.KnownInstallation(location, application); ok {
			return stillConnected // which statuses the listing includes is not documented (API-29)
		}
		return notConnectedAnyMore
	}
}

// TurnsOff warns about what a plan takes away, and returns at how many of those locations the application
// is connected, or may be.
func (c *Session) TurnsOff(ctx context.Context, application int64, matters []Matter) (connected int, diags diag.Diagnostics) {
	if c == nil || len(matters) == 0 {
		return len(matters), nil
	}
	at := c.connectedness(ctx, application)
	found := make([]finding, 0, len(matters))
	for _, m := range matters {
		f := finding{what: foundTurnedOff, matter: m, connection: at(m.Location)}
		if f.connection != notConnectedAnyMore {
			connected++
		}
		found = append(found, f)
	}
	return connected, c.Ledger.gather.say(ctx, found)
}

// DropsNames warns about sender names that a location no longer has.
func (c *Session) DropsNames(ctx context.Context, id ConnectionID, before, after []string) diag.Diagnostics {
	var dropped []Matter
	for _, name := range before {
		if !slices.Contains(after, name) {
			dropped = append(dropped, Matter{Kind: senderNameMatter, Location: id.Location, Application: id.Application, Name: name})
		}
	}
	return c.Warn(ctx, foundTurnedOff, dropped...)
}

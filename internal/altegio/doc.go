// SPDX-License-Identifier: MPL-2.0

// Package altegio is a client of the marketplace part of the Altegio API, as seen by a partner who
// sells applications there.
//
// # Tokens
//
// A partner token says who is calling. It belongs to the partner's account, not to an application;
// the API answers 403 for applications of others. A few operations act for the owner of a location, or
// for a user of the Developer Cabinet, and need a user token too; it is sent with those only.
//
// # Hosts
//
// The vendor documents update_channel, payment_link, tariffs, add_discount, webhook settings, VoIP,
// the dictionaries and the granting of access at https://api.alteg.io/api/v1, where its own client has
// the Developer Cabinet too, and every other operation at https://app.alteg.io; its own client sends
// partner operations to app.alteg.io (API-1, API-2). Both bases can be replaced (WithAPIURL, WithAppURL),
// by the same host or by a mock with a path of its own. So where the first host seems not to know one of
// the first four, the other is asked, once, unless only one base was replaced or both are the same (see
// Hosts).
//
// # Answers
//
// Answers come in an envelope of success, data and meta, whose parts change their JSON type from
// one operation to the next; ids may be strings, and empty objects arrays. The client reads all
// documented shapes, and takes nothing else for an answer of the API: HTML, broken JSON and
// redirects are errors, whatever their status. Amounts keep their digits and dates their text.
//
// # Errors
//
// Every failed call returns an *Error. Its Kind says at which point it failed and MayHaveHappened
// whether it may have had its effect. errors.Is knows the sentinels of this package, such as
// ErrNotInstalled and ErrUnauthorized, and each Kind. No error contains a token, in whatever usual
// encoding, or the query of a URL.
//
// # Pacing and retries
//
// The API allows 200 requests a minute and 5 a second per IP address. A Pacer keeps to both, and
// after an answer 429 pauses and slows all its callers; with NewSharedPacer it does so together with
// the other processes of a user on a machine. Failed requests are repeated where that is
// safe; payments, refunds and installations are never repeated after a failure that leaves open
// whether they happened. Nothing but the client repeats a request, net/http included. When the API
// answers nothing but 429 for too long, everything that waits fails at once; after an answer 401
// nothing more is sent with that token. A write that is on its way when its context ends is waited for.
//
// # The Developer Cabinet
//
// The applications themselves can be read, created and changed: see Client.Applications,
// Client.CreateApplication, Client.UpdateApplication and CompareApplications. The vendor's documentation
// does not have these operations; what is known of them comes from its own client. An update replaces
// the whole card, so an Application keeps what was read as it was. Its secrets are not decoded.
//
// # What the API does not offer
//
// There is no sandbox. Nothing that can be set for an application at a location can be read back:
// not channels, not sender names, not discounts, not panels. Only the installation itself can. An
// application can't be deleted.
//
// API.md lists what is known about the API, with the source of each fact. Comments cite the facts by
// number, as API-17.
package altegio

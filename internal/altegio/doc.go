// SPDX-License-Identifier: MPL-2.0

// Package altegio is a client for the marketplace part of the Altegio API, as partners use it who sell
// applications there.
//
// # Tokens
//
// A partner token identifies the caller. It belongs to the partner's account, not to an application; the
// API answers 403 for applications of others (API-6). A few operations act for the owner of a location, or
// for a user of the Developer Cabinet, and also need a user token, which is sent only with those.
//
// # Hosts
//
// The vendor documents update_channel, payment_link, tariffs, add_discount, webhook settings, VoIP, the
// dictionaries and granting access at https://api.alteg.io/api/v1, where the Developer Cabinet is too, and
// every other operation at https://app.alteg.io. But the vendor's own client sends partner operations to
// app.alteg.io (API-1, API-2). WithAPIURL and WithAppURL replace the two base URLs, with one host or with a
// mock that has its own path. If the first host seems not to know one of the first four operations, the
// client asks the other, once, unless only one base URL was replaced or both are the same (see Hosts).
//
// # Answers
//
// An answer is an envelope of success, data and meta. The JSON types of its parts differ from one operation
// to the next; ids can be strings, and empty objects arrays. The client accepts all documented forms and
// nothing else: HTML, broken JSON and redirects are errors, whatever their status. Amounts keep their
// digits, and dates their text.
//
// # Errors
//
// Every failed call returns an *Error. Its Kind says at which point it failed, and MayHaveHappened whether
// it may have had an effect. errors.Is accepts the sentinels of this package, such as ErrNotInstalled and
// ErrUnauthorized, and each Kind. No error contains a token in any usual encoding, or the query of a URL.
//
// # Pacing and retries
//
// The API allows 200 requests a minute and 5 a second per IP address (API-8). A Pacer stays within both
// limits, and after an answer 429 pauses and slows all its callers. With NewSharedPacer it does so together
// with the other processes of a user on a machine. Failed requests are repeated if that is safe. Payments,
// refunds and installations are never repeated after a failure with an unknown outcome. Nothing but the
// client repeats a request, not even net/http. If the API answers nothing but 429 for too long, everything
// that waits fails at once. After an answer 401, nothing more is sent with that token. A write in flight is
// waited for when its context ends.
//
// # The Developer Cabinet
//
// Client.Applications, Client.CreateApplication, Client.UpdateApplication and CompareApplications read,
// create, change and compare the applications themselves. The vendor's documentation does not have these
// operations; what is known about them comes from the vendor's own client (API-70). An update replaces the
// whole card, so an Application keeps the bytes that were read. Its secrets are not decoded.
//
// # What the API does not offer
//
// There is no sandbox (API-10). Nothing that can be set for an application at a location can be read back:
// not channels, sender names, discounts or panels. Only the installation can. An application cannot be
// deleted.
//
// API.md lists what is known about the API, with the source of each fact. Comments cite the facts by
// number, such as API-17.
package altegio

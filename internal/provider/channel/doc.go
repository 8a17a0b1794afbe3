// SPDX-License-Identifier: MPL-2.0

// Package channel has the channels of applications: single channels, fleets, the list resource, and the
// functions that build and parse their ids.
package channel

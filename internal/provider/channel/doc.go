// SPDX-License-Identifier: MPL-2.0

// Package channel is about the channels of applications: each on its own, all of a kind as a fleet,
// the list of them, and the functions that build and take apart their ids.
package channel

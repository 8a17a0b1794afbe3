// SPDX-License-Identifier: MPL-2.0

package channel

// What the tests outside the package need of it.

const (
	FailuresInARow = failuresInARow
	ProgressEvery  = progressEvery
)

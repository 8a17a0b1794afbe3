// SPDX-License-Identifier: MPL-2.0

package channel

// Unexported names that the external tests use.

const (
	FailuresInARow = failuresInARow
	ProgressEvery  = progressEvery
)

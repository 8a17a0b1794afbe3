// SPDX-License-Identifier: MPL-2.0

package installation

// Unexported names that the external tests use.

const (
	CreationTimeout = creationTimeout
	DoubtTimeout    = doubtTimeout
	LongestPoll     = longestPoll
)

// SPDX-License-Identifier: MPL-2.0

package installation

// What the tests outside the package need of it.

const (
	CreationTimeout = creationTimeout
	DoubtTimeout    = doubtTimeout
	LongestPoll     = longestPoll
)

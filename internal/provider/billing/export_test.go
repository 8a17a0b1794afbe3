// SPDX-License-Identifier: MPL-2.0

package billing

// SetBatch changes the number of locations of a request.
func SetBatch(n int) { batch = n }

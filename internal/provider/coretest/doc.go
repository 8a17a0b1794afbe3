// SPDX-License-Identifier: MPL-2.0

// Package coretest is what tests share that are inside a package. It imports nothing of the provider's.
package coretest

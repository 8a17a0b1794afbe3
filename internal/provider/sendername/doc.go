// SPDX-License-Identifier: MPL-2.0

// Package sendername has the names that an application sends SMS under at a location.
package sendername

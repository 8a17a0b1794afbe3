// SPDX-License-Identifier: MPL-2.0

// Package sendername is about the names under which an application sends SMS at a location.
package sendername

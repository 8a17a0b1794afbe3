// SPDX-License-Identifier: MPL-2.0

// Package coretest has helpers for tests inside a package. It does not import the provider.
package coretest

// SPDX-License-Identifier: MPL-2.0

// Package core holds what all subjects of the provider share: the session that Configure hands to
// them, tasks, which turn errors of the API into diagnostics, ids and how imports read them,
// attributes, values, validators and the listing of connected locations. It knows no subject.
package core

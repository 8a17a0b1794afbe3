// SPDX-License-Identifier: MPL-2.0

// Package core has the code that all subjects of the provider share: the session that Configure passes to
// them, tasks, which turn API errors into diagnostics, ids and how imports read them, attributes, values,
// validators and the listing of connected locations. It does not depend on any subject.
package core

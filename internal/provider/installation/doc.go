// SPDX-License-Identifier: MPL-2.0

// Package installation is about applications at locations: connecting, finishing and awaiting an
// installation, uninstalling, reading, listing, and the locations that an application is connected to.
package installation

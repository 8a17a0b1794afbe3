// SPDX-License-Identifier: MPL-2.0

// Package installation has applications at locations: connecting an application, finishing and awaiting an
// installation, uninstalling, reading and listing it, and the locations that an application is connected
// to.
package installation

// SPDX-License-Identifier: MPL-2.0

// Package webhook has the URLs that Altegio sends events of a location to.
package webhook

// SPDX-License-Identifier: MPL-2.0

// Package webhook is about where Altegio tells of events at a location.
package webhook

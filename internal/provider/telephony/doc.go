// SPDX-License-Identifier: MPL-2.0

// Package telephony has the telephony integration.
package telephony

// SPDX-License-Identifier: MPL-2.0

// Package telephony is about the integration of telephony.
package telephony

// SPDX-License-Identifier: MPL-2.0

// Package billing is about what applications cost: discounts, payment links, tariffs, and the actions
// that report and refund payments.
package billing

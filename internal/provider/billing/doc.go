// SPDX-License-Identifier: MPL-2.0

// Package billing has the price of applications: discounts, payment links, tariffs, and the actions that
// report and refund payments.
package billing

// SPDX-License-Identifier: MPL-2.0

// Package cabinet has the types of the Developer Cabinet: applications, their frames and panels,
// moderation, and developer accounts.
package cabinet

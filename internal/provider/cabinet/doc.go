// SPDX-License-Identifier: MPL-2.0

// Package cabinet is about what a developer has in the Developer Cabinet: applications, their frames
// and panels, moderation, and the accounts that they are in.
package cabinet

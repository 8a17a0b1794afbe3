// SPDX-License-Identifier: MPL-2.0

// Package providertest has helpers for tests of the whole provider: it serves the provider in the process,
// or runs it under a real Terraform, both against a fake Altegio. Tests inside a package cannot import it,
// because it imports their package; tests in the external test package can.
package providertest

// SPDX-License-Identifier: MPL-2.0

// Package providertest is what tests of the whole provider share: it serves the provider in the process
// and runs it under a real Terraform, both against a fake Altegio. The tests inside a package cannot
// import it, because it leads back to them; those in its external test package do.
package providertest

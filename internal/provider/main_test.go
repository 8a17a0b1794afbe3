// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"os"
	"runtime/debug"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// TestMain makes the tests independent of the machine: of tokens and URLs in its environment, of its
// Terraform configuration, and of whether the command line is Terraform or OpenTofu.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // a history leaves little behind, and much to collect
	os.Exit(providertest.Run(m))
}

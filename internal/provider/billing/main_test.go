// SPDX-License-Identifier: MPL-2.0

package billing_test

import (
	"os"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/provider/billing"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestMain(m *testing.M) {
	billing.SetBatch(10)
	os.Exit(providertest.Run(m))
}

// SPDX-License-Identifier: MPL-2.0

package channel_test

import (
	"os"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestMain(m *testing.M) { os.Exit(providertest.Run(m)) }

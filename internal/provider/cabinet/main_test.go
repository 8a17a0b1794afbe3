// SPDX-License-Identifier: MPL-2.0

package cabinet_test

import (
	"flag"
	"os"
	"testing"

	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

func TestMain(m *testing.M) {
	// A check is a whole life of an application, so there are fewer than rapid makes by itself, and the
	// same ones in every run. The command line overrides this.
	for name, value := range map[string]string{"rapid.checks": "25", "rapid.seed": "1", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(providertest.Run(m))
}

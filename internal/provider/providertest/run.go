// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// Run makes the tests of a package independent of the machine: of tokens and URLs in its environment, of
// its Terraform configuration, and of whether the command line is Terraform or OpenTofu. TestMain calls it
// and exits with its result, which is also not 0 if goroutines are left.
func Run(m *testing.M) int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // thousands of short-lived providers become garbage, and a test needs little at a time
	}
	for _, name := range []string{
		core.EnvPartnerToken, core.EnvUserToken, provider.EnvAPIURL, provider.EnvAppURL, provider.EnvRefresh,
		"TF_LOG", "TF_LOG_PATH", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_ALTEGIO_HTTP",
		"TF_CLI_ARGS", "TF_WORKSPACE", "TF_DATA_DIR", "TF_REATTACH_PROVIDERS",
	} {
		_ = os.Unsetenv(name)
	}
	dir, err := os.MkdirTemp("", "altegio-provider-test")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	shared.dir = dir
	config := filepath.Join(dir, "empty.tfrc")
	if err := os.WriteFile(config, nil, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	environment := map[string]string{
		"TF_CLI_CONFIG_FILE":        config,
		"CHECKPOINT_DISABLE":        "1",
		"TF_IN_AUTOMATION":          "1",
		"TF_ACC_PROVIDER_NAMESPACE": "altegio",
		"TF_ACC_TEMP_DIR":           dir,
		// Tests share nothing, and leave the user's cache directory alone.
		provider.EnvSharedPace: "off",
	}
	if path := CLIPath(); path != "" {
		environment["TF_ACC_TERRAFORM_PATH"] = path
		if IsOpenTofu() {
			environment["TF_ACC_PROVIDER_HOST"] = "registry.opentofu.org"
		}
	}
	for name, value := range environment {
		_ = os.Setenv(name, value)
	}
	code := m.Run()
	if code == 0 {
		// Servers of plugin-testing read their standard output and error until the end.
		if err := goleak.Find(goleak.IgnoreAnyFunction("github.com/hashicorp/go-plugin.copyChan")); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines are left:", err)
			return 1
		}
	}
	return code
}

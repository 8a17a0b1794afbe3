// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/coretest"
	"github.com/altegio/terraform-provider-altegio/internal/provider/providertest"
)

// A run that cannot share the pace works, and logs once why it does not.
func TestSharedPace_problemIsLogged(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(cache, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	t.Setenv(provider.EnvSharedPace, "")
	p := providertest.NewConfiguredProtocol(t, coretest.NewFake(t), providertest.Args{"requests_per_second": 100, "requests_per_minute": 1000})
	const name = "altegio_location_application"
	var out bytes.Buffer
	ctx := tflogtest.RootLogger(t.Context(), &out)
	for _, location := range []int{1001, 1002, 1003} {
		resp, err := p.Server.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{
			TypeName: name,
			Config:   providertest.Encode(t, p.Schema.DataSourceSchemas[name].ValueType(), providertest.Args{"location_id": location, "application_id": 456}),
		})
		if err != nil {
			t.Fatal(err)
		}
		providertest.ExpectNone(t, resp.Diagnostics)
	}
	lines, err := tflogtest.MultilineJSONDecode(&out)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, line := range lines {
		if line["@message"] == "This run keeps to the rate limits without regard to other runs on this machine" {
			if n++; line["@level"] != "warn" || line["reason"] == "" || line["reason"] == nil {
				t.Errorf("logged %v", line)
			}
		}
	}
	if n != 1 {
		t.Errorf("logged %d times, want once", n)
	}
}

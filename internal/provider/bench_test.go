// SPDX-License-Identifier: MPL-2.0

package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
	"github.com/altegio/terraform-provider-altegio/internal/provider"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

// All that happens in the provider before the first request, except the start of its process.
func BenchmarkStart(b *testing.B) {
	b.Setenv(core.EnvPartnerToken, altegiotest.DefaultPartnerToken)
	for b.Loop() {
		server, err := providerserver.NewProtocol6WithError(provider.New("1.2.3-test")())()
		if err != nil {
			b.Fatal(err)
		}
		schema, err := server.GetProviderSchema(b.Context(), &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			b.Fatal(err)
		}
		object := schema.Provider.ValueType().(tftypes.Object)
		values := make(map[string]tftypes.Value)
		for name, typ := range object.AttributeTypes {
			values[name] = tftypes.NewValue(typ, nil)
		}
		config, err := tfprotov6.NewDynamicValue(object, tftypes.NewValue(object, values))
		if err != nil {
			b.Fatal(err)
		}
		resp, err := server.ConfigureProvider(b.Context(), &tfprotov6.ConfigureProviderRequest{Config: &config})
		if err != nil || len(resp.Diagnostics) > 0 {
			b.Fatal(err, resp)
		}
	}
}

// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"context"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/altegio/terraform-provider-altegio/internal/altegio/altegiotest"
)

// Found is a result of a list resource.
type Found struct {
	Name            string
	Identity, State Args
}

// List queries a list resource, and stops when keep returns false. It returns the last diagnostics.
func (p *Protocol) List(ctx context.Context, name string, config Args, limit int64, include bool, keep func(Found) bool) []*tfprotov6.Diagnostic {
	p.T.Helper()
	server := p.Server.(tfprotov6.ListResourceServer)
	identities, err := p.Server.GetResourceIdentitySchemas(p.T.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		p.T.Fatal(err)
	}
	stream, err := server.ListResource(ctx, &tfprotov6.ListResourceRequest{
		TypeName: name, Config: Encode(p.T, p.Schema.ListResourceSchemas[name].ValueType(), config), IncludeResource: include, Limit: limit,
	})
	if err != nil {
		p.T.Fatal(err)
	}
	var diags []*tfprotov6.Diagnostic
	for result := range stream.Results {
		if len(result.Diagnostics) > 0 {
			diags = append(diags, result.Diagnostics...)
			continue
		}
		f := Found{
			Name:     result.DisplayName,
			Identity: Plain(p.T, identities.IdentitySchemas[name].ValueType(), result.Identity.IdentityData),
			State:    Plain(p.T, p.Schema.ResourceSchemas[name].ValueType(), result.Resource),
		}
		if !keep(f) {
			break
		}
	}
	return diags
}

// ListAll is List for all results.
func (p *Protocol) ListAll(name string, config Args, limit int64) ([]Found, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	var all []Found
	diags := p.List(p.T.Context(), name, config, limit, true, func(f Found) bool {
		all = append(all, f)
		return true
	})
	return all, diags
}

// ValidateList validates the configuration of a list resource.
func (p *Protocol) ValidateList(name string, config Args) []*tfprotov6.Diagnostic {
	p.T.Helper()
	resp, err := p.Server.(tfprotov6.ListResourceServer).ValidateListResourceConfig(p.T.Context(), &tfprotov6.ValidateListResourceConfigRequest{
		TypeName: name, Config: Encode(p.T, p.Schema.ListResourceSchemas[name].ValueType(), config),
	})
	if err != nil {
		p.T.Fatal(err)
	}
	return resp.Diagnostics
}

// PagesAsked returns the requested pages of locations, in order.
func PagesAsked(t *testing.T, fake *altegiotest.Server) (pages []string) {
	t.Helper()
	for _, r := range fake.Requests() {
		if r.Operation != altegiotest.OpLocations || r.Query.Get("count") != "1000" {
			t.Errorf("%s %s?%s was sent", r.Method, r.Path, r.Query.Encode())
		}
		pages = append(pages, r.Query.Get("page"))
	}
	return pages
}

// ListFaults are failures of a listing, with the expected message and its argument.
var ListFaults = map[string]struct {
	Fault    altegiotest.Fault
	At, Text string
}{
	"401":  {altegiotest.Fault{Status: http.StatusUnauthorized}, "", `Asked for: application_id 456\..*401 Unauthorized.*Check partner_token`},
	"403":  {altegiotest.Fault{Status: http.StatusForbidden}, "application_id", `403 Forbidden.*belongs to another partner`},
	"404":  {altegiotest.Fault{Status: http.StatusNotFound}, "application_id", `404 Not Found.*Check that the application exists`},
	"500":  {altegiotest.Fault{Status: http.StatusInternalServerError}, "", `500 Internal Server Error.*Try again later`},
	"HTML": {altegiotest.Fault{HTML: true}, "", `The answer may not come from the Altegio API`},
	"success false": {
		altegiotest.Fault{Body: `{"success":false,"data":null,"meta":{"message":"Not today"}}`}, "", `Not today`,
	},
	"an object": {altegiotest.Fault{Body: `{"success":true,"data":{"id":1}}`}, "", `The answer may not come from the Altegio API`},
	"cut short": {altegiotest.Fault{Truncate: true}, "", `Try again later`},
}

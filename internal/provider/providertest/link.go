// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// LinkType is the type of payment links.
const LinkType = "altegio_payment_link"

// Open opens the ephemeral payment link.
func (p *Protocol) Open(a Args) (Args, []*tfprotov6.Diagnostic) {
	p.T.Helper()
	typ := p.Schema.EphemeralResourceSchemas[LinkType].ValueType()
	resp, err := p.Server.OpenEphemeralResource(p.T.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: LinkType, Config: Encode(p.T, typ, a)})
	if err != nil {
		p.T.Fatal(err)
	}
	if !resp.RenewAt.IsZero() || len(resp.Private) > 0 {
		p.T.Errorf("it wants to be renewed at %s or remembers %q", resp.RenewAt, resp.Private)
	}
	return Plain(p.T, typ, resp.Result), resp.Diagnostics
}

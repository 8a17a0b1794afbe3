// SPDX-License-Identifier: MPL-2.0

package providertest

import (
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Call calls a function, which needs no configured provider. The error has its argument, or -1.
func (p *Protocol) Call(name string, arguments ...any) (result any, text string, at int64) {
	p.T.Helper()
	function := p.Schema.Functions[name]
	var encoded []*tfprotov6.DynamicValue
	for i, argument := range arguments {
		typ := function.Parameters[i].Type
		value, err := tfprotov6.NewDynamicValue(typ, tftypes.NewValue(typ, argument))
		if err != nil {
			p.T.Fatal(err)
		}
		encoded = append(encoded, &value)
	}
	resp, err := p.Server.CallFunction(p.T.Context(), &tfprotov6.CallFunctionRequest{Name: name, Arguments: encoded})
	if err != nil {
		p.T.Fatal(err)
	}
	if resp.Error != nil {
		at = -1
		if resp.Error.FunctionArgument != nil {
			at = *resp.Error.FunctionArgument
		}
		return nil, resp.Error.Text, at
	}
	value, err := resp.Result.Unmarshal(function.Return.Type)
	if err != nil {
		p.T.Fatal(err)
	}
	return plainValue(p.T, value), "", 0
}

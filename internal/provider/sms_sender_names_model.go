// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

type smsSenderNamesModel struct {
	ID            types.String `tfsdk:"id"`
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Names         types.Set    `tfsdk:"names"`
}

func (m smsSenderNamesModel) connectionID() connectionID {
	return connectionID{m.LocationID.ValueInt64(), m.ApplicationID.ValueInt64()}
}

func (m smsSenderNamesModel) identity() connectionIdentityModel {
	return connectionIdentityModel{m.LocationID, m.ApplicationID}
}

// matter is all the names at the location, as the ledger knows them.
func (m smsSenderNamesModel) matter() matter {
	return matter{Kind: senderNamesMatter, Location: m.LocationID.ValueInt64(), Application: m.ApplicationID.ValueInt64()}
}

// names returns them in order: a set has none.
func (m smsSenderNamesModel) names() []string {
	var names []string
	for _, element := range m.Names.Elements() {
		names = append(names, element.(types.String).ValueString())
	}
	slices.Sort(names)
	return names
}

// importedSenderNames is the state of sender names of which nothing but the identity is known.
func importedSenderNames(id connectionID) smsSenderNamesModel {
	return smsSenderNamesModel{
		ID:            types.StringValue(id.String()),
		LocationID:    types.Int64Value(id.location),
		ApplicationID: types.Int64Value(id.application),
		Names:         types.SetNull(types.StringType),
	}
}

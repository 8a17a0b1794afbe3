// SPDX-License-Identifier: MPL-2.0

package sendername

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type namesModel struct {
	ID            types.String `tfsdk:"id"`
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	Names         types.Set    `tfsdk:"names"`
}

func (m namesModel) connectionID() core.ConnectionID {
	return core.ConnectionID{Location: m.LocationID.ValueInt64(), Application: m.ApplicationID.ValueInt64()}
}

const senderNamesMatter core.MatterKind = "sender names"

// matter returns the matter of all names at the location.
func (m namesModel) matter() core.Matter {
	return core.Matter{Kind: senderNamesMatter, Location: m.LocationID.ValueInt64(), Application: m.ApplicationID.ValueInt64()}
}

// names returns the names in order: a set has none.
func (m namesModel) names() []string { return core.TextsOf(m.Names) }

// importedSenderNames returns the state of sender names after an import: only their identity is known.
func importedSenderNames(id core.ConnectionID) namesModel {
	return namesModel{
		ID:            types.StringValue(id.String()),
		LocationID:    types.Int64Value(id.Location),
		ApplicationID: types.Int64Value(id.Application),
		Names:         types.SetNull(types.StringType),
	}
}

// SPDX-License-Identifier: MPL-2.0

package channel

import (
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/altegio/terraform-provider-altegio/internal/altegio"
	"github.com/altegio/terraform-provider-altegio/internal/provider/core"
)

type channelModel struct {
	ID            types.String `tfsdk:"id"`
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
	IsAvailable   types.Bool   `tfsdk:"is_available"`
}

type identityModel struct {
	LocationID    types.Int64  `tfsdk:"location_id"`
	ApplicationID types.Int64  `tfsdk:"application_id"`
	ChannelSlug   types.String `tfsdk:"channel_slug"`
}

func (i identityModel) ImportText() string {
	return channelID{
		i.LocationID.ValueInt64(), i.ApplicationID.ValueInt64(), altegio.ChannelSlug(i.ChannelSlug.ValueString()),
	}.String()
}

func (m channelModel) channelID() channelID {
	return channelID{
		location:    m.LocationID.ValueInt64(),
		application: m.ApplicationID.ValueInt64(),
		slug:        altegio.ChannelSlug(m.ChannelSlug.ValueString()),
	}
}

func (m channelModel) installationID() core.ConnectionID {
	return core.ConnectionID{Location: m.LocationID.ValueInt64(), Application: m.ApplicationID.ValueInt64()}
}

// matter returns the matter of the channel.
func (m channelModel) matter() core.Matter { return m.channelID().matter() }

func (m channelModel) value() string { return availableText(m.IsAvailable) }

// removal returns what a destroy removes.
func (m channelModel) removal() core.Removal {
	return core.Removal{Matter: m.matter(), Value: m.value(), Leaves: "false", Destroyed: true}
}

// availableText is "" while the value is not known.
func availableText(value types.Bool) string {
	if value.IsNull() || value.IsUnknown() {
		return ""
	}
	return strconv.FormatBool(value.ValueBool())
}

func (id channelID) matter() core.Matter {
	return core.Matter{Kind: core.ChannelMatter, Location: id.location, Application: id.application, Name: string(id.slug)}
}

func (m channelModel) identity() identityModel {
	return identityModel{m.LocationID, m.ApplicationID, m.ChannelSlug}
}

func (m channelModel) channel() altegio.Channel {
	id := m.channelID()
	return altegio.Channel{
		LocationID:    id.location,
		ApplicationID: id.application,
		Slug:          id.slug,
		IsAvailable:   m.IsAvailable.ValueBool(),
	}
}

// importedChannel returns the state of a channel after an import: only its identity is known.
func importedChannel(id channelID) channelModel {
	return channelModel{
		ID:            types.StringValue(id.String()),
		LocationID:    types.Int64Value(id.location),
		ApplicationID: types.Int64Value(id.application),
		ChannelSlug:   types.StringValue(string(id.slug)),
	}
}
